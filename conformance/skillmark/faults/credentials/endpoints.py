"""Products that issue on request, in process: a healthy one, with one rule of its own."""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import httpx

from skillmark.core.clock import SystemClock
from skillmark.core.interfaces import IssuingInterface
from skillmark.core.target import Submissions, Target
from skillmark.faults.credentials import healthy, securing
from skillmark.faults.credentials.handing_in import NOW, PRODUCT, Standard
from skillmark.plans import find_plan
from skillmark.runs import RunOptions, certify
from skillmark_reference.securing.keys import KeyType

if TYPE_CHECKING:
    from skillmark.core.results import RunResult
    from skillmark.engine import Depth

Record = dict[str, Any]
#: Returns what a product signs of a request.
Change = Callable[[Record], Record]

_URL = "http://127.0.0.1"
#: How many credentials are asked for: of each kind a small one, one with everything, and the smallest.
_COUNT = {Standard.OPEN_BADGES: 6, Standard.CLR: 3}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a product answers."""

    status: int
    content: bytes
    media_type: str = "application/json"


#: What a product answers to a credential that nobody has signed.
Issue = Callable[[Record], Said]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class IssuingProduct:
    """A product that issues, and how it is asked."""

    name: str
    #: Made anew for every run, since some products remember.
    make: Callable[[], Issue]
    #: Why it is right, or what whoever gets its credentials would suffer.
    why: str
    interface: IssuingInterface = dataclasses.field(default_factory=IssuingInterface)
    standards: tuple[Standard, ...] = tuple(Standard)


class IssuerTransport(httpx.BaseTransport):
    """Serves a product in process."""

    def __init__(self, product: IssuingProduct) -> None:
        self._issue = product.make()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        said = self._issue(json.loads(request.read())["credential"])
        return httpx.Response(said.status, content=said.content, headers={"Content-Type": said.media_type})


def judged(standard: Standard, product: IssuingProduct, depth: Depth) -> RunResult:
    """Have a product issue, and run the plan on it.

    Raises:
        Misconfigured: It answers as if nobody was there.
    """
    given = Submissions(sources=(), at=NOW, offline=True, documents=healthy.documents())
    interface = dataclasses.replace(product.interface, count=_COUNT[standard])
    target = Target(url=_URL, product=PRODUCT, submissions=given, issuing=interface, lab=True)
    return certify(
        find_plan(standard.value),
        target,
        options=RunOptions(depth=depth),
        transport=IssuerTransport(product),
        clock=SystemClock(),
    )


# Issuing


def completed(credential: Mapping[str, Any], key_type: KeyType = KeyType.ED25519) -> Record:
    """Return what a healthy product signs: what it was asked for, by itself."""
    return {**copy.deepcopy(dict(credential)), "issuer": dict(healthy.school(key_type).profile)}


def token_of(credential: Mapping[str, Any], **options: Any) -> str:  # noqa: ANN401 - those of the function that makes tokens
    """Return a credential as the token of a healthy product, with options replaced."""
    return securing.token(completed(credential, KeyType.RSA), signer=healthy.school(KeyType.RSA), **options)


def proved(credential: Record) -> Record:
    """Return a credential with the proof of a healthy product."""
    return securing.proved(credential, healthy.school())


def created(credential: Record | str) -> Said:
    """Answer as the VC API has it."""
    body = {"verifiableCredential": credential}
    return Said(status=201, content=json.dumps(body, ensure_ascii=False).encode())


def changing(change: Change) -> Callable[[], Issue]:
    """Return a product that changes what it is asked for before it signs."""
    return lambda: lambda asked: created(proved(change(completed(asked))))


def spoiling(change: Change) -> Callable[[], Issue]:
    """Return a product that changes what it has signed."""
    return lambda: lambda asked: created(change(proved(completed(asked))))


def everywhere(value: Any, change: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - any JSON
    """Return a value with every part of it changed, from the inside out; what others signed stays as it is."""
    if isinstance(value, dict):
        return change(
            {
                name: each if name == "@context" or _is_signed(each) else everywhere(each, change)
                for name, each in value.items()
            }
        )
    if isinstance(value, list):
        return change([each if _is_signed(each) else everywhere(each, change) for each in value])
    return change(value)


def _is_signed(value: object) -> bool:
    return isinstance(value, dict) and "proof" in value
