"""How muting is told: what is off, and what that costs."""

from __future__ import annotations

from convstudio.network.muting import Mute, Mutes
from convstudio.protocol.messages import MutedMeasured
from convstudio.runs.words import share
from convstudio.ui.live.arrays import floats
from convstudio.ui.live.numbers import decimals
from convstudio.ui.text import count, grouped, tr

TRAINING = "Muting changes only what you see: training goes on with everything, and the document stays as it is."
SHOWN = 12
"""So many of the things that are off are named."""


def off_words(mutes: Mutes) -> str:
    """'3 muted'."""
    return count(len(mutes), "muted", "muted")


def count_off(number: int) -> str:
    """'2 maps muted'."""
    return f"{count(number, 'map', 'maps')} {tr('muted')}"


def named(mutes: Mutes) -> str:
    """All that is off, a line each."""
    lines = [name(mute) for mute in sorted(mutes)]
    more = [f"… {len(lines) - SHOWN} {tr('more')}"] if len(lines) > SHOWN else []
    return "\n".join(lines[:SHOWN] + more)


def name(mute: Mute) -> str:
    """'map 2 of conv_1', 'all of conv_1', 'what arrives at port 1 of add_1'."""
    if mute.port >= 0:
        return f"{tr('what arrives at port')} {mute.port + 1} {tr('of')} {mute.block}"
    return (
        f"{tr('map')} {mute.channel} {tr('of')} {mute.block}" if mute.channel >= 0 else f"{tr('all of')} {mute.block}"
    )


def effect_words(found: MutedMeasured | None) -> str:
    """'accuracy 96.1 % → 84.0 %, loss 0.120 → 0.610', or that it is being measured."""
    if found is None:
        return tr("measuring …")
    loss, accuracy = float(floats(found.losses)[0]), float(floats(found.accuracies)[0])
    return (
        f"{tr('accuracy')} {share(found.accuracy)} → {share(accuracy)}, "
        f"{tr('loss')} {decimals(found.loss)} → {decimals(loss)}"
    )


def measured_on(found: MutedMeasured) -> str:
    """On which samples, and when."""
    after = f" {tr('after step')} {grouped(found.step)}" if found.step else ""
    return f"{tr('measured on')} {count(found.samples, 'validation sample', 'validation samples')}{after}"


def points(difference: float) -> str:
    """A difference of shares in percentage points: '−12.1'."""
    return decimals(100 * difference, 1)
