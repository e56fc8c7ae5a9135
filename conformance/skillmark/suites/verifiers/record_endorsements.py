"""Endorsements anywhere in a record: each is verified, as object and as token (CLR 2.0, Verification, endorsements)."""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING

from skillmark.core.errors import Untested
from skillmark.suites.verifiers.comparing import Comparison
from skillmark.suites.verifiers.defects import DEFECTS, Defect, in_inner_proofs, in_inner_tokens
from skillmark.suites.verifiers.inner_credentials import with_member
from skillmark.suites.verifiers.samples import (
    INNER_TOKEN,
    MEMBERS,
    Kind,
    Part,
    badge,
    endorsement,
    inner_token,
    proved,
    signer_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from skillmark.engine import Observation
    from skillmark.suites.verifiers.evidence import Evidence
    from skillmark.suites.verifiers.samples import Record, Sample

VERIFIED = "CLR20-R-029"
_RECORD = frozenset({Kind.CLR})
_DEFINED = {
    "id": "urn:uuid:5d0b2a0e-6f0c-4a58-9d0f-3b7a1f7c2e11",
    "type": ["Achievement"],
    "name": "Welding",
    "description": "Joins steel.",
    "criteria": {"narrative": "Weld three seams."},
}


# Places


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where an endorsement can be."""

    name: str
    #: What holds it, as in "an endorsement of ...".
    says: str
    #: Finds it in a record and the last badge of it.
    find: Callable[[Record, Record], Record]


def _defined(record: Record, _: Record) -> Record:
    """Return an achievement that the record defines and nobody has."""
    found: Record = record["credentialSubject"].setdefault("achievement", [dict(_DEFINED)])[0]
    return found


_PLACES = (
    _Place(name="record", says="the record", find=lambda record, _: record),
    _Place(name="publisher", says="its publisher", find=lambda record, _: record["issuer"]),
    _Place(name="definition", says="an achievement that it defines", find=_defined),
    _Place(name="badge", says="a badge in it", find=lambda _, badge: badge),
    _Place(name="issuer", says="the issuer of a badge in it", find=lambda _, badge: badge["issuer"]),
    _Place(
        name="achievement",
        says="the achievement of a badge in it",
        find=lambda _, badge: badge["credentialSubject"]["achievement"],
    ),
)


def _endorsed(sample: Sample, place: _Place, member: str, make: Callable[[Sample, str], Record | str]) -> str:
    """Return a record with an endorsement at a place; what is around it is signed as it is."""
    inner = signer_of(sample.inner_form, Part.INNER)
    record, last = sample.draft(), badge(inner.profile, MEMBERS[-1])
    found = place.find(record, last)
    found[member] = [make(sample, found["id"])]
    return with_member(sample, proved(last, sample.inner_form, inner), record)


# Endorsements


def _object(sample: Sample, of: str) -> Record:
    who = signer_of(sample.inner_form, Part.INNER)
    return proved(endorsement(who.profile, "endorsement", of=of), sample.inner_form, who)


def _token(_: Sample, of: str) -> str:
    return inner_token(of=of)


def _tampered(sample: Sample, of: str) -> Record:
    found = _object(sample, of)
    found["credentialSubject"]["endorsementComment"] = "It is worth more than it says."
    return found


def _unsigned(sample: Sample, of: str) -> Record:
    found = _object(sample, of)
    del found["proof"]
    return found


def _forged(sample: Sample, of: str) -> Record:
    endorser, forger = (signer_of(sample.inner_form, part) for part in (Part.INNER, Part.STRANGER))
    return proved(endorsement(endorser.profile, "endorsement", of=of), sample.inner_form, forger)


def _forged_token(_: Sample, of: str) -> str:
    return inner_token(signer_of(INNER_TOKEN, Part.STRANGER), of=of)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Flaw:
    """What is wrong with an endorsement."""

    name: str
    #: As in "an endorsement of the record ...".
    says: str
    make: Callable[[Sample, str], Record | str]
    healthy: Callable[[Sample, str], Record | str] = _object
    member: str = "endorsement"
    where: Callable[[Sample], bool] = in_inner_proofs


_FLAWS = (
    _Flaw(name="tampered", says="was changed after signing", make=_tampered),
    _Flaw(name="unsigned", says="has no proof", make=_unsigned),
    _Flaw(name="forged", says="is signed by somebody who is not the endorser", make=_forged),
    _Flaw(
        name="forged_token",
        says="is a token, and signed by another key",
        make=_forged_token,
        healthy=_token,
        member="endorsementJwt",
        where=lambda sample: in_inner_proofs(sample) and in_inner_tokens(sample),
    ),
)
_HEALTHY = (_FLAWS[0], _FLAWS[-1])

for _place in _PLACES:
    for _flaw in _FLAWS:
        DEFECTS.put(
            Defect(
                name=f"record_endorsements.{_flaw.name}_of_{_place.name}",
                says=f"an endorsement of {_place.says} {_flaw.says}",
                requirement=VERIFIED,
                make=functools.partial(_endorsed, place=_place, member=_flaw.member, make=_flaw.make),
                where=_flaw.where,
                kinds=_RECORD,
                is_hole=True,
                twin=functools.partial(_endorsed, place=_place, member=_flaw.member, make=_flaw.healthy),
                is_offline=True,
            )
        )


# Checks


def every_place(evidence: Evidence) -> Iterator[Observation]:
    """Records are accepted with a good endorsement anywhere, as object and as token.

    Raises:
        Untested: No healthy record is accepted.
        CannotTell: The product did not answer.
    """
    samples = [each for each in evidence.samples if each.kind is Kind.CLR and evidence.is_healthy(each)]
    if not samples:
        raise Untested("No healthy record was accepted.")
    comparison = Comparison(evidence, VERIFIED)
    for sample in filter(evidence.comes_first, samples):
        for place in _PLACES:
            for flaw in _HEALTHY:
                if flaw.where(sample):
                    text = _endorsed(sample, place, flaw.member, flaw.healthy)
                    what = "a token" if flaw.member == "endorsementJwt" else "an object"
                    yield from comparison.accepts(
                        text, f"a record with an endorsement of {place.says}, {what}, ({sample.name})"
                    )
    comparison.end()
