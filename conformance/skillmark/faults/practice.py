"""Faults of good practice: what importers and readers have to put up with although no schema forbids it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from skillmark.faults.editing import edited, put, turn
from skillmark.faults.fault import FAULTS
from skillmark.faults.operations import ask
from skillmark.faults.requerying import requeried

if TYPE_CHECKING:
    from skillmark.faults.editing import Record
    from skillmark.faults.provider import Call, Given, Healthy

_V11 = ("1.1",)
_DOCUMENTS = ("CFPckgDocument", "CFDocument")
_ITEMS = ("CFPckgItem", "CFItem")
_ASSOCIATIONS = ("CFPckgAssociation", "CFAssociation")
_CAPITAL = re.compile(r"[A-Z]")


@FAULTS.spoils("CASE-R-036", "CASE-R-035", effect="Importers follow a link that is none.")
def ungrouped_associations_grouped_by_null(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send null where an association has no grouping."""
    return edited(call, given, _ASSOCIATIONS, lambda record: record.setdefault("CFAssociationGroupingURI", None))


@FAULTS.spoils("CASE-R-109", effect="Importers that read the array without looking fail.", at=("getCFPackage",))
def packages_without_associations(call: Call, given: Given, healthy: Healthy) -> Given:
    """Leave the array of associations out of packages."""
    return given.become({name: value for name, value in given.json.items() if name != "CFAssociations"})


@FAULTS.spoils(
    "CASE-R-110", effect="Typed clients refuse the set that the schema forbids.", at=("getCFItemAssociations",)
)
def association_sets_without_entries(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send the item of an association set with an empty array."""
    return given.become(given.json | {"CFAssociations": []})


@FAULTS.spoils("CASE-R-195", effect="Nobody but the vendor knows what the scheme means.")
def outside_nodes_with_a_scheme_of_its_own(call: Call, given: Given, healthy: Healthy) -> Given:
    """Name nodes outside of CASE by addresses that are neither of the web nor a urn."""
    return edited(call, given, ("LinkGenURI",), turn("uri", lambda text: re.sub(r"^urn:", "vendor:", text)))


@FAULTS.spoils("CASE11-R-005", effect="The same extension is read under two names.", versions=_V11)
def extension_names_in_snake_case(call: Call, given: Given, healthy: Healthy) -> Given:
    """Write the names of extension members with underscores."""

    def renamed(members: Record) -> Record:
        return {_CAPITAL.sub(lambda match: f"_{match[0].lower()}", name): value for name, value in members.items()}

    return edited(call, given, _ITEMS, turn("extensions", renamed))


@FAULTS.spoils("CASE11-R-040", effect="The original of a copy cannot be found.", versions=_V11)
def copies_name_themselves(call: Call, given: Given, healthy: Healthy) -> Given:
    """Give every item as the source of its copy."""

    def change(record: Record) -> None:
        source = {"sourceItemIdentifier": record["identifier"], "sourceItemURI": record["uri"]}
        record["extensions"] = record.get("extensions", {}) | source

    return edited(call, given, _ITEMS, change)


@FAULTS.spoils("CASE11-R-041", effect="The framework that an item was taken from is unknown.", versions=_V11)
def reused_items_name_the_borrower(call: Call, given: Given, healthy: Healthy) -> Given:
    """Say of top items that they come from another framework, while their own link names the one they are in."""
    if call.operation is None:
        return given
    documents = ask(healthy, call, "CFDocuments")["CFDocuments"]
    turned = [*documents[1:], documents[0]]
    after = {document["identifier"]: other for document, other in zip(documents, turned, strict=True)}

    def change(record: Record) -> None:
        other = after.get(record["destinationNodeURI"].get("identifier"))
        if record.get("associationType") == "isChildOf" and other is not None:
            source = {"sourceDocumentIdentifier": other["identifier"], "sourceDocumentURI": other["uri"]}
            record["extensions"] = record.get("extensions", {}) | source

    return edited(call, given, _ASSOCIATIONS, change)


@FAULTS.spoils("CASE11-R-042", effect="Catalogues of courses cannot tell courses from headings.", versions=_V11)
def course_codes_without_their_item_type(call: Call, given: Given, healthy: Healthy) -> Given:
    """Call every framework one of course codes, without the item type that belongs to it."""
    if call.operation == "getAllCFDocuments":
        return requeried(
            call, given, healthy, lambda found: [each | {"frameworkType": "CourseCodes"} for each in found]
        )
    return edited(call, given, _DOCUMENTS, put("frameworkType", "CourseCodes"))
