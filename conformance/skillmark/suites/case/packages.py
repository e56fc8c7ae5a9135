"""The package as a whole: Information Model 7.1, Implementation Guide 3.2 and 4.2 to 4.4."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import TYPE_CHECKING, Any

from skillmark.core.errors import Untested
from skillmark.suites.case.ordering import instant
from skillmark.suites.case.suite import CASE

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from skillmark.engine import Observation
    from skillmark.suites.case.answers import Answer
    from skillmark.suites.case.evidence import CaseEvidence

#: Link members of items and documents, with the array of CFDefinitions that holds what they name.
_DEFINITIONS = {
    "CFItemTypeURI": "CFItemTypes",
    "licenseURI": "CFLicenses",
    "subjectURI": "CFSubjects",
    "conceptKeywordsURI": "CFConcepts",
    "CFAssociationGroupingURI": "CFAssociationGroupings",
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One record of a package and where it stands."""

    pointer: str
    record: dict[str, Any]

    @property
    def identifier(self) -> str | None:
        return _text(self.record.get("identifier"))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _entries(container: object, name: str, prefix: str = "") -> list[_Entry]:
    found = container.get(name) if isinstance(container, dict) else None
    if not isinstance(found, list):
        return []
    return [
        _Entry(pointer=f"{prefix}/{name}/{index}", record=record)
        for index, record in enumerate(found)
        if isinstance(record, dict)
    ]


def _packages(case: CaseEvidence) -> list[Answer]:
    """Return the packages that were delivered, the smallest first.

    Raises:
        Untested: there is none.
    """
    found = sorted((a for a in case.packages.values() if a.payload is not None), key=lambda a: a.exchange.size)
    if not found:
        raise Untested("No package was delivered.")
    return found


def _definitions(package: Answer) -> dict[str, dict[object, dict[str, Any]]]:
    container = (package.payload or {}).get("CFDefinitions")
    return {
        name: {entry.identifier: entry.record for entry in _entries(container, name)} for name in _DEFINITIONS.values()
    }


def _all_records(package: Answer) -> list[_Entry]:
    payload = package.payload or {}
    document = payload.get("CFDocument")
    head = [_Entry(pointer="/CFDocument", record=document)] if isinstance(document, dict) else []
    return [*head, *_entries(payload, "CFItems"), *_entries(payload, "CFAssociations")]


def _links(entry: _Entry, member: str) -> list[dict[str, Any]]:
    value = entry.record.get(member)
    return [link for link in (value if isinstance(value, list) else [value]) if isinstance(link, dict)]


@CASE.check("CASE-R-099")
def definitions_are_in_the_package(case: CaseEvidence) -> Iterator[Observation]:
    """What the records of a package link to is among its definitions."""
    for package in _packages(case):
        definitions = _definitions(package)
        for entry in _all_records(package):
            for member, array in _DEFINITIONS.items():
                yield from _defined(package, entry, member, definitions[array], requirement="CASE-R-099")


@CASE.check("CASE-R-100")
def item_types_are_in_the_package(case: CaseEvidence) -> Iterator[Observation]:
    """The type that an item links to is among the definitions of its package."""
    for package in _packages(case):
        types = _definitions(package)["CFItemTypes"]
        for entry in _entries(package.payload, "CFItems"):
            yield from _defined(package, entry, "CFItemTypeURI", types, requirement="CASE-R-100")


def _defined(
    package: Answer, entry: _Entry, member: str, known: Container[object], *, requirement: str
) -> Iterator[Observation]:
    for link in _links(entry, member):
        if _text(link.get("identifier")) in known:
            yield package.held()
        else:
            yield package.finding(
                requirement,
                expected=f"an entry of CFDefinitions/{_DEFINITIONS[member]}",
                actual=f"{link.get('identifier')!r:.80} is none",
                pointer=f"{entry.pointer}/{member}",
                cause=member,
            )


@CASE.check("CASE-R-101")
def item_types_have_one_name(case: CaseEvidence) -> Iterator[Observation]:
    """CFItemType, the title of CFItemTypeURI and the title of the definition are equal."""
    for package in _packages(case):
        types = _definitions(package)["CFItemTypes"]
        for entry in _entries(package.payload, "CFItems"):
            for link in _links(entry, "CFItemTypeURI"):
                names = [entry.record.get("CFItemType"), link.get("title")]
                known = _text(link.get("identifier"))
                names += [types[known].get("title")] if known in types else []
                if "CFItemType" not in entry.record or all(name == names[0] for name in names):
                    yield package.held()
                else:
                    yield package.finding(
                        "CASE-R-101",
                        expected="one name in CFItemType, CFItemTypeURI and definition",
                        actual=" / ".join(str(name)[:60] for name in names),
                        pointer=f"{entry.pointer}/CFItemType",
                        cause="item type names differ",
                    )


@CASE.check("CASE-R-102")
def subjects_have_one_name(case: CaseEvidence) -> Iterator[Observation]:
    """The texts of subject are the titles of subjectURI."""
    for package in _packages(case):
        for entry in _all_records(package):
            subject, titles = entry.record.get("subject"), [link.get("title") for link in _links(entry, "subjectURI")]
            if not isinstance(subject, list) or not titles:
                continue
            if {str(each) for each in subject} == {str(each) for each in titles}:
                yield package.held()
            else:
                yield package.finding(
                    "CASE-R-102",
                    expected=f"subjects {', '.join(map(str, titles))[:120]}, as subjectURI names them",
                    actual=", ".join(map(str, subject))[:120],
                    pointer=f"{entry.pointer}/subject",
                    cause="subject names differ",
                )


