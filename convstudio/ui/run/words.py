"""The words of a run: times, rates, where training stands, and why it cannot start."""

from __future__ import annotations

from convstudio.network.problem import Problem
from convstudio.protocol.messages import Metrics
from convstudio.runs.words import clock
from convstudio.ui.text import grouped, tr

STATE_WORDS = {
    "idle": "Ready to train",
    "preparing": "Preparing …",
    "running": "Training",
    "paused": "Paused",
    "stopped": "Stopped",
    "finished": "Finished",
    "failed": "Failed",
    "lost": "The worker is gone",
}


def rate(samples_per_second: float) -> str:
    """12 430 images/s; one decimal below ten."""
    number = grouped(round(samples_per_second)) if samples_per_second >= 10 else f"{samples_per_second:.1f}"
    return tr("{number} images/s").format(number=number)


def position(metrics: Metrics) -> str:
    """epoch 3/10 · batch 121/225"""
    batch = tr("batch {batch}/{batches}").format(batch=metrics.batch, batches=metrics.batches)
    return f"{epoch(metrics)} · {batch}"


def epoch(metrics: Metrics) -> str:
    """epoch 3/10"""
    return tr("epoch {epoch}/{epochs}").format(epoch=metrics.epoch, epochs=metrics.epochs)


def pace(metrics: Metrics) -> str:
    """12 430 images/s · 0:42 left"""
    return f"{rate(metrics.samples_per_second)} · {left(metrics)}"


def left(metrics: Metrics) -> str:
    """0:42 left"""
    return tr("{time} left").format(time=clock(metrics.seconds_left))


def share(metrics: Metrics) -> float:
    """How much of the whole training is done, 0..1."""
    epochs_done = metrics.epoch - 1 + metrics.batch / max(1, metrics.batches)
    return min(1.0, max(0.0, epochs_done / max(1, metrics.epochs)))


def device_title(name: str, titles: dict[str, str]) -> str:
    """The short name of a device for the button: CPU; otherwise the title that the worker gave."""
    return "CPU" if name == "cpu" else titles.get(name, name)


def refusal(problem: Problem) -> str:
    """Why a network with this problem cannot be trained or exported."""
    return f"{problem.title.rstrip('.')}: {problem.words}"
