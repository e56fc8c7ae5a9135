"""Reading the Link header: RFC 8288, section 3."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skillmark.core.exchanges import Exchange

#: Characters of a header that are read; the rest says nothing that a client would wait for.
_MOST = 16_384
_TARGET = re.compile(r"[\s,]*<([^<>]*)>")
_PARAMETER = re.compile(r'\s*;\s*([^\s=;,"]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?')
_END = re.compile(r"\s*(?:,|$)")
_REST = re.compile(r"[\s,]*")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class WebLinks:
    """The links of one answer."""

    #: Target as sent, absolute or relative, by relation type in lower case; the first one of each.
    targets: Mapping[str, str]
    #: What could not be read, empty when all could.
    malformed: str = ""


def web_links(exchange: Exchange) -> WebLinks:
    """Return the links of an answer's Link headers; a malformed rest is told and left out."""
    text = ", ".join(value for name, value in exchange.headers if name.lower() == "link")[:_MOST]
    targets: dict[str, str] = {}
    position = 0
    while (position := _after(_REST, text, position)) < len(text):
        link = _TARGET.match(text, position)
        if link is None:
            return WebLinks(targets=targets, malformed=text[position : position + 60])
        relation, position = _parameters(text, link.end())
        for each in relation.lower().split():
            targets.setdefault(each, link[1])
        end = _END.match(text, position)
        if end is None:
            return WebLinks(targets=targets, malformed=text[position : position + 60])
        position = end.end()
    return WebLinks(targets=targets)


def _parameters(text: str, position: int) -> tuple[str, int]:
    """Return the first ``rel`` of the parameters, and where they end."""
    relation: str | None = None
    while parameter := _PARAMETER.match(text, position):
        quoted, plain = parameter[2], parameter[3]
        if parameter[1].lower() == "rel" and relation is None:
            relation = plain or "" if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        position = parameter.end()
    return relation or "", position


def _after(pattern: re.Pattern[str], text: str, position: int) -> int:
    found = pattern.match(text, position)
    return found.end() if found else position
