"""Opening a project file for a command, and the engine's refusals in the words of the command line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from convstudio.blocks import catalogue
from convstudio.commands.failure import FailureError
from convstudio.network import file
from convstudio.network.document import Document
from convstudio.network.problem import Problem


def opened(path: Path, plugins: bool = False) -> Document:
    """The document in a project file, with the person's own kinds of blocks where `plugins` are wanted.

    FailureError with the reason when it cannot be read.
    """
    use_plugins(plugins)
    try:
        return file.load(path, catalogue())
    except file.FileError as error:
        raise FailureError(str(error)) from error


def use_plugins(wanted: bool) -> None:
    """Know the person's own kinds of blocks, if they are wanted; what cannot be used is told on stderr."""
    if wanted:
        from convstudio.plugins.shelf import Shelf, own_data

        for complaint in Shelf(own_data()).use():
            print(f"convstudio: {complaint}", file=sys.stderr)


def problem_line(problem: Problem) -> str:
    """A problem in one line: 'error, conv_1: The mask does not fit. …'."""
    where = f", {', '.join(problem.blocks)}" if problem.blocks else ""
    return f"{problem.severity}{where}: {problem.title}. {problem.words}"


@contextmanager
def engine_failures() -> Iterator[None]:
    """Inside, what the engine refuses becomes a FailureError in its words; what is unexpected stays as it is."""
    try:
        yield
    except FailureError:
        raise
    except Exception as error:
        from convstudio.worker import faults

        if faults.kind(error) == "internal":
            raise
        block = getattr(error, "block", "")
        raise FailureError(f"{block}: {faults.words(error)}" if block else faults.words(error)) from error
