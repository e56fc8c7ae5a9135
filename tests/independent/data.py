"""Hand-written frameworks in many styles: scripts, identifiers, sizes and shapes that a provider may legally have.

Records are kept without addresses; a link is a `Ref` to the key of another record, and the provider makes both for the version
and the host that it is asked at.
"""

from __future__ import annotations

import dataclasses
import random
import uuid
from typing import Any


class Ref(str):
    """The key of a record that a link leads to."""

    __slots__ = ()


@dataclasses.dataclass(slots=True, kw_only=True)
class Entry:
    """One stored record."""

    key: str
    kind: str
    identifier: str
    members: dict[str, Any]
    #: Key of the document that the record was made for.
    owner: str


class Shelf:
    """All records of a provider, in the order in which they were entered."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        #: Keys of the records in each package, by the key of its document.
        self.packages: dict[str, list[str]] = {}

    def put(self, kind: str, key: str, owner: str, identifier: str, **members: Any) -> str:  # noqa: ANN401 - JSON
        """Store a record and put it into its owner's package."""
        self.entries[key] = Entry(key=key, kind=kind, identifier=identifier, members=members, owner=owner)
        if kind == "CFDocument":
            self.packages[key] = []
        else:
            self.packages[owner].append(key)
        return key

    def lend(self, key: str, borrower: str) -> None:
        """Put a record of one framework into the package of another one, too."""
        self.packages[borrower].append(key)

    def of(self, kind: str) -> list[Entry]:
        """Return the records of a class."""
        return [entry for entry in self.entries.values() if entry.kind == kind]


def time_based(number: int) -> str:
    """Make an identifier of version 1."""
    return f"{0x5F1C2B80 + number:08x}-2f4e-11ee-be56-0242ac120002"


def at_random(name: str) -> str:
    """Make an identifier of version 4, the same for the same name."""
    return str(uuid.UUID(int=random.Random(name).getrandbits(128), version=4))  # noqa: S311 - no secret


