"""The plan of verifiers of records: whom it accuses of what, whom it spares, and what it leaves open."""

from __future__ import annotations

import collections
import dataclasses
import itertools
from typing import TYPE_CHECKING

import httpx
import pytest
from starlette.applications import Starlette
from tests.conformance.kit_people import StandingClock, target_by_hand

from skillmark.catalogue import Role, load_catalogue
from skillmark.core.errors import Misconfigured
from skillmark.core.outcomes import Outcome, Verdict
from skillmark.core.results import Cell
from skillmark.core.target import Target, VerifierInterface
from skillmark.engine import find_depth
from skillmark.faults.rows import Judgement, Kind, Subject
from skillmark.faults.selfcheck import decide_one, subjects
from skillmark.faults.verifiers import records
from skillmark.faults.verifiers.broken import BROKEN
from skillmark.faults.verifiers.judging import expected_in
from skillmark.faults.verifiers.products import Said, ShelfDocuments, VerifierTransport
from skillmark.plans import find_plan
from skillmark.reporting import from_document, to_document
from skillmark.runs import RunOptions, certify
from skillmark.suites.verifiers.clr import SUITE
from skillmark.wire.in_process import AsgiTransport
from skillmark.wire.peers.serving import Shelf
from skillmark_reference.databases import Database
from skillmark_reference.server.vc_api import Instance, VcApiOptions, routes_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from skillmark.core.results import RunResult
    from skillmark.engine import Check
    from skillmark.faults.verifiers.products import Asked, VerifierProduct

PLAN = find_plan("clr-2.0-verifier")
#: A permission, which nobody can break.
PERMITTED = {"CLR20-R-134"}
OF_RECORDS = (*records.RECORDS, *records.DISPUTED)
#: The beginnings of the names of the checks about members that are genuine, and do not count now.
STATES = ("members.expired_member", "members.member_to_come", "members.revoked_member")


def run(
    transport: httpx.BaseTransport,
    shelf: Shelf | None = None,
    *,
    interface: VerifierInterface | None = None,
    only: Callable[[Check], bool] = lambda _: True,
) -> RunResult:
    """Run the plan against a product in process."""
    target = Target(url="https://verifier.example", verifier=interface or VerifierInterface())
    options = RunOptions(depth=find_depth("smoke"), only=only)
    return certify(PLAN, target, options=options, transport=transport, shelf=shelf or Shelf(), clock=StandingClock())


def run_product(product: VerifierProduct, *names: str) -> RunResult:
    """Run checks whose names begin so against one of the verifiers of the faults."""
    shelf = Shelf()
    return run(VerifierTransport(product, shelf), shelf, only=lambda check: check.name.startswith(names))


# What it decides


def test_every_requirement_of_verifiers_has_a_check() -> None:
    """Each is decided, and none is of another role."""
    wanted = {each.id for each in load_catalogue("clr").requirements.values() if each.role is Role.VERIFIER}
    assert wanted == {identifier for check in SUITE.checks for identifier in check.requirements}


def test_every_requirement_of_verifiers_has_a_fault() -> None:
    """Each is broken by a verifier of the self-check, but for permissions."""
    asked = [BROKEN[each.name] for each in subjects([PLAN.id]) if each.kind is Kind.FAULT]
    tried = {identifier for product in asked for identifier in expected_in(PLAN, product.requirements)}
    assert {each.id for each in PLAN.requirements} - PERMITTED == tried


def test_the_checks_are_about_records() -> None:
    """A requirement is decided once by each check, in which what is of badges alone is not asked."""
    names = [check.name for check in SUITE.checks]
    assert [] == [name for name in names if name.startswith(("pictures.", "selective_proofs."))]
    assert 24 == sum(name.startswith("record_endorsements.") and name.count("_of_") == 1 for name in names)
    assert all(len(set(check.requirements)) == len(check.requirements) for check in SUITE.checks)


# Whom it spares


def test_the_vc_api_of_the_reference_passes() -> None:
    """The reference server conforms, and says itself of a record what is worth knowing of the badges in it."""
    database, shelf = Database.open("sqlite://"), Shelf()
    options = VcApiOptions(documents=ShelfDocuments(shelf))
    app = Starlette(routes=routes_of(Instance.open(database, options=options, clock=StandingClock())))
    transport = AsgiTransport(app)
    try:
        result = run(
            transport, shelf, interface=VerifierInterface(formats=("ecdsa-rdfc-2019", "vc-jwt-ES256", "vc-jwt-EdDSA"))
        )
    finally:
        transport.close()
        database.close()
    assert [] == [(each.check, each.finding.actual) for each in result.findings]
    assert Verdict.CONFORMANT is result.verdict
    # The VC API takes no recipients, and the server asks for no contexts of others.
    outside = ("recipients.", "fetching.extensions", "named_documents.changed_")
    undecided = {check.name for check in result.checks if check.outcome is not Outcome.PASSED}
    assert {check.name for check in result.checks if check.name.startswith(outside)} == undecided
    told = {row.check for row in result.matrix.rows if Cell.TOLD in row.cells.values()} if result.matrix else set()
    assert {"contents.nobody", *STATES} == told
    assert from_document(to_document(result)) == result


@pytest.mark.parametrize("product", records.PERSONAS, ids=lambda product: product.name)
def test_personas_of_records_are_spared(product: VerifierProduct) -> None:
    """Who stops at a badge that has ended, or says which members it does not check, is accused of nothing."""
    # The self-check asks everything.
    result = run_product(product, "inner_credentials.", "members.", "nesting.", "record_endorsements.")
    assert () == result.findings
    assert 30 < sum(check.outcome is Outcome.PASSED for check in result.checks)


