"""Products that write to hosts: what they send is verified, the peculiar ones are spared, the broken ones are caught."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest
from tests.conformance.hosts.test_clients_peer import browser_at, peer_of, token_from

from skillmark.cli.application import run
from skillmark.core.errors import Misconfigured
from skillmark.core.interfaces import ClientInterface
from skillmark.core.outcomes import Outcome, Verdict
from skillmark.core.target import Product
from skillmark.faults.clients import badges
from skillmark.faults.clients.broken import BROKEN
from skillmark.faults.clients.judging import PREFIX, decide, judged, subjects
from skillmark.faults.clients.personas import personas
from skillmark.faults.clients.world import ClientProduct, Surroundings, target_for
from skillmark.faults.clients.writing import sending
from skillmark.faults.rows import Kind
from skillmark.plans import find_plan
from skillmark.reporting import write_reports
from skillmark.runs import certify
from skillmark.suites.hosts.samples import EMBEDDED, TOKEN
from skillmark.wire.peers import errands
from skillmark.wire.peers.calls import Round
from skillmark.wire.peers.host import MOST_BODY
from skillmark.wire.settings.configuration import describe, load_target, target_as_described

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from skillmark.core.results import RunResult

PLAN = find_plan("ob-3.0-client")
CERTIFICATION = {f"OB30-R-{number}" for number in (225, 226, 227, 228)}
SUBJECTS = {each.name.removeprefix(PREFIX): each for each in subjects(PLAN)}


def outcomes(result: RunResult) -> dict[str, Outcome]:
    """Return what a run says of each requirement."""
    return {name: each.outcome for name, each in result.requirements.items()}


def writer_of(*texts: Callable[[], str]) -> RunResult:
    """Return what is said of a product that sends some texts."""
    return judged(PLAN, ClientProduct(name="writer", use=sending(*texts), errand=errands.WRITING))


# The plan


def test_the_plan_has_what_binds_writers() -> None:
    """The four entries of the guide's role are in it, what binds every client, and nothing of readers."""
    found = {each.id for each in PLAN.requirements}
    assert CERTIFICATION <= found
    assert {"OB30-R-172", "OB30-R-180", "OB30-R-193", "OB30-R-208", "OB30-R-212"} <= found
    assert set() == found & {"OB30-R-238", "OB30-R-239", "OB30-R-240"}
    assert {"service consumer (write)", ""} == {each.cert.partition(":")[0] for each in PLAN.requirements}


def test_the_reference_writer_is_conformant() -> None:
    """It passes all that a test decides, but for the profile, which it does not send; with a profile that, too."""
    without, with_profile = (judged(PLAN, personas()[name]) for name in ("reference-client", "sends-a-profile"))
    assert (Verdict.CONFORMANT, ()) == (without.verdict, without.findings)
    assert (Verdict.CONFORMANT, ()) == (with_profile.verdict, with_profile.findings)
    told = outcomes(without)
    of_profiles = {"OB30-R-160", "OB30-R-228"}
    assert of_profiles == {name for name, each in told.items() if each is Outcome.NOT_APPLICABLE}
    assert {Outcome.PASSED} == {outcomes(with_profile)[name] for name in CERTIFICATION | of_profiles}
    assert "" == without.target_url


def test_reports_do_without_an_address(tmp_path: Path) -> None:
    """A report of a product that is nowhere says so, and calls it the product where it has no name."""
    result = judged(PLAN, personas()["reference-client"])
    write_reports(dataclasses.replace(result, product=Product()), tmp_path)
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert '<dt>Address</dt><dd class="mono wrap">none</dd>' in text
    assert "The product" in text.partition("</title>")[0]


def test_nobody_is_asked_in_process() -> None:
    """Without a command and a terminal everything stays untested, with the next step; no address is needed."""
    result = certify(PLAN, target_for(is_host=False), transport=Surroundings())
    assert Verdict.NOT_FULLY_VERIFIED is result.verdict
    assert {Outcome.UNTESTED} == {each.outcome for each in result.requirements.values()}
    assert "under [client]. Without one, run it on a terminal" in result.requirements["OB30-R-227"].reason


# Faults, personas, null products


@pytest.mark.parametrize("name", sorted(name for name, each in SUBJECTS.items() if each.kind is Kind.PERSONA))
def test_personas_are_spared(name: str) -> None:
    """A writer that is peculiar and right is accused of nothing."""
    row = decide(SUBJECTS[name])
    assert (True, (), ()) == (row.judgement.is_right, row.failed, row.defects)


