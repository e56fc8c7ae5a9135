"""Faults of identity and links: records that disagree, addresses that lead elsewhere, trees that are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skillmark.faults.editing import edited, put
from skillmark.faults.fault import FAULTS, Fault
from skillmark.faults.operations import ask
from skillmark.faults.provider import Behaviour, Call, Given, Healthy

if TYPE_CHECKING:
    from collections.abc import Callable

_STRANGER = "5f0d9a1e-7c3b-4d2a-8e6f-0a1b2c3d4e5f"
_FORMS = {
    "item": ("CFPckgItem", "CFItem"),
    "document": ("CFPckgDocument", "CFDocument"),
    "association": ("CFPckgAssociation", "CFAssociation"),
}


def _everywhere(
    name: str,
    requirements: tuple[str, ...],
    effect: str,
    kinds: tuple[str, ...],
    change: Callable[[dict[str, Any]], object],
) -> None:
    """Add a fault that changes every object of some classes, in every answer."""

    def answer(call: Call, given: Given, _: Healthy) -> Given:
        return edited(call, given, kinds, change)

    FAULTS.add(Fault(name=name, requirements=requirements, effect=effect, make=lambda: Behaviour(answer=answer)))


def _link(record: dict[str, Any], member: str, **values: str) -> None:
    if isinstance(record.get(member), dict):
        record[member] = record[member] | values


_everywhere(
    "package-link-names-another-identifier",
    ("CASE-R-093",),
    "The framework of a document cannot be read.",
    ("CFDocument",),
    lambda record: _link(record, "CFPackageURI", identifier=_STRANGER),
)
_everywhere(
    "package-link-address-leads-to-the-document",
    ("CASE-R-093",),
    "Clients that follow the address get no package.",
    ("CFDocument",),
    lambda record: _link(record, "CFPackageURI", uri=record.get("uri", "")),
)
_everywhere(
    "document-link-names-nothing",
    ("CASE-R-094",),
    "The framework of an item is unknown.",
    ("CFItem",),
    lambda record: _link(record, "CFDocumentURI", identifier=_STRANGER),
)
_everywhere(
    "criterion-item-is-stale",
    ("CASE-R-095",),
    "Rubrics assess nothing.",
    ("CFRubricCriterion",),
    lambda record: _link(record, "CFItemURI", identifier=_STRANGER),
)
_everywhere(
    "criterion-names-another-rubric",
    ("CASE-R-096",),
    "Criteria are filed under the wrong rubric.",
    ("CFRubricCriterion",),
    lambda record: record.update(rubricId=_STRANGER),
)
_everywhere(
    "level-names-another-criterion",
    ("CASE-R-096",),
    "Levels are filed under the wrong criterion.",
    ("CFRubricCriterionLevel",),
    lambda record: record.update(rubricCriterionId=_STRANGER),
)
_everywhere(
    "origin-address-is-dead",
    ("CASE-R-097",),
    "Relations cannot be followed.",
    _FORMS["association"],
    lambda record: _link(record, "originNodeURI", uri=record["originNodeURI"]["uri"][:-36] + _STRANGER),
)
_everywhere(
    "destination-address-of-the-origin",
    ("CASE-R-097",),
    "Relations lead back to where they start.",
    _FORMS["association"],
    lambda record: _link(record, "destinationNodeURI", uri=record["originNodeURI"]["uri"]),
)
_everywhere(
    "item-addresses-are-dead",
    ("CASE-R-098",),
    "Credentials that point to a competency point nowhere.",
    _FORMS["item"],
    lambda record: record.update(uri=record["uri"].replace("/CFItems/", "/items/")),
)
_everywhere(
    "item-type-label-differs",
    ("CASE-R-101",),
    "Types are shown under two names.",
    _FORMS["item"],
    lambda record: record.update(CFItemType=f"{record['CFItemType']}s") if "CFItemType" in record else None,
)
_everywhere(
    "subjects-in-another-language",
    ("CASE-R-102",),
    "Subjects are shown under two names.",
    _FORMS["document"],
    lambda record: record.update(subject=[f"{each} (es)" for each in record.get("subject", [])]),
)
_everywhere(
    "edges-from-parent-to-child",
    ("CASE-R-103",),
    "The tree stands on its head.",
    _FORMS["association"],
    lambda record: (
        record.update(originNodeURI=record["destinationNodeURI"], destinationNodeURI=record["originNodeURI"])
        if record.get("associationType") == "isChildOf"
        else None
    ),
)
_everywhere(
    "codes-all-alike",
    ("CASE-R-191",),
    "Codes tell nothing apart.",
    _FORMS["item"],
    lambda record: record.update(humanCodingScheme="A"),
)
_everywhere(
    "addresses-are-pages-of-the-editor",
    ("CASE-R-107", "CASE-R-098"),
    "Software finds pages instead of records.",
    _FORMS["item"],
    lambda record: record.update(uri=f"https://editor.example.org/edit?item={record['identifier']}"),
)


@FAULTS.spoils("CASE-R-091", effect="Identifiers denote two things.", at=("getCFPackage",))
def association_identifiers_reused_for_items(call: Call, given: Given, healthy: Healthy) -> Given:
    """Give the first associations of a package the identifiers of its items."""
    body = given.json
    for association, item in zip(body.get("CFAssociations", [])[:5], body.get("CFItems", []), strict=False):
        association["identifier"] = item["identifier"]
    return given.become(body)


@FAULTS.spoils("CASE-R-091", effect="Identifiers denote two things.", at=("getCFPackage",))
def two_items_with_one_identifier(call: Call, given: Given, healthy: Healthy) -> Given:
    """Give two different items of a package one identifier."""
    body = given.json
    if len(body.get("CFItems", [])) > 1:
        body["CFItems"][1]["identifier"] = body["CFItems"][0]["identifier"]
    return given.become(body)


@FAULTS.spoils("CASE-R-092", effect="Clients show what nobody wrote.", at=("getCFItem",))
def single_items_have_another_statement(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send another statement in single reads than in packages."""
    body = given.json
    return given.become(body | {"fullStatement": f"{body['fullStatement']} (draft)"})


