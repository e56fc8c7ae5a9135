"""The verb demo: every plan against the part of the reference that it is about."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import secrets
import socket
import ssl
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import trustme

from skillmark import __version__
from skillmark.catalogue import Role
from skillmark.cli import consoles
from skillmark.cli.application import app, examples
from skillmark.cli.options import (
    DEFAULT_FOLDER,
    DEFAULT_PLAN,
    LevelOption,
    OutOption,
    PlanOption,
    QuietOption,
    ResultsOption,
    SeedOption,
)
from skillmark.cli.running import conclude, watched
from skillmark.cli.serving import KNOWN_PASSWORD, known_accounts
from skillmark.core.interfaces import Account, ClientInterface, HostInterface, IssuingInterface, Peer
from skillmark.core.target import VERIFIABLE_FORMATS, Feature, Product, Submissions, Target, VerifierInterface
from skillmark.engine import find_depth
from skillmark.plans import Asks, find_plan
from skillmark.reporting import refuse_unless_writable
from skillmark.runs import DEFAULT_SEED, RunOptions
from skillmark.suites.auditors import PROFILE_ID, RECIPIENT
from skillmark_fixtures.frameworks import slugs
from skillmark_reference.credentials.results import Verdict
from skillmark_reference.frameworks.importing import import_bundled
from skillmark_reference.frameworks.storing import Repository
from skillmark_reference.server import RunningServer, ServerOptions, create_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from skillmark.core.results import RunResult
    from skillmark.plans import Plan
    from skillmark_reference import server

    Products = Callable[[Plan], contextlib.AbstractContextManager[tuple[Target, str]]]

_MEMORY = "sqlite://"
_LEARNER, _SHOWCASE, _RECORDS = "amara-okafor", "samira-haddad", "records"
_A_MONTH = datetime.timedelta(days=30)
_SHOWN = "The page /verify of the reference server shows it, and tests/reference drives that page in a browser."
_ATTESTATIONS = {
    "CASE-R-088": "With --rate-limit it answers 429, server_busy and Retry-After; tests/reference shows it.",
    "OB30-R-149": "The issuer follows no profile of the standard.",
    "CLR20-R-156": "The issuer follows no profile of the standard.",
    "OB30-R-192": "Contacts of a client are kept in the database, and shown to nobody.",
    "OB30-R-220": "The page of a record shows it to its recipient, who downloads it as JSON, JWT or baked image.",
    **{f"OB30-R-{number}": _SHOWN for number in (229, 230, 231, 232)},
    **{f"CLR20-R-{number:03}": _SHOWN for number in (36, 37)},
}


@app.command(epilog=examples("skillmark demo", "skillmark demo --plan ob-3.0-host --level smoke"))
def demo(
    *,
    plan: PlanOption = DEFAULT_PLAN,
    out: OutOption = DEFAULT_FOLDER,
    level: LevelOption = "full",
    seed: SeedOption = DEFAULT_SEED,
    as_json: ResultsOption = False,
    quiet: QuietOption = False,
) -> int:
    """Run a plan against the reference implementation.

    Starts what the plan is about over TLS, for this one run, and writes the report.
    """
    chosen, depth = find_plan(plan), find_depth(level)
    refuse_unless_writable(out)
    with tempfile.TemporaryDirectory(prefix="skillmark-demo-") as folder, _at_home(folder):
        product = _PRODUCTS[chosen.asks](chosen)
        result = _watched(product, chosen, RunOptions(seed=seed, depth=depth), quiet=quiet)
    return conclude(result, out=out, as_json=as_json)


@contextlib.contextmanager
def _at_home(folder: str) -> Iterator[None]:
    """Work in a folder, with this command on the path, so that no report names a place of this machine."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
    try:
        with contextlib.chdir(folder):
            yield
    finally:
        os.environ["PATH"] = before


def _watched(
    product: contextlib.AbstractContextManager[tuple[Target, str]], plan: Plan, options: RunOptions, *, quiet: bool
) -> RunResult:
    with product as (target, says):
        if not quiet:
            consoles.tell(says)
        return watched(plan, target, options, quiet=quiet)


def _attested(plan: Plan) -> dict[str, str]:
    return {each.id: _ATTESTATIONS[each.id] for each in plan.requirements if each.id in _ATTESTATIONS}


def _product(name: str) -> Product:
    return Product(name=f"Skillmark reference {name}", version=__version__, vendor="The Skillmark developers")


