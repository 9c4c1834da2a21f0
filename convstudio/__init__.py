"""ConvStudio: build, train and look inside convolutional networks.

`convstudio.load("x.convstudio")` opens a project in a script; it is imported when it is first asked for (PEP 562), so
that `import convstudio` loads next to nothing.

Where things are, from the ground up; a package imports only what stands above it (`tests/test_architecture.py`):

    assets      the program's own files: data, icons, examples
    network     the document: blocks and wires, edits, history, shapes, costs, problems, the project file
    blocks      one file a kind of block
    plugins     blocks of one's own
    codegen     a network as PyTorch source
    data        data sets as NumPy arrays
    runs        what a run leaves on the disk
    swaps       other blocks in the place of some, and what they would cost
    templates   well-known networks to begin from
    engine      torch: build, train, evaluate, explain, export, import
    protocol    the messages between window and worker
    doctor      what goes wrong in a run, in words
    worker      the process around the engine
    ui          the window
    library     a project file as a Python object: `load`
    commands    the commands of the command line; `cli` finds them
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"
_LATER = ("Project", "load")


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(import_module("convstudio.library"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
