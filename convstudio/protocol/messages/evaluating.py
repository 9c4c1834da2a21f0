"""Messages about the validation samples: how well they are answered, and which are answered wrongly."""

from __future__ import annotations

from msgspec import Struct

from convstudio.protocol.messages.base import Array, Message
from convstudio.protocol.messages.watching import View


class Evaluate(Message, frozen=True, kw_only=True):
    """Evaluate the network as it is now, also in the middle of an epoch; the answer goes to the open view of it."""


class FindMistake(Message, frozen=True, kw_only=True):
    """Look for a validation sample that is answered wrongly: the next after `after`, or before it where `back`.

    After the last comes the first; `after` itself is the last that is tried. Only among those of class `label`, if
    that is not negative. The answer is a Mistake.
    """

    after: int
    back: bool = False
    label: int = -1


class ClassScore(Struct, frozen=True):
    """How well one class is told from the others; None where there is nothing to divide by."""

    precision: float | None
    recall: float | None
    f1: float | None
    iou: float | None
    support: int


class CertaintyBin(Struct, frozen=True):
    """Answers of about the same certainty: how many, their mean certainty, and their share of right ones."""

    answers: int
    certainty: float
    accuracy: float


class Evaluation(Message, frozen=True, kw_only=True):
    """How the network answers the validation samples of the data set `data`, divided by `share` and `seed`.

    `epoch` is the number of whole epochs after which it was made; None in between. `targets` are the answers that are
    counted: one a sample, or one a pixel. `confusion` is int64, true classes × answers. `truths`, `answers` (int64),
    `certainties` (probability of the answer), `rights` (probability of the truth) and `losses` (float32) are one a
    sample; where each pixel has a class, the first two are empty, certainties are means and rights shares of pixels.
    `examples` then are, for each pair of classes (true · classes + answered), the samples with most such pixels,
    int64, filled up with -1; without rows where there are too many classes. Of `odd` targets the scores are no numbers.
    It is the network with `muted` maps or wires switched off.
    """

    run: int
    step: int
    view: View
    epoch: int | None
    data: str
    share: float
    seed: int
    samples: int
    targets: int
    loss: float
    accuracy: float
    confusion: Array
    scores: tuple[ClassScore, ...]
    bins: tuple[CertaintyBin, ...]
    calibration_error: float
    truths: Array
    answers: Array
    certainties: Array
    rights: Array
    losses: Array
    examples: Array
    odd: int
    muted: int = 0


class Mistake(Message, frozen=True, kw_only=True):
    """The number of the validation sample that was looked for; -1: all that were to be looked at are answered rightly.

    `step` is the step of training at which that was so.
    """

    step: int
    number: int


Request = Evaluate | FindMistake
Event = Evaluation | Mistake
