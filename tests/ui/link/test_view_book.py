"""Open views: one Watch for many changes, pictures to whom they belong, and never two of a view under way."""

from __future__ import annotations

import pytest

from convstudio.protocol.messages import Array, Credit, Maps, View, Watch
from convstudio.ui.link.view_book import ViewBook

ONE, TWO = View("conv_1", "maps"), View("conv_2", "masks")


@pytest.fixture
def book(line):
    return ViewBook(line)


def picture(view=ONE, step=1):
    return Maps(run=1, step=step, view=view, maps=Array("uint8", (1, 1), b"\0"), low=0, high=1, total=1)


def test_one_watch_for_all_that_opens_in_one_turn(book, line, qtbot):
    book.open(ONE, print)
    book.open(TWO, print)
    book.open(ONE, str)
    assert line.sent == []
    qtbot.waitUntil(lambda: line.sent == [Watch(views=(ONE, TWO))])


def test_opening_a_watched_view_again_says_nothing(book, line, qtbot):
    book.open(ONE, print)
    qtbot.waitUntil(lambda: len(line.sent) == 1)
    book.open(ONE, str)
    book.close(ONE, print)
    book.open(TWO, print)
    qtbot.waitUntil(lambda: len(line.sent) == 2)
    assert line.sent[1] == Watch(views=(ONE, TWO))


def test_closing_the_last_receiver_closes_the_view(book, line, qtbot):
    book.open(ONE, print)
    book.open(TWO, print)
    qtbot.waitUntil(lambda: len(line.sent) == 1)
    book.close(ONE, print)
    qtbot.waitUntil(lambda: line.sent[1:] == [Watch(views=(TWO,))])


def test_closing_what_is_not_open_is_an_error(book):
    with pytest.raises(KeyError):
        book.close(ONE, print)


def test_pictures_go_to_their_receivers_only(book, line):
    one, two = [], []
    book.open(ONE, one.append)
    book.open(TWO, two.append)
    line.maps_received.emit(picture(ONE))
    assert (one, two) == ([picture(ONE)], [])


def test_a_late_receiver_gets_the_last_picture_at_once(book, line):
    late = []
    book.open(ONE, [].append)
    line.maps_received.emit(picture(step=1))
    line.maps_received.emit(picture(step=2))
    book.open(ONE, late.append)
    assert late == [picture(step=2)]


def test_a_credit_follows_drawing_once(book, line, qtbot):
    book.open(ONE, [].append)
    book.open(ONE, [].append)
    qtbot.waitUntil(lambda: len(line.sent) == 1)
    book.drawn(ONE)
    assert line.sent[1:] == []  # the first picture, granted by Watch, is still under way
    line.maps_received.emit(picture())
    assert line.sent[1:] == []
    book.drawn(ONE)
    book.drawn(ONE)
    assert line.sent[1:] == [Credit(view=ONE)]


def test_drawing_what_was_closed_grants_nothing(book, line, qtbot):
    book.open(ONE, print)
    qtbot.waitUntil(lambda: len(line.sent) == 1)
    book.close(ONE, print)
    line.maps_received.emit(picture())
    book.drawn(ONE)
    qtbot.waitUntil(lambda: line.sent[1:] == [Watch(views=())])


def test_a_new_worker_is_told_again(book, line, qtbot):
    book.open(ONE, [].append)
    qtbot.waitUntil(lambda: len(line.sent) == 1)
    line.maps_received.emit(picture())
    line.started.emit()
    book.drawn(ONE)
    qtbot.waitUntil(lambda: line.sent[1:] == [Watch(views=(ONE,))])


def test_with_a_real_process_pictures_keep_coming(link_to, ready, qtbot):
    link = ready(link_to("well"))
    book = ViewBook(link)
    seen = []

    def draw(found):
        seen.append(found)
        if len(seen) < 50:
            book.drawn(ONE)

    book.open(ONE, draw)
    qtbot.waitUntil(lambda: len(seen) == 50)
