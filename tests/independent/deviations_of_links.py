"""Broken identities and links: what differs between two reads, and where links lead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .data import named
from .deviations import Broken, deviates, links, records
from .forms import KINDS
from .provider import HOST, Answer, Provider, Request

if TYPE_CHECKING:
    from .data import Entry

Record = dict[str, Any]

# Identity


@deviates("CASE-R-092", warns=True)
class OnePackageIsStale(Broken):
    """Shows an old title in one package of many."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        if answer.operation == "getCFPackage" and answer.sourced_id == named("links"):
            answer.value["CFDocument"]["title"] = "Zoologie"
        return answer


@deviates("CASE-R-092", warns=True)
class SingleItemsNameAnotherType(Broken):
    """Shows another title in the type link of a single item."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        if answer.operation == "getCFItem" and "CFItemTypeURI" in (answer.value or {}):
            answer.value["CFItemTypeURI"]["title"] = "Fähigkeit"
        return answer


@deviates("CASE-R-074", "CASE-R-092", warns=True)
class SequenceNumbersDrift(Provider):
    """Numbers siblings anew at every read."""

    def finished(self, request: Request, answer: Answer) -> Answer:
        for association in records(answer, "CFAssociation"):
            if "sequenceNumber" in association:
                association["sequenceNumber"] += self.count
        return answer


@deviates("CASE-R-092", also=("CASE-R-131", "CASE-R-141", "CASE-R-142", "CASE-R-143"), warns=True)
class ListTimesAreOfTheExport(Broken):
    """Shows the time of the export as that of the change, in the list only."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        if answer.operation == "getAllCFDocuments":
            for document in records(answer, "CFDocument"):
                if "lastChangeDateTime" in document:
                    document["lastChangeDateTime"] = "2025-01-01T00:00:00Z"
        return answer


@deviates("CASE-R-074", also=("CASE-R-092",), warns=True)
class RecordsVanish(Broken):
    """Answers 404 for an item that was read before."""

    def __init__(self, *args: Any) -> None:  # noqa: ANN401 - as the provider takes them
        super().__init__(*args)
        self.seen: set[str] = set()

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        if answer.operation != "getCFItem" or answer.status != 200:
            return answer
        if answer.sourced_id in self.seen:
            return Answer(status=404, value={"imsx_codeMajor": "failure", "imsx_severity": "error"})
        self.seen.add(answer.sourced_id)
        return answer


@deviates("CASE-R-096")
class RubricIdWrongInTheSecondCriterion(Broken):
    """Names another rubric in the second criterion."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        for criterion in records(answer, "CFRubricCriterion")[1:]:
            criterion["rubricId"] = named("rubric-bare")
        return answer


@deviates("CASE-R-096")
class LevelsNameTheFirstCriterion(Broken):
    """Names the first criterion in the levels of every one."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        for level in records(answer, "CFRubricCriterionLevel"):
            level["rubricCriterionId"] = named("criterion-1")
        return answer


@deviates("CASE-R-070", also=("CASE-R-092",))
class SecondCriterionWithoutLevels(Broken):
    """Leaves the levels of the second criterion out of single reads."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        if answer.operation == "getCFRubric":
            for criterion in records(answer, "CFRubricCriterion")[1:]:
                criterion.pop("CFRubricCriterionLevels")
        return answer


@deviates("CASE-R-091", also=("CASE-R-103", "CASE-R-066"))
class SubjectAndItemTypeShareAnIdentifier(Provider):
    """Gives a subject the identifier of a licence."""

    def __init__(self, *args: Any) -> None:  # noqa: ANN401 - as the provider takes them
        super().__init__(*args)
        self.shelf.entries["fach-verkehr"].identifier = self.shelf.entries["lizenz"].identifier

    def read(self, name: str, identifier: str) -> Record:
        kind = KINDS.get(name)
        for entry in self.shelf.of(kind) if kind else ():
            self.by_identifier[entry.identifier] = entry
        return super().read(name, identifier)


# Links


@deviates("CASE-R-094")
class OneItemOfAnotherFramework(Broken):
    """Names another framework as the document of one item."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        if answer.operation == "getCFItem" and (answer.value or {}).get("humanCodingScheme") == "算.2":
            link = self.forms.link("deutsch")
            answer.value["CFDocumentURI"] = link
        return answer


@deviates("CASE-R-095")
class CriteriaAssessADeletedItem(Broken):
    """Links criteria to an item that is gone."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        for criterion in records(answer, "CFRubricCriterion"):
            criterion["CFItemURI"]["identifier"] = named("deleted")
        return answer


@deviates("CASE-R-097")
class DestinationsAtTheOrigin(Broken):
    """Gives the destination of an association the address of its origin."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        for association in records(answer, "CFAssociation"):
            association["destinationNodeURI"]["uri"] = association["originNodeURI"]["uri"]
        return answer


