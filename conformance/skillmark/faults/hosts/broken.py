"""All hosts that are broken, by name."""

from __future__ import annotations

from skillmark.core.errors import Broken
from skillmark.faults.hosts import (
    authorization,
    description,
    errors,
    isolation,
    listing,
    paging,
    profiles,
    refreshing,
    registration,
    scopes,
    tokens,
    upserting,
)

_ALL = (
    *description.FAULTS,
    *registration.FAULTS,
    *authorization.FAULTS,
    *tokens.FAULTS,
    *refreshing.FAULTS,
    *scopes.FAULTS,
    *listing.FAULTS,
    *paging.FAULTS,
    *upserting.FAULTS,
    *profiles.FAULTS,
    *errors.FAULTS,
    *isolation.FAULTS,
)
BROKEN = {each.name: each for each in _ALL}
if len(BROKEN) < len(_ALL):
    raise Broken("two broken hosts have the same name")