# Whom it accuses


@pytest.mark.parametrize("name", [each.name for each in OF_RECORDS])
def test_broken_verifiers_of_records_are_caught(name: str) -> None:
    """Each is accused of what it does wrong."""
    row = decide_one(Subject(kind=Kind.FAULT, name=name, plan=PLAN.id))
    assert (Judgement.CAUGHT, ()) == (row.judgement, row.defects)


@pytest.mark.parametrize("name", ["ignores-endorsements", "ignores-expiry", "compares-ids-only", "ignores-exp"])
def test_what_clr_repeats_is_asked_of_records(name: str) -> None:
    """Who verifies badges badly is caught by records as well."""
    row = decide_one(Subject(kind=Kind.FAULT, name=name, plan=PLAN.id))
    assert (Judgement.CAUGHT, ()) == (row.judgement, row.defects)
    assert all(each.startswith("CLR20-") for each in (*row.failed, *row.warned))


def test_a_broken_member_leaves_the_verdict_open() -> None:
    """What may be a MUST of a text that could not be read is not failed, and who breaks it is not conformant."""
    result = run_product(BROKEN["ignores-proofs-of-members"], "members.", "inner_credentials.")
    assert {Outcome.WARNED} == {each.outcome for each in result.findings}
    assert Verdict.NOT_FULLY_VERIFIED is result.verdict
    entry = result.requirements[records.EACH]
    assert (Outcome.CANNOT_TELL, True) == (entry.outcome, entry.deciding)
    assert any("this is a security hole" in each.finding.actual for each in result.findings)


def test_the_order_of_contexts_is_certain() -> None:
    """Who takes the contexts of badges and of records in each other's place does not conform."""
    product = BROKEN["takes-the-contexts-of-badges-before-those-of-records"]
    result = run_product(product, "contents.")
    assert {(records.CONTEXTS, Outcome.FAILED)} == {
        (each.finding.requirement, each.outcome) for each in result.findings
    }
    assert Verdict.NOT_CONFORMANT is result.verdict


# What is left open


def test_a_bare_yes_to_a_member_that_has_ended_warns() -> None:
    """Whether it is refused is not settled: who accepts it and says nothing is warned, and conforms all the same."""
    product = dataclasses.replace(BROKEN["ignores-dates-of-members"], says=records.mute)
    result = run_product(product, *STATES)
    assert set(STATES) == {each.check for each in result.findings}
    assert all(each.finding.dispute for each in result.findings)
    assert Outcome.CANNOT_TELL is not result.requirements[records.EACH].outcome


def test_answers_that_are_never_the_same_tell_nothing() -> None:
    """Who writes the time into every answer has not told anything by it: nothing is accused, and nothing passes."""
    numbers = itertools.count()

    def says(_: Asked, accepted: bool) -> Said:  # noqa: FBT001 - the shape of `VerifierProduct.says`
        return Said(status=200 if accepted else 400, body={"verified": accepted, "answer": next(numbers)})

    product = dataclasses.replace(BROKEN["ignores-dates-of-members"], says=says)
    result = run_product(product, "members.expired_member", "members.member_to_come")
    assert {Outcome.CANNOT_TELL} == {check.outcome for check in result.checks}
    assert all("one and the same credential differ" in check.reason for check in result.checks)


def test_silence_after_which_nothing_is_answered_accuses_nobody() -> None:
    """A product that is gone for good after a record in a record may have gone for another reason."""
    shelf = Shelf()
    whole = VerifierTransport(records.PERSONAS[-1], shelf)
    gone: list[bool] = []

    def respond(request: httpx.Request) -> httpx.Response:
        gone.extend([True] if b"record at level" in request.content else [])
        if gone:
            raise httpx.ReadTimeout("no answer", request=request)
        return whole.handle_request(request)

    interface = VerifierInterface(formats=("eddsa-rdfc-2022",))
    transport = httpx.MockTransport(respond)
    result = run(transport, shelf, interface=interface, only=lambda check: check.name.startswith("nesting."))
    assert () == result.findings
    assert [Outcome.CANNOT_TELL] == [check.outcome for check in result.checks]


@pytest.mark.parametrize(
    "interface",
    [VerifierInterface(kinds=("AchievementCredential",)), VerifierInterface(formats=("vc-jwt-ES256", "ecdsa-sd-2023"))],
    ids=["no records", "no embedded proofs"],
)
def test_who_reads_no_records_is_told(interface: VerifierInterface) -> None:
    """A product that claims no records, or no format of what is in them, is not judged by the plan."""
    with pytest.raises(Misconfigured, match="The plan is about records"):
        run(httpx.MockTransport(lambda _: httpx.Response(200, json={"verified": True})), interface=interface)


def test_records_have_kits(tmp_path: Path) -> None:
    """Everything that is asked of a verifier of records is in its kit; without answers nobody is accused."""
    target = target_by_hand(tmp_path / "kit", formats=("eddsa-rdfc-2022",), kinds=("ClrCredential",))
    options = RunOptions(depth=find_depth("smoke"))
    result = certify(PLAN, target, options=options, clock=StandingClock())
    assert () == result.findings
    outcomes = collections.Counter(check.outcome for check in result.checks)
    assert not any(check.defect for check in result.checks)
    assert 0 == outcomes[Outcome.PASSED]
