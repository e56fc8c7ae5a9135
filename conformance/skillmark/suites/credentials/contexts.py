"""Contexts, and what extensions add to them (Serialization, JSON-LD; Extending and Profiling the Standard)."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any

from skillmark.suites.credentials.repairing import context_repair
from skillmark.suites.credentials.shown import BADGES, JUDGED
from skillmark.suites.credentials.sightings import RULES, Departs, Rule
from skillmark_reference.credentials.kinds import CredentialKind
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.documents import DocumentKind, DocumentProblem, Refused, Unusable
from skillmark_reference.documents.exchanging import ORIGIN
from skillmark_reference.securing import credential_claims as claims_of
from skillmark_reference.securing.integrity.json_values import as_list
from skillmark_reference.securing.quoting import quoted
from skillmark_reference.vocabularies.contexts import states_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.suites.credentials.evidence import Evidence
    from skillmark.suites.credentials.shown import Node, Shown
    from skillmark.suites.credentials.sightings import Sighting
    from skillmark_reference.documents import Fetch
    from skillmark_reference.vocabularies import ContextState
    from skillmark_reference.vocabularies.terms import Scope

_OPEN_BADGES = re.compile(r"https://purl\.imsglobal\.org/spec/ob/v3p0/context(-3\.\d\.\d)*\.json")
#: The error code of what a nested credential with other contexts leads to (JSON-LD 1.1 API, JsonLdErrorCode).
_REDEFINED = "protected term redefinition"
_NO_CREDENTIAL = "No credential that was handed in shows it."
_STANDARD_SCHEMA = "https://purl.imsglobal.org/spec/"
_OPEN = frozenset({"Proof", "Map", "CredentialStatus"})
_NO_EXTENSION = "No credential that was handed in uses an extension."


@RULES.decides("OB30-R-032", absent="No credential of data model 2.0 was handed in.")
def order_of_badges(evidence: Evidence) -> Iterator[Sighting]:
    """Yield what the verifier says of the order; credentials of data model 1.1 have a text of their own."""
    for each in evidence.of(*BADGES):
        if not claims_of.is_version_1(each.document):
            yield from _ordered(each)


@RULES.decides("CLR20-R-005", absent="No record of data model 2.0 was handed in.")
def order_of_records(evidence: Evidence) -> Iterator[Sighting]:
    """Yield what the verifier says of the order; that a context is an old one has a requirement of its own."""
    for each in evidence.of(CredentialKind.CLR):
        problems = [problem for step in each.steps(Subject.CONTEXT_ORDER) for problem in step.problems]
        if any(problem.clause != "CLR20-R-010" for problem in problems):
            yield from _ordered(each)
        elif any(True for _ in each.steps(Subject.CONTEXT_ORDER)):
            yield each.holds()


@RULES.decides("CLR20-R-007", absent="No record that was handed in holds a badge or an endorsement as object.")
def order_of_members(evidence: Evidence) -> Iterator[Sighting]:
    """Yield what the verifier says of the order in what a record holds."""
    for each in evidence.of(*BADGES):
        if each.holder is not None:
            yield from _ordered(each)


def _ordered(shown: Shown) -> Iterator[Sighting]:
    """Yield what the verifier says of the order, with a repair if there is one."""
    for each in shown.said(Subject.CONTEXT_ORDER):
        yield dataclasses.replace(each, patch=context_repair(shown)) if isinstance(each, Departs) else each


def versions_go_together(evidence: Evidence) -> Iterator[Sighting]:
    """Yield what the verifier says of the contexts, and of those of what a credential holds."""
    for each in evidence.of(*JUDGED):
        said = [problem for step in each.steps(Subject.EXPANSION) for problem in step.problems]
        redefined = [problem for problem in said if problem.message.startswith(_REDEFINED)]
        if redefined and not each.has_failed(Subject.CONTEXT_VERSIONS):
            yield from (each.told(problem) for problem in redefined)
        else:
            yield from each.said(Subject.CONTEXT_VERSIONS)


for _requirement in ("OB30-R-063", "CLR20-R-008"):
    RULES.add(
        _requirement, Rule(name="contexts.versions_go_together", look=versions_go_together, absent=_NO_CREDENTIAL)
    )


@RULES.decides("CLR20-R-010", absent="No record of data model 2.0 was handed in.")
def newest_for_records(evidence: Evidence) -> Iterator[Sighting]:
    """Look for the first published context, which lacks two members."""
    for each in evidence.of(CredentialKind.CLR):
        contexts = claims_of.contexts(each.document)
        for place, url in enumerate(contexts):
            if not isinstance(url, str) or "/spec/clr/" not in url:
                continue
            if url.endswith("/context-2.0.1.json"):
                yield each.holds()
            else:
                yield each.departs(f"/@context/{place}", quoted(url), expected="context-2.0.1.json")


@RULES.decides("OB30-R-057", absent="No badge was handed in.")
def both_contexts(evidence: Evidence) -> Iterator[Sighting]:
    """Look for the context of the data model and that of Open Badges."""
    for each in evidence.of(*BADGES):
        contexts = [url for url in claims_of.contexts(each.document) if isinstance(url, str)]
        missing = (
            [] if {claims_of.CREDENTIALS_V1, claims_of.CREDENTIALS_V2} & set(contexts) else ["that of credentials"]
        )
        missing += [] if any(_is_of_open_badges(url) for url in contexts) else ["that of Open Badges"]
        if missing:
            yield each.departs("/@context", f"without {' and '.join(missing)}: {quoted(contexts)}")
        else:
            yield each.holds()


def _is_of_open_badges(url: str) -> bool:
    """Tell whether an address is that of a context of Open Badges; its older alias breaks the order alone."""
    return bool(_OPEN_BADGES.fullmatch(url)) or any(
        (state.vocabulary, state.document) == ("ob-3.0", "context") for state in _published(url)
    )


@RULES.decides("OB30-R-058", absent="No credential that was handed in names a further context.")
def further_contexts(evidence: Evidence) -> Iterator[Sighting]:
    """Tell which credentials make use of the permission."""
    for each in evidence.of(*JUDGED):
        items = each.kind.record_class(each.document).properties["@context"].items
        if len(claims_of.contexts(each.document)) > len(items):
            yield each.holds()


# Extensions


def _foreign(shown: Shown) -> Iterator[tuple[str, str]]:
    """Yield members that neither a class of the standard has nor a published context defines, with their places."""
    scopes = [state.scope for url in claims_of.contexts(shown.document) for state in _published(url)]
    for node in _extensible(shown):
        known = node.row.properties.keys() | _defined(scopes, as_list(node.value.get("type", [])))
        names = (name for name in node.value if name not in known and not name.startswith("@"))
        yield from ((f"{node.pointer}/{name}", name) for name in names)


def _extensible(shown: Shown) -> Iterator[Node]:
    """Yield the objects whose members a standard has; those of proofs, maps and status are for their types to say."""
    return (node for node in shown.nodes if not {node.row.json_name, node.row.name} & _OPEN)


def _defined(scopes: list[Scope], types: list[Any]) -> set[str]:
    """Return the names that contexts define for an object of some types (JSON-LD 1.1, 4.1.9)."""
    terms = [term for scope in scopes for name in types if isinstance(name, str) and (term := scope.terms.get(name))]
    inside = [*scopes, *(term.scope for term in terms if term.scope is not None)]
    return {name for scope in inside for name in (*scope.terms, *scope.aliases)}


@RULES.decides("OB30-R-142", absent=_NO_EXTENSION)
def extensions_name_context_and_schema(evidence: Evidence) -> Iterator[Sighting]:
    """Hold further members against the contexts and schemas that their credential names."""
    for each in evidence.of(*JUDGED):
        is_scoped = any("@context" in node.value for node in _extensible(each) if node.pointer)
        for pointer, name in _foreign(each):
            if not is_scoped and not any(_is_own(context) for context in claims_of.contexts(each.document)):
                yield each.departs(pointer, f"{quoted(name)} is of no context of its own")
            elif not list(_own_schemas(each)):
                yield each.departs(pointer, f"{quoted(name)} is in no schema that credentialSchema names")
            else:
                yield each.holds()


@RULES.decides("OB30-R-143", absent=_NO_EXTENSION)
def extensions_are_public(evidence: Evidence) -> Iterator[Sighting]:
    """Read the contexts and schemas of extensions without any credentials."""
    for each in evidence.of(*JUDGED):
        if not any(True for _ in _foreign(each)):
            continue
        for pointer, address, kind in _files(each):
            try:
                document = evidence.documents.get(address, kind)
            except (Unusable, Refused) as error:
                yield each.departs(pointer, str(error))
            except DocumentProblem as error:
                refused = error.fetch is not None and error.fetch.status is not None
                yield each.departs(pointer, str(error)) if refused else each.unknown(str(error))
            else:
                yield _of_any_origin(each, pointer, document.fetch)


def _of_any_origin(shown: Shown, pointer: str, fetch: Fetch) -> Sighting:
    """Tell whether a file may be read by pages of any origin, as its headers have it (Fetch, 3.2)."""
    allowed = fetch.allowed_origin
    if allowed is None:
        return shown.unknown(f"{fetch.url} was given; whether it may be read from any origin, its server would say")
    if allowed in {"*", ORIGIN}:
        return shown.holds()
    actual = f"Access-Control-Allow-Origin {quoted(allowed)}" if allowed else "no Access-Control-Allow-Origin"
    return shown.departs(
        pointer, f"{fetch.url} is answered with {actual}", expected="a file that pages of any origin may read"
    )


def _files(shown: Shown) -> Iterator[tuple[str, str, DocumentKind]]:
    for place, url in enumerate(claims_of.contexts(shown.document)):
        if isinstance(url, str) and _is_own(url):
            yield f"/@context/{place}", url, DocumentKind.CONTEXT
    yield from (("/credentialSchema", address, DocumentKind.SCHEMA) for address in _own_schemas(shown))


def _own_schemas(shown: Shown) -> Iterator[str]:
    for entry in as_list(shown.document.get("credentialSchema", [])):
        address = entry.get("id") if isinstance(entry, dict) else None
        if isinstance(address, str) and not address.startswith(_STANDARD_SCHEMA):
            yield address


def _is_own(context: Any) -> bool:  # noqa: ANN401 - any JSON value
    return isinstance(context, dict) or (isinstance(context, str) and not _published(context))


def _published(context: Any) -> tuple[ContextState, ...]:  # noqa: ANN401 - any JSON value
    """Return the states of a context of W3C or 1EdTech; of another one there are none."""
    try:
        return states_of(context) if isinstance(context, str) else ()
    except KeyError:
        return ()


@RULES.decides(
    "OB30-R-141", absent="It shows in who takes credentials; what an issuer makes neither shows nor breaks it."
)
def extensions_are_not_required(evidence: Evidence) -> Iterator[Sighting]:
    """Yield nothing: a credential cannot show it."""
    del evidence
    yield from ()
