"""The suite of verifiers of CLR 2.0."""

from __future__ import annotations

from skillmark.suites.verifiers.scopes import CLR
from skillmark.suites.verifiers.suite import suite_for

SUITE = suite_for(CLR)
