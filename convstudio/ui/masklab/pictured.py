"""A map of a block as the lab pictures it: real values on the scale of all maps of the block."""

from __future__ import annotations

import numpy as np

from convstudio.protocol.messages import Maps
from convstudio.ui.lens.map_picture import MapScene
from convstudio.ui.live.arrays import ArrayError, octets


def map_scene(message: Maps, channel: int) -> tuple[MapScene, int]:
    """The map of a channel, or of the last that was sent, and its number; of a clip the frame in the middle.

    ArrayError when what came holds no map.
    """
    maps = octets(message.maps)
    if not maps.size:
        raise ArrayError("No feature map came of this block. Restart the worker.")
    channel = min(max(channel, 0), len(maps) - 1)
    levels = maps[channel]
    if levels.ndim == 3:
        levels = levels[len(levels) // 2]
    values = message.low + np.atleast_2d(levels).astype(np.float32) * np.float32((message.high - message.low) / 255)
    return MapScene(values.astype(np.float32), message.low, message.high), channel
