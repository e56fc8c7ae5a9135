"""The credentials that were issued, to be read, revoked and deleted later."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skillmark_reference.databases import Database

_metadata = sa.MetaData()

_credentials = sa.Table(
    "issued_credentials",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    #: The last part of its address on this server.
    sa.Column("local_id", sa.String(36), nullable=False, unique=True),
    sa.Column("issuer", sa.String(64), nullable=False),
    #: By which names later calls may mean it: its own id, and the one that the request gave it.
    sa.Column("credential_id", sa.Text),
    sa.Column("given_id", sa.Text),
    #: As it was issued; nothing after it was deleted.
    sa.Column("content", sa.Text),
    sa.Index("issued_by_credential_id", "credential_id"),
    sa.Index("issued_by_given_id", "given_id"),
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCredential:
    """One credential that was issued."""

    local_id: str
    #: Slug of its issuer.
    issuer: str
    #: The credential as it was issued, in an envelope where its issuer envelopes; nothing after it was deleted.
    content: dict[str, Any] | None


class IssuedCredentials:
    """The issued credentials of one database.

    Raises:
        DatabaseUnavailable: The table cannot be made.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        database.provide(_metadata)

    def keep(
        self,
        content: Mapping[str, Any],
        *,
        local_id: str,
        issuer: str,
        credential_id: str | None,
        given_id: str | None = None,
    ) -> None:
        """Keep a credential."""
        row = {"local_id": local_id, "issuer": issuer, "credential_id": credential_id, "given_id": given_id}
        with self._database.writing() as connection:
            connection.execute(_credentials.insert().values(**row, content=json.dumps(content)))

    def get(self, local_id: str) -> IssuedCredential | None:
        """Return the credential at an address."""
        return self._first(_credentials.c.local_id == local_id)

    def named(self, name: str) -> IssuedCredential | None:
        """Return the credential that was issued last under a name."""
        if "\0" in name:
            return None
        return self._first(
            sa.or_(
                _credentials.c.credential_id == name, _credentials.c.given_id == name, _credentials.c.local_id == name
            )
        )

    def delete(self, local_id: str) -> None:
        """Forget what a credential says; that it was there stays known."""
        with self._database.writing() as connection:
            connection.execute(_credentials.update().where(_credentials.c.local_id == local_id).values(content=None))

    def _first(self, condition: sa.ColumnElement[bool]) -> IssuedCredential | None:
        rows = self._database.rows(sa.select(_credentials).where(condition).order_by(_credentials.c.id.desc()).limit(1))
        if not rows:
            return None
        content = rows[0].content
        return IssuedCredential(
            local_id=rows[0].local_id,
            issuer=rows[0].issuer,
            content=None if content is None else json.loads(content),
        )
