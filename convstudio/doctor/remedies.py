"""The changes that the doctor offers by one click, each only where it would change something."""

from __future__ import annotations

from collections.abc import Iterable

from convstudio.blocks.batch_norm import BatchNorm
from convstudio.blocks.leaky_relu import LeakyReLU
from convstudio.blocks.relu import ReLU
from convstudio.doctor.finding import Remedy
from convstudio.network.document import Network
from convstudio.network.problem import InsertBefore, ReplaceBlock
from convstudio.network.training_settings import TrainingSettings

SLOWEST, FASTEST = 1e-9, 100.0


def rate(settings: TrainingSettings, factor: float) -> tuple[Remedy, ...]:
    """Multiply the learning rate."""
    wanted = float(f"{min(max(settings.learning_rate * factor, SLOWEST), FASTEST):.3g}")
    if wanted == settings.learning_rate:
        return ()
    return (Remedy(f"Learning rate {wanted:g} instead of {settings.learning_rate:g}", (("learning_rate", wanted),)),)


def clipping(settings: TrainingSettings) -> tuple[Remedy, ...]:
    """Shorten long gradients, where that is not done yet."""
    if 0 < settings.gradient_clipping <= 1:
        return ()
    return (Remedy("Clip gradients at 1", (("gradient_clipping", 1.0),)),)


def early_stopping(settings: TrainingSettings) -> tuple[Remedy, ...]:
    """Stop by itself next time."""
    return () if settings.early_stopping else (Remedy("Stop early after 3 epochs", (("early_stopping", 3),)),)


def weight_decay(settings: TrainingSettings) -> tuple[Remedy, ...]:
    """Pull the weights towards 0; AdamW takes a larger number for that."""
    wanted = 0.01 if settings.optimiser == "adamw" else 0.0001
    if settings.weight_decay >= wanted:
        return ()
    return (Remedy(f"Weight decay {wanted:g}", (("weight_decay", wanted),)),)


def leaky(network: Network, blocks: Iterable[str]) -> tuple[Remedy, ...]:
    """A Leaky ReLU, which always lets a little through, in place of the first ReLU that is not in a group."""
    return _replaced(network, blocks, LeakyReLU())


def relu(network: Network, blocks: Iterable[str]) -> tuple[Remedy, ...]:
    """A ReLU, which does not saturate for positive values, in place of the first of the blocks."""
    return _replaced(network, blocks, ReLU())


def batch_norm(network: Network, blocks: Iterable[str]) -> tuple[Remedy, ...]:
    """Batch normalisation in front of the first of the blocks that is not in a group."""
    for block in blocks:
        layer = network.blocks[block].layer if block in network.blocks else None
        port = next(iter(layer.ports), "") if layer else ""
        if port and port in network.incoming.get(block, {}):
            return (Remedy(f"Batch norm before {block}", (), InsertBefore("Insert", block, port, BatchNorm())),)
    return ()


def _replaced(network: Network, blocks: Iterable[str], layer: ReLU | LeakyReLU) -> tuple[Remedy, ...]:
    for block in blocks:
        if block in network.blocks:
            label = f"{layer.title} instead of {network.blocks[block].layer.title} ({block})"
            return (Remedy(label, (), ReplaceBlock(label, block, layer)),)
    return ()
