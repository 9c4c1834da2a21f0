"""What the worker does with documents, samples and views while nothing is trained."""

from collections.abc import Callable

import numpy as np
import pytest

from convstudio.blocks import BatchNorm, Convolution, FullyConnected, catalogue
from convstudio.data import load
from convstudio.engine import memory, weight_memory
from convstudio.network import file, grouping
from convstudio.network.layer import Layer
from convstudio.protocol import messages as m
from convstudio.worker.transport import Broken, Closed

Play = Callable[..., list[m.Event]]
Text = Callable[..., str]

MASKS = m.View(block="conv_1", what="masks")
MAPS = m.View(block="conv_1", what="maps")
FEW = m.View(block="relu_1", what="maps", limit=1)


def shown(events: list[m.Event]) -> list[tuple[str, str]]:
    """(kind of picture, block) of all pictures, in order."""
    return [(e.view.what, e.view.block) for e in events if isinstance(e, m.Masks | m.Maps)]


def credit_for_each(event: m.Event) -> tuple[m.Credit, ...]:
    return (m.Credit(view=event.view),) if isinstance(event, m.Masks | m.Maps) else ()


def test_a_document_is_built_with_fresh_weights(play: Play, document: Text) -> None:
    assert play(m.SetDocument(revision=4, text=document())) == [m.Built(revision=4, kept=(), fresh=("conv_1", "fc_1"))]


def test_an_edit_keeps_the_weights_of_all_other_blocks(play: Play, document: Text) -> None:
    edited = document({"fc_1": FullyConnected(channels=7)})
    texts = iter([edited, edited])

    def then(event: m.Event) -> tuple[m.Request, ...]:
        text = next(texts, None)
        return (m.SetDocument(revision=2, text=text),) if text else ()

    built = play(m.SetDocument(revision=1, text=document()), then=then)
    assert built[1] == m.Built(revision=2, kept=("conv_1",), fresh=("fc_1",))
    assert built[2] == m.Built(revision=2, kept=("conv_1", "fc_1"), fresh=())


def test_of_many_documents_in_a_row_only_the_newest_is_built(play: Play, document: Text) -> None:
    requests = [m.SetDocument(revision=n, text=document(seed=n)) for n in range(5)]
    assert [e.revision for e in play(*requests) if isinstance(e, m.Built)] == [4]


def test_an_untrained_network_can_be_looked_at(play: Play, document: Text) -> None:
    events = play(m.SetDocument(revision=1, text=document()), m.Watch(views=(MASKS, MAPS, FEW)))
    masks, maps, few, scores = events[1:]
    assert isinstance(masks, m.Masks)
    assert (masks.run, masks.step, masks.names, masks.total) == (0, 0, ("weight",), (2,))
    assert masks.arrays[0].shape == (2, 1, 5, 5)
    assert len(masks.arrays[0].data) == 4 * 50
    assert isinstance(maps, m.Maps)
    assert (maps.maps.kind, maps.maps.shape, maps.total) == ("uint8", (2, 7, 7), 2)
    assert isinstance(few, m.Maps)
    assert (few.maps.shape, few.total, few.low) == ((1, 7, 7), 2, 0.0)
    assert isinstance(scores, m.Scores)
    assert np.frombuffer(scores.probabilities.data, np.float32).sum() == pytest.approx(1)


def test_an_untrained_network_follows_the_choice_of_start_values(play: Play, document: Text) -> None:
    later = [m.SetDocument(revision=2, text=document(initialisation="zeros"))]

    def then(event: m.Event) -> tuple[m.Request, ...]:
        return (*credit_for_each(event), *([later.pop()] if later and isinstance(event, m.Masks) else []))

    events = play(m.SetDocument(revision=1, text=document()), m.Watch(views=(MASKS,)), then=then)
    assert m.Built(revision=2, kept=(), fresh=("conv_1", "fc_1")) in events
    first, second = (np.frombuffer(e.arrays[0].data, np.float32) for e in events if isinstance(e, m.Masks))
    assert first.all()
    assert not second.any()


def test_an_unchanged_picture_is_not_sent_twice(play: Play, document: Text) -> None:
    events = play(m.SetDocument(revision=1, text=document()), m.Watch(views=(MASKS, MAPS)), then=credit_for_each)
    assert shown(events) == [("masks", "conv_1"), ("maps", "conv_1")]


