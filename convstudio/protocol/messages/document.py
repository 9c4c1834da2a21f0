"""Messages about the document: its text and its plugins for the worker, and the network that was built."""

from __future__ import annotations

from msgspec import Struct

from convstudio.protocol.messages.base import Message


class Plugin(Struct, frozen=True):
    """The text of a plugin that the person agreed to, and the name of its file."""

    name: str
    text: str


class UsePlugins(Message, frozen=True, kw_only=True):
    """The kinds of blocks that these texts declare are known from now on, and no others of plugins."""

    plugins: tuple[Plugin, ...]


class SetDocument(Message, frozen=True, kw_only=True):
    """The document as it is now (project file text). The worker builds the network; weights that still fit are kept.

    `opened`: it is another document than before, so no weights are.
    """

    revision: int
    text: str
    opened: bool = False


class Built(Message, frozen=True, kw_only=True):
    """The network of a document revision stands. `kept` blocks have the weights they had, `fresh` ones new weights.

    During a run: run `run` goes on with it after `step` steps, and of the kept those in `back` were no part of the
    network before; they have the weights that they had when they left it.
    """

    revision: int
    kept: tuple[str, ...]
    fresh: tuple[str, ...]
    run: int = 0
    step: int = 0
    back: tuple[str, ...] = ()


Request = UsePlugins | SetDocument
Event = Built
