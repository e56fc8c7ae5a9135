"""Which requirement of a catalogue is about what: the certification guides of Open Badges 3.0 and CLR 2.0 ask for the same."""

from __future__ import annotations

import dataclasses

from skillmark.suites.verifiers.samples import Kind


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Duties:
    """The requirements of displayers in one catalogue, by what they are about."""

    catalogue_id: str
    kind: Kind
    #: Valid, expired, revoked: of data model 2.0, and of 1.1.
    states: str
    old_states: str
    expired: str
    revoked: str
    proofs: str
    #: Suites from before the Recommendations.
    older_suites: str
    #: Which data model a token is of.
    models: str
    #: What is shown: of data model 2.0, and of 1.1 where it has a requirement of its own.
    shown: str
    old_shown: str
    #: What a person states of the product as a whole.
    statements: tuple[str, ...]


OPEN_BADGES = Duties(
    catalogue_id="open_badges",
    kind=Kind.ACHIEVEMENT,
    states="OB30-R-229",
    old_states="OB30-R-231",
    expired="OB30-R-233",
    revoked="OB30-R-233",
    proofs="OB30-R-234",
    older_suites="OB30-R-235",
    models="OB30-R-256",
    shown="OB30-R-229",
    old_shown="OB30-R-231",
    statements=("OB30-R-230", "OB30-R-232", "OB30-R-255"),
)
CLR = Duties(
    catalogue_id="clr",
    kind=Kind.CLR,
    states="CLR20-R-036",
    old_states="CLR20-R-040",
    expired="CLR20-R-038",
    revoked="CLR20-R-039",
    proofs="CLR20-R-040",
    older_suites="CLR20-R-226",
    models="CLR20-R-040",
    shown="CLR20-R-037",
    old_shown="",
    statements=("CLR20-R-036", "CLR20-R-233"),
)
