"""The gradient of one mini-batch of a network that is not being trained: what a step would go by."""

from __future__ import annotations

import copy

import torch
from torch import Tensor

from convstudio import data
from convstudio.engine import seeding, task
from convstudio.engine.build import LiveNetwork
from convstudio.engine.project import NO_DATA
from convstudio.network.document import Document


def gradients(live: LiveNetwork, document: Document) -> dict[str, Tensor]:
    """By name of the weights: the gradient of the loss over the first mini-batch of training samples, in their order.

    The network computes as in training, on a copy, so that its averages stay as they are. DataError without data.
    """
    if document.data.none:
        raise data.DataError(NO_DATA)
    dataset, settings = data.load(document.data.name), document.training
    first = dataset.divided(document.data.validation_share, document.data.seed)[0][: settings.batch_size]
    device = next(p.device for p in live.parameters())
    images = torch.from_numpy(data.to_float(dataset.images[first])).to(device)
    targets = torch.from_numpy(dataset.targets_of(first)).to(device)
    trial = copy.deepcopy(live).train()
    with seeding.kept(torch.default_generator):
        torch.default_generator.manual_seed(seeding.mixed(settings.seed, "trial"))
        loss = task.loss(trial(images), targets, settings.label_smoothing)
    named = {name: weights for name, weights in trial.named_parameters() if weights.requires_grad}
    found = torch.autograd.grad(loss, list(named.values()), allow_unused=True)
    return {name: value for name, value in zip(named, found, strict=True) if value is not None}
