"""The bytes on the stream: cut anywhere they give the same messages, and broken ones give an error in words."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convstudio.protocol import frames, messages
from convstudio.protocol.frames import MAX_FRAME, FrameError, Splitter, event, frame, request

VIEWS = st.builds(
    messages.View, block=st.text(max_size=8), what=st.sampled_from(["masks", "maps"]), limit=st.integers(0, 99)
)
ARRAYS = st.builds(
    messages.Array,
    kind=st.sampled_from(["float32", "uint8", "int64"]),
    shape=st.lists(st.integers(0, 9), max_size=3).map(tuple),
    data=st.binary(max_size=40),
)
REQUESTS = st.one_of(
    st.builds(messages.SetDocument, revision=st.integers(0, 2**40), text=st.text(max_size=200)),
    st.builds(messages.Train, run=st.integers(0, 9), folder=st.text(max_size=9), resume=st.text(max_size=9)),
    st.builds(messages.Pause),
    st.builds(messages.Resume),
    st.builds(messages.Stop),
    st.builds(messages.WatchSample, number=st.integers(0, 9), image=st.none() | ARRAYS),
    st.builds(messages.Watch, views=st.lists(VIEWS, max_size=3).map(tuple)),
    st.builds(messages.Credit, view=VIEWS),
    st.builds(
        messages.Export,
        format=st.sampled_from(["source", "script", "safetensors", "onnx", "pt2"]),
        path=st.text(max_size=9),
    ),
    st.builds(messages.Quit),
)
NUMBERS = st.floats(allow_nan=False)
EVENTS = st.one_of(
    st.builds(
        messages.Hello,
        protocol=st.integers(0, 9),
        torch=st.text(max_size=9),
        devices=st.lists(st.builds(messages.Device, name=st.text(), title=st.text()), max_size=2).map(tuple),
        process=st.integers(0, 2**22),
    ),
    st.builds(
        messages.Metrics,
        run=st.integers(0, 9),
        step=st.integers(0, 9),
        epoch=st.integers(0, 9),
        epochs=st.integers(0, 9),
        batch=st.integers(0, 9),
        batches=st.integers(0, 9),
        losses=ARRAYS,
        hits=ARRAYS,
        samples_per_second=NUMBERS,
        seconds_left=NUMBERS,
        probe_share=NUMBERS,
    ),
    st.builds(
        messages.Masks,
        run=st.just(1),
        step=st.just(2),
        view=VIEWS,
        names=st.just(("weight",)),
        arrays=st.tuples(ARRAYS),
        total=st.just((3,)),
    ),
    st.builds(
        messages.Maps,
        run=st.just(1),
        step=st.just(2),
        view=VIEWS,
        maps=ARRAYS,
        low=NUMBERS,
        high=NUMBERS,
        total=st.just(4),
    ),
)


@given(st.lists(REQUESTS, max_size=6), st.data())
@settings(max_examples=150, deadline=None)
def test_a_stream_cut_anywhere_gives_the_same_messages(sent: list[messages.Request], data: st.DataObject) -> None:
    stream = b"".join(frame(m) for m in sent)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    splitter = Splitter()
    ends = [*cuts, len(stream)]
    bodies = [b for a, z in zip([0, *cuts], ends, strict=True) for b in splitter.feed(stream[a:z])]
    assert [request(b) for b in bodies] == sent


def test_single_bytes_give_the_message_with_the_last_one() -> None:
    stream = frame(messages.SetDocument(revision=3, text="{}"))
    splitter = Splitter()
    found = [list(splitter.feed(bytes([n]))) for n in stream]
    assert [len(f) for f in found] == [0] * (len(stream) - 1) + [1]


@given(EVENTS)
@settings(max_examples=150, deadline=None)
def test_an_event_comes_back_as_it_was(sent: messages.Event) -> None:
    (body,) = Splitter().feed(frame(sent))
    assert event(body) == sent


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_garbage_is_either_a_request_or_an_error_in_words(data: bytes) -> None:
    refused = None
    found: list[messages.Request] = []
    try:
        found.extend(request(body) for body in Splitter().feed(data))
    except FrameError as error:
        refused = str(error)
    assert refused is None or "message" in refused or "frame" in refused
    assert all(isinstance(message, messages.Message) for message in found)


def test_a_length_beyond_the_limit_is_refused_before_anything_is_kept() -> None:
    with pytest.raises(FrameError, match="at most 64 MB"):
        list(Splitter().feed(struct.pack("<I", MAX_FRAME + 1)))


def test_a_frame_of_the_largest_length_is_waited_for() -> None:
    assert list(Splitter().feed(struct.pack("<I", MAX_FRAME) + b"x")) == []


def test_a_message_too_large_for_a_frame_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "MAX_FRAME", 100)
    with pytest.raises(FrameError, match="larger than"):
        frame(messages.SetDocument(revision=1, text="x" * 101))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xc1",
        b"\x81\xa4type\xa4Nope",
        b"\x81\xa4type\xa5Train",
        b"\x91" * 100_000,
        frame(messages.Quit())[4:] + b"\x00",
        frame(messages.SetDocument(revision=1, text="abc"))[4:-1],
    ],
    ids=["empty", "reserved byte", "unknown tag", "field missing", "deep", "more than one", "cut off"],
)
def test_a_hostile_body_is_an_error_in_words(body: bytes) -> None:
    with pytest.raises(FrameError, match="cannot be understood"):
        request(body)


def test_an_event_is_no_request() -> None:
    body = frame(messages.Exported(format="onnx", path="p", difference=0.0, samples=1))[4:]
    with pytest.raises(FrameError, match="cannot be understood"):
        request(body)
