"""What answers of an authorization server say: whether they refuse, and whether they do so in the words of the standard."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from skillmark.core.errors import CannotTell
from skillmark.core.findings import Finding, Held
from skillmark.suites.hosts.evidence import NOT_JSON, said_by
from skillmark.suites.hosts.schemas import departures
from skillmark.wire.documents import media_type_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from skillmark.core.exchanges import Reply
    from skillmark.engine import Observation
    from skillmark.suites.hosts.evidence import Evidence

OK, CREATED, BAD_REQUEST, UNAUTHORIZED, FORBIDDEN = 200, 201, 400, 401, 403
TOO_MANY = 429
_JSON = "application/json"
#: RFC 6749, 4.1.2.1 and 5.2.
_DESCRIPTION = re.compile(r"[\x20-\x21\x23-\x5B\x5D-\x7E]*")
_URI = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]*")


def told(reply: Reply) -> Reply:
    """Return an answer that says something.

    Raises:
        CannotTell: it did not come, or says to ask later.
    """
    if reply.exchange.trouble is not None or reply.exchange.status == TOO_MANY:
        raise CannotTell(f"{said_by(reply)}.")
    return reply


def is_success(reply: Reply) -> bool:
    """Whether a request was accepted."""
    return reply.exchange.status is not None and OK <= reply.exchange.status < 300


def finding(requirement: str, reply: Reply, *, expected: str, actual: str = "", **rest: Any) -> Finding:  # noqa: ANN401 - of a finding
    """Return a finding that an answer shows; ``actual`` is what came back if nothing else is said."""
    further = tuple(rest.pop("further", ()))
    evidence = (*further, reply.exchange.id)
    return Finding(
        requirement=requirement, expected=expected, actual=actual or _short(reply), evidence=evidence, **rest
    )


def held(*replies: Reply) -> Held:
    """Return the observation that answers are right."""
    return Held(evidence=tuple(reply.exchange.id for reply in replies))


def _short(reply: Reply) -> str:
    exchange = reply.exchange
    return f"status {exchange.status} {exchange.excerpt[:120]!r}" if exchange.excerpt else f"status {exchange.status}"


def enumeration(evidence: Evidence, name: str) -> tuple[str, ...]:
    """Return the values of a closed enumeration."""
    return tuple(evidence.service.vocabulary.enums[name].values)


def shape_findings(evidence: Evidence, requirement: str, reply: Reply, class_name: str, what: str) -> Iterator[Finding]:
    """Yield where the JSON body of an answer departs from its class."""
    value = evidence.json(reply)
    stated = reply.exchange.header("content-type")
    if media_type_of(stated) != _JSON:
        yield finding(
            requirement,
            reply,
            expected=f"{what} is application/json",
            actual=f"Content-Type {stated!r:.80}",
            cause="media type",
        )
    if value is NOT_JSON:
        yield finding(requirement, reply, expected=f"{what} is JSON", cause="no JSON")
        return
    for pointer, reason, _ in departures(evidence.service.vocabulary.id, class_name, value):
        yield finding(
            requirement,
            reply,
            expected=f"{what} is a {class_name}",
            actual=reason,
            pointer=pointer,
            cause=f"{pointer}: {reason}",
        )


def refusal_findings(
    evidence: Evidence, requirement: str, reply: Reply, *, is_registration: bool = False
) -> Iterator[Finding]:
    """Yield what is wrong with a refusal of the registration, token or revocation endpoint (RFC 6749, 5.2; RFC 7591, 3.2.2)."""
    name, values = (
        ("RegistrationErrorResponse", "RegistrationError") if is_registration else ("TokenErrorResponse", "TokenError")
    )
    status = reply.exchange.status
    value = evidence.json(reply)
    error = value.get("error") if isinstance(value, dict) else None
    if status == UNAUTHORIZED and not is_registration:
        if error is not None and error != "invalid_client":
            yield finding(
                requirement, reply, expected="401 for invalid_client only, 400 for every other error", cause="401"
            )
        elif "www-authenticate" not in {key.lower() for key, _ in reply.headers}:
            yield finding(requirement, reply, expected="a header WWW-Authenticate with 401", cause="no challenge")
    elif status != BAD_REQUEST:
        yield finding(requirement, reply, expected="a refusal has the status 400", cause=f"status {status}")
    allowed = enumeration(evidence, values)
    if isinstance(error, str) and error not in allowed:
        yield finding(
            requirement,
            reply,
            expected=f"error is one of {', '.join(allowed)}",
            actual=f"{error!r:.80}",
            pointer="/error",
            cause="error is not of the enumeration",
        )
    else:
        yield from shape_findings(evidence, requirement, reply, name, "a refusal")


def refused(
    evidence: Evidence,
    reply: Reply,
    *,
    what: str,
    accepted: str,
    worded: str,
    dispute: str = "",
    is_registration: bool = False,
) -> Iterator[Observation]:
    """Yield whether a request was refused, under one requirement, and whether rightly so, under another.

    Raises:
        CannotTell: the answer did not come.
    """
    told(reply)
    if is_granted(evidence, reply):
        yield finding(
            accepted, reply, expected=f"{what} is refused", actual=f"it is accepted ({_status(reply)})", dispute=dispute
        )
        return
    found: list[Observation] = [*refusal_findings(evidence, worded, reply, is_registration=is_registration)]
    yield from found or [held(reply)]


def is_granted(evidence: Evidence, reply: Reply) -> bool:
    """Whether a token or a client is given: a body that is an error gives none, whatever the status says."""
    value = evidence.json(reply)
    is_error = isinstance(value, dict) and "error" in value and not value.keys() & {"access_token", "client_id"}
    return is_success(reply) and not is_error


def _status(reply: Reply) -> str:
    return f"status {reply.exchange.status}"


def redirect_findings(
    evidence: Evidence, requirement: str, sent: Mapping[str, str], *, state: str | None, shown: tuple[str, ...]
) -> Iterator[Finding]:
    """Yield what is wrong with the error that a browser is sent back with (RFC 6749, 4.1.2.1)."""

    def found(expected: str, actual: str, cause: str) -> Finding:
        return Finding(requirement=requirement, expected=expected, actual=actual, evidence=shown, cause=cause)

    allowed = enumeration(evidence, "AuthorizationError")
    error = sent.get("error", "")
    if error not in allowed:
        yield found(f"error is one of {', '.join(allowed)}", f"{error!r:.80}", "error is not of the enumeration")
    if state is not None and sent.get("state") != state:
        given = sent.get("state")
        yield found(f"the state {state!r:.120} comes back", "no state" if given is None else f"{given!r:.120}", "state")
    if not _DESCRIPTION.fullmatch(sent.get("error_description", "")):
        text = sent["error_description"]
        yield found("error_description is ASCII without quotes and backslashes", f"{text!r:.160}", "error_description")
    if not _URI.fullmatch(sent.get("error_uri", "")):
        yield found("error_uri is a URI", f"{sent['error_uri']!r:.160}", "error_uri")
