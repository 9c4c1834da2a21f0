"""Operators for onnx's own evaluator, in place of those of its own that compute something wrong or nothing."""

from __future__ import annotations

from typing import Any

import numpy as np


def operators() -> list[Any]:
    """To be handed to `ReferenceEvaluator(new_ops=…)`."""
    return [_max_pool(), _transposed()]


def _max_pool() -> Any:
    """Max pooling; the evaluator's own fails at stride 1 with padding unless there are two axes."""
    from onnx.reference.op_run import OpRun

    class MaxPool(OpRun):
        op_domain = ""

        def _run(self, x: Any, **settings: Any) -> Any:
            return (_strongest(x, **settings),)

    return MaxPool


def _strongest(x: Any, *, kernel_shape: Any, strides: Any, pads: Any, dilations: Any = None, **_: Any) -> Any:
    rank = len(kernel_shape)
    gaps = dilations or [1] * rank
    around = [(0, 0), (0, 0), *zip(pads[:rank], pads[rank:], strict=True)]
    padded = np.pad(x, around, constant_values=-np.inf)
    extents = [(cells - 1) * gap + 1 for cells, gap in zip(kernel_shape, gaps, strict=True)]
    places = np.lib.stride_tricks.sliding_window_view(padded, extents, tuple(range(2, 2 + rank)))
    steps = [slice(None, None, n) for n in (*strides, *gaps)]
    return places[(slice(None), slice(None), *steps)].max(tuple(range(-rank, 0)))


def _transposed() -> Any:
    """Transposed convolution; the evaluator's own mixes groups up, and knows no dilated clips."""
    from onnx.reference.op_run import OpRun

    class ConvTranspose(OpRun):
        op_domain = ""

        def _run(self, x: Any, w: Any, b: Any = None, **settings: Any) -> Any:
            groups = settings["group"]
            maps = np.split(x, groups, axis=1)
            masks = np.split(w, groups, axis=0)
            found = np.concatenate([_spread(m, k, **settings) for m, k in zip(maps, masks, strict=True)], axis=1)
            return (found if b is None else found + b.reshape(-1, *[1] * (x.ndim - 2)),)

    return ConvTranspose


def _spread(
    x: Any, w: Any, *, strides: Any, dilations: Any, pads: Any, output_padding: Any, kernel_shape: Any, **_: Any
) -> Any:
    """Each value times its mask, laid down a stride further than its neighbour's; then the padding is cut off."""
    lengths, rank = x.shape[2:], len(kernel_shape)
    axes = list(zip(lengths, strides, dilations, kernel_shape, output_padding, strict=True))
    found: Any = np.zeros(
        (len(x), w.shape[1], *((n - 1) * s + d * (k - 1) + 1 + more for n, s, d, k, more in axes)), x.dtype
    )
    for tap in np.ndindex(*kernel_shape):
        starts = [d * t for d, t in zip(dilations, tap, strict=True)]
        places = (
            slice(first, first + (n - 1) * s + 1, s) for first, n, s in zip(starts, lengths, strides, strict=True)
        )
        found[(slice(None), slice(None), *places)] += np.einsum(
            "bi...,io->bo...", x, w[(slice(None), slice(None), *tap)]
        )
    ends = [length - cut for length, cut in zip(found.shape[2:], pads[rank:], strict=True)]
    return found[(..., *(slice(cut, end) for cut, end in zip(pads[:rank], ends, strict=True)))]
