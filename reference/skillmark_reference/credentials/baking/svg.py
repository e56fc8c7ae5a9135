"""Credentials in SVG: one element, the first child of the root (Open Badges 3.0, 5.3.2; CLR 2.0 likewise).

The image is scanned, and never built as a tree or written anew: a credential is put between two bytes of it. So comments,
prefixes and white space of the artist stay what they are.
"""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from skillmark_reference.credentials.baking.images import (
    BakedForm,
    BakingVersion,
    Departure,
    Finding,
    ImageProblem,
    UnusableImage,
)
from skillmark_reference.securing.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skillmark_reference.credentials.baking.images import Place

_ROOT = "{http://www.w3.org/2000/svg}svg"
_VERSIONS = {version.place.name: version for version in BakingVersion}
_ENCODINGS = frozenset({None, "utf-8", "utf8", "us-ascii", "ascii"})
_MOST_ELEMENTS = 200_000
#: A start tag of a document that is well-formed.
_START_TAG = re.compile(rb"""<([^\s/>]+)((?:[^"'>]|"[^"]*"|'[^']*')*?)(/?)>""")
#: Characters that JSON may have in strings, and XML nowhere (XML 1.0, 2.2).
_NO_XML = str.maketrans({"\ufffe": "\\ufffe", "\uffff": "\\uffff"})


@dataclasses.dataclass(slots=True, kw_only=True)
class _Element:
    """An element at the place of a credential."""

    version: BakingVersion
    verify: str
    is_first: bool
    #: Where it begins in the bytes, and where its end tag does.
    start: int
    end_tag: int = 0
    depth: int
    parts: list[str] = dataclasses.field(default_factory=list)
    has_cdata: bool = False

    @property
    def body(self) -> str:
        return "".join(self.parts).strip()


def read(image: bytes) -> list[Finding]:
    """Return the text of every version that is baked into an SVG; the first element of each version counts.

    Raises:
        UnusableImage: The bytes are no SVG in UTF-8, have a document type, or have too many elements.
    """
    elements = _scanned(image).elements
    findings = (_finding([each for each in elements if each.version is version]) for version in BakingVersion)
    return [finding for finding in findings if finding is not None]


def write(image: bytes, text: str, *, version: BakingVersion, form: BakedForm, replace: bool) -> bytes:
    """Return an SVG with a text at the place of a version; everything else stays, byte for byte.

    JSON keeps its meaning, and its letters except two that XML does not know, which become escapes.

    Raises:
        UnusableImage: The bytes are no SVG, there is such a text already and it may not be replaced, or the prefix is taken.
    """
    place = version.place
    prefix = place.prefix
    scan = _scanned(image)
    existing = [each for each in scan.elements if each.version is version]
    if existing and not replace:
        raise UnusableImage(ImageProblem.ALREADY_BAKED, f"the image has a credential of {version.value} already")
    if scan.prefixes.get(prefix, place.namespace) != place.namespace:
        message = (
            f"the root uses the prefix {prefix} for {quoted(scan.prefixes[prefix])}; expected is {place.namespace}"
        )
        raise UnusableImage(ImageProblem.PREFIX_TAKEN, message)
    for element in reversed(existing):
        image = image[: element.start] + image[_end_of(image, element) :]
    declaration = "" if prefix in scan.prefixes else f' xmlns:{prefix}="{place.namespace}"'
    return _inserted(image, scan.root, declaration=declaration.encode(), child=_written(text, place, form).encode())


def _written(text: str, place: Place, form: BakedForm) -> str:
    name = f"{place.prefix}:{place.element}"
    if form is BakedForm.TOKEN:
        return f'<{name} verify="{text}"></{name}>'
    body = text.translate(_NO_XML).replace("]]>", "]]]]><![CDATA[>")
    return f"<{name}><![CDATA[{body}]]></{name}>"


def _end_of(image: bytes, element: _Element) -> int:
    """Return where the bytes of an element end: those of its end tag, or of its only tag."""
    tag = _start_tag(image, element.start)
    return tag.end() if tag[3] else image.index(b">", element.end_tag) + 1


def _inserted(image: bytes, root: int, *, declaration: bytes, child: bytes) -> bytes:
    match = _start_tag(image, root)
    name, attributes, slash = match.groups()
    closed = b"</" + name + b">" if slash else b""
    tag = b"<" + name + declaration + attributes + b">"
    return image[:root] + tag + child + closed + image[match.end() :]


def _start_tag(image: bytes, position: int) -> re.Match[bytes]:
    match = _START_TAG.match(image, position)
    if match is None:
        raise UnusableImage(ImageProblem.MALFORMED_XML, f"byte {position:,} begins no start tag")
    return match