#: All faults of what certification asks of writers, and of the others the first one for each requirement.
_FAULTS = {name: BROKEN[name] for name, each in SUBJECTS.items() if each.kind is Kind.FAULT}
_SAMPLE = {product.requirements[0]: name for name, product in reversed(_FAULTS.items())}
_CAUGHT = {*_SAMPLE.values(), *(name for name, each in _FAULTS.items() if CERTIFICATION & {*each.requirements})}


@pytest.mark.parametrize("name", sorted(_CAUGHT))
def test_faults_are_caught(name: str) -> None:
    """A writer that breaks a requirement is accused of it; all of them are in the self-check."""
    row = decide(SUBJECTS[name])
    assert (True, ()) == (row.judgement.is_right, row.defects)


def test_every_requirement_has_a_fault() -> None:
    """What the plan decides is broken by a fault, and what certification asks of writers by two at least."""
    broken = [each for product in _FAULTS.values() for each in product.requirements]
    assert [] == [each.id for each in PLAN.requirements if each.id not in broken]
    assert [] == [name for name in CERTIFICATION if broken.count(name) < 2]


def test_null_products_pass_nothing() -> None:
    """Who calls nothing is not fully verified, who asks for the description only is not conformant."""
    rows = [decide(each) for each in SUBJECTS.values() if each.kind is Kind.NULL]
    assert [True] * 3 == [row.judgement.is_right for row in rows]


# What arrives


@pytest.mark.parametrize(
    ("texts", "outcome", "words"),
    [
        pytest.param([badges.sent], Outcome.PASSED, "", id="embedded proof"),
        pytest.param([lambda: badges.sent(form=TOKEN)], Outcome.PASSED, "", id="token"),
        pytest.param([badges.enveloped], Outcome.PASSED, "", id="token in an envelope"),
        pytest.param([badges.endorsed, badges.sent], Outcome.PASSED, "", id="beside another kind"),
        pytest.param(
            [lambda: badges.sent(validFrom="2026-06-01T00:02:00Z")], Outcome.PASSED, "", id="clock that is ahead"
        ),
        pytest.param(
            [lambda: badges.sent(validFrom="2026-06-01T02:00:00Z")], Outcome.FAILED, "not yet valid", id="not yet"
        ),
        pytest.param([badges.endorsed], Outcome.FAILED, "its type is", id="other kind"),
        pytest.param(
            [lambda: badges.sent(badges.hashed("x@y.example"))], Outcome.FAILED, "plain or hashed", id="other recipient"
        ),
        pytest.param([lambda: "{}"], Outcome.FAILED, "no AchievementCredential", id="no credential"),
        pytest.param([lambda: "abc"], Outcome.FAILED, "no credential: 'abc'", id="nothing that can be read"),
        pytest.param(
            [lambda: badges.sent(credentialStatus=badges.STATUS)],
            Outcome.CANNOT_TELL,
            "Nobody knows whether what arrived is valid (c",
            id="status in a list that is not there",
        ),
        pytest.param(
            [lambda: badges.sent(description="x" * MOST_BODY)],
            Outcome.CANNOT_TELL,
            "larger than",
            id="larger than kept",
        ),
    ],
)
def test_what_arrives_is_verified(texts: list[Callable[[], str]], outcome: Outcome, words: str) -> None:
    """A valid badge for the conformance suite is what counts, beside whatever else; what cannot be verified accuses nobody."""
    result = writer_of(*texts)
    told = [each.finding.actual for each in result.findings if each.finding.requirement == "OB30-R-227"]
    assert outcome is result.requirements["OB30-R-227"].outcome
    assert words in " ".join([*told, result.requirements["OB30-R-227"].reason])
    assert (outcome is Outcome.FAILED) is bool(told)


