"""Endorsements in badges and badges in records that are not valid, in something that its own issuer signed as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.suites.verifiers.defects import DEFECTS, in_inner_proofs, in_inner_tokens
from skillmark.suites.verifiers.samples import (
    Kind,
    Part,
    badge,
    endorsement,
    inner_endorsement,
    inner_token,
    proved,
    signer_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.suites.verifiers.samples import Record, Sample

_ENDORSED = frozenset({Kind.ENDORSED})
_RECORD = frozenset({Kind.CLR})
_VERIFIED = "OB30-R-131"
#: A badge in a record is verified by the rules of badges (VC Data Model 2.0, 4.13: each credential inside is verified).
_MEMBER = "OB30-R-123"
_OF_RECORDS = "CLR20-R-027"


def _endorsed(sample: Sample, found: Record) -> str:
    return sample.secured(sample.draft() | {"endorsement": [found]})


# Endorsements


@DEFECTS.add(
    _VERIFIED, "an endorsement in it was changed after signing", where=in_inner_proofs, kinds=_ENDORSED, is_hole=True
)
def tampered_endorsement(sample: Sample) -> str:
    """Change what the endorser says."""
    found = inner_endorsement(sample.inner_form)
    found["credentialSubject"]["endorsementComment"] = "It is worth more than it says."
    return _endorsed(sample, found)


@DEFECTS.add(_VERIFIED, "an endorsement in it has no proof", where=in_inner_proofs, kinds=_ENDORSED, is_hole=True)
def endorsement_without_proof(sample: Sample) -> str:
    """Leave the proof of the endorsement out."""
    found = inner_endorsement(sample.inner_form)
    del found["proof"]
    return _endorsed(sample, found)


@DEFECTS.add(
    _VERIFIED,
    "an endorsement in it is signed by somebody who is not the endorser",
    where=in_inner_proofs,
    kinds=_ENDORSED,
    is_hole=True,
)
def forged_endorsement(sample: Sample) -> str:
    """Have the endorsement signed by somebody else."""
    form = sample.inner_form
    endorser, forger = (signer_of(form, part) for part in (Part.INNER, Part.STRANGER))
    draft = endorsement(endorser.profile, "endorsement of the badge", of=sample.draft()["id"])
    return _endorsed(sample, proved(draft, form, forger))


@DEFECTS.add(
    _VERIFIED,
    "an endorsement in it, a token, is signed by another key",
    where=in_inner_tokens,
    kinds=_ENDORSED,
    is_hole=True,
)
def forged_endorsement_token(sample: Sample) -> str:
    """Have the token signed by somebody else in the name of the endorser's key."""
    token = inner_token(signer_of("vc-jwt-EdDSA", Part.STRANGER))
    return sample.secured(sample.draft() | {"endorsementJwt": [token]})


# Members of a record


def _broken(says: str) -> Callable[[Callable[[Sample], str]], Callable[[Sample], str]]:
    return DEFECTS.add(_MEMBER, says, where=in_inner_proofs, kinds=_RECORD, is_hole=True, of_records=_OF_RECORDS)


def with_member(sample: Sample, found: Record, record: Record | None = None) -> str:
    """Return a record, that of the sample or another one, with something else in the place of its last badge."""
    draft = sample.draft() if record is None else record
    draft["credentialSubject"]["verifiableCredential"][-1] = found
    return sample.secured(draft)


def _member(sample: Sample) -> Record:
    member: Record = sample.draft()["credentialSubject"]["verifiableCredential"][-1]
    return member


@_broken("a badge in it was changed after signing")
def tampered_member(sample: Sample) -> str:
    """Change the name of the last badge."""
    return with_member(sample, _member(sample) | {"name": "The better badge"})


@_broken("a badge in it has no proof")
def member_without_proof(sample: Sample) -> str:
    """Strip the last badge of its proof."""
    member = _member(sample)
    del member["proof"]
    return with_member(sample, member)


@_broken("a badge in it is signed by somebody who is not its issuer")
def forged_member(sample: Sample) -> str:
    """Have the last badge signed by somebody else."""
    form = sample.inner_form
    draft = badge(signer_of(form, Part.INNER).profile, "second")
    return with_member(sample, proved(draft, form, signer_of(form, Part.STRANGER)))


@_broken("a badge in it has the proof of the other one")
def member_with_a_replayed_proof(sample: Sample) -> str:
    """Put the proof of the first badge under the last one."""
    first = sample.draft()["credentialSubject"]["verifiableCredential"][0]
    return with_member(sample, _member(sample) | {"proof": first["proof"]})
