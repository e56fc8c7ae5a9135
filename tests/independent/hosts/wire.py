"""What comes in and what goes out, as plain values."""

from __future__ import annotations

import dataclasses
import json
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Receive, Scope, Send

#: HTTP status, code minor, code major, severity (Imsx_StatusInfo).
STATUSES = {
    200: ("fullsuccess", "success", "status"),
    202: ("fullsuccess", "processing", "status"),
    400: ("invalid_query_parameter", "failure", "error"),
    401: ("unauthorizedrequest", "failure", "error"),
    403: ("forbidden", "failure", "error"),
    404: ("not_found", "failure", "status"),
    405: ("not_allowed", "failure", "error"),
    415: ("unknown", "failure", "error"),
    422: ("invalid_data", "failure", "error"),
    429: ("server_busy", "failure", "error"),
    500: ("internal_server_error", "failure", "error"),
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: dict[str, str]
    body: bytes
    origin: str

    def get(self, name: str) -> str | None:
        """Return the first value of a query parameter."""
        return next((value for key, value in self.query if key == name), None)

    @property
    def media_type(self) -> str:
        """The media type of the body, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def form(self) -> dict[str, str]:
        """The fields of a form."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies."""
        return {name: morsel.value for name, morsel in SimpleCookie(self.headers.get("cookie", "")).items()}


@dataclasses.dataclass(slots=True, kw_only=True)
class Reply:
    """An answer."""

    status: int = 200
    headers: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Return the first header of a name."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def put(self, name: str, value: str | None) -> Reply:
        """Set a header instead of the one there is, or take it away."""
        self.headers = [each for each in self.headers if each[0].lower() != name.lower()]
        self.headers += [] if value is None else [(name, value)]
        return self

    @property
    def value(self) -> Any:  # noqa: ANN401 - any JSON value
        """The JSON value of the body."""
        return json.loads(self.body)

    def show(self, value: object) -> Reply:
        """Set a JSON value as the body."""
        self.body = json.dumps(value, ensure_ascii=False).encode()
        return self


def of_json(value: object, status: int = 200, *headers: tuple[str, str]) -> Reply:
    """Return an answer in JSON."""
    return Reply(status=status, headers=[("Content-Type", "application/json"), *headers]).show(value)


def of_html(page: str, status: int = 200, *headers: tuple[str, str]) -> Reply:
    """Return a page."""
    kept = [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store"), *headers]
    return Reply(status=status, headers=kept, body=page.encode())


def of_move(address: str, status: int = 303, *headers: tuple[str, str]) -> Reply:
    """Return a redirection."""
    return Reply(status=status, headers=[("Location", address), ("Cache-Control", "no-store"), *headers])


class Refused(Exception):  # noqa: N818 - an answer, no defect
    """A request of the API that is refused."""

    def __init__(self, status: int, text: str, *, minor: str = "", headers: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(text)
        self.status, self.text, self.minor, self.headers = status, text, minor, headers


class RefusedOAuth(Exception):  # noqa: N818 - the same
    """A request of a client of the authorization server that is refused."""

    def __init__(self, error: str, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.error, self.text, self.status = error, text, status


async def served(answer: Callable[[Asked], Reply], scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request of an ASGI server."""
    request = Request(scope, receive)
    asked = Asked(
        method=request.method,
        path=request.url.path,
        query=tuple(parse_qsl(request.url.query, keep_blank_values=True)),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=await request.body(),
        origin=f"{request.url.scheme}://{request.url.netloc}",
    )
    reply = answer(asked)
    response = Response(reply.body, status_code=reply.status)
    kept = [(name.lower(), value) for name, value in response.headers.items() if name.lower() == "content-length"]
    response.raw_headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in [*kept, *reply.headers]
    ]
    await response(scope, receive, send)
