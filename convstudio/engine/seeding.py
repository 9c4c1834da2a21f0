"""Random numbers that depend on names and counts alone, so that a run can be taken up again at any step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b

import torch


def mixed(*parts: int | str) -> int:
    """A seed of 63 bits that `parts` alone decide: the same on every machine and in every version."""
    text = "/".join(str(part) for part in parts).encode()
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "little") >> 1


@contextmanager
def kept(*generators: torch.Generator) -> Iterator[None]:
    """Whatever is drawn inside, these generators go on afterwards as if nothing had been."""
    states = [generator.get_state() for generator in generators]
    try:
        yield
    finally:
        for generator, state in zip(generators, states, strict=True):
            generator.set_state(state)
