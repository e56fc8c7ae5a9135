"""Keys that are another issuer's, on a platform that issuers share (Open Badges 3.0 Implementation Guide, Key provenance)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.suites.verifiers.defects import DEFECTS, MAIN, in_tokens
from skillmark.suites.verifiers.published_keys import KEY_SETS, by_key_set, platform_of, with_key_set

if TYPE_CHECKING:
    from skillmark.suites.verifiers.samples import Sample


@DEFECTS.add(
    KEY_SETS,
    "the key set has the key as that of another issuer",
    where=in_tokens,
    kinds=MAIN,
    is_hole=True,
    twin=by_key_set,
)
def key_of_another_issuer(sample: Sample) -> str:
    """List the key with the id of another issuer on the platform."""
    return with_key_set(sample, "key-sets/of-another.json", listed="key-1", iss=f"{platform_of(sample)}-2")
