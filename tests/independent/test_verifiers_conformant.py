"""Conformant verifiers, unlike the reference one, are accused of nothing.

Every variant differs from the plain verifier in something that the standards leave to the product. The choices are tried in
mixtures, as many as can be those of one verifier; ways of being asked and of answering by a few checks each.
"""

from __future__ import annotations

import dataclasses
import functools
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from skillmark.core.interfaces import Peer
from skillmark.core.outcomes import Outcome, Verdict
from skillmark.core.target import Acceptance, Adapter, Limits, Target
from skillmark.plans import find_plan
from skillmark.runs import RunOptions, certify
from skillmark_reference.sockets import RunningServer

from .results import Judged
from .verifiers.documents import over_https
from .verifiers.judging import CLAIMS, FORMATS, PLAN, QUICK, judged
from .verifiers.product import Product, as_application
from .verifiers.switches import Switches
from .verifiers.variants import CHOICES, MANNERS, Choice, merged, mixtures
from .verifiers.verifier import Verifier

if TYPE_CHECKING:
    from skillmark.engine import Check

#: What every verifier here is warned of: exp counts with the signature of a token, before a newer copy is looked for.
PLAIN = {"OB30-R-125"}
#: Enough to hear a yes and a no in every format.
SAID = ("accepting.every_format_and_kind", "embedded_proofs.tampered_value", "tokens.alg_none", "contents.expired")
#: The command, as a program of its own.
PROGRAM = Path(__file__).parent / "verifiers" / "program.py"


def _chosen(choice: Choice, *, only: tuple[str, ...] = ()) -> Judged:
    return judged(
        functools.partial(Verifier, switches=Switches(**choice.switches)),
        claims=dataclasses.replace(CLAIMS, **choice.claims),
        only=lambda check: not only or check.name.startswith(only),
    )


def _is_spared(result: Judged, warned: frozenset[str] = frozenset()) -> None:
    assert [] == result.defects
    assert () == result.crashes
    assert set() == result.failed, result.told()
    assert set() == result.warned - PLAIN - warned, result.told()


def _is_said(check: Check) -> bool:
    return check.name in SAID


def test_there_are_enough_of_them() -> None:
    """The list of variants is long, each says why it may be so, and each is tried."""
    assert 50 <= len(CHOICES) + len(MANNERS)
    assert [] == [name for name, each in CHOICES.items() if not each.because]
    assert sorted(CHOICES) == sorted(name for names in mixtures() for name in names)


def test_the_plain_verifier_conforms() -> None:
    """The plain verifier is accused of nothing, and everything was asked that can be asked of it."""
    result = judged()
    _is_spared(result)
    assert Verdict.CONFORMANT is result.result.verdict
    assert {} == result.untested
    assert 600 < result.result.requests_sent


@pytest.mark.parametrize("names", mixtures(), ids=[f"mixture {number}" for number in range(len(mixtures()))])
def test_legal_choices_are_spared(names: tuple[str, ...]) -> None:
    """Legal choices are accused of nothing, and warned of where the documents leave doubt."""
    choice = merged(names)
    _is_spared(_chosen(choice), choice.warned)


@pytest.mark.parametrize("name", MANNERS)
def test_legal_answers_are_understood(name: str) -> None:
    """However a verifier is asked and answers, its yes is read as yes and its no as no."""
    manner = MANNERS[name]
    result = judged(claims=manner.claims, answers=manner.answers, only=_is_said)
    _is_spared(result)
    assert {Outcome.PASSED} == {check.outcome for check in result.result.checks}


@pytest.mark.parametrize(
    ("arguments", "accepted"),
    [
        (("{file}",), Acceptance()),
        (("--says", "{file}"), Acceptance(pattern=r"\Avalid$")),
        (("--json",), Acceptance(pointer="/valid")),
        (("--code", "3"), Acceptance(statuses=(3,))),
    ],
    ids=["exit code", "output of a file", "JSON on standard output", "another exit code"],
)
def test_a_program_is_understood(arguments: tuple[str, ...], accepted: Acceptance) -> None:
    """A verifier may be a program: its exit code, its words or its JSON say yes or no."""
    claims = dataclasses.replace(
        CLAIMS,
        adapter=Adapter.COMMAND,
        command=(sys.executable, str(PROGRAM), *arguments),
        accepted=accepted,
        formats=("vc-jwt-ES256",),
        kinds=("AchievementCredential",),
    )
    options = RunOptions(depth=QUICK, only=lambda check: check.name in {SAID[0], "tokens.alg_none"})
    result = Judged(result=certify(find_plan(PLAN), Target(verifier=claims), options=options))
    _is_spared(result)
    assert {Outcome.PASSED} == {check.outcome for check in result.result.checks}


def test_a_verifier_on_a_socket_fetches_over_https(tmp_path: Path) -> None:
    """Over sockets it is asked, and fetches what the harness serves, with the throw-away authority that it is told to trust."""
    authority = tmp_path / "authority.pem"
    product = Product(Verifier(over_https(str(authority))))
    claims = dataclasses.replace(CLAIMS, formats=FORMATS[:1], kinds=("AchievementCredential",))
    options = RunOptions(
        depth=QUICK, only=lambda check: check.name.startswith(("fetching.", "refreshing.", "statuses."))
    )
    with RunningServer(as_application(product)) as server:
        target = Target(
            url=server.url, verifier=claims, peer=Peer(authority=authority), limits=Limits(requests=4000), lab=True
        )
        result = Judged(result=certify(find_plan(PLAN), target, options=options), crashes=tuple(product.crashes))
    _is_spared(result)
    assert {Outcome.PASSED, Outcome.NOT_APPLICABLE} == {check.outcome for check in result.result.checks}
