"""A segmented control has room for all its choices, whichever is on."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from convstudio.ui.live.segments import Segments


def test_no_choice_is_scrolled_away_by_another(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    row = QHBoxLayout(window)
    segments = Segments("Details", "What is shown")
    row.addWidget(QLabel(), 1)
    row.addWidget(segments)
    segments.set_choices(("Curves", "Comparison"))
    window.resize(400, 40)
    with qtbot.waitExposed(window):
        window.show()
    for place in (0, 1, 0):
        segments.setCurrentIndex(place)
        qtbot.waitUntil(lambda: segments.width() >= segments.sizeHint().width())
        assert not any(button.isVisible() for button in segments.findChildren(QToolButton))