# The tree


class _Tree:
    """The graph of isChildOf in one package."""

    def __init__(self, package: Answer) -> None:
        payload = package.payload or {}
        document = payload.get("CFDocument")
        self.root = _text(document.get("identifier")) if isinstance(document, dict) else None
        self.items = {entry.identifier: entry for entry in _entries(payload, "CFItems")}
        #: Edges by child: parent and the association.
        self.parents: dict[str | None, list[tuple[str | None, _Entry]]] = {}
        #: What is known of the way up from a node, so that every edge is walked once.
        self._fates: dict[str | None, str] = {}
        for entry in _entries(payload, "CFAssociations"):
            if entry.record.get("associationType") == "isChildOf":
                child, parent = _end(entry, "originNodeURI"), _end(entry, "destinationNodeURI")
                self.parents.setdefault(child, []).append((parent, entry))

    def fate(self, item: str | None) -> str:
        """Return why an item does not reach the document; empty when it does."""
        if item not in self.parents and item != self.root:
            return "it has no parent"
        path: dict[str | None, None] = {}
        current = item
        while current not in self._fates:
            if current in path:
                self._fates[current] = "its parents form a cycle"
            elif current == self.root:
                self._fates[current] = ""
            elif current not in self.parents:
                self._fates[current] = "an ancestor of it has no parent"
            else:
                path[current] = None
                current = self.parents[current][0][0]
        self._fates |= dict.fromkeys(path, self._fates[current])
        return self._fates[item]


def _end(entry: _Entry, member: str) -> str | None:
    end = entry.record.get(member)
    identifier = end.get("identifier") if isinstance(end, dict) else None
    return _text(identifier)


@CASE.check("CASE-R-103")
def the_tree_grows_from_the_document(case: CaseEvidence) -> Iterator[Observation]:
    """The isChildOf associations of a package form a forest that is rooted in its document."""
    for package in _packages(case):
        tree = _Tree(package)
        for identifier, entry in tree.items.items():
            if fate := tree.fate(identifier):
                yield package.finding(
                    "CASE-R-103",
                    expected="a way over isChildOf from every item to the document",
                    actual=fate,
                    pointer=entry.pointer,
                    cause=fate,
                )
            else:
                yield package.held()
        for parent, entry in tree.parents.get(tree.root, ()):
            yield package.finding(
                "CASE-R-103",
                expected="edges from child to parent; the document is nobody's child",
                actual=f"the document is a child of {parent}",
                pointer=entry.pointer,
                cause="document as child",
            )


@CASE.check("CASE-R-104")
def an_item_has_one_place(case: CaseEvidence) -> Iterator[Observation]:
    """An item has one place in the tree of one framework; the same identifier elsewhere is the same item, reused."""
    for package in _packages(case):
        tree = _Tree(package)
        for identifier in tree.items:
            edges = tree.parents.get(identifier, [])
            places = Counter((parent, str(entry.record.get("CFAssociationGroupingURI"))) for parent, entry in edges)
            groupings = Counter(grouping for _, grouping in places)
            if groupings and max(groupings.values()) > 1:
                yield package.finding(
                    "CASE-R-104",
                    expected="one parent for each grouping",
                    actual=f"{len(places)} parents",
                    pointer=edges[1][1].pointer,
                    cause="several places",
                )
            else:
                yield package.held()
    yield from _reused(case)


def _reused(case: CaseEvidence) -> Iterator[Observation]:
    """Look at identifiers that occur in several packages: reuse keeps statement and address."""
    for found in case.pool("CFItem").values():
        first = found[0]
        for other in found[1:]:
            same = all(first.record.get(name) == other.record.get(name) for name in ("fullStatement", "uri"))
            if not same and other.answer.id != first.answer.id:
                yield other.finding(
                    "CASE-R-104",
                    expected="the same statement and address wherever the identifier occurs",
                    actual="another statement or address in another framework",
                    further=(first.answer.id,),
                    cause="copy with the identifier of the original",
                )


@CASE.check("CASE-R-105")
def the_document_is_as_young_as_its_records(case: CaseEvidence) -> Iterator[Observation]:
    """The document's lastChangeDateTime is not earlier than that of any record in its package."""
    for package in _packages(case):
        document = (package.payload or {}).get("CFDocument")
        own = _moment(document)
        later = [
            (moment, entry)
            for entry in _all_records(package)[1:]
            if (moment := _moment(entry.record)) is not None and own is not None and moment > own
        ]
        if later:
            latest = max(later, key=lambda pair: pair[0])
            yield package.finding(
                "CASE-R-105",
                expected=f"a document time of at least {latest[1].record['lastChangeDateTime']}",
                actual=f"{document['lastChangeDateTime'] if isinstance(document, dict) else None}",
                pointer="/CFDocument/lastChangeDateTime",
                cause="document older than its records",
            )
        elif own is not None:
            yield package.held()


def _moment(record: object) -> Any:  # noqa: ANN401 - datetime or None
    value = record.get("lastChangeDateTime") if isinstance(record, dict) else None
    return instant(value) if isinstance(value, str) else None
