"""The profile of a person: Open Badges API, getProfile and putProfile; Certification Guide, Service Provider (Read) test 4."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

from skillmark.core.errors import CannotTell, NotApplicable, Untested
from skillmark.core.findings import Finding, Held
from skillmark.suites.hosts.holdings import holdings, said
from skillmark.suites.hosts.rules import RULES
from skillmark.suites.hosts.sameness import first_difference
from skillmark.suites.hosts.samples import JSON
from skillmark.suites.hosts.schemas import departures
from skillmark.suites.hosts.statuses import has_status_info
from skillmark.wire.documents import media_type_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from skillmark.core.exchanges import Reply
    from skillmark.engine import Observation
    from skillmark.suites.hosts.evidence import Evidence

GET, PUT = "getProfile", "putProfile"
_PROFILE = "Profile"
_GETS, _PUTS, _ID = "OB30-R-158", "OB30-R-161", "OB30-R-244"
_OK, _ACCEPTED, _UNCHANGED, _BAD, _ABSENT = 200, 202, 304, 400, 404
_CLOSED = frozenset({401, 403})
_NOT_OFFERED = frozenset({404, 405, 501})
#: Media types of JSON; a profile has a context too.
_JSON = frozenset({JSON, "application/ld+json"})
_NAME = "Skillmark's other name for a while"
_LATER = "A host may take its time, although 202 would say so."
_MERGED = "A profile is put as a whole; what a host makes of members that are left out can be its own decision."


def _replied(evidence: Evidence, number: int) -> Reply:
    """Ask for the profile of an account.

    Raises:
        Untested: There is no session for the account.
        CannotTell: No answer came back.
    """
    return holdings(evidence).call(GET, number)


@RULES.rule("OB30-R-158")
def profiles_are_answered(evidence: Evidence) -> Iterator[Observation]:
    """Whoever may read a profile is answered with 200 and a Profile, or with 404 where there is none."""
    for number in range(len(evidence.accounts)):
        with contextlib.suppress(*([Untested] if number else [])):
            yield from _answered(evidence, _replied(evidence, number))


def _answered(evidence: Evidence, reply: Reply) -> Iterator[Observation]:
    value = evidence.json(reply)
    if reply.exchange.status == _ABSENT:
        yield Held(evidence=(reply.exchange.id,))
        return
    if reply.exchange.status != _OK or not isinstance(value, dict):
        yield _finding(reply, _GETS, "200 with a Profile, or 404", said(reply))
        return
    media_type = media_type_of(reply.exchange.header("content-type"))
    if media_type not in _JSON:
        yield _finding(reply, _GETS, "JSON with the media type application/json", media_type or "no Content-Type")
    found = list(departures(evidence.service.id, _PROFILE, value))
    for pointer, reason, _ in found:
        yield _finding(reply, _GETS, "a Profile", reason, pointer)
    if not found:
        yield Held(evidence=(reply.exchange.id,))


def _finding(
    reply: Reply, requirement: str, expected: str, actual: str, pointer: str = "", *, dispute: str = ""
) -> Finding:
    return Finding(
        requirement=requirement,
        expected=expected,
        actual=actual,
        pointer=pointer,
        evidence=(reply.exchange.id,),
        cause=f"{expected}{pointer}",
        dispute=dispute,
    )


@RULES.rule("OB30-R-244")
def profiles_are_of_the_account(evidence: Evidence) -> Iterator[Observation]:
    """The profile has the id that the target file states for the account."""
    stated = [(number, each) for number, each in enumerate(evidence.accounts) if each.profile_id]
    if not stated:
        raise Untested(
            "State which id the profile of the test user has, for certification https://1edtech.org/issuers/cert: "
            "profile_id under [[host.accounts]]."
        )
    for number, account in stated:
        reply = _replied(evidence, number)
        value = evidence.json(reply)
        found = value.get("id") if isinstance(value, dict) else None
        if reply.exchange.status == _OK and found == account.profile_id:
            yield Held(evidence=(reply.exchange.id,))
        else:
            actual = f"{found!r}" if reply.exchange.status == _OK else said(reply)
            yield _finding(reply, _ID, f"a profile with id {account.profile_id}", actual, "/id")


def restorable(evidence: Evidence) -> tuple[int, dict[str, Any]]:
    """Return an account whose profile can be changed and restored, and the profile.

    Raises:
        Untested: No account has a profile.
        NotApplicable: The host does not offer to change one.
    """
    if not evidence.is_described(PUT):
        raise NotApplicable("The service description does not list putProfile, which is optional.")
    for number in range(len(evidence.accounts)):
        reply = _replied(evidence, number)
        value = evidence.json(reply)
        if reply.exchange.status == _OK and isinstance(value, dict):
            return number, value
    raise Untested("No account has a profile that could be restored after the test.")


def put(evidence: Evidence, number: int, profile: Mapping[str, Any]) -> Reply:
    """Put a profile.

    Raises:
        Untested: There is no session for the account.
        CannotTell: No answer came back.
    """
    body = json.dumps(profile, ensure_ascii=False).encode()
    return holdings(evidence).call(PUT, number, body=body, content_type=JSON)


@RULES.rule("OB30-R-161")
def profiles_can_be_put(evidence: Evidence) -> Iterator[Observation]:
    """Where profiles can be put, the answer is 200 with a Profile, 202, 304 or 400, and getProfile still gives one.

    Raises:
        NotApplicable: The host does not offer it.
    """
    number, before = restorable(evidence)
    changed = before | {"name": _NAME, "description": "Handed in, and taken back."}
    smaller = {name: value for name, value in changed.items() if name != "description"} | {
        "name": f"{_NAME}, once more"
    }
    try:
        for wanted in (changed, smaller):
            # A host that takes its time still has the one before, whichever that is.
            previous = evidence.json(_replied(evidence, number))
            yield from _put(evidence, number, wanted, previous if isinstance(previous, dict) else before)
    finally:
        with contextlib.suppress(CannotTell, Untested):
            put(evidence, number, before)


def _put(
    evidence: Evidence, number: int, wanted: Mapping[str, Any], before: Mapping[str, Any]
) -> Iterator[Observation]:
    reply = put(evidence, number, wanted)
    status, value = reply.exchange.status, evidence.json(reply)
    if status in _CLOSED:
        raise Untested(
            "The token that somebody allowed does not open putProfile; whether it should is decided elsewhere."
        )
    if status in _NOT_OFFERED:
        raise NotApplicable("The host does not take profiles, which is optional.")
    if status == _OK and isinstance(value, dict):
        found = list(departures(evidence.service.id, _PROFILE, value))
        for pointer, reason, _ in found:
            yield _finding(reply, _PUTS, "the answer to putProfile is a Profile", reason, pointer)
        yield from _got(evidence, number, reply, wanted, before)
    elif status in {_ACCEPTED, _BAD} and not has_status_info(value):
        yield _finding(reply, _PUTS, f"status {status} with an Imsx_StatusInfo", said(reply))
    elif status in {_ACCEPTED, _UNCHANGED, _BAD}:
        yield Held(evidence=(reply.exchange.id,))
    else:
        yield _finding(reply, _PUTS, "200 with a Profile, 202, 304 or 400", said(reply))


def _got(
    evidence: Evidence, number: int, reply: Reply, wanted: Mapping[str, Any], before: Mapping[str, Any]
) -> Iterator[Observation]:
    """Yield what getProfile shows after a profile was put: the new one, or the old one, and nothing between."""
    told, got = evidence.json(reply), _replied(evidence, number)
    value = evidence.json(got)
    if got.exchange.status != _OK or not isinstance(value, dict):
        yield _finding(got, _PUTS, "a profile after one was put", said(got))
        return
    lost, old = _departure(wanted, before, value), _departure(before, wanted, value)
    is_told = _departure(wanted, before, told) is None
    if lost is None or (old is None and not is_told):
        # The answer may carry the old values, and whoever gives them back has not taken the new ones yet.
        yield Held(evidence=(reply.exchange.id, got.exchange.id))
        return
    yield Finding(
        requirement=_PUTS,
        expected=f"getProfile shows the profile that was put, as a whole: {lost[1]}",
        actual=lost[2],
        pointer=lost[0],
        evidence=(reply.exchange.id, got.exchange.id),
        cause="the old one although the answer has the new one"
        if old is None
        else "neither the new one nor the old one",
        dispute=_LATER if old is None else _MERGED,
    )


def _departure(
    wanted: Mapping[str, Any], other: Mapping[str, Any], value: Mapping[str, Any]
) -> tuple[str, str, str] | None:
    """Return where a profile differs from the wanted one, in what was put and in what only the other one had."""
    names = {*wanted, *other}
    return first_difference(dict(wanted), {name: each for name, each in value.items() if name in names})
