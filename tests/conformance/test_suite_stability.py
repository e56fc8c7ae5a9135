"""The checks of stability: whom they accuse, and whom they spare."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest

from skillmark.core.outcomes import Outcome
from skillmark.suites.case import SUITE

from .list_provider import ListProvider, Record, Refused, judged, many


class AnswersVendors(ListProvider):
    """Sends another body to clients with the header of a vendor."""

    def answer(self, path: str, raw_query: str, headers: dict[str, str]) -> tuple[int, dict[str, str], Any]:
        status, sent, value = super().answer(path, raw_query, headers)
        return status, sent, value | ({"vendor": 1} if "x-vendor-extensions" in headers else {})


class ObeysUnknownParameters(ListProvider):
    """Sends more when it is asked with a parameter of its own."""

    def answer(self, path: str, raw_query: str, headers: dict[str, str]) -> tuple[int, dict[str, str], Any]:
        status, sent, value = super().answer(path, raw_query, headers)
        return status, sent, value | ({"more": []} if "extended=true" in raw_query else {})


class SelectsSingleReads(ListProvider):
    """Honours fields on single reads."""

    def single(self, collection: str, identifier: str, query: dict[str, str]) -> Record:
        found = super().single(collection, identifier, query)
        return {name: found[name] for name in found if name in query.get("fields", name)}


class ClockInRecords(ListProvider):
    """Makes lastChangeDateTime when it answers."""

    def single(self, collection: str, identifier: str, query: dict[str, str]) -> Record:
        time = f"2025-01-01T00:{len(self.requests) // 60 % 60:02}:{len(self.requests) % 60:02}Z"
        return super().single(collection, identifier, query) | {"lastChangeDateTime": time}


class ForgetsAfterNobody(ListProvider):
    """Confuses an item after it was asked for an item that nobody has."""

    def single(self, collection: str, identifier: str, query: dict[str, str]) -> Record:
        found = super().single(collection, identifier, query)
        if collection == "CFItems" and any("CFItems/00000000" in each for each in self.requests):
            return found | {"fullStatement": "cached"}
        return found


class StripsBackslashes(ListProvider):
    """Loses backslashes in packages."""

    def single(self, collection: str, identifier: str, query: dict[str, str]) -> Record:
        found = super().single(collection, identifier, query)
        if collection != "CFPackages":
            return found
        items = [item | {"fullStatement": item["fullStatement"].replace("\\", "")} for item in found["CFItems"]]
        return found | {"CFItems": items}


@pytest.mark.parametrize(
    ("provider", "requirement"),
    [
        (AnswersVendors, "CASE-R-071"),
        (ObeysUnknownParameters, "CASE-R-071"),
        (SelectsSingleReads, "CASE-R-073"),
        (ClockInRecords, "CASE-R-074"),
        (ForgetsAfterNobody, "CASE-R-074"),
        (StripsBackslashes, "CASE11-R-017"),
        (StripsBackslashes, "CASE-R-092"),
    ],
    ids=lambda each: getattr(each, "__name__", each),
)
def test_unstable_providers_are_warned(provider: type[ListProvider], requirement: str) -> None:
    """A provider whose answers depend on more than their address is warned of just that."""
    areas = ("stability", "links.a_record_is_the_same_everywhere")
    assert requirement in judged(provider(), *areas).accused(Outcome.WARNED)


def test_healthy_providers_pass() -> None:
    """A healthy provider passes everything."""
    result = judged(ListProvider(), "stability")
    assert set(result.results) == result.outcomes(Outcome.PASSED)


def test_long_lists_are_read_in_few_requests() -> None:
    """With 1,200 documents no more than one walk over the list is added to the sampled reads."""
    provider = ListProvider(many(1_200))
    result = judged(provider, "stability", depth="smoke")
    assert () == result.findings
    assert result.requests < 200


def test_the_shortest_way_is_reported() -> None:
    """A change on a walk is reported with the few steps that bring it about."""
    result = judged(ForgetsAfterNobody(), "stability.walks_meet_the_same_records")
    (found,) = result.findings
    assert 2 >= found.finding.actual.count(", then ")
    assert "CFItem" in found.finding.actual


def test_walks_are_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    """A walk that finds something writes nothing to the terminal."""
    judged(ForgetsAfterNobody(), "stability.walks_meet_the_same_records")
    captured = capsys.readouterr()
    assert ("", "") == (captured.out, captured.err)


def test_refusing_strange_parameters_is_spared() -> None:
    """A provider that refuses parameters that an operation does not have is right."""

    class Strict(ListProvider):
        def answer(self, path: str, raw_query: str, headers: dict[str, str]) -> tuple[int, dict[str, str], Any]:
            if raw_query and (path != "CFDocuments" or "limit" not in raw_query):
                raise Refused(400, "invalid_selection_field")
            return super().answer(path, raw_query, headers)

    assert () == judged(Strict(), "stability").findings


def test_records_may_come_in_any_order() -> None:
    """A package whose records come in another order each time is the same package."""

    class Shuffling(ListProvider):
        def single(self, collection: str, identifier: str, query: dict[str, str]) -> Record:
            found = super().single(collection, identifier, query)
            turned = (
                {"CFItems": found["CFItems"][::-1]} if collection == "CFPackages" and len(self.requests) % 2 else {}
            )
            return found | turned

    assert () == judged(Shuffling(), "stability").findings


def test_nothing_of_a_run_is_kept() -> None:
    """Whoever runs plan after plan in one process needs no more memory for the tenth than for the first."""
    provider = ListProvider()
    judged(provider, *{check.area for check in SUITE.checks})
    left = weakref.ref(provider)
    del provider
    gc.collect()
    assert left() is None
