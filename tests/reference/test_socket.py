"""The reference provider on a real socket, with and without TLS."""

from __future__ import annotations

import contextlib
import http.client
import json
import signal
import socket
import ssl
import subprocess
import sys
import warnings
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import pytest
from tests.bundled import VERSIONS, package, packages, standard
from tests.reference.provider import address, bundled, identifiers

from skillmark_reference.server import RunningServer, ServerOptions, ServerUnavailable, create_app, serve_forever
from skillmark_reference.standards.structure import violations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.applications import Starlette

LIST = address("1.1", "getAllCFDocuments")
SERVE = """
import sys
from skillmark_reference.frameworks.storing import Repository
from skillmark_reference.server import ServerOptions, create_app, serve_forever
app = create_app(Repository.open("sqlite://"), options=ServerOptions())
serve_forever(app, host=sys.argv[1], port=0, self_signed="tls" in sys.argv, announce=lambda line: print(line, flush=True))
"""


def make_app() -> Starlette:
    """Return the provider of the bundled frameworks."""
    return create_app(bundled(), options=ServerOptions())


def trusting(server: RunningServer) -> ssl.SSLContext:
    """Return a context that trusts the authority of a server and no other."""
    assert server.ca_file is not None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(server.ca_file)
    return context


def client_of(server: RunningServer) -> httpx.Client:
    """Return a client that trusts a server."""
    return httpx.Client(base_url=server.url, verify=trusting(server) if server.ca_file else True, trust_env=False)


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "tls"])
def server(request: pytest.FixtureRequest) -> Iterator[RunningServer]:
    """Run the provider of the bundled frameworks, with and without TLS."""
    with RunningServer(make_app(), self_signed=request.param) as running:
        yield running


@pytest.fixture(scope="module")
def secure() -> Iterator[RunningServer]:
    """Run the provider of the bundled frameworks with TLS."""
    with RunningServer(make_app(), self_signed=True) as running:
        yield running


# Reading


@pytest.mark.parametrize("version", VERSIONS)
def test_every_operation_answers_over_the_socket(server: RunningServer, version: str) -> None:
    """Each of the twelve operations answers with a conforming body, named by the address of the socket."""
    with client_of(server) as client:
        for name, row in standard(version).operations.items():
            response = client.get(address(version, name, identifiers(row.sourced_id_of)[0]))
            assert (200, "application/json") == (response.status_code, response.headers["content-type"])
            assert [] == violations(standard(version), row.payload, response.json())
            assert f'"{server.url}{standard(version).base_path}/' in response.text


def test_the_list_has_all_documents(server: RunningServer) -> None:
    """The document list over the socket has the bundled frameworks, with its headers."""
    with client_of(server) as client:
        response = client.get(LIST)
    found = [document["identifier"] for document in response.json()["CFDocuments"]]
    assert [value["CFDocument"]["identifier"] for value in packages()] == found
    assert f"{len(found)}" == response.headers["x-total-count"]
    assert f"<{server.url}{LIST}?" in response.headers["link"]


def test_packages_are_whole_over_the_socket(server: RunningServer) -> None:
    """A package over the socket is the framework, published at the address of the socket."""
    value = packages()[0]
    with client_of(server) as client:
        text = client.get(address("1.1", "getCFPackage", value["CFDocument"]["identifier"])).text
    assert value == json.loads(text.replace(f"{server.url}/", "https://case.example.org/"))


def test_the_discovery_document_names_the_socket(server: RunningServer) -> None:
    """The discovery document is localised to scheme, address and port of the socket."""
    with client_of(server) as client:
        document = client.get(f"/ims/case/v1p1{standard('1.1').discovery_path}").json()
    assert [f"{server.url}/ims/case/v1p1"] == [each["url"] for each in document["servers"]]


# Connections


@contextlib.contextmanager
def connected(server: RunningServer) -> Iterator[http.client.HTTPConnection]:
    """Open one connection."""
    place = urlsplit(server.url)
    host, port = place.hostname or "", place.port or 0
    connection = (
        http.client.HTTPSConnection(host, port, context=trusting(server), timeout=10)
        if server.ca_file
        else http.client.HTTPConnection(host, port, timeout=10)
    )
    with contextlib.closing(connection):
        yield connection


def test_a_connection_is_kept_from_request_to_request(server: RunningServer) -> None:
    """Successes, refusals, answers without a body and large packages go over one connection."""
    whole = address("1.1", "getCFPackage", package("unt-data-analytics")["CFDocument"]["identifier"])
    with connected(server) as connection:
        connection.connect()
        first = connection.sock
        tag = ""
        for method, path, status in (
            ("GET", LIST, 200),
            ("HEAD", LIST, 200),
            ("GET", LIST, 304),
            ("GET", whole, 200),
            ("HEAD", whole, 200),
            ("GET", f"{LIST}?limit=0", 400),
            ("GET", "/ims/case/v1p1/Nothing", 404),
            ("POST", LIST, 405),
            ("GET", LIST, 200),
        ):
            connection.request(method, path, headers={"If-None-Match": tag} if status == 304 else {})
            response = connection.getresponse()
            body = response.read()
            assert status == response.status
            assert (method == "HEAD" or status == 304) is (body == b"")
            tag = response.headers.get("etag", tag)
            assert first is connection.sock


