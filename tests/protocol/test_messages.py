"""Every type of message that the protocol names crosses the stream and comes back equal."""

from typing import get_args

import pytest

from convstudio.network.muting import Mute
from convstudio.network.terms import Cells, Row, Sum
from convstudio.protocol import messages as m
from convstudio.protocol.frames import Splitter, event, frame, request

NUMBERS = m.Array(kind="float32", shape=(2,), data=b"\x00\x00\x80?\x00\x00\x00@")
TERMS = Sum("convolution", Cells((1,), ((0,),)), (Row(0, (1.0,), (2.0,)),), 0.5, 2.5)
SEEN = m.Seen("relu_1", (8, 5, 5), 2, 0, 1, NUMBERS, NUMBERS, 0.0, 1.0)
FIGURES = m.Figures(4, 0.5, 0.1, -1.0, 1.0, 2.0, 2.0, (0, 4, 0), 0)
VIEW = m.View(block="conv_1", what="masks", limit=4)
REQUESTS: tuple[m.Request, ...] = (
    m.UsePlugins(plugins=(m.Plugin(name="mine.py", text="…"),)),
    m.SetDocument(revision=7, text="{}"),
    m.Train(run=1, folder="runs/1", resume=""),
    m.Reopen(run=2, folder="runs/1"),
    m.LookBack(folder="runs/1", step=40),
    m.Pause(),
    m.LookBack(folder="runs/1", step=40),
    m.Resume(),
    m.Stop(),
    m.WatchSample(number=3, image=m.Array(kind="uint8", shape=(1, 2), data=b"ab")),
    m.FindMistake(after=3, back=True, label=2),
    m.Watch(views=(VIEW, m.View(block="conv_1", what="maps"))),
    m.Credit(view=VIEW),
    m.Evaluate(),
    m.Export(format="onnx", path="model.onnx", title="Digits"),
    m.PreviewExport(format="pt2", name="model"),
    m.CancelExport(),
    m.Explain(ticket=1, block="conv_1", channel=2, place=(3, 4), now=False),
    m.Attribute(ticket=1, method="gradcam", block="output_1", layer="relu_1", now=False),
    m.Dream(ticket=1, block="conv_1", channel=2, place=(3, 4), from_sample=True),
    m.DreamDrawn(ticket=1),
    m.SetMuted(mutes=(Mute("conv_1", 2), Mute("add_1", port=1))),
    m.MeasureMuted(ticket=1, block="conv_1", now=False),
    m.ResetWeights(blocks=("conv_1", "group_1.conv_1")),
    m.PutBack(number=1),
    m.PutMasks(
        ticket=3, block="conv_1", name="weight", outputs=(0, 1), inputs=(2, 1), values=NUMBERS, first=True, last=False
    ),
    m.TestRates(number=3),
    m.CancelRates(),
    m.MeasureTimes(number=2),
    m.MeasureSwaps(number=3, entrants=(m.Entrant(key="present", text="{}", blocks=("conv_1",)),)),
    m.Race(number=4, entrants=(m.Entrant(key="separable", text="{}", folder="/tmp/a", name="A"),), together=False),
    m.StopSwaps(),
    m.ReadMeters(),
    m.Quit(),
)
EVENTS: tuple[m.Event, ...] = (
    m.Hello(protocol=1, torch="2.13", devices=(m.Device(name="cpu", title="CPU"),), process=4),
    m.Built(revision=7, kept=("conv_1",), fresh=("conv_2",)),
    m.State(run=1, state="running", device="cpu", threads=2, message="…", folder="runs/1"),
    m.Measured(run=1, batch=32, device="cpu", ways=(m.Way(2, "channels_last", 812.5),), chosen=0),
    m.Metrics(
        run=1,
        step=2,
        epoch=1,
        epochs=8,
        batch=2,
        batches=63,
        losses=NUMBERS,
        hits=NUMBERS,
        samples_per_second=812.5,
        seconds_left=9.25,
        probe_share=0.01,
    ),
    m.Validation(run=1, step=63, epoch=1, loss=0.5, accuracy=0.75),
    m.Validation(run=1, step=63, epoch=1, loss=0.5, accuracy=0.75, mean_iou=0.5),
    m.Marked(run=1, step=63, kind="rate", words="…"),
    m.ClassMap(run=1, step=63, classes=m.Array("uint8", (1, 2), b"ab")),
    m.Marked(run=1, step=63, kind="rate", words="…"),
    m.Snapshots(run=1, folder="runs/1", steps=(0, 40, 80)),
    m.Masks(run=1, step=2, view=VIEW, names=("weight",), arrays=(NUMBERS,), total=(8,)),
    m.Activity(run=1, step=2, view=VIEW, samples=64, low=NUMBERS, high=NUMBERS, mean=NUMBERS),
    m.Maps(run=1, step=2, view=VIEW, maps=NUMBERS, low=-1.0, high=2.5, total=8),
    m.Scores(run=1, step=2, probabilities=NUMBERS),
    m.Explanation(
        run=1, step=2, ticket=1, block="relu_1", channel=2, place=(3, 4), terms=TERMS, inputs=(SEEN,), output=SEEN
    ),
    m.Explanation(
        run=1,
        step=2,
        ticket=1,
        block="relu_1",
        channel=2,
        place=(3, 4),
        terms=TERMS,
        inputs=(),
        output=SEEN,
        influence=m.Influence(NUMBERS, 32),
    ),
    m.Attribution(
        run=1,
        step=2,
        ticket=3,
        method="patches",
        block="conv_1",
        channel=1,
        place=(),
        share=0.5,
        value=2.5,
        map=m.Array("float32", (0, 0), b""),
        patches=(m.SamplePatch(4, 2.5, (1, 2), ((0, 1),), m.Array("uint8", (1, 2), b"ab")),),
        samples=9,
    ),
    m.MutedMeasured(
        run=1,
        step=2,
        ticket=3,
        block="conv_1",
        share=0.5,
        samples=9,
        loss=0.25,
        accuracy=0.5,
        losses=m.Array("float32", (1,), b"abcd"),
        accuracies=m.Array("float32", (1,), b"abcd"),
    ),
    m.Unmeasured(ticket=3, words="There is no network."),
    m.Unattributed(ticket=3, words="There is no network."),
    m.Dreamt(ticket=3, image=m.Array("uint8", (1, 2), b"ab"), values=m.Array("float32", (0,), b""), done=True),
    m.Unexplained(ticket=1, block="conv_1", words="…"),
    m.Evaluation(
        run=1,
        step=2,
        view=m.View(block="", what="evaluation"),
        epoch=None,
        data="digits",
        share=0.2,
        seed=0,
        samples=2,
        targets=2,
        loss=0.5,
        accuracy=0.5,
        confusion=m.Array("int64", (1, 1), b"12345678"),
        scores=(m.ClassScore(0.5, None, 0.5, 0.25, 7),),
        bins=(m.CertaintyBin(1, 0.75, 0.5),),
        calibration_error=0.25,
        truths=NUMBERS,
        answers=NUMBERS,
        certainties=NUMBERS,
        rights=NUMBERS,
        losses=NUMBERS,
        examples=NUMBERS,
        odd=0,
    ),
    m.Mistake(step=63, number=17),
    m.Health(
        run=1,
        step=2,
        view=m.View(block="", what="health"),
        samples=32,
        layers=(m.LayerHealth("conv_1", FIGURES, FIGURES, 0.001, FIGURES, 0, 0, None),),
    ),
    m.Snapshots(run=1, folder="runs/1", steps=(0, 8, 16)),
    m.WeightsReset(number=1, blocks=("conv_1",), run=1, step=2, during=True, back=True),
    m.MasksPut(ticket=3, words="", before=NUMBERS),
    m.RatesTested(number=3, state="done", share=0.5, rates=NUMBERS, losses=NUMBERS, smoothed=NUMBERS, suggestion=0.01),
    m.SwapMeasured(number=3, key="present", forward=0.001, backward=0.002, whole_forward=0.01, batch=32, device="cpu"),
    m.Raced(
        number=4,
        key="separable",
        state="running",
        step=2,
        share=0.5,
        losses=NUMBERS,
        hits=NUMBERS,
        validations=(m.Validated(step=2, epoch=1, loss=0.5, accuracy=0.9),),
    ),
    m.LayerTimes(number=2, batch=32, device="cpu", threads=1, blocks=(m.BlockTime("conv_1", 0.001, 0.002),)),
    m.Meters(device="CPU", threads=1, cores=0.9, all_cores=2, machine=0.5, own=2**28, used=2**30, total=2**33),
    m.ExportPreview(format="onnx", head=("Node", "Operator"), rows=(("conv_1", "Conv"),)),
    m.Exporting(words="Writing", share=0.5),
    m.ExportCancelled(),
    m.Exported(format="onnx", path="model.onnx", difference=1e-7, samples=16, files=("model.onnx",), trained=False),
    m.Fault(about="run", kind="memory", words="…", run=1, block="conv_1", detail="…"),
)


def test_the_tables_name_every_type() -> None:
    assert {type(r) for r in REQUESTS} == set(get_args(m.Request))
    assert {type(e) for e in EVENTS} == set(get_args(m.Event))


def test_every_message_is_a_request_or_an_event() -> None:
    types = {found for found in vars(m).values() if isinstance(found, type) and issubclass(found, m.Message)}
    assert types - {m.Message} == set(get_args(m.Request)) | set(get_args(m.Event))


@pytest.mark.parametrize("sent", REQUESTS, ids=lambda r: type(r).__name__)
def test_a_request_crosses_the_stream(sent: m.Request) -> None:
    (body,) = Splitter().feed(frame(sent))
    assert request(body) == sent


@pytest.mark.parametrize("sent", EVENTS, ids=lambda e: type(e).__name__)
def test_an_event_crosses_the_stream(sent: m.Event) -> None:
    (body,) = Splitter().feed(frame(sent))
    assert event(body) == sent
