"""Networks that many tests begin with: blocks in a row."""

from __future__ import annotations

from convstudio.network import edits
from convstudio.network.document import Network
from convstudio.network.layer import Layer


def chain(*layers: Layer) -> Network:
    """A network in which each layer follows the one before."""
    network, last = edits.add(Network(), layers[0], 0, 0)
    for layer in layers[1:]:
        network, last = edits.append_after(network, last, layer)
    return network
