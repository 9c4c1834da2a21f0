"""The doctor's marks on the canvas: which cards of the open level wear one, and its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from convstudio.doctor.finding import Finding
from convstudio.network.document import Network
from convstudio.network.expansion import located
from convstudio.network.grouping import Path
from convstudio.ui.canvas.scene import CanvasScene


def ailing(findings: Sequence[Finding]) -> dict[str, str]:
    """By the worker's ids of blocks: what was found there, with the evidence."""
    words: dict[str, list[str]] = {}
    for finding in findings:
        for block in finding.blocks:
            words.setdefault(block, []).append("\n".join((f"! {finding.title}", *finding.evidence)))
    return {block: "\n".join(said) for block, said in words.items()}


def show(scene: CanvasScene, found: Mapping[str, str]) -> None:
    """Let these blocks wear the mark, with the words on hover, and no others."""
    for block_id, item in scene.blocks.items():
        item.set_finding(_tip(found[block_id]) if block_id in found else "")


def _tip(words: str) -> str:
    """As rich text, which Qt breaks into lines; names of classes and blocks are people's own."""
    return f"<p>{escape(words)}</p>".replace("\n", "<br>")


def on_level(found: Mapping[str, str], network: Network, level: Path) -> dict[str, str]:
    """The same for the blocks that can be seen at a level; a closed group wears the marks of what is in it."""
    seen: dict[str, str] = {}
    for flat_id, words in found.items():
        place = located(network, flat_id)
        if place is None or place[0][: len(level)] != level:
            continue
        path, block = place
        shown = block if path == level else path[len(level)]
        seen.setdefault(shown, words if path == level else f"{block}: {words}")
    return seen
