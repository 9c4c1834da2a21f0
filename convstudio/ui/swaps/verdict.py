"""How a race ended, in a sentence or two: who is best, by how much, and what may be chance. No Qt."""

from __future__ import annotations

from math import sqrt

from convstudio.ui.swaps.attempt import Mean, mean_of
from convstudio.ui.swaps.contest import Contest, Lane
from convstudio.ui.text import grouped, tr


def accuracy_words(found: Mean) -> str:
    """'97.1 %', or '97.1 ± 0.4 %' over several seeds."""
    return f"{found.value:.1f} %" if found.spread is None else f"{found.value:.1f} ± {found.spread:.1f} %"


def verdict(contest: Contest) -> str:
    """How the race ended; '' before that."""
    winner, present = contest.winner, contest.lanes[contest.experiment.present.key]
    if winner is None or winner.accuracy is None:
        return ""
    words = tr("Best is {name} with {accuracy}").format(
        name=winner.entrant.variant.name, accuracy=accuracy_words(winner.accuracy)
    )
    if winner is present or present.accuracy is None:
        other, words = contest.ranking[1], words + "."
    else:
        other = present
        words += tr("; as it is, it has {accuracy}.").format(accuracy=accuracy_words(present.accuracy))
    return words + (_seed_by_seed(winner, other) or _chance(contest, winner.accuracy.value))


def _seed_by_seed(winner: Lane, other: Lane) -> str:
    """What the differences with the same seed are: they tell more than the two means; '' of one seed."""
    pairs = zip(winner.results, other.results, strict=False)
    differences = [one - two for one, two in pairs if one is not None and two is not None]
    found = mean_of(differences)
    if found is None or found.spread is None:
        return ""
    words = tr(" Seed by seed {difference:+.1f} ± {spread:.1f} % against {other}, ahead with {ahead} of {count}.")
    return words.format(
        difference=found.value,
        spread=found.spread,
        other=other.entrant.variant.name,
        ahead=sum(difference > 0 for difference in differences),
        count=found.count,
    )


def _chance(contest: Contest, accuracy: float) -> str:
    """What differences are too small to tell: 1.96 standard errors of a difference of two shares."""
    if not contest.judged_by:
        return ""
    spread = 196 * sqrt(2 * (accuracy / 100) * (1 - accuracy / 100) / contest.judged_by)
    words = tr(" On {samples} samples, less than {spread:.1f} % apart may be chance.")
    return words.format(samples=grouped(contest.judged_by), spread=max(spread, 0.1))
