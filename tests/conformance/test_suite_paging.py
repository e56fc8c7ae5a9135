"""The checks of paging: whom they accuse, and whom they spare."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from skillmark.core.outcomes import Outcome
from skillmark.core.target import Feature

from .list_provider import BASE, HOST, ListProvider, Page, Record, Refused, judged, many

PAGED = frozenset({Feature.PAGINATION})


class LimitIgnored(ListProvider):
    """Sends everything behind the offset."""

    def cut(self, page: Page) -> list[Record]:
        return page.documents[page.offset :]


class LimitMiscounted(ListProvider):
    """Sends one document more than asked for."""

    def cut(self, page: Page) -> list[Record]:
        return page.documents[page.offset : page.offset + page.limit + 1]


class PagesShortAtTheFront(ListProvider):
    """Sends one document less than asked for, whatever is asked for."""

    def cut(self, page: Page) -> list[Record]:
        return page.documents[page.offset : page.offset + max(1, page.limit - 1)]


class OffsetFromOne(ListProvider):
    """Counts offsets from one."""

    def cut(self, page: Page) -> list[Record]:
        start = max(0, page.offset - 1)
        return page.documents[start : start + page.limit]


class OffsetIgnored(ListProvider):
    """Always sends the front of the list."""

    def cut(self, page: Page) -> list[Record]:
        return page.documents[: page.limit]


class OffsetInPages(ListProvider):
    """Takes the offset for the number of a page."""

    def cut(self, page: Page) -> list[Record]:
        start = page.offset * page.limit
        return page.documents[start : start + page.limit]


class OrderUnstable(ListProvider):
    """Sends the documents in the order of an unordered query: another one each time."""

    def sorted(self, documents: list[Record], query: dict[str, str]) -> list[Record]:
        if "sort" in query:
            return super().sorted(documents, query)
        turn = len(self.requests) % len(documents)
        return documents[turn:] + documents[:turn]


class PagesOverlap(ListProvider):
    """Repeats the last document of a page on the next one."""

    def cut(self, page: Page) -> list[Record]:
        start = page.offset - (page.offset > 0 and page.limit > 1)
        return page.documents[start : start + page.limit]


class TotalOfThePage(ListProvider):
    """Counts the documents of the page."""

    def total(self, page: Page) -> int:
        return len(self.cut(page))


class TotalInWords(ListProvider):
    """Sends a total that is no number."""

    def headers(self, page: Page) -> dict[str, str]:
        return super().headers(page) | {"X-Total-Count": f"{len(page.documents)} documents"}


class TotalOnTheFirstPageOnly(ListProvider):
    """Forgets the total behind the first page."""

    def headers(self, page: Page) -> dict[str, str]:
        found = super().headers(page)
        return {"Link": found["Link"]} if page.offset else found


class TotalTooLarge(ListProvider):
    """Counts deleted documents, too."""

    def total(self, page: Page) -> int:
        return len(page.documents) + 40


class TotalInTheBody(ListProvider):
    """Sends the total as a member of the body."""

    def listed(self, raw_query: str) -> tuple[int, dict[str, str], Any]:
        status, headers, value = super().listed(raw_query)
        total = int(headers.pop("X-Total-Count"))
        return status, headers, value | {"total": total}


class NoHeaders(ListProvider):
    """Pages without headers."""

    def headers(self, page: Page) -> dict[str, str]:
        return {}


class NextNeverEnds(ListProvider):
    """Links each page to itself."""

    def relations(self, page: Page) -> dict[str, int]:
        return super().relations(page) | {"next": page.offset}


class NextSkipsOne(ListProvider):
    """Leaves out a document between two pages."""

    def relations(self, page: Page) -> dict[str, int]:
        found = super().relations(page)
        return found | ({"next": found["next"] + 1} if "next" in found else {})


class EndlessEmptyPages(ListProvider):
    """Links behind the end for ever."""

    def relations(self, page: Page) -> dict[str, int]:
        return super().relations(page) | {"next": page.offset + page.limit}


class PrevLeadsForward(ListProvider):
    """Confuses the neighbours."""

    def relations(self, page: Page) -> dict[str, int]:
        found = super().relations(page)
        return found | ({"prev": found["next"]} if {"prev", "next"} <= found.keys() else {})


class LastLeadsToTheFront(ListProvider):
    """Links last to the first page."""

    def relations(self, page: Page) -> dict[str, int]:
        return super().relations(page) | {"last": 0}


class LinksForgetParameters(ListProvider):
    """Makes links of limit and offset alone."""

    def link(self, page: Page, offset: int) -> str:
        return f"{HOST}{BASE}/CFDocuments?limit={page.limit}&offset={offset}"


class LinksToAnInternalHost(ListProvider):
    """Links to the host behind a reverse proxy."""

    def link(self, page: Page, offset: int) -> str:
        return super().link(page, offset).replace(HOST, "http://backend.internal:8080")


class NotFoundBehindTheEnd(ListProvider):
    """Answers 404 behind the last document."""

    def cut(self, page: Page) -> list[Record]:
        if page.offset >= len(page.documents):
            raise Refused(404, "unknownobject")
        return super().cut(page)


class CrashesOnInvalidLimits(ListProvider):
    """Lets invalid values reach the database."""

    def window(self, query: dict[str, str]) -> tuple[int, int]:
        try:
            return super().window(query)
        except Refused as refusal:
            raise Refused(500, "internal_server_error") from refusal


class NoDefaultLimit(ListProvider):
    """Sends everything where no limit is given."""

    default_limit = 1_000


FAILED = {
    OffsetFromOne: "CASE-R-124",
    OffsetIgnored: "CASE-R-124",
    OffsetInPages: "CASE-R-124",
    TotalOfThePage: "CASE-R-122",
    TotalInWords: "CASE-R-122",
    TotalOnTheFirstPageOnly: "CASE-R-122",
    TotalTooLarge: "CASE-R-122",
    TotalInTheBody: "CASE-R-122",
    NoHeaders: "CASE-R-121",
}
WARNED = {
    LimitIgnored: "CASE-R-120",
    LimitMiscounted: "CASE-R-120",
    PagesShortAtTheFront: "CASE-R-120",
    NotFoundBehindTheEnd: "CASE-R-120",
    NextNeverEnds: "CASE-R-123",
    NextSkipsOne: "CASE-R-123",
    EndlessEmptyPages: "CASE-R-123",
    PrevLeadsForward: "CASE-R-123",
    LastLeadsToTheFront: "CASE-R-123",
    LinksForgetParameters: "CASE-R-123",
    LinksToAnInternalHost: "CASE-R-123",
    CrashesOnInvalidLimits: "CASE-R-126",
    OrderUnstable: "CASE-R-127",
    PagesOverlap: "CASE-R-127",
}


@pytest.mark.parametrize("provider", FAILED, ids=lambda each: each.__name__)
def test_broken_pages_fail(provider: type[ListProvider]) -> None:
    """A provider that breaks a MUST of paging is accused of it."""
    assert FAILED[provider] in judged(provider(), "paging", "paging_links").accused()


@pytest.mark.parametrize("provider", WARNED, ids=lambda each: each.__name__)
def test_odd_pages_warn(provider: type[ListProvider]) -> None:
    """A provider that does not follow a SHOULD of paging is warned of it."""
    assert WARNED[provider] in judged(provider(), "paging", "paging_links").accused(Outcome.WARNED)


@pytest.mark.parametrize("claims", [None, PAGED], ids=["unstated", "claimed"])
def test_healthy_pages_pass(claims: frozenset[Feature] | None) -> None:
    """A healthy provider has no finding at all; what needs a longer list or a feature that is not claimed stays open."""
    result = judged(ListProvider(), "paging", "paging_links", claims=claims)
    assert () == result.findings
    open_ones = {"paging.the_default_limit_is_a_hundred"} | (
        {"paging_links.links_keep_other_parameters"} if claims else set()
    )
    assert open_ones == result.results.keys() - result.outcomes(Outcome.PASSED)


def test_long_lists_are_walked_in_few_requests() -> None:
    """A list of 1,200 documents is judged in fewer than 400 requests, the default limit included."""
    result = judged(ListProvider(many(1_200)), "paging", "paging_links")
    assert set(result.results) == result.outcomes(Outcome.PASSED)
    assert result.requests < 400


def test_a_default_limit_is_missed() -> None:
    """A provider that pages and sends more than a hundred documents without limit is warned."""
    result = judged(NoDefaultLimit(many(120)), "paging.the_default_limit_is_a_hundred")
    assert {"CASE-R-125"} == result.accused(Outcome.WARNED)


def test_paging_without_effect_is_not_applicable() -> None:
    """A provider that does not page, and was not said to, is only told to state it."""

    class Unpaged(ListProvider):
        def cut(self, page: Page) -> list[Record]:
            return page.documents

        def headers(self, page: Page) -> dict[str, str]:
            return {}

    result = judged(Unpaged(), "paging", "paging_links")
    assert {"paging.the_list_can_be_paged"} == result.outcomes(Outcome.WARNED)
    assert "[claims]" in result.findings[0].finding.actual
    assert set(result.results) - {"paging.the_list_can_be_paged"} == result.outcomes(Outcome.NOT_APPLICABLE)
    assert "CASE-R-124" in judged(Unpaged(), "paging", "paging_links", claims=PAGED).accused()
    assert set(result.results) == judged(Unpaged(), "paging", "paging_links", claims=frozenset()).outcomes(
        Outcome.NOT_APPLICABLE
    )


def test_one_document_shows_nothing_of_paging() -> None:
    """With one document in the list paging is untested, and the reason says what is needed."""
    result = judged(ListProvider(many(1)), "paging", "paging_links")
    assert set(result.results) == result.outcomes(Outcome.UNTESTED)
    assert "2 are needed" in result.results["paging.pages_carry_their_headers"].reason


class Capped(ListProvider):
    """Sends at most two documents, whatever is asked for."""

    default_limit = 2

    def window(self, query: dict[str, str]) -> tuple[int, int]:
        limit, offset = super().window(query)
        return min(limit, 2), offset


class LastShrinks(ListProvider):
    """Shrinks the limit of the last link to what is left, as the published example does."""

    def link(self, page: Page, offset: int) -> str:
        limit = min(page.limit, len(page.documents) - offset)
        query = {"offset": str(offset), **{name: page.query[name] for name in page.query if name != "offset"}}
        return f"{HOST}{BASE}/CFDocuments?{urlencode(query | {'limit': str(limit)})}"


class LinksRelative(ListProvider):
    """Sends relative links, unquoted relations and other parameters, several relations at once."""

    def headers(self, page: Page) -> dict[str, str]:
        found = self.relations(page)
        links = [
            f'<CFDocuments?{self.link(page, at).partition("?")[2]}>; title="a, b; c"; REL={name}'
            for name, at in found.items()
        ]
        return {"x-total-count": str(self.total(page)), "link": " , ".join(links)}


@pytest.mark.parametrize("provider", [Capped, LastShrinks, LinksRelative], ids=lambda each: each.__name__)
def test_odd_but_right_pages_are_spared(provider: type[ListProvider]) -> None:
    """What the standard leaves open is no finding."""
    assert () == judged(provider(), "paging", "paging_links", claims=PAGED).findings


def test_hostile_pages_do_not_break_the_checks() -> None:
    """Whatever a provider sends as list or header, no check breaks, and no walk goes on for ever."""

    class Hostile(ListProvider):
        def listed(self, raw_query: str) -> tuple[int, dict[str, str], Any]:
            status, headers, value = super().listed(raw_query)
            turn = len(self.requests) % 4
            odd = ({"CFDocuments": None}, {"CFDocuments": [1, None, {"identifier": 3}]}, [value], value)[turn]
            link = ('<http://[::1>; rel="next"', "<>;rel", '<?limit=%FF>; rel="next', ";;<,")[turn]
            return status, headers | {"Link": link, "X-Total-Count": "9" * 5_000}, odd

        def __init__(self) -> None:
            super().__init__()
            self.requests = ["", "", ""]

    result = judged(Hostile(), "paging", "paging_links", claims=PAGED)
    assert [] == [each.reason for each in result.results.values() if each.defect]
