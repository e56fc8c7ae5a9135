"""The plans of displayers: what is asked, whom they accuse of what, and whom they spare."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import shlex
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from tests.conformance.kit_people import NOW, StandingClock

from skillmark.catalogue import Role, load_catalogue
from skillmark.core.errors import Misconfigured, TargetUnreachable
from skillmark.core.interfaces import Peer
from skillmark.core.outcomes import Outcome, Verdict
from skillmark.core.target import Adapter, Target, VerifierInterface
from skillmark.engine import find_depth
from skillmark.faults.displayers.broken import BROKEN
from skillmark.faults.displayers.judging import decide, run_against, subjects
from skillmark.faults.displayers.personas import NULL_PRODUCTS, PERSONAS
from skillmark.faults.displayers.products import INTERFACE, PEER, DisplayerTransport
from skillmark.faults.rows import Judgement, Kind
from skillmark.plans import find_plan
from skillmark.runs import RunOptions, certify
from skillmark.suites import suite_of
from skillmark.suites.displayers.badges import USUAL, Badge, Container, Model, State, by_older_suite, by_unknown_suite
from skillmark.suites.displayers.duties import CLR, OPEN_BADGES
from skillmark.suites.verifiers.lists import BITSTRING, OF_1EDTECH
from skillmark.suites.verifiers.publishing import Publisher
from skillmark.suites.verifiers.samples import SELECTIVE
from skillmark.suites.verifiers.samples import Kind as Records
from skillmark.wire.asking.verifiers import Verdict as Answers
from skillmark.wire.asking.verifiers import asking
from skillmark.wire.client import WireClient
from skillmark.wire.peers.serving import Shelf
from skillmark_reference.credentials.baking import unbake
from skillmark_reference.credentials.verifying import verify
from skillmark_reference.documents import Documents, Policy

if TYPE_CHECKING:
    from skillmark.core.results import RunResult
    from skillmark_reference.credentials.results import Verification

BADGES, RECORDS = "ob-3.0-displayer", "clr-2.0-displayer"
SKILLMARK = str(Path(sys.executable).with_name("skillmark"))
ATTESTED = {f"OB30-R-{number}": "Shown to the auditor." for number in (229, 230, 231, 232, 255)}
both = pytest.mark.parametrize("plan", [BADGES, RECORDS])


class Bench:
    """Credentials as a run makes them, and the verifier of the reference, which finds their lists."""

    def __init__(self) -> None:
        self.shelf = Shelf()
        self.place = Publisher(PEER, resources=contextlib.ExitStack(), shelf=self.shelf)

    def looked_at(self, credential: str | bytes) -> Verification:
        """Return what the verifier of the reference says."""
        given = {f"{PEER.public_url}{path}": each.content for path, each in self.shelf.documents().items()}
        documents = Documents(clock=StandingClock(), policy=Policy(offline=True), given=given)
        text = unbake(credential).text if isinstance(credential, bytes) else credential
        return verify(text, documents=documents, now=NOW)


# What is asked


@pytest.mark.parametrize("kind", [Records.ACHIEVEMENT, Records.CLR])
@pytest.mark.parametrize("model", Model)
@pytest.mark.parametrize("form", [USUAL, "vc-jwt-EdDSA", "vc-jwt-RS256", "vc-jwt-ES256"])
def test_badges_are_what_they_are_called(kind: Records, model: Model, form: str) -> None:
    """In each state, model and format the verifier of the reference finds the state, and nothing else that is wrong."""
    bench = Bench()
    lists = (BITSTRING, OF_1EDTECH) if model is Model.V2 else (OF_1EDTECH,)
    wanted = {State.VALID: "valid", State.EXPIRED: "expired", State.TAMPERED: "invalid"}
    cases = [(Badge(kind=kind, state=state, form=form, model=model), told) for state, told in wanted.items()]
    cases += [
        (Badge(kind=kind, state=state, form=form, model=model, status=status), told)
        for status in lists
        for state, told in ((State.REVOKED, "revoked"), (State.ACTIVE, "valid"))
    ]
    for badge, told in cases:
        assert told == bench.looked_at(badge.made(bench.place)).verdict.value, badge.name


@pytest.mark.parametrize("container", [Container.PNG, Container.SVG])
def test_images_hold_the_same(container: Container) -> None:
    """What is baked is the credential that is asked about without an image."""
    bench = Bench()
    for state in (State.VALID, State.EXPIRED):
        text = Badge(kind=Records.ACHIEVEMENT, state=state)
        image = dataclasses.replace(text, container=container).made(bench.place)
        assert isinstance(image, bytes)
        assert text.made(bench.place) == unbake(image).text


def test_selective_disclosure_is_verified_as_it_was_derived() -> None:
    """The badge of ecdsa-sd-2023 is valid, and not when its name was changed."""
    bench = Bench()
    for state, is_valid in ((State.VALID, True), (State.TAMPERED, False)):
        made = Badge(kind=Records.ACHIEVEMENT, state=state, form=SELECTIVE).made(bench.place)
        assert is_valid is bench.looked_at(made).valid


def test_older_suites_are_good_and_unknown_ones_are_not() -> None:
    """Both older suites verify; the one that nobody knows cannot be verified."""
    bench = Bench()
    for kind in (Records.ACHIEVEMENT, Records.CLR):
        newest = by_older_suite(kind, {"type": "DataIntegrityProof", "cryptosuite": "eddsa-2022"})
        context = "https://w3id.org/security/suites/ed25519-2020/v1"
        assert bench.looked_at(newest).valid
        assert bench.looked_at(by_older_suite(kind, {"type": "Ed25519Signature2020"}, context)).valid
        assert not bench.looked_at(by_unknown_suite(kind)).valid


@pytest.mark.parametrize(("plan", "duties"), [(BADGES, OPEN_BADGES), (RECORDS, CLR)])
def test_every_requirement_of_displayers_has_a_check(plan: str, duties: object) -> None:
    """Each requirement of the role is decided, or attested, by a check of the suite, and no other one is."""
    found = find_plan(plan)
    wanted = {
        each.id for each in load_catalogue(found.catalogue_id).requirements.values() if each.role is Role.DISPLAYER
    }
    assert wanted == {each.id for each in found.requirements}
    assert wanted == {identifier for check in suite_of(found).checks_of(found) for identifier in check.requirements}
    assert {getattr(duties, each) for each in ("states", "revoked", "proofs", "models")} <= wanted


# Whom it accuses, and whom it spares


@both
@pytest.mark.parametrize("name", PERSONAS)
def test_personas_are_spared(plan: str, name: str) -> None:
    """Whoever displays well is accused of nothing and warned of nothing, however it says so and whatever it claims."""
    result = run_against(PERSONAS[name], plan)
    assert [] == list(result.findings)
    observed = {Outcome.PASSED, Outcome.UNTESTED, Outcome.NOT_APPLICABLE}
    assert observed >= {check.outcome for check in result.checks}
    assert 5 <= sum(check.outcome is Outcome.PASSED for check in result.checks)
    assert Verdict.NOT_FULLY_VERIFIED is result.verdict


@both
def test_faults_are_caught(plan: str) -> None:
    """Every broken displayer is accused of what it breaks, and those that are none deserve their verdict."""
    rows = [decide(each) for each in subjects(find_plan(plan)) if each.kind is not Kind.PERSONA]
    assert 30 <= len(rows)
    assert [] == [row.subject.name for row in rows if row.judgement is not Judgement.CAUGHT or row.defects]


def test_there_are_faults_for_every_duty() -> None:
    """Each requirement that is decided by asking has a product that breaks it, and five personas or more keep them all."""
    asked = {"states", "old_states", "expired", "revoked", "proofs", "older_suites", "models"}
    assert asked == {duty for each in BROKEN.values() for duty in each.duties}
    assert (10, 4) == (len(PERSONAS), len(NULL_PRODUCTS))


def test_a_vendor_that_attests_is_conformant() -> None:
    """Where the product tells the states, and the vendor states what is shown, nothing is left open."""
    result = run_attested(ATTESTED)
    assert (Verdict.CONFORMANT, []) == (result.verdict, list(result.findings))
    without = {name: text for name, text in ATTESTED.items() if name != "OB30-R-230"}
    assert Verdict.NOT_FULLY_VERIFIED is run_attested(without).verdict


def run_attested(attestations: dict[str, str]) -> RunResult:
    """Run the plan of badges against a good product with attestations."""
    shelf = Shelf()
    transport = DisplayerTransport(PERSONAS["reference"], shelf)
    target = Target(url="https://shop.example", verifier=INTERFACE, peer=PEER, attestations=attestations)
    return certify(find_plan(BADGES), target, transport=transport, shelf=shelf, clock=StandingClock())


# What cannot be told


def test_who_cannot_fetch_lists_is_not_accused() -> None:
    """A product that asks for nothing, where nobody said how it reaches the harness, is not told that it ignores lists."""
    transport = DisplayerTransport(BROKEN["shows-revoked-as-valid"], Shelf())
    target = Target(url="https://shop.example", verifier=INTERFACE)
    result = certify(find_plan(BADGES), target, transport=transport, clock=StandingClock())
    assert [] == list(result.findings)
    told = {check.name: check for check in result.checks if check.outcome is Outcome.CANNOT_TELL}
    assert {"states.of_model_2", "states.of_model_1", "statuses.list_decides"} == set(told)
    assert all("public_url under [peer]" in each.reason for each in told.values())


@pytest.mark.parametrize("status", [401, 403, 404, 405])
def test_wrong_addresses_are_told(status: int) -> None:
    """Where nothing at the address understands the question, nobody is judged."""
    target = Target(url="https://shop.example", verifier=INTERFACE)
    with pytest.raises(Misconfigured, match=f"answers {status}"):
        certify(find_plan(BADGES), target, transport=httpx.MockTransport(lambda _: httpx.Response(status)))


def test_who_is_not_there_is_told() -> None:
    """Nobody at the address is no verdict."""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    target = Target(url="https://shop.example", verifier=INTERFACE)
    with pytest.raises(TargetUnreachable, match="cannot be reached"):
        certify(find_plan(BADGES), target, transport=httpx.MockTransport(refuse))


# The verifier of the reference as a product that displays


def test_the_reference_passes_as_a_command(tmp_path: Path) -> None:
    """`skillmark verify` finds the states of badges, also in images; it fetches the lists from the harness over TLS."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    authority = tmp_path / "ca.pem"
    command = (SKILLMARK, "verify", "--quiet", "--allow-origin", f"https://localhost:{port}", "{file}")
    script = tmp_path / "show"
    script.write_text(f'#!/bin/sh\nSSL_CERT_FILE={authority} exec {shlex.join(command[:-1])} "$1"\n', encoding="utf-8")
    interface = VerifierInterface(
        adapter=Adapter.COMMAND, command=("/bin/sh", str(script), "{file}"), formats=(USUAL,), seconds=120.0
    )
    target = Target(verifier=interface, peer=Peer(port=port, authority=authority), attestations=ATTESTED)
    options = RunOptions(depth=find_depth("smoke"), only=lambda check: check.name == "statuses.list_decides")
    result = certify(find_plan(BADGES), target, options=options)
    assert [] == list(result.findings)
    assert [(Outcome.PASSED, 4)] == [(check.outcome, check.subjects) for check in result.checks]


@pytest.mark.parametrize(("container", "ending"), [(Container.PNG, "png"), (Container.SVG, "svg")])
def test_images_are_given_to_commands(container: Container, ending: str) -> None:
    """A command gets an image as a file with its own ending, or by standard input, byte for byte."""
    image = Badge(kind=Records.ACHIEVEMENT, state=State.VALID, container=container).made(Bench().place)
    assert isinstance(image, bytes)
    digest = hashlib.sha256(image).hexdigest()
    compare = "import hashlib, sys; sys.exit(hashlib.sha256({}).hexdigest() != sys.argv[1])"
    by_input = compare.format("sys.stdin.buffer.read()")
    by_file = compare.format("open(sys.argv[2], 'rb').read()") + f" or not sys.argv[2].endswith('.{ending}')"
    for command in ((by_input, digest), (by_file, digest, "{file}")):
        interface = VerifierInterface(adapter=Adapter.COMMAND, command=(sys.executable, "-c", *command), images=True)
        target = Target(verifier=interface)
        clock = StandingClock()
        assert Answers.ACCEPTED is asking(target, WireClient(target, clock=clock), clock).ask(image).verdict
