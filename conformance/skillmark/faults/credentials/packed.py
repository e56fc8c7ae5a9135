"""Faults in the documents that hold credentials: files, addresses, and baked images."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from typing import TYPE_CHECKING

from skillmark.faults.credentials import healthy, securing
from skillmark.faults.credentials.handing_in import ISSUER_FAULTS, HandedIn, IssuerFault, Standard
from skillmark.faults.credentials.written import credential, handed_in
from skillmark_fixtures.pathways import badge_image

if TYPE_CHECKING:
    from collections.abc import Callable

_BADGES = (Standard.OPEN_BADGES,)
_RECORDS = (Standard.CLR,)
_UNREAD = "Readers do not find the credential, or cannot read it."
_HEAD = 33
PLACE = "openbadgecredential"
BADGE_NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
RECORD_PLACE = "clrcredential"
RECORD_NAMESPACE = "https://purl.imsglobal.org/clr/v2p0"


def _text(standard: Standard) -> str:
    return json.dumps(securing.whole(credential(standard)), ensure_ascii=False)


def _jws(standard: Standard) -> str:
    whole = securing.whole(credential(standard))
    del whole["proof"]
    return securing.token(whole)


def _file(
    fault: str,
    *requirements: str,
    name: str,
    make: Callable[[str, str], bytes],
    standards: tuple[Standard, ...] = tuple(Standard),
) -> None:
    """Declare a file; it is made of the JSON and the token of a healthy credential."""

    def made(standard: Standard) -> HandedIn:
        return handed_in(make(_text(standard), _jws(standard)), name)

    ISSUER_FAULTS.add(
        IssuerFault(name=fault, requirements=requirements, effect=_UNREAD, make=made, standards=standards)
    )


_ONE = ("OB30-R-064", "CLR20-R-024")
_FORM = ("OB30-R-065", "CLR20-R-024")
_file("array-of-two", *_ONE, name="all.json", make=lambda text, _: f"[{text},{text}]".encode())
_file("array-of-two-tokens", *_ONE, name="all.json", make=lambda _, jws: json.dumps([jws, jws]).encode())
_file("array-of-one", *_ONE, name="all.json", make=lambda text, _: f"[{text}]".encode())
_file(
    "presentation",
    *_ONE,
    name="all.json",
    make=lambda text, _: json.dumps(
        {
            "@context": [healthy.CONTEXTS[0]],
            "type": ["VerifiablePresentation"],
            "verifiableCredential": [json.loads(text)],
        }
    ).encode(),
)
_file("with-a-comment", *_FORM, name="credential.json", make=lambda text, _: f"// badge\n{text}".encode())
_file("with-nan", *_FORM, name="credential.json", make=lambda text, _: text.replace("{", '{"x": NaN, ', 1).encode())
_file("with-a-trailing-comma", *_FORM, name="credential.json", make=lambda text, _: f"{text[:-1]},}}".encode())
_file(
    "in-windows-1252",
    "OB30-R-066",
    "CLR20-R-024",
    name="credential.json",
    make=lambda text, _: text.replace("Welding", "Schwei\u00dfen").encode("cp1252"),
)
_file("in-utf-16", "OB30-R-066", "CLR20-R-024", name="credential.json", make=lambda text, _: text.encode("utf-16"))
_file(
    "with-a-byte-order-mark",
    "OB30-R-066",
    "CLR20-R-024",
    name="credential.json",
    make=lambda text, _: text.encode("utf-8-sig"),
)
_file(
    "token-in-json",
    "OB30-R-067",
    name="credential.jwt",
    standards=_BADGES,
    make=lambda _, jws: json.dumps({"jwt": jws}).encode(),
)
_file("token-in-a-text-file", "OB30-R-068", "CLR20-R-025", name="credential.txt", make=lambda _, jws: jws.encode())
_file(
    "json-in-base64",
    "OB30-R-069",
    "CLR20-R-024",
    name="credential.json",
    make=lambda text, _: base64.b64encode(text.encode()),
)
_file(
    "json-with-another-suffix",
    "OB30-R-070",
    "CLR20-R-025",
    name="credential.jsonld",
    make=lambda text, _: text.encode(),
)
_file("jpeg", "OB30-R-074", "CLR20-R-033", name="badge.jpg", make=lambda text, _: b"\xff\xd8\xff\xfe" + text.encode())
_file("empty-file", "OB30-R-065", "CLR20-R-024", name="credential.json", make=lambda *_: b"")
_file("only-an-address", "OB30-R-065", "CLR20-R-024", name="credential.json", make=lambda *_: healthy.BADGE.encode())


@ISSUER_FAULTS.declare("OB30-R-071", "OB30-R-224", "CLR20-R-033", effect=_UNREAD)
def page_at_the_address(standard: Standard) -> HandedIn:
    """Answer with a page in the place of the credential."""
    del standard
    return HandedIn(files={}, documents={healthy.BADGE: b"<html><h1>Welding</h1></html>"}, addresses=(healthy.BADGE,))


# PNG


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*chunks: bytes) -> bytes:
    """Return an image with chunks after its header."""
    image = badge_image("png")
    return image[:_HEAD] + b"".join(chunks) + image[_HEAD:]


def itxt(keyword: str, text: str, *, is_compressed: bool = False) -> bytes:
    """Return an iTXt chunk."""
    body = zlib.compress(text.encode()) if is_compressed else text.encode()
    return _chunk(b"iTXt", keyword.encode() + b"\0" + bytes([is_compressed, 0]) + b"\0\0" + body)


_PNG = "badge.png"
_file("png-without-credential", "OB30-R-075", "CLR20-R-022", name=_PNG, make=lambda *_: badge_image("png"))
_file(
    "png-with-the-keyword-of-version-2",
    "OB30-R-075",
    "CLR20-R-022",
    name=_PNG,
    make=lambda text, _: png(itxt("openbadges", text)),
)
_file(
    "png-with-a-text-chunk",
    "OB30-R-075",
    "CLR20-R-022",
    name=_PNG,
    make=lambda text, _: png(_chunk(b"tEXt", PLACE.encode() + b"\0" + text.encode())),
)
_file(
    "png-with-an-address",
    "OB30-R-076",
    "OB30-R-075",
    standards=_BADGES,
    name=_PNG,
    make=lambda *_: png(itxt(PLACE, healthy.BADGE)),
)
_file(
    "png-compressed",
    "OB30-R-077",
    standards=_BADGES,
    name=_PNG,
    make=lambda text, _: png(itxt(PLACE, text, is_compressed=True)),
)
_file(
    "png-baked-twice",
    "OB30-R-078",
    standards=_BADGES,
    name=_PNG,
    make=lambda text, _: png(itxt(PLACE, text), itxt(PLACE, text)),
)
_file(
    "record-png-compressed",
    "CLR20-R-022",
    standards=_RECORDS,
    name=_PNG,
    make=lambda text, _: png(itxt(RECORD_PLACE, text, is_compressed=True)),
)
_file(
    "record-png-baked-twice",
    "CLR20-R-022",
    standards=_RECORDS,
    name=_PNG,
    make=lambda text, _: png(itxt(RECORD_PLACE, text), itxt(RECORD_PLACE, text)),
)
_file(
    "record-at-the-place-of-badges",
    "CLR20-R-022",
    standards=_RECORDS,
    name=_PNG,
    make=lambda text, _: png(itxt(PLACE, text)),
)


# SVG


def svg(*elements: str, namespace: str = BADGE_NAMESPACE, behind: str = "") -> bytes:
    """Return an image with elements as the first children of its root, and others behind a shape."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="{namespace}" width="8" height="8">'
    return f'{head}{"".join(elements)}<rect width="8" height="8"/>{behind}</svg>'.encode()


