"""What the steps since the last report gave, kept in memory of the device so that no step waits for it."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from convstudio.engine import task

MOST = 4096
"""Steps whose losses stay on the device before they are fetched unasked."""


class Unread:
    """Losses and hits, one of each a step."""

    def __init__(self, device: torch.device) -> None:
        self._losses = torch.zeros(MOST, device=device)
        self._hits = torch.zeros(MOST, dtype=torch.int64, device=device)
        self._sizes: list[int] = []
        self._fetched: list[tuple[NDArray[np.float32], NDArray[np.float32]]] = []

    def add(self, loss: Tensor, scores: Tensor, labels: Tensor) -> None:
        """Note one step."""
        at = self._place(labels.numel())
        self._losses[at] = loss
        torch.sum(task.right(scores, labels).flatten(), dim=0, out=self._hits[at])

    def add_counted(self, loss: Tensor, hits: Tensor, targets: int) -> None:
        """Note one step whose right answers were counted already."""
        at = self._place(targets)
        self._losses[at], self._hits[at] = loss, hits

    def _place(self, targets: int) -> int:
        if len(self._sizes) == MOST:
            self._fetched.append(self._fetch())
        self._sizes.append(targets)
        return len(self._sizes) - 1

    def taken(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """(losses, share of right answers) of the steps since the last call."""
        parts = [*self._fetched, self._fetch()]
        self._fetched = []
        return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])

    def _fetch(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        count, sizes = len(self._sizes), np.array(self._sizes, np.float32)
        self._sizes = []
        losses = self._losses[:count].to("cpu", copy=True).numpy()
        return losses, self._hits[:count].cpu().numpy().astype(np.float32) / sizes
