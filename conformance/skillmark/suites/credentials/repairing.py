"""Repairs of simple departures from the tables, shown only if with all of them the credential is built as it should be."""

from __future__ import annotations

import copy
import json
import re
from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome
from skillmark_reference.credentials.steps.inner_credentials import inner_credentials
from skillmark_reference.credentials.steps.structure import schema_problems, structure_steps
from skillmark_reference.securing import credential_claims as claims_of
from skillmark_reference.securing.instants import MalformedInstant, parse_date_time
from skillmark_reference.vocabularies.json_schema import Form

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from skillmark.suites.credentials.shown import Node, Shown
    from skillmark_reference.vocabularies import Property

    Operation = dict[str, Any]

#: Credentials with more departures than that are not repaired by the way.
_MOST = 20


def repairs(shown: Shown) -> Mapping[str, str]:
    """Return a JSON Patch for each place at which the structure departs; nothing unless together they are seen to be enough."""
    problems = [problem for step in shown.steps(Subject.STRUCTURE) for problem in step.problems]
    if not problems or len(problems) > _MOST:
        return {}
    by_place = {node.pointer: node for node in shown.nodes}
    operations = {problem.pointer: list(_operations(problem.pointer, by_place)) for problem in problems}
    repaired = copy.deepcopy(dict(shown.document))
    for each in (operation for mine in operations.values() for operation in mine):
        _apply(repaired, each)
    inner = [each.pointer for each in inner_credentials(repaired, shown.kind)]
    if schema_problems(repaired, shown.kind, Form.COMPACTED, inner):
        return {}
    return {
        pointer: json.dumps([each | {"path": shown.place + each["path"]} for each in mine], ensure_ascii=False)
        for pointer, mine in operations.items()
        if mine
    }


def context_repair(shown: Shown) -> str:
    """Return a JSON Patch that brings the contexts into order; empty unless it is seen to be enough."""
    found = claims_of.contexts(shown.document)
    row = shown.kind.record_class(shown.document)
    newest = [state.url for state in shown.kind.vocabulary.current_contexts(row.data_model)]
    wanted: list[Any] = []
    for item, url in zip(row.properties["@context"].items, newest, strict=False):
        fitting = (each for each in found if isinstance(each, str) and re.search(item.pattern or "(?!)", each))
        wanted.append(item.const or next(fitting, url))
    contexts = [*wanted, *(each for each in found if each not in wanted)]
    steps = structure_steps(dict(shown.document) | {"@context": contexts}, shown.kind)
    told = {step.subject: step.outcome for step in steps}
    if {told[Subject.CONTEXT_ORDER], told[Subject.CONTEXT_VERSIONS]} != {Outcome.PASSED}:
        return ""
    name = "replace" if "@context" in shown.document else "add"
    return json.dumps([{"op": name, "path": f"{shown.place}/@context", "value": contexts}], ensure_ascii=False)


def _operations(pointer: str, nodes: Mapping[str, Node]) -> Iterator[Operation]:
    """Yield what may repair the departure at a place: of an object, or of one of its members."""
    if pointer in nodes:
        yield from _missing_types(nodes[pointer])
        return
    holder, _, name = pointer.rpartition("/")
    node = nodes.get(holder)
    facts = node.row.properties.get(name) if node else None
    if node is None or facts is None or name not in node.value:
        return
    value = node.value[name]
    if facts.card.is_array and not isinstance(value, list):
        yield {"op": "replace", "path": pointer, "value": [value]}
    elif not facts.card.is_array and isinstance(value, list) and len(value) == 1:
        yield {"op": "replace", "path": pointer, "value": value[0]}
    elif name == "type":
        yield {"op": "replace", "path": pointer, "value": _types(facts, value)}
    elif {"DateTime", "DateTimeZ"} & set(facts.types) and _is_only_without_zone(value):
        yield {"op": "replace", "path": pointer, "value": f"{value}Z"}


def _missing_types(node: Node) -> Iterator[Operation]:
    facts = node.row.properties.get("type")
    if "type" not in node.value and facts is not None:
        yield {"op": "add", "path": f"{node.pointer}/type", "value": _types(facts, [])}


def _types(facts: Property, value: Any) -> Any:  # noqa: ANN401 - a name or several
    """Return the names that the class wants, before those that are there."""
    if facts.const is not None:
        return facts.const
    found = value if isinstance(value, list) else [value]
    wanted = [
        names[0] for names in facts.contains if not set(names) & {each for each in found if isinstance(each, str)}
    ]
    return [*wanted, *found]


def _is_only_without_zone(value: object) -> bool:
    try:
        parse_date_time(f"{value}Z")
    except MalformedInstant:
        return False
    return isinstance(value, str) and not value.endswith(("Z", "z"))


def _apply(document: Any, operation: Operation) -> None:  # noqa: ANN401 - any part of a document
    *way, last = (step.replace("~1", "/").replace("~0", "~") for step in operation["path"].split("/")[1:])
    for step in way:
        document = document[int(step)] if isinstance(document, list) else document[step]
    document[int(last) if isinstance(document, list) else last] = operation["value"]
