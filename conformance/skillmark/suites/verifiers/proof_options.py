"""Proofs whose signature fits, and whose members say what no verifier takes (Data Integrity 1.0, 2.1, 4.4, 4.5).

They are signed as they stand, so that only who looks at the members refuses them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skillmark.suites.verifiers.defects import DEFECTS, MAIN, over_whole_statements
from skillmark.suites.verifiers.samples import written
from skillmark_reference.credentials.steps.context_states import newest_contexts
from skillmark_reference.securing import multibase
from skillmark_reference.securing.integrity.transforming import Environment, rdf_steps
from skillmark_reference.securing.keys import Digest

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.suites.verifiers.samples import Sample

_ALGORITHM = "OB30-R-114"
_OF_CREATED = "The cryptosuites refuse it where a proof is configured, and do not say so again for those who verify."


def _optional(says: str, *, dispute: str = "") -> Callable[[Callable[[Sample], str]], Callable[[Sample], str]]:
    return DEFECTS.add(
        _ALGORITHM,
        f"{says}, and it was signed so",
        where=over_whole_statements,
        kinds=MAIN,
        dispute=dispute,
    )


def _signed_as_said(sample: Sample, **options: Any) -> str:  # noqa: ANN401 - members of the proof
    """Return the credential with other members of the proof than any library signs; those given as ``...`` are left out."""
    document, key = sample.draft(), sample.issuer.key
    members = {**sample.signed()["proof"], "proofValue": ..., **options}
    proof = {name: value for name, value in members.items() if value is not ...}
    environment = Environment(contexts=newest_contexts())
    steps = rdf_steps(document, proof, digest=key.type.facts.digest or Digest.SHA_256, environment=environment)
    value = multibase.encode(key.sign(steps.hash_data), multibase.Base.BASE58BTC)
    return written({**document, "proof": {**proof, "proofValue": value}})


@_optional("the cryptosuite is one that nobody knows")
def unknown_cryptosuite(sample: Sample) -> str:
    """Name a suite that nobody knows."""
    return _signed_as_said(sample, cryptosuite="unheard-of-2031")


@_optional("the proof has no cryptosuite")
def no_cryptosuite(sample: Sample) -> str:
    """Leave the suite out."""
    return _signed_as_said(sample, cryptosuite=...)


@_optional("the proof has no proofPurpose")
def no_purpose(sample: Sample) -> str:
    """Leave the purpose out."""
    return _signed_as_said(sample, proofPurpose=...)


@_optional("created is no date", dispute=_OF_CREATED)
def created_at_no_moment(sample: Sample) -> str:
    """Say in words when it was made."""
    return _signed_as_said(sample, created="last winter")


@_optional("the proof builds on one that is not there")
def missing_previous_proof(sample: Sample) -> str:
    """Name a proof that the credential does not have."""
    return _signed_as_said(sample, previousProof="urn:uuid:2d4c0e7e-0b5c-4d7e-9d33-3b1a3f6f0a02")
