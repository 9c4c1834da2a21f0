"""How a run begins: afresh from a document, or from the last checkpoint in its folder."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType

import msgspec
import torch

from convstudio import data
from convstudio.blocks import catalogue
from convstudio.engine import checkpoint, checks, devices, given, snapshots, team
from convstudio.engine.build import LiveNetwork, NetworkFault, build, carry_over
from convstudio.engine.calibration import Choice, calibrate, searching
from convstudio.engine.foresight import foresee, foreseen
from convstudio.engine.project import NO_DATA, analysed
from convstudio.engine.resident import SharedData, resident
from convstudio.engine.run import Run
from convstudio.engine.run_folder import writing
from convstudio.engine.story import Story
from convstudio.engine.training import Trainer
from convstudio.network import file
from convstudio.network.document import Document, Network
from convstudio.network.essence import essence
from convstudio.network.facts import Analysis
from convstudio.network.freezing import frozen_ids
from convstudio.network.training_settings import TrainingSettings
from convstudio.runs import brought, marks, metrics, summary


class RunFault(Exception):
    """Why a run cannot start, or go on, in its folder; `words` are for people."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class OtherDataFault(RunFault):
    """The data set is another one than the run began with, if under the same name; it may go on all the same."""


Made = Mapping[str, Mapping[str, torch.Tensor]]
"""Weights by block and by their own names, that a run begins with: of blocks left frozen, or reset after an import."""
NONE_MADE: Made = MappingProxyType({})


def start(
    document: Document,
    analysis: Analysis,
    folder: Path | None,
    name: str = "",
    weights: Path | None = None,
    made: Made = NONE_MADE,
    shared: SharedData | None = None,
    hurried: bool = False,
) -> Run:
    """A new run of `document`, called `name`, with fresh weights from its seed; no folder keeps nothing.

    With `weights`, the folder of a run or of an import, blocks begin with those, where they fit; those in `made` begin
    with these. Runs with the same `shared` share their samples. The folder is made, and tried, before anything else;
    it is listed as a run from then on. Its first checkpoint is that of the start; a `hurried` run writes it when its
    first step has been told.
    Raises RunFault, NetworkFault, Unfit, DataError, DeviceFault, MemoryFault or CheckpointFault, each with a sentence.
    """
    device = team.own().words(str(_checked(document, analysis)))
    story = Story.begun(document, analysis, device, name, str(weights or ""))
    before = _held(folder)
    if folder is not None:
        with _none_left(folder, before):
            _claim(folder, document)
            _tell(folder, story)
    with _listed(folder, story):
        trainer, choice = prepared(document, analysis, weights, made, shared)
        trainer.foreseen = foreseen(document, trainer)
    run = Run(document, analysis, trainer, folder, story)
    run.choice = choice
    if folder is not None:
        with _none_left(folder, before), writing(folder):
            run.begin() if hurried else run.keep()
    return run


def _held(folder: Path | None) -> frozenset[Path] | None:
    """What is in the folder; None where there is none yet."""
    if folder is None:
        return None
    with writing(folder):
        return frozenset(folder.iterdir()) if folder.is_dir() else None


@contextmanager
def _none_left(folder: Path, before: frozenset[Path] | None) -> Iterator[None]:
    """Inside, the beginning of a run that cannot be written is removed again: what it has besides `before`."""
    try:
        yield
    except (RunFault, checkpoint.CheckpointFault):
        for path in (folder,) if before is None else frozenset(folder.iterdir()) - before:
            _remove(path)
        raise