@deviates("CASE-R-097", "CASE-R-038", also=("CASE-R-023",))
class EndsWithRelativeAddresses(Broken):
    """Writes the addresses of association ends without scheme and host."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        for name, link in links(answer.value):
            if name.endswith("NodeURI"):
                link["uri"] = link["uri"].removeprefix(HOST)
        return answer


@deviates("CASE-R-098", also=("CASE-R-097", "CASE-R-141", "CASE-R-142", "CASE-R-143"))
class AddressesOfTheOtherVersion(Broken):
    """Names records by addresses of another version that nobody answers."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        for kind in KINDS.values():
            for record in records(answer, kind):
                if "uri" in record:
                    record["uri"] = record["uri"].replace("/v1p1/", "/v1p2/")
        return answer


@deviates("CASE-R-093", also=("CASE-R-146",))
class PackagesHaveIdentifiersOfTheirOwn(Broken):
    """Links packages by an identifier that is not the document's."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        for document in records(answer, "CFDocument"):
            if "CFPackageURI" in document and "identifier" in document:
                document["CFPackageURI"]["identifier"] = named(document["identifier"])
        return answer


@deviates("CASE-R-068", "CASE-R-050", also=("CASE-R-093", "CASE-R-098", "CASE-R-094"))
class LastDocumentHasTheFirstPackage(Provider):
    """Answers with the package of the first document when that of the last one is asked for."""

    def package(self, document: Entry) -> Record:
        documents = self.documents()
        return super().package(documents[0] if document is documents[-1] else document)


@deviates("CASE-R-054", also=("CASE-R-067", "CASE-R-098"))
class AssociationsOfTheParent(Broken):
    """Delivers the item at the far end as the item of an association set."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        if answer.operation == "getCFItemAssociations" and answer.status == 200:
            for association in answer.value["CFAssociations"]:
                other = self.by_identifier.get(association["destinationNodeURI"]["identifier"])
                if other is not None and other.kind == "CFItem":
                    answer.value["CFItem"] = self.forms.full(other)
        return answer


@deviates("CASE-R-067", warns=True)
class AssociationsOfOtherFrameworksMissing(Provider):
    """Delivers the associations of an item that its own framework holds."""

    def associations(self, item: Entry) -> list[Entry]:
        return [each for each in super().associations(item) if each.owner == item.owner]


@deviates("CASE-R-099", warns=True)
class ForeignDefinitionsMissing(Provider):
    """Leaves out of a package the definitions that were made for another framework."""

    def package(self, document: Entry) -> Record:
        package = super().package(document)
        own = {entry.identifier for entry in self.shelf.entries.values() if entry.owner == document.key}
        for name, held in package.get("CFDefinitions", {}).items():
            if isinstance(held, list):
                package["CFDefinitions"][name] = [each for each in held if each["identifier"] in own]
        return package


@deviates("CASE-R-066", warns=True)
class OnlyChildrenOfChildren(Provider):
    """Leaves the direct children out of sets."""

    def family(self, entry: Entry) -> list[Entry]:
        return [entry, *super().family(entry)[2:]]


@deviates("CASE-R-062")
class OtherClassesAnswer(Provider):
    """Finds a record by its identifier whatever its class is."""

    def read(self, name: str, identifier: str) -> Record:
        entry = self.by_identifier.get(identifier)
        if entry is not None and name == "CFItems" and entry.kind != "CFItem":
            return self.forms.full(entry)
        return super().read(name, identifier)


@deviates("CASE-R-094", warns=True)
class OneAssociationOfAnotherFramework(Broken):
    """Names another framework as the document of one association."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        if answer.operation == "getCFAssociation" and answer.sourced_id == named("crossing"):
            answer.value["CFDocumentURI"] = self.forms.link("barista")
        return answer


@deviates("CASE-R-103", warns=True)
class TopItemsOfAnotherDocument(Broken):
    """Hangs the top items of one framework under the document of another one."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        for association in records(answer, "CFAssociation"):
            if association["destinationNodeURI"]["identifier"] == self.shelf.entries["sansuu"].identifier:
                association["destinationNodeURI"] = self.forms.link("deutsch", is_end=True)
        return answer


@deviates("CASE-R-094", "CASE-R-067", also=("CASE-R-098",), warns=True)
class LastItemsMissingFromPackages(Broken):
    """Leaves the last item out of the package of one framework."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        if answer.operation == "getCFPackage" and answer.value["CFDocument"]["title"].startswith("Stra"):
            del answer.value["CFItems"][-1]
        return answer


@deviates("CASE-R-067", warns=True)
class LastAssociationsMissingFromPackages(Broken):
    """Leaves the last association out of every package."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        if answer.operation == "getCFPackage":
            answer.value["CFAssociations"] = answer.value["CFAssociations"][:-1]
        return answer
