"""The checks of the authorization server: the reference passes all of them, and no secret is kept."""

from __future__ import annotations

import contextlib
import json
import re
import sys
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import pytest
from tests.conformance.hosts.products import ADA, BOB, PLANS, Product, evidence_for, run, target_for

from skillmark.catalogue import find_requirement
from skillmark.core.clock import SystemClock
from skillmark.core.errors import Misconfigured, NotApplicable, Untested
from skillmark.core.interfaces import HostInterface, Login
from skillmark.core.outcomes import Outcome
from skillmark.plans import find_plan
from skillmark.reporting import to_document
from skillmark.suites import suite_of
from skillmark.wire.browsers.logins import DENY, Decision, Logins
from skillmark.wire.client import WireClient

if TYPE_CHECKING:
    from collections.abc import Iterator

AREAS = (
    "discovery",
    "transport",
    "registration",
    "authorizing",
    "proof_keys",
    "tokens",
    "scopes",
    "refreshing",
    "revoking",
)
#: What a run in process cannot see, and what no run waits for.
UNSEEN = {
    "transport.tls_1_2_or_1_3_is_spoken",
    "transport.nothing_is_protected_without_tls",
    "transport.described_addresses_have_tls",
    "tokens.codes_live_ten_minutes",
}
NOT_THERE = {
    "discovery.key_sets_fit_their_class",
    "discovery.own_endpoints_are_below_the_base_path",
    "discovery.what_is_described_is_there",
    "discovery.own_endpoints_refuse_alike",
    "revoking.tokens_end_with_their_time",
}


def is_oauth(name: str) -> bool:
    """Whether a check is about the authorization server."""
    return name.partition(".")[0] in AREAS


def test_the_reference_passes(plan_id: str, product: Product) -> None:
    """Every check holds, and there is no finding at all, in both standards."""
    result = run(product, plan=plan_id, only=is_oauth)
    assert [] == [(each.check, each.finding.actual) for each in result.findings]
    outcomes = {check.name: check.outcome for check in result.checks}
    assert outcomes
    others = {name: outcome for name, outcome in outcomes.items() if name not in UNSEEN | NOT_THERE}
    assert {Outcome.PASSED} == set(others.values()), others
    assert {Outcome.UNTESTED} == {outcomes[name] for name in UNSEEN}
    assert {Outcome.NOT_APPLICABLE} == {outcomes[name] for name in NOT_THERE}


def test_the_same_seed_asks_the_same(product: Product) -> None:
    """Two runs against equal hosts send the same requests, but for what the hosts gave out."""
    with Product() as other:
        for each in (product, other):
            run(each, only=lambda name: name.startswith(("registration", "proof_keys.any")))
        shapes = [[(each.method, each.url.path) for each in one.requests] for one in (product, other)]
    assert shapes[0] == shapes[1]


def _secrets(product: Product) -> Iterator[str]:
    """Yield every secret that went over the wire, but for those that are made up."""
    yield from (each for each in _given(product) if len(each) > 8 and not each.startswith("skillmark-"))


def _given(product: Product) -> Iterator[str]:
    """Yield passwords, codes, verifiers, tokens, client secrets, cookies."""
    yield from (ADA.password, BOB.password)
    names = {"code", "code_verifier", "refresh_token", "token", "access_token", "client_secret"}
    for request, answer in zip(product.requests, product.answers, strict=True):
        yield from (value for name, value in parse_qsl(request.content.decode(errors="replace")) if name in names)
        if header := request.headers.get("authorization"):
            yield header.partition(" ")[2]
        yield from re.findall(r"skillmark-session=([\w-]+)", request.headers.get("cookie", ""))
        location = answer.headers.get("location", "")
        yield from (value for name, value in parse_qsl(urlsplit(location).query) if name == "code")
        if answer.headers.get("content-type") == "application/json":
            value = answer.json()
            yield from (value[name] for name in names if isinstance(value, dict) and name in value)


