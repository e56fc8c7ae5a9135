"""Pages of the list of credentials: Open Badges API, getCredentials, limit and offset; Paging."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from hypothesis import strategies as st

from skillmark.core.errors import CannotTell, NotApplicable, Untested
from skillmark.core.findings import Finding, Held
from skillmark.engine.drawing import explore
from skillmark.suites.hosts.holdings import EMBEDDED_MEMBER, TOKEN_MEMBER, holdings, query_of
from skillmark.suites.hosts.rules import RULES
from skillmark.suites.hosts.statuses import has_status_info
from skillmark.wire.web_links import web_links

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.engine import Observation
    from skillmark.suites.hosts.evidence import Evidence
    from skillmark.suites.hosts.holdings import Holdings, Listing, Page

_LIMITS, _TOTAL, _LINK, _RELATIONS, _SUPPORTED = (f"OB30-R-{number}" for number in (154, 165, 166, 167, 243))
#: Entries that the list has at least, and pages of one walk.
_ENTRIES = 5
_MOST_PAGES = 40
_SMALL = 2
_LARGE = "100000"
#: Where a page begins that has more than one page before it.
_LATER = 4
_PLACES = {
    "first": "the beginning of the list",
    "prev": "what goes before the page",
    "last": "the end of the list",
}
_BAD = 400
_CRASHED = 500
_LENIENT = "What a host makes of a value outside of the range is not said, but that the operation knows the answer 400."
_AT_END = "A link next is demanded while more follows; that there is none at the end is not said."
_ABOVE = "What a host makes of a limit above its own maximum is not said, but that the operation knows the answer 400."
_BEHIND = "Nothing is said of a page behind the last credential; an empty one is the common answer."
_LAST_PAGE = "Whether the last page of a list is an incomplete list can be read in two ways."
_ELSEWHERE = "Where links lead is not said, only what they are called."
_SAMPLE = "The sample of the text has a link prev at offset 0."
_INVALID = (
    ("limit", "0"),
    ("limit", "-1"),
    ("limit", "abc"),
    ("limit", "1.5"),
    ("limit", ""),
    ("offset", "-1"),
    ("offset", "abc"),
    ("offset", "1.5"),
    ("offset", ""),
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Book:
    """The list of an account while nothing changes, and how it is cut into pages."""

    mine: Holdings
    listing: Listing
    evidence: Evidence

    @property
    def total(self) -> int:
        """How many credentials there are."""
        return len(self.listing.keys)

    def page(self, limit: int | str | None = None, offset: int | str | None = None) -> Page:
        """Ask for one page."""
        given = (("limit", limit), ("offset", offset))
        return self.mine.page(query=tuple((name, str(value)) for name, value in given if value is not None))

    def is_capped(self, count: int) -> bool:
        """Whether a host has a maximum: it shows so many where just these are asked for, and no more where there are more."""
        exact, more = (len(self.page(limit, 0).entries) for limit in (count, count + 1))
        return exact == count >= more


def _book(evidence: Evidence) -> _Book:
    """Return a list of some entries.

    Raises:
        Untested: There is none, or it is too long to be read.
        CannotTell: No answer came back.
    """
    mine = holdings(evidence)
    listing = mine.fill(_ENTRIES)
    if not listing.is_whole:
        raise Untested("The list is too long to be read to its end; name an account with fewer credentials.")
    for page in listing.pages:
        if twice := next((each for each in page.entries if page.keys.count(each.key) > 1), None):
            raise Untested(f"One page shows {twice.name} twice, so that pages cannot be compared ({page.id}).")
    if len(listing.keys) < _ENTRIES:
        raise Untested(f"The list has {len(listing.keys)} credentials although {_ENTRIES} are kept.")
    return _Book(mine=mine, listing=listing, evidence=evidence)


def _finding(
    page: Page, requirement: str, expected: str, actual: str = "", *, cause: str = "", dispute: str = ""
) -> Finding:
    return Finding(
        requirement=requirement,
        expected=expected,
        actual=actual or page.said,
        evidence=(page.id,),
        cause=cause,
        dispute=dispute,
    )


@RULES.rule("OB30-R-154", "OB30-R-243")
def pages_are_cut_as_asked_for(evidence: Evidence) -> Iterator[Observation]:
    """A page has at most limit credentials, and begins with the one that offset counts from zero."""
    book = _book(evidence)
    first = book.page(_SMALL, 0)
    if not first.is_list or len(first.entries) > _SMALL:
        yield _finding(first, _SUPPORTED, f"at most {_SMALL} credentials for limit={_SMALL}", cause="limit is ignored")
    elif first.entries:
        yield Held(evidence=(first.id,))

    def judge(window: tuple[int, int]) -> Iterator[Observation]:
        yield from _cut(book, *window)

    windows = st.tuples(st.integers(1, min(book.total + 2, 20)), st.integers(0, book.total - 1))
    seed = evidence.context.seed_of("pages_are_cut_as_asked_for")
    yield from explore(windows, judge, depth=evidence.context.depth, seed=seed)
    yield from _large(book)
    yield from _behind_the_last(book)


def _cut(book: _Book, limit: int, offset: int) -> Iterator[Observation]:
    page = book.page(limit, offset)
    expected = min(limit, book.total - offset)
    count = len(page.entries)
    if not page.is_list or count > limit:
        wanted = f"at most {limit} credential(s) for limit={limit} and offset={offset}"
        cause = "limit exceeded" if page.is_list else "no page"
        yield _finding(page, _LIMITS, wanted, cause=cause, dispute=_ABOVE if _is_above(page, limit) else "")
    elif count != expected and (count > expected or count == 0 or not book.is_capped(count)):
        wanted = f"{expected} credential(s) for limit={limit} and offset={offset} in a list of {book.total}"
        yield _finding(page, _LIMITS, wanted, cause="page too short" if count < expected else "offset miscounted")
    else:
        yield Held(evidence=(page.id,))


def _is_above(page: Page, limit: int) -> bool:
    """Whether a limit seems to be above a maximum of the host's own, which refuses it instead of showing less."""
    return limit > _SMALL and page.reply.exchange.status == _BAD and has_status_info(page.value)


