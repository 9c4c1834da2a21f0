"""An edit of masks by hand: which weights get which numbers, and what they were made from."""

from __future__ import annotations

from dataclasses import dataclass

from convstudio.ui.masklab.chosen import Region, Weights


@dataclass(frozen=True, eq=False)
class Edit:
    """What the person wants: other numbers in a region of weights; `preset` is the recipe that they were made from."""

    label: str
    name: str
    region: Region
    values: Weights
    preset: str = ""
    numbers: tuple[tuple[str, float], ...] = ()
