"""The peers and the report of the interoperability tests; nobody has a network."""

from __future__ import annotations

import pathlib
import socket
from typing import TYPE_CHECKING, Any

import pytest
from interop.cases import CASES, TAMPERED
from interop.journal import Journal
from interop.lists import LIST_CASES
from interop.peers import didkit_python, node, openbadgeslib_ob3, openvc_core
from interop.plans import ISSUED_CASES, VERIFIER_CASES
from interop.reporting import render

if TYPE_CHECKING:
    from collections.abc import Iterator

    from interop.peers.asking import Peer

_JOURNAL = pytest.StashKey[Journal]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add where the peers in Node.js are, and where the report goes."""
    group = parser.getgroup("interop")
    group.addoption(
        "--interop-peers", type=pathlib.Path, help="folder in which the package of interop/node is installed"
    )
    group.addoption("--interop-report", type=pathlib.Path, help="file for the table of results, in Markdown")


def pytest_configure(config: pytest.Config) -> None:
    """Begin the journal."""
    config.stash[_JOURNAL] = Journal()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the report; of a part of the tests there is none."""
    target = session.config.getoption("--interop-report")
    # The one beside the tables is the verifier behind a command.
    if target and session.testscollected == len((*CASES, *TAMPERED, *LIST_CASES, *ISSUED_CASES, *VERIFIER_CASES)) + 1:
        target.write_text(render(session.config.stash[_JOURNAL]), encoding="utf-8")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection, so that hermetic is a fact and no claim."""

    def refused(self: socket.socket, address: Any) -> None:  # noqa: ANN401 - whatever a socket takes
        raise AssertionError(f"unexpected connection to {address} with {self}")

    monkeypatch.setattr(socket.socket, "connect", refused)


@pytest.fixture(scope="session")
def journal(pytestconfig: pytest.Config) -> Journal:
    """Return the journal of the run."""
    return pytestconfig.stash[_JOURNAL]


@pytest.fixture(scope="session")
def peers(pytestconfig: pytest.Config, journal: Journal) -> Iterator[dict[str, Peer]]:
    """Yield the peers by name; the processes of Node.js end with the run."""
    folder = pytestconfig.getoption("--interop-peers")
    if folder is None or not (folder / "node_modules").is_dir():
        raise pytest.UsageError(
            "the peers in Node.js are missing; run tox -e interop, which installs them, or name their folder with --interop-peers"
        )
    names = ("digitalbazaar.mjs", "verifier-core.mjs", "jose.mjs")
    processes = [node.NodeProcess(folder, name) for name in names]
    found: dict[str, Peer] = {
        openbadgeslib_ob3.OFFER.name: openbadgeslib_ob3.OpenBadgesLib(),
        openvc_core.OFFER.name: openvc_core.OpenvcCore(),
        node.DIGITALBAZAAR.name: node.DigitalBazaar(processes[0]),
        node.VERIFIER_CORE.name: node.VerifierCore(processes[1]),
        node.JOSE.name: node.Jose(processes[2]),
        didkit_python.OFFER.name: didkit_python.OpenedxDidkit(),
    }
    journal.versions.update({name: dict(peer.versions()) for name, peer in found.items()})
    yield found
    for process in processes:
        process.end()
