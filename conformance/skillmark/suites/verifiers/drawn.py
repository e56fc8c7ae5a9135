"""Credentials of any valid content, drawn from the tables, signed from the inside out by issuers that are known by their key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from skillmark.strategies.credentials import credentials
from skillmark.strategies.credentials_coherence import secured
from skillmark.suites.verifiers.samples import INNER_TOKEN, Part, proved, signer_of, token_of
from skillmark_reference.securing import vc_jwt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import SearchStrategy

    from skillmark.suites.verifiers.samples import Record, Sample

#: What a verifier would have to fetch.
_FETCHED = frozenset({"credentialSchema", "credentialStatus", "refreshService"})
_ENDORSEMENTS = frozenset({"endorsement", "endorsementJwt"})


def drawn(samples: Sequence[Sample]) -> SearchStrategy[tuple[Sample, Record]]:
    """Draw samples, each with a credential of its kind, in which nothing is signed yet."""
    return st.sampled_from(samples).flatmap(lambda each: st.tuples(st.just(each), _of(each)))


def _of(sample: Sample) -> SearchStrategy[Record]:
    inner = signer_of(sample.inner_form or INNER_TOKEN, Part.INNER)
    return credentials(sample.kind.claim, issuer=inner.profile["id"])


def signed_inside(credential: Record, sample: Sample) -> Record:
    """Return a drawn credential as its issuer will sign it: everything inside is signed, and nothing has to be fetched."""
    form = sample.inner_form or INNER_TOKEN
    inner = signer_of(form, Part.INNER)
    # One key signs everything inside, and it fits tokens of one algorithm.
    has_tokens = sample.inner_tokens and (not sample.inner_form or sample.inner_form.startswith("eddsa"))
    absent = _FETCHED | (frozenset() if has_tokens else {"endorsementJwt"})
    absent |= frozenset() if sample.inner_form else {"endorsement"}
    whole = secured(
        _without(credential, absent),
        sign=lambda each: proved(each, form, inner),
        token=lambda each: token_of(
            {"kid": inner.verification_method, "typ": "JWT"}, vc_jwt.payload_of(each), inner.key, INNER_TOKEN
        ),
    )
    return whole | {"issuer": _issued_by(whole["issuer"], sample)}


def _issued_by(drawn_issuer: Any, sample: Sample) -> Any:  # noqa: ANN401 - a profile or its id
    """Return the drawn issuer as that of the sample; endorsements of the one that was drawn are not of this one."""
    identifier = sample.issuer.profile["id"]
    if not isinstance(drawn_issuer, dict):
        return identifier
    kept = {name: value for name, value in drawn_issuer.items() if name not in _ENDORSEMENTS}
    return kept | {"id": identifier}


def _without(value: Any, names: frozenset[str]) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, list):
        return [_without(each, names) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: _without(each, names) for name, each in value.items() if name not in names}
