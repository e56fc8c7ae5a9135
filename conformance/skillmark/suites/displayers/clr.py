"""Displayers of CLR 2.0."""

from skillmark.suites.displayers.duties import CLR
from skillmark.suites.displayers.suite import suite_for

SUITE = suite_for(CLR)
