"""A plan is a role in one version of a standard: the requirements it decides."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from skillmark.catalogue import Catalogue, Role, load_catalogue
from skillmark.core.errors import Misconfigured
from skillmark_reference.standards import Standard, load_standard

if TYPE_CHECKING:
    from skillmark.catalogue import Requirement


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is asked of a product."""

    #: For example ``case-1.1-provider``.
    id: str
    title: str
    standard_id: str
    catalogue_id: str
    role: Role
    #: Requirements about the transport, which a lab run takes out of the verdict.
    transport: frozenset[str]

    @property
    def standard(self) -> Standard:
        """The standard's table."""
        return load_standard(self.standard_id)

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue that the requirements come from."""
        return load_catalogue(self.catalogue_id)

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """The requirements of the plan, in the order of the catalogue."""
        return self.catalogue.of(version=self.standard.version, role=self.role)


_TRANSPORT = frozenset({"CASE-R-165", "CASE-R-166", "CASE-R-167"})

PLANS = {
    plan.id: plan
    for plan in (
        Plan(
            id=f"case-{version}-provider",
            title=f"CASE {version} provider",
            standard_id=f"case-{version}",
            catalogue_id="case",
            role=Role.PROVIDER,
            transport=_TRANSPORT,
        )
        for version in ("1.0", "1.1")
    )
}


def find_plan(identifier: str) -> Plan:
    """Return a plan by its id.

    Raises:
        Misconfigured: there is no such plan; the message lists those that exist.
    """
    if identifier not in PLANS:
        raise Misconfigured(f"There is no plan {identifier!r}. Plans: {', '.join(PLANS)}.")
    return PLANS[identifier]
