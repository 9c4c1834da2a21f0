"""What part of the training time live pictures take, with every view of the network open, by the governor's account.

    python tests/benchmarks/probes.py [--seconds 15] [--threads 1]

All masks with their changes and gradients, and all maps of every block, are taken whenever the governor allows, and
once a second the activity of the maps over 64 samples; the target is at most 2 %.
"""

from __future__ import annotations

import argparse
from statistics import median
from time import perf_counter

import networks
import torch

from convstudio.blocks import catalogue
from convstudio.data import load
from convstudio.engine import probe
from convstudio.engine.activity import activity
from convstudio.engine.build import build
from convstudio.engine.resident import resident
from convstudio.engine.training import Trainer
from convstudio.network.document import DataChoice, Network
from convstudio.network.resolve import resolve
from convstudio.network.training_settings import TrainingSettings


def watched(title: str, network: Network, seconds: float) -> None:
    """Train for so many seconds with all views open and print the account."""
    live = build(network, resolve(network, catalogue()), 0)
    data = resident(load("digits"), DataChoice(), torch.device("cpu"))
    trainer = Trainer(live, data, TrainingSettings(epochs=10_000))
    governor, image = probe.Governor(), data.validation_images[0]
    wanted, costs, after = dict.fromkeys(live.shapes, 0), [], 0.0
    start = {block: {n: w.detach().clone() for n, w in part.named_parameters()} for block, part in live.parts.items()}
    trainer.keeps_gradients = True
    for _ in trainer.steps():
        if governor.may_probe(trainer.seconds):
            started = perf_counter()
            probe.maps(live, image, wanted)
            for block in live.shapes:
                probe.masks(live, block)
                probe.changes(live, block, start.get(block, {}))
                probe.pictured({n: g for n, g in trainer.gradients.items() if n.startswith(f"{block}.")})
            if trainer.seconds > after:
                activity(live, data.validation_images[:64], wanted)
                after = trainer.seconds + 1.0
            costs.append(perf_counter() - started)
            governor.spent(costs[-1])
        if trainer.seconds > seconds:
            break
    pictures = len(costs) / trainer.seconds
    print(
        f"{title}: {governor.share:.2%} of the training time, {pictures:.1f} looks a second, "
        f"{median(costs) * 1000:.2f} ms each ({costs[0] * 1000:.2f} the first), step "
        f"{trainer.seconds / trainer.step * 1000:.1f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=15.0, help="training time for each network")
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    watched("small network", networks.small_digits(), given.seconds)
    watched("LeNet", networks.lenet(), given.seconds)


if __name__ == "__main__":
    main()