def test_another_sample_changes_maps_and_not_masks(play: Play, document: Text) -> None:
    def then(event: m.Event) -> tuple[m.Request, ...]:
        another = isinstance(event, m.Scores) and event.run == 0 and not asked
        if another:
            asked.append(event)
        return (*credit_for_each(event), *([m.WatchSample(number=5)] if another else []))

    asked: list[m.Event] = []
    events = play(m.SetDocument(revision=1, text=document()), m.Watch(views=(MASKS, MAPS)), then=then)
    assert shown(events) == [("masks", "conv_1"), ("maps", "conv_1"), ("maps", "conv_1")]
    before, after = (e for e in events if isinstance(e, m.Maps))
    assert before.maps.data != after.maps.data


def test_without_credit_a_change_waits(play: Play, document: Text) -> None:
    events = play(
        m.SetDocument(revision=1, text=document()),
        m.Watch(views=(MAPS,)),
        then=lambda event: (m.WatchSample(number=1),) if isinstance(event, m.Scores) else (),
    )
    assert shown(events) == [("maps", "conv_1")]


def test_a_picture_of_the_persons_own_can_be_watched(play: Play, document: Text) -> None:
    black = m.Array(kind="uint8", shape=(1, 32, 32), data=bytes(1024))
    view = m.View(block="input_1", what="maps")
    events = play(m.SetDocument(revision=1, text=document()), m.WatchSample(image=black), m.Watch(views=(view,)))
    (maps,) = (e for e in events if isinstance(e, m.Maps))
    assert (maps.low, maps.high, maps.maps.shape) == (0.0, 0.0, (1, 32, 32))


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (m.WatchSample(number=-1), "no sample -1"),
        (m.WatchSample(number=99_999), "validation part has 1440"),
        (m.WatchSample(image=m.Array(kind="uint8", shape=(1, 32, 32), data=b"short")), "must be uint8"),
        (m.WatchSample(image=m.Array(kind="float32", shape=(1,), data=b"abcd")), "must be uint8"),
    ],
)
def test_an_impossible_sample_is_refused_in_words(
    play: Play, document: Text, request_: m.WatchSample, words: str
) -> None:
    *_, fault = play(m.SetDocument(revision=1, text=document()), request_)
    assert isinstance(fault, m.Fault)
    assert (fault.about, fault.kind) == ("sample", "data")
    assert words in fault.words


def test_closed_views_get_nothing(play: Play, document: Text) -> None:
    def then(event: m.Event) -> tuple[m.Request, ...]:
        if isinstance(event, m.Masks):
            return (m.Watch(views=()), m.Credit(view=MASKS), m.SetDocument(revision=2, text=document(seed=9)))
        return ()

    events = play(m.SetDocument(revision=1, text=document()), m.Watch(views=(MASKS,)), then=then)
    assert shown(events) == [("masks", "conv_1")]
    assert events[-1] == m.Built(revision=2, kept=(), fresh=("conv_1", "fc_1"))


def test_a_view_that_is_opened_again_gets_its_picture_again(play: Play, document: Text) -> None:
    reopened: list[m.Event] = []

    def then(event: m.Event) -> tuple[m.Request, ...]:
        if isinstance(event, m.Masks) and not reopened:
            reopened.append(event)
            return (m.Watch(views=()), m.Watch(views=(MASKS,)))
        return ()

    events = play(m.SetDocument(revision=1, text=document()), m.Watch(views=(MASKS,)), then=then)
    assert shown(events) == [("masks", "conv_1")] * 2


@pytest.mark.parametrize("view", [m.View(block="nobody_1", what="masks"), m.View(block="relu_1", what="masks")])
def test_a_view_of_what_does_not_exist_is_harmless(play: Play, document: Text, view: m.View) -> None:
    events = play(m.SetDocument(revision=1, text=document()), m.Watch(views=(view, MASKS)))
    assert shown(events) == [("masks", "conv_1")]


def test_a_network_without_output_can_be_looked_at(play: Play, document: Text) -> None:
    text = document(without=("output_1",))
    events = play(m.SetDocument(revision=1, text=text), m.Watch(views=(MASKS, MAPS)))
    assert shown(events) == [("masks", "conv_1"), ("maps", "conv_1")]
    assert not [e for e in events if isinstance(e, m.Scores)]


