"""The photographs of the lab are there, and are watched as other images are."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget

from convstudio.data.image_file import read_image
from convstudio.ui.actions import ActionBook
from convstudio.ui.masklab.images import image_menu, photographs


class Sample:
    def __init__(self) -> None:
        self.paths: list = []

    def open_image(self, path) -> None:
        self.paths.append(path)


@pytest.mark.parametrize("number", [0, 8])
def test_a_photograph_is_opened_as_an_image_file_is(qtbot, number: int) -> None:
    window, sample = QWidget(), Sample()
    qtbot.addWidget(window)
    menu = image_menu(ActionBook(window), sample, window)  # type: ignore[arg-type]
    assert len(photographs()) == 9
    menu.actions()[number].trigger()
    image = read_image(sample.paths[0], 1, (28, 28))
    assert image.shape == (1, 28, 28)
    assert image.std() > 10
