"""The harness as a host: a product that calls hosts connects to it, and everything that it asks is kept.

It is strict in nothing, so that one mistake of a product does not hide the next ones: judging is the suite's.
"""

from __future__ import annotations

import dataclasses
import json
import re
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from skillmark.wire.peers.calls import Call, Gave, Round
from skillmark.wire.peers.errands import READING
from skillmark.wire.peers.host_description import authorization_server, description_of_host
from skillmark_reference.securing.instants import MalformedInstant, parse_date_time

if TYPE_CHECKING:
    import datetime
    import random
    from collections.abc import Callable, Mapping, Sequence

    from starlette.types import Receive, Scope, Send

    from skillmark.core.clock import Clock
    from skillmark.wire.peers.errands import Errand
    from skillmark_reference.services import Service

#: Credentials of one page, however many are asked for.
PAGE = 2
#: Seconds for which the description may be kept in the rounds that are about it.
LIFETIME = 60
#: How every identifier begins that a client is given here, in this run and in earlier ones.
CLIENT = "skillmark-peer-"
#: Bytes of a body that are kept.
MOST_BODY = 2**20
_MOST_CALLS = 2_000
_NOT_KEPT = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))
_JSON = "application/json"
_UNAUTHORIZED = (("WWW-Authenticate", 'Bearer error="invalid_token"'),)
#: Addresses outside of the base path: the run that they were made for, and what they are.
_OAUTH = re.compile(r"/oauth2/(?:([0-9a-f]+)/)?(register|authorize|token|revoke)$", re.ASCII)
_OPERATIONS = {"register": "registerClient", "authorize": "authorize", "token": "token", "revoke": "revokeToken"}
#: Methods by which browsers look before they ask.
_NO_QUESTION = frozenset({"OPTIONS", "HEAD"})
#: What lets pages in a browser be clients (Fetch Standard, CORS protocol).
_FOR_PAGES = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Headers", "Authorization, Content-Type, Accept, If-None-Match"),
    ("Access-Control-Allow-Methods", "GET, POST, PUT"),
    ("Access-Control-Expose-Headers", "Link, X-Total-Count, ETag, Retry-After"),
)
_METADATA = "/.well-known/oauth-authorization-server"
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A credential that the host has."""

    #: JSON, or a compact JWS.
    text: str
    is_token: bool
    issued: datetime.datetime


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    gave: Gave = dataclasses.field(default_factory=Gave)


class ClientPeer:
    """A host with one person in it, as an ASGI application."""

    def __init__(
        self,
        service: Service,
        *,
        credentials: Sequence[Offered],
        profile: Mapping[str, Any],
        random: random.Random,
        clock: Clock,
        errand: Errand = READING,
        learn: Callable[..., None] = lambda *_: None,
        identity: Callable[[bytes], object] = bytes.strip,
    ) -> None:
        """Prepare to answer.

        Args:
            service: The API that it has.
            credentials: What the person has.
            profile: Who the person is.
            random: Codes, tokens and secrets are drawn from it.
            clock: Says when a call came.
            errand: What products come for.
            learn: Is told every secret before a call is kept.
            identity: Gives what is equal for two bodies of upsertCredential that are the same credential.
        """
        self.errand = errand
        self._service = service
        self._credentials = tuple(credentials)
        self._profile = dict(profile)
        self._random = random
        self._clock = clock
        self._begin = clock.elapsed()
        #: Stands in addresses, so that those that an earlier run gave out are told from them.
        self.stamp = f"{round(clock.now().timestamp() * 1_000):x}"
        self._learn = learn
        self._round = Round.HEALTHY
        self._calls: list[Call] = []
        self._codes: dict[str, str] = {}
        #: Scopes by token, of this round.
        self._tokens: dict[str, str] = {}
        self._was_busy = False
        self._identity = identity
        #: What makes the credentials that products sent the same as others.
        self._upserts: set[object] = set()
        self._came = threading.Condition()
        #: The address under which products reach it, without a final slash; whoever serves it says it.
        self.url = ""

    @property
    def calls(self) -> tuple[Call, ...]:
        """Everything that was asked so far, in order."""
        with self._came:
            return tuple(self._calls)

    def begin(self, which: Round) -> None:
        """Begin a round: what was given out before is not good any more."""
        with self._came:
            self._round = which
            self._codes.clear()
            self._tokens.clear()
            self._was_busy = False

    def wait(self, seconds: float) -> None:
        """Wait until another call comes, at most for some seconds."""
        with self._came:
            self._came.wait(seconds)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, and keep it."""
        if scope["type"] != "http":
            return
        asked = await self._asked(Request(scope, receive))
        with self._came:
            answer = self._answered(asked)
            self._keep(asked, answer)
            self._came.notify_all()
        response = Response(answer.body, status_code=answer.status)
        # Each value as it is, also where a name is there twice.
        told = (*answer.headers, *_FOR_PAGES)
        response.raw_headers += [(name.lower().encode(), value.encode("latin-1")) for name, value in told]
        await response(scope, receive, send)

    async def _asked(self, request: Request) -> Call:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk[: MOST_BODY - len(body)]
        path = request.url.path
        outside = _OAUTH.search(path)
        return Call(
            stamp=(outside[1] or "") if outside else "",
            operation=self._operation(path, request.method),
            method=request.method,
            url=f"{self.url}{path}",
            query_text=request.url.query,
            request_headers=tuple(
                (name.decode("latin-1"), each.decode("latin-1")) for name, each in request.headers.raw
            ),
            body=bytes(body),
            at=self._clock.elapsed() - self._begin,
            is_secure=request.url.scheme == "https",
        )

    def _operation(self, path: str, method: str) -> str:
        if method in _NO_QUESTION:
            return ""
        rows = self._service.operations.values()
        inside = {(f"{self._service.base_path}{row.path}", row.method): row.id for row in rows if row.path}
        outside = _OAUTH.search(path)
        usual = _OPERATIONS[outside[2]] if outside else ""
        return next((name for (end, verb), name in inside.items() if path.endswith(end) and verb == method), usual)

    def _keep(self, asked: Call, answer: _Answer) -> None:
        call = dataclasses.replace(
            asked,
            id=f"c{len(self._calls) + 1}",
            round=self._round,
            status=answer.status,
            headers=answer.headers,
            answer=answer.body,
            gave=answer.gave,
        )
        if len(self._calls) < _MOST_CALLS:
            form, basic = call.form, call.basic or ("", "")
            given = ("code", "code_verifier", "client_secret", "refresh_token", "token", "access_token")
            self._learn(*answer.gave.secrets, basic[1], *(form.get(name, "") for name in given))
            self._calls.append(call)

    # Answers

    def _answered(self, asked: Call) -> _Answer:
        answers: Mapping[str, Callable[[Call], _Answer]] = {
            "getServiceDescription": self._description,
            "registerClient": self._registered,
            "authorize": self._authorized,
            "token": self._token,
            "revokeToken": lambda _: _Answer(headers=_NOT_KEPT),
            "getCredentials": self._listed,
            "upsertCredential": self._upserted,
            "getProfile": lambda _: _json(self._profile, headers=_NOT_KEPT),
            "putProfile": self._replaced,
        }
        if asked.method == "OPTIONS":
            return _Answer(status=204)
        if asked.operation in answers:
            takes_token = self._service.operations[asked.operation].scope is not None
            return (self._refusal(asked) if takes_token else None) or answers[asked.operation](asked)
        return self._metadata() if asked.url.endswith(_METADATA) else _json({"error": "not_found"}, status=404)

    def _metadata(self) -> _Answer:
        """Return the metadata of the authorization server, for the one address that the description has no place for."""
        server = authorization_server(self.url, self.stamp)
        return _json(
            {
                "issuer": self.url,
                "revocation_endpoint": f"{server}/revoke",
                "registration_endpoint": f"{server}/register",
                "authorization_endpoint": f"{server}/authorize",
                "token_endpoint": f"{server}/token",
                "response_types_supported": ["code"],
                "code_challenge_methods_supported": ["S256"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                "scopes_supported": list(self._service.scopes),
            },
            headers=_NOT_KEPT,
        )

    def _description(self, asked: Call) -> _Answer:
        is_lasting = self._round in {Round.BUSY, Round.AGAIN}
        tag = '"1"'
        rule = f"private, max-age={LIFETIME}" if is_lasting else "no-store"
        headers = (("Cache-Control", rule), *((("ETag", tag),) if is_lasting else ()))
        if is_lasting and asked.header("if-none-match") == tag:
            return _Answer(status=304, headers=headers)
        return _json(description_of_host(self._service, self.url, self.stamp), headers=headers)

    def _registered(self, asked: Call) -> _Answer:
        given = asked.json if isinstance(asked.json, dict) else dict(asked.fields)
        gave = Gave(client_id=f"{CLIENT}{self._drawn(8)}", client_secret=self._drawn())
        usual = {"token_endpoint_auth_method": "client_secret_basic", "grant_types": ["authorization_code"]}
        told = {
            "client_id": gave.client_id,
            "client_secret": gave.client_secret,
            "client_id_issued_at": int(self._clock.now().timestamp()),
            "client_secret_expires_at": 0,
        }
        return _json(usual | {"response_types": ["code"]} | given | told, status=201, headers=_NOT_KEPT, gave=gave)

    def _authorized(self, asked: Call) -> _Answer:
        """Send the browser back at once: the person agrees to everything."""
        query = dict(asked.query)
        target, is_changed = query.get("redirect_uri", ""), self._round is Round.OTHER_STATE
        if not urlsplit(target).scheme or "#" in target:
            return _json({"error": "invalid_request", "error_description": "redirect_uri is missing"}, status=400)
        code, state = self._drawn(), self._drawn() if is_changed else query.get("state", "")
        self._codes[code] = query.get("scope", "")
        told = {"code": code, "scope": query.get("scope", ""), **({"state": state} if state else {})}
        location = f"{target}{'&' if urlsplit(target).query else '?'}{urlencode(told, errors='replace')}"
        location = location.encode("ascii", "ignore").decode().replace("\r", "").replace("\n", "")
        gave = Gave(code=code, is_state_changed=is_changed)
        return _Answer(status=302, headers=(("Location", location), *_NOT_KEPT), gave=gave)

    def _token(self, asked: Call) -> _Answer:
        form = asked.form
        if form.get("grant_type") == "refresh_token" and form.get("refresh_token") in self._tokens:
            scope = self._tokens[form["refresh_token"]]
        elif form.get("code") in self._codes:
            scope = self._codes.pop(form["code"])
        else:
            return _json({"error": "invalid_grant"}, status=400, headers=_NOT_KEPT)
        gave = Gave(access_token=self._drawn(), refresh_token=self._drawn())
        self._tokens |= {gave.access_token: scope, gave.refresh_token: scope}
        body = {"access_token": gave.access_token, "token_type": "Bearer", "expires_in": 3600, "scope": scope}
        return _json(body | {"refresh_token": gave.refresh_token}, headers=_NOT_KEPT, gave=gave)

    def _drawn(self, count: int = 32) -> str:
        return self._random.randbytes(count).hex()

    # The interface

    def _is_admitted(self, asked: Call) -> bool:
        """Whether a token of this round came, in whatever place."""
        given = (asked.bearer or "", dict(asked.query).get("access_token", ""), asked.form.get("access_token", ""))
        return any(each in self._tokens for each in given)

    def _refusal(self, asked: Call) -> _Answer | None:
        """Return what a call without a token is answered, or one that the host has no time for; nothing to all others."""
        if not self._is_admitted(asked):
            return self._status_info(401, "unauthorizedrequest", headers=_UNAUTHORIZED)
        is_first, is_now = not self._was_busy, self.errand.busy.get(self._round) == asked.operation
        self._was_busy |= is_now
        if is_now and self._round is Round.BUSY:
            return self._status_info(503, "server_busy", headers=(("Retry-After", "1"),)) if is_first else None
        return self._status_info(503, "server_busy", headers=()) if is_now else None

    def _listed(self, asked: Call) -> _Answer:
        query = dict(asked.query)
        limit = min(PAGE, _number(query, "limit") or PAGE)
        positions = self._since(query.get("since", ""))
        total, offset = len(positions), min(_number(query, "offset") or 0, len(positions))
        shown = positions[offset : offset + limit]
        found = [self._credentials[each] for each in shown]
        gave = Gave(listed=shown, total=total, has_next=offset + limit < total)
        link = ("Link", self._links(query, limit=limit, offset=offset, total=total))
        headers = (("X-Total-Count", str(total)), link, *_NOT_KEPT)
        body = {
            "credential": [json.loads(each.text) for each in found if not each.is_token],
            "compactJwsString": [each.text for each in found if each.is_token],
        }
        return _json({name: value for name, value in body.items() if value}, headers=headers, gave=gave)

    def _since(self, text: str) -> tuple[int, ...]:
        """Return the positions of the credentials that were issued after a moment; of all where it is none."""
        try:
            since = parse_date_time(text)
        except MalformedInstant:
            return tuple(range(len(self._credentials)))
        return tuple(place for place, each in enumerate(self._credentials) if each.issued > since)

    def _links(self, query: Mapping[str, str], *, limit: int, offset: int, total: int) -> str:
        last = max(0, total - 1) // limit * limit
        places = {"first": 0, "last": last}
        places |= {"next": offset + limit} if offset + limit < total else {}
        places |= {"prev": max(0, offset - limit)} if offset else {}
        address = f"{self.url}{self._service.base_path}/credentials"
        kept = {name: value for name, value in query.items() if name == "since"}
        return ", ".join(
            f'<{address}?{urlencode(kept | {"limit": limit, "offset": place})}>; rel="{name}"'
            for name, place in places.items()
        )

    def _upserted(self, asked: Call) -> _Answer:
        """Answer with what came, in the form in which it came, as new or as one that was there."""
        identity = self._identity(asked.body)
        status = 200 if identity in self._upserts else 201
        self._upserts.add(identity)
        media_type = asked.header("content-type") or _JSON
        return _Answer(status=status, body=asked.body, headers=(("Content-Type", _ascii(media_type)), *_NOT_KEPT))

    def _replaced(self, asked: Call) -> _Answer:
        if isinstance(asked.json, dict):
            self._profile = asked.json
        return _json(self._profile, headers=_NOT_KEPT)

    def _status_info(self, status: int, minor: str, *, headers: tuple[tuple[str, str], ...]) -> _Answer:
        field = {"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": minor}
        body = {
            "imsx_codeMajor": "failure",
            "imsx_severity": "error",
            "imsx_description": "The host that Skillmark plays does not answer this now.",
            "imsx_codeMinor": {"imsx_codeMinorField": [field]},
        }
        return _json(body, status=status, headers=(*headers, *_NOT_KEPT))


def _json(
    value: object, *, status: int = 200, headers: tuple[tuple[str, str], ...] = (), gave: Gave | None = None
) -> _Answer:
    body = json.dumps(value).encode()
    return _Answer(status=status, body=body, headers=(("Content-Type", _JSON), *headers), gave=gave or Gave())


def _ascii(text: str) -> str:
    return "".join(each for each in text if each.isprintable() and each.isascii())[:200]


def _number(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name, "")
    return int(text) if _NUMBER.fullmatch(text) else None
