"""The pytest plugin: the checks of a plan as test items.

Every pytest run of whoever installed Skillmark imports this module, so nothing heavy is imported until a run names a target.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that say which product is tested, and how."""
    group = parser.getgroup("skillmark", "conformance of a product (pytest --pyargs skillmark.suites.case)")
    group.addoption("--skillmark-target", metavar="FILE", help="target.toml of the product under test")
    group.addoption("--skillmark-url", metavar="URL", help="base address of the product, instead of a target file")
    group.addoption("--skillmark-plan", metavar="PLAN", default="case-1.1-provider", help="plan (default: %(default)s)")
    group.addoption("--skillmark-level", metavar="LEVEL", default="full", help="smoke, full or thorough")
    group.addoption("--skillmark-seed", metavar="N", type=int, help="seed of the run")


def pytest_configure(config: pytest.Config) -> None:
    """Announce the marker that every item carries, so that strict runs accept it."""
    config.addinivalue_line("markers", "skillmark_requirements(*ids): requirements that the item decides")
