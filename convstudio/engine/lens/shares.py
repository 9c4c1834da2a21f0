"""The lens of softmax, and of the Output: scores, the shares they become, and the loss that follows."""

from __future__ import annotations

import torch

from convstudio.engine import task
from convstudio.engine.lens.scene import Scene, number, numbers, through
from convstudio.network.terms import Shares


def softmax(scene: Scene) -> Shares:
    """Over the channels at the unit's place."""
    return Shares(numbers(through(scene.input, scene.place)), scene.channel, scene.value)


def answer(scene: Scene) -> Shares:
    """The Output hands its scores on; training makes shares of them and compares those with the right class."""
    scores = through(scene.result, scene.place)
    target = scene.target if 0 <= scene.target < len(scores) else -1
    loss = None
    if target >= 0:
        loss = number(task.losses(scores[None].float(), torch.tensor([target], device=scores.device))[0])
    return Shares(numbers(scores), scene.channel, scene.value, True, target, loss)
