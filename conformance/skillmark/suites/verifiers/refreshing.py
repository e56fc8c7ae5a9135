"""Newer copies of a credential: when they are fetched, and what counts then (Open Badges 3.0, Verification, step 3)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from skillmark.suites.verifiers.defects import DEFECTS, MAIN, everywhere, in_proofs, in_tokens
from skillmark.suites.verifiers.lists import (
    BITSTRING,
    EXTENSIONS,
    REVOKED,
    encoded_list,
    entry_of,
    publish_list,
    slug,
)
from skillmark.suites.verifiers.publishing import CREDENTIAL, TOKEN
from skillmark.suites.verifiers.samples import encoded, written
from skillmark_reference.securing import multibase

if TYPE_CHECKING:
    from skillmark.suites.verifiers.samples import Record, Sample

ORDER, NEWER, ONCE = "OB30-R-124", "OB30-R-125", "OB30-R-126"
_LATER = "2025-02-01T00:00:00Z"
_OVER = "2025-06-01T00:00:00Z"
#: A token that is over may be refused before anybody looks for a newer copy, and a newer one that is over may be taken for none.
OF_EXP = (
    "Open Badges 3.0 has exp among the claims that are looked at with the signature of a token (Verify a Credential VC-JWT "
    "Signature), and the signature comes before the refresh."
)


def _address(sample: Sample, name: str) -> str:
    return sample.place.address(f"newer/{slug(sample)}/{name}")


def _refreshed(sample: Sample, at: str, **members: object) -> str:
    """Return the credential with a service that has a newer copy."""
    return sample.secured(_with_service(sample, at, **members))


def _with_service(sample: Sample, at: str, **members: object) -> Record:
    draft = sample.draft() | {"refreshService": {"id": at, "type": "1EdTechCredentialRefresh"}}
    return draft | {"@context": [*draft["@context"], EXTENSIONS]} | members


def _publish(sample: Sample, name: str, content: str) -> str:
    media_type = CREDENTIAL if content.startswith("{") else TOKEN
    return sample.place.put(f"newer/{slug(sample)}/{name}", content, media_type)


def _newer(sample: Sample, **members: object) -> Record:
    return sample.draft() | {"validFrom": _LATER, **members}


def with_newer(sample: Sample) -> str:
    """Return the credential with a newer copy that is valid."""
    return _refreshed(sample, _publish(sample, "usual", sample.secured(_newer(sample))))


def without_newer(sample: Sample) -> str:
    """Return the credential with a service that has no copy."""
    return _refreshed(sample, sample.place.put(f"newer/{slug(sample)}/missing", {}, status=404))


def only_newer(sample: Sample) -> str:
    """Return a credential that is over, with a newer copy that is not."""
    address = _publish(sample, "prolonged", sample.secured(_newer(sample)))
    return _refreshed(sample, address, validUntil=_OVER)


def unreadable_newer(sample: Sample) -> str:
    """Return the credential with a service whose answer is no credential."""
    return _refreshed(sample, _publish(sample, "cut-off", '{"@context": ['))


def forged_newer(sample: Sample) -> str:
    """Return the credential with a newer copy that was changed after signing."""
    return _refreshed(sample, _publish(sample, "tampered", _renamed(sample, _newer(sample))))


def chain(sample: Sample) -> tuple[str, str]:
    """Return the credential with a newer copy that has one of its own, which is over, and the address of that one."""
    last = _publish(sample, "last", sample.secured(_newer(sample, validFrom="2025-03-01T00:00:00Z", validUntil=_OVER)))
    middle = _publish(sample, "middle", _refreshed(sample, last, validFrom=_LATER))
    return _refreshed(sample, middle), last


def tampered(sample: Sample) -> tuple[str, str]:
    """Return the credential changed after signing, with a newer copy that is valid, and the address of that one."""
    address = _publish(sample, "of-a-tampered-one", sample.secured(_newer(sample)))
    return _renamed(sample, _with_service(sample, address)), address


def _renamed(sample: Sample, draft: Record) -> str:
    """Return a draft as its issuer secures it, changed after signing."""
    signed, name = sample.secured(draft), "The better badge"
    if not sample.is_token:
        return written(json.loads(signed) | {"name": name})
    header, payload, signature = signed.split(".")
    claims = json.loads(multibase.decode_base64url(payload))
    return f"{header}.{encoded(claims | {'name': name})}.{signature}"


@DEFECTS.add(NEWER, "the newer copy, which takes its place, is over", where=in_proofs, kinds=MAIN, twin=with_newer)
def newer_is_over(sample: Sample) -> str:
    """Serve a newer copy that has ended."""
    return _refreshed(sample, _publish(sample, "over", sample.secured(_newer(sample, validUntil=_OVER))))


@DEFECTS.add(
    NEWER,
    "the newer copy, a token, which takes its place, is over",
    where=in_tokens,
    kinds=MAIN,
    dispute=OF_EXP,
    twin=with_newer,
)
def newer_token_is_over(sample: Sample) -> str:
    """Serve a newer token that has ended."""
    return newer_is_over(sample)


@DEFECTS.add(
    NEWER,
    "it is over, and the newer copy, which is not, was changed after signing",
    where=everywhere,
    kinds=MAIN,
    is_hole=True,
    twin=only_newer,
)
def newer_is_tampered(sample: Sample) -> str:
    """Serve a newer copy that somebody else made of the old one."""
    return _refreshed(sample, _publish(sample, "forged", _renamed(sample, _newer(sample))), validUntil=_OVER)


@DEFECTS.add(
    NEWER,
    "the newer copy, which takes its place, is revoked",
    where=everywhere,
    kinds=MAIN,
    is_hole=True,
    twin=with_newer,
    needs=BITSTRING,
)
def newer_is_revoked(sample: Sample) -> str:
    """Serve a newer copy that its issuer revoked."""
    listed = publish_list(sample.place, "of-newer-ones", sample, encoded=encoded_list(REVOKED))
    copy = sample.secured(_newer(sample, credentialStatus=entry_of(listed, REVOKED)))
    return _refreshed(sample, _publish(sample, "revoked", copy))


@DEFECTS.add(
    ORDER,
    "it was changed after signing, and a newer copy that is valid is at hand",
    where=everywhere,
    kinds=MAIN,
    is_hole=True,
    twin=with_newer,
)
def tampered_with_a_newer_copy(sample: Sample) -> str:
    """Change the name after signing."""
    return tampered(sample)[0]
