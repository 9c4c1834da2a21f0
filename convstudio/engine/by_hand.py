"""Masks by hand in live weights: put where they fit, and told of where they do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from convstudio.network import by_hand
from convstudio.network.document import Network
from convstudio.network.handmade import HandMade, Made

if TYPE_CHECKING:
    from convstudio.engine.build import LiveNetwork


def lay(part: nn.Module, made: Made) -> None:
    """Put the masks of a block into its weights, in their order; those that do not fit stay out."""
    weights = dict(part.named_parameters()) if made else {}
    for masks in made:
        if _fit(masks, masks.weights, weights):
            with torch.no_grad():
                _place(weights[masks.weights], masks).copy_(_numbers(masks))


def fitting(network: Network, weights: Mapping[str, Tensor]) -> tuple[tuple[str, HandMade], ...]:
    """The masks by hand that fit these weights, each after the name of its weights in a state_dict."""
    named = ((f"{i}.{masks.weights}", masks) for i, made in by_hand.by_id(network).items() for masks in made)
    return tuple((name, masks) for name, masks in named if _fit(masks, name, weights))


def blocks(live: LiveNetwork) -> tuple[str, ...]:
    """The ids of the blocks that start with masks by hand."""
    weights = live.state_dict()
    return tuple(i for i, made in live.by_hand.items() if any(_fit(m, f"{i}.{m.weights}", weights) for m in made))


def _fit(masks: HandMade, name: str, weights: Mapping[str, Tensor]) -> bool:
    return name in weights and masks.fit(tuple(weights[name].shape))


def _place(weights: Tensor, masks: HandMade) -> Tensor:
    (row, rows), (column, columns) = masks.outputs, masks.inputs
    return weights[row : row + rows, column : column + columns]


def _numbers(masks: HandMade) -> Tensor:
    """Of each mask, or of one that goes to all."""
    numbers = torch.frombuffer(bytearray(masks.numbers), dtype=torch.float32)
    return numbers.view(masks.form)
