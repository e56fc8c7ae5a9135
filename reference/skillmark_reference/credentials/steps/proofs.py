"""Embedded proofs of a credential: presence, key, purpose, controller, signature (Open Badges 3.0, Linked Data Proof Format)."""

from __future__ import annotations

import copy
import dataclasses
import itertools
from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Problem, Step, conclude, conclude_worst
from skillmark_reference.credentials.steps.context_states import choices
from skillmark_reference.credentials.steps.key_discovery import REFUSED, FoundKey, is_same_origin
from skillmark_reference.securing import credential_claims as claims_of
from skillmark_reference.securing.integrity.cryptosuites import find_cryptosuite, is_of_unknown_type
from skillmark_reference.securing.integrity.expansion import expand
from skillmark_reference.securing.integrity.json_values import as_list, without
from skillmark_reference.securing.integrity.problems import ProblemKind, child
from skillmark_reference.securing.integrity.proof_options import Expectations
from skillmark_reference.securing.integrity.proofs import Verification, verify_proofs
from skillmark_reference.securing.integrity.statements import is_iri
from skillmark_reference.securing.integrity.transforming import Environment
from skillmark_reference.securing.jose import KeyUnavailable
from skillmark_reference.securing.quoting import quoted

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Mapping, Sequence

    from skillmark_reference.credentials.kinds import CredentialKind
    from skillmark_reference.credentials.steps.context_states import ContextChoice
    from skillmark_reference.credentials.steps.key_discovery import KeyDiscovery
    from skillmark_reference.credentials.steps.sources import Sources
    from skillmark_reference.securing.integrity.proofs import KeyFinder
    from skillmark_reference.securing.keys import PublicKey

_PURPOSE = "assertionMethod"
_DID_KEY = "did:key:"
#: Suites that certification takes (certification guides of Open Badges 3.0 and CLR 2.0).
_CERTIFIED = ("ecdsa-sd-2023", "eddsa-rdfc-2022")
#: What says that a proof was not understood, and nothing about whether it holds.
_UNKNOWN = frozenset({ProblemKind.UNKNOWN_SUITE, ProblemKind.UNKNOWN_CONTEXT, ProblemKind.TOO_MUCH_WORK})
#: What a holder would like to withhold.
_LIFECYCLE = ("validUntil", "credentialStatus")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ProofFindings:
    """What the embedded proofs say."""

    steps: tuple[Step, ...]
    #: The states of contexts under which the proofs hold; the newest ones if they hold under none.
    choice: ContextChoice


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Lookup:
    """What became of the search for the key of one proof."""

    pointer: str
    #: Pointer from the proof to what keeps a key from being looked for; empty where it is not one member.
    member: str = ""
    found: FoundKey | None = None
    #: What is unusual in how the key is named.
    remark: str = ""
    refused: str = ""
    unavailable: str = ""


def find_proofs(
    credential: Mapping[str, Any],
    kind: CredentialKind,
    *,
    keys: KeyDiscovery,
    sources: Sources,
    now: datetime.datetime,
) -> ProofFindings:
    """Verify the embedded proofs of a credential under one choice of states of its contexts.

    Every proof has to hold (Data Integrity 1.0, 4.5). One that is not understood does no harm beside a good one of the issuer:
    a verifier may be content with any one (Open Badges 3.0 and CLR 2.0, Proof Formats).
    """
    listed = as_list(credential.get("proof"))
    proofs = [each for each in listed if isinstance(each, dict)]
    pointers = [
        child("/proof", index) if isinstance(credential.get("proof"), list) else "/proof"
        for index in range(len(listed))
    ]
    lookups = [_look_up(proof, pointer, keys) for proof, pointer in zip(listed, pointers, strict=True)]
    offered = choices(credential, sources)
    newest = next(offered)
    if not listed:
        problem = Problem(pointer="/proof", message="the credential has no proof: anyone could have written it")
        return ProofFindings(steps=(conclude(kind, Subject.PROOF_PRESENT, (problem,)),), choice=newest)
    choice, verification = _verify(credential, lookups, listed, offered=itertools.chain([newest], offered), now=now)
    issuer = claims_of.issuer_id(credential)
    unknown = Outcome.WARNED if _has_good_proof(listed, lookups, verification, issuer) else Outcome.CANNOT_TELL
    steps = (
        conclude(kind, Subject.PROOF_PRESENT),
        _key_step(kind, lookups, unknown),
        conclude(kind, Subject.PROOF_PURPOSE, _purpose_problems(listed, pointers)),
        controller_step(kind, [(each.pointer, each.found) for each in lookups if each.found], issuer),
        _signature_step(kind, verification, lookups, unknown, _evidence(credential, verification, lookups, choice)),
        _suite_step(kind, proofs, credential),
        *_state_steps(kind, choice if verification.verified else newest),
    )
    return ProofFindings(steps=steps, choice=choice if verification.verified else newest)


