"""Healthy documents of every form, and what a stranger makes of them."""

from __future__ import annotations

import copy
import dataclasses
import functools
import json
from typing import TYPE_CHECKING, Any

from tests.reference.credentials.presenting import look, presentation, presented, vc_jose, vp_jwt
from tests.reference.credentials.surroundings import (
    ACHIEVEMENT,
    BADGE,
    LIST,
    SCHOOL,
    STATE,
    badge,
    check,
    endorsement,
    record,
    signed,
    status_entry,
    status_list,
)

from skillmark_reference.credentials import issuing
from skillmark_reference.securing.vc_jose_cose import Secured, envelope

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from skillmark_reference.credentials.results import Verification

Record = dict[str, Any]

#: Values of every JSON type, some with meaning in JSON-LD.
VALUES: tuple[object, ...] = (
    *(7, 1.5, -0.0, 10**30, True, None, "", "x", "\u0000", "did:key:z", "https://elsewhere.example", "urn:x", "\u202e"),
    *([], [[]], [None], {}, {"a": 1}, {"id": 7}, {"@value": 1}, {"@type": "x"}, {"@id": "urn:x"}, {"@list": []}),
)
#: Names that say something somewhere.
NAMES = (
    *(
        "id",
        "type",
        "issuer",
        "name",
        "proof",
        "validUntil",
        "credentialStatus",
        "endorsement",
        "endorsementJwt",
        "image",
    ),
    *(
        "@id",
        "@type",
        "@graph",
        "@reverse",
        "@included",
        "@nest",
        "verifiableCredential",
        "holder",
        "vc",
        "exp",
        "unheard",
    ),
    *("achievement", "result", "evidence", "refreshService", "termsOfUse", "partial", "https://schema.org/name"),
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Healthy:
    """A document that is valid."""

    name: str
    #: The JSON, or the token in JSON.
    document: Any
    is_presented: bool = False

    @property
    def text(self) -> bytes:
        """The document as it is sent."""
        return self.document.encode() if isinstance(self.document, str) else json.dumps(self.document).encode()

    def verified(self, content: bytes) -> Verification:
        """Return the verification of the document, or of what was made of it."""
        if self.is_presented:
            return look(content.decode("latin-1") if not content.isascii() else content.decode())
        return check(content, {LIST: lists()})


@functools.cache
def lists() -> bytes:
    return status_list()


@functools.cache
def healthy() -> Sequence[Healthy]:
    """Return a badge, a record, tokens, envelopes and presentations, all of which are valid."""
    rich = badge(credentialStatus=status_entry())
    rich["endorsement"] = [signed(endorsement(BADGE), STATE)]
    plain_badge = signed(badge())
    token = vc_jose(badge())
    bundle = record(plain_badge, associations=[("isRelatedTo", ACHIEVEMENT, ACHIEVEMENT)])
    return (
        Healthy(name="badge", document=signed(rich)),
        Healthy(name="json", document=signed(badge(), cryptosuite="eddsa-jcs-2022")),
        Healthy(name="record", document=signed(bundle, STATE)),
        Healthy(name="token", document=issuing.as_vc_jwt(badge(), SCHOOL)),
        Healthy(name="envelope", document=envelope(token)),
        Healthy(name="presentation", document=presented(presentation(plain_badge)), is_presented=True),
        Healthy(
            name="enveloped presentation",
            document=envelope(
                vp_jwt(presentation(envelope(token)), nonce="c-1", aud="verifier.example"), what=Secured.PRESENTATION
            ),
            is_presented=True,
        ),
    )


def places(value: object, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the way to every value inside of a value."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        yield (*way, name)
        yield from places(part, (*way, name))


def edited(document: Record, way: Sequence[str | int], how: int, what: int) -> Record:
    """Return a copy of a document with one edit at a place: replaced, removed, renamed, a member put in, or a letter changed."""
    copied = copy.deepcopy(document)
    holder: Any = copied
    for step in way[:-1]:
        holder = holder[step]
    last = way[-1]
    value, name = VALUES[what % len(VALUES)], NAMES[what % len(NAMES)]
    match how % 5:
        case 0:
            holder[last] = copy.deepcopy(value)
        case 1:
            del holder[last]
        case 2 if isinstance(holder, dict):
            holder[name] = holder.pop(last)
        case 3 if isinstance(holder[last], dict):
            holder[last][name] = copy.deepcopy(VALUES[what // len(NAMES) % len(VALUES)])
        case _ if isinstance(holder[last], str) and holder[last]:
            index = what % len(holder[last])
            letter = "b" if holder[last][index] == "a" else "a"
            holder[last] = holder[last][:index] + letter + holder[last][index + 1 :]
        case _:
            holder[last] = copy.deepcopy(value)
    return copied


def is_same(one: bytes, other: bytes) -> bool:
    """Tell whether two texts are the same JSON, or the same token."""
    try:
        return bool(json.loads(one) == json.loads(other))
    except ValueError:
        return one.strip() == other.strip()
