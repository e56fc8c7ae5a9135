"""What the HTML report shows of exchanges and configuration, within a fixed size."""

from __future__ import annotations

import dataclasses
import html
import itertools
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from skillmark.core.escaping import trimmed, visible
from skillmark.reporting import summary
from skillmark.reporting.bodies import laid_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from skillmark.core.exchanges import Exchange
    from skillmark.core.outcomes import Outcome
    from skillmark.core.results import RequirementResult, RunResult
    from skillmark.reporting.summary import Defect

#: Bytes of HTML that exchanges may take up beside the findings, and again in the appendix.
_EXCHANGE_ALLOWANCE = 400_000
#: Bytes of HTML that the texts of findings may take up, those in one line, and exchanges in one line.
_FINDING_ALLOWANCE = 350_000
_LISTED_FINDING_ALLOWANCE = 200_000
_LISTED_EXCHANGE_ALLOWANCE = 150_000
#: Bytes of markup around the texts of a finding, of an exchange, and of a line of either.
_FINDING_FRAME = 1_500
_EXCHANGE_FRAME = 700
_LINE_FRAME = 450
#: Characters of a text that a finding shows, and that a line shows.
_TEXT = 640
_LINE = 160
_WORDINGS = 5
_BODY = 2_500
_HEADER = 300
_HEADERS = 40
_ADDRESS = 1_000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeView:
    """An exchange as the report prints it: texts cut to a length, not yet escaped."""

    id: str
    request: str
    request_headers: tuple[str, ...]
    #: For example ``200 OK``; empty when no answer came.
    status: str
    headers: tuple[str, ...]
    body: str
    #: What the shown body is of the whole.
    note: str
    trouble: str
    redirects: tuple[str, ...]
    digest: str

    @property
    def cost(self) -> int:
        """Bytes that it takes up in the report."""
        texts = (self.request, self.status, self.body, self.note, self.trouble, self.digest)
        return _EXCHANGE_FRAME + sum(map(_bytes, (*texts, *self.request_headers, *self.headers, *self.redirects)))

    @property
    def line_cost(self) -> int:
        """Bytes that it takes up in one line."""
        return _LINE_FRAME + _bytes(self.request[:_LINE])


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DefectView:
    """A defect with the exchange beside it, if there is one and room for it."""

    defect: Defect
    requirements: tuple[RequirementResult, ...]
    #: Further pairs of expected and actual, where its findings are worded differently.
    wordings: tuple[tuple[str, str], ...]
    exchange: ExchangeView | None
    curl: str

    @property
    def cost(self) -> int:
        """Bytes that it takes up in the report, apart from its exchange."""
        first = self.defect.first
        finding = first.finding
        texts = [finding.expected, finding.actual, finding.pointer, finding.dispute, *first.places]
        texts += [text for pair in self.wordings for text in pair]
        texts += [text for entry in self.requirements for text in (entry.says, entry.clause)]
        frames = _FINDING_FRAME + _LINE_FRAME * len(self.requirements)
        return frames + _bytes(self.curl) + sum(_bytes(text[:_TEXT]) for text in texts)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The findings and exchanges of a report, cut to its size."""

    defects: tuple[DefectView, ...]
    #: Defects of which only one line is shown.
    listed_defects: tuple[Defect, ...]
    #: Exchanges that findings refer to, and those that only passes refer to.
    of_findings: tuple[ExchangeView, ...]
    of_passes: tuple[ExchangeView, ...]
    #: Exchanges of which only one line is shown.
    listed: tuple[ExchangeView, ...]
    #: How many defects and exchanges are in ``results.json`` only.
    defects_left_out: int
    exchanges_left_out: int

    @property
    def anchors(self) -> frozenset[str]:
        """Ids of the exchanges that a link can lead to."""
        return frozenset(each.id for each in (*self.of_findings, *self.of_passes, *self.listed))


def _bytes(text: str) -> int:
    """Return how much a text takes up when it is made visible and escaped."""
    return len(html.escape(visible(text)).encode())


class _Allowance:
    """Bytes that may still be spent."""

    def __init__(self, number: int) -> None:
        self._left = number

    def spend(self, number: int) -> bool:
        """Take the bytes if there are enough."""
        if number > self._left:
            return False
        self._left -= number
        return True


def shown(result: RunResult) -> Shown:
    """Choose what is shown in full, what in one line and what not, so that the report stays below two megabytes."""
    defects, rest = _defects(result)
    room = _Allowance(_EXCHANGE_ALLOWANCE)
    accused = list(dict.fromkeys(name for each in result.findings for name in each.finding.evidence))
    first = [name for name in accused if name in result.exchanges]
    others = [name for name in result.exchanges if name not in set(first)]
    views = [exchange_view(result.exchanges[name]) for name in (*first, *others)]
    full = [view for view in views if room.spend(view.cost)]
    kept = {view.id for view in full}
    rest_of_room = _Allowance(_LISTED_EXCHANGE_ALLOWANCE)
    lines = [view for view in views if view.id not in kept]
    listed = list(itertools.takewhile(lambda view: rest_of_room.spend(view.line_cost), lines))
    listed_defects = _listed(rest)
    return Shown(
        defects=defects,
        listed_defects=listed_defects,
        of_findings=tuple(view for view in full if view.id in set(first)),
        of_passes=tuple(view for view in full if view.id not in set(first)),
        listed=tuple(listed),
        defects_left_out=len(rest) - len(listed_defects),
        exchanges_left_out=len(lines) - len(listed),
    )


def _listed(defects: tuple[Defect, ...]) -> tuple[Defect, ...]:
    """Return the first defects, of which one line each is shown."""
    room = _Allowance(_LISTED_FINDING_ALLOWANCE)

    def cost(defect: Defect) -> int:
        findings = [each.finding for each in defect.findings]
        return sum(_LINE_FRAME + _bytes(each.expected[:_LINE]) + _bytes(each.actual[:_LINE]) for each in findings)

    return tuple(itertools.takewhile(lambda defect: room.spend(cost(defect)), defects))


def _defects(result: RunResult) -> tuple[tuple[DefectView, ...], tuple[Defect, ...]]:
    texts, exchanges = _Allowance(_FINDING_ALLOWANCE), _Allowance(_EXCHANGE_ALLOWANCE)
    full: list[DefectView] = []
    found = summary.defects(result)
    for position, defect in enumerate(found):
        view = _defect_view(defect, result, exchanges)
        if not texts.spend(view.cost):
            return tuple(full), found[position:]
        full.append(view)
    return tuple(full), ()


def _defect_view(defect: Defect, result: RunResult, room: _Allowance) -> DefectView:
    finding = defect.first.finding
    exchange = next((result.exchanges[name] for name in finding.evidence if name in result.exchanges), None)
    view = exchange_view(exchange) if exchange else None
    wordings = dict.fromkeys((each.finding.expected, each.finding.actual) for each in defect.findings)
    wordings.pop((finding.expected, finding.actual), None)
    return DefectView(
        defect=defect,
        requirements=tuple(result.requirements[each.finding.requirement] for each in defect.findings),
        wordings=tuple(wordings)[:_WORDINGS],
        exchange=view if view and room.spend(view.cost) else None,
        curl=trimmed(exchange.curl, _ADDRESS) if exchange else "",
    )


def exchange_view(exchange: Exchange) -> ExchangeView:
    """Return an exchange as the report prints it."""
    body = exchange.excerpt[:_BODY]
    laid = laid_out(body)
    return ExchangeView(
        id=exchange.id,
        request=f"{exchange.method} {trimmed(exchange.url, _ADDRESS)}",
        request_headers=tuple(_headers(exchange.request_headers)),
        status="" if exchange.status is None else f"{exchange.status} {trimmed(exchange.reason, _HEADER)}".strip(),
        headers=tuple(_headers(exchange.headers)),
        body=laid,
        note=_note(exchange, is_cut=len(body) < len(exchange.excerpt), is_laid_out=laid != body),
        trouble=f"{exchange.trouble.kind}: {trimmed(exchange.trouble.message, _ADDRESS)}" if exchange.trouble else "",
        redirects=tuple(trimmed(address, _HEADER) for address in exchange.redirects[:_HEADERS]),
        digest=exchange.digest,
    )


def _headers(headers: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for name, value in headers[:_HEADERS]:
        yield f"{trimmed(name, _HEADER)}: {trimmed(value, _HEADER)}"
    if len(headers) > _HEADERS:
        yield f"\u2026 {len(headers) - _HEADERS} more headers"


def _note(exchange: Exchange, *, is_cut: bool, is_laid_out: bool) -> str:
    if not exchange.size and not exchange.excerpt:
        return "no body"
    parts = [f"{exchange.size:,} bytes"]
    if is_cut or exchange.size > len(exchange.excerpt.encode(errors="replace")):
        parts.append("the beginning is shown")
    if is_laid_out:
        parts.append("line breaks added")
    return ", ".join(parts)


def settings(configuration: Mapping[str, object], *, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield each setting as a dotted name and its value; those without one are left out, and lists of sections that are empty."""
    for name, value in configuration.items():
        if isinstance(value, Mapping):
            yield from settings(value, prefix=f"{prefix}{name}.")
        elif isinstance(value, str) and value:
            yield f"{prefix}{name}", value
        elif value not in ("", None) and (value or not isinstance(value, list) or not prefix):
            yield f"{prefix}{name}", json.dumps(value, ensure_ascii=False, default=str)


def disputed(result: RunResult) -> tuple[RequirementResult, ...]:
    """Return the requirements whose documents leave room, or against which a finding is disputed."""
    named = {each.finding.requirement for each in result.findings if each.finding.dispute}
    return tuple(entry for entry in result.requirements.values() if entry.readings or entry.id in named)


def disputes_of(result: RunResult, requirement: str) -> tuple[str, ...]:
    """Return the other readings that findings against a requirement name."""
    mine = (each.finding.dispute for each in result.findings if each.finding.requirement == requirement)
    return tuple(dict.fromkeys(text for text in mine if text))


def bars(counts: Mapping[Outcome, int]) -> Iterable[tuple[Outcome, float, float]]:
    """Yield each outcome that occurs, with the start and the width of its part of a bar, in percent."""
    total = sum(counts.values()) or 1
    start = 0.0
    for outcome, number in counts.items():
        if number:
            width = 100 * number / total
            yield outcome, round(start, 2), round(width, 2)
            start += width
