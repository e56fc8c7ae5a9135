"""The verifier of the VC API: what is checked, what is told, and where documents come from."""

from __future__ import annotations

import datetime
import socket
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from tests.reference.vc_api.surroundings import (
    NOW,
    V2,
    Json,
    SetClock,
    client_of,
    credential,
    holder_of,
    issued,
    key,
    presentation,
    presented,
    signed,
    verification,
)

from skillmark_reference.documents import DocumentKind, Unavailable

if TYPE_CHECKING:
    import httpx

LISTED = "bitstring-status-list"
HOLDER = key()


def present(client: httpx.Client, document: object, **options: Any) -> httpx.Response:  # noqa: ANN401 - any JSON
    """Have a presentation verified."""
    return client.post("/presentations/verify", json={"verifiablePresentation": document, "options": options})


def test_own_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    """A credential issued here, with its status and under each name of its issuer, is verified without any connection."""
    client = client_of(documents=None)

    def connect(*_: object) -> NoReturn:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", connect)
    for name in ({}, {"issuer": f"did:web:vc.example.org:issuers:{LISTED}"}):
        assert 200 == verification(client, issued(client, LISTED, **name)).status_code


def listed_at(address: str) -> Json:
    """Return a credential of a foreign issuer whose status is in a list at an address."""
    entry = {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "1",
        "statusListCredential": address,
    }
    issuer = key()
    return signed(credential(issuer=holder_of(issuer), credentialStatus=entry), issuer)


@pytest.mark.parametrize("address", ["https://127.0.0.1:1/list", "http://example.org/list", "https://10.0.0.1/list"])
def test_private_addresses(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list at a private address, or without TLS, is not asked for: the status cannot be told."""
    client = client_of(documents=None)

    def connect(*_: object) -> NoReturn:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", connect)
    document = listed_at(address)
    answer = verification(client, document)
    assert 400 == answer.status_code
    assert "STATUS_RETRIEVAL_ERROR" in answer.text
    assert 200 == verification(client, document, checks=["proof"]).status_code


class Recording:
    """Gives no document, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, DocumentKind]] = []

    def get(self, url: str, kind: DocumentKind) -> NoReturn:
        self.asked.append((url, kind))
        raise Unavailable(f"{url} is not there")


def test_what_is_asked_for() -> None:
    """Lists are asked for only if the status is wanted, contexts never."""
    recording = Recording()
    client = client_of(documents=recording)
    document = listed_at("https://elsewhere.example/list")
    assert 200 == verification(client, document, checks=["proof"]).status_code
    assert [] == recording.asked
    assert 400 == verification(client, document, checks=["proof", "credentialStatus"]).status_code
    assert [("https://elsewhere.example/list", DocumentKind.STATUS_LIST)] == recording.asked
    unknown = {**document, "@context": [*document["@context"], "https://elsewhere.example/context"]}
    assert 400 == verification(client, unknown, checks=["proof"]).status_code
    assert 1 == len(recording.asked)


def test_outdated_digests() -> None:
    """What is let pass when issuing passes when verifying, and inside of a presentation; not where the server is told so."""
    resource = {"id": V2, "digestMultibase": "uJKGMkOmFbVJhEfKTduMC2XCyvRAYLjOVmZWwIH1wQ7k"}
    lenient, strict = client_of(), client_of(accepts_draft_digests=False)
    made = issued(lenient, relatedResource=[resource])
    shown = presented(presentation(verifiableCredential=[made]), HOLDER)
    assert [200, 400] == [verification(each, made).status_code for each in (lenient, strict)]
    assert [200, 400] == [present(each, shown).status_code for each in (lenient, strict)]


