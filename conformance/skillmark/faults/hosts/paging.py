"""Hosts that cut and restrict lists badly (Open Badges API, getCredentials; Paging)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

from skillmark.faults.hosts.behaving import answers, hears, linking, links_of, refused
from skillmark.faults.hosts.fault import fault
from skillmark.faults.hosts.shelves import is_after, shelving

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.faults.hosts.behaving import Behaviour, Make
    from skillmark.faults.hosts.calls import Call
    from skillmark.faults.hosts.shelves import Entry
    from skillmark.faults.hosts.world import Host
    from skillmark.faults.provider import Given

_AT = "getCredentials"
_SINCE, _PAGES, _TOTAL, _LINK, _RELATIONS, _SUPPORTED = (
    "OB30-R-153",
    "OB30-R-154",
    "OB30-R-165",
    "OB30-R-166",
    "OB30-R-167",
    "OB30-R-243",
)
_MISSES = "A client that pages misses or repeats badges."
_COUNT = "A client does not know how far it is."
_STUCK = "A client does not find its way."
_OLD = "A client gets what it has, or misses what is new."


def _heard(change: Callable[[Call], Call]) -> Make:
    return hears(_AT, change)


def _number(call: Call, name: str) -> int | None:
    text = call.parameter(name) or ""
    return int(text) if re.fullmatch(r"\d{1,9}", text) else None


def _changed(name: str, change: Callable[[Call, int], int]) -> Make:
    """Return a host that reads another number than was written."""

    def heard(call: Call) -> Call:
        number = _number(call, name)
        return call if number is None else call.asking(**{name: str(change(call, number))})

    return _heard(heard)


def _takes(name: str, is_wrong: Callable[[str], bool]) -> Make:
    """Return a host that looks over a parameter that is wrong."""

    def heard(call: Call) -> Call:
        value = call.parameter(name)
        return call.asking(**{name: None}) if value is not None and is_wrong(value) else call

    return _heard(heard)


def _is_negative(text: str) -> bool:
    return bool(re.fullmatch(r"-\d+", text))


def _is_no_number(text: str) -> bool:
    return not re.fullmatch(r"-?\d+", text)


def _is_no_moment(text: str) -> bool:
    return not re.fullmatch(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", text)


def _total(change: Callable[[Given], str | None]) -> Make:
    def changed(_: Call, given: Given) -> Given:
        told = change(given)
        given.headers.pop("x-total-count", None)
        if told is not None:
            given.headers["x-total-count"] = told
        return given

    return answers(_AT, changed, status=200)


def _on_page(given: Given) -> int:
    return sum(map(len, given.json.values()))


def _links(change: Callable[[Call, dict[str, str]], dict[str, str]]) -> Make:
    return answers(_AT, lambda call, given: linking(given, change(call, links_of(given))), status=200)


def _without(*relations: str) -> Make:
    return _links(lambda _, links: {name: address for name, address in links.items() if name not in relations})


def _readdressed(address: str, **parameters: str | None) -> str:
    place = urlsplit(address)
    kept = {name: value for name, value in parse_qsl(place.query) if name not in parameters}
    added = {name: value for name, value in parameters.items() if value is not None}
    return place._replace(query=urlencode(kept | added)).geturl()


def _all_links(**parameters: str | None) -> Make:
    return _links(lambda _, links: {name: _readdressed(address, **parameters) for name, address in links.items()})


def _one_link(relation: str, change: Callable[[Call, dict[str, str]], str]) -> Make:
    def changed(call: Call, links: dict[str, str]) -> dict[str, str]:
        return links | ({relation: change(call, links)} if relation in links else {})

    return _links(changed)


def _address(call: Call, **parameters: str) -> str:
    return _readdressed(f"{call.origin}{call.target}", **parameters)


def _always_next(call: Call, links: dict[str, str]) -> dict[str, str]:
    return {"next": _address(call, offset=str((_number(call, "offset") or 0) + 1))} | links


def _prev_at_once(call: Call, links: dict[str, str]) -> dict[str, str]:
    return {"prev": _address(call, offset="0")} | links


def _restless() -> Behaviour:
    """Turn the order round at every request."""
    asked: list[int] = []

    def order(entries: list[Entry]) -> list[Entry]:
        asked.append(1)
        return entries[::-1] if len(asked) % 2 else entries

    return shelving(order=order)()


def _overlapping(entries: list[Entry], limit: int, offset: int) -> list[Entry]:
    return entries[max(0, offset - 1) :][:limit]


def _without_last_page(entries: list[Entry], limit: int, offset: int) -> list[Entry]:
    return entries[offset : offset + limit] if not offset or offset + limit < len(entries) else []


def _pages_of(limit: int, offset: int) -> int:
    return limit * offset


def _limit_of(call: Call) -> int:
    return _number(call, "limit") or 100


def _reads_local_times(entry: Entry, since: str) -> bool:
    """Compare what clocks on the wall show."""
    return entry.begin[:19] > since[:19].upper()


def _reads_texts(entry: Entry, since: str) -> bool:
    return entry.begin > since


def _reads_days(entry: Entry, since: str) -> bool:
    return entry.begin[:10] > since[:10]


def _fails_at_zones() -> Behaviour:
    def behaviour(call: Call, host: Host) -> Given:
        since = call.parameter("since") if call.operation == _AT else None
        if since and re.search(r"[+-]\d\d:\d\d$", since):
            return refused(host, 400, "since: expected is Z.")
        return host.answer(call)

    return behaviour


FAULTS = (
    fault("ignores-since", _SINCE, effect=_OLD, make=_heard(lambda call: call.asking(since=None))),
    fault("turns-since-round", _SINCE, effect=_OLD, make=shelving(after=lambda *found: not is_after(*found))),
    fault("compares-since-as-text", _SINCE, effect=_OLD, make=shelving(after=_reads_texts)),
    fault("compares-since-without-zones", _SINCE, effect=_OLD, make=shelving(after=_reads_local_times)),
    fault("compares-since-by-day", _SINCE, effect=_OLD, make=shelving(after=_reads_days)),
    fault("refuses-zones-in-since", _SINCE, effect="A client cannot ask in its own time.", make=_fails_at_zones),
    fault(
        "takes-everything-for-a-moment",
        _SINCE,
        disputed=True,
        effect="A client with a slip gets everything, and does not notice.",
        make=_takes("since", _is_no_moment),
    ),
    fault("has-nothing-since", _SINCE, effect=_OLD, make=shelving(after=lambda _, __: False)),
    fault("ignores-limit", _PAGES, _SUPPORTED, effect=_MISSES, make=_heard(lambda call: call.asking(limit=None))),
    fault("ignores-offset", _PAGES, _SUPPORTED, effect=_MISSES, make=_heard(lambda call: call.asking(offset=None))),
    fault(
        "ignores-limit-and-offset",
        _PAGES,
        _SUPPORTED,
        _LINK,
        effect="A client gets everything at once.",
        make=_heard(lambda call: call.asking(limit=None, offset=None)),
    ),
    fault(
        "counts-offset-in-pages",
        _PAGES,
        effect=_MISSES,
        make=_changed("offset", lambda call, offset: _pages_of(_limit_of(call), offset)),
    ),
    fault(
        "counts-offset-from-one", _PAGES, effect=_MISSES, make=_changed("offset", lambda _, offset: max(0, offset - 1))
    ),
    fault("gives-one-more", _PAGES, effect=_MISSES, make=_changed("limit", lambda _, limit: limit + bool(limit))),
    fault(
        "takes-zero-for-all",
        _PAGES,
        disputed=True,
        effect="A slip brings everything.",
        make=_takes("limit", lambda text: text == "0"),
    ),
    fault(
        "takes-negative-limits",
        _PAGES,
        disputed=True,
        effect="A slip brings everything.",
        make=_takes("limit", _is_negative),
    ),
    fault(
        "takes-negative-offsets",
        _PAGES,
        disputed=True,
        effect="A slip brings the first page.",
        make=_takes("offset", _is_negative),
    ),
    fault(
        "takes-words-for-limits",
        _PAGES,
        disputed=True,
        effect="A slip brings everything.",
        make=_takes("limit", _is_no_number),
    ),
    fault(
        "takes-words-for-offsets",
        _PAGES,
        disputed=True,
        effect="A slip brings the first page.",
        make=_takes("offset", _is_no_number),
    ),
    fault("has-no-stable-order", _PAGES, effect=_MISSES, make=_restless),
    fault("has-pages-that-overlap", _PAGES, effect=_MISSES, make=shelving(cut=_overlapping)),
    fault("loses-the-last-page", _PAGES, effect=_MISSES, make=shelving(cut=_without_last_page)),
    fault("counts-the-page", _TOTAL, _SUPPORTED, effect=_COUNT, make=_total(lambda given: str(_on_page(given)))),
    fault(
        "counts-one-too-many",
        _TOTAL,
        effect=_COUNT,
        make=shelving(total=lambda entries, _: len(entries) + 1),
    ),
    fault(
        "counts-no-tokens",
        _TOTAL,
        effect=_COUNT,
        make=shelving(total=lambda entries, _: sum(not each.is_token for each in entries)),
    ),
    fault("counts-in-words", _TOTAL, effect=_COUNT, make=_total(lambda _: "many")),
    fault("has-no-links", _LINK, _RELATIONS, _SUPPORTED, effect=_STUCK, make=_without("first", "last", "next", "prev")),
    fault("has-no-first-link", _RELATIONS, effect=_STUCK, make=_without("first")),
    fault("has-no-last-link", _RELATIONS, effect=_STUCK, make=_without("last")),
    fault("has-no-next-link", _RELATIONS, _LINK, effect=_STUCK, make=_without("next")),
    fault("has-no-prev-link", _RELATIONS, effect=_STUCK, make=_without("prev")),
    fault("has-always-a-next-link", _RELATIONS, effect="A client goes on for ever.", make=_links(_always_next)),
    fault(
        "has-a-prev-link-at-once",
        _RELATIONS,
        disputed=True,
        effect="A client that goes back goes on for ever.",
        make=_links(_prev_at_once),
    ),
    fault(
        "links-next-to-the-same-page",
        _RELATIONS,
        effect="A client goes on for ever.",
        make=_one_link("next", lambda call, _: _address(call)),
    ),
    fault(
        "links-next-to-the-last-page",
        _RELATIONS,
        effect=_MISSES,
        make=_one_link("next", lambda _, links: links["last"]),
    ),
    fault(
        "links-prev-to-the-first-page",
        _RELATIONS,
        effect=_MISSES,
        make=_one_link("prev", lambda _, links: links["first"]),
    ),
    fault(
        "links-first-to-the-second-page",
        _RELATIONS,
        effect=_MISSES,
        make=_one_link("first", lambda call, links: _readdressed(links["first"], offset=str(_limit_of(call)))),
    ),
    fault(
        "links-last-beyond-the-end",
        _RELATIONS,
        effect=_MISSES,
        make=_one_link("last", lambda _, links: _readdressed(links["last"], offset="100000")),
    ),
    fault("links-forget-since", _RELATIONS, _SINCE, effect=_OLD, make=_all_links(since=None)),
    fault("links-forget-the-limit", _RELATIONS, effect=_MISSES, make=_all_links(limit=None)),
    fault(
        "links-lead-inside",
        _RELATIONS,
        disputed=True,
        effect="A client cannot reach the address.",
        make=_links(
            lambda call, links: {
                name: address.replace(call.origin, "http://backend.internal:8080") for name, address in links.items()
            }
        ),
    ),
)
