"""Baked images: which credential of an image counts, and that it is verified (Open Badges 3.0, PNG and SVG Extracting)."""

from __future__ import annotations

import json
import struct
import zlib
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from skillmark.core.errors import CannotTell, NotApplicable, Untested
from skillmark.core.findings import Finding, Held
from skillmark.suites.verifiers.samples import Kind, encoded, written
from skillmark.wire.asking.verifiers import Verdict, no_images
from skillmark_reference.credentials.baking import bake

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from skillmark.engine import Observation
    from skillmark.suites.verifiers.evidence import Evidence
    from skillmark.suites.verifiers.samples import Sample

PNG_EXTRACTING, SVG_EXTRACTING = "OB30-R-079", "OB30-R-084"
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEYWORD = "openbadgecredential"
_NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
#: Of a square of one colour.
_SIDE, _COLOUR = 32, (0, 92, 158)
_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32" viewBox="0 0 32 32">{}'
    '<rect width="32" height="32" fill="#005c9e"/></svg>'
)
_STRICT = "Who is strict may refuse an image that has more than one credential."
_BOTH = "Who reads images of Open Badges 2.0 too may find it there, and verify it."
_CHECKSUMS = "Open Badges 3.0 does not say what becomes of an image that is damaged elsewhere."


def _chunk(name: bytes, content: bytes, *, is_damaged: bool = False) -> bytes:
    checksum = zlib.crc32(name + content) ^ is_damaged
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)


def _text_chunk(text: str, keyword: str = _KEYWORD, *, is_damaged: bool = False) -> bytes:
    """Return an iTXt chunk, uncompressed, without a language (Portable Network Graphics, 11.3.3.4)."""
    content = keyword.encode("latin-1") + b"\0\0\0\0\0" + text.encode("utf-8", "surrogatepass")
    return _chunk(b"iTXt", content, is_damaged=is_damaged)


def picture(*chunks: bytes) -> bytes:
    """Return a PNG with chunks after its header."""
    header = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)
    rows = (b"\0" + bytes(_COLOUR) * _SIDE) * _SIDE
    ends = _chunk(b"IDAT", zlib.compress(rows, 9)), _chunk(b"IEND", b"")
    return b"".join((_SIGNATURE, _chunk(b"IHDR", header), *chunks, *ends))


def png(credential: str) -> bytes:
    """Return a PNG with a credential in it, as the standard has it."""
    return bake(picture(), credential)


def svg(credential: str) -> bytes:
    """Return an SVG with a credential in it, as the standard has it."""
    return bake(_SVG.format("").encode(), credential)


def drawing(*elements: str) -> bytes:
    """Return an SVG with elements before what is drawn."""
    return _SVG.format("".join(elements)).encode("utf-8", "surrogatepass")


def _element(credential: str, prefix: str = "openbadges", namespace: str = _NAMESPACE) -> str:
    """Return the element of a credential: JSON as its text, a token as its attribute ``verify``."""
    name = f"{prefix}:credential" if prefix else "credential"
    binding = f"xmlns:{prefix}" if prefix else "xmlns"
    if credential.lstrip().startswith("{"):
        return f'<{name} {binding}="{namespace}"><![CDATA[{credential}]]></{name}>'
    return f'<{name} {binding}="{namespace}" verify={quoteattr(credential)}/>'


# Checks


def png_images(evidence: Evidence) -> Iterator[Observation]:
    """The credential in the first iTXt chunk with the keyword is verified, whatever other chunks there are.

    Raises:
        NotApplicable: The product does not read images, or claims no badges.
        Untested: No healthy badge is accepted, or none in an image.
        CannotTell: The product did not answer.
    """
    yield from _images(evidence, PNG_EXTRACTING, png, _png_cases)


def svg_images(evidence: Evidence) -> Iterator[Observation]:
    """The credential in the first element of the namespace is verified, whatever its prefix.

    Raises:
        NotApplicable: The product does not read images, or claims no badges.
        Untested: No healthy badge is accepted, or none in an image.
        CannotTell: The product did not answer.
    """
    yield from _images(evidence, SVG_EXTRACTING, svg, _svg_cases)


def spoilt(sample: Sample) -> str:
    """Return a sample with a value that was changed after signing."""
    if not sample.is_token:
        return written(sample.signed() | {"name": "The better badge"})
    header, _, signature = sample.healthy.split(".")
    return f"{header}.{encoded(sample.payload() | {'name': 'The better badge'})}.{signature}"


#: An image, what is done with it, whether it is accepted, and why that only warns.
_Case = tuple[bytes, str, bool, str]


