"""ecdsa-sd-2023: the issuer signs every statement, the holder shows some (ECDSA cryptosuites 1.0, 3.4 to 3.6)."""

from __future__ import annotations

import copy
import dataclasses
import secrets
from typing import TYPE_CHECKING, Any

from skillmark_reference.securing.integrity.canonicalization import TooMuchWork, canonicalize, hash_of
from skillmark_reference.securing.integrity.expansion import expand
from skillmark_reference.securing.integrity.json_values import without
from skillmark_reference.securing.integrity.problems import Problem, ProblemKind, ProofGenerationRefused, Refused
from skillmark_reference.securing.integrity.selection import canonical_labels, group, select
from skillmark_reference.securing.integrity.selective_values import (
    BaseValue,
    DerivedValue,
    MalformedValue,
    is_base,
    public_bytes,
    read_base,
    read_derived,
    write_base,
    write_derived,
)
from skillmark_reference.securing.integrity.statements import blank
from skillmark_reference.securing.integrity.transforming import (
    Environment,
    Hashed,
    Steps,
    configuration,
    hash_statements,
)
from skillmark_reference.securing.keys import Digest, KeyType, PublicKey, SecretKey
from skillmark_reference.securing.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_HMAC_KEY_BYTES = 32


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """What an issuer decides for a base proof. Both keys are for one proof only.

    Raises:
        ValueError: The HMAC key has not 32 bytes, or the proof key is not of P-256.
    """

    #: JSON pointers of what every derived document has to show.
    mandatory_pointers: tuple[str, ...]
    hmac_key: bytes = dataclasses.field(repr=False)
    #: Signs the statements.
    proof_key: SecretKey

    def __post_init__(self) -> None:
        if len(self.hmac_key) != _HMAC_KEY_BYTES or self.proof_key.type is not KeyType.P256:
            raise ValueError(f"a disclosure takes an HMAC key of {_HMAC_KEY_BYTES} bytes and a proof key of P-256")

    @classmethod
    def fresh(cls, mandatory_pointers: Sequence[str]) -> Disclosure:
        """Return a disclosure with new keys from the randomness of the operating system."""
        return cls(
            mandatory_pointers=tuple(mandatory_pointers),
            hmac_key=secrets.token_bytes(_HMAC_KEY_BYTES),
            proof_key=SecretKey.generate(KeyType.P256),
        )


def create(
    document: Mapping[str, Any],
    options: Mapping[str, Any],
    key: SecretKey,
    *,
    environment: Environment,
    disclosure: Disclosure | None,
) -> dict[str, Any]:
    """Return a base proof (3.6.1).

    Raises:
        Refused: No disclosure is given, a pointer leads nowhere, or signing would lose data.
    """
    if disclosure is None:
        message = "ecdsa-sd-2023 needs to know what is mandatory; give a disclosure"
        raise Refused([Problem(kind=ProblemKind.MISSING_MEMBER, pointer="", message=message)])
    proof_hash = _configuration_hash(document, options, environment)
    grouping = group(document, hmac_key=disclosure.hmac_key, environment=environment)
    mandatory = set(grouping.matching(disclosure.mandatory_pointers))
    mandatory_text = "".join(line for index, line in enumerate(grouping.lines) if index in mandatory)
    public = disclosure.proof_key.public
    data = proof_hash.digest + public_bytes(public) + hash_of(mandatory_text.encode(), Digest.SHA_256)
    value = BaseValue(
        signature=key.sign(data),
        public_key=public,
        hmac_key=disclosure.hmac_key,
        signatures=tuple(
            disclosure.proof_key.sign(line.encode())
            for index, line in enumerate(grouping.lines)
            if index not in mandatory
        ),
        mandatory_pointers=disclosure.mandatory_pointers,
    )
    return {**copy.deepcopy(dict(options)), "proofValue": write_base(value)}


def derive_proof(
    document: Mapping[str, Any],
    proof: Mapping[str, Any],
    selective_pointers: Sequence[str],
    *,
    environment: Environment,
) -> dict[str, Any]:
    """Return the document for a verifier: what is mandatory, what the pointers name, and a derived proof (3.6.4).

    Args:
        document: The whole document, without proof.
        proof: Its base proof.
        selective_pointers: JSON pointers of what the holder shows beside.
        environment: The known contexts and the limit of work.

    Raises:
        ProofGenerationRefused: The proof is no base proof of the document, a pointer leads nowhere, or nothing is shown.
    """
    try:
        return _derive(without(document, "proof"), proof, tuple(selective_pointers), environment)
    except MalformedValue as error:
        raise ProofGenerationRefused([_malformed(str(error))]) from None
    except Refused as refused:
        raise ProofGenerationRefused(refused.problems) from None


