"""Verifying credentials of Open Badges 3.0 and CLR 2.0: every step of their algorithms, every problem, one verdict.

The documents that a credential needs come from the caller, and so does the time: the same credential, documents and time have
the same verdict, always. What cannot be checked is never taken for granted.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.contents import association_steps, results_step
from skillmark_reference.credentials.context_states import choices
from skillmark_reference.credentials.inner_credentials import (
    InnerCredential,
    Verified,
    endorsements_step,
    inner_credentials,
    member_steps,
)
from skillmark_reference.credentials.key_discovery import KeyDiscovery
from skillmark_reference.credentials.kinds import CredentialKind, kind_of
from skillmark_reference.credentials.periods import period_steps
from skillmark_reference.credentials.proofs import find_proofs
from skillmark_reference.credentials.recipients import Recipient, recipient_step
from skillmark_reference.credentials.references import refresh_step, related_resources_step, schema_steps
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import (
    Outcome,
    Problem,
    Step,
    Verdict,
    Verification,
    conclude,
    verdict_of,
)
from skillmark_reference.credentials.sources import Sources
from skillmark_reference.credentials.statements import statement_steps
from skillmark_reference.credentials.statuses import StatusCheck
from skillmark_reference.credentials.structure import structure_steps
from skillmark_reference.credentials.tokens import Claimed, claimed, token_steps
from skillmark_reference.securing import credential_claims as claims_of
from skillmark_reference.securing import jose, strict_json
from skillmark_reference.securing.integrity.json_values import MAX_DEPTH
from skillmark_reference.securing.quoting import quoted
from skillmark_reference.securing.strict_json import MalformedJson

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator

    from skillmark_reference.credentials.sources import Documents

#: Steps that ask for documents that a credential names: not before it is known who named them.
_LATE = {
    Subject.CREDENTIAL_SCHEMA: "credentialSchema",
    Subject.STATUS: "credentialStatus",
    Subject.RELATED_RESOURCES: "relatedResource",
}
_ORDER = {subject: place for place, subject in enumerate(Subject)}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a relying party decides beside the standards."""

    #: Issuers of status lists that are trusted beside the issuer of the credential itself.
    status_issuers: frozenset[str] = frozenset()
    #: Credentials in credentials in credentials.
    deepest: int = 8
    #: Credentials altogether, status lists included.
    most_credentials: int = 1000
    #: Documents that are read for one credential and all inside of it.
    most_documents: int = 200
    most_bytes: int = 16 * 2**20


