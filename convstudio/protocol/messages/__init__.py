"""The typed messages between the window (requests) and the worker (events).

Facts are all sent, in order. Pictures (Masks, Maps, Evaluation, Health …) are sent only on credit: a view is opened by
`Watch`, which grants one picture; each `Credit` grants one more, after the last was drawn. Everything that belongs to a
run carries its number; number 0 is the network before its first run.

A message stands in the file of its theme, and is imported from here.
"""

from __future__ import annotations

from convstudio.protocol.messages import (
    document,
    evaluating,
    exporting,
    faults,
    health,
    lens,
    machine,
    measuring,
    muting,
    running,
    swaps,
    watching,
    weights,
    why,
)
from convstudio.protocol.messages.base import Array, Message
from convstudio.protocol.messages.document import Built, Plugin, SetDocument, UsePlugins
from convstudio.protocol.messages.evaluating import CertaintyBin, ClassScore, Evaluate, Evaluation, FindMistake, Mistake
from convstudio.protocol.messages.exporting import (
    CancelExport,
    Export,
    ExportCancelled,
    Exported,
    ExportForm,
    Exporting,
    ExportPreview,
    PreviewExport,
)
from convstudio.protocol.messages.faults import Fault
from convstudio.protocol.messages.health import Figures, Health, LayerHealth
from convstudio.protocol.messages.lens import Explain, Explanation, Influence, Seen, Unexplained
from convstudio.protocol.messages.machine import PROTOCOL, Device, Hello, Meters, Quit, ReadMeters
from convstudio.protocol.messages.measuring import (
    BlockTime,
    CancelRates,
    LayerTimes,
    MeasureTimes,
    RatesTested,
    TestRates,
    TestState,
)
from convstudio.protocol.messages.muting import MeasureMuted, MutedMeasured, SetMuted, Unmeasured
from convstudio.protocol.messages.running import (
    Marked,
    Measured,
    Metrics,
    Pause,
    Reopen,
    Resume,
    Snapshots,
    State,
    Stop,
    Train,
    Until,
    Validation,
    Way,
)
from convstudio.protocol.messages.swaps import (
    Entrant,
    MeasureSwaps,
    Race,
    Raced,
    RacerState,
    StopSwaps,
    SwapMeasured,
    Validated,
)
from convstudio.protocol.messages.watching import (
    Activity,
    ClassMap,
    Credit,
    LookBack,
    Maps,
    Masks,
    Scores,
    View,
    Watch,
    WatchSample,
)
from convstudio.protocol.messages.weights import MasksPut, PutBack, PutMasks, ResetWeights, WeightsReset
from convstudio.protocol.messages.why import (
    Attribute,
    Attribution,
    Dream,
    DreamDrawn,
    Dreamt,
    Method,
    SamplePatch,
    Unattributed,
)

Request = (
    machine.Request
    | document.Request
    | running.Request
    | watching.Request
    | evaluating.Request
    | lens.Request
    | why.Request
    | muting.Request
    | weights.Request
    | measuring.Request
    | swaps.Request
    | exporting.Request
)

Event = (
    machine.Event
    | document.Event
    | faults.Event
    | running.Event
    | watching.Event
    | evaluating.Event
    | health.Event
    | lens.Event
    | why.Event
    | muting.Event
    | weights.Event
    | measuring.Event
    | swaps.Event
    | exporting.Event
)

__all__ = [
    "PROTOCOL",
    "Activity",
    "Array",
    "Attribute",
    "Attribution",
    "BlockTime",
    "Built",
    "CancelExport",
    "CancelRates",
    "CertaintyBin",
    "ClassMap",
    "ClassScore",
    "Credit",
    "Device",
    "Dream",
    "DreamDrawn",
    "Dreamt",
    "Entrant",
    "Evaluate",
    "Evaluation",
    "Event",
    "Explain",
    "Explanation",
    "Export",
    "ExportCancelled",
    "ExportForm",
    "ExportPreview",
    "Exported",
    "Exporting",
    "Fault",
    "Figures",
    "FindMistake",
    "Health",
    "Hello",
    "Influence",
    "LayerHealth",
    "LayerTimes",
    "LookBack",
    "Maps",
    "Marked",
    "Masks",
    "MasksPut",
    "MeasureMuted",
    "MeasureSwaps",
    "MeasureTimes",
    "Measured",
    "Message",
    "Meters",
    "Method",
    "Metrics",
    "Mistake",
    "MutedMeasured",
    "Pause",
    "Plugin",
    "PreviewExport",
    "PutBack",
    "PutMasks",
    "Quit",
    "Race",
    "Raced",
    "RacerState",
    "RatesTested",
    "ReadMeters",
    "Reopen",
    "Request",
    "ResetWeights",
    "Resume",
    "SamplePatch",
    "Scores",
    "Seen",
    "SetDocument",
    "SetMuted",
    "Snapshots",
    "State",
    "Stop",
    "StopSwaps",
    "SwapMeasured",
    "TestRates",
    "TestState",
    "Train",
    "Unattributed",
    "Unexplained",
    "Unmeasured",
    "Until",
    "UsePlugins",
    "Validated",
    "Validation",
    "View",
    "Watch",
    "WatchSample",
    "Way",
    "WeightsReset",
]
