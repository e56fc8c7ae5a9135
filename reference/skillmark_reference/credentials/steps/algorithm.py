"""The algorithm of a verification, from the bytes that were received to the verdict (Open Badges 3.0, CLR 2.0, Verification)."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.kinds import CredentialKind, kind_of
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
from skillmark_reference.credentials.steps import presentations, refreshing
from skillmark_reference.credentials.steps.bounded_schemas import Work
from skillmark_reference.credentials.steps.contents import association_steps, results_step
from skillmark_reference.credentials.steps.context_states import choices
from skillmark_reference.credentials.steps.envelopes import is_enveloped, open_envelope
from skillmark_reference.credentials.steps.images import images_step
from skillmark_reference.credentials.steps.inner_credentials import (
    InnerCredential,
    Verified,
    endorsements_step,
    inner_credentials,
    member_steps,
)
from skillmark_reference.credentials.steps.key_discovery import KeyDiscovery
from skillmark_reference.credentials.steps.look_alikes import look_alikes_step
from skillmark_reference.credentials.steps.periods import period_steps
from skillmark_reference.credentials.steps.proofs import find_proofs
from skillmark_reference.credentials.steps.recipients import Recipient, recipient_step
from skillmark_reference.credentials.steps.references import related_resources_step
from skillmark_reference.credentials.steps.schemas import SchemaCheck
from skillmark_reference.credentials.steps.sources import DocumentUnavailable
from skillmark_reference.credentials.steps.statements import statement_steps
from skillmark_reference.credentials.steps.statuses import StatusCheck
from skillmark_reference.credentials.steps.structure import structure_steps
from skillmark_reference.credentials.steps.tokens import claimed, find_token, format_of
from skillmark_reference.documents.kinds import DocumentKind
from skillmark_reference.securing import credential_claims as claims_of
from skillmark_reference.securing import jose, strict_json
from skillmark_reference.securing.integrity.json_values import MAX_DEPTH
from skillmark_reference.securing.quoting import quoted
from skillmark_reference.securing.strict_json import MalformedJson
from skillmark_reference.securing.vc_jose_cose import Secured

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Mapping

    from skillmark_reference.credentials.policies import Policy
    from skillmark_reference.credentials.steps.envelopes import TokenFormat
    from skillmark_reference.credentials.steps.presentations import Audience
    from skillmark_reference.credentials.steps.sources import Sources

#: Steps that ask for documents that a credential names: not before it is known who named them.
_LATE = {
    Subject.CREDENTIAL_SCHEMA: "credentialSchema",
    Subject.STATUS: "credentialStatus",
    Subject.RELATED_RESOURCES: "relatedResource",
}
_ORDER = {subject: place for place, subject in enumerate(Subject)}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a credential stands."""

    pointer: str = ""
    #: What it has to be.
    kind: CredentialKind | None = None
    recipient: Recipient | None = None
    #: What holds it, from the outermost on.
    ancestors: tuple[tuple[str, str], ...] = ()
    #: Who signed what holds it, if that may stand for the proof of their own credentials.
    holder: object = None
    #: Whether a presentation holds it.
    is_presented: bool = False
    #: Whether it is the newer copy of another one, which is asked for only once.
    is_refreshed: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Received:
    """A credential or presentation as it was received."""

    document: dict[str, Any]
    kind: CredentialKind
    #: Of the envelope and the token that it came in.
    steps: tuple[Step, ...] = ()
    is_token: bool = False
    #: The claims of the token.
    claims: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    #: The period that they give to the credential.
    period: tuple[datetime.datetime | None, datetime.datetime | None] = (None, None)

    @property
    def is_secured_by_token_alone(self) -> bool:
        """Whether there is no other proof."""
        return self.is_token and "proof" not in self.document


