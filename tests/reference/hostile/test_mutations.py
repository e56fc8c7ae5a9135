"""Whatever a stranger makes of a healthy document, there is a verdict; and no change of what is signed is valid."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference.hostile.mutating import Healthy, edited, healthy, is_same, places

from skillmark_reference.credentials.results import Outcome

NUMBERS = st.integers(0, 10_000)


@pytest.mark.parametrize("each", healthy(), ids=lambda each: each.name)
def test_what_is_healthy(each: Healthy) -> None:
    """The documents that are mutated are valid."""
    assert each.verified(each.text).valid


@pytest.mark.parametrize("each", healthy(), ids=lambda each: each.name)
def test_bytes_are_changed(each: Healthy) -> None:
    """Bytes that are overwritten, cut out or put in: a verdict, with a reason, and valid only for the same JSON."""

    @given(start=st.integers(0, len(each.text)), length=st.integers(0, 40), put=st.binary(max_size=40))
    @settings(max_examples=60, deadline=None)
    def holds(start: int, length: int, put: bytes) -> None:
        content = each.text[:start] + put + each.text[start + length :]
        found = each.verified(content)
        assert not found.valid or is_same(content, each.text)
        assert found.valid or found.with_outcome(Outcome.FAILED, Outcome.CANNOT_TELL)

    holds()


@pytest.mark.parametrize(
    "each", [each for each in healthy() if isinstance(each.document, dict)], ids=lambda each: each.name
)
def test_members_are_changed(each: Healthy) -> None:
    """Members that are replaced, removed, renamed or put in, and letters that are changed: never valid, and never an error."""
    ways = list(places(each.document))

    @given(way=st.sampled_from(ways), how=NUMBERS, what=NUMBERS)
    @settings(max_examples=40, deadline=None)
    def holds(way: tuple[str | int, ...], how: int, what: int) -> None:
        made = edited(each.document, way, how, what)
        found = each.verified(json.dumps(made).encode())
        assert not found.valid or made == each.document

    holds()


@given(content=st.binary(max_size=400) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
@settings(max_examples=200, deadline=None)
def test_anything_at_all(content: bytes) -> None:
    """Any bytes have a verdict, as credential and as presentation."""
    for each in healthy()[0], healthy()[-1]:
        assert not each.verified(content).valid
