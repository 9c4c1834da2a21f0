"""Where in a layer's maps lies what speaks for a unit: gradient-weighted class activation mapping."""

from __future__ import annotations

from math import prod

import torch
from torch import Tensor

from convstudio.engine.build import LiveNetwork, NetworkFault
from convstudio.engine.why.aim import Aim, device_of, in_use, settled, summed, values
from convstudio.engine.why.finding import Finding, Findings

NONE = "There is no layer with a spatial map before {block}: Grad-CAM shows where in such a map the reasons lie."


def layers(live: LiveNetwork, block: str) -> tuple[str, ...]:
    """Blocks that lead to `block` and have maps with more than one cell, the Input left out, in order."""
    leading = _leading(live, block)
    return tuple(i for i in live.shapes if i in leading and i != live.input and prod(live.shapes[i].axes) > 1)


def gradcam(live: LiveNetwork, image: Tensor, aim: Aim, layer: str = "") -> Findings:
    """ReLU(Σ α · map) over the maps of `layer`, α being the mean gradient of the unit on a map.

    `layer` '' is the last one that makes maps.
    Selvaraju et al., "Grad-CAM" (2017), formulas 1 and 2. The map has the layer's size. NetworkFault in words where
    the layer has no spatial map, or does not lead to the unit.
    """
    aim = settled(live, image, aim)
    layer = layer or _last(live, aim.block)
    _require_suitable(live, aim.block, layer)
    inputs = image[None].to(device_of(live), torch.float32, copy=True).requires_grad_()
    with in_use(live):
        results = live.results(inputs, (layer, aim.block))
        value, maps = values(results[aim.block], aim), results[layer]
        (gradient,) = torch.autograd.grad(value.sum(), maps, allow_unused=True)
    if gradient is None:
        raise NetworkFault(f"{layer} does not lead to this unit of {aim.block}.", layer)
    weights = gradient[0].flatten(1).mean(1)
    weighted = maps[0].detach() * weights.view(-1, *(1,) * (maps.dim() - 2))
    found = summed(weighted.sum(0, keepdim=True).relu())
    yield Finding(1.0, aim.channel, value[0].item(), found, layer)


def _last(live: LiveNetwork, block: str) -> str:
    """The deepest layer that makes maps, before the one that the unit itself is made by.

    It is the last convolution's own maps (or those of what joins or normalises), not what an activation or pooling
    leaves of them: there Σ α · map is a sum of what is left alone, and is often nowhere above 0.
    """
    own = block
    while (source := _made_from(live, own)) and live.shapes[source].dims == live.shapes[block].dims:
        own = source
    found = [i for i in layers(live, own) if i != own]
    if not found:
        raise NetworkFault(NONE.format(block=block), block)
    last = found[-1]
    while (source := _made_from(live, last)) in found:
        last = source
    return last


def _made_from(live: LiveNetwork, block: str) -> str:
    """The one block that a block without weights takes its maps from; '' where it has weights, or joins several."""
    sources = live.sources.get(block, ())
    part = live.parts.get(block)
    weighs = part is not None and any(True for _ in part.parameters())
    return sources[0] if len(sources) == 1 and not weighs else ""


def _require_suitable(live: LiveNetwork, block: str, layer: str) -> None:
    shape = live.shapes.get(layer)
    if shape is None:
        raise NetworkFault(f"{layer} is not computed: something before it, or it itself, does not fit yet.")
    if prod(shape.axes) <= 1:
        raise NetworkFault(f"{layer} has no spatial map: it gives {shape}. Choose a layer before it.", layer)
    if layer not in _leading(live, block):
        raise NetworkFault(f"{layer} does not lead to {block}, so it holds none of its reasons.", layer)


def _leading(live: LiveNetwork, block: str) -> set[str]:
    """The block and all that lead to it."""
    found, waiting = {block}, [block]
    while waiting:
        new = [source for source in live.sources.get(waiting.pop(), ()) if source not in found]
        found.update(new)
        waiting += new
    return found
