"""Why a worker process is gone, as a sentence for people."""

from __future__ import annotations

from convstudio.ui.text import tr

_SIGNALS = {4: "illegal instruction", 6: "abort", 7: "bus error", 8: "arithmetic fault", 11: "memory access fault"}
_KILLED = 9
_ASKED_TO_END = (1, 2, 15)


def missing(program: str) -> str:
    """The program could not even be started."""
    return tr("The worker, which does the computing, cannot be started: {program} cannot be run.").format(
        program=program
    )


def broken(reason: str) -> str:
    """The worker sent bytes that are no message."""
    return tr("The worker was ended, because {reason}.").format(reason=reason)


def other_version(theirs: int, ours: int) -> str:
    """The worker speaks another version of the protocol."""
    text = tr("The worker speaks version {theirs} of the protocol and this window version {ours}: ") + tr(
        "they come from different installations. Install ConvStudio again."
    )
    return text.format(theirs=theirs, ours=ours)


def ended(crashed: bool, code: int, ready: bool) -> str:
    """The process ended without being asked to.

    `crashed` and `code` are as QProcess gives them: after a crash the code is the number of the signal that ended it.
    `ready` says whether it had said hello.
    """
    if crashed and code == _KILLED:
        return tr("The system killed the worker, most likely because memory ran out. Try a smaller batch size.")
    if crashed and code in _ASKED_TO_END:
        return tr("Another program ended the worker.")
    if crashed:
        return tr("The worker crashed ({fault}).").format(fault=tr(_SIGNALS.get(code, f"code {code}")))
    if not ready:
        return tr("The worker ended before it was ready (exit code {code}).").format(code=code)
    return tr("The worker ended unexpectedly (exit code {code}).").format(code=code)
