"""Changes after which the members of a credential are well formed, each by itself, and do not agree: contexts, ends, results."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from skillmark.strategies.credentials_departures import NOTHING, Change
from skillmark.strategies.credentials_nodes import nodes
from skillmark.strategies.credentials_rules import Rule, structural
from skillmark_reference.credentials.kinds import CredentialKind, kind_of
from skillmark_reference.securing.integrity.json_values import as_list

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.strategies.credentials_nodes import Node, Path

_NOBODY = "https://example.org/nobody"
_OLD = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json"
_LONG_AGO = "1900-01-01T00:00:00Z"


def disagreements(credential: dict[str, Any]) -> Iterator[Change]:
    """Yield every change of this kind, inner credentials included."""
    for node in nodes(credential):
        if node.is_credential:
            yield from _contexts(node)
            yield from _period(node)
            if node.kind is CredentialKind.ACHIEVEMENT:
                yield from _results(node)
        if node.row.name == "Association":
            yield from _association(node)
        if node.row.name == "ResultDescription":
            yield from _required(node)
    if kind_of(credential) is CredentialKind.CLR:
        yield from _members(credential)


def _change(node: Node, path: Path, what: str, value: Any, *rules: Rule) -> Change:  # noqa: ANN401 - any JSON
    broken = tuple(each for rule in rules for each in rule.requirements(node.kind))
    return Change(what=what, path=(*node.path, *path), replacement=value, requirements=broken)


def _contexts(node: Node) -> Iterator[Change]:
    contexts = node.value["@context"]
    first, second, *rest = contexts
    secure = str(first).replace("https:", "http:")
    last = len(contexts)
    yield _context(node, "in another order", [second, first, *rest], 0, Rule.CONTEXT_ORDER)
    yield _context(node, "without the first", [second, *rest], 0, Rule.CONTEXT_ORDER)
    yield _context(node, "without the second", [first, *rest], 1, Rule.CONTEXT_ORDER)
    yield _context(node, "with http", [secure, second, *rest], 0, Rule.CONTEXT_ORDER)
    yield _context(node, "with null", [*contexts, None], last, Rule.NO_EMPTY_VALUES, Rule.DEFINED)
    yield _context(node, "with a number", [*contexts, 7], last, Rule.DEFINED)
    if node.row.data_model == "2.0":
        place = next(index for index, each in enumerate(contexts) if "/ob/v3p0/context" in str(each))
        older = [*contexts[:place], _OLD, *contexts[place + 1 :]]
        yield _context(node, "with one for data model 1.1", older, place, Rule.CONTEXT_VERSIONS)


def _context(node: Node, what: str, contexts: list[Any], place: int, *rules: Rule) -> Change:
    change = _change(node, ("@context",), what, contexts, *rules)
    return dataclasses.replace(change, fault=(*change.path, place))


def _period(node: Node) -> Iterator[Change]:
    end = "validUntil" if node.row.data_model == "2.0" else "expirationDate"
    if end in node.value:
        yield _change(node, (end,), "before it begins", _LONG_AGO, Rule.PERIOD)


def _results(node: Node) -> Iterator[Change]:
    subject = node.value["credentialSubject"]
    places = {each["id"]: place for place, each in enumerate(subject["achievement"].get("resultDescription", []))}
    for place, result in enumerate(subject.get("result", [])):
        path: Path = ("credentialSubject", "result", place)
        if "resultDescription" in result:
            yield _change(node, (*path, "resultDescription"), "no description", _NOBODY, Rule.RESULT_DESCRIPTION)
            yield from _without_status(node, path, places[result["resultDescription"]])
        if "achievedLevel" in result:
            yield _change(node, (*path, "achievedLevel"), "no level", _NOBODY, Rule.ACHIEVED_LEVEL)


def _required(node: Node) -> Iterator[Change]:
    if "requiredLevel" in node.value:
        yield _change(node, ("requiredLevel",), "no level", _NOBODY, Rule.REQUIRED_LEVEL)
    if "requiredValue" in node.value and node.value.keys() & {"allowedValue", "valueMin", "valueMax"}:
        # Beyond the limits that are drawn, whichever of them there is.
        value = "-1000" if "valueMin" in node.value else "1000"
        yield _change(node, ("requiredValue",), "no allowed value", value, Rule.REQUIRED_VALUE)


def _without_status(node: Node, path: Path, place: int) -> Iterator[Change]:
    """Yield the change after which a result of the type Status has no status: in the result, or in its description."""
    description: Path = ("credentialSubject", "achievement", "resultDescription", place)
    result = _at(node.value, path)
    if _at(node.value, description)["resultType"] == "Status":
        yield _change(node, (*path, "status"), "left out", NOTHING, Rule.STATUS_OF_RESULT)
    elif "status" not in result:
        change = _change(node, (*description, "resultType"), "Status", "Status", Rule.STATUS_OF_RESULT)
        yield dataclasses.replace(change, fault=(*node.path, *path))


def _at(value: Any, path: Path) -> Any:  # noqa: ANN401 - any JSON
    for step in path:
        value = value[step]
    return value


def _association(node: Node) -> Iterator[Change]:
    for member in ("sourceId", "targetId"):
        yield _change(node, (member,), "no achievement of the record", _NOBODY, Rule.ASSOCIATION_ENDS)
    source = node.value["sourceId"]
    yield _change(node, ("targetId",), "associated with itself", source, Rule.ASSOCIATION_SENSE)


def _members(credential: dict[str, Any]) -> Iterator[Change]:
    members = credential["credentialSubject"]["verifiableCredential"]
    record = next(nodes(credential))
    own = (*Rule.MEMBERS.requirements(record.kind), *_structures(credential))
    for place, member in enumerate(as_list(members)):
        path: Path = ("credentialSubject", "verifiableCredential", *([place] if isinstance(members, list) else []))
        yield Change(what="a token", path=path, replacement="a.b.c", requirements=own)
        if "identifier" not in credential["credentialSubject"].keys() & member["credentialSubject"].keys():
            yield _change(record, (*path, "credentialSubject", "id"), "somebody else", _NOBODY, Rule.SAME_LEARNER)


def _structures(credential: dict[str, Any]) -> tuple[str, ...]:
    vocabulary = CredentialKind.CLR.vocabulary
    subject = next(node for node in nodes(credential) if node.path == ("credentialSubject",))
    return tuple(
        structural(row, CredentialKind.CLR) for row in (subject.row, vocabulary.classes["VerifiableCredential"])
    )
