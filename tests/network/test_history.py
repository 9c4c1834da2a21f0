"""The history: undo all is the start, redo all is the end, and a gesture is one step."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from convstudio.blocks import Add, Convolution, Flatten, Input, ReLU, catalogue
from convstudio.network import edits, file, notes
from convstudio.network.document import Block, Document, Network, Wire
from convstudio.network.history import History
from convstudio.network.training_settings import TrainingSettings

START = Document()


def titled(title: str) -> Document:
    return Document(Network({"input_1": Block("input_1", Input(), title)}))


def test_undo_and_redo_name_their_steps() -> None:
    history = History(START)
    assert (history.undo_label, history.redo_label, history.undo(), history.redo()) == (None, None, None, None)
    assert history.do("Add Input", titled("a"))
    assert history.undo_label == "Add Input"
    step = history.undo()
    assert step is not None
    assert (step.label, step.before, step.after) == ("Add Input", START, titled("a"))
    assert (history.document, history.redo_label) == (START, "Add Input")
    history.redo()
    assert history.document == titled("a")


def test_what_changes_nothing_is_no_step() -> None:
    history = History(titled("a"))
    assert not history.do("Rename", titled("a"))
    assert history.undo_label is None


def test_a_gesture_is_one_step() -> None:
    history = History(START)
    for letter in ("a", "ab", "abc"):
        history.do("Rename", titled(letter), merge="title input_1")
    history.undo()
    assert history.document == START
    history.redo()
    assert history.document == titled("abc")


def test_a_gesture_that_comes_back_is_no_step() -> None:
    history = History(START)
    for title in ("a", "ab"):
        history.do("Rename", titled(title), merge="title input_1")
    history.do("Rename", START, merge="title input_1")
    assert (history.undo_label, history.document) == (None, START)


def test_another_key_or_no_key_is_another_step() -> None:
    history = History(START)
    for title, key in (("a", "x"), ("b", "y"), ("c", None), ("d", None)):
        history.do("Rename", titled(title), merge=key)
    assert [undone(history) for _ in range(4)] == [titled("c"), titled("b"), titled("a"), START]


def undone(history: History) -> Document:
    history.undo()
    return history.document


def test_a_gesture_ends_at_save_at_undo_and_when_told() -> None:
    for end in (History.mark_saved, History.seal, lambda h: (h.undo(), h.redo())):
        history = History(START)
        history.do("Rename", titled("a"), merge="t")
        end(history)
        history.do("Rename", titled("ab"), merge="t")
        assert undone(history) == titled("a")


def test_a_new_step_forgets_what_was_undone() -> None:
    history = History(START)
    history.do("One", titled("a"))
    history.undo()
    history.do("Two", titled("b"))
    assert history.redo() is None
    assert undone(history) == START


def test_modified_compares_with_what_was_saved() -> None:
    history = History(START)
    assert not history.modified
    history.do("One", titled("a"))
    assert history.modified
    history.undo()
    assert not history.modified
    history.redo()
    history.mark_saved()
    assert not history.modified
    history.undo()
    assert history.modified
    history.do("Back by hand", titled("a"))
    assert not history.modified


class Editing(RuleBasedStateMachine):
    """A person who edits, undoes and redoes at random, beside a plain list of all that was ever seen."""

    def __init__(self) -> None:
        super().__init__()
        self.history = History(START)
        self.seen = [START]
        self.place = 0

    def _do(self, label: str, after: Document, merge: str | None = None) -> None:
        before = self.history.document
        if not self.history.do(label, after, merge):
            assert after == before
            return
        merged = merge is not None and merge == self.last_key and self.place == len(self.seen) - 1
        del self.seen[self.place + (0 if merged else 1) :]
        back = merged and after == self.seen[-1]
        if not back:
            self.seen.append(after)
        self.place = len(self.seen) - 1
        self.last_key = None if back else merge

    last_key: str | None = None

    @property
    def network(self) -> Network:
        return self.history.document.network

    def _ids(self) -> list[str]:
        return sorted(self.network.blocks)

    @rule(layer=st.sampled_from([Input(), Convolution(), ReLU(), Add(), Flatten()]), x=st.integers(0, 900))
    def add(self, layer, x: int) -> None:
        self._do("Add", START.with_network(edits.add(self.network, layer, x, 0)[0]))

    @precondition(lambda self: self.network.blocks)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        ids = data.draw(st.lists(st.sampled_from(self._ids()), min_size=1, max_size=3))
        self._do("Remove", START.with_network(edits.remove(self.network, ids)))

    @precondition(lambda self: len(self.network.blocks) > 1)
    @rule(data=st.data())
    def connect(self, data: st.DataObject) -> None:
        source, target = (data.draw(st.sampled_from(self._ids())) for _ in range(2))
        wire = Wire(source, target, self.network.free_port(target) or "in")
        if edits.refusal(self.network, wire) is None:
            self._do("Connect", START.with_network(edits.connect(self.network, wire)))

    @precondition(lambda self: self.network.blocks)
    @rule(data=st.data(), x=st.integers(0, 5))
    def drag(self, data: st.DataObject, x: int) -> None:
        block = data.draw(st.sampled_from(self._ids()))
        self._do("Move", START.with_network(edits.move(self.network, {block: (x, x)})), merge=f"move {block}")

    @rule(text=st.text(st.characters(), max_size=5), x=st.integers(-50, 50))
    def note(self, text: str, x: int) -> None:
        self._do("Note", START.with_network(notes.add(self.network, text, (x, x, 100, 50), "frame", "teal")[0]))

    @precondition(lambda self: self.network.notes)
    @rule(data=st.data(), number=st.integers(0, 5))
    def change_note(self, data: st.DataObject, number: int) -> None:
        network, chosen = self.network, data.draw(st.sampled_from(sorted(self.network.notes)))
        changed = data.draw(
            st.sampled_from(
                [
                    notes.rewrite(network, chosen, "x" * number),
                    notes.move(network, {chosen: (number, -number)}),
                    notes.reshape(network, chosen, (0, number, 80 + number, 40)),
                    notes.recolour(network, [chosen], "rose"),
                    notes.turn_into(network, [chosen], "note"),
                    notes.remove(network, [chosen]),
                ]
            )
        )
        self._do("Change", START.with_network(changed), merge=f"note {chosen}")
        assert self.network.wires == network.wires

    @precondition(lambda self: self.network.blocks)
    @rule(data=st.data())
    def paste(self, data: st.DataObject) -> None:
        ids = data.draw(st.lists(st.sampled_from(self._ids()), max_size=4))
        part = edits.fragment(self.network, ids, list(self.network.notes)[:2])
        self._do("Paste", START.with_network(edits.paste(self.network, part, 5, 5)[0]))

    @rule(epochs=st.integers(1, 3))
    def train_longer(self, epochs: int) -> None:
        self._do("Epochs", replace(self.history.document, training=TrainingSettings(epochs=epochs)), merge="epochs")

    @rule()
    def undo(self) -> None:
        if self.history.undo():
            self.place -= 1
            self.last_key = None

    @rule()
    def redo(self) -> None:
        if self.history.redo():
            self.place += 1
            self.last_key = None

    @invariant()
    def the_document_is_the_one_at_this_place(self) -> None:
        assert self.history.document == self.seen[self.place]
        assert (self.history.undo_label is None) == (self.place == 0)
        assert (self.history.redo_label is None) == (self.place == len(self.seen) - 1)

    @invariant()
    def an_input_takes_one_wire_and_nothing_goes_round(self) -> None:
        network = self.network
        assert len({(w.target, w.port) for w in network.wires}) == len(network.wires)
        assert all(w.source in network.blocks and w.target in network.blocks for w in network.wires)
        assert not any(i in edits.downstream(network, i) for i in network.blocks)

    def teardown(self) -> None:
        """Undo all is the start; redo all is the end; and every state on the way survives a file."""
        end = self.seen[-1]
        while self.history.undo():
            text = file.dump(self.history.document)
            assert file.parse(text, catalogue()) == self.history.document
        assert self.history.document == START
        while self.history.redo():
            pass
        assert self.history.document == end


TestEditing = Editing.TestCase


def test_a_deed_beside_the_document_is_a_step_of_its_own() -> None:
    history = History(START)
    history.do("network", titled("one"), merge="slider")
    history.did("mask", "the deed")
    history.do("network", titled("two"), merge="slider")
    assert (history.undo_label, history.modified) == ("network", True)
    network, mask = history.undo(), history.undo()
    assert network is not None
    assert network.deed is None
    assert mask is not None
    assert (mask.deed, mask.label, history.document) == ("the deed", "mask", titled("one"))
    again = history.redo()
    assert again is not None
    assert again.deed == "the deed"
    history.did("new", "newer")
    assert history.redo_label is None
