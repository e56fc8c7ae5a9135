"""Baked images, and images in credentials (Document Formats, Baked Badge; Data Models, image)."""

from __future__ import annotations

import base64
import functools
import re
import urllib.parse
from typing import TYPE_CHECKING, Any

from skillmark.suites.credentials.shown import JUDGED
from skillmark.suites.credentials.sightings import RULES, Departs, Holds, Rule
from skillmark_reference.credentials.baking import (
    Baked,
    BakedForm,
    BakingVersion,
    Departure,
    ImageFormat,
    UnusableImage,
    find_baked,
)
from skillmark_reference.credentials.kinds import CredentialKind
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.documents import DocumentKind, DocumentProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from skillmark.suites.credentials.evidence import Evidence
    from skillmark.suites.credentials.shown import Shown
    from skillmark.suites.credentials.sightings import Sighting
    from skillmark.suites.credentials.submissions import Submission

_NO_IMAGE = "No baked image of this form was handed in."
_OTHER_IMAGES = {b"\xff\xd8\xff": "JPEG", b"GIF8": "GIF", b"RIFF": "WebP", b"BM": "BMP"}
_OPEN_BADGES, _CLR = BakingVersion.OPEN_BADGES_3.place, BakingVersion.CLR_2.place
#: What keeps JSON from being in the body of its element, in a CDATA section.
_BODY = (Departure.IN_ATTRIBUTE, Departure.NOT_CDATA, Departure.TWO_FORMS)
_SVG = re.compile(rb"<(?:\w+:)?svg[\s>]")


def _images(evidence: Evidence, image_format: ImageFormat) -> Iterator[Submission]:
    for each in evidence.submissions:
        content = each.source.content
        found = ImageFormat.PNG if content.startswith(b"\x89PNG") else None
        found = ImageFormat.SVG if found is None and _SVG.search(content[:4096]) else found
        if each.is_judged and found is image_format:
            yield each


def _baked(submission: Submission, version: BakingVersion = BakingVersion.OPEN_BADGES_3) -> Baked | str:
    """Return the credential at the place of a standard in an image, or why there is none."""
    try:
        found = [each for each in find_baked(submission.source.content) if each.version is version]
    except UnusableImage as error:
        return str(error)
    return found[0] if found else "no credential at the place that the standard has for it"


def _said(submission: Submission, problem: str | None, expected: str = "") -> Sighting:
    if problem is None:
        return Holds(evidence=submission.id)
    return Departs(evidence=submission.id, pointer="", actual=problem, expected=expected)


@RULES.decides("OB30-R-074", absent=_NO_IMAGE)
def are_png_or_svg(evidence: Evidence) -> Iterator[Sighting]:
    """Look at the first bytes of images."""
    for each in evidence.submissions:
        other = next((name for head, name in _OTHER_IMAGES.items() if each.source.content.startswith(head)), None)
        if other:
            yield _said(each, f"an image of the format {other}", "PNG or SVG")
    for image_format in ImageFormat:
        yield from (_said(each, None) for each in _images(evidence, image_format))


@RULES.decides("OB30-R-075", absent=_NO_IMAGE)
def png_has_the_keyword(evidence: Evidence) -> Iterator[Sighting]:
    """Look for the chunk."""
    for each in _images(evidence, ImageFormat.PNG):
        found = _baked(each)
        yield _said(each, found if isinstance(found, str) else None, f"an iTXt chunk {_OPEN_BADGES.keyword}")


@RULES.decides("OB30-R-080", absent=_NO_IMAGE)
def svg_has_the_element(evidence: Evidence) -> Iterator[Sighting]:
    """Look for the element."""
    for each in _images(evidence, ImageFormat.SVG):
        found = _baked(each)
        problem = found if isinstance(found, str) else _departure(found, Departure.MISPLACED)
        yield _said(each, problem, f"credential of the namespace {_OPEN_BADGES.namespace}, the first child of the root")


def _departure(found: Baked, *departures: Departure) -> str | None:
    return next((each.value for each in found.departures if each in departures), None)


def _badges(
    evidence: Evidence, *, of: ImageFormat, problem: Callable[[Baked, bytes], str | None]
) -> Iterator[Sighting]:
    for each in _images(evidence, of):
        found = _baked(each)
        if isinstance(found, str):
            continue
        yield _said(each, problem(found, each.source.content))


def _text_problem(found: Baked, image: bytes) -> str | None:
    del image
    return None if found.form in {BakedForm.JSON, BakedForm.TOKEN} else f"the text is {found.form.value}"


def _body_problem(found: Baked, image: bytes) -> str | None:
    """Tell whether a token is in the body of its element."""
    is_misplaced = found.form is BakedForm.TOKEN and b"verify=" not in image
    return "the token is in the body of the element" if is_misplaced else _departure(found, Departure.TWO_FORMS)


