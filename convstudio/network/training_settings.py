"""How to train: the settings of a run as one value, each with its limits and a line of help."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

Seed = Annotated[int, Meta(ge=0, le=2**31 - 1)]
MemoryFormat = Literal["auto", "contiguous", "channels_last"]
Initialisation = Literal["default", "he", "glorot", "orthogonal", "normal", "zeros"]


class TrainingSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every field is a control of the Training tab, in this order within its part of the tab (`PARTS`)."""

    epochs: Annotated[
        int, Meta(ge=1, le=10_000, title="Epochs", description="How often the whole training set is seen.")
    ] = 10
    batch_size: Annotated[
        int,
        Meta(
            ge=1,
            le=65_536,
            title="Batch size",
            description="Samples computed together before the weights move.",
        ),
    ] = 32
    seed: Annotated[
        Seed, Meta(title="Seed", description="Same seed, same start, same order of samples: the same run.")
    ] = 0
    initialisation: Annotated[
        Initialisation,
        Meta(
            title="Start values",
            description=(
                "How masks are drawn before training: by torch's own rule, He (made for ReLU), Glorot (made for "
                "tanh), orthogonal, normal with spread 0.01 as in AlexNet, or all 0: equal masks that stay equal."
            ),
            extra={
                "words": {
                    "default": "Default",
                    "he": "He",
                    "glorot": "Glorot",
                    "normal": "Normal 0.01",
                    "zeros": "All zeros",
                }
            },
        ),
    ] = "default"
    early_stopping: Annotated[
        int,
        Meta(
            ge=0,
            le=10_000,
            title="Stop early after",
            description="So many epochs without a smaller validation loss end the run; 0: never.",
        ),
    ] = 0
    optimiser: Annotated[
        Literal["adam", "adamw", "sgd", "rmsprop", "adagrad"],
        Meta(
            title="Optimiser",
            description="How a gradient becomes a change of the weights.",
            extra={
                "words": {"adam": "Adam", "adamw": "AdamW", "sgd": "SGD", "rmsprop": "RMSprop", "adagrad": "Adagrad"}
            },
        ),
    ] = "adam"
    learning_rate: Annotated[
        float, Meta(ge=1e-9, le=100, title="Learning rate", description="Length of each step of the weights.")
    ] = 0.003
    momentum: Annotated[
        float,
        Meta(ge=0, lt=1, title="Momentum", description="Used by SGD and RMSprop: how much of the last step goes on."),
    ] = 0.9
    nesterov: Annotated[
        bool,
        Meta(title="Nesterov", description="Used by SGD: the gradient is taken where the momentum is leading."),
    ] = False
    schedule: Annotated[
        Literal["constant", "step", "cosine", "one_cycle"],
        Meta(
            title="Schedule",
            description="How the learning rate changes over the run.",
            extra={"words": {"one_cycle": "one-cycle"}},
        ),
    ] = "constant"
    decay_every: Annotated[
        int, Meta(ge=1, le=10_000, title="Decay every", description="Used by step: epochs from drop to drop.")
    ] = 5
    decay_factor: Annotated[
        float,
        Meta(gt=0, le=1, title="Decay factor", description="Used by step: what the rate is multiplied with."),
    ] = 0.3
    warm_up: Annotated[
        float,
        Meta(
            ge=0,
            le=10_000,
            title="Warm-up epochs",
            description="The rate rises from nearly 0 over so many epochs; one-cycle has a warm-up of its own.",
        ),
    ] = 0.0
    weight_decay: Annotated[
        float, Meta(ge=0, le=10, title="Weight decay", description="Pulls every weight towards 0 a little.")
    ] = 0.0
    gradient_clipping: Annotated[
        float,
        Meta(
            ge=0,
            le=1e6,
            title="Clip gradients at",
            description="Longer gradients (the norm over all weights) are shortened to this; 0: never.",
        ),
    ] = 0.0
    label_smoothing: Annotated[
        float,
        Meta(
            ge=0,
            le=0.9,
            title="Label smoothing",
            description="Part of the certainty that is spread over all classes.",
        ),
    ] = 0.0
    device: Annotated[
        str,
        Meta(max_length=32, pattern=r"^[a-z]+(:[0-9]+)?\Z", title="Device", description="Where to compute."),
    ] = "auto"
    threads: Annotated[
        int,
        Meta(
            ge=0,
            le=1024,
            title="CPU threads",
            description="0 measures before a run which count is fastest here; another number counts at once.",
        ),
    ] = 0
    memory_format: Annotated[
        MemoryFormat,
        Meta(
            title="Memory format",
            description=(
                "How images lie in memory: channel after channel, or the channels of each pixel side by side; auto "
                "measures before a run which is faster here; another one counts at once."
            ),
            extra={"words": {"auto": "Auto", "contiguous": "Contiguous", "channels_last": "Channels last"}},
        ),
    ] = "auto"
    precision: Annotated[
        Literal["float32", "bfloat16"],
        Meta(
            title="Precision",
            description=(
                "Numbers of the forward pass in training: bfloat16 has 3 digits instead of 7, and is faster where the "
                "device is made for it. The loss, validation, views and exports compute in float32."
            ),
        ),
    ] = "float32"
    compile: Annotated[
        bool,
        Meta(
            title="Compile",
            description=(
                "Lets torch.compile make a program of the network for this machine: its first step takes long, the "
                "others less. Needs a C++ compiler."
            ),
        ),
    ] = False


PARTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Training", ("epochs", "batch_size", "seed", "initialisation", "early_stopping")),
    ("Optimiser", ("optimiser", "learning_rate", "momentum", "nesterov")),
    ("Schedule of the learning rate", ("schedule", "decay_every", "decay_factor", "warm_up")),
    ("Regularisation", ("weight_decay", "gradient_clipping", "label_smoothing")),
    ("Computing", ("threads", "memory_format", "precision", "compile")),
)
"""The settings as a person meets them; the device is chosen in the toolbar."""

USED_BY: dict[str, tuple[str, tuple[str, ...]]] = {
    "momentum": ("optimiser", ("sgd", "rmsprop")),
    "nesterov": ("optimiser", ("sgd",)),
    "decay_every": ("schedule", ("step",)),
    "decay_factor": ("schedule", ("step",)),
    "warm_up": ("schedule", ("constant", "step", "cosine")),
}
"""Settings that mean something only with some values of another; the others need not be shown."""


def unused(settings: TrainingSettings) -> frozenset[str]:
    """Names of the settings that change nothing with the others as they are."""
    return frozenset(name for name, (other, values) in USED_BY.items() if getattr(settings, other) not in values)


def held_back(was: TrainingSettings, now: TrainingSettings) -> tuple[str, ...]:
    """Titles of the settings that differ, and that a run which began with `was` cannot take up on its way.

    The weights are there already, and so are the samples, on their device; what is fastest is measured before a run.
    """
    measured = {"threads": 0, "memory_format": "auto"}
    odd = [n for n in ("initialisation", "device") if getattr(was, n) != getattr(now, n)]
    odd += [n for n, value in measured.items() if getattr(now, n) == value != getattr(was, n)]
    return tuple(_HELD_BACK[name] for name in odd)


_HELD_BACK = {
    "initialisation": "Start values",
    "device": "Device",
    "threads": "CPU threads (0)",
    "memory_format": "Memory format (auto)",
}
