"""The harness as the hostile party: what it serves to verifiers, what follows from what they fetch, what reports say of it."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import socket
import ssl
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import trustme
from rich.console import Console
from starlette.applications import Starlette

from skillmark.core.clock import SystemClock
from skillmark.core.errors import Misconfigured
from skillmark.core.interfaces import Peer
from skillmark.core.outcomes import Outcome, Verdict
from skillmark.core.results import Cell
from skillmark.core.target import Target, VerifierInterface
from skillmark.engine import find_depth
from skillmark.faults.verifiers.asking import INTERFACE
from skillmark.faults.verifiers.broken import BROKEN
from skillmark.faults.verifiers.personas import PERSONAS
from skillmark.faults.verifiers.products import Asked, VerifierProduct, VerifierTransport, vc_api
from skillmark.plans import find_plan
from skillmark.reporting import ReportPaths, dumped, from_document, to_document
from skillmark.reporting.html import report_html
from skillmark.reporting.terminal import print_summary
from skillmark.runs import RunOptions, certify
from skillmark.suites.verifiers import fetching, statuses
from skillmark.suites.verifiers.publishing import IN_PROCESS, Publisher
from skillmark.suites.verifiers.samples import Kind, Sample
from skillmark.wire.asking.answers import Recipient
from skillmark.wire.asking.verifiers import body_of, no_recipients
from skillmark.wire.in_process import AsgiTransport
from skillmark.wire.peers.serving import Shelf
from skillmark.wire.settings.configuration import load_target
from skillmark_reference.databases import Database
from skillmark_reference.documents import Documents, Policy
from skillmark_reference.server.vc_api import Instance, VcApiOptions, routes_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from skillmark.core.results import RunResult

PLAN = find_plan("vc-verifier")
URL = "https://verifier.example"
ONE_FORMAT = VerifierInterface(formats=("eddsa-rdfc-2022",), kinds=("AchievementCredential",))


def place_of(peer: Peer, shelf: Shelf | None = None) -> Publisher:
    """Return where documents are published, without a server."""
    return Publisher(peer, resources=contextlib.ExitStack(), shelf=shelf or Shelf())


def run(
    transport: httpx.BaseTransport,
    interface: VerifierInterface,
    *,
    shelf: Shelf | None,
    peer: Peer | None = None,
    only: str = "",
) -> RunResult:
    """Run the checks of the plan whose names begin so."""
    target = Target(url=URL, verifier=interface, peer=peer or Peer())
    options = RunOptions(depth=find_depth("smoke"), only=lambda check: check.name.startswith(only))
    return certify(PLAN, target, options=options, transport=transport, shelf=shelf)


def run_product(product: VerifierProduct, interface: VerifierInterface | None = None, *, only: str = "") -> RunResult:
    """Run checks of the plan against a product in process."""
    shelf = Shelf()
    return run(VerifierTransport(product, shelf), interface or product.interface, shelf=shelf, only=only)


def product(accepts: Callable[[Asked], bool]) -> VerifierProduct:
    """Return a product that decides in a way of its own."""
    return VerifierProduct(name="of the test", make=lambda: accepts, says=vc_api)


# What is served


def test_documents_are_where_their_addresses_say() -> None:
    """An address leads to its document, with or without the path of the public address, and every request counts."""
    shelf = Shelf()
    place = place_of(Peer(public_url="https://peer.example/below"), shelf)
    address = place.put("lists/one", {"a": 1})
    assert "https://peer.example/below/lists/one" == address
    assert {"/below/lists/one", "/lists/one"} == set(shelf.documents())
    assert (False, 0) == (place.asked(address) > 0, place.requests)
    for path in ("/below/lists/one", "/lists/one", "/other"):
        shelf.take(path)
    assert (2, 3) == (place.asked(address), place.requests)


@pytest.mark.parametrize(
    ("public", "expected"),
    [
        ("", "did:web:peer.skillmark.example:issuers:a"),
        ("https://peer.example:8443", "did:web:peer.example%3A8443:issuers:a"),
        ("https://peer.example/below", "did:web:peer.example:below:issuers:a"),
        ("https://192.0.2.7", None),
        ("http://peer.example", None),
    ],
)
def test_dids_of_the_harness(public: str, expected: str | None) -> None:
    """A did:web has the port and the path of the address; without a name, or without https, there is none."""
    assert expected == place_of(Peer(public_url=public)).did("issuers/a")


def test_nothing_is_served_before_it_is_needed() -> None:
    """A plan that needs no documents opens no port, and the loopback interface is called by a name, which a DID needs."""
    with contextlib.ExitStack() as resources:
        place = Publisher(Peer(), resources=resources)
        assert not place.is_used
        assert place.base.startswith("https://localhost:")
        assert str(place.did("a")).startswith("did:web:localhost%3A")


def test_ports_that_are_taken_are_told() -> None:
    """A port of somebody else is a wrong setting, and no defect of the product."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        place = Publisher(Peer(port=taken.getsockname()[1]), resources=contextlib.ExitStack())
        with pytest.raises(Misconfigured, match=r"under \[peer\]"):
            place.put("a", {})


