"""Python source in colours: keywords, names of what is defined, text, comments and numbers."""

from __future__ import annotations

import keyword
import re

from PySide6.QtGui import QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from convstudio.ui.theme import theme

DOCSTRING = '"""'
RULES: tuple[tuple[str, str], ...] = (
    # token: what is painted in it; later ones go over earlier ones
    ("warning_text", r"\b\d[\d_]*(?:\.\d*)?(?:e[+-]?\d+)?\b"),
    ("frozen", rf"\b(?:{'|'.join(keyword.kwlist)})\b"),
    ("note_violet", r"(?<=\bclass )\w+|(?<=\bdef )\w+|^@[\w.]+"),
    ("good_text", r'f?"[^"\n]*"'),
    ("dim", r"#[^\"\n]*$"),
)
INSIDE = 1
"""State of a line that ends within a docstring."""


class PythonHighlighter(QSyntaxHighlighter):
    """Follows the theme."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._rules = [(token, re.compile(pattern)) for token, pattern in RULES]
        theme.changed.connect(self.rehighlight)

    def highlightBlock(self, text: str) -> None:
        for token, pattern in self._rules:
            for found in pattern.finditer(text):
                self.setFormat(found.start(), found.end() - found.start(), _ink(token))
        self._docstrings(text)

    def _docstrings(self, text: str) -> None:
        """Text between triple quotes, which may go over many lines."""
        inside, start = self.previousBlockState() == INSIDE, 0
        while inside or (start := text.find(DOCSTRING, start)) >= 0:
            end = text.find(DOCSTRING, start if inside else start + 3)
            stop = len(text) if end < 0 else end + 3
            self.setFormat(start, stop - start, _ink("good_text"))
            if end < 0:
                self.setCurrentBlockState(INSIDE)
                return
            inside, start = False, stop
        self.setCurrentBlockState(0)


def _ink(token: str) -> QTextCharFormat:
    ink = QTextCharFormat()
    ink.setForeground(theme.colour(token))
    if token == "note_violet":
        ink.setFontWeight(QFont.Weight.DemiBold)
    return ink
