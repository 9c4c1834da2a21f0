"""The images that masks are tried on in the lab: photographs, samples, a drawing, a file of the person's own."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QMenu, QWidget

from convstudio.assets import asset
from convstudio.data.info import available
from convstudio.ui.actions import ActionBook
from convstudio.ui.text import tr
from convstudio.ui.watched import WatchedSample

PHOTOGRAPHS = "materials"
"""The data set that is cut from the photographs; these are its classes."""
OTHERS = ("next_sample", "previous_sample", "draw_sample", "image_sample")


def image_menu(actions: ActionBook, sample: WatchedSample, parent: QWidget) -> QMenu:
    """A menu that lets another image be watched; photographs are fitted to the shape of a sample like image files."""
    menu = QMenu(parent)
    for name in photographs():
        path = asset("data", PHOTOGRAPHS, f"{name}.jpg")
        menu.addAction(f"{tr('Photograph')}: {tr(name)}", partial(sample.open_image, path))
    menu.addSeparator()
    for name in OTHERS:
        menu.addAction(actions[name])
    return menu


def photographs() -> tuple[str, ...]:
    """Their names."""
    return next((info.classes for info in available() if info.name == PHOTOGRAPHS), ())
