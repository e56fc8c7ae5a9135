"""How a product registers as a client (Open Badges API Security, Register with Authorization Server)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from skillmark.core.errors import CannotTell, Untested
from skillmark.core.exchanges import Request
from skillmark.core.findings import Finding, Held
from skillmark.suites.hosts.client_evidence import client_calls
from skillmark.suites.hosts.rules import RULES
from skillmark.wire.documents import media_type_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from skillmark.engine import Observation
    from skillmark.suites.hosts.asking import Asking
    from skillmark.wire.peers.calls import Call

_ARRAYS = ("redirect_uris", "grant_types", "response_types", "contacts")
_ADDRESSES = ("client_uri", "logo_uri", "tos_uri", "policy_uri", "jwks_uri")
_ALLOWED = {
    "token_endpoint_auth_method": frozenset({"client_secret_basic"}),
    "grant_types": frozenset({"authorization_code", "refresh_token"}),
    "response_types": frozenset({"code"}),
}
_TEXTS = ("client_name", "software_id", "software_version", "scope", *_ADDRESSES)
_LEFT_OUT = "RFC 7591 leaves the member optional; it is the table of the standard that requires it."
#: How the files of images begin that are not always told by their media type.
_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM", b"\x00\x00\x01\x00", b"<svg", b"<?xml")
_UNTOLD = frozenset({"", "application/octet-stream", "binary/octet-stream"})


def _registrations(evidence: Asking) -> list[Call]:
    """Return the registration requests.

    Raises:
        Untested: There are none.
    """
    found = client_calls(evidence).of("registerClient")
    if not found:
        raise Untested("The product did not register, so that there is no request to look at.")
    return found


def _members(call: Call) -> Mapping[str, Any]:
    """Return what a registration says, also where it is no JSON."""
    return call.json if isinstance(call.json, dict) else dict(call.fields)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]


@RULES.rule("OB30-R-179")
def registers_by_itself(evidence: Asking) -> Iterator[Observation]:
    """A client posts a registration request to the registration URL."""
    calls = client_calls(evidence)
    made = calls.of("registerClient")
    for call in made:
        if call.method == "POST":
            yield Held(evidence=(call.id,))
        else:
            yield Finding(
                requirement="OB30-R-179",
                expected="POST",
                actual=call.method,
                evidence=(call.id,),
                dispute="The certification guide writes GET; the text of the standard says POST.",
            )
    if not made:
        calls.missing("A registration")
        asked = calls.of("authorize")
        if not asked:
            raise Untested("The product came to nothing for which a client has to be registered.")
        yield Finding(
            requirement="OB30-R-179",
            expected="a registration request at the registration URL",
            actual="the product asks for access as a client that nobody registered",
            evidence=(asked[0].id,),
        )


@RULES.rule("OB30-R-180")
def registers_as_rfc_7591_has_it(evidence: Asking) -> Iterator[Observation]:
    """A registration is a JSON object, sent as JSON over TLS, whose members have the types of RFC 7591."""
    for call in _registrations(evidence):
        wrong = list(_misbuilt(call))
        yield from wrong
        if not wrong:
            yield Held(evidence=(call.id,))


def _misbuilt(call: Call) -> Iterator[Finding]:
    def departs(expected: str, actual: str, *, pointer: str = "", dispute: str = "") -> Finding:
        return Finding(
            requirement="OB30-R-180",
            expected=expected,
            actual=actual,
            pointer=pointer,
            evidence=(call.id,),
            dispute=dispute,
        )

    if call.media_type != "application/json":
        yield departs(
            "a JSON object with Content-Type application/json", f"Content-Type {call.media_type or 'is missing'}"
        )
    if not call.is_secure:
        yield departs("TLS 1.2 or 1.3", "plain http")
    if not isinstance(call.json, dict):
        yield departs("a body that is a JSON object", f"it begins with {call.body[:40]!r}")
        return
    for name in (*_TEXTS[:4], *_ADDRESSES[:4], "redirect_uris"):
        value = call.json.get(name)
        if value in (None, "", []):
            yield departs(f"{name} is there", "it is missing or empty", dispute=_LEFT_OUT)
    for name in _TEXTS:
        if call.json.get(name) is not None and not isinstance(call.json[name], str):
            yield departs(f"{name} is a text", f"it is {type(call.json[name]).__name__}", pointer=f"/{name}")


@RULES.rule("OB30-R-182")
def sends_no_software_statement(evidence: Asking) -> Iterator[Observation]:
    """A registration has no software statement."""
    for call in _registrations(evidence):
        if "software_statement" in _members(call):
            yield Finding(
                requirement="OB30-R-182",
                expected="no software_statement",
                actual="there is one",
                pointer="/software_statement",
                evidence=(call.id,),
            )
        else:
            yield Held(evidence=(call.id,))


@RULES.rule("OB30-R-183")
def addresses_are_https_and_of_one_host(evidence: Asking) -> Iterator[Observation]:
    """All addresses of a registration are https, and on one host."""
    for call in _registrations(evidence):
        found = list(_addresses(_members(call)))
        plain = [(pointer, text) for pointer, text in found if _place(text)[0] != "https"]
        for pointer, text in plain:
            yield Finding(
                requirement="OB30-R-183",
                expected="https addresses",
                actual=f"{text[:120]!r}",
                pointer=pointer,
                evidence=(call.id,),
            )
        hosts = {_place(text)[1] for _, text in found}
        if len(hosts) > 1:
            yield Finding(
                requirement="OB30-R-183",
                expected="all addresses have the same host name",
                actual=f"there are {', '.join(sorted(hosts))[:200]}",
                evidence=(call.id,),
            )
        elif found and not plain:
            yield Held(evidence=(call.id,))


def _addresses(members: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in _ADDRESSES:
        if isinstance(members.get(name), str) and members[name]:
            yield f"/{name}", members[name]
    for number, each in enumerate(_list(members.get("redirect_uris"))):
        if isinstance(each, str) and each:
            yield f"/redirect_uris/{number}", each


def _place(text: str) -> tuple[str, str]:
    """Return scheme and host of an address, both in lower case."""
    try:
        parts = urlsplit(text)
        return parts.scheme.lower(), (parts.hostname or "").lower()
    except ValueError:
        return "", text


@RULES.rule("OB30-R-185")
def arrays_are_used_for_one_value_too(evidence: Asking) -> Iterator[Observation]:
    """Members that can have several values are arrays."""
    for call in _registrations(evidence):
        given = {name: value for name, value in _members(call).items() if name in _ARRAYS and value is not None}
        wrong = [name for name, value in given.items() if not isinstance(value, list)]
        for name in wrong:
            yield Finding(
                requirement="OB30-R-185",
                expected=f"{name} is an array",
                actual=f"it is {given[name]!r:.80}",
                pointer=f"/{name}",
                evidence=(call.id,),
            )
        if given and not wrong:
            yield Held(evidence=(call.id,))


@RULES.rule("OB30-R-186")
def asks_for_nothing_but_the_profile(evidence: Asking) -> Iterator[Observation]:
    """A registration asks for client_secret_basic, authorization_code, refresh_token and code, and for nothing else."""
    for call in _registrations(evidence):
        given = _members(call)
        wrong = {
            name: [each for each in _list(given.get(name)) if each not in allowed] for name, allowed in _ALLOWED.items()
        }
        for name, values in wrong.items():
            if values:
                yield Finding(
                    requirement="OB30-R-186",
                    expected=f"{name}: only {', '.join(sorted(_ALLOWED[name]))}",
                    actual=f"{values!r:.120}",
                    pointer=f"/{name}",
                    evidence=(call.id,),
                )
        if not any(wrong.values()):
            yield Held(evidence=(call.id,))


@RULES.rule("OB30-R-187")
def logo_leads_to_an_image(evidence: Asking) -> Iterator[Observation]:
    """logo_uri leads to an image file."""
    named: dict[str, Call] = {}
    for call in _registrations(evidence):
        logo = _members(call).get("logo_uri")
        if isinstance(logo, str) and logo:
            named.setdefault(logo, call)
    if not named:
        raise Untested("The registration names no logo.")
    for logo, call in list(named.items())[:3]:
        yield _fetched(evidence, logo, call)


def _fetched(evidence: Asking, logo: str, call: Call) -> Observation:
    """Return what an address leads to.

    Raises:
        CannotTell: It cannot be asked.
    """
    reply = evidence.send(Request(url=logo, headers=(("Accept", "image/*"),), authorised=False))
    exchange = reply.exchange
    if exchange.trouble is not None:
        raise CannotTell(f"logo_uri {logo[:120]} cannot be fetched from here: {exchange.trouble.message}.")
    if exchange.status is not None and exchange.status >= 500:
        raise CannotTell(f"logo_uri {logo[:120]} answers {exchange.status}.")
    media_type = media_type_of(exchange.header("content-type"))
    is_image = media_type.startswith("image/") or (media_type in _UNTOLD and reply.body.lstrip().startswith(_IMAGES))
    if exchange.status == 200 and is_image and reply.body:
        return Held(evidence=(call.id, exchange.id))
    return Finding(
        requirement="OB30-R-187",
        expected="200 with an image",
        actual=f"{exchange.status} with {media_type or 'no media type'}",
        pointer="/logo_uri",
        evidence=(call.id, exchange.id),
    )


@RULES.rule("OB30-R-188")
def software_is_named_alike(evidence: Asking) -> Iterator[Observation]:
    """software_id is the same in all registrations of a product."""
    named: dict[str, Call] = {}
    for call in _registrations(evidence):
        identifier = _members(call).get("software_id")
        if isinstance(identifier, str):
            named.setdefault(identifier, call)
    if len(named) > 1:
        (first, one), (second, other) = list(named.items())[:2]
        yield Finding(
            requirement="OB30-R-188",
            expected="one software_id in all registrations",
            actual=f"{first[:60]!r} and {second[:60]!r}",
            pointer="/software_id",
            evidence=(one.id, other.id),
        )
    elif named:
        yield Held(evidence=(next(iter(named.values())).id,))
