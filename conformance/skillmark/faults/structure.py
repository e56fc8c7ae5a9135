"""Faults of structure: members missing, added, mistyped, in every class."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from skillmark.faults.fault import FAULTS, VERSIONS, Fault
from skillmark.faults.provider import Behaviour, Call, Given, Healthy
from skillmark.suites.case.records import objects
from skillmark_reference.standards import load_standard

if TYPE_CHECKING:
    from collections.abc import Callable

Record = dict[str, Any]


def edited(call: Call, given: Given, kinds: tuple[str, ...], change: Callable[[Record], object]) -> Given:
    """Apply a change to every object of some classes in a 200 answer, and leave other answers as they are."""
    if call.operation is None or given.status != 200:
        return given
    standard = load_standard(f"case-{call.version}")
    value = given.json
    touched = False
    for kind, record, _ in objects(standard, standard.operations[call.operation].payload, value):
        if kind in kinds:
            change(record)
            touched = True
    return given.become(value) if touched else given


def drop(member: str) -> Callable[[Record], object]:
    """Return a change that leaves a member out."""
    return lambda record: record.pop(member, None)


def put(member: str, value: object) -> Callable[[Record], object]:
    """Return a change that sets a member, present or not."""
    return lambda record: record.update({member: value})


def turn(member: str, change: Callable[[Any], object]) -> Callable[[Record], object]:
    """Return a change of a member's value where it is present."""

    def apply(record: Record) -> None:
        if member in record:
            record[member] = change(record[member])

    return apply


def rename(member: str, other: str) -> Callable[[Record], object]:
    """Return a change that puts a member under another name."""

    def apply(record: Record) -> None:
        if member in record:
            record[other] = record.pop(member)

    return apply


@dataclasses.dataclass(frozen=True, slots=True)
class _Row:
    name: str
    requirements: tuple[str, ...]
    effect: str
    kinds: tuple[str, ...]
    change: Callable[[Record], object]
    versions: tuple[str, ...] = VERSIONS
    disputed: bool = False


_DOCUMENTS = ("CFPckgDocument", "CFDocument")
_ITEMS = ("CFPckgItem", "CFItem")
_ASSOCIATIONS = ("CFPckgAssociation", "CFAssociation")
_LOST = "Importers that rely on the member refuse the record."
_LEAK = "Strict importers refuse the record."
_MISTYPED = "Importers with a typed model fail on the member."
_V11 = ("1.1",)
_V10 = ("1.0",)

