"""Images in a credential: they are PNG or SVG (Open Badges 3.0, Data Models, AchievementSubject.image, Profile.image)."""

from __future__ import annotations

import base64
import binascii
import urllib.parse
from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Problem, Step, conclude
from skillmark_reference.credentials.steps.sources import DocumentUnavailable
from skillmark_reference.documents.kinds import DocumentKind
from skillmark_reference.securing.integrity.json_values import as_list
from skillmark_reference.securing.integrity.problems import child
from skillmark_reference.securing.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from skillmark_reference.credentials.kinds import CredentialKind
    from skillmark_reference.credentials.steps.sources import Sources

#: Classes whose image has to be one of the two; of others no text says so.
_DEMANDING = frozenset({"AchievementSubject", "Profile"})
_PNG = b"\x89PNG\r\n\x1a\n"
_BEGINNINGS = {"image/png": (_PNG,), "image/svg+xml": (b"<", b"\xef\xbb\xbf<")}
#: Images of one credential that are looked at.
_MOST_IMAGES = 50


def images_step(
    credential: Mapping[str, Any], kind: CredentialKind, inner: Iterable[str], sources: Sources | None
) -> Step:
    """Return the step about images.

    Args:
        credential: The credential.
        kind: What it is read as.
        inner: Pointers of the credentials inside of it, which are looked at on their own.
        sources: Where images at addresses are read; without it only those in data: URLs are looked at.
    """
    found = list(_images(credential, "", frozenset(inner)))
    if not found:
        return conclude(kind, Subject.IMAGES, outcome=Outcome.NOT_APPLICABLE)
    failed: list[Problem] = []
    remarks: list[Problem] = []
    for pointer, address, is_demanded in found[:_MOST_IMAGES]:
        try:
            message = _objection(address, sources)
        except DocumentUnavailable as error:
            remarks.append(Problem(pointer=pointer, message=f"the image cannot be had: {error}"))
            continue
        if message is not None:
            (failed if is_demanded else remarks).append(Problem(pointer=pointer, message=message))
    outcome = Outcome.FAILED if failed else Outcome.WARNED if remarks else Outcome.PASSED
    return conclude(kind, Subject.IMAGES, (*failed, *remarks), outcome=outcome)


def _images(value: object, pointer: str, inner: frozenset[str]) -> Iterator[tuple[str, str, bool]]:
    """Yield every image with its place, its address, and whether the standard says which format it has."""
    if pointer in inner:
        return
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from _images(each, child(pointer, index), inner)
    if not isinstance(value, dict):
        return
    types = {each for each in as_list(value.get("type")) if isinstance(each, str)}
    for name, member in value.items():
        place = child(pointer, name)
        if name == "image":
            address = member.get("id") if isinstance(member, dict) else member
            if isinstance(address, str):
                yield place, address, bool(types & _DEMANDING)
        else:
            yield from _images(member, place, inner)


def _objection(address: str, sources: Sources | None) -> str | None:
    """Return why an image is none of the two formats.

    Raises:
        DocumentUnavailable: It cannot be had.
    """
    if address[:5].lower() == "data:":
        return _data_objection(address[5:])
    if sources is None:
        return None
    content = sources.read(address, DocumentKind.IMAGE)
    if any(content.startswith(beginning) for beginnings in _BEGINNINGS.values() for beginning in beginnings):
        return None
    return f"the image at {quoted(address)} is neither PNG nor SVG"


def _data_objection(text: str) -> str | None:
    header, comma, data = text.partition(",")
    media_type, *parameters = (each.strip().lower() for each in header.split(";"))
    if not comma or media_type not in _BEGINNINGS:
        return f"the image is of the media type {quoted(media_type)}; expected is image/png or image/svg+xml"
    # the beginning is enough: 64 letters of base64 are 48 bytes
    head = urllib.parse.unquote_to_bytes(data[:192])
    try:
        content = base64.b64decode(head[:64] + b"=" * (-len(head[:64]) % 4)) if "base64" in parameters else head
    except binascii.Error:
        return "the image is not base64"
    if content.lstrip().startswith(_BEGINNINGS[media_type]) or content.startswith(_BEGINNINGS[media_type]):
        return None
    return f"the image says that it is {media_type}, and does not begin as one"