def _remove(path: Path) -> None:
    """A file, or a folder with all that is in it, as far as that can be done."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
        return
    with suppress(OSError):
        path.unlink()


@contextmanager
def _listed(folder: Path | None, story: Story) -> Iterator[None]:
    """Inside, the folder tells that its run has begun; it tells so too when it fails or is interrupted there."""
    if folder is None:
        yield
        return
    try:
        yield
    except BaseException as error:
        story.enter("failed" if isinstance(error, Exception) else "stopped")
        with suppress(RunFault):
            _tell(folder, story)
        raise


def _tell(folder: Path, story: Story) -> None:
    try:
        file.write_atomically(folder / summary.FILE, story.told(0.0))
    except OSError as error:
        raise _unwritable(folder, error) from error


def prepared(
    document: Document,
    analysis: Analysis,
    weights: Path | None = None,
    made: Made = NONE_MADE,
    shared: SharedData | None = None,
) -> tuple[Trainer, Choice]:
    """What a run of `document` begins with, and how it is computed; torch has that number of threads from now on.

    Raises what `start` raises, but nothing about a folder.
    """
    device, settings = _checked(document, analysis), document.training
    dataset = data.load(document.data.name)
    live = build(document.network, analysis, settings.seed, settings.initialisation)
    if weights is not None:
        given.give(live, weights)
    carry_over({f"{i}.{key}": value for i, state in made.items() for key, value in state.items()}, live)
    frozen = frozen_ids(document.network)
    checks.learning(live, frozen)
    live.freeze(frozen)
    few = torch.from_numpy(data.to_float(dataset.images[: settings.batch_size]))
    choice = way(live, few, document, device)
    torch.set_num_threads(choice.threads)
    samples = (shared or SharedData()).resident(dataset, document.data, device, choice.memory_format)
    return Trainer(live, samples, settings, frozen), choice


def _checked(document: Document, analysis: Analysis) -> torch.device:
    """Where to compute, once it is sure that there is something to train on, and a sound network."""
    if document.data.none:
        raise data.DataError(NO_DATA)
    require_sound(analysis)
    return _device(document.training.device)


def _device(name: str) -> torch.device:
    """The device of that name, or that of this process where several train together."""
    return team.own().device(devices.choose(name))


def resume(folder: Path, document: Document | None = None, keep: bool = True, other_data: bool = False) -> Run:
    """Go on with the last checkpoint of the run in `folder`, bitwise as if it had never stopped.

    With `document`, which must be the run's own except for the number of epochs, up to that number. Threads, memory
    format and device are those of the run; with another number of processes it goes on the same up to rounding alone.
    Without `keep` nothing is written into the folder. Raises what `start`
    raises, CheckpointFault when the folder is damaged, RunFault when the document is another, and OtherDataFault when
    the data are, unless with `other_data`.
    """
    if brought.is_import(folder):
        raise RunFault(f"{folder} holds weights that were brought in; there is no run yet that could go on from them.")
    kept = checkpoint.load(folder)
    own = own_document(folder)
    if document is not None and (word := difference(own, document)):
        raise RunFault(f"The run in {folder} has another {word}. Only the number of epochs may change when it goes on.")
    document = document or own
    analysis = analysed(document)
    require_sound(analysis)
    device = _device(kept.run.device)
    dataset = data.load(document.data.name)
    if not other_data:
        _require_same_data(kept.run, dataset, folder)
    torch.set_num_threads(kept.run.threads)
    settings = document.training
    live = build(document.network, analysis, settings.seed, settings.initialisation)
    trainer = Trainer(
        live, resident(dataset, document.data, device, kept.memory_format), settings, frozen_ids(document.network)
    )
    trainer.restore(kept.state)
    words = team.own().words(str(device))
    run = Run(document, analysis, trainer, folder if keep else None, _story(folder, document, analysis, words))
    run.processes_before = kept.run.processes
    return run


def _require_same_data(run: checkpoint.RunFacts, dataset: data.Dataset, folder: Path) -> None:
    """OtherDataFault where it is known that the run in `folder` had other data."""
    if run.data and run.data != dataset.digest:
        raise OtherDataFault(
            f"The data set {dataset.info.title} has changed since the run in {folder} was kept: its samples "
            "or labels are others now. Going on would mix the two, and its curve would mean less."
        )


def branch(parent: Path, step: int, folder: Path, name: str, other_data: bool = False) -> Run:
    """A new run in `folder` that begins where the run in `parent` stood after `step` steps, bitwise the same.

    Its metrics and marks begin with those of the parent. Raises what `resume` raises; CheckpointFault when there is no
    snapshot of that step.
    """
    moment = snapshots.load(parent, step)
    facts = checkpoint.facts(parent)
    document = file.parse(moment.document, catalogue())
    analysis = analysed(document)
    require_sound(analysis)
    dataset = data.load(document.data.name)
    if not other_data:
        _require_same_data(facts, dataset, parent)
    _claim(folder, document)
    device = devices.choose(facts.device)
    torch.set_num_threads(facts.threads)
    live = build(document.network, analysis, document.training.seed, document.training.initialisation)
    where = resident(dataset, document.data, device, devices.FORMATS[facts.memory_format])
    trainer = Trainer(live, where, document.training, frozen_ids(document.network))
    trainer.restore(moment.state)
    metrics.record(folder, (_plain(row) for row in metrics.metrics(parent) if _before(row, trainer)))
    marks.append(folder, [mark for mark in marks.read(parent) if mark.step <= step])
    story = Story.begun(document, analysis, str(device), name, str(parent), step)
    return Run(document, analysis, trainer, folder, story)


def _before(row: metrics.Row, trainer: Trainer) -> bool:
    """Whether a row belongs to what was done when the run stood there; a validation that is still to come does not."""
    at, epoch = row["step"], row.get("epoch")
    validated = isinstance(epoch, int) and epoch <= trainer.validated
    return isinstance(at, int) and at <= trainer.step and ("validation_loss" not in row or validated)


def _plain(row: metrics.Row) -> dict[str, int | float | str]:
    """A row as it is recorded: a figure that was no number is none again."""
    return {key: float("nan") if value is None else value for key, value in row.items()}


def _story(folder: Path, document: Document, analysis: Analysis, device: str) -> Story:
    """The run's summary, with which it goes on; one that is missing or damaged begins anew."""
    try:
        story = Story(summary.read(folder)).change(document, analysis)
    except summary.SummaryError:
        story = Story.begun(document, analysis, device, folder.name)
    story.enter("running")
    return story


