"""A plan is a role in one version of a standard: the requirements it decides."""

from __future__ import annotations

import dataclasses
import enum
from typing import TYPE_CHECKING

from skillmark.catalogue import Catalogue, Role, load_catalogue
from skillmark.core.errors import Misconfigured
from skillmark_reference.standards import load_standard, standard_ids
from skillmark_reference.vocabularies import load_vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skillmark.catalogue import Requirement
    from skillmark_reference.standards import Standard
    from skillmark_reference.vocabularies import Vocabulary


class Asks(enum.Enum):
    """What a plan has to be given of a product."""

    #: Its base address.
    ADDRESS = "an address"
    #: Credentials that it made.
    CREDENTIALS = "credentials"
    #: A way to ask it whether it accepts a credential.
    ANSWERS = "answers"
    #: Its base address, and accounts at it.
    ACCOUNTS = "an address and accounts"
    #: Calls that it makes, of a host that the harness plays.
    CALLS = "calls that it makes"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """The requirements of a certification that are about a run as a whole."""

    #: All required features pass.
    every_requirement: str
    #: The applicant's statement about itself, which the target file holds; empty where there is none.
    applicant: str = ""
    #: The claimed features are declared, and pass; empty where nothing is claimed.
    every_claim: str = ""

    @property
    def checks(self) -> Mapping[str, str]:
        """Names under which the run as a whole decides them, as checks decide the others."""
        every_claim = {self.every_claim: "run.claimed_features_are_declared_and_pass"} if self.every_claim else {}
        return {self.every_requirement: "run.required_features_pass"} | every_claim


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is asked of a product."""

    #: For example ``case-1.1-provider``.
    id: str
    title: str
    standard_id: str
    catalogue_id: str
    #: Whom its requirements bind.
    roles: tuple[Role, ...]
    #: Package of the checks below `skillmark.suites`.
    suite: str
    asks: Asks
    #: Requirements about the transport, which a lab run takes out of the verdict.
    transport: frozenset[str] = frozenset()
    closing: Closing | None = None
    #: Roles of the certification guide that it covers: what the guide asks of others is not asked. All of them without any.
    certified_as: tuple[str, ...] = ()

    @property
    def table(self) -> Standard | Vocabulary:
        """The standard's table."""
        known = self.standard_id in standard_ids()
        return load_standard(self.standard_id) if known else load_vocabulary(self.standard_id)

    @property
    def version(self) -> str:
        """The version of the standard."""
        return self.table.version

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue that the requirements come from."""
        return load_catalogue(self.catalogue_id)

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """The requirements of the plan, in the order of the catalogue."""
        return tuple(
            entry for entry in self.catalogue.of(version=self.version, roles=self.roles) if self._covers(entry.cert)
        )

    def _covers(self, cert: str) -> bool:
        return not cert or not self.certified_as or cert.partition(":")[0] in self.certified_as


_TRANSPORT = frozenset({"CASE-R-165", "CASE-R-166", "CASE-R-167"})
#: Certification Guide, 1.6.1 and 1.6.2.
_CLOSING = Closing(applicant="CASE-R-202", every_requirement="CASE-R-200", every_claim="CASE-R-201")

_CASE = tuple(
    Plan(
        id=f"case-{version}-provider",
        title=f"CASE {version} provider",
        standard_id=f"case-{version}",
        catalogue_id="case",
        roles=(Role.PROVIDER,),
        suite="case",
        asks=Asks.ADDRESS,
        transport=_TRANSPORT,
        closing=_CLOSING,
    )
    for version in ("1.0", "1.1")
)
_ISSUERS = tuple(
    Plan(
        id=f"{standard}-issuer",
        title=f"{name} issuer",
        standard_id=standard,
        catalogue_id=catalogue,
        roles=(Role.ISSUER,),
        suite=f"credentials.{catalogue}",
        asks=Asks.CREDENTIALS,
    )
    for standard, name, catalogue in (
        ("ob-3.0", "Open Badges 3.0", "open_badges"),
        ("clr-2.0", "CLR 2.0", "clr"),
    )
)

#: Certification Guide, Host: a host reads from others, and is read and written.
_HOST_ROLES = (
    "host",
    "service consumer (read)",
    "service provider (read)",
    "service provider (write)",
    "service provider",
)

_VERIFIERS = tuple(
    Plan(
        id=identifier,
        title=title,
        standard_id=standard,
        catalogue_id=catalogue,
        roles=(Role.VERIFIER,),
        suite=f"verifiers.{catalogue}",
        asks=Asks.ANSWERS,
    )
    for identifier, title, standard, catalogue in (
        ("vc-verifier", "Verifier of Open Badges 3.0 and CLR 2.0", "ob-3.0", "open_badges"),
        ("clr-2.0-verifier", "CLR 2.0 verifier", "clr-2.0", "clr"),
    )
)

_HOSTS = tuple(
    Plan(
        id=f"{standard}-host",
        title=f"{name} host",
        standard_id=standard,
        catalogue_id=catalogue,
        roles=(Role.HOST, Role.SERVICE, Role.CONSUMER),
        suite=f"hosts.{catalogue}",
        asks=Asks.ACCOUNTS,
        transport=transport,
        closing=closing,
        certified_as=_HOST_ROLES,
    )
    for standard, name, catalogue, transport, closing in (
        (
            "ob-3.0",
            "Open Badges 3.0",
            "open_badges",
            frozenset({"OB30-R-150"}),
            Closing(every_requirement="OB30-R-237"),
        ),
        # What CLR says of it stands in one entry with importing and exporting, which tests decide.
        ("clr-2.0", "CLR 2.0", "clr", frozenset({"CLR20-R-157"}), None),
    )
)

#: What the catalogue of CLR says of writing binds issuers, and repeats nothing of this role of the guide.
_CLIENT = Plan(
    id="ob-3.0-client",
    title="Open Badges 3.0 client that writes to hosts",
    standard_id="ob-3.0",
    catalogue_id="open_badges",
    roles=(Role.CONSUMER,),
    suite="hosts.writers",
    asks=Asks.CALLS,
    certified_as=("service consumer (write)",),
)

_DISPLAYERS = tuple(
    Plan(
        id=f"{standard}-displayer",
        title=f"{name} displayer",
        standard_id=standard,
        catalogue_id=catalogue,
        roles=(Role.DISPLAYER,),
        suite=f"displayers.{catalogue}",
        asks=Asks.ANSWERS,
    )
    for standard, name, catalogue in (
        ("ob-3.0", "Open Badges 3.0", "open_badges"),
        ("clr-2.0", "CLR 2.0", "clr"),
    )
)

PLANS = {plan.id: plan for plan in (*_CASE, *_ISSUERS, *_HOSTS, _CLIENT, *_DISPLAYERS, *_VERIFIERS)}


def find_plan(identifier: str) -> Plan:
    """Return a plan by its id.

    Raises:
        Misconfigured: there is no such plan; the message lists those that exist.
    """
    if identifier not in PLANS:
        raise Misconfigured(f"There is no plan {identifier!r}. Plans: {', '.join(PLANS)}.")
    return PLANS[identifier]
