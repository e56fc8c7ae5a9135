"""What this server publishes, read without the network where a verification asks for it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from skillmark_reference.documents import Unavailable
from skillmark_reference.securing.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from skillmark_reference.credentials.steps.sources import Content, Documents
    from skillmark_reference.documents import DocumentKind

    #: Gives what is published at an address of the server, by the address and that of the server; nothing is ``None``.
    Publisher = Callable[[str, str], "Served | None"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A document at one of the addresses of the server."""

    content: bytes
    media_type: str


class ServedDocuments:
    """Gives what the server publishes itself, and asks a door for everything else.

    Args:
        base: The address of the server.
        publishers: Asked one after the other for what is below it.
        door: Gives the documents of others.
        withheld: Kinds of documents that this verification does not need.
    """

    def __init__(
        self,
        base: str,
        publishers: Iterable[Publisher],
        *,
        door: Documents,
        withheld: frozenset[DocumentKind] = frozenset(),
    ) -> None:
        self._base = base
        self._publishers = tuple(publishers)
        self._door = door
        self._withheld = withheld

    def get(self, url: str, kind: DocumentKind) -> Content:
        """Return a document.

        Raises:
            DocumentProblem: It cannot be had.
        """
        if kind in self._withheld:
            raise Unavailable(f"{kind.value} {quoted(url)}: it is not asked for in this verification")
        plain = url.partition("#")[0]
        found = (publish(plain, self._base) for publish in self._publishers)
        served = next((each for each in found if each is not None), None)
        if served is not None:
            return served
        if plain.startswith(f"{self._base}/"):
            raise Unavailable(f"{kind.value} {quoted(url)}: there is no such document here")
        return self._door.get(url, kind)
