"""Transport: REST Binding, 2 and 5; media types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.core.findings import Finding, Held
from skillmark.suites.case.answers import told
from skillmark.suites.case.errors import has_status_body, provoked
from skillmark.suites.case.suite import CASE
from skillmark.suites.encryption import endpoint, refuses_ssl_3, speaks_tls_1_2_or_1_3
from skillmark.wire.addresses import is_loopback
from skillmark.wire.documents import media_type_of
from skillmark.wire.tls import is_open

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.engine import Observation
    from skillmark.suites.case.answers import Answer
    from skillmark.suites.case.evidence import CaseEvidence

_JSON = "application/json"
_HTTP, _HTTPS = 80, 443


@CASE.check("CASE-R-044")
def bodies_are_json(case: CaseEvidence) -> Iterator[Observation]:
    """Every body is JSON in UTF-8, and its media type is application/json."""
    answers = [answer for answer in case.gathered if answer.status == 200 or answer.exchange.trouble is not None]
    # The smallest answer that shows a defect shows it best.
    answers += [answer for answer in provoked(case) if has_status_body(answer)]
    for answer in told(sorted(answers, key=lambda each: each.exchange.size)):
        found: list[Observation] = [*_type_findings(answer), *_body_findings(answer)]
        yield from found or [answer.held()]


def _type_findings(answer: Answer) -> Iterator[Finding]:
    stated = answer.exchange.header("content-type")
    if answer.exchange.trouble is None and media_type_of(stated) != _JSON:
        yield answer.finding(
            "CASE-R-044",
            expected=f"Content-Type {_JSON}",
            actual=f"Content-Type {stated!r:.80}" if stated else "no Content-Type",
            cause="media type",
        )


def _body_findings(answer: Answer) -> Iterator[Finding]:
    if answer.exchange.trouble is not None or answer.document is None:
        yield answer.finding("CASE-R-044", expected="a body that can be read as JSON", actual=_unread(answer))
        return
    for problem in answer.document.problems:
        yield answer.finding(
            "CASE-R-044",
            expected="a body that is JSON in UTF-8 (RFC 8259)",
            actual=problem.message,
            cause=problem.kind.value,
        )


def _unread(answer: Answer) -> str:
    return answer.said if answer.exchange.trouble is not None else "an empty body"


# TLS


@CASE.check("CASE-R-165")
def nothing_is_served_without_tls(case: CaseEvidence) -> Iterator[Observation]:
    """The https endpoint answers, and no payload is served over plain http."""
    host, port = endpoint(case.context.target.url)
    first = next(told([case.first_list]), None)
    if first is not None and first.status == 200:
        yield first.held()
    ports = {port} | ({_HTTP} if port == _HTTPS and not is_loopback(host) else set())
    for each in sorted(ports):
        yield from _without_tls(case, host, each)


def _without_tls(case: CaseEvidence, host: str, port: int) -> Iterator[Observation]:
    if not is_open(host, port):
        yield Held()
        return
    name = f"[{host}]" if ":" in host else host
    base = case.asker.base.partition("://")[2].partition("/")[2]
    operation = case.standard.operations["getAllCFDocuments"]
    answer = case.ask_url(f"http://{name}:{port}/{base}{operation.url_path(None)}", authorised=False)
    is_served = answer.status == 200 and not any(to.startswith("https://") for to in answer.exchange.redirects)
    if is_served and answer.payload is not None:
        yield answer.finding(
            "CASE-R-165",
            expected="the plain http port closed, or redirecting to https",
            actual=f"port {port} serves {answer.said} without TLS",
        )
    else:
        yield answer.held()


@CASE.check("CASE-R-166")
def tls_1_2_or_1_3_is_spoken(case: CaseEvidence) -> Iterator[Observation]:
    """A handshake in TLS 1.2 or in TLS 1.3 succeeds."""
    yield speaks_tls_1_2_or_1_3(*endpoint(case.context.target.url), requirement="CASE-R-166")


@CASE.check("CASE-R-167")
def ssl_is_refused(case: CaseEvidence) -> Iterator[Observation]:
    """A handshake in SSL 3.0 fails."""
    yield refuses_ssl_3(*endpoint(case.context.target.url), requirement="CASE-R-167")
