from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.reference.credentials.surroundings import badge, carelessly_signed, check

from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome
from skillmark_reference.credentials.steps.context_states import context_urls, newest_contexts
from skillmark_reference.securing.integrity.expansion import expand

if TYPE_CHECKING:
    from typing import Any

_URL = "https://school.example/context"


def _context(**terms: str) -> bytes:
    return json.dumps({"@context": terms}).encode()


def test_a_context_from_outside_counts_for_its_bytes() -> None:
    """One address with other bytes is another context at once, for the same credential and in the same process."""
    credential = badge()
    credential["@context"].append(_URL)
    document = {**credential, "note": "x"}
    for _ in range(2):
        for content, outcome in (
            (_context(note="urn:note"), Outcome.PASSED),
            (_context(other="urn:note"), Outcome.FAILED),
        ):
            found = check(document, {_URL: content})
            assert outcome is found.step(Subject.EXPANSION).outcome


def test_a_context_from_outside_changes_nothing_for_others() -> None:
    """A document that brings its own context leaves the tables as they are."""
    credential = carelessly_signed(badge())
    before = expand(credential, contexts=newest_contexts())
    evil = {**badge(), "@context": [*badge()["@context"], _URL]}
    check(evil, {_URL: _context(achievement="urn:evil", name="urn:evil")})
    assert before == expand(credential, contexts=newest_contexts())


def test_contexts_are_found_wherever_they_are_named() -> None:
    """Addresses in members, in arrays and in contexts of contexts are all found."""
    document: dict[str, Any] = {
        "@context": ["urn:a", {"term": {"@context": "urn:b"}}],
        "a": [{"@context": "urn:c"}, [{"b": {"@context": ["urn:d"]}}]],
    }
    assert {"urn:a", "urn:b", "urn:c", "urn:d"} == context_urls(document)
