"""What of a document matters to the worker: everything that changes a result, nothing that only changes the canvas."""

from __future__ import annotations

from msgspec import Struct

from convstudio.network import essence as networks
from convstudio.network.by_hand import by_id
from convstudio.network.document import DataChoice, Document
from convstudio.network.freezing import frozen_ids
from convstudio.network.handmade import Made
from convstudio.network.training_settings import TrainingSettings


class Essence(Struct, frozen=True):
    """The essence of the network, with the titles of groups, what is frozen or made by hand; data and settings."""

    network: networks.Essence
    frozen: frozenset[str]
    by_hand: frozenset[tuple[str, Made]]
    data: DataChoice
    training: TrainingSettings


def essence(document: Document) -> Essence:
    """What matters to the worker. Two documents of equal essence train to the same weights."""
    network = networks.essence(document.network, named=True)
    made = frozenset(by_id(document.network).items())
    return Essence(network, frozen_ids(document.network), made, document.data, document.training)
