"""The schemas that a credential names: the published ones, those of others, and those that are credentials themselves.

Open Badges 3.0 and CLR 2.0, Verification, step 1; Verifiable Credentials JSON Schema.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Problem, Step, conclude, conclude_worst
from skillmark_reference.credentials.steps.bounded_schemas import UnusableSchema, departures
from skillmark_reference.credentials.steps.digests import digests_of
from skillmark_reference.credentials.steps.sources import DocumentUnavailable
from skillmark_reference.credentials.steps.structure import class_problems, schema_problems
from skillmark_reference.documents.kinds import DocumentKind
from skillmark_reference.securing import strict_json
from skillmark_reference.securing.integrity.json_values import as_list
from skillmark_reference.securing.integrity.problems import child
from skillmark_reference.securing.quoting import quoted
from skillmark_reference.securing.strict_json import MalformedJson
from skillmark_reference.vocabularies import load_vocabulary
from skillmark_reference.vocabularies.json_schema import Form

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from skillmark_reference.credentials.kinds import CredentialKind
    from skillmark_reference.credentials.results import Verification
    from skillmark_reference.credentials.steps.bounded_schemas import Work
    from skillmark_reference.credentials.steps.sources import Sources

    #: Verifies the credential that holds a schema, at an address; the place is where it is named.
    SchemaVerifier = Callable[[bytes, str, str], Verification]

_OF_1EDTECH = "1EdTechJsonSchemaValidator2019"
_DOCUMENT = "JsonSchema"
_CREDENTIAL = "JsonSchemaCredential"
#: Addresses of the published schemas, of which those derived from the tables take the place.
_PUBLISHED = re.compile(
    r"https://purl\.imsglobal\.org/spec/(?:ob/v3p0|clr/v2p0)/schema/json(?:-ld)?/(?:ob_v3p0|clr_v2p0)_([a-z]+)_schema\.json"
)


class _NotUnderstood(UnusableSchema):
    """A schema of a type that this verifier does not know."""


class SchemaCheck:
    """The check of every schema that one credential names.

    Args:
        credential: The credential, whose proof has been verified.
        kind: What it is read as.
        sources: The other documents.
        verify_schema: Verifies the credential that holds a schema.
        work: What evaluations may still spend.
    """

    def __init__(
        self,
        credential: Mapping[str, Any],
        kind: CredentialKind,
        *,
        sources: Sources,
        verify_schema: SchemaVerifier,
        work: Work,
    ) -> None:
        self._credential = credential
        self._kind = kind
        self._sources = sources
        self._verify_schema = verify_schema
        self._work = work
        #: The verifications of the credentials that hold schemas.
        self.schemas: list[Verification] = []

    def steps(self) -> tuple[Step, Step]:
        """Return the steps about ``credentialSchema``: that of the standard is named, and the credential conforms to all."""
        value = self._credential.get("credentialSchema")
        if value is None:
            return (
                conclude(self._kind, Subject.SCHEMA_NAMED, outcome=Outcome.NOT_APPLICABLE),
                conclude(self._kind, Subject.CREDENTIAL_SCHEMA, outcome=Outcome.NOT_APPLICABLE),
            )
        return self._named(as_list(value)), self._conforms(value)

    def _named(self, entries: list[Any]) -> Step:
        if self._kind.is_of_w3c:
            return conclude(self._kind, Subject.SCHEMA_NAMED, outcome=Outcome.NOT_APPLICABLE)
        own = any(isinstance(each, dict) and _OF_1EDTECH in as_list(each.get("type")) for each in entries)
        message = f"when credentialSchema is used, one entry is of type {_OF_1EDTECH}"
        problems = [] if own else [Problem(pointer="/credentialSchema", message=message)]
        return conclude(self._kind, Subject.SCHEMA_NAMED, problems)

    def _conforms(self, value: object) -> Step:
        failed: list[Problem] = []
        unknown: list[Problem] = []
        remarks: list[Problem] = []
        evidence = {}
        for index, entry in enumerate(as_list(value)):
            pointer = child("/credentialSchema", index) if isinstance(value, list) else "/credentialSchema"
            try:
                found, source = self._departures(entry, pointer)
            except (UnusableSchema, DocumentUnavailable) as error:
                # "Types that are not understood are ignored" (Securing Verifiable Credentials using JOSE and COSE, 6)
                is_ignored = isinstance(error, _NotUnderstood) and self._kind.is_of_w3c
                (remarks if is_ignored else unknown).append(
                    Problem(pointer=pointer, message=f"whether it conforms cannot be told: {error}")
                )
                continue
            failed += found
            evidence[pointer] = source
        told = {Outcome.FAILED: failed, Outcome.CANNOT_TELL: unknown, Outcome.WARNED: remarks}
        return conclude_worst(self._kind, Subject.CREDENTIAL_SCHEMA, told, evidence=evidence)

    def _departures(self, entry: object, pointer: str) -> tuple[list[Problem], str]:
        """Return the departures from one schema, and which schema it was.

        Raises:
            UnusableSchema: Its type is not understood, or it cannot be used.
            DocumentUnavailable: It cannot be had.
        """
        members = entry if isinstance(entry, dict) else {}
        url = members.get("id")
        types = {each for each in as_list(members.get("type")) if isinstance(each, str)}
        if not isinstance(url, str) or not types & {_OF_1EDTECH, _DOCUMENT, _CREDENTIAL}:
            raise _NotUnderstood(f"a schema of type {quoted(sorted(types))} at {quoted(url)} is not understood")
        if _CREDENTIAL in types:
            schema, content = self._in_credential(url, members, pointer)
        elif url == _schema_of_schemas():
            return class_problems(self._credential, "vc-2.0", _CREDENTIAL), f"{url}, derived from the table vc-2.0"
        else:
            try:
                content = self._sources.read(url, DocumentKind.SCHEMA)
            except DocumentUnavailable as error:
                return self._by_table(url, error)
            _check_digests(members, content, url)
            schema = _parsed(content)
        found = departures(schema, self._credential, read=self._read, work=self._work)
        problems = [Problem(pointer=each.pointer, message=each.message, clause=url) for each in found]
        return problems, f"{url} sha256 {hashlib.sha256(content).hexdigest()}"

    def _by_table(self, url: str, error: DocumentUnavailable) -> tuple[list[Problem], str]:
        """Take the schema derived from the table in the place of the published one, as lenient as that is (D-16)."""
        match, kind = _PUBLISHED.fullmatch(url), self._kind
        if match is None or match[1] not in {kind.value.lower(), f"any{kind.value.lower()}"}:
            raise error
        problems = schema_problems(self._credential, kind, Form.LENIENT)
        return problems, f"{url}, derived from the table {kind.vocabulary.id}"

    def _in_credential(self, url: str, entry: Mapping[str, Any], pointer: str) -> tuple[Mapping[str, Any], bytes]:
        """Return the schema in a JsonSchemaCredential, which is verified before (VC JSON Schema, Integrity Validation)."""
        content = self._sources.read(url, DocumentKind.CREDENTIAL)
        _check_digests(entry, content, url)
        verification = self._verify_schema(content, url, pointer)
        self.schemas.append(verification)
        credential = verification.credential
        if credential is None or not verification.valid:
            raise UnusableSchema(f"the credential with the schema at {quoted(url)} is {verification.verdict.value}")
        subject = credential.get("credentialSubject")
        schema = subject.get("jsonSchema") if isinstance(subject, dict) else None
        if _CREDENTIAL not in as_list(credential.get("type")) or not isinstance(schema, dict):
            raise UnusableSchema(
                f"the credential at {quoted(url)} is no {_CREDENTIAL} with a jsonSchema of one subject"
            )
        return schema, content

    def _read(self, url: str) -> bytes:
        try:
            return self._sources.read(url, DocumentKind.SCHEMA)
        except DocumentUnavailable as error:
            raise LookupError(str(error)) from None


def _schema_of_schemas() -> str:
    """Return the address of the schema that every JsonSchemaCredential has."""
    return load_vocabulary("vc-2.0").classes[_CREDENTIAL].properties["credentialSchema"].fixed["id"]


def _check_digests(entry: Mapping[str, Any], content: bytes, url: str) -> None:
    digests = digests_of(entry)
    if any(each is None or not each.fits(content) for each in digests):
        raise UnusableSchema(f"the schema at {quoted(url)} is not the one whose digest the credential holds")


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        return strict_json.parse_object(content)
    except MalformedJson as error:
        raise UnusableSchema(f"it cannot be read: {error}") from None
