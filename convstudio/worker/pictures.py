"""The pictures for open views: which of them are out of date, and how they are taken and sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from convstudio.engine import probe
from convstudio.protocol.messages import Array, ClassMap, Event, Maps, Masks, Scores, View
from convstudio.worker.bench import Bench, Piece
from convstudio.worker.views import Views
from convstudio.worker.watched import Watched

Kind = Literal["float32", "uint8", "int64"]


class Shown(NamedTuple):
    """What a picture shows: of which network, after how many steps, of which sample (0 for masks)."""

    version: int
    step: int
    sample: int


class Studio:
    """Takes pictures of what is on the bench, for views that have room for one."""

    def __init__(self, bench: Bench, watched: Watched, send: Callable[[Event], None]) -> None:
        self.views = Views()
        self._bench = bench
        self._watched = watched
        self._send = send

    def due(self) -> tuple[View, ...]:
        """Views that have room for a picture, and whose last one shows something else than there is now."""
        return self.views.due(self._shown) if self._bench.piece else ()

    def take(self, views: tuple[View, ...]) -> None:
        """Take and send the pictures of these views, all maps in one pass.

        Their credit is gone even when that fails, so that a picture which cannot be taken is not tried for ever.
        """
        piece = self._bench.piece
        assert piece is not None
        for view in views:
            self.views.sent(view, self._shown(view))
        for view in views:
            if view.what == "masks":
                self._send_masks(piece, view)
        self._send_maps(piece, tuple(v for v in views if v.what == "maps"))

    def _shown(self, view: View) -> Shown | None:
        """What a picture of this view would show now; None where the block has no such picture."""
        bench, piece = self._bench, self._bench.piece
        assert piece is not None
        if view.what == "masks":
            has_masks = view.block in piece.with_masks
            return Shown(bench.version, bench.step, 0) if has_masks else None
        shows = view.block in piece.live.shapes and self._watched.fits(piece.live.sample)
        return Shown(bench.version, bench.step, self._watched.version) if shows else None

    def _send_masks(self, piece: Piece, view: View) -> None:
        found = probe.masks(piece.live, view.block, view.limit)
        self._send(
            Masks(
                run=self._bench.run,
                step=self._bench.step,
                view=view,
                names=found.names,
                arrays=tuple(packed(a) for a in found.arrays),
                total=found.totals,
            )
        )

    def _send_maps(self, piece: Piece, views: tuple[View, ...]) -> None:
        image = self._watched.sample(piece.live.sample) if views else None
        if image is None:
            return
        look = probe.maps(piece.live, image, _limits(views))
        for view in views:
            self._send_map(view, look.maps[view.block])
        run, step = self._bench.run, self._bench.step
        if len(look.probabilities):
            self._send(Scores(run=run, step=step, probabilities=packed(look.probabilities)))
        if look.class_map is not None:
            self._send(ClassMap(run=run, step=step, classes=packed(look.class_map)))

    def _send_map(self, view: View, found: probe.BlockMaps) -> None:
        """One pass serves all views of a block; each gets as many maps as it asked for."""
        limit = view.limit if view.limit > 0 else len(found.maps)
        self._send(
            Maps(
                run=self._bench.run,
                step=self._bench.step,
                view=view,
                maps=packed(found.maps[:limit]),
                low=found.low,
                high=found.high,
                total=found.total,
            )
        )


def packed(array: NDArray[np.float32] | NDArray[np.uint8] | NDArray[np.int64]) -> Array:
    """An array for the stream, in C order."""
    kinds: dict[type, Kind] = {np.uint8: "uint8", np.int64: "int64"}
    return Array(kinds.get(array.dtype.type, "float32"), array.shape, array.tobytes())


def _limits(views: tuple[View, ...]) -> dict[str, int]:
    """The largest limit that any view of a block asks for; 0 asks for all."""
    limits: dict[str, list[int]] = {}
    for view in views:
        limits.setdefault(view.block, []).append(max(0, view.limit))
    return {block: 0 if 0 in wanted else max(wanted) for block, wanted in limits.items()}
