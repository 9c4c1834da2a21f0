"""Names of project files: the ending, and which names a disk or another system would not take."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from convstudio.network.file import SUFFIX
from convstudio.ui.text import tr

LONGEST = 255
"""Bytes (UTF-8) in a file name on all common file systems."""
RESERVED = re.compile(r"(con|prn|aux|nul|(com|lpt)[0-9¹²³])(\..*)?", re.IGNORECASE)
"""Names of devices: https://learn.microsoft.com/windows/win32/fileio/naming-a-file"""
FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')


def complete_name(name: str) -> Path:
    """The path as typed, with our ending where it was left out."""
    return Path(name if name.endswith(SUFFIX) else name + SUFFIX)


def flaw(name: str, system: str = sys.platform) -> str | None:
    """Why a file on this system cannot be called `name`, which has our ending; None when it can."""
    size = len(name.encode("utf-8", "surrogateescape"))
    if not name.removesuffix(SUFFIX).strip(" ."):
        return tr("A file needs a name before the ending") + f" {SUFFIX}."
    if size > LONGEST:
        return tr("The name is too long:") + f" {size} {tr('bytes, where a file name may have')} {LONGEST}."
    return _windows_flaw(name) if system == "win32" else None


def warning(name: str, system: str = sys.platform) -> str | None:
    """What people with another system will meet; None when the name is good everywhere."""
    if system == "win32" or not (words := _windows_flaw(name)):
        return None
    return f"{words} {tr('It is saved here, but cannot be opened on Windows.')}"


def _windows_flaw(name: str) -> str | None:
    if RESERVED.fullmatch(name):
        return f"“{name}” {tr('is the name of a device on Windows.')}"
    if found := FORBIDDEN.search(name):
        return f"“{name}” {tr('has a character that Windows allows in no name:')} {found.group()}"
    return None
