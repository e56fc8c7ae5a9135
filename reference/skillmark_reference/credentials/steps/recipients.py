"""Whose credential it is (Open Badges 3.0, Verification and Validation, Verify the Recipient Using an Identifier)."""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Problem, Step, conclude
from skillmark_reference.securing.integrity.json_values import as_list
from skillmark_reference.securing.integrity.problems import child
from skillmark_reference.securing.quoting import quoted
from skillmark_reference.vocabularies import load_vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from skillmark_reference.credentials.kinds import CredentialKind

_ALGORITHMS = ("md5", "sha256")
_WEAK = "md5"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A person as the relying party knows them: by ``id``, or by an identifier in plain text with its type.

    Raises:
        ValueError: Neither or both are given, or the type is none of IdentifierTypeEnum.
    """

    id: str | None = None
    identifier: str | None = None
    identity_type: str | None = None

    def __post_init__(self) -> None:
        if (self.id is None) == (self.identifier is None) or (self.identifier is None) != (self.identity_type is None):
            raise ValueError("a recipient is known by id, or by identifier and identity_type")
        types = load_vocabulary("ob-3.0").enums["IdentifierTypeEnum"]
        if self.identity_type is not None and not types.admits(self.identity_type):
            raise ValueError(
                f"{quoted(self.identity_type)} is no type of identifier; there are {types.values} and ext:"
            )


def recipient_step(credential: Mapping[str, Any], kind: CredentialKind, recipient: Recipient | None) -> Step:
    """Tell whether the credential is about the person that the relying party knows; nobody asked unless one is given."""
    if recipient is None:
        return conclude(kind, Subject.RECIPIENT, outcome=Outcome.NOT_APPLICABLE)
    subject = credential.get("credentialSubject")
    members = subject if isinstance(subject, dict) else {}
    if recipient.id is not None:
        message = f"the credential is about {quoted(members.get('id'))}, and not about {quoted(recipient.id)}"
        problems = (
            [] if members.get("id") == recipient.id else [Problem(pointer="/credentialSubject/id", message=message)]
        )
        return conclude(kind, Subject.RECIPIENT, problems)
    return _by_identifier(members, kind, recipient)


def identity_hash(identifier: str, salt: str = "", *, algorithm: str = "sha256") -> str:
    """Return the ``identityHash`` of an identifier (Open Badges 3.0, Data Models, IdentityHash).

    Raises:
        ValueError: The algorithm is another one than md5 and sha256.
    """
    if algorithm not in _ALGORITHMS:
        raise ValueError(f"{quoted(algorithm)} is no algorithm for identities; {' and '.join(_ALGORITHMS)} are")
    digest = hashlib.new(algorithm, f"{identifier}{salt}".encode(), usedforsecurity=False).hexdigest()
    return f"{algorithm}${digest}"


def _by_identifier(subject: Mapping[str, Any], kind: CredentialKind, recipient: Recipient) -> Step:
    """Try every identifier of the type until one matches."""
    remarks: list[Problem] = []
    for pointer, each in _identifiers(subject):
        if each.get("identityType") == recipient.identity_type and _matches(each, str(recipient.identifier)):
            if str(each.get("identityHash")).startswith(f"{_WEAK}$"):
                message = f"the identity is hashed with {_WEAK}, which is weak"
                remarks.append(Problem(pointer=pointer, message=message))
            return conclude(
                kind,
                Subject.RECIPIENT,
                remarks,
                outcome=Outcome.WARNED if remarks else None,
                evidence={"identity": pointer},
            )
    message = f"no identifier of the type {recipient.identity_type} is that of the person"
    return conclude(kind, Subject.RECIPIENT, [Problem(pointer="/credentialSubject/identifier", message=message)])


def _identifiers(subject: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    value = subject.get("identifier")
    for index, each in enumerate(as_list(value)):
        if isinstance(each, dict):
            place = "/credentialSubject/identifier"
            yield (child(place, index) if isinstance(value, list) else place), each


def _matches(identity: Mapping[str, Any], identifier: str) -> bool:
    stated, salt = identity.get("identityHash"), identity.get("salt", "")
    if not isinstance(stated, str) or not isinstance(salt, str):
        return False
    if identity.get("hashed") is False:
        return hmac.compare_digest(stated.encode(), identifier.encode())
    algorithm, separator, _ = stated.partition("$")
    if identity.get("hashed") is not True or not separator or algorithm not in _ALGORITHMS:
        return False
    expected = identity_hash(identifier, salt, algorithm=algorithm)
    return hmac.compare_digest(stated.lower().encode(), expected.encode())
