"""The kinds of documents that may enter, as a table: media types, size, and how long one may be kept."""

from __future__ import annotations

import dataclasses
import datetime
import enum

_KIBIBYTE = 2**10
_MEBIBYTE = 2**20
_DAY = datetime.timedelta(days=1)
#: For what is revoked or replaced in a hurry: keys, profiles, status.
_MINUTES = datetime.timedelta(minutes=5)


class Form(enum.Enum):
    """What the bytes of a document are."""

    JSON = "a JSON object"
    JSON_OR_TOKEN = "a JSON object or a compact JWS"  # noqa: S105 - no password
    BYTES = "bytes"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the table."""

    #: What is asked for, the best first, and taken.
    media_types: tuple[str, ...]
    form: Form
    #: The most bytes, after decompression.
    most_bytes: int
    #: How long a copy counts as the document, unless its server says less.
    lifetime: datetime.timedelta
    #: Whether every media type that ends in ``+json`` is taken too.
    takes_any_json: bool = False
    #: Whether every media type is taken, and none as well: whoever asks looks at the content.
    takes_anything: bool = False
    #: Where the media types are from.
    clause: str

    @property
    def accept(self) -> str:
        """The value of an Accept header."""
        first, *others = self.media_types
        return ", ".join([first, *(f"{media_type};q=0.9" for media_type in others)])

    def takes(self, media_type: str) -> bool:
        """Tell whether a document may have the media type, given in lower case without parameters."""
        any_json = self.takes_any_json and media_type.startswith("application/") and media_type.endswith("+json")
        return media_type in self.media_types or any_json or self.takes_anything


class DocumentKind(enum.Enum):
    """What a document is wanted for."""

    CONTEXT = "JSON-LD context"
    SCHEMA = "JSON Schema"
    DID_DOCUMENT = "DID document"
    PROFILE = "issuer profile"
    KEY = "key document"
    KEY_SET = "key set"
    STATUS_LIST = "status list"
    REVOCATION_LIST = "revocation list"
    CREDENTIAL = "credential"
    IMAGE = "image"
    #: What a person hands in by its address: a credential, or the image that one is baked into.
    SUBMISSION = "credential or image"

    @property
    def row(self) -> Row:
        """What holds for documents of this kind."""
        return _ROWS[self]


_JSON = ("application/ld+json", "application/json")
_CREDENTIAL = (
    "application/vc",
    "application/vc+ld+json",
    "application/vc+jwt",
    "application/vc+ld+json+jwt",
    "application/jwt",
    *_JSON,
    "text/plain",
)
_IMAGE = ("image/png", "image/svg+xml")
_ROWS = {
    DocumentKind.CONTEXT: Row(
        media_types=_JSON,
        form=Form.JSON,
        most_bytes=_MEBIBYTE,
        lifetime=_DAY,
        takes_any_json=True,
        clause="JSON-LD 1.1 Processing Algorithms and API, LoadDocumentCallback",
    ),
    DocumentKind.SCHEMA: Row(
        media_types=("application/schema+json", "application/json"),
        form=Form.JSON,
        most_bytes=2 * _MEBIBYTE,
        lifetime=_DAY,
        clause="Verifiable Credentials JSON Schema, JsonSchema",
    ),
    DocumentKind.DID_DOCUMENT: Row(
        media_types=("application/did+json", "application/did+ld+json", "application/did", *_JSON),
        form=Form.JSON,
        most_bytes=256 * _KIBIBYTE,
        lifetime=_MINUTES,
        clause="DID Core 1.0, 6.2 and 6.3; did:web, 2.5.2",
    ),
    DocumentKind.PROFILE: Row(
        media_types=(*_JSON, "application/cid"),
        form=Form.JSON,
        most_bytes=2 * _MEBIBYTE,
        lifetime=_MINUTES,
        clause="Open Badges 3.0, Profile; Controlled Identifiers 1.0, media type",
    ),
    DocumentKind.KEY: Row(
        media_types=(
            "application/jwk+json",
            "application/jwk-set+json",
            "application/cid",
            "application/did+json",
            "application/did+ld+json",
            *_JSON,
        ),
        form=Form.JSON,
        most_bytes=256 * _KIBIBYTE,
        lifetime=_MINUTES,
        clause="Open Badges 3.0, JSON Web Token Proof Format, kid; RFC 7517, 8.5; Controlled Identifiers 1.0, 3.3",
    ),
    DocumentKind.KEY_SET: Row(
        media_types=("application/jwk-set+json", "application/json"),
        form=Form.JSON,
        most_bytes=256 * _KIBIBYTE,
        lifetime=_MINUTES,
        clause="RFC 7517, 8.5",
    ),
    DocumentKind.STATUS_LIST: Row(
        media_types=_CREDENTIAL,
        form=Form.JSON_OR_TOKEN,
        most_bytes=4 * _MEBIBYTE,
        lifetime=_MINUTES,
        clause="Bitstring Status List 1.0: the media type of the secured form",
    ),
    DocumentKind.REVOCATION_LIST: Row(
        media_types=("application/json", "application/ld+json"),
        form=Form.JSON,
        most_bytes=8 * _MEBIBYTE,
        lifetime=_MINUTES,
        clause="1EdTech Revocation List 1.0",
    ),
    DocumentKind.CREDENTIAL: Row(
        media_types=_CREDENTIAL,
        form=Form.JSON_OR_TOKEN,
        most_bytes=16 * _MEBIBYTE,
        lifetime=_MINUTES,
        clause="Open Badges 3.0, 5.2 Web Resource; Securing Verifiable Credentials using JOSE and COSE, media types",
    ),
    DocumentKind.IMAGE: Row(
        media_types=_IMAGE,
        form=Form.BYTES,
        most_bytes=16 * _MEBIBYTE,
        lifetime=_DAY,
        clause="Open Badges 3.0, 5.3 and image of Profile and AchievementSubject",
    ),
    DocumentKind.SUBMISSION: Row(
        media_types=(*_CREDENTIAL, *_IMAGE),
        form=Form.BYTES,
        most_bytes=16 * _MEBIBYTE,
        lifetime=_MINUTES,
        takes_anything=True,
        clause="Open Badges 3.0, 5.2 Web Resource (the media types are recommended) and 5.3 Baked Badge",
    ),
}
