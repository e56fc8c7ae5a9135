"""What a run has seen, for the report."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interop.cases import Case
    from interop.lists import ListCase
    from interop.plans import VerifierCase


@dataclasses.dataclass(slots=True, kw_only=True)
class Journal:
    """Everything that went as expected; what is missing in it has failed, or was not run."""

    versions: dict[str, dict[str, str]] = dataclasses.field(default_factory=dict)
    seen: set[Case | ListCase] = dataclasses.field(default_factory=set)
    #: The verdict of the plan of issuers on what a library issued.
    judged: dict[Case, str] = dataclasses.field(default_factory=dict)
    #: The checks of the plan of verifiers that a library fails.
    accused: dict[VerifierCase, list[str]] = dataclasses.field(default_factory=dict)
