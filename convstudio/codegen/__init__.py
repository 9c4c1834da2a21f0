"""From a network to readable PyTorch source, as text; knows no torch itself."""

from convstudio.codegen.naming import class_name
from convstudio.codegen.script import script
from convstudio.codegen.script_facts import Computed, Made
from convstudio.codegen.source import SIGNATURE, SourceError, proof_line, source

__all__ = ["SIGNATURE", "Computed", "Made", "SourceError", "class_name", "proof_line", "script", "source"]
