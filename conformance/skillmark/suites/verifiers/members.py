"""What is in a record: each badge is verified by itself, and so is what is no badge (CLR 2.0, Verification, embedded ones).

What an invalid badge makes of the record is said nowhere; the public validator stops at it. A badge that is not valid now, or was
taken back, is genuine all the same: an answer that accepts the record and says so is enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.core.errors import Untested
from skillmark.suites.verifiers.comparing import Comparison
from skillmark.suites.verifiers.defects import DEFECTS, in_inner_proofs, over_statements
from skillmark.suites.verifiers.inner_credentials import with_member
from skillmark.suites.verifiers.lists import (
    BITSTRING,
    EXTENSIONS,
    HEALTHY,
    REVOKED,
    encoded_list,
    entry_of,
    list_of,
    serve_list,
    slug,
)
from skillmark.suites.verifiers.named_documents import published_schema
from skillmark.suites.verifiers.samples import (
    MEMBERS,
    Kind,
    Part,
    badge,
    endorsement,
    member,
    proved,
    signer_of,
    written,
)
from skillmark_reference.securing.integrity.problems import ProofGenerationRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from skillmark.engine import Observation
    from skillmark.suites.verifiers.evidence import Evidence
    from skillmark.suites.verifiers.samples import Record, Sample
    from skillmark_reference.credentials.issuing import Signer

    _Declare = Callable[[Callable[[Sample], str]], Callable[[Sample], str]]

EACH, OTHERS, MERGED = "CLR20-R-027", "CLR20-R-028", "CLR20-R-031"
_RECORD = frozenset({Kind.CLR})
_LAST = MEMBERS[-1]
_SPOILT = {"name": "The better badge"}
#: Badges in the record of which each is broken once.
_SEVERAL = 4
_OF_STATES = (
    "What a badge that has ended, has not begun or was revoked makes of the record that holds it is said nowhere."
)


def _broken(says: str, *, is_hole: bool = True, twin: Callable[[Sample], str] | None = None) -> _Declare:
    return DEFECTS.add(EACH, says, where=in_inner_proofs, kinds=_RECORD, is_hole=is_hole, twin=twin)


def _in_a_state(says: str, *, twin: Callable[[Sample], str] | None = None, needs: str = "") -> _Declare:
    return DEFECTS.add(
        EACH,
        says,
        where=in_inner_proofs,
        kinds=_RECORD,
        dispute=_OF_STATES,
        twin=twin,
        needs=needs,
        may_be_told=True,
    )


def _signer(sample: Sample) -> Signer:
    return signer_of(sample.inner_form, Part.INNER)


def _badge(sample: Sample, **members: object) -> Record:
    """Return the last badge of a record with other members, which nobody has signed."""
    return badge(_signer(sample).profile, _LAST) | members


def _signed(sample: Sample, draft: Record) -> Record:
    return proved(draft, sample.inner_form, _signer(sample))


# Badges that prove nothing


@_broken("a badge in it is signed by somebody else in the name of its issuer's key")
def member_by_another_key(sample: Sample) -> str:
    """Sign the last badge with a key that is not the one named."""
    stranger = signer_of(sample.inner_form, Part.STRANGER)
    method = _signer(sample).verification_method
    return with_member(sample, proved(_badge(sample), sample.inner_form, stranger, verificationMethod=method))


@_broken("the contexts of a badge in it are in the wrong order", is_hole=False)
def member_with_contexts_in_another_order(sample: Sample) -> str:
    """Turn the contexts of the last badge around, and sign so; changed after signing where no library would sign it."""
    turned = _badge(sample)
    turned["@context"] = turned["@context"][::-1]
    try:
        return with_member(sample, _signed(sample, turned))
    except ProofGenerationRefused:
        return with_member(sample, turned | {"proof": _signed(sample, _badge(sample))["proof"]})


@_broken("the subject of a badge in it has neither id nor identifier", is_hole=False)
def member_of_nobody(sample: Sample) -> str:
    """Leave out whose the last badge is."""
    draft = _badge(sample)
    del draft["credentialSubject"]["id"]
    return with_member(sample, _signed(sample, draft))


def with_schema(sample: Sample) -> str:
    """Return a record with a badge that conforms to the schema that it names."""
    return _with_schema(sample, "usual")


@_broken("a badge in it does not conform to the schema that it names", is_hole=False, twin=with_schema)
def member_against_its_schema(sample: Sample) -> str:
    """Let the last badge name a schema that wants a member that is missing."""
    return _with_schema(sample, "strict", "description")


def _with_schema(sample: Sample, name: str, *required: str) -> str:
    draft = _badge(sample, credentialSchema=published_schema(sample, f"of-a-member-{name}", *required))
    draft["@context"] = [*draft["@context"], EXTENSIONS]
    return with_member(sample, _signed(sample, draft))


# Badges that are genuine, and do not count now


@_in_a_state("validUntil of a badge in it is over")
def expired_member(sample: Sample) -> str:
    """Let the last badge end before now."""
    return with_member(sample, _signed(sample, _badge(sample, validUntil="2025-06-01T00:00:00Z")))


@_in_a_state("validFrom of a badge in it lies in the future")
def member_to_come(sample: Sample) -> str:
    """Let the last badge begin later than now."""
    draft = _badge(sample, validFrom="2098-01-01T00:00:00Z")
    del draft["validUntil"]
    return with_member(sample, _signed(sample, draft))


def with_active_member(sample: Sample) -> str:
    """Return a record with a badge that has a place in a list, in which another one is revoked and it is not."""
    return _with_place(sample, HEALTHY)


@_in_a_state("a badge in it was revoked by its issuer", twin=with_active_member, needs=BITSTRING)
def revoked_member(sample: Sample) -> str:
    """Give the last badge the place of one that is revoked."""
    return _with_place(sample, REVOKED)


def _with_place(sample: Sample, index: int) -> str:
    who, name = _signer(sample), "of-members"
    address = sample.place.address(f"lists/{slug(sample)}/{name}")
    document = list_of(address, encoded_list(REVOKED), who)
    serve_list(sample.place, name, sample, written(_signed(sample, document)))
    return with_member(sample, _signed(sample, _badge(sample, credentialStatus=entry_of(address, index))))


# What is no badge


def _plain(sample: Sample) -> Record:
    draft = _badge(sample, type=["VerifiableCredential"])
    draft["credentialSubject"] = {"id": draft["credentialSubject"]["id"], "name": "Amara"}
    return _signed(sample, draft)


def _endorsement(sample: Sample) -> Record:
    learner = sample.draft()["credentialSubject"]["id"]
    return _signed(sample, endorsement(_signer(sample).profile, "endorsement of the learner", of=learner))


def _of_another_kind(says: str) -> _Declare:
    # Who does not read such refuses a good one, too; nobody has to read it.
    return DEFECTS.add(OTHERS, says, where=in_inner_proofs, kinds=_RECORD, may_be_told=True)


@_of_another_kind("a credential in it that is no badge was changed after signing")
def tampered_plain_credential(sample: Sample) -> str:
    """Change the name of what is neither badge nor endorsement."""
    return with_member(sample, _plain(sample) | _SPOILT)


@_of_another_kind("an endorsement among its badges was changed after signing")
def tampered_endorsement(sample: Sample) -> str:
    """Change the name of the endorsement."""
    return with_member(sample, _endorsement(sample) | _SPOILT)


# Which achievement belongs to which badge


@DEFECTS.add(MERGED, "its badges have traded their achievements", where=in_inner_proofs, kinds=_RECORD, is_hole=True)
def traded_achievements(sample: Sample) -> str:
    """Let two badges of one learner trade their achievements.

    A proof over the statements of the record does not see it; where the JSON is signed, the publisher signs it so.
    """
    document = sample.signed() if over_statements(sample) else sample.draft()
    first, last = (each["credentialSubject"] for each in document["credentialSubject"]["verifiableCredential"])
    first["achievement"], last["achievement"] = last["achievement"], first["achievement"]
    return written(document) if over_statements(sample) else sample.secured(document)


# Checks


def each_of_several(evidence: Evidence) -> Iterator[Observation]:
    """A record of several badges is accepted, and refused whichever of them was changed after signing.

    Raises:
        Untested: No healthy record is accepted.
        CannotTell: The product did not answer.
    """
    samples = [each for each in evidence.samples if each.kind is Kind.CLR and evidence.comes_first(each)]
    if not any(evidence.is_healthy(each) for each in samples):
        raise Untested("No healthy record was accepted.")
    comparison = Comparison(evidence, EACH)
    for sample in filter(evidence.is_healthy, samples):
        whole = _several(sample)
        yield from comparison.accepts(whole, f"a record of {_SEVERAL} badges ({sample.name})")
        for place in range(_SEVERAL):
            yield from comparison.refuses(
                _several(sample, spoilt=place),
                f"a record of {_SEVERAL} badges, of which number {place + 1} was changed after signing, ({sample.name})",
                healthy=whole,
                remark="this is a security hole",
            )
    comparison.end()


def _several(sample: Sample, *, spoilt: int | None = None) -> str:
    members = [member(sample.inner_form, f"badge number {place + 1}") for place in range(_SEVERAL)]
    if spoilt is not None:
        members[spoilt] |= _SPOILT
    draft = sample.draft()
    draft["credentialSubject"]["verifiableCredential"] = members
    return sample.secured(draft)
