"""The training settings of a kept run: read out of its project file alone, so that runs are found by them at once."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from convstudio.network.training_settings import TrainingSettings, unused

FILE = "document.convstudio"
LARGEST = 32 * 2**20
"""Bytes; as of any project file."""


class _Trained(Struct):
    """All of a project file that is looked at."""

    training: TrainingSettings = TrainingSettings()


def read(folder: Path) -> TrainingSettings | None:
    """The settings of the run in `folder`; None where there is no project file, or none that can be read."""
    path = folder / FILE
    try:
        if path.stat().st_size > LARGEST:
            return None
        return msgspec.json.decode(path.read_bytes(), type=_Trained).training
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def has(settings: TrainingSettings, word: str) -> bool:
    """Whether a setting that means something has the value `word` (0.01, adam), or is switched on (nesterov)."""
    number, left_out = _number(word), unused(settings)
    used = {name: value for name, value in msgspec.to_builtins(settings).items() if name not in left_out}
    return any(
        name == word if value is True else value == word if isinstance(value, str) else value == number
        for name, value in used.items()
        if value is not False
    )


def _number(word: str) -> float | None:
    try:
        return float(word)
    except ValueError:
        return None
