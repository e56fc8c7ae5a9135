"""Laying out the excerpt of a body for reading, without hiding anything that it holds."""

from __future__ import annotations

import re

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[{}\[\],:]|[^"{}\[\],:]+', re.DOTALL)
_OPENING = frozenset("{[")
_CLOSING = frozenset("}]")
_DEEPEST = 12
_MOST_LINES = 400
_MOST_CHARACTERS = 4_500


def laid_out(excerpt: str) -> str:
    """Return JSON on one line as indented lines; anything else, and JSON that would become too long, as it is.

    Only white space between tokens is added. Duplicate members, odd numbers and a cut end stay as they were sent, which a
    parser would not leave.
    """
    if not excerpt.startswith(("{", "[")) or "\n" in excerpt.strip():
        return excerpt
    lines = _lines(excerpt)
    laid = "\n".join(lines)
    return laid if len(lines) <= _MOST_LINES and len(laid) <= _MOST_CHARACTERS else excerpt


def _lines(text: str) -> list[str]:
    tokens = [token for token in _TOKEN.findall(text) if token.strip()]
    lines: list[str] = []
    line, depth = "", 0
    for position, sign in enumerate(tokens):
        following = tokens[position + 1] if position + 1 < len(tokens) else ""
        if sign in _CLOSING and not line.strip().endswith(("{", "[")):
            depth -= 1
            lines, line = _broken(lines, line, depth)
        elif sign in _CLOSING:
            depth -= 1
        line += ": " if sign == ":" else sign.strip()
        depth += sign in _OPENING
        if sign == "," or (sign in _OPENING and following not in _CLOSING):
            lines, line = _broken(lines, line, depth)
    return [*lines, line] if line.strip() else lines


def _broken(lines: list[str], line: str, depth: int) -> tuple[list[str], str]:
    """End a line and begin the next at its depth."""
    kept = [*lines, line] if line.strip() else lines
    return kept, "  " * max(0, min(depth, _DEEPEST))
