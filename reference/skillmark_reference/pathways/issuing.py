"""From an entry of the catalogue to the credential: awards as badges, endorsements, and learner records that hold the badges."""

from __future__ import annotations

import dataclasses
import datetime
from typing import TYPE_CHECKING, Any

from skillmark_fixtures.learners import Award, IdentifiedBy, learner
from skillmark_fixtures.pathways import Endorsed, badge_image, organization, pathway
from skillmark_reference.credentials import issuing
from skillmark_reference.credentials.baking import ImageFormat, bake
from skillmark_reference.credentials.issuing import Frame
from skillmark_reference.credentials.steps.recipients import identity_hash
from skillmark_reference.pathways.achievements import achievement, achievement_id, level_id, precedence, result_id
from skillmark_reference.pathways.catalogue import (
    EndorsementOfAward,
    RecordOfAwards,
    award_slug,
    endorsements_of,
    find_entry,
)
from skillmark_reference.pathways.issuers import learner_did, signer
from skillmark_reference.pathways.proof_formats import ProofFormat, secured, written
from skillmark_reference.pathways.settings import Setting
from skillmark_reference.pathways.states import State, list_address, period, status_members, tampered
from skillmark_reference.securing.instants import write_date_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from skillmark_fixtures.learners import Assessment, Learner, Record
    from skillmark_fixtures.pathways import Endorsement, Pathway
    from skillmark_reference.credentials.issuing import Signer
    from skillmark_reference.pathways.catalogue import Entry

