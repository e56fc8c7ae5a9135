"""Asking a host, and reading its service description."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from skillmark.core.errors import Untested
from skillmark.core.exchanges import Request
from skillmark.suites.hosts.descriptions import Description, description_of
from skillmark.wire.documents import parse
from skillmark_reference.services import load_service

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from skillmark.core.exchanges import Exchange, Reply
    from skillmark.engine import RunContext
    from skillmark.suites.hosts.clients import Session

_OK = 200
_DESCRIBED = "getServiceDescription"
_METADATA = "/.well-known/oauth-authorization-server"


class _NotJson:
    """Says that a body is no JSON, which null is."""

    def __repr__(self) -> str:
        return "no JSON"


NOT_JSON = _NotJson()


class Asking:
    """Sends what a run asks of a host, and keeps what it and the product have said."""

    def __init__(self, context: RunContext) -> None:
        self.context = context
        self.service = load_service(context.plan.standard_id)
        #: Whatever checks want to remember, under names of their own.
        self.kept: dict[str, object] = {}
        #: What the product asked of the harness, by id.
        self.received: dict[str, Exchange] = {}

    @property
    def exchanges(self) -> Mapping[str, Exchange]:
        """Everything that was asked of the product, and by it, by id."""
        sent = self.context.client.exchanges
        return {**sent, **self.received} if self.received else sent

    def sampling(self) -> Iterator[str]:
        """Say what checks noted about how the product was looked at."""
        for name, value in self.kept.items():
            if name.startswith("sampling.") and isinstance(value, str):
                yield value

    def record_counts(self) -> Mapping[str, int]:
        """Return how many records of each class were seen; checks remember them under ``records``."""
        found = self.kept.get("records")
        return dict(found) if isinstance(found, dict) else {}

    @property
    def base(self) -> str:
        """The address that the paths of the operations are below."""
        return self.context.target.url + self.service.base_path

    # Asking

    def send(self, request: Request) -> Reply:
        """Send any request, and record it."""
        return self.context.client.send(request)

    def call(
        self,
        operation: str,
        session: Session | None = None,
        *,
        query: Sequence[tuple[str, str]] = (),
        body: bytes = b"",
        content_type: str = "",
        headers: Sequence[tuple[str, str]] = (),
        token: str | None = None,
        path_suffix: str = "",
        method: str | None = None,
    ) -> Reply:
        """Call an operation of the interface, with the token of a session or any other text as one."""
        row = self.service.operations[operation]
        text = urlencode(query, errors="replace")
        given = [*headers]
        if content_type:
            given.append(("Content-Type", content_type))
        if token is None and session is not None:
            token = session.access_token
        if token is not None:
            given.append(("Authorization", f"Bearer {token}"))
        url = f"{self.base}{row.path}{path_suffix}"
        return self.send(
            Request(
                method=method or row.method,
                url=f"{url}?{text}" if text else url,
                headers=tuple(given),
                body=body,
                authorised=False,
            )
        )

    def json(self, reply: Reply) -> Any:  # noqa: ANN401 - any JSON value
        """Return the value that the body of an answer is; ``NOT_JSON`` when it is none."""
        document = parse(reply.body, content_type=reply.exchange.header("content-type"))
        return NOT_JSON if any(problem.fatal for problem in document.problems) else document.value

    # Description

    @functools.cached_property
    def description_reply(self) -> Reply:
        """What the host answers to the question for its description."""
        return self.call(_DESCRIBED)

    def description(self) -> Description:
        """Return the service description.

        Raises:
            Untested: there is none that can be read.
        """
        found = self._description
        if isinstance(found, Untested):
            raise again(found)
        return found

    @functools.cached_property
    def _description(self) -> Description | Untested:
        reply = self.description_reply
        value = self.json(reply)
        if reply.exchange.status != _OK or not isinstance(value, dict):
            said = reply.exchange.trouble.message if reply.exchange.trouble else f"status {reply.exchange.status}"
            return Untested(f"{reply.exchange.url} has no service description ({said}), and all the rest needs it.")
        return description_of(self.service, value, exchange=reply.exchange.id, address=reply.exchange.url)

    @functools.cached_property
    def metadata(self) -> Mapping[str, Any]:
        """The metadata of the authorization server (RFC 8414), which none has to have; empty without any.

        Raises:
            Untested: there is no service description.
        """
        parts = urlsplit(self.description().token_url)
        if not parts.hostname:
            return {}
        reply = self.send(Request(url=f"{parts.scheme}://{parts.netloc}{_METADATA}", authorised=False))
        answer = self.json(reply)
        return answer if reply.exchange.status == _OK and isinstance(answer, dict) else {}

    def is_described(self, operation: str) -> bool:
        """Whether the service description lists an operation."""
        row = self.service.operations[operation]
        return (row.path, row.method.lower()) in self.description().operations

    def scope_of(self, operation: str) -> str:
        """Return the scope that an operation needs: the one of the description, or that of the standard."""
        return self.description().scope_of(operation)

    @property
    def all_scopes(self) -> tuple[str, ...]:
        """The scopes of all operations that the host describes; of those that it has to have where it describes none."""
        return self.description().all_scopes


def said_by(reply: Reply) -> str:
    """Return what came back, in a few words."""
    exchange = reply.exchange
    if exchange.trouble is not None:
        return f"{exchange.url} did not answer ({exchange.trouble.message})"
    return f"{exchange.url} answers {exchange.status} {exchange.excerpt[:160]!r}"


def again(error: Untested) -> Untested:
    """Return an error to be raised once more, without the trace of the first time."""
    return Untested(str(error))
