"""A provider with one peculiarity: the healthy reference application, and a small change around it."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import httpx

from skillmark_reference.standards import load_standard

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request as an operation sees it."""

    method: str
    #: ``1.0`` or ``1.1``, by the base path; empty outside of both.
    version: str
    #: ``None`` for a path that no operation has.
    operation: str | None
    sourced_id: str | None
    #: Path below the base path, or the whole path outside of it.
    path: str
    query: tuple[tuple[str, str], ...]
    #: The query string as it came.
    raw_query: str
    headers: Mapping[str, str]
    body: bytes = b""

    def parameter(self, name: str) -> str | None:
        """Return the first value of a query parameter."""
        return next((value for key, value in self.query if key == name), None)

    def without(self, *names: str) -> Call:
        """Return the call without some query parameters."""
        return self.asking(tuple((key, value) for key, value in self.query if key not in names))

    def changed(self, name: str, change: Callable[[str], str]) -> Call:
        """Return the call with the value of one query parameter changed."""
        return self.asking(tuple((key, change(value) if key == name else value) for key, value in self.query))

    def asking(self, query: tuple[tuple[str, str], ...]) -> Call:
        """Return the call with another query."""
        return dataclasses.replace(self, query=query, raw_query=urlencode(query, quote_via=quote))


@dataclasses.dataclass(slots=True, kw_only=True)
class Given:
    """An answer on its way to the client, open to change."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 - any JSON value
        """The parsed body: a fresh value at every access."""
        return json.loads(self.body) if self.body else None

    def become(self, value: object, *, status: int | None = None) -> Given:
        """Replace the body, and the status where one is given."""
        self.body = json.dumps(value, ensure_ascii=False).encode()
        self.status = self.status if status is None else status
        return self


#: Request headers that the healthy provider is asked without: bodies stay open to change, lengths are made anew.
_NEGOTIATED = frozenset({"accept-encoding", "content-length", "host"})


class Healthy:
    """The reference application behind a transport; answers to equal requests are computed once."""

    def __init__(self, transport: httpx.BaseTransport, *, host: str = "http://127.0.0.1") -> None:
        self._transport = transport
        self._host = host
        self._known: dict[tuple[str, str, str, str], Given] = {}

    def answer(self, call: Call) -> Given:
        """Return the healthy answer to a call, free to be changed."""
        base = load_standard(f"case-{call.version}").base_path if call.version else ""
        url = f"{self._host}{base}{call.path}" + (f"?{call.raw_query}" if call.raw_query else "")
        if call.body:
            return self._fetch(call, url)
        key = (call.method, url, call.headers.get("accept", ""), call.headers.get("authorization", ""))
        if key not in self._known:
            self._known[key] = self._fetch(call, url)
        known = self._known[key]
        return Given(status=known.status, headers=dict(known.headers), body=known.body)

    def _fetch(self, call: Call, url: str) -> Given:
        headers = {name: value for name, value in call.headers.items() if name not in _NEGOTIATED}
        response = self._transport.handle_request(httpx.Request(call.method, url, headers=headers, content=call.body))
        body = response.read()
        response.close()
        kept = {
            name.lower(): value
            for name, value in response.headers.items()
            if name.lower() not in {"content-length", "transfer-encoding"}
        }
        return Given(status=response.status_code, headers=kept, body=body)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """What a product does differently from the reference."""

    ask: Callable[[Call], Call] | None = None
    answer: Callable[[Call, Given, Healthy], Given] | None = None


class PeculiarTransport(httpx.BaseTransport):
    """Serves the healthy provider with one behaviour changed."""

    def __init__(self, healthy: Healthy, behaviour: Behaviour) -> None:
        self._healthy = healthy
        self._behaviour = behaviour

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request in process."""
        call = call_of(request)
        asked = self._behaviour.ask(call) if self._behaviour.ask else call
        given = self._healthy.answer(asked)
        if self._behaviour.answer:
            given = self._behaviour.answer(call, given, self._healthy)
        headers = {name: value for name, value in given.headers.items() if name != "content-length"}
        body = b"" if request.method == "HEAD" else given.body
        return httpx.Response(given.status, headers=headers, stream=httpx.ByteStream(body))


def call_of(request: httpx.Request) -> Call:
    """Return the call that a request is."""
    address = urlsplit(str(request.url))
    version, path = "", address.path
    for candidate in ("1.0", "1.1"):
        base = load_standard(f"case-{candidate}").base_path
        if address.path.startswith(base):
            version, path = candidate, address.path.removeprefix(base)
    operation, sourced_id = _operation(version, path)
    return Call(
        method=request.method,
        version=version,
        operation=operation,
        sourced_id=sourced_id,
        path=path,
        query=tuple(parse_qsl(address.query, keep_blank_values=True)),
        raw_query=address.query,
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.read(),
    )


def _operation(version: str, path: str) -> tuple[str | None, str | None]:
    if not version:
        return None, None
    collection, _, rest = path.strip("/").partition("/")
    for operation in load_standard(f"case-{version}").operations.values():
        if operation.collection == collection and bool(rest) == (operation.sourced_id_of is not None):
            return operation.id, rest or None
    return None, None