# A product that fetches over the network


def test_the_reference_fetches_over_tls(tmp_path: Path) -> None:
    """With a certificate that it trusts, the reference finds keys by address and did:web, lists, schemas and newer copies."""
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost", "127.0.0.1")
    file = tmp_path / "peer.pem"
    certificate.private_key_and_cert_chain_pem.write_to_path(file)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    policy = Policy(allowed_origins=(f"https://localhost:{port}",))
    database = Database.open("sqlite://")
    options = VcApiOptions(documents=Documents(clock=SystemClock(), policy=policy, trust=trust))
    app = Starlette(routes=routes_of(Instance.open(database, options=options, clock=SystemClock())))
    transport = AsgiTransport(app)
    try:
        result = run(transport, ONE_FORMAT, shelf=None, peer=Peer(port=port, certificate=file), only="fetching.")
    finally:
        transport.close()
        database.close()
    assert () == result.findings
    # Without a token there is no key set; and the server asks for no contexts of others.
    outside = {"fetching.key_sets", "fetching.extensions"}
    assert outside == {check.name for check in result.checks if check.outcome is not Outcome.PASSED}
    assert any("documents that this run served" in line for line in result.sampling)


# What follows from what a product fetches


def test_whoever_fetches_nothing_is_not_judged() -> None:
    """A product that cannot reach the harness is accused of nothing that it could know from there only, and told what to do."""
    result = run_product(PERSONAS["reaches-nobody"][0], ONE_FORMAT)
    untested = [
        check for check in result.checks if check.name.startswith(("statuses.", "published_keys.", "refreshing."))
    ]
    assert {Outcome.UNTESTED, Outcome.NOT_APPLICABLE} == {check.outcome for check in untested}
    reasons = [check.reason for check in untested if check.outcome is Outcome.UNTESTED]
    assert 25 < len(reasons)
    assert all("state public_url under [peer]" in reason for reason in reasons)
    assert any(IN_PROCESS in line and "asked for nothing" in line for line in result.sampling)
    assert () == result.findings


def test_whoever_fetches_has_to_accept() -> None:
    """A product that fetches other things, and refuses a credential with a list in order, is accused."""
    accused = run_product(BROKEN["refuses-whatever-has-a-status"], ONE_FORMAT, only="fetching.lists")
    assert {Outcome.FAILED} == {each.outcome for each in accused.findings}
    # Who does not even look at the list may not know what it is.
    blind = dataclasses.replace(BROKEN["refuses-whatever-has-a-status"], skips=("/lists/",))
    warned = run_product(blind, ONE_FORMAT, only="fetching.")
    assert {statuses.OF_TYPES} == {each.finding.dispute for each in warned.findings}


def test_status_types_that_are_not_claimed_are_not_asked_about() -> None:
    """Who states the types of status that it knows is asked about those."""
    interface = dataclasses.replace(ONE_FORMAT, statuses=("1EdTechRevocationList",))
    outcomes = {
        check.name: check.outcome
        for check in run_product(PERSONAS["knows-revocation-lists-only"][0], interface, only="statuses.").checks
    }
    assert Outcome.PASSED is outcomes.pop("statuses.named_in_a_revocation_list")
    assert {Outcome.NOT_APPLICABLE} == set(outcomes.values())


def test_healthy_documents_are_each_asked_for_by_their_own_address() -> None:
    """No two healthy cases of one sample share an address, so that none can spoil another."""
    shelf = Shelf()
    sample = Sample(kind=Kind.ACHIEVEMENT, form="vc-jwt-ES256", published=place_of(Peer(), shelf))
    cases = (*fetching.KEYS, *fetching.KEY_SETS, *fetching.STATUSES, *fetching.DOCUMENTS, *fetching.NEWER)
    texts = [each.make(sample) for each in cases if each.where(sample)]
    before = shelf.documents()
    assert texts == [each.make(sample) for each in cases if each.where(sample)]
    assert before == shelf.documents()


# Reports