_NOON = datetime.time(12, tzinfo=datetime.UTC)
_SUFFIXES = {ImageFormat.PNG: "png", ImageFormat.SVG: "svg"}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A credential as it is handed over, or hosted."""

    entry: Entry
    #: The ``id`` of the credential, at which the server has it.
    address: str
    content: bytes
    media_type: str

    @property
    def suffix(self) -> str:
        """The suffix of a file with it."""
        image = self.entry.image
        return _SUFFIXES[image] if image else "jwt" if self.entry.proof_format.is_token else "json"


def issue(entry: Entry, setting: Setting) -> Issued:
    """Return the credential of an entry: equal entry and setting, equal bytes."""
    content = written(credential(entry, setting))
    # Open Badges 3.0, 5.2 Web Resource.
    media_type = "text/plain" if entry.proof_format.is_token else "application/vc+ld+json"
    if entry.image is not None:
        content = bake(badge_image(_SUFFIXES[entry.image]), content.decode())
        media_type = entry.image.value
    return Issued(entry=entry, address=address(entry, setting), content=content, media_type=media_type)


def address(entry: Entry, setting: Setting) -> str:
    """Return the ``id`` of a credential."""
    return setting.address("records", entry.slug)


def credential(entry: Entry, setting: Setting) -> dict[str, Any] | str:
    """Return the secured credential of an entry: JSON, or a compact JWS."""
    draft = _Draft(entry, setting)
    match entry.content:
        case Award() as award:
            document = draft.badge(award)
        case EndorsementOfAward() as endorsed:
            document = draft.endorsement(endorsed)
        case RecordOfAwards() as record:
            document = draft.record(record)
    return tampered(document) if entry.state is State.TAMPERED else document


def issuer_of(entry: Entry) -> str:
    """Return the slug of the organization that issues an entry."""
    match entry.content:
        case Award(pathway=slug):
            return pathway(slug).issuer
        case EndorsementOfAward(endorsement=endorsement):
            return endorsement.by
        case RecordOfAwards(record=record):
            return record.publisher


def title(entry: Entry) -> str:
    """Return what to call a credential in a list."""
    match entry.content:
        case Award() as award:
            return _name_of(award)
        case EndorsementOfAward(endorsement=endorsement, award=award):
            return f"{organization(endorsement.by).name} endorses {_name_of(award)}"
        case RecordOfAwards(record=record):
            return record.name


def _name_of(award: Award) -> str:
    return str(achievement(Setting(), pathway(award.pathway), award.code)["name"])


class _Draft:
    """One credential on its way from entry to signature."""

    def __init__(self, entry: Entry, setting: Setting) -> None:
        self._entry = entry
        self._setting = setting
        self._learner = learner(entry.learner)
        self._signer = signer(setting, issuer_of(entry), entry.proof_format.row.key_type)

    def badge(self, award: Award) -> dict[str, Any] | str:
        """Return an AchievementCredential."""
        goal, assessment = pathway(award.pathway), self._learner.path(award.pathway).assessment(award.code)
        details = _evidence(assessment)
        name = achievement(self._setting, goal, award.code)["name"]
        subject = _subject(self._learner) | _results(self._setting, goal, award.code, assessment)
        said = self._embedded(award)
        return self._secured(
            issuing.achievement_credential(
                self._frame(name, award.on, **details, **said.get(Endorsed.CREDENTIAL, {})),
                {**self._signer.profile, **said.get(Endorsed.ISSUER, {})},
                subject=subject,
                achievement=achievement(self._setting, goal, award.code) | said.get(Endorsed.ACHIEVEMENT, {}),
            )
        )

    def endorsement(self, endorsed: EndorsementOfAward) -> dict[str, Any] | str:
        """Return an EndorsementCredential of the usual badge, its achievement, or its issuer."""
        usual = find_entry(award_slug(self._entry.learner, endorsed.award.code))
        issuer = signer(self._setting, issuer_of(usual))
        target = _endorsed(self._setting, endorsed, address(usual, self._setting), issuer)
        frame = self._frame(_title(endorsed.endorsement), endorsed.award.on)
        return self._secured(_endorsement(frame, self._signer, endorsed.endorsement, target))

    def record(self, content: RecordOfAwards) -> dict[str, Any] | str:
        """Return a ClrCredential whose members are signed by their issuers."""
        record = content.record
        awards = _awards(self._learner, record)
        entries = [find_entry(slug) for slug in _member_slugs(self._learner, awards, content.member_state)]
        members = [each for each in (credential(entry, self._setting) for entry in entries) if isinstance(each, dict)]
        shown = _shown(self._learner, record, awards)
        return self._secured(
            issuing.clr_credential(
                self._frame(record.name, max(each.on for each in awards)),
                self._signer.profile,
                subject=_subject(self._learner),
                credentials=members,
                achievements=list(_definitions(self._setting, shown, awards)),
                associations=list(_associations(self._setting, shown)),
                partial=record.partial,
            )
        )

    def _frame(self, name: str, awarded: datetime.date, **members: object) -> Frame:
        entry = self._entry
        begin, end = period(entry.state, self._setting.at)
        lists = list_address(self._setting, issuer_of(entry), entry.proof_format.row.key_type, entry.state)
        status, contexts = status_members(entry.state, entry.slug, lists)
        on = min(datetime.datetime.combine(awarded, _NOON), begin)
        date = {"awardedDate": write_date_time(on)}
        return Frame(
            id=address(entry, self._setting),
            name=name,
            valid_from=begin,
            valid_until=end,
            contexts=contexts,
            members={**date, **members, **status},
        )

    def _secured(self, document: Mapping[str, Any]) -> dict[str, Any] | str:
        return secured(document, self._signer, self._entry.proof_format, created=self._created)

    @property
    def _created(self) -> datetime.datetime:
        """When it is signed: one that is not valid yet is signed all the same."""
        return min(self._setting.at, period(self._entry.state, self._setting.at)[0])

    # Endorsements inside of badges

    def _embedded(self, award: Award) -> dict[Endorsed, dict[str, Any]]:
        """Return the member with the endorsements, by what they are of."""
        found: dict[Endorsed, dict[str, Any]] = {}
        for endorsement in endorsements_of(self._learner, award):
            content = EndorsementOfAward(endorsement=endorsement, award=award)
            document = self._inner_endorsement(content)
            name = "endorsementJwt" if isinstance(document, str) else "endorsement"
            found.setdefault(endorsement.of, {}).setdefault(name, []).append(document)
        return found

    def _inner_endorsement(self, endorsed: EndorsementOfAward) -> dict[str, Any] | str:
        """Return an endorsement of this very badge, in the format that goes together with that of the badge."""
        endorsement, setting = endorsed.endorsement, self._setting
        proof_format = self._entry.proof_format.inner
        endorser = signer(setting, endorsement.by, proof_format.row.key_type)
        target = _endorsed(setting, endorsed, address(self._entry, setting), self._signer)
        frame = Frame(
            id=f"{address(self._entry, self._setting)}#{endorsement.of.value}",
            name=_title(endorsement),
            valid_from=self._created,
        )
        document = _endorsement(frame, endorser, endorsement, target)
        return secured(document, endorser, proof_format, created=self._created)


def _title(endorsement: Endorsement) -> str:
    return f"Endorsement by {organization(endorsement.by).name}"


def _endorsement(frame: Frame, endorser: Signer, endorsement: Endorsement, target: str) -> dict[str, Any]:
    comment = endorsement.comment
    return issuing.endorsement_credential(frame, endorser.profile, endorsed=target, comment=comment)


def _endorsed(setting: Setting, endorsed: EndorsementOfAward, badge: str, issuer: Signer) -> str:
    """Return the id of what is endorsed."""
    award = endorsed.award
    match endorsed.endorsement.of:
        case Endorsed.ACHIEVEMENT:
            return achievement_id(setting, pathway(award.pathway), award.code)
        case Endorsed.ISSUER:
            return str(issuer.profile["id"])
        case Endorsed.CREDENTIAL:
            return badge


# Badges


def _subject(person: Learner) -> dict[str, Any]:
    """Return by what the learner is known (Open Badges 3.0, Data Models, IdentityObject)."""
    match person.identified_by:
        case IdentifiedBy.DID_KEY:
            return {"id": learner_did(person.slug)}
        case IdentifiedBy.HASHED:
            identity = {"identityHash": identity_hash(person.email, person.salt), "identityType": "emailAddress"}
            return {"identifier": [{"type": "IdentityObject", "hashed": True, **identity, "salt": person.salt}]}
        case IdentifiedBy.STUDENT_NUMBER:
            identity = {"identityHash": person.student_number, "identityType": "sisSourcedId"}
            return {"identifier": [{"type": "IdentityObject", "hashed": False, **identity}]}


def _results(setting: Setting, goal: Pathway, code: str, assessment: Assessment | None) -> dict[str, Any]:
    """Return the members of the subject that say how the achievement was reached."""
    identifier = achievement_id(setting, goal, code)
    if code == goal.certificate:
        return {"result": [{**_result(identifier, "Status"), "status": "Completed"}]}
    if assessment is None:
        return {}
    found = (
        [{**_result(identifier, "Score"), "value": f"{assessment.percent}"}] if assessment.percent is not None else []
    )
    for category, quality in assessment.levels.items():
        level = level_id(setting, goal, category, quality)
        found.append({**_result(identifier, category), "achievedLevel": level, "value": quality})
    narrative = {"narrative": assessment.narrative} if assessment.narrative else {}
    return {**narrative, "result": found}


def _result(identifier: str, name: str) -> dict[str, Any]:
    return {"type": ["Result"], "resultDescription": result_id(identifier, name)}


def _evidence(assessment: Assessment | None) -> dict[str, Any]:
    if assessment is None or not assessment.evidence:
        return {}
    rows = [dataclasses.asdict(each) for each in assessment.evidence]
    return {"evidence": [{"id": row.pop("address"), "type": ["Evidence"], **row} for row in rows]}


# Records


def _awards(person: Learner, record: Record) -> list[Award]:
    """Return the awards in a record, in its order."""
    awards = person.awards()
    if not record.codes:
        return list(awards)
    return [award for code in record.codes for award in awards if award.code == code]


def _member_slugs(person: Learner, awards: Sequence[Award], first: State) -> Iterator[str]:
    for index, award in enumerate(awards):
        name = award_slug(person.slug, award.code)
        yield (
            f"{name}-{ProofFormat.EDDSA_RDFC.value}-{first.value}" if index == 0 and first is not State.VALID else name
        )


def _shown(person: Learner, record: Record, awards: Sequence[Award]) -> list[tuple[Pathway, tuple[str, ...]]]:
    """Return the codes that a record speaks of, by pathway: whole pathways, or its members only."""
    goals = [pathway(path.pathway) for path in person.paths]
    if not record.codes:
        return [(goal, goal.codes) for goal in goals]
    return [(goal, tuple(each.code for each in awards if each.pathway == goal.slug)) for goal in goals]


def _definitions(
    setting: Setting, shown: Sequence[tuple[Pathway, tuple[str, ...]]], awards: Sequence[Award]
) -> Iterator[dict[str, Any]]:
    """Yield the achievements that are still to be earned; members have the others."""
    earned = {(each.pathway, each.code) for each in awards}
    for goal, codes in shown:
        yield from (achievement(setting, goal, code) for code in codes if (goal.slug, code) not in earned)


def _associations(setting: Setting, shown: Sequence[tuple[Pathway, tuple[str, ...]]]) -> Iterator[tuple[str, str, str]]:
    """Yield the tree in both directions, the parts of the certificate, and what precedes what (CLR 2.0, Association)."""
    for goal, codes in shown:
        ids = {code: achievement_id(setting, goal, code) for code in codes}
        for code in codes:
            parent = goal.parent(code)
            if parent in ids:
                yield "isChildOf", ids[code], ids[parent]
                yield "isParentOf", ids[parent], ids[code]
                if parent == goal.certificate:
                    yield "isPartOf", ids[code], ids[parent]
        pairs = precedence(setting, goal)
        yield from (("precedes", ids[one], ids[other]) for one, other in pairs if {one, other} <= ids.keys())
