"""Which run is meant on the command line: a folder, or the name of one of those that the window lists too."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from convstudio.commands.failure import FailureError
from convstudio.plugins.shelf import own_data
from convstudio.runs import entry
from convstudio.runs.entry import Entry
from convstudio.runs.run_folders import RunFolders

RUN_WORDS = "a run: its folder, its name in the Runs tab, or “last” for the one that began last"


def own_runs() -> Path:
    """Where the window keeps runs, and the command line too unless it is told otherwise."""
    return own_data() / "runs"


def fresh_folder(title: str) -> Path:
    """A folder there for a new run, named as the window would."""
    return RunFolders(own_runs()).fresh(title, datetime.now())


def listed(root: Path) -> list[Entry]:
    """What is in the folder, the run that began last first. FailureError when it cannot be read."""
    try:
        found = [entry.read(folder) for folder in entry.folders(root)]
    except OSError as error:
        raise FailureError(f"{root} cannot be read: {(error.strerror or str(error)).lower()}.") from error
    return sorted(found, key=_began, reverse=True)


def chosen(word: str, root: Path | None = None) -> Path:
    """The folder of the run that is called so. FailureError when there is none, or more than one."""
    root = root or own_runs()
    for folder in (Path(word), root / word):
        if folder.is_dir():
            return folder
    known = [found for found in listed(root) if found.summary]
    if word == "last" and known:
        return known[0].folder
    named = [found.folder for found in known if found.name == word]
    if len(named) > 1:
        names = ", ".join(folder.name for folder in named)
        raise FailureError(f"{len(named)} runs are called {word}: {names}. Name the folder of one.")
    if not named:
        raise FailureError(f"There is no run called {word}, here or in {root}. `convstudio runs` lists those there.")
    return named[0]


def _began(found: Entry) -> float:
    return found.summary.started if found.summary else 0.0
