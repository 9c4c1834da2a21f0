"""`convstudio [FILE …]`: open the window, one for each file."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from convstudio.commands.declaring import Commands, command

EXAMPLES = """\
  convstudio                       open the window
  convstudio digits.convstudio     open a project
  convstudio a.convstudio b.convstudio    open two, each in its window
"""


def declare(commands: Commands) -> None:
    parser = command(commands, "window", run, "Open the window. This is what happens without a command.", EXAMPLES)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="projects to open, each in its own window")
    parser.add_argument("--offscreen", action="store_true", help="draw into memory: no display is needed")


def run(arguments: argparse.Namespace) -> int:
    if arguments.offscreen:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from convstudio.ui.app import run as open_window

    code: int = open_window([path.absolute() for path in arguments.files])
    return code
