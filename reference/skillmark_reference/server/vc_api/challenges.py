"""Challenges: what a verifier asks a holder to sign, so that a presentation cannot be used twice (VC API, Create Challenge)."""

from __future__ import annotations

import datetime
import secrets
from typing import TYPE_CHECKING

import sqlalchemy as sa

from skillmark_reference.securing.instants import parse_date_time, write_date_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark_reference.databases import Database

LIFETIME = datetime.timedelta(minutes=10)
#: 128 bits that nobody guesses.
_BYTES = 16

_metadata = sa.MetaData()

_challenges = sa.Table(
    "challenges",
    _metadata,
    sa.Column("challenge", sa.String(64), primary_key=True),
    sa.Column("expires", sa.String(40), nullable=False),
    sa.Column("is_used", sa.Boolean, nullable=False),
)


class Challenges:
    """The challenges of one database; those that somebody else made are not known here, and not judged.

    Raises:
        DatabaseUnavailable: The table cannot be made.
    """

    def __init__(
        self, database: Database, *, make: Callable[[], str] = lambda: f"u{secrets.token_urlsafe(_BYTES)}"
    ) -> None:
        self._database = database
        self._make = make
        database.provide(_metadata)

    def create(self, now: datetime.datetime) -> str:
        """Return a new challenge; those that have expired are forgotten, some time later."""
        challenge = self._make()
        row = {"challenge": challenge, "expires": write_date_time(now + LIFETIME), "is_used": False}
        long_ago = write_date_time((now - 10 * LIFETIME).replace(microsecond=0))
        with self._database.writing() as connection:
            connection.execute(_challenges.delete().where(_challenges.c.expires < long_ago))
            connection.execute(_challenges.insert().values(**row))
        return challenge

    def use(self, challenge: str, now: datetime.datetime) -> str | None:
        """Use a challenge up; say what speaks against it, if anything does."""
        if "\0" in challenge:
            return None
        mine = _challenges.c.challenge == challenge
        with self._database.writing() as connection:
            used = connection.execute(
                _challenges.update().where(mine, _challenges.c.is_used.is_(False)).values(is_used=True)
            )
            expires = connection.scalar(sa.select(_challenges.c.expires).where(mine))
        if expires is None:
            return None
        if not used.rowcount:
            return "the challenge was used before; ask for a new one"
        if parse_date_time(expires) <= now:
            return f"the challenge expired at {expires}; ask for a new one"
        return None
