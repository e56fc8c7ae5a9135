"""A product that verifies, in process: the verifier of the reference, with one rule of its own."""

from __future__ import annotations

import dataclasses
import datetime
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from skillmark.core.target import VerifierInterface
from skillmark.wire.asking.answers import Recipient
from skillmark.wire.peers.serving import Shelf
from skillmark_reference.credentials.baking import UnusableImage, unbake
from skillmark_reference.credentials.results import Outcome
from skillmark_reference.credentials.steps.recipients import Recipient as People
from skillmark_reference.credentials.steps.recipients import recipient_step
from skillmark_reference.credentials.verifying import verify
from skillmark_reference.documents import Unavailable, Unusable, reading
from skillmark_reference.securing import multibase
from skillmark_reference.securing.integrity.json_values import as_list
from skillmark_reference.securing.strict_json import MalformedJson, parse_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from skillmark.wire.peers.serving import Served
    from skillmark_reference.credentials.requirements import Subject
    from skillmark_reference.credentials.results import Problem, Verification
    from skillmark_reference.documents import DocumentKind

#: When these products verify: the same answers every day.
NOW = datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC)
_REMEMBERED = 16_384
_BY_ID = "id"
_IMAGES = (b"\x89PNG", b"<svg")
#: Levels of JSON.
_DEEPEST = 100
_OK = 200
_MEMBER = "verifiableCredential"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """A document from a shelf."""

    content: bytes


class ShelfDocuments:
    """What gives documents to a verifier in process: from a shelf in the place of the network, however they are addressed."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def get(self, url: str, kind: DocumentKind) -> Entered:
        """Return a document.

        Raises:
            Unavailable: The shelf does not have it.
            Unusable: It is not what it should be.
        """
        found = self.read(urlsplit(url).path)
        if found is None or found.status != _OK:
            raise Unavailable(f"{kind.value} {url} cannot be had")
        try:
            reading.check_content_type(kind, found.media_type)
            reading.read(kind, found.content, depth=_DEEPEST)
        except Unusable as problem:
            raise Unusable(f"{kind.value} {url}: {problem}") from problem
        return Entered(content=found.content)

    def read(self, path: str) -> Served | None:
        """Return what is served under a path."""
        return self._shelf.take(path)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One problem, and what it is about."""

    subject: Subject
    problem: Problem


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One credential that a product is asked about."""

    #: JSON or a compact token.
    text: str
    verification: Verification
    #: Where the documents of others are.
    shelf: Shelf = dataclasses.field(default_factory=Shelf)
    #: Whose it should be; nothing where nobody asks.
    recipient: Recipient | None = None

    @property
    def complaints(self) -> Iterator[Complaint]:
        """Everything that speaks against it."""
        for step in self.verification.with_outcome(Outcome.FAILED, Outcome.CANNOT_TELL):
            yield from (Complaint(subject=step.subject, problem=problem) for problem in step.problems)

    @property
    def is_token(self) -> bool:
        """Whether it is a token."""
        return not self.text.lstrip().startswith("{")

    @property
    def document(self) -> dict[str, Any]:
        """The credential as JSON; empty for a token."""
        content: dict[str, Any] = {} if self.is_token else json.loads(self.text)
        return content

    @property
    def content(self) -> dict[str, Any]:
        """The credential as JSON, of a token what is in it; empty where nobody can read it."""
        if not self.is_token:
            return self.document
        try:
            found = json.loads(multibase.decode_base64url(self.text.split(".")[1]))
        except (ValueError, IndexError):
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def identities(self) -> list[dict[str, Any]]:
        """The identifiers of the subject."""
        subject = self.content.get("credentialSubject", {})
        return [each for each in as_list(subject.get("identifier", [])) if isinstance(each, dict)]

    @property
    def is_theirs(self) -> bool:
        """Whether it is of the person whose it should be; of anybody where nobody asks."""
        return self.recipient is None or self.fits(self.content, self.recipient)

    def fits(self, credential: dict[str, Any], known: Recipient) -> bool:
        """Tell whether a credential is of a person."""
        by_id = known.identity_type == _BY_ID
        person = (
            People(id=known.identity) if by_id else People(identifier=known.identity, identity_type=known.identity_type)
        )
        step = recipient_step(credential, self.verification.kind, person)
        return step.outcome in {Outcome.PASSED, Outcome.WARNED}

    def newer(self) -> Verification | None:
        """Verify the newer copy, if there is one on the shelf."""
        service = self.content.get("refreshService", {})
        found = self.shelf.take(urlsplit(service.get("id", "")).path)
        if found is None or found.status != _OK:
            return None
        return _MEMORY.verified(found.content.decode(), self.shelf)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a product answers."""

    status: int
    body: object


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class VerifierProduct:
    """A product, and what it deserves."""

    #: For example ``ignores-expiry``.
    name: str
    #: What a user of the product would suffer; empty for one that is right.
    effect: str = ""
    #: The run is right if it finds something against at least one of these.
    requirements: tuple[str, ...] = ()
    #: Whether it accepts a credential; made anew for every run, since some products remember.
    make: Callable[[], Callable[[Asked], bool]]
    #: How it says so.
    says: Callable[[Asked, bool], Said]
    #: Parts of addresses that it never asks for.
    skips: tuple[str, ...] = ()
    #: Finds the credential in an image.
    reads: Callable[[bytes], str] = lambda image: unbake(image).text
    #: Whether only badges show it.
    only_badges: bool = False
    #: What its vendor states.
    interface: VerifierInterface = dataclasses.field(default_factory=VerifierInterface)


