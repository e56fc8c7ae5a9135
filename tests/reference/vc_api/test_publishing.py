"""What the VC API publishes: controllers, DID documents, key sets, lists, schemas; on a real socket too, for others to read."""

from __future__ import annotations

import base64
import gzip
import json
import ssl
import threading
from typing import TYPE_CHECKING, Any, NoReturn

import httpx
import pytest
from jsonschema import Draft202012Validator
from starlette.applications import Starlette
from tests.reference.vc_api.surroundings import (
    BASE,
    OPENED,
    Json,
    SetClock,
    client_of,
    credential,
    holder_of,
    issued,
    key,
    offline,
    presentation,
    presented,
    signed,
    verification,
)

from skillmark_reference.credentials.verifying import Policy, verify
from skillmark_reference.databases import Database
from skillmark_reference.documents import Documents, Unavailable
from skillmark_reference.documents import Policy as DocumentPolicy
from skillmark_reference.issuers import ISSUER_KINDS, issuers_of
from skillmark_reference.securing.keys import PublicKey
from skillmark_reference.server.vc_api import Instance, VcApiOptions, routes_of, suite_configuration
from skillmark_reference.server.vc_api.own_documents import schema_names
from skillmark_reference.sockets import RunningServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark_reference.documents import DocumentKind

SLUGS = [each.slug for each in ISSUER_KINDS]
LISTED = "bitstring-status-list"


@pytest.mark.parametrize("slug", SLUGS)
def test_documents_of_issuers(slug: str) -> None:
    """Profile, DID document and key set of an issuer have the key with which it signs."""
    client = client_of()
    made = client.get("/issuers").json()["issuers"]
    (did,) = [each["id"] for each in made if each["url"] == f"{BASE}/issuers/{slug}"]
    public = PublicKey.from_multikey(did.removeprefix("did:key:"))
    profile = client.get(f"/issuers/{slug}")
    assert (f"{BASE}/issuers/{slug}", ["Profile"]) == (profile.json()["id"], profile.json()["type"])
    document = client.get(f"/issuers/{slug}/did.json").json()
    assert f"did:web:vc.example.org:issuers:{slug}" == document["id"]
    for each in (profile.json(), document):
        multikey, jwk = each["verificationMethod"]
        assert public.multikey == multikey["publicKeyMultibase"]
        assert public == PublicKey.from_jwk(jwk["publicKeyJwk"])
        assert [multikey["id"], jwk["id"]] == each["assertionMethod"] == each["authentication"]
    (found,) = client.get(f"/issuers/{slug}/jwks.json").json()["keys"]
    assert public == PublicKey.from_jwk(found)


def test_did_document_of_the_server() -> None:
    """The did:web of the server itself lists the keys of all issuers; plain http and addresses have none."""
    document = client_of().get("/.well-known/did.json").json()
    assert "did:web:vc.example.org" == document["id"]
    assert 2 * len(SLUGS) == len(document["verificationMethod"])
    for base in ("http://vc.example.org", "https://127.0.0.1:8443"):
        client = client_of(base=base)
        assert [404, 404] == [
            client.get(path).status_code for path in ("/.well-known/did.json", f"/issuers/{LISTED}/did.json")
        ]


def test_base_url() -> None:
    """Where the address of the server is set, that is the one in everything that it publishes."""
    client = client_of(base_url="https://public.example/prefix/")
    assert f"https://public.example/prefix/issuers/{LISTED}" == client.get(f"/issuers/{LISTED}").json()["id"]
    (first, _) = issued(client, LISTED)["credentialStatus"]
    assert first["statusListCredential"].startswith("https://public.example/prefix/status-lists/")
    path = first["statusListCredential"].removeprefix("https://public.example/prefix")
    assert first["statusListCredential"] == client.get(path).json()["id"]


@pytest.mark.parametrize(
    "path",
    [
        "/issuers/unknown",
        "/issuers/unknown/did.json",
        "/status-lists/unknown",
        "/status-lists/%00",
        "/schemas/unknown",
        "/schemas/ob-3.0-Unknown.json",
        "/schemas/ob-3.0-AchievementCredential",
    ],
)
def test_what_is_not_there(path: str) -> None:
    """What is not published is answered with 404 and a problem."""
    answer = client_of().get(path)
    assert (404, "application/problem+json") == (answer.status_code, answer.headers["content-type"])


