"""A verifier as a product: what it is sent, and how it answers."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import TYPE_CHECKING, Any

import httpx
from starlette.requests import Request
from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Receive, Scope, Send

    from .verifier import Verifier

_PART = re.compile(rb"\r\n\r\n(.*)\r\n--", re.DOTALL)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer."""

    status: int
    content: bytes = b""
    media_type: str = "application/json"


def as_json(status: int, value: object, media_type: str = "application/json") -> Answered:
    """Return an answer with a JSON value."""
    return Answered(status=status, content=json.dumps(value).encode(), media_type=media_type)


def by_status(problem: str) -> Answered:
    """Answer by the VC API: 200, or 400 with the problem."""
    return as_json(400 if problem else 200, {"verified": not problem, "errors": [problem] if problem else []})


class Product(httpx.BaseTransport):
    """A verifier behind HTTP, in process.

    Attributes:
        crashes: What went wrong in it, which is no answer of a verifier.
    """

    def __init__(self, verifier: Verifier, answers: Callable[[str], Answered] = by_status) -> None:
        self._verifier = verifier
        self._answers = answers
        self._number = 0
        self.crashes: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        text = credential_in(request.read(), request.headers.get("content-type", ""))
        self._number += 1
        every = self._verifier.switches.silent_every
        if every and self._number % every == 0:
            raise httpx.ReadTimeout("it takes its time", request=request)
        said = self.answer(text)
        return httpx.Response(said.status, content=said.content, headers={"Content-Type": said.media_type})

    def answer(self, text: str) -> Answered:
        """Return what is said of a credential."""
        try:
            problem = self._verifier.problem(text)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as error:
            self.crashes.append(f"{type(error).__name__}: {error}")
            return as_json(500, {"error": "internal"})
        return self._answers(problem)


def credential_in(body: bytes, content_type: str) -> str:
    """Return the credential of a request: of the VC API, of a form with a file, or bare."""
    if content_type.startswith("multipart/form-data"):
        found = _PART.search(body)
        return found[1].decode() if found else ""
    text = body.decode(errors="replace")
    try:
        whole = json.loads(text)
    except ValueError:
        return text
    if not isinstance(whole, dict) or "@context" in whole:
        return whole if isinstance(whole, str) else text
    return unwrapped(next(iter(whole.values()), ""))


def unwrapped(value: Any) -> str:  # noqa: ANN401 - any JSON
    """Return a credential out of its envelope (VC Data Model 2.0, 4.13)."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and value.get("type") == "EnvelopedVerifiableCredential":
        return str(value["id"]).partition(",")[2]
    return json.dumps(value, ensure_ascii=False)


def as_application(product: Product) -> ASGIApp:
    """Return a verifier as an ASGI application, for a socket."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        said = product.answer(credential_in(await request.body(), request.headers.get("content-type", "")))
        await Response(said.content, status_code=said.status, media_type=said.media_type)(scope, receive, send)

    return answer
