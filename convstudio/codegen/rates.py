"""The learning rate of each step as a function in a training script: the same arithmetic as the schedule's."""

from __future__ import annotations

from collections.abc import Iterator

from convstudio.network import schedule
from convstudio.network.training_settings import TrainingSettings


def changes(settings: TrainingSettings) -> bool:
    """Whether a script needs the function at all."""
    return schedule.changes(settings)


def function(settings: TrainingSettings) -> Iterator[str]:
    """The lines of `rate(step, steps_an_epoch)`, of which nothing is written that these settings do not use."""
    yield "def rate(step: int, steps_an_epoch: int) -> float:"
    yield f'    """The learning rate of a step, from 0: {_words(settings)}."""'
    yield from _one_cycle() if settings.schedule == "one_cycle" else _decay(settings)
    yield ""
    yield ""


def _words(settings: TrainingSettings) -> str:
    return {"step": "it drops", "cosine": "half a cosine", "one_cycle": "one cycle", "constant": "a warm-up"}[
        settings.schedule
    ]


def _decay(settings: TrainingSettings) -> Iterator[str]:
    factors = ["LEARNING_RATE"]
    if settings.schedule == "step":
        factors.append(f"{settings.decay_factor!r} ** (step // steps_an_epoch // {settings.decay_every})")
    elif settings.schedule == "cosine":
        factors.append("((1 + math.cos(math.pi * step / (EPOCHS * steps_an_epoch))) / 2)")
    if settings.warm_up:
        factors.append(f"min(1.0, (step + 1) / ({settings.warm_up!r} * steps_an_epoch))")
    yield f"    return {' * '.join(factors)}"


def _one_cycle() -> Iterator[str]:
    yield from (
        "    total = EPOCHS * steps_an_epoch",
        f"    top = max({schedule.RISE!r} * total - 1, 1e-9)",
        "    if step <= top:",
        f"        start, end, share = {schedule.FIRST!r}, 1.0, step / top",
        "    else:",
        f"        start, end = 1.0, {schedule.LAST!r}",
        "        share = min(1.0, (step - top) / max(1e-9, total - 1 - top))",
        "    return LEARNING_RATE * (end + (start - end) / 2 * (1 + math.cos(math.pi * share)))",
    )
