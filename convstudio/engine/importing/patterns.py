"""Several operations that together are one of our blocks, such as x · sigmoid(x): they become one operation here.

The operations made here are called `~Name`, which no file can hold in the domain of ONNX.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from math import isclose, sqrt

import numpy as np

from convstudio.engine.importing.graph import MALFORMED, Graph, Node, Numbers, Unsuited, whole_numbers

FAR = 2**31 - 1
"""A Slice that ends at or behind this goes to the end."""


def joined(graph: Graph) -> list[Node]:
    """The operations that the outputs need, in order, those of a pattern as one."""
    view = View(graph)
    found: list[Node] = []
    for node in graph.nodes:
        found.append(_joined(view, node) or node)
    return _needed(found, graph.outputs)


def _joined(view: View, node: Node) -> Node | None:
    try:
        return next((m for rule in RULES.get(node.operator, ()) if (m := rule(view, node))), None)
    except MALFORMED:
        return None


class View:
    """A graph as the rules look at it: from an edge back to what makes it."""

    def __init__(self, graph: Graph) -> None:
        self._constants = graph.constants
        self._makers = {edge: node for node in graph.nodes for edge in node.outputs if edge}

    def maker(self, edge: str, *operators: str) -> Node | None:
        """The operation that makes an edge, if it is one of these."""
        node = self._makers.get(edge)
        return node if node and node.operator in operators else None

    def number(self, edge: str) -> float | None:
        """The one number that an edge always holds."""
        array = self._constants.get(edge)
        return float(np.ravel(array)[0]) if array is not None and array.size == 1 else None

    def numbers(self, edge: str) -> Numbers | None:
        return self._constants.get(edge)

    def whole(self, edge: str) -> tuple[int, ...] | None:
        """The whole numbers that an edge always holds."""
        array = self._constants.get(edge)
        try:
            return whole_numbers(array) if array is not None else None
        except Unsuited:
            return None

    def with_number(self, edge: str, operator: str) -> tuple[str, float] | None:
        """Of `x + 3` in either order the edge x and the number."""
        node = self.maker(edge, operator)
        if node and len(node.inputs) == 2:
            for here, other in (node.inputs, node.inputs[::-1]):
                if (value := self.number(other)) is not None:
                    return here, value
        return None

    def with_power(self, edge: str) -> tuple[str, float] | None:
        """Of x to the power of a number the edge x and the number."""
        node = self.maker(edge, "Pow")
        power = self.number(node.inputs[1]) if node else None
        return (node.inputs[0], power) if node and power is not None else None

    def axes(self, node: Node) -> tuple[int, ...] | None:
        """The axes that an operation works along, as a setting or as an input."""
        return node.settings.get("axes") or self.whole(node.input(1))


def _needed(nodes: list[Node], outputs: tuple[str, ...]) -> list[Node]:
    wanted, found = set(outputs), []
    for node in reversed(nodes):
        if wanted.intersection(node.outputs):
            wanted.update(node.inputs)
            found.append(node)
    return found[::-1]


def _silu(view: View, node: Node) -> Node | None:
    for x, gate in (node.inputs, node.inputs[::-1]):
        sigmoid = view.maker(gate, "Sigmoid")
        if sigmoid and sigmoid.inputs[0] == x:
            return replace(node, operator="~SiLU", inputs=(x,))
    return None


def _hard_swish(view: View, node: Node) -> Node | None:
    """x · hard sigmoid of x, or x · clip(x + 3, 0, 6), which a Div by 6 follows."""
    for x, gate in (node.inputs, node.inputs[::-1]):
        sigmoid = view.maker(gate, "HardSigmoid")
        known = sigmoid and isclose(sigmoid.settings.get("alpha", 0.2), 1 / 6, rel_tol=1e-5)
        if known and sigmoid and sigmoid.settings.get("beta", 0.5) == 0.5 and sigmoid.inputs[0] == x:
            return replace(node, operator="~HardSwish", inputs=(x,))
        if (sixth := _sixth(view, gate)) and _clipped_sum(view, sixth) == x:
            return replace(node, operator="~HardSwish", inputs=(x,))
    return _hard_sigmoid(view, node)


def _hard_division(view: View, node: Node) -> Node | None:
    """x · clip(x + 3, 0, 6) / 6, or without the first factor."""
    product = view.maker(node.inputs[0], "Mul")
    if product and view.number(node.inputs[1]) == 6:
        for x, gate in (product.inputs, product.inputs[::-1]):
            if _clipped_sum(view, gate) == x:
                return replace(node, operator="~HardSwish", inputs=(x,))
    return _hard_sigmoid(view, node)


def _hard_sigmoid(view: View, node: Node) -> Node | None:
    sixth = _sixth(view, node.outputs[0])
    x = _clipped_sum(view, sixth) if sixth else None
    return replace(node, operator="~HardSigmoid", inputs=(x,)) if x else None


def _sixth(view: View, edge: str) -> str | None:
    """Of y / 6 the edge y."""
    divided = view.maker(edge, "Div")
    if divided and view.number(divided.inputs[1]) == 6:
        return divided.inputs[0]
    product = view.with_number(edge, "Mul")
    return product[0] if product and isclose(product[1], 1 / 6, rel_tol=1e-5) else None


def _clipped_sum(view: View, edge: str) -> str | None:
    """Of clip(x + 3, 0, 6) the edge x."""
    clip = view.maker(edge, "Clip")
    bounds = [_bound(view, clip, n, name) for n, name in ((1, "min"), (2, "max"))] if clip else []
    raised = view.with_number(clip.inputs[0], "Add") if clip and bounds == [0, 6] else None
    return raised[0] if raised and raised[1] == 3 else None


def _bound(view: View, clip: Node, place: int, name: str) -> float | None:
    return view.number(clip.input(place)) if clip.input(place) else clip.settings.get(name)


def _gelu(view: View, node: Node) -> Node | None:
    """x · ½ · (1 + erf(x / √2)), multiplied in any order."""
    factors, share = _factors(view, node)
    if len(factors) != 2 or not isclose(share, 0.5, rel_tol=1e-5):
        return None
    for x, raised in (factors, factors[::-1]):
        found = view.with_number(raised, "Add")
        bent = view.maker(found[0], "Erf") if found and found[1] == 1.0 else None
        if bent and _is_reduced(view, bent.inputs[0], x):
            return replace(node, operator="~Gelu", inputs=(x,))
    return None


def _is_reduced(view: View, edge: str, x: str) -> bool:
    """Whether an edge holds x / √2."""
    divided = view.maker(edge, "Div")
    if divided and divided.inputs[0] == x and isclose(view.number(divided.inputs[1]) or 0.0, sqrt(2), rel_tol=1e-5):
        return True
    product = view.with_number(edge, "Mul")
    return product is not None and product[0] == x and isclose(product[1], sqrt(0.5), rel_tol=1e-5)


def _factors(view: View, node: Node) -> tuple[list[str], float]:
    """The edges that a product of at most three operations multiplies, and the product of its known numbers."""
    edges, share, waiting = [], 1.0, list(node.inputs)
    for _ in range(8):
        if not waiting:
            break
        edge = waiting.pop()
        if (value := view.number(edge)) is not None:
            share *= value
        elif product := view.maker(edge, "Mul"):
            waiting += product.inputs
        else:
            edges.append(edge)
    return edges + waiting, share


def _group_norm(view: View, node: Node) -> Node | None:
    """Groups laid out in rows, each row normalised, and back: what follows scales the channels."""
    rows = view.maker(node.inputs[0], "InstanceNormalization")
    before = view.maker(rows.inputs[0], "Reshape") if rows else None
    if rows is None or before is None or len(before.inputs) != 2:
        return None
    form = view.whole(before.inputs[1])
    scale, shift = view.numbers(rows.inputs[1]), view.numbers(rows.inputs[2])
    if form is None or len(form) != 3 or scale is None or shift is None or not (np.all(scale == 1) and not shift.any()):
        return None
    settings = {"groups": form[1], "epsilon": rows.settings.get("epsilon", 1e-5)}
    return replace(node, operator="~GroupNorm", inputs=before.inputs[:1], settings=settings)


def _shuffle(view: View, node: Node) -> Node | None:
    """Channels laid out as a table of groups, the table turned, and laid out as channels again."""
    turned = view.maker(node.inputs[0], "Transpose")
    table = view.maker(turned.inputs[0], "Reshape") if turned else None
    order = turned.settings.get("perm", ()) if turned else ()
    if table is None or len(order) < 4 or order != (0, 2, 1, *range(3, len(order))):
        return None
    settings = {"table": table.settings, "row": node.settings}
    return replace(
        node, operator="~Shuffle", inputs=(table.inputs[0], table.input(1), node.input(1)), settings=settings
    )


def _layer_norm(view: View, node: Node) -> Node | None:
    """(x - mean) / √(mean of (x - mean)² + epsilon) over all axes of a sample: what follows scales each value."""
    centred, root = view.maker(node.inputs[0], "Sub"), view.maker(node.inputs[1], "Sqrt")
    raised = view.with_number(root.inputs[0], "Add") if root else None
    spread = view.maker(raised[0], "ReduceMean") if raised else None
    squares = view.with_power(spread.inputs[0]) if spread else None
    mean = view.maker(centred.inputs[1], "ReduceMean") if centred else None
    if centred is None or raised is None or spread is None or mean is None or squares != (node.inputs[0], 2.0):
        return None
    axes = view.axes(mean)
    if mean.inputs[0] != centred.inputs[0] or axes is None or axes != view.axes(spread):
        return None
    settings = {"axes": axes, "epsilon": raised[1]}
    return replace(node, operator="~LayerNorm", inputs=centred.inputs[:1], settings=settings)


def _local_response(view: View, node: Node) -> Node | None:
    """x / (k + alpha · mean of x²)^beta."""
    x = node.inputs[0]
    power = view.with_power(node.inputs[1])
    raised = view.with_number(power[0], "Add") if power else None
    weighed = view.with_number(raised[0], "Mul") if raised else None
    if power is None or raised is None or weighed is None:
        return None
    pool = _back(view, weighed[0], "AveragePool")
    squares = _back(view, pool.inputs[0], "Mul") if pool else None
    sides = [n for n in (pool.settings.get("kernel_shape", ()) if pool else ()) if n != 1]
    if pool is None or squares is None or squares.inputs != (x, x) or len(sides) != 1:
        return None
    settings = {"size": sides[0], "alpha": weighed[1], "beta": power[1], "bias": raised[1]}
    return replace(node, operator="LRN", inputs=(x,), settings=settings)


def _back(view: View, edge: str, operator: str) -> Node | None:
    """The operation before an edge that is only laid out in another form."""
    while node := view.maker(edge, "Reshape", "Squeeze", "Unsqueeze", "Pad", operator):
        if node.operator == operator:
            return node
        edge = node.inputs[0]
    return None


def _adaptive(view: View, node: Node) -> Node | None:
    """The means, or largest values, of regions side by side along one axis."""
    axis = node.settings.get("axis", 1)
    found = [_region(view, edge, axis) for edge in node.inputs]
    regions = [r for r in found if r]
    if len(regions) < len(found) or axis < 2 or len({r[:2] for r in regions}) != 1:
        return None
    (operator, x), count, length = regions[0][:2], len(regions), regions[-1][3]
    wanted = [(n * length // count, -(-(n + 1) * length // count)) for n in range(count)]
    if [r[2:] for r in regions] != wanted:
        return None
    settings = {"axis": axis, "size": count, "length": length, "kind": operator}
    return replace(node, operator="~AdaptivePool", inputs=(x,), settings=settings)


def _region(view: View, edge: str, axis: int) -> tuple[str, str, int, int] | None:
    """What one region is: how it is reduced, of what, from which cell on, and to before which."""
    reduced = view.maker(edge, "ReduceMean", "ReduceMax")
    if reduced is None or not reduced.settings.get("keepdims", 1):
        return None
    along = view.axes(reduced)
    cut = _cut(view, reduced.inputs[0], axis)
    return (reduced.operator, *cut) if along == (axis,) and cut else None


def _cut(view: View, edge: str, axis: int) -> tuple[str, int, int] | None:
    """Of a Slice along one axis: what is cut, the first cell, and the one after the last."""
    piece = view.maker(edge, "Slice")
    if piece is None or len(piece.inputs) != 4:
        return None
    start, end, axes = (view.whole(e) for e in piece.inputs[1:])
    if start is None or end is None or axes != (axis,) or len(start) != 1 or len(end) != 1:
        return None
    return piece.inputs[0], start[0], end[0]


def _circular(view: View, node: Node) -> Node | None:
    """The last cells of an axis once more in front, the first ones behind."""
    axis, pieces = node.settings.get("axis", 1), list(node.inputs)
    if axis < 2 or not 2 <= len(pieces) <= 3:
        return None
    before = after = 0
    front, back = _cut(view, pieces[0], axis), _cut(view, pieces[-1], axis)
    if front and front[0] == pieces[1] and front[1] < 0 and front[2] >= FAR:
        before, pieces = -front[1], pieces[1:]
    if back and back[0] == pieces[0] and len(pieces) == 2 and back[1] == 0 and 0 < back[2] < FAR:
        after, pieces = back[2], pieces[:1]
    if len(pieces) != 1:
        return None
    settings = {"axis": axis, "before": before, "after": after}
    return replace(node, operator="~Circular", inputs=(pieces[0],), settings=settings)


Rule = Callable[[View, Node], Node | None]
RULES: dict[str, tuple[Rule, ...]] = {
    "Mul": (_silu, _gelu, _hard_swish),
    "Div": (_local_response, _layer_norm, _hard_division),
    "Reshape": (_group_norm, _shuffle),
    "Concat": (_adaptive, _circular),
}


def uses(nodes: list[Node], outputs: tuple[str, ...]) -> Counter[str]:
    """How often each edge goes in somewhere, the outputs of the model included."""
    return Counter([*(e for node in nodes for e in node.inputs), *outputs])
