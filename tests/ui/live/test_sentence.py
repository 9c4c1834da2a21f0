"""A sentence in an empty view, while the worker cannot bring yet what it promises."""

from __future__ import annotations

from convstudio.ui.live.sentence import Sentence


def test_what_is_promised_is_held_back_until_the_worker_is_ready(show):
    sentence = show(Sentence(), 300, 80)
    sentence.promise("The masks come.")
    sentence.hold("The worker is starting.")
    assert (sentence.text(), sentence.promised) == ("The worker is starting.", "The masks come.")
    sentence.promise("The maps come.")
    assert sentence.text() == "The worker is starting."
    sentence.hold("")
    assert sentence.text() == "The maps come."


def test_what_is_true_anyway_is_not_held_back(show):
    sentence = show(Sentence(), 300, 80)
    sentence.hold("The worker is starting.")
    sentence.setText("A ReLU has no masks.")
    assert sentence.text() == "A ReLU has no masks."
    sentence.hold("")
    assert (sentence.text(), sentence.promised) == ("A ReLU has no masks.", "")