def test_before_a_broken_block_all_can_be_looked_at(play: Play, document: Text) -> None:
    broken: dict[str, Layer] = {"relu_1": Convolution(mask=(50,), padding="none")}
    events = play(m.SetDocument(revision=1, text=document(broken)), m.Watch(views=(MASKS, MAPS)))
    assert events[0] == m.Built(revision=1, kept=(), fresh=("conv_1",))
    assert shown(events) == [("masks", "conv_1"), ("maps", "conv_1")]


def test_a_batch_norm_has_no_masks(play: Play, document: Text) -> None:
    text = document({"relu_1": BatchNorm()})
    view = m.View(block="relu_1", what="masks")
    assert shown(play(m.SetDocument(revision=1, text=text), m.Watch(views=(view,)))) == []


def test_a_text_that_is_no_document_is_refused_and_the_network_stays(play: Play, document: Text) -> None:
    unknown = document().replace('"convolution"', '"convolusion"')

    def then(event: m.Event) -> tuple[m.Request, ...]:
        if isinstance(event, m.Built):
            return (m.SetDocument(revision=2, text=unknown),)
        return (m.Watch(views=(MASKS,)), m.Train(run=1)) if isinstance(event, m.Fault) and not event.run else ()

    events = play(m.SetDocument(revision=1, text=document()), then=then)
    faults = [e for e in events if isinstance(e, m.Fault)]
    assert (faults[0].about, faults[0].kind) == ("document", "file")
    assert "convolusion" in faults[0].words
    assert (faults[1].about, faults[1].kind, faults[1].run) == ("run", "network", 1)
    assert shown(events) == [("masks", "conv_1")]


def test_an_unknown_data_set_is_named_and_masks_are_still_shown(play: Play, document: Text) -> None:
    text = document().replace('"gratings"', '"grapes"')
    events = play(m.SetDocument(revision=1, text=text), m.Watch(views=(MASKS, MAPS)))
    assert shown(events) == [("masks", "conv_1")]
    (fault,) = (e for e in events if isinstance(e, m.Fault))
    assert (fault.about, fault.kind) == ("document", "data")
    assert "grapes" in fault.words


def test_a_network_too_large_for_the_memory_is_refused_in_words(
    play: Play, document: Text, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "available", lambda device: 1000)
    (fault,) = play(m.SetDocument(revision=1, text=document()))
    assert isinstance(fault, m.Fault)
    assert (fault.about, fault.kind) == ("document", "memory")
    assert "weights of this network" in fault.words


@pytest.mark.parametrize("request_", [m.Pause(), m.Resume(), m.Stop(), m.Credit(view=MASKS), m.Watch(views=(MASKS,))])
def test_what_makes_no_sense_now_is_harmless(play: Play, request_: m.Request) -> None:
    assert play(request_) == []


@pytest.mark.parametrize("request_", [m.Train(run=1), m.Export(format="onnx", path="never.onnx")])
def test_without_a_document_there_is_nothing_to_train_or_export(play: Play, request_: m.Request) -> None:
    (fault,) = (e for e in play(request_) if isinstance(e, m.Fault))
    assert (fault.kind, fault.words) == ("network", "There is no network yet.")


def test_the_end_of_the_stream_ends_the_session(play: Play) -> None:
    assert play(Closed(), m.Train(run=1)) == []


def test_a_broken_stream_ends_the_session_in_words(play: Play) -> None:
    (fault,) = play(Broken("Not understood."), code=2)
    assert fault == m.Fault(about="protocol", kind="internal", words="Not understood.")


def test_undo_gives_weights_back_as_they_were(play: Play, document: Text) -> None:
    """The masks after an edit of the block and its undo are those before, though other weights were shown between."""
    texts = iter([document({"conv_1": Convolution(channels=3, mask=(5,))}), document()])
    pictures: list[m.Masks] = []

    def then(event: m.Event) -> tuple[m.Request, ...]:
        if not isinstance(event, m.Masks):
            return ()
        pictures.append(event)
        text = next(texts, None)
        return (m.Credit(view=MASKS), m.SetDocument(revision=2, text=text)) if text else ()

    events = play(m.SetDocument(revision=1, text=document()), m.Watch(views=(MASKS,)), then=then)
    built = [e for e in events if isinstance(e, m.Built)]
    assert ["conv_1" in b.kept for b in built] == [False, False, True]
    first, between, last = (p.arrays[0] for p in pictures)
    assert first == last
    assert first.shape != between.shape


