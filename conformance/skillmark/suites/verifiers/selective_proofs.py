"""Selective disclosure gone wrong: what the holder shows is not what the issuer signed (ECDSA Cryptosuites 1.0, 3.4 to 3.6)."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from skillmark.suites.verifiers.defects import DEFECTS, MAIN, in_selective_proofs
from skillmark.suites.verifiers.samples import proved, written
from skillmark_reference.securing.integrity.selective_values import read_derived, write_derived

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.suites.verifiers.samples import Record, Sample
    from skillmark_reference.securing.integrity.selective_values import DerivedValue

_ALGORITHM = "OB30-R-114"


def _selective(says: str, *, is_hole: bool = True) -> Callable[[Callable[[Sample], str]], Callable[[Sample], str]]:
    return DEFECTS.add(_ALGORITHM, says, where=in_selective_proofs, kinds=MAIN, is_hole=is_hole)


@_selective("its proof is the base proof, from which only the holder derives", is_hole=False)
def base_proof(sample: Sample) -> str:
    """Show what the issuer gave to the holder."""
    return written(proved(sample.draft(), sample.form, sample.issuer, is_base=True))


@_selective("a value that the holder chose to show was changed")
def tampered_disclosed_value(sample: Sample) -> str:
    """Change when the achievement ended."""
    document = sample.signed()
    document["credentialSubject"]["activityEndDate"] = "2024-12-24T00:00:00Z"
    return written(document)


@_selective("a value that the holder keeps back was put in with another content")
def invented_value(sample: Sample) -> str:
    """Show a licence that the issuer did not give."""
    document = sample.signed()
    document["credentialSubject"]["licenseNumber"] = "L-999"
    return written(document)


@_selective("something that the issuer made mandatory is left out")
def withheld_mandatory_value(sample: Sample) -> str:
    """Keep back what it is called, which the issuer made mandatory."""
    document = sample.signed()
    del document["name"]
    return written(document)


@_selective("the signatures of its statements are in another order")
def signatures_in_another_order(sample: Sample) -> str:
    """Turn the signatures of the statements around; with one of them, take it for none."""
    return _with_value(sample, lambda value: {"signatures": value.signatures[::-1] if _are_many(value) else ()})


def _are_many(value: DerivedValue) -> bool:
    return len(value.signatures) > 1


@_selective("no statement of it is said to be mandatory")
def without_mandatory_statements(sample: Sample) -> str:
    """Say that the issuer made nothing mandatory."""
    return _with_value(sample, lambda _: {"mandatory_indexes": ()})


@_selective("the signature of the issuer is nothing but zeros")
def signature_of_zeros(sample: Sample) -> str:
    """Have a signature of the right length that says nothing, and good ones of the statements."""
    return _with_value(sample, lambda value: {"signature": bytes(len(value.signature))})


@_selective("the statements are signed by a key that the issuer did not vouch for")
def key_of_another_proof(sample: Sample) -> str:
    """Take key and signatures of the statements from another proof of the issuer."""
    other = _value_of(proved(sample.draft() | {"name": "Another one"}, sample.form, sample.issuer))
    return _with_value(sample, lambda _: {"public_key": other.public_key, "signatures": other.signatures})


def _value_of(document: Record) -> DerivedValue:
    return read_derived(document["proof"]["proofValue"])


def _with_value(sample: Sample, change: Callable[[DerivedValue], dict[str, object]]) -> str:
    """Return the credential with other parts in its proof value."""
    document = sample.signed()
    value = _value_of(document)
    changed: DerivedValue = dataclasses.replace(value, **change(value))  # type: ignore[arg-type] # parts by name
    document["proof"] = {**document["proof"], "proofValue": write_derived(changed)}
    return written(document)