def test_lists_of_others_under_our_address() -> None:
    """An entry that names a list here that does not exist, or of another purpose, does not pass."""
    client = client_of()
    made = issued(client, LISTED)
    revocation, suspension = made["credentialStatus"]
    own = key()
    for wrong in (
        {**revocation, "statusListCredential": f"{revocation['statusListCredential']}x"},
        {**revocation, "statusListCredential": suspension["statusListCredential"]},
        {**revocation, "statusListIndex": "131072"},
    ):
        document = signed(credential(issuer=holder_of(own), credentialStatus=wrong), own)
        assert 400 == verification(client, document).status_code


@pytest.mark.parametrize(("status", "option"), [(400, {}), (200, {"failed_verification_status": 200})])
def test_failed_verifications(status: int, option: Json) -> None:
    """A verification that fails is answered with the status that is set, always with verified false and the reasons."""
    client = client_of(**option)
    made = issued(client)
    made["credentialSubject"]["id"] = "did:example:somebody-else"
    answer = verification(client, made)
    assert (status, False) == (answer.status_code, answer.json()["verified"])
    assert any("#PROOF_VERIFICATION_ERROR" in each["type"] for each in answer.json()["problemDetails"])
    assert "application/json" == answer.headers["content-type"]
    assert answer.json().keys() == {"verified", "problemDetails"}
    malformed = client.post("/credentials/verify", json={})
    assert (400, False) == (malformed.status_code, malformed.json()["verified"])


def test_periods() -> None:
    """Outside of its period a credential does not verify, unless the request asks for other checks only."""
    clock = SetClock()
    client = client_of(clock=clock)
    made = issued(client, validFrom="2026-02-01T00:00:00Z", validUntil="2026-04-01T00:00:00Z")
    found = []
    for days in (0, 60, -60):
        clock.time = NOW + datetime.timedelta(days=days)
        found.append([verification(client, made, **options).status_code for options in ({}, {"checks": ["proof"]})])
    assert [[200, 200], [400, 200], [400, 200]] == found
    clock.time = NOW + datetime.timedelta(days=60)
    told = verification(client, made, checks=["proof"]).json()
    assert told["verified"]
    assert any("valid until" in each["detail"] for each in told["problemDetails"])


def test_results() -> None:
    """Results and the credential are in the answer if the request asks for them."""
    client = client_of()
    made = issued(client, LISTED, validFrom="2026-01-01T00:00:00Z")
    assert {"verified": True} == verification(client, made).json()
    answer = verification(client, made, returnResults=True, returnCredential=True).json()
    assert made == answer["credential"]
    results = answer["results"]
    assert {"verified": True, "input": made["validFrom"]} == results["validFrom"]
    assert [0, 0] == [each["value"] for each in results["credentialStatus"]]
    assert [{"verified": True, "input": made["proof"]}] == results["proof"]


def test_problem_details_can_be_left_out() -> None:
    """Reasons are left out only if the request says so."""
    client = client_of()
    made = {**issued(client), "name": "added"}
    assert {"verified": False} == verification(client, made, returnProblemDetails=False).json()


@pytest.mark.parametrize(
    "options",
    [
        {"unknown": 1},
        {"checks": "proof"},
        {"checks": ["everything"]},
        {"checks": [{}]},
        {"challenge": 5},
        {"domain": {"a": 1}},
        {"returnResults": "yes"},
        [],
        "none",
    ],
)
def test_unknown_options(options: object) -> None:
    """Unknown options and values are errors."""
    client = client_of()
    body = {"verifiableCredential": issued(client), "options": options}
    answer = client.post("/credentials/verify", json=body)
    assert 400 == answer.status_code
    assert {"UNKNOWN_OPTION_PROVIDED", "MALFORMED_VALUE_ERROR"} >= {
        each["type"].rpartition("#")[2] for each in answer.json()["problemDetails"]
    }


# Presentations


