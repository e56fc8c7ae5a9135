"""Unsigned credentials for a product to issue: from as little as the tables demand to everything that they know.

What is inside, endorsements and members of records, is signed by an issuer of the harness. Nothing has to be fetched.
"""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity

from skillmark.strategies.credentials import credentials
from skillmark.strategies.credentials_coherence import secured
from skillmark.suites.auditors import RECIPIENT
from skillmark.suites.verifiers.samples import INNER_TOKEN, Part, proved, signer_of, token_of
from skillmark_reference.credentials.steps.recipients import identity_hash
from skillmark_reference.securing import vc_jwt

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hypothesis.strategies import SearchStrategy

    Record = dict[str, Any]

_FORM = "eddsa-rdfc-2022"
#: What somebody would have to serve: a list, a newer credential.
_SERVED = frozenset({"credentialStatus", "refreshService"})
_ENDORSEMENTS = frozenset({"endorsement", "endorsementJwt"})
_BASE = "https://example.org/"
_SALT = "not-a-secret"
_BADGE = "AchievementCredential"
#: Members of which there may be several, with the text by which two entries differ; without one they are texts themselves.
_SEVERAL = {"alignment": "targetName", "otherIdentifier": "identifier", "evidence": "name", "tag": ""}
#: Of so many drawn ones one is sent, at least: what the drawn members say may make no sense together.
_SPARE = 3


def drawn(kinds: Sequence[str], *, count: int, seed: int) -> Iterator[Iterator[Record]]:
    """Yield for each kind the credentials that may be sent: a small one, one with everything, the smallest, others.

    There are more than are wanted. The same seed draws the same.

    Args:
        kinds: Names of the strategies' credentials.
        count: How many are wanted of each kind.
        seed: Of the run.
    """
    for kind in kinds:
        begin = [*_examples(credentials(kind, full=False), 1, seed), *_examples(credentials(kind, full=True), 2, seed)]
        rest = _examples(credentials(kind), count * _SPARE, seed)
        first = _for_the_suite(begin[0]) if kind == _BADGE else begin[0]
        found = [first, begin[-1], begin[0], *rest]
        distinct = {json.dumps(each): each for each in found}
        yield _all_ready(list(distinct.values()), f"{kind}-{seed}")


def _all_ready(found: list[Record], tag: str) -> Iterator[Record]:
    """Yield credentials as they are sent, the one with everything and every other one with several entries in its arrays."""
    for number, each in enumerate(found, start=1):
        yield _ready(each if number % 2 else _doubled(each), f"{tag}-{number}")


def _examples(strategy: SearchStrategy[Record], count: int, seed: int) -> list[Record]:
    settings = hypothesis.settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    found: list[Record] = []
    hypothesis.seed(seed)(settings(hypothesis.given(strategy)(lambda each: found.append(each))))()  # noqa: PLW0108 - methods are refused
    return found


def _for_the_suite(badge: Record) -> Record:
    """Return a badge for whom certification wants one issued to (Certification Guide, Issuer test 1)."""
    made = copy.deepcopy(badge)
    made["credentialSubject"]["identifier"] = [
        {"type": "IdentityObject", "identityType": "emailAddress", **_hashed(RECIPIENT)}
    ]
    return made


def _hashed(identity: str) -> Record:
    return {"hashed": True, "identityHash": identity_hash(identity, _SALT), "salt": _SALT}


def _considerate(value: Record) -> Record:
    """Return an object of a credential without what the standards advise against (Data Models; Privacy)."""
    if value.get("type") == "IdentityObject" and not value.get("hashed"):
        return value | _hashed(str(value["identityHash"]))
    if "achievement" in value and "image" in value:
        # An image of the subject is a baked one, which only the issuer can make.
        return {name: each for name, each in value.items() if name != "image"}
    if value.get("criteria") == {}:
        return value | {"criteria": {"narrative": "Weld three seams."}}
    return value


def _doubled(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return a drawn value with two entries where the strategies draw one."""
    if isinstance(value, list):
        return [_doubled(each) for each in value]
    if not isinstance(value, dict):
        return value
    made = {name: _doubled(each) for name, each in value.items()}
    for name, text in _SEVERAL.items():
        if isinstance(made.get(name), list) and made[name]:
            first = made[name][0]
            other = {member: each for member, each in first.items() if member != "id"} if text else None
            made[name] = [*made[name], "second" if other is None else other | {text: "Second"}]
    return made


def _ready(credential: Record, tag: str) -> Record:
    """Return a drawn credential with addresses of its own, and everything inside of it signed."""
    inner = signer_of(_FORM, Part.INNER)
    profile = inner.profile["id"]

    def own(value: Any) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(value, list):
            return [own(each) for each in value]
        if isinstance(value, dict):
            return {name: own(each) for name, each in _considerate(value).items() if name not in _SERVED}
        if value == f"{_BASE}issuer":
            return profile
        return value.replace(_BASE, f"{_BASE}{tag}/") if isinstance(value, str) else value

    return secured(
        own(credential),
        sign=lambda each: proved(each, _FORM, inner),
        token=lambda each: token_of(
            {"kid": inner.verification_method, "typ": "JWT"}, vc_jwt.payload_of(own(each)), inner.key, INNER_TOKEN
        ),
    )


def issued_by(credential: Mapping[str, Any], issuer: str | Mapping[str, object]) -> Record:
    """Return a credential of an issuer: of its id, of its Profile, or without one where it fills that in itself."""
    rest = {name: value for name, value in credential.items() if name != "issuer"}
    if not issuer:
        return rest
    said = credential.get("issuer")
    if isinstance(issuer, str) and isinstance(said, dict):
        # Endorsements of the one that was drawn are not of this one.
        return {**rest, "issuer": {n: v for n, v in said.items() if n not in _ENDORSEMENTS} | {"id": issuer}}
    return {**rest, "issuer": issuer if isinstance(issuer, str) else dict(issuer)}


def signed_by_the_harness(credential: Mapping[str, Any]) -> Record:
    """Return a credential as a product should issue it.

    Raises:
        ProofGenerationRefused: It cannot be signed without losing data.
    """
    signer = signer_of(_FORM)
    return proved(issued_by(credential, signer.profile["id"]), _FORM, signer)
