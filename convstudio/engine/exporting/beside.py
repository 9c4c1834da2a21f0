"""Work on large files in a thread: whoever goes through the export does other things meanwhile, such as training."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from convstudio.engine.exporting.job import Stage, Steps

Result = TypeVar("Result")


def beside(stage: Stage, work: Callable[[], Result]) -> Steps[Result]:
    """Do `work`, which touches no network that trains, in a thread; raises what it raises.

    A generator that is closed waits for the work to end: its files can only be removed afterwards.
    """
    with ThreadPoolExecutor(1) as thread:
        done = thread.submit(work)
        while not done.done():
            yield stage
        return done.result()
