"""From the operations of a file to blocks, one after the other; what no block expresses becomes an opaque one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from convstudio.blocks.flatten import Flatten
from convstudio.blocks.input import Input
from convstudio.blocks.opaque import MOST_INPUTS, Opaque
from convstudio.blocks.output import Output
from convstudio.blocks.pad import Pad
from convstudio.blocks.reshape import Reshape
from convstudio.engine.importing import patterns, titles
from convstudio.engine.importing.draft import Draft, single
from convstudio.engine.importing.folding import folded
from convstudio.engine.importing.graph import MALFORMED, Dims, Graph, ImportFault, Node, Numbers, Unsuited
from convstudio.engine.importing.shapes import Shapes
from convstudio.network.group import MAX_BLOCKS
from convstudio.network.layer import Layer
from convstudio.network.shape import Shape
from convstudio.runs.brought import Taken, Unread

MOST_AXES = 3
LONGEST_REASON = 900
JOINING = ("Add", "Sub", "Mul", "Div")
"""With numbers these go into the weights of the block before."""


@dataclass(frozen=True)
class Edge:
    """What flows along an edge: the block that makes it, and its shape in the file without the batch.

    Where the block makes a row of numbers, the file may have it as maps of 1 × 1.
    """

    block: str
    dims: Dims


class Reader:
    """Holds what is known so far; `rows` is the table from operators to what makes blocks of them."""

    def __init__(self, graph: Graph, rows: dict[str, Row], shapes: Shapes) -> None:
        """`shapes` is asked for the shapes of results that no block makes."""
        self.graph = graph
        self.draft = Draft()
        self.constants: dict[str, Numbers] = dict(graph.constants)
        self.edges: dict[str, Edge] = {}
        self.notes: list[str] = []
        self.unread: list[Unread] = []
        self.batch = 1
        self._rows, self._shapes = rows, shapes
        self.nodes = patterns.joined(graph)
        self._uses = patterns.uses(self.nodes, graph.outputs)
        self._consumers: dict[str, list[Node]] = {}
        for node in self.nodes:
            for edge in node.inputs:
                self._consumers.setdefault(edge, []).append(node)
        self._maps: dict[Edge, str] = {}
        self._recognised: Counter[tuple[str, str]] = Counter()
        self._folded: Counter[tuple[str, str]] = Counter({(name, ""): n for name, n in graph.folded.items()})

    # --- what the rows ask --------------------------------------------------------------------------------------------

    def came(self, edge: str) -> Edge:
        """What arrives on an edge. Unsuited where that is always the same."""
        if edge not in self.edges:
            raise Unsuited("It works on numbers that do not come from the sample.")
        return self.edges[edge]

    def block(self, edge: str) -> str:
        """The block that makes an edge in the very shape that the file has: a row becomes 1 × 1 maps if need be."""
        came = self.came(edge)
        if self.draft.shapes[came.block].dims == came.dims:
            return came.block
        if came not in self._maps:
            self._maps[came] = self._reshaped(came)
        return self._maps[came]

    def shape(self, edge: str) -> Shape:
        """The shape that arrives on an edge."""
        dims = self.came(edge).dims
        if not 1 <= len(dims) <= MOST_AXES + 1:
            raise Unsuited(f"What arrives has {len(dims)} axes.")
        return Shape(dims[0], dims[1:])

    def constant(self, edge: str) -> Numbers:
        """The numbers that an edge always holds. Unsuited where they depend on the sample."""
        if edge not in self.constants:
            raise Unsuited("Its weights or settings are worked out while it runs.")
        return self.constants[edge]

    def floats(self, edge: str) -> Numbers:
        """The same as weights, float32."""
        found = self.constant(edge)
        if found.dtype.kind != "f":
            raise Unsuited("Its weights are whole numbers, as in a quantised network.")
        return single(found)

    def optional(self, edge: str) -> Numbers | None:
        """The same of an input that may be left out."""
        return self.floats(edge) if edge else None

    def alone(self, edge: str) -> bool:
        """Whether an edge goes in at one place only."""
        return self._uses[edge] == 1

    def used(self, edge: str) -> bool:
        return bool(edge) and self._uses[edge] > 0

    def followers(self, edge: str) -> Sequence[Node]:
        """The operations that an edge goes into."""
        return self._consumers.get(edge, ())

    def put(self, node: Node, layer: Layer, *edges: str, weights: dict[str, Numbers] | None = None) -> Edge:
        """A block behind these edges."""
        return self.put_behind(node, layer, [self.block(edge) for edge in edges], weights)

    def put_behind(
        self, node: Node, layer: Layer, blocks: Sequence[str], weights: dict[str, Numbers] | None = None
    ) -> Edge:
        """A block behind these blocks."""
        made = self.draft.add(layer, blocks, titles.title(node) if weights else "", weights)
        return Edge(made, self.draft.shapes[made].dims)

    def seen_as(self, edge: Edge, dims: Dims) -> Edge:
        """The same numbers in another form: the edge itself, or a block that lays them out so."""
        own = self.draft.shapes[edge.block]
        if prod(dims) != own.size or not dims:
            raise Unsuited(f"It makes the shape {dims} of {edge.dims}, which mixes samples.")
        row_as_maps = not own.axes and dims[0] == own.channels
        if dims in (edge.dims, own.dims) or row_as_maps:
            return Edge(edge.block, dims)
        if len(dims) == 1:
            made = self.draft.add(Flatten(), [edge.block])
        elif len(dims) <= MOST_AXES + 1:
            made = self.draft.add(Reshape(channels=dims[0], axes=dims[1:]), [edge.block])
        else:
            raise Unsuited(f"It makes {len(dims)} axes; a block knows at most {MOST_AXES + 1}.")
        return Edge(made, dims)

    def _reshaped(self, came: Edge) -> str:
        channels, *axes = came.dims
        return self.draft.add(Reshape(channels=channels, axes=tuple(axes)), [came.block])

    # --- the walk -----------------------------------------------------------------------------------------------------

    def read(self, size: Dims | None = None) -> None:
        """Make blocks of everything. ImportFault where no network comes of it."""
        self._inputs(size)
        for node in self.nodes:
            if len(self.draft.blocks) >= MAX_BLOCKS:
                raise ImportFault(f"The file has more than {MAX_BLOCKS} operations, and a network as many blocks.")
            self._take(node)
        self._outputs()

    def taken(self) -> tuple[Taken, ...]:
        """What became blocks."""
        return tuple(Taken(o, n, b) for (o, b), n in sorted(self._recognised.items()))

    def folded(self) -> tuple[Taken, ...]:
        """What became none, or part of the block named."""
        return tuple(Taken(o, n, b) for (o, b), n in sorted(self._folded.items()))

    def _inputs(self, size: Dims | None) -> None:
        names = [name for name in self.graph.inputs if self.used(name)]
        if not names:
            raise ImportFault("The outputs of the file do not depend on any input.")
        for name in names:
            dims = self._sample(name, size)
            self.edges[name] = Edge(self.draft.add(Input(channels=dims[0], axes=dims[1:])), dims)
        if len(names) > 1:
            self.notes.append(
                f"The file has {len(names)} inputs ({', '.join(names[:4])}); a network here is trained with one."
            )

    def _sample(self, name: str, size: Dims | None) -> Dims:
        """The shape of one sample at an input, channels first."""
        from convstudio.engine.importing.inputs import sample

        found = sample(self.graph, name, self.followers(name), size)
        self.batch = found.batch
        self.notes += found.notes
        return found.dims

    def _known_beforehand(self, node: Node) -> bool:
        """Whether an operation gives the same whatever the sample is; then it is worked out."""
        result = self._length(node) if node.operator in ("Shape", "Size") else self._worked_out(node)
        if result is None:
            return False
        self.constants[node.outputs[0]] = result
        self._folded[node.operator, ""] += 1
        return True

    def _length(self, node: Node) -> Numbers | None:
        """The shape of what arrives, or how many numbers it is."""
        if (came := self.edges.get(node.input(0))) is None:
            return self._worked_out(node)
        dims = (self.batch, *came.dims)
        if node.operator == "Size":
            return np.asarray(prod(dims), np.int64)
        return np.asarray(dims[node.settings.get("start", 0) : node.settings.get("end", len(dims))], np.int64)

    def _worked_out(self, node: Node) -> Numbers | None:
        inputs = [self.constants.get(e) for e in node.inputs]
        missing = any(array is None for e, array in zip(node.inputs, inputs, strict=True) if e)
        return None if missing else folded(node, inputs)

    def _take(self, node: Node) -> None:
        mark, before = self.draft.mark(), len(self.notes)
        try:
            if self._known_beforehand(node):
                return
            made = self._made(node)
        except Unsuited as reason:
            self._go_back(mark, before)
            self._leave(node, str(reason))
        except MALFORMED:
            self._go_back(mark, before)
            self._leave(node, "Its settings or its inputs are not those of its operator.")
        else:
            self.edges.update(made)
            self._tell(node, [edge.block for edge in made.values()], mark)

    def _made(self, node: Node) -> dict[str, Edge]:
        """What becomes of an operation: of each of its results that is used, if it has several."""
        row = self._rows.get(node.operator)
        if row is None:
            raise Unsuited("")
        made = row(self, node)
        results = made if isinstance(made, dict) else {node.outputs[0]: made}
        if any(self.used(edge) for edge in node.outputs if edge not in results):
            raise Unsuited("Its further results are used as well; a block has one.")
        return results

    def _go_back(self, mark: int, notes: int) -> None:
        """Forget what an operation has left that came to nothing."""
        self.draft.go_back(mark)
        self._maps = {edge: block for edge, block in self._maps.items() if block in self.draft.blocks}
        del self.notes[notes:]

    def _tell(self, node: Node, made: Sequence[str], mark: int) -> None:
        """Count it: as blocks of its own, as part of the block before it, or as nothing at all."""
        operator = titles.words(node.operator)
        for block_id in self.draft.those_since(mark):
            layer = self.draft.blocks[block_id].layer
            also = "" if block_id in made else " (its padding)" if isinstance(layer, Pad) else " (its form)"
            self._recognised[operator + also, layer.title] += 1
        if not any(self.draft.since(mark, block_id) for block_id in made):
            joins = node.operator in JOINING and any(edge in self.constants for edge in node.inputs)
            self._folded[operator, self.draft.blocks[made[0]].layer.title if joins else ""] += 1

    def _leave(self, node: Node, reason: str) -> None:
        """An opaque block for each result of an operation that is used."""
        edges = dict.fromkeys(self.edges[e].block for e in node.inputs if e in self.edges)
        sources = list(edges)[:MOST_INPUTS]
        wanted = [edge for edge in node.outputs if self.used(edge)]
        for number, edge in enumerate(wanted, 1):
            dims, words = self._shape_of(node, edge, sources)
            name = titles.words(node.operator) + (f" {number} of {len(wanted)}" if len(wanted) > 1 else "")
            layer = Opaque(
                operator=name[:200],
                reason=f"{reason} {words}".strip()[:LONGEST_REASON],
                inputs=max(1, len(sources)),
                channels=dims[0],
                axes=dims[1:],
            )
            made = self.draft.add(layer, sources)
            self.edges[edge] = Edge(made, dims)
            shape = str(self.draft.shapes[made])
            self.unread.append(Unread(name, node.name or edge, made, shape, layer.reason))

    def _shape_of(self, node: Node, edge: str, sources: Sequence[str]) -> tuple[Dims, str]:
        """The shape of an edge that no block makes, as far as a block can say it, and what is to be said of it."""
        came = {e: (self.batch, *self.edges[e].dims) for e in node.inputs if e in self.edges}
        dims = self._shapes.of(node, edge, came, self.constants)
        if dims is None:
            instead = self.draft.shapes[sources[0]].dims if sources else (1,)
            return instead, "The file does not say what shape comes out; it is shown as that which goes in."
        if not dims:
            return (1,), ""
        if len(dims) > MOST_AXES + 1:
            words = f"Its result has the shape {' × '.join(map(str, dims))}; the last axes are shown as one."
            return (*dims[:MOST_AXES], prod(dims[MOST_AXES:])), words
        return dims, ""

    def _outputs(self) -> None:
        ends = [name for name in self.graph.outputs if name in self.edges]
        if not ends:
            raise ImportFault("The outputs of the file do not depend on any input.")
        first, *others = ends
        came = self.came(first)
        if set(came.dims[1:]) == {1}:  # maps of 1 × 1 are a row of scores
            self.edges[first] = self.seen_as(came, came.dims[:1])
        self.draft.add(Output(), [self.block(first)])
        if others:
            self.notes.append(
                f"The file has {len(ends)} outputs. {first} leads to the Output; {', '.join(others[:4])} "
                f"{'end' if len(others) > 1 else 'ends'} open."
            )


Made = Edge | dict[str, Edge]
"""The edge of an operation's one result, or edges by the names of its results."""
Row = Callable[[Reader, Node], Made]
"""What makes blocks of an operation."""