def vc_api(asked: Asked, accepted: bool) -> Said:  # noqa: FBT001 - the shape of `VerifierProduct.says`
    """Answer as the reference does: 200, or 400 with the same content, and with what is worth knowing."""
    remarks = [str(each) for each in asked.verification.warnings]
    body = {"verified": accepted, **({"warnings": remarks} if remarks else {})}
    return Said(status=200 if accepted else 400, body=body)


class VerifierTransport(httpx.BaseTransport):
    """Serves a product in process."""

    def __init__(self, product: VerifierProduct, shelf: Shelf | None = None) -> None:
        self._shelf = shelf or Shelf()
        self._accepts = product.make()
        self._says = product.says
        self._skips = product.skips
        self._reads = product.reads

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        body = request.read()
        try:
            text = self._reads(body) if body.startswith(_IMAGES) else credential_in(body)
        except UnusableImage:
            return httpx.Response(400, json={"verified": False})
        found = _MEMORY.verified(text, self._shelf, self._skips)
        asked = Asked(text=text, verification=found, shelf=self._shelf, recipient=_recipient_in(body))
        said = self._says(asked, self._accepts(asked))
        return httpx.Response(said.status, json=said.body)


def _recipient_in(body: bytes) -> Recipient | None:
    try:
        content = parse_object(body)
    except MalformedJson:
        return None
    identity, kind = content.get("recipient"), content.get("recipientType")
    is_asked = isinstance(identity, str) and isinstance(kind, str)
    return Recipient(identity=str(identity), identity_type=str(kind)) if is_asked else None


def credential_in(body: bytes) -> str:
    """Return the credential of a request of the VC API, out of its envelope; a body of another kind is the credential itself."""
    try:
        credential = parse_object(body)[_MEMBER]
    except (MalformedJson, KeyError):
        return body.decode(errors="replace")
    if isinstance(credential, str):
        return credential
    if credential.get("type") == "EnvelopedVerifiableCredential":
        return str(credential["id"]).partition(",")[2]
    return json.dumps(credential, ensure_ascii=False)


class _Memory:
    """Verifications by credential, for as long as the documents that they asked for are the same."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, tuple[str, ...]], tuple[Verification, Mapping[str, Served | None]]] = {}

    def verified(self, text: str, shelf: Shelf, skips: tuple[str, ...] = ()) -> Verification:
        """Verify a credential, or remember it; either way the shelf is asked for the documents."""
        key = (text, skips)
        if key in self._known:
            found, read = self._known[key]
            if all(shelf.take(path) == served for path, served in read.items()):
                return found
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        documents = _Remembering(shelf, skips)
        found = verify(text, documents=documents, now=NOW)
        self._known[key] = found, documents.taken
        return found


class _Remembering(ShelfDocuments):
    def __init__(self, shelf: Shelf, skips: tuple[str, ...]) -> None:
        super().__init__(shelf)
        self._skips = skips
        self.taken: dict[str, Served | None] = {}

    def read(self, path: str) -> Served | None:
        if any(each in path for each in self._skips):
            return None
        self.taken[path] = found = super().read(path)
        return found


_MEMORY = _Memory()
