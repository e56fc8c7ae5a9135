"""What a credential has to say: its classes, contexts, dates, schemas, related resources."""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

import jsonschema

from .finding_keys import Keys, listed
from .statements import Refused, known_contexts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .statements import Further

Record = dict[str, Any]

V2, V1 = "https://www.w3.org/ns/credentials/v2", "https://www.w3.org/2018/credentials/v1"
_BADGES = re.compile(r"https://purl\.imsglobal\.org/spec/ob/v3p0/context(-3\.\d+\.\d+)?\.json\Z")
_RECORDS = re.compile(r"https://purl\.imsglobal\.org/spec/clr/v2p0/context(-2\.\d+\.\d+)?\.json\Z")
BADGE, RECORD, ENDORSEMENT = "AchievementCredential", "ClrCredential", "EndorsementCredential"
#: Classes of 1EdTech: the contexts behind the first one, and the members that the subject has to have.
CLASSES = {
    BADGE: ((_BADGES,), ("achievement",)),
    "OpenBadgeCredential": ((_BADGES,), ("achievement",)),
    ENDORSEMENT: ((_BADGES,), ("id",)),
    RECORD: ((_RECORDS, _BADGES), ("verifiableCredential",)),
}
_REQUIRED = ("type", "issuer", "credentialSubject")
_REQUIRED_OF_CLASSES = ("id",)
_OF_ACHIEVEMENT = ("id", "type", "criteria", "description", "name")
_OF_1EDTECH = "1EdTechJsonSchemaValidator2019"
_SCHEMA_TYPES = frozenset({_OF_1EDTECH, "JsonSchema"})
_MOMENT = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)T(?P<time>\d\d:\d\d:\d\d)(?:\.(?P<part>\d+))?(?P<offset>Z|[+-]\d\d:\d\d)?\Z", re.ASCII
)