def _large(book: _Book) -> Iterator[Observation]:
    """Look at a limit beyond the list: a host may have a maximum, but does not refuse."""
    page = book.page(_LARGE)
    if page.is_list and page.entries:
        yield Held(evidence=(page.id,))
    else:
        yield _finding(page, _LIMITS, f"a page for limit={_LARGE}", cause="a large limit", dispute=_LENIENT)


def _behind_the_last(book: _Book) -> Iterator[Observation]:
    page = book.page(_SMALL, book.total)
    if page.is_list and not page.entries:
        yield Held(evidence=(page.id,))
        return
    again = page.is_list and bool(set(page.keys) & set(book.listing.keys))
    yield _finding(
        page,
        _LIMITS,
        f"no credential for offset={book.total} in a list of {book.total}",
        cause="behind the last one",
        dispute="" if again else _BEHIND,
    )


@RULES.rule("OB30-R-152")
def nothing_of_others_is_behind_the_last(evidence: Evidence) -> Iterator[Observation]:
    """Behind the end of the list nothing comes that is not in it.

    Raises:
        CannotTell: the list does not come to its end.
    """
    mine = holdings(evidence)
    mine.fill(_SMALL)
    mine.crowd()
    listing = mine.listing()
    if not listing.is_whole:
        raise CannotTell("The list of the account does not come to its end, so that nothing is behind it.")
    known = {each.identity or each.key for each in listing.entries}
    page = mine.page(query=(("limit", str(_SMALL)), ("offset", str(len(listing.entries)))))
    strange = [each for each in page.entries if (each.identity or each.key) not in known]
    for entry in strange:
        yield Finding(
            requirement="OB30-R-152",
            expected="nothing that the list does not have is shown behind its end",
            actual=f"{entry.name} is shown",
            pointer=entry.pointer,
            evidence=(page.id, *listing.ids[:1]),
        )
    if not strange:
        yield Held(evidence=(page.id,))


