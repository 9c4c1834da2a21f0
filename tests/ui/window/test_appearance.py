"""The colours of the window: dark and light, what is remembered of the choice, and that text can be read."""

from __future__ import annotations

import pytest

from convstudio.ui.theme import TOKENS, theme


def test_both_colour_schemes_reach_everything(bench, qapp):
    theme.apply(True)
    dark = bench.window.grab().toImage().pixelColor(4, bench.window.height() - 4)
    bench.actions["dark"].trigger()
    assert not theme.dark
    light = bench.window.grab().toImage().pixelColor(4, bench.window.height() - 4)
    assert (dark.name(), light.name()) == TOKENS["panel"]
    bench.actions["dark"].trigger()
    assert theme.dark


def test_the_choice_of_colours_outlives_the_window(bench):
    bench.actions["dark"].trigger()
    bench.window.may_close = lambda: True
    bench.window.close()
    settings = bench.window.settings
    assert settings.value("own_colours", False, type=bool)
    assert settings.value("dark", True, type=bool) is False
    theme.apply(True)


def test_the_desktop_is_followed_until_a_choice_is_made(bench, qapp):
    theme.follow_system()
    theme.apply(False)
    qapp.styleHints().colorSchemeChanged.emit(qapp.styleHints().colorScheme())
    assert theme.dark  # offscreen, the desktop does not say: dark
    theme.choose(False)
    qapp.styleHints().colorSchemeChanged.emit(qapp.styleHints().colorScheme())
    assert not theme.dark
    theme.apply(True)


@pytest.mark.parametrize("ground", ["panel", "raised", "canvas"])
@pytest.mark.parametrize("ink", ["text", "dim", "good_text", "warning_text"])
@pytest.mark.parametrize("scheme", [0, 1])
def test_text_passes_the_contrast_of_wcag_aa(ink, ground, scheme):
    """Contrast ratio as in WCAG 2.1, definition of relative luminance: at least 4.5 : 1."""
    bright, dark = sorted((_luminance(TOKENS[name][scheme]) for name in (ink, ground)), reverse=True)
    assert (bright + 0.05) / (dark + 0.05) >= 4.5


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
