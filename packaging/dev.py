"""The developer's one command: it sets ConvStudio up on a bare machine, then starts, tests or checks it.

    python3 packaging/dev.py run [-- arguments for convstudio, such as FILE or --offscreen]
    python3 packaging/dev.py test [-- arguments for pytest]
    python3 packaging/dev.py lint
    python3 packaging/dev.py setup

It needs Python 3.11 and pip, nothing else. Packages go into `.venv` beside pyproject.toml; system libraries
that Qt needs and this Linux lacks are installed (as root, or through sudo) or named. After an interruption the
same command goes on. CONVSTUDIO_TORCH_INDEX=URL takes PyTorch from that package index.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn, TextIO

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS = "packaging/constraints.txt"
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
BASE_PYTHON = getattr(sys, "_base_executable", "") or sys.executable
LOG = VENV / "convstudio-setup.log"
STAMP = VENV / "convstudio-setup"  # the fingerprint of what was installed, or:
UNFINISHED = "unfinished"

QT_MODULES = ("QtWidgets", "QtSvg", "QtOpenGLWidgets", "QtTest", "QtNetwork")
CUDA_HINT = """\
  That is PyTorch with CUDA, but there is no NVIDIA device here. To save 4 GB, interrupt this, set
  CONVSTUDIO_TORCH_INDEX to the CPU index that PyTorch's "Get started" page names, and run it again."""
ALL_TESTS = ("-n", "auto", "--dist", "worksteal")
"""On every core, and none idle at the end. Tests that are asked for by name run in one process."""
APT_INSTALL = "apt-get install -y --no-install-recommends"
CHECKS = {
    "ruff check": ("-m", "ruff", "check", "."),
    "ruff format": ("-m", "ruff", "format", "--check", "."),
    "mypy": ("-m", "mypy"),
    "import-linter": ("-c", "from importlinter.cli import lint_imports_command as lint; lint(['--no-logo'])"),
}


class SetupError(Exception):
    """Why the set-up cannot go on, in words for the person at the terminal."""


# Packages


def set_up_packages() -> None:
    """Make `.venv` hold what pyproject.toml and the constraints ask for; return at once when it does."""
    if is_current():
        return
    with (ROOT / CONSTRAINTS).open() as door:
        wait_alone(door)
        if not is_current():
            install_packages()


def is_current() -> bool:
    return PYTHON.exists() and stamp() == fingerprint(os.environ)


def fingerprint(environment: Mapping[str, str]) -> str:
    """A digest of all that decides what is installed, and of the folder, which an editable install remembers."""
    import tomllib  # not at the top: a Python too old to have it shall hear so in a sentence

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    decides = [project[table] for table in ("build-system", "project")] + [project["tool"]["hatch"]]
    constraints = (ROOT / CONSTRAINTS).read_text(encoding="utf-8")
    facts = [str(ROOT), environment.get("CONVSTUDIO_TORCH_INDEX"), decides, constraints]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def install_packages() -> None:
    """Fill `.venv`, a fresh one unless the one that is there was finished once; put the stamp on it last."""
    if not is_environment(PYTHON) or stamp() == UNFINISHED:
        make_environment()
    before, command = stamp(), [*pip(), *pip_arguments(os.environ)]
    STAMP.write_text(UNFINISHED)
    say("Installing Python packages; with a fast network this takes a minute or two.")
    try:
        stream(command)
    except SetupError:
        if "Installing collected packages" not in LOG.read_text(encoding="utf-8"):
            STAMP.write_text(before)  # pip touched nothing, for instance because there was no network
        raise
    STAMP.write_text(fingerprint(os.environ))


def stamp() -> str:
    return STAMP.read_text() if STAMP.exists() else ""


def wait_alone(door: TextIO) -> None:
    """Hold the lock on an open file until it is closed, so that two set-ups do not meet in one `.venv`."""
    if fcntl is None:
        return
    try:
        fcntl.flock(door, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("Another set-up is at work here; waiting for it.")
        fcntl.flock(door, fcntl.LOCK_EX)


def is_environment(python: Path) -> bool:
    return succeeds(str(python), "-c", "import sys; sys.exit(sys.prefix == sys.base_prefix)")


def make_environment() -> None:
    """Start `.venv` afresh; Debian without python3-venv can only make it without pip."""
    say(f"Making .venv with Python {sys.version.split()[0]}.")
    VENV.mkdir(exist_ok=True)
    STAMP.write_text(UNFINISHED)
    for entry in os.scandir(VENV):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry)
        elif entry.name != STAMP.name:
            os.unlink(entry)
    if not succeeds(BASE_PYTHON, "-m", "venv", str(VENV)):
        stream([BASE_PYTHON, "-m", "venv", "--without-pip", str(VENV)])


