"""Products that issue as they may, so that nothing may accuse them; and those that issue nothing."""

from __future__ import annotations

import dataclasses
import json
import uuid
from typing import TYPE_CHECKING, Any

from skillmark.core.interfaces import IssuingAdapter, IssuingInterface
from skillmark.core.outcomes import Verdict
from skillmark.faults.credentials import healthy
from skillmark.faults.credentials.endpoints import (
    IssuingProduct,
    Said,
    changing,
    completed,
    created,
    everywhere,
    proved,
    token_of,
)
from skillmark_reference.securing.instants import MalformedInstant, parse_date_time, write_date_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.faults.credentials.endpoints import Issue

Record = dict[str, Any]

_LARGE = 8_000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class EndpointPersona:
    """A conformant product with one peculiarity."""

    product: IssuingProduct
    #: Requirements of which the run may warn: advice that is not followed, and disputed readings.
    warns: frozenset[str] = frozenset()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NullEndpoint:
    """A product that issues nothing of worth, and what it deserves: nothing where the run is refused."""

    product: IssuingProduct
    deserves: Verdict | None


ENDPOINT_PERSONAS: dict[str, EndpointPersona] = {}
NULL_ENDPOINTS: dict[str, NullEndpoint] = {}


def _persona(
    name: str,
    why: str,
    make: Callable[[], Issue],
    *,
    warns: frozenset[str] = frozenset(),
    interface: IssuingInterface | None = None,
) -> None:
    product = IssuingProduct(name=f"endpoint-{name}", make=make, why=why, interface=interface or IssuingInterface())
    ENDPOINT_PERSONAS[product.name] = EndpointPersona(product=product, warns=warns)


def _null(name: str, said: Callable[[Record], Said], deserves: Verdict | None) -> None:
    product = IssuingProduct(name=f"endpoint-{name}", make=lambda: said, why="It issues nothing.")
    NULL_ENDPOINTS[product.name] = NullEndpoint(product=product, deserves=deserves)


def _bare(asked: Record) -> Said:
    return Said(status=201, content=json.dumps(proved(completed(asked))).encode())


def _enveloped(asked: Record) -> Said:
    envelope = {
        "@context": healthy.CONTEXTS[0],
        "id": f"data:application/vc+jwt,{token_of(asked)}",
        "type": "EnvelopedVerifiableCredential",
    }
    return Said(status=200, content=json.dumps(envelope).encode())


def _filled_in(asked: Record) -> Record:
    return asked | {"id": uuid.uuid5(uuid.NAMESPACE_URL, asked["id"]).urn}


def _with_status(asked: Record) -> Record:
    status = healthy.maximal()["credentialStatus"]
    return asked | {"credentialStatus": status}


def _half(asked: Record) -> Said:
    is_refused = "EndorsementCredential" in asked["type"] or len(json.dumps(asked)) > _LARGE
    return Said(status=400, content=b'{"title": "not here"}') if is_refused else created(proved(completed(asked)))


def _other_style(asked: Record) -> Record:
    """Return a credential with its members in another order, and the same instants in UTC."""

    def changed(value: Any) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(value, dict):
            return dict(reversed(value.items()))
        try:
            return write_date_time(parse_date_time(value)) if isinstance(value, str) else value
        except MalformedInstant:
            return value

    made: Record = everywhere(asked, changed)
    return made


_persona("wrapped", "VC API, Issue Credential: 201 and verifiableCredential.", changing(dict))
_persona("bare", "VC API of other versions: 201 and the credential itself.", lambda: _bare)
_persona(
    "prints-a-token",
    "Proof Formats: VC-JWT with RS256.",
    lambda: lambda asked: Said(status=200, content=token_of(asked).encode(), media_type="text/plain"),
)
_persona("token-in-json", "VC API: an answer may hold a token as text.", lambda: lambda asked: created(token_of(asked)))
_persona("envelope", "Data model 2.0, 4.13: a token in an envelope.", lambda: _enveloped)
_persona("fills-in-issuer-and-id", "VC API: the issuer decides on its names.", changing(_filled_in))
_persona("adds-a-status", "Data model: an issuer may give a status.", changing(_with_status))
_persona("refuses-much", "No document says what an issuer has to issue.", lambda: _half)
_persona("other-style", "JSON and JSON-LD: members have no order, instants have several forms.", changing(_other_style))
_persona(
    "template",
    "The product has an interface of its own.",
    lambda: lambda asked: Said(status=200, content=json.dumps({"data": [proved(completed(asked))]}).encode()),
    interface=IssuingInterface(
        adapter=IssuingAdapter.HTTP, path="/api/badges", body='{"credential": {credential}}', pointer="/data/0"
    ),
)
_persona(
    "known-issuer",
    "The credentials carry the id of the product.",
    lambda: lambda asked: created(proved(asked)),
    interface=IssuingInterface(issuer=healthy.school().profile["id"]),
)
_persona(
    "known-profile",
    "The credentials carry the Profile of the product.",
    lambda: lambda asked: created(proved(asked)),
    interface=IssuingInterface(issuer=healthy.school().profile),
)

_null("empty-object", lambda _: Said(status=200, content=b"{}"), Verdict.NOT_FULLY_VERIFIED)
_null("nothing", lambda _: Said(status=204, content=b""), Verdict.NOT_FULLY_VERIFIED)
_null("always-404", lambda _: Said(status=404, content=b""), None)
_null("always-500", lambda _: Said(status=500, content=b"boom"), Verdict.NOT_FULLY_VERIFIED)
_null("refuses-everything", lambda _: Said(status=400, content=b"{}"), Verdict.NOT_FULLY_VERIFIED)
_null("page", lambda _: Said(status=200, content=b"<html></html>", media_type="text/html"), Verdict.NOT_FULLY_VERIFIED)
_null("echo", lambda asked: created(dict(asked)), Verdict.NOT_CONFORMANT)
