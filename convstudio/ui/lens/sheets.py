"""Which sheet shows which kind of explanation: the one table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from convstudio.network.terms import Given, Sum, Untold
from convstudio.protocol.messages import Explanation
from convstudio.ui.lens.plain_sheet import PlainSheet
from convstudio.ui.lens.sheet import Sheet
from convstudio.ui.lens.sum_sheet import SumSheet

SHEETS: dict[type[Any], Callable[[Explanation, Any], Sheet]] = {
    Sum: SumSheet,
    Given: PlainSheet,
    Untold: PlainSheet,
}


def sheet(found: Explanation) -> Sheet:
    """The sheet that shows an explanation."""
    return SHEETS.get(type(found.terms), PlainSheet)(found, found.terms)
