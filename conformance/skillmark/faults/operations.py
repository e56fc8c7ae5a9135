"""Faults of the operations: not there, another record, the wrong shape, parts left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skillmark.faults.fault import FAULTS, Fault
from skillmark.faults.provider import Behaviour, Call, Given, Healthy
from skillmark.faults.requerying import requeried
from skillmark_reference.standards import load_standard

if TYPE_CHECKING:
    from skillmark_reference.standards import Operation

NOT_FOUND = {
    "imsx_codeMajor": "failure",
    "imsx_severity": "error",
    "imsx_description": "Unknown Object",
    "imsx_codeMinor": {
        "imsx_codeMinorField": [
            {"imsx_codeMinorFieldName": "sourcedId", "imsx_codeMinorFieldValue": "unknownobject"},
        ],
    },
}

#: The requirement that each operation is there, by operation.
_REQUIRED = {
    "getCFPackage": "CASE-R-050",
    "getCFDocument": "CASE-R-052",
    "getCFItem": "CASE-R-053",
    "getCFItemAssociations": "CASE-R-054",
    "getCFAssociation": "CASE-R-055",
    "getCFAssociationGrouping": "CASE-R-056",
    "getCFConcept": "CASE-R-057",
    "getCFItemType": "CASE-R-058",
    "getCFLicense": "CASE-R-059",
    "getCFSubject": "CASE-R-060",
    "getCFRubric": "CASE-R-061",
}


def _declare_missing(operation: Operation, requirement: str) -> None:
    def not_found(call: Call, given: Given, _: Healthy) -> Given:
        if call.operation == operation.id and given.status == 200:
            return given.become(NOT_FOUND, status=404)
        return given

    def not_implemented(call: Call, given: Given, _: Healthy) -> Given:
        if call.operation == operation.id:
            given.headers["content-type"] = "text/plain"
            return Given(status=501, headers=given.headers, body=b"Not Implemented")
        return given

    for name, behaviour in (("not-found", not_found), ("not-implemented", not_implemented)):
        FAULTS.add(
            Fault(
                name=f"{operation.collection.lower()}-{name}",
                requirements=(requirement,),
                effect=f"{operation.id} is of no use.",
                make=lambda behaviour=behaviour: Behaviour(answer=behaviour),  # type: ignore[misc]
            )
        )


for _id, _requirement in _REQUIRED.items():
    _declare_missing(load_standard("case-1.1").operations[_id], _requirement)


def _bare(requirement: str, class_requirement: str, operation: Operation) -> None:
    def answer(call: Call, given: Given, _: Healthy) -> Given:
        if call.operation == operation.id and given.status == 200:
            return given.become(given.json[operation.collection][0])
        return given

    FAULTS.add(
        Fault(
            name=f"{operation.collection.lower()}-bare-instead-of-a-set",
            requirements=(requirement, class_requirement, "CASE-R-030"),
            effect="Importers that expect the set find nothing.",
            make=lambda: Behaviour(answer=answer),
        )
    )


_bare("CASE-R-057", "CASE-R-012", load_standard("case-1.1").operations["getCFConcept"])
_bare("CASE-R-060", "CASE-R-014", load_standard("case-1.1").operations["getCFSubject"])
_bare("CASE-R-058", "CASE-R-016", load_standard("case-1.1").operations["getCFItemType"])


@FAULTS.spoils("CASE-R-051", effect="Nothing can be discovered.", at=("getAllCFDocuments",))
def list_not_found(call: Call, given: Given, healthy: Healthy) -> Given:
    """Answer the document list with 404."""
    return given.become(NOT_FOUND, status=404)


@FAULTS.spoils("CASE-R-051", effect="Listed frameworks cannot be read.", at=("getCFDocument",))
def listed_documents_cannot_be_read(call: Call, given: Given, healthy: Healthy) -> Given:
    """Answer single reads of documents with 404."""
    return given.become(NOT_FOUND, status=404)


@FAULTS.spoils("CASE-R-050", effect="A listed framework cannot be imported.", at=("getCFPackage",))
def some_packages_not_found(call: Call, given: Given, healthy: Healthy) -> Given:
    """Answer 404 for packages whose identifier ends with an even digit."""
    even = (call.sourced_id or "1")[-1] in "02468ace"
    return given.become(NOT_FOUND, status=404) if even else given


@FAULTS.spoils("CASE-R-052", effect="Clients get far more than they asked for.", at=("getCFDocument",))
def document_answers_with_the_package(call: Call, given: Given, healthy: Healthy) -> Given:
    """Answer single reads of documents with the whole package."""
    return given.become(ask(healthy, call, "CFPackages", call.sourced_id or ""))


@FAULTS.spoils("CASE-R-053", effect="Clients store the wrong statement.", at=("getCFItem",))
def another_item_is_delivered(call: Call, given: Given, healthy: Healthy) -> Given:
    """Answer every single read of an item with the first item."""
    listed = ask(healthy, call, "CFDocuments")["CFDocuments"]
    first = ask(healthy, call, "CFPackages", listed[0]["identifier"])["CFItems"][0]["identifier"]
    return given.become(ask(healthy, call, "CFItems", first))


@FAULTS.spoils("CASE-R-055", effect="Single associations cannot be read.", at=("getCFAssociation",))
def association_answers_with_the_items_set(call: Call, given: Given, healthy: Healthy) -> Given:
    """Answer single reads of associations as if the item's associations had been asked for."""
    origin = given.json["originNodeURI"]["identifier"]
    return given.become(ask(healthy, call, "CFItemAssociations", origin))


