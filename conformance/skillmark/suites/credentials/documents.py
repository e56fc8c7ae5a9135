"""Documents with credentials: how many are in one, their encoding, names and media types (Document Formats)."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from skillmark.suites.credentials.sightings import RULES, Departs, Holds
from skillmark_reference.credentials.kinds import CredentialKind
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome
from skillmark_reference.securing import strict_json
from skillmark_reference.securing.quoting import quoted
from skillmark_reference.securing.strict_json import MalformedJson

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.suites.credentials.evidence import Evidence
    from skillmark.suites.credentials.sightings import Sighting
    from skillmark.suites.credentials.submissions import Submission

TOKEN = re.compile(rb"\s*[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+\s*")
_PNG = b"\x89PNG"
_PICTURE = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?svg[\s>]")
_TOKEN_NAMES = frozenset({".jws", ".jwt"})
_JSON_TYPES = ("application/vc+ld+json", "application/ld+json", "application/json", "application/vc")
_NO_FILES = "No file of this form was handed in."
_NO_ADDRESSES = "No address was handed in."


def is_image(submission: Submission) -> bool:
    """Tell whether a document is an image, or a page."""
    content = submission.source.content.removeprefix(codecs.BOM_UTF8).lstrip()
    return submission.source.content.startswith((_PNG, b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM")) or content.startswith(
        b"<"
    )


def _is_page(submission: Submission) -> bool:
    """Tell whether a document is written in tags, and is no picture."""
    content = submission.source.content.removeprefix(codecs.BOM_UTF8).lstrip()
    return content.startswith(b"<") and _PICTURE.search(content) is None


def _is_token(submission: Submission) -> bool:
    return bool(TOKEN.fullmatch(submission.source.content))


def _is_json(submission: Submission) -> bool:
    content = submission.source.content.removeprefix(codecs.BOM_UTF8).lstrip()
    return content.startswith((b"{", b"["))


def _judged(evidence: Evidence) -> Iterator[Submission]:
    return (each for each in evidence.submissions if each.is_judged)


def _departs(submission: Submission, actual: str, expected: str = "") -> Departs:
    return Departs(evidence=submission.id, pointer="", actual=actual, expected=expected)


def _holds(submission: Submission) -> Holds:
    return Holds(evidence=submission.id)


def _one_credential(evidence: Evidence) -> Iterator[Sighting]:
    for each in _judged(evidence):
        unread = [checked for checked in each.checked if checked.verification is None]
        kinds = [shown for shown in each.credentials if shown.kind is CredentialKind.OTHER]
        if len(each.checked) > 1:
            yield _departs(each, f"{len(each.checked)} credentials in one document", "one credential")
        elif "#/" in "".join(checked.source for checked in each.checked):
            yield _departs(each, "an array with a credential in it", "the credential itself")
        elif unread:
            yield _departs(each, "; ".join(unread[0].remarks) or "no credential", "one credential")
        elif kinds:
            yield _departs(each, f"a document of the type {quoted(kinds[0].document.get('type'))}", "one credential")
        elif each.credentials:
            yield _holds(each)


@RULES.decides("OB30-R-064", absent=_NO_FILES)
def holds_one_badge(evidence: Evidence) -> Iterator[Sighting]:
    """Count the credentials in each document."""
    yield from _one_credential(evidence)


@RULES.decides("CLR20-R-024", absent=_NO_FILES)
def holds_one_record(evidence: Evidence) -> Iterator[Sighting]:
    """Count the credentials in each document, and read it."""
    yield from _one_credential(evidence)
    yield from (each for each in (*_json(evidence), *_utf_8(evidence)) if isinstance(each, Departs))


@RULES.decides("OB30-R-065", absent=_NO_FILES)
def is_json(evidence: Evidence) -> Iterator[Sighting]:
    """Parse strictly."""
    yield from _json(evidence)


def _json(evidence: Evidence) -> Iterator[Sighting]:
    for each in _judged(evidence):
        steps = [step for checked in each.checked if checked.verification for step in checked.verification.steps]
        parsed = [step for step in steps if step.subject is Subject.PARSING]
        problems = [problem for step in parsed if step.outcome is Outcome.FAILED for problem in step.problems]
        if is_image(each) and not parsed:
            continue
        if problems or not parsed:
            remarks = [remark for checked in each.checked for remark in checked.remarks]
            actual = problems[0].message if problems else "; ".join(remarks) or "nothing"
            yield _departs(each, actual, "JSON, or a compact JWS with JSON")
        else:
            yield _holds(each)


@RULES.decides("OB30-R-066", absent=_NO_FILES)
def is_utf_8(evidence: Evidence) -> Iterator[Sighting]:
    """Decode."""
    yield from _utf_8(evidence)


def _utf_8(evidence: Evidence) -> Iterator[Sighting]:
    for each in _judged(evidence):
        content = each.source.content
        if is_image(each):
            continue
        if content.startswith(codecs.BOM_UTF8):
            yield _departs(each, "a byte order mark before the text", "UTF-8 without a byte order mark")
            continue
        try:
            content.decode("utf-8")
        except UnicodeDecodeError as error:
            yield _departs(
                each, f"byte {error.start:,} is not UTF-8: {content[error.start : error.start + 4]!r}", "UTF-8"
            )
        else:
            yield _holds(each)


@RULES.decides("OB30-R-067", absent=_NO_FILES)
def token_files_hold_a_token(evidence: Evidence) -> Iterator[Sighting]:
    """Hold files that are named as tokens, and those that are some, against the form of a compact JWS."""
    for each in _judged(evidence):
        if each.source.is_file and (each.source.suffix in _TOKEN_NAMES or _is_token(each)):
            is_good = _is_token(each)
            yield (
                _holds(each) if is_good else _departs(each, quoted(each.source.exchange.excerpt[:60]), "a compact JWS")
            )


@RULES.decides("OB30-R-068", absent=_NO_FILES)
def token_files_are_named_so(evidence: Evidence) -> Iterator[Sighting]:
    """Look at the names of files with tokens."""
    for each in _judged(evidence):
        if each.source.is_file and _is_token(each):
            is_good = each.source.suffix in _TOKEN_NAMES
            yield _holds(each) if is_good else _departs(each, quoted(each.source.suffix), ".jws or .jwt")


@RULES.decides("OB30-R-069", absent=_NO_FILES)
def json_files_hold_json(evidence: Evidence) -> Iterator[Sighting]:
    """Hold files that are named as JSON, and those that are some, against the form of an object."""
    for each in _judged(evidence):
        if each.source.is_file and (each.source.suffix == ".json" or _is_json(each)):
            is_good = _parses(each)
            yield (
                _holds(each) if is_good else _departs(each, quoted(each.source.exchange.excerpt[:60]), "a JSON object")
            )


def _parses(submission: Submission) -> bool:
    try:
        strict_json.parse_object(submission.source.content.removeprefix(codecs.BOM_UTF8))
    except MalformedJson:
        return False
    return True


@RULES.decides("OB30-R-070", absent=_NO_FILES)
def json_files_are_named_so(evidence: Evidence) -> Iterator[Sighting]:
    """Look at the names of files with embedded proofs."""
    for each in _judged(evidence):
        if each.source.is_file and _is_json(each):
            is_good = each.source.suffix == ".json"
            yield _holds(each) if is_good else _departs(each, quoted(each.source.suffix), ".json")


# Addresses


def _type_of(submission: Submission) -> str:
    return quoted(submission.source.media_type) if submission.source.media_type else "no Content-Type"


@RULES.decides("OB30-R-071", absent=_NO_ADDRESSES)
def addresses_answer_with_the_credential(evidence: Evidence) -> Iterator[Sighting]:
    """Look at what addresses answer with."""
    for each in evidence.submissions:
        if each.source.is_unusable and each.source.exchange.trouble:
            yield _departs(each, each.source.exchange.trouble.message, "the compact JWS, or the JSON")
        elif each.source.media_type is not None and each.is_judged and (_is_page(each) or not is_image(each)):
            is_good = _is_token(each) or _is_json(each)
            yield (
                _holds(each) if is_good else _departs(each, quoted(each.source.exchange.excerpt[:60]), "a JWS or JSON")
            )


@RULES.decides("OB30-R-072", absent=_NO_ADDRESSES)
def tokens_are_plain_text(evidence: Evidence) -> Iterator[Sighting]:
    """Look at the media type of tokens."""
    for each in _judged(evidence):
        if each.source.media_type is not None and _is_token(each):
            is_good = each.source.media_type == "text/plain"
            yield _holds(each) if is_good else _departs(each, _type_of(each), "text/plain")


@RULES.decides("OB30-R-073", absent=_NO_ADDRESSES)
def json_has_its_media_type(evidence: Evidence) -> Iterator[Sighting]:
    """Look at the media type of JSON, and of a page that came in its place."""
    for each in _judged(evidence):
        if each.source.media_type is not None and (_is_json(each) or _is_page(each)):
            is_good = each.source.media_type in _JSON_TYPES
            yield _holds(each) if is_good else _departs(each, _type_of(each), " or ".join(_JSON_TYPES[:3]))


@RULES.decides("CLR20-R-025", absent="No record was handed in as file or address.")
def names_and_media_types(evidence: Evidence) -> Iterator[Sighting]:
    """Look at names and media types at once, since CLR has one recommendation for all."""
    for rule in (token_files_are_named_so, json_files_are_named_so, tokens_are_plain_text, json_has_its_media_type):
        yield from rule(evidence)
