"""`convstudio train FILE`: train without a window, with a progress bar."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from convstudio.commands.declaring import Commands, command, json_option, plugins_option
from convstudio.commands.failure import FailureError, UsageError
from convstudio.commands.printing import lines, print_json
from convstudio.commands.project import engine_failures, opened, use_plugins
from convstudio.commands.run_choice import RUN_WORDS, chosen, fresh_folder
from convstudio.commands.settings import declare_settings, overridden
from convstudio.network.numbers import grouped

if TYPE_CHECKING:
    from convstudio.commands.training_log import Outcome
    from convstudio.engine.run import Run

SIGNALLED = 128
"""Exit codes of a run that a signal stopped start here: 130 for Ctrl+C."""
EXAMPLES = """\
  convstudio train digits.convstudio
  convstudio train digits.convstudio --epochs 20 --learning-rate 0.001 --out runs/slow
  convstudio train --resume last                         go on after Ctrl+C, bitwise as if it had not been
  convstudio train digits.convstudio --resume runs/slow --epochs 40
  convstudio train digits.convstudio --weights digits.onnx
  convstudio train digits.convstudio --json > result.json
  torchrun --nproc-per-node 2 -m convstudio train digits.convstudio

A run is kept in a folder: the project, its settings, how it stands (summary.json), the metrics of every step
(metrics.jsonl, a JSON object a line), what happened to it (events.jsonl), the last checkpoint, and snapshots to look
back on. Without --out it is put where the window keeps its runs, whose Runs tab lists it, also while it goes on; the
tab can be told to list the runs of other folders too. `convstudio runs` does the same here.

Ctrl+C (or SIGTERM) stops after the present step and keeps a checkpoint; --resume goes on from it as if nothing had
happened. The training loss and accuracy that are printed at the end are means over the steps of the last epoch, taken
while the weights still changed; the validation ones are those after the last whole epoch.

Under torchrun each process computes its share of every batch (gloo on CPUs, nccl on graphics cards, one each): the
batch size stays that of the whole, batch normalisation goes by the whole batch, and dropout draws the masks that one
process would (on the CPU): losses, accuracy and weights are those of one process up to rounding. Adam makes whole steps
of rounding where a weight has no gradient at all, as the bias of a convolution before a batch normalisation; with such
a bias two processes differ as one process with another number of threads does. (Switch the bias off: it has no use.)
The first process alone writes the run and speaks. --resume goes on with any number of processes, and says so when it is
another one. Ctrl+C stops all of them after the same step, as does the death of torchrun; what torchrun itself prints
then is none of ours.

Exit codes: 0 trained to the end, 1 refused or failed, 2 not understood, 130 stopped by Ctrl+C, 143 by SIGTERM.
"""


def declare(commands: Commands) -> None:
    parser = command(commands, "train", run, "Train a project and keep the run in a folder.", EXAMPLES)
    parser.add_argument("file", type=Path, metavar="FILE", nargs="?", help="a project file (not needed to --resume)")
    plugins_option(parser)
    declare_settings(parser)
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="new folder for the run (else among the window's)")
    parser.add_argument("--name", help="what the run is called (else as its project file)")
    parser.add_argument("--resume", metavar="RUN", help=f"go on with {RUN_WORDS}; of it only --epochs may change")
    parser.add_argument("--other-data", action="store_true", help="--resume although the data set has changed since")
    parser.add_argument("--weights", metavar="RUN", help="begin with the weights of this run or import, where they fit")
    json_option(parser)


def run(arguments: argparse.Namespace) -> int:
    if arguments.resume and (arguments.out or arguments.name or arguments.weights):
        raise UsageError(
            "--resume goes on in the folder of its run, under its name, with its weights; leave --out, --name and "
            "--weights away."
        )
    if not arguments.resume and not arguments.file:
        raise UsageError("Which project file is to be trained? Name one, or a run to --resume.")
    outcome = _trained(arguments)
    if outcome is None:
        return 0
    if arguments.json:
        print_json(msgspec.to_builtins(outcome))
    else:
        lines(sentence(outcome))
    return SIGNALLED + outcome.signal if outcome.signal else 0


def _trained(arguments: argparse.Namespace) -> Outcome | None:
    """What the run came to; None in all but the first of several processes that torchrun has started."""
    from convstudio.commands.training_log import followed
    from convstudio.engine import team

    own = team.ALONE
    try:
        with engine_failures(), team.joined() as own:
            outcome = followed(_started(arguments, own.first))
            return outcome if own.first else None
    except FailureError as error:
        if own.alone or not str(error):
            raise
        raise FailureError(f"process {own.rank + 1} of {own.count}: {error}") from error


def sentence(outcome: Outcome) -> str:
    """The result in one line, which names what each figure is."""
    parts = []
    if outcome.training_loss is not None:
        accuracy = outcome.training_accuracy or 0.0
        parts.append(
            f"training loss {outcome.training_loss:.4f}, training accuracy {accuracy:.1%} "
            f"(means over the steps of epoch {outcome.epoch})"
        )
    if outcome.validation_loss is not None:
        accuracy = outcome.validation_accuracy or 0.0
        iou = outcome.validation_mean_iou
        overlap = f", mean IoU {iou:.1%}" if iou is not None else ""
        parts.append(
            f"validation loss {outcome.validation_loss:.4f}, validation accuracy {accuracy:.1%}{overlap} "
            f"(after {outcome.validated_epoch} of {outcome.epochs} epochs)"
        )
    ending = "stopped at" if outcome.signal else "stopped early at" if outcome.stopped_early else "finished at"
    return "; ".join([*parts, f"{ending} step {grouped(outcome.step)}", f"run in {outcome.folder}"])


def _started(arguments: argparse.Namespace, keep: bool) -> Run:
    """The run, ready for its first step; without `keep` it leaves nothing on the disk."""
    from convstudio.engine import starting
    from convstudio.engine.project import analysed

    folder = chosen(arguments.resume) if arguments.resume else None
    if arguments.file:
        own = opened(arguments.file, arguments.plugins)
    else:
        assert folder is not None
        use_plugins(arguments.plugins)
        own = starting.own_document(folder)
    document = overridden(own, arguments)
    if folder:
        try:
            return starting.resume(folder, document, keep, arguments.other_data)
        except starting.OtherDataFault as fault:
            raise starting.RunFault(f"{fault.words} With --other-data it goes on all the same.") from fault
    name = arguments.name or arguments.file.stem
    weights = chosen(arguments.weights) if arguments.weights else None
    place = (arguments.out or fresh_folder(name)) if keep else None
    return starting.start(document, analysed(document), place, name, weights)
