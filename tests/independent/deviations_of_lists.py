"""Broken document lists: pages, orders, filters, selections."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING, Any

from .deviations import Broken, deviates
from .filters import Refused, find
from .provider import HOST, Answer, Provider, Request, Switches

if TYPE_CHECKING:
    from .data import Entry

Record = dict[str, Any]


def _header(answer: Answer, name: str, change: Any) -> Answer:  # noqa: ANN401 - a function from text to text
    answer.headers = [(key, change(value) if key == name else value) for key, value in answer.headers]
    return answer


# Pages


@deviates("CASE-R-120", "CASE-R-127", also=("CASE-R-123", "CASE-R-124", "CASE-R-122"), warns=True)
class LastPageLacksItsLast(Provider):
    """Cuts one document off the last page, when it is not the first."""

    def cut(self, documents: list[Record], limit: int | None, offset: int) -> list[Record]:
        page = super().cut(documents, limit, offset)
        is_last = limit is not None and offset + limit >= len(documents)
        return page[:-1] if offset and is_last and len(page) > 1 else page


@deviates("CASE-R-122")
class TotalTooSmallOnTheLastPage(Provider):
    """Counts one document less on the last of several pages."""

    def page_headers(self, request: Request, total: int, limit: int | None, offset: int) -> list[tuple[str, str]]:
        headers = super().page_headers(request, total, limit, offset)
        is_last = limit is not None and offset and offset + limit >= total
        return [(name, str(total - 1) if is_last and name == "X-Total-Count" else value) for name, value in headers]


@deviates("CASE-R-122")
class TotalWithAPoint(Broken):
    """Writes the total as a number with a fraction."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        return _header(answer, "X-Total-Count", lambda text: f"{text}.0")


@deviates("CASE-R-120", "CASE-R-127", also=("CASE-R-123",), warns=True)
class LastPageAgainBehindTheEnd(Provider):
    """Shows the last document again for an offset behind it."""

    def cut(self, documents: list[Record], limit: int | None, offset: int) -> list[Record]:
        return super().cut(documents, limit, min(offset, len(documents) - 1))


@deviates("CASE-R-069", also=("CASE-R-124",), switches=Switches(page=4, cap=4))
class LaterPagesBeginWithTheLastOne(Provider):
    """Begins each later page with the last document of the page before."""

    def cut(self, documents: list[Record], limit: int | None, offset: int) -> list[Record]:
        return super().cut(documents, limit, max(0, offset - 1) if limit == 4 else offset)


@deviates("CASE-R-123", warns=True)
class PrevLinkBelowZero(Provider):
    """Links a previous page at a negative offset."""

    def relations(self, total: int, limit: int, offset: int) -> dict[str, tuple[int, int]]:
        found = super().relations(total, limit, offset)
        return found | ({"prev": (limit, offset - limit)} if "prev" in found else {"prev": (limit, -limit)})


