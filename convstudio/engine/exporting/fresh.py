"""The fresh process in which an exported file is tried: started, watched without waiting, ended, its answer read."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from time import perf_counter, sleep
from types import TracebackType
from typing import Any

from convstudio.engine.exporting.job import ExportFault, Stage, Steps

CHECKER = Path(__file__).with_name("checker.py")
PATIENCE = 900.0
"""Seconds after which a process is taken to hang."""
GLANCE = 0.02
"""Seconds between two looks of somebody who has nothing else to do."""


def answered(folder: Path, job: dict[str, Any], first: float, last: float) -> Steps[str]:
    """Do a job of the checker in a process of its own; gives the name of the program that computed.

    The stages run from share `first` to `last`. ExportFault in the process's words when it fails. When the generator
    is closed, the process is ended.
    """
    folder.mkdir(exist_ok=True)
    for name in ("answer.json", "failure.txt", "progress.txt"):
        (folder / name).unlink(missing_ok=True)
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
    with _Process(folder) as process:
        while process.running:
            share, words = process.progress
            yield Stage(words, first + (last - first) * share)
        return process.answer()


def waited(steps: Steps[Any], tell: Callable[[Stage], None] | None = None) -> Any:
    """Go through an export without anything else to do; `tell` hears of each new stage. Gives the result.

    An export that is interrupted is given up.
    """
    said = None
    with closing(steps):
        while True:
            try:
                stage = next(steps)
            except StopIteration as end:
                return end.value
            if tell and stage != said:
                tell(stage)
            said = stage
            sleep(GLANCE)


def failed(words: str) -> ExportFault:
    """What to raise when the fresh process could not do it; `words` are its own."""
    told = " ".join(words.split()).rstrip(".")
    return ExportFault(f"The written file was tried in a fresh process, and failed there: {told}. It was not kept.")


def _command(folder: Path) -> tuple[str, ...]:
    """This Python with the checker by its path; a packaged program knows the checker as a task of its worker."""
    if getattr(sys, "frozen", False):
        return (sys.executable, "worker", "--check", str(folder))
    return (sys.executable, "-P", str(CHECKER), str(folder))


class _Process:
    """The process of one job; it does not outlive the block that it was started in."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started = perf_counter()
        self._log = (folder / "log.txt").open("wb")
        self._process = subprocess.Popen(
            _command(folder), cwd=folder, stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log
        )

    def __enter__(self) -> _Process:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, place: TracebackType | None) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._log.close()

    @property
    def running(self) -> bool:
        """ExportFault when it has been running for so long that it must hang."""
        if perf_counter() - self._started > PATIENCE:
            raise ExportFault("Trying the written file took more than 15 minutes and was given up. It was not kept.")
        return self._process.poll() is None

    @property
    def progress(self) -> tuple[float, str]:
        """The share that is done, and what is being done."""
        try:
            *_, line = (self._folder / "progress.txt").read_text(encoding="utf-8").splitlines()
            share, _, words = line.partition(" ")
            return float(share), words
        except (OSError, ValueError):
            return 0.0, "Starting a fresh process"

    def answer(self) -> str:
        failure, answer = self._folder / "failure.txt", self._folder / "answer.json"
        if answer.exists():
            return str(json.loads(answer.read_text(encoding="utf-8"))["program"])
        log = (self._folder / "log.txt").read_text(encoding="utf-8", errors="replace").strip().splitlines()
        ended = f"the process ended with {self._process.returncode}" + (f", {log[-1]}" if log else "")
        words = failure.read_text(encoding="utf-8") if failure.exists() else ended
        raise failed(words)