def pip() -> list[str]:
    """The environment's own pip, or else the pip of the Python that made it, pointed at the environment."""
    if succeeds(str(PYTHON), "-m", "pip", "--version"):
        return [str(PYTHON), "-m", "pip"]
    if succeeds(BASE_PYTHON, "-m", "pip", "--version"):
        return [BASE_PYTHON, "-m", "pip", "--python", str(PYTHON)]
    raise SetupError("This Python has no pip. On Debian and Ubuntu: apt-get install python3-pip")


def pip_arguments(environment: Mapping[str, str]) -> list[str]:
    """One install for everything: only so do the constraints hold for what the packages pull in."""
    index = environment.get("CONVSTUDIO_TORCH_INDEX")
    extra = ["--extra-index-url", index] if index else []
    return ["install", "--no-input", "--progress-bar=off", "-c", CONSTRAINTS, *extra, "-e", ".[dev]"]


# System libraries of Qt, on Linux


def set_up_libraries(window: bool) -> None:
    """Install, or name, what Qt's libraries lack for a real window, or else for the offscreen platform."""
    if sys.platform != "linux" or not shutil.which("ldd"):
        return
    files = qt_files(window, os.environ)
    missing = missing_libraries(files)
    if missing:
        install_libraries(missing)
    if missing and (still := missing_libraries(files)):
        raise SetupError(f"Qt still lacks system libraries: {', '.join(still)}.")


def qt_files(window: bool, environment: Mapping[str, str]) -> list[Path]:
    """The shared libraries of the installed Qt that decide whether it starts."""
    platforms = ["offscreen"]
    if window:
        platforms += ["xcb", "wayland"] if environment.get("WAYLAND_DISPLAY") else ["xcb"]
    package = next(VENV.glob("lib/python*/site-packages/PySide6"), None)
    if package is None:
        raise SetupError(f"Qt is gone from {VENV}: delete that folder and start again.")
    files = [package / f"{module}.abi3.so" for module in QT_MODULES]
    return files + [package / f"Qt/plugins/platforms/libq{platform}.so" for platform in platforms]


def missing_libraries(files: Sequence[Path]) -> list[str]:
    """Names of the libraries that the dynamic linker does not find for `files`."""
    answer = subprocess.run(["ldd", *map(str, files)], capture_output=True, text=True, check=False)
    return sorted(set(re.findall(r"^\s*(\S+) => not found", answer.stdout, re.MULTILINE)))


def debian_package(library: str) -> str:
    """The package of a library, as Debian Policy 8.1 names it: libX11.so.6 → libx11-6, libEGL.so.1 → libegl1."""
    exceptions = {"libglib-2.0": "libglib2.0-0", "libgthread-2.0": "libglib2.0-0"}
    exceptions |= {"libbrotlicommon": "libbrotli1", "libbrotlidec": "libbrotli1"}
    name, _, version = library.partition(".so.")
    dash = "-" if name[-1].isdigit() else ""
    return exceptions.get(name, f"{name}{dash}{version}".lower().replace("_", "-"))


def install_libraries(missing: Sequence[str]) -> None:
    """Install missing libraries where there are apt-get and the rights to; else say what a person must do."""
    packages = sorted({debian_package(library) for library in missing})
    command = f"{APT_INSTALL} {' '.join(packages)}"
    lacks = f"Qt lacks system libraries: {', '.join(missing)}."
    if not shutil.which("apt-get"):
        raise SetupError(f"{lacks} Install them as this system does; on Debian it would be: {command}")
    if os.geteuid() and not (shutil.which("sudo") and sys.stdin.isatty()):
        raise SetupError(f"{lacks} Run this as root: {command}")
    say(f"Installing system libraries for Qt: {' '.join(packages)}")
    as_root = ["sudo"] if os.geteuid() else []
    as_root += ["env", "DEBIAN_FRONTEND=noninteractive"]
    subprocess.run([*as_root, "apt-get", "-qq", "update"], check=False)
    stream([*as_root, *APT_INSTALL.split(), "-o", "DPkg::Lock::Timeout=300", *packages])


# Talking to other programs and to the person


def say(text: str) -> None:
    if text:
        print(text, flush=True)


