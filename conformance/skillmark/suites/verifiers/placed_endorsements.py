"""Endorsements of what is in a badge, and more than one of them (Open Badges 3.0, Verification, step 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.suites.verifiers.defects import DEFECTS, in_inner_proofs
from skillmark.suites.verifiers.samples import Kind, inner_endorsement

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.suites.verifiers.samples import Record, Sample


def _placed(says: str) -> Callable[[Callable[[Sample], str]], Callable[[Sample], str]]:
    return DEFECTS.add("OB30-R-131", says, where=in_inner_proofs, kinds=frozenset({Kind.ENDORSED}), is_hole=True)


def _tampered(sample: Sample, of: str) -> Record:
    """Return an endorsement of something that was changed after signing."""
    subject = {"id": of, "type": ["EndorsementSubject"]}
    found = inner_endorsement(
        sample.inner_form, credentialSubject={**subject, "endorsementComment": "It is worth little."}
    )
    found["credentialSubject"]["endorsementComment"] = "It is worth more than it says."
    return found


@_placed("an endorsement of its achievement was changed after signing")
def tampered_in_the_achievement(sample: Sample) -> str:
    """Put the endorsement into the achievement."""
    draft = sample.draft()
    achievement = draft["credentialSubject"]["achievement"]
    achievement["endorsement"] = [_tampered(sample, achievement["id"])]
    return sample.secured(draft)


@_placed("an endorsement of its issuer was changed after signing")
def tampered_in_the_issuer(sample: Sample) -> str:
    """Put the endorsement into the profile of the issuer."""
    draft = sample.draft()
    draft["issuer"]["endorsement"] = [_tampered(sample, draft["issuer"]["id"])]
    return sample.secured(draft)


@_placed("the second of the endorsements in it was changed after signing")
def tampered_second_endorsement(sample: Sample) -> str:
    """Put a healthy one before it."""
    draft = sample.draft()
    draft["endorsement"] = [inner_endorsement(sample.inner_form), _tampered(sample, draft["id"])]
    return sample.secured(draft)
