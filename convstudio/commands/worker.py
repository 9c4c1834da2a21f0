"""`convstudio worker`: the process that trains, for the window or another program."""

from __future__ import annotations

import argparse
from pathlib import Path

from convstudio.commands.declaring import Commands, command

ABOUT = (
    "Train for another process: requests come in at stdin and events go out at stdout, each a frame of msgpack. "
    "The window starts this by itself."
)

EXAMPLES = """\
  convstudio worker                    by hand only to see that it begins: it waits for requests
  ssh HOST convstudio worker           the same on another machine
"""


def declare(commands: Commands) -> None:
    parser = command(commands, "worker", run, ABOUT, EXAMPLES)
    parser.add_argument("--check", type=Path, metavar="FOLDER", help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> int:
    """Serve a window; or, in a packaged program, be the fresh process that tries an exported file."""
    if arguments.check:
        from convstudio.engine.exporting import checker

        return checker.main(arguments.check)
    from convstudio.worker.process import main

    return main()
