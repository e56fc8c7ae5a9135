"""Embedded proofs that prove nothing (Data Integrity 1.0, 4.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skillmark.suites.verifiers.defects import DEFECTS, MAIN, in_proofs, in_whole_proofs, over_statements
from skillmark.suites.verifiers.samples import proved, suite_of, written
from skillmark_reference.securing import multibase

if TYPE_CHECKING:
    from skillmark.suites.verifiers.samples import Record, Sample

_OF_EXPIRES = "Data Integrity 1.0 defines expires, and has no step of the verification for it."
_ALGORITHM = "OB30-R-114"
_SATISFIED = "OB30-R-123"


def _with_proof(sample: Sample, **members: Any) -> str:  # noqa: ANN401 - any JSON
    """Return the credential with members of its proof changed after signing; those given as ``...`` are taken out."""
    document = sample.signed()
    proof = {**document["proof"], **members}
    document["proof"] = {name: value for name, value in proof.items() if value is not ...}
    return written(document)


def _signed_with(sample: Sample, **options: Any) -> str:  # noqa: ANN401 - members of the proof
    """Return the credential signed by its issuer with other options of the proof."""
    return written(proved(sample.draft(), sample.form, sample.issuer, **options))


def _signature(document: Record) -> bytes:
    return multibase.decode_base58(document["proof"]["proofValue"][1:])


# What was signed


@DEFECTS.add(_ALGORITHM, "a value was changed after signing", where=in_proofs, is_hole=True)
def tampered_value(sample: Sample) -> str:
    """Change the name."""
    return written(sample.signed() | {"name": "The better badge"})


@DEFECTS.add(_ALGORITHM, "the subject was changed after signing", where=in_proofs, is_hole=True)
def swapped_subject(sample: Sample) -> str:
    """Give it to somebody else."""
    document = sample.signed()
    document["credentialSubject"]["id"] = "did:example:somebody-else"
    return written(document)


@DEFECTS.add(_ALGORITHM, "validUntil was put off after signing", where=in_proofs, is_hole=True)
def prolonged(sample: Sample) -> str:
    """Let it end later."""
    return written(sample.signed() | {"validUntil": "2099-01-01T00:00:00Z"})


@DEFECTS.add(_ALGORITHM, "the name of the issuer was changed after signing", where=in_proofs, is_hole=True)
def renamed_issuer(sample: Sample) -> str:
    """Change what the issuer is called."""
    document = sample.signed()
    document["issuer"]["name"] = "A better school"
    return written(document)


@DEFECTS.add(_ALGORITHM, "a member was added after signing", where=in_proofs, is_hole=True)
def added_member(sample: Sample) -> str:
    """Add a member that the contexts define."""
    return written(sample.signed() | {"description": "With distinction."})


@DEFECTS.add(_ALGORITHM, "a member was taken out after signing", where=in_proofs, is_hole=True)
def removed_member(sample: Sample) -> str:
    """Take out when it ends."""
    document = sample.signed()
    del document["validUntil"]
    return written(document)


@DEFECTS.add(
    _ALGORITHM,
    "a term that no context defines was added, which its statements do not have",
    where=over_statements,
    is_hole=True,
)
def undefined_term(sample: Sample) -> str:
    """Add what a signature over statements does not see."""
    document = sample.signed()
    document["credentialSubject"]["distinction"] = "summa cum laude"
    return written(document)


# Whose proof


@DEFECTS.add(_SATISFIED, "there is no proof", where=in_proofs, is_hole=True)
def removed_proof(sample: Sample) -> str:
    """Leave the proof out."""
    return written(sample.draft())


@DEFECTS.add(_SATISFIED, "proof is an empty array", where=in_proofs, is_hole=True)
def empty_proof(sample: Sample) -> str:
    """Name no proof."""
    return written(sample.draft() | {"proof": []})


@DEFECTS.add(_ALGORITHM, "the proof is that of another credential of the issuer", where=in_proofs, is_hole=True)
def replayed_proof(sample: Sample) -> str:
    """Put the proof of another credential under it."""
    other = proved(sample.draft() | {"name": "Another one"}, sample.form, sample.issuer)
    return written(sample.signed() | {"proof": other["proof"]})


@DEFECTS.add(_ALGORITHM, "somebody else signed in the name of the issuer's key", where=in_proofs, is_hole=True)
def other_key(sample: Sample) -> str:
    """Sign with a key that is not the one named."""
    method = sample.issuer.verification_method
    return written(proved(sample.draft(), sample.form, sample.stranger, verificationMethod=method))


@DEFECTS.add(_SATISFIED, "the proof is good, but of somebody who is not the issuer", where=in_proofs, is_hole=True)
def other_controller(sample: Sample) -> str:
    """Have it signed by somebody else, under that one's own name."""
    return sample.secured(sample.draft(), sample.stranger)


