"""What a product asks when it is the client, and Service Consumer (Read) of the Certification Guide.

The product calls a host that the harness plays; every call is held against the clause that binds the client.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from skillmark.core.errors import NotApplicable, Untested
from skillmark.core.findings import Finding, Held
from skillmark.suites.hosts import client_authorizations, client_registrations  # noqa: F401 - declare their rules
from skillmark.suites.hosts.client_evidence import client_calls, reading_scopes
from skillmark.suites.hosts.rules import RULES
from skillmark.suites.hosts.schemas import departures
from skillmark.wire.peers.calls import Round
from skillmark.wire.peers.host import LIFETIME
from skillmark_reference.securing.instants import MalformedInstant, parse_date_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.engine import Observation
    from skillmark.suites.hosts.asking import Asking
    from skillmark.suites.hosts.client_evidence import ClientCalls
    from skillmark.wire.peers.calls import Call

DISCOVERY = "getServiceDescription"
READ = ("getCredentials", "getProfile")
_API = (*READ, "upsertCredential", "putProfile")
#: What every client of the certification guide initiates before it calls the interface.
CONNECTING = (DISCOVERY, "registerClient", "authorize", "token")
#: What a client does who connects anew, and does not go on with what it has.
_CONNECTING = ("registerClient", "authorize")
_DONE = frozenset({200, 201})
#: Seconds before the end of its life from which a copy may be replaced.
_EARLY = 5
#: A second that a clock may see as a little less.
_WAITED = 0.9
_JSON_TYPES = frozenset({"application/json", "application/vc+ld+json"})
_NEWER_TYPE = "VC Data Model 2.0 has application/vc in the place of application/vc+ld+json."
_TOKEN = re.compile(rb"\s*[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+\s*")
_POSITIVE, _WHOLE = re.compile(r"0*[1-9]\d*", re.ASCII), re.compile(r"\d+", re.ASCII)


# Discovery


@RULES.rule("OB30-R-172")
def asks_for_the_description_first(evidence: Asking) -> Iterator[Observation]:
    """A client that does not know the host asks for its description before anything else."""
    calls = client_calls(evidence)
    first = next(iter(calls.known(Round.HEALTHY)), None)
    if first is None or first.operation == DISCOVERY:
        if first is None:
            calls.missing("A call")
            raise Untested("The product called nothing.")
        yield Held(evidence=(first.id,))
    elif calls.remembers:
        calls.missing("The question for the description")
    else:
        yield Finding(
            requirement="OB30-R-172",
            expected=f"the first call is GET {calls.service.base_path}/discovery",
            actual=f"it is {first.method} {first.url}",
            evidence=(first.id,),
        )


@RULES.rule("OB30-R-177")
def keeps_the_description_as_it_is_told(evidence: Asking) -> Iterator[Observation]:
    """A description is asked for again after no-store, and not before max-age is over."""
    calls = client_calls(evidence)
    yield from _asked_again(calls, after=Round.HEALTHY, which=Round.OTHER_STATE)
    yield from _asked_again(calls, after=Round.OTHER_STATE, which=Round.BUSY)
    kept = calls.of(DISCOVERY, rounds=(Round.BUSY,))
    later = calls.known(Round.AGAIN)
    if not kept or not any(each.operation in (DISCOVERY, *_CONNECTING) for each in later):
        return
    asked = [each for each in later if each.operation == DISCOVERY]
    for each in asked:
        if each.at - kept[-1].at < LIFETIME - _EARLY and each.header("if-none-match") is None:
            yield Finding(
                requirement="OB30-R-177",
                expected=f"a description that came with max-age={LIFETIME} is kept for as long",
                actual=f"it was asked for again after {each.at - kept[-1].at:.0f} seconds",
                evidence=(kept[-1].id, each.id),
            )
            return
    yield Held(evidence=(kept[-1].id, (asked or later)[0].id))


def _asked_again(calls: ClientCalls, *, after: Round, which: Round) -> Iterator[Observation]:
    before, later = calls.of(DISCOVERY, rounds=(after,)), calls.known(which)
    if not before or not any(each.operation in _CONNECTING for each in later):
        return
    again = [each for each in later if each.operation == DISCOVERY]
    if again:
        yield Held(evidence=(again[0].id,))
    else:
        yield Finding(
            requirement="OB30-R-177",
            expected="a description that came with no-store is asked for again when the product connects anew",
            actual="it was not asked for again",
            evidence=(before[-1].id, later[0].id),
        )


@RULES.rule("OB30-R-170")
def waits_for_a_busy_host(evidence: Asking) -> Iterator[Observation]:
    """A host that is busy for a second is not asked again before it is over."""
    refused, later = _asked_while_busy(client_calls(evidence), Round.BUSY)
    if later and later[0].at - refused.at < _WAITED:
        yield Finding(
            requirement="OB30-R-170",
            expected="after 503 with Retry-After: 1 the client waits for a second",
            actual=f"it asked again after {later[0].at - refused.at:.2f} seconds",
            evidence=(refused.id, later[0].id),
            dispute="The clause speaks of answers without Retry-After; with it, waiting is what RFC 9110, 10.2.3, says.",
        )
    else:
        yield Held(evidence=(refused.id,))


@RULES.rule("OB30-R-170")
def leaves_a_busy_host_alone(evidence: Asking) -> Iterator[Observation]:
    """A host that is busy, and does not say for how long, is not asked again for half an hour."""
    refused, later = _asked_while_busy(client_calls(evidence), Round.AGAIN)
    again = [each for each in later if each.status == 503]
    if not again:
        yield Held(evidence=(refused.id,))
        return
    yield Finding(
        requirement="OB30-R-170",
        expected="after 503 without Retry-After the client waits for 30 minutes, and tries at most two more times",
        actual=f"it asked {len(again)} more times, the first one after {again[0].at - refused.at:.0f} seconds",
        evidence=tuple(each.id for each in (refused, *again)[:4]),
    )


def _asked_while_busy(calls: ClientCalls, which: Round) -> tuple[Call, list[Call]]:
    """Return the first call for which the host had no time, and those that ask for the same later.

    Raises:
        Untested: There is none.
    """
    operation = calls.errand.busy[which]
    asked = calls.of(operation, rounds=(which,))
    first = next((number for number, each in enumerate(asked) if each.status == 503), None)
    if first is None:
        raise Untested(f"The product did not call {operation} while the host was busy.")
    # Who sends several credentials asks for another thing with each.
    return asked[first], [each for each in asked[first + 1 :] if each.body == asked[first].body]


# The interface


@RULES.rule("OB30-R-212")
def tokens_are_sent_as_bearer(evidence: Asking) -> Iterator[Observation]:
    """Calls carry the token in a Bearer header, and nowhere else."""
    calls = client_calls(evidence)
    is_given: set[Round] = set()
    for call in calls.calls:
        if call.gave.access_token:
            is_given.add(call.round)
        if call.operation in _API:
            yield from _carried(call, is_given=call.round in is_given)


def _carried(call: Call, *, is_given: bool) -> Iterator[Observation]:
    in_query = dict(call.query).get("access_token")
    in_form = call.form.get("access_token") if call.is_form else None
    elsewhere = "in the query" if in_query else "in the body" if in_form else ""
    if call.bearer is not None and not elsewhere:
        yield Held(evidence=(call.id,))
    elif elsewhere or is_given:
        yield Finding(
            requirement="OB30-R-212",
            expected="Authorization: Bearer with the token, and the token nowhere else",
            actual=f"the token is {elsewhere}" if elsewhere else "there is no Bearer header",
            evidence=(call.id,),
            cause=elsewhere or "no header",
            dispute=""
            if call.bearer is None
            else "The header is there as well, and nothing forbids to repeat the token.",
        )


@RULES.rule("OB30-R-157")
def credentials_are_sent_as_what_they_are(evidence: Asking) -> Iterator[Observation]:
    """A credential is sent as JSON, a VC-JWT as text/plain."""
    sent = client_calls(evidence).of("upsertCredential")
    if not sent:
        raise NotApplicable("The product sends no credentials: it did not call upsertCredential.")
    for call in sent:
        is_token = _TOKEN.fullmatch(call.body) is not None
        is_right = (
            call.media_type == "text/plain"
            if is_token
            else isinstance(call.json, dict) and call.media_type in _JSON_TYPES
        )
        if is_right:
            yield Held(evidence=(call.id,))
            continue
        yield Finding(
            requirement="OB30-R-157",
            expected="a JSON object as application/vc+ld+json or application/json, a bare VC-JWT as text/plain",
            actual=f"{_shown(call)} as {call.media_type or 'nothing'}",
            evidence=(call.id,),
            dispute=_NEWER_TYPE if call.media_type == "application/vc" and isinstance(call.json, dict) else "",
        )


def _shown(call: Call) -> str:
    if _TOKEN.fullmatch(call.body):
        return "a VC-JWT"
    return "a JSON object" if isinstance(call.json, dict) else f"a body that begins with {call.body[:20]!r}"


@RULES.rule("OB30-R-160")
def profiles_are_sent_whole(evidence: Asking) -> Iterator[Observation]:
    """Whoever changes a profile sends all of it."""
    calls = client_calls(evidence)
    sent = calls.of("putProfile")
    if not sent:
        raise NotApplicable("The product changes no profiles: it did not call putProfile.")
    for call in sent:
        found = list(departures(calls.service.id, "Profile", call.json))
        for pointer, reason, _ in found:
            yield Finding(
                requirement="OB30-R-160",
                expected="a whole Profile as JSON",
                actual=reason,
                pointer=pointer,
                evidence=(call.id,),
                cause=f"{pointer}: {reason}",
            )
        if not found:
            yield Held(evidence=(call.id,))


# Certification


@RULES.rule("OB30-R-238")
def initiates_what_a_reader_needs(evidence: Asking) -> Iterator[Observation]:
    """A reader asks for the description, registers, is authorized, gets a token, and reads credentials and profile."""
    yield from initiated(client_calls(evidence), "OB30-R-238", (*CONNECTING, *READ))


def initiated(calls: ClientCalls, requirement: str, operations: tuple[str, ...]) -> Iterator[Observation]:
    """Look for a call of each operation, by its method."""
    for operation in operations:
        row = calls.service.operations[operation]
        found = next((each for each in calls.of(operation) if each.method == row.method), None)
        if found is not None:
            yield Held(evidence=(found.id,))
            continue
        calls.missing(operation)
        yield Finding(
            requirement=requirement,
            expected=f"the product initiates {operation} ({row.method} {row.path or row.address})",
            actual=f"it did not; it made {len(calls.calls)} calls and came to its end",
            evidence=(calls.calls[0].id,),
            cause=operation,
        )


@RULES.rule("OB30-R-239")
def reads_with_the_right_scopes(evidence: Asking) -> Iterator[Observation]:
    """A product that reads asks for the scopes of credentials and profile, and reads both."""
    calls = client_calls(evidence)
    yield from asked_scopes(calls, "OB30-R-239", reading_scopes(calls.service))
    yield from called_with(calls, "OB30-R-239", READ)


def asked_scopes(calls: ClientCalls, requirement: str, wanted: tuple[str, ...]) -> Iterator[Observation]:
    """Hold all authorizations together against the scopes: a product may ask step by step."""
    asked = calls.of("authorize")
    if not asked:
        calls.missing("An authorization request")
        raise Untested("The product sent no authorization request.")
    found = {scope for call in asked for scope in dict(call.query).get("scope", "").split()}
    missing = [scope for scope in wanted if scope not in found]
    for scope in missing:
        yield Finding(
            requirement=requirement,
            expected=f"the scope {scope} is asked for",
            actual=f"asked for is {' '.join(sorted(found)) or 'nothing'}",
            evidence=(asked[0].id,),
        )
    if not missing:
        yield Held(evidence=(asked[0].id,))


def called_with(calls: ClientCalls, requirement: str, operations: tuple[str, ...]) -> Iterator[Observation]:
    """Look for a call of each operation that the host answered, with a token for its scope."""
    for operation in operations:
        wanted = str(calls.service.operations[operation].scope)
        made = [call for call in calls.of(operation) if call.status in _DONE]
        right = [call for call in made if wanted in calls.scope_of(call).split()]
        if right:
            yield Held(evidence=(right[0].id,))
            continue
        if not made:
            calls.missing(operation)
        yield Finding(
            requirement=requirement,
            expected=f"{operation} is called with a token for {wanted}",
            actual=f"the token is for {calls.scope_of(made[0]) or 'nothing'}" if made else "it is not called",
            evidence=tuple(call.id for call in (made or calls.calls)[:1]),
            cause=operation,
        )


@RULES.rule("OB30-R-240")
def reads_all_pages(evidence: Asking) -> Iterator[Observation]:
    """A list in several pages is read to its end, and since, limit and offset are written as they should be."""
    calls = client_calls(evidence)
    lists = calls.of("getCredentials", rounds=(Round.HEALTHY,))
    read = [call for call in lists if call.status == 200]
    for call in lists:
        yield from _parameters(call)
    if not read:
        raise Untested("The product read no list.")
    if not any(call.gave.has_next for call in read):
        raise Untested("The product asked for what is no longer than a page.")
    got = {place for call in read for place in call.gave.listed}
    total = max(call.gave.total for call in read)
    if len(got) >= total:
        yield Held(evidence=tuple(call.id for call in read))
    else:
        calls.missing("The next page")
        yield Finding(
            requirement="OB30-R-240",
            expected="every page is read: each answer links to the next one",
            actual=f"{len(got)} of {total} credentials were read",
            evidence=tuple(call.id for call in read),
        )


def _parameters(call: Call) -> Iterator[Observation]:
    for name, value in call.query:
        match name:
            case "limit":
                is_right = _POSITIVE.fullmatch(value) is not None
            case "offset":
                is_right = _WHOLE.fullmatch(value) is not None
            case "since":
                is_right = _is_moment(value)
            case _:
                continue
        if not is_right:
            yield Finding(
                requirement="OB30-R-240",
                expected=f"{name} as the API has it: whole numbers, and a date and time with a zone",
                actual=f"{name}={value[:60]!r}",
                evidence=(call.id,),
                cause=name,
            )


def _is_moment(text: str) -> bool:
    try:
        parse_date_time(text)
    except MalformedInstant:
        return False
    return True
