"""Selecting parts of a document, and telling which of its statements they make (ECDSA cryptosuites 1.0, 3.4).

The standard gives every anonymous node a name by expanding and compacting the document. Here the names are put where
the nodes are, so that a JSON pointer means the same in the named document as in the original. Nodes that JSON-LD makes
up, the cells of lists and the graphs of embedded proofs, cannot be named in JSON; a document with such nodes is
refused.
"""

from __future__ import annotations

import copy
import dataclasses
import hashlib
import hmac
import json
import re
from typing import TYPE_CHECKING, Any

from skillmark_reference.securing import multibase
from skillmark_reference.securing.integrity.canonicalization import TooMuchWork, canonicalize
from skillmark_reference.securing.integrity.expansion import expand_thoroughly, statements_of
from skillmark_reference.securing.integrity.problems import Problem, ProblemKind, Refused
from skillmark_reference.securing.integrity.statements import Statement, blank, blank_nodes, iri
from skillmark_reference.securing.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from skillmark_reference.securing.integrity.transforming import Environment

_IDENTITY = ("id", "type", "@id", "@type")
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)
_ESCAPE = re.compile(r"~[01]?")


class _Sparse(dict[int, Any]):
    """An array of which only some entries are selected, by index."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """The statements of a document under the labels that are signed, sorted, and what is needed to select among them."""

    lines: tuple[str, ...]
    #: The document with a name for every node, in place of which the statements have blank nodes.
    named: Mapping[str, Any]
    nodes: Mapping[str, str]
    #: The signed label of each blank node.
    labels: Mapping[str, str]
    environment: Environment

    def matching(self, pointers: Sequence[str]) -> tuple[int, ...]:
        """Return the indexes of the statements that some pointers select, in order.

        Raises:
            Refused: A pointer leads nowhere, or the selection cannot stand alone.
        """
        renamed = {node: blank(label) for node, label in self.labels.items()}
        selected = {each.replaced(renamed).line for each in self.statements(pointers)}
        return tuple(index for index, line in enumerate(self.lines) if line in selected)

    def statements(self, pointers: Sequence[str]) -> tuple[Statement, ...]:
        """Return the statements that some pointers select, with blank nodes as they are before labels are given.

        Raises:
            Refused: As above.
        """
        selection = select(self.named, pointers)
        if selection is None:
            return ()
        found = statements_of(selection, contexts=self.environment.contexts)
        return tuple(each.replaced(self.nodes) for each in found)


def group(document: Mapping[str, Any], *, hmac_key: bytes, environment: Environment) -> Grouping:
    """Return the statements of a document under labels that tell nothing of what is not disclosed (3.4.2 to 3.4.12).

    Raises:
        Refused: The document would lose data, takes too much work, or has nodes that cannot be named.
    """
    named, names = _name(document, environment)
    nodes = {iri(name): blank(f"n{index}") for index, name in enumerate(names)}
    original = statements_of(named, contexts=environment.contexts)
    if blank_nodes(original):
        message = "lists, embedded proofs and explicit blank nodes have nodes without name, which cannot be selected"
        raise Refused([Problem(kind=ProblemKind.NOT_SELECTABLE, pointer="", message=message)])
    statements = [each.replaced(nodes) for each in original]
    canonical = canonical_labels(statements, environment)
    labels = {node: hmac_label(label, hmac_key) for node, label in canonical.items()}
    renamed = {node: blank(label) for node, label in labels.items()}
    lines = tuple(sorted({each.replaced(renamed).line for each in statements}))
    return Grouping(lines=lines, named=named, nodes=nodes, labels=labels, environment=environment)


def canonical_labels(statements: Iterable[Statement], environment: Environment) -> Mapping[str, str]:
    """Return the canonical label of each blank node.

    Raises:
        Refused: The statements take too much work.
    """
    try:
        return canonicalize(statements, limit=environment.limit).labels
    except TooMuchWork as error:
        raise Refused([Problem(kind=ProblemKind.TOO_MUCH_WORK, pointer="", message=str(error))]) from None


def hmac_label(label: str, key: bytes) -> str:
    """Return the label that is signed in the place of a canonical one (3.4.4)."""
    return multibase.encode(hmac.digest(key, label.encode(), hashlib.sha256), multibase.Base.BASE64URL)


def select(document: Mapping[str, Any], pointers: Sequence[str]) -> dict[str, Any] | None:
    """Return the parts of a document that the pointers name, with the identity of all that is around them (3.4.13).

    Raises:
        Refused: A pointer leads nowhere; all that do are told.
    """
    if not pointers:
        return None
    selection: dict[str, Any] = {name: _whole(document[name]) for name in ("@context",) if name in document}
    selection |= _identity(document)
    problems = []
    for pointer in pointers:
        try:
            _add(document, selection, _path(pointer))
        except LookupError:
            message = f"the pointer {quoted(pointer)} leads nowhere in the document"
            problems.append(Problem(kind=ProblemKind.UNKNOWN_POINTER, pointer="", message=message))
    if problems:
        raise Refused(problems)
    dense = _dense(selection)
    assert isinstance(dense, dict)  # noqa: S101 - the whole is an object
    return dense


def _name(document: Mapping[str, Any], environment: Environment) -> tuple[dict[str, Any], list[str]]:
    """Return the document with an identifier for each anonymous node, and these identifiers."""
    expansion = expand_thoroughly(document, contexts=environment.contexts)
    if expansion.problems:
        raise Refused(expansion.problems)
    text = json.dumps(document)
    scheme = next(name for name in (f"urn:bnid{number}:" for number in range(len(text))) if name not in text)
    named = copy.deepcopy(dict(document))
    names = []
    for index, pointer in enumerate(expansion.anonymous):
        names.append(f"{scheme}n{index}")
        _at(named, pointer)["@id"] = names[-1]
    return named, names


def _at(value: Any, pointer: str) -> Any:  # noqa: ANN401 - any part of a document
    for step in _path(pointer):
        value = _step(value, step)[0]
    return value


def _path(pointer: str) -> list[str]:
    """Return the steps of a JSON pointer.

    Raises:
        LookupError: The text is no JSON pointer.
    """
    if (pointer and not pointer.startswith("/")) or "~" in _ESCAPE.findall(pointer):
        raise LookupError(pointer)
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


def _step(value: Any, step: str) -> tuple[Any, str | int]:  # noqa: ANN401 - as above
    """Return what is one step below, and the step as key."""
    if isinstance(value, list) and _INDEX.fullmatch(step):
        return value[int(step)], int(step)
    if isinstance(value, dict):
        return value[step], step
    raise LookupError(step)


def _add(document: Any, selection: Any, path: Sequence[str]) -> None:  # noqa: ANN401 - as above
    """Add what is at the path to the selection."""
    if not path:
        selection.update(_whole(document))
        return
    for step in path[:-1]:
        document, key = _step(document, step)
        if key not in selection:
            selection[key] = _start(document)
        selection = selection[key]
    target, key = _step(document, path[-1])
    selection[key] = _whole(target)


def _whole(value: Any) -> Any:  # noqa: ANN401 - as above
    """Return the selection of everything in a value; another pointer may lead into it, so its arrays are sparse ones too."""
    if isinstance(value, dict):
        return {name: _whole(part) for name, part in value.items()}
    if isinstance(value, list):
        return _Sparse((index, _whole(part)) for index, part in enumerate(value))
    return value


def _start(value: object) -> Any:  # noqa: ANN401 - as above
    """Return the empty selection of something on the way."""
    if isinstance(value, dict):
        return _identity(value)
    if isinstance(value, list):
        return _Sparse()
    raise LookupError(value)


def _identity(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return identifier and types of a node; a blank node has no identifier that is worth telling."""
    return {
        name: _whole(value[name])
        for name in _IDENTITY
        if name in value and not (name in {"id", "@id"} and str(value[name]).startswith("_:"))
    }


def _dense(value: Any) -> Any:  # noqa: ANN401 - as above
    """Return the selection with arrays in the place of sparse ones."""
    match value:
        case _Sparse():
            return [_dense(value[index]) for index in sorted(value)]
        case dict():
            return {name: _dense(member) for name, member in value.items()}
        case _:
            return value
