"""The suite of CLR 2.0 issuers."""

from __future__ import annotations

from skillmark.suites.credentials.suite import suite_for

SUITE = suite_for("clr")
