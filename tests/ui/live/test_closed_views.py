"""Views that are gone: nothing of them listens on, so that the theme can change after they were closed."""

from __future__ import annotations

import pytest
import shiboken6

from convstudio.ui.lens.lens_panel import LensPanel
from convstudio.ui.live.maps_panel import MapsPanel
from convstudio.ui.live.masks_panel import MasksPanel
from convstudio.ui.live.sample_panel import SamplePanel
from convstudio.ui.live.training_panel import TrainingPanel


@pytest.mark.parametrize("kind", [LensPanel, MapsPanel, MasksPanel, SamplePanel, TrainingPanel])
def test_the_theme_may_change_after_a_view_was_deleted(both_themes, settle, kind):
    panel = kind()
    panel.show()
    settle()
    shiboken6.delete(panel)
    both_themes.set_dark(False)
    settle()
    assert not shiboken6.isValid(panel)


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("kind", [MapsPanel, MasksPanel, SamplePanel, TrainingPanel])
def test_a_view_takes_the_colours_of_the_theme_while_it_is_shown(show, both_themes, settle, kind, dark):
    panel = show(kind(), 500, 240)
    both_themes.set_dark(not dark)
    settle()
    both_themes.set_dark(dark)
    settle()
    picture = panel.grab().toImage()
    rows = range(0, picture.height(), 7)
    seen = [picture.pixel(x, y) for y in rows for x in range(0, picture.width(), 7)]
    assert max(set(seen), key=seen.count) == both_themes.colour("panel").rgb()


def test_a_window_without_numbers_of_its_own_is_painted_before_the_first_message(show):
    for panel in (MapsPanel(), MasksPanel(), SamplePanel(), TrainingPanel()):
        picture = show(panel, 350, 200).grab().toImage()
        colours = {picture.pixel(x, y) for x in range(0, 350, 3) for y in range(0, 200, 2)}
        assert len(colours) > 2, "there is text on it"
