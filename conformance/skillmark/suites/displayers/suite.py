"""The suites of displayers: the same checks for both catalogues, under the requirements of each."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from skillmark.engine import Suite
from skillmark.suites.displayers import proofs, shown, states, statuses
from skillmark.suites.displayers.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from skillmark.engine import Observation, RunContext
    from skillmark.suites.displayers.duties import Duties


def suite_for(duties: Duties) -> Suite:
    """Return the suite of a catalogue."""

    def gather(context: RunContext) -> Evidence:
        return Evidence(context, duties)

    suite = Suite(catalogue_id=duties.catalogue_id, gather=gather)
    checks: tuple[tuple[Callable[[Evidence], Iterator[Observation]], str], ...] = (
        (states.of_model_2, duties.states),
        (states.of_model_1, duties.old_states),
        (statuses.ends_at_the_moment, duties.expired),
        (statuses.list_decides, duties.revoked),
        (proofs.suites_of_the_guide, duties.proofs),
        (proofs.older_suites, duties.older_suites),
        (proofs.model_of_tokens, duties.models),
        (shown.of_model_2, duties.shown),
        (shown.of_model_1, duties.old_shown),
    )
    for function, requirement in checks:
        if requirement:
            name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
            suite.add(name, (requirement,), function)
    for requirement in duties.statements:
        function = functools.partial(shown.stated, requirement=requirement)
        title = f"A person states: {suite.catalogue.requirements[requirement].says}"
        suite.add(f"stated.{requirement}", (requirement,), function, title=title)
    return suite
