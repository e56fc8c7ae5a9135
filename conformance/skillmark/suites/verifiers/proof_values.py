"""Signatures that are good, and written in another way than the cryptosuite has it (EdDSA and ECDSA Cryptosuites 1.0, 3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from skillmark.suites.verifiers.defects import DEFECTS, MAIN, in_tokens, in_whole_proofs
from skillmark.suites.verifiers.samples import written
from skillmark_reference.securing import multibase

if TYPE_CHECKING:
    from skillmark.suites.verifiers.samples import Sample

_PROOF, _TOKEN = "OB30-R-114", "OB30-R-105"


def in_proofs_of_curves(sample: Sample) -> bool:
    """Tell whether the signature of the embedded proof is a pair of numbers."""
    return in_whole_proofs(sample) and sample.form.startswith("ecdsa")


def in_tokens_of_curves(sample: Sample) -> bool:
    """Tell whether the signature of the token is a pair of numbers."""
    return in_tokens(sample) and sample.form.endswith("ES256")


def _with_value(sample: Sample, value: str) -> str:
    document = sample.signed()
    return written(document | {"proof": {**document["proof"], "proofValue": value}})


def _signature(sample: Sample) -> bytes:
    return multibase.decode_base58(sample.signed()["proof"]["proofValue"][1:])


def _der(signature: bytes) -> bytes:
    half = len(signature) // 2
    return encode_dss_signature(*(int.from_bytes(each, "big") for each in (signature[:half], signature[half:])))


@DEFECTS.add(_PROOF, "something stands behind the signature in proofValue", where=in_whole_proofs, kinds=MAIN)
def trailing_octets(sample: Sample) -> str:
    """Write more octets than a signature has."""
    return _with_value(sample, multibase.encode(_signature(sample) + b"\0\1", multibase.Base.BASE58BTC))


@DEFECTS.add(_PROOF, "proofValue is written in base64url, and not in base58btc", where=in_whole_proofs, kinds=MAIN)
def signature_in_base64url(sample: Sample) -> str:
    """Write the signature in the other base of multibase."""
    return _with_value(sample, multibase.encode(_signature(sample), multibase.Base.BASE64URL))


@DEFECTS.add(
    _PROOF, "the signature is a structure of ASN.1, and not its two numbers", where=in_proofs_of_curves, kinds=MAIN
)
def signature_in_der(sample: Sample) -> str:
    """Write the signature as other protocols do."""
    return _with_value(sample, multibase.encode(_der(_signature(sample)), multibase.Base.BASE58BTC))


@DEFECTS.add(
    _TOKEN, "the signature is a structure of ASN.1, and not its two numbers", where=in_tokens_of_curves, kinds=MAIN
)
def token_signature_in_der(sample: Sample) -> str:
    """Write the signature of a token as other protocols do (RFC 7518, 3.4)."""
    signed, _, signature = sample.healthy.rpartition(".")
    return f"{signed}.{multibase.encode_base64url(_der(multibase.decode_base64url(signature)))}"
