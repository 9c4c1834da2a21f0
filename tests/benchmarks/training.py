"""How fast our trainer is beside the usual script and beside a bare loop tuned by hand; how well digits are learned.

    python tests/benchmarks/training.py [--network lenet] [--pairs 7] [--optimiser adam] [--threads 1] [--accuracy]

Lightning and Keras (on torch) train along where they are installed. Each contestant is a process of its own, and they
train an epoch in turn; printed are the medians, and the median of the ratios within a turn.
Times are processor time, so that other programs on the machine disturb them less.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from statistics import median
from time import process_time

import networks
import other_trainers
import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, TensorDataset

from convstudio.blocks import catalogue
from convstudio.data import load
from convstudio.engine.build import build
from convstudio.engine.resident import ResidentData, resident
from convstudio.engine.training import EpochDone, StepDone, Trainer
from convstudio.network.document import DataChoice, Network
from convstudio.network.resolve import resolve
from convstudio.network.training_settings import TrainingSettings

Epoch = Callable[[], float]
"""Trains one epoch and returns its seconds of processor time, validation not counted."""
CPU = torch.device("cpu")
LAYOUTS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}


def ours(name: str, settings: TrainingSettings, layout: torch.memory_format) -> Epoch:
    """Our trainer, from the network as a document."""
    trainer = Trainer(live(networks.NETWORKS[name][0]()), samples(name, layout), settings)
    steps = trainer.steps()

    def epoch() -> float:
        done = next(steps)
        while isinstance(done, EpochDone):
            done = next(steps)
        started = process_time()
        for _ in range(trainer.batches - 1):
            done = next(steps)
        trainer.read()
        taken = process_time() - started
        assert isinstance(done, StepDone)
        return taken * trainer.batches / (trainer.batches - 1)

    return epoch


def script(name: str, settings: TrainingSettings) -> Epoch:
    """What most people write: DataLoader over a TensorDataset, loss.item() in every step."""
    data = samples(name, torch.contiguous_format)
    loader = DataLoader(TensorDataset(data.train_images, data.train_labels), settings.batch_size, shuffle=True)
    model = networks.NETWORKS[name][1]()
    optimiser = plain_optimiser(model, settings)
    loss_of = nn.CrossEntropyLoss()

    def epoch() -> float:
        started, total = process_time(), 0.0
        for images, labels in loader:
            optimiser.zero_grad()
            loss = loss_of(model(images), labels)
            loss.backward()
            optimiser.step()
            total += loss.item()
        return process_time() - started

    return epoch


def tuned(name: str, settings: TrainingSettings, layout: torch.memory_format) -> Epoch:
    """The least that a step needs: resident tensors, one gather an epoch, slices; no loss is kept, no hits counted."""
    data = samples(name, layout)
    model = networks.NETWORKS[name][1]().to(memory_format=layout)
    optimiser = fast_optimiser(model, settings)

    def epoch() -> float:
        started = process_time()
        order = torch.randperm(len(data.train_labels))
        images, labels = data.train_images[order], data.train_labels[order]
        for start in range(0, len(labels), settings.batch_size):
            some = slice(start, start + settings.batch_size)
            loss = cross_entropy(model(images[some]), labels[some])
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
        return process_time() - started

    return epoch


def plain_optimiser(model: nn.Module, settings: TrainingSettings) -> torch.optim.Optimizer:
    if settings.optimiser == "sgd":
        return torch.optim.SGD(model.parameters(), settings.learning_rate, momentum=settings.momentum)
    return torch.optim.Adam(model.parameters(), settings.learning_rate)


def fast_optimiser(model: nn.Module, settings: TrainingSettings) -> torch.optim.Optimizer:
    if settings.optimiser == "sgd":
        return torch.optim.SGD(model.parameters(), settings.learning_rate, momentum=settings.momentum, fused=True)
    return torch.optim.Adam(model.parameters(), settings.learning_rate, fused=True)


def live(network: Network, seed: int = 0) -> torch.nn.Module:
    return build(network, resolve(network, catalogue()), seed)


def samples(network: str, layout: torch.memory_format) -> ResidentData:
    """What the network of that name learns here; of a slow network's only as many as make a short epoch."""
    dataset, count = networks.SAMPLES[network]
    whole = resident(load(dataset), DataChoice(), CPU, layout)
    return replace(whole, train_images=whole.train_images[:count], train_labels=whole.train_labels[:count])


