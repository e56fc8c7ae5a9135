"""What a run has seen, for the report."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interop.cases import Case
    from interop.lists import ListCase


@dataclasses.dataclass(slots=True, kw_only=True)
class Journal:
    """Everything that went as expected; what is missing in it has failed, or was not run."""

    versions: dict[str, dict[str, str]] = dataclasses.field(default_factory=dict)
    seen: set[Case | ListCase] = dataclasses.field(default_factory=set)
