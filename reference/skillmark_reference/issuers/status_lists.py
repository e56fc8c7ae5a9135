"""The status lists of the issuers: which credential has which place, and which places are set (Bitstring Status List 1.0)."""

from __future__ import annotations

import dataclasses
import datetime
import secrets
import uuid
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from skillmark_reference.securing import statuses
from skillmark_reference.securing.instants import parse_date_time, write_date_time
from skillmark_reference.securing.statuses import MINIMUM_ENTRIES, StatusList

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark_reference.databases import Database

#: A list that is half full is left alone: free places are found by guessing, so that the place tells nothing of the time.
_MOST_ENTRIES = MINIMUM_ENTRIES // 2
#: How long a reader may keep a list.
LIFETIME = datetime.timedelta(minutes=5)
#: What cannot be undone (2.1).
_FINAL = "revocation"
_CONTEXT = "https://www.w3.org/ns/credentials/v2"

_metadata = sa.MetaData()

_lists = sa.Table(
    "status_lists",
    _metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    #: The address of the server for which it was opened; its own address begins with it.
    sa.Column("base", sa.Text, nullable=False),
    sa.Column("issuer", sa.String(64), nullable=False),
    sa.Column("purpose", sa.String(64), nullable=False),
    sa.Column("opened", sa.String(40), nullable=False),
)

_entries = sa.Table(
    "status_entries",
    _metadata,
    sa.Column("list", sa.ForeignKey("status_lists.id"), primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True),
    #: Of the credential, as `IssuedCredentials` names it.
    sa.Column("local_id", sa.String(36), nullable=False),
    sa.Column("is_set", sa.Boolean, nullable=False),
    sa.Index("status_entries_of_credential", "local_id"),
)


class UnknownEntry(LookupError):  # noqa: N818 - what was looked for, in words for a person
    """The credential has no such status."""


class FinalStatus(ValueError):  # noqa: N818 - what is not possible, in words for a person
    """A revocation is not taken back."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PublishedList:
    """One list as it is now."""

    url: str
    #: Slug of its issuer.
    issuer: str
    opened: datetime.datetime
    content: StatusList

    def credential(self, issuer: str) -> dict[str, Any]:
        """Return the BitstringStatusListCredential that publishes it, not yet secured (2.2)."""
        return {
            "@context": [_CONTEXT],
            "id": self.url,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": issuer,
            "validFrom": write_date_time(self.opened),
            "credentialSubject": {"id": f"{self.url}#list", **statuses.list_subject(self.content)},
        }


class StatusLists:
    """The status lists of one database.

    Args:
        database: Where they are.
        choose: Returns a random number below another one.
        new_id: Returns an id that no list has.

    Raises:
        DatabaseUnavailable: The tables cannot be made.
    """

    def __init__(
        self,
        database: Database,
        *,
        choose: Callable[[int], int] = secrets.randbelow,
        new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        self._database = database
        self._choose = choose
        self._new_id = new_id
        database.provide(_metadata)

    def open(self, *, base: str, issuer: str, purpose: str, now: datetime.datetime) -> str:
        """Open a list, and return its id."""
        row = {"id": self._new_id(), "base": base, "issuer": issuer, "purpose": purpose}
        with self._database.writing() as connection:
            connection.execute(_lists.insert().values(**row, opened=write_date_time(now)))
        return row["id"]

    def allot(self, local_id: str, *, base: str, issuer: str, purpose: str, now: datetime.datetime) -> dict[str, str]:
        """Return a BitstringStatusListEntry for a credential, at a random free place of a list (2.1)."""
        name = self._with_room(base=base, issuer=issuer, purpose=purpose)
        if name is None:
            name = self.open(base=base, issuer=issuer, purpose=purpose, now=now)
        place = self._choose(MINIMUM_ENTRIES)
        while not self._taken(name, place, local_id):
            place = self._choose(MINIMUM_ENTRIES)
        url = _url(base, name)
        return {
            "id": f"{url}#{place}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": purpose,
            "statusListIndex": str(place),
            "statusListCredential": url,
        }

    def set_status(self, local_id: str, *, purpose: str, value: bool, place: int | None = None) -> None:
        """Set or unset the status of a credential for a purpose.

        Raises:
            UnknownEntry: It has none.
            FinalStatus: A revocation would be taken back.
        """
        if purpose == _FINAL and not value:
            raise FinalStatus("a revocation is final; expected is status true, or the purpose suspension")
        own = sa.select(_lists.c.id).where(_lists.c.purpose == purpose)
        conditions = [_entries.c.local_id == local_id, _entries.c.list.in_(own)]
        if place is not None:
            conditions.append(_entries.c.place == place)
        with self._database.writing() as connection:
            changed = connection.execute(_entries.update().where(*conditions).values(is_set=value))
        if not changed.rowcount:
            raise UnknownEntry(f"the credential has no status for {purpose} at that place")

    def published(self, name: str) -> PublishedList | None:
        """Return the list with an id."""
        rows = self._database.rows(sa.select(_lists).where(_lists.c.id == name)) if "\0" not in name else []
        if not rows:
            return None
        bits = statuses.empty_bits()
        query = sa.select(_entries.c.place).where(_entries.c.list == name, _entries.c.is_set)
        for row in self._database.rows(query):
            bits = statuses.with_status(bits, row.place, 1)
        return PublishedList(
            url=_url(rows[0].base, name),
            issuer=rows[0].issuer,
            opened=parse_date_time(rows[0].opened),
            content=StatusList(status_purpose=(rows[0].purpose,), bits=bits, ttl=LIFETIME),
        )

    def _with_room(self, *, base: str, issuer: str, purpose: str) -> str | None:
        """Return the id of a list that is not half full."""
        mine = (_lists.c.base == base, _lists.c.issuer == issuer, _lists.c.purpose == purpose)
        query = (
            sa.select(_lists.c.id)
            .outerjoin(_entries, _entries.c.list == _lists.c.id)
            .where(*mine)
            .group_by(_lists.c.id)
            .having(sa.func.count(_entries.c.place) < _MOST_ENTRIES)
            .order_by(_lists.c.id)
            .limit(1)
        )
        found = self._database.scalar(query)
        return None if found is None else str(found)

    def _taken(self, name: str, place: int, local_id: str) -> bool:
        """Take a place; tell whether nobody else has it."""
        try:
            with self._database.writing() as connection:
                connection.execute(_entries.insert().values(list=name, place=place, local_id=local_id, is_set=False))
        except sa.exc.IntegrityError:
            return False
        return True


def _url(base: str, name: str) -> str:
    return f"{base}/status-lists/{name}"
