"""How deep a run goes: how many cases are drawn, how many records are read."""

from __future__ import annotations

import dataclasses

from skillmark.core.errors import Misconfigured


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """One profile of effort."""

    name: str
    #: Cases that Hypothesis draws for one property.
    examples: int
    #: Records that are read singly, by operation.
    reads: int
    #: Packages that are read.
    packages: int
    #: Documents that are listed before the walk over the list ends.
    documents: int
    #: Steps of one walk of the stateful machine, and walks.
    steps: int
    walks: int
    #: Further tries at making a counterexample smaller.
    shrinks: int


DEPTHS = {
    depth.name: depth
    for depth in (
        Depth(name="smoke", examples=6, reads=6, packages=4, documents=200, steps=10, walks=1, shrinks=40),
        Depth(name="full", examples=25, reads=200, packages=40, documents=2_000, steps=30, walks=3, shrinks=120),
        Depth(
            name="thorough",
            examples=150,
            reads=5_000,
            packages=1_000,
            documents=20_000,
            steps=60,
            walks=12,
            shrinks=400,
        ),
    )
}


def find_depth(name: str) -> Depth:
    """Return a profile by its name.

    Raises:
        Misconfigured: there is no such profile.
    """
    if name not in DEPTHS:
        raise Misconfigured(f"There is no level {name!r}. Levels: {', '.join(DEPTHS)}.")
    return DEPTHS[name]
