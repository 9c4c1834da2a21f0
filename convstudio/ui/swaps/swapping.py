"""The swap experiment of one window: from the chosen blocks to the twins, the worker, the race, and the edit."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from math import prod
from pathlib import Path

from msgspec.structs import replace as with_fields
from PySide6.QtCore import QObject, QTimer

from convstudio.network import file, grouping
from convstudio.network.group import Group
from convstudio.protocol.messages import Entrant, MeasureSwaps, Race, Raced, StopSwaps, SwapMeasured
from convstudio.runs.run_folders import RunFolders
from convstudio.swaps.experiment import Experiment, experiment, likeness
from convstudio.swaps.twins import SWAPPABLE
from convstudio.ui.level import headings
from convstudio.ui.link.worker_link import WorkerLink
from convstudio.ui.run.run_controller import RunController
from convstudio.ui.swaps.attempt import key_of
from convstudio.ui.swaps.contest import Contest, Lane
from convstudio.ui.swaps.race_bar import RaceBar
from convstudio.ui.swaps.swap_window import SAVED, SwapWindow
from convstudio.ui.text import count, tr
from convstudio.ui.workbench import Workbench

NOTHING_CHOSEN = "Select one or more blocks first: convolutions of any kind, or pooling."
NOTHING_FITS = "Nothing else can take the place of {blocks}: the experiment compares convolutions and pooling."
IN_GROUP = "Open {group} and select the blocks in it that are to be compared."
NOT_YET = "{blocks} cannot be computed yet. Mend what is said about it first."
PAUSE_MS = 400
"""So long nothing may have been edited before the experiment follows."""


class Swapping(QObject):
    """Opens the window, asks the worker, and makes what is taken one undoable edit."""

    def __init__(self, bench: Workbench, link: WorkerLink, runs: RunController, folder: Path) -> None:
        super().__init__(bench)
        self._bench, self._store, self._link, self._runs = bench, bench.store, link, runs
        self._folders = RunFolders(folder)
        self._numbers = {SwapMeasured: 0, Raced: 0}
        """Of the last measurement and of the last race."""
        self._compared: object = None
        self._taken = ""
        self.window: SwapWindow | None = None
        self._later = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._later.timeout.connect(self._catch_up)
        bench.actions.connect("swap", self.open)
        bench.inspector.block.comparison.more_requested.connect(self.open)
        link.swap_measured.connect(self._on_told)
        link.raced.connect(self._on_told)
        link.lost.connect(self._on_lost)
        runs.state_changed.connect(self._follow_run)
        self._store.changed.connect(self._on_changed)
        self._store.replaced.connect(self._close)

    def open(self) -> None:
        """Compare what can take the place of the chosen blocks; says why not when nothing can."""
        if self.window and self.window.isVisible() and self.window.contest and self.window.contest.racing:
            self.window.stale.tell(tr("A race is under way. Stop it before you compare other blocks."), again=False)
            self.window.raise_()
            return
        found = experiment(self._store.document, self._store.level, self._store.selection, self._store.sample)
        if found is None:
            self._bench.notices.info(self._refusal())
            return
        self._show(found)

    def _refusal(self) -> str:
        blocks = [self._store.network.blocks[i] for i in self._store.selection]
        if not blocks:
            return tr(NOTHING_CHOSEN)
        if all(isinstance(b.layer, Group) for b in blocks):
            return tr(IN_GROUP).format(group=blocks[0].heading)
        swappable = [b for b in blocks if isinstance(b.layer, SWAPPABLE)]
        named = ", ".join(b.heading for b in (swappable or blocks)[:3])
        return tr(NOT_YET if swappable else NOTHING_FITS).format(blocks=named)

    def _show(self, found: Experiment) -> None:
        window = self.window or self._made()
        self._taken = ""
        self._compared = likeness(self._store.document)
        training = self._store.document.training
        if window.contest is None or window.contest.experiment.ids != found.ids:
            window.bar.set_epochs(training.epochs)
        window.show_contest(Contest(found, self._judged_by()), *self._words(found), training.batch_size)
        self._follow_run()
        window.show()
        window.raise_()
        window.activateWindow()
        window.table.setFocus()
        self._measure()

    def _judged_by(self) -> int:
        """How many validation samples there are, where each is right or wrong."""
        info, share = self._store.dataset, self._store.document.data.validation_share
        return round(info.samples * share) if info and info.task == "classes" else 0

    def _made(self) -> SwapWindow:
        window = self.window = SwapWindow(self._bench.window)
        window.race_requested.connect(self._race)
        window.stop_requested.connect(lambda: self._link.send(StopSwaps()))
        window.measure_requested.connect(self._measure)
        window.take_requested.connect(self._take)
        window.save_requested.connect(self._save)
        window.closed.connect(self._on_closed)
        window.stale.again_requested.connect(self._again)
        window.stale.undo_requested.connect(self._store.undo)
        return window

    def _words(self, found: Experiment) -> tuple[str, str]:
        """What is compared, and where it is."""
        blocks, network = found.present.variant.blocks, self._store.network
        named = _counted([network.blocks[i].heading for i in blocks])
        facts = self._store.analysis.blocks[blocks[-1]]
        ids = ", ".join(blocks) if len(blocks) <= 3 else count(len(blocks), "block", "blocks")
        shapes = f"{facts.inputs[0]} → {facts.output}" if len(blocks) == 1 else ""
        way = " › ".join(headings(self._store.document.network, found.path))
        parts = (way, ids, shapes, self._copies(found), self._frozen(blocks))
        return named, " · ".join(part for part in parts if part)

    def _copies(self, found: Experiment) -> str:
        """Of a group that is repeated, all copies are changed; the numbers of the blocks are those of one."""
        network = self._store.document.network
        groups = [grouping.inside(network, found.path[:n]).blocks[i].layer for n, i in enumerate(found.path)]
        copies = prod(group.repeat for group in groups if isinstance(group, Group))
        return tr("numbers of one of {copies} copies").format(copies=copies) if copies > 1 else ""

    def _frozen(self, blocks: tuple[str, ...]) -> str:
        frozen = [i for i in blocks if self._store.network.blocks[i].frozen]
        return tr("{block} is frozen: its twins keep their start values").format(block=frozen[0]) if frozen else ""

    def _measured(self, lane: Lane) -> Entrant:
        """A lane as the worker gets it to measure."""
        entrant = lane.entrant
        return Entrant(key=entrant.key, text=file.dump(entrant.document), blocks=entrant.flat)

    def _racer(self, lane: Lane, number: int, bar: RaceBar) -> Entrant:
        """A lane as the worker gets it to race with the seed of that number."""
        entrant, training = lane.entrant, lane.entrant.document.training
        seed = (training.seed + number) % 2**31
        document = replace(entrant.document, training=with_fields(training, epochs=bar.epochs.value(), seed=seed))
        name = f"{self._store.title}: {entrant.variant.name}"
        if bar.seeds.value() > 1:
            name += f" · {tr('seed')} {seed}"
        folder = str(self._folders.fresh(name, datetime.now())) if bar.keep.isChecked() else ""
        key, text = key_of(entrant.key, number), file.dump(document)
        return Entrant(key=key, text=text, blocks=entrant.flat, folder=folder, name=name, turn=number)

    def _measure(self) -> None:
        """Ask the worker for the times of all; while a run is running it answers after that."""
        contest = self.window.contest if self.window else None
        if contest is None or self.window is None:
            return
        self._numbers[SwapMeasured] += 1
        if self._link.alive:
            contest.begin_measuring()
            entrants = tuple(map(self._measured, contest.possible))
            self._link.send(MeasureSwaps(number=self._numbers[SwapMeasured], entrants=entrants))
        self.window.refresh()

    def _race(self) -> None:
        window = self.window
        if window is None or window.contest is None or not window.contest.chosen:
            return
        if self._runs.state == "running":
            self._runs.pause()
        if not self._link.alive:
            self._runs.restart()
        seeds = window.bar.seeds.value()
        entrants = tuple(self._racer(lane, n, window.bar) for n in range(seeds) for lane in window.contest.chosen)
        window.contest.begin_race(seeds)
        self._numbers[Raced] += 1
        together = window.bar.together.isChecked()
        self._link.send(Race(number=self._numbers[Raced], entrants=entrants, together=together))
        window.refresh()

    def _take(self, key: str) -> None:
        """Put it into the document as one step: ids, titles, places and wires of the blocks stay."""
        window = self.window
        if window is None or window.contest is None:
            return
        now = window.contest.experiment
        found = experiment(self._store.document, now.path, now.ids, self._store.sample)
        entrant = found.entrant(key) if found else None
        if entrant is None or not entrant.possible:
            return
        self._taken = entrant.variant.name
        ids = now.present.variant.blocks
        of = ids[0] if len(ids) == 1 else count(len(ids), "block", "blocks")
        self._store.do(tr("Swap") + f" {of} · {entrant.variant.name}", entrant.document)
        self._catch_up()

    def _again(self) -> None:
        """Compare the network as it is now; a race about another one ends."""
        if self.window and self.window.contest:
            before = self.window.contest.experiment
            found = experiment(self._store.document, before.path, before.ids, self._store.sample)
            self._link.send(StopSwaps())
            if found:
                self._store.enter(found.path)
                self._show(found)
            else:
                self.window.stale.tell(tr("The blocks are gone, or cannot be computed now."), again=False)

    def _on_changed(self) -> None:
        if self.window and self.window.isVisible():
            self._later.start()

    def _catch_up(self) -> None:
        """The document has changed: follow it, where nothing would be lost; else say that it has."""
        self._later.stop()
        window = self.window
        if window is None or window.contest is None or not window.isVisible():
            return
        if likeness(self._store.document) == self._compared:
            self._taken = ""
            window.stale.hide()
        elif self._taken:
            window.stale.tell(tr("Taken: {name}. Undo takes it back.").format(name=self._taken), undo=True)
        elif window.contest.raced or window.contest.measuring:
            window.stale.tell(tr("The network was edited since. These numbers are of the one before."))
        else:
            self._again()
        window.refresh()

    def _follow_run(self) -> None:
        """Two cannot train at once: a race waits while a run is running, or the run is paused for it."""
        window = self.window
        if window is None:
            return
        refusal, offer = self._race_refusal()
        window.bar.set_refusal(refusal, offer)
        window.refresh()

    def _race_refusal(self) -> tuple[str, str]:
        """Why no race can begin, and what the button offers instead."""
        if self._runs.state in ("running", "preparing"):
            return tr("A run is under way; the race, and measuring, wait until it is paused."), tr(
                "Pause the run and race"
            )
        if self._store.document.data.none:
            return tr("There is nothing to race on: no data set is chosen."), ""
        if errors := self._store.whole.errors:
            return tr("The network cannot be trained: {words}").format(words=errors[0].title), ""
        return "", ""

    def _on_told(self, told: SwapMeasured | Raced) -> None:
        if self.window and told.number == self._numbers[type(told)]:
            self.window.take_in(told)

    def _on_lost(self, sentence: str, _detail: str) -> None:
        if self.window and self.window.contest:
            self.window.contest.lose(sentence)
            self.window.refresh()

    def _on_closed(self) -> None:
        """Nobody looks: what is under way ends."""
        contest = self.window.contest if self.window else None
        if contest and (contest.racing or contest.measuring):
            self._link.send(StopSwaps())

    def _close(self) -> None:
        """Another document was opened: the experiment was not about it."""
        if self.window:
            self.window.close()

    def _save(self, kind: str) -> None:
        window = self.window
        if window and kind == "png":
            self._bench.picture_files.save(tr("Save the curves"), "-race", kind, window.curves_png)
        elif window:
            text = window.text(SAVED[kind])
            self._bench.picture_files.save(tr("Save the comparison"), "-twins", kind, lambda: text.encode())


def _counted(names: list[str]) -> str:
    """'2 × Convolution 3×3, Dilated 3×3 · d 2': each name once, and how often."""
    found = Counter(names)
    parts = [f"{number} × {name}" if number > 1 else name for name, number in found.items()]
    return ", ".join(parts[:3]) + (" …" if len(parts) > 3 else "")
