"""The worker as the window sees it: events as signals, every way to die as a sentence, no process left behind."""

from __future__ import annotations

import os

import pytest

from convstudio.protocol.messages import Quit, SetDocument, Train
from convstudio.ui.link.worker_link import WorkerLink


def test_says_hello_and_answers(link_to, qtbot):
    link = link_to("well")
    with qtbot.waitSignal(link.built) as seen:
        link.start()
        link.send(SetDocument(revision=7, text="{}"))
    assert seen.args[0].revision == 7
    assert link.hello.devices[1].title == "Fast card"


def test_requests_before_hello_keep_their_order(link_to, qtbot):
    link = link_to("well")
    found = []
    link.built.connect(lambda built: found.append(built.revision))
    link.start()
    for number in range(20):
        link.send(SetDocument(revision=number, text=""))
    qtbot.waitUntil(lambda: len(found) == 20)
    assert found == list(range(20))


@pytest.mark.parametrize(
    ("manner", "words"),
    [
        ("silent death", "before it was ready (exit code 1)"),
        ("version", "version 99 of the protocol"),
    ],
)
def test_a_worker_that_never_gets_ready(link_to, qtbot, manner, words):
    link = link_to(manner)
    with qtbot.waitSignal(link.lost) as seen:
        link.start()
    assert words in seen.args[0]
    assert not link.alive


def test_the_last_words_are_the_detail(link_to, qtbot):
    link = link_to("silent death")
    with qtbot.waitSignal(link.lost) as seen:
        link.start()
    assert seen.args[1] == "the library is broken"


def test_a_missing_program_is_a_sentence(qtbot):
    link = WorkerLink(["no-such-program-anywhere"])
    with qtbot.waitSignal(link.lost) as seen:
        link.start()
    assert "no-such-program-anywhere cannot be run" in seen.args[0]
    link.send(Quit())
    assert not link.alive


def test_garbage_ends_the_worker_with_a_sentence(link_to, qtbot, ready):
    link = ready(link_to("garbage in run"))
    process = link.hello.process
    with qtbot.waitSignal(link.lost) as seen:
        link.send(Train(run=1))
    assert "a message cannot be understood" in seen.args[0]
    assert not exists(process)


def test_killed_from_outside_then_restarted(link_to, qtbot, ready):
    link = ready(link_to("well"))
    process = link.hello.process
    with qtbot.waitSignal(link.lost) as seen:
        os.kill(process, 9)
    assert "memory ran out" in seen.args[0]
    link.send(Quit())
    with qtbot.waitSignals([link.started, link.hello_received], order="strict"):
        link.restart()
    assert link.hello.process != process


def test_facts_before_a_death_arrive_before_the_news_of_it(link_to, qtbot, ready):
    link = ready(link_to("die in run"))
    order = []
    link.metrics_received.connect(lambda _: order.append("metrics"))
    link.lost.connect(lambda *_: order.append("lost"))
    with qtbot.waitSignal(link.lost):
        link.send(Train(run=1))
    assert order == ["metrics", "metrics", "lost"]


def test_a_flood_comes_in_portions(link_to, qtbot, monkeypatch):
    """With turns of no length at all, the event loop gets its turn after each single event."""
    monkeypatch.setattr("convstudio.ui.link.worker_link.TURN_SECONDS", 0.0)
    link = link_to("flood")
    turns = []
    link.metrics_received.connect(lambda metrics: turns.append(metrics.step))
    link.hello_received.connect(lambda _: link._turn.timeout.connect(lambda: turns.append("turn")))
    link.start()
    qtbot.waitUntil(lambda: len(turns) > 100)
    assert turns.count("turn") >= 50


def test_the_flood_arrives_whole_and_in_order(link_to, qtbot):
    link = link_to("flood")
    steps = []
    link.metrics_received.connect(lambda metrics: steps.append(metrics.step))
    link.start()
    qtbot.waitUntil(lambda: len(steps) == 20_000)
    assert steps == list(range(20_000))


@pytest.mark.parametrize("manner", ["well", "deaf"])
def test_shutting_down_leaves_no_process_and_no_news(link_to, ready, monkeypatch, manner):
    monkeypatch.setattr("convstudio.ui.link.worker_link.GOODBYE_MS", 300)
    link = ready(link_to(manner))
    process = link.hello.process
    lost = []
    link.lost.connect(lambda *words: lost.append(words))
    link.shut_down()
    assert not exists(process)
    assert lost == []
    assert not link.alive


@pytest.mark.parametrize("manner", ["well", "deaf"])
def test_parting_waits_for_nobody_and_leaves_no_process(link_to, ready, monkeypatch, qtbot, manner):
    """`deaf` never ends by itself: it is killed when its time is up."""
    monkeypatch.setattr("convstudio.ui.link.worker_link.GOODBYE_MS", 300)
    link = ready(link_to(manner))
    process = link.hello.process
    lost = []
    link.lost.connect(lambda *words: lost.append(words))
    link.part()
    assert exists(process)
    assert not link.alive
    qtbot.waitUntil(lambda: not exists(process))
    assert lost == []


def test_starting_twice_is_one_process(link_to, qtbot):
    link = link_to("well")
    started = []
    link.started.connect(lambda: started.append(1))
    with qtbot.waitSignal(link.hello_received):
        link.start()
        link.start()
    assert started == [1]


def exists(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
