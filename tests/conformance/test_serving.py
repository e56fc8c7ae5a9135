"""The harness as the other party: what it serves, and where."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import httpx
import pytest

from skillmark.cli.options import served
from skillmark.core.errors import Misconfigured
from skillmark.core.interfaces import Peer
from skillmark.core.target import Target
from skillmark.plans import find_plan
from skillmark.wire.peers.serving import Served, ServingPeer, Shelf


def test_documents_are_served_over_tls_and_counted(tmp_path: Path) -> None:
    """A document is there under its path, whatever the query, with type and status; others are not; who asked is counted."""
    shelf, authority = Shelf(), tmp_path / "authority.pem"
    shelf.put("/did.json", Served(content=b"{}", media_type="application/did+json", headers=(("ETag", '"1"'),)))
    with (
        ServingPeer(shelf, Peer(authority=authority)) as peer,
        httpx.Client(verify=ssl.create_default_context(cafile=str(authority)), trust_env=False) as client,
    ):
        found = client.get(f"{peer.url}/did.json?x=1")
        missing = client.get(f"{peer.url}/other")
        shelf.put("/did.json", Served(content=b"gone", media_type="text/plain", status=410))
        replaced = client.get(f"{peer.url}/did.json")
    assert (200, b"{}", "application/did+json", '"1"', "*") == (
        found.status_code,
        found.content,
        found.headers["content-type"],
        found.headers["etag"],
        found.headers["access-control-allow-origin"],
    )
    assert (404, 410) == (missing.status_code, replaced.status_code)
    assert (2, 1, 0) == (shelf.asked("/did.json"), shelf.asked("/other"), shelf.asked("/never"))


def test_products_are_told_the_public_address() -> None:
    """Where a public address is named, it is the one that products are given."""
    with ServingPeer(Shelf(), Peer(public_url="https://bench.example/skillmark")) as peer:
        assert "https://bench.example/skillmark" == peer.url


def test_throw_away_certificates_have_the_public_name(tmp_path: Path) -> None:
    """A product on another machine that trusts the throw-away authority can connect by the public name."""
    authority = tmp_path / "authority.pem"
    with ServingPeer(Shelf(), Peer(public_url="https://bench.example/skillmark", authority=authority)) as peer:
        port = peer.port
        context = ssl.create_default_context(cafile=str(authority))
        with (
            socket.create_connection(("127.0.0.1", port), timeout=10) as raw,
            context.wrap_socket(raw, server_hostname="bench.example") as secured,
        ):
            assert ("DNS", "bench.example") in secured.getpeercert()["subjectAltName"]  # type: ignore[index]


def test_a_public_address_of_plain_http_is_served_so() -> None:
    """Who says that products reach the harness by http is listened to in plain http."""
    shelf = Shelf()
    shelf.put("/list", Served(content=b"[]", media_type="application/json"))
    with ServingPeer(shelf, Peer(public_url="http://bench.example")) as peer:
        found = httpx.get(f"http://127.0.0.1:{peer.port}/list", trust_env=False)
    assert b"[]" == found.content


def test_a_name_that_no_certificate_can_have_is_told() -> None:
    """A public address whose name cannot be certified is an error of the settings, which says what to do."""
    with pytest.raises(Misconfigured, match="certificate and key of your own"):
        ServingPeer(Shelf(), Peer(public_url="https://my_bench"))


def test_settings_that_do_not_serve_are_told(tmp_path: Path) -> None:
    """A certificate that is not there, and a port that is taken, are errors of the settings, with the section to look at."""
    absent = Peer(certificate=tmp_path / "absent.pem")
    with pytest.raises(Misconfigured, match=r"under \[peer\]"), ServingPeer(Shelf(), absent):
        pass
    with ServingPeer(Shelf(), Peer()) as first:
        taken = Peer(port=int(first.url.rpartition(":")[2]))
        with pytest.raises(Misconfigured, match="Cannot serve at"), ServingPeer(Shelf(), taken):
            pass


def test_the_command_line_says_where_it_serves() -> None:
    """--public-url and --listen take the place of what the file says, and leave the rest of it."""
    given = Target(url="https://verifier.example", peer=Peer(port=1, authority=Path("ca.pem")))
    plan = find_plan("vc-verifier")
    found = served(plan, given, public_url="https://bench.example/", listen="[::]:8643")
    assert Peer(listen="::", port=8643, public_url="https://bench.example", authority=Path("ca.pem")) == found.peer
    assert given == served(plan, given, public_url=None, listen=None)


@pytest.mark.parametrize(
    ("plan", "public_url", "listen", "message"),
    [
        ("case-1.1-provider", "https://bench.example", None, "not with case-1.1-provider"),
        ("vc-verifier", "bench.example", None, "an http\\(s\\) address"),
        ("vc-verifier", None, "8643", "0.0.0.0:8643"),
        ("vc-verifier", None, "localhost:99999", "a whole number from 0 to 65535"),
    ],
)
def test_where_nothing_can_be_served_is_told(plan: str, public_url: str, listen: str, message: str) -> None:
    """Options that cannot be are refused with what they should be, and so are those that a plan has no use for."""
    with pytest.raises(Misconfigured, match=message):
        served(find_plan(plan), Target(), public_url=public_url, listen=listen)
