"""Broken hosts are caught for the requirement that they break, and for no other one.

A run of the whole plan takes its time. So each broken host is judged by the checks that decide what it breaks, and a few of them,
one of each kind, by all.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import pytest

from .hosts import (  # noqa: F401 - declare the deviations
    deviations_of_answers,
    deviations_of_authorization,
    deviations_of_lists,
    deviations_of_records,
    deviations_of_tokens,
)
from .hosts.deviations import DEVIATIONS, Deviation
from .hosts.host import Host
from .hosts.judging import judged

if TYPE_CHECKING:
    from .results import Judged

#: Judged by the whole plan.
WHOLE = ("TotalOfThePage", "FormatsDates", "CodeMinorInCapitals", "VerifiersUnchecked", "ComparesRawTexts")


@functools.cache
def _healthy() -> Judged:
    """Return what is said of the host without a defect."""
    return judged(Host())


def _is_caught(deviation: Deviation, broken: Judged) -> None:
    failed, warned = broken.failed, broken.warned - _healthy().warned
    assert [] == broken.defects
    assert deviation.accused & (failed | warned if deviation.warns else failed), broken.told()
    assert set() == failed - deviation.accused - deviation.also, broken.told()


def test_there_are_enough_of_them() -> None:
    """The list of deviations is long, and each says what is wrong with it."""
    assert 150 <= len(DEVIATIONS)
    assert [] == [name for name, each in DEVIATIONS.items() if not (each.make.__doc__ or "").strip()]


def test_the_healthy_host_is_spared() -> None:
    """The host that they all are made of is accused of nothing."""
    assert set() == _healthy().failed, _healthy().told()


@pytest.mark.parametrize("deviation", DEVIATIONS.values(), ids=lambda each: each.name)
def test_a_deviation_is_caught(deviation: Deviation) -> None:
    """A host that deviates is accused of what it breaks."""
    _is_caught(deviation, judged(deviation.host(), deciding=deviation.accused))


@pytest.mark.parametrize("name", WHOLE)
def test_a_deviation_is_accused_of_nothing_else(name: str) -> None:
    """By the whole plan it is accused of what it breaks, and of nothing else."""
    _is_caught(DEVIATIONS[name], judged(DEVIATIONS[name].host()))