def _has_good_proof(
    proofs: Sequence[object], lookups: Sequence[_Lookup], verification: Verification, issuer: object
) -> bool:
    """Tell whether the issuer asserts the credential with one proof that holds."""
    return not verification.problems and any(
        isinstance(proof, dict)
        and proof.get("proofPurpose") == _PURPOSE
        and lookup.found is not None
        and lookup.found.controller == issuer
        and outcome.verified
        for proof, lookup, outcome in zip(proofs, lookups, verification.outcomes, strict=False)
    )


def controller_step(kind: CredentialKind, found: Sequence[tuple[str, FoundKey]], issuer: object) -> Step:
    """Hold who controls the keys against the issuer: one has to be the issuer's own; others are co-signers."""
    if not found:
        message = "no key was found, so nobody knows who controls it"
        return conclude(
            kind, Subject.CONTROLLER, [Problem(pointer="/issuer", message=message)], outcome=Outcome.CANNOT_TELL
        )
    own = [each for _, each in found if each.controller is not None and each.controller == issuer]
    others = [(pointer, each) for pointer, each in found if each not in own]
    problems = tuple(_foreign(pointer, each, issuer) for pointer, each in others)
    bare = [each for _, each in others if each.controller is None and is_same_origin(each.id, str(issuer))]
    outcome = Outcome.FAILED if not own and not bare else Outcome.WARNED if problems else Outcome.PASSED
    evidence = {"issuer": str(issuer), "controller": ", ".join(str(each.controller) for _, each in found)}
    return conclude(kind, Subject.CONTROLLER, problems, outcome=outcome, evidence=evidence)


def _foreign(pointer: str, key: FoundKey, issuer: object) -> Problem:
    if key.controller is not None:
        message = f"the key {key.id} is controlled by {quoted(key.controller)}, and the issuer is {quoted(issuer)}"
    elif is_same_origin(key.id, str(issuer)):
        message = f"the key at {key.id} names no controller; it is at the authority of the issuer {quoted(issuer)}"
    else:
        message = f"nothing ties the key at {key.id} to the issuer {quoted(issuer)}"
    return Problem(pointer=pointer, message=message)


def _look_up(proof: object, pointer: str, keys: KeyDiscovery) -> _Lookup:
    method = proof.get("verificationMethod") if isinstance(proof, dict) else None
    purpose = proof.get("proofPurpose") if isinstance(proof, dict) else None
    if not isinstance(method, str) or not isinstance(purpose, str):
        if isinstance(proof, dict) and is_of_unknown_type(proof):
            return _Lookup(
                pointer=pointer, unavailable=f"nothing is known of proofs of the type {quoted(proof['type'])}"
            )
        message = "verificationMethod and proofPurpose are texts; without them there is no key to verify with"
        return _Lookup(pointer=pointer, refused=message)
    if not is_iri(method):
        # Controlled Identifiers 1.0, 3.3, step 1
        message = f"expected is a verificationMethod that is a URL; found is {quoted(method)}"
        return _Lookup(pointer=pointer, member="/verificationMethod", refused=message)
    named, remark = _named(method)
    try:
        return _Lookup(pointer=pointer, member="/verificationMethod", found=keys.find(named, purpose), remark=remark)
    except KeyUnavailable as error:
        return _Lookup(pointer=pointer, unavailable=f"the key {quoted(method)} cannot be had: {error}")
    except REFUSED as error:
        return _Lookup(pointer=pointer, refused=f"there is no key {quoted(method)} for {quoted(purpose)}: {error}")