def _derive(
    document: Mapping[str, Any], proof: Mapping[str, Any], pointers: tuple[str, ...], environment: Environment
) -> dict[str, Any]:
    base = read_base(proof.get("proofValue"))
    all_pointers = base.mandatory_pointers + pointers
    revealed = select(document, all_pointers)
    if revealed is None:
        message = "nothing is mandatory and nothing is selected; there is no document to show"
        raise Refused([Problem(kind=ProblemKind.UNKNOWN_POINTER, pointer="", message=message)])
    grouping = group(document, hmac_key=base.hmac_key, environment=environment)
    mandatory = set(grouping.matching(base.mandatory_pointers))
    shown = grouping.matching(all_pointers)
    signed = [index for index in range(len(grouping.lines)) if index not in mandatory]
    if len(signed) != len(base.signatures):
        raise MalformedValue(
            f"the document has {len(signed)} statements to sign; the proof has {len(base.signatures)} signatures"
        )
    signatures = dict(zip(signed, base.signatures, strict=True))
    labels = canonical_labels(grouping.statements(all_pointers), environment)
    value = DerivedValue(
        signature=base.signature,
        public_key=base.public_key,
        signatures=tuple(signatures[index] for index in shown if index not in mandatory),
        labels={label: grouping.labels[node] for node, label in labels.items()},
        mandatory_indexes=tuple(place for place, index in enumerate(shown) if index in mandatory),
    )
    return {**revealed, "proof": {**copy.deepcopy(dict(proof)), "proofValue": write_derived(value)}}


def verify(
    document: Mapping[str, Any], proof: Mapping[str, Any], key: PublicKey, *, environment: Environment
) -> tuple[list[Problem], Steps | None]:
    """Return what speaks against a derived proof, and its steps (3.6.7).

    The base signature is that of the key of the verification method. The text of the standard can be read as if the key
    inside of the proof value were meant, which would protect nothing and does not fit the published vectors.
    """
    text = proof.get("proofValue")
    if is_base(text):
        message = "a base proof is for the holder, who derives from it what a verifier sees"
        return [Problem(kind=ProblemKind.BASE_PROOF, pointer="/proof/proofValue", message=message)], None
    problems: list[Problem] = []
    value = None
    try:
        value = read_derived(text)
    except MalformedValue as error:
        problems.append(_malformed(str(error)))
    proof_hash = None
    try:
        proof_hash = _configuration_hash(document, proof, environment)
    except Refused as refused:
        problems += refused.problems
    expansion = expand(document, contexts=environment.contexts)
    problems += (problem for problem in expansion.problems if problem not in problems)
    if problems or value is None or proof_hash is None or key.type is not KeyType.P256:
        return problems, None
    try:
        form = canonicalize(expansion.statements, limit=environment.limit)
    except TooMuchWork as error:
        return [Problem(kind=ProblemKind.TOO_MUCH_WORK, pointer="", message=str(error))], None
    if set(value.labels) != set(form.labels.values()):
        return [_malformed("the label map of the proof value is not that of the document's blank nodes")], None
    renamed = {node: blank(value.labels[label]) for node, label in form.labels.items()}
    lines = sorted({each.replaced(renamed).line for each in expansion.statements})
    mandatory = "".join(line for index, line in enumerate(lines) if index in value.mandatory_indexes)
    hashed = Hashed(canonical="".join(lines), digest=hash_of(mandatory.encode(), Digest.SHA_256))
    steps = Steps(proof=proof_hash, document=hashed, contexts=expansion.contexts)
    return _signature_problems(lines, value, steps, key), steps


def _signature_problems(lines: list[str], value: DerivedValue, steps: Steps, key: PublicKey) -> list[Problem]:
    mandatory = set(value.mandatory_indexes)
    if mandatory - set(range(len(lines))):
        return [_malformed("the proof value names a mandatory statement that the document does not have")]
    rest = [line for index, line in enumerate(lines) if index not in mandatory]
    if len(rest) != len(value.signatures):
        return [_malformed(f"{len(rest)} statements need a signature; the proof value has {len(value.signatures)}")]
    data = steps.proof.digest + public_bytes(value.public_key) + steps.document.digest
    problems = []
    if not key.verify(value.signature, data):
        problems.append(_wrong("the base signature does not fit proof options, mandatory statements and key"))
    for line, signature in zip(rest, value.signatures, strict=True):
        if not value.public_key.verify(signature, line.encode()):
            problems.append(_wrong(f"the statement {quoted(line.strip())} is not the one that was signed"))
    return problems


def _configuration_hash(document: Mapping[str, Any], proof: Mapping[str, Any], environment: Environment) -> Hashed:
    try:
        return hash_statements(configuration(document, proof), environment=environment, digest=Digest.SHA_256)
    except Refused as refused:
        raise Refused(problem.below("/proof") for problem in refused.problems) from None


def _malformed(message: str) -> Problem:
    return Problem(kind=ProblemKind.MALFORMED_PROOF_VALUE, pointer="/proof/proofValue", message=message)


def _wrong(message: str) -> Problem:
    return Problem(kind=ProblemKind.WRONG_SIGNATURE, pointer="/proof/proofValue", message=message)
