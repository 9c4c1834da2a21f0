"""The command line: what `convstudio` understands, and how it says what went wrong."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from io import TextIOWrapper
from keyword import iskeyword
from typing import TextIO

from convstudio import __version__
from convstudio.commands.declaring import Help, debug_option
from convstudio.commands.failure import FailureError, UsageError

COMMANDS = ("window", "new", "describe", "train", "evaluate", "runs", "export", "import", "self-test", "worker")
"""Each is a file in `commands`, which is imported when it is called: `describe` waits for no other."""
INTERRUPTED = 130
EXAMPLES = """\
examples:
  convstudio                                             open the window
  convstudio digits.convstudio                           open a project
  convstudio new digits.convstudio --template lenet-5     begin from a well-known network
  convstudio describe digits.convstudio                  shapes and costs of its blocks
  convstudio train digits.convstudio                     train without a window
  convstudio runs                                        the runs that are kept
  convstudio evaluate digits.convstudio --run last       how good it is, class by class
  convstudio export digits.convstudio --run last --format onnx -o digits.onnx
  convstudio import resnet18.onnx                        bring in a network from elsewhere
  convstudio self-test                                   prove that this installation works

Exit codes: 0 done; 1 refused or failed, with a sentence on stderr; 2 not understood; 130 interrupted by Ctrl+C;
143 ended by SIGTERM. `convstudio COMMAND --help` says more.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code. Errors go to stderr in one line, with the traceback only for --debug."""
    for stream in (sys.stdout, sys.stderr):
        _never_fail_to_print(stream)
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    try:
        given = with_command(given)
        with _no_sweeping():
            parsed = parser(given).parse_args(given)
        code: int = parsed.run(parsed)
        return code
    except FailureError as error:
        return _failed(str(error), error.code, debug)
    except KeyboardInterrupt:
        return _failed("interrupted", INTERRUPTED, debug)
    except BrokenPipeError:
        return _nobody_reads()
    except Exception as error:
        return _failed(f"this should not have happened: {type(error).__name__}: {error} (--debug shows more)", 1, debug)


@contextmanager
def _no_sweeping() -> Iterator[None]:
    """Loading programs leaves no garbage, and looking for it there takes a tenth of the time of `describe`."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def parser(arguments: Sequence[str] = ()) -> argparse.ArgumentParser:
    """The parser of all commands; of the one that `arguments` call, if they call one."""
    found = argparse.ArgumentParser(
        prog="convstudio",
        usage="convstudio [FILE …] [--offscreen] | convstudio COMMAND …",
        description="Build, train and look inside convolutional networks.",
        epilog=EXAMPLES,
        formatter_class=Help,
    )
    found.add_argument("--version", action="version", version=f"convstudio {__version__}")
    debug_option(found)
    commands = found.add_subparsers(
        dest="command", metavar="COMMAND", title="commands", required=True, prog="convstudio"
    )
    called = _first_word(arguments)
    for name in (called,) if called in COMMANDS else COMMANDS:
        import_module(f"convstudio.commands.{name.replace('-', '_')}{'_' * iskeyword(name)}").declare(commands)
    return found


def with_command(arguments: list[str]) -> list[str]:
    """The arguments with the command `window` in front where none was named: `convstudio FILE` opens a file."""
    first = _first_word(arguments)
    asks = {"-h", "--help", "--version"} & set(arguments)
    if first == "runs":
        return _with_way(arguments)
    if first in COMMANDS or (first is None and asks):
        return arguments
    _require_file(first)
    return ["window", *arguments]


def _require_file(word: str | None) -> None:
    """UsageError for a single word that is neither a command nor a file: no window opens for a mistyped command."""
    if word is None or not word.replace("-", "").isalpha() or os.path.lexists(word):
        return
    from difflib import get_close_matches

    near = get_close_matches(word, COMMANDS, 1) or [name for name in (f"{word}.convstudio",) if os.path.lexists(name)]
    meant = f" Did you mean {near[0]}?" if near else " `convstudio --help` lists the commands."
    raise UsageError(f"There is no command called {word}, and no such file.{meant}")


def _with_way(arguments: list[str]) -> list[str]:
    """`convstudio runs` and `convstudio runs --json` list them."""
    place = arguments.index("runs") + 1
    following = arguments[place : place + 1]
    bare = not following or (following[0].startswith("-") and following[0] not in ("-h", "--help"))
    return [*arguments[:place], "list", *arguments[place:]] if bare else arguments


def _first_word(arguments: Sequence[str]) -> str | None:
    return next((a for a in arguments if not a.startswith("-")), None)


def _failed(words: str, code: int, debug: bool) -> int:
    if debug:
        import traceback

        traceback.print_exc()
    if words:
        print("convstudio:", " ".join(words.split()), file=sys.stderr)
    return code


def _nobody_reads() -> int:
    """`convstudio describe … | head` is no error; the rest of the output must not complain at exit either."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


def _never_fail_to_print(stream: TextIO) -> None:
    """A terminal that knows no × shows a question mark, instead of ending the command with an error."""
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="replace")