def named(name: str) -> str:
    """Make an identifier of version 5."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{name}.skills.example.org"))


def _external(title: str, identifier: str, uri: str, kind: str) -> dict[str, Any]:
    return {"title": title, "identifier": identifier, "uri": uri, "targetType": kind}


def _child(
    shelf: Shelf,
    owner: str,
    child: str,
    parent: str,
    *,
    identifier: str,
    number: int | None,
    at: str,
    **rest: Any,  # noqa: ANN401 - JSON
) -> None:
    members = {"sequenceNumber": number} if number is not None else {}
    shelf.put(
        "CFAssociation",
        f"{owner}: {child} below {parent}",
        owner,
        identifier,
        associationType="isChildOf",
        originNodeURI=Ref(child),
        destinationNodeURI=Ref(parent),
        lastChangeDateTime=at,
        **members,
        **rest,
    )


def german(shelf: Shelf) -> None:
    """Add a framework of a deep tree, with every optional member of documents and items."""
    at = "2023-10-05T14:48:07Z"
    doc = shelf.put(
        "CFDocument",
        "deutsch",
        "deutsch",
        at_random("deutsch"),
        frameworkType="Language Ladder",
        caseVersion="1.1",
        creator="Landesinstitut für Schulqualität, Süd",
        title="Straße & Verkehr: Deutsch als Fremdsprache",
        lastChangeDateTime=at,
        officialSourceURL="https://lehrplan.example.de/download?fach=deutsch&stufe=a1%2Bb2",
        publisher="Verlag „Größe & Maß“",
        description="Hören, Lesen, *Sprechen*.\n\n- Stufe A1\n- Stufe B2",
        subject=["Deutsch, Fremdsprache", "Verkehr"],
        subjectURI=[Ref("fach-deutsch"), Ref("fach-verkehr")],
        language="de",
        version="3.0-β",
        adoptionStatus="Implemented",
        statusStartDate="2023-08-01",
        statusEndDate="2031-07-31",
        licenseURI=Ref("lizenz"),
        notes="Preis: $5.10\tje Heft; 100 % frei von Rabatten.",
        extensions={"schulform": ["Gymnasium", "Realschule"], "x.example:geprüft": True, "stufen": 4},
    )
    shelf.put(
        "CFLicense",
        "lizenz",
        doc,
        at_random("lizenz"),
        title="Namensnennung, nicht kommerziell",
        description="Kurzfassung: nennen, nicht verkaufen.",
        licenseText="https://creativecommons.org/licenses/by-nc/4.0/legalcode.de",
        lastChangeDateTime="2020-01-01T00:00:00Z",
        extensions={"spdx": "CC-BY-NC-4.0"},
    )
    for key, title, code in (("fach-deutsch", "Deutsch, Fremdsprache", "D"), ("fach-verkehr", "Verkehr", "D.1")):
        shelf.put(
            "CFSubject",
            key,
            doc,
            at_random(key),
            title=title,
            hierarchyCode=code,
            description=f"Fach {title}",
            lastChangeDateTime="2020-01-02T00:00:00Z",
            extensions={"kurz": code},
        )
    for key, title, code in (("bereich", "Bereich", "1"), ("stufe", "Stufe", "1.1"), ("koennen", "Können", "1.1.1")):
        shelf.put(
            "CFItemType",
            key,
            doc,
            at_random(key),
            title=title,
            description="" if key == "stufe" else f"Was ein {title} ist.",
            hierarchyCode=code,
            typeCode=code.replace(".", "-"),
            lastChangeDateTime="2020-01-03T00:00:00Z",
            extensions={"farbe": "rot"},
        )
    shelf.put(
        "CFAssociationGrouping",
        "gruppe",
        doc,
        at_random("gruppe"),
        title="Gliederung nach Stufen",
        description="Die übliche Gliederung",
        lastChangeDateTime="2020-01-04T00:00:00Z",
        extensions={"standard": True},
    )
    parent = doc
    for depth in range(1, 8):
        key = shelf.put("CFItem", f"de-{depth}", doc, at_random(f"de-{depth}"), **_german_item(depth))
        _child(
            shelf,
            doc,
            key,
            parent,
            identifier=at_random(f"de-edge-{depth}"),
            number=depth,
            at=at,
            CFAssociationGroupingURI=Ref("gruppe"),
            notes="Kante *der* Gliederung",
            extensions={"gewicht": depth},
        )
        parent = key


def _german_item(depth: int) -> dict[str, Any]:
    statement = f"Kann auf Stufe {depth} \"links\" und 'rechts' unterscheiden; $\\frac{{1}}{{{depth}}}$ der Straße."
    bare = {"fullStatement": statement, "lastChangeDateTime": "2023-10-05T14:48:07Z"}
    if depth != 1:
        return bare | ({"humanCodingScheme": f"D.{depth}"} if depth % 2 else {})
    return bare | {
        "alternativeLabel": "Fertigkeit",
        "CFItemType": "Können",
        "humanCodingScheme": "D.1",
        "listEnumeration": "a)",
        "abbreviatedStatement": "Richtungen",
        "conceptKeywords": ["Richtung", "links, rechts"],
        "conceptKeywordsURI": Ref("begriff"),
        "notes": "Zeile eins\nZeile zwei",
        "subject": ["Verkehr"],
        "subjectURI": [Ref("fach-verkehr")],
        "language": "de-AT",
        "educationLevel": ["05", "06"],
        "CFItemTypeURI": Ref("koennen"),
        "licenseURI": Ref("lizenz"),
        "statusStartDate": "2023-08-01",
        "statusEndDate": "2023-08-01",
        "extensions": {"bild": {"breite": 3.5, "leer": None}, "liste": []},
    }


def _concepts(shelf: Shelf, doc: str) -> None:
    for key, title, code in (("begriff", "Orientierung", "O"), ("begriff-2", "Raum", "O.10"), ("数", "数と計算", "数")):
        shelf.put(
            "CFConcept",
            key,
            doc,
            named(key),
            title=title,
            keywords="Richtung|Weg|左右",
            hierarchyCode=code,
            description=f"Zu {title}",
            lastChangeDateTime="2021-06-01T09:00:00Z",
            extensions={"rang": 1},
        )


def japanese(shelf: Shelf) -> None:
    """Add a framework in another script, with identifiers of version 1 and ends outside of the provider."""
    at = "2022-04-01T00:30:00Z"
    doc = shelf.put(
        "CFDocument",
        "sansuu",
        "sansuu",
        time_based(0),
        caseVersion="1.1",
        creator="文部科学省",
        title="算数 第一学年",
        lastChangeDateTime=at,
        subject=["算数"],
        language="ja",
        adoptionStatus="Draft",
        statusStartDate="2022-04-01",
        description="一桁の数を ~ 足す。",
    )
    for number in range(1, 5):
        key = shelf.put(
            "CFItem",
            f"ja-{number}",
            doc,
            time_based(number),
            fullStatement=f"{number} までの数を数える。",
            humanCodingScheme=f"算.{number}",
            lastChangeDateTime=at,
        )
        parent = doc if number < 3 else "ja-1"
        _child(shelf, doc, key, parent, identifier=time_based(100 + number), number=None, at=at)
    outside = (
        ("precedes", "ja-1", Ref("ja-2")),
        ("isTranslationOf", "ja-3", _external("Counts", at_random("far"), "https://case.example.net/x/1", "CASE")),
        ("ext:practised_in", "ja-2", _external("Lesson 4", "lesson-4", "urn:example:lesson:4", "ext:lesson")),
        ("exemplar", "ja-4", _external("動画", "v?1", "https://video.example.jp/watch?v=1&t=2", "ext:video.clip-1")),
    )
    for number, (kind, origin, destination) in enumerate(outside):
        shelf.put(
            "CFAssociation",
            f"ja-out-{number}",
            doc,
            time_based(200 + number),
            associationType=kind,
            originNodeURI=Ref(origin),
            destinationNodeURI=destination,
            lastChangeDateTime=at,
        )


def barista(shelf: Shelf) -> None:
    """Add a framework that is made of rubrics and concepts, without a single item."""
    at = "2024-02-29T23:59:59Z"
    doc = shelf.put(
        "CFDocument",
        "barista",
        "barista",
        named("barista"),
        creator="O'Neill & Sons",
        title='Barista "100%" + Milk & Foam',
        lastChangeDateTime=at,
        subject=["Coffee"],
        version="1",
        adoptionStatus="Published",
        extensions={},
    )
    _concepts(shelf, doc)
    shelf.put(
        "CFRubric",
        "rubric",
        doc,
        named("rubric"),
        title="Latte art",
        description="From puddle to swan",
        lastChangeDateTime=at,
        extensions={"rows": 2},
        CFRubricCriteria=[_criterion(1, at), _criterion(2, at)],
    )
    shelf.put("CFRubric", "rubric-bare", doc, named("rubric-bare"), lastChangeDateTime=at)


def _criterion(number: int, at: str) -> dict[str, Any]:
    levels = [
        {
            "identifier": named(f"level-{number}-{score}"),
            "description": f"{score} of 2",
            "quality": "good" if score else "poor",
            "score": score * 0.5,
            "feedback": "Steam\nmore.",
            "position": score,
            "rubricCriterionId": named(f"criterion-{number}"),
            "lastChangeDateTime": at,
            "extensions": [{"shade": "brown"}],
        }
        for score in range(3)
    ]
    return {
        "identifier": named(f"criterion-{number}"),
        "category": "Milk & foam",
        "description": f"Criterion {number}",
        "CFItemURI": Ref("de-1"),
        "weight": 1.0 * number,
        "position": number,
        "rubricId": named("rubric"),
        "lastChangeDateTime": at,
        "CFRubricCriterionLevels": levels,
        "extensions": {"row": number},
    }


def small_ones(shelf: Shelf) -> None:
    """Add small frameworks: equal titles, an empty one, one that borrows an item, one that only relates others."""
    minimal = {"creator": "zeta Academy", "lastChangeDateTime": "2019-05-05T05:05:05Z"}
    shelf.put("CFDocument", "numeracy-a", "numeracy-a", at_random("na"), title="Numeracy", **minimal)
    other = minimal | {"creator": "Alpha Academy", "lastChangeDateTime": "2023-11-11T11:11:11Z"}
    shelf.put(
        "CFDocument",
        "numeracy-b",
        "numeracy-b",
        at_random("nb"),
        title="Numeracy",
        adoptionStatus="Retired",
        statusStartDate="2023-08-01",
        language="en_US",
        subject=["Numbers", "Shapes", "Data"],
        description="Reading AND writing numbers OR shapes",
        **other,
    )
    shelf.put(
        "CFItem",
        "nb-1",
        "numeracy-b",
        at_random("nb-1"),
        fullStatement="Adds.",
        lastChangeDateTime="2019-05-05T05:05:05Z",
    )
    for number, key in enumerate(("nb-1", "de-2")):
        rest = {"extensions": {"sourceDocumentIdentifier": at_random("deutsch")}} if key == "de-2" else {}
        _child(
            shelf,
            "numeracy-b",
            key,
            "numeracy-b",
            identifier=at_random(f"nb-edge-{number}"),
            number=number,
            at="2023-11-11T11:11:11Z",
            **rest,
        )
    shelf.lend("de-2", "numeracy-b")
    accented = {"lastChangeDateTime": "2018-03-03T03:03:03Z", "language": "fr"}
    shelf.put("CFDocument", "elan", "elan", named("elan"), title="élan vital", creator="Acade\u0301mie", **accented)
    relating = accented | {"lastChangeDateTime": "2024-06-30T12:00:00Z"}
    shelf.put("CFDocument", "links", "links", named("links"), title="Zoologie ↔ Straße", creator="Académie", **relating)
    shelf.put(
        "CFAssociation",
        "crossing",
        "links",
        named("crossing"),
        associationType="isPeerOf",
        originNodeURI=Ref("ja-1"),
        destinationNodeURI=Ref("de-1"),
        lastChangeDateTime="2024-06-30T12:00:00Z",
    )
    odd = {"publisher": "", "version": "R&D=#1;<2>?", "statusEndDate": "9999-12-31", "subject": []}
    title = "Reading AND Writing: a\\b_c, 50% + 1 #2 🐍  "
    late = minimal | {"lastChangeDateTime": "2016-12-31T23:59:60Z", "creator": "Zeta"}
    shelf.put("CFDocument", "odd", "odd", at_random("odd"), title=title, **odd, **late)
    shelf.put(
        "CFAssociation",
        "succession",
        "odd",
        at_random("succession"),
        associationType="replacedBy",
        originNodeURI=Ref("odd"),
        destinationNodeURI=Ref("numeracy-b"),
        lastChangeDateTime="2016-12-31T23:59:60Z",
    )
    for key, title in (("ball-1", "Fußball"), ("ball-2", "FUSSBALL")):
        shelf.put("CFDocument", key, key, named(key), title=title, **(minimal | {"publisher": f"publisher+{key}%20x"}))


def full() -> Shelf:
    """Return the whole collection."""
    shelf = Shelf()
    for add in (german, japanese, barista, small_ones):
        add(shelf)
    return shelf


def single() -> Shelf:
    """Return a collection of one framework."""
    shelf = Shelf()
    japanese(shelf)
    return shelf


def unrelated() -> Shelf:
    """Return a collection of one framework with an item that nothing relates to anything."""
    shelf = single()
    shelf.put(
        "CFItem", "ja-5", "sansuu", time_based(5), fullStatement="数。", lastChangeDateTime="2022-04-01T00:30:00Z"
    )
    return shelf


def empty() -> Shelf:
    """Return a collection of nothing."""
    return Shelf()


def many(count: int = 163) -> Shelf:
    """Return the whole collection and so many small frameworks that lists need pages."""
    shelf = full()
    for number in range(count):
        key = f"unit-{number}"
        shelf.put(
            "CFDocument",
            key,
            key,
            at_random(key),
            title=f"Unit {number * 37 % 101:03}",
            creator="Abteilung Œuvre" if number % 3 else "Zentrale",
            lastChangeDateTime=f"2021-{number % 12 + 1:02}-{number % 28 + 1:02}T10:00:00Z",
            **({"statusStartDate": f"2020-01-{number % 31 + 1:02}"} if number % 4 else {}),
        )
        item = shelf.put(
            "CFItem",
            f"unit-{number}-item",
            key,
            at_random(f"{key}-item"),
            fullStatement=f"Does unit {number}.",
            lastChangeDateTime="2021-01-01T10:00:00Z",
        )
        _child(shelf, key, item, key, identifier=at_random(f"{key}-edge"), number=1, at="2021-01-01T10:00:00Z")
    return shelf
