"""What becomes of a whole run: the verdict follows from what the checks observed, and from nothing else."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skillmark.catalogue import Decision
from skillmark.core.clock import SystemClock
from skillmark.core.errors import CannotTell, Misconfigured, NotApplicable, Untested
from skillmark.core.exchanges import Request
from skillmark.core.findings import Finding, Held
from skillmark.core.outcomes import Level, Outcome, Verdict
from skillmark.core.target import Feature, Product, Target
from skillmark.engine import CheckStarted, RunContext, Suite, find_depth, joined, run_plan
from skillmark.plans import PLANS, Asks, find_plan
from skillmark.reporting import summary
from skillmark.wire.client import WireClient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from skillmark.catalogue import Requirement
    from skillmark.core.results import RunResult
    from skillmark.engine import Check, Event, Observation

URL = "http://127.0.0.1:9"
RANK = {Verdict.CONFORMANT: 0, Verdict.NOT_FULLY_VERIFIED: 1, Verdict.NOT_CONFORMANT: 2}
EVERY_PLAN = pytest.mark.parametrize("plan_id", PLANS)
#: How many requirements of each plan decide.
DECIDING = {plan.id: sum(each.is_scored(plan.version) for each in plan.requirements) for plan in PLANS.values()}
#: Those of which something decides: all but that of displayers of CLR 2.0, whose documents could not be read.
EVERY_DECIDING_PLAN = pytest.mark.parametrize("plan_id", [each for each, number in DECIDING.items() if number])
#: Those of which one requirement can be left out, and something is decided all the same.
EVERY_PLAN_OF_SEVERAL = pytest.mark.parametrize("plan_id", [each for each, number in DECIDING.items() if number > 1])
#: Plans whose product answers at an address.
EVERY_PLAN_OF_PROVIDERS = pytest.mark.parametrize(
    "plan_id", [plan.id for plan in PLANS.values() if plan.asks is Asks.ADDRESS]
)
Behaviour = str


class Evidence:
    """Evidence of which nothing was gathered."""

    def __init__(self, context: RunContext) -> None:
        self.client = context.client
        self.exchanges = context.client.exchanges

    def sampling(self) -> Iterator[str]:
        return iter(())

    def record_counts(self) -> dict[str, int]:
        return {}


def observed(requirement: str, behaviour: Behaviour) -> Iterator[Observation]:
    """Behave as a check of one requirement can."""
    match behaviour:
        case "holds":
            yield Held()
        case "fails":
            yield Finding(requirement=requirement, expected="this", actual="that")
        case "disputed":
            yield Finding(requirement=requirement, expected="this", actual="that", dispute="another reading")
        case "untested":
            raise Untested("no data")
        case "not applicable":
            raise NotApplicable("not claimed")
        case "cannot tell":
            raise CannotTell("too slow")
        case "crash":
            raise ZeroDivisionError
        case "stopped":
            raise KeyboardInterrupt
        case "misconfigured":
            raise Misconfigured("the secret is refused")


UNDECIDED = ("untested", "cannot tell", "crash", "nothing")
BEHAVIOURS = ("holds", "fails", "disputed", "not applicable", *UNDECIDED)


def closing_checks(plan_id: str) -> Mapping[str, str]:
    """Return the requirements of a plan that the run as a whole decides."""
    closing = find_plan(plan_id).closing
    return closing.checks if closing else {}


def checkable(plan_id: str) -> list[Requirement]:
    """Return the requirements of a plan that checks decide."""
    closing = closing_checks(plan_id)
    return [
        entry
        for entry in find_plan(plan_id).requirements
        if entry.decided in {Decision.AUTOMATED, Decision.DISPUTED} and entry.id not in closing
    ]


def scored(plan_id: str) -> list[str]:
    """Return the ids of those whose violation fails."""
    version = find_plan(plan_id).version
    return [entry.id for entry in checkable(plan_id) if entry.is_scored(version)]


def target(plan_id: str, **changes: object) -> Target:
    """Return a target whose vendor states everything that can be stated."""
    stated = {entry.id: "We do." for entry in find_plan(plan_id).requirements if entry.decided is Decision.ATTESTED}
    base = Target(
        url=URL, product=Product(name="P", version="1", vendor="V"), claims=frozenset(Feature), attestations=stated
    )
    return dataclasses.replace(base, **changes)  # type: ignore[arg-type]


def suite_of(plan_id: str, behaviours: Mapping[str, Behaviour], further: Mapping[str, Behaviour]) -> Suite:
    """Make a suite with one check for each requirement, which holds unless told otherwise, and further checks."""
    suite = Suite(catalogue_id=find_plan(plan_id).catalogue_id, gather=Evidence)

    def add(name: str, requirement: str, behaviour: Behaviour) -> None:
        suite.add(name, (requirement,), lambda _: observed(requirement, behaviour), title="Something holds.")

    for entry in checkable(plan_id):
        add(f"area.{entry.id}", entry.id, behaviours.get(entry.id, "holds"))
    for identifier, behaviour in further.items():
        add(f"further.{identifier}", identifier, behaviour)
    return suite


def ran(
    plan_id: str,
    behaviours: Mapping[str, Behaviour] | None = None,
    *,
    further: Mapping[str, Behaviour] | None = None,
    only: Callable[[Check], bool] = lambda _: True,
    product: Target | None = None,
) -> RunResult:
    """Run a suite in which everything holds but what is named."""
    return run_suite(plan_id, suite_of(plan_id, behaviours or {}, further or {}), only=only, product=product)


def run_suite(
    plan_id: str,
    suite: Suite,
    *,
    only: Callable[[Check], bool] = lambda _: True,
    listen: Callable[[Event], None] = lambda _: None,
    product: Target | None = None,
) -> RunResult:
    """Run a suite without a network, and join what it said."""
    product = product or target(plan_id)
    clock = SystemClock()
    client = WireClient(product, clock=clock, transport=httpx.MockTransport(lambda _: httpx.Response(200)))
    context = RunContext(
        plan=find_plan(plan_id), target=product, client=client, clock=clock, seed=1, depth=find_depth("smoke")
    )
    return joined(run_plan(suite, context, only=only, listen=listen), configuration={})


def some_behaviours(plan_id: str) -> st.SearchStrategy[dict[str, Behaviour]]:
    """Draw a few requirements that do not simply hold."""
    ids = [entry.id for entry in checkable(plan_id)]
    return st.dictionaries(st.sampled_from(ids), st.sampled_from(BEHAVIOURS), max_size=8)


@EVERY_DECIDING_PLAN
def test_a_product_of_which_everything_holds_is_conformant(plan_id: str) -> None:
    """Every MUST decided and passed: the healthy base of all that follows."""
    assert Verdict.CONFORMANT is ran(plan_id).verdict


@EVERY_PLAN
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_more_evidence_of_failure_never_improves_the_verdict(plan_id: str, data: st.DataObject) -> None:
    """One more failing check, of whatever requirement, leaves the verdict as it is or makes it worse."""
    behaviours = data.draw(some_behaviours(plan_id))
    accused = data.draw(st.sampled_from([entry.id for entry in find_plan(plan_id).requirements]))
    before = ran(plan_id, behaviours)
    after = ran(plan_id, behaviours, further={accused: "fails"})
    assert RANK[before.verdict] <= RANK[after.verdict]
    order = [Outcome.PASSED, Outcome.WARNED, Outcome.CANNOT_TELL, Outcome.FAILED]
    if accused in scored(plan_id):
        assert (Verdict.NOT_CONFORMANT, Outcome.FAILED) == (after.verdict, after.requirements[accused].outcome)
    elif before.requirements[accused].outcome in order:
        assert order.index(before.requirements[accused].outcome) <= order.index(after.requirements[accused].outcome)


@EVERY_DECIDING_PLAN
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_an_undecided_must_is_never_part_of_conformant(plan_id: str, data: st.DataObject) -> None:
    """Whatever hinders the decision of one MUST, the product is not conformant, and not accused of it either."""
    hindered = data.draw(st.sampled_from(scored(plan_id)))
    result = ran(plan_id, {hindered: data.draw(st.sampled_from(UNDECIDED))})
    assert Verdict.NOT_FULLY_VERIFIED is result.verdict
    assert () == result.findings


@EVERY_DECIDING_PLAN
def test_a_must_without_a_check_is_untested(plan_id: str) -> None:
    """A suite that has no check for a MUST verifies nothing about it."""
    missing = scored(plan_id)[0]
    suite = Suite(catalogue_id=find_plan(plan_id).catalogue_id, gather=Evidence)
    for identifier in scored(plan_id)[1:]:
        suite.add(f"a.{identifier}", (identifier,), lambda _: iter([Held()]), title="Something holds.")
    result = run_suite(plan_id, suite)
    assert (Outcome.UNTESTED, Verdict.NOT_FULLY_VERIFIED) == (result.requirements[missing].outcome, result.verdict)


def _only_warns(entry: Requirement, version: str) -> bool:
    return (
        entry.status == "informative"
        or entry.level is not Level.MUST
        or entry.decided is Decision.DISPUTED
        or bool(entry.doubt)
        or (version == "1.0" and entry.confidence_1_0 == "inferred")
    )


@EVERY_PLAN
def test_what_is_not_certain_only_warns(plan_id: str) -> None:
    """A SHOULD, an informative, disputed or doubtful entry, or one that is inferred for 1.0, never fails a product.

    Where doubts are about what could not be read, the verdict stays open.
    """
    plan = find_plan(plan_id)
    weak = [entry.id for entry in checkable(plan_id) if _only_warns(entry, plan.version)]
    result = ran(plan_id, dict.fromkeys(weak, "fails"))
    is_open = bool(plan.catalogue.unread)
    assert (Verdict.NOT_FULLY_VERIFIED if is_open else Verdict.CONFORMANT) is result.verdict
    assert {Outcome.WARNED} == {finding.outcome for finding in result.findings}
    assert weak == [finding.finding.requirement for finding in result.findings]
    deciding = {identifier for identifier in weak if result.requirements[identifier].deciding}
    entries = plan.catalogue.requirements
    assert {each for each in weak if is_open and entries[each].doubt and entries[each].would_be_scored} == deciding
    assert {Outcome.CANNOT_TELL} >= {result.requirements[identifier].outcome for identifier in deciding}


@EVERY_PLAN
def test_everything_else_fails(plan_id: str) -> None:
    """A finding against any other MUST fails the product, each on its own."""
    version = find_plan(plan_id).version
    strong = [entry.id for entry in checkable(plan_id) if not _only_warns(entry, version)]
    assert strong == scored(plan_id)
    result = ran(plan_id, dict.fromkeys(strong, "fails"))
    assert strong == [each.finding.requirement for each in result.findings if each.outcome is Outcome.FAILED]


@EVERY_PLAN_OF_SEVERAL
def test_a_disputed_finding_does_not_hinder(plan_id: str) -> None:
    """A finding that names another reading warns, even against a MUST."""
    result = ran(plan_id, {scored(plan_id)[0]: "disputed"})
    assert (Verdict.CONFORMANT, Outcome.WARNED) == (result.verdict, result.findings[0].outcome)


@EVERY_PLAN_OF_SEVERAL
def test_a_feature_that_is_not_claimed_does_not_hinder(plan_id: str) -> None:
    """What does not apply neither fails nor hinders; a plan of which nothing applies verifies nothing."""
    assert Verdict.CONFORMANT is ran(plan_id, {scored(plan_id)[0]: "not applicable"}).verdict
    nothing = ran(plan_id, {entry.id: "not applicable" for entry in checkable(plan_id)}, product=Target(url=URL))
    assert Verdict.NOT_FULLY_VERIFIED is nothing.verdict


@pytest.mark.parametrize("plan_id", [each for each, number in DECIDING.items() if number == 1])
@pytest.mark.parametrize("behaviour", ["disputed", "not applicable"])
def test_one_requirement_that_decides_has_to_pass(plan_id: str, behaviour: Behaviour) -> None:
    """Where one requirement decides, and is not seen to pass, nothing is verified, and nobody is accused."""
    result = ran(plan_id, {scored(plan_id)[0]: behaviour})
    assert Verdict.NOT_FULLY_VERIFIED is result.verdict
    assert Outcome.FAILED not in {each.outcome for each in result.findings}


# The laboratory


@EVERY_PLAN_OF_PROVIDERS
def test_the_lab_takes_exactly_the_transport_out(plan_id: str) -> None:
    """A lab run decides everything but the transport, and says so."""
    usual, lab = ran(plan_id), ran(plan_id, product=target(plan_id, lab=True))
    deciding = {name for name, entry in usual.requirements.items() if entry.deciding}
    taken = deciding - {name for name, entry in lab.requirements.items() if entry.deciding}
    assert find_plan(plan_id).transport & deciding == taken
    assert taken
    assert all(lab.requirements[name].reason.startswith("Taken out of the verdict by --lab.") for name in taken)


@EVERY_PLAN_OF_PROVIDERS
def test_the_lab_forgives_nothing_else(plan_id: str) -> None:
    """A lab run of a product whose TLS fails is conformant; one with any other failure is not."""
    bad_tls = dict.fromkeys(find_plan(plan_id).transport & set(scored(plan_id)), "fails")
    bad = {scored(plan_id)[0]: "fails"}
    assert Verdict.NOT_CONFORMANT is ran(plan_id, bad_tls).verdict
    assert Verdict.CONFORMANT is ran(plan_id, bad_tls, product=target(plan_id, lab=True)).verdict
    assert Verdict.NOT_CONFORMANT is ran(plan_id, bad, product=target(plan_id, lab=True)).verdict


# Parts of a run


@EVERY_PLAN
def test_a_stopped_run_keeps_what_was_decided(plan_id: str) -> None:
    """Ctrl-C in a check leaves all checks before it, and a partial result that is not conformant."""
    stop = checkable(plan_id)[3].id
    result = ran(plan_id, {stop: "stopped"})
    assert (True, 3, Verdict.NOT_FULLY_VERIFIED) == (result.partial, len(result.checks), result.verdict)
    assert "stopped" in result.sampling[0]


@EVERY_DECIDING_PLAN
def test_a_stopped_run_keeps_what_failed(plan_id: str) -> None:
    """Stopping a run does not take back what was found."""
    first, stop = scored(plan_id)[0], checkable(plan_id)[-1].id
    assert Verdict.NOT_CONFORMANT is ran(plan_id, {first: "fails", stop: "stopped"}).verdict


@EVERY_PLAN
def test_a_stop_between_two_checks_counts_too(plan_id: str) -> None:
    """Ctrl-C while progress is shown leaves the same as Ctrl-C in a check."""

    def listen(event: Event) -> None:
        if isinstance(event, CheckStarted) and event.number > 3:
            raise KeyboardInterrupt

    result = run_suite(plan_id, suite_of(plan_id, {}, {}), listen=listen)
    assert (True, 3, Verdict.NOT_FULLY_VERIFIED) == (result.partial, len(result.checks), result.verdict)


@EVERY_DECIDING_PLAN
def test_a_selection_is_never_conformant(plan_id: str) -> None:
    """A run that leaves out a check, even one that decides nothing alone, is partial."""
    again = scored(plan_id)[0]
    result = ran(plan_id, further={again: "fails"}, only=lambda check: check.name.startswith("area."))
    assert (True, Verdict.NOT_FULLY_VERIFIED) == (result.partial, result.verdict)
    assert all(result.requirements[name].outcome is Outcome.UNTESTED for name in closing_checks(plan_id))


def test_settings_that_break_at_once_are_no_result() -> None:
    """Settings that do not allow the first request are an error of the user."""
    plan_id = "case-1.1-provider"
    with pytest.raises(Misconfigured, match="refused"):
        ran(plan_id, {checkable(plan_id)[0].id: "misconfigured"})


def test_settings_that_break_later_do_not_cost_the_rest() -> None:
    """A token that cannot be renewed ends the run; what was decided before is kept, and the result says why it ended."""
    plan_id = "case-1.1-provider"
    suite = Suite(catalogue_id="case", gather=Evidence)

    def asks(evidence: Evidence) -> Iterator[Observation]:
        evidence.client.send(Request(url=URL))
        yield Held()

    first, second = scored(plan_id)[:2]
    suite.add("a.first", (first,), asks, title="Something holds.")
    suite.add("a.second", (second,), lambda _: observed(second, "misconfigured"), title="Something holds.")
    result = run_suite(plan_id, suite)
    assert (True, 1) == (result.partial, len(result.checks))
    assert "The run ended early: the secret is refused" == result.sampling[0]


# One check, several requirements


def _of_two(plan_id: str, observations: Callable[[str], Iterator[Observation]]) -> tuple[Outcome, Outcome]:
    """Return what a check says of two requirements when it observes something about the first."""
    first, second = scored(plan_id)[:2]
    suite = Suite(catalogue_id="case", gather=Evidence)
    suite.add("a.both", (first, second), lambda _: observations(first), title="Something holds.")
    result = run_suite(plan_id, suite)
    return result.requirements[first].outcome, result.requirements[second].outcome


def test_a_finding_counts_for_its_requirement_only() -> None:
    """A check that looked at everything accuses of what it found, and of nothing else."""
    plan_id = "case-1.1-provider"
    assert (Outcome.FAILED, Outcome.PASSED) == _of_two(plan_id, lambda first: observed(first, "fails"))


@pytest.mark.parametrize(
    ("behaviour", "outcome"),
    [
        ("cannot tell", Outcome.CANNOT_TELL),
        ("crash", Outcome.CANNOT_TELL),
        ("untested", Outcome.UNTESTED),
        ("not applicable", Outcome.NOT_APPLICABLE),
    ],
)
def test_a_finding_does_not_decide_the_others(behaviour: Behaviour, outcome: Outcome) -> None:
    """A check that stops after a finding has not decided the requirements that it found nothing against."""

    def observations(first: str) -> Iterator[Observation]:
        yield from observed(first, "fails")
        yield from observed(first, behaviour)

    assert (Outcome.FAILED, outcome) == _of_two("case-1.1-provider", observations)


def test_a_finding_against_another_requirement_is_our_defect() -> None:
    """A check that accuses of what it does not declare is broken: it neither accuses nor passes."""
    plan_id = "case-1.1-provider"
    first, second = scored(plan_id)[:2]
    suite = Suite(catalogue_id="case", gather=Evidence)
    suite.add("a.one", (first,), lambda _: observed(second, "fails"), title="Something holds.")
    result = run_suite(plan_id, suite)
    assert (True, Outcome.CANNOT_TELL) == (result.checks[0].defect, result.requirements[first].outcome)
    assert () == result.findings


# Statements of the vendor


def _attested(plan_id: str) -> str:
    version = find_plan(plan_id).version
    return next(
        entry.id
        for entry in find_plan(plan_id).requirements
        if entry.decided is Decision.ATTESTED and entry.is_scored(version) and entry.id != "CASE-R-202"
    )


@pytest.mark.parametrize("statement", ["", " ", "...", "\u2013"])
def test_a_placeholder_is_no_statement(statement: str) -> None:
    """The dots of the example, pasted as they are, attest nothing."""
    plan_id = "case-1.1-provider"
    stated = dict(target(plan_id).attestations) | {_attested(plan_id): statement}
    assert Verdict.NOT_FULLY_VERIFIED is ran(plan_id, product=target(plan_id, attestations=stated)).verdict


def test_a_statement_does_not_outweigh_what_was_seen() -> None:
    """A vendor who attests what a check saw to be broken is not conformant."""
    plan_id = "case-1.1-provider"
    result = ran(plan_id, further={_attested(plan_id): "fails"})
    assert (Verdict.NOT_CONFORMANT, Outcome.FAILED) == (
        result.verdict,
        result.requirements[_attested(plan_id)].outcome,
    )


def test_a_warning_does_not_replace_a_statement() -> None:
    """A disputed finding decides nothing that waits for a statement."""
    plan_id = "case-1.1-provider"
    stated = {name: text for name, text in target(plan_id).attestations.items() if name != _attested(plan_id)}
    result = ran(plan_id, further={_attested(plan_id): "disputed"}, product=target(plan_id, attestations=stated))
    assert Verdict.NOT_FULLY_VERIFIED is result.verdict


@pytest.mark.parametrize(
    ("plan_id", "verdict"),
    [("case-1.0-provider", Verdict.CONFORMANT), ("case-1.1-provider", Verdict.NOT_FULLY_VERIFIED)],
)
def test_without_claims_the_declaration_is_missing(plan_id: str, verdict: Verdict) -> None:
    """The guide of 1.1 wants optional features declared, so silence is not conformant; the documents of 1.0 do not say so."""
    result = ran(plan_id, product=target(plan_id, claims=None))
    assert (verdict, Outcome.UNTESTED) == (result.verdict, result.requirements["CASE-R-201"].outcome)


def test_the_missing_declaration_is_among_the_next_steps() -> None:
    """A vendor who has to declare optional features is told so, when nothing else is undecided."""
    result = ran("case-1.1-provider", product=target("case-1.1-provider", claims=None))
    (step,) = summary.steps(result, Outcome.UNTESTED)
    assert ["CASE-R-201"] == [entry.id for entry in step.requirements]
    assert "[claims]" in step.reason


@EVERY_PLAN_OF_PROVIDERS
def test_an_applicant_without_a_name_is_not_verified(plan_id: str) -> None:
    """Product, version and vendor have to be stated."""
    stated = {name: text for name, text in target(plan_id).attestations.items() if name != "CASE-R-202"}
    result = ran(plan_id, product=target(plan_id, product=Product(name="P"), attestations=stated))
    assert Outcome.UNTESTED is result.requirements["CASE-R-202"].outcome


def test_what_one_check_says_is_not_said_again() -> None:
    """Where two checks of a requirement were hindered, a reason that is part of the other one stands there once."""
    requirement = scored("vc-verifier")[0]
    suite = Suite(catalogue_id=find_plan("vc-verifier").catalogue_id, gather=Evidence)
    for number, reason in enumerate(("No copy. Serve it.", "Serve it.", "Too slow.")):

        def check(_: object, reason: str = reason) -> Iterator[Observation]:
            raise Untested(reason)
            yield Held()

        suite.add(f"area.{number}", (requirement,), check, title="Something holds.")
    assert "No copy. Serve it. Too slow." == run_suite("vc-verifier", suite).requirements[requirement].reason
