"""Faults of structure, class by class: members missing, added, mistyped; bodies in the wrong shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.faults.editing import (
    LEAK,
    LOST,
    MISTYPED,
    V11,
    Row,
    declare,
    drop,
    put,
    rename,
    turn,
)
from skillmark.faults.fault import FAULTS

if TYPE_CHECKING:
    from skillmark.faults.provider import Call, Given, Healthy

declare(
    (
        Row(
            "definitions-sent-as-an-array",
            ("CASE-R-001",),
            MISTYPED,
            ("CFPackage",),
            turn("CFDefinitions", lambda v: [v]),
        ),
        Row(
            "rubrics-sent-as-an-object",
            ("CASE-R-001", "CASE-R-042"),
            MISTYPED,
            ("CFPackage",),
            turn("CFRubrics", lambda v: v[0] if v else {}),
        ),
        Row("package-without-its-document", ("CASE-R-001",), LOST, ("CFPackage",), drop("CFDocument")),
        Row(
            "items-under-another-name",
            ("CASE-R-001", "CASE-R-031"),
            LOST,
            ("CFPackage",),
            rename("CFItems", "items"),
        ),
        Row("package-document-without-creator", ("CASE-R-002",), LOST, ("CFPckgDocument",), drop("creator")),
        Row(
            "package-document-without-title",
            ("CASE-R-002", "CASE-R-032"),
            LOST,
            ("CFPckgDocument",),
            drop("title"),
        ),
        Row("document-without-package-link", ("CASE-R-003",), LOST, ("CFDocument",), drop("CFPackageURI")),
        Row(
            "package-link-as-bare-address",
            ("CASE-R-003",),
            MISTYPED,
            ("CFDocument",),
            turn("CFPackageURI", lambda v: v["uri"]),
        ),
        Row("document-without-title", ("CASE-R-003", "CASE-R-032"), LOST, ("CFDocument",), drop("title")),
        Row("total-in-the-list-body", ("CASE-R-004",), LEAK, ("CFDocumentSet",), put("total", 6)),
        Row("list-paging-in-the-body", ("CASE-R-004", "CASE-R-031"), LEAK, ("CFDocumentSet",), put("offset", 0)),
        Row(
            "education-levels-in-one-string",
            ("CASE-R-005", "CASE-R-042"),
            MISTYPED,
            ("CFPckgItem",),
            turn("educationLevel", ",".join),
        ),
        Row(
            "keyword-link-as-an-array",
            ("CASE-R-005",),
            MISTYPED,
            ("CFPckgItem",),
            turn("conceptKeywordsURI", lambda v: [v]),
        ),
        Row(
            "package-item-without-statement",
            ("CASE-R-005", "CASE-R-032"),
            "Nothing is left to show.",
            ("CFPckgItem",),
            drop("fullStatement"),
        ),
        Row("package-item-without-address", ("CASE-R-005", "CASE-R-032"), LOST, ("CFPckgItem",), drop("uri")),
        Row(
            "item-without-document-link",
            ("CASE-R-006",),
            "The framework of an item is lost.",
            ("CFItem",),
            drop("CFDocumentURI"),
        ),
        Row(
            "item-document-link-as-string",
            ("CASE-R-006",),
            MISTYPED,
            ("CFItem",),
            turn("CFDocumentURI", lambda v: v["identifier"]),
        ),
        Row(
            "sequence-number-as-string",
            ("CASE-R-007", "CASE-R-043"),
            "Siblings lose their order.",
            ("CFPckgAssociation",),
            turn("sequenceNumber", str),
        ),
        Row(
            "origin-as-bare-address",
            ("CASE-R-007",),
            MISTYPED,
            ("CFPckgAssociation",),
            turn("originNodeURI", lambda v: v["uri"]),
        ),
        Row(
            "association-without-type",
            ("CASE-R-007", "CASE-R-032"),
            "The tree cannot be built.",
            ("CFPckgAssociation",),
            drop("associationType"),
        ),
        Row(
            "association-without-destination",
            ("CASE-R-008", "CASE-R-032"),
            LOST,
            ("CFAssociation",),
            drop("destinationNodeURI"),
        ),
        Row(
            "association-document-link-as-string",
            ("CASE-R-008",),
            MISTYPED,
            ("CFAssociation",),
            turn("CFDocumentURI", lambda v: v["uri"]),
        ),
        Row("association-set-without-item", ("CASE-R-009",), LOST, ("CFAssociationSet",), drop("CFItem")),
        Row(
            "association-set-with-package-form-item",
            ("CASE-R-009", "CASE-R-006"),
            LOST,
            ("CFAssociationSet",),
            turn("CFItem", lambda v: {k: x for k, x in v.items() if k != "CFDocumentURI"}),
        ),
        Row(
            "association-set-under-another-name",
            ("CASE-R-009",),
            LOST,
            ("CFAssociationSet",),
            rename("CFAssociations", "associations"),
        ),
        Row(
            "subjects-in-the-singular",
            ("CASE-R-010",),
            "Subjects are lost.",
            ("CFDefinition",),
            rename("CFSubjects", "CFSubject"),
        ),
        Row(
            "definitions-as-sets",
            ("CASE-R-010", "CASE-R-042"),
            MISTYPED,
            ("CFDefinition",),
            turn("CFConcepts", lambda v: {"CFConcepts": v}),
        ),
        Row("concept-hierarchy-null", ("CASE-R-011",), MISTYPED, ("CFConcept",), put("hierarchyCode", None)),
        Row(
            "concept-keywords-as-array",
            ("CASE-R-011",),
            MISTYPED,
            ("CFConcept",),
            turn("keywords", lambda v: v.split("|")),
        ),
        Row("concept-set-with-a-count", ("CASE-R-012",), LEAK, ("CFConceptSet",), put("count", 1)),
        Row("subject-without-hierarchy", ("CASE-R-013",), LOST, ("CFSubject",), drop("hierarchyCode")),
        Row(
            "subject-set-in-the-singular",
            ("CASE-R-014",),
            LOST,
            ("CFSubjectSet",),
            rename("CFSubjects", "CFSubject"),
        ),
        Row("item-type-without-description", ("CASE-R-015",), LOST, ("CFItemType",), drop("description")),
        Row("item-type-code-null", ("CASE-R-015", "CASE-R-035"), MISTYPED, ("CFItemType",), put("typeCode", None)),
        Row(
            "item-type-set-as-object",
            ("CASE-R-016",),
            MISTYPED,
            ("CFItemTypeSet",),
            turn("CFItemTypes", lambda v: v[0]),
        ),
        Row(
            "license-without-text",
            ("CASE-R-017",),
            "The terms of use are lost.",
            ("CFLicense",),
            drop("licenseText"),
        ),
        Row("license-text-null", ("CASE-R-017", "CASE-R-035"), MISTYPED, ("CFLicense",), put("licenseText", None)),
        Row(
            "grouping-without-change-time",
            ("CASE-R-018",),
            LOST,
            ("CFAssociationGrouping",),
            drop("lastChangeDateTime"),
        ),
        Row(
            "grouping-without-title",
            ("CASE-R-018", "CASE-R-032"),
            LOST,
            ("CFAssociationGrouping",),
            drop("title"),
        ),
        Row(
            "criteria-under-the-class-name",
            ("CASE-R-019",),
            "Rubrics arrive empty.",
            ("CFRubric",),
            rename("CFRubricCriteria", "CFRubricCriterion"),
        ),
        Row(
            "weight-as-string",
            ("CASE-R-020", "CASE-R-043"),
            MISTYPED,
            ("CFRubricCriterion",),
            turn("weight", str),
        ),
        Row(
            "position-as-fraction",
            ("CASE-R-020", "CASE-R-043"),
            MISTYPED,
            ("CFRubricCriterion",),
            turn("position", lambda v: v + 0.5),
        ),
        Row(
            "criterion-id-as-link",
            ("CASE-R-021",),
            MISTYPED,
            ("CFRubricCriterionLevel",),
            turn("rubricCriterionId", lambda v: {"title": "criterion", "identifier": v, "uri": "urn:criterion"}),
        ),
        Row(
            "score-as-string",
            ("CASE-R-021", "CASE-R-043"),
            MISTYPED,
            ("CFRubricCriterionLevel",),
            turn("score", str),
        ),
        Row(
            "level-extensions-as-object",
            ("CASE-R-021",),
            MISTYPED,
            ("CFRubricCriterionLevel",),
            turn("extensions", lambda v: v[0] if v else {}),
            V11,
            disputed=True,
        ),
        Row("link-without-title", ("CASE-R-022",), LOST, ("LinkURI",), drop("title")),
        Row(
            "link-identifier-no-uuid",
            ("CASE-R-022", "CASE-R-037"),
            "Links cannot be followed.",
            ("LinkURI",),
            turn("identifier", lambda v: f"id-{v[:6]}"),
        ),
        Row("link-with-a-type", ("CASE-R-022", "CASE-R-031"), LEAK, ("LinkURI",), put("type", "Link")),
        Row(
            "end-address-is-the-identifier",
            ("CASE-R-023",),
            "Ends cannot be followed.",
            ("LinkGenURI",),
            lambda record: record.update(uri=record["identifier"]),
        ),
        Row("end-without-title", ("CASE-R-023", "CASE-R-032"), LOST, ("LinkGenURI",), drop("title")),
    )
)


@FAULTS.spoils("CASE-R-030", "CASE-R-001", effect="Importers find nothing.", at=("getCFPackage",))
def package_wrapped_in_a_member(call: Call, given: Given, healthy: Healthy) -> Given:
    """Put the package under a member named after its class."""
    return given.become({"CFPackage": given.json})


@FAULTS.spoils(
    "CASE-R-030",
    effect="Importers find nothing.",
    at=(
        "getCFItem",
        "getCFDocument",
        "getCFAssociation",
        "getCFLicense",
        "getCFAssociationGrouping",
        "getCFRubric",
    ),
)
def single_records_wrapped(call: Call, given: Given, healthy: Healthy) -> Given:
    """Put every single record under a member named after its class."""
    return given.become({(call.operation or "")[3:]: given.json})


@FAULTS.spoils("CASE-R-008", "CASE-R-030", effect="Importers find nothing.", at=("getCFAssociation",))
def association_wrapped(call: Call, given: Given, healthy: Healthy) -> Given:
    """Put an association under a member named after its class."""
    return given.become({"CFAssociation": given.json})


@FAULTS.spoils("CASE-R-030", "CASE-R-051", effect="Importers find nothing.", at=("getAllCFDocuments",))
def list_as_a_bare_array(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send the documents as an array, without the set around it."""
    return given.become(given.json["CFDocuments"])


@FAULTS.spoils("CASE-R-030", effect="Importers find nothing.")
def everything_in_an_envelope(call: Call, given: Given, healthy: Healthy) -> Given:
    """Put every 200 body under a member called data."""
    return given.become({"data": given.json}) if given.status == 200 else given
