"""The models that come with ONNX itself, converted from torch, each with an input and the right answer."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from onnx.backend.test.loader import load_model_tests

from convstudio.blocks import catalogue
from convstudio.engine.importing import onnx_models
from convstudio.engine.importing.graph import ImportFault
from convstudio.network.resolve import resolve

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same'")
INEXPRESSIBLE = {
    *("test_MaxPool1d_stride_padding_dilation", "test_Softmin", "test_PoissonNLLLLoss_no_reduce", "test_ConstantPad2d"),
    *("test_PixelShuffle", "test_Embedding", "test_Embedding_sparse", "test_Softplus"),
    *("test_log_softmax_lastdim", "test_log_softmax_dim3", "test_softmax_functional_dim3"),
    *("test_SELU", "test_Softsign", "test_LogSoftmax"),
}
"""No block does this: other axes than the channels, functions that are not in the palette, 220 000 time steps."""


def test_every_model_that_our_blocks_express_comes_in_and_computes_the_same(fit_live, compute) -> None:
    """In one test: 82 models take a second together."""
    outcome = Counter()
    for case in load_model_tests(kind="pytorch-converted"):
        folder = Path(case.model_dir)
        try:
            found = onnx_models.brought(folder / "model.onnx")
        except ImportFault:
            assert case.name in INEXPRESSIBLE, case.name
            outcome["refused"] += 1
            continue
        if found.report.opaque:
            assert case.name in INEXPRESSIBLE, case.name
            outcome["opaque"] += 1
            continue
        assert not resolve(found.document.network, catalogue()).errors, case.name
        given, right = (_tensor(folder / "test_data_set_0" / f"{what}_0.pb") for what in ("input", "output"))
        result = compute(fit_live(found), given)
        if any("LogSoftmax, which is left out" in note for note in found.report.notes):
            result = result - np.log(np.exp(result).sum(1, keepdims=True))
        assert result.size == right.size, case.name
        assert np.abs(result.ravel() - right.ravel()).max() < 1e-4, case.name
        outcome["same"] += 1
    assert outcome == {"same": 70, "opaque": 11, "refused": 1}


def _tensor(path: Path) -> np.ndarray:
    return np.array(numpy_helper.to_array(onnx.TensorProto.FromString(path.read_bytes())))
