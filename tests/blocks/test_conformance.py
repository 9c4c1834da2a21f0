"""Every kind of block against torch: shapes, weights, multiply-adds, receptive field, written source, file."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from convstudio import codegen
from convstudio.blocks import KINDS, Pad, catalogue
from convstudio.engine import calls
from convstudio.engine.build import LiveNetwork, build
from convstudio.network import file
from convstudio.network.document import Document
from convstudio.network.receptive_field import Field
from convstudio.network.resolve import measure
from convstudio.network.shape import Shape
from convstudio.network.sight import Sight

# Torch says this of masks with an even reach; that the padding is uneven is what these rows test.
pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same'")


def applied(case: Any) -> tuple[Callable[..., Tensor], list[Tensor]]:
    """The function of a row, and inputs for it of batch size 3, without memory or arithmetic."""
    call = measure(case.layer, case.inputs).call
    with torch.device("meta"):
        images = [torch.empty(3, *shape.dims) for shape in case.inputs]
        if call is None:
            return (lambda x: x), images
        return (calls.module(call) if call.is_module else calls.function(call)), images


def test_shape_is_the_one_that_torch_gives(block_case: Any) -> None:
    function, images = applied(block_case)
    output = measure(block_case.layer, block_case.inputs).output
    assert output is not None
    given = tuple(function(*images).shape) if images else (3, block_case.layer.channels, *block_case.layer.axes)
    assert given == (3, *output.dims)


def test_parameters_are_those_that_torch_makes(block_case: Any) -> None:
    function, _ = applied(block_case)
    made = sum(p.numel() for p in function.parameters()) if isinstance(function, nn.Module) else 0
    assert measure(block_case.layer, block_case.inputs).parameters == made


def test_multiply_adds_are_half_of_the_operations_that_torch_counts(block_case: Any) -> None:
    function, images = applied(block_case)
    with FlopCounterMode(display=False) as counter:
        if images:
            function(*images)
    counted = counter.get_total_flops()
    assert measure(block_case.layer, block_case.inputs).multiply_adds * 2 * 3 == counted


def test_receptive_field_is_what_a_unit_responds_to(block_case: Any, block_cases: ModuleType) -> None:
    network, analysis, block = block_cases.resolved(block_case)
    live = positive(build(network, analysis, 0))
    shape, fields = analysis.blocks[block].output, Sight(analysis).of(block)
    for axis, field in enumerate(fields):
        for unit in units(shape, axis, field):
            expected, found = field.interval(unit), responds(live, block, shape, axis, unit)
            if inside(field, unit):
                assert found == expected
            elif found and not repeating(block_case.layer):  # a gap of the mask may lie on the outermost cells
                assert expected[0] <= found[0] <= found[1] <= expected[1]


def inside(field: Field, unit: int) -> bool:
    first = field.start + unit * field.stride
    return first >= 0 and first + field.size <= field.length


def repeating(layer: Any) -> bool:
    """Whether padding repeats cells of the signal, which then also act from beyond the border."""
    mode = layer.mode if isinstance(layer, Pad) else getattr(layer, "padding_mode", "zeros")
    return mode != "zeros"


def positive(live: LiveNetwork) -> LiveNetwork:
    """With positive weights and no bias a result grows when any pixel that it sees does: nothing cancels out."""
    with torch.no_grad():
        for name, weights in live.named_parameters():
            weights.fill_(0.0 if name.endswith("bias") else 1.0)
        for _, numbers in live.named_buffers():
            if numbers.dim() > 2:  # a fixed mask; its zeros look at nothing
                numbers[numbers != 0] = 1.0
    return live.eval()


def units(shape: Shape, axis: int, field: Field) -> set[int]:
    count = shape.axes[axis] if field.stride and axis < shape.rank else 1
    return {0, count // 2, count - 1}


def responds(live: LiveNetwork, block: str, shape: Shape, axis: int, unit: int) -> tuple[int, int] | None:
    """First and last place along an axis of the input where light changes what the block's unit gives."""
    sample = live.sample
    grey = torch.ones(1 + sample.axes[axis], *sample.dims)
    for place in range(sample.axes[axis]):
        grey[1 + place].select(axis + 1, place).add_(unlike_channels(sample))
    with torch.no_grad():
        plain, *lit = live.results(grey, (block,))[block].split(1)
    change = torch.cat(lit) - plain
    if axis < shape.rank:
        change = change.select(axis + 2, unit)
    seen = (change.abs() > 1e-4).flatten(1).any(1).nonzero().flatten().tolist()
    return (seen[0], seen[-1]) if seen else None


def unlike_channels(sample: Shape) -> Tensor:
    """Light of another strength in each channel: a softmax over equal ones would not notice it."""
    strengths = 1 + torch.arange(sample.channels, dtype=torch.float32)
    return strengths.reshape(-1, *[1] * (sample.rank - 1)).expand(-1, *[1] * (sample.rank - 1))


def test_written_source_takes_the_weights_and_computes_the_same(block_case: Any, block_cases: ModuleType) -> None:
    network, analysis, _ = block_cases.resolved(block_case)
    live = build(network, analysis, 1).eval()
    written = executed(codegen.source(network, analysis, "Written"), "Written")
    written.load_state_dict(live.state_dict(), strict=True)
    images = torch.rand(2, *live.sample.dims)
    with torch.no_grad():
        assert torch.equal(written.eval()(images), live(images))


def executed(text: str, name: str) -> nn.Module:
    space: dict[str, Any] = {}
    exec(compile(text, "<written>", "exec"), space)
    made = space[name]()
    assert isinstance(made, nn.Module)
    return made


def test_a_project_file_brings_it_back(block_case: Any, block_cases: ModuleType) -> None:
    network, _ = block_cases.network(block_case)
    text = file.dump(Document(network))
    back = file.parse(text, catalogue())
    assert back == Document(network)
    assert file.dump(back) == text


def test_every_kind_has_rows_for_all_forms_that_it_takes(block_cases: ModuleType) -> None:
    rows = {kind: {c.inputs[0].rank for c in block_cases.CASES if type(c.layer) is kind and c.inputs} for kind in KINDS}
    present = {type(c.layer) for c in block_cases.CASES}
    assert present == set(KINDS)
    for kind, ranks in rows.items():
        if kind.ports:
            taken = {shape.rank for shape in block_cases.EVERY if fits(kind, shape)}
            assert ranks >= taken, kind.kind
            assert ranks, kind.kind


def fits(kind: type, shape: Shape) -> bool:
    return measure(kind(), (shape,) * len(kind.ports)).misfit is None


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_formulas_end_in_the_numbers_that_the_block_has(kind: Any, block_cases: ModuleType) -> None:
    for case in (c for c in block_cases.CASES if type(c.layer) is kind and c.inputs):
        found = measure(case.layer, case.inputs)
        results = [n for line in found.arithmetic for n in re.findall(r"(?:=|together) (\d+(?: \d{3})*)", line)]
        numbers = {int(n.replace(" ", "")) for n in results}
        lengths = found.output.axes if hasattr(case.layer, "stride") else ()
        assert numbers.issuperset(lengths)
        assert not found.parameters or found.parameters in numbers, found.arithmetic
