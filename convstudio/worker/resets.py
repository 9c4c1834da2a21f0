"""Resets of weights: blocks begin again with their start values, and can get back what they had."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from torch import Tensor

from convstudio.engine.build import LiveNetwork, NetworkFault
from convstudio.protocol import messages as m
from convstudio.worker.desk import Desk
from convstudio.worker.running import named
from convstudio.worker.runs import Runs

MOST = 8
"""So many resets can be undone; the oldest is forgotten first."""
States = Mapping[str, Mapping[str, Tensor]]
"""Weights by block and by their own names."""


@dataclass(frozen=True)
class _Kept:
    """What blocks had before a reset; `memory` is what the `optimiser` of run `run` knew of them."""

    states: States
    memory: Mapping[str, Tensor]
    optimiser: str
    run: int


class Resets:
    """Resets weights of the network on the bench, whether a run is under way or not."""

    def __init__(self, desk: Desk, runs: Runs, send: Callable[[m.Event], None]) -> None:
        self._desk, self._runs, self._send = desk, runs, send
        self._kept: OrderedDict[int, _Kept] = OrderedDict()
        self._number = 0

    def reset(self, request: m.ResetWeights) -> None:
        """Give blocks their start values, and let the optimiser forget them. NetworkFault when there are none."""
        live = self._desk.piece().live
        starts = {i: live.start_values(i) for i in _meant(live, request.blocks)}
        starts = {i: state for i, state in starts.items() if state}
        if not starts:
            raise NetworkFault("There are no weights to reset: these blocks take no part in the network.")
        before = {i: {n: w.detach().clone() for n, w in live.parts[i].state_dict().items()} for i in starts}
        running = self._runs.running
        memory = running.run.trainer.forget(starts) if running else {}
        self._number += 1
        self._kept[self._number] = _Kept(before, memory, self._optimiser(), self._desk.bench.run)
        if len(self._kept) > MOST:
            self._kept.popitem(last=False)
        self._load(live, starts)
        self._desk.bench.renew(starts)
        self._tell(self._number, starts, back=False)

    def put_back(self, request: m.PutBack) -> None:
        """Give blocks back what they had. NetworkFault when that does not fit any more."""
        live, kept = self._desk.piece().live, self._kept.get(request.number)
        if kept is None or kept.run != self._desk.bench.run or not _fits(live, kept.states):
            raise NetworkFault("The weights cannot be put back: the blocks, or the run, are others by now.")
        del self._kept[request.number]
        self._load(live, kept.states)
        self._desk.bench.renew(kept.states, back=True)
        running = self._runs.running
        if running:
            running.run.trainer.forget(kept.states)
            if kept.optimiser == self._optimiser():
                running.run.trainer.remember(kept.memory)
        self._tell(request.number, kept.states, back=True)

    def _optimiser(self) -> str:
        running = self._runs.running
        return running.run.trainer.settings.optimiser if running else ""

    def _load(self, live: LiveNetwork, states: States) -> None:
        for block_id, state in states.items():
            live.parts[block_id].load_state_dict(state)
            self._desk.bench.touched()

    def _tell(self, number: int, blocks: Collection[str], *, back: bool) -> None:
        """Say it; a run keeps a checkpoint of it at once."""
        bench, running = self._desk.bench, self._runs.running
        during = running is not None
        self._send(
            m.WeightsReset(
                number=number, blocks=tuple(blocks), run=bench.run, step=bench.step, during=during, back=back
            )
        )
        if running:
            running.mark("edit", f"{'Put back' if back else 'Reset'} {named(blocks)}")
            running.run.touched()
            running.report(keep=True)


def _meant(live: LiveNetwork, paths: Collection[str]) -> list[str]:
    """The ids of the blocks at these paths of the document, or in a group there, in every copy."""
    return [i for i in live.parts if any(_path(i) == path or _path(i).startswith(f"{path}.") for path in paths)]


def _path(block_id: str) -> str:
    """An id without the numbers of copies."""
    return ".".join(part for part in block_id.split(".") if not part.isdigit())


def _fits(live: LiveNetwork, states: States) -> bool:
    for block_id, state in states.items():
        part = live.parts.get(block_id)
        now = {name: value.shape for name, value in part.state_dict().items()} if part is not None else {}
        if now != {name: value.shape for name, value in state.items()}:
            return False
    return True
