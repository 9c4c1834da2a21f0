"""The right side of the gallery: all about the chosen template, for what to draw it, and the way to open it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QLabel, QPushButton, QRadioButton, QScrollArea, QVBoxLayout, QWidget

from convstudio.templates import Template
from convstudio.ui.gallery.choices import Choice, analysed, choices, preferred
from convstudio.ui.text import grouped, strong, tr
from convstudio.ui.theme import theme

WIDTH = 330


class TemplateDetail(QWidget):
    """Shows one template; `open_requested` carries the Choice that the person makes."""

    open_requested = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(WIDTH)
        self._choices: tuple[Choice, ...] = ()
        self._title, self._citation, self._about = _text("title"), _text("dim"), _text()
        self._figures, self._remark = _text(), _text("dim")
        self._for = QLabel(tr("DRAW IT FOR"))
        self._for.setObjectName("section")
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(lambda _number: self._show_choice())
        self._buttons = QVBoxLayout()
        self._buttons.setSpacing(4)
        self._open = QPushButton(tr("Open as a new network"))
        self._open.setObjectName("primary")
        self._open.setDefault(True)
        self._open.clicked.connect(self.open)
        self._build()
        theme.changed.connect(self._show_choice)

    @property
    def choice(self) -> Choice | None:
        """What would be opened."""
        number = self._group.checkedId()
        return self._choices[number] if 0 <= number < len(self._choices) else None

    def show_template(self, template: Template | None, data: str) -> None:
        """Show a template, drawn for the data set of that name where it fits."""
        self._choices = choices(template) if template else ()
        self._refill(preferred(template, data) if template else None)
        for widget in (self._citation, self._about, self._for, self._figures, self._remark):
            widget.setVisible(template is not None)
        self._open.setEnabled(template is not None)
        self._title.setText(f"{tr(template.title)} ({template.year})" if template else tr("Nothing found"))
        if template:
            self._citation.setText(template.citation)
            self._about.setText(tr(template.about))
            self._show_choice()

    def open(self) -> None:
        """Ask for the network that is chosen now."""
        if self.choice:
            self.open_requested.emit(self.choice)

    def _refill(self, chosen: Choice | None) -> None:
        for button in self._group.buttons():
            self._group.removeButton(button)
            self._buttons.removeWidget(button)
            button.hide()
            button.deleteLater()
        for number, choice in enumerate(self._choices):
            button = QRadioButton(choice.words)
            button.setChecked(choice == chosen)
            self._group.addButton(button, number)
            self._buttons.addWidget(button)

    def _show_choice(self) -> None:
        choice = self.choice
        if choice is None:
            return
        document, analysis = analysed(choice)
        dim = theme.text("dim")
        rows = (
            (grouped(analysis.parameters), tr("weights")),
            (grouped(analysis.multiply_adds), tr("multiply-adds for one sample")),
            (grouped(len(document.network.blocks)), tr("blocks")),
        )
        cells = "".join(
            f"<tr><td align='right'>{strong(number)}</td><td style='color:{dim}'>&nbsp; {words}</td></tr>"
            for number, words in rows
        )
        self._figures.setText(f"<table cellspacing='2'>{cells}</table>")
        self._remark.setText(choice.remark)
        self._remark.setVisible(bool(choice.remark))

    def _build(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(10)
        for widget in (self._title, self._about, self._citation, self._for):
            column.addWidget(widget)
        column.addLayout(self._buttons)
        column.addWidget(self._figures)
        column.addWidget(self._remark)
        column.addStretch()
        area = QScrollArea()
        area.setAccessibleName(tr("About this network"))
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)
        whole.addWidget(self._open)


def _text(name: str = "") -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setWordWrap(True)
    return label
