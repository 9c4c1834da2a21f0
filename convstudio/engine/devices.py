"""The places to compute: which there are, the choice of one, and how tensors best lie in its memory."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from convstudio.network.training_settings import TrainingSettings

Format = Literal["contiguous", "channels_last"]
FORMATS: dict[Format, torch.memory_format] = {
    "contiguous": torch.contiguous_format,
    "channels_last": torch.channels_last,
}
"""The ways in which images and masks can lie in memory, by the names that run.json has for them."""


@dataclass(frozen=True)
class Way:
    """What a run computes with, on which its numbers depend in their last digits."""

    threads: int = 1
    memory_format: Format = "contiguous"
    device: str = "cpu"

    @staticmethod
    def wanted(settings: TrainingSettings) -> Way:
        """What the settings ask for before a run has measured the rest: one thread of the CPU, if nothing else."""
        layout: Format = "channels_last" if settings.memory_format == "channels_last" else "contiguous"
        device = "cpu" if settings.device == "auto" else settings.device
        return Way(settings.threads or 1, layout, device)


class DeviceFault(Exception):
    """A device that is not there; `words` say which there are."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def devices() -> tuple[tuple[str, str], ...]:
    """(name as torch knows it, title for people) of every device, the CPU first: ("cpu", "CPU · 2 cores")."""
    cores = cpu_cores()
    cpu = ("cpu", f"CPU · {cores} core" + ("s" if cores != 1 else ""))
    return (cpu, *((name, _title(torch.device(name))) for name in _accelerators()))


def choose(name: str) -> torch.device:
    """The device called `name`; "auto" is the first accelerator, or the CPU. DeviceFault when it is not there."""
    found = _accelerators()
    if name == "auto":
        return torch.device(found[0] if found else "cpu")
    whole = name if ":" in name or name in ("cpu", "mps") else f"{name}:0"
    if whole == "cpu" or whole in found:
        return torch.device(whole)
    there = ", ".join(known for known, _ in devices())
    raise DeviceFault(f"There is no device “{name}” here. Choose one of: {there}, or auto.")


def bfloat16(device: torch.device) -> Literal["made for it", "emulated", "none"]:
    """How a device computes in bfloat16: torch gives it up on graphics cards without it, and emulates it on CPUs."""
    if device.type == "cuda":
        return "made for it" if torch.cuda.is_bf16_supported(including_emulation=False) else "none"
    if device.type != "cpu":
        return "made for it"
    known = torch.cpu.get_capabilities()
    return "made for it" if any(there for name, there in known.items() if "bf16" in name) else "emulated"


def cpu_cores() -> int:
    """Cores that this process may use: its share, where torchrun has started several on this machine."""
    affinity = getattr(os, "sched_getaffinity", None)
    there = len(affinity(0)) if affinity else os.cpu_count() or 1
    beside = os.environ.get("LOCAL_WORLD_SIZE", "")
    return max(1, there // max(1, int(beside))) if beside.isdigit() else there


def synchronise(device: torch.device) -> None:
    """Wait until everything asked of `device` is done; nothing to wait for on the CPU."""
    if device.type != "cpu":
        torch.accelerator.synchronize(device)


def place(live: nn.Module, device: torch.device, memory_format: torch.memory_format) -> None:
    """Move a network to `device` and lay its masks out in `memory_format` (channels_last also for clips), in place."""
    live.to(device)
    for weights in live.parameters():
        weights.data = laid_out(weights.data, memory_format)


def laid_out(tensor: Tensor, memory_format: torch.memory_format) -> Tensor:
    """`tensor` in that format: channels_last means channels_last_3d for clips, and nothing below four dimensions."""
    formats = {4: torch.channels_last, 5: torch.channels_last_3d}
    last = memory_format == torch.channels_last
    wanted = formats.get(tensor.dim(), torch.contiguous_format) if last else torch.contiguous_format
    # A single channel lies either way, but torch chooses its kernels by the strides: `contiguous` would keep the old.
    if tensor.stride() == torch.empty_like(tensor, device="meta", memory_format=wanted).stride():
        return tensor
    return torch.empty_like(tensor, memory_format=wanted).copy_(tensor)


def generator(device: torch.device) -> torch.Generator:
    """The generator that torch draws from on `device` when it is not handed one, as dropout does."""
    if device.type == "cuda":
        return torch.cuda.default_generators[device.index or 0]
    if device.type == "xpu":
        return torch.xpu.default_generators[device.index or 0]
    if device.type == "mps":
        return torch.mps._get_default_mps_generator()
    return torch.default_generator


def _accelerators() -> tuple[str, ...]:
    """Names of all devices of the one kind of accelerator that torch runs on here."""
    if not torch.accelerator.is_available():
        return ()
    found = torch.accelerator.current_accelerator()
    if found is None:
        return ()
    if found.type == "mps":
        return ("mps",)
    return tuple(f"{found.type}:{index}" for index in range(torch.accelerator.device_count()))


def _title(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    if device.type == "xpu":
        return torch.xpu.get_device_name(device)
    if device.type == "mps":
        return f"GPU of this Mac ({platform.machine()})"
    return f"{device.type} {device.index or 0}"
