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
from convstudio.engine.importing import activation_rows as activation
from convstudio.engine.importing import form_rows as form
from convstudio.engine.importing import norm_rows as norm
from convstudio.engine.importing import sliding_rows as sliding
from convstudio.engine.importing import weighing_rows as weighing
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
    "Relu": activation.plain(ReLU),
    "Sigmoid": activation.plain(Sigmoid),
    "Tanh": activation.plain(Tanh),
    "~SiLU": activation.plain(SiLU),
    "HardSwish": activation.plain(HardSwish),
    "~HardSwish": activation.plain(HardSwish),
    "HardSigmoid": activation.hard_sigmoid,
    "~HardSigmoid": activation.plain(HardSigmoid),
    "~Gelu": activation.gelu,
    "Gelu": activation.gelu,
    "LeakyRelu": activation.leaky_relu,
    "Elu": activation.elu,
    "PRelu": activation.prelu,
    "Clip": activation.clip,
    "Softmax": activation.softmax,
    "LogSoftmax": activation.log_softmax,
    "Dropout": activation.dropout,
    "Identity": activation.unchanged,
    "Cast": activation.cast,
    "BatchNormalization": norm.batch_norm,
    "InstanceNormalization": norm.instance_norm,
    "GroupNormalization": norm.group_norm,
    "~GroupNorm": norm.group_norm,
    "~LayerNorm": norm.layer_norm_of_parts,
    "LayerNormalization": norm.layer_norm,
    "LRN": norm.local_response,
    "Gemm": weighing.gemm,
    "MatMul": weighing.matmul,
    "Add": weighing.added,
    "Sum": weighing.added,
    "Sub": weighing.subtracted,
    "Mul": weighing.multiplied,
    "Div": weighing.divided,
    "Neg": weighing.negated,
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
