"""What a credential refers to: JSON Schemas, a service for newer copies, resources whose digests it holds."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from typing import TYPE_CHECKING, Any

from jsonschema import Draft201909Validator, Draft202012Validator
from jsonschema.exceptions import SchemaError
from referencing.exceptions import Unresolvable

from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Problem, Step, conclude
from skillmark_reference.credentials.schema_errors import causes
from skillmark_reference.credentials.sources import DocumentUnavailable
from skillmark_reference.credentials.structure import schema_problems
from skillmark_reference.documents.kinds import DocumentKind
from skillmark_reference.securing import multibase, strict_json
from skillmark_reference.securing.integrity.json_values import as_list
from skillmark_reference.securing.integrity.problems import child
from skillmark_reference.securing.multibase import MalformedMultibase
from skillmark_reference.securing.quoting import quoted
from skillmark_reference.securing.strict_json import MalformedJson
from skillmark_reference.vocabularies.contexts import states_of
from skillmark_reference.vocabularies.json_schema import Form

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jsonschema.protocols import Validator

    from skillmark_reference.credentials.kinds import CredentialKind
    from skillmark_reference.credentials.sources import Sources

_OWN_TYPE = "1EdTechJsonSchemaValidator2019"
_W3C_TYPE = "JsonSchema"
#: Addresses of the published schemas, of which those derived from the tables take the place.
_OWN_SCHEMA = re.compile(
    r"https://purl\.imsglobal\.org/spec/(?:ob/v3p0|clr/v2p0)/schema/json/(?:ob_v3p0|clr_v2p0)_([a-z]+)_schema\.json"
)
_DIALECTS: dict[str, type[Validator]] = {
    "https://json-schema.org/draft/2019-09/schema": Draft201909Validator,
    "https://json-schema.org/draft/2020-12/schema": Draft202012Validator,
}
_SRI = {"sha256": "sha256", "sha384": "sha384", "sha512": "sha512"}
#: Multihash codes with the lengths of their digests.
_MULTIHASH = {0x12: "sha256", 0x13: "sha512", 0x20: "sha384"}


def schema_steps(credential: Mapping[str, Any], kind: CredentialKind, sources: Sources) -> tuple[Step, Step]:
    """Return the steps about ``credentialSchema`` (Open Badges 3.0, Verification, step 1)."""
    value = credential.get("credentialSchema")
    if value is None:
        return (
            conclude(kind, Subject.SCHEMA_NAMED, outcome=Outcome.NOT_APPLICABLE),
            conclude(kind, Subject.CREDENTIAL_SCHEMA, outcome=Outcome.NOT_APPLICABLE),
        )
    entries = as_list(value)
    own = any(isinstance(each, dict) and _OWN_TYPE in as_list(each.get("type")) for each in entries)
    message = f"when credentialSchema is used, one entry is of type {_OWN_TYPE}"
    problems = [] if own else [Problem(pointer="/credentialSchema", message=message)]
    named = conclude(kind, Subject.SCHEMA_NAMED, problems)
    return named, _conforms(credential, kind, entries, sources)


def _conforms(credential: Mapping[str, Any], kind: CredentialKind, entries: list[Any], sources: Sources) -> Step:
    failed: list[Problem] = []
    unknown: list[Problem] = []
    evidence = {}
    for index, entry in enumerate(entries):
        pointer = (
            child("/credentialSchema", index)
            if isinstance(credential["credentialSchema"], list)
            else "/credentialSchema"
        )
        try:
            found, source = _schema_errors(credential, kind, entry, sources)
        except _Unknown as error:
            unknown.append(Problem(pointer=pointer, message=str(error)))
            continue
        failed += found
        evidence[pointer] = source
    outcome = Outcome.FAILED if failed else Outcome.CANNOT_TELL if unknown else Outcome.PASSED
    return conclude(kind, Subject.CREDENTIAL_SCHEMA, (*failed, *unknown), outcome=outcome, evidence=evidence)


class _Unknown(Exception):  # noqa: N818 - what stands in the way, in words for a person
    """Whether the credential conforms cannot be told."""


def _schema_errors(
    credential: Mapping[str, Any], kind: CredentialKind, entry: object, sources: Sources
) -> tuple[list[Problem], str]:
    """Return the departures from one schema, and which schema it was."""
    url = entry.get("id") if isinstance(entry, dict) else None
    types = as_list(entry.get("type")) if isinstance(entry, dict) else []
    if not isinstance(url, str) or not {_OWN_TYPE, _W3C_TYPE} & {each for each in types if isinstance(each, str)}:
        raise _Unknown(f"a schema of type {quoted(types)} at {quoted(url)} is not understood")
    try:
        content = sources.read(url, DocumentKind.SCHEMA)
    except DocumentUnavailable as error:
        return _by_table(credential, kind, url, error)
    if isinstance(entry, dict) and (digests := _digests(entry)) and not any(_fits(each, content) for each in digests):
        raise _Unknown(f"the schema at {url} is not the one whose digest the credential holds")
    return _by_document(credential, url, content), f"{url} sha256 {hashlib.sha256(content).hexdigest()}"


def _by_table(
    credential: Mapping[str, Any], kind: CredentialKind, url: str, error: DocumentUnavailable
) -> tuple[list[Problem], str]:
    """Take the schema derived from the table in the place of the published one."""
    match = _OWN_SCHEMA.fullmatch(url)
    if match is None or match[1] not in {kind.value.lower(), f"any{kind.value.lower()}"}:
        raise _Unknown(f"the schema cannot be had: {error}")
    return schema_problems(credential, kind, Form.COMPACTED), f"{url}, derived from the table {kind.vocabulary.id}"


def _by_document(credential: Mapping[str, Any], url: str, content: bytes) -> list[Problem]:
    try:
        schema = strict_json.parse_object(content)
        dialect = _DIALECTS.get(str(schema.get("$schema")).removesuffix("#"))
        if dialect is None:
            raise _Unknown(f"the schema at {url} is of the dialect {quoted(schema.get('$schema'))}, which is not read")
        dialect.check_schema(schema)
        validator = dialect(schema, format_checker=dialect.FORMAT_CHECKER)
        found = causes(validator.iter_errors(credential))
    except (MalformedJson, SchemaError, Unresolvable, re.error, RecursionError) as error:
        raise _Unknown(f"the schema at {url} cannot be used: {quoted(str(error))}") from None
    return [Problem(pointer=each.pointer, message=each.message, clause=url) for each in found]


def refresh_step(credential: Mapping[str, Any], kind: CredentialKind) -> Step:
    """Note where a newer copy may be; it is not fetched, and the verification goes on with the copy at hand (step 3)."""
    if "refreshService" not in credential:
        return conclude(kind, Subject.REFRESH, outcome=Outcome.NOT_APPLICABLE)
    addresses = [each.get("id") for each in as_list(credential["refreshService"]) if isinstance(each, dict)]
    message = f"a newer copy may be at {quoted(addresses)}; it was not asked for"
    problem = Problem(pointer="/refreshService", message=message)
    return conclude(kind, Subject.REFRESH, [problem], outcome=Outcome.WARNED)


# Digests


def related_resources_step(credential: Mapping[str, Any], kind: CredentialKind, sources: Sources) -> Step:
    """Hold related resources against their digests (Verifiable Credentials Data Model 2.0, 5.3)."""
    if "relatedResource" not in credential:
        return conclude(kind, Subject.RELATED_RESOURCES, outcome=Outcome.NOT_APPLICABLE)
    failed: list[Problem] = []
    unknown: list[Problem] = []
    value = credential["relatedResource"]
    named = [each.get("id") for each in as_list(value) if isinstance(each, dict)]
    if len(named) != len({str(each) for each in named}):
        failed.append(Problem(pointer="/relatedResource", message="two related resources have the same id"))
    for index, entry in enumerate(as_list(value)):
        pointer = child("/relatedResource", index) if isinstance(value, list) else "/relatedResource"
        try:
            failed += [Problem(pointer=pointer, message=each) for each in _resource_problems(entry, sources)]
        except (DocumentUnavailable, _Unknown) as error:
            unknown.append(Problem(pointer=pointer, message=f"the digest cannot be compared: {error}"))
    outcome = Outcome.FAILED if failed else Outcome.CANNOT_TELL if unknown else Outcome.PASSED
    return conclude(kind, Subject.RELATED_RESOURCES, (*failed, *unknown), outcome=outcome)


def _resource_problems(entry: object, sources: Sources) -> Iterator[str]:
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
        yield "a related resource is an object with the address of the resource as id"
        return
    digests = _digests(entry)
    if not digests:
        yield "a related resource has digestSRI or digestMultibase"
        return
    url = entry["id"]
    if any(each is None for each in digests):
        yield f"a digest of {quoted(url)} is malformed, or of an algorithm that is not known"
        return
    published = _published(url)
    if any(name == "sha256" and digest.hex() in published for name, digest in (each for each in digests if each)):
        return
    content = sources.read(url, _kind_of(url, entry.get("mediaType")))
    if not all(_fits(each, content) for each in digests):
        yield f"the digest of {quoted(url)} is another one: the resource is not the one that the issuer referred to"


def _published(url: str) -> set[str]:
    """Return the digests of the published states of a context."""
    try:
        states = states_of(url)
    except KeyError:
        return set()
    return {digest for state in states for digest in (state.sha256, *state.copies) if digest}


def _kind_of(url: str, media_type: object) -> DocumentKind:
    if isinstance(media_type, str) and media_type.startswith("image/"):
        return DocumentKind.IMAGE
    if media_type == "application/schema+json":
        return DocumentKind.SCHEMA
    if media_type in {None, "application/ld+json", "application/json"}:
        return DocumentKind.CONTEXT
    raise _Unknown(f"{quoted(url)} is of the media type {quoted(media_type)}, which is not read")


def _digests(entry: Mapping[str, Any]) -> list[tuple[str, bytes] | None]:
    """Return each digest of an entry with its algorithm, the strongest of a digestSRI; nothing for one that is malformed."""
    found: list[tuple[str, bytes] | None] = []
    if "digestSRI" in entry:
        found.append(_of_sri(entry["digestSRI"]))
    if "digestMultibase" in entry:
        found.append(_of_multibase(entry["digestMultibase"]))
    return found


def _of_sri(text: object) -> tuple[str, bytes] | None:
    found = []
    for part in text.split() if isinstance(text, str) else ():
        name, _, value = part.partition("?")[0].partition("-")
        try:
            found.append((_SRI[name], base64.b64decode(value, validate=True)))
        except (KeyError, binascii.Error):
            return None
    return max(found, default=None)


def _of_multibase(text: object) -> tuple[str, bytes] | None:
    if not isinstance(text, str):
        return None
    for base in multibase.Base:
        try:
            code, digest = multibase.split_multicodec(multibase.decode(text, base))
        except MalformedMultibase:
            continue
        name = _MULTIHASH.get(code)
        if name and digest[:1] == bytes([hashlib.new(name).digest_size]):
            return name, digest[1:]
    return None


def _fits(digest: tuple[str, bytes] | None, content: bytes) -> bool:
    return digest is not None and hmac.compare_digest(hashlib.new(digest[0], content).digest(), digest[1])
