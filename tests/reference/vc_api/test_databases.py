"""The VC API in each kind of database."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from tests.reference.vc_api.surroundings import (
    NOW,
    SetClock,
    client_of,
    credential,
    key,
    presentation,
    presented,
    verification,
)

from skillmark_reference.server.vc_api.challenges import Challenges

if TYPE_CHECKING:
    from skillmark_reference.databases import Database


def test_life_of_a_credential(database: Database) -> None:
    """A credential is issued, presented once, suspended, revoked and deleted."""
    client, holder = client_of(database), key()
    answer = client.post("/issuers/bitstring-status-list/credentials/issue", json={"credential": credential()})
    made = answer.json()["verifiableCredential"]
    challenge = client.post("/challenges").json()["challenge"]
    shown = presented(presentation(verifiableCredential=[made]), holder, challenge=challenge)
    body = {"verifiablePresentation": shown, "options": {"challenge": challenge}}
    assert [200, 400] == [client.post("/presentations/verify", json=body).status_code for _ in range(2)]
    found = []
    for purpose, value in (("suspension", True), ("suspension", False), ("revocation", True)):
        entry = {"type": "BitstringStatusListEntry", "statusPurpose": purpose}
        update = {"credentialId": made["id"], "credentialStatus": entry, "status": value}
        assert 200 == client.post("/credentials/status", json=update).status_code
        found.append(verification(client, made).status_code)
    assert [400, 200, 400] == found
    address = answer.headers["location"]
    assert [202, 410] == [client.delete(address).status_code, client.get(address).status_code]


def test_challenges(database: Database) -> None:
    """A challenge is good once and for a while, and forgotten later; one that nobody made here is not judged."""
    clock, made = SetClock(), iter(("first", "second", "third"))
    challenges = Challenges(database, make=lambda: next(made))
    assert ["first", "second"] == [challenges.create(clock.now()) for _ in range(2)]
    said = [challenges.use(name, NOW) for name in ("first", "first", "unknown", "\0")]
    assert [True, False, True, True] == [each is None for each in said]
    late = NOW + datetime.timedelta(minutes=10)
    assert "expired" in (challenges.use("second", late) or "")
    challenges.create(NOW + datetime.timedelta(days=1))
    assert [None, None] == [challenges.use(name, late) for name in ("first", "second")]