def runner(name: str, network: str, settings: TrainingSettings) -> Epoch:
    """One of the contestants by its name, ready to train an epoch at a call."""
    what, _, layout = name.partition(", ")
    if what == "DataLoader script":
        return script(network, settings)
    return (ours if what == "ours" else tuned)(network, settings, LAYOUTS[layout])


def contestants() -> list[str]:
    own = [f"{what}, {layout}" for layout in LAYOUTS for what in ("bare loop", "ours")]
    return ["DataLoader script", *own, *other_trainers.installed()]


def serve(epoch: Epoch) -> None:
    """Train an epoch for each line that arrives, and answer with its seconds: one contestant in its own process."""
    for _ in sys.stdin:
        print(epoch(), flush=True)


def compare(arguments: list[str], network: str, pairs: int, settings: TrainingSettings) -> None:
    """Let each contestant, in a process of its own, train an epoch in turn; print medians and ratios.

    Processes of their own, because some of what makes a loop fast (numbers below 1e-38 flushed to 0, the allocator's
    state) holds for a whole process.
    """
    children = {name: started(name, arguments) for name in contestants()}
    seconds: dict[str, list[float]] = {name: [] for name in children}
    for child in children.values():
        asked(child)  # warm up
    for turn in range(pairs):
        names = list(children)
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            seconds[name].append(asked(children[name]))
    for child in children.values():
        child.communicate()
    train = samples(network, torch.contiguous_format)
    count, shape = len(train.train_labels), train.sample
    print(f"{network}, {shape}, batch {settings.batch_size}, {settings.optimiser}, {torch.get_num_threads()} thread(s)")
    for name, taken in seconds.items():
        print(f"  {name:26} {count / median(taken):8,.0f} samples/s   {ratio(seconds, name):.2f} × the script")
    for name in LAYOUTS:
        print(f"  ours ÷ bare loop, {name}: {ratio(seconds, f'ours, {name}', f'bare loop, {name}'):.2f}")
    for name in other_trainers.installed():
        print(f"  ours, channels_last ÷ {name}: {ratio(seconds, 'ours, channels_last', name):.2f}")


def started(name: str, arguments: list[str]) -> subprocess.Popen[str]:
    command = [sys.executable, __file__, *arguments, "--contestant", name]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def asked(child: subprocess.Popen[str]) -> float:
    """Seconds of one epoch."""
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write("epoch\n")
    child.stdin.flush()
    return float(child.stdout.readline())


def ratio(seconds: dict[str, list[float]], name: str, base: str = "DataLoader script") -> float:
    """How many times faster than `base`, as the median over the turns."""
    return median(b / a for a, b in zip(seconds[name], seconds[base], strict=True))


def accuracy() -> None:
    """Time and validation accuracy on digits with the default settings."""
    for title, network in (("small network", networks.small_digits()), ("LeNet", networks.lenet())):
        for rate in (0.001, 0.002, 0.003, 0.005):
            found = [learned(network, TrainingSettings(learning_rate=rate, seed=seed)) for seed in range(3)]
            shares = ", ".join(f"{share:.1%}" for share, _ in found)
            print(f"  {title}, Adam {rate}: {shares} in {median(t for _, t in found):.1f} s")


def learned(network: Network, settings: TrainingSettings) -> tuple[float, float]:
    trainer = Trainer(live(network, settings.seed), samples("lenet", torch.contiguous_format), settings)
    validations = [done for done in trainer.steps() if isinstance(done, EpochDone)]
    return validations[-1].accuracy, trainer.seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", choices=tuple(networks.NETWORKS), default="lenet")
    parser.add_argument("--pairs", type=int, default=7, help="turns of one epoch each")
    parser.add_argument("--optimiser", choices=("sgd", "adam"), default="adam", help="adam is the program's default")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--accuracy", action="store_true", help="learn digits with the default settings instead")
    parser.add_argument("--contestant", choices=contestants(), help=argparse.SUPPRESS)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    if given.accuracy:
        accuracy()
    else:
        rate = 0.02 if given.optimiser == "sgd" else 0.002
        settings = TrainingSettings(
            epochs=given.pairs + 2, batch_size=64, optimiser=given.optimiser, learning_rate=rate
        )
        if given.contestant in other_trainers.installed():
            data = samples(given.network, torch.contiguous_format)
            model = networks.NETWORKS[given.network][1]()
            other_trainers.serve(given.contestant, model, data, settings)
        elif given.contestant:
            serve(runner(given.contestant, given.network, settings))
        else:
            compare(sys.argv[1:], given.network, given.pairs, settings)


if __name__ == "__main__":
    main()
