"""`convstudio export FILE --format card|picture|table`: what the window draws of a network, without a window."""

from __future__ import annotations

import os
from pathlib import Path

from convstudio.commands.failure import FailureError, UsageError
from convstudio.network.document import Document

PAPERS: dict[str, str] = {
    "card": "a folder with a page about the network, its picture and, with --run, its accuracy and curves",
    "picture": "the network as it lies on the canvas: .svg, .pdf or .png",
    "table": "the table of layers: .md, .tex or .csv",
}
TABLES = {".md": "Markdown", ".tex": "LaTeX", ".csv": "CSV"}
PICTURES = (".svg", ".pdf", ".png")


def written(form: str, document: Document, path: Path, run: Path | None, title: str, dark: bool) -> list[Path]:
    """Write it; the files. FailureError when that fails, UsageError for a suffix that is none of the form's."""
    _check(form, path)
    try:
        return _card(document, path, run, title) if form == "card" else _file(form, document, path, dark)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise FailureError(
            f"{path.name} cannot be written in {path.parent}: {reason}. Choose another place."
        ) from error


def _check(form: str, path: Path) -> None:
    known = {"picture": PICTURES, "table": tuple(TABLES)}.get(form)
    if known and path.suffix.lower() not in known:
        raise UsageError(f"{path.name}: a {form} is a file that ends with {', '.join(known[:-1])} or {known[-1]}.")


def _card(document: Document, path: Path, run: Path | None, title: str) -> list[Path]:
    from convstudio.engine.project import analysed

    _start_qt()
    from convstudio.ui.export import papers

    made = papers.model_card(title or path.name, document, analysed(document), run)
    if run is not None and not made.trained:
        raise FailureError(f"There is no run of this network in {run}.")
    papers.write_card(made, path)
    return [path / name for name in made.files]


def _file(form: str, document: Document, path: Path, dark: bool) -> list[Path]:
    from convstudio.engine.project import analysed
    from convstudio.network.file import write_atomically

    if form == "table":
        from convstudio.ui.export.layers import layer_table

        data = layer_table(TABLES[path.suffix.lower()], document, analysed(document)).encode()
    else:
        _start_qt()
        from convstudio.ui.export import papers

        found = papers.drawing(document, path.suffix.lower().lstrip("."), dark)
        if found is None:
            raise FailureError("There is nothing to picture: the canvas is empty.")
        data = found
    write_atomically(path, data)
    return [path]


def _start_qt() -> None:
    """Qt draws without a screen."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from convstudio.ui import app
    from convstudio.ui.theme import install_fonts

    app.make_application()
    install_fonts()