@deviates("CASE-R-123", warns=True)
class LastLinkBehindTheEnd(Provider):
    """Links a last page that begins behind the last document."""

    def relations(self, total: int, limit: int, offset: int) -> dict[str, tuple[int, int]]:
        return super().relations(total, limit, offset) | {"last": (limit, -(-total // limit) * limit)}


@deviates("CASE-R-123", warns=True)
class NextLinkForEver(Provider):
    """Links a next page on every page."""

    def relations(self, total: int, limit: int, offset: int) -> dict[str, tuple[int, int]]:
        return super().relations(total, limit, offset) | {"next": (limit, offset + limit)}


@deviates("CASE-R-123", warns=True)
class LinksToAnInnerHost(Provider):
    """Links pages at a host behind the proxy."""

    def link_target(self, request: Request, limit: int, offset: int) -> str:
        return super().link_target(request, limit, offset).replace(HOST, "http://10.0.0.5:8080")


@deviates("CASE-R-127", warns=True, also=("CASE-R-123",))
class SortedPagesShuffleTies(Provider):
    """Keeps no order among documents that are equal in what they are sorted by, so that pages of a sorted list repeat some."""

    def ordered(self, documents: list[Record], request: Request) -> list[Record]:
        if request.get("sort") is None:
            return documents
        # Which of the equal ones comes first depends on the page, as in a database without a second key.
        offset = request.get("offset") or "0"
        turn = int(offset) % len(documents) if documents and offset.isdecimal() else 0
        return super().ordered(documents[turn:] + documents[:turn], request)


# Orders


@deviates("CASE-R-131", also=("CASE-R-130",))
class DescendingDatesAscend(Provider):
    """Ignores the direction for dates and times."""

    def ordered(self, documents: list[Record], request: Request) -> list[Record]:
        found = super().ordered(documents, request)
        is_date = request.get("sort") in {"lastChangeDateTime", "statusStartDate", "statusEndDate"}
        if is_date and request.get("orderBy") == "desc":
            plain = Request(method="GET", path="", query=(("sort", request.get("sort") or ""), ("orderBy", "asc")))
            return super().ordered(documents, plain)
        return found


@deviates("CASE-R-131", "CASE-R-130", also=("CASE-R-123",))
class EqualTitlesOnce(Provider):
    """Loses all but one of the documents that are equal in what they are sorted by."""

    def ordered(self, documents: list[Record], request: Request) -> list[Record]:
        found = super().ordered(documents, request)
        member = request.get("sort")
        if member is None:
            return found
        return list({str(each.get(member, each["identifier"])): each for each in found}.values())


@deviates("CASE-R-131")
class SortedWithinThePage(Provider):
    """Cuts the page first, and sorts what is on it."""

    def listed(self, request: Request) -> Answer:
        rest = tuple(pair for pair in request.query if pair[0] not in {"sort", "orderBy", "fields"})
        answer = super().listed(Request(method="GET", path=request.path, query=rest))
        page = self.ordered(answer.value["CFDocuments"], request)
        answer.value = {"CFDocuments": self.selected(page, request)}
        return answer


@deviates("CASE-R-131", also=("CASE-R-130",))
class AbsentDatesInTheMiddle(Provider):
    """Sorts documents without a date as if they had one."""

    def ordered(self, documents: list[Record], request: Request) -> list[Record]:
        member = request.get("sort")
        if member != "statusStartDate":
            return super().ordered(documents, request)
        is_descending = request.get("orderBy") == "desc"
        return sorted(documents, key=lambda each: str(each.get(member, "2022-12-31")), reverse=is_descending)


@deviates("CASE-R-131", also=("CASE-R-130",), switches=Switches(dates="offset"))
class TimesSortedAsTexts(Provider):
    """Sorts times in several zones by how they are written."""

    def ordered(self, documents: list[Record], request: Request) -> list[Record]:
        if request.get("sort") != "lastChangeDateTime":
            return super().ordered(documents, request)
        is_descending = request.get("orderBy") == "desc"
        return sorted(documents, key=lambda each: str(each["lastChangeDateTime"])[11:], reverse=is_descending)


@deviates("CASE-R-131")
class SortIgnoredUnderAFilter(Provider):
    """Forgets the order when there is a filter."""

    def ordered(self, documents: list[Record], request: Request) -> list[Record]:
        return documents if request.get("filter") else super().ordered(documents, request)


# Filters


class Filtering(Provider):
    """A provider whose filter is spoilt."""

    def filtered(self, documents: list[Record], text: str) -> list[Record]:
        return find(documents, self.reread(text), self.switches)

    def reread(self, text: str) -> str:
        """Return the filter as it is understood."""
        return text


@deviates("CASE-R-143", "CASE-R-141", warns=True)
class EqualInstantsOfOtherZonesDiffer(Filtering):
    """Compares times with a filter as texts."""

    def reread(self, text: str) -> str:
        for sign in (">=", "<="):
            field, found, value = text.partition(sign)
            if found and field.endswith("DateTime") and not value.rstrip("'").upper().endswith(("Z", "+00:00")):
                return text.replace(sign, sign[0])
        return text


@deviates("CASE-R-143", also=("CASE-R-140", "CASE-R-141", "CASE-R-142", "CASE-R-144", "CASE-R-145"))
class ContainsMeansBeginsWith(Provider):
    """Finds a value at the beginning of a text only."""

    def filtered(self, documents: list[Record], text: str) -> list[Record]:
        found = super().filtered(documents, text)
        field, sign, value = text.partition("~'")
        if not sign or " AND " in text or " OR " in text:
            return found
        wanted = value[:-1].lower()
        return [
            each for each in found if not isinstance(each.get(field), str) or each[field].lower().startswith(wanted)
        ]


@deviates("CASE-R-143", also=("CASE-R-141",))
class GreaterIsAtLeastForDates(Filtering):
    """Counts the day itself among the later ones."""

    def reread(self, text: str) -> str:
        return text.replace("Date>'", "Date>='")


@deviates("CASE-R-145", "CASE-R-141")
class OrOfOneFieldIsAnd(Filtering):
    """Joins two comparisons of one member with AND, whatever was asked."""

    def reread(self, text: str) -> str:
        left, sign, right = text.partition("' OR ")
        is_same = sign and left.split("=")[0].split("~")[0] == right.split("=")[0].split("~")[0]
        return f"{left}' AND {right}" if is_same else text


@deviates("CASE-R-145", "CASE-R-141")
class SecondComparisonIgnored(Filtering):
    """Reads the first comparison only."""

    def reread(self, text: str) -> str:
        for joint in ("' AND ", "' OR "):
            left, sign, _ = text.partition(joint)
            if sign:
                return f"{left}'"
        return text


@deviates("CASE-R-150", "CASE-R-142", also=("CASE-R-140", "CASE-R-141", "CASE-R-143", "CASE-R-146"))
class PlusIsASpace(Filtering):
    """Decodes plus signs of a value once more."""

    def reread(self, text: str) -> str:
        return text.replace("+", " ")


@deviates("CASE-R-143", also=("CASE-R-141",))
class ContainsKnowsWildcards(Filtering):
    """Takes percent and underscore of a contained value for wildcards."""

    def filtered(self, documents: list[Record], text: str) -> list[Record]:
        field, sign, value = text.partition("~'")
        if not sign or not set(value) & {"%", "_"} or "' " in text:
            return super().filtered(documents, text)
        pattern = re.escape(value[:-1]).replace("%", ".*").replace("_", ".")
        return [each for each in documents if re.search(pattern, str(each.get(field, "")), re.IGNORECASE)]


@deviates("CASE-R-143", "CASE-R-142", also=("CASE-R-140", "CASE-R-141", "CASE-R-144", "CASE-R-145"))
class AbsentMembersMatch(Provider):
    """Finds documents that lack the member, too."""

    def filtered(self, documents: list[Record], text: str) -> list[Record]:
        found = super().filtered(documents, text)
        field = text.partition("=")[0]
        return [each for each in documents if each in found or (field.isalpha() and field not in each)]


@deviates("CASE-R-144")
class UnequalMindsCapitals(Provider):
    """Compares with != letter by letter."""

    def filtered(self, documents: list[Record], text: str) -> list[Record]:
        found = super().filtered(documents, text)
        field, sign, value = text.partition("!='")
        return (
            found
            if not sign or "' " in text
            else [each for each in documents if each.get(field, value[:-1]) != value[:-1]]
        )


@deviates("CASE-R-142", "CASE-R-143", also=("CASE-R-140", "CASE-R-141", "CASE-R-150"))
class CommasSplitEveryValue(Provider):
    """Takes a text with a comma for a list of values."""

    def filtered(self, documents: list[Record], text: str) -> list[Record]:
        field, sign, value = text.partition("='")
        if sign and "," in value and field.isalpha() and field != "subject":
            return [each for each in documents if str(each.get(field)) in value[:-1].split(",")]
        return super().filtered(documents, text)


@deviates("CASE-R-150", "CASE-R-142", also=("CASE-R-140", "CASE-R-141", "CASE-R-143", "CASE-R-144", "CASE-R-145"))
class AmpersandsEndTheValue(Filtering):
    """Ends a filter at an ampersand, encoded or not."""

    def reread(self, text: str) -> str:
        head, sign, _ = text.partition("&")
        return f"{head}'" if sign else text


@deviates("CASE-R-141", "CASE-R-142", "CASE-R-143", also=("CASE-R-140", "CASE-R-144", "CASE-R-145"))
class QuotedJointsSplit(Filtering):
    """Joins at AND and OR even between the quotes of a value."""

    def reread(self, text: str) -> str:
        if "' AND " in text or "' OR " in text:
            return text
        for joint in (" AND ", " OR "):
            if joint in text:
                raise Refused(400, "invalid_selection_field", "Two comparisons needed", "filter")
        return text


@deviates(
    "CASE-R-141",
    "CASE-R-142",
    "CASE-R-143",
    also=("CASE-R-140", "CASE-R-144", "CASE-R-145", "CASE-R-146", "CASE-R-147", "CASE-R-150"),
)
class OnlyAsciiIsFound(Filtering):
    """Reads a filter in another encoding, so that letters beyond ASCII are never found."""

    def reread(self, text: str) -> str:
        return text.encode().decode("latin-1")


@deviates("CASE-R-141", "CASE-R-140")
class FilteredWithinThePage(Provider):
    """Cuts the page first, and filters what is on it."""

    def listed(self, request: Request) -> Answer:
        rest = tuple(pair for pair in request.query if pair[0] not in {"filter", "fields"})
        answer = super().listed(Request(method="GET", path=request.path, query=rest))
        page = answer.value["CFDocuments"]
        text = request.get("filter")
        page = self.filtered(page, text) if text is not None else page
        answer.value = {"CFDocuments": self.selected(page, request)}
        return answer


@deviates(
    "CASE-R-141",
    "CASE-R-069",
    "CASE-R-140",
    also=("CASE-R-142", "CASE-R-143", "CASE-R-145", "CASE-R-147", "CASE-R-146", "CASE-R-150", "CASE-R-122"),
)
class FiltersFindHiddenDrafts(Provider):
    """Finds drafts with a filter that the plain list hides."""

    def documents(self) -> list[Entry]:
        return [entry for entry in super().documents() if entry.key not in {"elan", "ball-2"}]

    def filtered(self, documents: list[Record], text: str) -> list[Record]:
        hidden = [self.forms.full(self.shelf.entries[key]) for key in ("elan", "ball-2")]
        return super().filtered([*documents, *hidden], text)


@deviates("CASE-R-143", "CASE-R-142", also=("CASE-R-141", "CASE-R-140"))
class DatesWithoutDashes(Filtering):
    """Knows dates without dashes only."""

    def reread(self, text: str) -> str:
        if not text.startswith(("statusStartDate", "statusEndDate")):
            return text
        try:
            datetime.date.fromisoformat(text[-11:-1])
        except ValueError:
            return text
        return f"identifier='{text[-11:-1]}'"


# Selections


@deviates("CASE-R-158", "CASE-R-157", "CASE-R-155", also=("CASE-R-123",))
class SelectionsDropTheIdentifier(Provider):
    """Never returns the identifier among several selected members."""

    def selected(self, page: list[Record], request: Request) -> list[Record]:
        found = super().selected(page, request)
        if "," not in (request.get("fields") or ""):
            return found
        return [{name: value for name, value in each.items() if name != "identifier"} for each in found]


@deviates("CASE-R-157", "CASE-R-155", warns=True)
class SelectedMembersNull(Provider):
    """Sends null for selected members that a document lacks."""

    def selected(self, page: list[Record], request: Request) -> list[Record]:
        found = super().selected(page, request)
        names = (request.get("fields") or "").split(",")
        if not found or found == page:
            return found
        return [{name: each.get(name) for name in names} for each in found]


@deviates("CASE-R-157", "CASE-R-155", warns=True)
class SelectedLinksShortened(Provider):
    """Sends links in selections without their address."""

    def selected(self, page: list[Record], request: Request) -> list[Record]:
        found = super().selected(page, request)
        if found == page:
            return found
        return [
            {name: _shortened(value) if name.endswith("URI") else value for name, value in each.items()}
            for each in found
        ]


def _shortened(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, list):
        return [_shortened(each) for each in value]
    return {name: inner for name, inner in value.items() if name != "uri"}


@deviates("CASE-R-159", warns=True)
class KnownMembersOfAHalfUnknownSelection(Provider):
    """Returns the known ones when one of the selected members does not exist."""

    def selected(self, page: list[Record], request: Request) -> list[Record]:
        names = (request.get("fields") or "").split(",")
        if len(names) < 2:
            return super().selected(page, request)
        return [{name: each[name] for name in names if name in each} for each in page]


@deviates("CASE-R-157", "CASE-R-155", warns=True, claims=None)
class SelectionIgnoredUnderAFilter(Provider):
    """Sends every member of what a filter finds."""

    def selected(self, page: list[Record], request: Request) -> list[Record]:
        return page if request.get("filter") else super().selected(page, request)