class Verifier:
    """The verification of one document, with all that it holds and needs."""

    def __init__(self, *, sources: Sources, now: datetime.datetime, policy: Policy) -> None:
        self._sources = sources
        self._now = now
        self._policy = policy
        self._keys = KeyDiscovery(sources, now)
        self._work = Work()
        self._count = 0

    def credential(self, content: bytes, place: Place) -> Verification:
        """Verify the bytes of a credential."""
        received = self._received(content, place, Secured.CREDENTIAL)
        return received if isinstance(received, Verification) else self._credential(received, place)

    def presentation(self, content: bytes, audience: Audience) -> Verification:
        """Verify the bytes of a presentation."""
        place = Place(kind=CredentialKind.PRESENTATION)
        received = self._received(content, place, Secured.PRESENTATION)
        return received if isinstance(received, Verification) else self._presentation(received, place, audience)

    # What was received

    def _received(self, content: bytes, place: Place, what: Secured) -> _Received | Verification:
        """Return what the bytes hold; a verification, where they hold nothing that could be looked at."""
        if len(content) > self._policy.most_bytes:
            message = f"the document has {len(content):,} bytes; the limit is {self._policy.most_bytes:,}"
            return _unread(message, place, Outcome.CANNOT_TELL)
        stripped = content.strip()
        if not stripped.startswith(b"{"):
            return self._token(stripped.decode("ascii", "replace"), place, what)
        try:
            document = strict_json.parse_object(stripped)
        except MalformedJson as error:
            return _unread(str(error), place, Outcome.FAILED)
        return self._object(document, place, what)

    def _object(self, document: dict[str, Any], place: Place, what: Secured) -> _Received | Verification:
        if not is_enveloped(document, what):
            return _Received(document=document, kind=place.kind or kind_of(document))
        kind = place.kind or CredentialKind.OTHER
        envelope = open_envelope(document, kind, what)
        if envelope.token is None:
            return _concluded([envelope.step], kind, place)
        return self._token(envelope.token, place, what, how=envelope.format, before=(envelope.step,))

    def _token(
        self,
        token: str,
        place: Place,
        what: Secured,
        *,
        how: TokenFormat | None = None,
        before: tuple[Step, ...] = (),
    ) -> _Received | Verification:
        said = claimed(token, what)
        if said is None:
            reasons = "; ".join(jose.read_compact(token)[0].problems) or "its payload is no JSON object"
            message = (
                f"the document is neither a JSON object nor a compact JWS with a {what.document_type} in it: {reasons}"
            )
            return _unread(message, place, Outcome.FAILED, before)
        kind = place.kind or kind_of(said.document)
        chosen = how or format_of(said, kind, what)
        found = find_token(token, said, kind, chosen, keys=self._keys, now=self._now)
        return _Received(
            document=found.document,
            kind=kind,
            steps=(*before, *found.steps),
            is_token=True,
            claims=said.claims,
            period=found.period,
        )

    # Credentials

    def _credential(self, received: _Received, place: Place) -> Verification:
        self._count += 1
        nesting = self._nesting(received, place)
        if nesting.outcome is not Outcome.PASSED:
            return _concluded([nesting, *received.steps], received.kind, place)
        inner = inner_credentials(received.document, received.kind)
        steps = [nesting, conclude(received.kind, Subject.PARSING), *self._form(received, inner, place)]
        steps += self._secured(received, place)
        is_genuine = _is_genuine(steps)
        named: list[Verification] = []
        steps += self._late(received, place, named) if is_genuine else _postponed(received)
        steps += self._undated(received, place)
        steps += self._shown(received, inner, is_genuine=is_genuine)
        verified = [Verified(inner=each, verification=self._inner(each, received, place)) for each in inner]
        steps += _inner_steps(received, verified)
        held = [*(each.verification for each in verified), *named]
        if is_genuine and verdict_of(steps) is not Verdict.INVALID:
            return self._refreshed(received, place, steps, held)
        steps.append(
            refreshing.unasked_step(received.document, received.kind, "this one is not what its issuer signed")
        )
        return _concluded(steps, received.kind, place, inner=held, of=received.document)

    def _refreshed(
        self, received: _Received, place: Place, steps: list[Step], held: list[Verification]
    ) -> Verification:
        """Return the verification with the newer copy in the place of the one that was received, if there is one to rely on."""
        credential, kind = received.document, received.kind
        services = list(refreshing.services(credential))
        if place.is_refreshed or not services:
            why = "it was refreshed once" if place.is_refreshed else "the type of the service is not understood"
            steps.append(refreshing.unasked_step(credential, kind, why))
            return _concluded(steps, kind, place, inner=held, of=credential)
        pointer, address = services[0]
        copy: Verification | None = None
        reason: str | None
        try:
            content = self._sources.read(address, DocumentKind.CREDENTIAL)
            copy = self.credential(content, dataclasses.replace(place, pointer=pointer, kind=kind, is_refreshed=True))
            reason = refreshing.objection(credential, copy)
        except DocumentUnavailable as error:
            reason = str(error)
        if copy is None or reason is not None:
            steps.append(refreshing.failed_step(kind, pointer, str(reason)))
            return _concluded(steps, kind, place, inner=[*held, *([copy] if copy else [])], of=credential)
        before = verdict_of(steps)
        steps = [each for each in steps if each.subject not in refreshing.SUPERSEDED]
        steps += [each for each in copy.steps if each.subject in refreshing.SUPERSEDED]
        steps.append(refreshing.refreshed_step(kind, pointer, address, before=before, after=copy.verdict))
        return _concluded(steps, kind, place, inner=[copy], of=dict(copy.credential or {}))

    def _nesting(self, received: _Received, place: Place) -> Step:
        """Hold depth, number and identity of nested credentials against the limits, before anything else is done."""
        kind, policy = received.kind, self._policy
        if (excess := _excess(received.document, policy.most_values)) is not None:
            message = f"the document {excess}, and is not read"
        elif len(place.ancestors) > policy.deepest:
            message = f"credentials are nested deeper than {policy.deepest} levels, and are not read any further"
        elif self._count > policy.most_credentials:
            message = f"there are more than {policy.most_credentials} credentials, and no more are read"
        elif "id" in received.document and _identity(received.document) in place.ancestors:
            message = f"the credential {quoted(received.document.get('id'))} is nested inside of itself"
            return conclude(kind, Subject.NESTING, [Problem(pointer="", message=message)])
        else:
            return conclude(kind, Subject.NESTING)
        return conclude(kind, Subject.NESTING, [Problem(pointer="", message=message)], outcome=Outcome.CANNOT_TELL)

    def _form(self, received: _Received, inner: list[InnerCredential], place: Place) -> Iterator[Step]:
        credential, kind = received.document, received.kind
        is_outermost = not place.pointer and not self._policy.takes_strangers
        # A text in the place of a token is a value of its class, whether it can be opened or not.
        nested = [each.pointer for each in inner if isinstance(each.content, dict)]
        for step in structure_steps(credential, kind, nested):
            is_stranger = step.subject is Subject.TYPE and kind is CredentialKind.OTHER and is_outermost
            yield _stranger(step) if is_stranger else step
        if kind in {CredentialKind.ACHIEVEMENT, CredentialKind.CLR}:
            yield results_step(credential, kind)
        if kind is CredentialKind.CLR:
            yield from association_steps(credential, kind)

    def _secured(self, received: _Received, place: Place) -> Iterator[Step]:
        """Yield the steps about proof and statements; a token may hold embedded proofs, which have to hold too."""
        credential, kind = received.document, received.kind
        yield from (self._lenient(each, received.kind) for each in received.steps)
        if received.is_secured_by_token_alone:
            choice = next(choices(credential, self._sources))
        elif place.is_presented and "proof" not in credential:
            choice = next(choices(credential, self._sources))
            yield presentations.self_asserted_step(credential, kind, place.holder)
        else:
            found = find_proofs(credential, kind, keys=self._keys, sources=self._sources, now=self._now)
            choice = found.choice
            yield from (self._lenient(each, kind) for each in found.steps)
        yield from statement_steps(credential, kind, choice, is_token=received.is_secured_by_token_alone)

    def _lenient(self, step: Step, kind: CredentialKind) -> Step:
        """Return a step as the policy has it: the rules of W3C leave it to the reader whose the key is."""
        is_strangers = self._policy.takes_strangers and kind in {CredentialKind.OTHER, CredentialKind.PRESENTATION}
        if is_strangers and step.subject is Subject.CONTROLLER and step.outcome is Outcome.FAILED:
            return dataclasses.replace(step, outcome=Outcome.WARNED)
        return step

    def _late(self, received: _Received, place: Place, named: list[Verification]) -> Iterator[Step]:
        """Yield the steps that ask for what the credential names."""
        credential, kind = received.document, received.kind
        schemas = SchemaCheck(
            credential,
            kind,
            sources=self._sources,
            verify_schema=lambda content, address, pointer: self._named(
                content, address, _named_place(place, pointer, address, CredentialKind.OTHER)
            ),
            work=self._work,
        )
        yield from schemas.steps()
        yield related_resources_step(credential, kind, self._sources)
        statuses = StatusCheck(
            credential,
            kind,
            sources=self._sources,
            verify_list=lambda content, address, pointer: self._named(
                content, address, _named_place(place, pointer, address, CredentialKind.STATUS_LIST)
            ),
            issuers=self._policy.status_issuers,
        )
        yield from statuses.steps()
        named += [*schemas.schemas, *statuses.lists]

    def _named(self, content: bytes, address: str, place: Place) -> Verification:
        """Verify a credential that another one names by its address."""
        if place.ancestors[-1] in place.ancestors[:-1]:
            return _unread(f"the credential at {quoted(address)} depends on itself", place, Outcome.CANNOT_TELL)
        return self.credential(content, place)

    def _undated(self, received: _Received, place: Place) -> Iterator[Step]:
        """Yield the steps that need nothing but the credential."""
        credential, kind = received.document, received.kind
        yield from period_steps(credential, kind, now=self._now, claims=received.period)
        yield recipient_step(credential, kind, place.recipient)

    def _shown(self, received: _Received, inner: list[InnerCredential], *, is_genuine: bool) -> Iterator[Step]:
        """Yield the steps about what a person sees of it."""
        document, kind = received.document, received.kind
        if not kind.is_of_w3c:
            sources = self._sources if is_genuine and self._policy.reads_images else None
            yield images_step(document, kind, [each.pointer for each in inner], sources)
        yield look_alikes_step(document, kind)

    def _inner(self, inner: InnerCredential, received: _Received, place: Place) -> Verification:
        ancestors = (*place.ancestors, _identity(received.document))
        kind = None if inner.is_member else CredentialKind.ENDORSEMENT
        return self._held(inner.content, Place(pointer=inner.pointer, kind=kind, ancestors=ancestors))

    def _held(self, content: dict[str, Any] | str, place: Place) -> Verification:
        """Verify a credential that another document holds; not even a token is opened beyond the limit."""
        if self._count >= self._policy.most_credentials:
            kind = place.kind or CredentialKind.OTHER
            message = f"there are more than {self._policy.most_credentials} credentials, and no more are read"
            problem = Problem(pointer="", message=message)
            return _concluded([conclude(kind, Subject.NESTING, [problem], outcome=Outcome.CANNOT_TELL)], kind, place)
        if isinstance(content, str):
            received = self._token(content, place, Secured.CREDENTIAL)
        else:
            received = self._object(content, place, Secured.CREDENTIAL)
        return received if isinstance(received, Verification) else self._credential(received, place)

    # Presentations

    def _presentation(self, received: _Received, place: Place, audience: Audience) -> Verification:
        nesting = self._nesting(received, place)
        if nesting.outcome is not Outcome.PASSED:
            return _concluded([nesting, *received.steps], received.kind, place)
        held = list(presentations.presented(received.document))
        steps = [nesting, conclude(received.kind, Subject.PARSING)]
        steps += structure_steps(received.document, received.kind, [pointer for pointer, _ in held])
        steps += self._presenter(received, audience)
        holder = presentations.vouching(received.document, steps)
        members = [self._held(each, Place(pointer=pointer, holder=holder, is_presented=True)) for pointer, each in held]
        steps.append(presentations.members_step(members))
        steps.append(look_alikes_step(received.document, received.kind))
        return _concluded(steps, received.kind, place, inner=members, of=received.document)

    def _presenter(self, received: _Received, audience: Audience) -> Iterator[Step]:
        """Yield the steps about who presents, and to whom."""
        yield from (self._lenient(each, received.kind) for each in received.steps)
        if received.is_token:
            yield presentations.token_audience_step(received.claims, audience)
        if received.is_secured_by_token_alone:
            choice = next(choices(received.document, self._sources))
        else:
            steps, choice = presentations.proof_steps(
                received.document, audience, keys=self._keys, sources=self._sources, now=self._now
            )
            yield from (self._lenient(each, received.kind) for each in steps)
        yield from statement_steps(
            received.document, received.kind, choice, is_token=received.is_secured_by_token_alone
        )


