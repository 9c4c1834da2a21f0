"""The ways to take a network away, as a table: models that the worker writes, and papers that the window draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from convstudio.protocol.messages import ExportForm

Paper = Literal["card", "picture", "table"]
MODELS, PAPERS = "MODEL", "FOR PEOPLE"


@dataclass(frozen=True)
class Format:
    """A kind of file, or folder, that a network can become.

    `forms` are (name, suffix) of the ways to write it that a person can choose from; `coloured` says whether it comes
    in dark or light.
    """

    name: ExportForm | Paper
    title: str
    about: str
    group: str
    forms: tuple[tuple[str, str], ...]
    coloured: bool = False

    @property
    def model(self) -> ExportForm | None:
        """What the worker calls it; None for a paper."""
        return None if self.name == "card" or self.name == "picture" or self.name == "table" else self.name


FORMATS: tuple[Format, ...] = (
    Format(
        "source",
        "Python source",
        "The network as a PyTorch class, to read and to change. It needs nothing of ConvStudio.",
        MODELS,
        (("Python", ".py"),),
    ),
    Format(
        "script",
        "Training script",
        "One Python file that trains the network from its start values as it is trained here: same seed, same losses. "
        "The samples lie in a file beside it.",
        MODELS,
        (("Python", ".py"),),
    ),
    Format(
        "safetensors",
        "Weights",
        "The weights as safetensors, under the names that the Python source gives them.",
        MODELS,
        (("safetensors", ".safetensors"),),
    ),
    Format(
        "onnx",
        "ONNX model",
        "Network and weights for other programs, phones and servers, without Python.",
        MODELS,
        (("ONNX", ".onnx"),),
    ),
    Format(
        "pt2",
        "PyTorch program",
        "Network and weights in one file of torch.export, to be loaded without any source.",
        MODELS,
        (("PyTorch", ".pt2"),),
    ),
    Format(
        "card",
        "Model card",
        "A folder with a page about the network: its picture, layers, data, settings, curves and accuracy.",
        PAPERS,
        (("Markdown", ""),),
    ),
    Format(
        "picture",
        "Picture of the network",
        "The canvas as a drawing that stays sharp at any size, or as an image.",
        PAPERS,
        (("SVG", ".svg"), ("PDF", ".pdf"), ("PNG", ".png")),
        coloured=True,
    ),
    Format(
        "table",
        "Table of layers",
        "Shapes, weights and costs of all blocks, for a paper or a spreadsheet.",
        PAPERS,
        (("Markdown", ".md"), ("LaTeX", ".tex"), ("CSV", ".csv")),
    ),
)


def named(name: str) -> Format:
    """The format of that name. StopIteration when there is none."""
    return next(form for form in FORMATS if form.name == name)
