"""Taking the network away: ties the Export dialog to the document, the worker, and what the window itself draws."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from convstudio.network.file import write_atomically
from convstudio.protocol.messages import (
    CancelExport,
    Export,
    ExportCancelled,
    Exported,
    Exporting,
    ExportPreview,
    Fault,
    PreviewExport,
)
from convstudio.ui.canvas.scene import CanvasScene
from convstudio.ui.export import papers
from convstudio.ui.export.dialog import ExportDialog
from convstudio.ui.export.formats import FORMATS, Format
from convstudio.ui.export.layers import layer_table
from convstudio.ui.link.worker_link import WorkerLink
from convstudio.ui.run.words import refusal
from convstudio.ui.store import DocumentStore
from convstudio.ui.text import count, tr

PAUSE_MS = 250
"""After the last change before the preview follows."""
CHOSEN = "export/format"
LARGE = 100.0
"""Scores from this on are told with the difference, which says little without them."""
UNTRAINED = "These are the start values: the network was not trained."
NAMES = {"script": "train_{title}", "card": "{title}-card", "table": "{title}-layers"}
"""What files are called at first, where it is not the title alone."""


class ExportFlow(QObject):
    """From the choice of a format to the news of the outcome. One export at a time."""

    news = Signal(str, str, str, object)
    """As RunController's: severity, words, detail, list of (label, callable)."""

    def __init__(
        self,
        store: DocumentStore,
        link: WorkerLink,
        scene: CanvasScene,
        window: QWidget,
        settings: QSettings,
        run_folder: Callable[[], Path | None],
    ) -> None:
        """`run_folder` says where the last run is kept, if it is, or else the weights that were brought in."""
        super().__init__(window)
        self._store, self._link, self._scene, self._window = store, link, scene, window
        self._settings, self._run_folder = settings, run_folder
        self._dialog: ExportDialog | None = None
        self._paths: dict[str, Path] = {}
        self._folder: Path | None = None
        self._written: Path | None = None
        self._writing = False
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.follow)
        store.changed.connect(self._pause.start)
        store.replaced.connect(self._paths.clear)
        link.built.connect(lambda _built: self._pause.start())
        link.hello_received.connect(lambda _hello: self._pause.start())
        link.export_previewed.connect(self._on_previewed)
        link.exporting.connect(self._on_exporting)
        link.exported.connect(self._on_exported)
        link.fault_received.connect(self._on_fault)
        link.lost.connect(self._on_lost)

    @property
    def dialog(self) -> ExportDialog:
        """Made when it is first needed."""
        if self._dialog is None:
            self._dialog = dialog = ExportDialog(self._window)
            dialog.format_chosen.connect(self._on_format)
            dialog.place.field.textEdited.connect(self._on_typed)
            dialog.export_requested.connect(self._export)
            dialog.cancel_requested.connect(lambda: self._link.send(CancelExport()))
            dialog.folder_requested.connect(self._show_folder)
        return self._dialog

    def open(self, name: str = "") -> None:
        """Open the dialog at a format, or at the one that was used last."""
        known = [form.name for form in FORMATS]
        last = str(self._settings.value(CHOSEN, "source"))
        self.dialog.ask(name or (last if last in known else "source"))

    def follow(self) -> None:
        """Show what would be written now, if anybody looks."""
        dialog = self._dialog
        if dialog is None or not dialog.isVisible():
            return
        form, reason = dialog.format, self._reason(dialog.format)
        dialog.show_reason(reason)
        dialog.show_caption("")
        if reason:
            dialog.previews.show_words(reason)
        elif form.model:
            name = dialog.place.path.stem or self._store.title
            self._link.send(PreviewExport(format=form.model, name=name, title=self._store.title))
        else:
            self._preview_paper(form)

    def _reason(self, form: Format) -> str:
        """Why this cannot be exported now; '' when it can."""
        if self._store.empty:
            return tr("There is nothing to export: the canvas is empty.")
        if form.model is None:
            return ""
        if self._store.whole.errors:
            return refusal(self._store.whole.errors[0])
        if not self._link.alive:
            return tr("The worker is gone, and with it the weights. Restart it and train again, or continue a run.")
        return ""

    def _on_format(self) -> None:
        form = self.dialog.format
        self._settings.setValue(CHOSEN, form.name)
        self.dialog.show_path(self._paths.get(form.name, self._suggestion(form)).with_suffix(self.dialog.suffix))
        self.follow()

    def _on_typed(self) -> None:
        self._paths[self.dialog.format.name] = self.dialog.place.path
        self._pause.start()

    def _suggestion(self, form: Format) -> Path:
        folder = self._folder or (self._store.path.parent if self._store.path else Path.home())
        name = NAMES.get(form.name, "{title}").format(title=self._store.title)
        return folder / (name.replace("/", "-") + ".x")

    # --- what the window draws ----------------------------------------------------------------------------------------

    def _preview_paper(self, form: Format) -> None:
        dialog = self.dialog
        if form.name == "table":
            dialog.previews.show_code(layer_table(dialog.kind, self._store.document, self._store.whole), python=False)
        elif form.name == "picture":
            image = papers.image(self._scene, dialog.dark)
            if image:
                dialog.previews.show_picture(image)
        else:
            made = self._card()
            dialog.previews.show_page(made.text, made.images)

    def _card(self) -> papers.Card:
        store = self._store
        return papers.model_card(store.title, store.document, store.whole, self._run_folder(), self._scene)

    def _write_paper(self, form: Format, path: Path) -> None:
        try:
            if form.name == "card":
                papers.write_card(self._card(), path)
            else:
                write_atomically(path, self._paper(form))
        except OSError as error:
            words = tr("{name} cannot be written in {folder}: {reason}. Choose another place.")
            reason = (error.strerror or str(error)).lower()
            self._ended("error", words.format(name=path.name, folder=path.parent, reason=reason))
        else:
            self._written = path
            self._ended("info", tr("{name} written.").format(name=path.name), str(path))

    def _paper(self, form: Format) -> bytes:
        dialog = self.dialog
        if form.name == "table":
            return layer_table(dialog.kind, self._store.document, self._store.whole).encode()
        return papers.picture(self._scene, dialog.kind.lower(), dialog.dark) or b""

    # --- what the worker writes ---------------------------------------------------------------------------------------

    def _export(self) -> None:
        dialog = self.dialog
        form, path = dialog.format, dialog.place.path
        self._folder = path.parent
        if form.model is None:
            self._write_paper(form, path)
            return
        self._writing = True
        dialog.show_progress("Writing the file", 0.0)
        self._link.send(Export(format=form.model, path=str(path), title=self._store.title))

    def _on_previewed(self, found: ExportPreview) -> None:
        dialog = self._dialog
        if dialog is None or found.format != dialog.format.model or self._reason(dialog.format):
            return
        dialog.show_reason(found.fault)
        if found.fault:
            dialog.previews.show_words(found.fault)
            return
        untrained = "" if found.trained or found.format in ("source", "script") else f" {tr(UNTRAINED)}"
        dialog.show_caption(tr(found.caption) + untrained)
        if found.rows:
            dialog.previews.show_list(found.head, found.rows)
        else:
            dialog.previews.show_code(found.text)

    def _on_exporting(self, stage: Exporting) -> None:
        if self._writing:
            self.dialog.show_progress(stage.words, stage.share)

    def _on_exported(self, event: Exported | ExportCancelled) -> None:
        if isinstance(event, ExportCancelled):
            self._writing = False
            self.dialog.show_outcome("dim", tr("Cancelled. Nothing was written."))
            return
        self._written = Path(event.path)
        self._ended("info", proof(event), event.path)

    def _on_fault(self, fault: Fault) -> None:
        if fault.about == "export" and self._writing:
            self._ended("error", fault.words, fault.detail)

    def _on_lost(self, sentence: str, _log: str) -> None:
        """What is left of a file is the worker's to say; the controller tells of the loss itself."""
        if self._writing:
            self._writing = False
            self.dialog.show_outcome("bad", sentence)
        self._pause.start()

    def _ended(self, severity: str, words: str, detail: str = "") -> None:
        """Say how it went: in the dialog, or in the window where that was closed."""
        self._writing = False
        good = severity == "info"
        self.dialog.show_outcome("good_text" if good else "bad", words, written=good)
        if not self.dialog.isVisible():
            self.news.emit(severity, words, detail, [(tr("Show in its folder"), self._show_folder)] if good else [])

    def _show_folder(self) -> None:
        if self._written:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._written.parent)))


def proof(event: Exported) -> str:
    """What was written, and how it was tried: 'digits.onnx written. Tried in a fresh process: …'."""
    names = tr(" and ").join(Path(name).name for name in event.files) or Path(event.path).name
    told = tr("{names} written, and tried in a fresh process by {program}:")
    if event.format == "script":
        told += " " + tr("the losses of its first {steps} differ by at most {difference}.")
    else:
        told += " " + tr("the scores of {samples} differ by at most {difference}.")
    told = told.format(
        names=names,
        program=event.program,
        steps=count(event.samples, "step", "steps"),
        samples=count(event.samples, "sample", "samples"),
        difference=f"{event.difference:.2g}",
    )
    if event.largest >= LARGE:
        told += " " + tr("The largest score is {largest}.").format(largest=f"{event.largest:.2g}")
    return told if event.trained or event.format == "script" else f"{told} {tr(UNTRAINED)}"


def entries(open_at: Callable[[str], None]) -> list[tuple[str, Callable[[], None]]]:
    """The actions of the File menu that open the dialog, by their names, and what they do."""
    at_formats = [(f"export_{form.name}", partial(open_at, form.name)) for form in FORMATS]
    return [("export", partial(open_at, "")), *at_formats]
