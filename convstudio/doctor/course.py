"""Rules about the course of the losses: diverged, too fast, too slow, over-fitted; and about a run that broke down."""

from __future__ import annotations

from math import isfinite, log
from statistics import median

from convstudio.doctor import remedies
from convstudio.doctor.finding import Finding
from convstudio.doctor.statistics import Course, Statistics
from convstudio.network.costs import percent
from convstudio.network.document import Network
from convstudio.protocol.messages import Health

RISEN = 2.0
"""Loss of now ÷ loss at the start (or of guessing) from which on training has diverged."""
UNMOVED = 0.95
"""A loss that is still above this part of the first one has not fallen."""
STILL = 0.98
PATIENCE, LONG_PATIENCE = 100, 200
"""Steps, and at least one epoch, before a loss is expected to have fallen."""
WILD, TIMID = 0.2, 1e-4
"""Change of the weights in one step ÷ their norm, the median over the blocks; around 1e-3 is usual."""
EPOCHS_BEHIND = 3
WORSE = 1.5
"""Validation loss ÷ its best from which on more training only learns the samples by heart."""
GAP = 2.0
PALPABLE = 0.1
"""Part of the loss of guessing below which a validation loss is too small to matter."""


def not_a_number(found: Statistics, network: Network) -> Finding | None:
    """The run was ended by a number that is none."""
    broken = found.breakdown
    if broken is None:
        return None
    return Finding(
        "not_a_number",
        True,
        "Not a number",
        f"{broken.words} The last good checkpoint is kept: change the setting, then continue from it or begin again.",
        (f"learning rate {found.settings.learning_rate:g}",),
        (broken.block,) if broken.block else (),
        (*remedies.rate(found.settings, 0.1), *remedies.clipping(found.settings)),
    )


def diverged(found: Statistics, network: Network) -> Finding | None:
    """The loss is far above where it began, and above that of guessing."""
    course = found.course
    if course is None or found.breakdown:
        return None
    level = _guessing(found) or course.start
    if isfinite(course.now) and course.now <= RISEN * level:
        return None
    return Finding(
        "diverged",
        True,
        "The loss has diverged",
        "Training makes the network worse: steps are so long that they jump over every valley. Train more slowly, clip "
        "gradients, then begin again or go back to a checkpoint.",
        (f"loss now {course.now:.3g}, at the start {course.start:.3g}, best {course.best:.3g}", *_guess_line(found)),
        (),
        (*remedies.rate(found.settings, 0.1), *remedies.clipping(found.settings)),
    )


def rate_high(found: Statistics, network: Network) -> Finding | None:
    """The loss does not fall, and steps change the weights by a large part of them."""
    course = found.course
    if course is None or not _waited(found, course, PATIENCE) or course.now < UNMOVED * _beginning(found, course):
        return None
    wildest = max((_update(look) for look in found.looks), default=0.0)
    if wildest < WILD or diverged(found, network):
        return None
    return Finding(
        "rate_high",
        True,
        "The learning rate is far too high",
        "The loss does not fall, and single steps change the weights by a large part of themselves. Train more slowly, "
        "and begin again.",
        (_fall(course), f"largest change of the weights in a step: {percent(wildest)} of them; around 0.1 % is usual"),
        (),
        remedies.rate(found.settings, 0.1 if wildest < 1 else 0.01),
    )


def rate_low(found: Statistics, network: Network) -> Finding | None:
    """The loss stands still, and steps hardly change the weights."""
    course = found.course
    if course is None or not found.looks or not _waited(found, course, LONG_PATIENCE):
        return None
    largest = max(_update(look) for look in found.looks[-3:])
    if course.now < STILL * course.start or not 0 < largest <= TIMID:
        return None
    return Finding(
        "rate_low",
        False,
        "The learning rate is far too low",
        "The loss stands still because steps hardly move the weights. Train faster.",
        (_fall(course), f"change of the weights in a step: {largest:.1g} of them; around 0.001 is usual"),
        (),
        remedies.rate(found.settings, 10 if largest > TIMID / 100 else 100),
    )


def overfitting(found: Statistics, network: Network) -> Finding | None:
    """The validation loss has been rising for epochs while the training loss went on falling."""
    judged = [e for e in found.epochs if e.number > 0]
    if len(judged) <= EPOCHS_BEHIND:
        return None
    best, last = min(judged, key=lambda e: e.validation), judged[-1]
    since = last.number - best.number
    counts = last.validation >= PALPABLE * _guessing(found)
    worse = counts and last.validation >= WORSE * best.validation and last.accuracy <= best.accuracy + 0.005
    by_heart = 2 * last.training <= _guessing(found)
    apart = by_heart and last.training <= best.training and GAP * last.training <= last.validation
    if since < EPOCHS_BEHIND or not worse or not apart:
        return None
    return Finding(
        "overfitting",
        False,
        "Over-fitting",
        "The network learns its training samples by heart: on samples that it has not seen it has become worse. Stop "
        "earlier, use weight decay or dropout, a smaller network, or more data.",
        (
            f"validation loss {last.validation:.3g}; best {best.validation:.3g} in epoch {best.number}",
            f"training loss {last.training:.3g}; then {best.training:.3g}",
            f"validation accuracy {100 * last.accuracy:.1f} %; then {100 * best.accuracy:.1f} %",
        ),
        (),
        (*remedies.early_stopping(found.settings), *remedies.weight_decay(found.settings)),
    )


def _guessing(found: Statistics) -> float:
    """The loss of a network that gives all classes the same probability."""
    return log(len(found.classes)) if len(found.classes) > 1 else 0.0


def _beginning(found: Statistics, course: Course) -> float:
    """The loss from which it should fall: that of guessing, where the first steps already blew it up."""
    return min(course.start, _guessing(found) or course.start)


def _guess_line(found: Statistics) -> tuple[str, ...]:
    guess = _guessing(found)
    return (f"guessing among {len(found.classes)} classes: {guess:.3g}",) if guess else ()


def _waited(found: Statistics, course: Course, steps: int) -> bool:
    return course.steps >= max(steps, found.batches)


def _update(look: Health) -> float:
    """How far a step moves the weights: the median over the blocks of change ÷ norm."""
    known = [layer.update for layer in look.layers if layer.update is not None]
    return median(known) if known else 0.0


def _fall(course: Course) -> str:
    return f"loss now {course.now:.3g}, at the start {course.start:.3g}, after {course.steps:,} steps"
