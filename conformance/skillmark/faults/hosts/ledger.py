"""What is known of the clients, sessions, codes and tokens of a host by looking at what it is asked and answers."""

from __future__ import annotations

import dataclasses
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skillmark.faults.hosts.calls import Call
    from skillmark.faults.provider import Given

_REDIRECTED = frozenset({302, 303})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What an account allowed a client."""

    #: Name of the account; empty where it was not seen who signed in.
    account: str
    client: str
    scopes: tuple[str, ...]
    redirect_uri: str = ""
    code: str = ""


class Ledger:
    """Everything that was registered and granted so far."""

    def __init__(self) -> None:
        #: Secrets by the identifier of the client.
        self.clients: dict[str, str] = {}
        #: What clients were answered when they registered.
        self.registered: dict[str, Mapping[str, Any]] = {}
        #: Names of accounts by the cookie of a session.
        self.sessions: dict[str, str] = {}
        self.codes: dict[str, Grant] = {}
        #: Codes that were redeemed.
        self.used: set[str] = set()
        self.access: dict[str, Grant] = {}
        self.refresh: dict[str, Grant] = {}

    def note(self, call: Call, given: Given) -> None:
        """Learn from what was asked and answered."""
        match call.operation:
            case "registerClient" if given.status == 201:
                answer = given.json
                self.clients[answer["client_id"]] = answer["client_secret"]
                self.registered[answer["client_id"]] = answer
            case "signIn" if given.status in _REDIRECTED:
                self.sessions[cookie_in(given.headers.get("set-cookie", ""))] = call.form.get("name", "")
            case "decide" if given.status in _REDIRECTED:
                self._note_code(call, given)
            case "token" | "refreshToken" if given.status == 200:
                self._note_tokens(call, given)
            case _:
                pass

    def granted(self, call: Call) -> Grant | None:
        """Return what a call is about by its code, its refresh token or its access token."""
        form = call.form
        return (
            self.codes.get(form.get("code", ""))
            or self.refresh.get(form.get("refresh_token", ""))
            or self.access.get(call.token)
        )

    def wrong_in(self, call: Call, grant: Grant) -> set[str]:
        """Return what is wrong with a token request, as far as it can be seen: names of fields, ``secret``, ``client``."""
        form = call.form
        wrong = {name for name in ("grant_type", "code", "redirect_uri", "scope", "code_verifier") if name not in form}
        if form.get("grant_type") != "authorization_code":
            wrong.add("grant_type")
        if form.get("redirect_uri") != grant.redirect_uri:
            wrong.add("redirect_uri")
        if not set(form.get("scope", "").split()) <= set(grant.scopes):
            wrong.add("scope")
        if grant.code in self.used:
            wrong.add("code")
        if not self.is_client(call):
            wrong.add("secret")
        elif call.client[0] != grant.client:
            wrong.add("client")
        return wrong

    def is_client(self, call: Call) -> bool:
        """Whether a call brings the secret of a client."""
        name, secret = call.client
        return bool(name) and self.clients.get(name) == secret

    def _note_code(self, call: Call, given: Given) -> None:
        said = query_of(given.headers.get("location", ""))
        if "code" in said:
            self.codes[said["code"]] = Grant(
                account=self.sessions.get(cookie_in(call.headers.get("cookie", "")), ""),
                client=call.parameter("client_id") or "",
                scopes=tuple(said.get("scope", "").split()),
                redirect_uri=call.parameter("redirect_uri") or "",
                code=said["code"],
            )

    def _note_tokens(self, call: Call, given: Given) -> None:
        grant, answer = self.granted(call), given.json
        if grant is None:
            return
        self.used |= {call.form.get("code", "")}
        scoped = dataclasses.replace(grant, scopes=tuple(answer.get("scope", "").split()))
        self.access[answer["access_token"]] = scoped
        if "refresh_token" in answer:
            self.refresh[answer["refresh_token"]] = grant


def cookie_in(header: str) -> str:
    """Return the value of the first cookie of a header; empty without one."""
    cookies: SimpleCookie = SimpleCookie()
    try:
        cookies.load(header)
    except CookieError:
        return ""
    return next((morsel.value for morsel in cookies.values()), "")


def query_of(address: str) -> Mapping[str, str]:
    """Return the parameters of the query of an address."""
    return dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))
