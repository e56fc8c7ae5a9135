"""The healthy host that faults and personas are made of: the reference application with an empty database, in process."""

from __future__ import annotations

import base64
import dataclasses
import functools
import hashlib
import html
import json
import re
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import httpx
import sqlalchemy as sa

from skillmark.core.interfaces import Account, HostInterface
from skillmark.core.target import Product, Target
from skillmark.faults.hosts.calls import Call
from skillmark.faults.hosts.ledger import Ledger, query_of
from skillmark.faults.provider import Given
from skillmark.wire.in_process import AsgiTransport
from skillmark_reference import server
from skillmark_reference.frameworks.storing import Repository
from skillmark_reference.server.oauth import storing
from skillmark_reference.server.oauth.accounts import SESSION_SECONDS
from skillmark_reference.services import load_service

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from skillmark_reference.services import Service

URL = "http://127.0.0.1"
_PRODUCT = Product(name="Skillmark reference host", version="self-check", vendor="Skillmark", contact="none")
_CONTACTS = "The reference host shows the contacts of a client to nobody."
_ATTESTED = {"OB30-R-192": _CONTACTS, "CLR20-R-199": _CONTACTS}
#: The id that the certification guide wants the profile of the test user to have.
_PROFILE_ID = "https://1edtech.org/issuers/cert"
_CONTEXT = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"


def _profile(identifier: str, name: str) -> str:
    return json.dumps({"@context": [_CONTEXT], "id": identifier, "type": ["Profile"], "name": name})


