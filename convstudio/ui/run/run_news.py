"""What a run has to tell, as notices: words, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace as with_fields

from convstudio.doctor import remedies
from convstudio.doctor.finding import Remedy
from convstudio.network.expansion import located
from convstudio.network.problem import Fix, Problem
from convstudio.protocol.messages import Built, Fault
from convstudio.ui.notices.notices import Action, Notice
from convstudio.ui.run.words import refusal
from convstudio.ui.store import DocumentStore
from convstudio.ui.text import grouped, tr

NAMED = 4
"""So many blocks are named; of more, only the number is told."""


def refused(store: DocumentStore, problem: Problem) -> Notice:
    """The network cannot be trained, with the fixes that the problem knows."""
    fixes: list[Action] = [(fix.label, partial(_apply, store, fix, problem)) for fix in problem.fixes[:2]]
    return Notice("warn", refusal(problem), "", (*fixes, *_show(store, problem.blocks)))


def no_data() -> Notice:
    """The network is sound, but there is nothing to train on."""
    return Notice("warn", tr("There is nothing to train on: choose a data set in the Training tab at the right."))


class Ways(NamedTuple):
    """How training can go on after a fault: anew, from the last checkpoint where there is one, or as it waits."""

    train: Callable[[], object]
    go_on: Callable[[], object] | None
    resume: Callable[[], object]
    all_the_same: Callable[[], object]
    """Go on although the data set has changed."""


def faulted(store: DocumentStore, fault: Fault, ways: Ways, waits: bool) -> Notice:
    """The worker reports a fault. A smaller batch, or a smaller learning rate after a number that was none, may help.

    With `waits`, a run that cannot be kept on the disk has been paused until there is room.
    """
    blocks = (fault.block,) if located(store.document.network, fault.block) else ()
    smaller = _smaller_batch(store, ways) if fault.about == "run" and fault.smaller_batch else ()
    slower = _slower(store, ways.go_on or ways.train) if fault.kind == "not_a_number" else ()
    room: tuple[Action, ...] = (
        ((tr("Resume"), ways.resume),) if waits and (fault.about, fault.kind) == ("run", "file") else ()
    )
    if fault.other_data:
        actions = ((tr("Go on all the same"), ways.all_the_same), (tr("Train a new run"), ways.train))
        return Notice("warn", fault.words, "", actions)
    return Notice("error", fault.words, fault.detail, (*smaller, *slower, *room, *_show(store, blocks)))


def _slower(store: DocumentStore, go_on: Callable[[], object]) -> tuple[Action, ...]:
    """Go on with a smaller learning rate."""
    found = remedies.rate(store.document.training, 0.1)
    return tuple((f"{tr('Go on')}: {r.label}", partial(_mended, store, r, go_on)) for r in found)


def _mended(store: DocumentStore, remedy: Remedy, go_on: Callable[[], object]) -> None:
    """Make the change, which can be undone, and go on."""
    store.do(remedy.label, remedy.apply(store.document))
    go_on()


def lost(
    sentence: str,
    detail: str,
    restart: Callable[[], None],
    go_on: Callable[[], None] | None = None,
    again: Callable[[], None] | None = None,
) -> Notice:
    """The worker is gone; `go_on` restarts it and continues from a checkpoint, where there is one.

    `again` restarts it and begins the run anew that ended before it had a checkpoint.
    """
    words = [sentence, tr("Your network is safe.")]
    actions: list[Action] = [(tr("Restart"), restart)]
    if go_on:
        actions.insert(0, (tr("Restart and continue"), go_on))
    elif again:
        words.append(tr("The run had no checkpoint yet: it can only begin again."))
        actions.insert(0, (tr("Restart and train again"), again))
    return Notice("error", " ".join(words), detail, tuple(actions))


def no_answer(restart: Callable[[], None]) -> Notice:
    """The worker was asked to stop and has not answered."""
    words = tr("The worker has not stopped yet: it may be in a long step. Wait, or end it; your network is safe.")
    return Notice("warn", words, "", ((tr("End it and restart"), restart),))


def goes_on_as_it_was(problem: Problem) -> Notice:
    """The document cannot be trained while a run of what it was is under way."""
    words = tr("The run goes on with the network as it was, until this one can be trained:")
    return Notice("info", f"{words} {refusal(problem)}")


def goes_on_changed(built: Built) -> Notice:
    """The run under way has taken up an edit that gave blocks new weights, or those that they had."""
    words = [tr("From step {step} the run goes on with your changes.").format(step=grouped(built.step))]
    if built.back:
        words.append(tr("{blocks}: the weights from before are back.").format(blocks=_named(built.back)))
    if built.fresh:
        words.append(fresh_weights(built.fresh, bool(built.kept)).words)
    return Notice("info", " ".join(words))


def left_behind(folder: Path | None) -> Notice:
    """Another document was opened while a run was under way."""
    kept = f" {tr('It is kept in')} {folder}." if folder else ""
    return Notice("info", tr("The run of the document before was stopped.") + kept)


def fresh_weights(fresh: tuple[str, ...], others: bool) -> Notice:
    """An edit gave blocks new weights; `others` keep those that they were trained to."""
    words = tr("{blocks}: new weights, not trained yet.").format(blocks=_named(fresh))
    return Notice("info", f"{words} {tr('All others keep theirs.')}" if others else words)


def _named(blocks: tuple[str, ...]) -> str:
    return ", ".join(blocks[:NAMED]) + (f" … ({len(blocks)})" if len(blocks) > NAMED else "")


def branched(step: int) -> Notice:
    """A branch of a run begins, and waits."""
    words = tr("A new run begins at step {step}. Change one thing, a setting or a block, then press Resume.")
    return Notice("info", words.format(step=grouped(step)))


def no_checkpoint(train: Callable[[], object]) -> Notice:
    """There is nothing to continue from; `train` begins anew."""
    words = tr("There is no checkpoint to continue from: the run ended before it wrote one, at its very start.")
    return Notice("warn", words, "", ((tr("Train from the start"), train),))


def _show(store: DocumentStore, blocks: tuple[str, ...]) -> tuple[Action, ...]:
    return ((tr("Show"), partial(store.reveal, blocks[0])),) if blocks else ()


def _smaller_batch(store: DocumentStore, ways: Ways) -> tuple[Action, ...]:
    """Half as many samples at once, from the last checkpoint if there is one; nothing where a batch has but one."""
    size = store.document.training.batch_size // 2
    label = tr("Go on with batches of {size}") if ways.go_on else tr("Train with batches of {size}")
    how = partial(_train_smaller, store, size, ways.go_on or ways.train)
    return ((label.format(size=size), how),) if size else ()


def _train_smaller(store: DocumentStore, size: int, train: Callable[[], object]) -> None:
    """One undoable edit, and a new run of it."""
    if store.document.training.batch_size > size:
        training = with_fields(store.document.training, batch_size=size)
        store.do(tr("Smaller batches:") + f" {size}", replace(store.document, training=training))
    train()


def _apply(store: DocumentStore, fix: Fix, problem: Problem) -> None:
    """A fix may be clicked long after it was offered; it is applied only while its problem is still there."""
    if problem in store.whole.problems:
        network = store.document.network
        store.do(fix.label, store.document.with_network(fix.apply(network)))
