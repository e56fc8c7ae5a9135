"""What an issuer may leave out of a credential: it is filled in, and told.

A draft is a credential without proof, from which nothing but what only the issuer knows has to be there.
"""

from __future__ import annotations

import copy
import dataclasses
from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.issuing import IssuingRefused
from skillmark_reference.credentials.kinds import CredentialKind, kinds_of
from skillmark_reference.credentials.results import Problem
from skillmark_reference.credentials.steps.recipients import identity_hash
from skillmark_reference.securing import credential_claims as claims_of
from skillmark_reference.securing.instants import write_date_time
from skillmark_reference.securing.integrity.json_values import as_list
from skillmark_reference.securing.quoting import quoted

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping

_CREDENTIAL = "VerifiableCredential"
#: Members of the subject by which a draft without type is told, the one that decides first.
_TOLD_BY = {
    "verifiableCredential": CredentialKind.CLR,
    "achievement": CredentialKind.ACHIEVEMENT,
    "endorsementComment": CredentialKind.ENDORSEMENT,
}
_SUBJECTS = {
    CredentialKind.CLR: "ClrSubject",
    CredentialKind.ACHIEVEMENT: "AchievementSubject",
    CredentialKind.ENDORSEMENT: "EndorsementSubject",
}
#: The members that people look for first.
_FIRST = ("@context", "id", "type", "name", "issuer", "validFrom", "validUntil")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """A draft that became a credential."""

    credential: dict[str, Any]
    #: What was filled in, each with its place.
    filled: tuple[Problem, ...]


def complete(
    draft: Mapping[str, Any], *, profile: Mapping[str, Any], now: datetime.datetime, identifier: str
) -> Completion:
    """Fill in what a draft leaves out: contexts, id, types, name, issuer, beginning. What is there stays as it is.

    Args:
        draft: A credential without proof.
        profile: The Profile of the issuer, with its id.
        now: The beginning of the credential.
        identifier: The id of the credential.

    Raises:
        IssuingRefused: Nobody can tell what kind of credential it is, or it has a proof already.
    """
    problems = [*_kind_problems(draft), *_proof_problems(draft)]
    if problems:
        raise IssuingRefused(problems)
    return _Draft(copy.deepcopy(dict(draft)), _kind(draft)).completed(profile, now, identifier)


def recipient_members(recipient: str, *, salt: str | None) -> dict[str, Any]:
    """Return the members of a subject that say whose credential it is.

    Args:
        recipient: An e-mail address, or a DID or another URI.
        salt: Hashes an e-mail address with it; nothing leaves the address readable.

    Raises:
        ValueError: The text is neither.
    """
    if is_identifier(recipient):
        return {"id": recipient}
    before, at, after = recipient.partition("@")
    if not (before and at and after) or any(letter.isspace() for letter in recipient):
        raise ValueError(f"{quoted(recipient)} is neither an e-mail address nor a DID or another URI")
    stated = recipient if salt is None else identity_hash(recipient, salt)
    identity = {"type": "IdentityObject", "hashed": salt is not None, "identityHash": stated}
    salted = {} if salt is None else {"salt": salt}
    return {"identifier": [{**identity, "identityType": "emailAddress", **salted}]}


def is_identifier(recipient: str) -> bool:
    """Tell whether a recipient is named by an identifier, rather than an e-mail address."""
    return recipient.startswith(("did:", "urn:", "https://", "http://", "mailto:"))


def _proof_problems(draft: Mapping[str, Any]) -> list[Problem]:
    if "proof" not in draft:
        return []
    return [Problem(pointer="/proof", message="the credential is signed already; expected is one without proof")]


def _kind_problems(draft: Mapping[str, Any]) -> list[Problem]:
    found = kinds_of(draft)
    if len(found) > 1:
        names = ", ".join(each.value for each in found)
        return [Problem(pointer="/type", message=f"a credential is of one kind; type names {names}")]
    if set(found) & _SUBJECTS.keys() or _guessed(draft):
        return []
    expected = " or ".join(each.value for each in _SUBJECTS)
    found_types = f"found is {quoted(draft['type'])}" if "type" in draft else "it is missing"
    message = f"expected is {expected}; {found_types}, and credentialSubject does not tell either"
    return [Problem(pointer="/type", message=message)]


def _kind(draft: Mapping[str, Any]) -> CredentialKind:
    return next(iter(kinds_of(draft)), None) or _guessed(draft) or CredentialKind.OTHER


def _guessed(draft: Mapping[str, Any]) -> CredentialKind | None:
    """Return the kind that the subject tells, where ``type`` names no other."""
    subject = draft.get("credentialSubject")
    if any(each != _CREDENTIAL for each in as_list(draft.get("type"))) or not isinstance(subject, dict):
        return None
    types = as_list(subject.get("type"))
    by_type = next((kind for kind, name in _SUBJECTS.items() if name in types), None)
    return by_type or next((kind for name, kind in _TOLD_BY.items() if name in subject), None)


class _Draft:
    """A draft on its way, with a record of what was filled in."""

    def __init__(self, credential: dict[str, Any], kind: CredentialKind) -> None:
        self._credential = credential
        self._kind = kind
        self._filled: list[Problem] = []

    def completed(self, profile: Mapping[str, Any], now: datetime.datetime, identifier: str) -> Completion:
        if "@context" not in self._credential:
            urls = [state.url for state in self._kind.vocabulary.current_contexts()]
            self._fill(self._credential, "", "@context", urls)
        self._fill(self._credential, "", "id", identifier)
        self._complete_types()
        self._fill(self._credential, "", claims_of.dates_of(self._credential).begin, write_date_time(now))
        self._complete_issuer(profile)
        self._complete_subject()
        ordered = {name: self._credential[name] for name in _FIRST if name in self._credential}
        return Completion(credential=ordered | self._credential, filled=tuple(self._filled))

    def _complete_types(self) -> None:
        found = as_list(self._credential.get("type"))
        missing = [] if _CREDENTIAL in found else [_CREDENTIAL]
        own = [] if any(name in found for name in self._kind.names) else [self._kind.value]
        if missing or own:
            rest = [each for each in found if each != _CREDENTIAL]
            self._credential["type"] = [_CREDENTIAL, *own, *rest]
            self._tell("/type", self._credential["type"])

    def _complete_issuer(self, profile: Mapping[str, Any]) -> None:
        self._fill(self._credential, "", "issuer", dict(profile), shown=profile["id"])
        issuer = self._credential["issuer"]
        if isinstance(issuer, dict):
            self._fill(issuer, "/issuer", "id", profile["id"])
            self._fill(issuer, "/issuer", "type", ["Profile"])

    def _complete_subject(self) -> None:
        subject = self._credential.get("credentialSubject")
        if not isinstance(subject, dict):
            return
        self._fill(subject, "/credentialSubject", "type", [_SUBJECTS[self._kind]])
        achievement = subject.get("achievement")
        if self._kind is not CredentialKind.ACHIEVEMENT or not isinstance(achievement, dict):
            return
        self._fill(achievement, "/credentialSubject/achievement", "type", ["Achievement"])
        if "name" in achievement:
            self._fill(self._credential, "", "name", achievement["name"])

    def _fill(self, holder: dict[str, Any], place: str, name: str, value: Any, *, shown: object = None) -> None:  # noqa: ANN401 - any JSON value
        if name not in holder:
            members = {name: value, **holder}
            holder.clear()
            holder.update(members)
            self._tell(f"{place}/{name}", shown or value)

    def _tell(self, pointer: str, value: object) -> None:
        text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        self._filled.append(Problem(pointer=pointer, message=f"was missing, and is now {text}"))
