"""Weights that a network begins with instead of those that its seed draws: of an import, or of another run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from torch import Tensor

from convstudio.engine import checkpoint
from convstudio.engine.build import LiveNetwork, carry_over
from convstudio.engine.checkpoint import CheckpointFault


def give(live: LiveNetwork, folder: Path) -> None:
    """Give every block the weights in a run's folder, where they fit it by name and shape; others keep their own.

    Masks by hand lie over them. CheckpointFault when none fits, or they are damaged.
    """
    kept, fresh = carry_over(checkpoint.weights(folder), live)
    live.lay_by_hand()
    if fresh and not kept:
        raise CheckpointFault(f"The weights in {folder} fit no block of the network.")


def load(live: LiveNetwork, weights: Mapping[str, Tensor]) -> None:
    """The weights of a checkpoint of this very network; those of blocks that cannot be computed yet are left out."""
    own = live.state_dict()
    live.load_state_dict({key: value for key, value in weights.items() if key in own})
