"""A product that displays credentials, in process: takes files and images, and says what status it shows."""

from __future__ import annotations

import dataclasses
import datetime
from typing import TYPE_CHECKING

import httpx

from skillmark.core.interfaces import Peer
from skillmark.core.target import Acceptance, Adapter, VerifierInterface
from skillmark.faults.verifiers.products import Asked, Said, ShelfDocuments
from skillmark.suites.verifiers.lists import OF_1EDTECH
from skillmark_reference.credentials.baking import UnusableImage, unbake
from skillmark_reference.credentials.verifying import verify
from skillmark_reference.securing.integrity.contexts import CREDENTIALS_V1
from skillmark_reference.securing.integrity.json_values import as_list

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.wire.peers.serving import Shelf
    from skillmark_reference.credentials.results import Verification

#: When these products look: noon, so that an hour ago was the same day.
NOW = datetime.datetime(2026, 6, 1, 12, tzinfo=datetime.UTC)
#: Where the lists are, as the settings say.
PEER = Peer(public_url="https://lists.skillmark.example")
#: What their vendors state: files and images are posted, and the status that is shown comes back.
INTERFACE = VerifierInterface(
    adapter=Adapter.HTTP,
    path="/badges",
    content_type="text/plain",
    body="{text}",
    images=True,
    accepted=Acceptance(pointer="/shown", equals="valid"),
)
_FORM = "multipart/form-data"


class StandingClock:
    """A clock that stands still."""

    def now(self) -> datetime.datetime:
        """Return noon."""
        return NOW

    def elapsed(self) -> float:
        """Return no time."""
        return 0.0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a product is given to display."""

    asked: Asked
    #: ``image/png``, ``image/svg+xml``, or something else for a file.
    media_type: str

    @property
    def is_image(self) -> bool:
        """Whether it is in an image."""
        return self.media_type.startswith("image/")

    @property
    def credential(self) -> dict[str, object]:
        """The credential as JSON, of an older token what is in its claim."""
        content = self.asked.content
        return content["vc"] if isinstance(content.get("vc"), dict) else content

    @property
    def is_old(self) -> bool:
        """Whether it is of data model 1.1."""
        return CREDENTIALS_V1 in as_list(self.credential.get("@context", []))

    @property
    def status(self) -> str:
        """The type of its status; empty without one."""
        found = self.credential.get("credentialStatus")
        return str(found.get("type")) if isinstance(found, dict) else ""

    @property
    def has_older_status(self) -> bool:
        """Whether its status is in a list of 1EdTech."""
        return self.status == OF_1EDTECH


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DisplayerProduct:
    """A product, and what it deserves."""

    #: For example ``shows-expired-as-valid``.
    name: str
    #: What a user of the product would suffer; empty for one that is right.
    effect: str = ""
    #: What the run should find something against, by the names of `Duties`.
    duties: tuple[str, ...] = ()
    #: Whether it shows a credential as valid.
    shows: Callable[[Given], bool]
    #: How it says so.
    says: Callable[[bool], Said] = lambda is_valid: Said(
        status=200, body={"shown": "valid" if is_valid else "not valid"}
    )
    #: Whether the documents leave room for it, so that a warning is all that it deserves.
    is_disputed: bool = False
    #: Whether there is no record that it could be wrong with.
    only_badges: bool = False
    interface: VerifierInterface = INTERFACE


class DisplayerTransport(httpx.BaseTransport):
    """Serves a product in process."""

    def __init__(self, product: DisplayerProduct, shelf: Shelf) -> None:
        self._product = product
        self._shelf = shelf

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        media_type, content = _file_in(request.headers.get("content-type", ""), request.read())
        try:
            text = unbake(content).text if media_type.startswith("image/") else content.decode(errors="replace")
        except UnusableImage:
            said = self._product.says(False)
        else:
            asked = Asked(text=text, verification=_verified(text, self._shelf), shelf=self._shelf)
            said = self._product.says(self._product.shows(Given(asked=asked, media_type=media_type)))
        return httpx.Response(said.status, json=said.body)


def _file_in(content_type: str, body: bytes) -> tuple[str, bytes]:
    """Return the media type and the content of the file in a form, or of the body as it is."""
    if not content_type.startswith(_FORM):
        return content_type.partition(";")[0], body
    boundary = content_type.partition("boundary=")[2].encode()
    head, _, content = body.partition(b"\r\n\r\n")
    media_type = head.rpartition(b"Content-Type: ")[2].decode()
    return media_type, content.partition(b"\r\n--" + boundary)[0]


_REMEMBERED: dict[str, Verification] = {}


def _verified(text: str, shelf: Shelf) -> Verification:
    """Verify a credential once: what it points to is the same in every run."""
    if text not in _REMEMBERED:
        _REMEMBERED[text] = verify(text, documents=ShelfDocuments(shelf), now=NOW)
    return _REMEMBERED[text]