def _named_place(place: Place, pointer: str, address: str, kind: CredentialKind) -> Place:
    """Return the place of a credential that another one names by its address."""
    return Place(pointer=pointer, kind=kind, ancestors=(*place.ancestors, (kind.value, address)))


def _is_genuine(steps: list[Step]) -> bool:
    return not any(each.subject.secures and each.outcome in {Outcome.FAILED, Outcome.CANNOT_TELL} for each in steps)


def _stranger(step: Step) -> Step:
    """Refuse a document of no kind that the standards define; inside of a record it may be (CLR 2.0, Verification)."""
    message = "type names neither AchievementCredential nor EndorsementCredential nor ClrCredential"
    problems = (*step.problems, Problem(pointer="/type", message=message))
    return dataclasses.replace(step, outcome=Outcome.FAILED, problems=problems)


def _inner_steps(received: _Received, verified: list[Verified]) -> Iterator[Step]:
    yield endorsements_step(received.kind, [each for each in verified if not each.inner.is_member])
    if received.kind is CredentialKind.CLR:
        members = [each for each in verified if each.inner.is_member]
        yield from member_steps(received.document, received.kind, members, is_token=received.is_token)


def _postponed(received: _Received) -> Iterator[Step]:
    """Yield what is left undone as long as nobody knows who signed."""
    for subject, name in _LATE.items():
        if name not in received.document:
            yield conclude(received.kind, subject, outcome=Outcome.NOT_APPLICABLE)
            continue
        message = "not looked at: the proof does not show that this is what the issuer signed"
        problem = Problem(pointer=f"/{name}", message=message)
        yield conclude(received.kind, subject, [problem], outcome=Outcome.CANNOT_TELL)