@FAULTS.spoils("CASE-R-092", effect="Optional members are lost.", at=("getCFItem",))
def single_items_without_education_level(call: Call, given: Given, healthy: Healthy) -> Given:
    """Leave the education levels out of single reads."""
    return given.become({name: value for name, value in given.json.items() if name != "educationLevel"})


@FAULTS.spoils("CASE-R-092", effect="Lists and records disagree.", at=("getAllCFDocuments",))
def list_has_another_version_label(call: Call, given: Given, healthy: Healthy) -> Given:
    """Show another version of the framework in the list."""
    body = given.json
    for document in body["CFDocuments"]:
        if "version" in document:
            document["version"] = "0"
    return given.become(body)


@FAULTS.spoils("CASE-R-092", effect="Sets and packages disagree.", at=("getCFConcept", "getCFSubject", "getCFItemType"))
def definitions_have_other_titles_in_sets(call: Call, given: Given, healthy: Healthy) -> Given:
    """Show other titles in sets than in packages."""
    body = given.json
    for entries in body.values():
        for entry in entries:
            entry["title"] = entry["title"].upper() + "."
    return given.become(body)


@FAULTS.spoils("CASE-R-094", effect="Items are filed under the wrong framework.", at=("getCFItem",))
def items_linked_to_another_document(call: Call, given: Given, healthy: Healthy) -> Given:
    """Link every item to a document that does not hold it."""
    body = given.json
    own = body["CFDocumentURI"]["identifier"]
    others = [each for each in ask(healthy, call, "CFDocuments")["CFDocuments"] if each["identifier"] != own]
    link = {"title": others[0]["title"], "identifier": others[0]["identifier"], "uri": others[0]["uri"]}
    return given.become(body | {"CFDocumentURI": link})


