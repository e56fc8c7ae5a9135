"""What the suite for Bitstring Status List asks of a server (GitHub w3c/vc-bitstring-status-list-test-suite, 27 tests), replayed.

Nine of its tests skip themselves where an entry has mandatory members only; ours has an id beside.
"""

from __future__ import annotations

import base64
import gzip
from typing import TYPE_CHECKING

from tests.reference.vc_api.suites.driving import is_refused, proofs_of
from tests.reference.vc_api.surroundings import credential

if TYPE_CHECKING:
    from tests.reference.vc_api.suites.driving import Driver
    from tests.reference.vc_api.surroundings import Json

TAG = "BitstringStatusList"
SUBJECT = {"id": "did:example:learner"}


def _made(driver: Driver) -> Json:
    return driver.issued(driver.only("issuers", TAG), credential(credentialSubject=SUBJECT))


def _entries(made: Json) -> list[Json]:
    status = made["credentialStatus"]
    return status if isinstance(status, list) else [status]


def _lists(driver: Driver) -> list[tuple[Json, Json]]:
    found = []
    for entry in _entries(_made(driver)):
        answer = driver.client.get(entry["statusListCredential"])
        assert 200 == answer.status_code
        assert "json" in answer.headers["content-type"]
        found.append((entry, answer.json()))
    return found


def test_credentials(driver: Driver) -> None:
    """A credential that comes without status gets one; nothing else of it changes."""
    made = _made(driver)
    assert SUBJECT == made["credentialSubject"]
    assert ["VerifiableCredential"] == made["type"]
    assert made.keys() >= {"@context", "issuer", "proof", "credentialStatus"}


def test_entries(driver: Driver) -> None:
    """An entry has purpose, index and list in the forms of the standard; its id is not that of the list."""
    entries = _entries(_made(driver))
    assert {"revocation", "suspension"} == {entry["statusPurpose"] for entry in entries}
    for entry in entries:
        assert "BitstringStatusListEntry" == entry["type"]
        assert entry["statusListIndex"] == str(int(entry["statusListIndex"]))
        assert 0 <= int(entry["statusListIndex"]) < 131_072
        assert entry["statusListCredential"].startswith("https://")
        assert entry["id"] != entry["statusListCredential"]
        assert not {"statusSize", "statusMessage", "statusReference"} & entry.keys()


def test_list_credentials(driver: Driver) -> None:
    """The list is a credential of its own, secured, with the address, types and purpose that the entry promises."""
    for entry, listed in _lists(driver):
        assert entry["statusListCredential"] == listed["id"]
        assert {"VerifiableCredential", "BitstringStatusListCredential"} == set(listed["type"])
        assert "BitstringStatusList" == listed["credentialSubject"]["type"]
        assert entry["statusPurpose"] == listed["credentialSubject"]["statusPurpose"]
        assert 1 == len(proofs_of(listed))
        assert 200 == driver.verify(driver.only("verifiers", TAG), listed).status_code


def test_bitstrings(driver: Driver) -> None:
    """The list is GZIP in multibase base64url, and long enough."""
    for entry, listed in _lists(driver):
        text = listed["credentialSubject"]["encodedList"]
        assert "u" == text[0]
        bits = gzip.decompress(base64.urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4)))
        assert 16_384 <= len(bits)
        place = int(entry["statusListIndex"])
        assert 0 == bits[place // 8] & (0x80 >> place % 8)


def test_malformed_values(driver: Driver) -> None:
    """An entry that is malformed is refused, under whatever name."""
    endpoint = driver.only("issuers", TAG)
    entry = {"type": "BitstringStatusListEntry", "statusListIndex": True, "statusListCredential": "https://example.com"}
    assert is_refused(driver.issue(endpoint, credential(statusEntry=entry)))
    assert is_refused(driver.issue(endpoint, credential(credentialStatus=entry)))


def test_interoperability(driver: Driver) -> None:
    """What the issuer makes verifies, status included."""
    verifier = driver.only("verifiers", TAG)
    assert 200 == driver.verify(verifier, _made(driver), checks=["proof", "credentialStatus"]).status_code
