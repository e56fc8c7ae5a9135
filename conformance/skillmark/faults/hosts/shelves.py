"""A host that keeps credentials in its own manner: which are the same, which is newer, what a list has, how it is cut."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from skillmark.faults.hosts.behaving import JSON_TYPE
from skillmark.faults.provider import Given
from skillmark_reference.credentials.steps.tokens import claimed
from skillmark_reference.frameworks.querying import Page
from skillmark_reference.securing import credential_claims as claims_of
from skillmark_reference.securing.instants import parse_date_time
from skillmark_reference.server.case.interface import page_links

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.faults.hosts.behaving import Make
    from skillmark.faults.hosts.calls import Call
    from skillmark.faults.hosts.world import Host

_USUAL = 100


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A credential as it was handed in."""

    account: str
    client: str
    text: str
    is_token: bool

    @property
    def credential(self) -> dict[str, Any]:
        """The credential itself, out of a token where it is in one."""
        said = claimed(self.text) if self.is_token else None
        content: dict[str, Any] = said.document if said else json.loads(self.text)
        return content

    @property
    def begin(self) -> str:
        """When it begins to be valid."""
        return str(self.credential.get(claims_of.dates_of(self.credential).begin))

    @property
    def id(self) -> str:
        """Its identifier as it is written."""
        return str(self.credential.get("id"))

    @property
    def issuer(self) -> str:
        """The identifier of the issuer as it is written."""
        return str(claims_of.issuer_id(self.credential))


def is_same(old: Entry, new: Entry) -> bool:
    """Compare as the standard does (Credential equality and comparison algorithm)."""
    return _decoded(old.id) == _decoded(new.id) and _decoded(old.issuer) == _decoded(new.issuer)


def _decoded(text: str) -> str:
    return unquote(text, errors="surrogateescape").strip()


def is_after(entry: Entry, since: str) -> bool:
    """Compare the moment of an entry with one of a query."""
    return parse_date_time(entry.begin) > parse_date_time(since)


def cut(entries: list[Entry], limit: int, offset: int) -> list[Entry]:
    """Return one page."""
    return entries[offset : offset + limit]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a host keeps credentials; the usual manner is that of the standard."""

    same: Callable[[Entry, Entry], bool] = is_same
    #: Whether the new one takes the place of the old one that is the same.
    replaces: Callable[[Entry, Entry], bool] = lambda _, __: True
    #: Whose entries an account and a client are shown.
    shows: Callable[[Entry, str, str], bool] = lambda entry, account, _: entry.account == account
    order: Callable[[list[Entry]], list[Entry]] = lambda entries: entries
    after: Callable[[Entry, str], bool] = is_after
    cut: Callable[[list[Entry], int, int], list[Entry]] = cut
    #: The number that is told of all of a list, and of a page.
    total: Callable[[list[Entry], list[Entry]], int] = lambda entries, _: len(entries)
    #: The most of one page.
    most: int = 200


def shelving(**manner: Any) -> Make:  # noqa: ANN401 - the fields of `Manner`
    """Return a host that keeps credentials in a manner of its own."""
    chosen = Manner(**manner)
    return lambda: Shelf(chosen)


class Shelf:
    """What one host keeps, beside what the healthy one keeps."""

    def __init__(self, manner: Manner) -> None:
        self._manner = manner
        self._entries: list[Entry] = []

    def __call__(self, call: Call, host: Host) -> Given:
        """Answer as the healthy host does, but for what is kept and listed."""
        given = host.answer(call)
        if call.operation == "upsertCredential" and given.status in {200, 201, 304}:
            return self._upserted(call, host, given)
        if call.operation == "getCredentials" and given.status == 200:
            return self._listed(call, host)
        return given

    def _upserted(self, call: Call, host: Host, given: Given) -> Given:
        media_type = call.headers.get("content-type", "")
        grant = host.ledger.access[call.token]
        new = Entry(
            account=grant.account,
            client=grant.client,
            text=call.body.decode().strip(),
            is_token=media_type.startswith("text/plain"),
        )
        headers = {**given.headers, "content-type": media_type}
        place = next((at for at, old in enumerate(self._entries) if self._is_known(old, new)), None)
        if place is None:
            self._entries.append(new)
        elif self._manner.replaces(self._entries[place], new):
            self._entries[place] = new
        return Given(status=201 if place is None else 200, headers=headers, body=new.text.encode())

    def _is_known(self, old: Entry, new: Entry) -> bool:
        return old.account == new.account and self._manner.same(old, new)

    def _listed(self, call: Call, host: Host) -> Given:
        grant, manner = host.ledger.access[call.token], self._manner
        found = [each for each in self._entries if manner.shows(each, grant.account, grant.client)]
        since = call.parameter("since")
        if since is not None:
            found = [each for each in found if manner.after(each, since)]
        limit = min(int(call.parameter("limit") or _USUAL), manner.most)
        offset = int(call.parameter("offset") or 0)
        ordered = manner.order(found)
        page = manner.cut(ordered, limit, offset)
        address = f"{call.origin}{call.path}"
        told = Page(records=[], total=len(ordered), limit=limit, offset=offset)
        headers = {
            "content-type": JSON_TYPE,
            "x-total-count": str(manner.total(ordered, page)),
            "link": page_links(address, dict(call.query), told),
        }
        return Given(status=200, headers=headers, body=json.dumps(_members(page)).encode())


def _members(page: list[Entry]) -> dict[str, list[Any]]:
    members = {
        "credential": [json.loads(each.text) for each in page if not each.is_token],
        "compactJwsString": [each.text for each in page if each.is_token],
    }
    return {name: values for name, values in members.items() if values}
