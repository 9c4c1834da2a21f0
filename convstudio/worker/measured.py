"""What was measured before a run began, as a message."""

from __future__ import annotations

from convstudio.engine.calibration import Choice
from convstudio.engine.devices import FORMATS, Format
from convstudio.engine.run import Run
from convstudio.protocol.messages import Measured, Way


def measured(number: int, run: Run, choice: Choice) -> Measured:
    """The ways that were tried for run `number`, and which was chosen."""
    batch = max(2, run.document.training.batch_size)
    chosen = next((n for n, way in enumerate(choice.seconds) if _is_chosen(choice, *way)), -1)
    ways = tuple(Way(threads, name, batch / seconds) for (threads, name), seconds in choice.seconds.items())
    return Measured(run=number, batch=batch, device=str(run.device), ways=ways, chosen=chosen)


def _is_chosen(choice: Choice, threads: int, name: Format) -> bool:
    return (threads, FORMATS[name]) == (choice.threads, choice.memory_format)
