"""What the tests of credentials share: issuers with fixed keys, a healthy badge, documents at hand, and one time."""

from __future__ import annotations

import copy
import datetime
import importlib
import json
from typing import TYPE_CHECKING, Any

from tests.conftest import required_in_ci

from skillmark_reference.credentials import issuing
from skillmark_reference.credentials.issuing import Frame, Signer
from skillmark_reference.credentials.results import Outcome
from skillmark_reference.credentials.verifying import Policy, verify
from skillmark_reference.documents import Documents
from skillmark_reference.documents import Policy as Door
from skillmark_reference.securing import statuses
from skillmark_reference.securing.integrity.proofs import add_proof
from skillmark_reference.securing.integrity.transforming import Environment
from skillmark_reference.securing.keys import KeyType, SecretKey

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import ModuleType

    from skillmark_reference.credentials.requirements import Subject
    from skillmark_reference.credentials.results import Verdict, Verification
    from skillmark_reference.credentials.steps.recipients import Recipient

Record = dict[str, Any]

NOW = datetime.datetime(2026, 6, 1, 12, tzinfo=datetime.UTC)
BEGIN = datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)
END = datetime.datetime(2099, 12, 31, tzinfo=datetime.UTC)
LEARNER = "did:example:learner"
BADGE = "urn:uuid:11111111-0000-4000-8000-000000000001"
ACHIEVEMENT = "https://school.example/achievements/welding"
LIST = "https://school.example/status/1"
OLD_LIST = "https://school.example/revoked"
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"


def secret(number: int, kind: KeyType = KeyType.ED25519) -> SecretKey:
    """Return one of the fixed keys."""
    return SecretKey(type=kind, raw=bytes([number]) * kind.facts.size)


SCHOOL = Signer.by_did_key(secret(1), name="School")
STATE = Signer.by_did_key(secret(2), name="State")
CLUB = Signer.by_did_key(secret(3), name="Club")


class _Clock:
    def now(self) -> datetime.datetime:
        return NOW

    def elapsed(self) -> float:
        return 0.0


def other_library() -> ModuleType:
    """Return openbadgeslib, or skip where it is not installed."""
    try:
        return importlib.import_module("openbadgeslib.ob3")
    except ModuleNotFoundError:
        required_in_ci("openbadgeslib is not installed")
        raise


def frame(identifier: str = BADGE, *, until: datetime.datetime | None = END, **members: object) -> Frame:
    """Return what a healthy credential has beside its subject."""
    contexts = (EXTENSIONS,) if "1EdTech" in json.dumps(members) else ()
    return Frame(id=identifier, name="Welding", valid_from=BEGIN, valid_until=until, contexts=contexts, members=members)


def badge(
    issuer: Signer = SCHOOL,
    identifier: str = BADGE,
    *,
    achievement: str = ACHIEVEMENT,
    subject: Record | None = None,
    **members: object,
) -> Record:
    """Return a healthy badge that is not signed."""
    return issuing.achievement_credential(
        frame(identifier, **members),
        issuer.profile,
        subject=subject or {"id": LEARNER},
        achievement={
            "id": achievement,
            "name": "Welding",
            "description": "Joins steel.",
            "criteria": {"narrative": "Weld three seams."},
        },
    )


def endorsement(endorsed: str = ACHIEVEMENT, identifier: str = "urn:uuid:e1", **members: object) -> Record:
    """Return a healthy endorsement that is not signed."""
    return issuing.endorsement_credential(
        frame(identifier, **members), STATE.profile, endorsed=endorsed, comment="Good."
    )


def record(*credentials: Record, issuer: Signer = STATE, **arguments: Any) -> Record:  # noqa: ANN401 - any argument of issuing
    """Return a healthy record that is not signed."""
    return issuing.clr_credential(
        frame("urn:uuid:c1"), issuer.profile, subject={"id": LEARNER}, credentials=credentials, **arguments
    )


def signed(credential: Mapping[str, Any], signer: Signer = SCHOOL, **options: Any) -> Record:  # noqa: ANN401 - as above
    """Return a credential with the proof of a careful issuer."""
    return issuing.with_proof(credential, signer, created=BEGIN, **options)


