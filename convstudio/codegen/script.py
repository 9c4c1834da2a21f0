"""The training script: one file that reads its samples, trains as the window does, and needs only PyTorch and NumPy.

It draws the same random numbers from the same seeds in the same order as the engine, so that it gives the same losses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from convstudio.codegen import rates
from convstudio.codegen.classes import Classes
from convstudio.codegen.naming import TAKEN, class_name, plain
from convstudio.codegen.source import SIGNATURE, check, functions
from convstudio.network.call import Call
from convstudio.network.document import Document
from convstudio.network.expansion import expanded
from convstudio.network.facts import Analysis
from convstudio.network.freezing import frozen_ids
from convstudio.network.training_settings import Initialisation, TrainingSettings

OWN_NAMES = ("Path", "Iterator", "Batch")
FILLS: dict[Initialisation, str] = {
    "he": 'nn.init.kaiming_normal_(mask, nonlinearity="relu")',
    "glorot": "nn.init.xavier_uniform_(mask)",
    "orthogonal": "nn.init.orthogonal_(mask)",
    "normal": "nn.init.normal_(mask, std=0.01)",
    "zeros": "nn.init.zeros_(mask)",
}


@dataclass(frozen=True)
class Computed:
    """Where the script computes, and how, as the run did; `data` names the file of the samples beside it."""

    data: str
    samples: str
    threads: int = 1
    channels_last: bool = False
    device: str = "cpu"


def script(document: Document, analysis: Analysis, name: str, title: str, how: Computed) -> str:
    """The text of the script. SourceError when the network is not complete."""
    network, settings = document.network, document.training
    check(network, analysis)
    main = class_name(name)
    classes = Classes(main, *TAKEN, *OWN_NAMES, as_computed=True)
    body = classes.body(network, analysis)
    facts = _Facts(document, analysis, main, how)
    parts = [
        _docstring(title or name, name, facts),
        _imports(classes.calls, settings),
        *_constants(facts),
        "",
        *classes.lines(),
        f"class {main}(nn.Module):",
        *body,
        "",
        "",
        *_seeds(),
        *_start(facts),
        *_data(facts),
        *_batches(facts),
        *(rates.function(settings) if rates.changes(settings) else ()),
        *_judging(),
        *_training(facts),
        *_main(facts),
    ]
    return "\n".join(parts).rstrip("\n") + "\n"


@dataclass(frozen=True)
class _Facts:
    document: Document
    analysis: Analysis
    main: str
    how: Computed

    @property
    def settings(self) -> TrainingSettings:
        return self.document.training

    @property
    def calls(self) -> dict[str, Call]:
        """The modules by the path of the block, in the order of computation."""
        _, analysis = expanded(self.document.network, self.analysis)
        found = {i: analysis.blocks[i].call for i in analysis.live}
        return {i: call for i, call in found.items() if call and call.is_module}

    @property
    def weighing(self) -> list[str]:
        """Blocks that have weights, by their path."""
        _, analysis = expanded(self.document.network, self.analysis)
        return [i for i in self.calls if analysis.blocks[i].parameters]

    @property
    def normalised(self) -> bool:
        """Whether a batch of one sample cannot be trained on."""
        return any(call.function.startswith("nn.BatchNorm") for call in self.calls.values())

    @property
    def frozen(self) -> list[str]:
        ids = frozen_ids(self.document.network)
        return [i for i in self.weighing if i in ids]


def _docstring(title: str, name: str, facts: _Facts) -> str:
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


def _constants(facts: _Facts) -> Iterator[str]:
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
    if facts.frozen:
        yield from _tuple("FROZEN", ", ".join(f'"{block}"' for block in facts.frozen), "# these do not learn")
    yield ""


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


def _seeds() -> Iterator[str]:
    yield from (
        "def seed_of(*parts: int | str) -> int:",
        '    """A seed of 63 bits that SEED and these words alone decide."""',
        '    text = "/".join(str(part) for part in (SEED, *parts)).encode()',
        '    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little") >> 1',
        "",
        "",
    )


def _start(facts: _Facts) -> Iterator[str]:
    fill = FILLS.get(facts.settings.initialisation)
    yield "def draw_start_values(model: nn.Module) -> None:"
    yield "    for name in BLOCKS:"
    yield "        block = model.get_submodule(name)"
    yield "        torch.manual_seed(seed_of(name))"
    yield "        for module in block.modules():"
    yield '            if hasattr(module, "reset_parameters"):'
    yield "                module.reset_parameters()"
    if fill:
        yield "        for module in block.modules():"
        yield "            masks = [w for w in module.parameters(recurse=False) if w.dim() > 1]"
        yield "            for mask in masks:"
        yield f"                {fill}"
        yield '            if masks and isinstance(getattr(module, "bias", None), torch.Tensor):'
        yield "                nn.init.zeros_(module.bias)"
    yield ""
    yield ""


def _data(facts: _Facts) -> Iterator[str]:
    last = facts.how.channels_last
    yield "def load(part: str, device: str) -> tuple[torch.Tensor, torch.Tensor]:"
    yield '    """Samples as float32 from 0 to 1, and the class of each, or of each pixel."""'
    yield "    with np.load(DATA) as data:"
    yield '        images, targets = data[f"{part}_images"], data[f"{part}_targets"].astype(np.int64)'
    if last:
        yield "    images = np.ascontiguousarray(np.moveaxis(images, 1, -1))  # channels of a pixel side by side"
        yield "    samples = torch.from_numpy(images).float().div(255).movedim(-1, 1)"
    else:
        yield "    samples = torch.from_numpy(images).float().div(255)"
    yield "    return samples.to(device), torch.from_numpy(targets).to(device)"
    yield ""
    yield ""


def _batches(facts: _Facts) -> Iterator[str]:
    yield "def batches(count: int, epoch: int) -> list[torch.Tensor]:"
    yield '    """The numbers of the samples in each batch of an epoch."""'
    yield '    generator = torch.Generator().manual_seed(seed_of("order", epoch))'
    if not facts.normalised:
        yield "    return list(torch.randperm(count, generator=generator).split(BATCH_SIZE))"
    else:
        yield "    found = list(torch.randperm(count, generator=generator).split(BATCH_SIZE))"
        yield "    if len(found) > 1 and len(found[-1]) == 1:  # batch normalisation needs two"
        yield "        found[-2:] = [torch.cat(found[-2:])]"
        yield "    return found"
    yield ""
    yield ""


def _judging() -> Iterator[str]:
    yield from (
        "@torch.no_grad()",
        "def judge(model: nn.Module, images: torch.Tensor, targets: torch.Tensor) -> tuple[float, float]:",
        '    """Mean loss and share of right answers, as they are without dropout."""',
        "    model.eval()",
        "    losses, hits = [], []",
        "    for some, answers in zip(images.split(256), targets.split(256)):",
        "        scores = model(some)",
        '        losses.append(F.cross_entropy(scores, answers, reduction="none").double())',
        "        hits.append(scores.argmax(1).eq(answers).double())",
        "    return torch.cat(losses).mean().item(), torch.cat(hits).mean().item()",
        "",
        "",
    )


def _training(facts: _Facts) -> Iterator[str]:
    settings = facts.settings
    yield "def train(device: str, last_step: int | None) -> tuple[nn.Module, list[float]]:"
    yield '    """The trained network, and the loss of each step."""'
    yield "    torch.set_num_threads(THREADS)"
    yield "    torch.set_flush_denormal(True)"
    yield '    images, targets = load("train", device)'
    yield '    validation = load("validation", device)'
    yield f"    model = {facts.main}()"
    yield "    draw_start_values(model)"
    yield "    model.to(device)"
    if facts.frozen:
        yield "    for name in FROZEN:"
        yield "        model.get_submodule(name).requires_grad_(False)"
    if facts.how.channels_last:
        yield "    for weights in model.parameters():"
        yield "        form = {4: torch.channels_last, 5: torch.channels_last_3d}.get(weights.dim())"
        yield "        if form:"
        yield "            weights.data = torch.empty_like(weights, memory_format=form).copy_(weights)"
    yield f"    optimiser = {_optimiser(settings, facts.how.device)}"
    computed = "model"
    if settings.compile:
        yield '    compiled = torch.compile(model, dynamic=False, options={"fallback_random": True})'
        computed = "compiled"
    yield "    losses: list[float] = []"
    if settings.early_stopping:
        yield "    best, best_epoch = judge(model, *validation)[0], 0"
    yield "    for epoch in range(EPOCHS):"
    yield from _epoch(facts, computed)
    yield "        loss, accuracy = judge(model, *validation)"
    yield "        mean = sum(losses[-len(pieces) :]) / len(pieces)"
    yield '        figures = f"training loss {mean:.4f}, validation loss {loss:.4f}, accuracy {accuracy:.1%}"'
    yield '        print(f"epoch {epoch + 1}/{EPOCHS}: {figures}")'
    if settings.early_stopping:
        yield "        if loss < best:"
        yield "            best, best_epoch = loss, epoch + 1"
        yield "        elif epoch + 1 - best_epoch >= PATIENCE:"
        yield "            break"
    yield "    return model, losses"
    yield ""
    yield ""


def _epoch(facts: _Facts, computed: str) -> Iterator[str]:
    settings = facts.settings
    smooth = f", label_smoothing={settings.label_smoothing!r}" if settings.label_smoothing else ""
    yield "        model.train()"
    if facts.frozen:
        yield "        for name in FROZEN:"
        yield "            model.get_submodule(name).eval()"
    yield "        pieces = batches(len(targets), epoch)"
    yield "        for piece in pieces:"
    yield "            chosen = piece.to(device)"
    yield '            torch.manual_seed(seed_of("step", len(losses)))  # dropout'
    if facts.how.channels_last:
        yield "            some = images.movedim(1, -1)[chosen].movedim(-1, 1)"
    else:
        yield "            some = images[chosen]"
    if settings.precision == "bfloat16":
        yield "            with torch.autocast(torch.device(device).type, torch.bfloat16):"
        yield f"                scores = {computed}(some)"
        yield f"            loss = F.cross_entropy(scores.float(), targets[chosen]{smooth})"
    else:
        yield f"            loss = F.cross_entropy({computed}(some), targets[chosen]{smooth})"
    yield "            loss.backward()"
    if settings.gradient_clipping:
        clip = f"{settings.gradient_clipping!r}, error_if_nonfinite=True"
        yield f"            nn.utils.clip_grad_norm_(model.parameters(), {clip})"
    if rates.changes(settings):
        yield "            for group in optimiser.param_groups:"
        yield '                group["lr"] = rate(len(losses), len(pieces))'
    yield "            optimiser.step()"
    yield "            optimiser.zero_grad()"
    yield "            losses.append(loss.item())"
    yield "            if len(losses) == last_step:"
    yield "                return model, losses"


def _optimiser(settings: TrainingSettings, device: str) -> str:
    names = {"adam": "Adam", "adamw": "AdamW", "sgd": "SGD", "rmsprop": "RMSprop", "adagrad": "Adagrad"}
    options = ["model.parameters()", "lr=LEARNING_RATE"]
    if settings.optimiser in ("sgd", "rmsprop"):
        options.append(f"momentum={settings.momentum!r}")
    if settings.optimiser == "sgd" and settings.nesterov and settings.momentum > 0:
        options.append("nesterov=True")
    if settings.weight_decay or settings.optimiser == "adamw":  # whose own is not 0
        options.append(f"weight_decay={settings.weight_decay!r}")
    options.append("fused=True" if settings.optimiser in ("adam", "adamw", "sgd") else "foreach=True")
    line = f"torch.optim.{names[settings.optimiser]}({', '.join(options)})"
    if len(line) <= 80:
        return line
    return f"torch.optim.{names[settings.optimiser]}(\n        {', '.join(options)}\n    )"


def _main(facts: _Facts) -> Iterator[str]:
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
