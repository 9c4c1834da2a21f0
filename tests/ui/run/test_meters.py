"""The meters at the device button: what is known is shown, what is not known is left out, closed ones ask nothing."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidgetAction

from convstudio.protocol.messages import Device, Meters
from convstudio.ui.run.device_button import DeviceButton
from convstudio.ui.run.meters_panel import MetersPanel, gauges

FULL = Meters(
    device="Fast card",
    threads=2,
    cores=1.5,
    all_cores=4,
    machine=0.63,
    own=400 * 2**20,
    used=3 * 2**30,
    total=8 * 2**30,
    card_own=2**30,
    card_used=2 * 2**30,
    card_total=80 * 2**30,
)
BARE = Meters(device="CPU", threads=1, cores=0.0, all_cores=1, machine=None, own=None, used=None, total=None)


def test_all_that_is_known_has_a_row():
    found = {g.words: (g.figure, g.share) for g in gauges(FULL)}
    assert found["Processor, the worker"] == ("1.5 of 4 cores", 0.375)
    assert found["Processor, all programs"] == ("63 %", 0.63)
    assert found["Memory of the worker"] == ("400 MiB", pytest.approx(400 / 8192))
    assert found["Memory, all programs"] == ("3 GiB of 8 GiB", 0.375)
    assert found["Graphics memory of the worker"] == ("1 GiB of 80 GiB", 1 / 80)
    assert found["Graphics memory, all programs"] == ("2 GiB of 80 GiB", 2 / 80)


def test_what_is_not_known_is_left_out():
    assert [g.words for g in gauges(BARE)] == ["Processor, the worker"]


def test_the_head_says_what_computes_and_how_fast(qtbot):
    panel = MetersPanel()
    qtbot.addWidget(panel)
    assert "not answered" in panel.head
    panel.show_meters(BARE, 0.0)
    assert panel.head == "CPU · 1 thread · no run is computing"
    low = panel.height()
    panel.show_meters(FULL, 12_430.0)
    assert panel.head == "Fast card · 12 430 images/s"
    assert panel.height() > low
    panel.grab()


def test_the_meters_stay_in_the_menu_when_devices_change(qtbot):
    button = DeviceButton()
    qtbot.addWidget(button)
    for devices in ((), (Device("cpu", "CPU"),), (Device("cpu", "CPU"), Device("cuda:0", "Fast card"))):
        button.set_devices(devices, "auto")
        first = button.menu().actions()[0]
        assert isinstance(first, QWidgetAction)
        assert first.defaultWidget() is button.meters
    seen = []
    button.opened.connect(seen.append)
    button.menu().aboutToShow.emit()
    button.menu().aboutToHide.emit()
    assert seen == [True, False]