@FAULTS.spoils("CASE-R-094", effect="The framework of a relation is unknown.", at=("getCFAssociation",))
def association_document_link_names_nothing(call: Call, given: Given, healthy: Healthy) -> Given:
    """Link associations to a document that does not exist."""
    body = given.json
    _link(body, "CFDocumentURI", identifier=_STRANGER)
    return given.become(body)


@FAULTS.spoils("CASE-R-099", effect="Importers have to ask for every definition.", at=("getCFPackage",))
def licenses_missing_from_packages(call: Call, given: Given, healthy: Healthy) -> Given:
    """Leave the licences out of the definitions."""
    body = given.json
    body.get("CFDefinitions", {}).pop("CFLicenses", None)
    return given.become(body)


@FAULTS.spoils("CASE-R-100", "CASE-R-099", effect="Item types are unknown.", at=("getCFPackage",))
def item_types_missing_from_packages(call: Call, given: Given, healthy: Healthy) -> Given:
    """Leave the item types out of the definitions."""
    body = given.json
    body.get("CFDefinitions", {}).pop("CFItemTypes", None)
    return given.become(body)


@FAULTS.spoils("CASE-R-103", effect="Items cannot be shown in the tree.", at=("getCFPackage",))
def tree_has_a_cycle(call: Call, given: Given, healthy: Healthy) -> Given:
    """Make the parent of an item its child."""
    body = given.json
    edges = [each for each in body.get("CFAssociations", []) if each["associationType"] == "isChildOf"]
    items = {each["identifier"] for each in body.get("CFItems", [])}
    parents = {each["originNodeURI"]["identifier"]: each for each in edges}
    for edge in edges:
        parent = edge["destinationNodeURI"]["identifier"]
        if parent in items and parent in parents:
            parents[parent]["destinationNodeURI"] = edge["originNodeURI"]
            break
    return given.become(body)


@FAULTS.spoils("CASE-R-103", effect="Items cannot be shown in the tree.", at=("getCFPackage",))
def top_items_unlinked(call: Call, given: Given, healthy: Healthy) -> Given:
    """Leave out the edges from top items to the document."""
    body = given.json
    document = body["CFDocument"]["identifier"]
    body["CFAssociations"] = [
        each
        for each in body.get("CFAssociations", [])
        if each["associationType"] != "isChildOf" or each["destinationNodeURI"]["identifier"] != document
    ]
    return given.become(body)


@FAULTS.spoils("CASE-R-104", "CASE-R-103", effect="Items are shown twice.", at=("getCFPackage",))
def items_at_two_places(call: Call, given: Given, healthy: Healthy) -> Given:
    """Hang every deeper item under the document as well."""
    body = given.json
    edges = [each for each in body.get("CFAssociations", []) if each["associationType"] == "isChildOf"]
    document = body["CFDocument"]
    end = {"title": document["title"], "identifier": document["identifier"], "uri": document["uri"]}
    more = []
    for number, edge in enumerate(edges):
        if edge["destinationNodeURI"]["identifier"] != document["identifier"]:
            identifier = f"{number:08x}-0000-4000-8000-00000000abcd"
            more.append(edge | {"identifier": identifier, "destinationNodeURI": end})
    return given.become(body | {"CFAssociations": [*body["CFAssociations"], *more[:3]]})


@FAULTS.spoils(
    "CASE-R-105", effect="Importers miss every change.", at=("getAllCFDocuments", "getCFDocument", "getCFPackage")
)
def document_time_stays_at_the_import(call: Call, given: Given, healthy: Healthy) -> Given:
    """Show an old time of change on documents, everywhere alike."""
    return edited(
        call, given, _FORMS["document"], lambda record: record.update(lastChangeDateTime="2001-01-01T00:00:00Z")
    )


@FAULTS.spoils("CASE-R-098", effect="Credentials point to another record.")
def item_addresses_of_another_record(call: Call, given: Given, healthy: Healthy) -> Given:
    """Give every item the address of the first document."""
    if not call.version:
        return given
    first = ask(healthy, call, "CFDocuments")["CFDocuments"][0]["uri"]
    return edited(call, given, _FORMS["item"], put("uri", first))