def _verify(
    credential: Mapping[str, Any],
    lookups: Sequence[_Lookup],
    proofs: Sequence[object],
    *,
    offered: Iterator[ContextChoice],
    now: datetime.datetime,
) -> tuple[ContextChoice, Verification]:
    """Verify under the newest states of the contexts, and then under the others until the proofs hold."""
    table = {
        (proof.get("verificationMethod"), proof.get("proofPurpose")): each
        for proof, each in zip(proofs, lookups, strict=True)
        if isinstance(proof, dict) and each.found
    }

    def find_key(method: str, purpose: str) -> PublicKey:
        found = table[method, purpose].found
        if found is None:
            raise LookupError(method)
        return found.key

    newest = next(offered)
    first = _verify_under(credential, find_key, newest, now)
    is_hopeless = len(table) < len(proofs) or all(each.kind in _UNKNOWN for each in first.all_problems)
    if first.verified or is_hopeless:
        return newest, first
    for choice in offered:
        result = _verify_under(credential, find_key, choice, now)
        if result.verified:
            return choice, result
        first = _without_undefined(credential, find_key, choice, now) or first
    return newest, first


def _verify_under(
    credential: Mapping[str, Any], find_key: KeyFinder, choice: ContextChoice, now: datetime.datetime
) -> Verification:
    environment = Environment(contexts=choice.contexts)
    return verify_proofs(credential, find_key, environment=environment, expected=Expectations(now=now))


def _without_undefined(
    credential: Mapping[str, Any], find_key: KeyFinder, choice: ContextChoice, now: datetime.datetime
) -> Verification | None:
    """Return what is wrong if the proof holds under older states once the members are gone that they do not define.

    That is how careless issuers sign: what their copy of a context does not define is in no statement, and so not signed.
    """
    undefined = expand(without(credential, "proof"), contexts=choice.contexts).problems
    if not undefined or any(each.kind is not ProblemKind.UNDEFINED_TERM for each in undefined):
        return None
    bare = copy.deepcopy(dict(credential))
    for each in undefined:
        _remove(bare, each.pointer)
    if not _verify_under(bare, find_key, choice, now).verified:
        return None
    states = " and ".join(f"{choice.states[url]} of {url}" for url in choice.outdated)
    message = f"the member is not signed: the proof was made with the state {states}, which does not define it"
    problems = tuple(dataclasses.replace(each, kind=ProblemKind.UNSIGNED, message=message) for each in undefined)
    return Verification(outcomes=(), problems=problems, verified_document=None)


def _remove(document: Any, pointer: str) -> None:  # noqa: ANN401 - any part of a document
    *way, last = (step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])
    for step in way:
        document = document[int(step)] if isinstance(document, list) else document[step]
    document.pop(last, None)


def _named(method: str) -> tuple[str, str]:
    """Return the URL of the key that a verificationMethod means, and what is unusual in it.

    A DID names no key (Controlled Identifiers 1.0, 3.3). A did:key has one for assertions, whose fragment issuers leave out.
    """
    if not method.startswith(_DID_KEY) or "#" in method:
        return method, ""
    named = f"{method}#{method.rpartition(':')[2]}"
    return named, f"expected is a verificationMethod that names a key in its DID, {named}; found is {quoted(method)}"


def _key_step(kind: CredentialKind, lookups: Sequence[_Lookup], unknown: Outcome) -> Step:
    refused = [Problem(pointer=each.pointer + each.member, message=each.refused) for each in lookups if each.refused]
    remarks = [Problem(pointer=each.pointer + each.member, message=each.remark) for each in lookups if each.remark]
    unavailable = [Problem(pointer=each.pointer, message=each.unavailable) for each in lookups if each.unavailable]
    evidence = {each.pointer: f"{each.found.id} ({each.found.key.type.value})" for each in lookups if each.found}
    found = {Outcome.WARNED: remarks, Outcome.FAILED: refused}
    found[unknown] = [*found.get(unknown, ()), *unavailable]
    return conclude_worst(kind, Subject.PROOF_KEY, found, evidence=evidence)


