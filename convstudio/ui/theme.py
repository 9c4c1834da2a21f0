"""Colours, fonts and the style of all widgets: one table of tokens, dark and light, switchable while running."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from convstudio.assets import asset
from convstudio.ui.colours import between

TOKENS: dict[str, tuple[str, str]] = {
    # name: (dark, light)
    "canvas": ("#12141a", "#f4f5f8"),
    "dot": ("#262a34", "#d5d9e2"),
    "panel": ("#191c23", "#ffffff"),
    "raised": ("#222630", "#f3f5f9"),
    "hover": ("#2b303c", "#e8ecf3"),
    "line": ("#2d323e", "#dfe3ea"),
    "text": ("#e8ebf1", "#1c2330"),
    "dim": ("#98a2b3", "#5b6677"),
    "accent": ("#5b9dff", "#2f76e8"),
    "on_accent": ("#0b1220", "#ffffff"),
    "on_kind": ("#0d1016", "#ffffff"),
    "good": ("#5fcf8f", "#1f9d61"),
    "good_text": ("#5fcf8f", "#187a4b"),
    "warning": ("#f0b44c", "#b97a0a"),
    "warning_text": ("#f0b44c", "#8a5a05"),
    "bad": ("#ff6b6b", "#d33f49"),
    "frozen": ("#7fb4ff", "#1f5fc4"),
    "heat": ("#e8804a", "#d9691e"),
    "wire": ("#6b7382", "#98a2b3"),
    "train": ("#5b9dff", "#2f76e8"),
    "validation": ("#f0b44c", "#b97a0a"),
    "convolution": ("#4c9be8", "#4c9be8"),
    "dilated": ("#2bb3a3", "#2bb3a3"),
    "separable": ("#9b7bea", "#9b7bea"),
    "pooling": ("#e8a33d", "#e8a33d"),
    "dense": ("#e8688a", "#e8688a"),
    "activation": ("#8fbf3f", "#8fbf3f"),
    "normalisation": ("#6e97aa", "#6e97aa"),
    "combine": ("#c0895a", "#c0895a"),
    "data": ("#5fb98a", "#5fb98a"),
    "note_none": ("#98a2b3", "#5b6677"),
    "note_blue": ("#7fb4ff", "#1f5fc4"),
    "note_teal": ("#4fcdbd", "#0d6f65"),
    "note_violet": ("#b49dff", "#6a45c9"),
    "note_amber": ("#f0b44c", "#8a5a05"),
    "note_rose": ("#ff8fab", "#b5345c"),
    "note_green": ("#6fd79a", "#187a4b"),
    "group": ("#7f8fb8", "#7f8fb8"),
}


TEXT_FONT, NUMBER_FONT = "Inter", "JetBrains Mono"
FONT_FILES = ("Inter-Regular.otf", "Inter-SemiBold.otf", "JetBrainsMono-Regular.ttf")
TEXT_SIZE = 9.5


class Theme(QObject):
    """Which of the two colour schemes is on. `changed` says that every colour may be another one now."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._dark = True
        self._follows = False
        self._colours: dict[str, QColor] = {}

    @property
    def dark(self) -> bool:
        return self._dark

    def colour(self, name: str) -> QColor:
        """The colour of a token. KeyError when there is no such token. Do not change the returned object."""
        if name not in self._colours:
            self._colours[name] = QColor(TOKENS[name][0 if self._dark else 1])
        return self._colours[name]

    def text(self, name: str) -> str:
        """The colour as a style sheet writes it."""
        return self.colour(name).name()

    def follow_system(self) -> None:
        """Take the scheme of the desktop, now and whenever it changes; dark where the desktop does not say."""
        if not self._follows:
            self._follows = True
            hints = QGuiApplication.styleHints()
            hints.colorSchemeChanged.connect(self._take_system)
            self._take_system()

    def choose(self, dark: bool) -> None:
        """Take the person's own choice, and follow the desktop no more."""
        if self._follows:
            self._follows = False
            QGuiApplication.styleHints().colorSchemeChanged.disconnect(self._take_system)
        self.set_dark(dark)

    @contextmanager
    def lent(self, dark: bool) -> Iterator[None]:
        """Within this, colours are those of a scheme, for a picture that is drawn at once; nobody is told."""
        before = self._dark, self._colours
        self._dark, self._colours = dark, {}
        try:
            yield
        finally:
            self._dark, self._colours = before

    def _take_system(self) -> None:
        from PySide6.QtCore import Qt  # its first use costs 12 ms, a tenth of the time to the first paint

        self.set_dark(QGuiApplication.styleHints().colorScheme() != Qt.ColorScheme.Light)

    def set_dark(self, dark: bool) -> None:
        """Switch between dark and light."""
        if dark != self._dark:
            self.apply(dark)

    def apply(self, dark: bool) -> None:
        """Give the whole application this scheme."""
        self._dark = dark
        self._colours.clear()
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.setPalette(_palette(self))
        application.setStyleSheet(_style_sheet(self))
        self.changed.emit()


