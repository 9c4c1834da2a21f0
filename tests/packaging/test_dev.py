"""The set-up script's decisions, judged without a network, a package manager or another machine."""

import importlib.util
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "packaging" / "dev.py"


@pytest.fixture(scope="module")
def dev() -> ModuleType:
    specification = importlib.util.spec_from_file_location("dev", SCRIPT)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("library", "package"),
    [
        ("libEGL.so.1", "libegl1"),
        ("libGL.so.1", "libgl1"),
        ("libX11-xcb.so.1", "libx11-xcb1"),
        ("libX11.so.6", "libx11-6"),
        ("libbrotlidec.so.1", "libbrotli1"),
        ("libdbus-1.so.3", "libdbus-1-3"),
        ("libfontconfig.so.1", "libfontconfig1"),
        ("libfreetype.so.6", "libfreetype6"),
        ("libglib-2.0.so.0", "libglib2.0-0"),
        ("libgssapi_krb5.so.2", "libgssapi-krb5-2"),
        ("libgthread-2.0.so.0", "libglib2.0-0"),
        ("libwayland-cursor.so.0", "libwayland-cursor0"),
        ("libxcb-cursor.so.0", "libxcb-cursor0"),
        ("libxcb-icccm.so.4", "libxcb-icccm4"),
        ("libxcb-render-util.so.0", "libxcb-render-util0"),
        ("libxcb.so.1", "libxcb1"),
        ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
        ("libxkbcommon.so.0", "libxkbcommon0"),
    ],
)
def test_a_library_is_found_in_its_debian_package(dev: ModuleType, library: str, package: str) -> None:
    assert dev.debian_package(library) == package


