"""What masks held before they were edited by hand, so that a block can go back to it."""

from __future__ import annotations

from dataclasses import dataclass

from convstudio.ui.live.mask_stage import MaskStage
from convstudio.ui.masklab.chosen import Weights


@dataclass(eq=False)
class _Kept:
    values: Weights
    moment: tuple[int, int]
    """Run and step of the last edit: when a block that learns has gone on since, it has other trained values."""


class Originals:
    """The first values by block and name of the weights; of a block that learns, those since its last step."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], _Kept] = {}

    def forget(self) -> None:
        self._kept.clear()

    def note(self, block: str, stage: MaskStage, moment: tuple[int, int], frozen: bool) -> None:
        """The weights are going to be edited at this moment; `stage` is how they are before."""
        kept = self._kept.get((block, stage.name))
        if kept is None or kept.values.shape != stage.values.shape or self._stale(kept, moment, frozen):
            self._kept[block, stage.name] = _Kept(stage.values.copy(), moment)
        else:
            kept.moment = moment

    def of(self, block: str, stage: MaskStage, moment: tuple[int, int], frozen: bool) -> Weights | None:
        """What to go back to; None where nothing was edited, or where training has gone on with what was."""
        kept = self._kept.get((block, stage.name))
        if kept is None or kept.values.shape != stage.values.shape or self._stale(kept, moment, frozen):
            return None
        return kept.values

    @staticmethod
    def _stale(kept: _Kept, moment: tuple[int, int], frozen: bool) -> bool:
        return kept.moment[0] != moment[0] or (not frozen and kept.moment != moment)