_PASSWORDS = {"ada": "correct horse", "bob": "battery staple", "cyd": "paper clip"}
_PROFILE_IDS = {"ada": _PROFILE_ID, "bob": "https://host.example/bob"}
#: The last one has no profile.
ACCOUNTS = tuple(
    server.Account(
        name=name,
        full_name=name.title(),
        password=password,
        profile=_profile(_PROFILE_IDS[name], name.title()) if name in _PROFILE_IDS else None,
    )
    for name, password in _PASSWORDS.items()
)
#: Request headers that the healthy host is asked without: bodies stay open to change, lengths are made anew.
_NEGOTIATED = frozenset({"accept-encoding", "content-length", "host"})
_FRAMING = frozenset({"content-length", "transfer-encoding"})
#: Who there is, and whose browser is whose.
_DOOR_TABLES = (storing.accounts, storing.sessions)
_FORM = {"content-type": "application/x-www-form-urlencoded"}
_VERIFIER = "a-verifier-of-the-host-itself-of-43-characters-or-more"
_CALLBACK = "https://inside.example/callback"
_REGISTRATION = {
    "client_name": "The host itself",
    "client_uri": "https://inside.example/",
    "logo_uri": "https://inside.example/logo.png",
    "tos_uri": "https://inside.example/terms",
    "policy_uri": "https://inside.example/privacy",
    "software_id": "inside",
    "software_version": "1",
    "redirect_uris": [_CALLBACK],
    "grant_types": ["authorization_code", "refresh_token"],
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Door:
    """Everybody signed in once, to be copied into the hosts of other runs: a password takes a quarter of a second to check."""

    #: Rows by table.
    rows: Mapping[str, list[dict[str, Any]]]
    #: Answers to those who signed in, by name.
    answers: Mapping[str, Given]
    #: Names by the cookie of a session.
    sessions: Mapping[str, str]


class Host:
    """The healthy host of one run, and what is known of it."""

    def __init__(self, service: Service, *, clock: Callable[[], float] = time.time) -> None:
        self.service = service
        self.ledger = Ledger()
        self._clock = clock
        self._repository = Repository.open("sqlite://")
        options = server.ServerOptions(accounts=ACCOUNTS)
        self._transport = AsgiTransport(server.create_app(self._repository, options=options, clock=clock))
        self._signed_in: dict[str, Given] = {}
        #: Name of the account for which somebody signed in last.
        self.signed_in_last = ""
        self._client: tuple[str, str] | None = None
        self._tokens: dict[tuple[str, tuple[str, ...]], str] = {}

    @classmethod
    def opened(cls, service: Service) -> Host:
        """Return a host at which everybody has signed in before."""
        host, door = cls(service), _door()
        host.ledger.sessions.update(door.sessions)
        host._signed_in.update(door.answers)
        host._furnish(door)
        return host

    def door(self) -> _Door:
        """Sign everybody in, and return what there is of them."""
        for each in ACCOUNTS:
            self.token_of(each.name, tuple(self.service.scopes))
        database = self._repository.database
        rows = {
            table.name: [dict(row._mapping) for row in database.rows(sa.select(table))]  # noqa: SLF001 - public in SQLAlchemy
            for table in _DOOR_TABLES
        }
        return _Door(rows=rows, answers=dict(self._signed_in), sessions=dict(self.ledger.sessions))

    def _furnish(self, door: _Door) -> None:
        database = self._repository.database
        database.provide(storing.metadata)
        with database.writing() as connection:
            for table in _DOOR_TABLES:
                for row in door.rows[table.name]:
                    ends = {"ends_at": self._clock() + SESSION_SECONDS} if "ends_at" in row else {}
                    connection.execute(table.insert().values(**row | ends))

    def close(self) -> None:
        """Close the application and its database."""
        self._transport.close()
        self._repository.close()

    def answer(self, call: Call) -> Given:
        """Return the healthy answer to a call, free to be changed."""
        given = self._signed_in_before(call) or self._fetched(call)
        self.ledger.note(call, given)
        if call.operation == "signIn" and given.status == 303:
            self._signed_in[call.form["name"]] = given
            self.signed_in_last = call.form["name"]
        if call.operation == "decide" and call.form.get("decision") == "other":
            self._signed_in.clear()
        return Given(status=given.status, headers=dict(given.headers), body=given.body)

    def token_of(self, account: str, scopes: Sequence[str]) -> str:
        """Return an access token of an account with some scopes, made as any client would get it."""
        key = account, tuple(scopes)
        if key not in self._tokens:
            self._tokens[key] = self.issued(account, scopes).json["access_token"]
        return self._tokens[key]

    def issued(self, account: str, scopes: Sequence[str]) -> Given:
        """Return an answer of the token endpoint with fresh tokens of an account."""
        form = {
            "grant_type": "authorization_code",
            "code": self._code(account, scopes),
            "redirect_uri": _CALLBACK,
            "scope": " ".join(scopes),
            "code_verifier": _VERIFIER,
        }
        call = self._inside("POST", "/oauth2/token", form=form, operation="token")
        return self.answer(call.from_client(*self._own_client()))

    def _code(self, account: str, scopes: Sequence[str]) -> str:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(_VERIFIER.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": self._own_client()[0],
            "redirect_uri": _CALLBACK,
            "scope": " ".join(scopes),
            "state": "inside",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        cookie = self._cookie(account, query)
        page = self.answer(self._inside("GET", "/oauth2/authorize", query=query, cookie=cookie, operation="authorize"))
        form = {"seal": seal_of(page.body.decode()), "decision": "allow", "scope": list(scopes)}
        decided = self._inside("POST", "/oauth2/authorize", query=query, cookie=cookie, form=form, operation="decide")
        return query_of(self.answer(decided).headers["location"])["code"]

    def _cookie(self, account: str, query: Mapping[str, str]) -> str:
        page = self.answer(self._inside("GET", "/oauth2/authorize", query=query, operation="authorize"))
        form = {"seal": seal_of(page.body.decode()), "name": account, "password": _PASSWORDS[account]}
        before = page.headers["set-cookie"].partition(";")[0]
        call = self._inside("POST", "/oauth2/sign-in", query=query, cookie=before, form=form, operation="signIn")
        return self.answer(call).headers["set-cookie"].partition(";")[0]

    def _own_client(self) -> tuple[str, str]:
        if self._client is None:
            scopes = {"scope": " ".join(self.service.scopes)}
            call = self._inside("POST", "/oauth2/register", operation="registerClient").sending(_REGISTRATION | scopes)
            answer = self.answer(call).json
            self._client = answer["client_id"], answer["client_secret"]
        return self._client

    def _inside(
        self,
        method: str,
        path: str,
        *,
        operation: str,
        query: Mapping[str, str] | None = None,
        form: Mapping[str, str | Sequence[str]] | None = None,
        cookie: str = "",
    ) -> Call:
        headers = (_FORM if form else {}) | ({"cookie": cookie} if cookie else {})
        return Call(
            method=method,
            operation=operation,
            origin=URL,
            path=path,
            query=tuple((query or {}).items()),
            headers=headers,
            body=urlencode(form or {}, doseq=True).encode(),
        )

    def _signed_in_before(self, call: Call) -> Given | None:
        form = call.form if call.operation == "signIn" else {}
        known = self._signed_in.get(form.get("name", ""))
        if known is None or form.get("password") != _PASSWORDS[form["name"]] or form.get("decision") == "deny":
            return None
        location = f"authorize?{urlencode(call.query, quote_via=quote)}"
        return Given(status=known.status, headers={**known.headers, "location": location}, body=known.body)

    def _fetched(self, call: Call) -> Given:
        headers = {name: value for name, value in call.headers.items() if name not in _NEGOTIATED}
        request = httpx.Request(call.method, f"{URL}{call.target}", headers=headers, content=call.body)
        response = self._transport.handle_request(request)
        body = response.read()
        response.close()
        kept = {name.lower(): value for name, value in response.headers.items() if name.lower() not in _FRAMING}
        return Given(status=response.status_code, headers=kept, body=body)


@functools.cache
def _door() -> _Door:
    host = Host(load_service("ob-3.0"))
    try:
        return host.door()
    finally:
        host.close()


def seal_of(page: str) -> str:
    """Return the seal of the form in a page of the reference host; empty where there is none."""
    found = re.search(r'name="seal" value="([^"]*)"', page)
    return html.unescape(found[1]) if found else ""


def target_for() -> Target:
    """Return the target of an in-process run; transport requirements cannot be tested without a socket."""
    accounts = tuple(
        Account(name=each.name, password=each.password, profile_id=_PROFILE_IDS.get(each.name, "")) for each in ACCOUNTS
    )
    return Target(
        url=URL, product=_PRODUCT, host=HostInterface(accounts=accounts), attestations=dict(_ATTESTED), lab=True
    )