def test_challenges() -> None:
    """A challenge of this server is good for one presentation, and not for long; those of others are not judged."""
    clock = SetClock()
    client = client_of(clock=clock)
    first, second = (client.post("/challenges").json()["challenge"] for _ in range(2))
    assert first != second
    shown = presented(presentation(), HOLDER, challenge=first, domain="here.example")
    assert [200, 400] == [present(client, shown, challenge=first).status_code for _ in range(2)]
    late = presented(presentation(), HOLDER, challenge=second)
    clock.time = NOW + datetime.timedelta(minutes=11)
    answer = present(client, late, challenge=second)
    assert 400 == answer.status_code
    assert "#INVALID_CHALLENGE_ERROR" in answer.text
    other = presented(presentation(), HOLDER, challenge="of somebody else")
    assert [200, 200] == [present(client, other, challenge="of somebody else").status_code for _ in range(2)]


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({}, 200),
        ({"challenge": "right"}, 200),
        ({"domain": "here.example"}, 200),
        ({"domain": ["here.example"]}, 200),
        ({"challenge": "right", "domain": "here.example", "checks": []}, 200),
        ({"challenge": "wrong"}, 400),
        ({"domain": "elsewhere.example"}, 400),
        ({"domain": ["here.example", "elsewhere.example"]}, 400),
        ({"expectedProofPurpose": "assertionMethod"}, 400),
    ],
)
def test_audience(options: Json, status: int) -> None:
    """Challenge, domain and purpose are those that the request expects."""
    shown = presented(presentation(), HOLDER, challenge="right", domain="here.example")
    assert status == present(client_of(), shown, **options).status_code


def test_unsigned_presentations() -> None:
    """A presentation without proof is sent as such, and then its credentials alone are verified."""
    client = client_of()
    shown = presentation(verifiableCredential=[issued(client)])
    assert 400 == present(client, shown).status_code
    assert 200 == client.post("/presentations/verify", json={"presentation": shown}).status_code
    asked = {"presentation": shown, "options": {"challenge": "right"}}
    assert 400 == client.post("/presentations/verify", json=asked).status_code
    assert (
        400
        == client.post(
            "/presentations/verify", json={"presentation": shown, "verifiablePresentation": shown}
        ).status_code
    )


def test_credentials_inside() -> None:
    """A presentation is worth what the worst of its credentials is; each is told with its place."""
    client = client_of()
    good, bad = issued(client), {**issued(client), "name": "added"}
    shown = presented(presentation(verifiableCredential=[good, bad]), HOLDER)
    answer = present(client, shown, returnResults=True, returnPresentation=True)
    assert 400 == answer.status_code
    said = answer.json()
    assert [True, False] == [each["verified"] for each in said["results"]["credentials"]]
    assert {True} == {each["verified"] for each in said["results"]["presentation"]["proof"]}
    assert shown == said["verifiablePresentation"]
    assert all(
        each["pointer"].startswith("/verifiableCredential/1") for each in said["problemDetails"] if "#" in each["type"]
    )


def test_self_asserted_credentials() -> None:
    """A credential without proof passes only if it is of the holder who signed the presentation."""
    client = client_of()
    found = []
    for issuer, holder in ((HOLDER, HOLDER), (HOLDER, None), (key(), HOLDER), (HOLDER, key())):
        held = credential(issuer=holder_of(issuer), credentialSubject={"name": "me"})
        members = {"holder": holder_of(holder)} if holder else {}
        shown = presented(presentation(verifiableCredential=[held], **members), HOLDER)
        found.append(present(client, shown).status_code)
    assert [200, 400, 400, 400] == found


def test_revoked_credentials_inside() -> None:
    """The status of a credential inside counts, unless the request asks for the proof only."""
    client = client_of()
    made = issued(client, LISTED)
    entry = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"}
    client.post("/credentials/status", json={"credentialId": made["id"], "credentialStatus": entry, "status": True})
    shown = presented(presentation(verifiableCredential=[made]), HOLDER)
    assert [400, 200] == [present(client, shown, **options).status_code for options in ({}, {"checks": ["proof"]})]
