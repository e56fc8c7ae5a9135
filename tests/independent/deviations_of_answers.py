"""Broken answers: refusals, transport, discovery, access."""

from __future__ import annotations

import json
from typing import Any

from skillmark.core.target import Feature

from .deviations import Broken, deviates
from .filters import Refused
from .provider import Answer, Provider, Request, Switches

Record = dict[str, Any]
_GUARDED = frozenset({Feature.ACCESS_CONTROL})


# Refusals


@deviates("CASE-R-044")
class ErrorsAreProblems(Broken):
    """Names another media type with errors only."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        if answer.status >= 400:
            answer.media_type = "application/problem+json"
        return answer


@deviates("CASE-R-062", also=("CASE-R-160", "CASE-R-080"))
class ErrorsWithStatus200(Broken):
    """Sends the status payload with 200."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        if answer.status in {400, 404}:
            answer.status = 200
        return answer


@deviates("CASE-R-062")
class UnknownItemsAreGone(Provider):
    """Answers unknown items with 410."""

    def finished(self, request: Request, answer: Answer) -> Answer:
        if answer.status == 404 and "/CFItems/" in request.path:
            answer.status = 410
        return answer


@deviates("CASE-R-082", also=("CASE-R-083", "CASE-R-160"))
class OneRefusalIsAStatus(Provider):
    """Grades the refusal of a blank selection as a warning."""

    def finished(self, request: Request, answer: Answer) -> Answer:
        if answer.status == 400 and request.get("fields") == "":
            answer.value["imsx_severity"] = "warning"
        return answer


@deviates("CASE-R-062", "CASE-R-024", also=("CASE-R-160",))
class CodesInOneString(Broken):
    """Writes the code of a refusal as a string where the object belongs."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        if answer.status >= 400 and "imsx_codeMinor" in answer.value:
            field = answer.value["imsx_codeMinor"]["imsx_codeMinorField"][0]
            answer.value["imsx_codeMinor"] = field["imsx_codeMinorFieldValue"]
        return answer


@deviates("CASE-R-080", "CASE-R-085")
class RefusalsOfMethodsAreText(Provider):
    """Answers other methods in plain text."""

    def finished(self, request: Request, answer: Answer) -> Answer:
        if answer.status == 405:
            answer.body, answer.media_type = b"GET only\n", "text/plain"
        return answer


@deviates("CASE-R-080", "CASE-R-085")
class UnknownPathsRedirectNowhere(Provider):
    """Answers addresses that are no operation with 501 and nothing."""

    def finished(self, request: Request, answer: Answer) -> Answer:
        if answer.status == 404 and not answer.operation and request.path.count("/") == 4:
            return Answer(status=501, body=b"")
        return answer


@deviates("CASE-R-089", "CASE-R-126", warns=True)
class OffsetsInWordsCrash(Provider):
    """Answers 500 for an offset that is no number."""

    def finished(self, request: Request, answer: Answer) -> Answer:
        if answer.status == 400 and request.get("offset") == "abc":
            answer.status = 500
        return answer


@deviates("CASE-R-064", warns=True)
class StatementsInAnotherLanguage(Broken):
    """Describes refusals in German only."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        if answer.status == 404:
            answer.value["imsx_description"] = "Nicht gefunden"
        return answer


@deviates("CASE-R-160")
class BlankSelectionsOfOneBlank(Provider):
    """Refuses a blank selection with 422."""

    def finished(self, request: Request, answer: Answer) -> Answer:
        if answer.status == 400 and request.get("fields") == "":
            answer.status = 422
        return answer


@deviates("CASE-R-086", warns=True, switches=Switches(rubrics=False))
class RubricsAreNobodysBusiness(Provider):
    """Answers the operation that is not offered with 501 and no body."""

    def finished(self, request: Request, answer: Answer) -> Answer:
        if "/CFRubrics/" in request.path:
            return Answer(status=501, body=b"")
        return answer


# Transport


@deviates("CASE-R-074", also=("CASE-R-092",), warns=True)
class NotModifiedUnasked(Provider):
    """Answers a record that was read before with 304, although nobody said to have it."""

    def __init__(self, *args: Any) -> None:  # noqa: ANN401 - as the provider takes them
        super().__init__(*args)
        self.read_before: set[str] = set()

    def finished(self, request: Request, answer: Answer) -> Answer:
        key = f"{request.path}?{request.query}"
        if answer.status != 200 or answer.operation != "getCFLicense":
            return answer
        if key in self.read_before:
            return Answer(status=304, body=b"")
        self.read_before.add(key)
        return answer


