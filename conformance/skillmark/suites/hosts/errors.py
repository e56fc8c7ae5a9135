"""Refusals: Open Badges API, errors; Data Models, Imsx_StatusInfo."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from skillmark.core.errors import NotApplicable, Untested
from skillmark.core.exchanges import Request
from skillmark.core.findings import Finding, Held
from skillmark.engine.drawing import explore
from skillmark.suites.hosts.holdings import LIST, UPSERT, holdings, said
from skillmark.suites.hosts.profiles import GET, PUT
from skillmark.suites.hosts.rules import RULES
from skillmark.suites.hosts.samples import EMBEDDED, JSON, TEXT, TOKEN, signed
from skillmark.suites.hosts.schemas import departures
from skillmark.suites.hosts.statuses import code_minors, fitting, has_status_info
from skillmark.suites.verifiers.samples import endorsement, signer_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from skillmark.core.exchanges import Reply
    from skillmark.engine import Observation
    from skillmark.suites.hosts.evidence import Evidence
    from skillmark.suites.hosts.holdings import Holdings
    from skillmark.suites.hosts.samples import Sent

_CLASS, _CARRIED, _CRASHES = "OB30-R-026", "OB30-R-162", "OB30-R-163"
_INFO = "Imsx_StatusInfo"
_REFUSED = 400
_CRASHED = 500
#: Statuses by which a server says that it is not well, rather than that it does not understand.
_KEPT_STATUSES = frozenset({200, 201})
_UNWELL = frozenset({501, 503})
_KEPT = "provoked"
_UNKNOWN_PATH = "What is no operation of the interface is none of its answers either."
_CODES = "The table has a code-minor for each status; that it is the only one for it is not said."
_SEVERITY = "The table has a severity for each status; that it is the only one for it is not said."
_ACCEPTED = "That a host refuses what is no valid credential is said nowhere; that what it lists verifies is."
_NO_CREDENTIAL = "OB30-R-155"
_VERIFIABLE = "OB30-R-242"
_TOKENLESS = "not-a-token-of-anybody"
_WRONG_QUERIES = (("limit", "0"), ("limit", "abc"), ("offset", "-1"), ("since", "yesterday"))

_DAMAGES = ("cut", "inserted", "member replaced", "member lost")
_NOISE = ("\x00", "\ufeff", "}", '"', ".", "\U0001f600", "\\ud800", "-1e999", "A" * 70_000)
_VALUES: tuple[Any, ...] = (None, True, -1, 2**70, "", "\x00", [], [[]], {}, {"id": None}, ["x"] * 200)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Provoked:
    """A request that cannot be right, and the answer."""

    says: str
    reply: Reply
    value: Any
    #: Whether it is about an operation of the interface.
    is_operation: bool = True

    @property
    def status(self) -> int:
        """The status of the answer."""
        return self.reply.exchange.status or 0

    @property
    def is_refused(self) -> bool:
        """Whether it is an error."""
        return self.status >= _REFUSED

    def finding(self, requirement: str, expected: str, actual: str = "", pointer: str = "", **more: str) -> Finding:
        """Return a finding that the answer shows."""
        return Finding(
            requirement=requirement,
            expected=expected,
            actual=f"{actual or said(self.reply)} ({self.says})",
            pointer=pointer,
            evidence=(self.reply.exchange.id,),
            **more,
        )


def _provoked(evidence: Evidence) -> tuple[Provoked, ...]:
    """Return what is said to requests that cannot be right, each sent once.

    Raises:
        Untested: Nothing was answered at all.
    """
    found = evidence.kept.get(_KEPT)
    if not isinstance(found, tuple):
        sent = ((says, reply, is_operation) for says, reply, is_operation in _provocations(evidence))
        found = tuple(
            Provoked(says=says, reply=reply, value=evidence.json(reply), is_operation=is_operation)
            for says, reply, is_operation in sent
            if reply.exchange.trouble is None
        )
        evidence.kept[_KEPT] = found
    if not found:
        raise Untested("Nothing that cannot be right was answered.")
    return found


def _provocations(evidence: Evidence) -> Iterator[tuple[str, Reply, bool]]:
    mine = holdings(evidence)
    for operation in (LIST, GET):
        yield f"{operation} without a token", evidence.call(operation), True
        yield f"{operation} with a token of nobody", evidence.call(operation, token=_TOKENLESS), True
    session = evidence.session()
    for name, value in _WRONG_QUERIES:
        yield f"{name}={value}", mine.call(LIST, query=((name, value),)), True
    for says, body, media_type in _bad_bodies(mine):
        yield says, mine.call(UPSERT, body=body, content_type=media_type), True
    yield from _odd_bodies(mine)
    # PATCH without a body harms nobody, even where a host has made something of it.
    yield "PATCH of the list", evidence.call(LIST, session, method="PATCH"), True
    if evidence.is_described(PUT):
        yield "a profile that is none", mine.call(PUT, body=b"[]", content_type=JSON), True
    yield "PATCH of the profile", evidence.call(GET, session, method="PATCH"), True
    yield from _without_scope(evidence)
    yield "an address of no operation", evidence.call(LIST, session, path_suffix="/no/such/operation"), False
    header = ("Authorization", f"Bearer {session.access_token}")
    address = f"{evidence.base}/no-such-operation"
    yield "an address of no operation", evidence.send(Request(url=address, headers=(header,), authorised=False)), False


def _odd_bodies(mine: Holdings) -> Iterator[tuple[str, Reply, bool]]:
    """Hand in what some hosts take and others refuse, so that only the manner of a refusal is looked at."""
    samples = mine.samples()
    whole, other = samples.sent(EMBEDDED), samples.sent(EMBEDDED)
    profile = signer_of(EMBEDDED).profile
    draft = endorsement(profile, "endorsement", of=other.identity.id) | {"id": samples.fresh_id()}
    for says, sent, text, media_type in (
        ("a member twice", whole, '{"name": "First",' + whole.text[1:], JSON),
        ("a credential as XML", other, other.text, "application/xml"),
        ("a credential of another kind", other, signed(draft, EMBEDDED).text, JSON),
    ):
        reply = mine.call(UPSERT, body=text.encode(), content_type=media_type)
        if reply.exchange.status in _KEPT_STATUSES:
            mine.poison(sent, text.encode())
        yield says, reply, True


def _without_scope(evidence: Evidence) -> Iterator[tuple[str, Reply, bool]]:
    # Whether somebody may read a profile and nothing else is not for this check to say.
    with contextlib.suppress(Untested):
        reader = evidence.session(scopes=(evidence.scope_of(GET),))
        yield f"{LIST} with a token for {GET}", evidence.call(LIST, reader), True


def _bad_bodies(mine: Holdings) -> Iterator[tuple[str, bytes, str]]:
    """Yield bodies that are no credential at all, with what is wrong in words."""
    whole = mine.samples().sent(EMBEDDED)
    token = mine.samples().sent(TOKEN)
    yield "JSON that breaks off", whole.text[: len(whole.text) // 2].encode(), JSON
    yield "no body", b"", JSON
    yield "an array", b"[]", JSON
    yield "a number", b"17", JSON
    yield "null", b"null", JSON
    yield "an empty object", b"{}", JSON
    yield "bytes that are not UTF-8", b'{"name": "\xff\xfe"}', JSON
    yield "a text that is no token", b"this is no token", TEXT
    yield "two parts of a token", token.text.rpartition(".")[0].encode(), TEXT
    yield "JSON nested 2,000 levels deep", b'{"a":' * 2000 + b"1" + b"}" * 2000, JSON


@RULES.rule("OB30-R-026")
def refusals_are_of_their_class(evidence: Evidence) -> Iterator[Observation]:
    """Every Imsx_StatusInfo has the members, datatypes, multiplicities and enumerations of the model."""
    is_seen = False
    for each in _provoked(evidence):
        if not has_status_info(each.value):
            continue
        is_seen = True
        found = list(departures(evidence.service.id, _INFO, each.value))
        for pointer, reason, _ in found:
            yield each.finding(_CLASS, f"an {_INFO}", reason, pointer, cause=f"{pointer}: {reason}")
        if not found:
            yield Held(evidence=(each.reply.exchange.id,))
    if not is_seen:
        raise Untested(f"No answer of the run has an {_INFO}.")


@RULES.rule("OB30-R-162")
def refusals_carry_a_status_info(evidence: Evidence) -> Iterator[Observation]:
    """Errors carry an Imsx_StatusInfo that explains the cause, with a code-minor that goes with the status."""
    for each in _provoked(evidence):
        if not each.is_refused:
            continue
        if has_status_info(each.value):
            yield from _explained(evidence, each)
        elif each.is_operation:
            yield each.finding(_CARRIED, f"an {_INFO}", cause=f"status {each.status} without one")
    for each in _provoked(evidence):
        if not each.is_operation and each.status in _KEPT_STATUSES:
            expected = "404 for an address of no operation"
            yield each.finding(_CARRIED, expected, cause="no error", dispute=_UNKNOWN_PATH)


def _explained(evidence: Evidence, each: Provoked) -> Iterator[Observation]:
    row = evidence.service.status(each.status)
    codes, wanted = code_minors(each.value), fitting(evidence.service, each.status)
    major, severity = each.value.get("imsx_codeMajor"), each.value.get("imsx_severity")
    if major in {"success", "processing"}:
        expected = f"imsx_codeMajor {row.code_major} with an error"
        yield each.finding(_CARRIED, expected, f"{major} with status {each.status}", "/imsx_codeMajor", cause="major")
    elif severity != row.severity:
        expected = f"imsx_severity {row.severity} with status {each.status}"
        yield each.finding(
            _CARRIED, expected, f"{severity}", "/imsx_severity", cause=expected, dispute=_severity(severity)
        )
    elif not codes and not each.value.get("imsx_description"):
        yield each.finding(
            _CARRIED, "a code-minor or a description that says what is wrong", "neither", cause="neither"
        )
    elif codes and not wanted & set(codes):
        expected = f"a code-minor of status {each.status}: {' or '.join(sorted(wanted))}"
        is_success = bool(set(codes) & {"fullsuccess", "not_modified"})
        yield each.finding(
            _CARRIED,
            expected,
            ", ".join(codes),
            "/imsx_codeMinor/imsx_codeMinorField",
            cause=expected,
            dispute="" if is_success else _CODES,
        )
    else:
        yield Held(evidence=(each.reply.exchange.id,))


def _severity(severity: object) -> str:
    return _SEVERITY if severity in {"error", "status", "warning"} else ""


@RULES.rule("OB30-R-163")
def bad_requests_do_no_harm(evidence: Evidence) -> Iterator[Observation]:
    """No request, whatever it is, is answered with 500 where the fault is that of the request."""
    for each in _provoked(evidence):
        yield from _harmless(each)
    mine = holdings(evidence)
    head = mine.call(LIST, method="HEAD")
    yield from _harmless(Provoked(says="HEAD of the list", reply=head, value=None))
    made = {each: mine.samples().sent(each) for each in (EMBEDDED, TOKEN)}

    def judge(case: tuple[str, str, int, str]) -> Iterator[Observation]:
        form, how, place, noise = case
        sent = made[form]
        body = _damaged(sent, how, place, noise)
        reply = mine.call(UPSERT, body=body, content_type=sent.media_type)
        if reply.exchange.status in _KEPT_STATUSES:
            mine.poison(sent, body)
        yield from _harmless(Provoked(says=f"{form}: {how}", reply=reply, value=evidence.json(reply)))

    cases = st.tuples(
        st.sampled_from(sorted(made)), st.sampled_from(_DAMAGES), st.integers(0, 10**6), st.sampled_from(_NOISE)
    )
    seed = evidence.context.seed_of("bad_requests_do_no_harm")
    yield from explore(cases, judge, depth=evidence.context.depth, seed=seed)
    for sent in made.values():
        if sent.identity in mine.poisoned:
            mine.upsert(sent)


def _damaged(sent: Sent, how: str, place: int, noise: str) -> bytes:
    """Return a credential that cannot be right any more, whatever its place is cut down to."""
    if how == "cut":
        return sent.text[: place % len(sent.text)].encode()
    if how == "inserted" or sent.is_token:
        at = place % len(sent.text)
        return (sent.text[:at] + noise + sent.text[at:]).encode()
    names = [each for each in sent.document if each != "@context"]
    name = names[place % len(names)]
    if how == "member lost":
        return json.dumps({each: value for each, value in sent.document.items() if each != name}).encode()
    return json.dumps(sent.document | {name: _VALUES[place // len(names) % len(_VALUES)]}).encode()


def _harmless(each: Provoked) -> Iterator[Observation]:
    if each.status >= _CRASHED and each.status not in _UNWELL:
        yield each.finding(
            _CRASHES, "an answer that says what is wrong with the request", cause=f"status {each.status}"
        )
    else:
        yield Held(evidence=(each.reply.exchange.id,))


@RULES.rule("OB30-R-155")
def nonsense_is_not_created(evidence: Evidence) -> Iterator[Observation]:
    """What is no credential at all is not answered with 200 or 201."""
    mine = holdings(evidence)
    mine.forms()
    for says, body, media_type in _bad_bodies(mine):
        reply = mine.call(UPSERT, body=body, content_type=media_type)
        each = Provoked(says=says, reply=reply, value=evidence.json(reply))
        if each.status in _KEPT_STATUSES:
            yield each.finding(_NO_CREDENTIAL, "an error for what is no credential", cause="nonsense is kept")
        else:
            yield Held(evidence=(reply.exchange.id,))


@RULES.rule("OB30-R-242")
def forgeries_are_not_listed(evidence: Evidence) -> Iterator[Observation]:
    """What was changed after it was signed, or never signed, and so does not verify, is refused, or at least not listed."""
    mine = holdings(evidence)
    mine.forms()
    for says, healthy, forged in _forgeries(mine):
        deposit = mine.upsert(forged)
        if not deposit.is_kept:
            yield deposit.held()
            continue
        mine.poison(forged, forged.text.encode())
        entry = mine.listing().find(forged.identity)
        # The list of the account should not stay as the test has made it.
        mine.upsert(healthy)
        if entry is None:
            yield deposit.held()
            continue
        yield Finding(
            requirement=_VERIFIABLE,
            expected=f"a credential that {says} is refused, or not listed",
            actual=f"it is listed, after status {deposit.status}",
            pointer=entry.pointer,
            evidence=(deposit.id, entry.exchange),
            cause=says,
            dispute=_ACCEPTED,
        )


def _forgeries(mine: Holdings) -> Iterator[tuple[str, Sent, Sent]]:
    samples = mine.samples()
    healthy = samples.sent(EMBEDDED)
    yield "was changed after it was signed", healthy, _edited(healthy, {"name": "Something else"})
    healthy = samples.sent(EMBEDDED)
    yield "nobody has signed", healthy, _edited(healthy, {"proof": ...})
    token, other = samples.sent(TOKEN), samples.sent(TOKEN)
    stolen = ".".join([*token.text.split(".")[:2], other.text.rpartition(".")[2]])
    yield "has the signature of another one", token, dataclasses.replace(token, text=stolen)


def _edited(sent: Sent, changes: Mapping[str, Any]) -> Sent:
    document = {name: value for name, value in (sent.document | dict(changes)).items() if value is not ...}
    return dataclasses.replace(sent, text=json.dumps(document, ensure_ascii=False), document=document)


@RULES.rule("OB30-R-169")
def retries_are_told_as_seconds_or_dates(evidence: Evidence) -> Iterator[Observation]:
    """Where an answer says when to come again, it does so in seconds, or by a date (RFC 9110, 10.2.3).

    Raises:
        NotApplicable: No answer of the run does, and none has to.
    """
    told = [(each, each.header("retry-after")) for each in evidence.exchanges.values()]
    if not any(text for _, text in told):
        raise NotApplicable("No answer of the run says when to come again, which none has to.")
    for exchange, text in told:
        if text and _is_delay(text.strip()):
            yield Held(evidence=(exchange.id,))
        elif text:
            expected = "Retry-After with a number of seconds, or a date"
            yield Finding(
                requirement="OB30-R-169", expected=expected, actual=text[:80], evidence=(exchange.id,), cause=expected
            )


def _is_delay(text: str) -> bool:
    if text.isascii() and text.isdigit():
        return True
    try:
        parsedate_to_datetime(text)
    except ValueError:
        return False
    return True