def test_only_what_the_linker_does_not_find_is_missing_and_each_once(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = """
/somewhere/QtWidgets.abi3.so:
\tlinux-vdso.so.1 (0x00007ffd)
\tlibQt6Core.so.6 => /somewhere/libQt6Core.so.6 (0x00007f0d)
\tlibGL.so.1 => not found
\tlibEGL.so.1 => not found
/somewhere/QtTest.abi3.so:
\tlibGL.so.1 => not found
"""
    answer = subprocess.CompletedProcess(["ldd"], 1, said, "")
    monkeypatch.setattr(dev.subprocess, "run", lambda command, **how: answer)
    assert dev.missing_libraries([Path("QtWidgets.abi3.so")]) == ["libEGL.so.1", "libGL.so.1"]


@pytest.mark.parametrize(
    ("arguments", "window"),
    [
        ([], True),
        (["digits.convstudio"], True),
        (["folder/net"], True),
        (["--offscreen"], True),
        (["--debug", "digits.convstudio"], True),
        (["window", "digits.convstudio"], True),
        (["describe", "digits.convstudio"], False),
        (["--debug", "self-test"], False),
        (["--help"], False),
        (["--version"], False),
    ],
)
def test_a_file_opens_a_window_and_a_command_does_not(dev: ModuleType, arguments: list[str], window: bool) -> None:
    assert dev.opens_window(arguments) is window


@pytest.mark.parametrize(
    ("arguments", "environment", "offscreen"),
    [
        ([], {}, False),
        (["--offscreen", "digits.convstudio"], {}, True),
        ([], {"QT_QPA_PLATFORM": "offscreen"}, True),
        ([], {"QT_QPA_PLATFORM": "xcb"}, False),
    ],
)
def test_a_window_can_be_kept_off_the_screen(
    dev: ModuleType, arguments: list[str], environment: dict[str, str], offscreen: bool
) -> None:
    assert dev.is_offscreen(arguments, environment) is offscreen


@pytest.mark.parametrize(
    ("environment", "expected"),
    [({}, False), ({"DISPLAY": ""}, False), ({"DISPLAY": ":0"}, True), ({"WAYLAND_DISPLAY": "wayland-0"}, True)],
)
def test_a_display_is_one_that_the_environment_names(
    dev: ModuleType, environment: dict[str, str], expected: bool
) -> None:
    assert dev.has_display(environment) is expected


def test_torch_comes_from_another_index_only_on_request(dev: ModuleType) -> None:
    plain = dev.pip_arguments({})
    other = dev.pip_arguments({"CONVSTUDIO_TORCH_INDEX": "file:///somewhere/cpu"})
    assert "--extra-index-url" not in plain
    assert other[other.index("--extra-index-url") + 1] == "file:///somewhere/cpu"
    assert other[-2:] == plain[-2:] == ["-e", ".[dev]"]
    assert plain[plain.index("-c") + 1] == "packaging/constraints.txt"


PROJECT = """
[build-system]
requires = ["hatchling"]
[project]
name = "{name}"
[tool.hatch.version]
path = "x"
[tool.ruff]
line-length = {length}
"""


@pytest.fixture
def project(dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Writes a small project and gives its fingerprint."""

    def write(folder: str = "here", name: str = "one", length: int = 80, torch: str = "1", **environment: str) -> str:
        root = tmp_path / folder
        (root / "packaging").mkdir(parents=True, exist_ok=True)
        (root / "packaging" / "constraints.txt").write_text(f"torch=={torch}")
        (root / "pyproject.toml").write_text(PROJECT.format(name=name, length=length))
        monkeypatch.setattr(dev, "ROOT", root)
        return str(dev.fingerprint(environment))

    return write


def test_the_fingerprint_follows_what_is_installed_and_where(project: Callable[..., str]) -> None:
    kinds = {
        project(),
        project(name="two"),
        project(torch="2"),
        project(folder="there"),
        project(CONVSTUDIO_TORCH_INDEX="x"),
    }
    assert len(kinds) == 5


def test_the_fingerprint_cares_for_nothing_else(project: Callable[..., str]) -> None:
    assert project(length=120, UNRELATED="x") == project()


PYPI_TORCH = "  Downloading torch-2.13.0-cp311-cp311-manylinux_2_28_x86_64.whl (530.6 MB)\n"
CPU_TORCH = "  Downloading torch-2.13.0%2Bcpu-cp311-cp311-manylinux_2_28_x86_64.whl (183.0 MB)\n"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Collecting rich>=14\n", ""),
        ("  Downloading rich-15.0.0-py3-none-any.whl (310 kB)\n", ""),
        ("  Downloading pillow-13.0.0-cp311-cp311-manylinux_2_28_x86_64.whl (7.1 MB)\n", "  pillow 13.0.0 (7.1 MB)"),
        ("Downloading a/pillow-13.0.0-cp311.whl (7.1 MB)\n", "  pillow 13.0.0 (7.1 MB)"),
        ("Installing collected packages: mpmath, torch, convstudio\n", "  unpacking 3 packages"),
        (CPU_TORCH, "  torch 2.13.0+cpu (183.0 MB)"),
    ],
)
def test_only_large_downloads_and_their_end_are_news(dev: ModuleType, line: str, said: str) -> None:
    assert dev.news(line, nvidia=False) == said


def test_cuda_for_a_machine_without_it_comes_with_a_way_out(dev: ModuleType) -> None:
    assert "CONVSTUDIO_TORCH_INDEX" in dev.news(PYPI_TORCH, nvidia=False)
    assert dev.news(PYPI_TORCH, nvidia=True) == "  torch 2.13.0 (530.6 MB)"


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        (
            "Collecting x\nERROR: No matching distribution found for x\n\n",
            "ERROR: No matching distribution found for x",
        ),
        ("E: Unable to locate package libgl1\nmore\n", "E: Unable to locate package libgl1"),
        ("  OSError: Readme file is gone\n  [end of output]\nhint: see above\n", "OSError: Readme file is gone"),
        ("first\nlast\n", "last"),
        ("\n", "It said nothing."),
        (
            "  │ ERROR: Could not\n  ERROR: y (from versions: none)\n  ERROR: No match for y\nerror: subprocess\n",
            "ERROR: No match for y. Is there a network?",
        ),
    ],
)
def test_a_failure_is_told_by_the_line_that_says_why(dev: ModuleType, output: str, expected: str) -> None:
    assert dev.reason(output) == expected


def test_a_failing_command_is_a_sentence_and_its_output_is_kept(
    dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "LOG", tmp_path / "a log")
    with pytest.raises(dev.SetupError, match=r"^ERROR: no room left \(All of it: .*a log\)$"):
        dev.stream([sys.executable, "-c", "print('fine so far'); print('ERROR: no room left'); exit(3)"])
    assert (tmp_path / "a log").read_text().splitlines() == ["fine so far", "ERROR: no room left"]


@pytest.fixture
def events(dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a set-up did, where nothing is really made or installed; `.venv` is there and was never finished."""
    venv = tmp_path / ".venv"
    venv.mkdir()
    monkeypatch.setattr(dev, "VENV", venv)
    monkeypatch.setattr(dev, "STAMP", venv / "stamp")
    monkeypatch.setattr(dev, "LOG", venv / "log")
    monkeypatch.setattr(dev, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(dev, "is_environment", lambda python: True)
    monkeypatch.setattr(dev, "pip", lambda: ["pip"])
    done: list[str] = []
    monkeypatch.setattr(dev, "make_environment", lambda: done.append("environment"))
    monkeypatch.setattr(dev, "stream", lambda command: done.append("packages"))
    return done


def test_a_finished_set_up_does_nothing_more(dev: ModuleType, events: list[str]) -> None:
    dev.set_up_packages()
    dev.set_up_packages()
    assert events == ["packages"]


def test_an_interrupted_set_up_starts_afresh(
    dev: ModuleType, events: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(command: list[str]) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as now:
        now.setattr(dev, "stream", interrupt)
        with pytest.raises(KeyboardInterrupt):
            dev.set_up_packages()
    dev.set_up_packages()
    assert events == ["environment", "packages"]


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        ("ERROR: no network", ["packages"]),
        ("Installing collected packages: a, b\nERROR: no room", ["environment", "packages"]),
    ],
)
def test_a_failure_spoils_an_environment_only_once_pip_has_touched_it(
    dev: ModuleType, events: list[str], monkeypatch: pytest.MonkeyPatch, log: str, expected: list[str]
) -> None:
    def fail(command: list[str]) -> None:
        dev.LOG.write_text(log)
        raise dev.SetupError(log)

    with monkeypatch.context() as now:
        now.setattr(dev, "stream", fail)
        with pytest.raises(dev.SetupError):
            dev.set_up_packages()
    dev.set_up_packages()
    assert events == expected


def test_a_fresh_environment_keeps_nothing_of_the_old_one_but_the_mark(
    dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    venv = tmp_path / ".venv"
    (venv / "lib" / "half").mkdir(parents=True)
    (venv / "lib64").symlink_to("lib")
    (venv / "pyvenv.cfg").write_text("broken")
    monkeypatch.setattr(dev, "VENV", venv)
    monkeypatch.setattr(dev, "STAMP", venv / "stamp")
    monkeypatch.setattr(dev, "succeeds", lambda *command: True)
    dev.make_environment()
    assert {place.name: place.read_text() for place in venv.iterdir()} == {"stamp": "unfinished"}


def test_a_second_set_up_waits_for_the_first(
    dev: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fcntl = pytest.importorskip("fcntl")
    (tmp_path / "door").touch()
    with (tmp_path / "door").open() as mine:
        fcntl.flock(mine, fcntl.LOCK_EX)
        opening = threading.Timer(0.2, fcntl.flock, (mine, fcntl.LOCK_UN))
        opening.start()
        with (tmp_path / "door").open() as other:
            dev.wait_alone(other)
        opening.join()
    assert capsys.readouterr().out == "Another set-up is at work here; waiting for it.\n"


def _libraries(dev: ModuleType, monkeypatch: pytest.MonkeyPatch, answers: list[list[str]], user: int) -> None:
    monkeypatch.setattr(dev.sys, "platform", "linux")
    monkeypatch.setattr(dev.shutil, "which", lambda name: None if name == "sudo" else f"/usr/bin/{name}")
    monkeypatch.setattr(dev.os, "geteuid", lambda: user, raising=False)
    monkeypatch.setattr(dev, "qt_files", lambda window, environment: [])
    monkeypatch.setattr(dev, "missing_libraries", lambda files: answers.pop(0))


def test_without_rights_the_exact_command_is_named(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    _libraries(dev, monkeypatch, [["libEGL.so.1", "libGL.so.1"]], user=1000)
    with pytest.raises(dev.SetupError) as problem:
        dev.set_up_libraries(window=False)
    assert str(problem.value) == (
        "Qt lacks system libraries: libEGL.so.1, libGL.so.1. "
        "Run this as root: apt-get install -y --no-install-recommends libegl1 libgl1"
    )


def test_root_installs_what_is_missing_and_then_looks_again(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    _libraries(dev, monkeypatch, [["libEGL.so.1", "libGL.so.1"], ["libGL.so.1"]], user=0)
    commands: list[list[str]] = []
    monkeypatch.setattr(dev.subprocess, "run", lambda command, check: commands.append(command))
    monkeypatch.setattr(dev, "stream", commands.append)
    with pytest.raises(dev.SetupError, match=r"still lacks system libraries: libGL\.so\.1\.$"):
        dev.set_up_libraries(window=False)
    update, install = commands
    assert update[-1] == "update"
    assert install[-2:] == ["libegl1", "libgl1"]
    assert {"DEBIAN_FRONTEND=noninteractive", "-y", "DPkg::Lock::Timeout=300"} <= set(install)
    assert "sudo" not in install


def _start(*arguments: str) -> subprocess.CompletedProcess[str]:
    without_display = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    command = [sys.executable, str(SCRIPT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=without_display, check=False)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
def test_without_a_display_run_says_so_in_one_line() -> None:
    result = _start("run")
    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        "There is no display here: add --offscreen, or start this command with xvfb-run."
    ]


@pytest.mark.parametrize(("arguments", "status"), [(["--help"], 0), ([], 2), (["fly"], 2)])
def test_a_word_it_does_not_know_is_answered_with_how_to_use_it(arguments: list[str], status: int) -> None:
    result = _start(*arguments)
    assert result.returncode == status
    assert "packaging/dev.py test" in result.stdout


def test_an_old_python_is_told_in_a_sentence(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev.sys, "version_info", (3, 10, 4))
    monkeypatch.setattr(dev.sys, "version", "3.10.4 (main)")
    assert dev.main(["test"]) == 1
    assert capsys.readouterr().err == "ConvStudio needs Python 3.11 or newer; this is 3.10.4.\n"
