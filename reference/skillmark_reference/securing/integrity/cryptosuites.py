"""The cryptosuites: which exist, and what each does to a document (Data Integrity 1.0, 3.3; EdDSA and ECDSA cryptosuites 1.0).

`create_proof` and `verify_proof` are the one interface to all of them. A proof says itself which suite it is of, so
what it may select is this table and nothing else.
"""

from __future__ import annotations

import copy
import dataclasses
import enum
from typing import TYPE_CHECKING, Any

from skillmark_reference.securing import multibase
from skillmark_reference.securing.integrity import selective
from skillmark_reference.securing.integrity.canonicalization import canonicalize_json
from skillmark_reference.securing.integrity.json_values import as_list, without
from skillmark_reference.securing.integrity.problems import Problem, ProblemKind, ProofGenerationRefused, Refused
from skillmark_reference.securing.integrity.proof_options import option_problems
from skillmark_reference.securing.integrity.transforming import Environment, Steps, json_steps, rdf_steps
from skillmark_reference.securing.keys import Digest, KeyType, PublicKey, SecretKey
from skillmark_reference.securing.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from skillmark_reference.securing.integrity.selective import Disclosure

DATA_INTEGRITY_PROOF = "DataIntegrityProof"
#: Bytes of a signature.
_LENGTHS = {KeyType.ED25519: 64, KeyType.P256: 64, KeyType.P384: 96}
_DER_SEQUENCE = 0x30


class Transformation(enum.Enum):
    """What a suite makes of a document before it is hashed."""

    RDFC = "RDFC-1.0"
    JCS = "JCS"
    SELECTIVE = "selective disclosure"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Cryptosuite:
    """One cryptosuite."""

    #: The ``type`` of its proofs.
    type: str
    #: The ``cryptosuite`` of its proofs; older types have none.
    name: str | None
    clause: str
    transformation: Transformation
    keys: tuple[KeyType, ...]
    #: Whether new proofs are made, or old ones read only.
    signs: bool = True

    @property
    def title(self) -> str:
        """What people call it."""
        return self.name or self.type


