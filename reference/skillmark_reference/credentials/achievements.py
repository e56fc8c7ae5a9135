"""What a verified credential says that a person has achieved, and the published skills that it points to."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.kinds import CredentialKind
from skillmark_reference.securing import credential_claims as claims_of
from skillmark_reference.securing.integrity.json_values import as_list

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from skillmark_reference.credentials.results import Verdict, Verification


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Skill:
    """A node of a framework that an achievement aligns to (Open Badges 3.0, Alignment)."""

    name: str
    #: ``targetUrl``, which is an address of any scheme.
    address: str
    #: ``targetType``, for example ``CFItem``; empty where it is not told.
    target_type: str
    code: str
    framework: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Achieved:
    """An achievement that an issuer says somebody has earned."""

    name: str
    achievement_type: str
    description: str
    issuer: str
    verdict: Verdict
    skills: tuple[Skill, ...]
    #: Names of those whose endorsements in the credential are valid.
    endorsers: tuple[str, ...]


def achieved(found: Verification) -> tuple[Achieved, ...]:
    """Return the achievements of all genuine credentials in a verification, in the order of the record.

    A credential that is revoked, suspended, expired or not yet valid is genuine: its verdict is told. What an invalid or an
    unverifiable one says is left out, since nobody is known to say it, and so is everything inside of it.
    """
    return tuple(_achieved(found))


def name_of_issuer(credential: Mapping[str, Any]) -> str:
    """Return what to call the issuer of a credential: its name, else its id."""
    issuer = credential.get("issuer")
    name = issuer.get("name") if isinstance(issuer, dict) else None
    return name if isinstance(name, str) else str(claims_of.issuer_id(credential))


def _achieved(found: Verification) -> Iterator[Achieved]:
    if found.credential is None:
        return
    if found.kind is CredentialKind.ACHIEVEMENT:
        for subject in _objects(found.credential.get("credentialSubject")):
            for achievement in _objects(subject.get("achievement")):
                yield _one(achievement, found)
    for each in found.inner:
        yield from _achieved(each)


def _one(achievement: Mapping[str, Any], found: Verification) -> Achieved:
    credential = found.credential or {}
    endorsements = [each for each in found.inner if each.kind is CredentialKind.ENDORSEMENT and each.valid]
    return Achieved(
        name=_text(achievement, "name"),
        achievement_type=_text(achievement, "achievementType"),
        description=_text(achievement, "description"),
        issuer=name_of_issuer(credential),
        verdict=found.verdict,
        skills=tuple(_skill(each) for each in _objects(achievement.get("alignment"))),
        endorsers=tuple(dict.fromkeys(name_of_issuer(each.credential or {}) for each in endorsements)),
    )


def _skill(alignment: Mapping[str, Any]) -> Skill:
    return Skill(
        name=_text(alignment, "targetName"),
        address=_text(alignment, "targetUrl"),
        target_type=_text(alignment, "targetType"),
        code=_text(alignment, "targetCode"),
        framework=_text(alignment, "targetFramework"),
    )


def _objects(value: object) -> list[dict[str, Any]]:
    return [each for each in as_list(value) if isinstance(each, dict)]


def _text(value: Mapping[str, Any], name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""