def way(live: LiveNetwork, few: torch.Tensor, document: Document, device: torch.device) -> Choice:
    """How to compute: measured once for each network and way to train, so that the same run again is bitwise the same.

    `few` are some samples, float32 (samples, channels, *axes). Other threads or another layout round differently, and
    noise could choose another next time.
    """
    key = _key(document, device)
    if key not in _choices:
        _choices[key] = _measured(live, few, document.training, device)
    return _choices[key]


def rehearsing(document: Document, analysis: Analysis, shared: SharedData | None = None) -> Iterator[None]:
    """Do, a slice at a time, what a run of `document` would begin with: measuring, and its first validation.

    Its samples stay in `shared`.

    Raises what `start` raises.
    """
    yield from _measuring(document, analysis)
    with kept_threads():
        trainer, choice = prepared(document, analysis, shared=shared)
    yield
    work = foresee(document, trainer)
    while True:
        with kept_threads():
            torch.set_num_threads(choice.threads)
            if next(work, work) is work:
                return
        yield


@contextmanager
def kept_threads() -> Iterator[None]:
    """Inside, torch may get another number of threads: whoever waits for a slice has the one that it had."""
    before = torch.get_num_threads()
    try:
        yield
    finally:
        if torch.get_num_threads() != before:
            torch.set_num_threads(before)


def _measuring(document: Document, analysis: Analysis) -> Iterator[None]:
    device = _checked(document, analysis)
    if (key := _key(document, device)) in _choices:
        return
    live, few = _trial(document, analysis)
    settings = _no_more_than_there_are(document.training, document.training.batch_size, few)
    for found in searching(live, few, settings, device):
        if found is not None:
            _choices[key] = found
        yield


