"""The objects of a credential, each with its class in the tables and the credential that it stands in."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.kinds import CredentialKind, kind_of
from skillmark_reference.securing.integrity.json_values import as_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from skillmark_reference.vocabularies import Property, RecordClass, Vocabulary

Path = tuple[str | int, ...]
#: Members whose content is no object of a class.
_LEFT_OUT = frozenset({"@context"})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One object."""

    path: Path
    value: dict[str, Any] = dataclasses.field(repr=False)
    row: RecordClass
    #: What the innermost credential around it is.
    kind: CredentialKind
    #: Where that credential is.
    credential: Path = ()

    @property
    def is_credential(self) -> bool:
        """Whether the object is a credential itself."""
        return self.path == self.credential

    @property
    def members(self) -> Iterator[tuple[Property, Any]]:
        """The members that the table knows, with their values."""
        for name, facts in self.row.properties.items():
            if name in self.value and name not in _LEFT_OUT:
                yield facts, self.value[name]


def nodes(credential: dict[str, Any]) -> Iterator[Node]:
    """Yield every object of a credential whose class the tables know, the outermost first; tokens stay closed."""
    kind = kind_of(credential)
    yield from _nodes(Node(path=(), value=credential, row=kind.record_class(credential), kind=kind))


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for facts, value in node.members:
        for index, each in enumerate(as_list(value)):
            if isinstance(each, dict):
                path = (*node.path, facts.name, index) if isinstance(value, list) else (*node.path, facts.name)
                yield from _nodes(_inner(node, facts, each, path))


def _inner(node: Node, facts: Property, value: dict[str, Any], path: Path) -> Node:
    rows = list(classes_of(node.kind.vocabulary, facts.types))
    if any("credentialSubject" in row.properties for row in rows):
        kind = kind_of(value)
        return Node(path=path, value=value, row=kind.record_class(value), kind=kind, credential=path)
    return Node(path=path, value=value, row=rows[0], kind=node.kind, credential=node.credential)


def classes_of(vocabulary: Vocabulary, names: Iterable[str]) -> Iterator[RecordClass]:
    """Yield the classes among the types of a member, unions resolved."""
    yield from (vocabulary.classes[name] for name in types_of(vocabulary, names) if name in vocabulary.classes)


def types_of(vocabulary: Vocabulary, names: Iterable[str]) -> Iterator[str]:
    """Yield the names of types, and in the place of a union those that it unites."""
    for name in names:
        row = vocabulary.classes.get(name)
        yield from (name,) if row is None or not row.union else types_of(vocabulary, row.union)


def pointer_of(path: Path) -> str:
    """Return the JSON pointer of a path (RFC 6901, 3)."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)
