"""The forward pass of training: in float32 or bfloat16, as it is or compiled; scores always come out in float32."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec

import torch
from torch import Tensor
from torch.nn.functional import conv2d

from convstudio.engine.build import LiveNetwork
from convstudio.engine.devices import DeviceFault, bfloat16
from convstudio.network.training_settings import TrainingSettings

COMPILERS = ("g++", "c++", "clang++", "cl")
"""Programs by which torch compiles for the CPU, unless CXX names another."""
FLOAT32 = "Choose float32 under Computing in the Training tab."
Pass = Callable[[Tensor], Tensor]
SWITCH_OFF = "Switch off Compile under Computing in the Training tab."


class Forward:
    """Turns images into scores in training, float32 (batch, classes, …); `compiled` where the settings say so.

    DeviceFault when the device has no bfloat16, or nothing to compile with; a pass that cannot be compiled, or has no
    bfloat16, raises it too.
    """

    def __init__(
        self, live: LiveNetwork, settings: TrainingSettings, device: torch.device, *, compiled: bool = True
    ) -> None:
        self._half = settings.precision == "bfloat16"
        self._device = device.type
        if self._half:
            _require_bfloat16(device)
        self.compiled = compiled and settings.compile
        self.computed: Pass = _compiled(live, device) if self.compiled else live

    def __call__(self, images: Tensor) -> Tensor:
        return self.by(self.computed, images)

    def by(self, computed: Pass, images: Tensor) -> Tensor:
        """The same in the same precision, computed by another function, which may look at what it computes."""
        if not self._half:
            return computed(images)
        with _in_words(), torch.autocast(self._device, torch.bfloat16):
            scores = computed(images)
        return scores.float()


def _require_bfloat16(device: torch.device) -> None:
    if not _has_bfloat16(device):
        raise DeviceFault(f"The device {device} does not compute in bfloat16. {FLOAT32}")


def _has_bfloat16(device: torch.device) -> bool:
    """Of graphics cards only those that have it in hardware; of other devices all that can do it."""
    if device.type == "cuda":
        return bfloat16(device) != "none"
    try:
        with torch.autocast(device.type, torch.bfloat16):
            one = torch.ones((1, 1, 1, 1), device=device)
            return conv2d(one, one).dtype == torch.bfloat16
    except RuntimeError:
        return False


@contextmanager
def _in_words() -> Iterator[None]:
    """What torch says of an operation that it has in float32 only, as a sentence."""
    try:
        yield
    except RuntimeError as error:
        if "not implemented for" not in str(error):
            raise
        raise DeviceFault(f"A block of this network cannot be computed in bfloat16 ({error}). {FLOAT32}") from error


def _compiled(live: LiveNetwork, device: torch.device) -> Pass:
    """The pass as torch compiles it, once for each size of a batch, at its first step."""
    if reason := _no_compiler(device):
        raise DeviceFault(f"{reason} {SWITCH_OFF}")
    fast = torch.compile(live.scoring(), dynamic=False, options={"fallback_random": True})  # dropout as without

    def scores(images: Tensor) -> Tensor:
        try:
            found: Tensor = fast(images)
        except Exception as error:
            if not type(error).__module__.startswith(("torch._dynamo", "torch._inductor")):
                raise
            line = str(error).strip().partition("\n")[0]
            raise DeviceFault(f"The network could not be compiled ({line}). {SWITCH_OFF}") from error
        return found

    return scores


def _no_compiler(device: torch.device) -> str:
    """Why nothing can be compiled here; '' where it can."""
    named = os.environ.get("CXX", "").split()[:1]
    if not any(shutil.which(name) for name in (*named, *COMPILERS)):
        return f"No C++ compiler was found ({', '.join(COMPILERS)}), and torch.compile needs one."
    if device.type == "cuda" and find_spec("triton") is None:
        return "The package triton was not found, and torch.compile needs it for this device."
    return ""
