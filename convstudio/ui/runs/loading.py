"""A run read from its folder for curves and comparison: its record, which can be read on, and its document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from convstudio.blocks import catalogue
from convstudio.network import file
from convstudio.network.document import Document
from convstudio.runs import marks
from convstudio.runs.figures import FigureReader, Steps, Validated
from convstudio.ui.live.run_record import RunRecord

PLACES = (("checkpoint",), ("checkpoint.old",), ())
"""Where the project file of a run lies: that of the last checkpoint first."""


@dataclass
class LoadedRun:
    """`document` is None where `problem` says why."""

    folder: Path
    record: RunRecord
    document: Document | None
    problem: str
    reader: FigureReader

    @property
    def stale(self) -> bool:
        """Whether figures were written since it was read."""
        return self.reader.behind

    def read_on(self) -> None:
        """Add what was written since. OSError when it cannot be read."""
        feed(self.record, self.reader.news())
        self.record.marks = marks.read(self.folder)

    def grown(self) -> LoadedRun:
        """The same run with what was written since; the record of this one stays as it is."""
        grown = LoadedRun(self.folder, self.record.copy(), *_document(self.folder), self.reader)
        grown.read_on()
        return grown


def load(folder: Path, number: int = 0) -> LoadedRun:
    """The run in `folder`, whose record gets this number. OSError when its files cannot be read."""
    document, problem = _document(folder)
    loaded = LoadedRun(folder, RunRecord(number), document, problem, FigureReader(folder))
    loaded.read_on()
    return loaded


def feed(record: RunRecord, news: Iterable[Steps | Validated]) -> None:
    """Add figures to a record."""
    for found in news:
        if isinstance(found, Steps):
            record.add_steps(found.step, found.losses, found.hits, found.rates)
        else:
            record.add_validation(found.step, found.loss, found.accuracy, found.mean_iou)


def document_of(folder: Path) -> Document:
    """The project file of the run. FileError when there is none that can be read."""
    places = [folder.joinpath(*parts) / "document.convstudio" for parts in PLACES]
    return file.load(next((path for path in places if path.exists()), places[-1]), catalogue())


def _document(folder: Path) -> tuple[Document | None, str]:
    try:
        return document_of(folder), ""
    except file.FileError as error:
        return None, str(error)