def carelessly_signed(credential: Mapping[str, Any], signer: Signer = SCHOOL, **options: object) -> Record:
    """Return a credential with the proof of an issuer who looks at nothing before, with options replaced."""
    usual = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2025-01-01T00:00:00Z",
        "verificationMethod": signer.verification_method,
        "proofPurpose": "assertionMethod",
    }
    environment = Environment(contexts=issuing.newest_contexts())
    return add_proof(credential, {**usual, **options}, signer.key, environment=environment)


def status_list(*indexes: int, signer: Signer = SCHOOL, **arguments: Any) -> bytes:  # noqa: ANN401 - of the function below
    """Return the credential of a status list in which some statuses are set, with a proof."""
    credential = unsigned_list(*indexes, signer=signer, **arguments)
    return json.dumps(carelessly_signed(credential, signer)).encode()


def unsigned_list(
    *indexes: int, signer: Signer = SCHOOL, purpose: str = "revocation", identifier: str = LIST, **members: object
) -> Record:
    """Return the credential of a status list in which some statuses are set."""
    bits = statuses.empty_bits()
    for index in indexes:
        bits = statuses.with_status(bits, index, 1)
    listed = statuses.StatusList(status_purpose=(purpose,), bits=bits)
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": identifier,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": signer.profile["id"],
        "validFrom": "2025-01-01T00:00:00Z",
        "credentialSubject": {"id": f"{LIST}#list", **statuses.list_subject(listed)},
        **members,
    }


def status_entry(index: int = 42, purpose: str = "revocation") -> Record:
    """Return the entry of a credential in the status list."""
    return {
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": str(index),
        "statusListCredential": LIST,
    }


def check(
    document: Mapping[str, Any] | str | bytes,
    given: Mapping[str, Record | bytes] | None = None,
    *,
    now: datetime.datetime = NOW,
    recipient: Recipient | None = None,
    policy: Policy | None = None,
) -> Verification:
    """Verify a credential with documents at hand."""
    contents = {
        url: each if isinstance(each, bytes) else json.dumps(each).encode() for url, each in (given or {}).items()
    }
    documents = Documents(clock=_Clock(), policy=Door(offline=True), given=contents)
    content = document if isinstance(document, str | bytes) else json.dumps(document)
    return verify(content, documents=documents, now=now, recipient=recipient, policy=policy)


def subjects(verification: Verification, *outcomes: Outcome) -> list[Subject]:
    """Return the subjects of the steps that ended so."""
    return [each.subject for each in verification.with_outcome(*outcomes)]


def changed(document: Record, pointer: str, value: object = None) -> Record:
    """Return a copy with one member replaced, or removed where the value is nothing."""
    copied = copy.deepcopy(document)
    *way, last = pointer.split("/")[1:]
    place: Any = copied
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    key = int(last) if isinstance(place, list) else last
    if value is None:
        del place[key]
    else:
        place[key] = value
    return copied


def told(verification: Verification) -> Sequence[str]:
    """Return the problems of a verification as texts."""
    return [str(each) for each in verification.problems]


def unknown(verification: Verification) -> tuple[Verdict, list[Subject]]:
    """Return the verdict, and the subjects of the steps that could not be told."""
    return verification.verdict, subjects(verification, Outcome.CANNOT_TELL)


def failed(verification: Verification) -> list[Subject]:
    """Return the subjects of the steps that failed."""
    return subjects(verification, Outcome.FAILED)


def controlled(identifier: str, fragment: str = "#key-1") -> Signer:
    """Return the school under another identifier."""
    profile = {"id": identifier, "type": ["Profile"], "name": "School"}
    method = fragment if fragment.startswith("https:") else f"{identifier}{fragment}"
    return Signer(profile=profile, key=SCHOOL.key, verification_method=method)


def multikey(identifier: str, controller: str) -> Record:
    """Return the verification method with the school's key."""
    material = SCHOOL.key.public.multikey
    return {"id": identifier, "type": "Multikey", "controller": controller, "publicKeyMultibase": material}


def controller_document(identifier: str) -> Record:
    """Return the document of a controller with the school's key."""
    method = multikey(f"{identifier}#key-1", identifier)
    return {"id": identifier, "verificationMethod": [method], "assertionMethod": [method["id"]]}