@FAULTS.spoils("CASE-R-059", "CASE-R-017", effect="Importers find no licence.", at=("getCFLicense",))
def license_as_a_set(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send a licence inside a set."""
    return given.become({"CFLicenses": [given.json]})


@FAULTS.spoils("CASE-R-056", "CASE-R-018", effect="Importers find no grouping.", at=("getCFAssociationGrouping",))
def grouping_as_a_set(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send a grouping inside a set."""
    return given.become({"CFAssociationGroupings": [given.json]})


@FAULTS.spoils("CASE-R-065", effect="Clients take an ancestor for the record.", at=("getCFConcept", "getCFSubject"))
def sets_begin_with_another_record(call: Call, given: Given, healthy: Healthy) -> Given:
    """Put the requested record last, after one that was not asked for."""
    body = given.json
    name = next(iter(body))
    requested = body[name][0]
    other = requested | {"identifier": "0b0f7f52-3c1e-4d0a-9a55-5d6c1f0e2a01", "hierarchyCode": "0"}
    return given.become({name: [other, *body[name][1:], requested]})


@FAULTS.spoils(
    "CASE-R-066", effect="Branches of definitions arrive without their leaves.", at=("getCFConcept", "getCFSubject")
)
def sets_without_children(call: Call, given: Given, healthy: Healthy) -> Given:
    """Leave the descendants out of sets."""
    return given.become({name: entries[:1] for name, entries in given.json.items()})


@FAULTS.spoils("CASE-R-067", effect="Incoming relations are lost.", at=("getCFItemAssociations",))
def only_outgoing_associations(call: Call, given: Given, healthy: Healthy) -> Given:
    """Leave out the associations in which the item is the destination."""
    return _associations(given, lambda each: each["originNodeURI"]["identifier"] == call.sourced_id)


@FAULTS.spoils("CASE-R-067", effect="Relations are lost.", at=("getCFItemAssociations",))
def associations_cut_at_one(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send the first association of an item only."""
    body = given.json
    return given.become(body | {"CFAssociations": body["CFAssociations"][:1]})


@FAULTS.spoils("CASE-R-067", effect="Items seem related to everything.", at=("getCFItemAssociations",))
def associations_of_the_whole_framework(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send all associations of the item's framework."""
    body = given.json
    package = ask(healthy, call, "CFPackages", body["CFItem"]["CFDocumentURI"]["identifier"])
    return given.become(body | {"CFAssociations": package["CFAssociations"]})


def _associations(given: Given, keep: Any) -> Given:  # noqa: ANN401 - a predicate
    body = given.json
    return given.become(body | {"CFAssociations": [each for each in body["CFAssociations"] if keep(each)]})


@FAULTS.spoils("CASE-R-068", "CASE-R-050", effect="The wrong framework is imported.", at=("getCFPackage",))
def the_first_package_for_every_document(call: Call, given: Given, healthy: Healthy) -> Given:
    """Answer every package read with the package of the first document."""
    listed = ask(healthy, call, "CFDocuments")["CFDocuments"]
    return given.become(ask(healthy, call, "CFPackages", listed[0]["identifier"]))


@FAULTS.spoils("CASE-R-069", effect="A framework cannot be discovered.", at=("getAllCFDocuments",))
def one_document_hidden_from_the_list(call: Call, given: Given, healthy: Healthy) -> Given:
    """Leave a document out of the list although its items name it and it can be read."""
    return requeried(call, given, healthy, lambda documents: documents[:-1])


@FAULTS.spoils("CASE-R-069", effect="Importers import a framework twice.", at=("getAllCFDocuments",))
def first_document_listed_twice(call: Call, given: Given, healthy: Healthy) -> Given:
    """List the first document of every answer again at its end."""
    body = given.json
    return given.become({"CFDocuments": [*body["CFDocuments"], *body["CFDocuments"][:1]]})


@FAULTS.spoils("CASE-R-070", effect="Rubrics arrive without their grid.", at=("getCFRubric",))
def rubric_without_criteria(call: Call, given: Given, healthy: Healthy) -> Given:
    """Leave the criteria out of single reads of rubrics."""
    return given.become({name: value for name, value in given.json.items() if name != "CFRubricCriteria"})


@FAULTS.spoils("CASE-R-070", effect="Rubrics arrive without their cells.", at=("getCFRubric",))
def rubric_without_levels(call: Call, given: Given, healthy: Healthy) -> Given:
    """Leave the levels out of single reads of rubrics."""
    body = given.json
    for criterion in body.get("CFRubricCriteria", []):
        criterion.pop("CFRubricCriterionLevels", None)
    return given.become(body)


@FAULTS.spoils("CASE-R-070", effect="Criteria cannot be shown.", at=("getCFRubric",))
def criteria_as_links(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send links instead of the criteria."""
    body = given.json
    body["CFRubricCriteria"] = [
        {"title": "criterion", "identifier": each["identifier"], "uri": each["uri"]}
        for each in body.get("CFRubricCriteria", [])
    ]
    return given.become(body)


@FAULTS.spoils("CASE10-R-004", effect="Clients that follow the binding find nothing.", versions=("1.0",))
def served_outside_of_the_1_0_base_path(call: Call, given: Given, healthy: Healthy) -> Given:
    """Know no address under the 1.0 base path."""
    return given.become(NOT_FOUND, status=404) if call.version == "1.0" else given


@FAULTS.spoils(
    "CASE11-R-020", "CASE11-R-024", effect="Clients that follow the binding find nothing.", versions=("1.1",)
)
def served_outside_of_the_1_1_base_path(call: Call, given: Given, healthy: Healthy) -> Given:
    """Know no address under the 1.1 base path."""
    return given.become(NOT_FOUND, status=404) if call.version == "1.1" else given


@FAULTS.spoils("CASE-R-108", effect="Consumers import empty shells.", at=("getCFPackage",))
def packages_without_items(call: Call, given: Given, healthy: Healthy) -> Given:
    """Leave the items out of packages."""
    return given.become({name: value for name, value in given.json.items() if name != "CFItems"})


def ask(healthy: Healthy, call: Call, collection: str, sourced_id: str | None = None) -> Any:  # noqa: ANN401 - JSON
    """Return the healthy provider's body for another address of the same version."""
    path = f"/{collection}" + (f"/{sourced_id}" if sourced_id else "")
    asked = Call(
        method="GET",
        version=call.version,
        operation=None,
        sourced_id=sourced_id,
        path=path,
        query=(),
        raw_query="",
        headers=call.headers,
    )
    return healthy.answer(asked).json