@contextlib.contextmanager
def _provider(plan: Plan) -> Iterator[tuple[Target, str]]:
    repository = Repository.open(_MEMORY)
    import_bundled(repository)
    with RunningServer(create_app(repository, options=ServerOptions()), self_signed=True) as server:
        target = Target(
            url=server.url,
            product=_product("provider"),
            ca_file=server.ca_file,
            claims=frozenset(Feature) - {Feature.ACCESS_CONTROL},
            attestations=_attested(plan),
        )
        yield target, f"The reference provider serves {len(slugs())} frameworks at {server.url}."


# Hosts


@contextlib.contextmanager
def _host(plan: Plan) -> Iterator[tuple[Target, str]]:
    """Serve a host, whose own client calls the harness in its turn."""
    accounts, database = known_accounts()[:2], "sqlite:///host.sqlite"
    repository = Repository.open(database)
    with RunningServer(create_app(repository, options=ServerOptions(accounts=accounts)), self_signed=True) as server:
        fetch = ("fetch", "{url}", "--standard", plan.standard_id, "--follow", "--client-url", server.url)
        places = ("--ca-file", "{authority}", "--cache-dir", "cache", "--out", "fetched")
        host = HostInterface(
            accounts=tuple(map(_known, accounts)),
            revocation_url=f"{server.url}/oauth2/revoke",
            import_command=("skillmark", "import", "{file}", "--account", accounts[0].name, "--database", database),
        )
        target = Target(
            url=server.url,
            product=_product("host"),
            ca_file=server.ca_file,
            host=host,
            client=ClientInterface(command=("skillmark", *fetch, *places)),
            attestations=_attested(plan),
        )
        yield target, f"The reference host has {len(accounts)} accounts at {server.url}."
    repository.close()


def _known(account: server.Account) -> Account:
    profile = json.loads(account.profile or "{}")
    return Account(name=account.name, password=KNOWN_PASSWORD, profile_id=profile.get("id", ""))


# Clients that write


@contextlib.contextmanager
def _writer(plan: Plan) -> Iterator[tuple[Target, str]]:
    """Let the reference client send a badge and a profile; a server has what its registration names, such as its logo."""
    badge, profile = Path("badge.json"), Path("profile.json")
    badge.write_text(json.dumps(_badge_for_auditors(datetime.datetime.now(datetime.UTC))), encoding="utf-8")
    profile.write_text(json.dumps({"id": PROFILE_ID, "type": ["Profile"], "name": "Conformance"}), encoding="utf-8")
    application = create_app(Repository.open(_MEMORY), options=ServerOptions())
    with RunningServer(application, self_signed=True) as server:
        send = ("send", badge.name, "--profile", profile.name, "--to", "{url}", "--standard", plan.standard_id)
        ways = ("--follow", "--client-url", server.url, "--ca-file", "{authority}", "--cache-dir", "cache")
        target = Target(
            url=server.url,
            product=_product("client"),
            ca_file=server.ca_file,
            client=ClientInterface(command=("skillmark", *send, *ways), offline=True),
            attestations=_attested(plan),
        )
        yield target, f"The reference client, registered with what is at {server.url}, sends a badge and a profile."


# Issuers


@contextlib.contextmanager
def _issuer(plan: Plan) -> Iterator[tuple[Target, str]]:
    """Hand in files of one learner and addresses of another, a badge for the auditors, and what is issued on request."""
    from skillmark_reference.server.vc_api import VcApiOptions  # noqa: PLC0415 - brings the libraries of signatures

    folder = Path(_RECORDS)
    folder.mkdir()
    at = _hand_in(plan, folder)
    options = ServerOptions(vc_api=VcApiOptions(), learner_records=True)
    with RunningServer(create_app(Repository.open(_MEMORY), options=options), self_signed=True) as server:
        addresses = (f"{server.url}/{_RECORDS}/{slug}" for slug in _published())
        yield (
            Target(
                url=server.url,
                product=_product("issuer"),
                ca_file=server.ca_file,
                submissions=Submissions(sources=(_RECORDS, *addresses), at=at, allowed_origins=(server.url,)),
                issuing=IssuingInterface(),
                attestations=_attested(plan),
            ),
            f"The reference issuer hands in what {_LEARNER} has, publishes what {_SHOWCASE} has, and issues at {server.url}.",
        )


