"""What can be wrong with a credential: one thing each, and the requirement by which a verifier refuses it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from skillmark.core.errors import Broken
from skillmark.suites.verifiers.samples import SELECTIVE, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from skillmark.suites.verifiers.samples import Sample
    from skillmark.suites.verifiers.scopes import Scope

#: What the rules of badges are called where an endorsement stands on its own (Open Badges 3.0, Endorsement Verification).
_OF_ENDORSEMENTS = {f"OB30-R-{number}": "OB30-R-132" for number in (121, 123, 125, 127, 128, 129)}
#: Requirements of the proof itself: they hold for whatever is signed.
_OF_PROOFS = frozenset({"OB30-R-105", "OB30-R-114", "OB30-R-123"})
_RECORDS = "The text of CLR 2.0 on this step could not be read: it is taken over from Open Badges 3.0."


def everywhere(_: Sample) -> bool:
    """Tell that a defect exists in every format."""
    return True


def in_proofs(sample: Sample) -> bool:
    """Tell whether a credential has an embedded proof."""
    return not sample.is_token


def in_whole_proofs(sample: Sample) -> bool:
    """Tell whether the embedded proof is one signature over everything."""
    return not sample.is_token and sample.form != SELECTIVE


def in_what_is_whole(sample: Sample) -> bool:
    """Tell whether nothing of it was kept back."""
    return sample.form != SELECTIVE


def over_whole_statements(sample: Sample) -> bool:
    """Tell whether the statements are signed, and nothing was kept back."""
    return over_statements(sample) and in_what_is_whole(sample)


def in_selective_proofs(sample: Sample) -> bool:
    """Tell whether it is what a holder shows of a credential."""
    return sample.form == SELECTIVE


def in_tokens(sample: Sample) -> bool:
    """Tell whether a credential is a token."""
    return sample.is_token


def over_statements(sample: Sample) -> bool:
    """Tell whether the statements of JSON-LD are signed, and not the JSON."""
    return "rdfc" in sample.form or sample.form == SELECTIVE


def in_inner_proofs(sample: Sample) -> bool:
    """Tell whether something inside has a proof of its own."""
    return bool(sample.inner_form)


def in_inner_tokens(sample: Sample) -> bool:
    """Tell whether something inside is a token."""
    return sample.inner_tokens


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """One thing that is wrong."""

    #: Area and name, for example ``embedded_proofs.tampered_value``.
    name: str
    #: What is wrong, as the end of a sentence.
    says: str
    requirement: str
    #: Returns the healthy credential with this one thing wrong.
    make: Callable[[Sample], str]
    #: Whether a sample of its kinds can have it.
    where: Callable[[Sample], bool]
    kinds: frozenset[Kind]
    #: Whether who accepts it can be deceived.
    is_hole: bool
    #: Why accepting it only warns.
    dispute: str = ""
    #: Returns the credential that is like it and healthy; that of the sample without one.
    twin: Callable[[Sample], str] | None = None
    #: Whether the twin points to nothing that has to be fetched.
    is_offline: bool = False
    #: Type of status that a product has to know for it.
    needs: str = ""
    #: What the catalogue of CLR has for it, where that is not what it says of the same step of the verification.
    of_records: str = ""
    #: Whether an answer is enough that accepts it, and says more than to its healthy twin.
    may_be_told: bool = False
    #: Kinds to which its requirement is only taken over.
    taken_over: frozenset[Kind] = frozenset()

    def healthy(self, sample: Sample) -> str:
        """Return what has to be accepted for the refusal to mean anything."""
        return self.twin(sample) if self.twin is not None else sample.healthy

    @property
    def is_published(self) -> bool:
        """Whether the product has to fetch something for it, that the harness serves."""
        return self.twin is not None and not self.is_offline

    def within(self, scope: Scope) -> Defect:
        """Return it as a plan asks about it."""
        is_of_records = scope.main is Kind.CLR
        is_taken_over = not is_of_records and self.requirement not in _OF_PROOFS
        return dataclasses.replace(
            self,
            requirement=self.of_records if is_of_records and self.of_records else self.requirement,
            kinds=frozenset({scope.main}) if self.kinds == MAIN else self.kinds,
            may_be_told=self.may_be_told or self.requirement in scope.disputes,
            taken_over=frozenset({Kind.CLR}) if is_taken_over else frozenset(),
        )

    def exists_in(self, sample: Sample) -> bool:
        """Tell whether a sample can have it."""
        return sample.kind in self.kinds and self.where(sample)

    def requirement_for(self, kind: Kind) -> str:
        """Return the requirement for a kind."""
        return (
            _OF_ENDORSEMENTS.get(self.requirement, self.requirement) if kind is Kind.ENDORSEMENT else self.requirement
        )

    def dispute_for(self, kind: Kind) -> str:
        """Return why it only warns for a kind; empty if it does not."""
        return self.dispute or (_RECORDS if kind in self.taken_over else "")

    @property
    def requirements(self) -> tuple[str, ...]:
        """The requirements that it is about."""
        return tuple(dict.fromkeys(self.requirement_for(kind) for kind in Kind if kind in self.kinds))


#: One kind is enough: that which a plan is about, in the plan of Open Badges a badge.
MAIN = frozenset({Kind.ACHIEVEMENT})
#: Kinds of which one is like the other from outside.
PLAIN = frozenset({Kind.ACHIEVEMENT, Kind.ENDORSEMENT, Kind.CLR})


class Defects:
    """All of them, by name."""

    def __init__(self) -> None:
        self.by_name: dict[str, Defect] = {}

    def add(
        self,
        requirement: str,
        says: str,
        *,
        where: Callable[[Sample], bool],
        kinds: frozenset[Kind] = PLAIN,
        is_hole: bool = False,
        dispute: str = "",
        twin: Callable[[Sample], str] | None = None,
        is_offline: bool = False,
        needs: str = "",
        of_records: str = "",
        may_be_told: bool = False,
    ) -> Callable[[Callable[[Sample], str]], Callable[[Sample], str]]:
        """Declare the function that makes it; its module and name are those of the defect.

        Raises:
            Broken: The name is taken.
        """

        def declare(make: Callable[[Sample], str]) -> Callable[[Sample], str]:
            self.put(
                Defect(
                    name=f"{make.__module__.rpartition('.')[2]}.{make.__name__}",
                    says=says,
                    requirement=requirement,
                    make=make,
                    where=where,
                    kinds=kinds,
                    is_hole=is_hole,
                    dispute=dispute,
                    twin=twin,
                    is_offline=is_offline,
                    needs=needs,
                    of_records=of_records,
                    may_be_told=may_be_told,
                )
            )
            return make

        return declare

    def put(self, defect: Defect) -> None:
        """Take up a defect, for those that are derived from a table.

        Raises:
            Broken: The name is taken.
        """
        if defect.name in self.by_name:
            raise Broken(f"the defect {defect.name} is declared twice")
        self.by_name[defect.name] = defect

    def within(self, scope: Scope) -> Iterator[Defect]:
        """Yield those that something can have about which a plan asks."""
        for defect in self.by_name.values():
            mine = defect.within(scope)
            if any(map(mine.exists_in, scope.samples)):
                yield mine


DEFECTS = Defects()