_ROWS = (
    _Row(
        "definitions-sent-as-an-array",
        ("CASE-R-001",),
        _MISTYPED,
        ("CFPackage",),
        turn("CFDefinitions", lambda v: [v]),
    ),
    _Row(
        "rubrics-sent-as-an-object",
        ("CASE-R-001", "CASE-R-042"),
        _MISTYPED,
        ("CFPackage",),
        turn("CFRubrics", lambda v: v[0] if v else {}),
    ),
    _Row("package-without-its-document", ("CASE-R-001",), _LOST, ("CFPackage",), drop("CFDocument")),
    _Row(
        "items-under-another-name",
        ("CASE-R-001", "CASE-R-031"),
        _LOST,
        ("CFPackage",),
        rename("CFItems", "items"),
    ),
    _Row("package-document-without-creator", ("CASE-R-002",), _LOST, ("CFPckgDocument",), drop("creator")),
    _Row(
        "package-document-without-title",
        ("CASE-R-002", "CASE-R-032"),
        _LOST,
        ("CFPckgDocument",),
        drop("title"),
    ),
    _Row("document-without-package-link", ("CASE-R-003",), _LOST, ("CFDocument",), drop("CFPackageURI")),
    _Row(
        "package-link-as-bare-address",
        ("CASE-R-003",),
        _MISTYPED,
        ("CFDocument",),
        turn("CFPackageURI", lambda v: v["uri"]),
    ),
    _Row("document-without-title", ("CASE-R-003", "CASE-R-032"), _LOST, ("CFDocument",), drop("title")),
    _Row("total-in-the-list-body", ("CASE-R-004",), _LEAK, ("CFDocumentSet",), put("total", 6)),
    _Row("list-paging-in-the-body", ("CASE-R-004", "CASE-R-031"), _LEAK, ("CFDocumentSet",), put("offset", 0)),
    _Row(
        "education-levels-in-one-string",
        ("CASE-R-005", "CASE-R-042"),
        _MISTYPED,
        ("CFPckgItem",),
        turn("educationLevel", ",".join),
    ),
    _Row(
        "keyword-link-as-an-array",
        ("CASE-R-005",),
        _MISTYPED,
        ("CFPckgItem",),
        turn("conceptKeywordsURI", lambda v: [v]),
    ),
    _Row(
        "package-item-without-statement",
        ("CASE-R-005", "CASE-R-032"),
        "Nothing is left to show.",
        ("CFPckgItem",),
        drop("fullStatement"),
    ),
    _Row("package-item-without-address", ("CASE-R-005", "CASE-R-032"), _LOST, ("CFPckgItem",), drop("uri")),
    _Row(
        "item-without-document-link",
        ("CASE-R-006",),
        "The framework of an item is lost.",
        ("CFItem",),
        drop("CFDocumentURI"),
    ),
    _Row(
        "item-document-link-as-string",
        ("CASE-R-006",),
        _MISTYPED,
        ("CFItem",),
        turn("CFDocumentURI", lambda v: v["identifier"]),
    ),
    _Row(
        "sequence-number-as-string",
        ("CASE-R-007", "CASE-R-043"),
        "Siblings lose their order.",
        ("CFPckgAssociation",),
        turn("sequenceNumber", str),
    ),
    _Row(
        "origin-as-bare-address",
        ("CASE-R-007",),
        _MISTYPED,
        ("CFPckgAssociation",),
        turn("originNodeURI", lambda v: v["uri"]),
    ),
    _Row(
        "association-without-type",
        ("CASE-R-007", "CASE-R-032"),
        "The tree cannot be built.",
        ("CFPckgAssociation",),
        drop("associationType"),
    ),
    _Row(
        "association-without-destination",
        ("CASE-R-008", "CASE-R-032"),
        _LOST,
        ("CFAssociation",),
        drop("destinationNodeURI"),
    ),
    _Row(
        "association-document-link-as-string",
        ("CASE-R-008",),
        _MISTYPED,
        ("CFAssociation",),
        turn("CFDocumentURI", lambda v: v["uri"]),
    ),
    _Row("association-set-without-item", ("CASE-R-009",), _LOST, ("CFAssociationSet",), drop("CFItem")),
    _Row(
        "association-set-with-package-form-item",
        ("CASE-R-009", "CASE-R-006"),
        _LOST,
        ("CFAssociationSet",),
        turn("CFItem", lambda v: {k: x for k, x in v.items() if k != "CFDocumentURI"}),
    ),
    _Row(
        "association-set-under-another-name",
        ("CASE-R-009",),
        _LOST,
        ("CFAssociationSet",),
        rename("CFAssociations", "associations"),
    ),
    _Row(
        "subjects-in-the-singular",
        ("CASE-R-010",),
        "Subjects are lost.",
        ("CFDefinition",),
        rename("CFSubjects", "CFSubject"),
    ),
    _Row(
        "definitions-as-sets",
        ("CASE-R-010", "CASE-R-042"),
        _MISTYPED,
        ("CFDefinition",),
        turn("CFConcepts", lambda v: {"CFConcepts": v}),
    ),
    _Row("concept-hierarchy-null", ("CASE-R-011",), _MISTYPED, ("CFConcept",), put("hierarchyCode", None)),
    _Row(
        "concept-keywords-as-array",
        ("CASE-R-011",),
        _MISTYPED,
        ("CFConcept",),
        turn("keywords", lambda v: v.split("|")),
    ),
    _Row("concept-set-with-a-count", ("CASE-R-012",), _LEAK, ("CFConceptSet",), put("count", 1)),
    _Row("subject-without-hierarchy", ("CASE-R-013",), _LOST, ("CFSubject",), drop("hierarchyCode")),
    _Row(
        "subject-set-in-the-singular",
        ("CASE-R-014",),
        _LOST,
        ("CFSubjectSet",),
        rename("CFSubjects", "CFSubject"),
    ),
    _Row("item-type-without-description", ("CASE-R-015",), _LOST, ("CFItemType",), drop("description")),
    _Row("item-type-code-null", ("CASE-R-015", "CASE-R-035"), _MISTYPED, ("CFItemType",), put("typeCode", None)),
    _Row(
        "item-type-set-as-object",
        ("CASE-R-016",),
        _MISTYPED,
        ("CFItemTypeSet",),
        turn("CFItemTypes", lambda v: v[0]),
    ),
    _Row(
        "license-without-text",
        ("CASE-R-017",),
        "The terms of use are lost.",
        ("CFLicense",),
        drop("licenseText"),
    ),
    _Row("license-text-null", ("CASE-R-017", "CASE-R-035"), _MISTYPED, ("CFLicense",), put("licenseText", None)),
    _Row(
        "grouping-without-change-time",
        ("CASE-R-018",),
        _LOST,
        ("CFAssociationGrouping",),
        drop("lastChangeDateTime"),
    ),
    _Row(
        "grouping-without-title",
        ("CASE-R-018", "CASE-R-032"),
        _LOST,
        ("CFAssociationGrouping",),
        drop("title"),
    ),
    _Row(
        "criteria-under-the-class-name",
        ("CASE-R-019",),
        "Rubrics arrive empty.",
        ("CFRubric",),
        rename("CFRubricCriteria", "CFRubricCriterion"),
    ),
    _Row(
        "weight-as-string",
        ("CASE-R-020", "CASE-R-043"),
        _MISTYPED,
        ("CFRubricCriterion",),
        turn("weight", str),
    ),
    _Row(
        "position-as-fraction",
        ("CASE-R-020", "CASE-R-043"),
        _MISTYPED,
        ("CFRubricCriterion",),
        turn("position", lambda v: v + 0.5),
    ),
    _Row(
        "criterion-id-as-link",
        ("CASE-R-021",),
        _MISTYPED,
        ("CFRubricCriterionLevel",),
        turn("rubricCriterionId", lambda v: {"title": "criterion", "identifier": v, "uri": "urn:criterion"}),
    ),
    _Row(
        "score-as-string",
        ("CASE-R-021", "CASE-R-043"),
        _MISTYPED,
        ("CFRubricCriterionLevel",),
        turn("score", str),
    ),
    _Row(
        "level-extensions-as-object",
        ("CASE-R-021",),
        _MISTYPED,
        ("CFRubricCriterionLevel",),
        turn("extensions", lambda v: v[0] if v else {}),
        _V11,
        disputed=True,
    ),
    _Row("link-without-title", ("CASE-R-022",), _LOST, ("LinkURI",), drop("title")),
    _Row(
        "link-identifier-no-uuid",
        ("CASE-R-022", "CASE-R-037"),
        "Links cannot be followed.",
        ("LinkURI",),
        turn("identifier", lambda v: f"id-{v[:6]}"),
    ),
    _Row("link-with-a-type", ("CASE-R-022", "CASE-R-031"), _LEAK, ("LinkURI",), put("type", "Link")),
    _Row(
        "end-address-is-the-identifier",
        ("CASE-R-023",),
        "Ends cannot be followed.",
        ("LinkGenURI",),
        lambda record: record.update(uri=record["identifier"]),
    ),
    _Row("end-without-title", ("CASE-R-023", "CASE-R-032"), _LOST, ("LinkGenURI",), drop("title")),
    _Row("internal-column-leaked", ("CASE-R-031",), _LEAK, _ITEMS, put("updatedAt", "2024-01-01")),
    _Row(
        "json-ld-members-left-in",
        ("CASE-R-031",),
        _LEAK,
        ("CFDocument",),
        put("@context", "https://example.org/context"),
    ),
    _Row("change-time-missing-on-concepts", ("CASE-R-032",), _LOST, ("CFConcept",), drop("lastChangeDateTime")),
    _Row(
        "identifier-under-sourced-id",
        ("CASE-R-032", "CASE-R-031"),
        _LOST,
        _ITEMS,
        rename("identifier", "sourcedId"),
    ),
    _Row(
        "rubric-feedback-has-no-column",
        ("CASE-R-033",),
        "Feedback texts are lost.",
        ("CFRubricCriterionLevel",),
        drop("feedback"),
    ),
    _Row("alternative-label-never-sent", ("CASE-R-033",), "Labels are lost.", _ITEMS, drop("alternativeLabel")),
    _Row(
        "official-source-never-sent",
        ("CASE-R-033",),
        "The original cannot be found.",
        _DOCUMENTS,
        drop("officialSourceURL"),
    ),
    _Row("vendor-block-on-packages", ("CASE-R-034",), _LEAK, ("CFPackage",), put("vendor", {"build": 7})),
    _Row(
        "empty-optionals-as-null",
        ("CASE-R-035",),
        _MISTYPED,
        _ITEMS,
        lambda record: record.setdefault("statusEndDate", None),
    ),
    _Row(
        "upper-case-guids",
        ("CASE-R-037",),
        "Identifiers do not match across products.",
        ("CFPckgItem", "CFItem"),
        turn("identifier", str.upper),
    ),
    _Row(
        "uuids-of-version-7",
        ("CASE-R-037",),
        "Validators refuse the identifiers.",
        ("CFRubricCriterionLevel",),
        turn("identifier", lambda v: v[:14] + "7" + v[15:]),
    ),
    _Row(
        "relative-addresses",
        ("CASE-R-038",),
        "Addresses do not resolve.",
        _ITEMS,
        turn("uri", lambda v: "/" + v.split("/", 3)[3]),
    ),
    _Row(
        "official-source-without-scheme",
        ("CASE-R-038",),
        "The link is dead.",
        _DOCUMENTS,
        turn("officialSourceURL", lambda v: v.split("://")[-1]),
    ),
    _Row(
        "local-time-without-zone",
        ("CASE-R-039",),
        "Changes are missed or seen twice.",
        _ITEMS,
        turn("lastChangeDateTime", lambda v: v[:19]),
    ),
    _Row(
        "change-time-in-milliseconds",
        ("CASE-R-039",),
        _MISTYPED,
        _DOCUMENTS,
        put("lastChangeDateTime", 1700000000000),
    ),
    _Row(
        "change-time-as-date",
        ("CASE-R-039",),
        "Changes of one day are missed.",
        _ASSOCIATIONS,
        turn("lastChangeDateTime", lambda v: v[:10]),
    ),
    _Row(
        "status-date-with-time",
        ("CASE-R-040",),
        _MISTYPED,
        _DOCUMENTS,
        turn("statusStartDate", lambda v: f"{v}T00:00:00Z"),
    ),
    _Row(
        "status-date-in-us-order",
        ("CASE-R-040",),
        "Dates are misread.",
        _DOCUMENTS,
        turn("statusStartDate", lambda v: f"{v[5:7]}/{v[8:]}/{v[:4]}"),
    ),
    _Row(
        "line-break-in-title",
        ("CASE-R-041",),
        "Lists and files break.",
        _DOCUMENTS,
        turn("title", lambda v: v + "\n"),
    ),
    _Row(
        "tab-in-code",
        ("CASE-R-041",),
        "Codes do not match.",
        _ITEMS,
        turn("humanCodingScheme", lambda v: v + "\t"),
    ),
    _Row(
        "single-subject-as-string",
        ("CASE-R-042",),
        _MISTYPED,
        _DOCUMENTS,
        turn("subject", lambda v: v[0] if v else ""),
    ),
    _Row("keywords-in-one-string", ("CASE-R-042",), _MISTYPED, _ITEMS, turn("conceptKeywords", ";".join)),
    _Row(
        "sequence-number-beyond-32-bits",
        ("CASE-R-043",),
        "Numbers overflow.",
        _ASSOCIATIONS,
        turn("sequenceNumber", lambda v: v + 2**31),
    ),
    _Row(
        "sequence-number-as-fraction",
        ("CASE-R-043",),
        _MISTYPED,
        _ASSOCIATIONS,
        turn("sequenceNumber", lambda v: v + 0.25),
    ),
    _Row(
        "document-link-inside-packages",
        ("CASE-R-045",),
        _LEAK,
        ("CFPckgItem",),
        put(
            "CFDocumentURI",
            {"title": "t", "identifier": "0b0f7f52-3c1e-4d0a-9a55-5d6c1f0e2a01", "uri": "https://x.example/"},
        ),
    ),
    _Row(
        "package-link-inside-packages",
        ("CASE-R-045",),
        _LEAK,
        ("CFPckgDocument",),
        put(
            "CFPackageURI",
            {"title": "t", "identifier": "0b0f7f52-3c1e-4d0a-9a55-5d6c1f0e2a01", "uri": "https://x.example/"},
        ),
    ),
    _Row(
        "document-link-on-associations-in-packages",
        ("CASE-R-045",),
        _LEAK,
        ("CFPckgAssociation",),
        put(
            "CFDocumentURI",
            {"title": "t", "identifier": "0b0f7f52-3c1e-4d0a-9a55-5d6c1f0e2a01", "uri": "https://x.example/"},
        ),
    ),
    _Row(
        "association-type-related-to",
        ("CASE-R-047",),
        "Relations are lost.",
        _ASSOCIATIONS,
        turn("associationType", lambda v: "RelatedTo" if v == "isRelatedTo" else v),
    ),
    _Row(
        "association-type-in-lower-case",
        ("CASE-R-047",),
        "Relations are lost.",
        _ASSOCIATIONS,
        turn("associationType", str.lower),
    ),
    _Row(
        "association-type-in-words",
        ("CASE-R-047",),
        "Relations are lost.",
        _ASSOCIATIONS,
        turn("associationType", lambda v: "Is Child Of" if v == "isChildOf" else v),
    ),
    _Row(
        "status-block-in-data",
        ("CASE-R-081",),
        _LEAK,
        ("CFDocumentSet", "CFPackage"),
        put("imsx_codeMajor", "success"),
    ),
    _Row(
        "extended-type-at-1-0",
        ("CASE10-R-001",),
        "Importers of 1.0 refuse the type.",
        _ASSOCIATIONS,
        turn("associationType", lambda v: "ext:closelyRelated" if v == "isRelatedTo" else v),
        _V10,
    ),
    _Row(
        "translations-at-1-0",
        ("CASE10-R-001",),
        "Importers of 1.0 refuse the type.",
        _ASSOCIATIONS,
        turn("associationType", lambda v: "isTranslationOf" if v == "isRelatedTo" else v),
        _V10,
    ),
    _Row("extensions-at-1-0", ("CASE10-R-002",), _LEAK, _ITEMS, put("extensions", {"color": "red"}), _V10),
    _Row("target-type-at-1-0", ("CASE10-R-002",), _LEAK, ("LinkGenURI",), put("targetType", "CASE"), _V10),
    _Row("item-subject-at-1-0", ("CASE10-R-002",), _LEAK, _ITEMS, put("subject", ["Data"]), _V10),
    _Row(
        "framework-type-at-1-0",
        ("CASE10-R-002",),
        _LEAK,
        _DOCUMENTS,
        put("frameworkType", "CourseCodes"),
        _V10,
    ),
    _Row("case-version-at-1-0", ("CASE10-R-005",), _LEAK, _DOCUMENTS, put("caseVersion", "1.0"), _V10),
    _Row("vendor-member-on-documents", ("CASE11-R-001",), _LEAK, ("CFDocument",), put("archived", False), _V11),
    _Row("vendor-member-with-underscore", ("CASE11-R-001",), _LEAK, _ITEMS, put("_vendor", {"id": 3}), _V11),
    _Row(
        "extensions-as-array",
        ("CASE11-R-002",),
        _MISTYPED,
        _ITEMS,
        turn("extensions", lambda v: [{"name": k, "value": x} for k, x in v.items()]),
        _V11,
    ),
    _Row("extensions-as-text", ("CASE11-R-002",), _MISTYPED, _DOCUMENTS, turn("extensions", str), _V11),
    _Row(
        "case-version-1-0-at-1-1",
        ("CASE11-R-011",),
        "Consumers take the framework for an older one.",
        _DOCUMENTS,
        put("caseVersion", "1.0"),
        _V11,
    ),
    _Row("case-version-as-number", ("CASE11-R-011",), _MISTYPED, _DOCUMENTS, put("caseVersion", 1.1), _V11),
    _Row(
        "extended-type-with-blank",
        ("CASE11-R-013",),
        "The type cannot be matched.",
        _ASSOCIATIONS,
        turn("associationType", lambda v: "ext:closely related" if v == "isRelatedTo" else v),
        _V11,
    ),
    _Row(
        "extended-type-in-capitals",
        ("CASE11-R-013",),
        "The type cannot be matched.",
        _ASSOCIATIONS,
        turn("associationType", lambda v: "EXT:near" if v == "isRelatedTo" else v),
        _V11,
    ),
    _Row(
        "target-type-is-the-class",
        ("CASE11-R-014",),
        "Ends are taken for foreign ones.",
        ("LinkGenURI",),
        put("targetType", "CFItem"),
        _V11,
    ),
    _Row(
        "target-type-in-lower-case",
        ("CASE11-R-014",),
        "Ends are taken for foreign ones.",
        ("LinkGenURI",),
        put("targetType", "case"),
        _V11,
    ),
    _Row(
        "case-version-dropped",
        ("CASE11-R-012",),
        "Consumers cannot tell the version.",
        _DOCUMENTS,
        drop("caseVersion"),
        _V11,
    ),
    _Row(
        "html-in-statements",
        ("CASE11-R-019",),
        "Tags are shown to readers.",
        _ITEMS,
        turn("fullStatement", lambda v: f"<p>{v}</p>"),
        _V11,
    ),
    _Row(
        "change-times-with-local-offset",
        ("CASE-R-193",),
        "Times are hard to compare.",
        _ITEMS,
        turn("lastChangeDateTime", lambda v: v.replace("Z", "+02:00")),
        VERSIONS,
    ),
    _Row(
        "language-in-words",
        ("CASE-R-192",),
        "The language is unknown to software.",
        _DOCUMENTS,
        turn("language", lambda _: "English"),
    ),
    _Row(
        "adoption-status-of-its-own",
        ("CASE-R-190",),
        "Consumers cannot tell drafts.",
        _DOCUMENTS,
        put("adoptionStatus", "Live!"),
    ),
)


def _declare(row: _Row) -> None:
    def answer(call: Call, given: Given, _: Healthy) -> Given:
        return edited(call, given, row.kinds, row.change)

    FAULTS.add(
        Fault(
            name=row.name,
            requirements=row.requirements,
            effect=row.effect,
            make=lambda: Behaviour(answer=answer),
            versions=row.versions,
            disputed=row.disputed,
        )
    )


for _each in _ROWS:
    _declare(_each)


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
