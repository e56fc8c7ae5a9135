"""A suite for a catalogue: every rule that decides a requirement of it."""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING

from skillmark.core.findings import Finding
from skillmark.engine import Suite
from skillmark.suites.hosts import (
    authorizing,
    client_authorizations,
    client_calls,
    client_registrations,
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
from skillmark.suites.hosts.rules import RULES, own_ids

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from skillmark.engine import Observation
    from skillmark.suites.hosts.rules import Rule

#: Modules that declare rules, in the order in which they are asked.
_AREAS = (
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
    client_registrations,
    client_authorizations,
    client_calls,
)
_ORDER = [area.__name__.rpartition(".")[2] for area in _AREAS]


def suite_for(catalogue_id: str) -> Suite:
    """Return the suite of a catalogue; what CLR repeats of Open Badges is decided by the rules of Open Badges."""
    suite = Suite(catalogue_id=catalogue_id, gather=Evidence)
    for rule in sorted(RULES, key=lambda rule: _ORDER.index(rule.name.partition(".")[0])):
        own = {each: own_ids(suite.catalogue, each) for each in rule.requirements}
        mine = tuple(dict.fromkeys(identifier for each in own.values() for identifier in each))
        if mine:
            function = functools.partial(_observations, rule=rule, own=own)
            suite.add(rule.name, mine, function, title=rule.title)
    return suite


def _observations(evidence: Evidence, *, rule: Rule, own: Mapping[str, tuple[str, ...]]) -> Iterator[Observation]:
    """Yield what a rule observes, under the requirements of the catalogue."""
    for observation in rule.function(evidence):
        if isinstance(observation, Finding):
            for identifier in own.get(observation.requirement, (observation.requirement,)):
                yield dataclasses.replace(observation, requirement=identifier)
        else:
            yield observation
