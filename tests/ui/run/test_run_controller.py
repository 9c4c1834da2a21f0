"""The life of a run: what is sent, in which states, what is told, and that an older run's events change nothing."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec.structs import replace as with_fields

from convstudio.blocks import FullyConnected
from convstudio.network import edits, notes
from convstudio.network.document import Document, Wire
from convstudio.protocol.messages import Built, Fault, Resume, State, Train
from convstudio.ui.text import grouped


@pytest.fixture
def running(link_to, ready, controller_on, until):
    """A controller whose run has come as far as `state`, on a fake worker of some manner."""

    def make(manner="well", state="running"):
        controller = controller_on(ready(link_to(manner)))
        controller.train()
        until(controller, state)
        return controller

    return make


def requests(controller):
    """What the fake worker says it got, in order."""
    lines = controller._link._errors.text.splitlines()
    return [line.split()[1] for line in lines if line.startswith("got ")]


def test_train_sends_the_document_first(running, qtbot):
    controller = running()
    assert controller.number == 1
    assert (controller.device, controller.threads) == ("cpu", 2)
    qtbot.waitUntil(lambda: requests(controller) == ["SetDocument", "Train"])


def test_states_come_in_order(link_to, ready, controller_on, until):
    controller = controller_on(ready(link_to("well")))
    seen = []
    controller.state_changed.connect(lambda: seen.append(controller.state))
    controller.train()
    until(controller, "running")
    controller.pause()
    until(controller, "paused")
    controller.resume()
    until(controller, "running")
    controller.stop()
    until(controller, "stopped")
    assert seen == ["preparing", "preparing", "running", "paused", "running", "stopped"]


def test_toggle_does_what_comes_next(running, until):
    controller = running()
    controller.toggle()
    until(controller, "paused")
    controller.toggle()
    until(controller, "running")
    controller.stop()
    until(controller, "stopped")
    controller.toggle()
    until(controller, "running")
    assert controller.number == 2


def test_train_before_hello_waits_for_the_worker(link_to, controller_on, until):
    link = link_to("well")
    link.start()
    controller = controller_on(link)
    controller.train()
    assert (controller.state, controller.message) == ("preparing", "Starting the worker …")
    until(controller, "running")


def test_only_this_runs_metrics_come_through(link_to, ready, controller_on, qtbot):
    controller = controller_on(ready(link_to("well")))
    seen = []
    controller.progress.connect(lambda metrics: seen.append((metrics.run, metrics.step)))
    controller.train()
    qtbot.waitUntil(lambda: seen != [])
    assert seen == [(1, 1)]  # step 7 of run 0, sent before, is not among them


def test_a_broken_network_is_refused_with_its_fix(store, link_to, ready, controller_on, notices, press):
    controller = controller_on(ready(link_to("well")))
    network = edits.remove(store.network, ["output_1"])
    store.edit("Remove", network)
    controller.train()
    assert controller.state == "idle"
    notice = notices.open[0]
    assert notice.severity == "warn"
    assert store.analysis.errors[0].words in notice.words
    label = store.analysis.errors[0].fixes[0].label
    press(notices, label)
    assert store.analysis.errors == ()
    press(notices, label)  # an old button, clicked again, changes nothing
    store.undo()
    assert store.network == network


def test_show_selects_the_block_at_fault(store, link_to, ready, controller_on, notices, press):
    controller = controller_on(ready(link_to("well")))
    store.edit("Cut", edits.disconnect(store.network, [Wire("flatten_1", "fc_1")]))
    controller.train()
    press(notices, "Show")
    assert store.selection == store.analysis.errors[0].blocks


@pytest.mark.parametrize("what", ["move", "rename", "note"])
def test_what_only_changes_the_canvas_is_not_sent(running, store, until, qtbot, notices, what):
    controller = running()
    document = store.document
    changed = {
        "move": document.with_network(edits.move(document.network, {"fc_1": (5, 5)})),
        "rename": document.with_network(edits.rename(document.network, "fc_1", "Last")),
        "note": document.with_network(notes.add(document.network, "hello", (0, 0, 90, 40))[0]),
    }
    store.do(what, changed[what])
    controller.stop()
    until(controller, "stopped")
    qtbot.waitUntil(lambda: requests(controller)[-1:] == ["Stop"])
    controller.train()
    until(controller, "running")
    qtbot.waitUntil(lambda: requests(controller) == ["SetDocument", "Train", "Stop", "Train"])
    assert notices.open == ()


def test_edits_during_a_run_are_sent_when_the_person_pauses(running, store, notices, qtbot):
    controller = running()
    for channels in (11, 10):
        store.edit("Widen", edits.change(store.network, "fc_1", FullyConnected(channels=channels)))
    rate = with_fields(store.document.training, learning_rate=0.5)
    store.do("Faster", replace(store.document, training=rate))
    assert requests(controller) == ["SetDocument", "Train"]
    qtbot.waitUntil(lambda: requests(controller) == ["SetDocument", "Train", "SetDocument"])
    controller._link.built.emit(Built(revision=2, kept=("fc_1",), fresh=(), run=controller.number, step=7))
    assert all("new weights" not in notice.words for notice in notices.open)


def test_a_run_that_goes_on_changed_says_whose_weights_are_new(running, store, notices):
    controller = running()
    controller._link.built.emit(Built(revision=2, kept=("fc_1",), fresh=("conv_1",), run=controller.number, step=1400))
    assert notices.open[0].words == (
        f"From step {grouped(1400)} the run goes on with your changes. "
        "conv_1: new weights, not trained yet. All others keep theirs."
    )
    old = Built(revision=2, kept=(), fresh=("fc_1",), run=controller.number - 1, step=3)
    controller._link.built.emit(old)
    assert len(notices.open) == 1


def test_a_block_that_comes_back_is_said_to_have_its_weights(running, notices):
    controller = running()
    back = Built(revision=2, kept=("conv_1", "fc_1"), fresh=(), run=controller.number, step=7, back=("conv_1",))
    controller._link.built.emit(back)
    assert (
        notices.open[0].words
        == "From step 7 the run goes on with your changes. conv_1: the weights from before are back."
    )


def test_a_document_that_cannot_be_trained_during_a_run_is_told_once(running, store, notices):
    _controller = running()
    for _ in range(2):
        store.edit("Cut", edits.disconnect(store.network, [Wire("flatten_1", "fc_1")]))
        store.edit("Move", edits.move(store.network, {"fc_1": (7, 7)}))
        assert [notice.severity for notice in notices.open] == ["info"]
        assert "goes on with the network as it was" in notices.open[0].words
        store.undo()
        store.undo()
        notices.close(notices.open[0])


def test_one_step_begins_a_run_and_goes_on_from_a_pause(store, link_to, ready, controller_on, until, qtbot):
    controller = controller_on(ready(link_to("well")))
    sent = []
    send = controller._link.send
    controller._link.send = lambda request: (sent.append(request), send(request))
    controller.advance("step")
    until(controller, "running")
    controller.pause()
    until(controller, "paused")
    controller.advance("epoch")
    until(controller, "running")
    assert [r.until for r in sent if isinstance(r, Train | Resume)] == ["step", "epoch"]


def test_beginning_again_ends_the_run_before(running, store, until, qtbot):
    controller = running()
    number, seed = controller.number, store.document.training.seed
    controller.begin_with_new_weights()
    qtbot.waitUntil(lambda: controller.number == number + 1 and controller.state == "running")
    assert store.document.training.seed == seed + 1
    store.undo()
    assert store.document.training.seed == seed


def test_many_edits_in_one_turn_are_one_message(store, link_to, ready, controller_on, qtbot):
    controller = controller_on(ready(link_to("well")))
    for epochs in range(3, 30):
        training = with_fields(store.document.training, epochs=epochs)
        store.do("Epochs", replace(store.document, training=training))
    with qtbot.waitSignal(controller._link.built) as seen:
        pass
    assert seen.args[0].revision == 1
    assert requests(controller) == ["SetDocument"]


def test_each_run_has_its_own_folder(running, until):
    controller = running()
    first = controller.folder
    controller.stop()
    until(controller, "stopped")
    controller.train()
    until(controller, "running")
    assert controller.folder != first
    assert first.parent == controller.folder.parent
    assert first.name.endswith("-untitled")


def test_a_fault_is_told_with_its_block(running, store, notices, press):
    controller = running("not a number", "failed")
    assert notices.open[0].words == "The loss is not a number."
    controller._link.fault_received.emit(
        Fault(about="run", kind="memory", words="Too large.", run=1, block="fc_1", detail="where")
    )
    press(notices, "Show")
    assert (store.selection, notices.open[0].detail) == (("fc_1",), "where")


def test_too_little_memory_offers_a_smaller_batch_as_one_edit_and_trains_again(running, store, notices, press, until):
    controller = running("not a number", "failed")
    before = store.document
    fault = Fault(about="run", kind="memory", words="Too large.", run=controller.number, smaller_batch=True)
    controller._link.fault_received.emit(fault)
    press(notices, "Train with batches of 16")
    assert store.document.training.batch_size == 16
    until(controller, "failed")  # as this worker always does
    store.undo()
    assert store.document == before
    store.do("single", replace(before, training=with_fields(before.training, batch_size=1)))
    controller._link.fault_received.emit(with_fields(fault, run=controller.number, words="Still too large."))
    assert notices.open[0].actions == ()


def test_a_run_that_ran_out_of_memory_goes_on_from_its_checkpoint_with_a_smaller_batch(
    running, store, notices, press, until, qtbot
):
    controller = running()
    qtbot.waitUntil(lambda: controller.can_continue or (controller.folder / "checkpoint").is_dir())
    folder, number = controller.folder, controller.number
    link = controller._link
    link.fault_received.emit(Fault(about="run", kind="memory", words="Ran out.", run=number, smaller_batch=True))
    link.state_changed.emit(State(run=number, state="failed"))
    press(notices, "Go on with batches of 16")
    assert (controller.number, controller.folder) == (number + 1, folder)
    assert store.document.training.batch_size == 16
    until(controller, "running")


def test_data_that_have_changed_are_told_and_the_run_goes_on_all_the_same(running, notices, press, until, qtbot):
    controller = running()
    folder = controller.folder
    controller.stop()
    until(controller, "stopped")
    asked = []
    send = controller._link.send
    controller._link.send = lambda request: asked.append(request) or send(request)
    controller.continue_run()
    number = controller.number
    fault = Fault(about="run", kind="file", words="The data set has changed.", run=number, other_data=True)
    controller._link.fault_received.emit(fault)
    controller._link.state_changed.emit(State(run=number, state="failed"))
    assert [label for label, _ in notices.open[0].actions] == ["Go on all the same", "Train a new run"]
    press(notices, "Go on all the same")
    assert controller.number == number + 1
    trains = [request for request in asked if isinstance(request, Train)]
    assert [(t.resume, t.other_data) for t in trains] == [(str(folder), False), (str(folder), True)]
    until(controller, "running")


def test_a_run_that_never_began_leaves_the_one_before_to_go_on_with(running, until, qtbot):
    controller = running()
    folder = controller.folder
    controller.stop()
    until(controller, "stopped")
    assert controller.can_continue
    controller.train()
    assert controller.folder != folder
    controller._link.state_changed.emit(State(run=controller.number, state="failed", message="No data."))
    assert controller.folder == folder
    assert controller.can_continue


def test_a_full_disk_offers_to_resume(running, notices, press, until):
    controller = running()
    link, number = controller._link, controller.number
    link.state_changed.emit(State(run=number, state="paused"))
    link.fault_received.emit(Fault(about="run", kind="file", words="No room.", run=number))
    press(notices, "Resume")
    until(controller, "running")


def test_a_fault_of_an_older_run_is_not_told(running, notices):
    controller = running()
    controller._link.fault_received.emit(Fault(about="run", kind="memory", words="Old news.", run=99))
    assert notices.open == ()


def test_killed_in_a_run_then_continued(running, until, notices, press, qtbot):
    controller = running()
    qtbot.waitUntil(lambda: controller.folder.exists())
    folder = controller.folder
    os.kill(controller._link.hello.process, 9)
    until(controller, "lost")
    assert "memory ran out" in controller.message
    assert notices.open[0].words.endswith("Your network is safe.")
    began = []
    controller.run_began.connect(lambda number, continued: began.append((number, continued)))
    press(notices, "Restart and continue")
    until(controller, "running")
    assert began == [(2, True)]
    assert controller.folder == folder
    assert requests(controller) == ["SetDocument", "Train"]


def test_killed_before_the_first_checkpoint_then_begun_again(running, until, notices, press):
    controller = running("die at the start", "lost")
    first = controller.folder
    assert notices.open[0].words.endswith("The run had no checkpoint yet: it can only begin again.")
    assert [label for label, _ in notices.open[0].actions] == ["Restart and train again", "Restart"]
    press(notices, "Restart and train again")
    assert controller.number == 2
    assert controller.folder != first


def test_restart_after_a_loss_sends_the_document_again(running, notices, press, qtbot):
    controller = running("die in run", "lost")
    with qtbot.waitSignal(controller._link.built):
        press(notices, "Restart")
    assert controller.state == "idle"
    process = controller._link.hello.process
    press(notices, "Restart")  # the old button must not end the new worker
    assert controller._link.hello.process == process


def test_nothing_to_continue_from_is_said_and_a_new_start_offered(link_to, ready, controller_on, notices, press):
    controller = controller_on(ready(link_to("well")))
    assert not controller.can_continue
    controller.continue_run()
    assert "no checkpoint" in notices.open[0].words
    assert controller.state == "idle"
    press(notices, "Train from the start")
    assert controller.active


def test_a_worker_that_does_not_stop_may_be_ended(running, notices, press, qtbot, monkeypatch):
    monkeypatch.setattr("convstudio.ui.link.worker_link.GOODBYE_MS", 300)
    controller = running("deaf")
    controller._patience.setInterval(20)
    controller.stop()
    qtbot.waitUntil(lambda: notices.open != ())
    process = controller._link.hello.process
    with qtbot.waitSignal(controller._link.hello_received):
        press(notices, "End it and restart")
    assert (controller.state, controller._link.hello.process != process) == ("idle", True)


def test_an_edit_after_training_says_whose_weights_are_new(running, notices, until):
    controller = running()
    controller._link.built.emit(Built(revision=1, kept=(), fresh=("fc_1",)))
    assert notices.open == ()  # the run's own network
    controller.stop()
    until(controller, "stopped")
    controller._link.built.emit(Built(revision=2, kept=("fc_1",), fresh=("conv_1",)))
    assert notices.open[0].words == "conv_1: new weights, not trained yet. All others keep theirs."


def test_another_document_ends_the_run_and_has_none_yet(running, store, until, notices):
    controller = running()
    store.open(Document(), None)
    until(controller, "idle")
    assert any("was stopped" in notice.words for notice in notices.open)
    assert not controller.can_continue


def test_what_was_to_begin_after_the_run_does_not_begin_with_another_document(running, store, until):
    controller = running()
    document = store.document
    controller.begin_again()
    store.open(document, None)
    until(controller, "idle")
    controller.train()
    until(controller, "running")
    controller.stop()
    until(controller, "stopped")
    assert controller.number == 2


def test_a_document_opened_after_the_run_has_none_yet(running, store, until):
    controller = running()
    controller.stop()
    until(controller, "stopped")
    assert controller.can_continue
    store.open(Document(), None)
    assert (controller.state, controller.can_continue) == ("idle", False)


def test_a_branch_is_a_new_run_that_waits_and_one_under_way_ends_before(running, monkeypatch, notices, qtbot):
    controller = running()
    sent, send = [], controller._link.send
    monkeypatch.setattr(controller._link, "send", lambda request: (sent.append(request), send(request)))
    parent = controller.folder
    controller.branch(parent, 1400)
    qtbot.waitUntil(lambda: controller.number == 2)
    train = next(request for request in sent if isinstance(request, Train))
    assert (train.resume, train.branch, train.until) == (str(parent), 1400, "start")
    assert controller.folder == Path(train.folder) != parent
    assert f"at step {grouped(1400)}" in notices.open[0].words
