"""The peculiar hosts: what they are, that the healthy one is healthy, and a few of them against the plans."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

import pytest

from skillmark.catalogue import Role
from skillmark.catalogue.requirements import Decision
from skillmark.faults.clients.judging import PREFIX as OF_CLIENTS
from skillmark.faults.hosts.behaving import HostTransport, links_of
from skillmark.faults.hosts.broken import BROKEN
from skillmark.faults.hosts.calls import Call
from skillmark.faults.hosts.fault import expected_in
from skillmark.faults.hosts.nulls import NULL_HOSTS
from skillmark.faults.hosts.personas import PERSONAS
from skillmark.faults.hosts.world import ACCOUNTS, URL, Host, target_for
from skillmark.faults.rows import DEPTH, Judgement, Kind, Subject
from skillmark.faults.selfcheck import decide_one, subjects
from skillmark.plans import find_plan
from skillmark.runs import RunOptions, certify
from skillmark_reference.services import load_service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.faults.hosts.fault import HostFault
    from skillmark.plans import Plan

PLANS = ("ob-3.0-host", "clr-2.0-host")
OWN = (Role.SERVICE, Role.HOST)
#: Requirements that no host in process can break, and why.
WITHOUT_FAULT = {
    "OB30-R-150": "In process there is no transport; tests of the transport break it on a socket.",
    "OB30-R-168": "It allows something, and forbids nothing.",
    "OB30-R-202": "A run does not wait for ten minutes to see a code end.",
}
SERVICE = load_service("ob-3.0")
every_plan = pytest.mark.parametrize("plan_id", PLANS)


@pytest.fixture
def host() -> Iterator[Host]:
    """Open a healthy host at which everybody has signed in before."""
    opened = Host.opened(SERVICE)
    yield opened
    opened.close()


def call(operation: str, token: str, body: object = None, **query: str) -> Call:
    """Return a call of an operation of the API with a token."""
    row = SERVICE.operations[operation]
    return Call(
        method=row.method,
        operation=operation,
        origin=URL,
        path=f"{SERVICE.base_path}{row.path}",
        query=tuple(query.items()),
        headers={"authorization": f"Bearer {token}", "content-type": "application/json"},
        body=b"" if body is None else json.dumps(body).encode(),
    )


@every_plan
def test_every_duty_of_a_host_has_a_fault(plan_id: str) -> None:
    """No automated requirement that binds services or hosts is without a broken host, but for stated reasons."""
    plan = find_plan(plan_id)
    broken = {each for fault in of_plan(plan) for each in expected_in(plan, fault.requirements)}
    excused = set(expected_in(plan, tuple(WITHOUT_FAULT)))
    wanted = {
        each.id
        for each in plan.requirements
        if each.role in OWN and each.decided in {Decision.AUTOMATED, Decision.DISPUTED}
    }
    assert set() == wanted - broken - excused
    assert set() == broken & excused


@every_plan
def test_every_duty_that_counts_is_broken_undisputed(plan_id: str) -> None:
    """A MUST of a service or host has a fault that deserves more than a warning wherever the catalogue allows one."""
    plan = find_plan(plan_id)
    firm = {each for fault in of_plan(plan) if not fault.disputed for each in expected_in(plan, fault.requirements)}
    excused = set(expected_in(plan, tuple(WITHOUT_FAULT)))
    wanted = {
        each.id
        for each in plan.requirements
        if each.role in OWN and each.decided is Decision.AUTOMATED and each.is_scored(plan.version)
    }
    assert set() == wanted - firm - excused


def of_plan(plan: Plan) -> Iterator[HostFault]:
    """Yield the broken hosts of a plan."""
    return (fault for fault in BROKEN.values() if plan.standard_id in fault.standards)


@every_plan
def test_faults_break_requirements_of_the_plan(plan_id: str) -> None:
    """What a fault names exists, in the catalogue of one of its standards."""
    plan = find_plan(plan_id)
    known = {each.id for each in plan.requirements} | {each.repeats for each in plan.requirements}
    other = find_plan(next(each for each in PLANS if each != plan_id))
    known |= {each.id for each in other.requirements} | {each.repeats for each in other.requirements}
    assert {} == {
        fault.name: unknown
        for fault in BROKEN.values()
        if (unknown := [each for each in fault.requirements if each not in known])
    }
    assert [] == [
        fault.name
        for fault in of_plan(plan)
        if not expected_in(plan, fault.requirements) and fault.standards == (plan.standard_id,)
    ]


@every_plan
def test_there_are_enough(plan_id: str) -> None:
    """A plan is tried on more than a hundred and twenty broken hosts, twelve personas and five null products."""
    found = [each.kind for each in subjects([plan_id]) if not each.name.startswith(OF_CLIENTS)]
    assert found.count(Kind.FAULT) >= 300
    assert found.count(Kind.PERSONA) >= len(PERSONAS) >= 12
    assert found.count(Kind.NULL) >= 5


def test_faults_tell_what_people_suffer() -> None:
    """Every fault has a sentence about its effect."""
    assert [] == [fault.name for fault in BROKEN.values() if not fault.effect.endswith(".")]


# The healthy host


def test_hosts_begin_with_nothing(host: Host) -> None:
    """A host that was furnished keeps nothing of another one but who its accounts are."""
    for account in ACCOUNTS:
        token = host.token_of(account.name, tuple(SERVICE.scopes))
        assert {} == host.answer(call("getCredentials", token)).json
        status = host.answer(call("getProfile", token)).status
        assert (200 if account.profile else 404) == status


def test_hosts_share_nothing(host: Host) -> None:
    """A token of one host opens nothing at another one."""
    other = Host.opened(SERVICE)
    try:
        token = host.token_of("ada", tuple(SERVICE.scopes))
        assert (200, 401) == (
            host.answer(call("getProfile", token)).status,
            other.answer(call("getProfile", token)).status,
        )
    finally:
        other.close()


def test_tokens_of_the_host_have_the_scopes_that_are_wanted(host: Host) -> None:
    """Inside tokens are as narrow as they are asked for, and the ledger knows whose they are."""
    scope = str(SERVICE.operations["getProfile"].scope)
    token = host.token_of("bob", (scope,))
    assert (200, 403) == (
        host.answer(call("getProfile", token)).status,
        host.answer(call("getCredentials", token)).status,
    )
    assert ("bob", (scope,)) == (host.ledger.access[token].account, host.ledger.access[token].scopes)


def test_calls_keep_what_they_are_not_changed_in() -> None:
    """Parameters, fields and headers are replaced by name, and left out where nothing is given."""
    usual = call("getCredentials", "t", limit="2", offset="0", since="x")
    changed = usual.asking(limit="3", since=None).headed(content_type=None).from_client("a", "b:c")
    assert (("offset", "0"), ("limit", "3")) == changed.query
    assert ("a", "b:c") == changed.client
    assert "content-type" not in changed.headers
    form = dataclasses.replace(usual, body=b"a=1&b=2&a=3").filled(b="4", c="5")
    assert b"a=1&a=3&b=4&c=5" == form.body
    assert {"a": "1", "b": "4", "c": "5"} == form.form


def test_a_shelf_behaves_as_the_reference_does(host: Host) -> None:
    """The host with its own lists, in the usual manner, cuts, counts and links as the healthy one."""
    persona = PERSONAS["takes-whatever-came-last"].make()
    token = host.token_of("ada", tuple(SERVICE.scopes))
    for index in range(3):
        credential = json.loads(_signed(index))
        assert 201 == persona(call("upsertCredential", token, credential), host).status
        assert 200 == persona(call("upsertCredential", token, credential), host).status
    for query in ({"limit": "2"}, {"limit": "2", "offset": "2"}, {"since": "2025-06-01T00:00:00Z"}, {}):
        asked = call("getCredentials", token, **query)
        usual, own = host.answer(asked), persona(asked, host)
        assert (usual.json, usual.headers["x-total-count"], links_of(usual)) == (
            own.json,
            own.headers["x-total-count"],
            links_of(own),
        )


def _signed(index: int) -> str:
    from skillmark.faults.credentials import healthy as credentials  # noqa: PLC0415 - brings the libraries of signatures
    from skillmark.faults.credentials.securing import proved  # noqa: PLC0415 - as above

    begins = f"2025-0{index + 4}-15T00:00:00Z"
    return json.dumps(proved(credentials.minimal() | {"id": f"urn:uuid:{index}", "validFrom": begins}))


# Runs


@every_plan
@pytest.mark.parametrize(
    "name",
    [
        "names-no-registration",
        "does-without-tos-uri",
        "checks-no-verifier",
        "redirects-anywhere",
        "gives-the-same-tokens-again",
        "refreshes-wider-than-granted",
        "revokes-nothing",
        "lets-readers-write",
        "lists-what-others-have",
        "ignores-offset",
        "keeps-what-is-sent-again",
        "has-errors-of-its-own",
    ],
)
def test_broken_hosts_are_caught(plan_id: str, name: str) -> None:
    """A sample of the faults; the whole matrix is the self-check's."""
    row = decide_one(Subject(kind=Kind.FAULT, name=name, plan=plan_id))
    assert (Judgement.CAUGHT, ()) == (row.judgement, row.defects)