def test_lists() -> None:
    """A list is plain JSON for whoever does not ask for the media type of credentials, and may be kept for minutes."""
    client = client_of()
    (entry, _) = issued(client, LISTED)["credentialStatus"]
    plain, named = (
        client.get(entry["statusListCredential"], headers={"Accept": each})
        for each in ("application/vc+jwt, */*", "application/vc;q=0.9")
    )
    assert ["application/json", "application/vc"] == [each.headers["content-type"] for each in (plain, named)]
    assert "public, max-age=300" == plain.headers["cache-control"]
    assert 300_000 == plain.json()["credentialSubject"]["ttl"]
    past = client.get(entry["statusListCredential"], params={"timestamp": "2026-01-01T00:00:00Z"})
    assert (400, True) == (past.status_code, past.json()["type"].endswith("#STATUS_RETRIEVAL_ERROR"))
    assert 200 == verification(client, plain.json()).status_code


def test_lists_of_another_address() -> None:
    """A list is published under the address for which it was opened, and under no other."""
    database = Database.open("sqlite://")
    OPENED.append(database)
    here, there = client_of(database), client_of(database, base="https://other.example")
    made = issued(here, LISTED)
    path = made["credentialStatus"][0]["statusListCredential"].removeprefix(BASE)
    assert [200, 404] == [each.get(path).status_code for each in (here, there)]
    assert [200, 400] == [verification(each, made).status_code for each in (here, there)]


@pytest.mark.parametrize("name", schema_names())
def test_schemas(name: str) -> None:
    """Every class of every table has a schema of its own address, which is a schema."""
    answer = client_of().get(f"/schemas/{name}")
    assert 200 == answer.status_code
    assert f"{BASE}/schemas/{name}" == answer.json()["$id"]
    Draft202012Validator.check_schema(answer.json())


def test_schemas_that_credentials_name() -> None:
    """A credential that names a schema here is held against it, without a connection."""
    client = client_of()
    named = {"type": "JsonSchema", "id": f"{BASE}/schemas/vc-2.0-VerifiableCredential.json"}
    assert 200 == verification(client, issued(client, credentialSchema=named)).status_code
    other = {"type": "JsonSchema", "id": f"{BASE}/schemas/vc-2.0-BitstringStatusListCredential.json"}
    assert 400 == verification(client, issued(client, credentialSchema=other)).status_code


# On a real socket


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[RunningServer, httpx.Client, ssl.SSLContext]]:
    """Serve the VC API over TLS."""
    clock = SetClock()
    database = Database.open("sqlite://")
    routes = routes_of(Instance.open(database, options=VcApiOptions(documents=offline(clock)), clock=clock))
    with RunningServer(Starlette(routes=routes), self_signed=True) as running:
        assert running.ca_file is not None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(running.ca_file)
        url = running.url.replace("127.0.0.1", "localhost")
        with httpx.Client(base_url=url, verify=context, trust_env=False, timeout=30) as client:
            yield running, client, context
    database.close()


def test_other_readers(server: tuple[RunningServer, httpx.Client, ssl.SSLContext]) -> None:
    """A verifier elsewhere finds keys and lists over the network: by did:web, by the address of the profile, by list."""
    _, client, context = server
    base = str(client.base_url).rstrip("/")
    documents = Documents(clock=SetClock(), policy=DocumentPolicy(allowed_origins=(base,)), trust=context)
    did = client.get(f"/issuers/{LISTED}/did.json").json()["id"]
    for name in (did, f"{base}/issuers/{LISTED}"):
        made = issued(client, LISTED, issuer=name)
        own = client.get("/issuers").json()["issuers"][-1]["id"]
        policy = Policy(takes_strangers=True, status_issuers=frozenset({own}))
        found = verify(json.dumps(made), documents=documents, now=SetClock().now(), policy=policy)
        assert found.valid, found.problems


class Waiting:
    """Gives no document, and only after it was told to go on."""

    def __init__(self) -> None:
        self.is_asked, self.goes_on = threading.Event(), threading.Event()

    def get(self, url: str, _: DocumentKind) -> NoReturn:
        self.is_asked.set()
        self.goes_on.wait(30)
        raise Unavailable(f"{url} is not there")


