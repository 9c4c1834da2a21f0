"""Which sheet shows which kind of explanation: the one table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from convstudio.network import terms
from convstudio.protocol.messages import Explanation
from convstudio.ui.lens.choice_sheet import ChoiceSheet
from convstudio.ui.lens.curve_sheet import CurveSheet
from convstudio.ui.lens.join_sheet import JoinSheet
from convstudio.ui.lens.mean_sheet import MeanSheet
from convstudio.ui.lens.moved_sheet import MovedSheet
from convstudio.ui.lens.neuron_sheet import NeuronSheet
from convstudio.ui.lens.norm_sheet import NormSheet
from convstudio.ui.lens.plain_sheet import PlainSheet
from convstudio.ui.lens.response_sheet import ResponseSheet
from convstudio.ui.lens.shares_sheet import SharesSheet
from convstudio.ui.lens.sheet import Sheet
from convstudio.ui.lens.spread_sheet import SpreadSheet
from convstudio.ui.lens.stages_sheet import StagesSheet
from convstudio.ui.lens.sum_sheet import SumSheet

Maker = Callable[[Explanation, Any], Sheet]

SUMS: dict[str, Maker] = {
    "convolution": SumSheet,
    "neuron": NeuronSheet,
    "mean": MeanSheet,
    "between": MeanSheet,
}
SHEETS: dict[type[Any], Maker] = {
    terms.Sum: lambda found, of: SUMS[of.name](found, of),
    terms.Stages: StagesSheet,
    terms.Spread: SpreadSheet,
    terms.Choice: ChoiceSheet,
    terms.Normal: NormSheet,
    terms.Response: ResponseSheet,
    terms.Curve: CurveSheet,
    terms.Shares: SharesSheet,
    terms.Join: JoinSheet,
    terms.Moved: MovedSheet,
    terms.Given: PlainSheet,
    terms.Untold: PlainSheet,
}


def sheet(found: Explanation, classes: tuple[str, ...] = ()) -> Sheet:
    """The sheet that shows an explanation; `classes` are the names of the classes of the data set."""
    if isinstance(found.terms, terms.Shares):
        return SharesSheet(found, found.terms, classes)
    return SHEETS[type(found.terms)](found, found.terms)