def succeeds(*command: str) -> bool:
    """Whether a command exists and ends well, unheard."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def stream(command: Sequence[str]) -> None:
    """Run a long command in the repository: all its output into the log, news of it onto the screen."""
    with (
        LOG.open("w", encoding="utf-8") as log,
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process,
    ):
        for line in process.stdout or ():
            text = line.decode(errors="replace")
            log.write(text)
            say(news(text, nvidia=Path("/dev/nvidiactl").exists()))
    if process.returncode:
        raise SetupError(f"{reason(LOG.read_text(encoding='utf-8'))} (All of it: {LOG})")


def news(line: str, nvidia: bool) -> str:
    """What a waiting person wants to know of a line of pip's output: large downloads, and the end of them."""
    if line.startswith("Installing collected packages: "):
        return f"  unpacking {line.count(',') + 1} packages"
    download = r"\s*Downloading (?:\S*/)?([^-\s]+)-([^-\s]+)\S* \((\S+ [MG]B)\)"
    found = re.match(download, line.replace("%2B", "+"))
    if not found:
        return ""
    cuda = found[1] == "torch" and "+" not in found[2] and "linux" in line
    return "  {} {} ({})".format(*found.groups()) + (f"\n{CUDA_HINT}" if cuda and not nvidia else "")


def reason(output: str) -> str:
    """The line that says why, from the output of a pip or apt-get that failed."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"(ERROR|E|\w*Error): ", line)]
    why = (errors or lines or ["It said nothing."])[-1]
    return f"{why}. Is there a network?" if "(from versions: none)" in output else why


def become(command: list[str], environment: Mapping[str, str]) -> NoReturn:
    """Let `command` take this process's place, so that signals and the exit status are its own."""
    sys.stdout.flush()
    if os.name == "nt":
        sys.exit(subprocess.run(command, env=environment, check=False).returncode)
    os.execve(command[0], command, environment)


# Commands


def run(arguments: Sequence[str]) -> NoReturn:
    window = opens_window(arguments)
    on_screen = window and not is_offscreen(arguments, os.environ)
    if on_screen and sys.platform == "linux" and not has_display(os.environ):
        raise SetupError("There is no display here: add --offscreen, or start this command with xvfb-run.")
    set_up_packages()
    if window or "self-test" in arguments:
        set_up_libraries(on_screen)
    become([str(PYTHON), "-m", "convstudio", *arguments], os.environ)


def opens_window(arguments: Sequence[str]) -> bool:
    """Whether `convstudio ARGUMENTS` opens a window: without a command (a bare word) it does."""
    first = next((argument for argument in arguments if not argument.startswith("-")), "window")
    if {"-h", "--help", "--version"} & set(arguments):
        return False
    return first == "window" or not re.fullmatch(r"[a-z][a-z-]*", first)


def is_offscreen(arguments: Sequence[str], environment: Mapping[str, str]) -> bool:
    return "--offscreen" in arguments or environment.get("QT_QPA_PLATFORM") in ("offscreen", "minimal")


def has_display(environment: Mapping[str, str]) -> bool:
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def test(arguments: Sequence[str]) -> NoReturn:
    set_up_packages()
    set_up_libraries(window=False)
    os.chdir(ROOT)
    become([str(PYTHON), "-m", "pytest", *(arguments or ALL_TESTS)], environment_of_tests(os.environ))


def environment_of_tests(environment: Mapping[str, str]) -> dict[str, str]:
    """No window on the screen; and what one of the many processes has compiled, the others need only load."""
    kept = {name: value for name, value in environment.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"QT_QPA_PLATFORM": "offscreen"}


def lint(arguments: Sequence[str]) -> int:
    set_up_packages()
    failed = []
    for name, command in CHECKS.items():
        say(f"{name}:")
        if subprocess.run([str(PYTHON), *command], cwd=ROOT, check=False).returncode:
            failed.append(name)
    say(f"Failed: {', '.join(failed)}." if failed else "All checks passed.")
    return 1 if failed else 0


def setup(arguments: Sequence[str]) -> int:
    set_up_packages()
    set_up_libraries(window=has_display(os.environ))
    say("ConvStudio is set up. Start it with: python3 packaging/dev.py run")
    return 0


COMMANDS = {"run": run, "test": test, "lint": lint, "setup": setup}


def main(arguments: Sequence[str]) -> int:
    if sys.version_info < (3, 11):  # noqa: UP036 - whatever Python the machine has reads this file
        print(f"ConvStudio needs Python 3.11 or newer; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 1
    name, rest = (arguments[0], list(arguments[1:])) if arguments else ("", [])
    if name not in COMMANDS:
        print(__doc__)
        return 0 if name in ("-h", "--help") else 2
    if "--" in rest:
        rest.remove("--")
    try:
        return COMMANDS[name](rest)
    except (SetupError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted. The same command goes on from here.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
