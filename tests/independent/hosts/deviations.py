"""Broken hosts: each departs from the standard in one way, and names the requirements that should be accused."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, TypeVar

from .host import Host
from .switches import Switches

if TYPE_CHECKING:
    from collections.abc import Callable

Maker = TypeVar("Maker", bound=type[Host])


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """One broken host and what should be said of it."""

    name: str
    make: Callable[..., Host]
    #: At least one of them is accused.
    accused: frozenset[str]
    #: What may be accused besides, since one defect breaks several requirements.
    also: frozenset[str]
    #: Whether a warning is all that the clause allows.
    warns: bool
    switches: dict[str, Any]

    def host(self) -> Host:
        """Return the broken host."""
        return self.make(Switches(**self.switches))


DEVIATIONS: dict[str, Deviation] = {}


def deviates(
    *accused: int,
    also: tuple[int, ...] = (),
    warns: bool = False,
    **switches: Any,  # noqa: ANN401 - values of any switch
) -> Callable[[Maker], Maker]:
    """Declare a broken host by the numbers of the Open Badges requirements that it breaks."""

    def declare(make: Maker) -> Maker:
        DEVIATIONS[make.__name__] = Deviation(
            name=make.__name__,
            make=make,
            accused=frozenset(f"OB30-R-{number:03}" for number in accused),
            also=frozenset(f"OB30-R-{number:03}" for number in also),
            warns=warns,
            switches=switches,
        )
        return make

    return declare
