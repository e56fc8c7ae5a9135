"""Broken verifiers are caught for the requirement that they break, and for no other one.

Each is judged by the checks that decide what it breaks, in the formats in which it breaks it, and a few of them, one of each
kind, by the whole plan.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from .verifiers import (  # noqa: F401 - declare the deviations
    deviations_of_contents,
    deviations_of_documents,
    deviations_of_proofs,
    deviations_of_tokens,
)
from .verifiers.deviations import DEVIATIONS, Deviation
from .verifiers.judging import CLAIMS, judged

if TYPE_CHECKING:
    from .results import Judged

#: What is warned of without a defect: exp counts with the signature, before a newer copy.
PLAIN = {"OB30-R-125"}
#: Judged by the whole plan, one of each kind.
WHOLE = ("UndefinedTypes", "JwkBeforeKid", "KeysSayWhoseTheyAre", "OnePurposeOfAList", "FirstEndorsementAlone")


def _is_caught(deviation: Deviation, broken: Judged) -> None:
    failed, warned = broken.failed, broken.warned - PLAIN
    assert [] == broken.defects
    assert () == broken.crashes
    assert deviation.accused & (warned if deviation.warns else failed), broken.told()
    assert set() == failed - (set() if deviation.warns else deviation.accused) - deviation.also, broken.told()


def test_there_are_enough_of_them() -> None:
    """The list of deviations is long, and each says what is wrong with it."""
    assert 110 <= len(DEVIATIONS)
    assert [] == [name for name, each in DEVIATIONS.items() if not (each.make.__doc__ or "").strip()]


@pytest.mark.parametrize("deviation", DEVIATIONS.values(), ids=lambda each: each.name)
def test_a_deviation_is_caught(deviation: Deviation) -> None:
    """A verifier that deviates is accused of what it breaks, and where the documents leave doubt, warned."""
    claims = dataclasses.replace(CLAIMS, formats=deviation.formats, kinds=deviation.kinds)
    # Who fetches nothing could not be told from a product that does not reach the harness.
    broken = judged(
        deviation.make,
        claims=claims,
        only=lambda check: bool(deviation.accused & {*check.requirements}) or "fetching.lists" == check.name,
    )
    _is_caught(deviation, broken)


@pytest.mark.parametrize("name", WHOLE)
def test_a_deviation_is_accused_of_nothing_else(name: str) -> None:
    """By the whole plan it is accused of what it breaks, and of nothing else."""
    _is_caught(DEVIATIONS[name], judged(DEVIATIONS[name].make))
