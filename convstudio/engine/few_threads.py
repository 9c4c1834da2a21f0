"""How a single sample of a small network is computed: by one thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from convstudio.engine.build import LiveNetwork

SMALL = 4 * 2**20
"""Bytes of all results of a sample up to which one thread is enough."""


@contextmanager
def few_threads(live: LiveNetwork) -> Iterator[None]:
    """Inside, one sample of a small network is computed by one thread, as more only wait for each other.

    Measured: on a busy machine of two cores the answer for LeNet-5 takes 240 ms with two threads, 70 ms with one.
    """
    before = torch.get_num_threads()
    if before == 1 or live.activation_bytes > SMALL:
        yield
        return
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
