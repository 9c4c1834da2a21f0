"""Benchmark: processor time of `convstudio describe`, against a bare Python that imports json.

    python tests/benchmarks/command_line.py [--rounds 15]

The two are fresh processes, started in turn; of each the least processor time counts (user and system), as other
programs only ever add to it. Python may keep its compiled files, as in an installation. The target is at most
1.5 times the bare one plus 100 ms.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "assets" / "examples" / "lenet5.convstudio"
CODE = "from convstudio.cli import main; main()"
FACTOR, MORE = 1.5, 100.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as place:
        environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": place}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        commands = {"json": ("-c", "import json"), "describe": ("-c", CODE, "describe", str(EXAMPLE))}
        best = dict.fromkeys(commands, float("inf"))
        for _ in range(rounds + 1):  # the first round compiles
            for name, command in commands.items():
                best[name] = min(best[name], milliseconds(command, environment))
    limit = FACTOR * best["json"] + MORE
    print(f"import json {best['json']:.0f} ms, describe {best['describe']:.0f} ms, limit {limit:.0f} ms")
    sys.exit(best["describe"] > limit)


def milliseconds(command: tuple[str, ...], environment: dict[str, str]) -> float:
    """Processor time of one process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *command], env=environment, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


if __name__ == "__main__":
    main()
