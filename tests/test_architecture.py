"""The layers of the program: imports point down the table, and nothing heavy is loaded where it is not needed."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "convstudio"


@dataclass(frozen=True)
class Layer:
    """What a package may import: of ours, and of others' (beside the standard library)."""

    ours: frozenset[str]
    others: frozenset[str]


def may(ours: str, others: str) -> Layer:
    return Layer(frozenset(ours.split()), frozenset(others.split()))


LAYERS = {
    "network": may("", "msgspec"),
    "assets": may("", ""),
    "blocks": may("network", "msgspec"),
    "codegen": may("network blocks", ""),
    "data": may("assets", "numpy PIL"),
    "templates": may("network blocks", ""),
    "plugins": may("network blocks", "msgspec"),
    "runs": may("network", "msgspec numpy"),
    "swaps": may("network blocks", "msgspec"),
    "protocol": may("network", "msgspec numpy"),
    "doctor": may("network blocks protocol", "msgspec"),
    "engine": may("network blocks codegen data assets runs", "msgspec numpy onnx onnxruntime safetensors torch"),
    "worker": may("network blocks codegen data assets plugins runs protocol engine", "msgspec numpy torch"),
    "ui": may(
        "network blocks codegen data templates assets plugins runs swaps protocol doctor",
        "PySide6 shiboken6 msgspec numpy pyqtgraph",
    ),
    "commands": may(
        "network blocks codegen data templates assets plugins runs swaps protocol doctor engine worker ui",
        "PySide6 msgspec numpy rich torch",
    ),
    "library": may("network blocks codegen engine", "torch"),
    "cli": may("commands", ""),
    "__main__": may("cli", ""),
}
"""The table of DESIGN, section 1. `runs` reads and writes the files of a run, for the engine and for the window;
`assets` is one function that finds a file; the version stands in `convstudio`.
"""


@dataclass(frozen=True)
class Import:
    """One import statement: where it stands, what it names, and whether it runs as soon as its file is imported."""

    path: Path
    line: int
    module: str
    at_once: bool

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line} imports {self.module}"


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[Import]:
    at_once = set(map(id, top_level(tree(path))))
    for node in ast.walk(tree(path)):
        for module in named(node, path):
            yield Import(path, getattr(node, "lineno", 0), module, id(node) in at_once)


def named(node: ast.AST, path: Path) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert not node.level, f"{path}: imports are written from the root"
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def top_level(tree: ast.Module) -> Iterator[ast.AST]:
    """Statements that run at import: not those in functions, nor those only for the type checker."""
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)


def package(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


FILES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py" and "assets" not in path.parts)


@cache
def every_import() -> list[Import]:
    """Of all files. Found when the first test asks, for every process of the tests imports this file."""
    return [found for path in FILES for found in imports(path)]


def test_every_package_has_a_place_in_the_table() -> None:
    assert {package(path) for path in FILES} == set(LAYERS)


@pytest.mark.parametrize("name", LAYERS)
def test_imports_of_ours_point_down(name: str) -> None:
    allowed = LAYERS[name].ours | {name}
    wrong = [str(i) for i in of(name) if (ours := our_package(i.module)) and ours not in allowed]
    assert wrong == []


def of(name: str) -> list[Import]:
    return [found for found in every_import() if package(found.path) == name]


def our_package(module: str) -> str | None:
    """Which of our packages; None for others' and for the root itself (`from convstudio import __version__`)."""
    parts = module.split(".")
    return parts[1] if parts[0] == "convstudio" and len(parts) > 1 and parts[1] != "__version__" else None


@pytest.mark.parametrize("name", LAYERS)
def test_imports_of_others_are_those_of_the_table(name: str) -> None:
    allowed = LAYERS[name].others | sys.stdlib_module_names | {"convstudio"}
    assert [str(i) for i in of(name) if i.module.split(".")[0] not in allowed] == []


def test_no_two_packages_import_each_other() -> None:
    for name, layer in LAYERS.items():
        for other in layer.ours:
            assert name not in LAYERS[other].ours, f"{name} and {other}"


@pytest.mark.parametrize("module", ["onnx", "onnxruntime", "PIL"])
def test_what_is_rarely_needed_is_imported_late(module: str) -> None:
    assert [str(i) for i in every_import() if i.module.split(".")[0] == module and i.at_once] == []


def test_messages_are_imported_from_their_package_and_not_from_its_themes() -> None:
    themes = {path.stem for path in (PACKAGE / "protocol/messages").glob("*.py")}
    others = [i for i in every_import() if i.path.parent.name != "messages"]
    found = [i for i in others if i.module.startswith("convstudio.protocol.messages.")]
    assert [str(i) for i in found if i.module.split(".")[3] in themes] == []


def test_nothing_is_ever_unpickled_and_only_written_source_is_executed() -> None:
    """DESIGN section 2: a project file is data.

    `exec` runs the plugins that the person agreed to. What codegen wrote is imported by a process of its own.
    """
    banned = {"pickle", "marshal", "shelve", "dill", "cloudpickle"}
    assert [str(i) for i in every_import() if i.module.split(".")[0] in banned] == []
    executed = [
        f"{path.relative_to(PACKAGE).as_posix()}: {node.func.id}"
        for path in FILES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"exec", "eval"}
    ]
    assert executed == ["plugins/loading.py: exec"]


def test_every_file_says_what_it_is() -> None:
    """The first sentence of every file, and no two the same."""
    sentences = {}
    for path in [*FILES, PACKAGE / "__init__.py"]:
        text = ast.get_docstring(tree(path))
        assert text, f"{path.relative_to(ROOT)} does not say what it is"
        assert len(text.split()) >= 3, path.relative_to(ROOT)
        first = text.splitlines()[0]
        assert first not in sentences, f"{path.relative_to(ROOT)} and {sentences[first]} say the same"
        sentences[first] = path.relative_to(ROOT)


HEAVY = ("torch", "PySide6", "pyqtgraph", "numpy", "onnx", "onnxruntime", "safetensors", "PIL")


@pytest.mark.parametrize(
    ("module", "not_loaded"),
    [
        ("convstudio.ui.main_window", {"torch", "pyqtgraph", "onnx", "onnxruntime", "safetensors", "PIL"}),
        ("convstudio.cli", {"torch", "PySide6", "numpy", "onnx", "onnxruntime", "safetensors", "PIL"}),
        ("convstudio.network.resolve", set(HEAVY)),
        ("convstudio.blocks", set(HEAVY)),
        ("convstudio.codegen", set(HEAVY)),
        ("convstudio.data", set(HEAVY)),
        ("convstudio.templates", set(HEAVY)),
        ("convstudio.protocol.frames", set(HEAVY)),
        ("convstudio.engine.exports", {"PySide6", "pyqtgraph", "onnx", "onnxruntime", "PIL"}),
        ("convstudio.worker", {"PySide6", "pyqtgraph", "onnx", "onnxruntime"}),
    ],
)
def test_a_fresh_interpreter_does_not_load(module: str, not_loaded: set[str]) -> None:
    code = f"import sys, {module}; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not_loaded.isdisjoint(done.stdout.split())
