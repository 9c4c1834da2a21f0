"""The written source: its text, that formatters leave it alone, and that no title can make it do anything else."""

from __future__ import annotations

import ast
import subprocess
import sys
from textwrap import dedent

import pytest

from chains import chain
from convstudio.blocks import (
    Add,
    BatchNorm,
    Concatenate,
    Convolution,
    Dilated,
    Dropout,
    Flatten,
    FullyConnected,
    Input,
    MaxPool,
    Multiply,
    Output,
    ReLU,
    Separable,
    catalogue,
)
from convstudio.codegen import SourceError, source
from convstudio.network import edits
from convstudio.network.document import Network, Wire
from convstudio.network.layer import Layer
from convstudio.network.resolve import resolve

HEAD = '''"""{title}

Input: float32 ({came}), values from 0 to 1. Result: float32 ({result}).
{parameters} parameters; {work} multiply-adds for one sample
(weights of convolutions and fully connected layers, one multiply-add = 1;
bias, normalisation, activation and pooling are not counted).

Written by ConvStudio 0.1.0.
"""
'''


def written(network: Network, name: str = "Network", title: str = "") -> str:
    return source(network, resolve(network, catalogue()), name, title)


def of_images(*layers: Layer, start: Input | None = None) -> Network:
    return chain(start or Input(channels=2, axes=(8, 8)), *layers, Output())


def merged(network: Network, layer: Layer, *sources: str) -> tuple[Network, str]:
    network, block = edits.add(network, layer, 0, 0)
    for source_id in sources:
        port = network.free_port(block)
        assert port is not None
        network = edits.connect(network, Wire(source_id, block, port))
    return network, block


def residual() -> Network:
    network = of_images(Convolution(channels=4), ReLU(), Convolution(channels=4), BatchNorm(), ReLU())
    network = edits.disconnect(network, [Wire("relu_2", "output_1")])
    network, add = merged(network, Add(), "relu_2", "relu_1")
    network, flat = edits.append_after(network, add, Flatten())
    network, fc = edits.append_after(network, flat, FullyConnected(channels=3))
    return edits.connect(network, Wire(fc, "output_1"))


def many(count: int, layer: Layer) -> Network:
    network = of_images()
    network = edits.disconnect(network, [Wire("input_1", "output_1")])
    sources = []
    for _ in range(count):
        network, block = edits.append_after(network, "input_1", Convolution(channels=2))
        sources.append(block)
    network, end = merged(network, layer, *sources)
    return edits.connect(network, Wire(end, "output_1"))


def test_a_chain_is_written_as_x() -> None:
    layers = (Convolution(channels=3, mask=(3, 5), bias=False), ReLU(), Flatten(), Dropout(), FullyConnected())
    text = written(of_images(*layers), "first steps", "First steps")
    head = HEAD.format(
        title="First steps.", came="batch, 2, 8, 8", result="batch, 10", parameters="2,020", work="7,680"
    )
    assert text == head + dedent(
        """
        import torch
        import torch.nn.functional as F
        from torch import nn


        class FirstSteps(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.conv_1 = nn.Conv2d(2, 3, (3, 5), padding=(1, 2), bias=False)
                self.dropout_1 = nn.Dropout(0.5)
                self.fc_1 = nn.Linear(192, 10)

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                x = self.conv_1(x)  # 3×8×8
                x = F.relu(x)  # 3×8×8
                x = torch.flatten(x, 1)  # 192
                x = self.dropout_1(x)  # 192
                x = self.fc_1(x)  # 10
                return x
        """
    )


def test_branches_are_named_by_their_blocks_and_written_one_after_the_other() -> None:
    assert body(written(residual())) == dedent(
        """\
        def __init__(self) -> None:
            super().__init__()
            self.conv_1 = nn.Conv2d(2, 4, 3, padding=1)
            self.conv_2 = nn.Conv2d(4, 4, 3, padding=1)
            self.batch_norm_1 = nn.BatchNorm2d(4)
            self.fc_1 = nn.Linear(256, 3)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            x = self.conv_1(x)  # 4×8×8
            x = F.relu(x)  # 4×8×8
            conv_2 = self.conv_2(x)  # 4×8×8
            batch_norm_1 = self.batch_norm_1(conv_2)  # 4×8×8
            relu_2 = F.relu(batch_norm_1)  # 4×8×8
            x = relu_2 + x  # 4×8×8
            x = torch.flatten(x, 1)  # 256
            x = self.fc_1(x)  # 3
            return x
        """
    )


def body(text: str) -> str:
    return dedent(text.partition("(nn.Module):\n")[2])


def two_paths() -> Network:
    network = of_images(Convolution(), ReLU(), start=Input())
    network = edits.disconnect(network, [Wire("relu_1", "output_1")])
    network, dilated = edits.append_after(network, "relu_1", Dilated())
    network, separable = edits.append_after(network, "relu_1", Separable())
    network, last = merged(network, Concatenate(), dilated, separable)
    for layer in (ReLU(), MaxPool(), Flatten(), FullyConnected()):
        network, last = edits.append_after(network, last, layer)
    return edits.connect(network, Wire(last, "output_1"))


