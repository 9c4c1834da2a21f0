"""The meters: busy cores by the process's own clock, and figures of this machine that can be true."""

from __future__ import annotations

import sys
import time
from itertools import count
from pathlib import Path

import pytest
import torch

from convstudio.engine import memory, meters
from convstudio.engine.meters import Meters

CPU = torch.device("cpu")


def test_busy_cores_are_processor_time_over_time(monkeypatch: pytest.MonkeyPatch) -> None:
    spent = iter([1.0, 4.0, 4.0])
    monkeypatch.setattr(time, "process_time", lambda: next(spent))
    ticks = count(step=2)
    found = Meters(lambda: float(next(ticks)))
    assert found.read(CPU).cores == 1.5
    assert found.read(CPU).cores == 0.0


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_figures_of_this_machine_can_be_true() -> None:
    found = Meters().read(CPU)
    assert found.own is not None
    assert found.total is not None
    assert found.used is not None
    assert 10 * 2**20 < found.own < found.total
    assert 0 < found.used <= found.total
    status = Path("/proc/self/status").read_text().split()
    assert found.own == pytest.approx(1024 * int(status[status.index("VmRSS:") + 1]), rel=0.05)
    assert (found.card_own, found.card_used, found.card_total) == (None, None, None)


@pytest.mark.parametrize(
    ("before", "now", "share"),
    [((10, 100), (60, 200), 0.5), ((10, 100), (10, 100), None), (None, (1, 2), None), ((1, 2), None, None)],
)
def test_the_share_of_busy_cores(before: tuple, now: tuple, share: float | None) -> None:
    assert meters._busy(before, now) == share


def test_a_system_that_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(self: Path) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", nothing)
    monkeypatch.setattr(memory, "_physical", lambda: None)
    monkeypatch.setitem(sys.modules, "resource", None)
    found = Meters().read(CPU)
    assert (found.machine, found.own, found.used, found.total) == (None, None, None, None)
    assert found.all_cores >= 1