@deviates("CASE-R-044", also=("CASE-R-059", "CASE-R-098"))
class LicencesInLatin1(Broken):
    """Writes licences in Latin-1."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        if answer.operation == "getCFLicense" and answer.status == 200:
            answer.value["description"] += " für alle"
            answer.body = json.dumps(answer.value, ensure_ascii=False).encode("latin-1")
        return answer


@deviates("CASE-R-044", also=("CASE-R-098", "CASE-R-056"))
class PlainBodiesCalledGzip(Provider):
    """Says that groupings are compressed, and sends them plain."""

    def finished(self, request: Request, answer: Answer) -> Answer:
        if answer.operation == "getCFAssociationGrouping" and answer.status == 200:
            answer.headers.append(("Content-Encoding", "gzip"))
        return answer


@deviates("CASE-R-044", "CASE-R-053", also=("CASE-R-098", "CASE-R-030", "CASE-R-006"))
class ItemsWithoutABody(Provider):
    """Answers single items with 200 and nothing."""

    def finished(self, request: Request, answer: Answer) -> Answer:
        if answer.operation == "getCFItem" and answer.status == 200:
            answer.body = b""
        return answer


@deviates("CASE-R-044")
class PackagesAsText(Provider):
    """Calls packages plain text."""

    def finished(self, request: Request, answer: Answer) -> Answer:
        if answer.operation == "getCFPackage" and answer.status == 200:
            answer.media_type = "text/plain; charset=utf-8"
        return answer


@deviates("CASE-R-044", also=("CASE-R-020", "CASE-R-021", "CASE-R-018", "CASE-R-019"))
class ScoresAreNotANumber(Broken):
    """Writes NaN for a score that was not given."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        if answer.operation == "getCFRubric" and answer.status == 200:
            answer.body = json.dumps(answer.value).replace('"score": 0.0', '"score": NaN').encode()
        return answer


@deviates("CASE-R-071", warns=True)
class MinimalWhenPreferred(Broken):
    """Leaves optional members out for a client that prefers less."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        if request.headers.get("prefer") and answer.operation == "getAllCFDocuments":
            for document in answer.value["CFDocuments"]:
                document.pop("language", None)
        return answer


@deviates("CASE-R-073", warns=True)
class SelectionsOnSingleReads(Broken):
    """Reduces single reads, too."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        names = (request.get("fields") or "").split(",")
        if answer.operation == "getCFItem" and answer.status == 200 and names != [""]:
            answer.value = {name: answer.value[name] for name in names if name in answer.value}
        return answer


# Discovery


@deviates("CASE11-R-021")
class OneOperationNotDescribed(Provider):
    """Leaves one operation out of the discovery document."""

    def discovery(self) -> Record:
        document = super().discovery()
        del document["paths"]["/CFAssociationGroupings/{sourcedId}"]
        return document


@deviates("CASE11-R-021")
class OneOperationUnderAnotherName(Provider):
    """Gives one operation another operationId."""

    def discovery(self) -> Record:
        document = super().discovery()
        document["paths"]["/CFItemTypes/{sourcedId}"]["get"]["operationId"] = "getCFItemTypes"
        return document


@deviates("CASE11-R-023")
class ServersOfTheOldVersion(Provider):
    """Names the base path of 1.0 in the discovery document."""

    def discovery(self) -> Record:
        document = super().discovery()
        document["servers"][0]["url"] = document["servers"][0]["url"].replace("v1p1", "v1p0")
        return document


@deviates("CASE11-R-022", "CASE11-R-021")
class DiscoveryAsYaml(Provider):
    """Sends the discovery document as YAML."""

    def finished(self, request: Request, answer: Answer) -> Answer:
        if "/discovery/" in request.path and answer.status == 200:
            answer.body, answer.media_type = b"openapi: 3.0.1\n", "application/yaml"
        return answer


# Access


@deviates("CASE-R-087", switches=Switches(access="bearer"), claims=_GUARDED)
class PackagesAreOpen(Provider):
    """Guards the list, and gives packages to everybody."""

    def admit(self, request: Request) -> None:
        if "/CFPackages/" not in request.path:
            super().admit(request)


@deviates("CASE-R-087", switches=Switches(access="bearer"))
class WrongTokensCrash(Provider):
    """Answers 500 for a token that it cannot read."""

    def admit(self, request: Request) -> None:
        try:
            super().admit(request)
        except Refused as refused:
            if "authorization" in request.headers:
                raise Refused(500, "internal_server_error", "Token", "token") from refused
            raise


@deviates("CASE-R-084", "CASE-R-087", switches=Switches(access="bearer"))
class StrangersHaveAnUnknownObject(Provider):
    """Gives 401 the code of an unknown record."""

    def admit(self, request: Request) -> None:
        try:
            super().admit(request)
        except Refused as refused:
            raise Refused(401, "unknownobject", "Unauthorised", "token") from refused


@deviates("CASE-R-080", also=("CASE-R-024", "CASE-R-087"), switches=Switches(access="client credentials"))
class StrangersHaveAMessage(Broken):
    """Sends a message with 401, as a gateway does."""

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        if answer.status == 401:
            answer.value = {"message": "Unauthorized"}
        return answer