def verify(
    document: bytes | str,
    *,
    documents: Documents,
    now: datetime.datetime,
    recipient: Recipient | None = None,
    policy: Policy | None = None,
) -> Verification:
    """Verify a credential: JSON with embedded proofs, or a VC-JWT.

    Args:
        document: The credential as it was received.
        documents: Gives the documents that it refers to.
        now: The time of the verification, with a zone.
        recipient: The person whose it should be, if that is to be checked.
        policy: What the relying party decides.

    Raises:
        ValueError: The time has no zone.
    """
    if now.tzinfo is None:
        raise ValueError("the time of a verification has a zone; add one, for example datetime.UTC")
    chosen = policy or Policy()
    verifier = _Verifier(sources=Sources(documents, limit=chosen.most_documents), now=now, policy=chosen)
    content = document.encode("utf-8", "surrogatepass") if isinstance(document, str) else document
    return verifier.document(content, _Place(recipient=recipient))


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a credential stands."""

    pointer: str = ""
    #: What it has to be.
    kind: CredentialKind | None = None
    recipient: Recipient | None = None
    #: What holds it, from the outermost on.
    ancestors: tuple[tuple[str, str], ...] = ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Received:
    """A credential as it was received."""

    credential: dict[str, Any]
    kind: CredentialKind
    #: Of the token that it came in; none without a token.
    token_steps: tuple[Step, ...] = ()
    said: Claimed | None = None


class _Verifier:
    """The verification of one document, with all that it holds and needs."""

    def __init__(self, *, sources: Sources, now: datetime.datetime, policy: Policy) -> None:
        self._sources = sources
        self._now = now
        self._policy = policy
        self._keys = KeyDiscovery(sources, now)
        self._count = 0

    def document(self, content: bytes, place: _Place) -> Verification:
        """Verify the bytes of a document."""
        if len(content) > self._policy.most_bytes:
            message = f"the document has {len(content):,} bytes; the limit is {self._policy.most_bytes:,}"
            return _unread(message, place, Outcome.CANNOT_TELL)
        stripped = content.strip()
        if not stripped.startswith(b"{"):
            return self._token(stripped.decode("ascii", "replace"), place)
        try:
            credential = strict_json.parse_object(stripped)
        except MalformedJson as error:
            return _unread(str(error), place, Outcome.FAILED)
        return self._credential(_Received(credential=credential, kind=place.kind or kind_of(credential)), place)

    def _token(self, token: str, place: _Place) -> Verification:
        said = claimed(token)
        if said is None:
            reasons = "; ".join(jose.read_compact(token)[0].problems) or "its payload is no JSON object"
            message = f"the document is neither a JSON object nor a compact JWS with a credential in it: {reasons}"
            return _unread(message, place, Outcome.FAILED)
        kind = place.kind or kind_of(said.credential)
        steps, credential = token_steps(token, said, kind, keys=self._keys, now=self._now)
        received = _Received(credential=credential or said.credential, kind=kind, token_steps=steps, said=said)
        return self._credential(received, place)

    def _credential(self, received: _Received, place: _Place) -> Verification:
        self._count += 1
        nesting = self._nesting(received, place)
        if nesting.outcome is not Outcome.PASSED:
            return _verification(received, place, [nesting], [])
        inner = inner_credentials(received.credential, received.kind)
        steps = [nesting, conclude(received.kind, Subject.PARSING), *_form(received, inner, place)]
        steps += self._secured(received)
        is_genuine = not any(
            each.subject.secures and each.outcome in {Outcome.FAILED, Outcome.CANNOT_TELL} for each in steps
        )
        lists: list[Verification] = []
        steps += self._late(received, place, lists) if is_genuine else _postponed(received)
        steps += self._undated(received, place)
        verified = [Verified(inner=each, verification=self._inner(each, received, place)) for each in inner]
        steps += _inner_steps(received, verified)
        return _verification(received, place, steps, [*(each.verification for each in verified), *lists])

    def _nesting(self, received: _Received, place: _Place) -> Step:
        """Hold depth, number and identity of nested credentials against the limits, before anything else is done."""
        kind, policy = received.kind, self._policy
        if _is_deeper(received.credential, MAX_DEPTH):
            message = f"the document is nested deeper than {MAX_DEPTH} levels, and is not read"
        elif len(place.ancestors) > policy.deepest:
            message = f"credentials are nested deeper than {policy.deepest} levels, and are not read any further"
        elif self._count > policy.most_credentials:
            message = f"there are more than {policy.most_credentials} credentials, and no more are read"
        elif "id" in received.credential and _identity(received.credential) in place.ancestors:
            message = f"the credential {quoted(received.credential.get('id'))} is nested inside of itself"
            return conclude(kind, Subject.NESTING, [Problem(pointer="", message=message)])
        else:
            return conclude(kind, Subject.NESTING)
        return conclude(kind, Subject.NESTING, [Problem(pointer="", message=message)], outcome=Outcome.CANNOT_TELL)

    def _secured(self, received: _Received) -> Iterator[Step]:
        """Yield the steps about proof and statements; a token may hold embedded proofs, which have to hold too."""
        credential, kind = received.credential, received.kind
        yield from received.token_steps
        if received.token_steps and "proof" not in credential:
            choice = next(choices(credential, self._sources))
        else:
            found = find_proofs(credential, kind, keys=self._keys, sources=self._sources, now=self._now)
            choice = found.choice
            yield from found.steps
        yield from statement_steps(credential, kind, choice)

    def _late(self, received: _Received, place: _Place, lists: list[Verification]) -> Iterator[Step]:
        """Yield the steps that ask for what the credential names."""
        credential, kind = received.credential, received.kind
        yield from schema_steps(credential, kind, self._sources)
        yield related_resources_step(credential, kind, self._sources)
        check = StatusCheck(
            credential,
            kind,
            sources=self._sources,
            verify_list=lambda content, address, pointer: self._list(content, address, pointer, place),
            issuers=self._policy.status_issuers,
        )
        yield from check.steps()
        lists += check.lists

    def _list(self, content: bytes, address: str, pointer: str, place: _Place) -> Verification:
        marker = ("status list", address)
        below = _Place(pointer=pointer, kind=CredentialKind.STATUS_LIST, ancestors=(*place.ancestors, marker))
        if marker in place.ancestors:
            return _unread(f"the list {quoted(address)} takes its own status from itself", below, Outcome.CANNOT_TELL)
        return self.document(content, below)

    def _undated(self, received: _Received, place: _Place) -> Iterator[Step]:
        """Yield the steps that need nothing but the credential."""
        credential, kind, said = received.credential, received.kind, received.said
        yield refresh_step(credential, kind)
        yield from period_steps(
            credential, kind, now=self._now, claims=(said.begin, said.end) if said else (None, None)
        )
        yield recipient_step(credential, kind, place.recipient)

    def _inner(self, inner: InnerCredential, received: _Received, place: _Place) -> Verification:
        ancestors = (*place.ancestors, _identity(received.credential))
        kind = None if inner.is_member else CredentialKind.ENDORSEMENT
        below = _Place(pointer=inner.pointer, kind=kind, ancestors=ancestors)
        if isinstance(inner.content, str):
            return self._token(inner.content, below)
        return self._credential(_Received(credential=inner.content, kind=kind or kind_of(inner.content)), below)


def _form(received: _Received, inner: list[InnerCredential], place: _Place) -> Iterator[Step]:
    credential, kind = received.credential, received.kind
    for step in structure_steps(credential, kind, [each.pointer for each in inner]):
        is_stranger = step.subject is Subject.TYPE and kind is CredentialKind.OTHER and not place.pointer
        yield _stranger(step) if is_stranger else step
    if kind is CredentialKind.ACHIEVEMENT:
        yield results_step(credential, kind)
    if kind is CredentialKind.CLR:
        yield from association_steps(credential, kind)


def _stranger(step: Step) -> Step:
    """Refuse a document of no kind that the standards define; inside of a record it may be (CLR 2.0, Verification)."""
    message = "type names neither AchievementCredential nor EndorsementCredential nor ClrCredential"
    problems = (*step.problems, Problem(pointer="/type", message=message))
    return dataclasses.replace(step, outcome=Outcome.FAILED, problems=problems)


def _inner_steps(received: _Received, verified: list[Verified]) -> Iterator[Step]:
    yield endorsements_step(received.kind, [each for each in verified if not each.inner.is_member])
    if received.kind is CredentialKind.CLR:
        members = [each for each in verified if each.inner.is_member]
        yield from member_steps(received.credential, received.kind, members, is_token=bool(received.token_steps))


def _postponed(received: _Received) -> Iterator[Step]:
    """Yield what is left undone as long as nobody knows who signed."""
    for subject, name in _LATE.items():
        if name not in received.credential:
            yield conclude(received.kind, subject, outcome=Outcome.NOT_APPLICABLE)
            continue
        message = "not looked at: the proof does not show that this is what the issuer signed"
        problem = Problem(pointer=f"/{name}", message=message)
        yield conclude(received.kind, subject, [problem], outcome=Outcome.CANNOT_TELL)


def _verification(received: _Received, place: _Place, steps: list[Step], inner: list[Verification]) -> Verification:
    verdict = verdict_of(steps)
    is_genuine = verdict not in {Verdict.INVALID, Verdict.UNVERIFIABLE}
    return Verification(
        kind=received.kind,
        pointer=place.pointer,
        verdict=verdict,
        steps=tuple(sorted(steps, key=lambda each: _ORDER[each.subject])),
        inner=tuple(inner),
        credential=received.credential if is_genuine else None,
    )


def _unread(message: str, place: _Place, outcome: Outcome) -> Verification:
    kind = place.kind or CredentialKind.OTHER
    step = conclude(kind, Subject.PARSING, [Problem(pointer="", message=message)], outcome=outcome)
    return Verification(kind=kind, pointer=place.pointer, verdict=verdict_of([step]), steps=(step,))


def _identity(credential: dict[str, Any]) -> tuple[str, str]:
    """Return what makes two credentials the same: issuer and id (Open Badges 3.0, Credential equality)."""
    return str(claims_of.issuer_id(credential)), str(credential.get("id"))


def _is_deeper(value: object, depth: int) -> bool:
    level = [value]
    for _ in range(depth):
        level = [
            each
            for outer in level
            for each in (outer.values() if isinstance(outer, dict) else outer if isinstance(outer, list) else ())
            if isinstance(each, dict | list)
        ]
        if not level:
            return False
    return True
