"""Runs that were deleted lie in a hidden folder beside the others for a month, so that deleting can be undone."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from time import time

PLACE = ".trash"
KEPT_SECONDS = 30 * 86_400
NAME = re.compile(r"(\d{9,12})-(\d+)-(.+)")


def put(folder: Path, now: float | None = None) -> Path:
    """Move a run there; where it lies now. OSError when that fails."""
    place = folder.parent / PLACE
    place.mkdir(exist_ok=True)
    second, number = int(time() if now is None else now), 0
    while (target := place / f"{second}-{number}-{folder.name}").exists():
        number += 1
    folder.rename(target)
    return target


def put_back(lying: Path) -> Path:
    """Move it to where it was, under another name if that is taken by now; where it is. OSError when that fails."""
    before = name(lying)
    target, number = lying.parent.parent / before, 2
    while target.exists():
        target, number = lying.parent.parent / f"{before}-{number}", number + 1
    lying.rename(target)
    return target


def lying(root: Path) -> list[Path]:
    """Deleted runs, the newest first."""
    place = root / PLACE
    found = [p for p in place.iterdir() if NAME.fullmatch(p.name)] if place.is_dir() else []
    return sorted(found, key=lambda p: _parts(p)[0], reverse=True)


def name(lying: Path) -> str:
    """The name of its folder before it was deleted."""
    return _parts(lying)[1]


def empty(root: Path, older_than: float = 0.0, now: float | None = None) -> int:
    """Remove for good what has lain there longer than so many seconds; how many runs. OSError when that fails."""
    limit = (time() if now is None else now) - older_than
    old = [path for path in lying(root) if _parts(path)[0] <= limit]
    for path in old:
        shutil.rmtree(path)
    return len(old)


def _parts(lying: Path) -> tuple[int, str]:
    """When it was deleted, and its name before. ValueError for what was not put here by us."""
    if not (found := NAME.fullmatch(lying.name)):
        raise ValueError(f"{lying.name} was not put here by us")
    return int(found[1]), found[3]
