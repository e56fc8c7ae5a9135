"""Clients: those that registered themselves (RFC 7591, as Open Badges 3.0 profiles it), and the one of the settings."""

from __future__ import annotations

import dataclasses
import functools
import hmac
import json
import re
import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

import sqlalchemy as sa

from skillmark_reference.securing import strict_json
from skillmark_reference.securing.strict_json import MalformedJson
from skillmark_reference.server.oauth import storing
from skillmark_reference.server.oauth.storing import digest
from skillmark_reference.services import load_service
from skillmark_reference.vocabularies.json_schema import Form, json_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from jsonschema import Draft202012Validator

    from skillmark_reference.server.oauth.storing import Store

_ADDRESSES = ("client_uri", "logo_uri", "tos_uri", "policy_uri")
#: What of a URI can stand in a header and a policy as it is, with a host.
_URI = re.compile(
    r"https://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(?:[/?#][A-Za-z0-9._~:/?#\[\]@!$&()*+,;=%-]*)?"
)
_LONGEST = 2_000


class RegistrationRefused(Exception):  # noqa: N818 - what the client did wrong, no defect
    """A registration with something wrong in it (RFC 7591, 3.2.2)."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(description)
        self.code = code


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client, whoever made it known."""

    id: str
    secret_digest: str = dataclasses.field(repr=False)
    grant_types: tuple[str, ...]
    #: Scopes that it may ask for; empty for any.
    scopes: tuple[str, ...]
    authentication: tuple[str, ...]
    #: Seconds that its access tokens are good for.
    token_seconds: int
    #: Members of its registration (ClientRegistrationRequest); none for the client of the settings.
    registration: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def redirect_uris(self) -> tuple[str, ...]:
        """Where a person may be sent back to."""
        return tuple(self.registration.get("redirect_uris", ()))

    def has_secret(self, secret: str) -> bool:
        """Whether the secret is the client's."""
        return hmac.compare_digest(digest(secret), self.secret_digest)

    def may_ask(self, scopes: Sequence[str]) -> bool:
        """Whether the client may have all of some scopes."""
        return not self.scopes or set(scopes) <= set(self.scopes)


class Clients:
    """The clients of one server."""

    def __init__(
        self, store: Store, *, configured: Client | None, scopes: Sequence[str], clock: Callable[[], float]
    ) -> None:
        self._store = store
        self._configured = configured
        self._scopes = scopes
        self._clock = clock

    def find(self, identifier: str) -> Client | None:
        """Return a client, if it is known."""
        if self._configured is not None and identifier == self._configured.id:
            return self._configured
        query = sa.select(storing.clients).where(storing.clients.c.id == identifier)
        # No address of ours has this character, and PostgreSQL takes no text with it.
        rows = [] if "\0" in identifier else self._store.database.rows(query)
        return _client(rows[0]) if rows else None

    def register(self, body: bytes) -> dict[str, Any]:
        """Register a client, and return what it is told (ClientRegistrationResponse).

        Raises:
            RegistrationRefused: something of the request is wrong.
        """
        registration = _registration(body, self._scopes)
        identifier, secret = f"client-{secrets.token_urlsafe(16)}", secrets.token_urlsafe(32)
        row = {"id": identifier, "secret_digest": digest(secret), "registration": json.dumps(registration)}
        with self._store.database.writing() as connection:
            connection.execute(storing.clients.insert().values(**row))
        return registration | {
            "client_id": identifier,
            "client_secret": secret,
            "client_id_issued_at": int(self._clock()),
            "client_secret_expires_at": 0,
        }


def _client(row: sa.Row[Any]) -> Client:
    registration = json.loads(row.registration)
    security = load_service("ob-3.0").security
    return Client(
        id=row.id,
        secret_digest=row.secret_digest,
        grant_types=tuple(registration["grant_types"]),
        scopes=tuple(registration["scope"].split()),
        authentication=security.client_authentication,
        token_seconds=security.token_seconds,
        registration=registration,
    )


def _registration(body: bytes, scopes: Sequence[str]) -> dict[str, Any]:
    """Return what is kept of a request: known members, with what was left open decided.

    Raises:
        RegistrationRefused: something is wrong.
    """
    try:
        given = strict_json.parse_object(body)
    except MalformedJson as malformed:
        raise RegistrationRefused("invalid_client_metadata", f"The body is no JSON object: {malformed}.") from None
    for error in _validator().iter_errors(given):
        place = (
            error.path[0] if error.path else next((each for each in error.schema["required"] if each not in given), "")
        )
        _refuse(str(place), f"{place or 'The request'}: {error.message}.")
    service = load_service("ob-3.0")
    members = service.vocabulary.classes["ClientRegistrationRequest"].properties
    security = service.security
    chosen: dict[str, Any] = {
        "token_endpoint_auth_method": security.client_authentication[0],
        "grant_types": ["authorization_code"],
        "response_types": list(security.response_types),
    } | {name: value for name, value in given.items() if name in members}
    known = [each for each in dict.fromkeys(chosen["scope"].split()) if each in scopes]
    if not known:
        _refuse("scope", f"scope: none of them is known here; known are {' '.join(scopes)}.")
    _check_choices(chosen)
    _check_addresses(chosen)
    return chosen | {"scope": " ".join(known)}


@functools.cache
def _validator() -> Draft202012Validator:
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - heavy, and most servers register nobody

    schema = json_schema(load_service("ob-3.0").vocabulary, "ClientRegistrationRequest", Form.CANONICAL)
    return Draft202012Validator(schema)


def _check_choices(chosen: Mapping[str, Any]) -> None:
    security = load_service("ob-3.0").security
    offers = {
        "token_endpoint_auth_method": security.client_authentication,
        "grant_types": security.grant_types,
        "response_types": security.response_types,
    }
    for name, offered in offers.items():
        values = chosen[name] if isinstance(chosen[name], list) else [chosen[name]]
        if not values or not set(values) <= set(offered):
            _refuse(name, f"{name}: offered is {' '.join(offered)}.")
    if "authorization_code" not in chosen["grant_types"]:
        _refuse("grant_types", "grant_types: authorization_code has to be among them.")


def _check_addresses(chosen: Mapping[str, Any]) -> None:
    """Hold all addresses against the rule of one host (Open Badges API Security, Register with Authorization Server)."""
    hosts = set()
    for name, text in _addresses(chosen):
        place = _place(text)
        if place is None:
            _refuse(name, f"{name}: expected is an https address without blanks or names of users.")
        elif name == "redirect_uris" and (place.fragment or "#" in text):
            _refuse(name, f"{name}: an address to return to has no fragment.")
        else:
            hosts.add(place.hostname)
    if len(hosts) > 1:
        _refuse("", f"All addresses have to be on the same host; found are {' '.join(sorted(map(str, hosts)))}.")


def _addresses(chosen: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in _ADDRESSES:
        yield name, chosen[name]
    for each in chosen["redirect_uris"]:
        yield "redirect_uris", each


def _place(text: str) -> SplitResult | None:
    if len(text) > _LONGEST or not _URI.fullmatch(text):
        return None
    try:
        place = urlsplit(text)
        has_place = bool(place.hostname) and place.port != 0
    except ValueError:
        return None
    return place if has_place else None


def _refuse(member: str, description: str) -> None:
    code = "invalid_redirect_uri" if member == "redirect_uris" else "invalid_client_metadata"
    raise RegistrationRefused(code, description)
