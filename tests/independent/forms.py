"""The forms in which the independent provider sends its records."""

from __future__ import annotations

import datetime
import functools
import re
import unicodedata
from typing import TYPE_CHECKING, Any

from pyuca import Collator

from .data import Entry, Ref, Shelf

if TYPE_CHECKING:
    from .provider import Switches

Record = dict[str, Any]

#: Classes by the collection that serves them.
KINDS = {
    "CFDocuments": "CFDocument",
    "CFItems": "CFItem",
    "CFAssociations": "CFAssociation",
    "CFAssociationGroupings": "CFAssociationGrouping",
    "CFConcepts": "CFConcept",
    "CFItemTypes": "CFItemType",
    "CFLicenses": "CFLicense",
    "CFSubjects": "CFSubject",
    "CFRubrics": "CFRubric",
}
COLLECTIONS = {kind: name for name, kind in KINDS.items()}
DEFINITIONS = ("CFConcepts", "CFSubjects", "CFLicenses", "CFItemTypes", "CFAssociationGroupings")
_ARRAYS = {
    "CFDocument": ("subject", "subjectURI"),
    "CFItem": ("conceptKeywords", "educationLevel"),
    "CFRubric": ("CFRubricCriteria",),
}
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_SINCE_1_1 = {"frameworkType", "caseVersion", "extensions", "targetType"}
_ONLY_1_1 = {"CFItem": {"subject", "subjectURI"}, "CFAssociation": {"notes"}}
_BREAKS = re.compile(r"\s+")


def is_uuid(text: str) -> bool:
    """Whether a text is an identifier of the standard."""
    return bool(_UUID.fullmatch(text))


@functools.cache
def _collator() -> Collator:
    return Collator()


