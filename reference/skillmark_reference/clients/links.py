"""Link headers (RFC 8288): where the next page is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST = 20_000
_LINK = re.compile(r"<([^<>]*)>((?:\s*;\s*[^\s;=,\"<>]+(?:\s*=\s*(?:\"[^\"]*\"|[^\s;,\"<>]*))?)*)", re.ASCII)
_RELATION = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", re.ASCII | re.IGNORECASE)


def next_link(headers: Iterable[str]) -> str:
    """Return the target of the first link to the next page; empty where there is none."""
    for target, parameters in _LINK.findall(", ".join(headers)[:_LONGEST]):
        relation = _RELATION.search(parameters)
        if relation and "next" in (relation[1] or relation[2] or "").lower().split():
            return str(target)
    return ""