theme = Theme()
"""The one theme of the process."""


@cache
def install_fonts() -> None:
    """Make the bundled fonts known and the first of them the application's own; once a process."""
    for file in FONT_FILES:
        QFontDatabase.addApplicationFont(str(asset("fonts", file)))
    font = QFont(TEXT_FONT)
    font.setPointSizeF(TEXT_SIZE)
    QApplication.setFont(font)


def number_font(size: float = TEXT_SIZE - 0.5) -> QFont:
    """The fixed-width font for numbers; `size` in points."""
    font = QFont(NUMBER_FONT)
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPointSizeF(size)
    return font


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    pairs = {
        role.Window: "panel",
        role.Base: "raised",
        role.AlternateBase: "panel",
        role.Button: "raised",
        role.ToolTipBase: "raised",
        role.WindowText: "text",
        role.Text: "text",
        role.ButtonText: "text",
        role.ToolTipText: "text",
        role.BrightText: "bad",
        role.PlaceholderText: "dim",
        role.Highlight: "accent",
        role.HighlightedText: "on_accent",
        role.Link: "accent",
        role.Mid: "line",
        role.Midlight: "line",
        role.Light: "hover",
        role.Dark: "line",
        role.Shadow: "canvas",
    }
    for name, token in pairs.items():
        palette.setColor(name, theme.colour(token))
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, _faint(theme))
    return palette


def _faint(theme: Theme) -> QColor:
    """Of what is disabled."""
    return between(theme.colour("dim"), theme.colour("panel"), 0.5)


def _style_sheet(theme: Theme) -> str:
    sheet = _SHEET
    for name in sorted(TOKENS, key=len, reverse=True):
        sheet = sheet.replace(f"@{name}", theme.text(name))
    sheet = sheet.replace("#icons", asset("icons", "up.png").parent.as_posix())
    return sheet.replace("@faint", _faint(theme).name())


