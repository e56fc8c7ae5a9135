"""What the tests of the learner records share: everything issued once for each setting, and verified with what is hosted."""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Any

from skillmark_fixtures.frameworks import framework, slugs
from skillmark_reference.credentials.baking import unbake
from skillmark_reference.credentials.verifying import verify
from skillmark_reference.documents import Documents, Policy
from skillmark_reference.pathways.catalogue import catalogue, find_entry
from skillmark_reference.pathways.hosting import documents
from skillmark_reference.pathways.issuing import issue
from skillmark_reference.pathways.settings import Identity, Setting
from skillmark_reference.securing import multibase

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Mapping

    from skillmark_reference.credentials.results import Verification
    from skillmark_reference.credentials.steps.recipients import Recipient
    from skillmark_reference.pathways.catalogue import Entry
    from skillmark_reference.pathways.issuing import Issued

Record = dict[str, Any]

OFFLINE = Setting()
WEB = (
    Setting(identity=Identity.ADDRESS),
    Setting(identity=Identity.DID_WEB),
    Setting(identity=Identity.DID_WEB, base="https://localhost:8443/learners"),
    Setting(base="http://127.0.0.1:8000", case_version="1.0"),
)
SLUGS = tuple(each.slug for each in catalogue())


class _Clock:
    def now(self) -> datetime.datetime:
        return OFFLINE.at

    def elapsed(self) -> float:
        return 0.0


@functools.cache
def issued(slug: str, setting: Setting = OFFLINE) -> Issued:
    """Return a credential, issued once."""
    return issue(find_entry(slug), setting)


def text_of(credential: Issued) -> str:
    """Return what was secured, out of its image if it is in one."""
    return credential.content.decode() if credential.entry.image is None else unbake(credential.content).text


def content_of(credential: Issued) -> Record:
    """Return the credential as object, signed or not."""
    text = text_of(credential)
    if not text.startswith("{"):
        text = multibase.decode_base64url(text.split(".")[1]).decode()
    value: Record = json.loads(text)
    return value


@functools.cache
def hosted(setting: Setting) -> Mapping[str, bytes]:
    """Return the documents of a setting by address."""
    return {each.address: each.content for each in documents(setting)}


def checked(
    credential: Issued,
    given: Mapping[str, bytes] | None = None,
    *,
    at: datetime.datetime = OFFLINE.at,
    recipient: Recipient | None = None,
) -> Verification:
    """Verify a credential with documents at hand, and without a network."""
    door = Documents(clock=_Clock(), policy=Policy(offline=True), given=given)
    return verify(text_of(credential), documents=door, now=at, recipient=recipient)


@functools.cache
def nodes(base: str, version: str) -> Mapping[str, tuple[str, Record]]:
    """Return items and parts of rubrics of all bundled frameworks by address, each with the title of its framework."""
    found: dict[str, tuple[str, Record]] = {}
    for slug in slugs():
        package = framework(slug, version=version, base=base)
        title = package["CFDocument"]["title"]
        criteria = [each for rubric in package["CFRubrics"] for each in rubric["CFRubricCriteria"]]
        levels = [each for criterion in criteria for each in criterion["CFRubricCriterionLevels"]]
        found |= {each["uri"]: (title, each) for each in (*package["CFItems"], *criteria, *levels)}
    return found


def objects(value: object) -> Iterator[Record]:
    """Yield every object in a JSON value."""
    if isinstance(value, dict):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(each)


def of_kind(*kinds: str) -> list[Entry]:
    """Return the entries of the catalogue of the kinds."""
    return [each for each in catalogue() if each.kind.value in kinds]
