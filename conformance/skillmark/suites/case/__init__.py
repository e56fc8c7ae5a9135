"""CASE 1.0 and 1.1, the provider's side: one module per clause group."""

from skillmark.suites.case import (  # noqa: F401 - importing a module declares its checks
    access,
    combining,
    discovery,
    errors,
    filtering,
    links,
    operations,
    packages,
    paging,
    paging_links,
    practice,
    selection,
    sorting,
    stability,
    structure,
    transport,
)
from skillmark.suites.case.suite import CASE

__all__ = ["SUITE"]

SUITE = CASE