_SHEET = """
QMainWindow::separator { background: @line; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: @accent; }
QToolBar { background: @panel; border: none; border-bottom: 1px solid @line; padding: 8px 12px; spacing: 8px; }
QStatusBar { background: @panel; border-top: 1px solid @line; color: @dim; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: @dim; padding: 2px 8px; }
QMenuBar { background: @panel; border-bottom: 1px solid @line; }
QMenuBar::item { padding: 4px 10px; background: transparent; }
QMenuBar::item:selected { background: @hover; border-radius: 4px; }
QMenu { background: @raised; border: 1px solid @line; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 12px; border-radius: 4px; }
QMenu::item:selected { background: @accent; color: @on_accent; }
QMenu::item:disabled { color: @faint; }
QMenu::separator { height: 1px; background: @line; margin: 4px 6px; }
QToolTip { background: @raised; color: @text; border: 1px solid @line; padding: 4px 6px; }
QPushButton, QToolButton { background: @raised; color: @text; border: 1px solid @line; border-radius: 6px;
  padding: 5px 12px; }
QToolButton { padding: 5px 8px; }
QToolButton#icon { padding: 5px; min-width: 20px; min-height: 20px; }
QPushButton:hover, QToolButton:hover { background: @hover; }
QPushButton:pressed, QToolButton:pressed { background: @line; }
QPushButton:focus, QToolButton:focus { border-color: @accent; }
QPushButton:disabled, QToolButton:disabled { color: @faint; }
QToolButton#choice:checked, QPushButton#choice:checked { border-color: @accent; background: @hover; }
QPushButton#choice { text-align: left; }
QPushButton#block { text-align: left; padding: 5px 3px; font-size: 8pt; }
QToolButton::menu-indicator { image: none; width: 0; }
QPushButton#primary, QToolButton#primary { background: @accent; color: @on_accent; border-color: @accent;
  font-weight: 600; }
QPushButton#primary:disabled, QToolButton#primary:disabled { background: @raised; color: @faint; border-color: @line; }
QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QPlainTextEdit { background: @raised; color: @text;
  border: 1px solid @line; border-radius: 6px; padding: 4px 8px; selection-background-color: @accent;
  selection-color: @on_accent; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus { border-color: @accent; }
QLineEdit[invalid="true"] { border-color: @bad; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: url("#icons/down.png"); width: 9px; height: 9px; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {
  border: none; width: 18px; background: transparent; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url("#icons/up.png"); width: 9px; height: 9px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url("#icons/down.png"); width: 9px; height: 9px; }
QCheckBox::indicator { width: 16px; height: 16px; border: 1px solid @wire; border-radius: 4px; background: @raised; }
QCheckBox::indicator:checked { background: @accent; border-color: @accent; image: url("#icons/check.png"); }
QCheckBox::indicator:indeterminate { background: @accent; border-color: @accent; image: url("#icons/dash.png"); }
QCheckBox::indicator:focus { border-color: @text; }
QRadioButton::indicator { width: 12px; height: 12px; border: 2px solid @wire; border-radius: 8px; background: @raised; }
QRadioButton::indicator:checked { border: 5px solid @accent; width: 6px; height: 6px; background: @on_accent; }
QRadioButton::indicator:focus { border-color: @text; }
QComboBox QAbstractItemView { background: @raised; border: 1px solid @line; selection-background-color: @accent;
  selection-color: @on_accent; }
QTabBar { background: @panel; }
QTabBar::tab { background: transparent; color: @dim; padding: 8px 10px; border: none;
  border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: @text; border-bottom: 2px solid @accent; font-weight: 600; }
QTabBar::tab:hover { color: @text; }
QTabBar::scroller { width: 44px; }
QTabBar QToolButton { padding: 0; border-radius: 4px; }
QTabBar QToolButton::left-arrow { image: url("#icons/left.png"); width: 9px; height: 9px; }
QTabBar QToolButton::right-arrow { image: url("#icons/right.png"); width: 9px; height: 9px; }
QTabWidget::pane { border: none; border-top: 1px solid @line; }
QDockWidget { color: @dim; }
QSplitter::handle { background: @line; }
QSplitter::handle:vertical { height: 1px; }
QScrollArea, QScrollArea > QWidget > QWidget { border: none; background: @panel; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: @line; border-radius: 4px; min-height: 24px; min-width: 24px; margin: 1px; }
QScrollBar::handle:hover { background: @dim; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QProgressBar { background: @line; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: @accent; border-radius: 3px; }
QFrame#card { background: @raised; border: 1px solid @line; border-radius: 8px; }
QListWidget { background: transparent; border: none; }
QListWidget::item { padding: 5px 6px; border-radius: 5px; }
QListWidget::item:selected { background: @accent; color: @on_accent; }
QFrame#line { background: @line; }
QToolButton#fold { color: @dim; font-size: 8pt; letter-spacing: 1px; background: transparent; border: none;
  padding: 4px 0 2px 0; }
QToolButton#fold:hover { color: @text; }
QToolButton#fold:focus { color: @accent; }
QLabel#section { color: @dim; font-size: 8pt; letter-spacing: 1px; }
QLabel#dim { color: @dim; }
QLabel#title { font-weight: 600; font-size: 11pt; }
QLabel#bad { color: @bad; }
QLabel#good { color: @good_text; }
QTableView { background: @panel; gridline-color: @line; border: none; }
QTableView::indicator { width: 13px; height: 13px; border: 1px solid @wire; border-radius: 3px; background: @raised; }
QTableView::indicator:checked { background: @accent; border-color: @text; image: url("#icons/check.png"); }
QHeaderView::section { background: @panel; color: @dim; border: none; border-bottom: 1px solid @line;
  padding: 4px 4px; font-size: 8pt; }
QHeaderView::up-arrow { image: url("#icons/up.png"); subcontrol-position: top center; width: 8px; height: 6px; }
QHeaderView::down-arrow { image: url("#icons/down.png"); subcontrol-position: top center; width: 8px; height: 6px; }
"""
