"""Masks by hand of a network that was not trained yet: they are part of the document, and training starts with them."""

from __future__ import annotations

import numpy as np

from convstudio.network import by_hand, handmade
from convstudio.network.document import Document, Network
from convstudio.network.expansion import located
from convstudio.ui.masklab.putting import MaskDeed
from convstudio.ui.text import grouped, tr


def kept(document: Document, deed: MaskDeed) -> Document:
    """The document with masks that were edited; as it is when their block is no more."""
    place = located(document.network, deed.block)
    if place is None:
        return document
    region, size = deed.region, deed.after.shape[2:]
    numbers = np.ascontiguousarray(deed.after, np.float32).tobytes()
    made = handmade.of(deed.name, region.outputs, region.inputs, size, numbers, by_hand.copies_in(deed.block))
    return document.with_network(by_hand.put(document.network, *place, made))


def drawn_again(document: Document, block: str, name: str) -> Document:
    """The document without masks by hand in the weights of that name of a block, as the worker calls it."""
    place = located(document.network, block)
    if place is None:
        return document
    copies = by_hand.copies_in(block)
    return document.with_network(by_hand.take_away(document.network, *place, name, copies))


def has(network: Network, block: str, name: str) -> bool:
    """Whether there are masks by hand in the weights of that name of a block, as the worker calls it."""
    return any(made.weights == name for made in by_hand.by_id(network).get(block, ()))


def refusal(network: Network) -> str:
    """Why so many masks by hand cannot be kept, in words; '' where they can."""
    if by_hand.count(network) <= handmade.MOST:
        return ""
    found, most = grouped(by_hand.count(network)), grouped(handmade.MOST)
    return (
        tr("A project keeps at most")
        + f" {most} "
        + tr("numbers that were made by hand, and these would be")
        + f" {found}. "
        + tr("Edit fewer masks at once, or train first.")
    )
