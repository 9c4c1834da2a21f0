"""What an empty canvas offers: how to begin, the recent files and the examples, as small cards with pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QDragEnterEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from convstudio.ui.canvas.carrying import BLOCK_MIME
from convstudio.ui.files.files import examples
from convstudio.ui.files.recent_menu import where
from convstudio.ui.text import strong, tr
from convstudio.ui.theme import theme
from convstudio.ui.welcome.card import HEIGHT, WIDTH, WelcomeCard
from convstudio.ui.workbench import Workbench

GAP = 14
MOST_CARDS = 4
BUTTONS = (("open", "Open a file…"), ("templates", "From a template…"), ("examples", "All examples…"))
"""Actions that begin with something, and their words here."""
HEAD = 96
"""Height of the words and buttons above the cards."""
ROW = HEIGHT + 30
"""Height of a row of cards with its heading."""


class Welcome(QWidget):
    """Lies on the canvas while nothing is on it. It is no part of the document; what it does not use falls through."""

    def __init__(self, bench: Workbench) -> None:
        """A child of the viewport, so that drops, wheel and double-clicks beside the cards reach the canvas."""
        super().__init__(bench.canvas.viewport())
        self._bench = bench
        self._shown: object = None
        self.setAccessibleName(tr("Begin"))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._draw_next)
        viewport = bench.canvas.viewport()
        viewport.installEventFilter(self)
        for bar in (bench.canvas.horizontalScrollBar(), bench.canvas.verticalScrollBar()):
            bar.valueChanged.connect(self._place)
        bench.store.changed.connect(self.follow)
        bench.windows.recent.changed.connect(self.follow)
        bench.windows.pictures.changed.connect(self.follow)
        theme.changed.connect(self.follow)
        self.follow()

    @property
    def cards(self) -> Sequence[WelcomeCard]:
        return self.findChildren(WelcomeCard)

    def follow(self) -> None:
        """Be there exactly while the canvas is empty."""
        self.setVisible(self._bench.store.empty)
        if self._bench.store.empty:
            self._fill()
            self._place()
            self._later.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Make room for what is dragged over the canvas; keep to the middle."""
        if isinstance(event, QDragEnterEvent) and event.mimeData().hasFormat(BLOCK_MIME):
            self.hide()
        elif event.type() in (QEvent.Type.DragLeave, QEvent.Type.Drop, QEvent.Type.Resize):
            QTimer.singleShot(0, self, self.follow)
        return False

    def _fill(self) -> None:
        """Make the content anew when it is another one, or when there is another room for it."""
        rows = self._rows()
        wanted = (rows, self._bench.windows.pictures.version, theme.dark)
        if wanted == self._shown:
            return
        self._shown = wanted
        while item := self._column.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        self._add(_Words(self._bench), Qt.AlignmentFlag.AlignHCenter)
        for heading, paths in rows:
            self._add(self._row(heading, paths), Qt.AlignmentFlag.AlignLeft)

    def _add(self, widget: QWidget, side: Qt.AlignmentFlag) -> None:
        self._column.addWidget(widget, 0, side)
        widget.show()

    def _rows(self) -> tuple[tuple[str, tuple[Path, ...]], ...]:
        """Which files there is room for: recent ones first, and examples below."""
        viewport = self._bench.canvas.viewport()
        across = max(1, min(MOST_CARDS, (viewport.width() - GAP) // (WIDTH + GAP)))
        recent = tuple(p for p in self._bench.windows.recent.paths if p.is_file())[:across]
        rows = [(tr("RECENT"), recent)] if recent else []
        rows.append((tr("EXAMPLES"), examples()[:across]))
        return tuple(rows[: max(1, (viewport.height() - HEAD - 2 * GAP) // ROW)])

    def _row(self, heading: str, paths: Sequence[Path]) -> QWidget:
        row = QWidget()
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        label = QLabel(heading)
        label.setObjectName("section")
        column.addWidget(label)
        line = QHBoxLayout()
        line.setSpacing(GAP)
        for path in paths:
            line.addWidget(self._card(path))
        column.addLayout(line)
        return row

    def _card(self, path: Path) -> WelcomeCard:
        files, own = self._bench.files, path in examples()
        words = path.stem.replace("-", " ") if own else path.stem
        card = WelcomeCard(words, tr("example") if own else where(path), self._bench.windows.pictures.get(path))
        card.setToolTip("" if own else str(path))
        open_it: Callable[[Path], object] = files.open_example if own else files.open
        card.clicked.connect(lambda: open_it(path))
        return card

    def _draw_next(self) -> None:
        """Draw one picture that is missing, and then let the window live before the next."""
        pictures = self._bench.windows.pictures
        for path in (path for _, paths in self._rows() for path in paths):
            if self.isVisible() and pictures.get(path) is None and pictures.draw_file(path):
                return

    def _place(self) -> None:
        """In the middle of what is seen of the canvas, also when that is scrolled."""
        viewport = self._bench.canvas.viewport()
        self.resize(self._column.sizeHint())
        self.move((viewport.width() - self.width()) // 2, max(GAP, (viewport.height() - self.height()) // 2))


class _Words(QWidget):
    """How to begin, in words, and buttons for those who begin with something."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(9)
        title = QLabel(tr("An empty canvas"), alignment=Qt.AlignmentFlag.AlignHCenter)
        title.setObjectName("title")
        hint = QLabel(alignment=Qt.AlignmentFlag.AlignHCenter)
        hint.setObjectName("dim")
        hint.setText(
            f"{tr('Drag an')} {strong(tr('Input'))} {tr('here, or press')} {strong('/')} {tr('to find a block.')}"
        )
        buttons = QHBoxLayout()
        buttons.addStretch()
        for name, words in BUTTONS:
            button = QPushButton(tr(words))
            button.clicked.connect(bench.actions[name].trigger)
            buttons.addWidget(button)
        buttons.addStretch()
        for widget in (title, hint):
            widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            column.addWidget(widget)
        column.addLayout(buttons)
