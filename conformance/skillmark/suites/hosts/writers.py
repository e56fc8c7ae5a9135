"""The suite of clients that write to hosts: nothing is asked of the product, which calls the host that the harness plays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.suites.hosts.asking import Asking
from skillmark.suites.hosts.client_writing import documents_of
from skillmark.suites.hosts.suite import CLIENT_AREAS, suite_for

if TYPE_CHECKING:
    from skillmark.engine import RunContext


def gathered(context: RunContext) -> Asking:
    """Return what a run begins with.

    Raises:
        Misconfigured: The settings name an origin that is none.
    """
    evidence = Asking(context)
    documents_of(evidence)
    return evidence


SUITE = suite_for("open_badges", areas=CLIENT_AREAS, gather=gathered)
