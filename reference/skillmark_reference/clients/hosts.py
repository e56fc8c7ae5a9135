"""A host as its client uses it: what is in it is read page by page, and everything it says is held against limits."""

from __future__ import annotations

import dataclasses
import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import httpx

from skillmark_reference.clients import tokens as tokens_of
from skillmark_reference.clients.authorizing import attempt, code_of
from skillmark_reference.clients.descriptions import Copies, Copy, Description, description_of, lifetime_of
from skillmark_reference.clients.errors import AnswerUnusable, LimitReached, RequestRefused
from skillmark_reference.clients.links import next_link
from skillmark_reference.clients.registering import registered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from skillmark_reference.clients.exchanging import Answer, Exchanger
    from skillmark_reference.clients.registering import ClientMetadata, RegisteredClient
    from skillmark_reference.clients.tokens import Tokens
    from skillmark_reference.services import Operation, Service

_UNAUTHORIZED = 401
_NOT_MODIFIED = 304
_TOKENS = "compactJwsString"
_TOKEN_TYPE = "text/plain"  # noqa: S105 - a media type


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A credential as a host keeps it."""

    #: JSON, or a compact JWS.
    text: str
    is_token: bool


class Host:
    """One host, as one version of a standard has it."""

    def __init__(
        self,
        url: str,
        service: Service,
        exchanger: Exchanger,
        *,
        copies: Copies | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.service = service
        self.root = f"{url.rstrip('/').removesuffix(service.base_path)}{service.base_path}"
        self.exchanger = exchanger
        self._copies = copies or Copies()
        self._now = now

    # What comes before tokens

    def describe(self) -> Description:
        """Return the service description, from a copy where one counts.

        Raises:
            HostTrouble: There is none, or it names no way to be authorized.
        """
        url = f"{self.root}{self.service.operations['getServiceDescription'].path}"
        copy = self._copies.find(url)
        if copy is None or copy.expires <= self._now():
            copy = self._asked(url, copy)
        return description_of(copy.body, root=self.root, service=self.service)

    def _asked(self, url: str, copy: Copy | None) -> Copy:
        headers = {"If-None-Match": copy.etag} if copy is not None and copy.etag else {}
        expected = (200, _NOT_MODIFIED) if headers else (200,)
        answer = self.exchanger.send("GET", url, headers=headers, expected=expected)
        is_same = copy is not None and answer.status == _NOT_MODIFIED
        body = copy.body if copy is not None and is_same else answer.json()
        lifetime = lifetime_of(answer.headers, self._now())
        etag = answer.headers.get("etag", headers.get("If-None-Match", "") if is_same else "")
        fresh = Copy(url=url, body=body, etag=etag, expires=self._now() + (lifetime or 0))
        if lifetime is None:
            self._copies.forget(url)
        else:
            self._copies.keep(fresh)
        return fresh

    def register(self, metadata: ClientMetadata, scopes: Sequence[str]) -> RegisteredClient:
        """Register a client (RFC 7591).

        Raises:
            HostTrouble: The host refuses, or its answer cannot be used.
        """
        answer = self.exchanger.send(
            "POST",
            self.describe().registration_url,
            headers={"Content-Type": "application/json"},
            content=json.dumps(metadata.request(scopes)).encode(),
            expected=(200, 201),
        )
        return registered(answer.json(), metadata, scopes)

    def authorize(self, client: RegisteredClient, scopes: Sequence[str], browse: Callable[[str], str]) -> Session:
        """Ask a person for access: ``browse`` opens an address, and returns the one at which the browser ended.

        Raises:
            StateMismatch: The browser came back with the answer to another question.
            RequestRefused: The person, or the host, said no.
            HostTrouble: An answer cannot be used.
        """
        described = self.describe()
        made = attempt(described.authorization_url, client, scopes)
        code = code_of(made, browse(made.url))
        found = tokens_of.redeem(self.exchanger, described.token_url, client, made, code)
        return Session(self, client, found)


class Session:
    """What a client may do for one person."""

    def __init__(self, host: Host, client: RegisteredClient, tokens: Tokens) -> None:
        self._host = host
        self.client = client
        self.tokens = tokens

    def refresh(self) -> None:
        """Get a new access token.

        Raises:
            HostTrouble: The host refuses, or gave no refresh token.
        """
        if not self.tokens.refresh_token:
            raise RequestRefused("The host gave no refresh token: a person has to sign in again.")
        url = self._host.describe().refresh_url
        self.tokens = tokens_of.refresh(self._host.exchanger, url, self.client, self.tokens)

    def revoke(self) -> bool:
        """Make the tokens void; whether the host says where that is done.

        Raises:
            HostTrouble: The host refuses.
        """
        exchanger = self._host.exchanger
        url = tokens_of.revocation_url(exchanger, self._host.describe().token_url)
        if url:
            refresh, access = self.tokens.refresh_token, self.tokens.access_token
            token, hint = (refresh, "refresh_token") if refresh else (access, "access_token")
            tokens_of.revoke(exchanger, url, self.client, token, hint=hint)
        return bool(url)

    # Credentials

    def credentials(self, *, since: str | None = None, limit: int | None = None) -> Iterator[Received]:
        """Yield all credentials of a person, over all pages.

        Raises:
            LimitReached: There is no end to them.
            HostTrouble: The host refuses, or an answer cannot be used.
        """
        limits, operation = self._host.exchanger.limits, self._host.service.operations["getCredentials"]
        query = {name: str(value) for name, value in (("limit", limit), ("since", since)) if value is not None}
        url = f"{self._host.root}{operation.path}{f'?{urlencode(query)}' if query else ''}"
        visited: set[str] = set()
        count = 0
        while url:
            if url in visited:
                raise LimitReached("The pages of the host lead in a circle: a next page was there before.")
            if len(visited) >= limits.pages:
                raise LimitReached(f"The list of the host has more than {limits.pages:,} pages.")
            visited.add(url)
            answer = self._send(operation, url)
            for each in _credentials(answer):
                count += 1
                if count > limits.credentials:
                    raise LimitReached(f"The list of the host has more than {limits.credentials:,} credentials.")
                yield each
            url = self._next(answer)

    def _next(self, answer: Answer) -> str:
        """Return the next page, which is at the host itself: the token goes nowhere else.

        Raises:
            AnswerUnusable: It is elsewhere.
        """
        link = next_link(answer.headers.get_list("link"))
        if not link:
            return ""
        try:
            url = str(httpx.URL(answer.url).join(link))
        except (httpx.InvalidURL, ValueError):
            url = ""
        if not url.partition("?")[0].startswith(f"{httpx.URL(self._host.root)}/"):
            raise AnswerUnusable(f"The next page is at {link[:200]!r}; expected is an address below {self._host.root}.")
        return url

    def upsert(self, text: str) -> int:
        """Give the host a credential, and return its status: 201 for a new one, 200 or 304 for one it had.

        Raises:
            HostTrouble: The host refuses.
        """
        operation = self._host.service.operations["upsertCredential"]
        is_token = not text.lstrip().startswith("{")
        media_type = _TOKEN_TYPE if is_token else "application/vc+ld+json"
        url = f"{self._host.root}{operation.path}"
        return self._send(
            operation, url, content=text.strip().encode(), content_type=media_type, expected=(200, 201, _NOT_MODIFIED)
        ).status

    # Profile

    def profile(self) -> dict[str, Any]:
        """Return the profile of a person.

        Raises:
            HostTrouble: The host refuses, or its answer is no JSON object.
        """
        operation = self._host.service.operations["getProfile"]
        return self._send(operation, f"{self._host.root}{operation.path}").json()

    def put_profile(self, profile: Mapping[str, Any]) -> None:
        """Replace the profile of a person by another whole one.

        Raises:
            HostTrouble: The host refuses.
        """
        operation = self._host.service.operations["putProfile"]
        content = json.dumps(profile, ensure_ascii=False).encode()
        url = f"{self._host.root}{operation.path}"
        self._send(operation, url, content=content, content_type="application/json", expected=(200, 201, 202))

    def _send(
        self,
        operation: Operation,
        url: str,
        *,
        content: bytes = b"",
        content_type: str = "",
        expected: tuple[int, ...] = (200,),
    ) -> Answer:
        """Send a request with the token, and once more with a fresh one where it has expired."""
        exchanger = self._host.exchanger
        told = {"Content-Type": content_type} if content_type else {}

        def sent(statuses: tuple[int, ...]) -> Answer:
            headers = {"Authorization": f"Bearer {self.tokens.access_token}", **told}
            return exchanger.send(operation.method, url, headers=headers, content=content, expected=statuses)

        if not self.tokens.refresh_token:
            return sent(expected)
        answer = sent((*expected, _UNAUTHORIZED))
        if answer.status != _UNAUTHORIZED:
            return answer
        self.refresh()
        return sent(expected)


def _credentials(answer: Answer) -> Iterator[Received]:
    body = answer.json()
    found, tokens = body.get("credential", []), body.get(_TOKENS, [])
    if not isinstance(found, list) or not isinstance(tokens, list):
        raise AnswerUnusable(f"{answer.url} answers without arrays of credentials.")
    for each in found:
        if not isinstance(each, dict):
            raise AnswerUnusable(f"{answer.url} lists a credential that is no object.")
        yield Received(text=json.dumps(each, ensure_ascii=False), is_token=False)
    for each in tokens:
        if not isinstance(each, str):
            raise AnswerUnusable(f"{answer.url} lists a token that is no text.")
        yield Received(text=each, is_token=True)
