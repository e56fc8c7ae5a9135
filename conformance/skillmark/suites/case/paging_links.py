"""Links between the pages of the document list: REST Binding 3.1, RFC 8288."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urljoin, urlsplit

from skillmark.core.errors import NotApplicable, Untested
from skillmark.core.target import Feature
from skillmark.suites.case.lists import (
    LIST,
    accepted,
    ask_list,
    filters,
    is_list,
    is_whole,
    limits,
    offered,
    require,
    selects,
    settled,
    shown,
    sorts,
)
from skillmark.suites.case.paging import MOST_PAGES, Walk, known_documents, limits_of_walks
from skillmark.suites.case.suite import CASE
from skillmark.wire.web_links import web_links

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from skillmark.engine import Observation
    from skillmark.suites.case.answers import Answer
    from skillmark.suites.case.evidence import CaseEvidence


@CASE.check("CASE-R-123")
def next_links_lead_through_the_list(case: CaseEvidence) -> Iterator[Observation]:
    """Following the next links from the first page shows every document once, and comes to an end."""
    require(case, Feature.PAGINATION, limits)

    def judge(limit: int) -> Iterator[Observation]:
        page = ask_list(case, limit=limit)
        walk = Walk(pages=[], seen=[])
        goes_on = walk.take(page)
        while goes_on and len(walk.pages) < MOST_PAGES and (following := _followed(case, page, "next")):
            page, count = following, len(walk.seen)
            goes_on = walk.take(page)
            if goes_on and len(walk.seen) == count and _target(page, "next"):
                walk.problem, walk.cause = f"page {len(walk.pages)} is empty and has a next link", "next never ends"
                goes_on = False
        ended = len(walk.pages) < MOST_PAGES
        yield from walk.judged(
            "CASE-R-123", total=known_documents(case) if ended else None, how=f"along the next links from limit={limit}"
        )

    yield from case.draw("next_links_lead_through_the_list", limits_of_walks(case), judge)


def _target(page: Answer, relation: str) -> str | None:
    return web_links(page.exchange).targets.get(relation)


def _followed(case: CaseEvidence, page: Answer, relation: str) -> Answer | None:
    """Ask what a link of a page points to, always at the target itself: a link may name any host."""
    target = _target(page, relation)
    address = None if target is None else _address(case, target)
    if address is None:
        return None
    query = [(name, value) for name, value in parse_qsl(address[1], keep_blank_values=True, errors="replace")]
    printable = tuple((_printable(name), _printable(value)) for name, value in query)
    return settled(case.ask(LIST, query=printable))


def _printable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _address(case: CaseEvidence, target: str) -> tuple[str, str] | None:
    """Return the absolute address without its query, and the query; ``None`` for what is no address."""
    try:
        parts = urlsplit(urljoin(_list_address(case), target))
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.netloc}{parts.path}", parts.query


def _list_address(case: CaseEvidence) -> str:
    return case.asker.base + case.standard.operations[LIST].path


@CASE.check("CASE-R-123")
def links_lead_to_neighbours_and_ends(case: CaseEvidence) -> Iterator[Observation]:
    """The prev link leads back to the page before, first to the first page, last to the page with the last document."""
    require(case, Feature.PAGINATION, limits)
    limit = accepted(case, max(1, len(case.documents) // 3))
    # A provider may have a maximum; the pages are compared in the size that it keeps to.
    limit = min(limit, len(shown(ask_list(case, limit=limit, offset=0))) or limit)
    first = ask_list(case, limit=limit, offset=0)
    middle = ask_list(case, limit=limit, offset=limit)
    if not shown(first) or not shown(middle) or len(shown(first)) > limit:
        raise Untested("The list shows no two pages.")
    links = web_links(middle.exchange)
    if links.malformed:
        yield _linked(middle, "a Link header of the form of RFC 8288", f"not readable from {links.malformed!r}")
    for relation, concerns in (("prev", first), ("first", first), ("last", None)):
        yield from _judged_relation(case, middle, relation=relation, same_as=concerns)
    for name, page in (("prev", first), ("next", None)):
        if page is not None and _target(page, name):
            yield _linked(page, f"no {name} link on the first page", f"{_target(page, name)}")
    yield from _addressed(case, middle)


def _linked(page: Answer, expected: str, actual: str) -> Observation:
    return page.finding("CASE-R-123", expected=expected, actual=actual)


def _judged_relation(
    case: CaseEvidence, page: Answer, *, relation: str, same_as: Answer | None
) -> Iterator[Observation]:
    """Judge one link of a page in the middle; without ``same_as`` it has to lead to the end of the list."""
    followed = _followed(case, page, relation)
    if followed is None:
        yield _linked(page, f"a {relation} link on a page in the middle", "no such link")
        return
    if same_as is not None:
        right, wanted = shown(followed) == shown(same_as), f"to the page that starts with {shown(same_as)[0]}"
    elif is_whole(case):
        last = case.documents[-1].identifier
        right, wanted = shown(followed)[-1:] == (last,), f"to the page that ends with {last}"
    else:
        right, wanted = is_list(followed), "to a page"
    if right:
        yield followed.held()
        return
    yield followed.finding(
        "CASE-R-123",
        expected=f"the {relation} link leads {wanted}",
        actual=f"a page of {', '.join(shown(followed)[:3]) or 'no documents'}" if is_list(followed) else followed.said,
        further=(page.id,),
        cause=f"{relation} leads elsewhere",
    )


def _addressed(case: CaseEvidence, page: Answer) -> Iterator[Observation]:
    """Look whether the links lead to the address that was asked."""
    wanted = _list_address(case)
    for relation, target in web_links(page.exchange).targets.items():
        address = _address(case, target)
        if relation not in case.standard.relations or address is None:
            continue
        if address[0].lower().rstrip("/") != wanted.lower():
            yield page.finding(
                "CASE-R-123",
                expected=f"links to {wanted}, where the list was asked for",
                actual=f"{relation} leads to {address[0]}",
                cause="links to another address",
            )
            return
    yield page.held()


@CASE.check("CASE-R-123")
def links_keep_other_parameters(case: CaseEvidence) -> Iterator[Observation]:
    """The links of a page keep the query parameters that the page was asked for with."""
    require(case, Feature.PAGINATION, limits)
    companions = [row for row in _companions(case) if _is_effective(case, row[0], row[1])]
    if not companions:
        raise NotApplicable("No other parameter of the list has an effect that a link could lose.")
    for feature, _, parameters in companions:
        page = ask_list(case, limit=1, **parameters)
        target = _target(page, "next")
        address = None if target is None else _address(case, target)
        if address is None:
            continue
        kept = dict(parse_qsl(address[1], keep_blank_values=True, errors="replace"))
        lost = [name for name, value in parameters.items() if kept.get(name) != value]
        if not lost:
            yield page.held()
            continue
        yield page.finding(
            "CASE-R-123",
            expected=f"a next link with {', '.join(f'{name}={parameters[name]}' for name in lost)}",
            actual=f"{target}",
            cause=f"{feature.value}: parameters lost",
        )


def _companions(
    case: CaseEvidence,
) -> tuple[tuple[Feature, Callable[[CaseEvidence], bool], dict[str, str]], ...]:
    """Return parameters that go with limit, each with the feature that it belongs to."""
    unlike = f"identifier!='{case.documents[0].identifier}'"
    return (
        (Feature.SORTING, sorts, {"sort": "identifier", "orderBy": "desc"}),
        (Feature.FIELD_SELECTION, selects, {"fields": "identifier,title"}),
        (Feature.FILTERING, filters, {"filter": unlike}),
    )


def _is_effective(case: CaseEvidence, feature: Feature, effect: Callable[[CaseEvidence], bool]) -> bool:
    try:
        return offered(case, feature, effect)
    except NotApplicable:
        return False
