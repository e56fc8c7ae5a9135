"""The checks of field selection: whom they accuse, and whom they spare."""

from __future__ import annotations

import pytest

from skillmark.core.outcomes import Outcome
from skillmark.core.target import Feature

from .list_provider import ListProvider, Record, Refused, judged, many

SELECTING = frozenset({Feature.FIELD_SELECTION})


class FieldsIgnored(ListProvider):
    """Always returns every member."""

    def selected(self, document: Record, query: dict[str, str]) -> Record:
        return document


class IdentifierAlwaysAdded(ListProvider):
    """Returns the identifier, asked for or not."""

    def selected(self, document: Record, query: dict[str, str]) -> Record:
        return {"identifier": document["identifier"], **super().selected(document, query)}


class OnlyTheFirstName(ListProvider):
    """Reads the first name only, so that the order of names matters."""

    def names(self, text: str) -> list[str]:
        return super().names(text)[:1]


class NamesNotSeparated(ListProvider):
    """Takes the list of names for one name, which no member has."""

    def names(self, text: str) -> list[str]:
        return [text]


class ValuesShortened(ListProvider):
    """Returns arrays as texts where members are selected."""

    def selected(self, document: Record, query: dict[str, str]) -> Record:
        found = super().selected(document, query)
        if "fields" not in query:
            return found
        return {name: ",".join(value) if name == "subject" else value for name, value in found.items()}


class MandatoryMembersOnly(ListProvider):
    """Selects among a few members, and forgets the others."""

    def selected(self, document: Record, query: dict[str, str]) -> Record:
        found = super().selected(document, query)
        return {name: found[name] for name in found if "fields" not in query or name in {"identifier", "title", "uri"}}


class UnknownSelectsNothing(ListProvider):
    """Returns empty objects for a member that does not exist."""

    def selected(self, document: Record, query: dict[str, str]) -> Record:
        if set(query.get("fields", "title").split(",")) <= self.members | {""}:
            return super().selected(document, query)
        return {}


class BlankAccepted(ListProvider):
    """Takes a blank selection for none."""

    def selected(self, document: Record, query: dict[str, str]) -> Record:
        return super().selected(document, query if query.get("fields") else {})


class SummaryListed(ListProvider):
    """Lists a summary of each document."""

    def selected(self, document: Record, query: dict[str, str]) -> Record:
        found = super().selected(document, query)
        return found if "fields" in query else {name: found[name] for name in found if name != "subject"}


FAILED = {
    OnlyTheFirstName: "CASE-R-158",
    NamesNotSeparated: "CASE-R-158",
    BlankAccepted: "CASE-R-160",
    SummaryListed: "CASE-R-156",
}
WARNED = {
    FieldsIgnored: "CASE-R-155",
    MandatoryMembersOnly: "CASE-R-155",
    IdentifierAlwaysAdded: "CASE-R-157",
    ValuesShortened: "CASE-R-157",
    UnknownSelectsNothing: "CASE-R-159",
}


@pytest.mark.parametrize("provider", FAILED, ids=lambda each: each.__name__)
def test_broken_selections_fail(provider: type[ListProvider]) -> None:
    """A provider that breaks a MUST of field selection is accused of it."""
    assert {FAILED[provider]} == judged(provider(), "selection").accused()


@pytest.mark.parametrize("provider", WARNED, ids=lambda each: each.__name__)
def test_odd_selections_warn(provider: type[ListProvider]) -> None:
    """A provider that does not follow a SHOULD of field selection is warned of it, and fails nothing."""
    result = judged(provider(), "selection")
    assert WARNED[provider] in result.accused(Outcome.WARNED)
    assert set() == result.accused()


@pytest.mark.parametrize("claims", [None, SELECTING], ids=["unstated", "claimed"])
@pytest.mark.parametrize("count", [0, 60], ids=["few", "many"])
def test_healthy_selections_pass(claims: frozenset[Feature] | None, count: int) -> None:
    """A healthy provider passes everything, with few documents and with many."""
    provider = ListProvider(many(count)) if count else ListProvider()
    result = judged(provider, "selection", claims=claims)
    assert () == result.findings
    assert set(result.results) == result.outcomes(Outcome.PASSED)


def test_a_claimed_selection_without_effect_fails() -> None:
    """A vendor who claims field selection for a provider that ignores it fails; one who does not claim it is left alone."""
    assert {"CASE-R-158", "CASE-R-160"} == judged(FieldsIgnored(), "selection", claims=SELECTING).accused()
    assert () == judged(FieldsIgnored(), "selection", claims=frozenset()).findings


def test_the_smallest_selection_is_reported() -> None:
    """The finding about an added member shows a selection of one name."""
    result = judged(IdentifierAlwaysAdded(), "selection.exactly_the_named_members_are_returned")
    assert "exactly uri of each document, where it has them" == result.findings[0].finding.expected
    assert "also identifier" == result.findings[0].finding.actual


def test_refusing_unknown_members_is_the_other_reading() -> None:
    """A provider that refuses an unknown member with 400 is warned, with the dispute."""

    class Refusing(ListProvider):
        def selected(self, document: Record, query: dict[str, str]) -> Record:
            if not set(query.get("fields", "title").split(",")) <= self.members:
                raise Refused(400, "invalid_selection_field")
            return super().selected(document, query)

    result = judged(Refusing(), "selection")
    assert ["CASE-R-159"] == [each.finding.requirement for each in result.findings]
    assert "D-03" in result.findings[0].finding.dispute
