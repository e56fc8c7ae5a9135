"""Faults that only a long list shows, or one whose texts begin with capitals and small letters."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

from skillmark.faults.fault import FAULTS, Fault
from skillmark.faults.provider import Behaviour
from skillmark.faults.requerying import requeried

if TYPE_CHECKING:
    from skillmark.faults.provider import Call, Given, Healthy
    from skillmark.faults.requerying import Record

#: Documents of the long list: more than are sent at most where no limit is given.
_MANY = 110
_EVERYTHING = ("limit", "10000")


class _LongList:
    """The healthy provider's documents, each many times under further identifiers."""

    def __init__(self) -> None:
        #: Original identifier by that of its copy.
        self._originals: dict[str, str] = {}

    def ask(self, call: Call) -> Call:
        """Ask for the original of a copy."""
        original = self._originals.get(call.sourced_id or "")
        if original is None or call.sourced_id is None:
            return call
        return dataclasses.replace(call, sourced_id=original, path=call.path.replace(call.sourced_id, original))

    def answer(self, call: Call, given: Given, healthy: Healthy) -> Given:
        """List all copies, the whole list where no limit is given, and deliver a copy under its own identifier."""
        if original := self._originals.get(call.sourced_id or ""):
            given.body = given.body.replace(original.encode(), (call.sourced_id or "").encode())
        asked = call if call.parameter("limit") is not None else call.asking((*call.query, _EVERYTHING))
        return requeried(asked, given, healthy, self._copies)

    def _copies(self, documents: list[Record]) -> list[Record]:
        return [self._copy(documents[number % len(documents)], number // len(documents)) for number in range(_MANY)]

    def _copy(self, document: Record, number: int) -> Record:
        original = document["identifier"]
        if number == 0:
            return document
        copy = f"{original[:-4]}{number:04x}"
        self._originals[copy] = original
        found: Record = json.loads(json.dumps(document).replace(original, copy))
        return found


def _long_list() -> Behaviour:
    mine = _LongList()
    return Behaviour(ask=mine.ask, answer=mine.answer)


FAULTS.add(
    Fault(
        name="everything-where-no-limit-is-given",
        requirements=("CASE-R-125",),
        effect="Clients that ask without a page size get everything at once.",
        make=_long_list,
    )
)


@FAULTS.spoils("CASE-R-133", effect="Readers look for a title in two places.")
def titles_sorted_by_bytes(call: Call, given: Given, healthy: Healthy) -> Given:
    """Put all titles with a capital before those with a small letter, as their bytes are."""
    member, is_down = call.parameter("sort"), call.parameter("orderBy") == "desc"
    if member not in {"title", "creator"}:
        return given
    return requeried(
        call.without("sort", "orderBy"),
        given,
        healthy,
        lambda documents: sorted(documents, key=lambda each: str(each[member]), reverse=is_down),
    )
