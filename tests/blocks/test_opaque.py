"""The opaque block: it keeps name and shape, is not offered, cannot be computed, and says why."""

from __future__ import annotations

import pytest

from convstudio import codegen
from convstudio.blocks import Convolution, Input, Opaque, Output, catalogue
from convstudio.engine.build import NetworkFault, build
from convstudio.network import file
from convstudio.network.document import Block, Document, Network, Wire
from convstudio.network.group import offered
from convstudio.network.resolve import resolve
from convstudio.network.shape import Shape

ODD = Opaque(operator="Mystery", reason="It is odd.", inputs=2, channels=4, axes=(7, 5))


@pytest.fixture
def network() -> Network:
    layers = {
        "input_1": Input(),
        "conv_1": Convolution(),
        "opaque_1": ODD,
        "conv_2": Convolution(),
        "output_1": Output(),
    }
    wires = (
        Wire("input_1", "conv_1"),
        Wire("conv_1", "opaque_1"),
        Wire("input_1", "opaque_1", "in_2"),
        Wire("opaque_1", "conv_2"),
        Wire("conv_2", "output_1"),
    )
    return Network({i: Block(i, layer) for i, layer in layers.items()}, wires)


def test_what_follows_gets_its_shape_and_the_problem_says_why(network: Network) -> None:
    analysis = resolve(network, catalogue())
    assert analysis.blocks["opaque_1"].output == Shape(4, (7, 5))
    assert analysis.blocks["conv_2"].output == Shape(8, (7, 5))
    (problem,) = analysis.problems
    assert (problem.severity, problem.blocks) == ("error", ("opaque_1",))
    assert problem.words.startswith("Mystery comes from the imported file, and no block expresses it. It is odd.")


def test_without_an_effect_on_the_output_it_is_only_a_warning(network: Network) -> None:
    wires = (*(w for w in network.wires if w.source != "opaque_1"), Wire("conv_1", "conv_2"))
    assert not resolve(Network(network.blocks, wires), catalogue()).errors


def test_it_is_neither_built_nor_written(network: Network) -> None:
    analysis = resolve(network, catalogue())
    with pytest.raises(NetworkFault, match="Mystery"):
        build(network, analysis, 0)
    with pytest.raises(codegen.SourceError, match="Mystery"):
        codegen.source(network, analysis)


def test_what_comes_before_it_is_built_where_there_is_no_output(network: Network) -> None:
    blocks = {i: b for i, b in network.blocks.items() if i != "output_1"}
    open_ended = Network(blocks, tuple(w for w in network.wires if w.target in blocks))
    live = build(open_ended, resolve(open_ended, catalogue()), 0)
    assert list(live.shapes) == ["input_1", "conv_1"]


def test_a_project_file_keeps_it_and_nobody_is_offered_it(network: Network) -> None:
    assert file.parse(file.dump(Document(network)), catalogue()) == Document(network)
    assert not offered(Opaque, within=False)
    assert offered(Convolution, within=False)
    assert ODD.unused() == set(Opaque.__struct_fields__)
