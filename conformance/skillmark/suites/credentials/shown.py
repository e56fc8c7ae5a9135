"""What a document that was handed in shows: each credential in it, with its verification, its objects and its token."""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING, Any

from skillmark.strategies.credentials_nodes import classes_of
from skillmark.suites.credentials.sightings import Departs, Holds, Sighting, Unknown
from skillmark_reference.credentials.kinds import CredentialKind
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome
from skillmark_reference.credentials.steps.inner_credentials import inner_credentials
from skillmark_reference.securing import credential_claims as claims_of
from skillmark_reference.securing import jose, strict_json
from skillmark_reference.securing.integrity.json_values import as_list
from skillmark_reference.securing.integrity.problems import child
from skillmark_reference.securing.strict_json import MalformedJson

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from skillmark_reference.credentials.results import Problem, Step, Verification
    from skillmark_reference.vocabularies import Property, RecordClass, Vocabulary

#: Kinds whose classes the tables of the two standards have.
JUDGED = frozenset({CredentialKind.ACHIEVEMENT, CredentialKind.ENDORSEMENT, CredentialKind.CLR})
BADGES = frozenset({CredentialKind.ACHIEVEMENT, CredentialKind.ENDORSEMENT})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A compact JWS that can be read, verified or not."""

    text: str
    header: Mapping[str, Any]
    payload: Mapping[str, Any]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One object of a credential, with its class in the tables."""

    pointer: str
    value: Mapping[str, Any]
    row: RecordClass

    @property
    def members(self) -> Iterator[tuple[Property, str, Any]]:
        """The members that the table knows, each with its pointer and its value."""
        for name, facts in self.row.properties.items():
            if name in self.value and name != "@context":
                yield facts, child(self.pointer, name), self.value[name]

    def values(self, *names: str) -> Iterator[tuple[Property, str, Any]]:
        """Yield each value of the members whose types are among the names, out of its array if it is in one."""
        for facts, pointer, value in self.members:
            if set(names) & set(facts.types):
                yield from ((facts, place, each) for place, each in entries(pointer, value))


