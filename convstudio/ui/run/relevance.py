"""What of a document matters to the worker: everything that changes a result, nothing that only changes the canvas."""

from __future__ import annotations

from msgspec import Struct

from convstudio.network import essence as networks
from convstudio.network.document import DataChoice, Document
from convstudio.network.freezing import frozen_ids
from convstudio.network.training_settings import TrainingSettings


class Essence(Struct, frozen=True):
    """The essence of the network, with the titles of groups, and what is frozen; data and settings; no notes."""

    network: networks.Essence
    frozen: frozenset[str]
    data: DataChoice
    training: TrainingSettings


def essence(document: Document) -> Essence:
    """What matters to the worker. Two documents of equal essence train to the same weights."""
    network = networks.essence(document.network, named=True)
    return Essence(network, frozen_ids(document.network), document.data, document.training)