_BAKED = {
    "OB30-R-076": ("png_holds_the_credential", ImageFormat.PNG, _text_problem),
    "OB30-R-077": ("png_is_not_compressed", ImageFormat.PNG, lambda found, _: _departure(found, Departure.COMPRESSED)),
    "OB30-R-078": ("png_holds_one", ImageFormat.PNG, lambda found, _: _departure(found, Departure.SEVERAL)),
    "OB30-R-081": ("svg_has_tokens_in_the_attribute", ImageFormat.SVG, _body_problem),
    "OB30-R-082": (
        "svg_has_json_in_cdata",
        ImageFormat.SVG,
        lambda found, _: _departure(found, *_BODY),
    ),
    "OB30-R-083": ("svg_holds_one", ImageFormat.SVG, lambda found, _: _departure(found, Departure.SEVERAL)),
}
for _requirement, (_name, _format, _problem) in _BAKED.items():
    _look = functools.partial(_badges, of=_format, problem=_problem)
    RULES.add(_requirement, Rule(name=f"images.{_name}", look=_look, absent=_NO_IMAGE))


# Records


@RULES.decides("CLR20-R-022", absent=_NO_IMAGE)
def png_records(evidence: Evidence) -> Iterator[Sighting]:
    """Look for the chunk of a record."""
    expected = f"one uncompressed iTXt chunk {_CLR.keyword}"
    yield from _records(evidence, ImageFormat.PNG, expected, Departure.SEVERAL, Departure.COMPRESSED)


@RULES.decides("CLR20-R-023", absent=_NO_IMAGE)
def svg_records(evidence: Evidence) -> Iterator[Sighting]:
    """Look for the element of a record."""
    expected = f"one element credential of the namespace {_CLR.namespace}"
    yield from _records(evidence, ImageFormat.SVG, expected, Departure.SEVERAL, *_BODY)


def _records(
    evidence: Evidence, image_format: ImageFormat, expected: str, *departures: Departure
) -> Iterator[Sighting]:
    for each in _images(evidence, image_format):
        found = _baked(each, BakingVersion.CLR_2)
        yield _said(each, found if isinstance(found, str) else _departure(found, *departures), expected)


# Images in credentials


@RULES.decides("OB30-R-041", absent="No award and no profile that was handed in has an image.")
def of_awards_and_profiles(evidence: Evidence) -> Iterator[Sighting]:
    """Yield what the verifier says of the format; an image that cannot be had tells nothing."""
    for each in evidence.of(*JUDGED):
        problems = [problem for step in each.steps(Subject.IMAGES) for problem in step.problems]
        unread = [problem for problem in problems if problem.message.startswith("the image cannot be had")]
        if unread:
            yield each.unknown(unread[0].message)
        demanded = [node.pointer for node in each.nodes_of("AchievementSubject", "Profile") if "image" in node.value]
        wrong = [problem for problem in problems if problem not in unread]
        mine = [problem for problem in wrong if any(problem.pointer == f"{pointer}/image" for pointer in demanded)]
        yield from (each.told(problem) for problem in mine)
        if demanded and not mine and not unread:
            yield each.holds()


@RULES.decides("OB30-R-042", absent="No award that was handed in has an image of its own.")
def of_awards_are_baked(evidence: Evidence) -> Iterator[Sighting]:
    """Compare the image of an award with that of its achievement, and look into it."""
    for each in evidence.of(CredentialKind.ACHIEVEMENT):
        image, achievement = each.subject.get("image"), each.subject.get("achievement")
        address = _address(image)
        if address is None:
            continue
        if isinstance(achievement, dict) and address == _address(achievement.get("image")):
            yield each.departs("/credentialSubject/image", "the image of the achievement, once more")
            continue
        yield from _is_baked(each, address, evidence)


def _is_baked(shown: Shown, address: str, evidence: Evidence) -> Iterator[Sighting]:
    try:
        is_here = address.startswith("data:")
        content = _decoded(address) if is_here else evidence.documents.get(address, DocumentKind.IMAGE).content
        baked = bool(find_baked(content))
    except DocumentProblem as error:
        yield shown.unknown(str(error))
    except (UnusableImage, ValueError) as error:
        yield shown.departs("/credentialSubject/image", str(error), expected="a baked image")
    else:
        problem = shown.departs("/credentialSubject/image", "an image without a credential", expected="a baked image")
        yield shown.holds() if baked else problem


def _decoded(address: str) -> bytes:
    header, _, data = address.partition(",")
    if ";base64" in header:
        return base64.b64decode(urllib.parse.unquote(data))
    return urllib.parse.unquote_to_bytes(data)


def _address(image: Any) -> str | None:  # noqa: ANN401 - any JSON value
    value = image.get("id") if isinstance(image, dict) else image
    return value if isinstance(value, str) else None
