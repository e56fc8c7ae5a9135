"""What a plan of verifiers is about: badges and what is inside of them, or records, under the requirements of its catalogue."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from skillmark.core.target import VERIFIABLE_FORMATS
from skillmark.suites.verifiers.samples import SELECTIVE, Kind, Sample, is_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skillmark.core.target import VerifierInterface

_STEPS = "CLR20-R-026"
_IDENTIFIERS = "CLR20-R-032"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The kinds and formats that a plan asks about."""

    catalogue_id: str
    #: In the order in which they are asked about; the first is asked about in every format.
    kinds: tuple[Kind, ...]
    formats: tuple[str, ...]
    #: What the catalogue says in words of its own, by the requirement of Open Badges.
    in_other_words: Mapping[str, str] = dataclasses.field(default_factory=dict)
    #: Why findings of a requirement of Open Badges warn here.
    disputes: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def main(self) -> Kind:
        """The kind that the plan is about."""
        return self.kinds[0]

    def is_met_by(self, claims: VerifierInterface) -> bool:
        """Tell whether a product claims enough to be asked: for records the kind, and a format for what is in them."""
        is_embedded = any(not is_token(each) for each in claims.formats if each in self.formats)
        return self.main is not Kind.CLR or (self.main.claim in claims.kinds and is_embedded)

    @property
    def samples(self) -> tuple[Sample, ...]:
        """Everything that a product could be asked about."""
        return tuple(Sample(kind=kind, form=form) for kind in self.kinds for form in self.formats)


OPEN_BADGES = Scope(catalogue_id="open_badges", kinds=tuple(Kind), formats=VERIFIABLE_FORMATS)
CLR = Scope(
    catalogue_id="clr",
    # Badges and their endorsements are asked about where they are: in records.
    kinds=(Kind.CLR, Kind.ENDORSEMENT),
    # What a holder has to show of a record is not said in what could be read.
    formats=tuple(each for each in VERIFIABLE_FORMATS if each != SELECTIVE),
    in_other_words={
        **{f"OB30-R-{number}": _STEPS for number in range(121, 131)},
        "OB30-R-131": "CLR20-R-029",
        **{f"OB30-R-{number}": _IDENTIFIERS for number in range(135, 139)},
    },
    disputes={
        "OB30-R-122": "The published JSON Schema wants neither id nor identifier (D-42).",
        "OB30-R-130": "Whether the recipient is checked is left to the verifier.",
    },
)
SCOPES = {scope.catalogue_id: scope for scope in (OPEN_BADGES, CLR)}
