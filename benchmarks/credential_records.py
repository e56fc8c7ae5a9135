"""Records to verify: a CLR with members that their issuers signed, in every suite."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import json
from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials import issuing
from skillmark_reference.credentials.issuing import Frame, Signer
from skillmark_reference.securing.keys import KeyType, SecretKey

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = datetime.datetime(2026, 6, 1, 12, tzinfo=datetime.UTC)
_BEGIN = datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)
_LEARNER = "did:example:learner"
#: Different issuers of members.
_SCHOOLS = 10


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """How credentials are secured."""

    name: str
    key: KeyType

    @property
    def title(self) -> str:
        """Name and key."""
        return f"{self.name}, {self.key.value}"

    @property
    def is_token(self) -> bool:
        """Whether credentials are tokens, and no JSON objects with proofs."""
        return self.name == "vc-jwt"


SUITES = (
    Suite(name="eddsa-rdfc-2022", key=KeyType.ED25519),
    Suite(name="ecdsa-rdfc-2019", key=KeyType.P256),
    Suite(name="ecdsa-rdfc-2019", key=KeyType.P384),
    Suite(name="eddsa-jcs-2022", key=KeyType.ED25519),
    Suite(name="ecdsa-jcs-2019", key=KeyType.P256),
    Suite(name="vc-jwt", key=KeyType.ED25519),
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What is verified: a record, or tokens."""

    suite: Suite
    #: The record, and then its members; nothing for tokens.
    credentials: tuple[dict[str, Any], ...] = ()
    tokens: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The record as it is received."""
        return json.dumps(self.credentials[0])

    def only_outer(self) -> Sample:
        """Return the record without the proofs of its members to verify."""
        return dataclasses.replace(self, credentials=self.credentials[:1])


def sample(size: int, suite: Suite) -> Sample:
    """Return a record with a number of members, or as many tokens."""
    if suite.is_token:
        school = _school(0, suite.key)
        tokens = tuple(issuing.as_vc_jwt(_badge(index, school), school) for index in range(size))
        return Sample(suite=suite, tokens=tokens)
    members = [_signed(_badge(index, school), school, suite) for index, school in enumerate(_schools(size, suite.key))]
    publisher = Signer.by_did_key(_secret(200, suite.key), name="Publisher")
    record = issuing.clr_credential(
        _frame("urn:uuid:00000000-0000-4000-9000-000000000000"),
        publisher.profile,
        subject={"id": _LEARNER},
        credentials=members,
    )
    return Sample(suite=suite, credentials=(_signed(record, publisher, suite), *members))


def _schools(size: int, key: KeyType) -> Sequence[Signer]:
    return [_school(index % _SCHOOLS, key) for index in range(size)]


@functools.cache
def _school(number: int, key: KeyType) -> Signer:
    return Signer.by_did_key(_secret(number + 1, key), name=f"School {number}")


def _secret(number: int, key: KeyType) -> SecretKey:
    return SecretKey(type=key, raw=bytes([number]) * key.facts.size)


def _signed(credential: dict[str, Any], signer: Signer, suite: Suite) -> dict[str, Any]:
    return issuing.with_proof(credential, signer, created=_BEGIN, cryptosuite=suite.name)


def _frame(identifier: str) -> Frame:
    return Frame(id=identifier, name="Welding", valid_from=_BEGIN)


def _badge(index: int, school: Signer) -> dict[str, Any]:
    achievement = f"https://school.example/achievements/{index}"
    return issuing.achievement_credential(
        _frame(f"urn:uuid:00000000-0000-4000-8000-{index:012}"),
        school.profile,
        subject={
            "id": _LEARNER,
            "result": [{"type": ["Result"], "resultDescription": f"{achievement}#grade", "value": "A"}],
        },
        achievement={
            "id": achievement,
            "name": f"Welding {index}",
            "description": "Joins steel.",
            "criteria": {"narrative": "Weld three seams."},
            "alignment": [
                {
                    "type": ["Alignment"],
                    "targetName": f"Skill {index}",
                    "targetUrl": f"https://school.example/ims/case/v1p1/CFItems/{index}",
                    "targetType": "CFItem",
                }
            ],
            "resultDescription": [
                {
                    "id": f"{achievement}#grade",
                    "type": ["ResultDescription"],
                    "name": "Grade",
                    "resultType": "LetterGrade",
                }
            ],
        },
    )
