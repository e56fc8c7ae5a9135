"""Broken records: members, identities, links, and what differs between two reads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .deviations import Broken, deviates, links, records

if TYPE_CHECKING:
    from .provider import Answer, Request

Record = dict[str, Any]

#: What an unknown member breaks besides the requirement about its class.
_UNKNOWN = ("CASE-R-031", "CASE-R-034", "CASE11-R-001")


# Members


@deviates("CASE-R-035", "CASE-R-005", also=("CASE-R-006",))
class OneItemWithNull(Broken):
    """Sends null notes with a single item of a single package."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        if answer.operation == "getCFPackage":
            for item in records(answer, "CFItem")[2:3]:
                item["notes"] = None
        return answer


@deviates("CASE-R-044")
class OneRecordHasAMemberTwice(Broken):
    """Writes the title of one framework twice."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        if answer.operation == "getCFPackage" and answer.value["CFDocument"]["title"].startswith("Barista"):
            text = json.dumps(answer.value)
            answer.body = text.replace('"creator"', '"title": "Barista", "creator"', 1).encode()
        return answer


@deviates("CASE-R-037", "CASE-R-022", also=("CASE-R-023",))
class CapitalsInLinkedIdentifiers(Broken):
    """Writes the identifiers of item types in links with capitals."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        for name, link in links(answer.value):
            if name == "CFItemTypeURI":
                link["identifier"] = link["identifier"].upper()
        return answer


@deviates("CASE-R-037", "CASE-R-005", also=("CASE-R-006", "CASE-R-053", "CASE-R-054", "CASE-R-098"))
class IdentifiersEndWithALineFeed(Broken):
    """Ends the identifiers of items in one package with a line feed."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        if answer.operation == "getCFPackage":
            for item in records(answer, "CFItem")[-1:]:
                item["identifier"] += "\n"
        return answer


@deviates("CASE-R-042", also=("CASE-R-003", "CASE-R-002", "CASE-R-005", "CASE-R-006"))
class SingleEntriesWithoutTheirArray(Broken):
    """Sends an array of one subject as the subject."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        for record in [*records(answer, "CFDocument"), *records(answer, "CFItem")]:
            if len(record.get("subject", ())) == 1:
                record["subject"] = record["subject"][0]
        return answer


@deviates("CASE-R-042", "CASE-R-009", also=("CASE-R-110",))
class SingleAssociationsWithoutTheirArray(Broken):
    """Sends the only association of an item as an object."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        if answer.operation == "getCFItemAssociations" and answer.status == 200:
            found = answer.value["CFAssociations"]
            answer.value["CFAssociations"] = found[0] if len(found) == 1 else found
        return answer


@deviates("CASE11-R-002", also=("CASE-R-002", "CASE-R-003"))
class EmptyExtensionsAsArrays(Broken):
    """Sends empty extensions as an empty array."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        for document in records(answer, "CFDocument"):
            if document.get("extensions") == {}:
                document["extensions"] = []
        return answer


@deviates("CASE-R-043", "CASE-R-020", also=("CASE-R-021",))
class PositionsBetweenIntegers(Broken):
    """Counts positions of levels in halves."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        for level in records(answer, "CFRubricCriterionLevel"):
            level["position"] += 0.5
        return answer


@deviates("CASE-R-043", also=("CASE-R-007", "CASE-R-008"))
class SequenceNumbersBeyondThirtyTwoBits(Broken):
    """Numbers siblings from two thousand million on."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        for association in records(answer, "CFAssociation"):
            if "sequenceNumber" in association:
                association["sequenceNumber"] += 2**31
        return answer