def test_the_matrix_says_what_was_refused() -> None:
    """Each fault has a cell for each format in which it exists: accepted where it was, and that survives the file."""
    interface = VerifierInterface(formats=("eddsa-rdfc-2022", "vc-jwt-ES256"), kinds=("AchievementCredential",))
    result = run_product(BROKEN["takes-alg-none"], interface)
    assert result.matrix is not None
    rows = {row.check: row for row in result.matrix.rows}
    assert ("eddsa-rdfc-2022", "vc-jwt-ES256") == result.matrix.columns
    assert {"vc-jwt-ES256": Cell.ACCEPTED} == rows["tokens.alg_none"].cells
    assert {"vc-jwt-ES256": Cell.REFUSED} == rows["tokens.changed_payload"].cells
    assert {"eddsa-rdfc-2022", "vc-jwt-ES256"} == rows["statuses.revoked"].cells.keys()
    assert result == from_document(json.loads(dumped(to_document(result))))


def test_security_holes_are_told_in_words() -> None:
    """Page and summary name each hole with its formats, and no other plan or older file has a matrix."""
    result = run_product(BROKEN["takes-alg-none"], VerifierInterface(formats=("vc-jwt-ES256",)), only="tokens.alg")
    page, told = report_html(result), io.StringIO()
    assert "it accepts although alg is none, and there is no signature" in page
    assert 2 == page.count('<span class="word">security hole</span>')
    paths = ReportPaths(results=Path("r"), html=Path("h"), junit=Path("j"))
    print_summary(result, Console(file=told, width=200), report_paths=paths)
    assert "Security holes (2)" in told.getvalue()
    assert "accepted although alg is none, and there is no signature (vc-jwt-ES256)" in told.getvalue()
    document = to_document(result)
    del document["matrix"]
    older = from_document(document)
    assert older.matrix is None
    assert 'id="matrix"' not in report_html(older)


def test_drawn_counterexamples_are_small() -> None:
    """Of drawn credentials that are refused the smallest that was found is shown, whole."""
    picky = product(lambda asked: not any(asked.complaints) and "evidence" not in asked.content)
    result = run_product(picky, VerifierInterface(formats=("eddsa-rdfc-2022",)), only="accepting.drawn_proofs")
    failed = [each.finding for each in result.findings if each.outcome is Outcome.FAILED]
    assert 1 == len(failed)
    body = result.exchanges[failed[0].evidence[0]].request_body
    assert len(body) < 3_000
    assert "evidence" in json.loads(body)["verifiableCredential"]


def test_results_hold_what_is_needed() -> None:
    """What was sent is whole where it was wrong to accept it, and cut where nothing is wrong; each check adds little."""
    result = run_product(BROKEN["ignores-jti"])
    accused = {each.finding.evidence[0] for each in result.findings}
    whole = [exchange for name, exchange in result.exchanges.items() if name in accused]
    others = [exchange for name, exchange in result.exchanges.items() if name not in accused]
    assert all(json.loads(exchange.request_body) for exchange in whole)
    assert max(len(exchange.request_body) for exchange in others) < 250
    assert len(dumped(to_document(result))) < 2_600 * len(result.checks)
    assert Verdict.NOT_CONFORMANT is result.verdict


# Whose a credential is


def test_templates_say_whose_it_should_be() -> None:
    """Both places become JSON strings, null where nobody asks; without them a product is not asked."""
    asked = json.loads(body_of(INTERFACE, '{"a": "{text}"}', Recipient(identity='a"b', identity_type="emailAddress")))
    assert {"verifiableCredential": {"a": "{text}"}, "recipient": 'a"b', "recipientType": "emailAddress"} == asked
    assert {"recipient": None, "recipientType": None}.items() <= json.loads(body_of(INTERFACE, "{}")).items()
    assert "" == no_recipients(INTERFACE)
    assert "{recipient}" in no_recipients(VerifierInterface())


def test_statuses_are_settings(tmp_path: Path) -> None:
    """The types of status that a product knows are in its target file; others are refused."""
    file = tmp_path / "target.toml"
    file.write_text('[target]\nurl = "https://a.example"\n[verifier]\nstatuses = ["1EdTechRevocationList"]\n')
    assert ("1EdTechRevocationList",) == load_target(file, environ={}).verifier.statuses
    file.write_text('[target]\nurl = "https://a.example"\n[verifier]\nstatuses = ["StatusList2021Entry"]\n')
    with pytest.raises(Misconfigured, match="one of BitstringStatusListEntry"):
        load_target(file, environ={})
