"""Service Consumer (Write) of the Certification Guide: what arrives at the host that the harness plays."""

from __future__ import annotations

import dataclasses
import datetime
import json
from typing import TYPE_CHECKING, Any

from skillmark.core.errors import CannotTell, NotApplicable, Untested
from skillmark.core.findings import Finding, Held
from skillmark.suites.auditors import PROFILE_ID, RECIPIENT, is_for_auditors
from skillmark.suites.doors import door_of
from skillmark.suites.hosts.client_calls import CONNECTING, asked_scopes, called_with, initiated
from skillmark.suites.hosts.client_evidence import client_calls, profile_of, scopes_of
from skillmark.suites.hosts.rules import RULES
from skillmark.suites.hosts.samples import claimed
from skillmark.wire.peers.host import MOST_BODY
from skillmark_reference.credentials.kinds import CredentialKind
from skillmark_reference.credentials.results import Verdict
from skillmark_reference.credentials.verifying import verify

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.engine import Observation
    from skillmark.suites.hosts.asking import Asking
    from skillmark.suites.hosts.client_evidence import ClientCalls
    from skillmark.wire.peers.calls import Call
    from skillmark_reference.credentials.results import Verification
    from skillmark_reference.documents import Documents

#: Where evidence keeps the documents that credentials may refer to.
_DOCUMENTS = "client_writing.documents"
_SENDS = "upsertCredential"
#: Who issues a credential may have a clock that is ahead of this one.
_AHEAD = datetime.timedelta(minutes=5)
_MAILED = f"mailto:{RECIPIENT}"
_UNSAID = (
    "The guide names an address, and does not say that an identifier has to hold it rather than the id of the subject."
)
_LONGEST = 300
#: Different credentials that are verified at most until one is right.
_MOST = 100


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Arrived:
    """A credential that arrived, held against what the guide wants."""

    call: Call
    #: What is wrong with it, and where; empty if nothing is.
    departure: str = ""
    pointer: str = ""
    #: Why nothing can be told of it; empty if something can.
    unknown: str = ""
    dispute: str = ""

    @property
    def is_right(self) -> bool:
        """Whether it is what the guide wants."""
        return not self.departure and not self.unknown


@RULES.rule("OB30-R-225")
def initiates_what_a_writer_needs(evidence: Asking) -> Iterator[Observation]:
    """A writer asks for the description, registers, is authorized, gets a token, and sends credentials."""
    calls = client_calls(evidence)
    strayed = None if calls.of(_SENDS) else _strayed(calls)
    if strayed is not None:
        row = calls.service.operations[_SENDS]
        yield Finding(
            requirement="OB30-R-225",
            expected=f"the product initiates {_SENDS} ({row.method} {row.path})",
            actual=f"it sends {strayed.method} {strayed.url}",
            evidence=(strayed.id,),
            cause=_SENDS,
        )
    yield from initiated(calls, "OB30-R-225", CONNECTING if strayed else (*CONNECTING, _SENDS))


def _strayed(calls: ClientCalls) -> Call | None:
    """Return a call that brings something, with a token of this host, to what is no operation of the API."""
    given = {call.gave.access_token for call in calls.of("token")} - {""}
    found = (each for each in calls.calls if not each.operation and each.body and each.bearer in given)
    return next(found, None)


@RULES.rule("OB30-R-226")
def writes_with_the_right_scopes(evidence: Asking) -> Iterator[Observation]:
    """A product that writes asks for the scope of sending credentials, and sends them with a token for it."""
    calls = client_calls(evidence)
    yield from asked_scopes(calls, "OB30-R-226", scopes_of(calls.service, _SENDS))
    if calls.of(_SENDS):
        yield from called_with(calls, "OB30-R-226", (_SENDS,))


@RULES.rule("OB30-R-227")
def sends_a_valid_badge(evidence: Asking) -> Iterator[Observation]:
    """A valid AchievementCredential for conformance@imsglobal.org arrives; what else does is not looked at."""
    calls = client_calls(evidence)
    sent = list({call.body: call for call in reversed(calls.of(_SENDS))}.values())[::-1]
    if not sent:
        calls.missing(_SENDS)
        raise Untested("The product sent no credential.")
    documents, arrived = documents_of(evidence), []
    for call in sent[:_MOST]:
        arrived.append(_arrived(call, documents, evidence.context.clock.now()))
        if arrived[-1].is_right:
            yield Held(evidence=(call.id,))
            return
    unknown = next((each for each in arrived if each.unknown), None)
    if unknown is not None:
        raise CannotTell(f"Nobody knows whether what arrived is valid ({unknown.call.id}): {unknown.unknown}")
    if len(sent) > _MOST:
        raise CannotTell(f"More than {_MOST} credentials arrived, of which the first {_MOST} were looked at in vain.")
    for each in arrived:
        yield Finding(
            requirement="OB30-R-227",
            expected=f"a valid AchievementCredential for {RECIPIENT}",
            actual=each.departure,
            pointer=each.pointer,
            evidence=(each.call.id,),
            dispute=each.dispute,
        )


