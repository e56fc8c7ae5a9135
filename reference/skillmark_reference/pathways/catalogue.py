"""The catalogue: every credential of the case study, with its proof format, its state, and the verdict that it deserves."""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING, Any

from skillmark_fixtures.learners import Award, Record, learners
from skillmark_fixtures.pathways import Endorsement, pathway
from skillmark_reference.credentials.baking import ImageFormat
from skillmark_reference.credentials.kinds import CredentialKind
from skillmark_reference.credentials.results import Verdict
from skillmark_reference.pathways.proof_formats import ProofFormat
from skillmark_reference.pathways.states import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark_fixtures.learners import Learner

_USUAL = ProofFormat.EDDSA_RDFC
#: The learner, with the award, the record and the states of members, in which every format and state is shown.
_SHOWCASE, _SHOWN_CODE = "samira-haddad", "DA.1.1"
_STATES_OF_MEMBERS = (State.REVOKED, State.EXPIRED, State.TAMPERED)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class EndorsementOfAward:
    """What an organization says about an awarded certificate, its achievement, or its issuer."""

    endorsement: Endorsement
    award: Award


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RecordOfAwards:
    """A learner record."""

    record: Record
    #: The first member is in it, and the others are valid.
    member_state: State = State.VALID


#: What a credential says.
Content = Award | EndorsementOfAward | RecordOfAwards


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One credential."""

    #: The last part of its address; does not change from version to version.
    slug: str
    #: Slug of the learner who holds it.
    learner: str
    content: Content
    proof_format: ProofFormat = _USUAL
    state: State = State.VALID
    #: The image that it is baked into.
    image: ImageFormat | None = None

    @property
    def kind(self) -> CredentialKind:
        """The kind of credential."""
        match self.content:
            case Award():
                return CredentialKind.ACHIEVEMENT
            case EndorsementOfAward():
                return CredentialKind.ENDORSEMENT
            case RecordOfAwards():
                return CredentialKind.CLR

    @property
    def verdict(self) -> Verdict:
        """The verdict of a verifier that can read issuers and lists, from the time of issuing on."""
        if self.proof_format is ProofFormat.ECDSA_SD_BASE or self._member_state is State.TAMPERED:
            return Verdict.INVALID
        return self.state.verdict

    @property
    def offline_verdict(self) -> Verdict:
        """The verdict without lists, on an issuer known by its key."""
        is_open = self.verdict is not Verdict.INVALID and (self.state.has_status or self._member_state.has_status)
        return Verdict.UNVERIFIABLE if is_open else self.verdict

    @property
    def _member_state(self) -> State:
        return self.content.member_state if isinstance(self.content, RecordOfAwards) else State.VALID


@functools.cache
def catalogue() -> tuple[Entry, ...]:
    """Return every entry, by learner."""
    return tuple(entry for learner in learners() for entry in _entries(learner))


def find_entry(slug: str) -> Entry:
    """Return an entry.

    Raises:
        KeyError: There is none of that name.
    """
    found = _by_slug().get(slug)
    if found is None:
        raise KeyError(f"the catalogue has no {slug!r}")
    return found


@functools.cache
def _by_slug() -> dict[str, Entry]:
    return {each.slug: each for each in catalogue()}


def award_slug(learner: str, code: str) -> str:
    """Return the slug of the valid badge in the usual proof format."""
    return f"{learner}-{code.lower().replace('.', '-')}"


def endorsements_of(learner: Learner, award: Award) -> tuple[Endorsement, ...]:
    """Return what organizations say about an award, its achievement, and its issuer."""
    said = (*pathway(award.pathway).endorsements, *learner.path(award.pathway).endorsements)
    return tuple(each for each in said if each.code == award.code)


def _entries(learner: Learner) -> Iterator[Entry]:
    for award in learner.awards():
        yield Entry(slug=award_slug(learner.slug, award.code), learner=learner.slug, content=award)
        if award.code == pathway(award.pathway).certificate:
            yield from _other_forms(learner, award)
        for endorsement in endorsements_of(learner, award):
            slug = f"{award_slug(learner.slug, award.code)}-endorsement-of-{endorsement.of.value}"
            content = EndorsementOfAward(endorsement=endorsement, award=award)
            yield Entry(slug=slug, learner=learner.slug, content=content)
    for record in learner.records:
        slug = f"{learner.slug}-{record.slug}"
        yield Entry(slug=slug, learner=learner.slug, content=RecordOfAwards(record=record))
    if learner.slug == _SHOWCASE:
        yield from _showcase(learner)


def _other_forms(learner: Learner, award: Award) -> Iterator[Entry]:
    """Yield a certificate as VC-JWT, and baked."""
    shared: dict[str, Any] = {"learner": learner.slug, "content": award}
    name = award_slug(learner.slug, award.code)
    yield Entry(slug=f"{name}-jwt", proof_format=ProofFormat.JWT_RS256, **shared)
    yield Entry(slug=f"{name}-png", image=ImageFormat.PNG, **shared)
    yield Entry(slug=f"{name}-svg", image=ImageFormat.SVG, proof_format=ProofFormat.JWT_RS256, **shared)


def _showcase(learner: Learner) -> Iterator[Entry]:
    """Yield badge, record and endorsement in every format and state, images in every state, records of members in others."""
    award = next(each for each in learner.awards() if each.code == _SHOWN_CODE)
    name, holder = award_slug(learner.slug, award.code), learner.slug
    for proof_format in ProofFormat:
        for state in _states(proof_format):
            slug = f"{name}-{proof_format.value}-{state.value}"
            yield Entry(slug=slug, learner=holder, content=award, proof_format=proof_format, state=state)
    for image in ImageFormat:
        for state in State:
            slug = f"{name}-{image.name.lower()}-{state.value}"
            yield Entry(slug=slug, learner=holder, content=award, state=state, image=image)
    record = RecordOfAwards(record=learner.records[0])
    yield from _variants(f"{holder}-{record.record.slug}", holder, record)
    for state in _STATES_OF_MEMBERS:
        content = dataclasses.replace(record, member_state=state)
        yield Entry(slug=f"{holder}-record-with-{state.value}-member", learner=holder, content=content)
    for endorsement in endorsements_of(learner, award):
        endorsed = EndorsementOfAward(endorsement=endorsement, award=award)
        yield from _variants(f"{name}-endorsement-of-{endorsement.of.value}", holder, endorsed)


def _variants(name: str, learner: str, content: Content) -> Iterator[Entry]:
    """Yield a credential in every format that can hold it, and in every state."""
    for proof_format in ProofFormat:
        if proof_format.is_selective and isinstance(content, RecordOfAwards):
            continue
        yield Entry(slug=f"{name}-{proof_format.value}", learner=learner, content=content, proof_format=proof_format)
    for state in State:
        if state is not State.VALID:
            yield Entry(slug=f"{name}-{state.value}", learner=learner, content=content, state=state)


def _states(proof_format: ProofFormat) -> tuple[State, ...]:
    """Return the states that make a difference: a base proof is refused in any."""
    return (State.VALID,) if proof_format is ProofFormat.ECDSA_SD_BASE else tuple(State)