def _finding(elements: list[_Element]) -> Finding | None:
    if not elements:
        return None
    element = elements[0]
    departures = {
        Departure.SEVERAL: len(elements) > 1,
        Departure.MISPLACED: not element.is_first,
        Departure.TWO_FORMS: bool(element.verify and element.body)
        and element.version is not BakingVersion.OPEN_BADGES_2,
        Departure.IN_ATTRIBUTE: element.verify.startswith("{"),
        Departure.NOT_CDATA: bool(element.body) and not element.has_cdata,
    }
    return Finding(
        text=_counted(element),
        version=element.version,
        departures=tuple(departure for departure, is_true in departures.items() if is_true),
    )


def _counted(element: _Element) -> str:
    """Return what counts: the attribute, and in Open Badges 2.0 the body, whose attribute is an address beside it."""
    if element.version is BakingVersion.OPEN_BADGES_2:
        return element.body or element.verify
    return element.verify or element.body


# Scanning


def _scanned(image: bytes) -> _Scan:
    """Go through an SVG once.

    Raises:
        UnusableImage: It is none, or has what no image needs.
    """
    _check_encoding(image)
    scan = _Scan()
    parser = DefusedXMLParser(target=scan, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    scan.watch(parser.parser)
    try:
        parser.feed(image)
        parser.close()
    except DefusedXmlException as error:
        message = f"the image has a document type, an entity or an external reference: {quoted(type(error).__name__)}"
        raise UnusableImage(ImageProblem.FORBIDDEN_XML, message) from None
    except UnusableImage:
        raise
    except (ParseError, LookupError, ValueError) as error:
        raise UnusableImage(ImageProblem.MALFORMED_XML, f"the image is no XML: {quoted(str(error))}") from None
    return scan


def _check_encoding(image: bytes) -> None:
    try:
        text = image.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"the image is not UTF-8 at byte {error.start:,}"
        raise UnusableImage(ImageProblem.WRONG_ENCODING, message) from None
    if "\0" in text:
        raise UnusableImage(ImageProblem.WRONG_ENCODING, "the image has null characters, as UTF-16 has")


class _Scan:
    """What the parser tells: the root, its prefixes, and the elements of credentials."""

    def __init__(self) -> None:
        self.root = 0
        self.prefixes: dict[str, str] = {}
        self.elements: list[_Element] = []
        self._expat: Any = None
        self._depth = 0
        self._count = 0
        self._open: _Element | None = None

    def watch(self, expat: Any) -> None:  # noqa: ANN401 - it has no type
        """Listen to what only expat tells: places, CDATA sections, the encoding."""
        self._expat = expat
        expat.StartCdataSectionHandler = self._start_cdata
        expat.XmlDeclHandler = self._declaration

    def start_ns(self, prefix: str, uri: str) -> None:
        """Note the prefixes of the root."""
        if not self._depth:
            self.prefixes[prefix] = uri

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take a start tag."""
        self._depth += 1
        self._count += 1
        if self._count > _MOST_ELEMENTS:
            raise UnusableImage(ImageProblem.TOO_LARGE, f"the image has more than {_MOST_ELEMENTS:,} elements")
        if self._depth == 1:
            self._take_root(name)
        elif name in _VERSIONS and self._open is None:
            self._open = _Element(
                version=_VERSIONS[name],
                verify=attributes.get("verify", "").strip(),
                is_first=self._count == 2,  # noqa: PLR2004 - the root and this one
                start=self._expat.CurrentByteIndex,
                depth=self._depth,
            )
            self.elements.append(self._open)

    def data(self, text: str) -> None:
        """Take text."""
        if self._open is not None:
            self._open.parts.append(text)

    def end(self, _name: str) -> None:
        """Take an end tag; an element with only one tag has its end behind it."""
        if self._open is not None and self._open.depth == self._depth:
            self._open.end_tag = self._expat.CurrentByteIndex
            self._open = None
        self._depth -= 1

    def close(self) -> None:
        """Take the end of the document."""

    def _take_root(self, name: str) -> None:
        if name != _ROOT:
            message = f"the root element is {quoted(name)}; expected is {_ROOT}"
            raise UnusableImage(ImageProblem.NOT_AN_IMAGE, message)
        self.root = self._expat.CurrentByteIndex

    def _start_cdata(self) -> None:
        if self._open is not None:
            self._open.has_cdata = True

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if (encoding and encoding.lower()) not in _ENCODINGS:
            message = f"the encoding is {quoted(encoding)}; expected is UTF-8"
            raise UnusableImage(ImageProblem.WRONG_ENCODING, message)
