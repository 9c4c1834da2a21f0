"""The card with the report of an import: everything that was found can be read, and opaque blocks be shown."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton

from convstudio.runs.brought import told
from convstudio.ui.importing.report_card import ReportCard
from convstudio.ui.theme import theme


@pytest.fixture
def card(qtbot):
    made = ReportCard()
    qtbot.addWidget(made)
    made.show()
    return made


def texts(card) -> list[str]:
    return [label.text() for label in card.area.widget().findChildren(QLabel)]


def test_everything_that_was_found_can_be_read(card, report):
    card.show_report(report)
    found = texts(card)
    for words in ("odd.onnx", "ONNX · operator set 18 · pytorch 2.13", "12", "7 850", "3 ×", "Conv", "Convolution"):
        assert words in found
    assert "!  LogSoftmax" in found
    assert "last  ·  At the end it is not needed." in found
    assert "•  The file has 2 outputs." in found
    assert found.count("left out") == 1


def test_an_opaque_block_can_be_shown(card, report, qtbot):
    card.show_report(report)
    (show,) = (b for b in card.area.widget().findChildren(QPushButton) if b.text() == "Show")
    with qtbot.waitSignal(card.block_chosen) as signal:
        qtbot.mouseClick(show, Qt.MouseButton.LeftButton)
    assert signal.args == ["opaque_1"]


def test_it_can_be_copied_as_text(card, report, qtbot):
    card.show_report(report)
    qtbot.mouseClick(card.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "\n".join(told(report))
    assert "1 × Mul → in Convolution" in QGuiApplication.clipboard().text()


def test_keys_that_do_not_match_are_listed(card, keys):
    card.show_report(keys)
    found = texts(card)
    assert "fc_1.bias" in found
    assert "fc_1.weight   10×9 → 10×784" in found
    (others,) = (text for text in found if text.startswith("other.0"))
    assert others.endswith("… 20 more")


def test_colours_follow_the_scheme_and_another_report_takes_its_place(card, report, keys):
    before = theme.dark
    card.show_report(report)
    try:
        theme.set_dark(not before)
        assert "!  LogSoftmax" in texts(card)
    finally:
        theme.set_dark(before)
    card.show_report(replace(keys, name="second"))
    assert "second" in texts(card)
    assert "odd.onnx" not in texts(card)
