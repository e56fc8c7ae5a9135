"""Credentials that their issuer took back, or of which nobody can tell it (Open Badges 3.0, Verification, step 4)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from skillmark.suites.verifiers.defects import DEFECTS, MAIN, PLAIN, everywhere
from skillmark.suites.verifiers.lists import (
    BITSTRING,
    EXTENSIONS,
    HEALTHY,
    OF_1EDTECH,
    REVOKED,
    SUSPENSION,
    cut_off,
    encoded_list,
    entry_of,
    list_of,
    publish_list,
    publish_revocations,
    secured_list,
    serve_list,
    slug,
)
from skillmark.suites.verifiers.samples import Kind, Part, encoded, written
from skillmark_reference.securing.statuses import MINIMUM_ENTRIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.suites.verifiers.samples import Record, Sample

_REVOKED = "OB30-R-127"
_OF_PURPOSE = (
    "Open Badges 3.0 speaks of the purpose revocation only; what a suspension means is left to who relies on it."
)
OF_ERRORS = (
    "The status is an error by Bitstring Status List 1.0, 3.2; Open Badges 3.0 does not say whether a credential whose status "
    "cannot be told may be accepted."
)
_OF_COPIES = "How long a copy of a list may be kept is not settled; this one says Cache-Control: no-store."
#: Neither is a format prescribed.
OF_LISTS = "Bitstring Status List 1.0 leaves open how a list is secured; this one is a token."
#: Who has never seen a type of status cannot be told to accept it.
OF_TYPES = "A verifier may not know this type of status; name those that it knows as statuses under [verifier]."


def with_status(sample: Sample, entry: Record, **members: Any) -> str:  # noqa: ANN401 - any JSON
    """Return the credential with a status, signed by its issuer."""
    return sample.secured(sample.draft() | {"credentialStatus": entry, **members})


def active(sample: Sample) -> str:
    """Return the credential with a place in a list, in which another one is revoked and it is not."""
    return with_status(sample, entry_of(_usual(sample), HEALTHY))


def among_revoked(sample: Sample) -> str:
    """Return the credential with a place in a list, in which all but it are revoked."""
    address = publish_list(sample.place, "all-but-one", sample, encoded=encoded_list(HEALTHY, inverted=True))
    return with_status(sample, entry_of(address, HEALTHY))


def not_named(sample: Sample) -> str:
    """Return the credential with a revocation list that names another one."""
    return _with_revocations(sample, "another", "urn:uuid:7a1f6a52-5c0e-4f0b-8a44-1d7b9b0c0001")


def _usual(sample: Sample) -> str:
    return publish_list(sample.place, "usual", sample, encoded=encoded_list(REVOKED))


def _with_revocations(sample: Sample, name: str, revoked: str) -> str:
    address = publish_revocations(sample.place, name, sample, [revoked])
    contexts = [*sample.draft()["@context"], EXTENSIONS]
    return with_status(sample, {"id": address, "type": OF_1EDTECH}, **{"@context": contexts})


def _bitstring(
    says: str, *, is_hole: bool = False, dispute: str = "", kinds: frozenset[Kind] = MAIN
) -> Callable[[Callable[[Sample], str]], Callable[[Sample], str]]:
    return DEFECTS.add(
        _REVOKED,
        says,
        where=everywhere,
        kinds=kinds,
        is_hole=is_hole,
        dispute=dispute,
        twin=active,
        needs=BITSTRING,
    )


@_bitstring("its issuer revoked it in a Bitstring Status List", is_hole=True, kinds=PLAIN)
def revoked(sample: Sample) -> str:
    """Give it the place of one that is revoked."""
    return with_status(sample, entry_of(_usual(sample), REVOKED))


@_bitstring("its issuer suspended it", dispute=_OF_PURPOSE)
def suspended(sample: Sample) -> str:
    """Set its bit in a list of suspensions."""
    address = publish_list(sample.place, "suspended", sample, encoded=encoded_list(REVOKED), purpose=SUSPENSION)
    return with_status(sample, entry_of(address, REVOKED, purpose=SUSPENSION))


@_bitstring("its status is about revocation, and the list about suspension", dispute=OF_ERRORS)
def other_purpose(sample: Sample) -> str:
    """Point to a list of another purpose, in which its bit is set."""
    address = publish_list(sample.place, "other-purpose", sample, encoded=encoded_list(REVOKED), purpose=SUSPENSION)
    return with_status(sample, entry_of(address, REVOKED))


@_bitstring("its place is beyond the end of the list", dispute=OF_ERRORS)
def index_beyond_the_list(sample: Sample) -> str:
    """Name a place that the list does not have."""
    return with_status(sample, entry_of(_usual(sample), MINIMUM_ENTRIES + 5))


@_bitstring("the list is shorter than any list may be", dispute=OF_ERRORS)
def short_list(sample: Sample) -> str:
    """Point to a list of 1,024 places."""
    address = publish_list(sample.place, "short", sample, encoded=encoded_list(17, entries=1_024))
    return with_status(sample, entry_of(address, 5))


@_bitstring("the list is over", dispute=OF_ERRORS)
def expired_list(sample: Sample) -> str:
    """Point to a list that has ended."""
    address = publish_list(
        sample.place, "expired", sample, encoded=encoded_list(REVOKED), validUntil="2025-06-01T00:00:00Z"
    )
    return with_status(sample, entry_of(address, HEALTHY))


@_bitstring("the list is by somebody else than its issuer", dispute=OF_ERRORS, is_hole=True)
def list_of_somebody_else(sample: Sample) -> str:
    """Point to a list that a stranger signed."""
    address = publish_list(sample.place, "foreign", sample, encoded=encoded_list(REVOKED), by=Part.STRANGER)
    return with_status(sample, entry_of(address, HEALTHY))


@_bitstring("it is revoked, and the list that hides it is signed by nobody", is_hole=True)
def unsigned_list(sample: Sample) -> str:
    """Serve a list without a proof."""
    address = sample.place.address(f"lists/{slug(sample)}/unsigned")
    serve_list(sample.place, "unsigned", sample, written(list_of(address, encoded_list(HEALTHY), sample.issuer)))
    return with_status(sample, entry_of(address, REVOKED))


@_bitstring("it is revoked, and the list was changed after signing to hide it", is_hole=True)
def tampered_list(sample: Sample) -> str:
    """Take its bit out of the list after signing."""
    address = sample.place.address(f"lists/{slug(sample)}/tampered")
    signed = secured_list(list_of(address, encoded_list(REVOKED), sample.issuer), sample, sample.issuer)
    other = list_of(address, encoded_list(HEALTHY), sample.issuer)
    serve_list(sample.place, "tampered", sample, _with_content_of(other, signed))
    return with_status(sample, entry_of(address, REVOKED))


def _with_content_of(other: Record, signed: str) -> str:
    """Return the other document under the signature of the signed one."""
    if signed.startswith("{"):
        return written(other | {"proof": json.loads(signed)["proof"]})
    header, _, signature = signed.split(".")
    return f"{header}.{encoded(other)}.{signature}"


@_bitstring("it is revoked, and the list is cut off before its place", dispute=OF_ERRORS, is_hole=True)
def truncated_list(sample: Sample) -> str:
    """Serve a list whose end is missing."""
    whole = encoded_list(HEALTHY, MINIMUM_ENTRIES - 3)
    address = publish_list(sample.place, "cut-off", sample, encoded=cut_off(whole))
    return with_status(sample, entry_of(address, MINIMUM_ENTRIES - 3))


@_bitstring("there is no list where it should be", dispute=OF_ERRORS)
def unreachable_list(sample: Sample) -> str:
    """Point to a list that is not there."""
    name = f"lists/{slug(sample)}/missing"
    sample.place.put(name, {}, status=404)
    return with_status(sample, entry_of(sample.place.address(name), HEALTHY))


def before_the_list_changed(sample: Sample) -> str:
    """Return a credential in a list that revokes nothing yet."""
    address = publish_list(sample.place, "changing", sample, encoded=encoded_list(HEALTHY))
    return with_status(sample, entry_of(address, REVOKED), name="The badge before")


@DEFECTS.add(
    _REVOKED,
    "it was revoked after the list had been read for another credential",
    where=everywhere,
    kinds=MAIN,
    is_hole=True,
    dispute=_OF_COPIES,
    twin=before_the_list_changed,
    needs=BITSTRING,
)
def revoked_meanwhile(sample: Sample) -> str:
    """Revoke it in the list that the product has read a moment ago."""
    address = publish_list(sample.place, "changing", sample, encoded=encoded_list(REVOKED))
    return with_status(sample, entry_of(address, REVOKED), name="The badge after")


@DEFECTS.add(
    _REVOKED,
    "its issuer revoked it in a revocation list of 1EdTech",
    where=everywhere,
    kinds=MAIN,
    is_hole=True,
    twin=not_named,
    needs=OF_1EDTECH,
)
def named_in_a_revocation_list(sample: Sample) -> str:
    """Name it in the list."""
    return _with_revocations(sample, "this-one", sample.draft()["id"])
