"""The kinds of blocks that have masks which can be edited by hand."""

from __future__ import annotations

MASKED = frozenset(("convolution", "dilated", "depthwise", "pointwise", "separable", "transposed", "fixed_mask"))
