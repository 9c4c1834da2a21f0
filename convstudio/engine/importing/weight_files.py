"""Weights of a safetensors file go into a network by their keys; what matches, and what does not, is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from torch import Tensor

from convstudio.blocks import catalogue
from convstudio.engine.build import LiveNetwork, NetworkFault, build
from convstudio.engine.importing.brought import Brought, fitting
from convstudio.engine.importing.graph import ImportFault
from convstudio.engine.importing.reading import require_file
from convstudio.network import file
from convstudio.network.document import DataChoice, Document
from convstudio.network.resolve import resolve
from convstudio.runs.brought import Report, Unlike

MOST_KEYS = 100_000
NAMED = 3


def brought(path: Path, into: Document | None) -> Brought:
    """The network `into` with the weights of a file; without it the network that the file itself holds.

    A file of ours whose keys say nothing to `into` brings its own network as well. ImportFault in words.
    """
    tensors, told = _read(path)
    if into is not None:
        found = _filled(path, into, tensors)
        if found.report.matching or "network" not in told:
            return _some(path, found, tensors)
    return _own(path, tensors, told)


def _own(path: Path, tensors: Mapping[str, Tensor], told: Mapping[str, str]) -> Brought:
    if "network" not in told:
        raise ImportFault(
            f"{path.name} holds weights and no network. Open the network first, and bring the weights into it."
        )
    try:
        network = file.parse(told["network"][: file.MAX_BYTES], catalogue()).network
    except file.FileError as error:
        raise ImportFault(f"The network in {path.name} cannot be read: {error}") from error
    data = DataChoice(name=fitting(resolve(network, catalogue())))
    return _some(path, _filled(path, Document(network, data), tensors, whole=True), tensors)


def _some(path: Path, found: Brought, tensors: Mapping[str, Tensor]) -> Brought:
    """ImportFault where nothing matched."""
    if found.report.matching:
        return found
    theirs, ours = (", ".join(list(keys)[:NAMED]) for keys in (tensors, found.weights))
    raise ImportFault(
        f"None of the {len(tensors)} weights in {path.name} fits the network. Its keys are {theirs or 'none'} …; those "
        f"of the network are {ours or 'none'} …"
    )


def _filled(path: Path, document: Document, tensors: Mapping[str, Tensor], whole: bool = False) -> Brought:
    """The document's network with its start values, and in their place what the file has by the same keys."""
    live = _built(document)
    wanted = live.state_dict()
    given = _without_prefix(tensors, wanted)
    same = {key: value for key, value in given.items() if key in wanted and value.shape == wanted[key].shape}
    for key, value in same.items():
        wanted[key] = value.to(wanted[key].dtype)
    unlike = [k for k in given if k in wanted and k not in same]
    parameters = {key for key, _ in live.named_parameters()}
    analysis = resolve(document.network, catalogue())
    report = Report(
        source="safetensors",
        name=path.name,
        whole=whole,
        blocks=document.network.count,
        parameters=analysis.parameters,
        matching=len(same),
        missing=tuple(k for k in wanted if k not in given and (k in parameters or "running_" in k)),
        unexpected=tuple(k for k in given if k not in wanted),
        unlike=tuple(Unlike(k, tuple(given[k].shape), tuple(live.state_dict()[k].shape)) for k in unlike),
    )
    weights = {key: value.detach().contiguous().numpy() for key, value in wanted.items()}
    return Brought(document, weights, report)


def _built(document: Document) -> LiveNetwork:
    try:
        analysis = resolve(document.network, catalogue())
        return build(document.network, analysis, document.training.seed, document.training.initialisation)
    except NetworkFault as error:
        raise ImportFault(f"The network cannot take weights yet. {error.words}") from error


def _without_prefix(tensors: Mapping[str, Tensor], wanted: Iterable[str]) -> dict[str, Tensor]:
    """Without a word that stands before all keys, as 'module.' of a network trained on several devices."""
    known, first = set(wanted), next(iter(tensors), "").partition(".")[0] + "."
    if not known.intersection(tensors) and all(key.startswith(first) for key in tensors):
        return {key.removeprefix(first): value for key, value in tensors.items()}
    return dict(tensors)


def _read(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """The weights of a file, and what it says of itself."""
    from safetensors import SafetensorError, safe_open

    require_file(path)
    try:
        with safe_open(path, framework="pt") as opened:
            keys = list(opened.keys())
            if len(keys) > MOST_KEYS:
                raise ImportFault(f"{path.name} has {len(keys)} keys; at most {MOST_KEYS} can be brought in.")
            return {key: opened.get_tensor(key) for key in keys}, dict(opened.metadata() or {})
    except (SafetensorError, OSError, ValueError) as error:
        raise ImportFault(f"{path.name} is no safetensors file, or it is cut off or damaged ({error}).") from error
