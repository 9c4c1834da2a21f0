"""The lens of the activations: the curve of the function, and the value on it."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from convstudio.engine import calls
from convstudio.engine.lens.scene import Scene, number, numbers
from convstudio.network.terms import Curve

POINTS = 161
PARAMETERS = {"hardtanh": "max_val", "leaky_relu": "negative_slope", "elu": "alpha"}


def activation(scene: Scene) -> Curve:
    """Points of the curve over all values that come in, and around the unit's own."""
    assert scene.call is not None
    name = scene.call.function.rpartition(".")[2].lower()
    value = number(scene.input[(scene.channel, *scene.place)])
    xs = _reach(scene.input, value)
    ys = _applied(scene, xs)
    return Curve(name, value, numbers(xs), numbers(ys), _slope(scene, value), scene.value, _parameter(scene, name))


def _reach(values: Tensor, value: float) -> Tensor:
    """At least from -3 to 3, and as far as the values go, up to some multiples of where the unit lies."""
    known = values[torch.isfinite(values)].abs()
    most = min(number(known.max()) if len(known) else 0.0, 4 * max(abs(value), 3.0))
    most = max(3.0, most, 1.15 * abs(value))
    return torch.linspace(-most, most, POINTS, dtype=torch.float64)


def _applied(scene: Scene, xs: Tensor) -> Tensor:
    """The block's own function."""
    assert scene.call is not None
    if scene.call.function == "nn.PReLU":
        return functional.leaky_relu(xs, _parameter(scene, "prelu") or 0.0)
    return calls.function(scene.call)(xs)


def _slope(scene: Scene, value: float) -> float:
    """The derivative at the value: by so much a gradient is multiplied on its way back."""
    with torch.inference_mode(False), torch.enable_grad():
        x = torch.tensor([value], dtype=torch.float64, requires_grad=True)
        (slope,) = torch.autograd.grad(_applied(scene, x).sum(), x)
    return number(slope)


def _parameter(scene: Scene, name: str) -> float | None:
    if name == "prelu":
        slopes = scene.part.weight.detach()
        return number(slopes[scene.channel if len(slopes) > 1 else 0])
    if name not in PARAMETERS or scene.call is None:
        return None
    given = dict(scene.call.options)[PARAMETERS[name]]
    assert isinstance(given, int | float)
    return float(given)
