"""Masks by hand: put into the network before, in and after a run; a new run begins with them."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from convstudio.engine import checkpoint
from convstudio.protocol import messages as m
from worker_events import of

Play = Callable[..., list[m.Event]]
Text = Callable[..., str]
MASKS = m.View(block="conv_1", what="masks")
MAPS = m.View(block="relu_1", what="maps")
EDGE = np.array([[-1, -0.1, 0, 0.1, 1]] * 5, np.float32)


def put(values: np.ndarray, ticket: int = 1, place: int = 0, **more: object) -> m.PutMasks:
    """Masks of conv_1 from output `place` on, for all (one) of its inputs."""
    array = m.Array("float32", values.shape, values.astype(np.float32).tobytes())
    given = {"block": "conv_1", "name": "weight", "inputs": (0, 1), "first": True, "last": True, **more}
    return m.PutMasks(ticket=ticket, outputs=(place, len(values)), values=array, **given)


def masks(event: m.Masks) -> np.ndarray:
    return np.frombuffer(event.arrays[0].data, np.float32).reshape(event.arrays[0].shape)


def before(event: m.MasksPut) -> np.ndarray:
    assert event.before is not None
    return np.frombuffer(event.before.data, np.float32).reshape(event.before.shape)


def size(play: Play, document: Text) -> tuple[int, ...]:
    return masks(of(m.Masks, play(m.SetDocument(revision=1, text=document()), m.Watch(views=(MASKS,))))[0]).shape


def test_a_mask_is_seen_at_once_and_so_are_the_maps_behind_it(play: Play, document: Text) -> None:
    shape = size(play, document)
    new = np.arange(np.prod(shape[1:]), dtype=np.float32).reshape(1, *shape[1:])

    def then(event: m.Event) -> tuple[m.Request, ...]:
        if isinstance(event, m.Masks | m.Maps):
            return (m.Credit(view=event.view),)
        return ()

    first = play(m.SetDocument(revision=1, text=document()), m.Watch(views=(MASKS, MAPS)), m.WatchSample(), then=then)
    untouched, maps = masks(of(m.Masks, first)[0]), of(m.Maps, first)[0].maps

    def edit(event: m.Event) -> tuple[m.Request, ...]:
        again = isinstance(event, m.Maps) and event.maps == maps
        return (*then(event), *([put(new, place=1)] if again else []))

    events = play(m.SetDocument(revision=1, text=document()), m.Watch(views=(MASKS, MAPS)), m.WatchSample(), then=edit)
    (done,) = of(m.MasksPut, events)
    assert (done.ticket, done.words) == (1, "")
    assert np.array_equal(before(done), untouched[1:2])
    shown = masks(of(m.Masks, events)[-1])
    assert np.array_equal(shown[1:2], new)
    assert np.array_equal(np.delete(shown, 1, 0), np.delete(untouched, 1, 0))
    assert of(m.Maps, events)[-1].maps != maps


def edited(text: str, numbers: list[float]) -> str:
    """The document with masks by hand for the first outputs of conv_1."""
    form = {"weights": "weight", "outputs": [0, len(numbers) // EDGE.size], "inputs": [0, 1], "size": EDGE.shape}
    return text.replace('"id": "conv_1"', f'"id": "conv_1", "masks": [{json.dumps(form | {"numbers": numbers})}]')


def test_training_starts_from_masks_made_before_it_and_says_so(play: Play, document: Text, tmp_path: Path) -> None:
    text = edited(document(), EDGE.ravel().tolist())
    requests = (m.SetDocument(revision=1, text=text), m.Train(run=1, folder=str(tmp_path / "a")))
    events = play(*requests, then=lambda e: (m.Stop(),) if isinstance(e, m.State) and e.state == "running" else ())
    assert "Began with the weights of conv_1 as they were" in [e.words for e in of(m.Marked, events)]
    assert np.array_equal(checkpoint.weights(tmp_path / "a")["conv_1.weight"][0, 0].numpy(), EDGE)


def test_masks_that_do_not_fit_wait_and_training_says_nothing_of_them(play: Play, document: Text) -> None:
    text = edited(document(), EDGE.ravel().tolist()).replace(
        '"size": [5, 5], "numbers": [', '"size": [1, 25], "numbers": ['
    )
    events = play(m.SetDocument(revision=1, text=text), m.Train(run=1, until="start"))
    assert of(m.State, events)[-1].state == "paused"
    assert not of(m.Marked, events)


def test_a_document_with_other_masks_is_shown_with_them_and_undo_draws_them_again(play: Play, document: Text) -> None:
    plain = document()
    edits = [edited(plain, EDGE.ravel().tolist()), edited(plain, (2 * EDGE).ravel().tolist()), plain]

    def then(event: m.Event) -> tuple[m.Request, ...]:
        if isinstance(event, m.Masks) and edits:
            return (m.Credit(view=MASKS), m.SetDocument(revision=2, text=edits.pop(0)))
        return ()

    events = play(m.SetDocument(revision=1, text=plain), m.Watch(views=(MASKS,)), then=then)
    first, once, twice, last = (masks(e) for e in of(m.Masks, events))
    assert np.array_equal(once[0, 0], EDGE)
    assert np.array_equal(twice[0, 0], 2 * EDGE)
    assert np.array_equal(once[1:], first[1:])
    assert np.array_equal(last, first)


def frozen(text: str) -> str:
    assert '"id": "conv_1"' in text
    return text.replace('"id": "conv_1"', '"id": "conv_1", "frozen": true')


def test_a_frozen_mask_by_hand_stays_through_this_run_and_the_next(play: Play, document: Text, tmp_path: Path) -> None:
    new = EDGE[None, None]
    text = edited(frozen(document()), EDGE.ravel().tolist())
    ended: list[int] = []

    def then(event: m.Event) -> tuple[m.Request, ...]:
        if isinstance(event, m.State) and event.state == "finished":
            ended.append(event.run)
            return (put(2 * new, 2), m.Train(run=2, folder=str(tmp_path / "b"))) if len(ended) == 1 else ()
        return ()

    start = (m.SetDocument(revision=1, text=text), m.Train(run=1, folder=str(tmp_path / "a")))
    play(*start, then=then)
    assert ended == [1, 2]
    for folder, scale in (("a", 1), ("b", 2)):
        assert np.array_equal(checkpoint.weights(tmp_path / folder)["conv_1.weight"][:1].numpy(), scale * new)


def test_a_mask_put_in_a_paused_run_and_put_back_changes_nothing(play: Play, document: Text, tmp_path: Path) -> None:
    shape = size(play, document)
    new = np.full((1, *shape[1:]), 0.25, np.float32)

    def then(event: m.Event) -> tuple[m.Request, ...]:
        if isinstance(event, m.Metrics) and event.step == 5:
            return (m.Pause(), put(new))
        if isinstance(event, m.MasksPut) and event.ticket == 1:
            return (put(before(event), ticket=2), m.Resume())
        return ()

    plain, odd = tmp_path / "plain", tmp_path / "odd"
    play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=str(plain)))
    events = play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=str(odd)), then=then)
    assert [e.words for e in of(m.Marked, events) if e.kind == "edit"] == ["Masks of conv_1 by hand"] * 2
    one, other = checkpoint.weights(plain), checkpoint.weights(odd)
    assert all(one[name].equal(other[name]) for name in one)


def test_a_mask_put_while_training_runs_is_answered_with_the_pictures(play: Play, document: Text) -> None:
    shape = size(play, document)
    new = np.full((1, *shape[1:]), 9.0, np.float32)

    def then(event: m.Event) -> tuple[m.Request, ...]:
        return (put(new, last=False),) if isinstance(event, m.Metrics) and event.step == 5 else ()

    events = play(m.SetDocument(revision=1, text=document()), m.Watch(views=(MASKS,)), m.Train(run=1), then=then)
    (done,) = of(m.MasksPut, events)
    assert done.words == ""
    assert not np.array_equal(before(done), new)


def test_the_one_mask_of_a_fixed_block_filters_every_map(play: Play, document: Text) -> None:
    fixed = {"kind": "fixed_mask", "settings": {"preset": "sobel_x"}}
    form = json.loads(document())
    form["blocks"] = [{**b, **fixed} if b["id"] == "conv_1" else b for b in form["blocks"]]
    document_text = json.dumps(form)
    view = m.View(block="conv_1", what="maps")
    values = np.zeros((1, 1, 3, 3), np.float32)
    values[0, 0, 1, 1] = 1
    waiting = [put(values, name="numbers")]

    def then(event: m.Event) -> tuple[m.Request, ...]:
        return (m.Credit(view=view), *([waiting.pop()] if waiting else ())) if isinstance(event, m.Maps) else ()

    start = (m.SetDocument(revision=1, text=document_text), m.Watch(views=(view,)), m.WatchSample())
    events = play(*start, then=then)
    (done, *_) = of(m.MasksPut, events)
    assert before(done).tolist() == [[[[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]]]
    edges, same = of(m.Maps, events)
    assert edges.low < 0 < same.low
    assert same.high <= 1


BAD = [
    ({"block": "relu_1"}, "no masks"),
    ({"block": "nobody"}, "no masks"),
    ({"name": "bias"}, "no masks"),
    ({"block": "fc_1"}, "no masks"),
    ({"inputs": (-1, 1)}, "no such masks"),
    ({"inputs": (7, 1)}, "another size"),
    ({"name": "numbers"}, "no masks"),
    ({"values": m.Array("float32", (1, 1, 3, 3), b"123")}, "damaged"),
    ({"values": m.Array("uint8", (1, 1, 3, 3), bytes(9))}, "damaged"),
    ({"values": m.Array("float32", (1, 1), np.float32([[np.nan]]).tobytes())}, "not finite"),
]


@pytest.mark.parametrize(("changed", "words"), BAD)
def test_what_does_not_fit_is_refused_in_words(play: Play, document: Text, changed: dict, words: str) -> None:
    shape = size(play, document)
    request = put(np.zeros((1, *shape[1:]), np.float32))
    events = play(m.SetDocument(revision=1, text=document()), replaced(request, changed))
    (done,) = of(m.MasksPut, events)
    assert words in done.words
    assert done.before is None


def replaced(request: m.PutMasks, changed: dict) -> m.PutMasks:
    from msgspec.structs import replace

    return replace(request, **changed)
