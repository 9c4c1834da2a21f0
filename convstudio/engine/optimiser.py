"""The optimisers that a person can choose, in torch's fastest form, and their memory as named tensors."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import SGD, Adagrad, Adam, AdamW, Optimizer, RMSprop

from convstudio.network.training_settings import TrainingSettings

FUSED = frozenset({"cpu", "cuda", "mps", "xpu"})
"""Devices on which torch updates all weights in one kernel."""


def optimiser(live: nn.Module, settings: TrainingSettings, device: torch.device) -> Optimizer:
    """The chosen optimiser over all weights of `live`, which must lie on `device` already."""
    weights = list(live.parameters())
    shared: Any = {"lr": settings.learning_rate, "weight_decay": settings.weight_decay}
    together: Any = {"fused": True} if device.type in FUSED else {"foreach": True}
    match settings.optimiser:
        case "sgd":
            nesterov = settings.nesterov and settings.momentum > 0  # torch refuses it without momentum
            return SGD(weights, momentum=settings.momentum, nesterov=nesterov, **shared, **together)
        case "rmsprop":
            return RMSprop(weights, momentum=settings.momentum, foreach=True, **shared)
        case "adagrad":
            return Adagrad(weights, foreach=True, **shared)
        case "adam":
            return Adam(weights, **shared, **together)
        case "adamw":
            return AdamW(weights, **shared, **together)


def slots(settings: TrainingSettings) -> int:
    """How many numbers the optimiser keeps for each weight."""
    momentum = 1 if settings.momentum else 0
    return {"sgd": momentum, "rmsprop": 1 + momentum, "adagrad": 1}.get(settings.optimiser, 2)


def set_rate(optimiser: Optimizer, rate: float) -> None:
    """The learning rate of the steps to come."""
    for group in optimiser.param_groups:
        group["lr"] = rate


def tensors(optimiser: Optimizer, live: nn.Module) -> dict[str, Tensor]:
    """A copy of what the optimiser remembers, on the CPU: "conv_1.weight/exp_avg" and so on."""
    return {
        f"{name}/{key}": value.detach().to("cpu", copy=True)
        for name, weights in live.named_parameters()
        for key, value in optimiser.state.get(weights, {}).items()
        if isinstance(value, Tensor)
    }


def forget(optimiser: Optimizer, live: nn.Module, blocks: Collection[str]) -> dict[str, Tensor]:
    """Let the optimiser forget the weights of these blocks, as before their first step. Returns what it knew."""
    names = tuple(f"{block}." for block in blocks)
    known = {key: value for key, value in tensors(optimiser, live).items() if key.startswith(names)}
    for name, weights in live.named_parameters():
        if name.startswith(names):
            optimiser.state.pop(weights, None)
    return known


def remember(optimiser: Optimizer, live: nn.Module, saved: Mapping[str, Tensor]) -> None:
    """Give the optimiser back what `tensors` copied; of other weights it goes on remembering what it does.

    ValueError when it does not belong to these weights.
    """
    state: dict[int, dict[str, Any]] = dict(optimiser.state_dict()["state"])
    found: dict[int, dict[str, Any]] = {}
    names = {name: (index, weights) for index, (name, weights) in enumerate(live.named_parameters())}
    for full, value in saved.items():
        name, _, key = full.rpartition("/")
        if name not in names or (value.dim() and value.shape != names[name][1].shape):
            raise ValueError(f"{full} fits no weight")
        index, weights = names[name]
        # Fused kernels walk through the memory of weights and moments side by side: both must lie in the same order.
        found.setdefault(index, {})[key] = torch.empty_like(weights).copy_(value) if value.dim() else value.clone()
    optimiser.load_state_dict({"state": state | found, "param_groups": optimiser.state_dict()["param_groups"]})
