"""A foreign file is read by `convstudio import` in a process of its own: what is in it can do no harm to the window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from msgspec import Struct
from PySide6.QtCore import QObject, QProcess, QTemporaryDir, Signal

from convstudio.network import file
from convstudio.network.document import Document
from convstudio.runs.brought import Report
from convstudio.ui.link.command import own_command
from convstudio.ui.text import tr

KILL_MS = 2000


@dataclass(frozen=True)
class Done:
    """The file at `path` was read: its weights and its document are in `folder`."""

    path: Path
    folder: Path
    report: Report


class _Told(Struct):
    report: Report


class ImportProcess(QObject):
    """One import at a time."""

    done = Signal(object)
    """Done."""
    failed = Signal(str)
    """Why it was not read, as a sentence; '' when it was cancelled."""

    def __init__(self, parent: QObject | None = None, command: Sequence[str] | None = None) -> None:
        """`command` is program and first arguments, this installation's own unless given."""
        super().__init__(parent)
        self._command = tuple(command) if command else own_command()
        self._process: QProcess | None = None
        self._path, self._folder = Path(), Path()
        self._document: QTemporaryDir | None = None

    @property
    def path(self) -> Path | None:
        """The file that is being read; None when there is none."""
        return self._path if self._process else None

    def start(self, path: Path, folder: Path, into: Document | None = None) -> None:
        """Read a file; weights go `into` the network of a document. Nothing happens while another is being read."""
        if self._process:
            return
        self._path, self._folder = path, folder
        program, *first = self._command
        arguments = [*first, "import", str(path), "--run", str(folder), "--no-project", "--json"]
        if into is not None:
            arguments += ["--into", str(self._written(into)), "--plugins"]
        self._process = process = QProcess(self)
        process.finished.connect(self._on_finished)
        process.errorOccurred.connect(self._on_error)
        process.start(program, arguments)

    def cancel(self) -> None:
        """Read no further."""
        if self._end() is not None:
            self.failed.emit("")

    def _written(self, document: Document) -> Path:
        """The document as a file that the process can read."""
        self._document = QTemporaryDir()
        path = Path(self._document.filePath("document")).with_suffix(file.SUFFIX)
        path.write_text(file.dump(document), encoding="utf-8")
        return path

    def _on_finished(self) -> None:
        if (process := self._process) is None:
            return
        ended = process.exitStatus() == QProcess.ExitStatus.NormalExit
        code, out = process.exitCode(), bytes(process.readAllStandardOutput().data())
        words = bytes(process.readAllStandardError().data()).decode(errors="replace").strip()
        self._end()
        if not ended:
            self.failed.emit(tr("{name} could not be read: reading it broke off.").format(name=self._path.name))
        elif code:
            self.failed.emit(words.splitlines()[-1].removeprefix("convstudio: ") if words else self._unreadable())
        else:
            self._read(out)

    def _read(self, out: bytes) -> None:
        try:
            told = msgspec.json.decode(out, type=_Told)
        except (msgspec.DecodeError, UnicodeDecodeError):
            self.failed.emit(self._unreadable())
        else:
            self.done.emit(Done(self._path, self._folder, told.report))

    def _unreadable(self) -> str:
        return tr("{name} could not be read.").format(name=self._path.name)

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._end()
            self.failed.emit(self._unreadable())

    def _end(self) -> QProcess | None:
        """Let go of the process, dead or alive."""
        process, self._process, self._document = self._process, None, None
        if process is not None:
            process.blockSignals(True)
            if process.state() != QProcess.ProcessState.NotRunning:
                process.kill()
                process.waitForFinished(KILL_MS)
            process.deleteLater()
        return process
