"""The model card: a page of Markdown about a network, its data, how it was trained, and how good it became."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from convstudio import __version__
from convstudio.data.info import DatasetInfo
from convstudio.network.costs import percent
from convstudio.network.document import Document
from convstudio.network.facts import Analysis
from convstudio.network.training_settings import PARTS, TrainingSettings, unused
from convstudio.runs.summary import Summary
from convstudio.runs.words import share
from convstudio.ui.export.layers import layer_table
from convstudio.ui.text import count, tr

PAGE, NETWORK, CURVES = "README.md", "network.svg", "curves.svg"
NOTHING = {"early_stopping": "never", "gradient_clipping": "never", "threads": "measured"}
"""What 0 means where it is no number."""
COUNTING = (
    "Weights are all numbers that training changes. A multiply-add counts once; counted are the weights of "
    "convolutions and fully connected layers for one sample, not bias, normalisation, activation and pooling. The "
    "field is what one value sees of the input."
)


@dataclass(frozen=True)
class CardFacts:
    """What a card tells of. `run` is None for a network that was not trained; `curves` says whether there are any.

    `brought` is the file that its weights come from, where they were brought in and not trained since.
    """

    title: str
    document: Document
    analysis: Analysis
    dataset: DatasetInfo | None
    run: Summary | None = None
    curves: bool = False
    brought: str = ""


def card(facts: CardFacts) -> str:
    """The page. It names the pictures NETWORK and, where there are curves, CURVES, which lie beside it."""
    parts = [
        f"# {_plain(facts.title)}",
        _about(facts),
        f"![{tr('The network')}]({NETWORK})",
        f"## {tr('Result')}",
        *_result(facts),
        f"## {tr('Layers')}",
        layer_table("Markdown", facts.document, facts.analysis).rstrip("\n"),
        tr(COUNTING),
        f"## {tr('Data')}",
        _data(facts),
        f"## {tr('Training')}",
        _settings(facts.document.training),
        "---",
        tr("Written by ConvStudio {version}.").format(version=__version__),
    ]
    return "\n\n".join(parts) + "\n"


def _about(facts: CardFacts) -> str:
    analysis = facts.analysis
    words = tr("A network of {blocks}, with {weights} weights, at {macs} multiply-adds for one sample.")
    told = words.format(
        blocks=count(len(facts.document.network.blocks), "block", "blocks"),
        weights=f"{analysis.parameters:,}",
        macs=f"{analysis.multiply_adds:,}",
    )
    came = analysis.blocks[analysis.input].output if analysis.input else None
    gives = analysis.blocks[analysis.output].output if analysis.output else None
    if came and gives:
        told += " " + tr("It takes {came} and gives {gives}.").format(came=came.compact, gives=gives.compact)
    return told


def _result(facts: CardFacts) -> Iterator[str]:
    run = facts.run
    if run is None and facts.brought:
        words = tr("The weights were brought in from {name}, and not trained since.")
        yield words.format(name=_plain(facts.brought))
        return
    if run is None:
        yield tr("The network was not trained: its weights are the start values.")
        return
    rows = [
        (tr("Validation accuracy"), _share(run.validation_accuracy)),
        (tr("Validation loss"), _number(run.validation_loss)),
        (tr("Smallest validation loss"), _number(run.best_validation_loss)),
        (tr("Mean intersection over union"), _share(run.validation_mean_iou)),
        (tr("Training accuracy"), _share(run.accuracy)),
        (tr("Training loss"), _number(run.loss)),
        (tr("Steps"), f"{run.step:,}"),
        (tr("Epochs"), tr("{done} of {all}").format(done=run.epoch, all=run.epochs)),
        (tr("Time of training"), _time(run.seconds)),
        (tr("Computed on"), run.device),
        (tr("Begun"), f"{datetime.fromtimestamp(run.started):%Y-%m-%d %H:%M}"),
    ]
    yield _table(tr("Figure"), [(name, value) for name, value in rows if value])
    yield tr(
        "Validation figures: after the last whole epoch. Training figures: means over the last epoch that was begun."
    )
    if facts.curves:
        yield f"![{tr('Loss and accuracy over the steps')}]({CURVES})"


def _data(facts: CardFacts) -> str:
    info, choice = facts.dataset, facts.document.data
    if info is None:
        return tr("No data set is chosen.")
    rows = [
        (tr("Data set"), f"{info.title} ({info.name})"),
        (tr("Samples"), f"{info.samples:,}"),
        (tr("Size of a sample"), "×".join(map(str, (info.channels, *info.axes)))),
        (tr("Classes"), ", ".join(info.classes)),
        (tr("Kept back for validation"), percent(choice.validation_share)),
        (tr("Seed of the division"), str(choice.seed)),
        (tr("Licence"), info.licence),
    ]
    return f"{info.about}\n\n{_table(tr('Fact'), rows)}"


def _settings(settings: TrainingSettings) -> str:
    """Those that mean something, as the Training tab calls them."""
    idle = unused(settings)
    kinds = {field.encode_name: field.type for field in _fields()}
    rows = [
        (_title(kinds[name]), _value(name, getattr(settings, name)))
        for _, names in PARTS
        for name in names
        if name not in idle
    ]
    return _table(tr("Setting"), rows)


def _fields() -> tuple[Any, ...]:
    from msgspec import inspect

    info = inspect.type_info(TrainingSettings)
    assert isinstance(info, inspect.StructType)
    return info.fields


def _title(kind: object) -> str:
    """The words of a setting, from its declaration."""
    while (inner := getattr(kind, "type", None)) is not None:
        if found := (getattr(kind, "extra_json_schema", None) or {}).get("title"):
            return tr(str(found))
        kind = inner
    return ""


def _value(name: str, value: object) -> str:
    if not value and name in NOTHING:
        return tr(NOTHING[name])
    if isinstance(value, bool):
        return tr("on") if value else tr("off")
    return f"{value:g}" if isinstance(value, float) else str(value).replace("_", " ")


def _table(heading: str, rows: list[tuple[str, str]]) -> str:
    lines = [f"| {_cell(name)} | {_cell(value)} |" for name, value in rows]
    return "\n".join([f"| {heading} | {tr('Value')} |", "| --- | --- |", *lines])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _plain(title: str) -> str:
    """A title that is nothing but text."""
    line = " ".join(title.split())
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>#|" else sign for sign in line)


def _share(value: float | None) -> str:
    return "" if value is None else share(value)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
