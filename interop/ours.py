"""What this project does with a credential, behind the same four verbs as a peer."""

from __future__ import annotations

import datetime
import functools
import json
from typing import TYPE_CHECKING, Any

from interop.peers.asking import Refused
from interop.records import BEGIN, LIST
from interop.suites import Form, Suite

from skillmark_reference.credentials import issuing
from skillmark_reference.credentials.issuing import IssuingRefused
from skillmark_reference.credentials.results import Verdict
from skillmark_reference.credentials.steps.context_states import newest_contexts
from skillmark_reference.credentials.verifying import verify as verify_credential
from skillmark_reference.documents import Documents, Policy, SystemClock
from skillmark_reference.securing import statuses, vc_jose_cose, vc_jwt
from skillmark_reference.securing.dids import VerificationRelationship, local_document
from skillmark_reference.securing.integrity.problems import ProofGenerationRefused
from skillmark_reference.securing.integrity.proofs import add_proof
from skillmark_reference.securing.integrity.selective import derive_proof
from skillmark_reference.securing.integrity.transforming import Environment
from skillmark_reference.securing.vc_jose_cose import Secured
from skillmark_reference.securing.verification_methods import find_verification_method
from skillmark_reference.vocabularies.contexts import all_states, context_document

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from interop.records import Record

    from skillmark_reference.credentials.issuing import Signer
    from skillmark_reference.securing.jose import KeyFinder
    from skillmark_reference.securing.keys import PublicKey


@functools.cache
def contexts() -> dict[str, Record]:
    """Return every derived context in its newest state: what the peers read instead of the published files."""
    documents: dict[str, Record] = {}
    for state in all_states():
        for url in state.urls:
            documents.setdefault(url, context_document(state))
    return documents


def issue(credential: Record, signer: Signer, suite: Suite) -> Any:  # noqa: ANN401 - an object, or a token
    """Return a credential with a proof, or as a token.

    Raises:
        Refused: It is not signed.
    """
    try:
        return _issued(credential, signer, suite)
    except (IssuingRefused, ProofGenerationRefused) as refused:
        raise Refused(str(refused)) from None


def derive(credential: Record, pointers: Sequence[str]) -> Record:
    """Return what a holder shows.

    Raises:
        Refused: Nothing can be derived.
    """
    environment = Environment(contexts=newest_contexts())
    try:
        return derive_proof(credential, credential["proof"], pointers, environment=environment)
    except ProofGenerationRefused as refused:
        raise Refused(str(refused)) from None


def verify(secured: Any, signer: Signer, suite: Suite, given: Mapping[str, Any] | None = None) -> None:  # noqa: ANN401 - as above
    """Verify a credential, at the time at which the peers verify: all of them read the clock of the machine.

    Args:
        secured: The credential as it arrives.
        signer: Its issuer, among whose keys that of a vc+jwt has to be.
        suite: The suite.
        given: Further documents, by address.

    Raises:
        Refused: It is not valid; the message has every problem.
    """
    now = datetime.datetime.now(datetime.UTC)
    if suite.form is Form.VC_AND_JWT:
        verification = vc_jose_cose.verify(secured, find_key=_keys_of(signer, now), now=now, what=Secured.CREDENTIAL)
        if not verification.verified:
            raise Refused("; ".join(text for step in verification.steps for text in step.problems))
        return
    documents = {url: _text(content).encode() for url, content in (given or {}).items()}
    door = Documents(clock=SystemClock(), policy=Policy(offline=True), given=documents)
    found = verify_credential(_text(secured), documents=door, now=now)
    if found.verdict is not Verdict.VALID:
        raise Refused(
            "; ".join([found.verdict.value, *(str(problem) for each in found.walk() for problem in each.problems)])
        )


def status_list(indexes: Sequence[int], signer: Signer, form: Form) -> Any:  # noqa: ANN401 - as above
    """Return a signed status list in which some indexes are revoked, with a proof or as VC-JWT."""
    bits = statuses.empty_bits()
    for index in indexes:
        bits = statuses.with_status(bits, index, 1)
    listed = statuses.StatusList(status_purpose=("revocation",), bits=bits)
    credential = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": LIST,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": signer.profile["id"],
        "validFrom": "2025-01-01T00:00:00Z",
        "credentialSubject": {"id": f"{LIST}#list", **statuses.list_subject(listed)},
    }
    if form is Form.VC_JWT:
        return vc_jwt.issue(credential, key=signer.key, kid=signer.verification_method)
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2025-01-01T00:00:00Z",
        "verificationMethod": signer.verification_method,
        "proofPurpose": "assertionMethod",
    }
    return add_proof(credential, options, signer.key, environment=Environment(contexts=newest_contexts()))


def _issued(credential: Record, signer: Signer, suite: Suite) -> Any:  # noqa: ANN401 - as above
    if suite.form in {Form.VC_JWT, Form.VC_JWT_1}:
        return issuing.as_vc_jwt(credential, signer, algorithm=suite.algorithm)
    if suite.form is Form.VC_AND_JWT:
        kid, algorithm = signer.verification_method, suite.algorithm
        return vc_jose_cose.secure(credential, key=signer.key, kid=kid, what=Secured.CREDENTIAL, algorithm=algorithm)
    return issuing.with_proof(credential, signer, created=BEGIN, cryptosuite=suite.value.name)


def _text(secured: Any) -> str:  # noqa: ANN401 - as above
    return secured if isinstance(secured, str) else json.dumps(secured)


def _keys_of(signer: Signer, now: datetime.datetime) -> KeyFinder:
    """Return what finds a key in the document of an issuer."""

    def find(header: Mapping[str, Any]) -> PublicKey:
        document = local_document(signer.profile["id"])
        purpose = VerificationRelationship.ASSERTION_METHOD
        return find_verification_method(document, str(header.get("kid")), purpose=purpose, now=now).key

    return find
