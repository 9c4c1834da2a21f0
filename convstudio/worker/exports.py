"""Exports, one at a time: a stage between two looks at the inbox, so that training goes on while a file is tried."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from convstudio.engine import exports, starting
from convstudio.engine.devices import Way
from convstudio.engine.exporting.previews import preview
from convstudio.engine.exports import ExportFault, Proof, Stage, Steps
from convstudio.engine.project import proof_samples
from convstudio.protocol import messages as m
from convstudio.worker import faults
from convstudio.worker.bench import Piece
from convstudio.worker.desk import Desk

PROOF_SAMPLES = 16
"""So many validation samples an exported file must give the same answers for."""
SEEDED = " It begins with start values of its seed, not with the weights that were brought in."
GLANCE = 0.05
"""Seconds between two looks at the process that tries a file."""


class Exports:
    """Holds the export that is under way. It writes the weights as they are when it is asked for."""

    def __init__(self, desk: Desk, send: Callable[[m.Event], None]) -> None:
        self._desk, self._send = desk, send
        self._steps: Steps[Proof] | None = None
        self._request: m.Export | None = None
        self._trained = False
        self._said: Stage | None = None
        self._looked = 0.0

    @property
    def under_way(self) -> bool:
        return self._steps is not None

    def start(self, request: m.Export) -> None:
        """Begin to write the network on the bench. Raises what the engine raises."""
        if self._request is not None:
            raise ExportFault(f"{Path(self._request.path).name} is still being written. Wait for it, or cancel it.")
        piece = self._desk.piece()
        starting.require_sound(piece.analysis)
        samples, classes = proof_samples(piece.document.data, piece.live.sample, PROOF_SAMPLES)
        self._steps = exports.exporting(
            request.format,
            Path(request.path),
            piece.document,
            piece.analysis,
            piece.live,
            samples,
            title=request.title,
            classes=classes,
            way=self._way(piece),
        )
        self._request, self._trained, self._looked = request, self._desk.bench.learned, 0.0

    def preview(self, request: m.PreviewExport) -> None:
        """Tell what an export would write; or in words why there can be none."""
        try:
            piece = self._desk.piece()
            starting.require_sound(piece.analysis)
            given = (piece.document, piece.analysis, piece.live, self._way(piece))
            found = preview(request.format, request.name, request.title, *given)
        except Exception as error:
            self._send(m.ExportPreview(format=request.format, fault=faults.reason(error)))
        else:
            self._send(
                m.ExportPreview(
                    format=request.format,
                    caption=found.caption + self._left_out(request),
                    text=found.text,
                    head=found.head,
                    rows=found.rows,
                    trained=self._desk.bench.learned,
                )
            )

    def step(self) -> None:
        """Go on, when it is time to look; what goes wrong is told, and ends the export."""
        if self._steps is None or time.perf_counter() - self._looked < GLANCE:
            return
        self._looked = time.perf_counter()
        try:
            self._tell(next(self._steps))
        except StopIteration as end:
            self._finished(end.value)
        except Exception as error:
            self._end()
            self._send(faults.fault("export", error))

    def cancel(self, request: m.CancelExport | None = None) -> None:
        """End the export, if there is one; nothing is left of its file."""
        if self._steps is not None:
            self._end()
            if request is not None:
                self._send(m.ExportCancelled())

    def _left_out(self, request: m.PreviewExport) -> str:
        """What a training script does otherwise than the window."""
        return SEEDED if request.format == "script" and self._desk.bench.given else ""

    def _way(self, piece: Piece) -> Way:
        """What a script computes with: as the last run did, or as the settings say."""
        return self._desk.way or Way.wanted(piece.document.training)

    def _tell(self, stage: Stage) -> None:
        if stage != self._said:
            self._said = stage
            self._send(m.Exporting(words=stage.words, share=stage.share))

    def _finished(self, proof: Proof) -> None:
        request = self._request
        assert request is not None
        self._end()
        self._send(
            m.Exported(
                format=request.format,
                path=request.path,
                difference=proof.difference,
                samples=proof.samples,
                program=proof.program,
                largest=proof.largest,
                files=tuple(map(str, proof.files)),
                trained=self._trained,
            )
        )

    def _end(self) -> None:
        if self._steps is not None:
            self._steps.close()
        self._steps = self._request = self._said = None
