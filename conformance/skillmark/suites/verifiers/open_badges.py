"""The suite of verifiers of Open Badges 3.0, who are asked about records of CLR 2.0 as well."""

from __future__ import annotations

from skillmark.suites.verifiers.scopes import OPEN_BADGES
from skillmark.suites.verifiers.suite import suite_for

SUITE = suite_for(OPEN_BADGES)
