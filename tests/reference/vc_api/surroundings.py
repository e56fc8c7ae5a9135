"""A VC API of its own, in process, and documents to send to it."""

from __future__ import annotations

import copy
import datetime
from typing import TYPE_CHECKING, Any

import httpx
from starlette.applications import Starlette

from skillmark.wire.in_process import AsgiTransport
from skillmark_reference.credentials.steps.context_states import newest_contexts
from skillmark_reference.databases import Database
from skillmark_reference.documents import Documents, Policy
from skillmark_reference.securing.dids import did_key, did_key_method
from skillmark_reference.securing.integrity.proofs import add_proof
from skillmark_reference.securing.integrity.transforming import Environment
from skillmark_reference.securing.keys import KeyType, SecretKey
from skillmark_reference.server.vc_api import Instance, VcApiOptions, routes_of

if TYPE_CHECKING:
    from collections.abc import Mapping

V1 = "https://www.w3.org/2018/credentials/v1"
V2 = "https://www.w3.org/ns/credentials/v2"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"
BASE = "https://vc.example.org"
NOW = datetime.datetime(2026, 3, 1, 12, 0, tzinfo=datetime.UTC)

Json = dict[str, Any]


#: What is to be closed, in the order in which it was opened.
OPENED: list[httpx.Client | Database] = []


class SetClock:
    """A clock that a test sets."""

    def __init__(self, now: datetime.datetime = NOW) -> None:
        self.time = now

    def now(self) -> datetime.datetime:
        return self.time

    def elapsed(self) -> float:
        return self.time.timestamp()


def offline(clock: SetClock) -> Documents:
    """Return a door that opens no connection."""
    return Documents(clock=clock, policy=Policy(offline=True))


def client_of(
    database: Database | None = None,
    *,
    clock: SetClock | None = None,
    base: str = BASE,
    **options: Any,  # noqa: ANN401 - the options of the VC API
) -> httpx.Client:
    """Return a client of the VC API of a database, to be closed after the test."""
    known = clock or SetClock()
    chosen = VcApiOptions(**{"documents": offline(known), **options})
    if database is None:
        database = Database.open("sqlite://")
        OPENED.append(database)
    app = Starlette(routes=routes_of(Instance.open(database, options=chosen, clock=known)))
    client = httpx.Client(transport=AsgiTransport(app), base_url=base)
    OPENED.append(client)
    return client


def credential(**members: Any) -> Json:  # noqa: ANN401 - any JSON
    """Return a credential that is right, with other members; those given as ``...`` are left out."""
    known: Json = {
        "@context": [V2],
        "type": ["VerifiableCredential"],
        "credentialSubject": {"id": "did:example:learner"},
    }
    return {name: copy.deepcopy(value) for name, value in {**known, **members}.items() if value is not ...}


def presentation(**members: Any) -> Json:  # noqa: ANN401 - any JSON
    """Return a presentation that is right but for its proof."""
    known: Json = {"@context": [V2], "type": ["VerifiablePresentation"]}
    return {name: copy.deepcopy(value) for name, value in {**known, **members}.items() if value is not ...}


def signed(
    document: Mapping[str, Any],
    key: SecretKey,
    *,
    cryptosuite: str = "eddsa-rdfc-2022",
    disclosure: Any = None,  # noqa: ANN401 - that of selective disclosure
    **options: Any,  # noqa: ANN401 - members of the proof
) -> Json:
    """Return a document with a proof by the did:key of a key; options given as ``...`` are left out."""
    members = {
        "type": "DataIntegrityProof",
        "cryptosuite": cryptosuite,
        "created": "2026-02-01T00:00:00Z",
        "verificationMethod": did_key_method(key.public),
        "proofPurpose": "assertionMethod",
        **options,
    }
    chosen = {name: value for name, value in members.items() if value is not ...}
    environment = Environment(contexts=newest_contexts())
    return add_proof(document, chosen, key, environment=environment, disclosure=disclosure)


def presented(
    document: Mapping[str, Any],
    key: SecretKey,
    **options: Any,  # noqa: ANN401 - members of the proof
) -> Json:
    """Return a presentation signed by a holder."""
    return signed(document, key, proofPurpose="authentication", **options)


def holder_of(key: SecretKey) -> str:
    """Return the did:key of a key."""
    return did_key(key.public)


def key(kind: KeyType = KeyType.ED25519) -> SecretKey:
    """Return a new key."""
    return SecretKey.generate(kind)


def issued(client: httpx.Client, slug: str = "eddsa-rdfc-2022", **members: Any) -> Json:  # noqa: ANN401 - any JSON
    """Return a credential that an issuer of the VC API issued."""
    answer = client.post(f"/issuers/{slug}/credentials/issue", json={"credential": credential(**members)})
    assert 201 == answer.status_code, answer.text
    made: Json = answer.json()["verifiableCredential"]
    return made


def verification(client: httpx.Client, document: object, **options: Any) -> httpx.Response:  # noqa: ANN401 - any JSON
    """Have a credential verified."""
    return client.post("/credentials/verify", json={"verifiableCredential": document, "options": options})
