"""What can be put in the place of a member of a credential that its class does not allow."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from skillmark.strategies.credentials_nodes import classes_of, types_of
from skillmark.strategies.credentials_rules import Rule, structural
from skillmark_reference.securing.integrity.json_values import as_list

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.strategies.credentials_nodes import Node, Path
    from skillmark_reference.vocabularies import Datatype, Enumeration, Property


class _Drop:
    """Stands for the absence of a member."""

    def __repr__(self) -> str:
        return "nothing"


NOTHING = _Drop()
_OTHER = "https://example.org/other"
#: A name that no context defines.
UNDEFINED = "vendorNote"
_MOMENTS = ("2024-01-31", "2024-01-31T12:00:00", "2024-02-30T12:00:00Z", "31 January 2024")
_DATES = ("2024-02-30", "2024-01-31T12:00:00Z", "31.01.2024")
#: Texts that break a datatype, and the rule that they break beside the structure of the class.
_BROKEN: dict[str, tuple[Rule | None, tuple[str, ...]]] = {
    "DateTime": (Rule.MOMENTS, _MOMENTS),
    "DateTimeZ": (Rule.MOMENTS, _MOMENTS),
    "Date": (None, _DATES),
    "LanguageCode": (Rule.LANGUAGES, ("en_US", "English", "")),
    "CountryCode": (Rule.COUNTRIES, ("USA", "us1")),
    "CompactJws": (Rule.ENDORSEMENTS, ("a.b", "a b.c.d", "")),
    "IdentityHash": (
        Rule.IDENTITY_HASHES,
        ("sha1$da39a3ee5e6b4b0d3255bfef95601890afd80709", "sha256$0123", "a@example.org"),
    ),
}
#: Of datatypes whose texts are all legal.
_UNBROKEN: tuple[Rule | None, tuple[str, ...]] = (None, ())
#: What a value that is no object is written as.
_JSON_RULES = {"string": Rule.STRINGS, "number": Rule.NUMBERS, "integer": Rule.NUMBERS, "boolean": Rule.BOOLEANS}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change, and the requirements that it breaks."""

    what: str
    path: Path
    replacement: Any
    requirements: tuple[str, ...]
    #: Where the fault is, if that is not the whole of what is replaced.
    fault: Path | None = None


def departures(node: Node) -> Iterator[Change]:
    """Yield every change to the members of an object that its class, or its contexts, do not allow."""
    yield from _missing(node)
    yield from _additional(node)
    for facts, value in node.members:
        if facts.name == "type":
            yield from _types(node, facts, value)
            continue
        path = (*node.path, facts.name)
        empty = (*Rule.NO_EMPTY_VALUES.requirements(node.kind), *_owners(node, facts))
        yield Change(what="null", path=path, replacement=None, requirements=empty)
        if facts.card.is_array:
            yield Change(what="an empty array", path=path, replacement=[], requirements=empty)
        else:
            yield _departure(node, facts, path, "in an array", [value])
        entry = as_list(value)[0]
        yield from _instead_of_one(node, facts, entry, (*path, 0) if isinstance(value, list) else path)


def _owners(node: Node, facts: Property) -> tuple[str, ...]:
    """Return the requirements about the structure of the class that has a member, and of the classes of its values."""
    rows = [node.row, *(row for row in classes_of(node.kind.vocabulary, facts.types) if row.json_name != "Map")]
    return tuple(dict.fromkeys(structural(row, node.kind) for row in rows))


def _departure(node: Node, facts: Property, path: Path, what: str, value: Any, *rules: Rule) -> Change:  # noqa: ANN401 - any JSON
    broken = tuple(each for rule in rules for each in rule.requirements(node.kind))
    return Change(what=what, path=path, replacement=value, requirements=(*_owners(node, facts), *broken))


def _missing(node: Node) -> Iterator[Change]:
    alternatives = [name for name in node.row.at_least_one if name in node.value]
    single = alternatives if len(alternatives) == 1 else []
    own = structural(node.row, node.kind)
    for name in dict.fromkeys((*node.row.required, *single)):
        rules = {"@context": [Rule.CONTEXT_ORDER], "type": [Rule.TYPE] if node.is_credential else []}
        found = [Rule.IDENTIFIED] if name in single else rules.get(name, [])
        broken = tuple(each for rule in found for each in rule.requirements(node.kind))
        yield Change(what="left out", path=(*node.path, name), replacement=NOTHING, requirements=(own, *broken))