def test_two_paths_with_stages() -> None:
    text = written(two_paths(), "digits-two-paths")
    assert text.startswith('"""digits-two-paths.\n')
    assert "from collections import OrderedDict\n\nimport torch\n" in text
    assert body(text) == dedent(
        """\
        def __init__(self) -> None:
            super().__init__()
            self.conv_1 = nn.Conv2d(1, 8, 3, padding=1)
            self.dilated_1 = nn.Conv2d(8, 8, 3, padding=2, dilation=2)
            self.separable_1 = nn.Sequential(
                OrderedDict(
                    depthwise=nn.Conv2d(8, 8, 3, padding=1, groups=8), pointwise=nn.Conv2d(8, 8, 1)
                )
            )
            self.fc_1 = nn.Linear(3136, 10)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            x = self.conv_1(x)  # 8×28×28
            x = F.relu(x)  # 8×28×28
            dilated_1 = self.dilated_1(x)  # 8×28×28
            separable_1 = self.separable_1(x)  # 8×28×28
            x = torch.cat((dilated_1, separable_1), 1)  # 16×28×28
            x = F.relu(x)  # 16×28×28
            x = F.max_pool2d(x, 2)  # 16×14×14
            x = torch.flatten(x, 1)  # 3136
            x = self.fc_1(x)  # 10
            return x
        """
    )


def test_without_modules_there_is_nothing_to_initialise() -> None:
    text = written(of_images(ReLU()))
    assert "__init__" not in text
    assert "class Network(nn.Module):\n    def forward" in text


def test_only_what_leads_to_the_output_is_written() -> None:
    network = of_images(Convolution(), ReLU())
    network, _ = edits.append_after(network, "conv_1", FullyConnected())
    text = written(network)
    assert "fc_1" not in text


def test_one_result_twice_in_a_sum() -> None:
    network = edits.disconnect(of_images(ReLU()), [Wire("relu_1", "output_1")])
    network, add = merged(network, Add(), "relu_1", "relu_1")
    assert "x = x + x" in written(edits.connect(network, Wire(add, "output_1")))


NETWORKS = {
    "chain": of_images(Convolution(), ReLU(), Flatten()),
    "residual": residual(),
    "two paths": two_paths(),
    "long separable": of_images(
        Separable(channels=60_000, mask=(3, 5), dilation=(2, 3), padding=(111, 222), bias=False)
    ),
    "sum of 12": many(12, Add()),
    "sum of 40": many(40, Add()),
    "product of 12": many(12, Multiply()),
    "product of 40": many(40, Multiply()),
    "concat of 6": many(6, Concatenate()),
    "concat of 12": many(12, Concatenate()),
    "concat of 40": many(40, Concatenate()),
    "nothing": of_images(),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_formatters_and_linters_have_nothing_to_change(name: str) -> None:
    text = written(NETWORKS[name], title="A title")
    assert max(map(len, text.splitlines())) <= 100
    for command in (["check", "--select=E,F,W,I"], ["format", "--check"]):
        arguments = [*command, "--isolated", "--no-cache", "--line-length=100", "--stdin-filename=written.py", "-"]
        done = subprocess.run([sys.executable, "-m", "ruff", *arguments], input=text, text=True, capture_output=True)
        assert done.returncode == 0, done.stdout + done.stderr + text


@pytest.mark.parametrize(
    ("title", "first"),
    [
        ("", "Network."),
        ('Ends "here" """; import os; """', 'Ends "here" """; import os; """.'),
        ("line\nbreak\r\ttab\x00", "line break tab."),
        ("back\\slash \\", "back\\slash \\."),
        ('"', '".'),
        ("손글씨!", "손글씨!"),
    ],
)
def test_a_title_is_only_ever_a_title(title: str, first: str) -> None:
    tree = ast.parse(written(of_images(ReLU()), title=title))
    docstring = ast.get_docstring(tree)
    assert docstring is not None
    assert docstring.splitlines()[0] == first
    kinds = [type(node).__name__ for node in tree.body]
    assert kinds == ["Expr", "Import", "Import", "ImportFrom", "ClassDef"]


def test_an_unfinished_network_is_refused_in_words() -> None:
    whole = of_images(Convolution(), Flatten(), FullyConnected())
    cases = {
        "exactly one Output": edits.remove(whole, ["output_1"]),
        "exactly one Input": edits.remove(whole, ["input_1"]),
        "Fully connected (fc_1) cannot be computed yet. What arrives is 8 feature maps": edits.remove(
            whole, ["flatten_1"]
        ),
        "exactly one Output cannot be written as source. Drag an Input": Network(),
    }
    for words, network in cases.items():
        with pytest.raises(SourceError) as refused:
            written(network)
        assert words in str(refused.value)


def test_a_circle_is_refused_in_words() -> None:
    network = of_images(ReLU(), ReLU())
    circle = Network(network.blocks, (*network.wires[1:], Wire("relu_2", "relu_1")))
    with pytest.raises(SourceError, match="Input"):
        written(circle)
    network = edits.disconnect(of_images(ReLU()), [Wire("relu_1", "output_1")])
    network, add = merged(network, Add(), "relu_1")
    wires = (*network.wires, Wire(add, add, "in_2"), Wire(add, "output_1"))
    with pytest.raises(SourceError, match="feed each other"):
        written(Network(network.blocks, wires))


def test_a_network_of_thousands_of_blocks_is_written() -> None:
    assert written(of_images(*[ReLU()] * 1500)).count("x = F.relu(x)  # 2×8×8\n") == 1500