def test_slow_verifications() -> None:
    """While one verification waits for a document of somebody else, the server answers others."""
    waiting, issuer, database = Waiting(), key(), Database.open("sqlite://")
    entry = {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "1",
        "statusListCredential": "https://elsewhere.example/list",
    }
    slow = signed(credential(issuer=holder_of(issuer), credentialStatus=entry), issuer)
    routes = routes_of(Instance.open(database, options=VcApiOptions(documents=waiting), clock=SetClock()))
    found: list[int] = []
    with (
        RunningServer(Starlette(routes=routes)) as running,
        httpx.Client(base_url=running.url, trust_env=False, timeout=60) as client,
    ):
        thread = threading.Thread(target=lambda: found.append(verification(client, slow).status_code))
        thread.start()
        assert waiting.is_asked.wait(30)
        found.append(verification(client, issued(client)).status_code)
        waiting.goes_on.set()
        thread.join(60)
    database.close()
    assert [200, 400] == found


def test_long_bodies(server: tuple[RunningServer, httpx.Client, ssl.SSLContext]) -> None:
    """A body that does not say how long it is is refused as soon as it is too long."""
    _, client, _ = server
    sent = []

    def blocks() -> Iterator[bytes]:
        for number in range(40):
            sent.append(number)
            yield b" " * 2**20

    try:
        answer = client.post("/credentials/verify", content=blocks(), headers={"Content-Type": "application/json"})
    except httpx.WriteError:
        # The server answered and closed while this side was still writing.
        assert len(sent) < 40
    else:
        assert 413 == answer.status_code


def test_status_lists_over_tls(server: tuple[RunningServer, httpx.Client, ssl.SSLContext]) -> None:
    """A reader that knows nothing of Skillmark finds the bit of a credential that was revoked."""
    _, client, _ = server
    made = issued(client, LISTED)
    (entry, _) = made["credentialStatus"]
    bits = []
    for _ in range(2):
        text = client.get(entry["statusListCredential"]).json()["credentialSubject"]["encodedList"][1:]
        place = int(entry["statusListIndex"])
        octets = gzip.decompress(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        bits.append(bool(octets[place // 8] & (0x80 >> place % 8)))
        status = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"}
        client.post("/credentials/status", json={"credentialId": made["id"], "credentialStatus": status})
    assert [False, True] == bits


# The configuration for the suites


def test_suite_configuration() -> None:
    """The configuration names endpoints that exist, with every tag that the suites ask for."""
    database = Database.open("sqlite://")
    text = suite_configuration(f"{BASE}/", issuers_of(database).values())
    database.close()
    assert text.endswith(";\n")
    found = json.loads(text.partition("module.exports = ")[2].rstrip().removesuffix(";"))
    (implementation,) = found["implementations"]
    tags = {tag for each in implementation["issuers"] for tag in each["tags"]}
    assert {
        "vc2.0", "EnvelopingProof", "eddsa-rdfc-2022", "eddsa-jcs-2022", "ecdsa-rdfc-2019", "ecdsa-jcs-2019", "ecdsa-sd-2023",
        "BitstringStatusList",
    } == tags  # fmt: skip
    assert tags | {"Ed25519Signature2020"} == set(implementation["verifiers"][0]["tags"])
    roles = {role: implementation[role] for role in ("issuers", "verifiers", "vpVerifiers", "vcHolders")}
    client = client_of()
    for each in (endpoint for endpoints in roles.values() for endpoint in endpoints):
        assert 400 == client.post(each["endpoint"], json={}).status_code


def test_open_badges() -> None:
    """Credentials of Open Badges are judged by the rules of Open Badges, when issuing and when verifying."""
    client = client_of()
    badge = _badge()
    assert 200 == verification(client, issued(client, **badge)).status_code
    answer = client.post("/credentials/issue", json={"credential": {**badge, "validFrom": None}})
    assert 400 == answer.status_code
    del badge["credentialSubject"]["achievement"]["criteria"]
    answer = client.post("/credentials/issue", json={"credential": badge})
    assert 400 == answer.status_code
    assert any("criteria" in each["detail"] for each in answer.json()["problemDetails"])
    shown = presented(presentation(verifiableCredential=[issued(client, **_badge())]), key())
    assert 200 == client.post("/presentations/verify", json={"verifiablePresentation": shown}).status_code


def _badge() -> Json:
    criteria = {"narrative": "Pass the course."}
    achievement: dict[str, Any] = {
        "id": "https://example.org/achievements/1",
        "type": ["Achievement"],
        "name": "Course",
        "description": "A course.",
        "criteria": criteria,
    }
    return credential(
        **{
            "@context": [
                "https://www.w3.org/ns/credentials/v2",
                "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
            ]
        },
        type=["VerifiableCredential", "OpenBadgeCredential"],
        name="Course",
        validFrom="2026-01-01T00:00:00Z",
        credentialSubject={"id": "did:example:learner", "type": ["AchievementSubject"], "achievement": achievement},
    )
