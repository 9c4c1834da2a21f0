"""Where the program's own files lie: data, icons and whatever else stands in the folder `assets`."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def asset(*parts: str) -> Path:
    """The path of one bundled file or folder, e.g. `asset("data", "mnist5k.npz")`.

    The folder beside the package (a checkout) comes first: an editable installation keeps a copy of the
    assets inside the package, which may be older. Raises FileNotFoundError, with a sentence, where neither
    has it.
    """
    for folder in (_PACKAGE.parent / "assets", _PACKAGE / "assets"):
        path = folder.joinpath(*parts)
        if path.exists():
            return path
    name = "/".join(("assets", *parts))
    raise FileNotFoundError(
        f"ConvStudio's own file {name} lies neither beside nor inside {_PACKAGE}. Install ConvStudio again."
    )
