"""How the end of a worker is told, and what is kept of its last words."""

from __future__ import annotations

import sys

import pytest

from convstudio.ui.link import endings
from convstudio.ui.link.command import worker_command
from convstudio.ui.link.line_tail import LineTail


@pytest.mark.parametrize(
    ("crashed", "code", "ready", "words"),
    [
        (True, 9, True, "memory ran out"),
        (True, 11, True, "memory access fault"),
        (True, 6, True, "abort"),
        (True, 77, True, "code 77"),
        (True, 15, True, "Another program ended the worker"),
        (False, 3, True, "unexpectedly (exit code 3)"),
        (False, 1, False, "before it was ready (exit code 1)"),
    ],
)
def test_each_end_has_its_sentence(crashed, code, ready, words):
    assert words in endings.ended(crashed, code, ready)


def test_the_tail_keeps_the_last_lines_of_any_pieces():
    tail = LineTail(lines=3)
    for piece in (b"one\ntw", b"o\nthree\r\nfo", b"ur\n", b"end"):
        tail.feed(piece)
    assert tail.text == "two\nthree\nfour\nend"


def test_the_tail_is_bounded_whatever_comes():
    tail = LineTail(lines=10, width=50)
    for _ in range(100):
        tail.feed(b"x" * 10_000 + b"\n" + b"y" * 10_000 + b"\xff")
    assert len(tail.text) <= 11 * 51


def test_a_worker_is_safe_from_files_in_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert worker_command() == (sys.executable, "-P", "-m", "convstudio", "worker")


def test_a_frozen_program_is_its_own_worker(monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert worker_command() == (sys.executable, "worker")
