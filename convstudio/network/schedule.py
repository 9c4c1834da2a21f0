"""The learning rate at each step of a run: pure arithmetic, so that the window can draw it before training.

Step: multiplied by a factor every so many epochs. Cosine: Loshchilov and Hutter, "SGDR" (2017), one period without
restart. One-cycle: Smith and Topin, "Super-Convergence" (2018), in the form of torch's OneCycleLR: from 1/25 of the
learning rate up to it in the first 30 % of the run, then down to 1/250,000 of it, both along a cosine.
"""

from __future__ import annotations

from math import cos, pi

from convstudio.network.training_settings import TrainingSettings

RISE = 0.3
"""Part of a one-cycle run in which the rate rises."""
FIRST = 1 / 25
LAST = 1 / 250_000


def rate(settings: TrainingSettings, step: int, steps_an_epoch: int) -> float:
    """The learning rate of `step` (from 0) of a run of `settings.epochs` epochs of `steps_an_epoch` steps."""
    total = settings.epochs * steps_an_epoch
    if settings.schedule == "one_cycle":
        return settings.learning_rate * _one_cycle(step, total)
    return settings.learning_rate * _decay(settings, step, steps_an_epoch) * _warm_up(settings, step, steps_an_epoch)


def changes(settings: TrainingSettings) -> bool:
    """Whether the rate is not the same at every step."""
    return settings.schedule != "constant" or settings.warm_up > 0


def _decay(settings: TrainingSettings, step: int, steps_an_epoch: int) -> float:
    if settings.schedule == "step":
        drops = step // steps_an_epoch // settings.decay_every
        return float(settings.decay_factor**drops)
    if settings.schedule == "cosine":
        return (1 + cos(pi * step / (settings.epochs * steps_an_epoch))) / 2
    return 1.0


def _warm_up(settings: TrainingSettings, step: int, steps_an_epoch: int) -> float:
    steps = settings.warm_up * steps_an_epoch
    return min(1.0, (step + 1) / steps) if steps else 1.0


def _one_cycle(step: int, total: int) -> float:
    top = max(RISE * total - 1, 1e-9)
    if step <= top:
        return _between(FIRST, 1.0, step / top)
    return _between(1.0, LAST, min(1.0, (step - top) / max(1e-9, total - 1 - top)))


def _between(start: float, end: float, share: float) -> float:
    """From `start` to `end` along half a cosine."""
    return end + (start - end) / 2 * (1 + cos(pi * share))
