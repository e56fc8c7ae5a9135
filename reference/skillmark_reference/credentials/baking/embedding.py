"""Baking a credential into an image, and taking it out again (Open Badges 3.0, 5.3; CLR 2.0 likewise)."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from skillmark_reference.credentials.baking import png, svg
from skillmark_reference.credentials.baking.images import (
    MOST_BYTES,
    MOST_TEXT,
    Baked,
    BakedForm,
    BakingVersion,
    ImageFormat,
    ImageProblem,
    UnusableImage,
)
from skillmark_reference.securing import jose, strict_json
from skillmark_reference.securing.integrity.json_values import as_list
from skillmark_reference.securing.quoting import quoted
from skillmark_reference.securing.strict_json import MalformedJson

if TYPE_CHECKING:
    from skillmark_reference.credentials.baking.images import Finding

_TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*", re.ASCII)
_URL = re.compile(r"https?://[!-~]+", re.ASCII)
#: White space of JSON and of XML.
_WHITE = " \t\r\n"
_LONGEST_MESSAGE = 240
#: The type of what CLR 2.0 has a place for.
_RECORD = "ClrCredential"


def bake(image: bytes, credential: str, *, replace: bool = False) -> bytes:
    """Return an image with a credential of Open Badges 3.0 or CLR 2.0 in it; nothing else of the image is changed.

    A ClrCredential is put where CLR 2.0 has it, everything else where Open Badges 3.0 does.

    Args:
        image: A PNG, or an SVG in UTF-8.
        credential: The compact JWS, or the JSON with an embedded proof; white space around it is left out.
        replace: Whether a credential that is there already is replaced, rather than refused. The standard leaves it open.

    Raises:
        UnusableImage: The image cannot be read, is baked already, or the text is no credential.
    """
    text = credential.strip(_WHITE)
    form = _checked_form(text)
    if format_of(image) is ImageFormat.PNG:
        baked = png.write(image, text, version=_version_of(text, form), replace=replace)
    else:
        baked = svg.write(image, text, version=_version_of(text, form), form=form, replace=replace)
    _check_size(len(baked))
    return baked


def unbake(image: bytes) -> Baked:
    """Return the credential in an image: that of Open Badges 3.0, or else that of CLR 2.0, or else that of Open Badges 2.0.

    Raises:
        UnusableImage: The image cannot be read, has no credential, or another text in its place.
    """
    baked = find_baked(image)
    if not baked:
        message = f"the image has no credential: {', '.join(each.value for each in BakingVersion)} have places for one"
        raise UnusableImage(ImageProblem.NOT_BAKED, message)
    return baked[0]


def find_baked(image: bytes) -> tuple[Baked, ...]:
    """Return the credentials in an image, at most one for each standard, that of Open Badges 3.0 first.

    Raises:
        UnusableImage: The image cannot be read, or another text is in the place of a credential.
    """
    image_format = format_of(image)
    findings = png.read(image) if image_format is ImageFormat.PNG else svg.read(image)
    return tuple(_baked(finding, image_format) for finding in findings)


def format_of(image: bytes) -> ImageFormat:
    """Return the format of an image by its first bytes.

    Raises:
        UnusableImage: It is neither PNG nor SVG, or too large.
    """
    _check_size(len(image))
    if image.startswith(png.SIGNATURE[:4]):
        return ImageFormat.PNG
    if image.removeprefix(codecs.BOM_UTF8).lstrip(_WHITE.encode()).startswith(b"<"):
        return ImageFormat.SVG
    message = f"expected are the first bytes of a PNG or of an SVG in UTF-8; found is {quoted(image[:8])}"
    raise UnusableImage(ImageProblem.NOT_AN_IMAGE, message)


def _check_size(size: int) -> None:
    if size > MOST_BYTES:
        raise UnusableImage(ImageProblem.TOO_LARGE, f"the image has {size:,} bytes; the limit is {MOST_BYTES:,}")


def _checked_form(text: str) -> BakedForm:
    try:
        data = text.encode("utf-8")
        if len(data) > MOST_TEXT:
            message = f"the credential has {len(data):,} bytes; the limit is {MOST_TEXT:,}"
            raise UnusableImage(ImageProblem.TOO_LARGE, message)
        if _TOKEN.fullmatch(text):
            return BakedForm.TOKEN
        strict_json.parse_object(data)
    except (MalformedJson, UnicodeEncodeError) as error:
        message = f"expected is JSON or a compact JWS: {str(error)[:_LONGEST_MESSAGE]}"
        raise UnusableImage(ImageProblem.NOT_A_CREDENTIAL, message) from None
    return BakedForm.JSON


def _version_of(text: str, form: BakedForm) -> BakingVersion:
    """Tell by its type where a credential belongs; a token has it in its payload, or there in the older claim ``vc``."""
    token = jose.read_compact(text)[1] if form is BakedForm.TOKEN else None
    try:
        found = strict_json.parse_object(text.encode() if token is None else token.payload)
    except MalformedJson:
        return BakingVersion.OPEN_BADGES_3
    inner = found.get("vc")
    types = as_list((inner if isinstance(inner, dict) else found).get("type"))
    return BakingVersion.CLR_2 if _RECORD in types else BakingVersion.OPEN_BADGES_3


def _baked(finding: Finding, image_format: ImageFormat) -> Baked:
    text = finding.text.strip(_WHITE)
    return Baked(
        text=text,
        form=_form_of(text, finding.version),
        version=finding.version,
        format=image_format,
        departures=finding.departures,
    )


def _form_of(text: str, version: BakingVersion) -> BakedForm:
    """Tell what a text claims to be; whether its JSON is JSON, its reader says."""
    if text.startswith("{"):
        return BakedForm.JSON
    if _TOKEN.fullmatch(text):
        return BakedForm.TOKEN
    if version is BakingVersion.OPEN_BADGES_2 and _URL.fullmatch(text):
        return BakedForm.URL
    message = f"in the place of the credential is {quoted(text)}, which is neither JSON nor a compact JWS"
    raise UnusableImage(ImageProblem.NOT_A_CREDENTIAL, message)
