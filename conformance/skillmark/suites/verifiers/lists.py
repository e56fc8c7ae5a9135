"""Lists of statuses as the issuers of generated records publish them, right or wrong."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from skillmark.suites.verifiers.publishing import CREDENTIAL, TOKEN
from skillmark.suites.verifiers.samples import SELECTIVE, is_token, proved, signer_of, token_of, written
from skillmark_reference.securing import multibase, statuses, vc_jwt

if TYPE_CHECKING:
    from skillmark.suites.verifiers.publishing import Publisher
    from skillmark.suites.verifiers.samples import Part, Record, Sample
    from skillmark_reference.credentials.issuing import Signer

    #: One of a list, or several.
    Purposes = str | list[str]

BITSTRING, OF_1EDTECH = "BitstringStatusListEntry", "1EdTechRevocationList"
#: Context in which the terms of 1EdTech for status, refresh and schema are.
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
REVOCATION, SUSPENSION = "revocation", "suspension"
#: Places in a list; reading its octets from the other end leads from none of them to another.
HEALTHY, REVOKED = 94_600, 94_562
#: What embedded formats begin with that have the keys of a token.
_OF_KEYS = {"vc-jwt-EdDSA": "eddsa", "vc-jwt-ES256": "ecdsa"}
_BEGIN = "2025-01-01T00:00:00Z"


def entry_of(address: str, index: int, *, purpose: str = REVOCATION) -> Record:
    """Return the status of a credential that has a place in a list (Bitstring Status List 1.0, 2.1)."""
    return {
        "id": f"{address}#{index}",
        "type": BITSTRING,
        "statusPurpose": purpose,
        "statusListIndex": f"{index}",
        "statusListCredential": address,
    }


@functools.lru_cache(maxsize=64)
def encoded_list(*indexes: int, entries: int = statuses.MINIMUM_ENTRIES, inverted: bool = False) -> str:
    """Return a list in which these statuses are set, or all the others."""
    bits = bytes(entries // 8)
    for index in indexes:
        bits = statuses.with_status(bits, index, 1)
    if inverted:
        bits = bytes(each ^ 0xFF for each in bits)
    return statuses.encode_list(bits)


def cut_off(encoded: str) -> str:
    """Return a list of which the end is missing."""
    packed = multibase.decode(encoded, multibase.Base.BASE64URL)
    return multibase.encode(packed[: len(packed) * 2 // 3], multibase.Base.BASE64URL)


def list_of(address: str, encoded: str, signer: Signer, *, purpose: Purposes = REVOCATION, **members: Any) -> Record:  # noqa: ANN401 - any JSON
    """Return the credential that holds a list, which nobody has signed (Bitstring Status List 1.0, 2.2)."""
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": signer.profile["id"],
        "validFrom": _BEGIN,
        **members,
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encoded,
        },
    }


def form_of_list(sample: Sample) -> str:
    """Return the format of the list of a credential: an embedded one that is claimed and fits the key, or the same."""
    if sample.form == SELECTIVE:
        return "ecdsa-rdfc-2019"
    is_fit = sample.inner_form.partition("-")[0] == _OF_KEYS.get(sample.form)
    return sample.inner_form if is_fit else sample.form


def secured_list(document: Record, sample: Sample, signer: Signer) -> str:
    """Return a list as its issuer secures it."""
    form = form_of_list(sample)
    if not is_token(form):
        return written(proved(document, form, signer))
    header = {"kid": signer.verification_method, "typ": "JWT"}
    return token_of(header, vc_jwt.payload_of(document), signer.key, form)


def publish_list(
    place: Publisher,
    name: str,
    sample: Sample,
    *,
    encoded: str,
    by: Part | None = None,
    purpose: Purposes = REVOCATION,
    **members: Any,  # noqa: ANN401 - any JSON
) -> str:
    """Serve a list of the issuer of a sample, or of somebody else, and return its address."""
    signer = sample.issuer if by is None else signer_of(sample.form, by)
    address = place.address(f"lists/{slug(sample)}/{name}")
    document = list_of(address, encoded, signer, purpose=purpose, **members)
    return serve_list(place, name, sample, secured_list(document, sample, signer))


def serve_list(place: Publisher, name: str, sample: Sample, content: str) -> str:
    """Serve the text of a list and return its address."""
    media_type = CREDENTIAL if content.startswith("{") else TOKEN
    return place.put(f"lists/{slug(sample)}/{name}", content, media_type)


def publish_revocations(place: Publisher, name: str, sample: Sample, revoked: list[str]) -> str:
    """Serve a revocation list of 1EdTech, which nobody signs, and return its address."""
    path = f"lists/{slug(sample)}/{name}"
    listed = [{"id": each, "revoked": True, "revocationReason": "Issued by mistake."} for each in revoked]
    document = {"id": place.address(path), "issuer": sample.issuer.profile["id"], "revokedCredential": listed}
    return place.put(path, document)


def slug(sample: Sample) -> str:
    """Return the part of an address that stands for a sample."""
    return f"{sample.form}-{sample.kind.name}".lower().replace(" ", "-")
