"""A network with the weights of a run: what an export writes, an evaluation judges, and a script computes with."""

from __future__ import annotations

from pathlib import Path

from convstudio.engine import checkpoint, given, starting
from convstudio.engine.build import LiveNetwork, build
from convstudio.network.document import Document
from convstudio.network.facts import Analysis


def trained(document: Document, analysis: Analysis, folder: Path) -> LiveNetwork:
    """The network of `document` with the weights of the last checkpoint in the run's `folder`, on the CPU.

    RunFault when the run is of another network, CheckpointFault when it is damaged, NetworkFault when the network
    cannot be computed.
    """
    if not starting.same_network(starting.own_document(folder).network, document.network):
        raise starting.RunFault(
            f"The run in {folder} is of another network than the project file. Train the file again, or open the "
            f"run's own {checkpoint.DOCUMENT}."
        )
    starting.require_sound(analysis)
    live = build(document.network, analysis, document.training.seed, document.training.initialisation)
    given.load(live, checkpoint.weights(folder))
    return live
