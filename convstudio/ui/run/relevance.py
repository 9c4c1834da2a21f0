"""What of a document matters to the worker: everything that changes a result, nothing that only changes the canvas."""

from __future__ import annotations

from msgspec import Struct

from convstudio.network import essence as networks
from convstudio.network.document import DataChoice, Document
from convstudio.network.training_settings import TrainingSettings


class Essence(Struct, frozen=True):
    """The essence of the network, with the titles of groups where asked for; data and training settings; no notes."""

    network: networks.Essence
    data: DataChoice
    training: TrainingSettings


def essence(document: Document, *, named: bool = True) -> Essence:
    """What matters to the worker. Two documents of equal essence train to the same weights.

    Not `named`: what matters to training alone.
    """
    return Essence(networks.essence(document.network, named=named), document.data, document.training)
