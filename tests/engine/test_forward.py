"""Precision and compiling: what is faster gives nearly the same numbers, goes on bitwise, and is refused in words."""

from __future__ import annotations

import shutil
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import torch

from convstudio.blocks import Flatten, FullyConnected, Input, Output
from convstudio.engine import forward as forwards
from convstudio.engine.build import build
from convstudio.engine.devices import DeviceFault
from convstudio.engine.evaluation import evaluate
from convstudio.engine.forward import Forward
from convstudio.network.training_settings import TrainingSettings

CPU = torch.device("cpu")
HALF = TrainingSettings(precision="bfloat16")


def test_bfloat16_is_close_and_its_scores_are_float32(lab: SimpleNamespace) -> None:
    live, images = lab.live(lab.small()), torch.rand(6, 1, 8, 8)
    plain, half = live(images), Forward(live, HALF, CPU)(images)
    assert half.dtype == torch.float32
    assert not torch.equal(plain, half)
    assert torch.allclose(plain, half, atol=0.02)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(half, live(images).float())


def test_float32_is_the_network_itself(lab: SimpleNamespace) -> None:
    live, images = lab.live(lab.small()), torch.rand(6, 1, 8, 8)
    assert torch.equal(Forward(live, TrainingSettings(), CPU)(images), live(images))


def test_a_step_that_is_looked_at_gives_the_same_numbers(lab: SimpleNamespace) -> None:
    seen, plain = lab.trainer(precision="bfloat16", epochs=1), lab.trainer(precision="bfloat16", epochs=1)
    for _ in seen.steps():
        seen.checking = True
    lab.finished(plain)
    assert seen.health is not None
    assert lab.same_weights(seen.live, plain.live)


def test_training_in_bfloat16_keeps_weights_and_validation_in_float32(lab: SimpleNamespace) -> None:
    run = lab.trainer(precision="bfloat16", epochs=1)
    losses, validations = lab.finished(run)
    assert {weights.dtype for weights in run.live.parameters()} == {torch.float32}
    plain = lab.finished(lab.trainer(epochs=1))[0]
    assert losses != plain
    assert losses == pytest.approx(plain, abs=0.1)
    found = evaluate(run.live, run.data.validation_images, run.data.validation_labels)
    assert validations[-1].loss == pytest.approx(found.loss, rel=1e-6)


def test_a_run_in_bfloat16_goes_on_bitwise(lab: SimpleNamespace) -> None:
    whole, first, second = (lab.trainer(precision="bfloat16") for _ in range(3))
    lab.finished(whole)
    steps = first.steps()
    while first.step < 7:
        next(steps)
    second.restore(first.state())
    lab.finished(second)
    assert lab.same_weights(whole.live, second.live)


def test_a_device_without_bfloat16_is_said(lab: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forwards, "_has_bfloat16", lambda device: False)
    with pytest.raises(DeviceFault, match=r"cpu does not compute in bfloat16\. Choose float32"):
        lab.trainer(precision="bfloat16")


def test_a_card_is_asked_for_bfloat16_in_hardware(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: asked.append(including_emulation))
    assert forwards._has_bfloat16(torch.device("cuda:0")) is False
    assert asked == [False]


def test_an_operation_without_bfloat16_is_said(lab: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    live = lab.live(lab.small())

    def lacking(images: torch.Tensor) -> torch.Tensor:
        raise RuntimeError("\"odd\" not implemented for 'BFloat16'")

    monkeypatch.setattr(live, "forward", lacking)
    with pytest.raises(DeviceFault, match="cannot be computed in bfloat16"):
        Forward(live, HALF, CPU)(torch.rand(1, 1, 8, 8))


@pytest.mark.filterwarnings("ignore:Using padding=.same")
def test_every_kind_of_block_learns_in_bfloat16(block_cases: ModuleType) -> None:
    first = {(type(case.layer), len(case.inputs[0].axes)): case for case in reversed(block_cases.CASES) if case.inputs}
    for case in first.values():
        network, analysis, block = block_cases.resolved(case)
        live = build(network, analysis, 0)
        live.train()
        with torch.autocast("cpu", torch.bfloat16):
            (result,) = live.results(torch.rand(2, *live.sample.dims), [block]).values()
        assert torch.isfinite(result.float()).all(), case.name
        if result.requires_grad:
            result.float().sum().backward()


@pytest.mark.parametrize("missing", ["cpu", "cuda"])
def test_without_a_compiler_there_is_a_sentence(
    lab: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setattr(forwards, "find_spec", lambda name: None)
    monkeypatch.setattr(shutil, "which", lambda name: None if missing == "cpu" else name)
    live, device = lab.live(lab.small()), torch.device(missing)
    with pytest.raises(DeviceFault, match="Switch off Compile") as caught:
        Forward(live, TrainingSettings(compile=True), device)
    assert ("C++ compiler" if missing == "cpu" else "triton") in caught.value.words


def test_what_cannot_be_compiled_is_a_sentence(lab: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    from torch._dynamo.exc import Unsupported

    def broken(function: object, **_options: object) -> Any:
        def call(images: torch.Tensor) -> torch.Tensor:
            raise Unsupported("no such thing\nand more")

        return call

    monkeypatch.setattr(forwards, "_no_compiler", lambda device: "")
    monkeypatch.setattr(torch, "compile", broken)
    with pytest.raises(DeviceFault, match=r"could not be compiled \(no such thing\)"):
        Forward(lab.live(lab.small()), TrainingSettings(compile=True), CPU)(torch.rand(1, 1, 8, 8))


@pytest.mark.skipif(bool(forwards._no_compiler(CPU)), reason="there is no C++ compiler here")
@pytest.mark.filterwarnings("ignore")  # of what torch's compiler does
def test_compiled_training_is_that_of_eager_and_goes_on_bitwise(lab: SimpleNamespace) -> None:
    network = lab.chain(Input(axes=(8, 8)), Flatten(), FullyConnected(channels=3), Output())
    whole, second, plain = (
        lab.trainer(network, lab.samples(train=10), compile=compiled, epochs=2) for compiled in (True, True, False)
    )
    states: dict[int, Any] = {}
    losses = lab.finished(whole, lambda step: states.update({step: whole.state()}))[0]
    assert losses == pytest.approx(lab.finished(plain)[0], abs=1e-5)
    second.restore(states[3])
    lab.finished(second)
    assert lab.same_weights(whole.live, second.live)
