"""Asking the provider, and reading what it answers."""

from __future__ import annotations

import dataclasses
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from weakref import WeakValueDictionary

from skillmark.core.errors import CannotTell
from skillmark.core.exchanges import Request, TroubleKind
from skillmark.core.findings import Finding, Held
from skillmark.wire.documents import parse
from skillmark_reference.standards import load_standard

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from skillmark.core.exchanges import Exchange, Reply
    from skillmark.engine import RunContext
    from skillmark.wire.documents import Document
    from skillmark_reference.standards import Operation

#: Names and values of a query, decoded, in order.
Query = tuple[tuple[str, str], ...]

#: Trouble that the product itself makes, on any network: no complete answer is a wrong answer.
_OWN_TROUBLE = frozenset(
    {
        TroubleKind.BAD_ENCODING,
        TroubleKind.REDIRECT_LOOP,
        TroubleKind.REDIRECT_FORBIDDEN,
        TroubleKind.PROTOCOL,
    }
)
_REMEMBERED_LISTS = 48
#: Says that the product wants to be asked less often, not what it holds (REST Binding, 2.4).
_TOO_MANY_REQUESTS = 429


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer of the provider, parsed."""

    exchange: Exchange
    #: ``None`` for addresses that no operation has.
    operation: Operation | None
    sourced_id: str | None
    query: Query
    #: ``None`` when there was no body to parse.
    document: Document | None

    @property
    def id(self) -> str:
        """The exchange's id, for evidence."""
        return self.exchange.id

    @property
    def status(self) -> int | None:
        """The HTTP status, ``None`` without an answer."""
        return self.exchange.status

    @property
    def value(self) -> Any:  # noqa: ANN401 - any JSON value
        """The parsed body, ``None`` when it is no JSON."""
        return self.document.value if self.document else None

    @property
    def payload(self) -> dict[str, Any] | None:
        """The body of a 200 answer when it is a JSON object."""
        if self.status == 200 and self.exchange.trouble is None and isinstance(self.value, dict):
            return self.value
        return None

    @property
    def is_undecidable(self) -> bool:
        """Whether trouble on the way, or throttling, hides what the product would have said."""
        trouble = self.exchange.trouble
        if trouble is None:
            return self.status == _TOO_MANY_REQUESTS
        return trouble.kind not in _OWN_TROUBLE

    @property
    def is_refusal(self) -> bool:
        """Whether the product calls the request a mistake."""
        return self.status is not None and 400 <= self.status < 500 and not self.is_undecidable

    @property
    def said(self) -> str:
        """What came back, in a few words."""
        if self.exchange.trouble is not None:
            return f"{self.exchange.trouble.kind.value}: {self.exchange.trouble.message}"
        if self.status != 200 or self.document is None:
            return f"status {self.status}"
        if fatal := [problem for problem in self.document.problems if problem.fatal]:
            return f"status 200, but {fatal[0].message}"
        return f"status 200 with {_shape(self.value)}"

    def held(self) -> Held:
        """Return the observation that this answer is right."""
        return Held(evidence=(self.id,))

    def finding(self, requirement: str, *, expected: str, actual: str = "", **rest: Any) -> Finding:  # noqa: ANN401
        """Return a finding that this answer shows; ``actual`` defaults to what came back."""
        evidence = (self.id, *(each for each in rest.pop("further", ()) if each != self.id))
        return Finding(
            requirement=requirement,
            expected=expected,
            actual=actual or self.said,
            evidence=evidence,
            **rest,
        )


def _shape(value: object) -> str:
    if isinstance(value, dict):
        names = ", ".join(list(value)[:6])
        return f"an object of {names or 'no members'}{', …' if len(value) > 6 else ''}"
    return {list: "an array", str: "a string", type(None): "null"}.get(type(value), "a bare value")


def told(answers: Iterable[Answer]) -> Iterator[Answer]:
    """Yield the answers that say something; afterwards, refuse to decide on those that trouble hides.

    Raises:
        CannotTell: at the end, when there were such answers.
    """
    hidden: list[Answer] = []
    for answer in answers:
        if answer.is_undecidable:
            hidden.append(answer)
        else:
            yield answer
    if hidden:
        first = hidden[0]
        slower = " Ask less often: `rate` under [http]." if first.status == _TOO_MANY_REQUESTS else ""
        raise CannotTell(
            f"{len(hidden)} answer(s) could not be read, first {first.id} ({first.exchange.url}): {first.said}.{slower}"
        )


