"""The typed messages between the window (requests) and the worker (events).

Facts are all sent, in order. Pictures (Masks, Maps, Evaluation, Health) are sent only on credit: a view is opened by
`Watch`, which grants one picture; each `Credit` grants one more, after the last was drawn. Everything that belongs to a
run carries its number; number 0 is the network before its first run.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from convstudio.network.muting import Mute
from convstudio.network.terms import Place, Terms

PROTOCOL = 1
Until = Literal["start", "step", "epoch", "end"]
"""How far a run goes before it pauses: no step, one, to the end of the epoch, or all the way."""


class Message(Struct, frozen=True, tag=True, kw_only=True):
    """Base of all messages; the class name is the tag on the wire."""


class Array(Struct, frozen=True):
    """Numbers: `data` holds them in C order, of numpy type `kind` ('float32', 'uint8'), with this `shape`."""

    kind: Literal["float32", "uint8", "int64"]
    shape: tuple[int, ...]
    data: bytes


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


# --- requests: window → worker ---------------------------------------------------------------------------------------


class SetDocument(Message, frozen=True, kw_only=True):
    """The document as it is now (project file text). The worker builds the network; weights that still fit are kept.

    `opened`: it is another document than before, so no weights are.
    """

    revision: int
    text: str
    opened: bool = False


class Plugin(Struct, frozen=True):
    """The text of a plugin that the person agreed to, and the name of its file."""

    name: str
    text: str


class UsePlugins(Message, frozen=True, kw_only=True):
    """The kinds of blocks that these texts declare are known from now on, and no others of plugins."""

    plugins: tuple[Plugin, ...]


class Train(Message, frozen=True, kw_only=True):
    """Start run `run` on the last document, with fresh weights from its seed; or continue `resume`'s last checkpoint.

    `folder` receives the run (created by the worker); '' keeps nothing on the disk. `name` is what it is called there.
    It pauses after `until`. With `branch` (0 or more), `resume` stays as it is: the new run in `folder` begins at its
    snapshot after so many steps. Where weights were brought in for the document, a new run begins with those, unless
    it is to begin `anew`.
    """

    run: int
    name: str = ""
    anew: bool = False
    branch: int = -1
    folder: str = ""
    resume: str = ""
    until: Until = "end"


class Reopen(Message, frozen=True, kw_only=True):
    """Give the last document's network the weights with which the run in `folder` ended; it is run `run` from now on.

    Where `folder` holds an import, its weights go into the blocks that they fit, and new runs of the document begin
    with them.

    State says that this run is stopped, or that it failed.
    """

    run: int
    folder: str


class LookBack(Message, frozen=True, kw_only=True):
    """Let the views show the network as it was after `step` steps of the run in `folder`; '' shows the present again.

    Training goes on meanwhile. There must be a snapshot of that step.
    """

    folder: str = ""
    step: int = 0


class Pause(Message, frozen=True, kw_only=True):
    """Stop between two steps until Resume."""


class Resume(Message, frozen=True, kw_only=True):
    """Go on after Pause, and pause again after `until`."""

    until: Until = "end"


class Stop(Message, frozen=True, kw_only=True):
    """End the run; the weights stay."""


class WatchSample(Message, frozen=True, kw_only=True):
    """Watch another sample: its number in the validation part of the data set, or `image` (uint8, channels × axes)."""

    number: int = 0
    image: Array | None = None


class FindMistake(Message, frozen=True, kw_only=True):
    """Look for a validation sample that is answered wrongly: the next after `after`, or before it where `back`.

    After the last comes the first; `after` itself is the last that is tried. Only among those of class `label`, if
    that is not negative. The answer is a Mistake.
    """

    after: int
    back: bool = False
    label: int = -1


class Watch(Message, frozen=True, kw_only=True):
    """All views that are open now; each new one has one picture to its credit."""

    views: tuple[View, ...]


class Credit(Message, frozen=True, kw_only=True):
    """The last picture of this view has been drawn; the next may come."""

    view: View


class Evaluate(Message, frozen=True, kw_only=True):
    """Evaluate the network as it is now, also in the middle of an epoch; the answer goes to the open view of it."""


ExportForm = Literal["source", "script", "safetensors", "onnx", "pt2"]


class PreviewExport(Message, frozen=True, kw_only=True):
    """What would an export write into a file called `name` (without its suffix)?"""

    format: ExportForm
    name: str
    title: str = ""


class Export(Message, frozen=True, kw_only=True):
    """Write the network with its weights as they are now, then try the file in a fresh process.

    How far that is comes as `Exporting`, its end as `Exported`, `ExportCancelled`, or a Fault about 'export'. `title`
    is what the file says of itself ('' for its name).
    """

    format: ExportForm
    path: str
    title: str = ""


class CancelExport(Message, frozen=True):
    """End the export that is under way; nothing is left of its file."""


class Explain(Message, frozen=True, kw_only=True):
    """How does the value of one unit of `block` come about? Channel -1 asks for the unit with the largest value.

    Of input `port` channel `shown` is pictured (-1: the one that says most). `target` is the right class of that place,
    -1 where none is known. With `influence` it is also measured what of the input moves the unit. `now`: at once;
    otherwise when the answer is another than the last and there is time for it. Each of these replaces the one before;
    without a block nothing is asked any more.
    """

    ticket: int
    block: str = ""
    channel: int = -1
    place: Place = ()
    port: int = 0
    shown: int = -1
    target: int = -1
    influence: bool = False
    now: bool = True


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


class SetMuted(Message, frozen=True, kw_only=True):
    """Show the network with this switched off, and nothing else; training goes on with everything."""

    mutes: tuple[Mute, ...] = ()


class MeasureMuted(Message, frozen=True, kw_only=True):
    """How much accuracy and loss does what is switched off cost? Of a `block`: how much does each of its maps carry?

    `now`: at once; otherwise when the answer is another than the last and there is time for it. Each of these replaces
    the one before; `stop` asks nothing.
    """

    ticket: int
    block: str = ""
    now: bool = True
    stop: bool = False


class ResetWeights(Message, frozen=True, kw_only=True):
    """Give blocks the weights again that they began with, also in the middle of a run.

    `blocks` are paths in the document, 'conv_1' or 'group_1.conv_1'; a group means all blocks in it, in every copy.
    """

    blocks: tuple[str, ...]


class PutBack(Message, frozen=True, kw_only=True):
    """Undo the reset of that number: its blocks get back the weights that they had."""

    number: int


class PutMasks(Message, frozen=True, kw_only=True):
    """Give masks of a block these numbers, made by hand, also in the middle of a run; the answer is a MasksPut.

    `name` is that of the weights ('weight', 'depthwise.weight'). `values` are as many of its masks as `outputs` and
    `inputs` say: first of them and how many, along its first two axes. With `first` the answer holds what was there
    before; after the `last` one of a gesture a run keeps a checkpoint.
    """

    ticket: int
    block: str
    name: str
    outputs: tuple[int, int]
    inputs: tuple[int, int]
    values: Array
    first: bool = False
    last: bool = False


class TestRates(Message, frozen=True, kw_only=True):
    """Train a copy of the network with a learning rate that rises from step to step, as test `number`.

    Of a paused run its network as it stands; otherwise with the start values.
    """

    number: int


class CancelRates(Message, frozen=True, kw_only=True):
    """End the test of learning rates that is under way."""


class MeasureTimes(Message, frozen=True, kw_only=True):
    """How long does each block take for a mini-batch, forward and backward? Measurement `number`."""

    number: int


class Entrant(Struct, frozen=True):
    """A network that is compared with others: its project file, and its `blocks` that the comparison is about.

    Ids are those of the network with groups expanded. `folder` keeps its run, called `name`; '' keeps nothing.
    """

    key: str
    text: str
    blocks: tuple[str, ...] = ()
    folder: str = ""
    name: str = ""


class MeasureSwaps(Message, frozen=True, kw_only=True):
    """How long do these networks take for a mini-batch? All are computed in the way that is fastest for the first."""

    number: int
    entrants: tuple[Entrant, ...]


class Race(Message, frozen=True, kw_only=True):
    """Train these networks, each as a run of it would be: side by side, or one after another. Race `number`.

    The network on the bench and a paused run stay as they are; while a run is running the race waits.
    """

    number: int
    entrants: tuple[Entrant, ...]
    together: bool = True


class StopSwaps(Message, frozen=True, kw_only=True):
    """End the race, and measuring, where one is under way."""


class ReadMeters(Message, frozen=True, kw_only=True):
    """What does computing take of the machine now?"""


class Quit(Message, frozen=True, kw_only=True):
    """End the worker."""


Request = (
    UsePlugins
    | SetDocument
    | Train
    | Reopen
    | LookBack
    | Pause
    | Resume
    | Stop
    | WatchSample
    | FindMistake
    | Watch
    | Credit
    | Evaluate
    | Watch
    | Credit
    | Export
    | PreviewExport
    | CancelExport
    | Explain
    | Attribute
    | Dream
    | DreamDrawn
    | SetMuted
    | MeasureMuted
    | ResetWeights
    | PutBack
    | PutMasks
    | TestRates
    | CancelRates
    | MeasureTimes
    | MeasureSwaps
    | Race
    | StopSwaps
    | ReadMeters
    | Quit
)


# --- events: worker → window -----------------------------------------------------------------------------------------


class Device(Struct, frozen=True):
    """A place to compute: `name` as torch knows it ('cpu', 'cuda:0'), `title` for people."""

    name: str
    title: str


class Hello(Message, frozen=True, kw_only=True):
    """The first message of a worker."""

    protocol: int
    torch: str
    devices: tuple[Device, ...]
    process: int


class Built(Message, frozen=True, kw_only=True):
    """The network of a document revision stands. `kept` blocks have the weights they had, `fresh` ones new weights.

    During a run: run `run` goes on with it after `step` steps.
    """

    revision: int
    kept: tuple[str, ...]
    fresh: tuple[str, ...]
    run: int = 0
    step: int = 0


class State(Message, frozen=True, kw_only=True):
    """What the run does now; `message` is a sentence for people ('' if there is nothing to say)."""

    run: int
    state: Literal["preparing", "running", "paused", "stopped", "finished", "failed"]
    device: str = ""
    threads: int = 0
    message: str = ""
    folder: str = ""


class Way(Struct, frozen=True):
    """A way to compute that was tried before a run: how many samples a second it trains."""

    threads: int
    memory_format: Literal["contiguous", "channels_last"]
    samples_per_second: float


class Measured(Message, frozen=True, kw_only=True):
    """What was measured on this network before run `run` began, and the way that was chosen; `batch` is a step's size.

    A device other than the CPU has no number of threads to choose.
    """

    run: int
    batch: int
    device: str
    ways: tuple[Way, ...]
    chosen: int


class Metrics(Message, frozen=True, kw_only=True):
    """Steps done since the last Metrics: `losses`, `hits` (right answers, share of the batch) and learning `rates`.

    `step` counts steps done in the whole run; `batch` of `batches` in `epoch` (from 1) of `epochs`.
    `probe_share` is time spent on pictures ÷ time spent on training, by the worker's own account.
    """

    run: int
    step: int
    epoch: int
    epochs: int
    batch: int
    batches: int
    losses: Array
    hits: Array
    samples_per_second: float
    seconds_left: float
    probe_share: float
    rates: Array | None = None


class Validation(Message, frozen=True, kw_only=True):
    """Loss and accuracy (share of right answers, 0..1) on the validation samples after `step` steps.

    `mean_iou` is the mean intersection over union of the classes, where each pixel has one.
    """

    run: int
    step: int
    epoch: int
    loss: float
    accuracy: float
    mean_iou: float | None = None


class Marked(Message, frozen=True, kw_only=True):
    """Something happened to the run after `step` steps: an edit, another learning rate, a pause, its end …"""

    run: int
    step: int
    kind: Literal["edit", "rate", "pause", "early", "stop", "fault", "continue", "branch"]
    words: str


class Snapshots(Message, frozen=True, kw_only=True):
    """The run in `folder` can be looked back on at these moments: numbers of steps, in order."""

    run: int
    folder: str
    steps: tuple[int, ...]


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


class Seen(Struct, frozen=True):
    """A block's result for the watched sample as the lens pictures it; `dims` is its shape, channels first.

    `map` (float32, rows × columns) is the map of `channel`, of a clip its frame number `frame`; of a large one every
    `step`-th row and column; a vector is one row of all its numbers. `small` (uint8) are the maps of all channels, from
    `low` to `high`.
    """

    block: str
    dims: tuple[int, ...]
    channel: int
    frame: int
    step: int
    map: Array
    small: Array
    low: float
    high: float


class Influence(Struct, frozen=True):
    """How much each cell of the network's input moves a unit: |d unit / d input|, summed over channels and frames.

    `map` (float32, rows × columns) is the mean over so many `samples`.
    """

    map: Array
    samples: int


class Explanation(Message, frozen=True, kw_only=True):
    """How the value of a unit comes about, with what it looks at and where it lies: all of one moment."""

    run: int
    step: int
    ticket: int
    block: str
    channel: int
    place: Place
    terms: Terms
    inputs: tuple[Seen, ...]
    output: Seen
    influence: Influence | None = None


class Unexplained(Message, frozen=True, kw_only=True):
    """Why a unit cannot be explained now; a sentence."""

    ticket: int
    block: str
    words: str


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


class MutedMeasured(Message, frozen=True, kw_only=True):
    """What was asked by MeasureMuted, as far as `share` of the work is done; on all `samples` of the validation part.

    `loss` and `accuracy` are those of the whole network, of a `block` those with what is off already. `losses` and
    `accuracies` (float32) are those with everything off that is, of a block with each of its maps off, in order.
    """

    run: int
    step: int
    ticket: int
    block: str
    share: float
    samples: int
    loss: float
    accuracy: float
    losses: Array
    accuracies: Array


class Unmeasured(Message, frozen=True, kw_only=True):
    """Why there is no answer to MeasureMuted; a sentence."""

    ticket: int
    words: str


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


class Figures(Struct, frozen=True):
    """Statistics of `size` finite numbers; `odd` more are not. `std` divides by the count; `norm` is Euclid's.

    `bins` count the values in equal parts from `-limit` to `limit`, a power of two above every value.
    """

    size: int
    mean: float
    std: float
    low: float
    high: float
    norm: float
    limit: float
    bins: tuple[int, ...]
    odd: int


class LayerHealth(Struct, frozen=True):
    """One block in one step of training; None where it has no such thing.

    `weights` are its masks, `gradients` theirs before clipping, `update` the norm of their change ÷ their norm;
    `results` are of the first samples of the batch. Of `units` of a ReLU, `dead` gave 0 everywhere for the batch;
    `saturated` is the share of a sigmoid's or tanh's results where it is nearly flat.
    """

    block: str
    weights: Figures | None
    gradients: Figures | None
    update: float | None
    results: Figures
    units: int
    dead: int
    saturated: float | None


class Health(Message, frozen=True, kw_only=True):
    """How all layers fare, in order of computation, on a batch of `samples` in step `step` of training.

    Without training it is of a batch that nothing was learnt from, after so many steps.
    """

    run: int
    step: int
    view: View
    samples: int
    layers: tuple[LayerHealth, ...]


class WeightsReset(Message, frozen=True, kw_only=True):
    """Blocks have the weights again that they began with, or, `back`, those that they had before reset `number`.

    That was after `step` steps of run `run`; `during` says that the run is still under way.
    """

    number: int
    blocks: tuple[str, ...]
    run: int
    step: int
    during: bool
    back: bool = False


class MasksPut(Message, frozen=True, kw_only=True):
    """The masks of request `ticket` have their numbers; `words` say why not, where they have not.

    `before` is what they held until then, where that was asked for.
    """

    ticket: int
    words: str = ""
    before: Array | None = None


TestState = Literal["running", "done", "cancelled", "failed"]


class RatesTested(Message, frozen=True, kw_only=True):
    """How far test `number` of learning rates is: for each step its rate, its loss, and the smoothed loss (float32).

    `share` of all steps are made; fewer than all where the loss has diverged. `suggestion` is the rate at which the
    smoothed loss falls fastest, 0 where there is none; `message` says why a test has failed.
    """

    number: int
    state: TestState
    share: float
    rates: Array
    losses: Array
    smoothed: Array
    suggestion: float = 0.0
    message: str = ""


class BlockTime(Struct, frozen=True):
    """Median seconds of one block for a mini-batch; its id is that of the network with groups expanded."""

    block: str
    forward: float
    backward: float


class LayerTimes(Message, frozen=True, kw_only=True):
    """The times of all blocks that compute something, for a mini-batch of `batch` samples.

    Without blocks `message` says why there are none.
    """

    number: int
    batch: int = 0
    device: str = ""
    threads: int = 0
    memory_format: Literal["contiguous", "channels_last"] = "contiguous"
    blocks: tuple[BlockTime, ...] = ()
    message: str = ""


class SwapMeasured(Message, frozen=True, kw_only=True):
    """Median seconds of an entrant for a mini-batch of `batch` samples: of its blocks, and of the whole network.

    `message` says why there are none.
    """

    number: int
    key: str
    forward: float = 0.0
    backward: float = 0.0
    whole_forward: float = 0.0
    whole_backward: float = 0.0
    batch: int = 0
    device: str = ""
    threads: int = 0
    message: str = ""


RacerState = Literal["waiting", "preparing", "running", "finished", "stopped", "failed"]


class Validated(Struct, frozen=True):
    """Loss, accuracy and where there is one mean IoU (0..1) on the validation samples after `step` steps."""

    step: int
    epoch: int
    loss: float
    accuracy: float
    mean_iou: float | None = None


class Raced(Message, frozen=True, kw_only=True):
    """What an entrant of race `number` does, and its steps and validations since the last report.

    `step` counts all its steps, `share` says how much of its training is done; `seconds` is the time spent on it.
    `message` says why it has failed, or ended early.
    """

    number: int
    key: str
    state: RacerState
    step: int = 0
    share: float = 0.0
    seconds: float = 0.0
    losses: Array | None = None
    hits: Array | None = None
    validations: tuple[Validated, ...] = ()
    message: str = ""


class Meters(Message, frozen=True, kw_only=True):
    """What the worker takes of its machine; None where the system does not tell.

    `device` is the title of the one that computes, with `threads`. Since the last reading `cores` of `all_cores` were
    kept busy by the worker, and the share `machine` of all cores by all programs. Memory is in bytes: `own` of the
    worker, `used` of `total` of the machine; the same of the graphics card.
    """

    device: str
    threads: int
    cores: float
    all_cores: int
    machine: float | None
    own: int | None
    used: int | None
    total: int | None
    card_own: int | None = None
    card_used: int | None = None
    card_total: int | None = None


class ExportPreview(Message, frozen=True, kw_only=True):
    """What an export would write: Python `text`, or `rows` under the words of `head`; `fault` says why nothing."""

    format: str
    caption: str = ""
    text: str = ""
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    trained: bool = False
    fault: str = ""


class Exporting(Message, frozen=True, kw_only=True):
    """What an export does now, and the share of it that is done."""

    words: str
    share: float


class ExportCancelled(Message, frozen=True):
    """The export was ended as asked; nothing is left of its file."""


class Exported(Message, frozen=True, kw_only=True):
    """Files were written and checked: largest absolute difference between their results and the live network's.

    Those are scores of so many samples, computed by `program`; of a training script losses of so many steps.
    `trained`: the weights are not those that training starts from.
    """

    format: str
    path: str
    difference: float
    samples: int
    program: str = ""
    files: tuple[str, ...] = ()
    trained: bool = True


class Fault(Message, frozen=True, kw_only=True):
    """Something failed. `words` is a sentence; `detail` the technical text, for those who open it.

    `about` names what was asked: 'document', 'run', 'export', 'sample'. `block` is the block it happened at, if known.
    `smaller_batch`: the memory did not suffice, and a batch of fewer samples may fit.
    """

    about: Literal["document", "run", "export", "sample", "protocol"]
    kind: Literal["memory", "shape", "not_a_number", "data", "device", "file", "network", "internal"]
    words: str
    run: int = 0
    block: str = ""
    detail: str = ""
    smaller_batch: bool = False


Event = (
    Hello
    | Built
    | State
    | Metrics
    | Validation
    | Marked
    | Snapshots
    | Measured
    | Masks
    | Maps
    | Activity
    | Scores
    | ClassMap
    | Evaluation
    | Mistake
    | Health
    | Explanation
    | Unexplained
    | Attribution
    | Unattributed
    | Dreamt
    | MutedMeasured
    | Unmeasured
    | WeightsReset
    | MasksPut
    | RatesTested
    | LayerTimes
    | SwapMeasured
    | Raced
    | Meters
    | ExportPreview
    | Exporting
    | ExportCancelled
    | Exported
    | Fault
)
