"""What goes wrong on the way out, as a sentence for people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from convstudio import codegen
from convstudio.engine import onnx_parts, onnx_writer
from convstudio.engine.build import NetworkFault
from convstudio.engine.exporting.job import ExportFault
from convstudio.engine.memory import MemoryFault
from convstudio.network import file


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """What goes wrong inside becomes an ExportFault with a sentence."""
    try:
        yield
    except (codegen.SourceError, file.FileError) as error:
        raise ExportFault(str(error)) from error
    except (NetworkFault, MemoryFault) as error:
        raise ExportFault(error.words) from error
    except onnx_parts.UnknownOperator as error:
        raise ExportFault(f"ONNX has no operator for {error}. Export the source and the weights instead.") from error
    except onnx_writer.TooLarge as error:
        raise ExportFault("The weights are more than the 2 GiB that one ONNX file holds. Use safetensors.") from error
    except onnx_writer.Contradiction as error:
        raise ExportFault(f"The weights do not fit the network as it is drawn now: {error}") from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ExportFault(f"{path.name} cannot be written in {path.parent}: {reason}. Choose another place.") from error
