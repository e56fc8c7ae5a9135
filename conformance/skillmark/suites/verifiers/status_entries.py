"""Lists that say more than one thing, and places that no list has (Bitstring Status List 1.0, 2.2 and 3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.suites.verifiers.defects import DEFECTS, MAIN, everywhere
from skillmark.suites.verifiers.lists import (
    BITSTRING,
    HEALTHY,
    REVOCATION,
    REVOKED,
    SUSPENSION,
    encoded_list,
    entry_of,
    publish_list,
)
from skillmark.suites.verifiers.statuses import OF_ERRORS, active, with_status

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.suites.verifiers.samples import Record, Sample

_REVOKED = "OB30-R-127"


def _entry(
    says: str, twin: Callable[[Sample], str], *, is_hole: bool = True, dispute: str = ""
) -> Callable[[Callable[[Sample], str]], Callable[[Sample], str]]:
    return DEFECTS.add(
        _REVOKED,
        says,
        where=everywhere,
        kinds=MAIN,
        is_hole=is_hole,
        dispute=dispute,
        twin=twin,
        needs=BITSTRING,
    )


def _of_several_purposes(sample: Sample, index: int) -> str:
    purposes = [SUSPENSION, REVOCATION]
    address = publish_list(sample.place, "of-several-purposes", sample, encoded=encoded_list(REVOKED), purpose=purposes)
    return with_status(sample, entry_of(address, index))


def active_for_several_purposes(sample: Sample) -> str:
    """Return the credential with a place in a list of several purposes, which does not revoke it."""
    return _of_several_purposes(sample, HEALTHY)


@_entry("a list of several purposes revokes it", active_for_several_purposes)
def revoked_for_several_purposes(sample: Sample) -> str:
    """Set its bit in a list that says more than one thing."""
    return _of_several_purposes(sample, REVOKED)


@_entry("its place is before the beginning of the list", active, is_hole=False, dispute=OF_ERRORS)
def index_before_the_list(sample: Sample) -> str:
    """Name a negative place, which some languages read from the end."""
    address = publish_list(sample.place, "backwards", sample, encoded=encoded_list(HEALTHY))
    entry: Record = entry_of(address, -5)
    return with_status(sample, entry)
