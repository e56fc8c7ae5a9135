"""Broken providers are caught for the requirement that they break, and for no other one."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import pytest

from . import (  # noqa: F401 - declare the deviations
    deviations_of_answers,
    deviations_of_links,
    deviations_of_lists,
    deviations_of_records,
)
from .deviations import DEVIATIONS, Deviation
from .judging import judged
from .products import PRODUCTS
from .provider import Provider

if TYPE_CHECKING:
    from .results import Judged

_CASES = [(deviation, version) for deviation in DEVIATIONS.values() for version in deviation.versions]


@functools.cache
def _healthy(deviation: Deviation, version: str) -> Judged:
    """Return what is said of the provider without the defect."""
    shelf = deviation.shelf() if deviation.shelf else None
    return judged(Provider(version, deviation.switches, shelf), claims=deviation.claims)


def test_there_are_enough_of_them() -> None:
    """The list of deviations is long, and each says what is wrong with it."""
    assert 100 <= len(DEVIATIONS)
    assert [] == [name for name, each in DEVIATIONS.items() if not (each.make.__doc__ or "").strip()]


@pytest.mark.parametrize(("deviation", "version"), _CASES, ids=lambda each: getattr(each, "name", each))
def test_a_deviation_is_caught(deviation: Deviation, version: str) -> None:
    """A provider that was accused of nothing is accused, once it deviates, of what it breaks and of nothing else."""
    healthy = _healthy(deviation, version)
    assert set() == healthy.failed, healthy.told()
    broken = judged(deviation.provider(version), claims=deviation.claims)
    failed, warned = broken.failed, broken.warned - healthy.warned
    assert [] == broken.defects
    assert deviation.accused & (failed | warned if deviation.warns else failed), broken.told()
    assert set() == failed - deviation.accused - deviation.also, broken.told()


#: By product: what has to fail, what may fail besides as a consequence, and what has to be warned of.
_ACCUSED: dict[str, tuple[set[str], set[str], set[str]]] = {
    "OpenSALT-like": (
        {"CASE-R-024", "CASE-R-026", "CASE-R-031", "CASE-R-003"},
        {"CASE-R-062"},
        {"CASE-R-063", "CASE-R-064", "CASE-R-066", "CASE-R-121", "CASE-R-123", "CASE-R-140", "CASE-R-155"},
    ),
    "OpenCASE-like": (
        {
            "CASE-R-002", "CASE-R-003", "CASE-R-004", "CASE-R-005", "CASE-R-012", "CASE-R-014", "CASE-R-016", "CASE-R-030",
            "CASE-R-031", "CASE-R-032", "CASE-R-042", "CASE-R-045", "CASE-R-057", "CASE-R-058", "CASE-R-060", "CASE-R-121",
            "CASE-R-122", "CASE-R-142", "CASE-R-143", "CASE-R-156", "CASE11-R-001",
        },
        {"CASE-R-141"},
        {"CASE-R-073", "CASE-R-132", "CASE-R-148", "CASE-R-159", "CASE11-R-012"},
    ),
    "CASE-bootcamp-like": (
        {"CASE-R-001", "CASE-R-026", "CASE-R-042", "CASE-R-062", "CASE-R-121", "CASE-R-160", "CASE11-R-010"},
        {"CASE-R-050", "CASE-R-051", "CASE-R-052", "CASE-R-053", "CASE-R-054", "CASE-R-057", "CASE-R-084", "CASE-R-093",
         "CASE-R-094", "CASE-R-098"},
        {"CASE-R-063", "CASE-R-148"},
    ),
    "compeito-like": (
        {
            "CASE-R-002", "CASE-R-003", "CASE-R-005", "CASE-R-006", "CASE-R-008", "CASE-R-017", "CASE-R-030", "CASE-R-031",
            "CASE-R-032", "CASE-R-035", "CASE-R-052", "CASE-R-053", "CASE-R-055", "CASE-R-059",
        },
        {"CASE-R-039", "CASE-R-051", "CASE11-R-001"},
        {"CASE-R-036", "CASE-R-063", "CASE-R-126", "CASE-R-132", "CASE-R-159", "CASE11-R-020"},
    ),
    "CASS-like": (
        {
            "CASE-R-005", "CASE-R-006", "CASE-R-008", "CASE-R-010", "CASE-R-026", "CASE-R-030", "CASE-R-031", "CASE-R-035",
            "CASE-R-055", "CASE-R-056", "CASE-R-057", "CASE-R-059", "CASE-R-080", "CASE-R-084", "CASE-R-085",
        },
        {"CASE-R-032", "CASE-R-039", "CASE-R-062", "CASE-R-098"},
        {"CASE-R-036", "CASE-R-086"},
    ),
    "CASE-Network-like": ({"CASE-R-038", "CASE-R-080", "CASE-R-097"}, {"CASE-R-023", "CASE-R-024", "CASE-R-087"}, {"CASE-R-195"}),
    "tolerated oddities": (
        {"CASE-R-001", "CASE-R-005", "CASE-R-007", "CASE-R-015", "CASE-R-032", "CASE-R-040", "CASE-R-047", "CASE11-R-013"},
        {"CASE-R-002", "CASE-R-003", "CASE-R-006", "CASE-R-008", "CASE-R-141", "CASE-R-142", "CASE-R-143"},
        set(),
    ),
}  # fmt: skip


@pytest.fixture(params=list(PRODUCTS), scope="module")
def product(request: pytest.FixtureRequest) -> tuple[str, Judged]:
    """Run the plan against one imitation."""
    return request.param, judged(PRODUCTS[request.param]())


def test_a_product_is_accused_of_what_it_does(product: tuple[str, Judged]) -> None:
    """The imitation of a product fails for its known deviations, and for nothing else."""
    name, result = product
    failed, consequences, warned = _ACCUSED[name]
    assert [] == result.defects
    assert set() == failed - result.failed, result.told()
    assert set() == result.failed - failed - consequences, result.told()
    assert set() == warned - result.warned, result.told()
