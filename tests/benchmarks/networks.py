"""The networks that the benchmarks train, as documents and as torch written by hand."""

from __future__ import annotations

from torch import nn

from convstudio.blocks import Convolution, Flatten, FullyConnected, Input, MaxPool, Output, ReLU
from convstudio.network import edits
from convstudio.network.document import Network
from convstudio.network.layer import Layer


def chain(*layers: Layer) -> Network:
    """A network in which each layer follows the one before."""
    network, last = edits.add(Network(), layers[0], 0, 0)
    for layer in layers[1:]:
        network, last = edits.append_after(network, last, layer)
    return network


def lenet() -> Network:
    """LeNet-5 (LeCun et al. 1998) as it is written today, with ReLU and max pooling, on 28 × 28 pixels."""
    return chain(
        Input(),
        Convolution(channels=6, mask=(5,), padding="same"),
        ReLU(),
        MaxPool(),
        Convolution(channels=16, mask=(5,), padding="none"),
        ReLU(),
        MaxPool(),
        Flatten(),
        FullyConnected(channels=120),
        ReLU(),
        FullyConnected(channels=84),
        ReLU(),
        FullyConnected(channels=10),
        Output(),
    )


def lenet_by_hand() -> nn.Sequential:
    """The same in torch."""
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 120),
        nn.ReLU(),
        nn.Linear(120, 84),
        nn.ReLU(),
        nn.Linear(84, 10),
    )


def small_digits() -> Network:
    """The small network of a first launch: two convolutions and one fully connected layer."""
    return chain(
        Input(),
        Convolution(channels=8),
        ReLU(),
        MaxPool(),
        Convolution(channels=16),
        ReLU(),
        MaxPool(),
        Flatten(),
        FullyConnected(channels=10),
        Output(),
    )


def small_digits_by_hand() -> nn.Sequential:
    """The same in torch."""
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(16 * 7 * 7, 10),
    )


NETWORKS = {"lenet": (lenet, lenet_by_hand), "small": (small_digits, small_digits_by_hand)}
"""By name: the document, and the same in torch."""
