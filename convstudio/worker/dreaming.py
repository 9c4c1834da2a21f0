"""Activation maximisation on the worker's side: a dream at a time, a step at a time, its images on credit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from convstudio.engine.why.aim import Aim
from convstudio.engine.why.dream import Dream, Manner
from convstudio.protocol import messages as m
from convstudio.worker import faults
from convstudio.worker.pictures import packed
from convstudio.worker.stage import Stage
from convstudio.worker.watched import Watched
from convstudio.worker.why import fitting

MOST_UNSEEN = 64
"""So many steps are made without anybody looking; then it waits."""
NO_IMAGE = packed(np.zeros(0, np.uint8))


class Dreaming:
    """Goes on with the newest dream. It is of the network as it is at each step, also while that learns."""

    def __init__(self, bench: Stage, watched: Watched, send: Callable[[m.Event], None]) -> None:
        self._bench, self._watched, self._send = bench, watched, send
        self._asked: m.Dream | None = None
        self._dream: Dream | None = None
        self._version = 0
        self._credit = True
        self._values: list[float] = []

    def start(self, request: m.Dream) -> None:
        """Begin, change the manner of what goes on, or end it."""
        if self._asked is None or request.ticket != self._asked.ticket or not request.block:
            self._dream, self._credit, self._values = None, True, []
        self._asked = request if request.block else None

    def drawn(self, request: m.DreamDrawn) -> None:
        """The last image was drawn."""
        if self._asked is not None and request.ticket == self._asked.ticket:
            self._credit = True

    def due(self) -> bool:
        """There is a step to make."""
        return self._asked is not None and (self._credit or len(self._values) < MOST_UNSEEN)

    @property
    def waited_for(self) -> bool:
        """Somebody looks on."""
        return self.due()

    def advance(self) -> None:
        """One step, and its image where it may be sent; what goes wrong is told as the end of the dream."""
        asked = self._asked
        assert asked is not None
        try:
            dream = self._stepped(asked)
        except Exception as error:
            self._asked = self._dream = None
            nothing, words = packed(np.zeros(0, np.float32)), faults.words(error)
            self._send(m.Dreamt(ticket=asked.ticket, image=NO_IMAGE, values=nothing, done=True, words=words))
            if faults.kind(error) == "internal":
                raise
            return
        done = dream.still or dream.steps >= asked.steps
        if self._credit or done:
            self._tell(asked, dream, done)
        if done:
            self._asked = self._dream = None

    def _stepped(self, asked: m.Dream) -> Dream:
        """The dream after one more step; a new one, or one of another network, begins with its first image."""
        piece, image = fitting(self._bench.piece, self._watched)
        if self._dream is None or self._version != self._bench.version:
            start = image if asked.from_sample else None
            kept = self._dream.image if self._dream and self._dream.image.shape == image.shape else start
            aim, made = Aim(asked.block, asked.channel, asked.place), self._dream.steps if self._dream else 0
            self._dream, self._version = Dream(piece.live, aim, kept, asked.seed), self._bench.version
            self._dream.steps = made
        elif not self._dream.still:
            self._dream.step(piece.live, Manner(asked.rate, asked.smooth))
        self._values.append(self._dream.value)
        return self._dream

    def _tell(self, asked: m.Dream, dream: Dream, done: bool) -> None:
        values, self._values, self._credit = self._values, [], False
        self._send(
            m.Dreamt(
                ticket=asked.ticket,
                channel=dream.aim.channel,
                image=packed(np.rint(dream.image.numpy() * 255).astype(np.uint8)),
                values=packed(np.array(values, np.float32)),
                steps=dream.steps,
                still=dream.still,
                done=done,
            )
        )