class Contents(Keys):
    """Looks at what a credential says."""

    schema_types = _SCHEMA_TYPES

    def check_contents(self, credential: Record) -> None:
        """Look at classes and contexts.

        Raises:
            Refused: Something is missing, or in the wrong place.
        """
        begin = "issuanceDate" if self.is_old(credential) else "validFrom"
        kinds = [each for each in listed(credential.get("type")) if each in CLASSES]
        required = (*_REQUIRED, *(_REQUIRED_OF_CLASSES if kinds else ()))
        self.check_present(credential, (*required, *((begin,) if kinds else ())))
        self.check_contexts(credential)
        if "VerifiableCredential" not in listed(credential["type"]):
            raise Refused("it is no VerifiableCredential")
        subject = credential["credentialSubject"]
        for kind in kinds:
            if not isinstance(subject, dict):
                raise Refused("there is one subject")
            self.check_present(subject, CLASSES[kind][1])
            if kind not in {ENDORSEMENT, RECORD}:
                self.check_earner(subject)
                self.check_present(subject["achievement"], _OF_ACHIEVEMENT)
        self.issuer_of(credential)

    def check_present(self, record: object, names: tuple[str, ...]) -> None:
        """Refuse a record in which something is missing."""
        missing = [name for name in names if not isinstance(record, dict) or record.get(name) in (None, "", [])]
        if missing:
            raise Refused(f"there is no {', '.join(missing)}")

    def check_earner(self, subject: Record) -> None:
        """Refuse a badge of nobody."""
        if not subject.get("id") and not subject.get("identifier"):
            raise Refused("the subject has neither id nor identifier")

    def check_contexts(self, credential: Record) -> None:
        """Refuse contexts in another order than the one that the classes have."""
        contexts = credential.get("@context")
        if not isinstance(contexts, list) or contexts[:1] not in ([V2], [V1]):
            raise Refused("the first context is not that of Verifiable Credentials")
        for kind in listed(credential["type"]):
            for place, wanted in enumerate(CLASSES.get(kind, ((),))[0], start=1):
                found = contexts[place] if place < len(contexts) else None
                if not isinstance(found, str) or not wanted.match(found):
                    raise Refused("a context is missing, or not in its place")

    def is_old(self, credential: Record) -> bool:
        """Tell whether it is of data model 1.1."""
        return listed(credential.get("@context"))[:1] == [V1]

    def issuer_of(self, credential: Record) -> str:
        """Return the id of the issuer."""
        issuer = credential.get("issuer")
        found = issuer.get("id") if isinstance(issuer, dict) else issuer
        if not isinstance(found, str):
            raise Refused("there is no issuer")
        return found

    def further(self, document: Record) -> Further:
        """Fetch the contexts that are not among the published ones."""
        named = {url for url in listed(document.get("@context")) if isinstance(url, str)}
        return tuple((url, self.documents.text(url)) for url in sorted(named - known_contexts().keys()))

    # Dates

    def moment(self, text: object) -> datetime.datetime:
        """Return a moment; without an offset it is in UTC.

        Raises:
            Refused: It is none.
        """
        found = _MOMENT.match(text) if isinstance(text, str) else None
        if found is None:
            raise Refused(f"{text!r} is no date and time")
        part = (found["part"] or "0")[:6]
        offset = "+00:00" if found["offset"] in {None, "Z"} else found["offset"]
        try:
            return datetime.datetime.fromisoformat(f"{found['day']}T{found['time']}.{part:<06}{offset}")
        except ValueError as problem:
            raise Refused(f"{text!r} is no date and time") from problem

    def is_past(self, text: object) -> bool:
        """Tell whether a moment is over."""
        return self.moment(text) <= self.now

    def check_period(self, credential: Record) -> None:
        """Refuse what is not valid yet, or no longer."""
        begin, end = ("issuanceDate", "expirationDate") if self.is_old(credential) else ("validFrom", "validUntil")
        if begin in credential and not self.is_past(credential[begin]):
            raise Refused("it is not valid yet")
        if end in credential and self.is_past(credential[end]):
            raise Refused("it is over")

    # Schemas and resources

    def check_schemas(self, credential: Record) -> None:
        """Hold it against every schema of a type that is known."""
        for each in listed(credential.get("credentialSchema")):
            if isinstance(each, dict) and self.schema_types & {*listed(each.get("type"))}:
                self.check_schema(credential, str(each.get("id")))

    def check_schema(self, credential: Record, url: str) -> None:
        """Hold it against a schema."""
        schema = self.documents.json(url)
        try:
            jsonschema.Draft201909Validator(schema).validate(self.plain(credential))
        except (jsonschema.ValidationError, jsonschema.SchemaError) as problem:
            raise Refused(f"it does not conform to {url}: {problem.message}"[:200]) from problem

    def plain(self, credential: Record) -> Record:
        """Return what a schema is about."""
        return credential

    def check_resources(self, credential: Record) -> None:
        """Compare the digests of related resources (VC Data Model 2.0, 5.3)."""
        for each in listed(credential.get("relatedResource")):
            stated = str(each.get("digestSRI", "")) if isinstance(each, dict) else ""
            algorithm, _, value = stated.partition("-")
            if algorithm in {"sha256", "sha384", "sha512"}:
                content = self.documents.text(str(each["id"])).encode()
                if base64.b64encode(hashlib.new(algorithm, content).digest()).decode() != value:
                    raise Refused("a related resource is another one than was signed")

    # What is inside

    def endorsements(self, value: object, *, top: bool = True) -> Iterator[Record | str]:
        """Yield every endorsement in a credential but those in other credentials in it."""
        if isinstance(value, list):
            for each in value:
                yield from self.endorsements(each, top=False)
        elif isinstance(value, dict):
            for name, each in value.items():
                if name in {"endorsement", "endorsementJwt"}:
                    yield from listed(each)
                elif name not in {"proof", "verifiableCredential"}:
                    yield from self.endorsements(each, top=False)

    def members(self, credential: Record) -> list[Any]:
        """Return the credentials in a record."""
        subject = credential.get("credentialSubject")
        return listed(subject.get("verifiableCredential")) if isinstance(subject, dict) else []


def read_object(text: str) -> Record:
    """Return a JSON object.

    Raises:
        Refused: It is none.
    """
    try:
        found = json.loads(text)
    except ValueError as problem:
        raise Refused("it is no JSON") from problem
    if not isinstance(found, dict):
        raise Refused("it is no JSON object")
    return found