@RULES.rule("OB30-R-154")
def pages_show_each_credential_once(evidence: Evidence) -> Iterator[Observation]:
    """Pages of any size, one after the other, show every credential once, and the order stays."""
    book = _book(evidence)

    def judge(limit: int) -> Iterator[Observation]:
        walk = _Walk(book)
        while walk.goes_on and len(walk.seen) < book.total:
            walk.take(book.page(limit, len(walk.seen)))
        yield from walk.judged(_LIMITS, f"in pages of limit={limit}")

    limits = st.integers(max(1, -(-book.total // _MOST_PAGES)), book.total)
    seed = evidence.context.seed_of("pages_show_each_credential_once")
    yield from explore(limits, judge, depth=evidence.context.depth, seed=seed)


class _Walk:
    """The pages of one way through the list."""

    def __init__(self, book: _Book) -> None:
        self._book = book
        self.pages: list[Page] = []
        self.seen: list[str] = []
        self._members: dict[str, list[str]] = {EMBEDDED_MEMBER: [], TOKEN_MEMBER: []}
        self.problem, self.cause = "", ""

    @property
    def goes_on(self) -> bool:
        """Whether there may be another page."""
        is_stuck = bool(self.pages) and not self.pages[-1].entries
        return not self.problem and not is_stuck and len(self.pages) < _MOST_PAGES

    def take(self, page: Page) -> None:
        """Add a page."""
        self.pages.append(page)
        again = next((each for each in page.entries if each.key in self.seen), None)
        if not page.is_list:
            self.problem, self.cause = f"page {len(self.pages)} is no list: {page.said}", "no list"
        elif again is not None:
            self.problem, self.cause = f"{again.name} again on page {len(self.pages)}", "credentials repeated"
        for each in page.entries:
            self.seen.append(each.key)
            self._members[each.member].append(each.key)

    def judged(self, requirement: str, how: str) -> Iterator[Observation]:
        """Yield what the walk shows."""
        is_cut = len(self.pages) >= _MOST_PAGES
        missing = [] if is_cut else [each for each in self._book.listing.keys if each not in self.seen]
        if missing and not self.problem:
            what = next(each.name for each in self._book.listing.entries if each.key == missing[0])
            self.problem, self.cause = f"{len(missing)} never shown, for example {what}", "credentials missing"
        if not self.problem and not is_cut and not self._is_in_order():
            self.problem, self.cause = "another order than in the whole list", "order changes"
        if not self.problem:
            yield Held(evidence=tuple(page.id for page in self.pages[:2]))
            return
        yield Finding(
            requirement=requirement,
            expected=f"every credential once {how}",
            actual=self.problem,
            evidence=(self.pages[-1].id, *(page.id for page in self.pages[:-1])),
            cause=self.cause,
            dispute=_ABOVE if len(self.pages) == 1 and _is_above(self.pages[0], len(self._book.listing.keys)) else "",
        )

    def _is_in_order(self) -> bool:
        """Whether each member has its credentials in the order of the whole list; how the two mix is not seen."""
        entries = self._book.listing.entries
        return all(
            seen == [each.key for each in entries if each.member == name] for name, seen in self._members.items()
        )


@RULES.rule("OB30-R-154")
def invalid_pages_are_refused(evidence: Evidence) -> Iterator[Observation]:
    """A limit that is no positive integer, or an offset that is none from zero on, is refused with 400."""
    book = _book(evidence)
    for name, value in _INVALID:
        page = book.page(**{name: value})
        status = page.reply.exchange.status or 0
        if status == _BAD and has_status_info(page.value):
            yield Held(evidence=(page.id,))
            continue
        treated = page.is_list and page.keys == book.page().keys
        yield _finding(
            page,
            _LIMITS,
            f"{name}={value} is refused with 400 and an Imsx_StatusInfo",
            "treated as absent" if treated else page.said,
            cause=f"{name}: {'treated as absent' if treated else f'status {status}'}",
            dispute=_LENIENT,
        )


@RULES.rule("OB30-R-165")
def totals_count_the_list(evidence: Evidence) -> Iterator[Observation]:
    """X-Total-Count counts the credentials of the whole list, those with embedded proofs and the tokens, on every page.

    Raises:
        NotApplicable: No page has a total, which is right where it is not known.
    """
    book = _book(evidence)
    header = evidence.service.paging.total_header
    pages = (book.page(), book.page(_SMALL), book.page(_SMALL, _SMALL), book.page(1, book.total - 1))
    if not any(page.reply.exchange.header(header) for page in pages):
        raise NotApplicable(f"No page has the header {header}, which is right where the total is not known.")
    for page in pages:
        text = page.reply.exchange.header(header)
        if not page.is_list:
            continue
        if page.total(header) == book.total:
            yield Held(evidence=(page.id,))
            continue
        yield _finding(
            page,
            _TOTAL,
            f"{header} {book.total}, as many as the whole list has",
            (text or "no such header, although other pages have it")[:80],
            cause="total wrong" if text else "total absent",
        )


@RULES.rule("OB30-R-166", "OB30-R-243")
def incomplete_lists_have_links(evidence: Evidence) -> Iterator[Observation]:
    """A page that is not the whole list has a Link header."""
    book = _book(evidence)
    is_seen = False
    for offset in (0, _SMALL, book.total - 1):
        page = book.page(_SMALL, offset)
        if not page.is_list or not 0 < len(page.entries) < book.total:
            continue
        is_seen = True
        is_last = offset + len(page.entries) >= book.total
        if page.links:
            yield Held(evidence=(page.id,))
            continue
        malformed = web_links(page.reply.exchange).malformed
        for requirement in (_LINK, _SUPPORTED):
            yield _finding(
                page,
                requirement,
                f"a Link header on a page of {len(page.entries)} out of {book.total}",
                f"not readable from {malformed!r}" if malformed else "no such header",
                cause="last page" if is_last else "page",
                dispute=_LAST_PAGE if is_last else "",
            )
    if not is_seen:
        raise Untested("No page of the list is smaller than the list.")


@RULES.rule("OB30-R-167")
def links_have_their_relations(evidence: Evidence) -> Iterator[Observation]:
    """A Link header has first and last always, next while more follows, and prev when something goes before."""
    book, paging = _book(evidence), evidence.service.paging
    is_seen = False
    for offset in (0, 1, _SMALL, book.total - 1):
        page = book.page(_SMALL, offset)
        if not page.is_list or not page.entries or not page.links:
            continue
        is_seen = True
        goes_on = offset + len(page.entries) < book.total
        wanted = [*paging.always, *(paging.incomplete if goes_on else ()), *(paging.beyond_first if offset else ())]
        missing = [each for each in wanted if each not in page.links]
        if not missing:
            yield Held(evidence=(page.id,))
        if not goes_on and "next" in page.links:
            wanted_none = f"no link next at offset {offset} in a list of {book.total}"
            yield _finding(
                page, _RELATIONS, wanted_none, page.links["next"][:200], cause="next at the end", dispute=_AT_END
            )
        for each in missing:
            yield _finding(
                page,
                _RELATIONS,
                f"a link {each} at offset {offset} in a list of {book.total}",
                f"links {', '.join(page.links)}",
                cause=f"no {each}",
            )
    if not is_seen:
        raise Untested("No page has a Link header.")


@RULES.rule("OB30-R-167")
def next_leads_through_the_list(evidence: Evidence) -> Iterator[Observation]:
    """From the first page along next one sees every credential once, and comes to an end."""
    book = _book(evidence)
    limit = max(_SMALL, -(-book.total // _MOST_PAGES) + 1)
    page = book.page(limit)
    if "next" not in page.links:
        raise Untested("The first page has no link next.")
    walk = _Walk(book)
    walk.take(page)
    while walk.goes_on and (target := page.links.get("next")) is not None:
        page = book.mine.page(query=query_of(target) or ())
        walk.take(page)
    yield from walk.judged(_RELATIONS, "along the links next")


@RULES.rule("OB30-R-167")
def links_lead_where_they_say(evidence: Evidence) -> Iterator[Observation]:
    """The link first leads to the beginning, prev to what goes before, and last to the end of the list, at the host itself."""
    book = _book(evidence)
    later = book.page(_SMALL, _LATER)
    single = [book.page(1, offset) for offset in (0, 1, _LATER - 1, book.total - 1)]
    if not later.links or not all(page.entries for page in (later, *single)):
        raise Untested("No page in the midst of the list has a Link header.")
    one, two, before, last = (page.keys[0] for page in single)
    every = set(book.listing.keys)
    # A host may make pages smaller than asked for; some of what a link should show is there in any case.
    wanted = {"first": ({one}, {one, two}), "prev": ({before}, every - set(later.keys)), "last": ({last}, every)}
    for relation in [each for each in wanted if each in later.links]:
        target = later.links[relation]
        page = book.mine.page(query=query_of(target) or ())
        least, most = wanted[relation]
        if page.is_list and least <= set(page.keys) <= most:
            yield Held(evidence=(page.id,))
            continue
        yield Finding(
            requirement=_RELATIONS,
            expected=f"{relation} leads to {_PLACES[relation]}",
            actual=f"{target} shows {', '.join(each.name for each in page.entries[:2]) or page.said}",
            evidence=(later.id, page.id),
            cause=f"{relation} leads elsewhere",
        )
    yield from _addressed(book, later)


def _addressed(book: _Book, page: Page) -> Iterator[Observation]:
    """Look whether links lead to the address that was asked, and whether the first page has one to before it."""
    asked = urlsplit(book.evidence.context.target.url).netloc
    for relation, target in page.links.items():
        place = _place(target)
        if place and place != asked:
            yield _finding(
                page,
                _RELATIONS,
                f"{relation} leads to {asked}, where the list was asked for",
                f"{target}",
                cause="links to another address",
                dispute=_ELSEWHERE,
            )
            break
    first = book.page(_SMALL, 0)
    if "prev" in first.links:
        yield _finding(
            first, _RELATIONS, "no link prev on the first page", first.links["prev"], cause="prev", dispute=_SAMPLE
        )


def _place(target: str) -> str:
    try:
        return urlsplit(target).netloc
    except ValueError:
        return target


@RULES.rule("OB30-R-168")
def complete_lists_may_have_links(evidence: Evidence) -> Iterator[Observation]:
    """A Link header may be there for a complete list, and then says nothing wrong.

    Raises:
        NotApplicable: A complete list has none, which is right too.
    """
    book = _book(evidence)
    page = book.page(_LARGE)
    if not page.is_list or len(page.entries) < book.total or not page.links:
        raise NotApplicable("A complete list has no Link header, which none has to have.")
    if "next" in page.links and book.mine.page(query=query_of(page.links["next"]) or ()).entries:
        yield _finding(page, "OB30-R-168", "no link next on a complete list", page.links["next"])
    else:
        yield Held(evidence=(page.id,))
