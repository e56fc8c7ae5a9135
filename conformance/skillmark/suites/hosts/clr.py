"""The suite of CLR 2.0 hosts."""

from __future__ import annotations

from skillmark.suites.hosts.suite import suite_for

SUITE = suite_for("clr")
