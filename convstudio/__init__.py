"""ConvStudio: build, train and look inside convolutional networks.

`convstudio.load("x.convstudio")` opens a project in a script; it is imported when it is first asked for (PEP 562), so
that `import convstudio` loads next to nothing.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"
_LATER = ("Project", "load")


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(import_module("convstudio.library"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
