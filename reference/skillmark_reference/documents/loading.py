"""The door: documents by address, from what was given, from a copy that still counts, or from the network."""

from __future__ import annotations

import collections
import dataclasses
import hashlib
import ssl
import threading
from typing import TYPE_CHECKING, Any

from skillmark_reference.documents import reading
from skillmark_reference.documents.caching import Cache, Copy, lifetime_of
from skillmark_reference.documents.exchanging import Answer, Exchanger, system_resolver
from skillmark_reference.documents.kinds import DocumentKind
from skillmark_reference.documents.policies import Clock, Policy
from skillmark_reference.documents.records import DocumentProblem, Fetch, Source, Unavailable
from skillmark_reference.securing.quoting import quoted

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping
    from pathlib import Path

    from skillmark_reference.documents.exchanging import Resolver

#: Records that a door keeps, the latest ones.
_MOST_RECORDS = 10_000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document that entered."""

    fetch: Fetch
    content: bytes
    #: The JSON object, which belongs to the caller alone; ``None`` for a compact JWS and for bytes.
    value: dict[str, Any] | None

    @property
    def text(self) -> str:
        """The content of a document that is no image, without white space around it."""
        return self.content.decode("utf-8").strip()


@dataclasses.dataclass(slots=True, kw_only=True)
class _Asking:
    """One document on its way."""

    url: str
    kind: DocumentKind
    at: datetime.datetime
    answer: Answer
    source: Source | None = None


class Documents:
    """One door, with its policy, its copies and its records; may be used from several threads.

    Args:
        clock: Where the time is read.
        policy: What may enter, and from where.
        given: Contents by URL; what is given wins over every copy and over the network, and may be at any address.
        folder: Where copies are kept beyond the life of the door; nobody else writes there.
        trust: Other certificate authorities than those of the system.
        resolve: Another way from names to addresses than that of the system.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        policy: Policy | None = None,
        given: Mapping[str, bytes] | None = None,
        folder: Path | None = None,
        trust: ssl.SSLContext | None = None,
        resolve: Resolver = system_resolver,
    ) -> None:
        self._clock = clock
        self._policy = policy or Policy()
        self._given = dict(given or {})
        self._cache = Cache(folder)
        self._trust = trust
        self._exchanger = Exchanger(policy=self._policy, clock=clock, trust=self._trusted, resolve=resolve)
        self._records: collections.deque[Fetch] = collections.deque(maxlen=_MOST_RECORDS)
        self._lock = threading.Lock()

    @property
    def fetches(self) -> tuple[Fetch, ...]:
        """What was asked for, in the order of the answers; the latest 10,000."""
        with self._lock:
            return tuple(self._records)

    def get(self, url: str, kind: DocumentKind, *, max_age: datetime.timedelta | None = None) -> Document:
        """Return a document.

        Args:
            url: Its address; a fragment is not part of it.
            kind: What it is wanted for.
            max_age: How old a copy may be, where the caller knows better than the policy; zero fetches anew.

        Raises:
            Refused: The policy forbids it.
            Unavailable: It cannot be had now.
            Unusable: It is not what it should be.
        """
        asking = _Asking(url=url, kind=kind, at=self._clock.now(), answer=Answer(final_url=url))
        try:
            value = self._obtain(asking, max_age)
        except DocumentProblem as problem:
            fetch = self._record(asking, problem=str(problem))
            raise type(problem)(f"{kind.value} {quoted(url)}: {problem}", fetch=fetch) from problem
        return Document(fetch=self._record(asking), content=asking.answer.content, value=value)

    def _obtain(self, asking: _Asking, max_age: datetime.timedelta | None) -> dict[str, Any] | None:
        content = self._given.get(asking.url, self._given.get(asking.url.partition("#")[0]))
        if content is not None:
            asking.source, asking.answer.content = Source.GIVEN, content
            return reading.read(asking.kind, content, depth=self._policy.depth)
        address = str(self._policy.destination(asking.url))
        found = self._cache.find(
            address, asking.kind, now=asking.at, max_age=max_age, limit=self._policy.limit(asking.kind)
        )
        if found is not None:
            copy, asking.source = found
            asking.answer = Answer(
                final_url=copy.final_url,
                status=None,
                content_type=copy.content_type,
                allowed_origin=copy.allowed_origin,
                content=copy.content,
            )
            return self._checked(asking)
        return self._fetched(address, asking)

    def _fetched(self, address: str, asking: _Asking) -> dict[str, Any] | None:
        if self._policy.offline:
            raise Unavailable("there is neither a given document nor a copy; give its content, or do not work offline")
        asking.source, asking.answer.final_url = Source.NETWORK, address
        self._exchanger.follow(asking.answer, asking.kind)
        value = self._checked(asking)
        self._cache.keep(asking.kind, self._copy(address, asking))
        return value

    def _checked(self, asking: _Asking) -> dict[str, Any] | None:
        """Hold what came from elsewhere against policy and table; copies too, which an older policy may have let in."""
        answer = asking.answer
        self._policy.destination(answer.final_url)
        reading.check_content_type(asking.kind, answer.content_type)
        if asking.kind is DocumentKind.IMAGE:
            reading.check_image(answer.content, answer.content_type)
        return reading.read(asking.kind, answer.content, depth=self._policy.depth)

    def _copy(self, address: str, asking: _Asking) -> Copy:
        answer = asking.answer
        lifetime = lifetime_of(answer.cache_control, self._policy.lifetime(asking.kind))
        return Copy(
            url=address,
            final_url=answer.final_url,
            content_type=answer.content_type,
            content=answer.content,
            digest=hashlib.sha256(answer.content).hexdigest(),
            fetched=asking.at,
            expires=asking.at + lifetime,
            allowed_origin=answer.allowed_origin,
        )

    def _record(self, asking: _Asking, *, problem: str = "") -> Fetch:
        answer = asking.answer
        fetch = Fetch(
            url=asking.url,
            kind=asking.kind,
            at=asking.at,
            source=asking.source,
            final_url=answer.final_url,
            status=answer.status,
            media_type=reading.media_type_of(answer.content_type),
            digest=hashlib.sha256(answer.content).hexdigest() if answer.content else "",
            size=len(answer.content),
            problem=problem,
            allowed_origin=answer.allowed_origin,
        )
        with self._lock:
            self._records.append(fetch)
        return fetch

    def _trusted(self) -> ssl.SSLContext:
        """Return whom to trust; the authorities of the system are read when they are first needed."""
        with self._lock:
            if self._trust is None:
                self._trust = ssl.create_default_context()
            return self._trust
