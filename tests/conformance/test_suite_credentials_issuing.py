"""Issuers that are asked to issue: what is drawn for them, what becomes of their answers, the smallest of what is wrong."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.reference.vc_api.surroundings import client_of

from skillmark.core.errors import Misconfigured, TargetUnreachable
from skillmark.core.interfaces import ISSUABLE_KINDS, IssuingInterface
from skillmark.core.outcomes import Outcome, Verdict
from skillmark.core.target import Authentication, AuthenticationMethod, Submissions, Target
from skillmark.engine import find_depth
from skillmark.faults.credentials import healthy, securing
from skillmark.faults.credentials.endpoint_faults import ENDPOINT_FAULTS
from skillmark.faults.credentials.endpoint_personas import ENDPOINT_PERSONAS, NULL_ENDPOINTS
from skillmark.faults.credentials.endpoints import completed, created, judged, proved
from skillmark.faults.credentials.handing_in import NOW, Standard
from skillmark.plans import find_plan
from skillmark.runs import RunOptions, certify
from skillmark.suites.credentials.drawn import drawn, issued_by
from skillmark.suites.credentials.fidelity import alterations
from skillmark.suites.credentials.reducing import reduced
from skillmark.suites.credentials.shown import Shown, opened
from skillmark_reference.credentials.kinds import kind_of
from skillmark_reference.credentials.verifying import verify
from skillmark_reference.documents import Documents, Policy, SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from skillmark.core.results import RunResult
    from skillmark.faults.credentials.endpoints import Said

BADGES, RECORDS = Standard.OPEN_BADGES, Standard.CLR
SMOKE = find_depth("smoke")
URL = "http://127.0.0.1"


def fault(name: str, standard: Standard = BADGES) -> RunResult:
    """Run a plan on a product that issues badly."""
    return judged(standard, ENDPOINT_FAULTS[f"endpoint-{name}"].product, SMOKE)


def persona(name: str) -> RunResult:
    """Run the plan of badges on a product with a peculiarity."""
    return judged(BADGES, ENDPOINT_PERSONAS[f"endpoint-{name}"].product, SMOKE)


class Answering(httpx.BaseTransport):
    """Issues as the healthy product does, after a look at the request; keeps what it was asked."""

    def __init__(self, answer: Callable[[httpx.Request, healthy.Record], Said]) -> None:
        self.bodies: list[bytes] = []
        self._answer = answer

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        self.bodies.append(request.read())
        said = self._answer(request, json.loads(self.bodies[-1])["credential"])
        return httpx.Response(said.status, content=said.content)


def healthy_answer(_: httpx.Request, asked: healthy.Record) -> Said:
    """Issue what is asked for."""
    return created(proved(completed(asked)))


def ran(transport: httpx.BaseTransport, standard: Standard = BADGES, **members: Any) -> RunResult:  # noqa: ANN401 - of the target
    """Run a plan on a product in process."""
    interface = IssuingInterface(kinds=("EndorsementCredential", "ClrCredential"), count=2)
    given = {"url": URL, "issuing": interface, "submissions": Submissions(sources=(), at=NOW, offline=True)}
    target = Target(**{**given, **members})
    return certify(find_plan(standard.value), target, options=RunOptions(depth=SMOKE), transport=transport)


# The reference


@pytest.mark.parametrize(
    ("standard", "undecided", "verdict"),
    [(BADGES, {"OB30-R-149", "OB30-R-220"}, Verdict.NOT_FULLY_VERIFIED), (RECORDS, set(), Verdict.CONFORMANT)],
    ids=["badges", "records"],
)
def test_the_vc_api_of_the_reference_passes(standard: Standard, undecided: set[str], verdict: Verdict) -> None:
    """It issues whatever is drawn and loses nothing; what is left undecided is for its vendor to say."""
    transport = client_of()._transport
    result = ran(transport, standard, issuing=IssuingInterface(), submissions=None)
    assert () == result.findings
    musts = [each for each in result.requirements.values() if each.deciding and each.level == "MUST"]
    open_ones = {Outcome.UNTESTED, Outcome.CANNOT_TELL}
    assert undecided == {each.id for each in musts if each.outcome in open_ones}
    assert verdict is result.verdict
    assert 6 == result.requests_sent


def test_what_the_vendor_states_makes_it_conformant() -> None:
    """With the two statements the reference is conformant, the badge for the conformance suite included."""
    statements = {"OB30-R-149": "No profile is followed.", "OB30-R-220": "Recipients get a mail."}
    transport = client_of()._transport
    result = ran(transport, issuing=IssuingInterface(count=3), submissions=None, attestations=statements)
    assert Verdict.CONFORMANT is result.verdict
    assert Outcome.PASSED is result.requirements["OB30-R-219"].outcome


# What is drawn


@pytest.mark.parametrize("kind", ISSUABLE_KINDS)
def test_what_is_drawn_is_right_from_the_smallest_to_the_largest(kind: str) -> None:
    """A verifier accepts each of them once a product has signed it."""
    documents = Documents(clock=SystemClock(), policy=Policy(offline=True))
    sizes = []
    for number, each in zip(range(5), next(drawn([kind], count=5, seed=3)), strict=False):
        signed = proved(completed(each))
        verification = verify(json.dumps(signed), documents=documents, now=NOW)
        assert "valid" == verification.verdict.value, (number, [str(problem) for problem in verification.problems])
        sizes.append(len(json.dumps(each)))
    assert 3 * min(sizes) < max(sizes)
    assert min(sizes) in {sizes[0], sizes[2]}


def test_the_same_seed_asks_for_the_same() -> None:
    """Two runs send the same bytes, and a run with another seed does not."""
    first, second = Answering(healthy_answer), Answering(healthy_answer)
    ran(first)
    ran(second)
    assert first.bodies == second.bodies
    assert len(first.bodies) == len(set(first.bodies))


def test_the_issuer_is_the_one_of_the_settings() -> None:
    """Its id, its Profile, or nobody where the product fills it in; endorsements of a drawn Profile are not of it."""
    credential = {"id": "x", "issuer": {"id": "did:example:a", "name": "A", "endorsement": []}}
    assert {"id": "x"} == issued_by(credential, "")
    assert {"id": "did:example:b", "name": "A"} == issued_by(credential, "did:example:b")["issuer"]
    assert {"id": "did:example:c"} == issued_by(credential, {"id": "did:example:c"})["issuer"]


# What comes of it


def test_a_counterexample_is_made_smaller() -> None:
    """A product that damages large credentials is shown with one that is hardly large, and its answer."""
    result = fault("large-ones-are-damaged")
    found = next(each.finding for each in result.findings if each.finding.requirement == "OB30-R-085")
    smallest = result.exchanges[found.evidence[0]]
    drawn_ones = [len(each.request_body) for each in result.exchanges.values()]
    assert 3_000 > len(smallest.request_body), drawn_ones
    assert 201 == smallest.status
    assert any("To find the smallest of what is wrong" in each for each in result.sampling)


def test_no_more_questions_than_the_level_allows() -> None:
    """The search for smaller ones ends with its budget."""
    none = dataclasses.replace(SMOKE, shrinks=0)
    product = ENDPOINT_FAULTS["endpoint-large-ones-are-damaged"].product
    assert 6 == judged(BADGES, product, none).requests_sent
    assert 6 + SMOKE.shrinks >= judged(BADGES, product, SMOKE).requests_sent


def test_what_was_changed_on_the_way_is_told_and_does_not_fail() -> None:
    """No document forbids it: a warning at the place, with what was sent and what came back."""
    result = fault("changes-dates")
    told = [each for each in result.findings if "/validFrom" == each.finding.pointer]
    assert [Outcome.WARNED] == [each.outcome for each in told]
    assert "2025-06-01T00:00:00Z" in told[0].finding.actual
    assert "No document says" in told[0].finding.dispute
    assert Outcome.WARNED is result.requirements["OB30-R-224"].outcome


def test_refusals_are_counted_and_accuse_nobody() -> None:
    """What a product does not issue is told by kind and status."""
    result = persona("refuses-much")
    assert () == result.findings
    assert any("Refused" in each and "EndorsementCredential: the answer is 400" in each for each in result.sampling)


@pytest.mark.parametrize(
    ("name", "says"),
    [("always-500", "the answer is 500"), ("empty-object", "without a credential"), ("page", "without a credential")],
)
def test_an_answer_without_a_credential_tells_nothing(name: str, says: str) -> None:
    """It is neither a pass nor an accusation, and the reason is there."""
    result = judged(BADGES, NULL_ENDPOINTS[f"endpoint-{name}"].product, SMOKE)
    assert () == result.findings
    validity = result.requirements["OB30-R-224"]
    assert Outcome.CANNOT_TELL is validity.outcome
    assert says in validity.reason
    assert any("6 requests ended without a credential" in each for each in result.sampling)


def test_files_are_judged_beside_what_is_issued(tmp_path: Path) -> None:
    """A poor file is found although the product issues well, and the rules for names concern the file alone."""
    badge = healthy.minimal()
    del badge["credentialSubject"]["achievement"]["name"]
    (tmp_path / "badge.json").write_bytes(securing.written(securing.whole(badge)))
    given = Submissions(sources=(str(tmp_path),), at=NOW, offline=True)
    result = ran(Answering(healthy_answer), submissions=given)
    found = {each.finding.requirement: each.finding.evidence for each in result.findings}
    assert ("d1",) == found["OB30-R-003"]
    assert Outcome.PASSED is result.requirements["OB30-R-070"].outcome
    assert 1 == next(check.subjects for check in result.checks if check.name == "documents.json_files_are_named_so")


# Reaching it


def test_the_token_of_the_target_goes_along() -> None:
    """Authentication is that of other targets, and it is in no report."""
    seen: list[str | None] = []

    def guarded(request: httpx.Request, asked: healthy.Record) -> Said:
        seen.append(request.headers.get("Authorization"))
        return healthy_answer(request, asked)

    authentication = Authentication(method=AuthenticationMethod.BEARER, token="t0p-secret")
    result = ran(Answering(guarded), authentication=authentication)
    assert {"Bearer t0p-secret"} == set(seen)
    assert "t0p-secret" not in repr(result)


@pytest.mark.parametrize(
    ("status", "advice"), [(401, "[authentication]"), (403, "[authentication]"), (404, "path"), (405, "method")]
)
def test_settings_that_lead_nowhere_are_told_as_such(status: int, advice: str) -> None:
    """The first answer shows it, and the run says what to correct."""
    answering = Answering(lambda _, asked: dataclasses.replace(created(asked), status=status))
    with pytest.raises(Misconfigured, match=r"Check|Name") as told:
        ran(answering)
    assert advice in str(told.value)
    assert 1 == len(answering.bodies)


def test_nobody_there() -> None:
    """A product that cannot be reached is told as that, after one question."""

    class Closed(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("refused", request=request)

    with pytest.raises(TargetUnreachable, match="cannot be reached"):
        ran(Closed())


def test_kinds_of_another_plan_are_refused() -> None:
    """Who issues records only is told which kinds the plan of badges is about."""
    with pytest.raises(Misconfigured, match="AchievementCredential"):
        ran(Answering(healthy_answer), issuing=IssuingInterface(kinds=("ClrCredential",)))


# Parts


def shown(document: healthy.Record) -> Shown:
    """Return a credential as rules see it."""
    opened_one, token = opened(json.dumps(document))
    assert opened_one is not None
    verification = verify(
        json.dumps(document), documents=Documents(clock=SystemClock(), policy=Policy(offline=True)), now=NOW
    )
    return Shown(
        evidence="x1", place="", document=opened_one, kind=kind_of(document), verification=verification, token=token
    )


@pytest.mark.parametrize(
    ("sent", "got", "places"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, []),
        ({"a": "x"}, {"a": ["x"]}, []),
        ({"a": ["x", "y"]}, {"a": ["y", "x"]}, []),
        ({"a": "2024-01-01T01:00:00+01:00"}, {"a": "2024-01-01T00:00:00Z"}, []),
        ({"id": "x", "issuer": "x", "proof": {}}, {}, []),
        ({"a": 1}, {"a": True}, ["/a"]),
        ({"a": 1.5}, {"a": "1.5"}, ["/a"]),
        ({"a": {"b": ["x", "y"]}}, {"a": {"b": ["x"]}}, ["/a/b/1"]),
        ({"a": [{"n": 1}, {"n": 2}]}, {"a": [{"n": 1}, {"n": 3}]}, ["/a/1/n"]),
        ({"a": "2024-01-01T00:00:00Z"}, {"a": "2024-01-02T00:00:00Z"}, ["/a"]),
        ({"a": {"b": 1}}, {}, ["/a"]),
        ({"a/b": "é"}, {"a/b": "e"}, ["/a~1b"]),
    ],
)
def test_what_counts_as_changed(sent: healthy.Record, got: healthy.Record, places: list[str]) -> None:
    """Another form of the same is no change; what an issuer fills in and adds is none either."""
    assert places == [place for place, _ in alterations(sent, shown(got))]


def test_reducing_takes_out_everything_that_is_not_needed() -> None:
    """What stays is what the tables demand, and what the defect needs."""

    def has_level(credential: healthy.Record) -> bool:
        described = credential["credentialSubject"]["achievement"].get("resultDescription", [])
        return any("rubricCriterionLevel" in each for each in described)

    left = reduced(healthy.maximal(), has_level)
    achievement = left["credentialSubject"]["achievement"]
    assert {"@context", "id", "type", "issuer", "validFrom", "credentialSubject"} == set(left)
    assert 1 == len(achievement["resultDescription"])
    assert 1 == len(achievement["resultDescription"][0]["rubricCriterionLevel"])
    assert "alignment" not in achievement["resultDescription"][0]["rubricCriterionLevel"][0]
