"""What a credential says as linked data: nothing is lost, and what is read from the JSON is all that its statements say.

A proof protects statements, and not the JSON that they are written in: a member under another name, in another place, or under a
context that nobody expects is still signed, and a reader of the JSON would not see that the credential ends or has a status.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Problem, Step, conclude, conclude_worst
from skillmark_reference.securing.integrity.directions import undirected
from skillmark_reference.securing.integrity.expansion import expand
from skillmark_reference.securing.integrity.json_values import as_list, without
from skillmark_reference.securing.integrity.problems import ProblemKind, child
from skillmark_reference.securing.integrity.statements import iri, is_blank_node, value_of
from skillmark_reference.securing.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from skillmark_reference.credentials.kinds import CredentialKind
    from skillmark_reference.credentials.steps.context_states import ContextChoice
    from skillmark_reference.securing.integrity.expansion import Expansion

#: What says nothing against a document: it could not be read as far as that.
_UNKNOWN = frozenset({ProblemKind.UNKNOWN_CONTEXT, ProblemKind.TOO_MUCH_WORK})
#: Keywords that credentials use: the contexts, and values with a language.
_KEYWORDS = frozenset({"@context", "@value", "@language", "@direction"})
#: Part of the names of cryptosuites that sign the JSON itself.
_JCS = "-jcs-"
_CREDENTIALS = "https://www.w3.org/2018/credentials#"
#: What decides about a credential, by the term under which it is signed.
_DECISIVE = {
    iri(f"{_CREDENTIALS}{name}"): name
    for name in (
        "issuer",
        "validFrom",
        "validUntil",
        "issuanceDate",
        "expirationDate",
        "credentialSubject",
        "credentialStatus",
        "credentialSchema",
        "refreshService",
        "relatedResource",
        "termsOfUse",
    )
}
_DECISIVE_NAMES = frozenset(_DECISIVE.values())
_STATUS_LIST = iri("https://www.w3.org/ns/credentials/status#statusListCredential")


def statement_steps(
    credential: Mapping[str, Any], kind: CredentialKind, choice: ContextChoice, *, is_token: bool
) -> tuple[Step, Step]:
    """Return the steps about the statements of a credential, its own proofs left out.

    Args:
        credential: The credential.
        kind: What it is read as.
        choice: The contexts under which its proof holds.
        is_token: Whether a token alone secures it, which signs the JSON itself, as the JCS suites do.
    """
    signs_json = is_token or _is_signed_as_json(credential)
    bare = without(credential, "proof")
    expansion = expand(undirected(bare) if signs_json else bare, contexts=choice.contexts)
    evidence = {f"context {url}": state for url, state in choice.states.items()}
    evidence |= {f"SHA-256 of {url} as derived": digest for url, digest in expansion.contexts.items()}
    return _expansion(kind, expansion, evidence), _as_read(credential, kind, expansion)


def _is_signed_as_json(credential: Mapping[str, Any]) -> bool:
    suites = [each.get("cryptosuite") for each in as_list(credential.get("proof")) if isinstance(each, dict)]
    return bool(suites) and all(isinstance(each, str) and _JCS in each for each in suites)


def _expansion(kind: CredentialKind, expansion: Expansion, evidence: Mapping[str, str]) -> Step:
    told: dict[Outcome, list[Problem]] = {Outcome.FAILED: [], Outcome.CANNOT_TELL: []}
    for each in expansion.problems:
        outcome = Outcome.CANNOT_TELL if each.kind in _UNKNOWN else Outcome.FAILED
        told[outcome].append(Problem(pointer=each.pointer, message=each.message, clause=each.error.value))
    return conclude_worst(kind, Subject.EXPANSION, told, evidence=evidence)


def _as_read(credential: Mapping[str, Any], kind: CredentialKind, expansion: Expansion) -> Step:
    if expansion.problems:
        problem = Problem(pointer="", message="without its statements nobody can tell what is signed")
        return conclude(kind, Subject.SIGNED_AS_READ, [problem], outcome=Outcome.CANNOT_TELL)
    hidden = list(_unread(credential, expansion))
    foreign = list(_foreign_names(without(credential, "proof"), ""))
    outcome = Outcome.CANNOT_TELL if foreign and not hidden else None
    return conclude(kind, Subject.SIGNED_AS_READ, (*hidden, *foreign), outcome=outcome)


def _foreign_names(value: object, pointer: str) -> Iterator[Problem]:
    """Yield members that are written as IRIs or with keywords: who reads the JSON by the terms of the standard misses them."""
    if isinstance(value, list):
        for index, each in enumerate(value):
            if isinstance(each, dict | list):
                yield from _foreign_names(each, child(pointer, index))
    if not isinstance(value, dict):
        return
    for name, member in value.items():
        if ":" in name or (name.startswith("@") and name not in _KEYWORDS):
            message = "the member is written with an IRI or a keyword, and readers of the JSON do not see what it says"
            yield Problem(pointer=child(pointer, name), message=message)
        elif name != "@context" and isinstance(member, dict | list):
            yield from _foreign_names(member, child(pointer, name))


def _unread(credential: Mapping[str, Any], expansion: Expansion) -> Iterator[Problem]:
    """Yield where the decisive members of the JSON and the statements about the credential are not the same."""
    identifier = credential.get("id")
    said: dict[str, list[str]] = {}
    for each in expansion.statements:
        name = _DECISIVE.get(each.predicate)
        if name is None or each.graph:
            continue
        if each.subject == iri(identifier) if isinstance(identifier, str) else is_blank_node(each.subject):
            said.setdefault(name, []).append(value_of(each.object))
    for name in sorted({*said, *(_DECISIVE_NAMES & credential.keys())}):
        shown, stated = as_list(credential.get(name)), said.get(name, [])
        if len(stated) > len(shown):
            message = (
                f"{len(stated)} statements say {name} of the credential, and its JSON shows {len(shown)} in their place"
            )
            yield Problem(pointer=f"/{name}", message=message)
        elif not stated:
            message = f"no statement says {name} of {quoted(identifier)}"
            yield Problem(pointer=f"/{name}", message=message)
        for text in _texts(shown):
            if text not in stated:
                message = f"the JSON says {quoted(text)}, and the statements {quoted(stated)}"
                yield Problem(pointer=f"/{name}", message=message)
    yield from _redirected(credential, expansion)


def _texts(values: list[Any]) -> Iterator[str]:
    """Yield values that are texts, and what objects are called."""
    for each in values:
        text = each.get("id") if isinstance(each, dict) else each
        if isinstance(text, str):
            yield text


def _redirected(credential: Mapping[str, Any], expansion: Expansion) -> Iterator[Problem]:
    """Yield addresses of status lists that the statements write in another way."""
    stated = {value_of(each.object) for each in expansion.statements if each.predicate == _STATUS_LIST}
    for each in as_list(credential.get("credentialStatus")):
        address = each.get("statusListCredential") if isinstance(each, dict) else None
        if isinstance(address, str) and address not in stated:
            message = f"the JSON names the list {quoted(address)}, and the statements {quoted(sorted(stated))}"
            yield Problem(pointer="/credentialStatus", message=message)
