"""A worker that was asked to end, and that nobody waits for: it gets its time, then it is killed."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject, QProcess, QTimer


class Farewell(QObject):
    """Holds the process until it is gone. Only the end of the program waits for it."""

    def __init__(self, process: QProcess, patience: int) -> None:
        """`patience` in milliseconds."""
        application = QCoreApplication.instance()
        super().__init__(application)
        self._process, self._patience = process, patience
        process.setParent(self)
        process.finished.connect(self.deleteLater)
        QTimer.singleShot(patience, self, process.kill)
        if application:
            application.aboutToQuit.connect(self.wait)

    def wait(self) -> None:
        """Until the process is gone; it is killed when its time is up."""
        if not self._process.waitForFinished(self._patience):
            self._process.kill()
            self._process.waitForFinished(self._patience)
