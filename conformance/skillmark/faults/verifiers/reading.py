"""Verifiers that read baked images, and credentials of data model 1.1, in the wrong way."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING

from skillmark.core.target import Adapter, VerifierInterface
from skillmark.faults.verifiers.products import VerifierProduct, vc_api
from skillmark_reference.credentials.baking import UnusableImage, unbake
from skillmark_reference.credentials.baking.images import ImageProblem
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.securing.integrity.contexts import CREDENTIALS_V1
from skillmark_reference.securing.integrity.json_values import as_list

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.faults.verifiers.products import Asked

#: How the vendors of products that read images describe them.
IMAGES = VerifierInterface(
    adapter=Adapter.HTTP, images=True, formats=("eddsa-rdfc-2022", "vc-jwt-ES256"), kinds=("AchievementCredential",)
)
PNG, SVG, TOKENS, PERIODS = "OB30-R-079", "OB30-R-084", "OB30-R-111", "OB30-R-133"
_UNNOTICED = "What people see in the image is not what is verified."
_TEXT = b"openbadgecredential\0\0\0\0\0"
_TOKEN = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
_IN_ELEMENT = re.compile(r"credential [^>]*(?:verify=\"([^\"]*)\"|><!\[CDATA\[(.*?)\]\]>)", re.DOTALL)


def _is_right(asked: Asked) -> bool:
    return not any(asked.complaints)


def _seeing(name: str, *requirements: str, reads: Callable[[bytes], str], effect: str = _UNNOTICED) -> VerifierProduct:
    return VerifierProduct(
        name=name,
        effect=effect,
        requirements=requirements,
        make=lambda: _is_right,
        says=vc_api,
        reads=reads,
        interface=IMAGES,
    )


def _old(name: str, requirement: str, accepts: Callable[[Asked], bool], effect: str) -> VerifierProduct:
    return VerifierProduct(name=name, effect=effect, requirements=(requirement,), make=lambda: accepts, says=vc_api)


# Images


def _nothing(problem: str) -> UnusableImage:
    return UnusableImage(ImageProblem.NOT_BAKED, problem)


def _begins_with(content: bytes) -> str:
    """Return the credential with which some bytes begin."""
    text = content.decode(errors="replace")
    if text.startswith("{"):
        return text[: json.JSONDecoder().raw_decode(text)[1]]
    found = _TOKEN.match(text)
    return found[0] if found else ""


def _last_text(image: bytes) -> str:
    return _begins_with(image.rpartition(_TEXT)[2]) if _TEXT in image else unbake(image).text


def _first_of_all(image: bytes) -> str:
    if b"tEXt" in image.partition(_TEXT)[0]:
        raise _nothing("another text comes first")
    return unbake(image).text


def _last_element(image: bytes) -> str:
    found = _IN_ELEMENT.findall(image.decode(errors="replace"))
    return html.unescape(found[-1][0]) or found[-1][1] if found else unbake(image).text


def _any_namespace(image: bytes) -> str:
    found = _IN_ELEMENT.findall(image.decode(errors="replace"))
    return html.unescape(found[0][0]) or found[0][1] if found else unbake(image).text


def _by_prefix(image: bytes) -> str:
    if image.startswith(b"<svg") and b"openbadges:credential" not in image:
        raise _nothing("there is no openbadges:credential")
    return unbake(image).text


def _no_picture(_: bytes) -> str:
    raise _nothing("it is not read")


_PICTURES = (
    _seeing("reads-the-last-text-of-a-png", PNG, reads=_last_text),
    _seeing("wants-the-credential-before-other-texts", PNG, reads=_first_of_all, effect="Good images are refused."),
    _seeing("reads-the-last-element-of-an-svg", SVG, reads=_last_element),
    _seeing("takes-elements-of-any-namespace", SVG, reads=_any_namespace),
    _seeing("looks-for-the-usual-prefix", SVG, reads=_by_prefix, effect="Good images are refused."),
    _seeing("claims-images-and-reads-none", PNG, SVG, reads=_no_picture, effect="Good images are refused."),
)

# Data model 1.1


def _is_old(asked: Asked) -> bool:
    content = asked.content
    credential = content["vc"] if isinstance(content.get("vc"), dict) else content
    return CREDENTIALS_V1 in as_list(credential.get("@context", []))


def _forgiving(subject: Subject) -> Callable[[Asked], bool]:
    return lambda asked: all(_is_old(asked) and each.subject is subject for each in asked.complaints)


_MODELS = (
    _old(
        "reads-vc-in-every-token",
        TOKENS,
        lambda asked: _is_right(asked) or ("vc" in asked.content and not _is_old(asked)),
        "A credential of 2.0 is taken for one of 1.1.",
    ),
    _old(
        "reads-old-credentials-beside-the-claims",
        TOKENS,
        lambda asked: _is_right(asked) or (asked.is_token and _is_old(asked) and "vc" not in asked.content),
        "A credential of 1.1 is taken for one of 2.0.",
    ),
    _old("ignores-expirationDate", PERIODS, _forgiving(Subject.EXPIRED), "Old credentials never end."),
    _old("ignores-issuanceDate", PERIODS, _forgiving(Subject.NOT_YET_VALID), "Old credentials begin at will."),
)


def knows_the_new_model_only(asked: Asked) -> bool:
    """Refuse every credential of data model 1.1."""
    return _is_right(asked) and not _is_old(asked)


READING = (*_PICTURES, *_MODELS)
