"""The networks that the benchmarks train, as documents and as torch written by hand."""

from __future__ import annotations

from torch import nn

from convstudio.blocks import BatchNorm, Convolution, Flatten, FullyConnected, Input, MaxPool, Output, ReLU
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


def small_vgg() -> Network:
    """In the manner of VGG (Simonyan and Zisserman 2014): twice 32, 64 and 128 masks of 3 × 3, on 32 × 32 × 3."""
    layers: list[Layer] = [Input(channels=3, axes=(32, 32))]
    for channels in WIDTHS:
        for _ in range(2):
            layers += [Convolution(channels=channels), BatchNorm(), ReLU()]
        layers.append(MaxPool())
    return chain(*layers, Flatten(), FullyConnected(channels=5), Output())


def small_vgg_by_hand() -> nn.Sequential:
    """The same in torch."""
    layers: list[nn.Module] = []
    for before, channels in zip((3, *WIDTHS), WIDTHS, strict=False):
        for came in (before, channels):
            layers += [nn.Conv2d(came, channels, 3, padding=1), nn.BatchNorm2d(channels), nn.ReLU()]
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(128 * 4 * 4, 5))


WIDTHS = (32, 64, 128)
NETWORKS = {
    "lenet": (lenet, lenet_by_hand),
    "small": (small_digits, small_digits_by_hand),
    "vgg": (small_vgg, small_vgg_by_hand),
}
"""By name: the document, and the same in torch."""
SAMPLES = {"lenet": ("digits", 4000), "small": ("digits", 4000), "vgg": ("shapes", 512)}
"""By name: the data set, and how many samples of it make an epoch."""
