"""How long an ONNX file of 25 million weights takes to come in: `python tests/benchmarks/importing.py`.

A bottleneck network of 25.6 million weights (the layers of ResNet-50) is written, then brought in by `convstudio
import` in a process of its own, as the window does it. Wall-clock and processor seconds, the best of three.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "importing"))

from onnx_drawing import Sheet

TIMES = 3
STAGES = ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2))
"""Maps, blocks, and stride of the first block: He et al. 2016, table 1, 50 layers."""


def network() -> Sheet:
    sheet = Sheet("N", 3, 224, 224)
    sheet.conv(3, 64, 7, False, strides=[2, 2], pads=[3] * 4)
    sheet.norm(64)
    sheet.op("Relu")
    sheet.op("MaxPool", kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4)
    came = 64
    for maps, count, stride in STAGES:
        for number in range(count):
            came = bottleneck(sheet, came, maps, stride if number == 0 else 1)
    sheet.op("GlobalAveragePool")
    sheet.op("Flatten")
    sheet.gemm(came, 1000)
    return sheet


def bottleneck(sheet: Sheet, came: int, maps: int, stride: int) -> int:
    start = sheet.end
    sheet.conv(came, maps, 1, False)
    sheet.norm(maps)
    sheet.op("Relu")
    sheet.conv(maps, maps, 3, False, strides=[stride] * 2, pads=[1] * 4)
    sheet.norm(maps)
    sheet.op("Relu")
    sheet.conv(maps, 4 * maps, 1, False)
    end = sheet.norm(4 * maps)
    if came != 4 * maps:
        sheet.end = start
        sheet.conv(came, 4 * maps, 1, False, strides=[stride] * 2)
        start = sheet.norm(4 * maps)
    sheet.op("Add", start, after=end)
    sheet.op("Relu")
    return 4 * maps


def once(path: Path, folder: Path) -> tuple[float, float, str]:
    """Wall-clock seconds, processor seconds, and the first line of the report."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "convstudio", "import", str(path), "--run", str(folder), "--no-project"]
    said = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ).stdout
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, used, said.splitlines()[0]


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        path = network().save(Path(place) / "resnet50.onnx")
        print(f"{path.stat().st_size / 2**20:.0f} MiB")
        found = [once(path, Path(place) / f"run-{n}") for n in range(TIMES)]
    print(found[0][2])
    print(f"wall-clock {min(f[0] for f in found):.2f} s, processor {min(f[1] for f in found):.2f} s")


if __name__ == "__main__":
    main()