def test_no_secret_is_kept(product: Product) -> None:
    """Neither the exchanges nor the results of a run have a secret in them."""
    evidence = evidence_for(product)
    for check in suite_of(evidence.context.plan).checks_of(evidence.context.plan):
        if is_oauth(check.name):
            with contextlib.suppress(Untested, NotApplicable):
                list(check.function(evidence))
    # A challenge is public, and one is tried as a verifier.
    public = {request.url.params.get("code_challenge") for request in product.requests}
    secrets = set(_secrets(product)) - public
    assert 100 < len(secrets)
    kept = "\n".join(str(each) for each in evidence.exchanges.values())
    assert [] == [each for each in secrets if each in kept]
    result = json.dumps(to_document(run(product, only=is_oauth)))
    public |= {request.url.params.get("code_challenge") for request in product.requests}
    assert [] == [each for each in set(_secrets(product)) - public if each in result]


def test_every_requirement_is_in_both_plans() -> None:
    """What OB checks decide of CLR is named by the ids of CLR, and those of clients are left to other checks."""
    for plan in map(find_plan, PLANS):
        decided = {
            each for check in suite_of(plan).checks_of(plan) if is_oauth(check.name) for each in check.requirements
        }
        assert decided <= set(plan.catalogue.requirements)
        roles = {find_requirement(each)[1].role.value for each in decided}
        assert {"service"} == roles


# What there may be too little of


def test_one_account_is_enough_for_oauth(product: Product) -> None:
    """The second account is asked for only where one of them should not see what the other has."""
    evidence = evidence_for(product, target=target_for(HostInterface(accounts=(ADA,))))
    assert evidence.session().access_token
    with pytest.raises(Untested, match="another one under"):
        evidence.session(1)


def test_no_account_is_a_mistake_of_the_user(product: Product) -> None:
    """Without an account there is nothing to run."""
    with pytest.raises(Misconfigured, match=r"\[\[host\.accounts"):
        evidence_for(product, target=target_for(HostInterface()))


def test_wrong_password_leaves_everything_untested(product: Product) -> None:
    """A host is not accused where the settings are wrong."""
    wrong = HostInterface(accounts=(ADA.__class__(name="ada", password="not the password"),))
    result = run(product, only=is_oauth, target=target_for(wrong))
    assert [] == list(result.findings)
    reasons = {check.reason for check in result.checks if check.name.startswith("tokens.")}
    assert all("could not allow the client anything" in each for each in reasons), reasons
    assert 2 == len([each for each in product.requests if each.url.path == "/oauth2/sign-in"])


def test_sessions_are_obtained_once_and_renewed(product: Product) -> None:
    """One flow serves all that ask for the same; whoever wants one of their own gets it."""
    evidence = evidence_for(product)
    assert evidence.session() is evidence.session()
    assert evidence.session().access_token != evidence.fresh_session().access_token
    assert evidence.client() is evidence.session().client
    assert evidence.client("second").id != evidence.client().id


class _Person:
    """Somebody at a terminal who opens every address in a browser of their own, and decides as asked."""

    def __init__(self, product: Product) -> None:
        self._client = WireClient(target_for(), clock=SystemClock(), transport=product)
        self._shown = ""
        self.asked = 0

    def isatty(self) -> bool:
        """Say that there is a terminal."""
        return True

    def write(self, text: str) -> None:
        """See what is shown."""
        self._shown += text

    def flush(self) -> None:
        """Do nothing."""

    def readline(self, _: int = -1) -> str:
        """Paste where the browser ended."""
        address, told = re.findall(r"https?://\S+response_type\S+", self._shown)[0], self._shown
        self._shown, self.asked = "", self.asked + 1
        only = re.findall(r"allow only (.*):", told)
        decision = DENY if "refuse" in told else Decision(scopes=tuple(only[0].split()) if only else None)
        returns = [dict(parse_qsl(urlsplit(address).query))["redirect_uri"]]
        logins = Logins(self._client, target_for().host)
        return logins.decide(address, returns=returns, account=ADA, decision=decision).address + "\n"


def test_a_person_is_asked_no_more_than_needed(product: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    """With somebody at a terminal the checks say the same, of fewer cases."""
    person = _Person(product)
    monkeypatch.setattr(sys, "stdin", person)
    monkeypatch.setattr(sys, "stderr", person)
    target = target_for(HostInterface(accounts=(ADA,), login=Login.INTERACTIVE))
    result = run(product, only=lambda name: is_oauth(name) and not name.startswith("discovery"), target=target)
    monkeypatch.undo()
    assert [] == [(each.check, each.finding.actual) for each in result.findings]
    assert [] == [check.reason for check in result.checks if check.defect]
    assert 5 < person.asked < 35
