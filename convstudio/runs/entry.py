"""A run as it is listed: its folder, its head, the person's own words, or the sentence that says what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import time

from convstudio.network.training_settings import TrainingSettings
from convstudio.runs import about, settings, summary
from convstudio.runs.about import About
from convstudio.runs.summary import Summary, SummaryError

SILENCE = 60.0
"""Seconds without a word after which a run that says it is running is taken for broken off."""
Stamp = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Entry:
    """One folder. `summary` is None where `problem` says why."""

    folder: Path
    summary: Summary | None
    about: About
    problem: str = ""
    settings: TrainingSettings | None = None
    """What it trains with; None where that cannot be read."""

    @property
    def name(self) -> str:
        """The person's name for it, else that of the document, else that of the folder."""
        return self.about.name or (self.summary.name if self.summary else "") or self.folder.name

    def state(self, now: float | None = None) -> str:
        """One of Summary's states; 'broken off' for a run that has been silent too long, '' for what is no run."""
        if self.summary is None:
            return ""
        running = self.summary.state == "running"
        silent = (time() if now is None else now) - self.summary.updated > SILENCE
        return "broken off" if running and silent else self.summary.state

    @property
    def going_on(self) -> bool:
        """Whether a worker writes into it now, as far as can be seen."""
        return self.state() == "running"


def read(folder: Path) -> Entry:
    """What the folder holds; never raises for what is in it."""
    try:
        return Entry(folder, summary.read(folder), about.read(folder), settings=settings.read(folder))
    except SummaryError as error:
        return Entry(folder, None, about.read(folder), str(error))


def folders(root: Path) -> Iterator[Path]:
    """The folders in `root` that are listed: all but hidden ones. OSError when it cannot be read."""
    if not root.is_dir():
        return
    for found in sorted(root.iterdir()):
        if not found.name.startswith(".") and found.is_dir():
            yield found


def elsewhere(place: Path) -> Iterator[Path]:
    """The runs at a place that the person named: that folder itself, or those of its folders that are runs."""
    if (place / summary.FILE).exists():
        yield place
    else:
        yield from (folder for folder in folders(place) if (folder / summary.FILE).exists())


def stamp(folder: Path) -> Stamp:
    """Changes whenever what `read` gives may be something else."""
    return tuple(_stamp(folder / name) for name in (summary.FILE, about.FILE, settings.FILE))


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size
