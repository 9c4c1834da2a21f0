"""What the window draws of a network to take away: pictures, the table of layers, and the files of a model card."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QImage, QPainter

from convstudio.data.info import available
from convstudio.network.document import Document
from convstudio.network.essence import essence
from convstudio.network.facts import Analysis
from convstudio.network.file import FileError, write_atomically
from convstudio.runs import brought, summary
from convstudio.runs.summary import Summary, SummaryError
from convstudio.ui.canvas.photograph import Photograph, photograph
from convstudio.ui.canvas.scene import CanvasScene
from convstudio.ui.export.card import CURVES, NETWORK, PAGE, CardFacts, card
from convstudio.ui.export.run_curves import run_charts
from convstudio.ui.live.chart import Chart
from convstudio.ui.live.run_record import RunRecord
from convstudio.ui.live.svg import svg
from convstudio.ui.runs import loading
from convstudio.ui.saving import painted
from convstudio.ui.store import DocumentStore
from convstudio.ui.theme import theme


@dataclass(frozen=True)
class Card:
    """The text of a card, and its pictures as drawings and, for a preview, as images; by the names of their files."""

    text: str
    drawings: dict[str, bytes]
    images: dict[str, QImage]
    trained: bool = False
    """It tells the figures of a run, or where the weights come from."""

    @property
    def files(self) -> dict[str, bytes]:
        """What lies in its folder; the page last."""
        return {**self.drawings, PAGE: self.text.encode()}


def picture(scene: CanvasScene, kind: str, dark: bool) -> bytes | None:
    """Everything on the canvas in the form 'svg', 'pdf' or 'png'; None where there is nothing."""
    taken = photograph(scene, everything=True)
    if taken is None:
        return None
    with theme.lent(dark):
        return painted.FORMS[kind](taken.size, taken.paint)


def drawing(document: Document, kind: str, dark: bool) -> bytes | None:
    """A whole document in the form 'svg', 'pdf' or 'png'; None where there is nothing."""
    with theme.lent(dark), _taken(document) as taken:
        return painted.FORMS[kind](taken.size, taken.paint) if taken else None


def image(scene: CanvasScene, dark: bool) -> QImage | None:
    """The same to be shown."""
    taken = photograph(scene, everything=True)
    if taken is None:
        return None
    with theme.lent(dark):
        return painted.image(taken.size, taken.paint)


def model_card(
    title: str, document: Document, analysis: Analysis, run: Path | None, scene: CanvasScene | None = None
) -> Card:
    """The card of a document, with the figures of the run in that folder where it is one of this network.

    `scene` shows the document with what its blocks compute, unless a group is open there.
    """
    told, record = _run(document, run)
    brought_in = _brought(document, run)
    charts: tuple[Chart, ...] = ()
    with theme.lent(dark=False), _taken(document, scene) as taken:
        charts = run_charts(record) if record else ()
        drawings = {NETWORK: painted.svg(taken.size, taken.paint)} if taken else {}
        images = {NETWORK: painted.image(taken.size, taken.paint)} if taken else {}
        if charts:
            colours = [theme.text(token) for token in ("panel", "text", "dim", "line")]
            drawings[CURVES] = svg(charts, *colours).encode()
            images[CURVES] = _drawn(drawings[CURVES])
    dataset = next((info for info in available() if info.name == document.data.name), None)
    text = card(CardFacts(title, document, analysis, dataset, told, bool(charts), brought_in))
    return Card(text, drawings, images, bool(told or brought_in))


def write_card(made: Card, folder: Path) -> None:
    """Write a card into `folder`, which is made if need be. OSError when it fails; then nothing new is left."""
    fresh = not folder.exists()
    folder.mkdir(exist_ok=True)
    written: list[Path] = []
    try:
        for name, data in made.files.items():
            new = not (folder / name).exists()
            write_atomically(folder / name, data)
            written += [folder / name] if new else []
    except OSError:
        for path in written:
            path.unlink(missing_ok=True)
        if fresh:
            folder.rmdir()
        raise


def _run(document: Document, folder: Path | None) -> tuple[Summary | None, RunRecord | None]:
    """What is known of a run; nothing where there is none, or it is of another network."""
    if folder is None or brought.is_import(folder):
        return None, None
    try:
        if not _of_one_network(document, folder):
            return None, None
        return summary.read(folder), loading.load(folder).record
    except (FileError, SummaryError, OSError):
        return None, None


def _brought(document: Document, folder: Path | None) -> str:
    """The file that was brought in there, if its network is this one; '' else."""
    try:
        report = brought.read(folder) if folder and _of_one_network(document, folder) else None
    except FileError:
        return ""
    return report.name if report else ""


def _of_one_network(document: Document, folder: Path) -> bool:
    return essence(loading.document_of(folder).network) == essence(document.network)


@contextmanager
def _taken(document: Document, scene: CanvasScene | None = None) -> Iterator[Photograph | None]:
    """The whole document: on the canvas that shows it, or on one of its own."""
    if scene is not None and scene.store.level == ():
        yield photograph(scene, everything=True)
        return
    store = DocumentStore(document)
    made = CanvasScene(store)
    try:
        yield photograph(made, everything=True)
    finally:
        made.deleteLater()
        store.deleteLater()


def _drawn(drawing: bytes) -> QImage:
    """An SVG drawing as an image."""
    from PySide6.QtSvg import QSvgRenderer  # rarely needed

    renderer = QSvgRenderer(drawing)
    made = QImage(renderer.defaultSize() * 2, QImage.Format.Format_RGB32)
    made.fill(theme.colour("panel"))
    painter = QPainter(made)
    renderer.render(painter)
    painter.end()
    return made
