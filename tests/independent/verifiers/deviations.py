"""Broken verifiers: each departs from the documents in one way, and names the requirements that should be accused.

What no document forbids is among the variants instead: proofs from the future, the first of several statuses, loose bits of
base64url, endorsements that are over. Whether dates with offsets are compared as texts shows within a day of now only, and
requests do not depend on the clock; years of five digits show it at any time.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, TypeVar

from skillmark.core.target import VERIFIABLE_KINDS

from .verifier import Verifier

if TYPE_CHECKING:
    from collections.abc import Callable

Maker = TypeVar("Maker", bound=type[Verifier])

EDDSA, ECDSA = "eddsa-rdfc-2022", "ecdsa-rdfc-2019"
RS256, ES256, TOKEN = "vc-jwt-RS256", "vc-jwt-ES256", "vc-jwt-EdDSA"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """One broken verifier and what should be said of it."""

    name: str
    make: Callable[..., Verifier]
    #: At least one of them is accused.
    accused: frozenset[str]
    #: What may be accused besides, since one defect breaks several requirements.
    also: frozenset[str]
    #: Whether a warning is all that the clause allows.
    warns: bool
    #: What it claims, which are the formats that it is asked in.
    formats: tuple[str, ...]
    kinds: tuple[str, ...]


DEVIATIONS: dict[str, Deviation] = {}


def deviates(
    *accused: int,
    also: tuple[int, ...] = (),
    warns: bool = False,
    formats: tuple[str, ...] = (EDDSA,),
    kinds: tuple[str, ...] = ("AchievementCredential",),
) -> Callable[[Maker], Maker]:
    """Declare a broken verifier by the numbers of the Open Badges requirements that it breaks."""

    def declare(make: Maker) -> Maker:
        DEVIATIONS[make.__name__] = Deviation(
            name=make.__name__,
            make=make,
            accused=frozenset(f"OB30-R-{number:03}" for number in accused),
            also=frozenset(f"OB30-R-{number:03}" for number in also),
            warns=warns,
            formats=formats,
            kinds=kinds,
        )
        return make

    return declare


#: Everything that can be asked about.
EVERY_KIND = tuple(VERIFIABLE_KINDS)
