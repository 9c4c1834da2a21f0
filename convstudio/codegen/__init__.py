"""From a network to readable PyTorch source, as text; knows no torch itself."""

from convstudio.codegen.naming import class_name
from convstudio.codegen.source import SourceError, source

__all__ = ["SourceError", "class_name", "source"]