def _published() -> Iterator[str]:
    """Yield the names of credentials in the proof formats of the certification guides, some of which have a status."""
    from skillmark_reference.pathways.catalogue import catalogue  # noqa: PLC0415 - brings the libraries of signatures
    from skillmark_reference.pathways.proof_formats import ProofFormat  # noqa: PLC0415 - as above

    certified = {ProofFormat.EDDSA_RDFC, ProofFormat.ECDSA_SD_DERIVED, ProofFormat.JWT_RS256}
    for entry in catalogue():
        if entry.learner == _SHOWCASE and entry.proof_format in certified and entry.verdict is Verdict.VALID:
            yield entry.slug


def _hand_in(plan: Plan, folder: Path) -> datetime.datetime:
    """Write credentials that are valid at a time, and return that."""
    from skillmark_reference.pathways.catalogue import catalogue  # noqa: PLC0415 - brings the libraries of signatures
    from skillmark_reference.pathways.issuing import issue  # noqa: PLC0415 - as above
    from skillmark_reference.pathways.settings import Setting  # noqa: PLC0415 - as above

    setting = Setting()
    at = setting.at + _A_MONTH
    for entry in catalogue():
        if entry.learner == _LEARNER and entry.offline_verdict is Verdict.VALID:
            issued = issue(entry, setting)
            (folder / f"{entry.slug}.{issued.suffix}").write_bytes(issued.content)
    if plan.standard_id == "ob-3.0":
        (folder / "auditor.json").write_text(json.dumps(_badge_for_auditors(setting.at)), encoding="utf-8")
    return at


def _badge_for_auditors(at: datetime.datetime) -> dict[str, Any]:
    from skillmark_reference.credentials import issuing  # noqa: PLC0415 - brings the libraries of signatures
    from skillmark_reference.credentials.issuance.completing import recipient_members  # noqa: PLC0415 - as above
    from skillmark_reference.securing.keys import KeyType, SecretKey  # noqa: PLC0415 - as above

    signer = issuing.Signer.by_did_key(SecretKey.generate(KeyType.ED25519), name="Skillmark reference issuer")
    badge = issuing.achievement_credential(
        issuing.Frame(id="urn:uuid:6f9c6f6e-0c3f-4d2a-9a55-6f6c0f7f3b11", name="Conformance", valid_from=at),
        signer.profile,
        subject=recipient_members(RECIPIENT, salt=secrets.token_urlsafe()),
        achievement={
            "id": "urn:uuid:0b3c0a52-55fb-4b43-8d5c-0f3d1a3c9e42",
            "name": "Conformance",
            "description": "Shows that a badge of this issuer reaches its recipient.",
            "criteria": {"narrative": "The recipient looks after conformance."},
        },
    )
    return issuing.with_proof(badge, signer, created=at)


# Verifiers and displayers


@contextlib.contextmanager
def _verifier(plan: Plan) -> Iterator[tuple[Target, str]]:
    """Serve a verifier, which trusts the harness as a peer for this run."""
    from skillmark_reference.documents import Documents, Policy, SystemClock  # noqa: PLC0415 - brings the libraries of signatures
    from skillmark_reference.server.vc_api import VcApiOptions  # noqa: PLC0415 - as above

    peer, authority = _peer()
    documents = Documents(
        clock=SystemClock(),
        policy=Policy(allowed_origins=(f"https://localhost:{peer.port}",)),
        trust=ssl.create_default_context(cafile=str(authority)),
    )
    application = create_app(Repository.open(_MEMORY), options=ServerOptions(vc_api=VcApiOptions(documents=documents)))
    with RunningServer(application, self_signed=True) as server:
        yield (
            Target(
                url=server.url,
                product=_product("displayer" if plan.roles[0] is Role.DISPLAYER else "verifier"),
                ca_file=server.ca_file,
                verifier=VerifierInterface(formats=VERIFIABLE_FORMATS),
                peer=peer,
                attestations=_attested(plan),
            ),
            f"The reference verifier answers at {server.url}.",
        )


def _peer() -> tuple[Peer, Path]:
    """Return where the harness serves, with a certificate of an authority that is known before."""
    authority, trusted, certificate = trustme.CA(), Path("authority.pem"), Path("peer.pem")
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(certificate)
    authority.cert_pem.write_to_path(trusted)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    return Peer(port=port, certificate=certificate), trusted


_PRODUCTS: dict[Asks, Products] = {
    Asks.ADDRESS: _provider,
    Asks.ACCOUNTS: _host,
    Asks.CALLS: _writer,
    Asks.CREDENTIALS: _issuer,
    Asks.ANSWERS: _verifier,
}
