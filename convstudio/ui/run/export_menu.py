"""Taking the network away: choose a format and a file, and hear whether the file was checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from convstudio.protocol.messages import Export, ExportCancelled, Exported, Fault
from convstudio.ui.link.worker_link import WorkerLink
from convstudio.ui.run.words import refusal
from convstudio.ui.store import DocumentStore
from convstudio.ui.text import count, tr

Name = Literal["onnx", "safetensors", "source"]
Ask = Callable[[str, Path, str, Callable[[Path], None]], None]
"""Ask for a file to write: title, suggestion, filter, and who gets the answer (nobody, when it is cancelled)."""


@dataclass(frozen=True)
class Format:
    """A kind of file that a network can be written as."""

    name: Name
    title: str
    about: str
    suffix: str


FORMATS = (
    Format("onnx", "ONNX model", "Runs in other programs, without Python", ".onnx"),
    Format(
        "safetensors", "Weights (safetensors)", "The trained weights alone, for the exported source", ".safetensors"
    ),
    Format("source", "PyTorch source", "A readable Python file with the network as a class", ".py"),
)


class ExportFlow(QObject):
    """From the choice of a format to the news of the outcome. One export at a time."""

    news = Signal(str, str, str, object)
    """As RunController's: severity, words, detail, list of (label, callable)."""

    def __init__(self, store: DocumentStore, link: WorkerLink, window: QWidget, ask: Ask | None = None) -> None:
        """`ask` is how a file is asked for: the system's dialog over `window`, unless given."""
        super().__init__(window)
        self._store = store
        self._link = link
        self._ask = ask or partial(ask_in_dialog, window)
        self._writing: Path | None = None
        self._folder: Path | None = None
        link.exported.connect(self._on_exported)
        link.fault_received.connect(self._on_fault)
        link.lost.connect(self._on_lost)

    def start(self, form: Format) -> None:
        """Ask for a file and let the worker write it; says why not when that cannot be."""
        if reason := self._reason_against():
            return self.news.emit("warn", reason, "", [])
        suggestion = (self._folder or _home(self._store)) / f"{self._store.title}{form.suffix}"
        title = tr("Export as {format}").format(format=tr(form.title))
        self._ask(title, suggestion, f"{tr(form.title)} (*{form.suffix})", partial(self._write, form))

    def _reason_against(self) -> str:
        if self._store.whole.errors:
            return refusal(self._store.whole.errors[0])
        if not self._link.alive:
            return tr("The worker is gone, and with it the weights. Restart it and train again, or continue a run.")
        if self._writing:
            return tr("{name} is still being written.").format(name=self._writing.name)
        return ""

    def _write(self, form: Format, path: Path) -> None:
        chosen = path if path.suffix == form.suffix else path.with_name(path.name + form.suffix)
        self._folder, self._writing = chosen.parent, chosen
        self._link.send(Export(format=form.name, path=str(chosen)))

    def _on_exported(self, event: Exported | ExportCancelled) -> None:
        self._writing = None
        if isinstance(event, ExportCancelled):
            return
        self.news.emit("info", proof(event), event.path, [])

    def _on_fault(self, fault: Fault) -> None:
        if fault.about == "export":
            self._writing = None
            self.news.emit("error", fault.words, fault.detail, [])

    def _on_lost(self) -> None:
        """What is left of a file is the worker's to say; the controller tells of the loss itself."""
        self._writing = None


def export_menu(flow: ExportFlow, parent: QWidget) -> QMenu:
    """The menu of the Export button: one entry a format."""
    menu = QMenu(tr("Export"), parent)
    menu.setToolTipsVisible(True)
    for form in FORMATS:
        action = menu.addAction(f"{tr(form.title)} …", partial(flow.start, form))
        action.setToolTip(tr(form.about))
        action.setStatusTip(tr(form.about))
    return menu


def ask_in_dialog(window: QWidget, title: str, suggestion: Path, kinds: str, answer: Callable[[Path], None]) -> None:
    """Ask in the system's file dialog, without blocking the window's other work."""
    dialog = QFileDialog(window, title, str(suggestion), kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suggestion.suffix.lstrip("."))
    dialog.fileSelected.connect(lambda name: answer(Path(name)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def proof(event: Exported) -> str:
    """What was written, and how it was checked: 'digits.onnx written and checked: …'."""
    samples = count(event.samples, "sample", "samples")
    text = tr("{name} written and checked: largest difference {difference} on {samples}.")
    return text.format(name=Path(event.path).name, difference=f"{event.difference:.1e}", samples=samples)


def _home(store: DocumentStore) -> Path:
    """Beside the project file; else where the person keeps documents."""
    return store.path.parent if store.path else Path.home()
