"""Imitations of products in the field: bundles of deviations as they occur together."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from .deviations import Broken, records
from .filters import Refused
from .provider import Answer, Provider, Request, Switches

if TYPE_CHECKING:
    from .data import Shelf

Record = dict[str, Any]


class OpenSaltLike(Broken):
    """A 1.0 editor: misspelt status members, filter and fields ignored, totals without links, sets of one record."""

    def __init__(self, version: str = "1.0", shelf: Shelf | None = None) -> None:
        super().__init__(
            version, Switches(filtering=False, selection=False, sets="self", criteria="served", statement="none"), shelf
        )

    def page_headers(self, request: Request, total: int, limit: int | None, offset: int) -> list[tuple[str, str]]:
        return [("X-Total-Count", str(total))]

    def refusal(self, refused: Refused) -> Answer:
        answer = super().refusal(refused)
        answer.value["imsx_description"] = None
        for field in answer.value.get("imsx_codeMinor", {}).get("imsx_codeMinorField", []):
            for name in ("imsx_codeMinorFieldName", "imsx_codeMinorFieldValue"):
                field[name.replace("imsx", "ims")] = field.pop(name)
        return answer

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        if answer.operation == "getCFItemAssociations" and answer.status == 200:
            answer.headers.append(("X-Total-Count", str(len(answer.value["CFAssociations"]))))
        if answer.operation == "getAllCFDocuments" and request.get("sort"):
            for document in answer.value["CFDocuments"]:
                document["updatedAt"] = "2020-01-01T00:00:00Z"
        return answer


class OpenCaseLike(Broken):
    """A 1.1 hub: paging members in the body, no headers, summaries in the list, internal members, bare definitions."""

    def __init__(self, version: str = "1.1", shelf: Shelf | None = None) -> None:
        super().__init__(version, Switches(unknown_sort=400, unknown_selection=400), shelf)

    def filtered(self, documents: list[Record], text: str) -> list[Record]:
        wanted = text.partition("'")[2].partition("'")[0].lower()
        return [each for each in documents if wanted in str(each).lower()]

    def page_headers(self, request: Request, total: int, limit: int | None, offset: int) -> list[tuple[str, str]]:
        self.total = total
        return []

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        if answer.status != 200:
            return answer
        if answer.operation == "getAllCFDocuments":
            limit, offset = self.window(request)
            answer.value |= {"total": self.total, "limit": limit, "offset": offset}
        for document in records(answer, "CFDocument"):
            document["sourcePackageURI"] = "https://source.example.net/package"
            document.pop("caseVersion", None)
            if isinstance(document.get("subject"), list):
                document["subject"] = ", ".join(document["subject"])
            if answer.operation == "getAllCFDocuments":
                document.pop("CFPackageURI", None)
                document.pop("creator", None)
        if answer.operation in {"getCFConcept", "getCFSubject", "getCFItemType"}:
            answer.value = next(iter(answer.value.values()))[0]
        if answer.operation == "getCFPackage":
            for item in answer.value["CFItems"]:
                item["CFDocumentURI"] = self.forms.link("deutsch")
        names = (request.get("fields") or "").split(",")
        if answer.operation == "getCFItem" and names != [""]:
            answer.value = {name: answer.value[name] for name in names if name in answer.value}
        return answer


class BootcampLike(Broken):
    """A small 1.1 provider: 404 without a code, version 4 only, rubrics as an object, no total."""

    def __init__(self, version: str = "1.1", shelf: Shelf | None = None) -> None:
        super().__init__(version, Switches(access="bearer"), shelf)

    def page_headers(self, request: Request, total: int, limit: int | None, offset: int) -> list[tuple[str, str]]:
        return [pair for pair in super().page_headers(request, total, limit, offset) if pair[0] != "X-Total-Count"]

    def refusal(self, refused: Refused) -> Answer:
        answer = super().refusal(refused)
        if refused.status == 404:
            answer.value.pop("imsx_codeMinor", None)
        if refused.status in {400, 401}:
            token = "unauthorisedrequest" if refused.status == 401 else "invalid_query_parameter"
            answer.value["imsx_codeMinor"]["imsx_codeMinorField"][0]["imsx_codeMinorFieldValue"] = token
        return answer

    def read(self, name: str, identifier: str) -> Record:
        if identifier[14] != "4":
            raise Refused(404, "invalid uuid", "Invalid UUID", "sourcedId")
        return super().read(name, identifier)

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        if answer.operation == "getCFPackage" and answer.status == 200:
            answer.value["CFRubrics"] = {}
        return answer


class CompeitoLike(Broken):
    """A tenant below a prefix: single records in a member, nulls, 400 for a malformed identifier, limit=0 accepted."""

    def __init__(self, version: str = "1.1", shelf: Shelf | None = None) -> None:
        switches = Switches(
            prefix="/tenants/north", unknown_sort=400, unknown_selection=400, cap=500, bad_pages="absent"
        )
        super().__init__(version, switches, shelf)

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        if answer.status == 404 and answer.value.get("imsx_description") == "Invalid UUID":
            answer.status = 400
        if answer.status != 200:
            return answer
        for document in records(answer, "CFDocument"):
            document.setdefault("publisher", None)
        for item in records(answer, "CFItem"):
            item.setdefault("notes", None)
        if answer.operation in {"getCFDocument", "getCFItem", "getCFAssociation", "getCFLicense"}:
            answer.value = {answer.operation.removeprefix("get"): answer.value}
        return answer


class CassLike(Broken):
    """A 1.0 competency server: 501 in plain text, codes of its own, JSON-LD members, the singular CFSubject."""

    def __init__(self, version: str = "1.0", shelf: Shelf | None = None) -> None:
        super().__init__(version, Switches(paging=False, sorting=False, filtering=False, selection=False), shelf)

    def refusal(self, refused: Refused) -> Answer:
        answer = super().refusal(refused)
        for field in answer.value.get("imsx_codeMinor", {}).get("imsx_codeMinorField", []):
            field["imsx_codeMinorFieldValue"] = "1337"
        return answer

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        if answer.operation in {"getCFAssociationGrouping", "getCFRubric", "getCFConcept", "getCFLicense"}:
            return Answer(status=501, body=b"Not implemented", media_type="text/plain", operation=answer.operation)
        if answer.status != 200:
            return answer
        for item in records(answer, "CFItem"):
            item |= {"@context": "https://schema.cassproject.org/0.4", "type": "Competency"}
            item.setdefault("CFItemType", None)
        definitions = answer.value.get("CFDefinitions", {})
        if "CFSubjects" in definitions:
            definitions["CFSubject"] = definitions.pop("CFSubjects")
        if answer.operation == "getCFAssociation":
            entry = self.by_identifier[answer.sourced_id]
            origin = entry.members["originNodeURI"]
            first = self.shelf.entries.get(origin) if isinstance(origin, str) else None
            if first is not None and first.kind == "CFItem":
                answer.value = copy.deepcopy(self.read("CFItemAssociations", first.identifier))
        return answer


class CaseNetworkLike(Broken):
    """A guarded hub: a message with 401, ends that are addressed by their identifier alone."""

    def __init__(self, version: str = "1.1", shelf: Shelf | None = None) -> None:
        super().__init__(version, Switches(access="client credentials"), shelf)

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        if answer.status == 401:
            answer.value = {"message": "Unauthorized"}
        for association in records(answer, "CFAssociation"):
            association["destinationNodeURI"]["uri"] = association["destinationNodeURI"]["identifier"]
        return answer


class ToleratedOddities(Broken):
    """A 1.1 provider with what importers have had to put up with, one in each class."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        if answer.status != 200:
            return answer
        for document in records(answer, "CFDocument"):
            if "statusStartDate" in document:
                document["statusStartDate"] += "T00:00:00Z"
        for association in records(answer, "CFAssociation"):
            if association["associationType"] == "isPeerOf":
                association["associationType"] = "RelatedTo"
        for kind in records(answer, "CFItemType"):
            kind.pop("description", None)
        for item in records(answer, "CFItem"):
            if "conceptKeywordsURI" in item:
                item["conceptKeywordsURI"] = [item["conceptKeywordsURI"]]
        if answer.operation == "getCFPackage" and "CFDefinitions" not in answer.value:
            answer.value["CFDefinitions"] = []
        return answer


PRODUCTS: dict[str, type[Provider]] = {
    "OpenSALT-like": OpenSaltLike,
    "OpenCASE-like": OpenCaseLike,
    "CASE-bootcamp-like": BootcampLike,
    "compeito-like": CompeitoLike,
    "CASS-like": CassLike,
    "CASE-Network-like": CaseNetworkLike,
    "tolerated oddities": ToleratedOddities,
}
