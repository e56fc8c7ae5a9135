"""Related resources, and whether they are those that the issuer referred to (data model 2.0, 5.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Problem, Step, conclude
from skillmark_reference.credentials.steps.digests import digests_of
from skillmark_reference.credentials.steps.sources import DocumentUnavailable
from skillmark_reference.documents.kinds import DocumentKind
from skillmark_reference.securing import credential_claims as claims_of
from skillmark_reference.securing.integrity.json_values import as_list
from skillmark_reference.securing.integrity.problems import child
from skillmark_reference.securing.quoting import quoted
from skillmark_reference.vocabularies import load_vocabulary
from skillmark_reference.vocabularies.contexts import states_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from skillmark_reference.credentials.kinds import CredentialKind
    from skillmark_reference.credentials.steps.digests import Digest
    from skillmark_reference.credentials.steps.sources import Sources

_MEMBER = "relatedResource"
#: SHA-384 of the published base context (data model 2.0, B.1 gives its SHA-256, which is in the table).
_BASE_CONTEXT_SHA_384 = (
    "97f1eb8e5042356c805fdd61afa2c557663785e0794dcafa21e138fd38def18cb360133c221aa31d6896a6bf3e65b614"
)


class _Unreadable(Exception):  # noqa: N818 - what stands in the way, in words for a person
    """A resource that cannot be compared with its digest."""


def related_resources_step(credential: Mapping[str, Any], kind: CredentialKind, sources: Sources) -> Step:
    """Hold related resources against their digests (Verifiable Credentials Data Model 2.0, 5.3)."""
    if _MEMBER not in credential:
        return conclude(kind, Subject.RELATED_RESOURCES, outcome=Outcome.NOT_APPLICABLE)
    failed, unknown = compare_resources(credential, sources)
    outcome = Outcome.FAILED if failed else Outcome.CANNOT_TELL if unknown else Outcome.PASSED
    return conclude(kind, Subject.RELATED_RESOURCES, (*failed, *unknown), outcome=outcome)


def compare_resources(credential: Mapping[str, Any], sources: Sources) -> tuple[list[Problem], list[Problem]]:
    """Return what is wrong with the related resources of a credential, and which could not be compared."""
    failed: list[Problem] = []
    unknown: list[Problem] = []
    value = credential.get(_MEMBER)
    named = [each.get("id") for each in as_list(value) if isinstance(each, dict)]
    if len(named) != len({str(each) for each in named}):
        failed.append(Problem(pointer=f"/{_MEMBER}", message="two related resources have the same id"))
    for index, entry in enumerate(as_list(value)):
        pointer = child(f"/{_MEMBER}", index) if isinstance(value, list) else f"/{_MEMBER}"
        try:
            failed += [Problem(pointer=pointer, message=each) for each in _resource_problems(entry, sources)]
        except (DocumentUnavailable, _Unreadable) as error:
            unknown.append(Problem(pointer=pointer, message=f"the digest cannot be compared: {error}"))
    return failed, unknown


def _resource_problems(entry: object, sources: Sources) -> Iterator[str]:
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
        yield "a related resource is an object with the address of the resource as id"
        return
    url, digests = entry["id"], digests_of(entry)
    if not digests:
        yield "a related resource has digestSRI or digestMultibase"
    if any(each is None for each in digests):
        yield f"a digest of {quoted(url)} is malformed, or of an algorithm that is not known"
    for digest in digests:
        if digest is not None and not _is_right(digest, url, entry.get("mediaType"), sources):
            yield f"the digest of {quoted(url)} is another one: the resource is not the one that the issuer referred to"


def _is_right(digest: Digest, url: str, media_type: object, sources: Sources) -> bool:
    """Tell whether a resource has the digest; contexts that never change are not asked for.

    Raises:
        DocumentUnavailable: The resource cannot be had.
        _Unreadable: It is of a media type that is not read.
    """
    published = _published(url, digest.algorithm)
    if not digest.values.isdisjoint(published):
        return True
    if published and url in _unchanging():
        return False
    return digest.fits(sources.read(url, _kind_of(url, media_type)))


def _published(url: str, algorithm: str) -> set[bytes]:
    """Return the digests of the published states of a context."""
    if algorithm == "sha384" and url == claims_of.CREDENTIALS_V2:
        return {bytes.fromhex(_BASE_CONTEXT_SHA_384)}
    try:
        states = states_of(url) if algorithm == "sha256" else ()
    except KeyError:
        return set()
    return {bytes.fromhex(digest) for state in states for digest in (state.sha256, *state.copies) if digest}


def _unchanging() -> set[str]:
    """Return the addresses of the contexts that count as retrieved with the digests given (data model 2.0, B.1)."""
    documents = load_vocabulary("vc-2.0").contexts.values()
    return {url for states in documents if len(states) == 1 for state in states.values() for url in state.urls}


def _kind_of(url: str, media_type: object) -> DocumentKind:
    if isinstance(media_type, str) and media_type.startswith("image/"):
        return DocumentKind.IMAGE
    if media_type == "application/schema+json":
        return DocumentKind.SCHEMA
    if media_type in {None, "application/ld+json", "application/json"}:
        return DocumentKind.CONTEXT
    raise _Unreadable(f"{quoted(url)} is of the media type {quoted(media_type)}, which is not read")
