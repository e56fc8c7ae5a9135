"""Issuers: keys that are made once and stay, and the documents that publish them."""

from __future__ import annotations

import contextlib
import datetime
import json
import threading
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from skillmark_reference.databases import Database
from skillmark_reference.issuers import ISSUER_KINDS, IssuedCredentials, did_document, did_web, issuers_of
from skillmark_reference.securing.dids import VerificationRelationship, did_web_address
from skillmark_reference.securing.keys import KeyType, PublicKey, SecretKey, UnusableKey
from skillmark_reference.securing.verification_methods import find_verification_method

if TYPE_CHECKING:
    from pathlib import Path

    from skillmark_reference.issuers import Issuer

BASE = "https://issuer.example:8443/skillmark"
NOW = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)
SLUGS = [each.slug for each in ISSUER_KINDS]


def issuer(slug: str = "ecdsa-rdfc-2019-p-384") -> Issuer:
    return issuers_of(Database.open("sqlite://"))[slug]


def test_keys_are_made_once(url: str, database: Database) -> None:
    """Each issuer has a key of its own type, and the same one whenever the database is opened again."""
    first = issuers_of(database)
    assert SLUGS == list(first)
    assert [each.key_type for each in ISSUER_KINDS] == [each.key.type for each in first.values()]
    assert len(SLUGS) == len({each.did for each in first.values()})
    with contextlib.closing(database if url == "sqlite://" else Database.open(url)) as reopened:
        again = issuers_of(reopened)
    assert [each.did for each in first.values()] == [each.did for each in again.values()]


def test_keys_of_two_processes(tmp_path: Path) -> None:
    """Two that start at the same time agree on the keys: those of the faster one count."""
    url = f"sqlite:///{tmp_path / 'issuers.sqlite'}"
    meeting = threading.Barrier(2)
    found: list[list[str]] = []

    def generate(kind: KeyType) -> SecretKey:
        made = SecretKey.generate(kind)
        if len(first) < 2:
            first.append(made)
            meeting.wait(10)
        return made

    def start() -> None:
        with contextlib.closing(Database.open(url)) as database:
            found.append([each.did for each in issuers_of(database, generate=generate).values()])

    first: list[SecretKey] = []
    with contextlib.closing(Database.open(url)) as database:
        issuers_of(database)
        with database.writing() as connection:
            connection.execute(sa.text("DELETE FROM issuer_keys"))
    threads = [threading.Thread(target=start) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert 2 == len(found)
    assert found[0] == found[1]


def test_keys_of_another_type_are_refused() -> None:
    """A key in the database that its issuer cannot use is told, and not used."""
    database = Database.open("sqlite://")
    issuers_of(database)
    with database.writing() as connection:
        connection.execute(sa.text("UPDATE issuer_keys SET jwk = :jwk"), {"jwk": json.dumps({"kty": "OKP"})})
    with pytest.raises(UnusableKey):
        issuers_of(database)


def test_secrets_are_not_shown() -> None:
    """The text form of an issuer, and what it publishes, hold nothing of its secret key."""
    one = issuer()
    secret = one.key.jwk()["d"]
    shown = [
        repr(one),
        json.dumps(one.profile(BASE)),
        json.dumps(one.key_set(BASE)),
        json.dumps(one.did_document(BASE)),
    ]
    assert not any(secret in each for each in shown)


@pytest.mark.parametrize("name", range(3), ids=["did:key", "profile", "did:web"])
def test_documents_have_the_key(name: int) -> None:
    """Every name leads to the key, for assertion and authentication, as Multikey and as JsonWebKey."""
    one = issuer()
    known = one.names(BASE)[name]
    method = one.verification_method(known, BASE)
    assert method.startswith(f"{known}#")
    if name:
        document: dict[str, Any] | None = one.profile(BASE) if name == 1 else one.did_document(BASE)
        assert document is not None
        for purpose in (VerificationRelationship.ASSERTION_METHOD, VerificationRelationship.AUTHENTICATION):
            for each in document["verificationMethod"]:
                found = find_verification_method(document, each["id"], purpose=purpose, now=NOW)
                assert one.key.public == found.key


def test_names_of_others() -> None:
    """For a name that is not its own an issuer signs with its did:key."""
    one = issuer()
    assert one.verification_method("https://elsewhere.example/", BASE).startswith(f"{one.did}#")


def test_key_sets() -> None:
    """The JWK set has the key, and says whose it is."""
    one = issuer()
    (jwk,) = one.key_set(BASE)["keys"]
    assert one.key.public == PublicKey.from_jwk(jwk)
    assert (one.url(BASE), "ES384", "sig") == (jwk["iss"], jwk["alg"], jwk["use"])


def test_did_web() -> None:
    """The did:web of a place leads to the document of that place; an address and plain http have none."""
    did = did_web(BASE, "issuers", "one")
    assert "did:web:issuer.example%3A8443:skillmark:issuers:one" == did
    assert f"{BASE}/issuers/one/did.json" == did_web_address(did)
    assert "https://issuer.example/.well-known/did.json" == did_web_address(did_web("https://issuer.example") or "")
    assert [None, None] == [did_web("https://127.0.0.1:8443"), did_web("http://issuer.example")]
    every = did_document("did:web:issuer.example", issuers_of(Database.open("sqlite://")).values())
    assert 2 * len(SLUGS) == len(every["verificationMethod"])


def test_issued_credentials(database: Database) -> None:
    """What was issued is found by its address and by its names, the latest first, until it is deleted."""
    issued = IssuedCredentials(database)
    for number in range(2):
        issued.keep(
            {"number": number},
            local_id=f"local-{number}",
            issuer="one",
            credential_id="urn:1",
            given_id=f"given-{number}",
        )
    found = [issued.named(name) for name in ("urn:1", "given-0", "local-0", "unknown", "\0")]
    assert ["local-1", "local-0", "local-0", None, None] == [each and each.local_id for each in found]
    one = issued.get("local-0")
    assert one is not None
    assert ({"number": 0}, "one") == (one.content, one.issuer)
    issued.delete("local-0")
    gone = issued.get("local-0")
    assert gone is not None
    assert gone.content is None
    assert issued.get("local-2") is None