def documents_of(evidence: Asking) -> Documents:
    """Return the documents that what arrives may refer to, as far as the user allows.

    Raises:
        Misconfigured: An origin under ``allow_origins`` is none.
    """
    found = evidence.kept.get(_DOCUMENTS)
    if found is None:
        settings = evidence.context.target.client
        found = door_of(evidence.context, offline=settings.offline, allowed_origins=settings.allowed_origins)
        evidence.kept[_DOCUMENTS] = found
    return found  # type: ignore[return-value]  # kept by this function alone


def _arrived(call: Call, documents: Documents, now: datetime.datetime) -> _Arrived:
    """Hold what arrived against the guide: kind and recipient first, which need no documents."""
    if len(call.body) >= MOST_BODY:
        return _Arrived(call=call, unknown=f"it is larger than {MOST_BODY:,} bytes, and was not kept to its end.")
    text, document = _opened(call)
    if document is None:
        return _Arrived(call=call, departure=f"what arrives can be read as no credential: {text[:40]!r}")
    verification = verify(text, documents=documents, now=now)
    if verification.verdict is Verdict.NOT_YET_VALID:
        verification = verify(text, documents=documents, now=now + _AHEAD)
    if verification.kind is not CredentialKind.ACHIEVEMENT:
        types = json.dumps(document.get("type"))[:_LONGEST]
        return _Arrived(call=call, departure=f"it is no AchievementCredential: its type is {types}", pointer="/type")
    # What is in an envelope is known when it has been verified.
    shown = verification.credential or document
    if not is_for_auditors(shown, verification.kind):
        subject = shown.get("credentialSubject")
        is_mailed = isinstance(subject, dict) and subject.get("id") == _MAILED
        return _Arrived(
            call=call,
            departure="no identifier of the type emailAddress is this address, plain or hashed",
            pointer="/credentialSubject",
            dispute=_UNSAID if is_mailed else "",
        )
    return _judged(call, verification)


def _opened(call: Call) -> tuple[str, dict[str, Any] | None]:
    """Return what arrived, and the credential in it; a token in quotes is wrong elsewhere, and is one all the same."""
    quoted = call.json
    text = quoted if isinstance(quoted, str) else call.body.decode("utf-8", "replace")
    return text, claimed(text) or (quoted if isinstance(quoted, dict) else None)


def _judged(call: Call, verification: Verification) -> _Arrived:
    problem = next(iter(verification.problems), None)
    said = str(problem.message)[:_LONGEST] if problem else ""
    if verification.verdict is Verdict.VALID:
        return _Arrived(call=call)
    if verification.verdict is Verdict.UNVERIFIABLE:
        return _Arrived(call=call, unknown=said or "it cannot be verified")
    departure = f"{verification.verdict.value}{f': {said}' if said else ''}"
    return _Arrived(call=call, departure=departure, pointer=problem.pointer if problem else "")


@RULES.rule("OB30-R-228")
def sends_the_profile_of_the_certification(evidence: Asking) -> Iterator[Observation]:
    """A profile that a product sends for the certification has the id of the guide."""
    calls = client_calls(evidence)
    sent = calls.of("putProfile")
    if not sent:
        raise NotApplicable("The product changes no profiles: it did not call putProfile.")
    # Outside of the certification a product sends back the profile of whoever it is.
    known = {PROFILE_ID, profile_of(calls.service)["id"]}
    identifiers = [call.json.get("id") if isinstance(call.json, dict) else None for call in sent]
    right = [call for call, identifier in zip(sent, identifiers, strict=True) if identifier in known]
    for call in right:
        yield Held(evidence=(call.id,))
    for call, identifier in zip(sent, identifiers, strict=True) if not right else ():
        yield Finding(
            requirement="OB30-R-228",
            expected=f"a Profile with the id {PROFILE_ID}",
            actual=f"its id is {identifier!r:.80}",
            evidence=(call.id,),
        )
