"""Devices: the CPU is always there, others are found through torch, and what is not there is said in words."""

from __future__ import annotations

import pytest
import torch

from convstudio.engine import devices
from convstudio.engine.devices import DeviceFault


def accelerators(monkeypatch: pytest.MonkeyPatch, kind: str, count: int) -> None:
    monkeypatch.setattr(torch.accelerator, "is_available", lambda: True)
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda: torch.device(kind))
    monkeypatch.setattr(torch.accelerator, "device_count", lambda: count)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: f"Fast One {device.index}")


def test_without_an_accelerator_the_cpu_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.accelerator, "is_available", lambda: False)
    monkeypatch.setattr(devices, "cpu_cores", lambda: 2)
    assert devices.devices() == (("cpu", "CPU · 2 cores"),)
    assert devices.choose("auto") == devices.choose("cpu") == torch.device("cpu")
    with pytest.raises(DeviceFault, match=r"no device “cuda:0” here. Choose one of: cpu, or auto"):
        devices.choose("cuda:0")


def test_one_core_is_one_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "cpu_cores", lambda: 1)
    assert devices.devices()[0] == ("cpu", "CPU · 1 core")


def test_all_accelerators_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    accelerators(monkeypatch, "cuda", 2)
    assert devices.devices()[1:] == (("cuda:0", "Fast One 0"), ("cuda:1", "Fast One 1"))
    assert devices.choose("auto") == devices.choose("cuda") == torch.device("cuda:0")
    assert devices.choose("cuda:1") == torch.device("cuda:1")
    assert devices.choose("cpu") == torch.device("cpu")
    for missing in ("cuda:2", "mps", "xpu"):
        with pytest.raises(DeviceFault, match="cpu, cuda:0, cuda:1"):
            devices.choose(missing)


def test_a_mac_has_one_accelerator_without_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    accelerators(monkeypatch, "mps", 1)
    assert devices.devices()[1][0] == "mps"
    assert devices.choose("auto") == devices.choose("mps") == torch.device("mps")


@pytest.mark.parametrize(
    ("shape", "layout"),
    [((3, 2, 4, 4), torch.channels_last), ((3, 2, 2, 4, 4), torch.channels_last_3d)],
)
def test_channels_last_means_the_layout_for_that_many_axes(shape: tuple[int, ...], layout: torch.memory_format) -> None:
    tensor = torch.rand(shape)
    found = devices.laid_out(tensor, torch.channels_last)
    assert found.is_contiguous(memory_format=layout)
    assert torch.equal(found, tensor)
    assert devices.laid_out(found, torch.contiguous_format).is_contiguous()


@pytest.mark.parametrize("shape", [(5, 1, 4, 4), (5, 1, 3, 4, 4)])
def test_a_single_channel_gets_the_strides_that_torch_goes_by(shape: tuple[int, ...]) -> None:
    tensor = torch.rand(shape)
    found = devices.laid_out(tensor, torch.channels_last)
    assert found.stride(1) == 1
    assert torch.equal(found, tensor)
    assert devices.laid_out(found, torch.channels_last) is found
    assert devices.laid_out(found, torch.contiguous_format).stride() == tensor.stride()


def test_below_images_there_is_one_layout() -> None:
    tensor = torch.rand(4, 3, 2).transpose(0, 2)
    assert devices.laid_out(tensor, torch.channels_last).is_contiguous()


def test_a_network_is_laid_out_with_its_masks() -> None:
    network = torch.nn.Sequential(torch.nn.Conv2d(2, 3, 3), torch.nn.Conv3d(2, 3, 3), torch.nn.Linear(2, 2))
    before = {name: value.clone() for name, value in network.state_dict().items()}
    weights = list(network.parameters())
    devices.place(network, torch.device("cpu"), torch.channels_last)
    assert network[0].weight.is_contiguous(memory_format=torch.channels_last)
    assert network[1].weight.is_contiguous(memory_format=torch.channels_last_3d)
    assert all(a is b for a, b in zip(network.parameters(), weights, strict=True))
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


@pytest.mark.parametrize(
    ("there", "how"),
    [
        ({"avx2": True, "avx512_bf16": False, "amx_bf16": False}, "emulated"),
        ({"avx512_bf16": True}, "made for it"),
        ({"amx_bf16": True}, "made for it"),
    ],
)
def test_a_cpu_without_the_instructions_emulates_it(monkeypatch: pytest.MonkeyPatch, there: dict, how: str) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: there)
    assert devices.bfloat16(torch.device("cpu")) == how
