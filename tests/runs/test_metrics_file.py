"""Metrics on the disk: appended, read back in order, with the rows of a run that was taken up again in their place."""

from __future__ import annotations

import errno
import json
import math
import os
from pathlib import Path

import pytest

from convstudio.runs.metrics import FILE, metrics, record


def test_rows_come_back(tmp_path: Path) -> None:
    record(tmp_path, [{"step": 1, "loss": 2.5}, {"step": 2, "loss": 1.5}])
    record(tmp_path, [])
    record(tmp_path, [{"step": 2, "epoch": 1, "accuracy": 0.5}])
    rows = [{"step": 1, "loss": 2.5}, {"step": 2, "loss": 1.5}, {"step": 2, "epoch": 1, "accuracy": 0.5}]
    assert metrics(tmp_path) == rows
    assert [json.loads(line) for line in (tmp_path / FILE).read_text().splitlines()] == rows


def test_a_run_without_metrics_has_none(tmp_path: Path) -> None:
    assert metrics(tmp_path) == []


def test_steps_that_were_done_again_count_as_they_were_last(tmp_path: Path) -> None:
    record(tmp_path, [{"step": n, "loss": float(n)} for n in range(1, 6)])
    record(tmp_path, [{"step": n, "loss": -float(n)} for n in range(4, 7)])
    assert [row["loss"] for row in metrics(tmp_path)] == [1, 2, 3, -4, -5, -6]


def test_a_line_that_a_crash_cut_short_is_passed_over(tmp_path: Path) -> None:
    record(tmp_path, [{"step": 1, "loss": 2.0}])
    with (tmp_path / FILE).open("ab") as file:
        file.write(b'{"step": 2, "lo\n[1, 2]\n{"loss": 3}\n\xff\xfe\n')
    record(tmp_path, [{"step": 3, "loss": 1.0}])
    assert metrics(tmp_path) == [{"step": 1, "loss": 2.0}, {"step": 3, "loss": 1.0}]


def test_a_half_line_of_a_crash_does_not_spoil_the_next(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b'{"step": 1, "loss": 2.0}\n{"step": 2, "lo')
    record(tmp_path, [{"step": 2, "loss": 1.0}])
    assert [row["step"] for row in metrics(tmp_path)] == [1, 2]


def test_a_disk_that_takes_only_a_part_is_left_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(tmp_path, [{"step": 1, "loss": 2.0}])
    before, write = (tmp_path / FILE).read_bytes(), os.write

    def nearly_full(handle: int, data: memoryview) -> int:
        if len(data) < 30:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(handle, data[:20])

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", nearly_full)
        with pytest.raises(OSError, match="No space left") as refused:
            record(tmp_path, [{"step": 2, "loss": 1.5}, {"step": 3, "loss": 1.0}])
    assert refused.value.filename == str(tmp_path / FILE)
    assert (tmp_path / FILE).read_bytes() == before
    record(tmp_path, [{"step": 2, "loss": 1.5}, {"step": 3, "loss": 1.0}])
    assert [row["step"] for row in metrics(tmp_path)] == [1, 2, 3]


def test_what_is_no_number_stays_readable(tmp_path: Path) -> None:
    record(tmp_path, [{"step": 1, "loss": math.nan}, {"step": 2, "loss": math.inf}])
    assert metrics(tmp_path) == [{"step": 1, "loss": None}, {"step": 2, "loss": None}]