@deviates("CASE-R-040", also=("CASE-R-002", "CASE-R-003", "CASE-R-141", "CASE-R-142", "CASE-R-143"))
class TheThirtiethOfFebruary(Broken):
    """Ends the status of one framework on a day that does not exist."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        for document in records(answer, "CFDocument"):
            if document.get("statusEndDate") == "2031-07-31":
                document["statusEndDate"] = "2031-02-30"
        return answer


@deviates("CASE-R-039", also=("CASE-R-007", "CASE-R-008"))
class AssociationTimesWithoutZone(Broken):
    """Sends the times of associations without a zone."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        for association in records(answer, "CFAssociation"):
            association["lastChangeDateTime"] = association["lastChangeDateTime"].removesuffix("Z")
        return answer


@deviates("CASE-R-039", also=("CASE-R-017", "CASE-R-018", "CASE-R-015", "CASE-R-013", "CASE-R-011"))
class TimesWithASpace(Broken):
    """Writes the times of licences as a database does."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        for record in records(answer, "CFLicense"):
            record["lastChangeDateTime"] = record["lastChangeDateTime"].replace("T", " ")
        return answer


@deviates("CASE-R-041", "CASE-R-022", also=("CASE-R-023",))
class TabsInTitlesOfLinks(Broken):
    """Puts a tab into the titles of licence links."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        for name, link in links(answer.value):
            if name == "licenseURI":
                link["title"] = link["title"].replace(" ", "\t")
        return answer


@deviates("CASE-R-045", "CASE-R-009", "CASE-R-007", also=_UNKNOWN)
class AssociationSetsInFullForm(Broken):
    """Sends the associations of an item with their document."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        if answer.operation == "getCFItemAssociations" and answer.status == 200:
            for association in answer.value["CFAssociations"]:
                association["CFDocumentURI"] = answer.value["CFItem"]["CFDocumentURI"]
        return answer


@deviates("CASE-R-032", "CASE-R-006", also=("CASE-R-009",))
class ItemOfASetInPackageForm(Broken):
    """Leaves the document out of the item of an association set."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        if answer.operation == "getCFItemAssociations" and answer.status == 200:
            del answer.value["CFItem"]["CFDocumentURI"]
        return answer


@deviates("CASE11-R-011", also=("CASE-R-003",))
class CaseVersionIsANumberInTheList(Broken):
    """Sends caseVersion as a number, in the list only."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        if answer.operation == "getAllCFDocuments":
            for document in records(answer, "CFDocument"):
                if "caseVersion" in document:
                    document["caseVersion"] = 1.1
        return answer


@deviates("CASE11-R-013", "CASE11-R-014", also=("CASE-R-047", "CASE-R-023"))
class ExtInCapitals(Broken):
    """Writes the kinds of external ends with capitals."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        for _, link in links(answer.value):
            if link.get("targetType", "").startswith("ext:"):
                link["targetType"] = link["targetType"].upper()
        return answer


@deviates("CASE11-R-014")
class ExternalEndsWithoutAKind(Broken):
    """Leaves targetType out everywhere, for nodes outside of CASE, too."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        for _, link in links(answer.value):
            link.pop("targetType", None)
        return answer


@deviates("CASE10-R-002", versions=("1.0",), also=("CASE-R-023", *_UNKNOWN))
class TargetTypesAtTheOldAddress(Broken):
    """Sends targetType at the 1.0 path, at destinations only."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        for name, link in links(answer.value):
            if name == "destinationNodeURI":
                link["targetType"] = "CASE"
        return answer


@deviates("CASE10-R-001", versions=("1.0",), also=("CASE-R-047", "CASE-R-007", "CASE-R-008"))
class TranslationsAtTheOldAddress(Broken):
    """Sends an association type of 1.1 at the 1.0 path."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        for association in records(answer, "CFAssociation"):
            if association["associationType"] == "isPeerOf":
                association["associationType"] = "isTranslationOf"
        return answer


@deviates("CASE-R-041", "CASE-R-006", "CASE-R-005", versions=("1.0",))
class LinesInStatementsAtTheOldAddress(Broken):
    """Breaks the lines of statements at the 1.0 path, where they are normalized strings."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        for item in records(answer, "CFItem"):
            item["fullStatement"] += "\nOder so."
        return answer
