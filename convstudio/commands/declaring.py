"""How the commands declare themselves to argparse."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from typing import TypeAlias

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""Where a command adds its parser; a text, because argparse's class takes no parameters at run time."""

Run = Callable[[argparse.Namespace], int]
"""A command: from its arguments to the exit code. Raises FailureError with a sentence."""


class Help(argparse.RawDescriptionHelpFormatter):
    """Help as it is written, as wide as the terminal; argparse would load four libraries to learn that width."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=max(60, _columns() - 2))


def _columns() -> int:
    wanted = os.environ.get("COLUMNS", "")
    if wanted.isdigit() and int(wanted):
        return int(wanted)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns if sys.__stdout__ else 80
    except (OSError, ValueError):
        return 80


def command(commands: Commands, name: str, run: Run, about: str, examples: str = "") -> argparse.ArgumentParser:
    """A parser for one command, which knows --debug and shows `examples` below its help."""
    parser = commands.add_parser(
        name,
        help=about[0].lower() + about[1:].rstrip("."),
        description=about,
        epilog=f"examples:\n{examples}" if examples else None,
        formatter_class=Help,
    )
    parser.set_defaults(run=run)
    debug_option(parser)
    return parser


def debug_option(parser: argparse.ArgumentParser) -> None:
    """--debug, before or behind the command's name: SUPPRESS keeps the second parser from resetting the first."""
    parser.add_argument(
        "--debug", action="store_true", default=argparse.SUPPRESS, help="show the traceback of an error"
    )


def plugins_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--plugins",
        action="store_true",
        help="use your own blocks: those plugins that you agreed to in the window, if they have not changed since",
    )


def json_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of text")
