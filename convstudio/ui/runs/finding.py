"""What is written into the field above the list of runs: words that must occur, and bounds such as acc>95. No Qt."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass

from convstudio.runs import settings
from convstudio.runs.entry import Entry
from convstudio.ui.runs.columns import searched

BOUND = re.compile(r"([a-z]+)(<=|>=|<|>|=)(-?\d+(?:\.\d+)?(?:e-?\d+)?)([km]?)")
HELP = (
    "Words that occur in name, note, network, data set, state or date; values of settings such as adam or 0.01; and "
    "bounds such as acc>95 loss<0.2 epochs>=10 rate=0.01 batch<64"
)
FIGURES: dict[str, tuple[str, float]] = {
    # what is written: (figure of the summary, units of it in one of what is written)
    "acc": ("validation_accuracy", 0.01),
    "loss": ("validation_loss", 1),
    "epochs": ("epochs", 1),
    "steps": ("step", 1),
    "weights": ("parameters", 1),
    "seconds": ("seconds", 1),
    "minutes": ("seconds", 60),
}
SET: dict[str, str] = {
    # what is written: setting
    "rate": "learning_rate",
    "batch": "batch_size",
    "seed": "seed",
    "momentum": "momentum",
    "decay": "weight_decay",
    "clipping": "gradient_clipping",
    "smoothing": "label_smoothing",
}
COMPARED: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "=": operator.eq,
}
LETTERS = {"": 1.0, "k": 1e3, "m": 1e6}


@dataclass(frozen=True)
class Query:
    """A run is found when all words occur in it and all bounds hold; a figure that it has not yet holds none."""

    words: tuple[str, ...] = ()
    bounds: tuple[tuple[str, str, float], ...] = ()

    def finds(self, entry: Entry) -> bool:
        text = searched(entry) if self.words else ""
        found = all(word in text or _is_set(entry, word) for word in self.words)
        return found and all(_holds(entry, *bound) for bound in self.bounds)


def query(text: str) -> Query:
    """What `text` asks for; a bound on something that is no figure is a word."""
    words, bounds = [], []
    for part in text.lower().split():
        found = BOUND.fullmatch(part)
        if found and (found[1] in FIGURES or found[1] in SET):
            bounds.append((found[1], found[2], float(found[3]) * LETTERS[found[4]]))
        else:
            words.append(part)
    return Query(tuple(words), tuple(bounds))


def _holds(entry: Entry, what: str, sign: str, limit: float) -> bool:
    name, unit = FIGURES.get(what) or (SET[what], 1)
    value = getattr(entry.settings if what in SET else entry.summary, name, None)
    return value is not None and COMPARED[sign](round(float(value) / unit, 9), limit)


def _is_set(entry: Entry, word: str) -> bool:
    return entry.settings is not None and settings.has(entry.settings, word)
