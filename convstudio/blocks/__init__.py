"""All kinds of blocks, one file a kind; `catalogue()` is the explicit list."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from types import MappingProxyType

from convstudio.blocks.adaptive_average_pool import AdaptiveAveragePool
from convstudio.blocks.adaptive_max_pool import AdaptiveMaxPool
from convstudio.blocks.add import Add
from convstudio.blocks.average_pool import AveragePool
from convstudio.blocks.batch_norm import BatchNorm
from convstudio.blocks.channel_shuffle import ChannelShuffle
from convstudio.blocks.channel_slice import ChannelSlice
from convstudio.blocks.clipped_relu import ClippedReLU
from convstudio.blocks.concatenate import Concatenate
from convstudio.blocks.convolution import Convolution
from convstudio.blocks.crop import Crop
from convstudio.blocks.depthwise import Depthwise
from convstudio.blocks.dilated import Dilated
from convstudio.blocks.dropout import Dropout
from convstudio.blocks.elu import ELU
from convstudio.blocks.fixed_mask import FixedMask
from convstudio.blocks.flatten import Flatten
from convstudio.blocks.fully_connected import FullyConnected
from convstudio.blocks.gelu import GELU
from convstudio.blocks.global_average_pool import GlobalAveragePool
from convstudio.blocks.global_max_pool import GlobalMaxPool
from convstudio.blocks.group_norm import GroupNorm
from convstudio.blocks.hard_sigmoid import HardSigmoid
from convstudio.blocks.hard_swish import HardSwish
from convstudio.blocks.input import Input
from convstudio.blocks.layer_norm import LayerNorm
from convstudio.blocks.leaky_relu import LeakyReLU
from convstudio.blocks.local_response_norm import LocalResponseNorm
from convstudio.blocks.max_pool import MaxPool
from convstudio.blocks.multiply import Multiply
from convstudio.blocks.opaque import Opaque
from convstudio.blocks.output import Output
from convstudio.blocks.pad import Pad
from convstudio.blocks.pointwise import Pointwise
from convstudio.blocks.prelu import PReLU
from convstudio.blocks.relu import ReLU
from convstudio.blocks.reshape import Reshape
from convstudio.blocks.separable import Separable
from convstudio.blocks.sigmoid import Sigmoid
from convstudio.blocks.silu import SiLU
from convstudio.blocks.softmax import Softmax
from convstudio.blocks.spatial_dropout import SpatialDropout
from convstudio.blocks.tanh import Tanh
from convstudio.blocks.transposed import Transposed
from convstudio.blocks.upsample import Upsample
from convstudio.network.group import Entry, Exit, Group
from convstudio.network.layer import Catalogue, Layer

KINDS: tuple[type[Layer], ...] = (
    Input,
    Output,
    Convolution,
    Dilated,
    Separable,
    Depthwise,
    Pointwise,
    Transposed,
    FixedMask,
    MaxPool,
    AveragePool,
    GlobalAveragePool,
    GlobalMaxPool,
    AdaptiveAveragePool,
    AdaptiveMaxPool,
    FullyConnected,
    Flatten,
    ReLU,
    ClippedReLU,
    LeakyReLU,
    PReLU,
    ELU,
    GELU,
    SiLU,
    HardSwish,
    Sigmoid,
    HardSigmoid,
    Tanh,
    Softmax,
    BatchNorm,
    GroupNorm,
    LayerNorm,
    LocalResponseNorm,
    Dropout,
    SpatialDropout,
    Upsample,
    Pad,
    Crop,
    Reshape,
    Add,
    Multiply,
    Concatenate,
    ChannelSlice,
    ChannelShuffle,
)

STRUCTURE: tuple[type[Layer], ...] = (Group, Entry, Exit)
"""What the network itself is made of: groups, and where they begin and end. `resolve` knows their rules."""

BROUGHT: tuple[type[Layer], ...] = (Opaque,)
"""What only an import brings in; the palette does not offer it."""


_foreign: tuple[type[Layer], ...] = ()


@cache
def catalogue() -> Catalogue:
    """Kinds by their word in the file, in the order of the palette: the built-in ones, then those of plugins."""
    return MappingProxyType({kind.kind: kind for kind in (*KINDS, *STRUCTURE, *BROUGHT, *_foreign)})


def set_foreign(kinds: Iterable[type[Layer]]) -> None:
    """These kinds of plugins are in the catalogue from now on, and no others."""
    global _foreign
    _foreign = tuple(kinds)
    catalogue.cache_clear()
