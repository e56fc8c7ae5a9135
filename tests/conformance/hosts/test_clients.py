"""Hosts that call other hosts: the reference passes, the peculiar ones are spared, the broken ones are caught."""

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
    import httpx

    from skillmark.core.results import RunResult
    from skillmark.faults.clients.world import Send
    from skillmark_reference.clients import Host

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


SUBJECTS = {each.name.removeprefix(PREFIX): each for each in subjects(find_plan(HOSTS[0]))}


@pytest.mark.parametrize("name", sorted(name for name, each in SUBJECTS.items() if each.kind is Kind.PERSONA))
def test_personas_are_spared(name: str) -> None:
    """A client that is peculiar and right is accused of nothing."""
    row = decide(SUBJECTS[name])
    assert (True, (), ()) == (row.judgement.is_right, row.failed, row.defects)


#: One fault for each requirement, the first one of the table.
_SAMPLE = {product.requirements[0]: name for name, product in reversed(BROKEN.items()) if name in SUBJECTS}


@pytest.mark.parametrize("name", sorted(_SAMPLE.values()))
def test_faults_are_caught(name: str) -> None:
    """A client that breaks a requirement is accused of it; all of them are in the self-check."""
    row = decide(SUBJECTS[name])
    assert (True, ()) == (row.judgement.is_right, row.defects)


def test_every_requirement_of_clients_has_a_fault() -> None:
    """What binds clients in the plans is broken by at least one of at least thirty faults."""
    entries = {
        each.id: each.repeats for plan in HOSTS for each in find_plan(plan).requirements if each.role is Role.CONSUMER
    }
    readers = [product for name, product in BROKEN.items() if name in SUBJECTS]
    broken = {requirement for product in readers for requirement in product.requirements}
    assert [] == [name for name, repeats in entries.items() if not {name, repeats} & broken]
    assert 30 <= len(readers)
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
