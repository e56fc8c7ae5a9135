"""Ways to change what a client sends, one request at a time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from skillmark.faults.clients.world import Change, Send

    Pairs = list[tuple[str, str]]

REGISTER, AUTHORIZE, TOKEN, REVOKE = "/register", "/authorize", "/token", "/revoke"
CREDENTIALS, PROFILE, DISCOVERY = "/credentials", "/profile", "/discovery"


def remade(
    request: httpx.Request,
    *,
    method: str = "",
    url: httpx.URL | str = "",
    headers: Mapping[str, str | None] | None = None,
    content: bytes | None = None,
) -> httpx.Request:
    """Return a request with parts replaced; a header without a value is left out."""
    given = {name: value for name, value in request.headers.items() if name not in {"content-length", "host"}}
    for name, value in (headers or {}).items():
        given.pop(name, None)
        if value is not None:
            given[name] = value
    body = request.content if content is None else content
    return httpx.Request(
        method or request.method, url or request.url, headers=given, content=body or None, extensions=request.extensions
    )


def at(end: str, edit: Callable[[httpx.Request], httpx.Request]) -> Callable[[], Change]:
    """Change the requests to paths with an end."""

    def change(request: httpx.Request, send: Send) -> httpx.Response:
        return send(edit(request) if request.url.path.endswith(end) else request)

    return lambda: change


def registering(**members: object) -> Callable[[], Change]:
    """Replace members of registrations; without a value they are left out."""
    return registering_as(lambda given: {n: v for n, v in (given | members).items() if v is not None})


def registering_as(edit: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[], Change]:
    """Change registrations."""
    return at(REGISTER, lambda request: remade(request, content=json.dumps(edit(json.loads(request.content))).encode()))


def with_query(edit: Callable[[Pairs], Pairs], end: str = AUTHORIZE) -> Callable[[], Change]:
    """Change the query of requests to paths with an end."""
    return at(end, lambda request: _with_query(request, edit))


def _with_query(request: httpx.Request, edit: Callable[[Pairs], Pairs]) -> httpx.Request:
    pairs = edit(parse_qsl(request.url.query.decode(), keep_blank_values=True))
    return remade(request, url=request.url.copy_with(query=urlencode(pairs).encode() or None))


def with_form(edit: Callable[[Pairs], Pairs], end: str = TOKEN) -> Callable[[], Change]:
    """Change the form of requests to paths with an end."""
    return at(end, lambda request: remade(request, content=formed(edit(form_of(request)))))


def form_of(request: httpx.Request) -> Pairs:
    """Return the fields of a form."""
    return parse_qsl(request.content.decode(), keep_blank_values=True)


def formed(pairs: Pairs) -> bytes:
    """Return a form."""
    return urlencode(pairs).encode()


def without(*names: str) -> Callable[[Pairs], Pairs]:
    """Leave out some of the pairs."""
    return lambda pairs: [(name, value) for name, value in pairs if name not in names]


def replaced(**values: str) -> Callable[[Pairs], Pairs]:
    """Replace the values of some pairs."""
    return lambda pairs: [(name, values.get(name, value)) for name, value in pairs]


def with_header(end: str, **headers: str | None) -> Callable[[], Change]:
    """Replace headers of requests to paths with an end; underscores stand for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return at(end, lambda request: remade(request, headers=named))


def one_after_the_other(*makes: Callable[[], Change]) -> Callable[[], Change]:
    """Make several changes."""

    def make() -> Change:
        changes = [each() for each in makes]

        def change(request: httpx.Request, send: Send) -> httpx.Response:
            way = send
            for each in reversed(changes):
                way = _bound(each, way)
            return way(request)

        return change

    return make


def _bound(change: Change, send: Send) -> Send:
    return lambda request: change(request, send)
