"""Samples as pictures with what was said of them: of a cell of the matrix, or the worst mistakes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QFrame, QListView, QListWidget, QListWidgetItem, QWidget

from convstudio.ui.evaluation.report import Case
from convstudio.ui.live.numbers import percent
from convstudio.ui.live.sample_picture import sample_image
from convstudio.ui.text import tr
from convstudio.ui.theme import number_font

SIDE = 52
MOST = 60
"""So many are shown; a list of thousands helps nobody."""
_NUMBER = Qt.ItemDataRole.UserRole


class CaseList(QListWidget):
    """Pictures in rows; one that is clicked, or chosen by Enter, is to become the watched sample."""

    sample_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[object, ...] = ()
        self.picture: Callable[[int], NDArray[np.uint8] | None] = lambda number: None
        """Gives the image of a sample by its number in the validation part."""
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setIconSize(QSize(SIDE, SIDE))
        self.setGridSize(QSize(104, SIDE + 48))
        self.setUniformItemSizes(True)
        self.setWordWrap(True)
        self.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFont(number_font(8))
        self.setAccessibleName(tr("Samples: a click watches one"))
        self.itemClicked.connect(self._choose)
        self.itemActivated.connect(self._choose)

    def set_cases(self, cases: Sequence[Case], classes: Sequence[str], key: tuple[object, ...]) -> None:
        """Show these; nothing happens where `key` says that they are the same as before."""
        shown = (key, tuple((c.number, c.truth, c.answer, c.certainty, c.right) for c in cases[:MOST]))
        if shown == self._shown:
            return
        self._shown = shown
        self.clear()
        for case in cases[:MOST]:
            self.addItem(self._item(case, classes))

    def _item(self, case: Case, classes: Sequence[str]) -> QListWidgetItem:
        item = QListWidgetItem(_short(case, classes))
        item.setData(_NUMBER, case.number)
        item.setToolTip(words(case, classes))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, words(case, classes))
        sample = self.picture(case.number)
        if sample is not None:
            item.setIcon(QIcon(_pixmap(sample)))
        return item

    def _choose(self, item: QListWidgetItem) -> None:
        self.sample_chosen.emit(int(item.data(_NUMBER)))


def words(case: Case, classes: Sequence[str]) -> str:
    """All that is known of a case, in a sentence."""
    if case.truth is None or case.answer is None:
        sure = f"{tr('mean certainty')} {percent(case.certainty)}"
        return f"{tr('Sample')} {case.number + 1}: {percent(case.right)} {tr('of its pixels right')}, {sure}."
    said = f"{tr('the network says')} {classes[case.answer]} ({percent(case.certainty)})"
    if case.truth == case.answer:
        return f"{tr('Sample')} {case.number + 1} {tr('is')} {classes[case.truth]}, {tr('and')} {said}."
    right = f"{classes[case.truth]} {tr('has')} {percent(case.right)}"
    return f"{tr('Sample')} {case.number + 1} {tr('is')} {classes[case.truth]}; {said}, {right}."


def _short(case: Case, classes: Sequence[str]) -> str:
    if case.truth is None or case.answer is None:
        return f"{percent(case.right)} {tr('right')}"
    if case.truth == case.answer:
        return f"{classes[case.truth]} {percent(case.certainty)}"
    return f"{classes[case.truth]} {percent(case.right)}\n→ {classes[case.answer]} {percent(case.certainty)}"


def _pixmap(sample: NDArray[np.uint8]) -> QPixmap:
    kept, quick = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.FastTransformation
    return QPixmap.fromImage(sample_image(sample)).scaled(SIDE, SIDE, kept, quick)
