"""The pytest plugin: the checks of a plan as test items.

Every pytest run of whoever installed Skillmark imports this module, so nothing heavy is imported until a run names a target.
"""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.core.target import Target
    from skillmark.engine import Depth, RunContext
    from skillmark.plans import Plan

_SUITES = "skillmark.suites"
_NO_TARGET = "name the product: --skillmark-target target.toml (`skillmark init` writes one) or --skillmark-url BASE"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the options of a run say."""

    plan: Plan
    target: Target
    depth: Depth
    seed: int


#: Where the settings of a run that names a target are kept.
SETTINGS = pytest.StashKey[Settings]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that say which product is tested, and how."""
    group = parser.getgroup("skillmark", "conformance of a product (pytest --pyargs skillmark.suites.case)")
    group.addoption("--skillmark-target", metavar="FILE", help="target.toml of the product under test")
    group.addoption("--skillmark-url", metavar="BASE", help="base address of the product, instead of a target file")
    group.addoption("--skillmark-plan", metavar="PLAN", default="case-1.1-provider", help="plan (default: %(default)s)")
    group.addoption("--skillmark-level", metavar="LEVEL", default="full", help="smoke, full or thorough")
    group.addoption("--skillmark-seed", metavar="N", type=int, help="seed of the run")
    group.addoption("--skillmark-ca-file", metavar="FILE", help="PEM file of the authority to trust")
    group.addoption("--skillmark-lab", action="store_true", help="allow plain http on a test bench")


def pytest_configure(config: pytest.Config) -> None:
    """Announce the marker that every item carries, so that strict runs accept it, and read the settings.

    Raises:
        pytest.UsageError: the settings are wrong, or the checks are asked for and no product is named.
    """
    config.addinivalue_line("markers", "skillmark_requirements(*ids): requirements that the item decides")
    if config.getoption("skillmark_target") or config.getoption("skillmark_url"):
        config.stash[SETTINGS] = _settings(config)
    elif _are_asked_for(config):
        raise pytest.UsageError(_NO_TARGET)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Look at the settings once before anything is judged: what is wrong with them is no finding.

    Raises:
        pytest.UsageError: they do not fit the product, or it does not answer.
    """
    config = session.config
    is_worker = hasattr(config, "workerinput")
    if SETTINGS in config.stash and _are_asked_for(config) and not is_worker and not config.getoption("collectonly"):
        _refuse_if_blocked(config.stash[SETTINGS])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one item of each check of the plan, named by its area and property."""
    if "skillmark_check" not in metafunc.fixturenames:
        return
    if SETTINGS not in metafunc.config.stash:
        raise pytest.Collector.CollectError(_NO_TARGET)
    from skillmark.suites import suite_of  # noqa: PLC0415 - takes a second

    plan = metafunc.config.stash[SETTINGS].plan
    metafunc.parametrize(
        "skillmark_check",
        [
            pytest.param(check, id=check.name, marks=pytest.mark.skillmark_requirements(*check.requirements))
            for check in suite_of(plan).checks_of(plan)
        ],
    )


@pytest.fixture(scope="session")
def skillmark_context(request: pytest.FixtureRequest) -> Iterator[RunContext]:
    """Yield the run that all items of a worker share; nothing is sent yet."""
    from skillmark.core.clock import SystemClock  # noqa: PLC0415 - takes a second
    from skillmark.engine import RunContext  # noqa: PLC0415 - the same
    from skillmark.wire.client import WireClient  # noqa: PLC0415 - the same

    settings = request.config.stash[SETTINGS]
    clock = SystemClock()
    client = WireClient(settings.target, clock=clock)
    yield RunContext(
        plan=settings.plan,
        target=settings.target,
        client=client,
        clock=clock,
        seed=settings.seed,
        depth=settings.depth,
    )
    client.close()


def _are_asked_for(config: pytest.Config) -> bool:
    return any(_SUITES in argument.replace(os.sep, ".") for argument in config.args)


def _settings(config: pytest.Config) -> Settings:
    from skillmark.core.errors import Misconfigured  # noqa: PLC0415 - takes a second
    from skillmark.engine import find_depth  # noqa: PLC0415 - takes a second
    from skillmark.plans import find_plan  # noqa: PLC0415 - takes a second
    from skillmark.runs import DEFAULT_SEED  # noqa: PLC0415 - takes a second

    seed = config.getoption("skillmark_seed")
    try:
        return Settings(
            plan=find_plan(config.getoption("skillmark_plan")),
            target=_target(config),
            depth=find_depth(config.getoption("skillmark_level")),
            seed=DEFAULT_SEED if seed is None else seed,
        )
    except Misconfigured as error:
        raise pytest.UsageError(str(error)) from error


def _target(config: pytest.Config) -> Target:
    from skillmark.wire.settings.configuration import load_target, target_from_url  # noqa: PLC0415 - takes a second

    file, url = config.getoption("skillmark_target"), config.getoption("skillmark_url")
    name, lab = config.getoption("skillmark_ca_file"), config.getoption("skillmark_lab")
    ca_file = Path(name) if name else None
    if file and url:
        raise pytest.UsageError("both --skillmark-target and --skillmark-url are given; name the address in the file")
    if file:
        return load_target(Path(file), environ=os.environ, lab=lab, ca_file=ca_file)
    return target_from_url(url, lab=lab, ca_file=ca_file)


def _refuse_if_blocked(settings: Settings) -> None:
    from skillmark.core.clock import SystemClock  # noqa: PLC0415 - takes a second
    from skillmark.core.errors import Misconfigured  # noqa: PLC0415 - takes a second
    from skillmark.core.escaping import visible_line  # noqa: PLC0415 - takes a second
    from skillmark.suites.case.diagnosis import diagnose  # noqa: PLC0415 - takes a second
    from skillmark.wire.client import WireClient  # noqa: PLC0415 - takes a second
    from skillmark_reference.standards import load_standard  # noqa: PLC0415 - takes a second

    clock = SystemClock()
    try:
        client = WireClient(settings.target, clock=clock)
    except Misconfigured as error:
        raise pytest.UsageError(str(error)) from error
    try:
        found = diagnose(settings.target, load_standard(settings.plan.standard_id), client, clock)
    finally:
        client.close()
    for each in found:
        if each.is_blocking:
            raise pytest.UsageError(visible_line(f"{each.message} {each.next_step}"))