def element(text: str) -> str:
    """Return an element with JSON as the standard wants it."""
    return f"<openbadges:credential><![CDATA[{text}]]></openbadges:credential>"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _attribute(text: str) -> str:
    """Return an element with JSON where the standard wants a token."""
    return f"<openbadges:credential verify='{_escaped(text).replace(chr(39), '&apos;')}'/>"


_SVG = "badge.svg"
_file("svg-without-credential", "OB30-R-080", "CLR20-R-023", name=_SVG, make=lambda *_: svg())
_file(
    "svg-with-another-namespace",
    "OB30-R-080",
    "CLR20-R-023",
    name=_SVG,
    make=lambda text, _: svg(element(text), namespace="https://purl.imsglobal.org/spec/ob/v3p0"),
)
_file(
    "svg-with-the-element-behind",
    "OB30-R-080",
    standards=_BADGES,
    name=_SVG,
    make=lambda text, _: svg(behind=element(text)),
)
_file(
    "svg-with-the-token-as-text",
    "OB30-R-081",
    standards=_BADGES,
    name=_SVG,
    make=lambda _, jws: svg(f"<openbadges:credential>{jws}</openbadges:credential>"),
)
_file(
    "svg-without-cdata",
    "OB30-R-082",
    standards=_BADGES,
    name=_SVG,
    make=lambda text, _: svg(f"<openbadges:credential>{_escaped(text)}</openbadges:credential>"),
)
_file(
    "svg-with-json-in-the-attribute",
    "OB30-R-082",
    standards=_BADGES,
    name=_SVG,
    make=lambda text, _: svg(_attribute(text)),
)
_file(
    "record-svg-with-json-in-the-attribute",
    "CLR20-R-023",
    standards=_RECORDS,
    name=_SVG,
    make=lambda text, _: svg(_attribute(text), namespace=RECORD_NAMESPACE),
)
_file(
    "svg-with-both-forms",
    "OB30-R-082",
    "OB30-R-081",
    standards=_BADGES,
    name=_SVG,
    make=lambda text, jws: svg(element(text).replace("credential>", f'credential verify="{jws}">', 1)),
)
_file(
    "svg-baked-twice",
    "OB30-R-083",
    standards=_BADGES,
    name=_SVG,
    make=lambda text, _: svg(element(text), element(text)),
)
_file(
    "record-svg-with-an-address",
    "CLR20-R-023",
    standards=_RECORDS,
    name=_SVG,
    make=lambda *_: svg(element(healthy.BADGE), namespace=RECORD_NAMESPACE),
)
_file(
    "record-svg-baked-twice",
    "CLR20-R-023",
    standards=_RECORDS,
    name=_SVG,
    make=lambda text, _: svg(element(text), element(text), namespace=RECORD_NAMESPACE),
)