def test_the_head_of_an_answer_tells_nothing_of_the_software(server: RunningServer) -> None:
    """An answer has a date and names no server software."""
    with connected(server) as connection:
        connection.request("GET", LIST)
        headers = connection.getresponse().headers
    assert "date" in headers
    assert "server" not in headers


def test_a_broken_request_is_refused_and_harms_nobody(server: RunningServer) -> None:
    """Bytes that are no HTTP are answered with 400 or a closed connection, and the next client is served."""
    with connected(server) as connection:
        connection.connect()
        connection.sock.sendall(b"\x00\xff nonsense\r\n\r\n")
        answer = connection.sock.recv(1_000)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 400")
    with client_of(server) as client:
        assert 200 == client.get(LIST).status_code


# TLS


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=lambda each: each.name)
def test_current_versions_of_tls_are_spoken(secure: RunningServer, version: ssl.TLSVersion) -> None:
    """TLS 1.2 and TLS 1.3 are both accepted (REST Binding, 4)."""
    context = trusting(secure)
    context.minimum_version = context.maximum_version = version
    with httpx.Client(base_url=secure.url, verify=context, trust_env=False) as client:
        assert 200 == client.get(LIST).status_code


def test_older_versions_of_tls_are_refused(secure: RunningServer) -> None:
    """A client that offers nothing newer than TLS 1.1 is refused by the server, by an alert or by the end of the connection."""
    context = trusting(secure)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    place = urlsplit(secure.url)
    with (
        socket.create_connection((place.hostname, place.port), timeout=10) as plain,
        pytest.raises(ssl.SSLError) as caught,
    ):
        context.wrap_socket(plain, server_hostname=place.hostname)
    assert caught.value.reason in {"TLSV1_ALERT_PROTOCOL_VERSION", "UNEXPECTED_EOF_WHILE_READING"}


def test_the_authority_has_to_be_trusted(secure: RunningServer) -> None:
    """A client that does not know the authority refuses the certificate."""
    with httpx.Client(base_url=secure.url, trust_env=False) as client, pytest.raises(httpx.ConnectError, match="verif"):
        client.get(LIST)


def test_the_certificate_names_localhost_too(secure: RunningServer) -> None:
    """The provider is reached by name as well as by address."""
    address_by_name = secure.url.replace("127.0.0.1", "localhost")
    with httpx.Client(base_url=address_by_name, verify=trusting(secure), trust_env=False) as client:
        assert 200 == client.get(LIST).status_code


def test_plain_requests_to_tls_are_not_answered(secure: RunningServer) -> None:
    """Without TLS nothing is read from a server that has it."""
    with httpx.Client(trust_env=False) as client, pytest.raises(httpx.RemoteProtocolError):
        client.get(secure.url.replace("https", "http") + LIST)


# Starting and stopping


def test_two_servers_run_beside_each_other() -> None:
    """Each server has a port of its own, and none is left when it stops."""
    with RunningServer(make_app()) as one, RunningServer(make_app()) as other:
        assert one.url != other.url
        assert {200} == {httpx.get(each.url + LIST, trust_env=False).status_code for each in (one, other)}
    for each in (one, other):
        with pytest.raises(httpx.ConnectError):
            httpx.get(each.url + LIST, trust_env=False)


def test_the_authority_is_forgotten_when_the_server_stops() -> None:
    """Certificate, key and authority last as long as the server."""
    with RunningServer(make_app(), self_signed=True) as running:
        path = running.ca_file
        assert path is not None
        assert path.exists()
    assert not path.parent.exists()


def test_a_taken_port_is_told() -> None:
    """When somebody else listens at the port, that is said in one line, and nothing was announced."""
    announced: list[str] = []
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServerUnavailable, match=rf"Cannot serve at 127\.0\.0\.1:{port}: .*in use"):
            serve_forever(make_app(), host="127.0.0.1", port=port, announce=announced.append)
    assert [] == announced


@pytest.mark.parametrize("content", [None, "no certificate"], ids=["missing", "broken"])
def test_an_unusable_certificate_is_told(tmp_path: Path, content: str | None) -> None:
    """A certificate that is not there, or is none, is said in one line."""
    path = tmp_path / "certificate.pem"
    if content is not None:
        path.write_text(content, encoding="ascii")
    with pytest.raises(ServerUnavailable, match="Cannot serve at"):
        serve_forever(make_app(), host="127.0.0.1", port=0, certfile=path, announce=print)


@pytest.mark.parametrize("arguments", [["127.0.0.1"], ["127.0.0.1", "tls"], ["::1"]], ids=" ".join)
def test_serving_ends_with_ctrl_c(arguments: list[str]) -> None:
    """The server says where it is, answers there, and ends quietly when it is interrupted."""
    command = [sys.executable, "-c", SERVE, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own script
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(3 if "tls" in arguments else 2)]
        url = lines[-2].rpartition(" at ")[2].strip()
        verify = ssl.create_default_context(cafile=lines[0].partition(": ")[2].strip()) if "tls" in arguments else True
        assert 200 == httpx.get(url + LIST, verify=verify, trust_env=False).status_code
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert (0, "") == (process.returncode, errors)
