"""Messages about exports: what a file would hold, how far it is, and its proof."""

from __future__ import annotations

from typing import Literal

from convstudio.protocol.messages.base import Message

ExportForm = Literal["source", "script", "safetensors", "onnx", "pt2"]


class PreviewExport(Message, frozen=True, kw_only=True):
    """What would an export write into a file called `name` (without its suffix)?"""

    format: ExportForm
    name: str
    title: str = ""


class Export(Message, frozen=True, kw_only=True):
    """Write the network with its weights as they are now, then try the file in a fresh process.

    How far that is comes as `Exporting`, its end as `Exported`, `ExportCancelled`, or a Fault about 'export'. `title`
    is what the file says of itself ('' for its name).
    """

    format: ExportForm
    path: str
    title: str = ""


class CancelExport(Message, frozen=True):
    """End the export that is under way; nothing is left of its file."""


class ExportPreview(Message, frozen=True, kw_only=True):
    """What an export would write: Python `text`, or `rows` under the words of `head`; `fault` says why nothing."""

    format: str
    caption: str = ""
    text: str = ""
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    trained: bool = False
    fault: str = ""


class Exporting(Message, frozen=True, kw_only=True):
    """What an export does now, and the share of it that is done."""

    words: str
    share: float


class ExportCancelled(Message, frozen=True):
    """The export was ended as asked; nothing is left of its file."""


class Exported(Message, frozen=True, kw_only=True):
    """Files were written and checked: largest absolute difference between their results and the live network's.

    Those are scores of so many samples, computed by `program`, the `largest` of which is so far from 0; of a training
    script losses of so many steps.
    `trained`: the weights were trained, here or before they were brought in.
    """

    format: str
    path: str
    difference: float
    samples: int
    program: str = ""
    files: tuple[str, ...] = ()
    trained: bool = True
    largest: float = 0.0


Request = PreviewExport | Export | CancelExport
Event = ExportPreview | Exporting | ExportCancelled | Exported
