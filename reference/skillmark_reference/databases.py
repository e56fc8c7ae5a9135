"""The database that everything of the reference implementation is stored in: SQLite or PostgreSQL."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

_MEMORY = ("sqlite://", "sqlite:///:memory:")
#: How long a writer of a SQLite file waits for another one to end.
_PATIENCE_SECONDS = 300


class DatabaseUnavailable(Exception):  # noqa: N818 - what is wrong with the database, in words for a person
    """The database cannot be opened."""


class Database:
    """One database, whoever keeps tables in it."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        # A database in memory has one connection, which is in one transaction at a time, whoever uses it.
        is_single = isinstance(engine.pool, StaticPool)
        self._turn: AbstractContextManager[object] = threading.RLock() if is_single else contextlib.nullcontext()

    @classmethod
    def open(cls, url: str) -> Database:
        """Open a database.

        ``sqlite://`` is a database in memory, ``sqlite:///FILE`` one in a file, ``postgresql+psycopg://...`` a server.

        Raises:
            DatabaseUnavailable: the address is wrong, or its driver is not installed.
        """
        with _told():
            return cls(_engine(url))

    def provide(self, tables: sa.MetaData) -> None:
        """Make tables where they are missing.

        Raises:
            DatabaseUnavailable: the server does not answer, or the file is no database or cannot be written.
        """
        with _told():
            tables.create_all(self._engine)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextlib.contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Open a transaction that is kept when the block ends, and undone when it raises."""
        with self._turn, self._engine.begin() as connection:
            yield connection

    def rows(self, query: sa.Select[Any] | sa.CompoundSelect[Any]) -> list[sa.Row[Any]]:
        """Return what a query selects."""
        with self._turn, self._engine.connect() as connection:
            return list(connection.execute(query))

    def scalar(self, query: sa.Select[Any]) -> Any:  # noqa: ANN401 - whatever the query selects
        """Return the first value that a query selects; ``None`` if it selects nothing."""
        with self._turn, self._engine.connect() as connection:
            return connection.scalar(query)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Tell what is wrong with a database in words for a person.

    Raises:
        DatabaseUnavailable: something is.
    """
    try:
        yield
    except (sa.exc.SQLAlchemyError, ImportError) as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise DatabaseUnavailable(f"The database cannot be opened: {reason}.") from error


def _engine(url: str) -> sa.Engine:
    if url in _MEMORY:
        return sa.create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    if sa.make_url(url).get_backend_name() != "sqlite":
        return sa.create_engine(url)
    engine = sa.create_engine(url, connect_args={"timeout": _PATIENCE_SECONDS})
    sa.event.listen(engine, "connect", _read_while_writing)
    return engine


def _read_while_writing(connection: sqlite3.Connection, _: object) -> None:
    """Let a SQLite file be read as it was while someone changes it; a file that cannot be written stays as it is."""
    with contextlib.suppress(sqlite3.OperationalError):
        connection.execute("PRAGMA journal_mode = WAL")
