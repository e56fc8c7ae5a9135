"""One request and its answer, within limits; redirects are never followed by themselves."""

from __future__ import annotations

import dataclasses
import time
from typing import TYPE_CHECKING, Any

import httpx

from skillmark_reference.clients.errors import (
    AnswerUnusable,
    HostBusy,
    HostUnreachable,
    LimitReached,
    RequestRefused,
)
from skillmark_reference.documents.decoding import ENCODING, BodyReader
from skillmark_reference.documents.records import Refused, Unusable
from skillmark_reference.securing import strict_json
from skillmark_reference.securing.quoting import quoted
from skillmark_reference.securing.strict_json import MalformedJson

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from skillmark_reference.clients.permissions import Permissions

_AGENT = "skillmark-client"
_BUSY = frozenset({429, 503})
#: A client without Retry-After tries again after half an hour, which is longer than anybody waits at a terminal.
_LONGEST_WAIT = 30
_PATIENCE = 2


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a host may ask of a client."""

    #: Seconds for one exchange, its answer included.
    seconds: float = 30.0
    #: Bytes of one answer, after decompression.
    body_bytes: int = 32 * 2**20
    #: Pages of one list, and credentials in it.
    pages: int = 1_000
    credentials: int = 100_000
    redirects: int = 10


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back."""

    url: str
    status: int
    headers: httpx.Headers
    body: bytes

    def json(self) -> dict[str, Any]:
        """Return the JSON object that the body is.

        Raises:
            AnswerUnusable: It is none.
        """
        try:
            return strict_json.parse_object(self.body)
        except MalformedJson as error:
            raise AnswerUnusable(f"{self.url} answers with something else than a JSON object: {error}.") from error


class Exchanger:
    """Sends requests for one client, and asks again where a busy host says when."""

    def __init__(
        self,
        transport: httpx.BaseTransport,
        permissions: Permissions,
        *,
        limits: Limits | None = None,
        elapsed: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._transport = transport
        self.permissions = permissions
        self.limits = limits or Limits()
        self._elapsed = elapsed
        self._wait = wait

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
        expected: Collection[int] = (200,),
    ) -> Answer:
        """Send a request, and return the answer if its status is one that is expected.

        Raises:
            AddressForbidden: The address may not be asked.
            HostUnreachable: There is no answer in time.
            AnswerUnusable: Its encoding was not asked for.
            LimitReached: It is larger than any should be.
            HostBusy: The host has no time, and does not say when it will.
            RequestRefused: The status is another one.
        """
        request = self._request(method, url, headers or {}, content)
        answer = self._once(request)
        for _ in range(_PATIENCE):
            seconds = _told_to_wait(answer)
            if seconds is None or answer.status in expected:
                break
            self._wait(seconds)
            answer = self._once(request)
        if answer.status not in expected:
            raise refusal(answer)
        return answer

    def _request(self, method: str, url: str, headers: Mapping[str, str], content: bytes) -> httpx.Request:
        destination = self.permissions.destination(url)
        seconds = self.limits.seconds
        usual = {"Accept": "application/json", "Accept-Encoding": ENCODING, "User-Agent": _AGENT}
        return httpx.Request(
            method,
            destination,
            headers={**usual, **headers},
            content=content or None,
            extensions={"timeout": dict.fromkeys(("connect", "read", "write", "pool"), seconds)},
        )

    def _once(self, request: httpx.Request) -> Answer:
        begin = self._elapsed()
        try:
            response = self._transport.handle_request(request)
            try:
                body = self._body(response, begin)
            finally:
                response.close()
        except (httpx.TransportError, OSError) as error:
            raise HostUnreachable(
                f"{request.url} cannot be reached: {str(error)[:200] or type(error).__name__}."
            ) from error
        return Answer(url=str(request.url), status=response.status_code, headers=response.headers, body=body)

    def _body(self, response: httpx.Response, begin: float) -> bytes:
        try:
            reader = BodyReader(response.headers.get("content-encoding", ""), limit=self.limits.body_bytes)
            for chunk in response.stream:  # type: ignore[union-attr]  # of a transport that is not asynchronous
                reader.feed(chunk)
                if self._elapsed() - begin > self.limits.seconds:
                    raise LimitReached(f"The host sends an answer for longer than {self.limits.seconds:g} seconds.")
            return reader.finish()
        except Refused:
            raise LimitReached(f"The host sends an answer of more than {self.limits.body_bytes:,} bytes.") from None
        except Unusable as error:
            raise AnswerUnusable(f"The answer of the host cannot be decoded: {error}.") from error


def refusal(answer: Answer) -> RequestRefused:
    """Return what an answer that is no success says: the code and description of OAuth 2.0, or of Imsx_StatusInfo."""
    code, description = _said(answer)
    told = f"{answer.url} answers {answer.status}{f' ({code})' if code else ''}"
    if answer.status in _BUSY:
        return HostBusy(f"{told}: it is busy. Try again in half an hour.", status=answer.status, code=code)
    return RequestRefused(f"{told}{f': {description}' if description else ''}.", status=answer.status, code=code)


def _said(answer: Answer) -> tuple[str, str]:
    try:
        body = strict_json.parse_object(answer.body)
    except MalformedJson:
        return "", ""
    code = body.get("error", body.get("imsx_codeMajor", ""))
    description = body.get("error_description", body.get("imsx_description", ""))
    texts = [quoted(each).strip("'\"") if isinstance(each, str) else "" for each in (code, description)]
    return texts[0], texts[1].rstrip(".")


def _told_to_wait(answer: Answer) -> float | None:
    """Return the seconds of a Retry-After header (RFC 9110, 10.2.3); ``None`` where it names no short time."""
    text = answer.headers.get("retry-after", "").strip()
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(_LONGEST_WAIT))
    is_short = is_number and int(text) <= _LONGEST_WAIT
    return float(text) if answer.status in _BUSY and is_short else None
