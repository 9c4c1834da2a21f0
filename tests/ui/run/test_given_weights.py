"""Weights that were brought in, as the controller of runs sees them: what is asked of the worker, and when."""

from __future__ import annotations

import pytest

from convstudio.network.document import Document
from convstudio.protocol.messages import Reopen, Train
from convstudio.runs import brought
from convstudio.runs.brought import Report


@pytest.fixture
def given(tmp_path):
    folder = tmp_path / "given"
    folder.mkdir()
    brought.write(folder, Report(source="onnx", name="x.onnx"))
    return folder


@pytest.fixture
def asked(controller_on, link_to, ready, monkeypatch):
    """A controller on a fake worker, and the runs that it asks for."""
    link = ready(link_to("well"))
    controller = controller_on(link)
    sent = []
    send = link.send
    monkeypatch.setattr(link, "send", lambda request: (sent.append(request), send(request)))
    return controller, lambda kind: [request for request in sent if isinstance(request, kind)]


def test_runs_begin_with_them_until_new_ones_are_wanted(asked, given, until):
    controller, requests = asked
    controller.reopen(given)
    assert controller.given == given
    assert controller.folder is None
    assert not controller.can_continue
    for begin in (controller.train, controller.begin_with_new_weights, controller.train):
        begin()
        until(controller, "running")
        controller.stop()
        until(controller, "stopped")
    assert [train.anew for train in requests(Train)] == [False, True, False]
    assert controller.given is None


def test_going_on_from_them_is_a_new_run(asked, given, until):
    controller, requests = asked
    controller.reopen(given)
    controller.continue_run(given)
    (train,) = requests(Train)
    assert (train.resume, train.anew) == ("", False)
    assert train.folder


def test_another_document_has_none(asked, given, store):
    controller, _ = asked
    controller.reopen(given)
    store.open(Document(), None)
    assert controller.given is None


def test_a_fresh_worker_gets_them_again(asked, given, qtbot):
    controller, requests = asked
    controller.reopen(given)
    controller.restart()
    assert [request.folder for request in requests(Reopen)] == [str(given)] * 2
