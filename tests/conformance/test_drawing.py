"""Drawing cases when a product, or the way to it, is in trouble."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import strategies as st

from skillmark.core.errors import BudgetExhausted, CannotTell, NotApplicable, Untested
from skillmark.core.findings import Finding, Held
from skillmark.engine import DEPTHS, explore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from skillmark.engine import Observation


class Product:
    """Numbers below 17 hold, others do not; when it is asked for the n-th time, something else happens."""

    def __init__(self, troubled_from: int, error: Exception, *, once: bool = False) -> None:
        self.asked: list[int] = []
        self._from = troubled_from
        self._error = error
        self._once = once

    def judge(self, number: int) -> Iterator[Observation]:
        self.asked.append(number)
        is_time = len(self.asked) == self._from if self._once else len(self.asked) >= self._from
        if is_time:
            raise self._error
        yield Finding(requirement="CASE-R-031", expected="less", actual=str(number)) if number >= 17 else Held()


def observed(
    judge: Callable[[int], Iterator[Observation]], *, most: int = 1_000
) -> tuple[list[Observation], Exception | None]:
    """Return what an exploration yields, and what it raises after that."""
    found: list[Observation] = []
    try:
        found.extend(explore(st.integers(0, most), judge, depth=DEPTHS["full"], seed=3))
    except Exception as error:  # noqa: BLE001 - what the product raised
        return found, error
    return found, None


@pytest.mark.parametrize("error", [CannotTell("slow"), BudgetExhausted("none"), Untested("no"), NotApplicable("no")])
@pytest.mark.parametrize("once", [True, False])
def test_trouble_ends_the_search_as_what_it_is(error: Exception, once: bool) -> None:  # noqa: FBT001 - a table
    """Trouble that comes once, or stays, is raised as it came; it is neither asked for again nor taken for flakiness."""
    product = Product(3, error, once=once)
    found, raised = observed(product.judge, most=10)
    assert error is raised
    assert 3 == len(product.asked)
    assert [Held(), Held()] == found


def test_trouble_does_not_hide_a_counterexample() -> None:
    """What was found before the trouble came is yielded, the smallest that is known."""
    product = Product(8, BudgetExhausted("none left"))
    found, raised = observed(product.judge)
    failing = [int(each.actual) for each in found if isinstance(each, Finding)]
    assert isinstance(raised, BudgetExhausted)
    assert [min(number for number in product.asked[:7] if number >= 17)] == failing


def test_our_own_mistakes_come_out_as_they_are() -> None:
    """A judge that crashes is a defect of ours with its own name, not one of Hypothesis."""
    found, raised = observed(Product(2, ZeroDivisionError("oops"), once=True).judge, most=10)
    assert isinstance(raised, ZeroDivisionError)
    assert [Held()] == found


def test_stopping_comes_through() -> None:
    """Ctrl-C is nobody's counterexample."""

    def judge(_: int) -> Iterator[Observation]:
        raise KeyboardInterrupt
        yield

    with pytest.raises(KeyboardInterrupt):
        list(explore(st.integers(), judge, depth=DEPTHS["full"], seed=3))
