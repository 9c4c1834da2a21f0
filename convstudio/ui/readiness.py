"""Why a view is still empty: what the worker is doing before it can bring what the sentence there promises."""

from __future__ import annotations

from PySide6.QtCore import QObject

from convstudio.ui.link.worker_link import WorkerLink
from convstudio.ui.live.sentence import Sentence
from convstudio.ui.run.run_controller import RunController
from convstudio.ui.text import tr


class Readiness(QObject):
    """Holds the sentences of empty views back while the worker starts, prepares a run, or is gone."""

    def __init__(self, link: WorkerLink, runs: RunController, *sentences: Sentence, parent: QObject) -> None:
        super().__init__(parent)
        self._link, self._runs, self._sentences = link, runs, sentences
        link.started.connect(self.follow)
        link.hello_received.connect(lambda _hello: self.follow())
        link.lost.connect(lambda _sentence, _detail: self.follow())
        runs.state_changed.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        """Say what is so now."""
        for sentence in self._sentences:
            sentence.hold(self.words)

    @property
    def words(self) -> str:
        """What the views wait for; '' when the worker answers."""
        if self._runs.state == "lost":
            return tr("The worker is gone, so nothing can be shown. Choose Run → Restart the worker.")
        if not self._link.alive or self._link.hello is None:
            return tr("The worker is starting: it loads torch, which takes a few seconds. Then this view fills.")
        if self._runs.state == "preparing":
            return self._runs.message or tr("The run is being prepared …")
        return ""
