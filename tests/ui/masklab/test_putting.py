"""How numbers go to the worker: one request under way, the newest win, and each gesture is one deed."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QObject, Signal

from convstudio.protocol.messages import Array, MasksPut, PutMasks
from convstudio.ui.masklab.chosen import Region
from convstudio.ui.masklab.putting import MaskDeed, Putting

ONE = Region((1, 1), (0, 1))


class Link(QObject):
    """Keeps what is sent; the test answers."""

    masks_put, started, lost = Signal(object), Signal(), Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[PutMasks] = []
        self.alive = True

    def send(self, request: PutMasks) -> None:
        self.sent.append(request)

    def answer(self, before: np.ndarray | None = None, words: str = "") -> None:
        kept = Array("float32", before.shape, before.tobytes()) if before is not None else None
        self.masks_put.emit(MasksPut(ticket=self.sent[-1].ticket, words=words, before=kept))


def mask(value: float) -> np.ndarray:
    return np.full((1, 1, 3, 3), value, np.float32)


@pytest.fixture
def link(qapp) -> Link:
    return Link()


@pytest.fixture
def putting(link: Link) -> Putting:
    made = Putting(link)  # type: ignore[arg-type]
    made.deeds, made.words = [], []  # type: ignore[attr-defined]
    made.done.connect(made.deeds.append)  # type: ignore[attr-defined]
    made.refused.connect(made.words.append)  # type: ignore[attr-defined]
    return made


def value(request: PutMasks) -> float:
    return float(np.frombuffer(request.values.data, np.float32)[0])


def test_of_a_drag_the_newest_numbers_are_sent_and_it_is_one_deed(link: Link, putting: Putting) -> None:
    for number in (1, 2, 3):
        putting.put("Edit", "conv_1", "weight", ONE, mask(number))
    assert [value(r) for r in link.sent] == [1]
    assert (link.sent[0].first, link.sent[0].last) == (True, False)
    link.answer(before=mask(0))
    assert [value(r) for r in link.sent] == [1, 3]
    putting.end()
    link.answer()
    assert (link.sent[-1].first, link.sent[-1].last) == (False, True)
    assert putting.busy
    link.answer()
    (deed,) = putting.deeds
    assert (deed.before[0, 0, 0, 0], deed.after[0, 0, 0, 0], deed.region) == (0, 3, ONE)
    assert not putting.busy
    assert len(link.sent) == 3


def test_another_mask_is_another_deed(link: Link, putting: Putting) -> None:
    putting.put("Edit", "conv_1", "weight", ONE, mask(1))
    putting.put("Edit", "conv_1", "weight", Region((2, 1), (0, 1)), mask(2))
    putting.end()
    link.answer(before=mask(0))
    link.answer()
    link.answer(before=mask(7))
    assert [(d.before[0, 0, 0, 0], d.after[0, 0, 0, 0]) for d in putting.deeds] == [(0, 1), (7, 2)]
    assert [(r.outputs, r.first, r.last) for r in link.sent] == [
        ((1, 1), True, False),
        ((1, 1), False, True),
        ((2, 1), True, True),
    ]


def test_a_drag_that_comes_back_is_no_deed(link: Link, putting: Putting) -> None:
    putting.put("Edit", "conv_1", "weight", ONE, mask(1))
    putting.put("Edit", "conv_1", "weight", ONE, mask(0))
    putting.end()
    link.answer(before=mask(0))
    link.answer()
    assert (putting.deeds, putting.busy) == ([], False)


def test_taking_back_is_no_deed_of_its_own(link: Link, putting: Putting) -> None:
    deed = MaskDeed("Edit", "conv_1", "weight", ONE, mask(0), mask(1))
    putting.restore(deed, deed.before)
    assert (value(link.sent[0]), link.sent[0].last) == (0, True)
    link.answer(before=mask(1))
    assert (putting.deeds, putting.busy) == ([], False)


def test_a_refusal_is_told_and_what_follows_is_sent(link: Link, putting: Putting) -> None:
    putting.put("Edit", "conv_1", "weight", ONE, mask(1))
    putting.put("Edit", "fc_1", "weight", ONE, mask(2))
    link.answer(words="There are no such masks.")
    assert putting.words == ["There are no such masks."]
    assert link.sent[-1].block == "fc_1"


def test_a_damaged_answer_and_an_old_one(link: Link, putting: Putting) -> None:
    putting.put("Edit", "conv_1", "weight", ONE, mask(1))
    link.masks_put.emit(MasksPut(ticket=99))
    assert putting.busy
    link.masks_put.emit(MasksPut(ticket=1, before=Array("float32", (9,), b"1")))
    assert "needs 36 bytes" in putting.words[0]


def test_without_a_worker_it_is_said_once(link: Link, putting: Putting) -> None:
    putting.put("Edit", "conv_1", "weight", ONE, mask(1))
    link.lost.emit("gone", "")
    link.alive = False
    putting.put("Edit", "conv_1", "weight", ONE, mask(1))
    assert [words.partition(",")[0] for words in putting.words] == ["The worker"] * 2
    assert not putting.busy
    link.alive = True
    link.started.emit()
    putting.put("Edit", "conv_1", "weight", ONE, mask(1))
    assert len(link.sent) == 2
