"""The plan of verifiers: whom it accuses of what, and whom it spares."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import httpx
import pytest
from starlette.applications import Starlette

from skillmark.catalogue import Role, load_catalogue
from skillmark.core.errors import Broken, Misconfigured, TargetUnreachable
from skillmark.core.interfaces import Peer
from skillmark.core.outcomes import Outcome, Verdict
from skillmark.core.target import VERIFIABLE_FORMATS, Target, VerifierInterface
from skillmark.engine import find_depth
from skillmark.faults.verifiers.broken import BROKEN
from skillmark.faults.verifiers.judging import expected_in
from skillmark.faults.verifiers.personas import PERSONAS
from skillmark.faults.verifiers.products import NOW, ShelfDocuments, VerifierTransport
from skillmark.plans import find_plan
from skillmark.reporting import from_document, to_document
from skillmark.runs import RunOptions, certify
from skillmark.suites.verifiers.defects import DEFECTS, Defects, in_tokens
from skillmark.suites.verifiers.open_badges import SUITE
from skillmark.suites.verifiers.publishing import Publisher
from skillmark.suites.verifiers.samples import P384, SELECTIVE, Kind, Sample, suite_of
from skillmark.suites.verifiers.scopes import CLR, OPEN_BADGES
from skillmark.wire.in_process import AsgiTransport
from skillmark.wire.peers.serving import Shelf
from skillmark_reference.credentials.verifying import verify
from skillmark_reference.databases import Database
from skillmark_reference.documents import Documents, Policy
from skillmark_reference.server.vc_api import Instance, VcApiOptions, routes_of

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable

    from skillmark.core.results import RunResult
    from skillmark.engine import Check
    from skillmark.faults.verifiers.products import VerifierProduct
    from skillmark.suites.verifiers.defects import Defect
    from skillmark.suites.verifiers.scopes import Scope

PLAN = find_plan("vc-verifier")
URL = "https://verifier.example"
#: What personas are told: checks by the beginning of their names.
TOLD = {
    "strict": ("accepting.drawn_",),
    "knows-the-new-model-only": ("old_model.",),
    "reads-images": ("pictures.",),
    "takes-what-it-cannot-tell-for-a-remark": ("statuses.", "named_documents."),
    "looks-at-exp-with-the-signature": ("fetching.newer_copies", "refreshing."),
}
#: Personas that leave something open, because they cannot reach the harness, or do not read what they need not.
OPEN = {"reaches-nobody", "reaches-nobody-and-does-not-mind", "knows-the-new-model-only"}
OBSERVED = {Outcome.PASSED, Outcome.UNTESTED, Outcome.NOT_APPLICABLE}
every_format = pytest.mark.parametrize("form", [*VERIFIABLE_FORMATS, P384])


class StandingClock:
    """A clock that stands still."""

    def now(self) -> datetime.datetime:
        return NOW

    def elapsed(self) -> float:
        return 0.0


def run(
    transport: httpx.BaseTransport,
    interface: VerifierInterface | None = None,
    *,
    level: str = "smoke",
    shelf: Shelf | None = None,
    only: Callable[[Check], bool] = lambda _: True,
) -> RunResult:
    """Run the plan against a product in process."""
    target = Target(url=URL, verifier=interface or VerifierInterface())
    options = RunOptions(depth=find_depth(level), only=only)
    return certify(PLAN, target, options=options, transport=transport, shelf=Shelf() if shelf is None else shelf)


def run_product(
    product: VerifierProduct,
    interface: VerifierInterface | None = None,
    *,
    only: Callable[[Check], bool] = lambda _: True,
) -> RunResult:
    """Run the plan against one of the verifiers of the faults."""
    shelf = Shelf()
    return run(VerifierTransport(product, shelf), interface or product.interface, shelf=shelf, only=only)


def sample_of(kind: Kind, form: str, shelf: Shelf) -> Sample:
    """Return a sample that publishes what it points to on a shelf."""
    place = Publisher(Peer(), resources=contextlib.ExitStack(), shelf=shelf)
    return Sample(kind=kind, form=form, inner_form="eddsa-rdfc-2022", published=place)


def kinds_of(form: str) -> list[Kind]:
    """Return the kinds that a format is asked about in."""
    return [Kind.ACHIEVEMENT] if form == SELECTIVE else list(Kind)


def cases_of(scope: Scope, form: str, shelf: Shelf) -> list[tuple[Defect, Sample]]:
    """Return every defect of a plan in every sample of a format that can have it."""
    kinds = [kind for kind in kinds_of(form) if kind in scope.kinds]
    samples = [sample_of(kind, form, shelf) for kind in kinds if suite_of(form) in scope.formats]
    return [(each, sample) for sample in samples for each in DEFECTS.within(scope) if each.exists_in(sample)]


# What is asked


@every_format
def test_samples_are_valid(form: str) -> None:
    """Each kind in each format is valid without a connection: whoever refuses it is wrong."""
    documents = Documents(clock=StandingClock(), policy=Policy(offline=True))
    for kind in kinds_of(form):
        found = verify(Sample(kind=kind, form=form).healthy, documents=documents, now=NOW)
        assert found.valid, found.problems


@every_format
@pytest.mark.parametrize("scope", [OPEN_BADGES, CLR], ids=lambda scope: scope.catalogue_id)
def test_every_defect_makes_a_credential_invalid(scope: Scope, form: str) -> None:
    """Each defect is one by the verifier of the reference, or remarked on where that is enough; the same without it is none."""
    shelf = Shelf()
    documents = ShelfDocuments(shelf)
    cases = cases_of(scope, form, shelf)
    assert (60 < len(cases)) is (suite_of(form) in scope.formats)
    for defect, sample in cases:
        before = sample.healthy
        twin = verify(defect.healthy(sample), documents=documents, now=NOW)
        assert twin.valid, f"{defect.name} {sample.name} {twin.problems}"
        made = defect.make(sample)
        assert before != made
        found = verify(made, documents=documents, now=NOW)
        is_told = defect.may_be_told and set(twin.warnings) < set(found.warnings)
        assert is_told or not found.valid, f"{defect.name} {sample.name}"
        assert before == sample.healthy


def test_defects_have_names_of_their_own() -> None:
    """A name cannot be taken twice: one of the two would never be asked about."""
    defects = Defects()

    def twice(sample: Sample) -> str:
        return sample.healthy

    defects.add("OB30-R-105", "it is there", where=in_tokens)(twice)
    with pytest.raises(Broken, match="twice"):
        defects.add("OB30-R-105", "it is there again", where=in_tokens)(twice)


def test_every_requirement_of_verifiers_has_a_check() -> None:
    """Each is decided, or there is a check that says why it is not; none is of another role."""
    wanted = {each.id for each in load_catalogue("open_badges").requirements.values() if each.role is Role.VERIFIER}
    assert wanted == {identifier for check in SUITE.checks for identifier in check.requirements}


# Whom it spares


@pytest.mark.parametrize("name", PERSONAS)
def test_personas_are_spared(name: str) -> None:
    """Whoever verifies well is accused of nothing, however it says yes and no, and whatever it claims."""
    product, interface = PERSONAS[name]
    result = run_product(product, interface)
    # Who is stricter or more trusting than the standards is told so, and not accused.
    told = TOLD.get(name, ())
    assert {Outcome.WARNED if told else Outcome.PASSED} >= {each.outcome for each in result.findings}
    assert all(each.check.startswith(told) for each in result.findings)
    assert (OBSERVED | {Outcome.WARNED} if told else OBSERVED) >= {check.outcome for check in result.checks}
    assert 38 <= sum(check.outcome is Outcome.PASSED for check in result.checks)
    assert (Verdict.NOT_FULLY_VERIFIED if name in OPEN else Verdict.CONFORMANT) is result.verdict


def test_the_vc_api_of_the_reference_passes() -> None:
    """The reference server is accused of nothing in any format, at the usual level, and conforms."""
    database, shelf = Database.open("sqlite://"), Shelf()
    options = VcApiOptions(documents=ShelfDocuments(shelf))
    app = Starlette(routes=routes_of(Instance.open(database, options=options, clock=StandingClock())))
    transport = AsgiTransport(app)
    try:
        result = run(transport, VerifierInterface(formats=VERIFIABLE_FORMATS), level="full", shelf=shelf)
    finally:
        transport.close()
        database.close()
    assert [] == [(each.check, each.finding.actual) for each in result.findings]
    # The VC API takes no images and no recipients, and the server asks for no contexts of others.
    outside = ("pictures.", "recipients.", "fetching.extensions", "named_documents.changed_")
    undecided = {check.name for check in result.checks if check.outcome is not Outcome.PASSED}
    assert {name for name in (check.name for check in result.checks) if name.startswith(outside)} == undecided
    assert Verdict.CONFORMANT is result.verdict
    assert 400 < result.requests_sent
    assert from_document(to_document(result)) == result


# Whom it accuses


@pytest.mark.parametrize("name", [name for name, each in BROKEN.items() if expected_in(PLAN, each.requirements)])
def test_broken_verifiers_are_caught(name: str) -> None:
    """Each is accused of what it does wrong."""
    product = BROKEN[name]
    # Only what decides the requirements that it breaks; the self-check asks everything.
    # Whoever fetches nothing of that could not be told from a product that does not reach the harness.
    is_whole = name == "never-refreshes"
    result = run_product(
        product, only=lambda check: is_whole or bool(set(product.requirements) & set(check.requirements))
    )
    assert set(product.requirements) & {each.finding.requirement for each in result.findings}
    assert not any(check.defect for check in result.checks)


@pytest.mark.parametrize(
    "name", ["accepts-everything", "refuses-everything", "fails-always", "echoes", "throws-a-coin"]
)
def test_null_products_fail(name: str) -> None:
    """Whoever answers everything alike, or at random, does not conform."""
    assert Verdict.NOT_CONFORMANT is run_product(BROKEN[name]).verdict


def test_whoever_refuses_everything_has_refused_nothing() -> None:
    """Refusals count only where the healthy credential was accepted in the same run."""
    result = run_product(BROKEN["refuses-everything"])
    of_defects = [check for check in result.checks if check.name in DEFECTS.by_name]
    # Nothing is selective in the usual formats, and no embedded proof is by ECDSA.
    absent = {name for name in DEFECTS.by_name if name.startswith("selective_")} | {"proof_values.signature_in_der"}
    assert absent == {check.name for check in of_defects if check.outcome is Outcome.NOT_APPLICABLE}
    assert {Outcome.UNTESTED, Outcome.NOT_APPLICABLE} == {check.outcome for check in of_defects}
    assert "the healthy one is not accepted" in of_defects[0].reason


def test_security_holes_are_told() -> None:
    """The finding and the summary say which wrong acceptance is a hole, and in which formats; the others are told apart."""
    result = run_product(BROKEN["takes-alg-none"])
    finding = next(each.finding for each in result.findings if each.check == "tokens.alg_none")
    assert "this is a security hole" in finding.actual
    assert "alg is none" in finding.expected
    assert any(line.startswith("Security hole: accepted although alg is none") for line in result.sampling)
    told = run_product(BROKEN["ignores-nbf"]).sampling
    assert any(line.startswith("Wrongly accepted: accepted although there is no nbf") for line in told)
    assert not any(line.startswith("Security hole") for line in told)


def test_a_failure_on_a_defect_warns() -> None:
    """Who neither accepts nor refuses what is wrong is warned, and not accused of accepting it."""
    result = run_product(BROKEN["crashes-on-what-is-wrong"])
    assert {Outcome.WARNED} == {each.outcome for each in result.findings}
    assert all("neither accepted nor refused" in each.finding.actual for each in result.findings)


def test_the_same_seed_asks_the_same() -> None:
    """Two runs send the same bodies in the same order."""
    bodies: list[list[bytes]] = []
    for _ in range(2):
        sent: list[bytes] = []
        bodies.append(sent)
        run(
            httpx.MockTransport(lambda request, sent=sent: sent.append(request.content) or httpx.Response(200, json={}))
        )
    assert 100 < len(bodies[0])
    assert bodies[0] == bodies[1]


# Who cannot be judged


@pytest.mark.parametrize(("status", "advice"), [(401, "authentication"), (404, "path"), (405, "method")])
def test_settings_that_lead_nowhere_are_told(status: int, advice: str) -> None:
    """A product that does not understand the request as such is not judged; the message says which setting to look at."""
    with pytest.raises(Misconfigured, match=advice):
        run(httpx.MockTransport(lambda _: httpx.Response(status)))


def test_silence_is_no_answer() -> None:
    """Where nothing listens nothing is judged; and who is too slow is neither accused nor acquitted."""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    def dawdle(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("too slow", request=request)

    with pytest.raises(TargetUnreachable, match="cannot be reached"):
        run(httpx.MockTransport(refuse))
    result = run(httpx.MockTransport(dawdle))
    assert () == result.findings
    assert not any(check.outcome is Outcome.PASSED for check in result.checks)
    accepting = next(check for check in result.checks if check.name == "accepting.every_format_and_kind")
    assert Outcome.CANNOT_TELL is accepting.outcome
