"""The issuer of the VC API: what it keeps, adds and refuses; what was issued, and its status."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest
from tests.reference.vc_api.surroundings import (
    BASE,
    DATA_INTEGRITY,
    V1,
    V2,
    Json,
    client_of,
    credential,
    holder_of,
    issued,
    key,
    signed,
    verification,
)

from skillmark_reference.databases import Database
from skillmark_reference.issuers import ISSUER_KINDS

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

ISSUE = "/credentials/issue"
LISTED = "bitstring-status-list"
SLUGS = [each.slug for each in ISSUER_KINDS]


def post(client: httpx.Client, document: object, slug: str | None = None, **members: Any) -> httpx.Response:  # noqa: ANN401 - any JSON
    """Post a credential to an issuer."""
    path = ISSUE if slug is None else f"/issuers/{slug}{ISSUE}"
    return client.post(path, json={"credential": document, **members})


def types_of(answer: httpx.Response) -> set[str]:
    """Return the names of the problems that an answer tells."""
    return {each["type"].rpartition("#")[2] for each in answer.json()["problemDetails"]}


@pytest.mark.parametrize("slug", SLUGS)
def test_every_issuer(slug: str) -> None:
    """Each issuer makes credentials that verify, of its own cryptosuite."""
    client = client_of()
    made = issued(client, slug)
    if slug == "ecdsa-sd-2023":
        made = client.post(
            "/credentials/derive",
            json={"verifiableCredential": made, "options": {"selectivePointers": ["/credentialSubject"]}},
        ).json()["verifiableCredential"]
    assert 200 == verification(client, made).status_code
    (kind,) = [each for each in ISSUER_KINDS if each.slug == slug]
    assert kind.cryptosuite == made.get("proof", {}).get("cryptosuite")


def test_what_is_added() -> None:
    """Id and issuer are put where there are none; nothing else is."""
    made = issued(client_of())
    assert {*credential(), "id", "issuer", "proof"} == made.keys()
    assert made["id"].startswith("urn:uuid:")
    assert made["issuer"] == made["proof"]["verificationMethod"].partition("#")[0]
    assert "2026-03-01T12:00:00Z" == made["proof"]["created"]


def test_what_is_given_stays() -> None:
    """Whatever the request gives comes back as it was, the name of a foreign issuer included."""
    given = credential(
        id="https://example.org/1",
        issuer={"id": "https://elsewhere.example", "name": "Elsewhere"},
        validFrom="2030-01-01T00:00:00Z",
    )
    made = issued(client_of(), **given)
    assert given == {name: value for name, value in made.items() if name != "proof"}


@pytest.mark.parametrize("slug", ["eddsa-rdfc-2022", "ecdsa-jcs-2019-p-384", "vc-jose-cose"])
def test_names_of_an_issuer(slug: str) -> None:
    """Under its did:web or the address of its profile an issuer signs with the key in that document, which is read here."""
    client = client_of()
    for name in (f"{BASE}/issuers/{slug}", f"did:web:vc.example.org:issuers:{slug}"):
        made = issued(client, slug, issuer=name)
        answer = verification(client, made, returnProblemDetails=True)
        assert 200 == answer.status_code
        assert not any(name in each["detail"] for each in answer.json().get("problemDetails", []))
        assert slug == "vc-jose-cose" or made["proof"]["verificationMethod"].startswith(f"{name}#")


def test_data_model_1() -> None:
    """To a credential of data model 1.1 its date and the context of its proof are added."""
    made = issued(client_of(), **{"@context": [V1]})
    assert ([V1, DATA_INTEGRITY], "2026-03-01T12:00:00Z") == (made["@context"], made["issuanceDate"])


def test_proofs_that_are_there() -> None:
    """A proof that the credential has stays beside the new one."""
    client, stranger = client_of(), key()
    own = signed(credential(id="urn:uuid:1b4e28ba-2fa1-11d2-883f-0016d3cca427", issuer=holder_of(stranger)), stranger)
    made = issued(client, **own)
    assert own["proof"] == made["proof"][0]
    assert 2 == len(made["proof"])
    assert 200 == verification(client, made).status_code


def test_base_directions() -> None:
    """Only who signs the JSON itself signs a text with a base direction, which is in no RDF statement; it then verifies."""
    client = client_of()
    name = {"@value": "A", "@language": "en", "@direction": "ltr"}
    made = [issued(client, slug, name=name) for slug in ("eddsa-jcs-2022", "vc-jose-cose")]
    assert [200, 200] == [verification(client, each).status_code for each in made]
    turned = {**made[0], "name": {**name, "@direction": "rtl"}}
    assert 400 == verification(client, turned).status_code
    assert 400 == post(client, credential(name=name), "eddsa-rdfc-2022").status_code


@pytest.mark.parametrize(
    ("document", "name"),
    [
        ({**credential(), "unknownTerm": 1}, "DATA_LOSS_DETECTION_ERROR"),
        (credential(**{"@context": [V2, "https://example.org/unknown"]}), "PROOF_TRANSFORMATION_ERROR"),
        (credential(credentialSubject=...), "MALFORMED_VALUE_ERROR"),
        (
            credential(credentialStatus={"type": "BitstringStatusListEntry", "statusPurpose": "revocation"}),
            "MALFORMED_VALUE_ERROR",
        ),
        (credential(proof={"proofValue": "z"}), "MALFORMED_VALUE_ERROR"),
        (credential(type=["VerifiableCredential", "OpenBadgeCredential"]), "MALFORMED_VALUE_ERROR"),
    ],
)
@pytest.mark.parametrize("slug", SLUGS)
def test_refusals(slug: str, document: Json, name: str) -> None:
    """Every issuer refuses what the data model forbids or linked data loses, and names the error."""
    answer = post(client_of(), document, slug)
    assert 400 == answer.status_code
    assert "application/problem+json" == answer.headers["content-type"]
    assert name in types_of(answer)
    assert {"type", "title", "status", "detail", "pointer", "verified", "problemDetails"} >= answer.json().keys()


@pytest.mark.parametrize(
    "members",
    [
        {"options": {"unknown": 1}},
        {"options": {"credentialId": 5}},
        {"options": {"mandatoryPointers": "/issuer"}},
        {"options": []},
        {"unknown": True},
    ],
)
def test_unknown_options(members: Json) -> None:
    """Unknown options and members, and values of another type, are errors (VC API: they MUST be)."""
    answer = post(client_of(), credential(), **members)
    assert 400 == answer.status_code
    assert {"UNKNOWN_OPTION_PROVIDED", "MALFORMED_VALUE_ERROR"} >= types_of(answer)


def test_no_options() -> None:
    """Options that are null are none."""
    assert 201 == post(client_of(), credential(), options=None).status_code


def test_unknown_issuers() -> None:
    """An issuer that does not exist is told with those that do."""
    answer = post(client_of(), credential(), "unknown")
    assert 404 == answer.status_code
    assert "eddsa-rdfc-2022" in answer.json()["detail"]


DRAFT = {"id": V2, "digestMultibase": "uJKGMkOmFbVJhEfKTduMC2XCyvRAYLjOVmZWwIH1wQ7k"}


@pytest.mark.parametrize(("entry", "with_drafts", "without"), [
    (DRAFT, 201, 400),
    ({"id": V2, "digestSRI": "sha384-l/HrjlBCNWyAX91hr6LFV2Y3heB5Tcr6IeE4/Tje8YyzYBM8IhqjHWiWpr8+ZbYU"}, 201, 201),
    ({**DRAFT, "digestSRI": "sha384-" + "A" * 64}, 400, 400),
    ({**DRAFT, "id": "https://www.w3.org/2018/credentials/v1"}, 400, 400),
])  # fmt: skip
def test_outdated_digests(entry: Json, with_drafts: int, without: int) -> None:
    """The outdated digests of the base context pass for that address alone, and not where the server is told so."""
    found = [
        post(client_of(accepts_draft_digests=accepts), credential(relatedResource=[entry])).status_code
        for accepts in (True, False)
    ]
    assert [with_drafts, without] == found


# What was issued


def test_reading_and_deleting() -> None:
    """What was issued is at the address that the answer names, until it is deleted."""
    client = client_of()
    answer = post(client, credential())
    address = answer.headers["location"]
    assert address.startswith(f"{BASE}/credentials/")
    assert answer.json() == client.get(address).json()
    assert [202, 410, 410] == [
        client.delete(address).status_code,
        client.get(address).status_code,
        client.delete(address).status_code,
    ]
    assert [404, 404] == [client.get(f"/credentials/{name}").status_code for name in ("unknown", "%00")]


def test_restarts(tmp_path: Path) -> None:
    """After a restart the issuers, what they issued, and its status are the same."""
    url = f"sqlite:///{tmp_path / 'vc.sqlite'}"
    with contextlib.closing(Database.open(url)) as database:
        client = client_of(database)
        answer = post(client, credential(id="urn:uuid:2b4e28ba-2fa1-11d2-883f-0016d3cca427"), LISTED)
        update(client, answer.json()["verifiableCredential"]["id"], "suspension")
    with contextlib.closing(Database.open(url)) as database:
        again = client_of(database)
        made = again.get(answer.headers["location"]).json()["verifiableCredential"]
        assert answer.json()["verifiableCredential"] == made
        assert 400 == verification(again, made).status_code
        assert made["issuer"] == issued(again, LISTED)["issuer"]


def update(client: httpx.Client, name: str, purpose: str = "revocation", **members: object) -> httpx.Response:
    """Set the status of a credential."""
    entry = {"type": "BitstringStatusListEntry", "statusPurpose": purpose}
    return client.post("/credentials/status", json={"credentialId": name, "credentialStatus": entry, **members})


def test_revocation() -> None:
    """A revoked credential does not verify any more, and the revocation is final."""
    client = client_of()
    made, other = issued(client, LISTED), issued(client, LISTED)
    assert 200 == update(client, made["id"], status=True).status_code
    answer = verification(client, made)
    assert (400, False) == (answer.status_code, answer.json()["verified"])
    assert any("status" in each["detail"] for each in answer.json()["problemDetails"])
    assert [200, 200] == [
        verification(client, other).status_code,
        verification(client, made, checks=["proof"]).status_code,
    ]
    assert 400 == update(client, made["id"], status=False).status_code


def test_suspension() -> None:
    """A suspension ends, whatever name the request gave the credential."""
    client = client_of()
    answer = post(client, credential(), LISTED, options={"credentialId": "urn:example:mine"})
    made = answer.json()["verifiableCredential"]
    found = []
    for value in (True, False):
        assert 200 == update(client, "urn:example:mine", "suspension", status=value).status_code
        found.append(verification(client, made).status_code)
    assert [400, 200] == found


@pytest.mark.parametrize(
    ("members", "status"),
    [
        ({"credentialId": "urn:unknown"}, 404),
        ({"credentialId": 5}, 400),
        ({"status": "yes"}, 400),
        ({"credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": "refresh"}}, 404),
        ({"credentialStatus": {"type": "Another", "statusPurpose": "revocation"}}, 400),
        ({"credentialStatus": {"type": "BitstringStatusListEntry"}}, 400),
        (
            {
                "credentialStatus": {
                    "type": "BitstringStatusListEntry",
                    "statusPurpose": "revocation",
                    "statusListIndex": 5,
                }
            },
            400,
        ),
        ({"credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "x": 5}}, 400),
        ({"credentialStatus": []}, 400),
        ({"unknown": 1}, 400),
    ],
)
def test_status_updates_that_are_refused(members: Json, status: int) -> None:
    """A status is set for a credential that is known, with a purpose and place that it has."""
    client = client_of()
    made = issued(client, LISTED)
    entry = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"}
    answer = client.post("/credentials/status", json={"credentialId": made["id"], "credentialStatus": entry, **members})
    assert status == answer.status_code
    assert 200 == verification(client, made).status_code


def test_new_lists() -> None:
    """A list that is opened on request is published at once."""
    client = client_of()
    answer = client.post("/status-lists", json={"statusPurpose": "suspension"})
    assert 201 == answer.status_code
    assert client.get(answer.headers["location"]).json().keys() == answer.json()["verifiableCredential"].keys()
    assert 400 == client.post("/status-lists", json={"statusPurpose": "message"}).status_code


def test_admission() -> None:
    """Where tokens are wanted, everything but what is public asks for the scope of its path."""
    asked: list[tuple[str | None, str]] = []

    def admits(header: str | None, scope: str) -> bool:
        asked.append((header, scope))
        return header == "Bearer right"

    client = client_of(admits=admits)
    for method, path, scope in (
        ("POST", ISSUE, "write:/credentials/issue"),
        ("POST", f"/issuers/{LISTED}{ISSUE}", "write:/credentials/issue"),
        ("POST", "/credentials/status", "write:/credentials/status"),
        ("POST", "/presentations/verify", "write:/presentations/verify"),
        ("GET", "/credentials/1", "read:/credentials"),
        ("DELETE", "/credentials/1", "write:/credentials"),
    ):
        answer = client.request(method, path, headers={"Authorization": "Bearer wrong"})
        assert 401 == answer.status_code
        assert scope in answer.headers["www-authenticate"]
        assert ("Bearer wrong", scope) == asked[-1]
    client.headers["Authorization"] = "Bearer right"
    assert 201 == post(client, credential()).status_code
    assert 200 == client.get(f"/issuers/{LISTED}", headers={"Authorization": ""}).status_code
