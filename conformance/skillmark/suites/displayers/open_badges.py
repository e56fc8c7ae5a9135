"""Displayers of Open Badges 3.0."""

from skillmark.suites.displayers.duties import OPEN_BADGES
from skillmark.suites.displayers.suite import suite_for

SUITE = suite_for(OPEN_BADGES)