def _additional(node: Node) -> Iterator[Change]:
    if node.row.json_name == "Proof":
        return
    undefined = Rule.DEFINED.requirements(node.kind)
    closed = (structural(node.row, node.kind),) if node.row.closed else ()
    path = (*node.path, UNDEFINED)
    yield Change(what="an undefined term", path=path, replacement="x", requirements=(*undefined, *closed))


# Types


def _types(node: Node, facts: Property, value: Any) -> Iterator[Change]:  # noqa: ANN401 - a name or several
    path = (*node.path, "type")
    own = (structural(node.row, node.kind), *(Rule.TYPE.requirements(node.kind) if node.is_credential else ()))
    if facts.const is not None:
        yield Change(what="another type", path=path, replacement=_OTHER, requirements=own)
        yield Change(what="in an array", path=path, replacement=[value], requirements=own)
    for names in facts.contains:
        is_kind = node.is_credential and "VerifiableCredential" not in names
        if is_kind and "endorsement" not in node.path and node.path:
            # Any Verifiable Credential may be a member of a record.
            continue
        left = [each for each in as_list(value) if each not in names]
        yield Change(what=f"without {names[0]}", path=path, replacement=[*left, _OTHER], requirements=own)
    if facts.card.is_array:
        undefined = Rule.DEFINED.requirements(node.kind)
        known = as_list(value)
        yield Change(
            what="an undefined type",
            path=path,
            replacement=[*known, "VendorType"],
            requirements=undefined,
            fault=(*path, len(known)),
        )


# Values


def _instead_of_one(node: Node, facts: Property, value: Any, path: Path) -> Iterator[Change]:  # noqa: ANN401 - any JSON
    vocabulary = node.kind.vocabulary
    types = list(types_of(vocabulary, facts.types))
    enums = [vocabulary.enums[name] for name in types if name in vocabulary.enums]
    datatypes = [vocabulary.datatypes[name] for name in types if name in vocabulary.datatypes]
    if isinstance(value, dict):
        rules = [] if datatypes else [Rule.OBJECTS]
        yield _departure(node, facts, path, "a number", 7, *rules)
        if not datatypes:
            # A text among the endorsements is read as a token.
            rules += [Rule.ENDORSEMENTS] if facts.name == "endorsement" else []
            yield _departure(node, facts, path, "its address", _OTHER, *rules)
        return
    if enums:
        yield from (
            _departure(node, facts, path, f"{token!r}", token, *_rules_of(facts.types[0], row))
            for row in enums
            for token in _foreign_tokens(row)
        )
        yield _departure(node, facts, path, "a number", 7, Rule.STRINGS)
    for datatype in datatypes:
        yield from _instead_of_primitive(node, facts, datatype, value, path)
    if isinstance(value, str) and _is_reference(node, facts):
        for text in ("relative/1", "https://example.org/a b"):
            broken = Rule.DEFINED.requirements(node.kind)
            yield Change(what=f"{text!r}", path=path, replacement=text, requirements=broken)


def _is_reference(node: Node, facts: Property) -> bool:
    """Whether a text of the member is the identifier of a node; what a proof refers to is the affair of its suite."""
    if facts.name == "id" or node.row.json_name == "Proof":
        return facts.name == "id"
    term = node.kind.vocabulary.term(node.row.name, facts.name)
    return term is not None and term.coercion in {"@id", "@vocab"}


def _foreign_tokens(row: Enumeration) -> Iterator[str]:
    token = row.values[0]
    for text in (token.swapcase(), f"{token} ", "", "other", "ext:", "ext:a b", "ext:other"):
        if not row.admits(text):
            yield text


def _rules_of(name: str, row: Enumeration) -> tuple[Rule, ...]:
    if name == "AssociationType":
        return (Rule.ASSOCIATION_TYPES,)
    return (Rule.OPEN_ENUMERATIONS,) if row.pattern else (Rule.CLOSED_ENUMERATIONS,)


def _instead_of_primitive(node: Node, facts: Property, datatype: Datatype, value: Any, path: Path) -> Iterator[Change]:  # noqa: ANN401 - any JSON
    written = datatype.base[0]
    other: Any = 7 if written == "string" else "true" if written == "boolean" else str(value)
    yield _departure(node, facts, path, f"{other!r}", other, _JSON_RULES[written])
    if written == "integer":
        yield _departure(node, facts, path, "a fraction", 1.5, Rule.NUMBERS)
    if facts.pattern_if is not None and not node.value.get(facts.pattern_if):
        return
    rule, texts = _BROKEN.get(datatype.name, _UNBROKEN)
    for text in texts:
        yield _departure(node, facts, path, f"{text!r}", text, *([rule] if rule else []))
    if datatype.normalized:
        yield _departure(node, facts, path, "with a line feed", f"{value}\n{value}")