class Forms:
    """Renders stored records for one version at one address."""

    def __init__(self, shelf: Shelf, version: str, base: str, switches: Switches) -> None:
        self.shelf = shelf
        self.version = version
        self.base = base
        self.switches = switches

    # Addresses and links

    def rest_address(self, entry: Entry) -> str:
        """Return the address that the interface has for a record."""
        return f"{self.base}/{COLLECTIONS[entry.kind]}/{entry.identifier}"

    def address(self, entry: Entry) -> str:
        """Return the uri of a record."""
        match self.switches.uri:
            case "canonical":
                return f"{self.base.partition('/ims/')[0]}/id/{entry.identifier}"
            case "newest":
                base = f"{self.base.partition('/ims/')[0]}/ims/case/v1p1"
                return f"{base}/{COLLECTIONS[entry.kind]}/{entry.identifier}"
            case "elsewhere":
                return f"https://source.example.com/ims/case/v1p1/{COLLECTIONS[entry.kind]}/{entry.identifier}"
            case _:
                return self.rest_address(entry)

    def title(self, entry: Entry) -> str:
        """Return the label of a record in links."""
        text = entry.members.get("title") or entry.members.get("fullStatement") or entry.kind
        return _BREAKS.sub(" ", text)

    def link(self, key: str, *, is_end: bool = False) -> Record:
        """Return the link to a record."""
        entry = self.shelf.entries[key]
        found = {"title": self.title(entry), "identifier": entry.identifier, "uri": self.address(entry)}
        return found | ({"targetType": "CASE"} if is_end and self.switches.target_type else {})

    # Records

    def record(self, entry: Entry) -> Record:
        """Return a record in its package form."""
        found = self._rendered(entry.kind, {"identifier": entry.identifier, "uri": self.address(entry)} | entry.members)
        if self.switches.empty_arrays:
            for name in _ARRAYS.get(entry.kind, ()):
                found.setdefault(name, [])
        if self.switches.reversed_records:
            found = dict(reversed(found.items()))
        return self._in_version(entry.kind, found)

    def full(self, entry: Entry) -> Record:
        """Return a record in its full form, with the link to its container."""
        found = self.record(entry)
        if entry.kind == "CFDocument":
            link = self.link(entry.key) | {"uri": f"{self.base}/CFPackages/{entry.identifier}"}
            return found | {"CFPackageURI": link}
        if entry.kind == "CFItem" or (entry.kind == "CFAssociation" and self.switches.associations_name_document):
            return found | {"CFDocumentURI": self.link(entry.owner)}
        return found

    def package(self, document: Entry) -> Record:
        """Return the package of a document."""
        entries = [self.shelf.entries[key] for key in self.shelf.packages[document.key]]
        held = {name: [self.record(each) for each in entries if each.kind == kind] for name, kind in KINDS.items()}
        if self.switches.reversed_records:
            held = {name: list(reversed(records)) for name, records in held.items()}
        found: Record = {"CFDocument": self.record(document)}
        for name in ("CFItems", "CFAssociations"):
            if held[name] or self.switches.items_if_empty:
                found[name] = held[name]
        definitions = self._definitions(entries, held)
        if definitions or self.switches.empty_arrays:
            found["CFDefinitions"] = definitions
        if (held["CFRubrics"] or self.switches.empty_arrays) and self.switches.rubrics:
            found["CFRubrics"] = held["CFRubrics"]
        extensible = self.version == "1.1" and self.switches.extensions and document.key == "deutsch"
        return found | ({"extensions": {"exportiert": "vollständig"}} if extensible else {})

    def _definitions(self, entries: list[Entry], held: dict[str, list[Record]]) -> Record:
        """Return the definitions of a package: its own, and those of other frameworks that its records link to."""
        own = {each.key for each in entries}
        wanted = {key for each in entries for key in _refs(each.members) if key not in own}
        for key in sorted(wanted):
            entry = self.shelf.entries[key]
            if COLLECTIONS[entry.kind] in DEFINITIONS:
                held[COLLECTIONS[entry.kind]].append(self.record(entry))
        found: Record = {name: held[name] for name in DEFINITIONS if held[name] or self.switches.empty_arrays}
        if found and self.version == "1.1" and self.switches.extensions:
            found["extensions"] = {"anzahl": len(found)}
        return found

    def part(self, identifier: str) -> Record:
        """Return a criterion or a level of a rubric by itself."""
        for rubric in self.shelf.of("CFRubric"):
            for criterion in self.record(rubric).get("CFRubricCriteria", []):
                for each in (criterion, *criterion["CFRubricCriterionLevels"]):
                    if each["identifier"] == identifier:
                        return dict(each)
        return {}

    def _rendered(self, kind: str, members: Record) -> Record:
        return {name: self._value(kind, name, value) for name, value in members.items()}

    def _value(self, kind: str, name: str, value: Any) -> Any:  # noqa: ANN401 - any JSON value
        if isinstance(value, Ref):
            return self.link(value, is_end=name.endswith("NodeURI"))
        if name == "lastChangeDateTime":
            return self._moment(value)
        if name in {"CFRubricCriteria", "CFRubricCriterionLevels"}:
            return [self._part(each) for each in value]
        if isinstance(value, list) and name.endswith("URI"):
            return [self._value(kind, name, each) for each in value]
        if name in {"weight", "score"} and self.switches.integral_floats:
            return int(value) if value == int(value) else value
        return value

    def _part(self, part: Record) -> Record:
        identifier = part["identifier"]
        rubric = self.shelf.entries["rubric"]
        address = {
            "fragment": f"{self.address(rubric)}#{identifier}",
            "served": f"{self.base}/CFRubricCriteria/{identifier}",
            "unserved": f"{self.base}/CFRubricCriterionLevels/{identifier}",
        }[self.switches.criteria]
        return self._rendered("CFRubric", part | {"uri": address})

    def _moment(self, text: str) -> str:
        """Return a time in the chosen style: the same instant in every one."""
        moment = instant(text)
        match self.switches.dates:
            case "offset":
                zone = datetime.timezone(datetime.timedelta(hours=moment.day % 5 - 2, minutes=30))
                return moment.astimezone(zone).isoformat()
            case "fraction":
                return f"{text[:-1]}.{moment.day:03}000001Z"
            case "plus":
                return f"{text[:-1]}+00:00"
            case "small letters":
                return text.lower()
            case _:
                return text

    def _in_version(self, kind: str, record: Record) -> Record:
        if self.version == "1.0":
            kept = {name: _old(value) for name, value in record.items() if name not in _ONLY_1_1.get(kind, set())}
            if kind in {"CFDocument", "CFItem", "CFRubric"}:
                for name in kept.keys() & {"description", "fullStatement"}:
                    kept[name] = _BREAKS.sub(" ", kept[name])
            if str(kept.get("associationType", "")).startswith(("ext:", "isTranslationOf")):
                kept["associationType"] = "isRelatedTo"
            return {name: value for name, value in kept.items() if name not in _SINCE_1_1}
        return record if self.switches.extensions else _without_extensions(record)

    # Comparing

    def sort_key(self, member: str, value: str) -> Any:  # noqa: ANN401 - a key of any kind
        """Return what a text is sorted by."""
        if member == "lastChangeDateTime":
            return instant(value)
        match self.switches.collation:
            case "bytes":
                return value.encode()
            case "bare":
                return bare(value)
            case "icu":
                return _collator().sort_key(value)
            case _:
                return value.lower()


def instant(text: str) -> datetime.datetime:
    """Return the instant of a date-time; a leap second counts as the one before it."""
    return datetime.datetime.fromisoformat(text.upper().replace(":60", ":59"))


def bare(text: str) -> str:
    """Return a text without accents and capitals."""
    return "".join(each for each in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(each))


def _refs(value: Any) -> list[str]:  # noqa: ANN401 - any JSON value
    if isinstance(value, Ref):
        return [value]
    values = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [key for each in values for key in _refs(each)]


def _old(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Return a value without what came with 1.1."""
    if isinstance(value, dict):
        return {name: _old(each) for name, each in value.items() if name not in _SINCE_1_1}
    return [_old(each) for each in value] if isinstance(value, list) else value


def _without_extensions(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        return {name: _without_extensions(each) for name, each in value.items() if name != "extensions"}
    return [_without_extensions(each) for each in value] if isinstance(value, list) else value
