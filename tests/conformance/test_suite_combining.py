"""Parameters of the document list together, against small providers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.conformance.list_provider import ListProvider, judged

from skillmark.core.outcomes import Outcome

if TYPE_CHECKING:
    from tests.conformance.list_provider import Page, Record

CHECK = "combining.sorted_pages_are_cut_from_the_sorted_list"


class EmptySortedPages(ListProvider):
    """Sorts whole lists, and shows nothing on a page of a sorted list."""

    def cut(self, page: Page) -> list[Record]:
        found = super().cut(page)
        return [] if "sort" in page.query and len(found) < len(page.documents) else found


class SortsWithinPages(ListProvider):
    """Cuts a page out of the plain list and sorts that."""

    def cut(self, page: Page) -> list[Record]:
        plain = self.filtered(list(self.documents), page.query)
        return self.sorted(plain[page.offset : page.offset + page.limit], page.query)


def test_sorted_pages_of_a_healthy_provider_pass() -> None:
    """A provider that sorts before it cuts is right."""
    assert {CHECK} == judged(ListProvider(), CHECK).outcomes(Outcome.PASSED)


def test_sorting_within_a_page_fails() -> None:
    """A provider that cuts before it sorts is accused."""
    assert {"CASE-R-131"} == judged(SortsWithinPages(), CHECK).accused()


def test_empty_pages_decide_nothing() -> None:
    """Pages without a document show nothing of their order: neither right nor wrong."""
    assert {CHECK} == judged(EmptySortedPages(), CHECK).outcomes(Outcome.UNTESTED)
