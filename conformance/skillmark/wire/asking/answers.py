"""What a product that verifies is asked, and what it answered: yes, no, or neither."""

from __future__ import annotations

import dataclasses
import enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skillmark.core.exchanges import Exchange

_PNG = b"\x89PNG"


class Verdict(enum.Enum):
    """What an answer means."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    #: Neither yes nor no: the product failed, or did not answer the question.
    NEITHER = "neither accepted nor refused"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a product said of a credential."""

    verdict: Verdict
    #: What it said, in words for the report.
    says: str
    #: Id of the exchange that shows it.
    exchange: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A person as who relies on a credential knows them (Open Badges 3.0, Verify the Recipient Using an Identifier)."""

    #: In plain text.
    identity: str
    #: A type of IdentifierTypeEnum, or of an extension; ``id`` for the id of the subject.
    identity_type: str = "id"


class Asking(Protocol):
    """The way to a product."""

    @property
    def exchanges(self) -> Mapping[str, Exchange]:
        """Everything that was asked, by id."""

    def ask(self, credential: str | bytes) -> Answer:
        """Ask whether a credential is accepted: JSON or a compact token as text, a baked image as bytes."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FileForm:
    """How a credential is handed over as a file."""

    ending: str
    media_type: str


def file_form(credential: str | bytes) -> FileForm:
    """Return the form of a file with a credential, or with an image in which one is."""
    if isinstance(credential, bytes):
        is_png = credential.startswith(_PNG)
        return FileForm(ending="png" if is_png else "svg", media_type="image/png" if is_png else "image/svg+xml")
    is_json = credential.lstrip().startswith("{")
    return FileForm(
        ending="json" if is_json else "jwt", media_type="application/json" if is_json else "application/jwt"
    )


def content_of(credential: str | bytes) -> bytes:
    """Return the bytes of a file with a credential."""
    return credential if isinstance(credential, bytes) else credential.encode("utf-8", "surrogatepass")