def _png_cases(healthy: str, tampered: str) -> Iterator[_Case]:
    comment, other = _chunk(b"tEXt", b"Comment\0" + _KEYWORD.encode()), _text_chunk(json.dumps({"a": 1}), "Comment")
    good, bad = _text_chunk(healthy), _text_chunk(tampered)
    yield picture(comment, other, good), "a PNG with other texts before the credential", True, ""
    yield picture(good, other), "a PNG with another text after the credential", True, ""
    yield picture(good, bad), "a PNG whose first credential is healthy, and the second one tampered with", True, _STRICT
    yield picture(bad), "a PNG with a credential that was tampered with", False, ""
    yield picture(bad, good), "a PNG whose first credential was tampered with, and the second one is healthy", False, ""
    older = picture(_text_chunk(healthy, "openbadges"))
    yield older, "a PNG with the credential under the keyword of Open Badges 2.0", False, _BOTH
    yield picture(), "a PNG without a credential", False, ""
    damaged = picture(_text_chunk(healthy, is_damaged=True))
    yield damaged, "a PNG with a wrong checksum of the credential's chunk", False, _CHECKSUMS


def _svg_cases(healthy: str, tampered: str) -> Iterator[_Case]:
    good, bad = _element(healthy), _element(tampered)
    yield drawing(_element(healthy, "b")), "an SVG with another prefix for the namespace", True, ""
    yield drawing(_element(healthy, "")), "an SVG with the namespace as the default one", True, ""
    yield (
        drawing(good, bad),
        "an SVG whose first credential is healthy, and the second one tampered with",
        True,
        _STRICT,
    )
    yield drawing(bad), "an SVG with a credential that was tampered with", False, ""
    yield (
        drawing(bad, good),
        "an SVG whose first credential was tampered with, and the second one is healthy",
        False,
        "",
    )
    foreign = _element(healthy, namespace="https://example.org/other")
    yield drawing(foreign), "an SVG with the usual prefix for another namespace", False, ""
    yield drawing(), "an SVG without a credential", False, ""


def _images(
    evidence: Evidence,
    requirement: str,
    baked: Callable[[str], bytes],
    cases: Callable[[str, str], Iterator[_Case]],
) -> Iterator[Observation]:
    silence = unread = ""
    for sample in _samples(evidence):
        healthy = baked(sample.healthy)
        answer = evidence.answer(healthy)
        rows: list[_Case] = [(healthy, "an image with a healthy credential", True, "")]
        if answer.verdict is Verdict.ACCEPTED:
            rows += cases(sample.healthy, spoilt(sample))
        else:
            unread = unread or f"{sample.name}: {answer.says}."
        for image, what, is_good, dispute in rows:
            observed = _observed(
                evidence, requirement, image, f"{what} ({sample.name})", is_good=is_good, dispute=dispute
            )
            if isinstance(observed, str):
                silence = silence or observed
            else:
                yield observed
    if silence:
        raise CannotTell(silence)
    if unread:
        raise Untested(f"An image with a healthy credential was not accepted: {unread}")


def _samples(evidence: Evidence) -> list[Sample]:
    """Return a badge with an embedded proof and one as a token, of those that are accepted without an image."""
    settings = evidence.context.target.verifier
    if reason := no_images(settings):
        raise NotApplicable(reason)
    badges = [each for each in evidence.samples if each.kind is Kind.ACHIEVEMENT]
    if not badges:
        raise NotApplicable("The product claims no badges, and only they are in images here.")
    found = [each for each in badges if evidence.healthy(each).verdict is Verdict.ACCEPTED]
    if not found:
        raise Untested(f"No healthy one was accepted. {badges[0].name}: {evidence.healthy(badges[0]).says}.")
    return list({each.is_token: each for each in reversed(found)}.values())


def _observed(
    evidence: Evidence, requirement: str, image: bytes, what: str, *, is_good: bool, dispute: str
) -> Observation | str:
    """Return what the answer to an image shows, or why it shows nothing."""
    answer = evidence.answer(image)
    if answer.verdict is Verdict.NEITHER and evidence.exchanges[answer.exchange].trouble is not None:
        return f"{what}: {answer.says}."
    if (answer.verdict is Verdict.ACCEPTED) is is_good:
        return Held(evidence=(answer.exchange,))
    return Finding(
        requirement=requirement,
        expected=f"{what} is {'accepted' if is_good else 'refused'}",
        actual=f"it was {answer.verdict.value} ({answer.says})",
        evidence=(answer.exchange,),
        dispute=dispute,
    )
