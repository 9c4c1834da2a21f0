"""`convstudio worker`: the process that trains, for the window or another program."""

from __future__ import annotations

import argparse

from convstudio.commands.declaring import Commands, command

ABOUT = (
    "Train for another process: requests come in at stdin and events go out at stdout, each a frame of msgpack. "
    "The window starts this by itself."
)


def declare(commands: Commands) -> None:
    command(commands, "worker", run, ABOUT)


def run(arguments: argparse.Namespace) -> int:
    from convstudio.worker.process import main

    return main()
