"""Reading a foreign file in a process of its own: what comes of it, also when that process goes wrong."""

from __future__ import annotations

import sys

import pytest

from convstudio.network import file
from convstudio.network.document import Document
from convstudio.runs import brought
from convstudio.ui.importing.import_process import ImportProcess
from convstudio.ui.runs.loading import document_of


@pytest.fixture
def process(qtbot, workers):
    """With our own program, or with one that ends in another way."""
    made = []

    def make(program: str | None = None) -> ImportProcess:
        command = (sys.executable, "-c", program) if program else None
        made.append(ImportProcess(command=command))
        return made[-1]

    yield make
    for one in made:
        one.cancel()


def test_a_model_is_read_into_a_folder(process, qtbot, tmp_path, tiny):
    reading = process()
    with qtbot.waitSignal(reading.done, timeout=20_000) as signal:
        reading.start(tiny, tmp_path / "run")
        assert reading.path == tiny
    (done,) = signal.args
    assert reading.path is None
    assert done.report.parameters == 7850
    assert brought.read(tmp_path / "run") == done.report
    assert document_of(done.folder).data.name == "digits"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["run", "tiny.onnx"]


def test_a_broken_file_is_a_sentence(process, qtbot, tmp_path, tiny):
    tiny.write_bytes(tiny.read_bytes()[:5000])
    reading = process()
    with qtbot.waitSignal(reading.failed, timeout=20_000) as signal:
        reading.start(tiny, tmp_path / "run")
    assert signal.args == ["tiny.onnx is no ONNX file, or it is cut off or damaged."]
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("import os; os.abort()", "tiny.onnx could not be read: reading it broke off."),
        ("print('no report')", "tiny.onnx could not be read."),
        ("raise SystemExit(3)", "tiny.onnx could not be read."),
        ("import sys; sys.exit('convstudio: It is odd.')", "It is odd."),
    ],
)
def test_a_process_that_ends_badly_is_a_sentence(process, qtbot, tmp_path, tiny, program, words):
    reading = process(program)
    with qtbot.waitSignal(reading.failed, timeout=20_000) as signal:
        reading.start(tiny, tmp_path / "run")
    assert signal.args == [words]
    assert reading.path is None


def test_a_program_that_is_not_there_is_a_sentence(qtbot, tmp_path, tiny):
    reading = ImportProcess(command=(str(tmp_path / "nothing"),))
    with qtbot.waitSignal(reading.failed, timeout=20_000) as signal:
        reading.start(tiny, tmp_path / "run")
    assert signal.args == ["tiny.onnx could not be read."]


def test_it_can_be_cancelled(process, qtbot, tmp_path, tiny):
    reading = process("import time; time.sleep(60)")
    reading.start(tiny, tmp_path / "run")
    qtbot.waitUntil(lambda: reading.path == tiny)
    with qtbot.waitSignal(reading.failed) as signal:
        reading.cancel()
    assert signal.args == [""]
    assert reading.path is None


def test_weights_are_brought_into_the_network_of_the_window(process, qtbot, tmp_path):
    """The process gets the document as a file, which is gone afterwards."""
    told = tmp_path / "told"
    program = f"import sys, shutil; shutil.copy(sys.argv[sys.argv.index('--into') + 1], {str(told)!r}); sys.exit(1)"
    reading = process(program)
    with qtbot.waitSignal(reading.failed, timeout=20_000):
        reading.start(tmp_path / "w.safetensors", tmp_path / "run", Document())
    assert told.read_text() == file.dump(Document())
