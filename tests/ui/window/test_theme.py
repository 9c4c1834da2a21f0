"""Every picture that the style sheet names is there, for plain and for dense screens."""

from __future__ import annotations

import re
from pathlib import Path

from convstudio.ui.theme import _style_sheet, theme


def test_the_pictures_of_the_style_sheet_are_there():
    named = [Path(found) for found in re.findall(r'url\("([^"]+)"\)', _style_sheet(theme))]
    assert {path.name for path in named} >= {"left.png", "right.png", "dash.png", "check.png"}
    assert all(path.exists() and path.with_stem(f"{path.stem}@2x").exists() for path in named)
