"""Products that call hosts: the reference passes, the peculiar ones are spared, the broken ones are caught."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from skillmark.catalogue import Decision, Role
from skillmark.core.outcomes import Outcome
from skillmark.faults.clients.broken import BROKEN
from skillmark.faults.clients.changes import form_of, one_after_the_other
from skillmark.faults.clients.judging import PREFIX, decide, judged, subjects
from skillmark.faults.clients.personas import personas
from skillmark.faults.clients.world import READING, URL, ClientProduct, Surroundings, connected, target_for
from skillmark.faults.rows import Kind
from skillmark.plans import PLANS, find_plan
from skillmark.runs import RunOptions, certify
from skillmark.wire.peers.host_description import description_of_host
from skillmark_reference.clients.descriptions import description_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from skillmark.core.results import RunResult
    from skillmark.faults.clients.world import Send
    from skillmark_reference.clients import Host, Session

HOSTS = ("ob-3.0-host", "clr-2.0-host")
#: What only a product that writes shows, what the vendor states, and what a product may leave out.
_OF_WRITERS = {"OB30-R-157", "OB30-R-160", "CLR20-R-164", "CLR20-R-167"}


def consumers(plan_id: str) -> dict[str, Decision]:
    """Return the requirements of a plan that bind clients."""
    return {each.id: each.decided for each in find_plan(plan_id).requirements if each.role is Role.CONSUMER}


def outcomes(result: RunResult) -> dict[str, Outcome]:
    """Return what a run says of the requirements that bind clients."""
    return {name: result.requirements[name].outcome for name in consumers(result.plan)}


@pytest.mark.parametrize("plan_id", HOSTS)
def test_the_reference_client_passes(plan_id: str) -> None:
    """Everything that a reader has to do is passed, what a writer does is not applicable, and nothing is found."""
    result = judged(find_plan(plan_id), personas()["reference-client"])
    assert () == result.findings
    found = outcomes(result)
    automated = {name for name, decided in consumers(plan_id).items() if decided is Decision.AUTOMATED}
    assert dict.fromkeys(automated - _OF_WRITERS, Outcome.PASSED) == {
        name: found[name] for name in automated - _OF_WRITERS
    }
    assert {Outcome.NOT_APPLICABLE} == {found[name] for name in automated & _OF_WRITERS}


def test_writers_are_seen_to_write() -> None:
    """A client that sends credentials and a profile passes what binds those."""
    found = outcomes(judged(find_plan(HOSTS[0]), personas()["writes-as-well"]))
    assert {Outcome.PASSED} == {found["OB30-R-157"], found["OB30-R-160"]}


#: The plan of products that also send credentials, which are certified as Service Consumer (Write).
WRITERS = dataclasses.replace(find_plan(HOSTS[0]), certified_as=("service consumer (write)",))


def _sends(*texts: str, profile: str = "https://1edtech.org/issuers/cert") -> Callable[[Session], None]:
    def use(session: Session) -> None:
        for text in texts:
            session.upsert(text)
        session.put_profile({"id": profile, "type": ["Profile"]})

    return use


@pytest.mark.parametrize(
    ("use", "wants", "wrong"),
    [
        pytest.param(_sends('{"id": "urn:x:1", "proof": {}}', "a.b.c"), ("upsertCredential",), [], id="right"),
        pytest.param(_sends(), ("upsertCredential",), ["OB30-R-225"], id="nothing sent"),
        pytest.param(_sends('{"id": "urn:x:1"}'), ("upsertCredential",), ["OB30-R-227"], id="without a proof"),
        pytest.param(_sends("a.b.c"), ("getCredentials",), ["OB30-R-226"], id="other scope"),
        pytest.param(_sends("a.b.c", profile="urn:x:me"), ("upsertCredential",), ["OB30-R-228"], id="other profile"),
    ],
)
def test_writers_are_held_against_their_certification(
    use: Callable[[Session], None], wants: tuple[str, ...], wrong: list[str]
) -> None:
    """A product that is certified to write sends secured credentials, with the scope for it, and the profile of the guide."""
    result = judged(WRITERS, ClientProduct(name="writer", use=use, wants=wants))
    found = {each.finding.requirement for each in result.findings}
    assert wrong == sorted(found & {"OB30-R-225", "OB30-R-226", "OB30-R-227", "OB30-R-228"})


@pytest.mark.parametrize("name", sorted(personas()))
def test_personas_are_spared(name: str) -> None:
    """A client that is peculiar and right is accused of nothing."""
    (subject,) = [
        each for each in subjects(find_plan(HOSTS[0])) if each.name == f"{PREFIX}{name}" and each.kind is Kind.PERSONA
    ]
    row = decide(subject)
    assert (True, (), ()) == (row.judgement.is_right, row.failed, row.defects)


#: One fault for each requirement, the first one of the table.
_SAMPLE = {product.requirements[0]: name for name, product in reversed(BROKEN.items())}


@pytest.mark.parametrize("name", sorted(_SAMPLE.values()))
def test_faults_are_caught(name: str) -> None:
    """A client that breaks a requirement is accused of it; all of them are in the self-check."""
    (subject,) = [
        each for each in subjects(find_plan(HOSTS[0])) if each.name == f"{PREFIX}{name}" and each.kind is Kind.FAULT
    ]
    row = decide(subject)
    assert (True, ()) == (row.judgement.is_right, row.defects)


def test_every_requirement_of_clients_has_a_fault() -> None:
    """What binds clients in the plans is broken by at least one of at least thirty faults."""
    entries = {
        each.id: each.repeats for plan in HOSTS for each in find_plan(plan).requirements if each.role is Role.CONSUMER
    }
    broken = {requirement for product in BROKEN.values() for requirement in product.requirements}
    assert [] == [name for name, repeats in entries.items() if not {name, repeats} & broken]
    assert 30 <= len(BROKEN)
    assert [] == [product.name for product in BROKEN.values() if not product.effect.endswith(".")]


@pytest.mark.parametrize("plan_id", HOSTS)
def test_null_products_pass_nothing(plan_id: str) -> None:
    """Who calls nothing is not fully verified; who stops after the description is not conformant where more is certified."""
    rows = [decide(each) for each in subjects(find_plan(plan_id)) if each.kind is Kind.NULL]
    assert [True] * 3 == [row.judgement.is_right for row in rows]


def test_nobody_is_asked_in_process() -> None:
    """Without a command and a terminal all that binds clients stays untested, with the next step."""
    plan = find_plan(HOSTS[0])
    options = RunOptions(only=lambda check: check.area.startswith("client_"))
    result = certify(plan, dataclasses.replace(target_for()), options=options, transport=Surroundings())
    automated = {name for name, decided in consumers(plan.id).items() if decided is Decision.AUTOMATED}
    assert {Outcome.UNTESTED} == {result.requirements[name].outcome for name in automated}
    assert 'command = ["my-product", "connect", "{url}"] under [client]' in result.requirements["OB30-R-172"].reason
    assert set(HOSTS) <= set(PLANS)


def test_who_remembers_an_earlier_run_is_not_accused() -> None:
    """A description that may be kept is used in the next run at the same address: what does not come is untested."""

    def course(host: Host) -> None:
        earlier = description_of_host(host.service, URL, "1234abcd")
        known = description_of(earlier, root=host.root, service=host.service)
        host.describe = lambda: known  # type: ignore[method-assign]  # as a copy of it would say
        list(connected(host, READING).credentials())

    result = judged(find_plan(HOSTS[0]), ClientProduct(name="remembers", course=course))
    found = outcomes(result)
    assert (Outcome.UNTESTED, Outcome.UNTESTED) == (found["OB30-R-172"], found["OB30-R-238"])
    assert "let it forget the host, or let port be 0" in result.requirements["OB30-R-172"].reason
    assert set() == {each.finding.requirement for each in result.findings} & {"OB30-R-172", "OB30-R-238"}


def test_no_secret_is_shown() -> None:
    """Codes, tokens, secrets and verifiers, and what a product repeats of them, are nowhere in a result; the calls are."""
    secrets: list[str] = []

    def change(request: httpx.Request, send: Send) -> httpx.Response:
        answer = send(request)
        body = answer.json() if answer.content and answer.headers["content-type"] == "application/json" else {}
        secrets.extend(body[name] for name in ("access_token", "refresh_token", "client_secret") if name in body)
        if request.url.path.endswith("/token"):
            secrets.extend(value for name, value in form_of(request) if name in {"code", "code_verifier"})
        return answer

    product = dataclasses.replace(
        BROKEN["token-in-the-query"], change=one_after_the_other(BROKEN["token-in-the-query"].change, lambda: change)
    )
    result = judged(find_plan(HOSTS[0]), product)
    text = repr(dataclasses.asdict(result))
    assert 15 < len(set(secrets))
    assert [] == [each for each in secrets if each in text]
    assert "access_token=[redacted]" in text
    evidence = {each for finding in result.findings for each in finding.finding.evidence}
    assert evidence
    assert evidence <= set(result.exchanges)
