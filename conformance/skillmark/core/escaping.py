"""Making text from outside harmless and readable, whatever it is written into."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

#: Characters that a reader cannot see, or that change how others are shown: controls, bidirectional overrides, zero
#: widths, fillers, tags, lone surrogates and non-characters. The line feed and the tab are left alone.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
_LAYOUT = re.compile("[\n\t]")
_WEB_ADDRESS = re.compile(r"https?://[!-;=?-\[\]_a-z~]+", re.IGNORECASE)
_PICTURES = 0x2400
_SPACE = 0x20
_DELETE = 0x7F


def visible(text: str) -> str:
    """Return the text with every unseen character replaced by a sign for it; line feeds and tabs stay.

    The result is well-formed in XML 1.0 and harmless on a terminal.
    """
    return _UNSEEN.sub(_sign, text)


def visible_line(text: str) -> str:
    """Return the text as one line in which line feeds and tabs are shown as signs, too."""
    return _LAYOUT.sub(_sign, visible(text))


def _sign(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < _SPACE:
        return chr(_PICTURES + code)
    return "\u2421" if code == _DELETE else f"\u27e8U+{code:04X}\u27e9"


def trimmed(text: str, limit: int) -> str:
    """Return at most ``limit`` characters, and say how many were left out."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]} \u2026 ({len(text) - limit:,} more characters)"


def web_address(text: str) -> str | None:
    """Return the text if it is an absolute http or https address that may become a link, else ``None``."""
    if not _WEB_ADDRESS.fullmatch(text):
        return None
    try:
        return text if urlsplit(text).hostname else None
    except ValueError:
        return None
