"""Messages about open views: what they show, on credit, of the watched sample, now or in the past."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from convstudio.protocol.messages.base import Array, Message


class View(Struct, frozen=True):
    """A picture that the window wants: of one block, or of the whole network (block '').

    Of a block: its masks, the changes of these since the start or their gradients, its feature maps, or the activity of
    these over several samples. Of the network: the evaluation on the validation samples, the answer for the watched
    sample, or how the layers fare: `health` as often as may be, `checkup` seldom.

    `limit` is the largest number of masks or maps wanted (thumbnails need few); 0 asks for all.
    """

    block: str
    what: Literal["masks", "changes", "gradients", "maps", "activity", "evaluation", "answer", "health", "checkup"]
    limit: int = 0


class WatchSample(Message, frozen=True, kw_only=True):
    """Watch another sample: its number in the validation part of the data set, or `image` (uint8, channels × axes)."""

    number: int = 0
    image: Array | None = None


class Watch(Message, frozen=True, kw_only=True):
    """All views that are open now; each new one has one picture to its credit."""

    views: tuple[View, ...]


class Credit(Message, frozen=True, kw_only=True):
    """The last picture of this view has been drawn; the next may come."""

    view: View


class LookBack(Message, frozen=True, kw_only=True):
    """Let the views show the network as it was after `step` steps of the run in `folder`; '' shows the present again.

    Training goes on meanwhile. There must be a snapshot of that step.
    """

    folder: str = ""
    step: int = 0


class Masks(Message, frozen=True, kw_only=True):
    """All masks of a block: float32, output channels × input channels of a mask × its cells; several for stages.

    The weights of a fully connected block have no cells: outputs × inputs.

    `names` are the weights' own names ('weight'; 'depthwise.weight', 'pointwise.weight'). `total` is the number of
    output channels of each, where more exist than were sent.

    Of the view `changes` the arrays are the weights minus those at the start, of `gradients` those that the last step
    went by; a `trial` is of the first mini-batch of a network that no step was made with.
    """

    run: int
    step: int
    view: View
    names: tuple[str, ...]
    arrays: tuple[Array, ...]
    total: tuple[int, ...]
    trial: bool = False


class Activity(Message, frozen=True, kw_only=True):
    """What the maps of a block do for the first `samples` validation samples; float32, one number a map.

    `low` and `high` are its extremes, `mean` the mean of its values without their signs.
    """

    run: int
    step: int
    view: View
    samples: int
    low: Array
    high: Array
    mean: Array


class Maps(Message, frozen=True, kw_only=True):
    """The feature maps of a block for the watched sample: uint8, maps × cells; value = low + n · (high - low) / 255.

    A vector has one row of cells. `total` is the number of maps, where more exist than were sent.
    """

    run: int
    step: int
    view: View
    maps: Array
    low: float
    high: float
    total: int


class Scores(Message, frozen=True, kw_only=True):
    """The network's answer for the watched sample: one probability a class; sent with the pictures."""

    run: int
    step: int
    probabilities: Array


class ClassMap(Message, frozen=True, kw_only=True):
    """The network's answer for each pixel of the watched sample: uint8, rows × columns; sent with the pictures."""

    run: int
    step: int
    classes: Array


Request = WatchSample | Watch | Credit | LookBack
Event = Masks | Activity | Maps | Scores | ClassMap
