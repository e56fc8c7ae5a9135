"""What the authorization server keeps. Secrets are kept as digests: who reads the database cannot use what is in it."""

from __future__ import annotations

import hashlib
import threading
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from skillmark_reference.databases import Database

metadata = sa.MetaData()

clients = sa.Table(
    "oauth_clients",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("secret_digest", sa.String(64), nullable=False),
    #: Members of the registration, as JSON.
    sa.Column("registration", sa.Text, nullable=False),
)

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(64), nullable=False, unique=True),
    sa.Column("full_name", sa.Text, nullable=False),
    sa.Column("password", sa.Text, nullable=False),
    #: Text of a Profile, as it was received.
    sa.Column("profile", sa.Text),
)

sessions = sa.Table(
    "account_sessions",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("account", sa.ForeignKey("accounts.id"), nullable=False),
    sa.Column("ends_at", sa.Double, nullable=False),
)

#: What a client was allowed once: by a person, or by itself. All tokens that come of it fall with it.
grants = sa.Table(
    "oauth_grants",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("client", sa.String(64), nullable=False),
    sa.Column("account", sa.ForeignKey("accounts.id")),
    sa.Column("scope", sa.Text, nullable=False),
    sa.Column("code_digest", sa.String(64), unique=True),
    sa.Column("code_is_used", sa.Boolean, nullable=False),
    sa.Column("code_ends_at", sa.Double, nullable=False),
    sa.Column("redirect_uri", sa.Text),
    sa.Column("code_challenge", sa.String(64)),
    #: When nothing that came of it is good any more.
    sa.Column("ends_at", sa.Double, nullable=False),
    sa.Index("oauth_grants_by_end", "ends_at"),
)

tokens = sa.Table(
    "oauth_tokens",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("grant_id", sa.ForeignKey("oauth_grants.id"), nullable=False),
    sa.Column("is_refresh", sa.Boolean, nullable=False),
    #: Of a refresh token: whether another one took its place.
    sa.Column("is_used", sa.Boolean, nullable=False),
    sa.Column("scope", sa.Text, nullable=False),
    sa.Column("ends_at", sa.Double, nullable=False),
    sa.Index("oauth_tokens_of_grant", "grant_id"),
    sa.Index("oauth_tokens_by_end", "ends_at"),
)


class Store:
    """A database whose tables are made when they are first needed: most servers never need these."""

    def __init__(self, database: Database, tables: sa.MetaData) -> None:
        self._database = database
        self._tables: sa.MetaData | None = tables
        self._turn = threading.Lock()

    @property
    def database(self) -> Database:
        """The database, with the tables.

        Raises:
            DatabaseUnavailable: the tables cannot be made.
        """
        with self._turn:
            if self._tables is not None:
                self._database.provide(self._tables)
                self._tables = None
        return self._database


def digest(secret: str) -> str:
    """Return what is kept of a secret that was drawn at random, and so cannot be guessed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
