"""`convstudio self-test`: prove an installation, step by step."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import msgspec

from convstudio.commands.declaring import Commands, command, json_option
from convstudio.commands.printing import lines, print_json

if TYPE_CHECKING:
    from convstudio.commands.proofs import Result

ABOUT = (
    "Prove that this installation works: open the window offscreen, load an example, train it in a real worker, "
    "export it in every format, and compare."
)

EXAMPLES = """\
  convstudio self-test
  convstudio self-test --json | jq .failed

Exit codes: 0 all steps passed, 1 one of them did not.
"""


def declare(commands: Commands) -> None:
    json_option(command(commands, "self-test", run, ABOUT, EXAMPLES))


def run(arguments: argparse.Namespace) -> int:
    from convstudio.commands.proofs import prove_all

    results = prove_all(_ignore if arguments.json else _tell)
    failed = [result.name for result in results if not result.passed]
    if arguments.json:
        print_json({"passed": not failed, "failed": failed, "steps": msgspec.to_builtins(results)})
    else:
        total = f"{len(results) - len(failed)} of {len(results)} steps passed"
        lines(f"{total}; failed: {', '.join(failed)}" if failed else f"{total}: this installation works")
    return 1 if failed else 0


def _tell(result: Result) -> None:
    lines(f"{'ok  ' if result.passed else 'FAIL'}  {result.name}: {result.words} ({result.seconds:.1f} s)")


def _ignore(result: Result) -> None:
    """The results are printed at once, at the end."""
