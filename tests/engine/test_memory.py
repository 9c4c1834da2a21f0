"""Memory: how much there is, and that a lack of it is told from other faults."""

from __future__ import annotations

import pytest
import torch

from convstudio.engine import memory

CPU = torch.device("cpu")


def test_there_is_some_memory_and_less_than_a_pebibyte() -> None:
    found = memory.available(CPU)
    assert found is None or 2**20 < found < 2**50


def test_the_smallest_bound_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_linux_available", lambda: 500)
    monkeypatch.setattr(memory, "_container_left", lambda: 300)
    monkeypatch.setattr(memory, "_physical", lambda: None)
    assert memory.available(CPU) == 300
    memory.require(300, CPU, "This", "Try that.")
    with pytest.raises(
        memory.MemoryFault, match=r"This needs about 1 MiB, and only 1 MiB of memory are free. Try that."
    ):
        memory.require(301, CPU, "This", "Try that.")


def test_where_the_system_does_not_tell_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for source in ("_linux_available", "_container_left", "_physical"):
        monkeypatch.setattr(memory, source, lambda: None)
    assert memory.available(CPU) is None
    memory.require(2**60, CPU, "This", "")


@pytest.mark.parametrize(("size", "words"), [(0, "1 MiB"), (5 * 2**20, "5 MiB"), (3 * 2**30 // 2, "1.5 GiB")])
def test_sizes_in_words(size: int, words: str) -> None:
    assert memory.words(size) == words


def test_a_real_refusal_of_torch_is_known_as_one() -> None:
    with pytest.raises(memory.MemoryFault, match=r"for that. Try less."), memory.guarded("that", "Try less."):
        torch.empty(2**60, dtype=torch.uint8)


def test_other_errors_pass() -> None:
    with pytest.raises(RuntimeError, match="size"), memory.guarded("that", "Try less."):
        torch.ones(2) @ torch.ones(3)
