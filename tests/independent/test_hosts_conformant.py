"""Conformant hosts, unlike the reference one, are accused of nothing.

Every variant differs from the plain host in something that the standard leaves to the product. Since a run takes its time, the
variants are tried in mixtures: as many choices as can be those of one host are made by one. What a run may warn of is listed for
each, so that a new warning is noticed.
"""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING

import pytest

from .hosts.host import Host
from .hosts.judging import QUICK, judged
from .hosts.switches import Switches
from .hosts.variants import VARIANTS, merged, mixtures

if TYPE_CHECKING:
    from .results import Judged

#: What every host here is warned of: none looks at signatures, and nothing says that a host has to.
PLAIN = {"OB30-R-242"}
#: What is warned of besides, because of a choice on which the documents are silent or differ.
WARNED = {
    "since by awardedDate": {"OB30-R-153"},
    "older copies are not kept": {"OB30-R-155"},
    "profiles are never changed": {"OB30-R-161"},
    "lean status payloads": {"OB30-R-162"},
    "limits above the cap are refused": {"OB30-R-154"},
    "no scope in token requests": {"OB30-R-211"},
    "credentials of others are refused": {"OB30-R-236"},
}


@functools.cache
def _plain() -> Judged:
    return judged(Host())


def test_there_are_enough_of_them() -> None:
    """The list of variants is long, and each says why it may be so."""
    assert 80 <= len(VARIANTS)
    assert [] == [name for name, each in VARIANTS.items() if not each.because]
    assert sorted(VARIANTS) == sorted(name for names in mixtures() for name in names)


def test_the_plain_host_is_spared() -> None:
    """The plain host is accused of nothing."""
    result = _plain()
    assert [] == result.defects
    assert set() == result.failed, result.told()
    assert PLAIN == result.warned, result.told()


def test_the_plain_host_is_spared_by_the_other_standard() -> None:
    """As a host of learner records it is accused of nothing either."""
    result = judged(Host(), plan="clr-2.0-host")
    assert [] == result.defects
    assert set() == result.failed, result.told()


@pytest.mark.parametrize("names", mixtures(), ids=[f"mixture {number}" for number in range(len(mixtures()))])
def test_legal_choices_are_spared(names: tuple[str, ...]) -> None:
    """Legal choices are accused of nothing, and warned of where the documents leave doubt."""
    variant = merged(names)
    result = judged(Host(Switches(**variant.switches)), settings=variant.settings)
    assert [] == result.defects, names
    assert set() == result.failed, f"{names}\n{result.told()}"
    assert set() == result.warned - PLAIN.union(*(WARNED.get(name, set()) for name in names)), (
        f"{names}\n{result.told()}"
    )


def test_another_login_opens_the_same_checks() -> None:
    """Behind a login of another kind no check is left untested because a page was not understood."""
    variant = merged(("one step among other forms", "consent by radio buttons"))
    result = judged(Host(Switches(**variant.switches)), settings=variant.settings)
    assert sorted(_plain().untested) == sorted(result.untested), result.untested


def test_what_the_harness_brought_is_no_fault_of_the_host() -> None:
    """Ids with blanks, handed in to see whether they are compared rightly, are not told as credentials that do not verify."""
    deciding = frozenset({"OB30-R-139", "OB30-R-242"})
    result = judged(Host(), deciding=deciding, depth=dataclasses.replace(QUICK, reads=200))
    assert set() == result.failed, result.told()
