"""Tokens: redeeming a code, refreshing, revoking (Open Badges 3.0, API Security)."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from skillmark_reference.clients.errors import AnswerUnusable, HostTrouble

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skillmark_reference.clients.authorizing import Attempt
    from skillmark_reference.clients.exchanging import Answer, Exchanger
    from skillmark_reference.clients.registering import RegisteredClient

_FORM = "application/x-www-form-urlencoded"
_METADATA = "/.well-known/oauth-authorization-server"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What a host gave a client."""

    access_token: str = dataclasses.field(repr=False)
    #: Empty where the host gave none.
    refresh_token: str = dataclasses.field(default="", repr=False)
    scopes: tuple[str, ...] = ()


def redeem(exchanger: Exchanger, url: str, client: RegisteredClient, made: Attempt, code: str) -> Tokens:
    """Redeem a code.

    Raises:
        HostTrouble: The host refuses, or its answer cannot be used.
    """
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": made.redirect_uri,
        "scope": " ".join(made.scopes),
        "code_verifier": made.verifier,
    }
    return _tokens(_sent(exchanger, url, client, fields).json(), made.scopes)


def refresh(exchanger: Exchanger, url: str, client: RegisteredClient, old: Tokens) -> Tokens:
    """Get a new access token; a refresh token that is not replaced stays good.

    Raises:
        HostTrouble: The host refuses, or its answer cannot be used.
    """
    fields = {"grant_type": "refresh_token", "refresh_token": old.refresh_token, "scope": " ".join(old.scopes)}
    fresh = _tokens(_sent(exchanger, url, client, fields).json(), old.scopes)
    return fresh if fresh.refresh_token else dataclasses.replace(fresh, refresh_token=old.refresh_token)


def revocation_url(exchanger: Exchanger, token_url: str) -> str:
    """Return where tokens are revoked, which the metadata of the authorization server say (RFC 8414); empty without any."""
    place = urlsplit(token_url)
    try:
        found = exchanger.send("GET", f"{place.scheme}://{place.netloc}{_METADATA}").json().get("revocation_endpoint")
    except HostTrouble:
        return ""
    return found if isinstance(found, str) else ""


def revoke(exchanger: Exchanger, url: str, client: RegisteredClient, token: str, *, hint: str) -> None:
    """Make a token void (RFC 7009).

    Raises:
        HostTrouble: The host refuses.
    """
    _sent(exchanger, url, client, {"token": token, "token_type_hint": hint})


def _sent(exchanger: Exchanger, url: str, client: RegisteredClient, fields: Mapping[str, str]) -> Answer:
    headers = {"Authorization": client.authorization, "Content-Type": _FORM}
    return exchanger.send("POST", url, headers=headers, content=urlencode(fields).encode("ascii"))


def _tokens(answer: Mapping[str, Any], asked: tuple[str, ...]) -> Tokens:
    access, kind = answer.get("access_token"), answer.get("token_type")
    if not isinstance(access, str) or not access.isascii() or not access or not isinstance(kind, str):
        raise AnswerUnusable("The token endpoint answers without access_token and token_type.")
    if kind.lower() != "bearer":
        raise AnswerUnusable(f"The token endpoint answers with a token of type {kind[:40]!r}; expected is bearer.")
    again, scope = answer.get("refresh_token"), answer.get("scope")
    return Tokens(
        access_token=access,
        refresh_token=again if isinstance(again, str) else "",
        scopes=tuple(scope.split()) if isinstance(scope, str) else asked,
    )