def _concluded(
    steps: list[Step],
    kind: CredentialKind,
    place: Place,
    *,
    inner: list[Verification] | None = None,
    of: dict[str, Any] | None = None,
) -> Verification:
    verdict = verdict_of(steps)
    is_genuine = verdict not in {Verdict.INVALID, Verdict.UNVERIFIABLE}
    return Verification(
        kind=kind,
        pointer=place.pointer,
        verdict=verdict,
        steps=tuple(sorted(steps, key=lambda each: _ORDER[each.subject])),
        inner=tuple(inner or ()),
        credential=of if is_genuine else None,
    )


def _unread(message: str, place: Place, outcome: Outcome, before: tuple[Step, ...] = ()) -> Verification:
    kind = place.kind or CredentialKind.OTHER
    step = conclude(kind, Subject.PARSING, [Problem(pointer="", message=message)], outcome=outcome)
    return _concluded([*before, step], kind, place)


def _identity(credential: dict[str, Any]) -> tuple[str, str]:
    """Return what makes two credentials the same: issuer and id (Open Badges 3.0, Credential equality)."""
    return str(claims_of.issuer_id(credential)), str(credential.get("id"))


def _excess(document: dict[str, Any], most_values: int) -> str | None:
    """Return what a document has too much of."""
    level: list[Any] = [document]
    count = 0
    for _ in range(MAX_DEPTH):
        level = [each for outer in level for each in (outer.values() if isinstance(outer, dict) else outer)]
        count += len(level)
        if count > most_values:
            return f"has more than {most_values:,} values"
        level = [each for each in level if isinstance(each, dict | list)]
        if not level:
            return None
    return f"is nested deeper than {MAX_DEPTH} levels"
