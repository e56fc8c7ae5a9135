"""A product that verifies, in process: the verifier of the reference, with one rule of its own."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import json
from typing import TYPE_CHECKING, Any

import httpx

from skillmark_reference.credentials.results import Outcome
from skillmark_reference.credentials.verifying import verify
from skillmark_reference.documents import Documents, Policy
from skillmark_reference.securing.strict_json import MalformedJson, parse_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from skillmark_reference.credentials.requirements import Subject
    from skillmark_reference.credentials.results import Problem, Verification

#: When these products verify: the same answers every day.
NOW = datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC)
_CACHED = 8_192
_MEMBER = "verifiableCredential"


class _Fixed:
    """A clock that stands still."""

    def now(self) -> datetime.datetime:
        return NOW

    def elapsed(self) -> float:
        return 0.0


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


def vc_api(_: Asked, accepted: bool) -> Said:  # noqa: FBT001 - the shape of `VerifierProduct.says`
    """Answer as the reference does: 200, or 400 with the same content."""
    return Said(status=200 if accepted else 400, body={"verified": accepted})


class VerifierTransport(httpx.BaseTransport):
    """Serves a product in process."""

    def __init__(self, product: VerifierProduct) -> None:
        self._accepts = product.make()
        self._says = product.says

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        text = credential_in(request.read())
        asked = Asked(text=text, verification=_verified(text))
        said = self._says(asked, self._accepts(asked))
        return httpx.Response(said.status, json=said.body)


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


@functools.lru_cache(maxsize=_CACHED)
def _verified(text: str) -> Verification:
    return verify(text, documents=_door(), now=NOW)


@functools.cache
def _door() -> Documents:
    return Documents(clock=_Fixed(), policy=Policy(offline=True))
