"""The checks, one folder per standard."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skillmark.engine import Suite
    from skillmark.plans import Plan


def suite_of(plan: Plan) -> Suite:
    """Return the suite whose checks decide a plan; each is loaded when it is first asked for."""
    module = importlib.import_module(f"skillmark.suites.{plan.suite}")
    suite: Suite = module.SUITE
    return suite
