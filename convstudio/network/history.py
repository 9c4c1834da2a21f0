"""The history of a document: values before and after each step, so undo and redo need no inverse edits."""

from __future__ import annotations

from dataclasses import dataclass, replace

from convstudio.network.document import Document


@dataclass(frozen=True)
class Step:
    """One undoable step. Steps with the same `merge` key that follow one another become one, or none if they cancel.

    A step may leave the document as it is: then `deed` is what was done beside it, such as an edit of the weights, and
    whoever did it takes it back when the step is undone.
    """

    label: str
    before: Document
    after: Document
    merge: str | None = None
    deed: object | None = None


class History:
    """The current document, and the way back and forth."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._saved: Document | None = document
        self._done: list[Step] = []
        self._undone: list[Step] = []

    @property
    def document(self) -> Document:
        return self._document

    @property
    def modified(self) -> bool:
        """Whether the document differs from what was last saved."""
        return self._saved is not self._document and self._saved != self._document

    @property
    def undo_label(self) -> str | None:
        """What undo would take back, or None."""
        return self._done[-1].label if self._done else None

    @property
    def redo_label(self) -> str | None:
        return self._undone[-1].label if self._undone else None

    def do(self, label: str, after: Document, merge: str | None = None) -> bool:
        """Make `after` the document. False when nothing differs: then there is no step."""
        if after == self._document:
            return False
        last = self._done[-1] if self._done else None
        if merge is not None and last is not None and last.merge == merge and not self._undone:
            self._extend(last, after)
        else:
            self._done.append(Step(label, self._document, after, merge))
        self._undone.clear()
        self._document = after
        return True

    def did(self, label: str, deed: object) -> None:
        """Note what was done beside the document, as a step of its own."""
        self.seal()
        self._done.append(Step(label, self._document, self._document, deed=deed))
        self._undone.clear()

    def _extend(self, last: Step, after: Document) -> None:
        """Let the last step end at `after`; a gesture that came back to where it began leaves no step."""
        if after != last.before:
            self._done[-1] = replace(last, after=after)
            return
        self._done.pop()
        self.seal()

    def undo(self) -> Step | None:
        """Take the last step back; the step, or None when there is none."""
        if not self._done:
            return None
        step = self._done.pop()
        self._undone.append(step)
        self._document = step.before
        self.seal()
        return step

    def redo(self) -> Step | None:
        """Do the last undone step again; the step, or None when there is none."""
        if not self._undone:
            return None
        step = self._undone.pop()
        self._done.append(step)
        self._document = step.after
        self.seal()
        return step

    def mark_saved(self, saved: bool = True) -> None:
        """The current document is now what is on the disk; with `saved` False, nothing that we know is."""
        self._saved = self._document if saved else None
        self.seal()

    def seal(self) -> None:
        """End the gesture: the next step does not merge with the last, whatever its key."""
        if self._done:
            self._done[-1] = replace(self._done[-1], merge=None)