@DEFECTS.add(
    _ALGORITHM, "verificationMethod names a key that the issuer's document does not have", where=in_proofs, is_hole=True
)
def unknown_method(sample: Sample) -> str:
    """Name another fragment, and sign so."""
    did = sample.issuer.verification_method.partition("#")[0]
    return _signed_with(sample, verificationMethod=f"{did}#key-99")


@DEFECTS.add(_ALGORITHM, "proofPurpose is authentication, and it was signed so", where=in_proofs, is_hole=True)
def other_purpose(sample: Sample) -> str:
    """Sign for another purpose than asserting."""
    return _signed_with(sample, proofPurpose="authentication")


@DEFECTS.add(_ALGORITHM, "expires of the proof is over, and it was signed so", where=in_proofs, dispute=_OF_EXPIRES)
def expired_proof(sample: Sample) -> str:
    """Let the proof end."""
    return _signed_with(sample, expires="2025-02-01T00:00:00Z")


@DEFECTS.add(
    _ALGORITHM, "the proof that another proof builds on is broken", where=in_whole_proofs, kinds=MAIN, is_hole=True
)
def broken_chain(sample: Sample) -> str:
    """Break the first proof of a chain, and leave the second in order."""
    first = proved(sample.draft(), sample.form, sample.stranger, id="urn:uuid:2d4c0e7e-0b5c-4d7e-9d33-3b1a3f6f0a01")
    flipped = multibase.encode_base58(bytes([_signature(first)[0] ^ 1]) + _signature(first)[1:])
    first["proof"]["proofValue"] = f"z{flipped}"
    return written(proved(first, sample.form, sample.issuer, previousProof=first["proof"]["id"]))


# Members of the proof


@DEFECTS.add(_ALGORITHM, "the proof was given another date after signing", where=in_proofs, is_hole=True)
def other_date(sample: Sample) -> str:
    """Change when it was signed."""
    return _with_proof(sample, created="2025-03-01T00:00:00Z")


@DEFECTS.add(_ALGORITHM, "the type of the proof is not known", where=in_proofs)
def unknown_type(sample: Sample) -> str:
    """Name a type that nobody knows."""
    return _with_proof(sample, type="UnheardOfProof2031")


@DEFECTS.add(_ALGORITHM, "the cryptosuite is not known", where=in_proofs)
def unknown_cryptosuite(sample: Sample) -> str:
    """Name a suite that nobody knows."""
    return _with_proof(sample, cryptosuite="unheard-of-2031")


@DEFECTS.add(_ALGORITHM, "the proof names another cryptosuite than it was made with", where=in_proofs)
def other_cryptosuite(sample: Sample) -> str:
    """Name a suite for the same keys."""
    pairs = (("rdfc", "jcs"), ("jcs", "rdfc"), ("sd-2023", "rdfc-2019"))
    old, new = next(pair for pair in pairs if pair[0] in sample.form)
    return _with_proof(sample, cryptosuite=suite_of(sample.form).replace(old, new))


@DEFECTS.add(_ALGORITHM, "the proof has no cryptosuite", where=in_proofs)
def no_cryptosuite(sample: Sample) -> str:
    """Leave the suite out."""
    return _with_proof(sample, cryptosuite=...)


@DEFECTS.add(_ALGORITHM, "the proof has no verificationMethod", where=in_proofs)
def no_method(sample: Sample) -> str:
    """Leave the key out."""
    return _with_proof(sample, verificationMethod=...)


@DEFECTS.add(_ALGORITHM, "the proof has no proofPurpose", where=in_proofs)
def no_purpose(sample: Sample) -> str:
    """Leave the purpose out, as if it had been signed without."""
    return _with_proof(sample, proofPurpose=...)


@DEFECTS.add(_ALGORITHM, "the proof has no proofValue", where=in_proofs, is_hole=True)
def no_value(sample: Sample) -> str:
    """Leave the signature out."""
    return _with_proof(sample, proofValue=...)


@DEFECTS.add(_ALGORITHM, "the signature was cut short", where=in_whole_proofs, is_hole=True)
def truncated_signature(sample: Sample) -> str:
    """Leave the second half of the signature out."""
    whole = _signature(sample.signed())
    return _with_proof(sample, proofValue=f"z{multibase.encode_base58(whole[: len(whole) // 2])}")


@DEFECTS.add(_ALGORITHM, "one bit of the signature was changed", where=in_whole_proofs, is_hole=True)
def changed_signature(sample: Sample) -> str:
    """Flip the last bit."""
    whole = _signature(sample.signed())
    return _with_proof(sample, proofValue=f"z{multibase.encode_base58(whole[:-1] + bytes([whole[-1] ^ 1]))}")


@DEFECTS.add(_ALGORITHM, "the signature is nothing but zeros", where=in_whole_proofs, is_hole=True)
def signature_of_zeros(sample: Sample) -> str:
    """Have a signature of the right length that says nothing."""
    return _with_proof(sample, proofValue=f"z{multibase.encode_base58(bytes(len(_signature(sample.signed()))))}")
