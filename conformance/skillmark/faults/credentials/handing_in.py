"""What an issuer hands in, named faults in it, and the run of a plan on it."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from skillmark.core.clock import SystemClock
from skillmark.core.errors import Broken
from skillmark.core.target import Product, Submissions, Target
from skillmark.plans import find_plan
from skillmark.runs import RunOptions, certify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from skillmark.core.results import RunResult
    from skillmark.engine import Depth

#: What the requirements of badges come to in a record, where CLR has requirements of its own in their place.
_IN_RECORDS = {
    "OB30-R-031": ("CLR20-R-014", "CLR20-R-064"),
    "OB30-R-032": ("CLR20-R-007",),
    "OB30-R-062": ("CLR20-R-009",),
    "OB30-R-063": ("CLR20-R-008",),
}
#: Under what a plan files what breaks the recommendations of W3C alone.
_VALIDITY = frozenset({"OB30-R-224", "CLR20-R-033"})
#: As of when everything is judged.
NOW = datetime.datetime(2026, 6, 15, 12, tzinfo=datetime.UTC)
PRODUCT = Product(name="Skillmark reference issuer", version="self-check", vendor="Skillmark", contact="none")


class Standard(enum.Enum):
    """The standards that issuers are judged by, as the ids of their plans."""

    OPEN_BADGES = "ob-3.0-issuer"
    CLR = "clr-2.0-issuer"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """Files by name, and the documents that they refer to by address."""

    files: Mapping[str, bytes]
    documents: Mapping[str, bytes] = dataclasses.field(default_factory=dict)
    #: Addresses of credentials among the documents, which are handed in beside the files.
    addresses: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class IssuerFault:
    """One way to issue badly, one change away from right."""

    name: str
    #: The check is right if it accuses of at least one of these, or of one that repeats it.
    requirements: tuple[str, ...]
    #: What whoever gets the credential would suffer.
    effect: str
    make: Callable[[Standard], HandedIn]
    standards: tuple[Standard, ...] = tuple(Standard)
    #: Whether the documents leave room for it, so that a warning is all that it deserves.
    disputed: bool = False

    def expected(self, standard: Standard) -> tuple[str, ...]:
        """Return the requirements under one plan: its own, and those that repeat them."""
        return expected_of(self.requirements, standard)


def expected_of(requirements: tuple[str, ...], standard: Standard) -> tuple[str, ...]:
    """Return requirements as one plan has them: they themselves, those that repeat them, those in their place."""
    wanted = set(requirements)
    wanted |= {each for name in requirements for each in _IN_RECORDS.get(name, ())}
    wanted |= _VALIDITY if any(not each.startswith(("OB30-", "CLR20-")) for each in requirements) else set()
    entries = find_plan(standard.value).requirements
    return tuple(entry.id for entry in entries if {entry.id, entry.repeats} & wanted)


class IssuerFaults:
    """All faults of issuers by name."""

    def __init__(self) -> None:
        self._faults: dict[str, IssuerFault] = {}

    def __iter__(self) -> Iterator[IssuerFault]:
        return iter(self._faults.values())

    def __len__(self) -> int:
        return len(self._faults)

    def add(self, fault: IssuerFault) -> None:
        """Add a fault.

        Raises:
            Broken: The name is taken.
        """
        if fault.name in self._faults:
            raise Broken(f"two faults of issuers are called {fault.name}")
        self._faults[fault.name] = fault

    def find(self, name: str) -> IssuerFault:
        """Return a fault.

        Raises:
            KeyError: There is none of that name.
        """
        return self._faults[name]

    def declare(
        self,
        *requirements: str,
        effect: str,
        standards: tuple[Standard, ...] = tuple(Standard),
        disputed: bool = False,
    ) -> Callable[[Callable[[Standard], HandedIn]], Callable[[Standard], HandedIn]]:
        """Declare what makes a fault; its name is that of the function."""

        def declared(function: Callable[[Standard], HandedIn]) -> Callable[[Standard], HandedIn]:
            name = function.__name__.replace("_", "-")
            self.add(
                IssuerFault(
                    name=name,
                    requirements=requirements,
                    effect=effect,
                    make=function,
                    standards=standards,
                    disputed=disputed,
                )
            )
            return function

        return declared


ISSUER_FAULTS = IssuerFaults()


def judged(standard: Standard, handed_in: HandedIn, depth: Depth) -> RunResult:
    """Run the plan on what was handed in, from a folder that is there as long as the run.

    Raises:
        Misconfigured: Nothing was handed in that the plan is about.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for each, content in handed_in.files.items():
            (folder / each).write_bytes(content)
        sources = handed_in.addresses if handed_in.addresses and not handed_in.files else (name, *handed_in.addresses)
        given = Submissions(sources=sources, at=NOW, offline=True, documents=handed_in.documents)
        target = Target(product=PRODUCT, submissions=given)
        return certify(find_plan(standard.value), target, options=RunOptions(depth=depth), clock=SystemClock())
