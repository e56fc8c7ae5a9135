"""Values from outside in messages: as Python writes them, and never longer than a person reads."""

from __future__ import annotations

import reprlib

#: Letters of one text, and of all together.
_LONGEST_TEXT = 120
_LONGEST = 240


def quoted(value: object) -> str:
    """Return a value as it is shown in a message: long texts lose their middle, deep ones what is inside."""
    text = _short.repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


_short = reprlib.Repr()
_short.maxstring = _short.maxother = _short.maxlong = _LONGEST_TEXT
_short.maxlevel = 3