def test_no_end_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a product that sends ever more badges that are wrong, nobody can tell whether the next one would have been right."""
    monkeypatch.setattr("skillmark.suites.hosts.client_writing._MOST", 2)
    found = writer_of(*(lambda text=text: text for text in "abc")).requirements["OB30-R-227"]
    assert (Outcome.CANNOT_TELL, True) == (found.outcome, found.reason.startswith("More than 2 credentials arrived"))


def test_findings_say_where() -> None:
    """What is wrong is told with its place, the call that brought it, and the words of the verifier."""
    result = writer_of(lambda: badges.sent(validUntil="2026-01-01T00:00:00Z"))
    (found,) = [each.finding for each in result.findings if each.finding.requirement == "OB30-R-227"]
    assert ("/validUntil", True) == (found.pointer, found.actual.startswith("expired: "))
    assert "upsertCredential" not in found.evidence
    assert {"POST"} == {result.exchanges[each].method for each in found.evidence}


def test_the_network_is_the_users(tmp_path: Path) -> None:
    """An origin that is none is a wrong setting, before the product is made to call."""
    client = ClientInterface(command=("true",), allowed_origins=("nowhere",))
    with pytest.raises(Misconfigured, match=r"^allow_origins: "):
        certify(PLAN, dataclasses.replace(target_for(is_host=False), client=client), transport=Surroundings())
    assert [] == list(tmp_path.iterdir())


# The host


def test_the_host_answers_who_writes() -> None:
    """201 for what is new and 200 for the same again, in whatever form, with what came; a profile is replaced."""
    service = "/ims/ob/v3p0"
    with browser_at(peer_of()) as client:
        headers = token_from(client)
        texts = [(EMBEDDED, "application/vc+ld+json"), (EMBEDDED, "application/json"), (TOKEN, "text/plain")]
        for number, (form, media_type) in enumerate(texts):
            text = badges.sent(form=form)
            answer = client.post(
                f"{service}/credentials", content=text, headers={**headers, "Content-Type": media_type}
            )
            assert (201 if number != 1 else 200, text, media_type) == (
                answer.status_code,
                answer.text,
                answer.headers["content-type"].partition(";")[0],
            )
        profile = {"id": "https://1edtech.org/issuers/cert", "type": ["Profile"]}
        put = client.put(f"{service}/profile", json=profile, headers=headers)
        assert (200, profile) == (put.status_code, put.json())
        assert profile == client.get(f"{service}/profile", headers=headers).json()
        assert 401 == client.post(f"{service}/credentials", content="{}").status_code


def test_the_host_is_busy_with_what_writers_want() -> None:
    """In the rounds that are about it, sending is refused once with a time, and always without one; reading is not."""
    peer = peer_of()
    peer.errand = errands.WRITING
    with browser_at(peer) as client:
        told = []
        for which in (Round.BUSY, Round.AGAIN):
            peer.begin(which)
            headers = token_from(client)
            for _ in range(2):
                answer = client.post("/ims/ob/v3p0/credentials", content="{}", headers=headers)
                told.append((answer.status_code, answer.headers.get("retry-after")))
            assert 200 == client.get("/ims/ob/v3p0/profile", headers=headers).status_code
    assert [(503, "1"), (201, None), (503, None), (503, None)] == told


# Settings


def settings_in(folder: Path, text: str) -> Path:
    """Write a target file."""
    file = folder / "target.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_settings_need_no_address(tmp_path: Path) -> None:
    """[client] alone is a target, its command is what reports call the product by, and a report has all of it again."""
    text = '[client]\ncommand = ["send", "{url}"]\noffline = true\nallow_origins = ["https://10.0.0.1"]\n'
    target = load_target(settings_in(tmp_path, text), environ={})
    assert ("", "send '{url}'") == (target.url, target.place)
    assert (True, ("https://10.0.0.1",)) == (target.client.offline, target.client.allowed_origins)
    assert target.client == target_as_described(describe(target), ca_file=None, is_complete=True).client
    with pytest.raises(Misconfigured, match=r"client\.offline has to be true or false"):
        load_target(settings_in(tmp_path, '[client]\noffline = "no"\n'), environ={})


@pytest.mark.parametrize(
    ("settings", "code", "words"),
    [
        pytest.param("[client]\n", 0, "a run asks a person at the terminal", id="a person"),
        pytest.param('[client]\ncommand = ["true"]\n', 2, "The product called nothing of the host", id="calls nothing"),
        pytest.param('[client]\ncommand = ["/nowhere/x"]\n', 2, "/nowhere/x cannot be run", id="no program"),
    ],
)
def test_the_doctor_lets_it_call_once(
    settings: str,
    code: int,
    words: str,
    tmp_path: Path,
    *,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Who calls nothing cannot be tested; without a command people are asked, which is told."""
    monkeypatch.setattr("skillmark.wire.peers.driving._NOT_YET", 0.01)
    assert code == run(["doctor", "--plan", PLAN.id, "--target", str(settings_in(tmp_path, settings))])
    told = capsys.readouterr().out
    assert words in told
    assert (code == 0) is ("can be tested" in told)