def _trial(document: Document, analysis: Analysis) -> tuple[LiveNetwork, torch.Tensor]:
    """The network as a run of `document` begins with it, and a few samples, to measure with."""
    settings, frozen = document.training, frozen_ids(document.network)
    dataset = data.load(document.data.name)
    live = build(document.network, analysis, settings.seed, settings.initialisation)
    checks.learning(live, frozen)
    live.freeze(frozen)
    return live, torch.from_numpy(data.to_float(dataset.images[: settings.batch_size]))


def _key(document: Document, device: torch.device) -> tuple[object, ...]:
    """What the fastest way to compute depends on."""
    settings = document.training
    ways = (settings.threads, settings.memory_format, settings.precision)
    form = essence(document.network), frozen_ids(document.network)
    return (*form, settings.batch_size, settings.optimiser, *ways, str(device))


def _measured(live: LiveNetwork, few: torch.Tensor, settings: TrainingSettings, device: torch.device) -> Choice:
    """What is fastest here; of several processes the first one measures it, for its share of a batch."""
    group = team.own()
    share = group.share(settings.batch_size)
    choice = Choice(1, torch.contiguous_format, {})
    if group.first:
        choice = calibrate(live, few, _no_more_than_there_are(settings, share.stop, few), device)
    formats = tuple(devices.FORMATS.values())
    threads, form = group.told((choice.threads, formats.index(choice.memory_format)))
    return Choice(threads, formats[form], choice.seconds)


def _no_more_than_there_are(settings: TrainingSettings, batch: int, few: torch.Tensor) -> TrainingSettings:
    """With a batch of the samples that there are: a larger one is never computed."""
    return msgspec.structs.replace(settings, batch_size=max(1, min(batch, len(few))))


_choices: dict[tuple[object, ...], Choice] = {}
"""What was measured since this process started."""


def own_document(folder: Path) -> Document:
    """The document of the run in `folder`. RunFault when there is none that can be read."""
    try:
        return file.load(checkpoint.document_path(folder), catalogue())
    except file.FileError as error:
        raise RunFault(f"There is no whole run in {folder}: {error}") from error


def difference(own: Document, other: Document) -> str:
    """In a word what keeps `other` from going on with a run of `own`; '' when only epochs, titles or notes differ."""
    if not same_network(own.network, other.network):
        return "network"
    if frozen_ids(own.network) != frozen_ids(other.network):
        return "choice of frozen blocks"
    if own.data != other.data:
        return "choice of data"
    mine, theirs = msgspec.to_builtins(own.training), msgspec.to_builtins(other.training)
    odd = (name for name, value in mine.items() if name != "epochs" and theirs[name] != value)
    return next(odd, "").replace("_", " ")


def same_network(one: Network, other: Network) -> bool:
    """Whether both compute the same; places and titles are not computed."""
    return essence(one) == essence(other)


def require_sound(analysis: Analysis) -> None:
    """NetworkFault in the words of the first error, if there is any."""
    if analysis.errors:
        problem = analysis.errors[0]
        raise NetworkFault(f"{problem.title}. {problem.words}", problem.blocks[0] if problem.blocks else "")


def _claim(folder: Path, document: Document) -> None:
    """Make the folder and try to write in it. RunFault when that fails, or when a run is in it already."""
    if any((folder / name).exists() for name in (checkpoint.RUN, metrics.FILE)):
        raise RunFault(f"There is a run in {folder} already. Choose another folder, or go on with that run.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file.write_atomically(folder / checkpoint.DOCUMENT, file.dump(document).encode())
    except OSError as error:
        raise _unwritable(folder, error) from error


def _unwritable(folder: Path, error: OSError) -> RunFault:
    reason = (error.strerror or str(error)).lower()
    advice = "Make room there." if error.errno == errno.ENOSPC else "Choose another folder."
    return RunFault(f"The run cannot be kept in {folder}: {reason}. {advice}")
