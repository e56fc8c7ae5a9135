"""The secret keys of the issuers, made once and kept in the database.

They are kept as JSON, unencrypted: whoever can read the database can sign in the name of its issuers.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import sqlalchemy as sa

from skillmark_reference.issuers.identities import Issuer
from skillmark_reference.issuers.kinds import ISSUER_KINDS, IssuerKind
from skillmark_reference.securing.keys import KeyType, SecretKey

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from skillmark_reference.databases import Database

_metadata = sa.MetaData()

_keys = sa.Table(
    "issuer_keys",
    _metadata,
    sa.Column("slug", sa.String(64), primary_key=True),
    #: The private JWK.
    sa.Column("jwk", sa.Text, nullable=False),
)


def issuers_of(
    database: Database, *, generate: Callable[[KeyType], SecretKey] = SecretKey.generate
) -> Mapping[str, Issuer]:
    """Return the issuers of a database by slug; keys that are missing are made.

    Raises:
        DatabaseUnavailable: The table cannot be made.
        UnusableKey: A key in the database is no key, or of another type than its issuer needs.
    """
    database.provide(_metadata)
    return {kind.slug: Issuer(kind=kind, key=_key(database, kind, generate)) for kind in ISSUER_KINDS}


def _key(database: Database, kind: IssuerKind, generate: Callable[[KeyType], SecretKey]) -> SecretKey:
    query = sa.select(_keys.c.jwk).where(_keys.c.slug == kind.slug)
    found = database.scalar(query)
    if found is None:
        made = json.dumps(generate(kind.key_type).jwk())
        try:
            with database.writing() as connection:
                connection.execute(_keys.insert().values(slug=kind.slug, jwk=made))
        except sa.exc.IntegrityError:
            # Another process was faster; its key counts.
            made = database.scalar(query)
        found = made
    return SecretKey.from_jwk(json.loads(found))
