"""A suite for a catalogue: every rule that decides a requirement of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.engine import Suite
from skillmark.suites.hosts import (
    authorizing,
    client_authorizations,
    client_calls,
    client_registrations,
    client_writing,
    discovery,
    equality,
    errors,
    importing,
    isolation,
    keeping,
    lists,
    paging,
    profiles,
    proof_keys,
    refreshing,
    registration,
    revoking,
    scopes,
    since,
    tokens,
    transport,
    upserting,
)
from skillmark.suites.hosts.evidence import Evidence
from skillmark.suites.hosts.rules import IN_OTHER_WORDS, RULES
from skillmark.suites.repeating import ask

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

    from skillmark.engine import RunContext
    from skillmark.suites.hosts.asking import Asking

#: Those about the calls of a product, of which nothing is asked.
CLIENT_AREAS = (client_registrations, client_authorizations, client_calls, client_writing)
#: Modules that declare rules, in the order in which they are asked.
AREAS = (
    discovery,
    transport,
    registration,
    authorizing,
    proof_keys,
    tokens,
    scopes,
    upserting,
    equality,
    keeping,
    lists,
    paging,
    since,
    profiles,
    errors,
    isolation,
    importing,
    refreshing,
    revoking,
    *CLIENT_AREAS,
)


def suite_for(
    catalogue_id: str, *, areas: Sequence[ModuleType] = AREAS, gather: Callable[[RunContext], Asking] = Evidence
) -> Suite:
    """Return the suite of a catalogue; what CLR repeats of Open Badges is decided by the rules of Open Badges.

    Args:
        catalogue_id: The catalogue whose requirements are decided.
        areas: Modules whose rules are asked, in their order.
        gather: Prepares what the rules ask.
    """
    suite = Suite(catalogue_id=catalogue_id, gather=gather)
    order = [area.__name__.rpartition(".")[2] for area in areas]
    places = {rule: order.index(area) for rule in RULES if (area := rule.name.partition(".")[0]) in order}
    for rule in sorted(places, key=places.__getitem__):
        ask(suite, rule, IN_OTHER_WORDS)
    return suite
