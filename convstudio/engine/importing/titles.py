"""What blocks are called after the names in a file, and operators in words."""

from __future__ import annotations

import re

from convstudio.engine.importing.graph import Node

WEIGHT = re.compile(r"[._/](weight|weights|bias|kernel|w|b|W|B|w_0|b_0|gamma|scale)(_0|:0)?$")
JOINED = {
    "~SiLU": "Sigmoid · Mul",
    "~HardSwish": "HardSigmoid · Mul",
    "~HardSigmoid": "Add · Clip · Div",
    "~Gelu": "Erf · Mul",
    "~LayerNorm": "ReduceMean · Sub · Sqrt · Div",
    "~GroupNorm": "Reshape · InstanceNormalization",
    "~AdaptivePool": "Slice · Reduce · Concat",
    "~Shuffle": "Reshape · Transpose · Reshape",
    "~Circular": "Slice · Concat",
}
LONGEST = 40
NUMBERED = re.compile(r"[a-z]+(_[a-z]+)*_\d+")
"""'conv_12' says no more than the block itself."""


def words(operator: str) -> str:
    """An operator as people may look it up."""
    return JOINED.get(operator, operator)


def title(node: Node) -> str:
    """A name that somebody has given: 'conv1', 'fire2/squeeze1x1', 'layer1.0.conv1'; '' where a program made it up."""
    keys = [WEIGHT.sub("", edge) for edge in node.inputs[1:2] if WEIGHT.search(edge)]
    for name in (*keys, re.sub(r"/[A-Z]\w*$", "", node.name).strip("/")):
        if _given(name) and not re.fullmatch(rf"{re.escape(node.operator)}[_\d]*", name):
            return name
    return ""


def _given(name: str) -> bool:
    """Whether a name says something: 'features.0' does not."""
    last = re.split(r"[./]", name)[-1]
    if not 0 < len(name) <= LONGEST or not last or last.isdigit() or NUMBERED.fullmatch(name):
        return False
    return bool(re.fullmatch(r"[A-Za-z][\w./-]*", name)) and not name.startswith(("onnx::", "node_", "val_"))
