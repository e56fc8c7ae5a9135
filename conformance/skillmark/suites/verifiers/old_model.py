"""Credentials of data model 1.1, which verifiers of Open Badges 3.0 still meet (Open Badges 3.0, VC 1.1 notes).

In a token the credential is in the claim ``vc``, and ``issuanceDate`` and ``expirationDate`` take the place of ``validFrom`` and
``validUntil``.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from skillmark.core.errors import NotApplicable, Untested
from skillmark.core.findings import Held
from skillmark.suites.verifiers.comparing import Comparison
from skillmark.suites.verifiers.samples import (
    MEMBERS,
    SELECTIVE,
    Part,
    badge,
    is_token,
    proved,
    signer_of,
    token_of,
    written,
)
from skillmark.wire.asking.verifiers import Verdict
from skillmark_reference.securing import vc_jwt
from skillmark_reference.securing.integrity.contexts import CREDENTIALS_V1

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from skillmark.engine import Observation
    from skillmark.suites.verifiers.evidence import Evidence
    from skillmark.suites.verifiers.samples import Record, Sample
    from skillmark_reference.credentials.issuing import Signer

TOKENS, PERIODS = "OB30-R-111", "OB30-R-133"
#: Contexts that were made for data model 1.1; those of its proofs are not in the one of W3C.
_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json"
_RECORDS = "https://purl.imsglobal.org/spec/clr/v2p0/context.json"
_PROOFS = "https://w3id.org/security/data-integrity/v2"
_DATES = {"validFrom": "issuanceDate", "validUntil": "expirationDate"}
_PAST, _FUTURE = "2025-06-01T00:00:00Z", "2098-01-01T00:00:00Z"
_OPTIONAL = "The texts say how credentials of data model 1.1 are verified, and not that everybody who verifies has to read them."
_HOLE = "this is a security hole"


def older(draft: Mapping[str, Any], form: str) -> Record:
    """Return a draft of data model 2.0 as one of 1.1, which says the same; its order of members is kept."""
    contexts = [_RECORDS, _BADGES] if "ClrCredential" in draft["type"] else [_BADGES]
    extensions = [each for each in draft["@context"][1:] if each.endswith("/extensions.json")]
    proofs = [] if is_token(form) else [_PROOFS]
    renamed = {_DATES.get(name, name): copy.deepcopy(value) for name, value in draft.items()}
    return renamed | {"@context": [CREDENTIALS_V1, *contexts, *extensions, *proofs]}


def older_whole(draft: Mapping[str, Any], form: str, inner_form: str) -> Record:
    """Return a draft as one of data model 1.1; what is in a record is older too, since contexts of both cannot be mixed."""
    whole = older(draft, form)
    subject = whole["credentialSubject"]
    if "verifiableCredential" in subject:
        inner = signer_of(inner_form, Part.INNER)
        members = (older(badge(inner.profile, each), inner_form) for each in MEMBERS)
        subject["verifiableCredential"] = [proved(each, inner_form, inner) for each in members]
    return whole


def secured(draft: Mapping[str, Any], form: str, signer: Signer | None = None) -> str:
    """Return a draft of either data model as its issuer secures it.

    Raises:
        ProofGenerationRefused: It cannot be signed without losing data.
        MalformedCredential: A claim of a token cannot be filled.
    """
    who = signer or signer_of(form)
    if is_token(form):
        return token_of(_header(who), vc_jwt.payload_of(draft), who.key, form)
    return written(proved(draft, form, who))


def beside_the_claims(draft: Mapping[str, Any], form: str) -> str:
    """Return a token of data model 1.1 with the members of the credential beside its claims, as only 2.0 has them."""
    claims = vc_jwt.payload_of(draft)
    who = signer_of(form)
    return token_of(_header(who), {**claims.pop("vc"), **claims}, who.key, form)


def in_the_claim(draft: Mapping[str, Any], form: str) -> str:
    """Return a token of data model 2.0 with the credential in the claim ``vc``, as only 1.1 has it."""
    claims = {name: value for name, value in vc_jwt.payload_of(draft).items() if name not in draft}
    who = signer_of(form)
    return token_of(_header(who), {**claims, "vc": dict(draft)}, who.key, form)


def _header(signer: Signer) -> Record:
    return {"kid": signer.verification_method, "typ": "JWT"}


# Checks


def tokens_of_both_models(evidence: Evidence) -> Iterator[Observation]:
    """In tokens of data model 1.1 the credential is in the claim vc, in those of 2.0 it is not, and a contradiction is refused.

    Raises:
        NotApplicable: No token is claimed.
        Untested: No healthy token is accepted.
        CannotTell: The product did not answer.
    """
    comparison = Comparison(evidence, TOKENS)
    for sample in _tokens(evidence):
        new, old = sample.draft(), _older(sample)
        token = secured(old, sample.form)
        yield from comparison.refuses(
            in_the_claim(new, sample.form),
            f"a token whose claim vc holds a credential of data model 2.0 ({sample.name})",
            healthy=sample.healthy,
        )
        yield from comparison.accepts(token, f"a token of data model 1.1 ({sample.name})", dispute=_OPTIONAL)
        if comparison.is_accepted(token):
            yield from comparison.refuses(
                beside_the_claims(old, sample.form),
                f"a credential of data model 1.1 beside the claims, and not in vc, ({sample.name})",
                healthy=token,
            )
    comparison.end()


def periods(evidence: Evidence) -> Iterator[Observation]:
    """Credentials of data model 1.1 begin with issuanceDate and end with expirationDate.

    Raises:
        NotApplicable: No credential of a fitting kind is claimed.
        Untested: No healthy credential of data model 1.1 is accepted.
        CannotTell: The product did not answer.
    """
    mine = [each for each in evidence.samples if _is_fit(evidence, each)]
    if not mine:
        raise NotApplicable(f"The product claims no {evidence.scope.main.value} in a format that data model 1.1 has.")
    comparison = Comparison(evidence, PERIODS)
    for sample in mine:
        old = _older(sample)
        healthy = secured(old, sample.form)
        if comparison.is_accepted(healthy):
            yield Held(evidence=(evidence.answer(healthy).exchange,))
        expired = secured(old | {"expirationDate": _PAST}, sample.form)
        yield from comparison.refuses(
            expired, f"a credential whose expirationDate is over ({sample.name})", healthy=healthy, remark=_HOLE
        )
        endless = {name: value for name, value in old.items() if name != "expirationDate"}
        early = secured(endless | {"issuanceDate": _FUTURE}, sample.form)
        yield from comparison.refuses(
            early, f"a credential whose issuanceDate lies in the future ({sample.name})", healthy=healthy
        )
    comparison.end()


def _older(sample: Sample) -> Record:
    return older_whole(sample.draft(), sample.form, sample.inner_form)


def _is_fit(evidence: Evidence, sample: Sample) -> bool:
    return sample.kind is evidence.scope.main and sample.form != SELECTIVE


def _tokens(evidence: Evidence) -> list[Sample]:
    mine = [each for each in evidence.samples if _is_fit(evidence, each) and each.is_token]
    if not mine:
        raise NotApplicable(f"The product claims no {evidence.scope.main.value} as a token.")
    found = [each for each in mine if evidence.healthy(each).verdict is Verdict.ACCEPTED]
    if not found:
        raise Untested(f"No healthy one was accepted. {mine[0].name}: {evidence.healthy(mine[0]).says}.")
    return found
