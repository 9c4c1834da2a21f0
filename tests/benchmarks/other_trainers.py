"""The networks of the training benchmark in Lightning and in Keras on torch, which keep the loop to themselves.

Both are extras of the benchmark: `pip install lightning keras` beside torch. Each trains as its guide says, without
logger, bar, checkpoints and validation, on one epoch at a time: a callback waits for its turn and tells its seconds.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib.util import find_spec
from time import process_time
from typing import Any

import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, TensorDataset

from convstudio.engine.resident import ResidentData
from convstudio.network.training_settings import TrainingSettings

MANY = 10**6
"""Epochs: the benchmark ends them."""
LIGHTNING = "Lightning"
KERAS = {"Keras, channels_last": "channels_last", "Keras, channels_first": "channels_first"}
"""What Keras takes when nothing is said, and the order in which torch computes."""


class Turns:
    """Epochs are begun when a line arrives and answered with their seconds of processor time."""

    def begin(self) -> None:
        """Wait for a line. SystemExit when no more will come."""
        if not sys.stdin.readline():
            raise SystemExit
        self._started = process_time()

    def end(self) -> None:
        print(process_time() - self._started, flush=True)


def installed() -> list[str]:
    """Those that can be tried here."""
    names = [LIGHTNING] if find_spec("lightning") else []
    return names + (list(KERAS) if find_spec("keras") else [])


def serve(name: str, model: nn.Sequential, data: ResidentData, settings: TrainingSettings) -> None:
    """Train `model`, or the same in the terms of the other library, an epoch for each line that arrives."""
    if name == LIGHTNING:
        _lightning(model, data, settings)
    else:
        _keras(model, data, settings, KERAS[name])


def _lightning(model: nn.Sequential, data: ResidentData, settings: TrainingSettings) -> None:
    import lightning

    class Module(lightning.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def training_step(self, batch: list[torch.Tensor], _number: int) -> torch.Tensor:
            return cross_entropy(self.model(batch[0]), batch[1])

        def configure_optimizers(self) -> torch.optim.Optimizer:
            if settings.optimiser == "sgd":
                return torch.optim.SGD(self.parameters(), settings.learning_rate, momentum=settings.momentum)
            return torch.optim.Adam(self.parameters(), settings.learning_rate)

    class Hold(lightning.Callback):
        turns = Turns()

        def on_train_epoch_start(self, *_all: object) -> None:
            self.turns.begin()

        def on_train_epoch_end(self, *_all: object) -> None:
            self.turns.end()

    off: dict[str, Any] = dict.fromkeys(("logger", "enable_checkpointing", "enable_progress_bar"), False)
    trainer = lightning.Trainer(
        max_epochs=MANY, accelerator="cpu", devices=1, callbacks=[Hold()], enable_model_summary=False, **off
    )
    samples = TensorDataset(data.train_images, data.train_labels)
    trainer.fit(Module(), DataLoader(samples, settings.batch_size, shuffle=True))


def _keras(model: nn.Sequential, data: ResidentData, settings: TrainingSettings, order: str) -> None:
    os.environ["KERAS_BACKEND"] = "torch"
    import keras

    class Hold(keras.callbacks.Callback):
        turns = Turns()

        def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
            self.turns.begin()

        def on_epoch_end(self, epoch: int, logs: object = None) -> None:
            self.turns.end()

    keras.backend.set_image_data_format(order)
    images = data.train_images if order == "channels_first" else data.train_images.permute(0, 2, 3, 1)
    own = keras.Sequential([keras.Input(tuple(images.shape[1:])), *(_layer(keras, part, order) for part in model)])
    if settings.optimiser == "sgd":
        optimiser = keras.optimizers.SGD(settings.learning_rate, momentum=settings.momentum)
    else:
        optimiser = keras.optimizers.Adam(settings.learning_rate)
    own.compile(optimizer=optimiser, loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    arrays = images.contiguous().numpy(), data.train_labels.numpy()
    own.fit(*arrays, batch_size=settings.batch_size, epochs=MANY, verbose=0, callbacks=[Hold()])


def _layer(keras: Any, part: nn.Module, order: str) -> Any:
    """The same layer in Keras."""
    layers, axis = keras.layers, 1 if order == "channels_first" else -1
    makers: dict[type[nn.Module], Callable[[Any], Any]] = {
        nn.Conv2d: lambda p: layers.Conv2D(
            p.out_channels, p.kernel_size, padding="same" if p.padding[0] else "valid", data_format=order
        ),
        nn.Linear: lambda p: layers.Dense(p.out_features),
        nn.BatchNorm2d: lambda p: layers.BatchNormalization(axis=axis, momentum=1 - p.momentum, epsilon=p.eps),
        nn.MaxPool2d: lambda p: layers.MaxPooling2D(p.kernel_size, data_format=order),
        nn.ReLU: lambda p: layers.ReLU(),
        nn.Flatten: lambda p: layers.Flatten(data_format=order),
    }
    return makers[type(part)](part)
