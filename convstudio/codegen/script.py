"""The training script: one file that reads its samples, trains as the window does, and needs only PyTorch and NumPy.

It draws the same random numbers from the same seeds in the same order as the engine, so that it gives the same losses.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from convstudio.codegen import rates
from convstudio.codegen import script_parts as parts
from convstudio.codegen.classes import Classes
from convstudio.codegen.naming import TAKEN, class_name, plain
from convstudio.codegen.script_facts import Computed, Facts
from convstudio.codegen.script_training import training
from convstudio.codegen.source import SIGNATURE, check, functions
from convstudio.network.call import Call
from convstudio.network.document import Document
from convstudio.network.facts import Analysis
from convstudio.network.handmade import written
from convstudio.network.training_settings import TrainingSettings

INDENT = " " * 8
OWN_NAMES = ("Path", "Iterator", "Batch")


def script(document: Document, analysis: Analysis, name: str, title: str, how: Computed) -> str:
    """The text of the script. SourceError when the network is not complete."""
    network, settings = document.network, document.training
    check(network, analysis)
    main = class_name(name)
    classes = Classes(main, *TAKEN, *OWN_NAMES, as_computed=True)
    body = classes.body(network, analysis)
    facts = Facts(document, analysis, main, how)
    lines = [
        _docstring(title or name, name, facts),
        _imports(classes.calls, settings),
        *_constants(facts),
        "",
        *classes.lines(),
        f"class {main}(nn.Module):",
        *body,
        "",
        "",
        *parts.seeds(),
        *parts.start(facts),
        *parts.data(facts),
        *parts.batches(facts),
        *(rates.function(settings) if rates.changes(settings) else ()),
        *parts.judging(),
        *training(facts),
        *_main(facts),
    ]
    return "\n".join(lines).rstrip("\n") + "\n"


def _docstring(title: str, name: str, facts: Facts) -> str:
    how, settings, file = facts.how, facts.settings, f"{name}.py"
    threads = f"{how.threads} thread{'s' if how.threads != 1 else ''}"
    return "\n".join(
        (
            f'"""{plain(f"Trains {title} on {how.samples}")}',
            "",
            f"    python {file}                     train, tell each epoch, keep the weights",
            f"    python {file} --curve losses.csv  write down the loss of each step too",
            f"    python {file} --steps 20          stop after so many steps",
            "",
            f"Needs PyTorch, NumPy, and the samples in {how.data} beside this file.",
            f"The seed {settings.seed} decides the start values, the order of the samples and dropout,",
            "so the losses are those of ConvStudio's run of this project: to the bit on the CPU with",
            f"{threads} and the same version of PyTorch, otherwise up to rounding.",
            "",
            SIGNATURE,
            '"""',
            "",
        )
    )


def _imports(calls: list[Call], settings: TrainingSettings) -> str:
    waves = settings.schedule in ("cosine", "one_cycle")
    lines = [
        "from __future__ import annotations",
        "",
        "import argparse",
        "import csv",
        "import hashlib",
        *(("import math",) if waves else ()),
        *(("from collections import OrderedDict",) if "OrderedDict" in functions(calls) else ()),
        "from pathlib import Path",
        "",
        "import numpy as np",
        "import torch",
        "import torch.nn.functional as F",
        "from torch import nn",
        "",
    ]
    return "\n".join(lines)


def _constants(facts: Facts) -> Iterator[str]:
    settings, how = facts.settings, facts.how
    yield f'DATA = Path(__file__).with_name("{how.data}")'
    yield f"EPOCHS = {settings.epochs}"
    yield f"BATCH_SIZE = {settings.batch_size}"
    yield f"SEED = {settings.seed}"
    yield f"LEARNING_RATE = {settings.learning_rate!r}"
    if settings.early_stopping:
        yield f"PATIENCE = {settings.early_stopping}  # epochs without a smaller validation loss"
    yield f"THREADS = {how.threads}  # another number rounds differently"
    blocks = ", ".join(f'"{block}"' for block in facts.weighing)
    yield from _tuple("BLOCKS", blocks, "# each is drawn from its own seed")
    yield from _by_hand(how)
    if facts.frozen:
        yield from _tuple("FROZEN", ", ".join(f'"{block}"' for block in facts.frozen), "# these do not learn")
    yield ""


def _by_hand(how: Computed) -> Iterator[str]:
    """The masks that were made by hand: their weights, which of them, their form and their numbers."""
    if not how.by_hand:
        return
    yield "BY_HAND = (  # masks that start with these numbers: first and last output and input, form"
    for name, masks in how.by_hand:
        rows, columns = (f"({first}, {first + count})" for first, count in (masks.outputs, masks.inputs))
        yield f'    ("{name}", {rows}, {columns}, {masks.form}, ('
        numbers = ", ".join(map(repr, written(masks.numbers)))
        yield textwrap.fill(f"{numbers},", 96, initial_indent=INDENT, subsequent_indent=INDENT)
        yield "    )),"
    yield ")"


def _tuple(name: str, items: str, comment: str) -> Iterator[str]:
    line = f"{name} = ({items}{'' if ', ' in items else ','})  {comment}"
    if len(line) <= 100:
        yield line
        return
    yield f"{name} = (  {comment}"
    row = "   "
    for item in items.split(", "):
        if len(row) + len(item) + 2 > 100:
            yield row
            row = "   "
        row += f" {item},"
    yield row
    yield ")"


def _main(facts: Facts) -> Iterator[str]:
    yield from (
        "def main() -> None:",
        "    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])",
        '    parser.add_argument("--steps", type=int, help="stop after so many steps")',
        '    parser.add_argument("--curve", type=Path, help="file for the loss of each step, as CSV")',
        f'    parser.add_argument("--device", default="{facts.how.device}", help="where to compute")',
        "    given = parser.parse_args()",
        "    model, losses = train(given.device, given.steps)",
        "    if given.curve:",
        '        with given.curve.open("w", newline="") as file:',
        '            csv.writer(file).writerows([("step", "loss"), *enumerate(losses, 1)])',
        "    if given.steps is None:",
        '        torch.save(model.state_dict(), Path(__file__).with_suffix(".pt"))',
        "",
        "",
        'if __name__ == "__main__":',
        "    main()",
    )
