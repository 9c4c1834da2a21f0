"""The table from ONNX operators to what makes blocks of them: the table of the writer read backwards, and more."""

from __future__ import annotations

from convstudio.blocks.global_average_pool import GlobalAveragePool
from convstudio.blocks.global_max_pool import GlobalMaxPool
from convstudio.blocks.hard_sigmoid import HardSigmoid
from convstudio.blocks.hard_swish import HardSwish
from convstudio.blocks.relu import ReLU
from convstudio.blocks.sigmoid import Sigmoid
from convstudio.blocks.silu import SiLU
from convstudio.blocks.tanh import Tanh
from convstudio.engine.importing import form_rows as form
from convstudio.engine.importing import sliding_rows as sliding
from convstudio.engine.importing import value_rows as value
from convstudio.engine.importing.reader import Row

ROWS: dict[str, Row] = {
    "Conv": sliding.convolution,
    "ConvTranspose": sliding.transposed,
    "MaxPool": sliding.max_pool,
    "AveragePool": sliding.average_pool,
    "GlobalAveragePool": sliding.global_average,
    "GlobalMaxPool": sliding.global_max,
    "ReduceMean": sliding.reduced(sliding.global_average, GlobalAveragePool),
    "ReduceMax": sliding.reduced(sliding.global_max, GlobalMaxPool),
    "~AdaptivePool": sliding.adaptive,
    "Relu": value.plain(ReLU),
    "Sigmoid": value.plain(Sigmoid),
    "Tanh": value.plain(Tanh),
    "~SiLU": value.plain(SiLU),
    "HardSwish": value.plain(HardSwish),
    "~HardSwish": value.plain(HardSwish),
    "HardSigmoid": value.hard_sigmoid,
    "~HardSigmoid": value.plain(HardSigmoid),
    "~Gelu": value.gelu,
    "Gelu": value.gelu,
    "LeakyRelu": value.leaky_relu,
    "Elu": value.elu,
    "PRelu": value.prelu,
    "Clip": value.clip,
    "Softmax": value.softmax,
    "LogSoftmax": value.log_softmax,
    "Dropout": value.dropout,
    "Identity": value.unchanged,
    "Cast": value.cast,
    "BatchNormalization": value.batch_norm,
    "InstanceNormalization": value.instance_norm,
    "GroupNormalization": value.group_norm,
    "~GroupNorm": value.group_norm,
    "~LayerNorm": value.layer_norm_of_parts,
    "LayerNormalization": value.layer_norm,
    "LRN": value.local_response,
    "Gemm": value.gemm,
    "MatMul": value.matmul,
    "Add": value.added,
    "Sum": value.added,
    "Sub": value.subtracted,
    "Mul": value.multiplied,
    "Div": value.divided,
    "Neg": value.negated,
    "Flatten": form.flatten,
    "Reshape": form.reshape,
    "Squeeze": form.squeeze,
    "Unsqueeze": form.unsqueeze,
    "Transpose": form.transpose,
    "Concat": form.concatenated,
    "Pad": form.padded,
    "~Circular": form.circular,
    "Slice": form.cut,
    "Split": form.split,
    "~Shuffle": form.shuffled,
    "Resize": form.resized,
    "Upsample": form.resized,
}