def entries(pointer: str, value: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - any JSON value
    """Yield the values of a member, which may be one or an array, each with its pointer."""
    if isinstance(value, list):
        yield from ((child(pointer, index), each) for index, each in enumerate(value))
    else:
        yield pointer, value


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Shown:
    """One credential, whether it is any good or not."""

    #: Id of the record of the document that it is in.
    evidence: str
    #: Where it is in that document.
    place: str
    document: Mapping[str, Any]
    kind: CredentialKind
    verification: Verification
    token: Token | None = None
    #: The credential that holds it.
    holder: Shown | None = None
    #: Whether it is a member of a learner record, and no endorsement.
    is_member: bool = False

    @functools.cached_property
    def inner(self) -> tuple[Shown, ...]:
        """The credentials that it holds itself."""
        return tuple(self._inner())

    def walk(self) -> Iterator[Shown]:
        """Yield it, and all that it holds."""
        yield self
        for each in self.inner:
            yield from each.walk()

    @functools.cached_property
    def subject(self) -> Mapping[str, Any]:
        """Its subject; empty where that is no object."""
        value = self.document.get("credentialSubject")
        return value if isinstance(value, dict) else {}

    @property
    def proofs(self) -> list[Mapping[str, Any]]:
        """Its embedded proofs."""
        return [each for each in as_list(self.document.get("proof", [])) if isinstance(each, dict)]

    @property
    def issuer(self) -> object:
        """The id of its issuer."""
        return claims_of.issuer_id(self.document)

    @functools.cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Its objects whose classes the tables know, but for those of the credentials that it holds."""
        if self.kind not in JUDGED or self.has_failed(Subject.NESTING):
            return ()
        return tuple(nodes_of(self.document, "", self.kind.record_class(self.document), self.kind.vocabulary))

    def nodes_of(self, *names: str) -> Iterator[Node]:
        """Yield its objects of some classes."""
        return (node for node in self.nodes if node.row.name.removesuffix("v1p1") in names)

    # What the verifier said

    def steps(self, *subjects: Subject) -> Iterator[Step]:
        """Yield the steps of its verification about some subjects."""
        return (each for each in self.verification.steps if each.subject in subjects)

    def has_passed(self, *subjects: Subject) -> bool:
        """Tell whether the verifier looked at all the subjects, and found nothing that fails."""
        good = {each.subject for each in self.steps(*subjects) if each.outcome in {Outcome.PASSED, Outcome.WARNED}}
        return good == set(subjects)

    def has_failed(self, *subjects: Subject) -> bool:
        """Tell whether the verifier did not get past one of the subjects."""
        return any(each.outcome in {Outcome.FAILED, Outcome.CANNOT_TELL} for each in self.steps(*subjects))

    def said(self, *subjects: Subject) -> Iterator[Sighting]:
        """Yield what the verifier said about some subjects."""
        for step in self.steps(*subjects):
            match step.outcome:
                case Outcome.PASSED:
                    yield self.holds()
                case Outcome.FAILED | Outcome.WARNED:
                    yield from (self.told_in(each, step) for each in step.problems)
                case Outcome.CANNOT_TELL:
                    yield self.unknown("; ".join(each.message for each in step.problems[:1]))

    # What a rule says of it

    def holds(self) -> Holds:
        """Return that something holds."""
        return Holds(evidence=self.evidence)

    def departs(self, pointer: str, actual: str, *, expected: str = "", dispute: str = "") -> Departs:
        """Return that something is otherwise, at a pointer into the credential."""
        return Departs(
            evidence=self.evidence, pointer=self.place + pointer, actual=actual, expected=expected, dispute=dispute
        )

    def told(self, problem: Problem, *, is_warned: bool = False) -> Departs:
        """Return a problem of the verifier."""
        dispute = f"A verifier only warns of it: {problem.message}." if is_warned else ""
        expected, separator, found = problem.message.removeprefix("expected is ").rpartition("; found is ")
        if separator and problem.message.startswith("expected is "):
            return self.departs(problem.pointer, found, expected=expected, dispute=dispute)
        return self.departs(problem.pointer, problem.message, dispute=dispute)

    def told_in(self, problem: Problem, step: Step) -> Sighting:
        """Return a problem of a step of the verifier, which may weigh less than the step that it is in."""
        outcome = problem.outcome or step.outcome
        if outcome is Outcome.CANNOT_TELL:
            return self.unknown(problem.message)
        return self.told(problem, is_warned=outcome is Outcome.WARNED)

    def unknown(self, reason: str) -> Unknown:
        """Return that something cannot be told."""
        return Unknown(evidence=self.evidence, reason=reason)

    def _inner(self) -> Iterator[Shown]:
        verified = {each.pointer: each for each in reversed(self.verification.inner)}
        for each in inner_credentials(self.document, self.kind):
            found = verified.get(each.pointer)
            if found is None:
                continue
            document, token = opened(each.content) if isinstance(each.content, str) else (each.content, None)
            if document is None:
                continue
            yield Shown(
                evidence=self.evidence,
                place=self.place + each.pointer,
                document=document,
                kind=found.kind,
                verification=found,
                token=token,
                holder=self,
                is_member=each.is_member,
            )


def opened(text: str) -> tuple[dict[str, Any] | None, Token | None]:
    """Return the credential in JSON or in a compact JWS, and the token; nothing where neither can be read."""
    bare = text.strip()
    try:
        if bare.startswith("{"):
            return strict_json.parse_object(bare.encode("utf-8", "surrogatepass")), None
        parts = jose.read_compact(bare)[1]
        if parts is None:
            return None, None
        header, payload = strict_json.parse_object(parts.header), strict_json.parse_object(parts.payload)
    except MalformedJson:
        return None, None
    inner = payload.get("vc")
    document = inner if isinstance(inner, dict) else payload
    bare_document = {name: each for name, each in document.items() if name not in claims_of.REGISTERED}
    return bare_document, Token(text=bare, header=header, payload=payload)


def nodes_of(value: Mapping[str, Any], pointer: str, row: RecordClass, vocabulary: Vocabulary) -> Iterator[Node]:
    """Yield the objects of a credential whose classes the tables know, but for those of the credentials that it holds."""
    node = Node(pointer=pointer, value=value, row=row)
    yield node
    for facts, place, member in node.members:
        rows = list(classes_of(vocabulary, facts.types))
        if not rows or any("credentialSubject" in each.properties for each in rows):
            continue
        for where, each in entries(place, member):
            if isinstance(each, dict):
                yield from nodes_of(each, where, rows[0], vocabulary)
