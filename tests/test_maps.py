"""The maps of the packages, for who opens the program for the first time, name what there is and nothing else."""

from __future__ import annotations

import pkgutil

import pytest

import convstudio
import convstudio.ui


@pytest.mark.parametrize(("package", "besides"), [(convstudio, {"library", "assets"}), (convstudio.ui, set())])
def test_every_package_stands_in_the_map(package, besides) -> None:
    rows = [line.split() for line in package.__doc__.splitlines() if line.startswith("    ")]
    packages = {m.name for m in pkgutil.iter_modules(package.__path__) if m.ispkg}
    assert {row[0] for row in rows} == packages | besides
    assert all(len(row) > 2 for row in rows)
