"""All kinds of blocks, one file a kind; `catalogue()` is the explicit list."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType

from convstudio.blocks.add import Add
from convstudio.blocks.average_pool import AveragePool
from convstudio.blocks.batch_norm import BatchNorm
from convstudio.blocks.concatenate import Concatenate
from convstudio.blocks.convolution import Convolution
from convstudio.blocks.dilated import Dilated
from convstudio.blocks.dropout import Dropout
from convstudio.blocks.flatten import Flatten
from convstudio.blocks.fully_connected import FullyConnected
from convstudio.blocks.input import Input
from convstudio.blocks.max_pool import MaxPool
from convstudio.blocks.output import Output
from convstudio.blocks.relu import ReLU
from convstudio.blocks.separable import Separable
from convstudio.network.layer import Catalogue, Layer

KINDS: tuple[type[Layer], ...] = (
    Input,
    Output,
    Convolution,
    Dilated,
    Separable,
    MaxPool,
    AveragePool,
    FullyConnected,
    Flatten,
    ReLU,
    BatchNorm,
    Dropout,
    Add,
    Concatenate,
)


@cache
def catalogue() -> Catalogue:
    """Kinds by their word in the file, in the order of the palette."""
    return MappingProxyType({kind.kind: kind for kind in KINDS})
