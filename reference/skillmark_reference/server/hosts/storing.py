"""Credentials of persons in a database: the texts as they were received, since what was signed must not change."""

from __future__ import annotations

import dataclasses
import enum
from typing import TYPE_CHECKING

import sqlalchemy as sa

from skillmark_reference.server.oauth.storing import Store

if TYPE_CHECKING:
    from skillmark_reference.databases import Database

_metadata = sa.MetaData()

_credentials = sa.Table(
    "hosted_credentials",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("account", sa.Integer, nullable=False),
    sa.Column("service", sa.String(16), nullable=False),
    #: Digest of what makes two credentials the same.
    sa.Column("identity", sa.String(64), nullable=False),
    sa.Column("is_token", sa.Boolean, nullable=False),
    #: Microseconds since 1970.
    sa.Column("issued_at", sa.BigInteger, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.UniqueConstraint("account", "service", "identity"),
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Where the credentials of one person are, of those that one service exchanges."""

    account: int
    service: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Hosted:
    """A credential as it is kept."""

    #: As it was received, without white space around it.
    content: str
    #: Whether it is a VC-JWT.
    is_token: bool
    #: Equal for credentials that are the same.
    identity: str = ""
    #: Microseconds since 1970.
    issued_at: int = 0


class Kept(enum.Enum):
    """What became of a credential that was handed in."""

    CREATED = "created"
    REPLACED = "replaced"
    #: A newer one of the same credential is there.
    OUTDATED = "outdated"


class HostedCredentials:
    """The credentials of all persons."""

    def __init__(self, database: Database) -> None:
        self._store = Store(database, _metadata)

    def keep(self, shelf: Shelf, credential: Hosted) -> Kept:
        """Keep a credential, in the place of the same one unless that is newer."""
        while True:
            try:
                return self._kept(shelf, credential)
            except sa.exc.IntegrityError:
                # Somebody else brought the same one in this very moment: now it is there, and can be replaced.
                continue

    def _kept(self, shelf: Shelf, credential: Hosted) -> Kept:
        same = sa.and_(_is_on(shelf), _credentials.c.identity == credential.identity)
        newer = sa.and_(same, _credentials.c.issued_at > credential.issued_at)
        values = dataclasses.asdict(credential)
        with self._store.database.writing() as connection:
            replaced = connection.execute(_credentials.update().where(same, ~newer).values(**values))
            if replaced.rowcount:
                return Kept.REPLACED
            if connection.scalar(sa.select(_credentials.c.id).where(newer)) is not None:
                return Kept.OUTDATED
            connection.execute(_credentials.insert().values(**dataclasses.asdict(shelf), **values))
        return Kept.CREATED

    def page(self, shelf: Shelf, *, limit: int, offset: int, since: int | None) -> tuple[list[Hosted], int]:
        """Return one page in the order in which the credentials first came, and how many there are altogether.

        Args:
            shelf: Whose they are.
            limit: The most of a page.
            offset: How many go before.
            since: Microseconds since 1970; those issued then or before are left out.
        """
        wanted = _is_on(shelf)
        if since is not None:
            wanted = sa.and_(wanted, _credentials.c.issued_at > since)
        database = self._store.database
        total = int(database.scalar(sa.select(sa.func.count()).select_from(_credentials).where(wanted)))
        query = (
            sa.select(_credentials.c.content, _credentials.c.is_token)
            .where(wanted)
            .order_by(_credentials.c.id)
            .limit(limit)
            .offset(min(offset, total))
        )
        return [Hosted(content=row.content, is_token=row.is_token) for row in database.rows(query)], total


def _is_on(shelf: Shelf) -> sa.ColumnElement[bool]:
    return sa.and_(_credentials.c.account == shelf.account, _credentials.c.service == shelf.service)
