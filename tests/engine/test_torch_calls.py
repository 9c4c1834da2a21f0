"""Calls become torch functions by look-up only, and only those that a block has business with."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from convstudio.engine import calls
from convstudio.network.call import Call


def test_a_module_with_stages_is_made_from_the_inside_out() -> None:
    stages = Call("OrderedDict", (), (("first", Call("nn.Linear", (3, 2))), ("second", Call("nn.ReLU"))))
    made = calls.module(Call("nn.Sequential", (stages,)))
    assert isinstance(made, nn.Sequential)
    assert [name for name, _ in made.named_children()] == ["first", "second"]
    assert made.first.weight.shape == (2, 3)


def test_arguments_and_options_follow_the_inputs() -> None:
    image = torch.rand(1, 1, 6, 6)
    pool = calls.function(Call("F.max_pool2d", (3,), (("stride", 1),)))
    assert torch.equal(pool(image), nn.functional.max_pool2d(image, 3, stride=1))


def test_gathered_inputs_go_in_as_one() -> None:
    a, b = torch.rand(1, 2), torch.rand(1, 3)
    assert torch.equal(calls.function(Call("torch.cat", (1,), gather=True))(a, b), torch.cat((a, b), 1))


def test_plus_adds_from_the_left() -> None:
    a, b, c = (torch.tensor([x]) for x in (1e8, -1e8, 1.0))
    assert calls.function(Call("+"))(a, b, c).item() == 1.0
    assert calls.function(Call("+"))(c, a, b).item() == 0.0


@pytest.mark.parametrize(
    "name",
    ["torch.load", "torch.save", "torch.compile", "os.system", "eval", "F.no_such", "torch.hub.load", "F._Reduction",
     "torch.__class__", "F.Tensor", "torch.Tensor", "F.torch"],
)  # fmt: skip
def test_other_functions_are_refused(name: str) -> None:
    with pytest.raises(calls.UnknownCall, match=name.replace(".", r"\.")):
        calls.function(Call(name))


@pytest.mark.parametrize("name", ["nn.functional", "nn.init", "nn.Parameter", "nn.NoSuch", "torch.Generator", "dict"])
def test_other_modules_are_refused(name: str) -> None:
    with pytest.raises(calls.UnknownCall, match=name.replace(".", r"\.")):
        calls.module(Call(name))
