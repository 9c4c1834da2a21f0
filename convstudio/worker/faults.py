"""From an exception of the engine to a `Fault`: words for people, the kind, the block, and the traceback folded."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from convstudio.data import DataError
from convstudio.engine.build import NetworkFault
from convstudio.engine.checkpoint import CheckpointFault
from convstudio.engine.devices import DeviceFault
from convstudio.engine.exports import ExportFault
from convstudio.engine.importing.graph import ImportFault
from convstudio.engine.memory import MemoryFault, is_refusal
from convstudio.engine.starting import OtherDataFault, RunFault
from convstudio.engine.team import TeamFault
from convstudio.engine.training import NotANumber, Unfit
from convstudio.network.file import FileError
from convstudio.plugins.loading import PluginError
from convstudio.protocol.messages import Event, Fault
from convstudio.worker.transport import WindowGoneError

log = logging.getLogger(__name__)

About = Literal["document", "run", "export", "sample", "protocol"]
Kind = Literal["memory", "shape", "not_a_number", "data", "device", "file", "network", "internal"]

KINDS: tuple[tuple[type[Exception], Kind], ...] = (
    (NetworkFault, "network"),
    (Unfit, "network"),
    (MemoryFault, "memory"),
    (MemoryError, "memory"),
    (DeviceFault, "device"),
    (DataError, "data"),
    (NotANumber, "not_a_number"),
    (CheckpointFault, "file"),
    (RunFault, "file"),
    (TeamFault, "device"),
    (ExportFault, "file"),
    (ImportFault, "file"),
    (FileError, "file"),
    (PluginError, "file"),
    (OSError, "file"),
)


def fault(about: About, error: Exception, run: int = 0) -> Fault:
    """What to tell the window about an exception that answering a request, or a step of training, has raised."""
    found, said = kind(error), words(error)
    return Fault(
        about=about,
        kind=found,
        words=said,
        run=run,
        block=getattr(error, "block", ""),
        detail="".join(traceback.format_exception(error)),
        smaller_batch=found == "memory" and "smaller batch" in said,
        other_data=isinstance(error, OtherDataFault),
    )


def kind(error: Exception) -> Kind:
    if isinstance(error, RuntimeError) and is_refusal(error):
        return "memory"
    return next((found for known, found in KINDS if isinstance(error, known)), "internal")


def words(error: Exception) -> str:
    """One sentence for people. Exceptions of ours carry theirs; what is unexpected is said to be so."""
    found = kind(error)
    if found == "internal":
        return f"Something went wrong inside ConvStudio: {type(error).__name__}: {error}"
    if found == "memory" and not isinstance(error, MemoryFault):
        return "There was not enough memory. Choose a smaller batch, or make the largest blocks smaller."
    if isinstance(error, OSError):
        return f"{error.filename or 'A file'}: {(error.strerror or str(error)).lower()}."
    return str(error)


def reason(error: Exception) -> str:
    """Its words, as the answer to a question that has no other. Of a bug the log gets the traceback, too."""
    if kind(error) == "internal":
        log.error("A question could not be answered.", exc_info=error)
    return words(error)


@contextmanager
def told(send: Callable[[Event], None], about: About, run: int = 0) -> Iterator[None]:
    """Inside, what goes wrong becomes a Fault that is sent; only that the window is gone goes on upwards."""
    try:
        yield
    except WindowGoneError:
        raise
    except Exception as error:
        send(fault(about, error, run))
