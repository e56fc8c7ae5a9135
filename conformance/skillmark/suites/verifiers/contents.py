"""Credentials that their issuer signed, and that are not valid: dates, contexts, subjects (Open Badges 3.0, Verification)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.suites.verifiers.defects import DEFECTS, MAIN, everywhere, in_proofs
from skillmark.suites.verifiers.lists import EXTENSIONS
from skillmark.suites.verifiers.samples import Kind, proved, written
from skillmark_reference.securing.integrity.problems import ProofGenerationRefused

if TYPE_CHECKING:
    from skillmark.suites.verifiers.samples import Record, Sample

_BADGES = frozenset({Kind.ACHIEVEMENT, Kind.ENDORSEMENT})


@DEFECTS.add("OB30-R-129", "validUntil is over", where=in_proofs, is_hole=True)
def expired(sample: Sample) -> str:
    """End before now."""
    return sample.secured(sample.draft() | {"validUntil": "2025-06-01T00:00:00Z"})


@DEFECTS.add("OB30-R-128", "validFrom lies in the future", where=in_proofs)
def not_yet_valid(sample: Sample) -> str:
    """Begin later than now."""
    draft = sample.draft() | {"validFrom": "2098-01-01T00:00:00Z"}
    del draft["validUntil"]
    return sample.secured(draft)


@DEFECTS.add("OB30-R-059", "the contexts are in the wrong order", where=everywhere)
def wrong_context_order(sample: Sample) -> str:
    """Turn the contexts around, and sign so."""
    draft = sample.draft()
    turned = draft | {"@context": draft["@context"][::-1]}
    return _signed_or_changed(sample, turned)


@DEFECTS.add("OB30-R-059", "the context of Verifiable Credentials is missing", where=everywhere)
def missing_context(sample: Sample) -> str:
    """Leave the first context out."""
    draft = sample.draft()
    return _signed_or_changed(sample, draft | {"@context": draft["@context"][1:]})


@DEFECTS.add(
    "CLR20-R-100",
    "the contexts of CLR and Open Badges stand in each other's place",
    where=everywhere,
    kinds=frozenset({Kind.CLR}),
)
def badges_before_records(sample: Sample) -> str:
    """Turn the contexts of the two standards around, and sign so (CLR 2.0, ClrCredential, @context)."""
    draft = sample.draft()
    credentials, records, badges, *others = draft["@context"]
    return _signed_or_changed(sample, draft | {"@context": [credentials, badges, records, *others]})


@DEFECTS.add(
    "OB30-R-122",
    "credentialSubject has neither id nor identifier",
    where=everywhere,
    kinds=MAIN,
)
def nobody(sample: Sample) -> str:
    """Leave out whose it is."""
    draft = sample.draft()
    del draft["credentialSubject"]["id"]
    return sample.secured(draft)


def _signed_or_changed(sample: Sample, draft: Record) -> str:
    """Return a draft as its issuer signs it; changed after signing where no library would sign it."""
    try:
        return sample.secured(draft)
    except ProofGenerationRefused:
        return written(draft | {"proof": proved(sample.draft(), sample.form, sample.issuer)["proof"]})


@DEFECTS.add("OB30-R-128", "validFrom lies in a year of five digits", where=in_proofs)
def far_from_valid(sample: Sample) -> str:
    """Begin so late that the text comes before that of today (XML Schema 1.1, 3.3.7: four digits or more)."""
    draft = sample.draft() | {"validFrom": "12026-01-01T00:00:00Z"}
    del draft["validUntil"]
    return sample.secured(draft)


@DEFECTS.add("OB30-R-059", "another context stands before that of Open Badges", where=everywhere, kinds=_BADGES)
def context_in_between(sample: Sample) -> str:
    """Put a context of 1EdTech between the two, and sign so (AchievementCredential, @context: the first two are fixed)."""
    credentials, *others = sample.draft()["@context"]
    return _signed_or_changed(sample, sample.draft() | {"@context": [credentials, EXTENSIONS, *others]})
