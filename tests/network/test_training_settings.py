"""Which settings a run under way takes up, and which only the next."""

from __future__ import annotations

import pytest

from convstudio.network.training_settings import TrainingSettings, held_back


@pytest.mark.parametrize(
    ("change", "waiting"),
    [
        ({"device": "cpu"}, ("Device",)),
        ({"initialisation": "he", "device": "cpu"}, ("Start values", "Device")),
        ({"learning_rate": 0.1, "seed": 4, "batch_size": 8, "threads": 3}, ()),
        ({"memory_format": "channels_last"}, ()),
    ],
)
def test_only_some_settings_wait_for_the_next_run(change: dict[str, object], waiting: tuple[str, ...]) -> None:
    assert held_back(TrainingSettings(), TrainingSettings(**change)) == waiting  # type: ignore[arg-type]


def test_what_is_measured_before_a_run_is_not_measured_in_it() -> None:
    was = TrainingSettings(threads=2, memory_format="contiguous")
    assert held_back(was, TrainingSettings()) == ("CPU threads (0)", "Memory format (auto)")
    assert held_back(TrainingSettings(), was) == ()