@pytest.mark.parametrize("name", ["reference", "has-small-pages", "signs-in-in-two-steps"])
def test_personas_are_spared(name: str) -> None:
    """A sample of the hosts that are right in their own manner."""
    row = decide_one(Subject(kind=Kind.PERSONA, name=name, plan="ob-3.0-host"))
    assert (True, (), ()) == (row.judgement.is_right, row.failed, row.defects)


@pytest.mark.parametrize(
    "subject", [each for each in subjects(PLANS) if each.kind is Kind.NULL], ids=lambda each: each.id
)
def test_null_products_get_what_they_deserve(subject: Subject) -> None:
    """Nothing that does nothing, or everything, is a host."""
    row = decide_one(subject)
    assert (True, ()) == (row.judgement.is_right, row.defects)


def test_a_host_that_takes_everything_is_told_so_where_all_is_doubted() -> None:
    """The plan of CLR 2.0, which only warns of clients, codes and tokens, warns of every kind of them."""
    plan = find_plan("clr-2.0-host")
    host = Host.opened(load_service(plan.standard_id))
    try:
        transport = HostTransport(host, NULL_HOSTS["accepts-everything"].make())
        result = certify(plan, target_for(), options=RunOptions(depth=DEPTH), transport=transport)
    finally:
        host.close()
    found = {judged.finding.requirement for judged in result.findings}
    repeated = ("OB30-R-151", "OB30-R-184", "OB30-R-194", "OB30-R-200", "OB30-R-203", "OB30-R-211", "OB30-R-215")
    assert set(expected_in(plan, repeated)) <= found