def _purpose_problems(proofs: Sequence[object], pointers: Sequence[str]) -> Iterator[Problem]:
    for proof, pointer in zip(proofs, pointers, strict=True):
        purpose = proof.get("proofPurpose") if isinstance(proof, dict) else None
        if purpose != _PURPOSE:
            message = f"expected is the purpose {_PURPOSE}; found is {quoted(purpose)}"
            yield Problem(pointer=f"{pointer}/proofPurpose", message=message)


def _signature_step(
    kind: CredentialKind,
    verification: Verification,
    lookups: Sequence[_Lookup],
    unknown: Outcome,
    evidence: Mapping[str, str],
) -> Step:
    if verification.verified:
        return conclude(kind, Subject.PROOF, evidence=evidence)
    keyless = {each.pointer for each in lookups if each.found is None}
    told = [
        each
        for each in verification.all_problems
        if not (each.kind is ProblemKind.WRONG_KEY and each.pointer.removesuffix("/verificationMethod") in keyless)
    ]
    found: dict[Outcome, list[Problem]] = {Outcome.FAILED: [], unknown: []}
    for each in told:
        outcome = unknown if each.kind in _UNKNOWN else Outcome.FAILED
        found[outcome].append(Problem(pointer=each.pointer, message=each.message, clause=each.error.value))
    places = sorted(keyless - {each.pointer for each in told})
    found[unknown] += [
        Problem(pointer=place, message="without its key the proof cannot be verified") for place in places
    ]
    return conclude_worst(kind, Subject.PROOF, found, evidence=evidence)


def _state_steps(kind: CredentialKind, choice: ContextChoice) -> Iterator[Step]:
    """Yield the step about proofs that hold under an older state of a context only."""
    if choice.outdated:
        text = "the proof does not hold with the newest state of {}, and does with {}"
        remarks = [
            Problem(pointer="/@context", message=text.format(url, choice.states[url])) for url in choice.outdated
        ]
        yield conclude(kind, Subject.CONTEXT_STATE, remarks, outcome=Outcome.WARNED)


def _evidence(
    credential: Mapping[str, Any], verification: Verification, lookups: Sequence[_Lookup], choice: ContextChoice
) -> dict[str, str]:
    evidence = {f"context {url}": state for url, state in choice.states.items()}
    proofs = as_list(credential.get("proof"))
    for lookup, outcome, proof in zip(lookups, verification.outcomes, proofs, strict=False):
        suite = find_cryptosuite(proof) if isinstance(proof, dict) else None
        evidence |= {f"{lookup.pointer} suite": suite.title} if suite else {}
        if outcome.steps:
            evidence[f"{lookup.pointer} canonical document"] = outcome.steps.document.digest.hex()
            evidence[f"{lookup.pointer} canonical options"] = outcome.steps.proof.digest.hex()
    return evidence


def _suite_step(kind: CredentialKind, proofs: Sequence[Mapping[str, Any]], credential: Mapping[str, Any]) -> Step:
    """Tell suites that certification does not take, and what selective disclosure may hide."""
    suites = [quoted(proof.get("cryptosuite") or proof.get("type")) for proof in proofs]
    problems = [
        Problem(pointer="/proof", message=f"certification takes {' and '.join(_CERTIFIED)}; the proof is of {name}")
        for proof, name in zip(proofs, suites, strict=True)
        if proof.get("cryptosuite") not in _CERTIFIED and not kind.is_of_w3c
    ]
    if any(proof.get("cryptosuite") == "ecdsa-sd-2023" for proof in proofs):
        hidden = ", ".join(name for name in _LIFECYCLE if name not in credential)
        message = f"the holder chose what to show, and may have withheld {hidden} unless the issuer made it mandatory"
        problems += [Problem(pointer="", message=message)] if hidden else []
    return conclude(kind, Subject.PROOF_SUITE, tuple(problems), outcome=Outcome.WARNED if problems else Outcome.PASSED)
