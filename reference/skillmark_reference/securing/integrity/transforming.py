"""Transformation and hashing: what a signature of a whole document is made over (EdDSA and ECDSA cryptosuites 1.0, 3.2, 3.3)."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from skillmark_reference.securing.integrity.canonicalization import (
    TooMuchWork,
    WorkLimit,
    canonicalize,
    canonicalize_json,
    hash_of,
)
from skillmark_reference.securing.integrity.expansion import expand
from skillmark_reference.securing.integrity.json_values import without
from skillmark_reference.securing.integrity.problems import Problem, ProblemKind, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from skillmark_reference.securing.integrity.contexts import Contexts
    from skillmark_reference.securing.keys import Digest


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Hashed:
    """A canonical form and its hash."""

    canonical: str
    digest: bytes


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What was hashed on the way to the signature, to compare with another implementation."""

    proof: Hashed
    #: In selective disclosure the statements as they were signed, and the hash of the mandatory ones.
    document: Hashed
    #: SHA-256 of each context that was used, by URL; empty where no context is needed.
    contexts: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def hash_data(self) -> bytes:
        """What is signed: the hash of the proof configuration, then that of the document (not in selective disclosure)."""
        return self.proof.digest + self.document.digest


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What processing depends on beside document, proof and key."""

    contexts: Contexts
    limit: WorkLimit = dataclasses.field(default_factory=WorkLimit)


def rdf_steps(
    document: Mapping[str, Any], proof: Mapping[str, Any], *, environment: Environment, digest: Digest
) -> Steps:
    """Return the steps of the suites on RDFC-1.0; the digest is the one inside of RDFC-1.0 too.

    Raises:
        Refused: Document or proof options would lose data, cannot be processed, or take too much work.
    """
    used: dict[str, str] = {}
    proof_part, document_part = _both(
        lambda: hash_statements(configuration(document, proof), environment=environment, digest=digest, used=used),
        lambda: hash_statements(document, environment=environment, digest=digest, used=used),
    )
    return Steps(proof=proof_part, document=document_part, contexts=used)


def json_steps(document: Mapping[str, Any], proof: Mapping[str, Any], *, digest: Digest) -> Steps:
    """Return the steps of the suites on JCS; a ``@context`` of the proof takes the place of the document's.

    Raises:
        Refused: Document or proof options have no JCS form.
    """
    signed = {**document, "@context": proof["@context"]} if "@context" in proof else document
    proof_part, document_part = _both(
        lambda: hash_json(without(proof, "proofValue"), digest), lambda: hash_json(signed, digest)
    )
    return Steps(proof=proof_part, document=document_part)


def configuration(document: Mapping[str, Any], proof: Mapping[str, Any]) -> dict[str, Any]:
    """Return the proof configuration: the options with the context of the document (EdDSA cryptosuites 1.0, 3.2.5)."""
    options = without(proof, "proofValue", "@context")
    return {"@context": document["@context"], **options} if "@context" in document else options


def hash_statements(
    document: Mapping[str, Any], *, environment: Environment, digest: Digest, used: dict[str, str] | None = None
) -> Hashed:
    """Return the canonical N-Quads of a document and their hash; the contexts that were used are added to the record.

    Raises:
        Refused: The document would lose data, cannot be processed, or takes too much work.
    """
    expansion = expand(document, contexts=environment.contexts)
    if used is not None:
        used.update(expansion.contexts)
    if expansion.problems:
        raise Refused(expansion.problems)
    try:
        text = canonicalize(expansion.statements, digest=digest, limit=environment.limit).text
    except TooMuchWork as error:
        raise Refused([Problem(kind=ProblemKind.TOO_MUCH_WORK, pointer="", message=str(error))]) from None
    return Hashed(canonical=text, digest=hash_of(text.encode(), digest))


def hash_json(document: object, digest: Digest) -> Hashed:
    """Return the JCS form of a value and its hash.

    Raises:
        Refused: The value has no JCS form.
    """
    text = canonicalize_json(document)
    return Hashed(canonical=text.decode(), digest=hash_of(text, digest))


def _both(proof: Callable[[], Hashed], document: Callable[[], Hashed]) -> tuple[Hashed, Hashed]:
    """Return both halves, or everything that is wrong with either."""
    problems: list[Problem] = []
    halves: list[Hashed] = []
    for part, pointer in ((proof, "/proof"), (document, "")):
        try:
            halves.append(part())
        except Refused as refused:
            problems += (problem.below(pointer) for problem in refused.problems)
    if problems:
        raise Refused(dict.fromkeys(problems))
    return halves[0], halves[1]
