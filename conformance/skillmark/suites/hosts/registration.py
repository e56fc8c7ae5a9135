"""Registration of clients: Open Badges API Security, Register with Authorization Server; RFC 7591."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.core.errors import CannotTell
from skillmark.suites.hosts.answers import (
    CREATED,
    FORBIDDEN,
    UNAUTHORIZED,
    finding,
    held,
    is_success,
    refused,
    shape_findings,
    told,
)
from skillmark.suites.hosts.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.core.exchanges import Reply
    from skillmark.core.findings import Finding
    from skillmark.engine import Observation
    from skillmark.suites.hosts.evidence import Evidence

_REQUIRED = (
    "client_name",
    "client_uri",
    "logo_uri",
    "tos_uri",
    "policy_uri",
    "software_id",
    "software_version",
    "redirect_uris",
    "scope",
)
#: What is so many times later than now is in milliseconds.
_FAR = 50
_CLIENTS_DUTY = "The clause binds clients; that a host has to refuse it is not said."


@RULES.rule("OB30-R-181")
def needs_no_initial_token(evidence: Evidence) -> Iterator[Observation]:
    """A client registers without an initial access token."""
    reply = told(evidence.registration_reply())
    if reply.exchange.status in {UNAUTHORIZED, FORBIDDEN}:
        yield finding("OB30-R-181", reply, expected="a registration without an Authorization header is accepted")
    elif is_success(reply):
        yield held(reply)
    else:
        raise CannotTell(f"The registration was refused for another reason: status {reply.exchange.status}.")


@RULES.rule("OB30-R-189")
def answers_with_what_is_stored(evidence: Evidence) -> Iterator[Observation]:
    """A registration is answered by 201 with all members that were sent, and id and secret of the client."""
    reply = told(evidence.registration_reply())
    if reply.exchange.status != CREATED:
        yield finding("OB30-R-189", reply, expected="201 for a registration with all required members")
        if not is_success(reply):
            return
    found: list[Observation] = [
        *shape_findings(evidence, "OB30-R-189", reply, "ClientRegistrationResponse", "the answer to a registration")
    ]
    answer = evidence.json(reply)
    sent = evidence.registration_request("first")
    missing = sorted(set(sent) - set(answer)) if isinstance(answer, dict) else []
    found += [
        finding("OB30-R-189", reply, expected=f"the answer has {name}, which was sent", actual="it has not", cause=name)
        for name in missing
        if name not in _REQUIRED
    ]
    found += _times(evidence, reply, answer)
    yield from found or [held(reply)]


def _times(evidence: Evidence, reply: Reply, answer: object) -> Iterator[Finding]:
    """Yield what is wrong with the times: seconds since 1970, the end zero for never, or after the beginning."""
    given = answer if isinstance(answer, dict) else {}
    issued, end = given.get("client_id_issued_at"), given.get("client_secret_expires_at")
    most = _FAR * evidence.context.clock.now().timestamp()
    for name, value in (("client_id_issued_at", issued), ("client_secret_expires_at", end)):
        if isinstance(value, int) and value > most:
            expected, pointer = f"{name} in seconds since 1970", f"/{name}"
            yield finding("OB30-R-189", reply, expected=expected, actual=f"{value}", pointer=pointer)
    if isinstance(issued, int) and isinstance(end, int) and 0 < end <= issued:
        expected = "client_secret_expires_at is 0, or later than client_id_issued_at"
        pointer = "/client_secret_expires_at"
        yield finding("OB30-R-189", reply, expected=expected, actual=f"{end} and {issued}", pointer=pointer)


@RULES.rule("OB30-R-190")
def ids_are_unique(evidence: Evidence) -> Iterator[Observation]:
    """Two clients have different ids."""
    first, second = evidence.client(), evidence.client("second")
    reply = evidence.registration_reply("second")
    if first.id == second.id:
        yield finding("OB30-R-190", reply, expected="a client_id that no other client has", further=[first.exchange])
    else:
        yield held(evidence.registration_reply(), reply)


@RULES.rule("OB30-R-184", "OB30-R-191")
def members_are_required(evidence: Evidence) -> Iterator[Observation]:
    """A registration without one of the required members is refused."""
    evidence.client()
    for name in _REQUIRED:
        request = {key: value for key, value in evidence.registration_request("partial").items() if key != name}
        yield from _refused(evidence, request, f"a registration without {name}", accepted="OB30-R-184")


@RULES.rule("OB30-R-184", "OB30-R-191")
def bodies_are_read(evidence: Evidence) -> Iterator[Observation]:
    """A registration that is no JSON object, or an empty one, is refused in the words of RFC 7591."""
    evidence.client()
    yield from _refused(evidence, {}, "a registration without any member", accepted="OB30-R-184")
    for body, what in ((b'{"client_name": ', "cut JSON"), (b"", "nothing"), (b"[]", "an array")):
        yield from _refused(evidence, body, f"a registration whose body is {what}", accepted="OB30-R-191")


@RULES.rule("OB30-R-191")
def bad_values_are_refused(evidence: Evidence) -> Iterator[Observation]:
    """Values that no client may register are refused, or replaced."""
    evidence.client()
    for name, value, what in _bad_values(evidence):
        request = evidence.registration_request("improper") | {name: value}
        reply = told(evidence.register(request))
        answer = evidence.json(reply)
        is_replaced = is_success(reply) and isinstance(answer, dict) and answer.get(name) != value
        if is_replaced:
            yield held(reply)
            continue
        yield from refused(
            evidence,
            reply,
            what=what,
            accepted="OB30-R-191",
            worded="OB30-R-191",
            dispute=_CLIENTS_DUTY,
            is_registration=True,
        )


def _bad_values(evidence: Evidence) -> Iterator[tuple[str, object, str]]:
    usual = evidence.registration_request("improper")
    first = usual["redirect_uris"][0]
    yield "redirect_uris", [first.replace("https://", "http://", 1)], "a redirect URI with plain http"
    yield "redirect_uris", ["https://elsewhere.example/callback"], "a redirect URI at another host"
    yield "redirect_uris", [f"{first}#fragment"], "a redirect URI with a fragment"
    yield "redirect_uris", first, "redirect_uris as a text"
    yield "redirect_uris", [], "a registration without redirect URIs"
    yield "logo_uri", usual["logo_uri"].replace("https://", "http://", 1), "a logo with plain http"
    yield "grant_types", ["implicit"], "the implicit grant alone"
    yield "response_types", ["token"], "the response type token"
    yield "token_endpoint_auth_method", "none", "a client without authentication"


def _refused(evidence: Evidence, request: object, what: str, *, accepted: str) -> Iterator[Observation]:
    yield from refused(
        evidence,
        evidence.register(request),
        what=what,
        accepted=accepted,
        worded="OB30-R-191",
        is_registration=True,
    )
