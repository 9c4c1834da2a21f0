"""What all tests share: no window on the screen, one torch thread, and one row of the block table at a time."""

from __future__ import annotations

import gc
import importlib.util
import os
import socket
import subprocess
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

settings.register_profile("local", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("local"), derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is collected stays to the end: to look through it for garbage took a fifth of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes `block_case` runs once for every row of the table of blocks."""
    if "block_case" in metafunc.fixturenames:
        cases = _block_cases().CASES
        metafunc.parametrize("block_case", cases, ids=[case.name for case in cases])


@pytest.fixture(scope="session")
def block_cases() -> ModuleType:
    """The module with the table of blocks, and with what makes a network of a row."""
    return _block_cases()


@pytest.fixture(autouse=True)
def _torch_as_it_starts() -> Iterator[None]:
    """One thread, as two can be ten times slower on a busy machine; afterwards numbers below 1e-38 are numbers again.

    A trainer lets the processor flush those to 0, for the whole process.
    """
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)
    yield
    if torch := sys.modules.get("torch"):
        torch.set_flush_denormal(False)


@pytest.fixture(scope="session")
def born() -> Iterator[tuple[str, ...]]:
    """Program and arguments of a `convstudio` that need not load torch first; see `nursery`."""
    if not hasattr(socket, "send_fds") or not hasattr(os, "fork"):
        yield (sys.executable, "-m", "convstudio")
        return
    with TemporaryDirectory(prefix="born") as folder:  # the path of a socket must be short
        program, door = str(Path(__file__).with_name("nursery.py")), str(Path(folder) / "door")
        command = [sys.executable, program, door]
        home = {"PYTHONPATH": str(Path(__file__).parents[1])}
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ | home) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            yield (sys.executable, "-S", "-E", program, door)
            process.stdin.close()


@pytest.fixture(scope="session")
def born_python(born: tuple[str, ...]) -> tuple[str, ...]:
    """A Python that need not load torch first; it takes `-c` and source."""
    return (sys.executable,) if born[-1] == "convstudio" else born


@pytest.fixture
def workers_are_born(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every worker that this test starts comes out of the nursery, which opens with the first of them."""
    from convstudio.commands import worker_client

    monkeypatch.setattr(worker_client, "worker_command", lambda: [*request.getfixturevalue("born"), "worker"])


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exported files are tried by the same program, but here: a process of its own takes seconds to load torch."""
    import torch

    from convstudio.engine import seeding
    from convstudio.engine.exporting import checker, fresh

    def answered(folder: Path, job: dict[str, Any], first: float, last: float) -> Iterator[None]:
        folder.mkdir(exist_ok=True)
        monkeypatch.setattr(sys, "argv", list(sys.argv))
        try:
            with seeding.kept(torch.default_generator):
                return checker.TASKS[job["task"]](job, folder)
        except Exception as error:
            raise fresh.failed(f"{type(error).__name__}: {error}") from error
        yield

    monkeypatch.setattr(fresh, "answered", answered)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # as in that process: nothing is left beside the files


def _block_cases() -> ModuleType:
    """Tests are no package (import mode importlib), so the table is loaded by its path, once."""
    name = "convstudio_block_cases"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("block_cases.py"))
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]
