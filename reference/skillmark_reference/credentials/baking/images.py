"""What can be in an image, and what can be wrong with one."""

from __future__ import annotations

import dataclasses
import enum

#: Bytes of an image.
MOST_BYTES = 16 * 2**20
#: Bytes of the text that is baked, and of everything in an image that is unpacked to be looked at.
MOST_TEXT = 8 * 2**20


class ImageFormat(enum.Enum):
    """The formats that can be baked; there are no others (Open Badges 3.0, 5.3)."""

    PNG = "image/png"
    SVG = "image/svg+xml"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a standard puts a credential."""

    #: Of the iTXt chunk.
    keyword: str
    #: Of the element.
    namespace: str
    element: str
    #: That a writer binds to the namespace.
    prefix: str = "openbadges"

    @property
    def name(self) -> str:
        """The expanded name of the element, as the parser writes it."""
        return f"{{{self.namespace}}}{self.element}"


class BakingVersion(enum.Enum):
    """The standards that say how to bake, those that are written before the one that is only read."""

    OPEN_BADGES_3 = "Open Badges 3.0"
    CLR_2 = "CLR 2.0"
    OPEN_BADGES_2 = "Open Badges 2.0"

    @property
    def place(self) -> Place:
        """Where a credential of this version is."""
        return _PLACES[self]


_PLACES = {
    BakingVersion.OPEN_BADGES_3: Place(
        keyword="openbadgecredential", namespace="https://purl.imsglobal.org/ob/v3p0", element="credential"
    ),
    BakingVersion.CLR_2: Place(
        keyword="clrcredential", namespace="https://purl.imsglobal.org/clr/v2p0", element="credential", prefix="clr"
    ),
    BakingVersion.OPEN_BADGES_2: Place(keyword="openbadges", namespace="http://openbadges.org", element="assertion"),
}


class BakedForm(enum.Enum):
    """What is baked."""

    JSON = "JSON"
    TOKEN = "compact JWS"  # noqa: S105 - no password
    #: Of a hosted assertion; in Open Badges 2.0 only.
    URL = "URL"


class Departure(enum.Enum):
    """What a baked image does otherwise than the standard, and what can be read all the same."""

    SEVERAL = "more than one credential; the first one counts"
    COMPRESSED = "the text is compressed"
    MISPLACED = "the element is not the first child of the root"
    NOT_CDATA = "the JSON is not in a CDATA section"
    IN_ATTRIBUTE = "the JSON is in the attribute verify"
    TWO_FORMS = "the element has both the attribute verify and a body; the attribute counts"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Baked:
    """A credential in an image; nothing is verified, and JSON is not parsed."""

    #: Without white space around it.
    text: str
    form: BakedForm
    version: BakingVersion
    format: ImageFormat
    departures: tuple[Departure, ...] = ()


class ImageProblem(enum.Enum):
    """Why an image cannot be read or baked."""

    NOT_AN_IMAGE = "neither PNG nor SVG"
    TOO_LARGE = "too large"
    TOO_COMPRESSED = "unpacks to too much"
    # PNG (Portable Network Graphics, 5)
    TRUNCATED = "ends early"
    WRONG_CHECKSUM = "wrong checksum"
    MALFORMED_CHUNK = "malformed chunk"
    UNKNOWN_CHUNK = "unknown critical chunk"
    WRONG_ORDER = "chunks in the wrong order"
    TRAILING_DATA = "data after the end"
    MALFORMED_TEXT = "malformed text chunk"
    # SVG
    WRONG_ENCODING = "not UTF-8"
    MALFORMED_XML = "malformed XML"
    FORBIDDEN_XML = "document type, entity or external reference"
    PREFIX_TAKEN = "prefix of another namespace"
    # both
    NOT_BAKED = "no credential"
    NOT_A_CREDENTIAL = "neither JSON nor a compact JWS"
    ALREADY_BAKED = "has a credential already"


class UnusableImage(ValueError):  # noqa: N818 - what is wrong with the image, in words for a person
    """An image that cannot be read or baked, or a text that cannot be baked."""

    def __init__(self, problem: ImageProblem, message: str) -> None:
        super().__init__(message)
        #: What is wrong, by name.
        self.problem = problem


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A text at the place of a credential, as one of the formats has found it."""

    text: str
    version: BakingVersion
    departures: tuple[Departure, ...] = ()
