"""Run folders: named after time and document, never the same twice, and whether they can be continued."""

from __future__ import annotations

from datetime import datetime

import pytest

from convstudio.runs.run_folders import RunFolders, has_checkpoint, slug

NOW = datetime(2026, 11, 23, 18, 15, 0)


def test_named_after_time_and_title(tmp_path):
    assert RunFolders(tmp_path).fresh("Digits: two paths", NOW).name == "2026-11-23-181500-digits-two-paths"


def test_never_the_same_twice(tmp_path):
    folders = RunFolders(tmp_path)
    first, second = folders.fresh("a", NOW), folders.fresh("a", NOW)
    second.mkdir()
    third = RunFolders(tmp_path).fresh("a", NOW)
    fourth = RunFolders(tmp_path)
    first.mkdir()
    assert [p.name[18:] for p in (first, second, third, fourth.fresh("a", NOW))] == ["a", "a-2", "a", "a-3"]


@pytest.mark.parametrize(
    ("title", "expected"),
    [("Größe 3", "größe-3"), ("../../etc", "etc"), ("???", "run"), ("한국어", "한국어"), ("x" * 99, "x" * 40)],
)
def test_titles_become_safe_names(title, expected):
    assert slug(title) == expected


def test_a_checkpoint_counts_when_it_is_whole(tmp_path):
    assert not has_checkpoint(tmp_path / "nowhere")
    (tmp_path / "checkpoint").mkdir()
    assert not has_checkpoint(tmp_path)
    (tmp_path / "checkpoint" / "state.json").write_text("{}")
    assert has_checkpoint(tmp_path)
