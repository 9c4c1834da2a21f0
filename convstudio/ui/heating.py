"""Heat on the canvas of a window: the choice of the cost that is shown, remembered for the next start."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QActionGroup

from convstudio.ui.canvas.heat_legend import HeatLegend
from convstudio.ui.canvas.heat_map import Shown
from convstudio.ui.workbench import Workbench

SETTING = "heat"
CHOICES: dict[str, Shown | None] = {
    "heat_none": None,
    "heat_weights": "parameters",
    "heat_multiply_adds": "multiply_adds",
    "heat_memory": "activation_bytes",
    "heat_time": "time",
}
"""The cost that each action shows."""


class Heating(QObject):
    """Binds the actions of which one is on."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self._settings, self._heat = bench.window.settings, bench.scene.heat
        self._group = QActionGroup(self)
        for name in CHOICES:
            self._group.addAction(bench.actions[name])
            bench.actions.connect(name, partial(self._choose, name))
        self.legend = HeatLegend(self._heat, bench.store, bench.canvas)
        remembered = str(self._settings.value(SETTING, "heat_none"))
        name = remembered if remembered in CHOICES else "heat_none"
        bench.actions[name].setChecked(True)
        self._heat.show(CHOICES[name])

    def _choose(self, name: str) -> None:
        self._settings.setValue(SETTING, name)
        self._heat.show(CHOICES[name])
