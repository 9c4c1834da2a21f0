"""What the Why tab says: the names of the methods, what each shows, and the numbers of an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from convstudio.network.terms import Place
from convstudio.protocol.messages import Attribution, Method
from convstudio.ui.live.arrays import floats
from convstudio.ui.live.numbers import percent, significant
from convstudio.ui.text import count, grouped, tr


@dataclass(frozen=True)
class Way:
    """One way to explain: its name, what the picture is called, and what it shows in a paragraph."""

    method: Method | Literal["maximise"]
    name: str
    picture: str
    about: str


WAYS = (
    Way(
        "gradient",
        "Gradient",
        "How strongly each cell moves it",
        "Saliency: the gradient |∂ unit / ∂ cell| at this very sample, of several channels the largest. Where it is "
        "bright, a small change of the cell changes the value most; it does not say in which direction.",
    ),
    Way(
        "integrated",
        "Integrated",
        "What each cell adds to it",
        "Integrated gradients: the slope, summed up on the straight way from a black image to this sample, times the "
        "cell. Blue cells raise the value, red ones lower it; together they make up its rise.",
    ),
    Way(
        "gradcam",
        "Grad-CAM",
        "Where in the layer's maps the reasons lie",
        "The maps of a layer, each weighted by its mean gradient α, are added up, and what speaks against the unit is "
        "cut: ReLU(Σ α · map). It is as coarse as the layer: by itself the last that makes maps.",
    ),
    Way(
        "occlusion",
        "Occlusion",
        "What it loses when the cell is covered",
        "A cover moves over the sample. Blue is where the value falls under the cover, so that what lies there speaks "
        "for the unit; red where it rises. Each cell shows the mean over all covers that it lay under.",
    ),
    Way(
        "patches",
        "Patches",
        "Samples that excite it most",
        "The places in the validation samples at which this map is strongest, one a sample, cut to what the unit can "
        "see there. Click one to watch its sample.",
    ),
    Way(
        "maximise",
        "Maximise",
        "The image on its way",
        "Activation maximisation: the image itself is changed, step by step along the gradient, so that the unit "
        "answers more and more strongly. It shows what the unit looks for.",
    ),
)
BY_METHOD = {way.method: way for way in WAYS}
SIGNED = ("integrated", "occlusion")


def unit_words(block: str, place: Place, name: str, scored: bool) -> str:
    """'score of “3”' of a class, else 'map 2 of conv_1 at 3, 4', 'map 2 of conv_1' (its mean), 'number 5 of fc_1'."""
    where = f" {tr('at')} {', '.join(map(str, place))}" if place else ""
    return f"{tr('score of')} “{name}”{where}" if scored else f"{name} {tr('of')} {block}{where}"


def numbers(found: Attribution, unit: str) -> str:
    """The figures of an answer, a line each."""
    lines = [f"{unit} = {significant(found.value, 4)}"]
    values = floats(found.map)
    if found.method == "integrated" and values.size:
        rise = found.value - found.baseline
        off = f" ({percent(abs(found.total - rise) / abs(rise))} {tr('off')})" if rise else ""
        lines += [
            f"{tr('for a black image')} = {significant(found.baseline, 4)}",
            f"Σ {tr('of all cells')} = {significant(found.total, 4)}",
            f"{tr('difference of the two')} = {significant(rise, 4)}{off}",
        ]
    elif found.method == "patches":
        lines = [f"{unit}: {tr('at most')} {significant(found.value, 4)}", looked(found)]
    elif values.size and np.isfinite(values).any():
        row, column = np.unravel_index(int(np.nan_to_num(np.abs(values)).argmax()), values.shape)
        place = f"{tr('row')} {row}, {tr('column')} {column}" if len(values) > 1 else f"{tr('cell')} {column}"
        lines.append(f"{tr('largest')} = {significant(float(values[row, column]), 4)} {tr('at')} {place}")
    if found.layer:
        lines.append(f"{tr('maps of')} {found.layer}: {' × '.join(map(str, values.shape))}")
    return "\n".join([*lines, nothing_found(found)]).rstrip()


def nothing_found(found: Attribution) -> str:
    """Why a picture is empty; '' where it is not."""
    values = floats(found.map)
    if not values.size or np.any(values):
        return ""
    if found.method == "gradcam":
        return tr("Nothing in these maps speaks for this unit: Σ α · map is nowhere above 0.")
    return tr("Nothing of this sample moves the unit: it is 0 here whatever is changed a little.")


def looked(found: Attribution) -> str:
    return f"{count(found.samples, 'sample', 'samples')} {tr('looked through')}"


def csv_text(found: Attribution, unit: str) -> str:
    """All numbers of an answer as comma-separated text."""
    lines = [f"method,{found.method}", f'unit,"{unit}"', f"value,{found.value!r}", f"step,{found.step}"]
    if found.method == "integrated":
        lines += [f"black image,{found.baseline!r}", f"sum,{found.total!r}"]
    if found.method == "patches":
        lines.append("sample,value,place,seen")
        for patch in found.patches:
            place, seen = " ".join(map(str, patch.place)), " ".join(f"{a}-{b}" for a, b in patch.spans)
            lines.append(f"{patch.number},{patch.value!r},{place},{seen}")
    else:
        lines += [",".join(map(repr, row)) for row in floats(found.map).tolist()]
    return "\n".join(lines) + "\n"


def steps_words(steps: int) -> str:
    return f"{grouped(steps)} {tr('steps')}"