class Asker:
    """Turns operations into requests, each sent once, and remembers the answers."""

    def __init__(self, context: RunContext) -> None:
        self._client = context.client
        self._standard = load_standard(context.plan.standard_id)
        self._concurrency = context.target.limits.concurrency
        #: Scheme, host, prefix and the standard's base path.
        self.base = context.target.url + self._standard.base_path
        self._answers: dict[object, Answer] = {}
        self._lists: OrderedDict[object, Answer] = OrderedDict()
        self._documents: WeakValueDictionary[object, Document] = WeakValueDictionary()

    def ask(
        self,
        operation_id: str,
        sourced_id: str | None = None,
        *,
        query: Query = (),
        raw_query: str | None = None,
        method: str = "GET",
        headers: tuple[tuple[str, str], ...] = (),
        authorised: bool = True,
        fresh: bool = False,
    ) -> Answer:
        """Ask one operation; ``fresh`` sends even what was asked before.

        Raises:
            BudgetExhausted: the target's request budget is used up.
        """
        operation = self._standard.operations[operation_id]
        path = operation.url_path(None if sourced_id is None else quote(sourced_id, safe="", errors="replace"))
        text = encoded(query) if raw_query is None else raw_query
        url = self.base + path + (f"?{text}" if text else "")
        request = Request(method=method, url=url, headers=headers, authorised=authorised)
        return self._answered(request, operation=operation, sourced_id=sourced_id, query=query, fresh=fresh)

    def ask_url(self, url: str, *, method: str = "GET", fresh: bool = False, **rest: Any) -> Answer:  # noqa: ANN401
        """Ask an absolute address that is not made from an operation.

        Raises:
            BudgetExhausted: the target's request budget is used up.
        """
        request = Request(method=method, url=url.encode("utf-8", "replace").decode(), **rest)
        return self._answered(request, operation=None, sourced_id=None, query=(), fresh=fresh)

    def ask_many(self, operation_id: str, identifiers: Sequence[str]) -> list[Answer]:
        """Ask a single-read operation for several records, as many at a time as the target allows."""
        if self._concurrency <= 1:
            return [self.ask(operation_id, identifier) for identifier in identifiers]
        with ThreadPoolExecutor(self._concurrency) as pool:
            return list(pool.map(lambda identifier: self.ask(operation_id, identifier), identifiers))

    def _answered(
        self,
        request: Request,
        *,
        operation: Operation | None,
        sourced_id: str | None,
        query: Query,
        fresh: bool,
    ) -> Answer:
        if not fresh and (known := self._known(request)):
            return known
        reply = self._client.send(request)
        exchange = reply.exchange
        document = self._parsed(reply) if reply.body else None
        answer = Answer(exchange=exchange, operation=operation, sourced_id=sourced_id, query=query, document=document)
        if not fresh:
            self._remember(request, answer)
        return answer

    def _parsed(self, reply: Reply) -> Document:
        """Return the document of a body; a body that is still remembered is not parsed, and not kept, a second time."""
        stated = reply.exchange.header("content-type")
        key = (reply.exchange.digest, stated)
        document = self._documents.get(key)
        if document is None:
            document = self._documents[key] = parse(reply.body, content_type=stated)
        return document

    def _known(self, request: Request) -> Answer | None:
        return self._answers.get(request) or self._lists.get(request)

    def _remember(self, request: Request, answer: Answer) -> None:
        # Lists under changing queries are large and many; single reads and packages are asked for again and again.
        if "?" not in request.url:
            self._answers[request] = answer
            return
        self._lists[request] = answer
        if len(self._lists) > _REMEMBERED_LISTS:
            self._lists.popitem(last=False)


def encoded(query: Query) -> str:
    """Return a query string in which every reserved character is percent-encoded; lone surrogates become question marks."""
    return "&".join("=".join(quote(part, safe="", errors="replace") for part in pair) for pair in query)
