"""Messages about what moves a unit: attributions over the sample, and dreams."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from convstudio.network.terms import Place
from convstudio.protocol.messages.base import Array, Message

Method = Literal["gradient", "integrated", "gradcam", "occlusion", "patches"]


class Attribute(Message, frozen=True, kw_only=True):
    """What of the watched sample moves a unit, by one `method`? Of `patches`: which samples excite it most?

    The unit is at `place` of map `channel` of `block`, without a place the mean over the map; channel -1 is the one
    with the largest value. `layer` is where Grad-CAM looks ('' for the last with maps). A cover of occlusion has `side`
    cells along each side, is moved by `stride`, and has one `tone` (0 to 1). `steps` are those of integrated gradients.
    `now`: at once; otherwise when the answer is another than the last and there is time for it. Each of these replaces
    the one before; without a block nothing is asked any more.
    """

    ticket: int
    method: Method = "gradient"
    block: str = ""
    channel: int = -1
    place: Place = ()
    layer: str = ""
    side: int = 4
    stride: int = 2
    tone: float = 0.0
    steps: int = 128
    now: bool = True


class SamplePatch(Struct, frozen=True):
    """The part `cells` (uint8, channels × axes) of validation sample `number` that a unit sees at its `place`.

    `value` is the unit's, `spans` are the first and last cell seen along each axis.
    """

    number: int
    value: float
    place: Place
    spans: tuple[tuple[int, int], ...]
    cells: Array


class Attribution(Message, frozen=True, kw_only=True):
    """What was asked by Attribute, as far as it is found: `share` of the work is done, and at 1 it is final.

    `channel` and `value` are of the unit. `map` (float32, rows × columns) lies over the input, or is of the size of
    `layer`; without cells while there is nothing to show yet. Of integrated gradients `total` is the sum of all
    attributions and `baseline` the unit's value for the black image. Of patches, `samples` were looked through.
    """

    run: int
    step: int
    ticket: int
    method: Method
    block: str
    channel: int
    place: Place
    share: float
    value: float
    map: Array
    layer: str = ""
    total: float = 0.0
    baseline: float = 0.0
    patches: tuple[SamplePatch, ...] = ()
    samples: int = 0


class Unattributed(Message, frozen=True, kw_only=True):
    """Why there is no answer to Attribute; a sentence."""

    ticket: int
    words: str


class Dream(Message, frozen=True, kw_only=True):
    """Change an image step by step so that a unit answers more strongly, until `steps` were made.

    The unit is named as in Attribute. `rate` is the size of a step, `smooth` (0 to 1) how far each cell then goes
    towards its neighbours. The first image is grey with noise of this `seed`, or the watched sample. The same ticket
    again changes the manner of a dream that goes on. Each replaces the one before; without a block none goes on.
    """

    ticket: int
    block: str = ""
    channel: int = -1
    place: Place = ()
    rate: float = 0.02
    smooth: float = 0.3
    seed: int = 0
    from_sample: bool = False
    steps: int = 500


class DreamDrawn(Message, frozen=True, kw_only=True):
    """The last image of the dream has been drawn; the next may come."""

    ticket: int


class Dreamt(Message, frozen=True, kw_only=True):
    """The image of a dream after `steps` steps (uint8, channels × axes), sent on credit.

    `values` (float32) are what the unit answered after each step since the last picture. `still`: nothing of the image
    moves the unit. `done`: no more steps are made. With `words` it ended for that reason, without an image.
    """

    ticket: int
    channel: int = -1
    image: Array
    values: Array
    steps: int = 0
    still: bool = False
    done: bool = False
    words: str = ""


Request = Attribute | Dream | DreamDrawn
Event = Attribution | Unattributed | Dreamt
