"""Training as a generator of steps: between any two of them the caller may pause, stop, look, or keep a snapshot."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from math import isfinite
from time import perf_counter
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.utils import clip_grads_with_norm_, get_total_norm

from convstudio.engine import breakdown, checks, devices, memory, optimiser, seeding, task, team
from convstudio.engine.assessment import Assessment, Assessor
from convstudio.engine.batches import Batches
from convstudio.engine.build import LiveNetwork
from convstudio.engine.evaluation import Judgement, evaluate
from convstudio.engine.forward import Forward
from convstudio.engine.health import Checkup, Health
from convstudio.engine.pace import Pace
from convstudio.engine.progress import EpochDone, NotANumber, Progress, StepDone, Unfit
from convstudio.engine.resident import ResidentData
from convstudio.engine.stopping import Patience
from convstudio.engine.teamwork import Teamwork
from convstudio.engine.timetable import Timetable
from convstudio.engine.unread import Unread
from convstudio.network.numbers import grouped
from convstudio.network.training_settings import TrainingSettings

__all__ = ["EpochDone", "NotANumber", "Progress", "StepDone", "Trainer", "Unfit"]


class Trainer:
    """Trains `live` on `data` to tell classes apart, by cross entropy on its scores.

    The same network, data and settings give bitwise the same losses and weights on the CPU, for one number of
    threads and one memory format: order and dropout of each step depend on the seed and its number alone. (Torch's
    global generator of the device is seeded before each step.) `live` is moved to the device and layout of the data.

    Unfit when network, data and settings do not go together; DeviceFault when the device cannot compute as they say;
    MemoryFault when the memory would not, or does not, suffice. `step` counts the steps done; `seconds` the time spent
    on them and on validation. `assessment` is what the last validation showed in all detail, if that was wanted, and
    `assessment_seconds` what that has cost; `health` what the last step that was looked at showed of its layers: such a
    step is computed as any other, but not by the compiled network.

    Where torchrun has started several processes, each of them has such a trainer and they do every step together: the
    batch is that of the settings, and each process computes its share, with the masks of dropout that one process would
    draw: they differ by rounding alone. `asked` is set by who was asked to stop, and `told_to_stop` says when to: after
    the same step in all processes.
    """

    def __init__(
        self,
        live: LiveNetwork,
        data: ResidentData,
        settings: TrainingSettings,
        frozen: Collection[str] = frozenset(),
    ) -> None:
        """`frozen` are the ids of the blocks whose weights stay as they are."""
        checks.fit(live, data, settings)
        checks.learning(live, frozen)
        checks.room(live, data, settings)
        live.freeze(frozen)
        torch.set_flush_denormal(True)
        devices.place(live, data.device, data.memory_format)
        self.live, self.data, self.settings = live, data, settings
        normalised = any(isinstance(child, _BatchNorm) for child in live.modules())
        self._team = team.own()
        checks.shares(settings, self._team)
        self._forward = Forward(live, settings, data.device)
        self._teamwork = None if self._team.alone else Teamwork(self._team, live, self._forward, data.device)
        self.asked = False
        self._batches = Batches(
            data.train_images, data.train_labels, settings.batch_size, settings.seed, no_single=normalised
        )
        self._optimiser = optimiser.optimiser(live, settings, data.device)
        self._weights = list(live.parameters())
        self._generator = devices.generator(data.device)
        self._immediate = data.device.type == "cpu"  # only there a loss can be looked at without waiting for it
        self._pace = Pace()
        self._unread = Unread(data.device)
        self._patience = Patience(settings.early_stopping)
        self._timetable = Timetable(settings, self._batches.sizes)
        self.assessing = False
        """Whether the next validations also give an `assessment`."""
        self.foreseen: Judgement | None = None
        """What the first validation gives, where that was judged before the run."""
        self.assessment: Assessment | None = None
        self.assessment_seconds = 0.0
        self._broken: tuple[int, breakdown.Origin] | None = None
        self.checking = False
        """Whether the next step is looked at from inside, which leaves its `health`."""
        self.health: Health | None = None
        self.step = 0
        self._validated = -1
        self.keeps_gradients = False
        self.gradients: dict[str, Tensor] = {}

    @property
    def told_to_stop(self) -> bool:
        """Whether this process, or another one of its team, was asked to stop."""
        return self._teamwork.stopping if self._teamwork else self.asked

    @property
    def processes(self) -> int:
        """How many train together."""
        return self._team.count

    @property
    def batches(self) -> int:
        """Steps in one epoch."""
        return self._batches.count

    @property
    def rate(self) -> float:
        """The learning rate of the next step."""
        return self._timetable.rate(self.step)

    @property
    def validated(self) -> int:
        """The last epoch after which there was a validation; 0 before the first epoch, -1 before any."""
        return self._validated

    def place(self, step: int) -> tuple[int, int]:
        """Epoch and batch within it, both from 0, of step number `step` (from 0)."""
        return self._timetable.place(step)

    @property
    def stopped_early(self) -> str:
        """Why the run ended before its last epoch, in words; '' when it did not."""
        return self._patience.words if self._validated < self.settings.epochs else ""

    @property
    def seconds(self) -> float:
        """Time spent on training and validation; stands still while the caller holds the run."""
        return self._pace.seconds

    def steps(self) -> Iterator[StepDone | EpochDone]:
        """Train, one step or one validation at a time, to the end of the last epoch. The first is a validation.

        An iterator that was given up can be replaced by a new one: it goes on where that stopped. MemoryFault when
        the memory does not suffice after all.
        """
        while self._validated < self.settings.epochs and not self._patience.over:
            epoch, within = self.place(self.step)
            started = perf_counter()
            try:
                if within == 0 and self._validated < epoch:
                    done: StepDone | EpochDone = self._validate(epoch)
                    self._pace.validated(perf_counter() - started - self.assessment_seconds)
                else:
                    done = self._train(epoch, within)
                    looking = self.health.seconds if self.health and self.health.step == self.step else 0.0
                    self._pace.trained(self._batches.sizes[within], perf_counter() - started - looking)
            except RuntimeError as error:
                if not memory.is_refusal(error):
                    raise
                raise memory.MemoryFault(f"The memory ran out in training. {checks.ADVICE}") from error
            yield done

    def _train(self, epoch: int, within: int) -> StepDone:
        if not self.live.training:
            self.live.train()
        images, labels = self._batches.batch(epoch, within)
        self._generator.manual_seed(seeding.mixed(self.settings.seed, "step", self.step))
        if self._teamwork:
            return self._train_together(self._teamwork, images, labels, epoch, within)
        checkup, self.checking = Checkup(self.live) if self.checking else None, False
        scores = self._forward.by(checkup.scores, images) if checkup else self._forward(images)
        loss = task.loss(scores, labels, self.settings.label_smoothing)
        if not self._immediate or isfinite(loss.item()):
            self._learn(loss, checkup)
        self._unread.add(loss.detach(), scores.detach(), labels)
        self.step += 1
        return StepDone(self.step, epoch + 1, within + 1)

    def _train_together(self, teamwork: Teamwork, images: Tensor, labels: Tensor, epoch: int, within: int) -> StepDone:
        found = teamwork.step(images, labels, self.settings.label_smoothing, self.asked)
        if not self._immediate or isfinite(found.whole.item()):
            self._learn(found.loss, None)
        self._unread.add_counted(found.whole, found.hits, found.targets)
        self.step += 1
        return StepDone(self.step, epoch + 1, within + 1)

    def _learn(self, loss: Tensor, checkup: Checkup | None) -> None:
        """Move the weights. Not after a loss that is no number: it would spoil them all, and hide where it arose."""
        torch.autograd.backward(loss)
        if checkup:
            checkup.gradients()
            checkup.weights()
        if not self.settings.gradient_clipping or self._clipped():
            if self._timetable.varies:
                optimiser.set_rate(self._optimiser, self.rate)
            self._optimiser.step()
            if checkup:
                checkup.updates()
                self.health = checkup.done(self.step + 1)
        self.gradients = self._named_gradients() if self.keeps_gradients else {}
        for weights in self._weights:
            weights.grad = None

    def _clipped(self) -> bool:
        """Shorten the gradient. False where its length is no number, if that can be seen without waiting for it."""
        norm = get_total_norm([weights.grad for weights in self._weights if weights.grad is not None])
        if self._immediate and not isfinite(norm.item()):
            self._broken = self._broken or (self.step + 1, breakdown.of_gradients(self.live))
            return False
        clip_grads_with_norm_(self._weights, self.settings.gradient_clipping, norm)
        return True

    def _named_gradients(self) -> dict[str, Tensor]:
        """What the step went by, by name of the weights: the tensors themselves, which nothing else needs now."""
        return {name: w.grad for name, w in self.live.named_parameters() if w.grad is not None}

    def step_at(self, rate: float) -> float:
        """One step with this learning rate, where the schedule is constant; its loss, which is waited for."""
        optimiser.set_rate(self._optimiser, rate)
        self._train(*self.place(self.step))
        return float(self._unread.taken()[0][-1])

    def _validate(self, epoch: int) -> EpochDone:
        data = self.data
        assessor = Assessor() if self.assessing else None
        images, labels = data.validation_images, data.validation_labels
        found, self.foreseen = self.foreseen if epoch == 0 and not assessor else None, None
        found = found or evaluate(self.live, images, labels, self.settings.batch_size, assessor, self._team)
        self.assessment = assessor.done() if assessor else None
        self.assessment_seconds = assessor.seconds if assessor else 0.0
        self._validated = epoch
        self._patience.note(epoch, found.loss)
        return EpochDone(epoch, self.step, found.loss, found.accuracy, found.mean_iou)

    def read(self) -> Progress:
        """Progress since the last call; the only call that waits for the device. NotANumber when a loss is not."""
        started = perf_counter()
        losses, hits = self._unread.taken()
        self._pace.trained(0, perf_counter() - started)
        progress = self._progress(losses, hits)
        if self._broken or not np.isfinite(losses).all():
            raise self._not_a_number(progress)
        return progress

    def _progress(self, losses: NDArray[np.float32], hits: NDArray[np.float32]) -> Progress:
        epochs, batches = self.settings.epochs, self.batches
        epoch, batch = self.place(max(self._timetable.origin[0], self.step - 1))
        samples = self._timetable.all_samples - self._timetable.samples(self.step)
        return Progress(
            step=self.step,
            epoch=epoch + 1,
            epochs=epochs,
            batch=batch + 1 if self.step else 0,
            batches=batches,
            losses=losses,
            hits=hits,
            samples_per_second=self._pace.rate,
            seconds_left=self._pace.left(samples, epochs - self._validated),
            rates=self._timetable.rates(self.step, len(losses)),
        )

    def _not_a_number(self, progress: Progress) -> NotANumber:
        what = "gradient" if self._broken else "loss"
        step, found = self._broken or self._origin_of_loss(progress)
        if found.backward and what == "loss" and self.settings.gradient_clipping:
            found = found._replace(block="")  # clipping has spread it over all blocks
        words = (
            f"The {what} of step {grouped(step)} is not a finite number. {breakdown.words(self.live, found)} Try a "
            f"smaller learning rate than {self.settings.learning_rate:g}, or put a Batch norm after the convolutions."
        )
        return NotANumber(words, found.block, progress)

    def _origin_of_loss(self, progress: Progress) -> tuple[int, breakdown.Origin]:
        """The first step whose loss is no number, and where that comes from."""
        first = progress.step - len(progress.losses) + 1 + int(np.argmin(np.isfinite(progress.losses)))
        return first, breakdown.origin(self.live, self._batches.batch(*self.place(first - 1))[0])

    def state(self) -> dict[str, Any]:
        """A copy of all that is needed to go on bitwise, at any step, also in the middle of an epoch.

        `weights` and `optimiser` are tensors on the CPU by name, `position` plain numbers and words. Losses that
        were not read yet are no part of it.
        """
        return {
            "weights": {name: value.detach().to("cpu", copy=True) for name, value in self.live.state_dict().items()},
            "optimiser": optimiser.tensors(self._optimiser, self.live),
            "position": {
                "step": self.step,
                "validated": self._validated,
                "origin": self._timetable.origin,
                **self._patience.state(),
                **self._order(),
            },
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a `state` of a run of the same network, data, seed, batch size and optimiser; Unfit otherwise."""
        checks.same_run(state, self.live, self._order())
        self.live.load_state_dict(state["weights"])
        try:
            optimiser.remember(self._optimiser, self.live, state["optimiser"])
        except ValueError as error:
            raise Unfit(f"The memory of the optimiser does not belong to this network: {error}.") from error
        self.step = state["position"]["step"]
        self._validated = state["position"]["validated"]
        self._timetable.origin = tuple(state["position"]["origin"])
        self._patience.restore(state["position"])
        self._unread = Unread(self.data.device)

    def take_over(self, other: Trainer, kept: Collection[str]) -> None:
        """Go on at the step where `other` stands, which trained this network, or this document, before it was changed.

        Blocks with the ids in `kept` keep what the optimiser remembers of their weights. With another batch size or
        other data, the epoch begins again. What `other` has not read is lost.
        """
        same = self.data.same_samples(other.data) and self._batches.sizes == other._batches.sizes
        same = same and self.settings.seed == other.settings.seed
        self._timetable.origin = other._timetable.origin if same else (other.step, other.place(other.step)[0])
        self.step, self._validated, self._pace = other.step, other._validated, other._pace
        self._patience.restore({**other._patience.state(), "validated": other._validated})
        if self.settings.optimiser == other.settings.optimiser:
            known = {name for name, _ in self.live.named_parameters() if name.startswith(tuple(f"{i}." for i in kept))}
            memory_of_weights = optimiser.tensors(other._optimiser, other.live)
            saved = {key: value for key, value in memory_of_weights.items() if key.rpartition("/")[0] in known}
            optimiser.remember(self._optimiser, self.live, saved)

    def known(self) -> dict[str, Tensor]:
        """A copy of what the optimiser knows of the weights, for `remember`."""
        return optimiser.tensors(self._optimiser, self.live)

    def forget(self, blocks: Collection[str]) -> dict[str, Tensor]:
        """Let the optimiser forget the weights of these blocks. Returns what it knew, for `remember`."""
        return optimiser.forget(self._optimiser, self.live, blocks)

    def remember(self, known: Mapping[str, Tensor]) -> None:
        """Give the optimiser back what `forget` or `known` returned."""
        optimiser.remember(self._optimiser, self.live, known)

    def _order(self) -> dict[str, int | str]:
        """What the meaning of a step's number depends on."""
        settings = self.settings
        return {
            "seed": settings.seed,
            "batch_size": settings.batch_size,
            "optimiser": settings.optimiser,
            "samples": len(self.data.train_labels),
        }