CRYPTOSUITES = (
    Cryptosuite(
        type=DATA_INTEGRITY_PROOF,
        name="eddsa-rdfc-2022",
        clause="EdDSA cryptosuites 1.0, 3.2",
        transformation=Transformation.RDFC,
        keys=(KeyType.ED25519,),
    ),
    Cryptosuite(
        type=DATA_INTEGRITY_PROOF,
        name="eddsa-2022",
        clause="EdDSA cryptosuites 1.0 before its first Candidate Recommendation: the older name of eddsa-rdfc-2022",
        transformation=Transformation.RDFC,
        keys=(KeyType.ED25519,),
        signs=False,
    ),
    Cryptosuite(
        type=DATA_INTEGRITY_PROOF,
        name="eddsa-jcs-2022",
        clause="EdDSA cryptosuites 1.0, 3.3",
        transformation=Transformation.JCS,
        keys=(KeyType.ED25519,),
    ),
    Cryptosuite(
        type=DATA_INTEGRITY_PROOF,
        name="ecdsa-rdfc-2019",
        clause="ECDSA cryptosuites 1.0, 3.2",
        transformation=Transformation.RDFC,
        keys=(KeyType.P256, KeyType.P384),
    ),
    Cryptosuite(
        type=DATA_INTEGRITY_PROOF,
        name="ecdsa-jcs-2019",
        clause="ECDSA cryptosuites 1.0, 3.3",
        transformation=Transformation.JCS,
        keys=(KeyType.P256, KeyType.P384),
    ),
    Cryptosuite(
        type=DATA_INTEGRITY_PROOF,
        name="ecdsa-sd-2023",
        clause="ECDSA cryptosuites 1.0, 3.4 to 3.6",
        transformation=Transformation.SELECTIVE,
        keys=(KeyType.P256,),
    ),
    Cryptosuite(
        type="Ed25519Signature2020",
        name=None,
        clause="EdDSA cryptosuites 1.0, A.2",
        transformation=Transformation.RDFC,
        keys=(KeyType.ED25519,),
        signs=False,
    ),
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of the verification of one proof."""

    problems: tuple[Problem, ...]
    #: ``None`` if the document or the proof could not be transformed.
    steps: Steps | None = None

    @property
    def verified(self) -> bool:
        """Whether nothing speaks against the proof."""
        return not self.problems


def find_cryptosuite(proof: Mapping[str, Any]) -> Cryptosuite | None:
    """Return the suite that a proof names, or nothing if it is not known."""
    for suite in CRYPTOSUITES:
        if proof.get("type") == suite.type and proof.get("cryptosuite") == suite.name:
            return suite
    return None


def is_of_unknown_type(proof: Mapping[str, Any]) -> bool:
    """Tell whether nothing is known of proofs of a type: neither their members nor what they say of a document."""
    known = {suite.type for suite in CRYPTOSUITES}
    return isinstance(proof.get("type"), str) and proof["type"] not in known


def create_proof(
    document: Mapping[str, Any],
    options: Mapping[str, Any],
    key: SecretKey,
    *,
    environment: Environment,
    disclosure: Disclosure | None = None,
) -> dict[str, Any]:
    """Return the document with a proof made with the key (Data Integrity 1.0, 4.2).

    Args:
        document: The document without proof.
        options: The members of the proof but proofValue.
        key: The secret key to the verification method.
        environment: The known contexts and the limit of work.
        disclosure: What ecdsa-sd-2023 needs beside.

    Raises:
        ProofGenerationRefused: The options are incomplete, the document has a proof, or signing would lose data.
    """
    if "proof" in document:
        message = "the document has a proof; add another one to its set or chain instead"
        raise ProofGenerationRefused([Problem(kind=ProblemKind.INVALID_MEMBER, pointer="/proof", message=message)])
    proof = make_proof(document, options, key, environment=environment, disclosure=disclosure)
    return {**copy.deepcopy(dict(document)), "proof": proof}


def make_proof(
    document: Mapping[str, Any],
    options: Mapping[str, Any],
    key: SecretKey,
    *,
    environment: Environment,
    disclosure: Disclosure | None = None,
) -> dict[str, Any]:
    """Return the proof alone; the document may have the proofs that this one names as previous.

    Raises:
        ProofGenerationRefused: As for `create_proof`.
    """
    suite = find_cryptosuite(options)
    problems = [*option_problems(options, signing=True), *_suite_problems(suite, options, key.type)]
    if suite is None or not suite.signs or "proofValue" in options:
        problems += _unmakeable(suite, options)
    if suite is None or problems:
        raise ProofGenerationRefused(problems)
    try:
        if suite.transformation is Transformation.SELECTIVE:
            return selective.create(document, options, key, environment=environment, disclosure=disclosure)
        proof = copy.deepcopy(dict(options))
        if suite.transformation is Transformation.JCS:
            contexts = {name: copy.deepcopy(document[name]) for name in ("@context",) if name in document}
            proof = without(proof, "@context") | contexts
        signature = key.sign(_steps(suite, document, proof, key.type, environment).hash_data)
    except Refused as refused:
        raise ProofGenerationRefused(refused.problems) from None
    return proof | {"proofValue": multibase.encode(signature, multibase.Base.BASE58BTC)}


def verify_proof(document: Mapping[str, Any], proof: object, key: PublicKey, *, environment: Environment) -> Outcome:
    """Hold a proof against a document and a key (Data Integrity 1.0, 4.4, without what a verifier expects beside).

    Args:
        document: What the proof covers: the document without proof, or with those that the proof names as previous.
        proof: The proof.
        key: The public key of the verification method.
        environment: The known contexts and the limit of work.
    """
    if not isinstance(proof, dict):
        message = "a proof is a JSON object"
        return Outcome(problems=(Problem(kind=ProblemKind.NOT_AN_OBJECT, pointer="/proof", message=message),))
    suite = find_cryptosuite(proof)
    problems = [*option_problems(proof, signing=False), *_suite_problems(suite, proof, key.type)]
    if suite is None:
        return Outcome(problems=tuple(problems))
    if suite.transformation is Transformation.SELECTIVE:
        found, steps = selective.verify(document, proof, key, environment=environment)
        return Outcome(problems=(*problems, *found), steps=steps)
    signature, found = _signature(proof, key.type)
    problems += found
    steps = None
    try:
        steps = _steps(suite, document, proof, key.type, environment)
    except Refused as refused:
        problems += refused.problems
    if suite.transformation is Transformation.JCS:
        problems += _context_problems(document, proof)
    if steps and signature and not problems and not key.verify(signature, steps.hash_data):
        message = "the signature does not fit document, proof options and key: one of them is not what was signed"
        problems.append(Problem(kind=ProblemKind.WRONG_SIGNATURE, pointer="/proof/proofValue", message=message))
    return Outcome(problems=tuple(problems), steps=steps)


def _steps(
    suite: Cryptosuite, document: Mapping[str, Any], proof: Mapping[str, Any], key: KeyType, environment: Environment
) -> Steps:
    digest = Digest.SHA_384 if key is KeyType.P384 else Digest.SHA_256
    if suite.transformation is Transformation.JCS:
        return json_steps(document, proof, digest=digest)
    return rdf_steps(document, proof, environment=environment, digest=digest)


def _suite_problems(suite: Cryptosuite | None, proof: Mapping[str, Any], key: KeyType) -> Iterator[Problem]:
    if suite is None:
        found = f"type {quoted(proof.get('type'))} with cryptosuite {quoted(proof.get('cryptosuite'))}"
        known = ", ".join(each.title for each in CRYPTOSUITES)
        message = f"the proof has {found}; known are {known}"
        yield Problem(kind=ProblemKind.UNKNOWN_SUITE, pointer="/proof", message=message)
        return
    if key not in suite.keys:
        fit = " or ".join(kind.value for kind in suite.keys)
        message = f"{suite.title} signs with a key of {fit}; the verification method has one of {key.value}"
        yield Problem(kind=ProblemKind.WRONG_KEY, pointer="/proof/verificationMethod", message=message)
    if suite.name is None and "created" not in proof:
        message = f"{suite.title} requires created"
        yield Problem(kind=ProblemKind.MISSING_MEMBER, pointer="/proof/created", message=message)


def _unmakeable(suite: Cryptosuite | None, options: Mapping[str, Any]) -> Iterator[Problem]:
    if suite is not None and not suite.signs:
        message = f"{suite.title} is only read; sign with a suite of {DATA_INTEGRITY_PROOF}"
        yield Problem(kind=ProblemKind.UNKNOWN_SUITE, pointer="/proof/type", message=message)
    if "proofValue" in options:
        message = "proofValue is what signing makes; leave it out of the options"
        yield Problem(kind=ProblemKind.INVALID_MEMBER, pointer="/proof/proofValue", message=message)


def _signature(proof: Mapping[str, Any], key: KeyType) -> tuple[bytes | None, list[Problem]]:
    """Return the bytes of the proof value, or what is wrong with it."""
    text = proof.get("proofValue")
    if not isinstance(text, str):
        kind = ProblemKind.INVALID_MEMBER if "proofValue" in proof else ProblemKind.MISSING_MEMBER
        return None, [
            Problem(kind=kind, pointer="/proof/proofValue", message="proofValue is a text that begins with z")
        ]
    try:
        signature = multibase.decode(text, multibase.Base.BASE58BTC)
    except multibase.MalformedMultibase as error:
        return None, [_malformed(str(error))]
    expected = _LENGTHS.get(key, len(signature))
    if len(signature) == expected:
        return signature, []
    message = f"a signature with a key of {key.value} has {expected} bytes; this one has {len(signature)}"
    if signature[:1] == bytes([_DER_SEQUENCE]):
        message += " and looks like DER; r and s are written in fixed length, one after the other"
    return None, [_malformed(message)]


def _malformed(message: str) -> Problem:
    return Problem(kind=ProblemKind.MALFORMED_PROOF_VALUE, pointer="/proof/proofValue", message=message)


def _context_problems(document: Mapping[str, Any], proof: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a problem if the document does not begin with the contexts of the proof (EdDSA cryptosuites 1.0, 3.3.2)."""
    if "@context" not in proof:
        return
    signed, found = as_list(proof["@context"]), as_list(document.get("@context"))
    if not _is_same(found[: len(signed)], signed):
        message = "the @context of the document does not begin with the one that was signed"
        yield Problem(kind=ProblemKind.CONTEXT_MISMATCH, pointer="/@context", message=message)


def _is_same(one: object, other: object) -> bool:
    """Tell whether two values are the same JSON; in Python, ``true`` and ``1`` are equal."""
    try:
        return canonicalize_json(one) == canonicalize_json(other)
    except Refused:
        return False
