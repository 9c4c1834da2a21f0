"""Offers the unsaved work that a crashed program left behind: a message for each, with Restore and Discard."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QDateTime, QLocale, QObject

from convstudio.blocks import catalogue
from convstudio.network import file
from convstudio.network.document import Document
from convstudio.ui.disk.journal import Found
from convstudio.ui.disk.keeper import Keeper
from convstudio.ui.text import tr
from convstudio.ui.workbench import Workbench


class Recovery(QObject):
    """Speaks in one window, the first. What is neither restored nor discarded is offered again at the next start."""

    def __init__(self, bench: Workbench, keeper: Keeper) -> None:
        super().__init__(bench)
        self._bench, self._keeper = bench, keeper

    def offer(self) -> None:
        """Say what was found."""
        try:
            found = list(self._keeper.journal.left_behind(catalogue()))
        except OSError as error:
            self._bench.notices.warn(tr("The journal of unsaved work cannot be looked into:") + f" {error}")
            return
        for work in found:
            if isinstance(work, str):
                self._bench.notices.warn(work)
            else:
                self._offer(work)

    def _offer(self, work: Found) -> None:
        when = QLocale().toString(QDateTime.fromSecsSinceEpoch(int(work.time)), QLocale.FormatType.ShortFormat)
        words = f"“{work.title}” {tr('had unsaved changes when ConvStudio ended unexpectedly')} ({when})."
        actions = [(tr("Restore"), lambda: self.restore(work)), (tr("Discard"), lambda: self._discard(work))]
        self._bench.notices.warn(words, str(work.path or ""), actions)

    def _discard(self, work: Found) -> None:
        try:
            work.discard()
        except OSError as error:
            self._bench.notices.error(f"{work.source} {tr('cannot be removed:')} {error.strerror}.")

    def restore(self, work: Found) -> None:
        """Show the work: in this window if nothing is lost by that, else in another one. No file is changed."""
        holder = self._bench.windows.holder(work.path) if work.path else None
        if holder and not holder.store.history.modified:
            self._show(holder, work)
            holder.window.bring_to_front()
        elif holder or self._bench.store.path or self._bench.store.history.modified:
            self._bench.windows.open(lambda bench: self._show(bench, work, apart=holder is not None))
        else:
            self._show(self._bench, work)

    def _show(self, bench: Workbench, work: Found, apart: bool = False) -> None:
        """As a step after what the file holds, so that undo shows that; `apart` from it where it is open already."""
        path = None if apart else work.path
        saved = _saved(path)
        bench.store.open(saved or Document(), path, work.title)
        bench.store.do(tr("Restore unsaved changes"), work.document)
        bench.canvas.camera.fitting = True  # as after opening a file
        bench.canvas.fit()
        assert bench.autosave
        bench.autosave.write(then=work.discard)
        if path and saved:
            bench.files.kept.emit(path, saved)


def _saved(path: Path | None) -> Document | None:
    """What the file holds; None where there is none, or none that can be read."""
    try:
        return file.load(path, catalogue()) if path else None
    except file.FileError:
        return None
