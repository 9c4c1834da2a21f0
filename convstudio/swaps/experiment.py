"""The experiment: every variant of the chosen blocks in the whole document, with what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import Struct

from convstudio.blocks import catalogue
from convstudio.network import grouping
from convstudio.network.document import Document
from convstudio.network.essence import Essence, essence
from convstudio.network.expansion import prefix
from convstudio.network.facts import Analysis, Sample
from convstudio.network.grouping import Path
from convstudio.network.resolve import resolve
from convstudio.network.sight import Sight
from convstudio.swaps.variants import PRESENT, Variant, variants


class Figures(Struct, frozen=True):
    """What blocks cost: `activation_bytes` for one sample; `field` is what the last of them sees along each axis."""

    parameters: int
    multiply_adds: int
    activation_bytes: int
    field: tuple[int, ...]


@dataclass(frozen=True)
class Entrant:
    """A variant in its whole document. Without figures `words` say why it cannot be.

    `flat` are the ids of its blocks where groups are expanded: of those in a repeated group, in its first copy.
    """

    variant: Variant
    document: Document
    flat: tuple[str, ...] = ()
    blocks: Figures | None = None
    whole: Figures | None = None
    words: str = ""

    @property
    def key(self) -> str:
        return self.variant.key

    @property
    def possible(self) -> bool:
        return self.blocks is not None


@dataclass(frozen=True)
class Experiment:
    """All entrants for the blocks `ids` of the level at `path`; the first is the network as it is."""

    path: Path
    ids: tuple[str, ...]
    entrants: tuple[Entrant, ...]

    @property
    def present(self) -> Entrant:
        return self.entrants[0]

    def entrant(self, key: str) -> Entrant:
        """KeyError when there is no such one."""
        found = next((e for e in self.entrants if e.key == key), None)
        if found is None:
            raise KeyError(key)
        return found


def experiment(document: Document, path: Path, ids: Sequence[str], sample: Sample | None) -> Experiment | None:
    """The experiment with these blocks; None where nothing can be put in the place of any."""
    if not grouping.exists(document.network, path):
        return None
    whole = resolve(document.network, catalogue(), sample)
    level = _level(whole, path)
    inner = grouping.inside(document.network, path)
    found = variants(inner, level, ids) if level else ()
    known = {(p.title, p.words) for p in whole.errors}
    entrants = tuple(_entrant(document, path, variant, sample, known) for variant in found)
    return Experiment(path, tuple(ids), entrants) if len(entrants) > 1 else None


def likeness(document: Document) -> tuple[Essence, object, object]:
    """Equal for documents for which an experiment gives the same."""
    return essence(document.network), document.data, document.training


def _entrant(
    document: Document, path: Path, variant: Variant, sample: Sample | None, known: set[tuple[str, str]]
) -> Entrant:
    if variant.words:
        return Entrant(variant, document, words=variant.words)
    made = document.with_network(grouping.put(document.network, path, variant.network))
    whole = resolve(made.network, catalogue(), sample)
    level = _level(whole, path)
    fresh = [p for p in whole.errors if (p.title, p.words) not in known]
    if level is None or (fresh and variant.key != PRESENT):
        words = f"{fresh[0].title.rstrip('.')}: {fresh[0].words}" if fresh else "It cannot be computed here."
        return Entrant(variant, document, words=words)
    sight = Sight(whole)
    inner = _inside(sight, path)
    before = prefix(made.network, path)
    flat = tuple(before + i for i in variant.blocks)
    return Entrant(variant, made, flat, _figures(level, inner, variant.blocks), _figures(whole, sight, whole.live))


def _figures(analysis: Analysis, sight: Sight, ids: Sequence[str]) -> Figures:
    facts = [analysis.blocks[i] for i in ids]
    seen = [sight.of(i) for i in analysis.order if i in set(ids) and analysis.blocks[i].output]
    return Figures(
        sum(f.parameters for f in facts),
        sum(f.multiply_adds for f in facts),
        sum(f.activation_bytes for f in facts),
        tuple(f.size for f in seen[-1]) if seen else (),
    )


def _level(whole: Analysis, path: Path) -> Analysis | None:
    """The analysis of the group at a path, in its first copy; None where it cannot be computed."""
    for block_id in path:
        if not whole.blocks[block_id].inside:
            return None
        whole = whole.blocks[block_id].inside[0]
    return whole


def _inside(sight: Sight, path: Path) -> Sight:
    for block_id in path:
        sight = sight.inside(block_id)
    return sight
