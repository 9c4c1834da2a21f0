"""Tests of where the program looks for its own files."""

import pytest

from convstudio import assets
from convstudio.assets import asset


@pytest.fixture
def installation(tmp_path, monkeypatch):
    """A checkout with an `assets` folder beside the package and a copy of it inside."""
    package = tmp_path / "convstudio"
    for folder, text in ((tmp_path / "assets", "checkout"), (package / "assets", "copy")):
        (folder / "data").mkdir(parents=True)
        (folder / "data" / "both").write_text(text)
    (package / "assets" / "data" / "installed").write_text("copy")
    monkeypatch.setattr(assets, "_PACKAGE", package)


@pytest.mark.usefixtures("installation")
def test_checkout_wins_over_the_installed_copy():
    assert asset("data", "both").read_text() == "checkout"


@pytest.mark.usefixtures("installation")
def test_installed_file_is_found_beside_a_foreign_assets_folder():
    assert asset("data", "installed").read_text() == "copy"


@pytest.mark.usefixtures("installation")
def test_missing_file_is_named():
    with pytest.raises(FileNotFoundError, match=r"own file assets/data/nothing .* Install ConvStudio again"):
        asset("data", "nothing")


def test_licence_of_the_bundled_data_lies_beside_them():
    text = asset("data", "LICENSES.md").read_text(encoding="utf-8")
    bundled = {path.name for path in asset("data").iterdir()} - {"LICENSES.md"}
    assert bundled == {name for name in bundled if f"## {name}" in text}
