"""Products that issue badly, one change away from right."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import TYPE_CHECKING, Any

from skillmark.faults.credentials import healthy, securing
from skillmark.faults.credentials.endpoints import (
    IssuingProduct,
    Said,
    changing,
    completed,
    created,
    everywhere,
    proved,
    spoiling,
    token_of,
)
from skillmark.faults.credentials.handing_in import Standard, expected_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.faults.credentials.endpoints import Change, Issue

Record = dict[str, Any]

_VALID = ("OB30-R-224", "CLR20-R-033")
_PROOF = ("OB30-R-085", "CLR20-R-033")
_FRAME = ("OB30-R-001", "OB30-R-007", "CLR20-R-001")
_LOST = "The credential says less, or something else, than its issuer meant to say."
_UNVERIFIABLE = "Nobody can verify the credential."
_UNREADABLE = "Readers by the tables of the standard refuse the credential."
_MANY_BYTES = 3_000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class EndpointFault:
    """A product that issues badly, and what it deserves."""

    product: IssuingProduct
    requirements: tuple[str, ...]
    #: Whether the documents leave room for it, so that a warning is all that it deserves.
    disputed: bool = False

    def expected(self, standard: Standard) -> tuple[str, ...]:
        """Return the requirements under one plan: its own, and those that repeat them."""
        return expected_of(self.requirements, standard)


ENDPOINT_FAULTS: dict[str, EndpointFault] = {}


def _fault(
    name: str,
    *requirements: str,
    make: Callable[[], Issue],
    effect: str,
    disputed: bool = False,
    standards: tuple[Standard, ...] = tuple(Standard),
) -> None:
    product = IssuingProduct(name=f"endpoint-{name}", make=make, why=effect, standards=standards)
    ENDPOINT_FAULTS[product.name] = EndpointFault(product=product, requirements=requirements, disputed=disputed)


# What it says


def _without(name: str) -> Change:
    return lambda asked: {member: value for member, value in asked.items() if member != name}


def _every_text(change: Callable[[str], str]) -> Change:
    def changed(asked: Record) -> Record:
        made: Record = everywhere(asked, lambda each: change(each) if isinstance(each, str) else each)
        return made

    return changed


def _words_only(text: str) -> str:
    return text if ":" in text else text.encode("ascii", "replace").decode()


def _members_of(kind: type, change: Callable[[Any], Any]) -> Change:
    return lambda asked: everywhere(asked, lambda each: change(each) if type(each) is kind else each)


def _only_first_entries(asked: Record) -> Record:
    made: Record = everywhere(asked, lambda each: each[:1] if isinstance(each, list) else each)
    return made | {"type": asked["type"]}


_fault("loses-the-name", *_FRAME, make=changing(_without("name")), effect=_UNREADABLE)
_fault("loses-the-beginning", *_FRAME, make=changing(_without("validFrom")), effect=_UNREADABLE)
_fault("loses-the-end", *_VALID, make=changing(_without("validUntil")), effect=_LOST, disputed=True)
_fault("loses-the-image", *_VALID, make=changing(_without("image")), effect=_LOST, disputed=True)
_fault("loses-entries", *_VALID, make=changing(_only_first_entries), effect=_LOST, disputed=True)
_fault("loses-unicode", *_VALID, make=changing(_every_text(_words_only)), effect=_LOST, disputed=True)
_fault(
    "changes-dates",
    *_VALID,
    make=changing(lambda asked: asked | {"validFrom": "2025-06-01T00:00:00Z"}),
    effect=_LOST,
    disputed=True,
)
_fault(
    "changes-the-subject",
    *_VALID,
    make=changing(
        lambda asked: asked | {"credentialSubject": asked["credentialSubject"] | {"id": "did:example:other"}}
    ),
    effect="Somebody else has the credential.",
    disputed=True,
)
_fault(
    "rounds-numbers",
    *_VALID,
    make=changing(_members_of(float, round)),
    effect=_LOST,
    disputed=True,
    standards=(Standard.OPEN_BADGES,),
)
_fault(
    "numbers-as-texts",
    "OB30-R-051",
    make=changing(_members_of(float, str)),
    effect=_UNREADABLE,
    standards=(Standard.OPEN_BADGES,),
)
_fault("booleans-as-texts", "OB30-R-052", make=changing(_members_of(bool, str)), effect=_UNREADABLE)
_fault(
    "dates-without-zone",
    "OB30-R-047",
    make=changing(_every_text(lambda text: re.sub(r"^(\d{4}-\d\d-\d\dT[\d:.]+)(Z|[+-][\d:]+)$", r"\1", text))),
    effect=_UNREADABLE,
)
_fault("nothing-as-null", "OB30-R-056", make=changing(lambda asked: {"image": None} | asked), effect=_UNREADABLE)
_fault(
    "nothing-as-empty-array", "OB30-R-056", make=changing(lambda asked: {"evidence": []} | asked), effect=_UNREADABLE
)
_fault(
    "contexts-the-other-way-round",
    "OB30-R-032",
    "CLR20-R-005",
    make=changing(lambda asked: asked | {"@context": asked["@context"][::-1]}),
    effect=_UNREADABLE,
)
_fault(
    "adds-an-undefined-term",
    "OB30-R-062",
    "CLR20-R-009",
    make=changing(lambda asked: asked | {"internalNumber": "17"}),
    effect="What no context defines is signed by nobody.",
)
_fault(
    "other-type",
    "OB30-R-031",
    "CLR20-R-006",
    make=changing(lambda asked: asked | {"type": ["Award"]}),
    effect=_UNREADABLE,
)


# Who signed what


def _same_proof() -> Issue:
    proofs: list[Any] = []

    def issue(asked: Record) -> Said:
        signed = proved(completed(asked))
        proofs.append(signed["proof"])
        return created(signed | {"proof": proofs[0]})

    return issue


def _one_behind() -> Issue:
    known: list[Record] = []

    def issue(asked: Record) -> Said:
        known.append(completed(asked))
        return created(proved(known[max(0, len(known) - 2)]))

    return issue


def _always_the_first() -> Issue:
    known: list[Said] = []

    def issue(asked: Record) -> Said:
        known.append(created(proved(completed(asked))))
        return known[0]

    return issue


def _of_another_key(asked: Record) -> Said:
    method = healthy.school().verification_method
    return created(securing.proved(completed(asked), healthy.publisher(), verificationMethod=method))


def _only_small_ones(asked: Record) -> Said:
    credential = completed(asked)
    is_large = len(json.dumps(credential)) > _MANY_BYTES
    return created(_tampered(proved(credential)) if is_large else proved(credential))


def _tampered(signed: Record) -> Record:
    return signed | {"name": f"{signed.get('name', 'Award')} with distinction"}


def _without_inner_proofs(asked: Record) -> Record:
    text = json.dumps(asked["credentialSubject"]["verifiableCredential"])
    members = [{n: v for n, v in each.items() if n != "proof"} for each in json.loads(text)]
    return asked | {"credentialSubject": asked["credentialSubject"] | {"verifiableCredential": members}}


_fault("same-proof-for-all", *_PROOF, make=_same_proof, effect=_UNVERIFIABLE)
_fault(
    "answers-one-behind",
    *_VALID,
    make=_one_behind,
    effect="Everybody gets the credential of somebody else.",
    disputed=True,
)
_fault("always-the-first", *_VALID, make=_always_the_first, effect="Everybody gets one credential.", disputed=True)
_fault("signs-with-another-key", *_PROOF, make=lambda: _of_another_key, effect=_UNVERIFIABLE)
_fault("changes-after-signing", *_PROOF, make=spoiling(_tampered), effect=_UNVERIFIABLE)
_fault(
    "tells-the-issuer-after-signing",
    *_PROOF,
    make=spoiling(lambda made: made | {"issuer": "did:example:x"}),
    effect=_UNVERIFIABLE,
)
_fault("large-ones-are-damaged", *_PROOF, make=lambda: _only_small_ones, effect=_UNVERIFIABLE)
_fault(
    "forgets-to-sign",
    *_PROOF,
    make=lambda: lambda asked: created(completed(asked)),
    effect="Anyone could have written it.",
)
_fault(
    "signs-for-authentication",
    "OB30-R-044",
    make=lambda: (
        lambda asked: created(securing.proved(completed(asked), healthy.school(), proofPurpose="authentication"))
    ),
    effect=_UNVERIFIABLE,
)
_fault(
    "proof-is-cut-off",
    *_PROOF,
    make=spoiling(lambda made: made | {"proof": made["proof"] | {"proofValue": made["proof"]["proofValue"][:-4]}}),
    effect=_UNVERIFIABLE,
)
_fault(
    "takes-the-proofs-out-of-members",
    "CLR20-R-015",
    "CLR20-R-033",
    make=changing(_without_inner_proofs),
    effect="Nobody can verify what is in the record.",
    standards=(Standard.CLR,),
)


# Tokens and texts


def _token(**options: Any) -> Callable[[], Issue]:  # noqa: ANN401 - those of the function that makes tokens
    def issue(asked: Record) -> Said:
        return Said(status=201, content=token_of(asked, **options).encode(), media_type="application/jwt")

    return lambda: issue


def _repeated(asked: Record) -> Said:
    text = json.dumps(proved(completed(asked)))
    return Said(status=201, content=('{"name": "Another", ' + text[1:]).encode())


def _in_latin_1(asked: Record) -> Said:
    made = proved(completed(asked) | {"name": "Éclair"})
    return Said(status=201, content=json.dumps(made, ensure_ascii=False).encode("latin-1", "replace"))


_fault("token-without-signature", "OB30-R-092", "OB30-R-104", make=_token(header={"alg": "none"}), effect=_UNVERIFIABLE)
_fault("token-without-beginning", "OB30-R-097", "OB30-R-101", make=_token(without=("nbf",)), effect=_UNREADABLE)
_fault("token-of-another-subject", "OB30-R-100", make=_token(further={"sub": "did:example:other"}), effect=_UNREADABLE)
_fault("token-of-another-type", "OB30-R-096", make=_token(header={"typ": "vc+jwt"}), effect=_UNREADABLE)
_fault("member-twice", "OB30-R-065", "CLR20-R-024", make=lambda: _repeated, effect="Two readers read two names.")
_fault("latin-1", "OB30-R-066", "CLR20-R-024", make=lambda: _in_latin_1, effect="Names are spoilt.")
