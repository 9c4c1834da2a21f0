"""What bfloat16 means on the device that is chosen is said beside the setting, before a run begins."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec.structs import replace as with_fields

from convstudio.protocol.messages import Device
from convstudio.ui.inspector.training_tab import TrainingTab, bfloat16_words

SLOW = Device("cpu", "CPU · 2 cores", "emulated")
CARD, OLD = Device("cuda:0", "Fast card"), Device("cuda:0", "Old card", "none")


@pytest.mark.parametrize(
    ("devices", "chosen", "words"),
    [
        ((SLOW,), "auto", "Here bfloat16 is slower than float32: CPU · 2 cores has no instructions for it"),
        ((SLOW,), "cpu", "Here bfloat16 is slower"),
        ((SLOW, CARD), "auto", "Masks, feature maps"),
        ((SLOW, CARD), "cpu", "Here bfloat16 is slower"),
        ((SLOW, OLD), "auto", "Old card does not compute in bfloat16"),
        ((SLOW,), "cuda:3", "Masks, feature maps"),
        ((), "auto", "Masks, feature maps"),
    ],
)
def test_it_is_said_of_the_device_that_would_compute(devices, chosen, words) -> None:
    assert bfloat16_words(devices, chosen).startswith(words)


def test_it_is_said_in_the_tab_as_long_as_bfloat16_is_chosen(store, qtbot) -> None:
    tab = TrainingTab(store)
    qtbot.addWidget(tab)
    tab.show_devices((SLOW,))
    assert not tab.bfloat16_note.isVisibleTo(tab)
    training = with_fields(store.document.training, precision="bfloat16")
    store.do("Half", replace(store.document, training=training))
    assert tab.bfloat16_note.isVisibleTo(tab)
    assert "emulated" in tab.bfloat16_note.text()
    tab.show_devices((SLOW, CARD))
    assert "emulated" not in tab.bfloat16_note.text()
    store.undo()
    assert not tab.bfloat16_note.isVisibleTo(tab)