def test_another_document_with_blocks_of_the_same_name_starts_afresh(play: Play, document: Text) -> None:
    def then(event: m.Event) -> tuple[m.Request, ...]:
        again = m.SetDocument(revision=2, text=document(), opened=True)
        edited = m.SetDocument(revision=3, text=document({"fc_1": FullyConnected(channels=7)}))
        return (again, edited) if isinstance(event, m.Built) and event.revision == 1 else ()

    events = play(m.SetDocument(revision=1, text=document()), then=then)
    assert [e for e in events if isinstance(e, m.Built)][-1] == m.Built(revision=3, kept=(), fresh=("conv_1", "fc_1"))


def test_an_edit_of_a_large_network_keeps_all_other_weights(
    play: Play, document: Text, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stays is no matter of how much is kept for undo."""
    monkeypatch.setattr(weight_memory, "MOST_NUMBERS", 0)
    texts = iter([document({"fc_1": FullyConnected(channels=7)}), document()])

    def then(event: m.Event) -> tuple[m.Request, ...]:
        text = next(texts, None)
        return (m.SetDocument(revision=2, text=text),) if text else ()

    built = play(m.SetDocument(revision=1, text=document()), then=then)
    assert [(e.kept, e.fresh) for e in built if isinstance(e, m.Built)][1:] == [(("conv_1",), ("fc_1",))] * 2


def grouped(text: str) -> str:
    document = file.parse(text, catalogue())
    network, _ = grouping.group(document.network, ["conv_1", "relu_1"])
    return file.dump(document.with_network(network))


def test_blocks_in_a_group_can_be_looked_at_by_their_paths(play: Play, document: Text) -> None:
    views = (
        m.View(block="group_1.conv_1", what="masks"),
        m.View(block="group_1.relu_1", what="maps"),
        m.View(block="group_1", what="maps"),
    )
    events = play(m.SetDocument(revision=1, text=grouped(document())), m.Watch(views=views))
    assert events[0] == m.Built(revision=1, kept=(), fresh=("group_1.conv_1", "fc_1"))
    assert shown(events) == [("masks", "group_1.conv_1"), ("maps", "group_1.relu_1"), ("maps", "group_1")]
    inner, whole = (e for e in events if isinstance(e, m.Maps))
    assert inner.maps == whole.maps


def test_moving_trained_blocks_into_a_group_keeps_their_weights(play: Play, document: Text) -> None:
    def then(event: m.Event) -> tuple[m.Request, ...]:
        if isinstance(event, m.State) and event.state == "finished":
            return (m.SetDocument(revision=2, text=grouped(document())),)
        return ()

    events = play(m.SetDocument(revision=1, text=document()), m.Train(run=1), then=then)
    assert events[-1] == m.Built(revision=2, kept=("group_1.conv_1", "fc_1"), fresh=())


def wrong_ones(play: Play, text: str, **asked: object) -> int:
    """The number that a search for a mistake finds."""
    events = play(m.SetDocument(revision=1, text=text), m.FindMistake(**asked))
    (found,) = (e for e in events if isinstance(e, m.Mistake))
    return found.number


def test_mistakes_are_found_one_after_the_other_and_back(play: Play, document: Text) -> None:
    text = document()
    first = wrong_ones(play, text, after=-1)
    second = wrong_ones(play, text, after=first)
    assert 0 <= first < second < 20
    assert wrong_ones(play, text, after=second, back=True) == first
    labels = load("gratings").labels[load("gratings").divided(0.9, 0)[1]]
    of_class = wrong_ones(play, text, after=-1, label=int(labels[second]))
    assert of_class in (first, second)
    assert labels[of_class] == labels[second]


def test_mistakes_need_samples_and_a_sound_network(play: Play, document: Text) -> None:
    broken = document(without=("flatten_1",))
    *_, fault = play(m.SetDocument(revision=1, text=broken), m.FindMistake(after=0))
    assert isinstance(fault, m.Fault)
    assert (fault.about, fault.kind) == ("sample", "network")
