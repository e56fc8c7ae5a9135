"""What is wrong with the settings is named before anything is judged, and never a finding."""

from __future__ import annotations

import datetime
import json
import socket
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from skillmark.cli.application import run
from skillmark_reference.server import RunningServer

from .products import OAUTH, OnlyVersion, answering, listed, reference, tls_of, written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .products import Answer

HTML = b"<!DOCTYPE html><title>Welcome</title>"


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is written is written to a folder of the test."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of the reference provider."""
    with RunningServer(reference()) as server:
        yield server.url


@pytest.fixture(scope="module")
def protected() -> Iterator[str]:
    """The address of the reference provider behind OAuth."""
    with RunningServer(reference(protected=True)) as server:
        yield server.url


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    """Return the exit code of the doctor, and what it noticed."""
    code = run(["doctor", "--json", *arguments])
    printed = capsys.readouterr()
    # Servers of the tests that are spoken to in another protocol complain in this process.
    assert "skillmark" not in printed.err
    return code, json.loads(printed.out)


def assert_no_finding(capsys: pytest.CaptureFixture[str], tmp_path: Path, code: int, *arguments: str) -> None:
    """Assert that a run with these settings ends before it begins, with one line and without a report."""
    assert code == run(["test", "case-1.1-provider", *arguments])
    printed = capsys.readouterr()
    assert "" == printed.out
    assert 1 == len(printed.err.splitlines())
    assert printed.err.startswith("skillmark: ")
    assert not (tmp_path / "skillmark-report" / "results.json").exists()


def test_fitting_settings_are_left_alone(provider: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is noticed where nothing is wrong, and the next command is named."""
    assert (0, []) == told(capsys, "--url", provider)
    assert 0 == run(["doctor", "--url", provider])
    assert (
        f"\u2713 {provider} can be tested: skillmark test case-1.1-provider --url {provider}\n"
        == capsys.readouterr().out
    )


@pytest.mark.parametrize("address", ["{}/", "{}/ims/case/v1p1", "{}/ims/case/v1p1/CFDocuments", "{}/ims/case/v1p0/"])
def test_addresses_may_have_the_base_path(address: str, provider: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The address may be copied from anywhere in the interface."""
    assert (0, []) == told(capsys, "--url", address.format(provider))


def test_a_wrong_base_path(provider: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A product that answers further up is found, and its address named."""
    code, (found,) = told(capsys, "--url", f"{provider}/tenant/seven")
    assert (2, "other base path", True) == (code, found["cause"], found["blocking"])
    assert f"Give the address {provider}." == found["next_step"]
    assert_no_finding(capsys, tmp_path, 2, "--url", f"{provider}/tenant/seven")


@pytest.mark.parametrize(
    ("base_path", "plan", "other"),
    [
        ("/ims/case/v1p0", "case-1.1-provider", "case-1.0-provider"),
        ("/ims/case/v1p1", "case-1.0-provider", "case-1.1-provider"),
    ],
)
def test_a_wrong_version(base_path: str, plan: str, other: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A product that speaks the other version only is found, and the plan for it named."""
    with RunningServer(OnlyVersion(reference(), base_path)) as server:
        code, (found,) = told(capsys, "--url", server.url, "--plan", plan)
    assert (2, "other version", True) == (code, found["cause"], found["blocking"])
    assert other in found["next_step"]


def test_a_redirect_is_mentioned(capsys: pytest.CaptureFixture[str]) -> None:
    """A redirect to where the product lives is told and does not hinder."""

    def respond(path: str, _: dict[str, str]) -> Answer:
        return listed() if path.startswith("/new") else (301, {"Location": f"/new{path}"}, b"")

    with answering(respond) as url:
        code, (found,) = told(capsys, "--url", url)
    assert (0, "redirected", False) == (code, found["cause"], found["blocking"])
    assert "/new/ims/case/v1p1/CFDocuments" in found["message"]


def test_a_redirect_loop_blocks(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Redirects without end are a matter of the address."""

    def respond(path: str, _: dict[str, str]) -> Answer:
        return 302, {"Location": f"{path}x"}, b""

    with answering(respond) as url:
        code, (found,) = told(capsys, "--url", url)
        assert_no_finding(capsys, tmp_path, 2, "--url", url)
    assert (2, "redirected", True) == (code, found["cause"], found["blocking"])


@pytest.mark.parametrize("status", [200, 404])
def test_a_web_site_is_no_provider(status: int, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """HTML instead of a list of documents is a wrong address, not a broken product."""
    with answering(lambda *_: (status, {"Content-Type": "text/html; charset=utf-8"}, HTML)) as url:
        code, (found,) = told(capsys, "--url", url)
        assert_no_finding(capsys, tmp_path, 2, "--url", url)
    assert (2, "no JSON", True) == (code, found["cause"], found["blocking"])
    assert "text/html" in found["message"]


@pytest.mark.parametrize(("status", "kind"), [(500, "text/html"), (200, "application/json"), (404, "application/json")])
def test_a_broken_product_is_judged(status: int, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What may be the product's own fault is mentioned and left to the run."""
    with answering(lambda *_: (status, {"Content-Type": kind}, b"{}")) as url:
        code, (found,) = told(capsys, "--url", url)
    assert (0, "unexpected answer", False) == (code, found["cause"], found["blocking"])


def test_nobody_at_home(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A closed port is a target that cannot be reached."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    code, (found,) = told(capsys, "--url", url)
    assert (4, "unreachable", True) == (code, found["cause"], found["blocking"])
    assert_no_finding(capsys, tmp_path, 4, "--url", url)


@pytest.mark.parametrize("host", ["a..b", ".example", "a" * 64])
def test_a_host_that_cannot_exist(host: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A name that cannot be resolved is a target that cannot be reached."""
    code, (found,) = told(capsys, "--url", f"https://{host}")
    assert (4, "unreachable") == (code, found["cause"])
    assert "is no host name" in found["message"]
    assert_no_finding(capsys, tmp_path, 4, "--url", f"https://{host}")


def test_a_redirect_to_a_host_that_cannot_exist(capsys: pytest.CaptureFixture[str]) -> None:
    """A product can send us nowhere, and is the one to hear of it."""
    with answering(lambda *_: (302, {"Location": "https://a..b/"}, b"")) as url:
        code, (found,) = told(capsys, "--url", url)
    assert (4, "unreachable", True) == (code, found["cause"], found["blocking"])


# TLS


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """An authority that nobody knows."""
    return trustme.CA()


def test_an_unknown_authority(authority: trustme.CA, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Without its authority a certificate is not trusted, and the option that names it is told; with it all is well."""
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(ca_file)
    with answering(lambda *_: listed(), tls=tls_of(authority.issue_cert("127.0.0.1"))) as url:
        code, (found,) = told(capsys, "--url", url)
        assert_no_finding(capsys, tmp_path, 4, "--url", url)
        assert (0, []) == told(capsys, "--url", url, "--ca-file", str(ca_file))
    assert (4, "tls", True) == (code, found["cause"], found["blocking"])
    assert "--ca-file" in found["next_step"]


def test_an_expired_certificate(authority: trustme.CA, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A certificate whose time is over is named as that."""
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    past = datetime.datetime(2001, 1, 1, tzinfo=datetime.UTC)
    expired = authority.issue_cert("127.0.0.1", not_before=past, not_after=past + datetime.timedelta(days=1))
    with answering(lambda *_: listed(), tls=tls_of(expired)) as url:
        code, (found,) = told(capsys, "--url", url, "--ca-file", "ca.pem")
    assert (4, "tls") == (code, found["cause"])
    assert "Renew the certificate" in found["next_step"]


def test_a_certificate_of_another_host(
    authority: trustme.CA, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A certificate for another name is named as that."""
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with answering(lambda *_: listed(), tls=tls_of(authority.issue_cert("case.example.org"))) as url:
        code, (found,) = told(capsys, "--url", url, "--ca-file", "ca.pem")
    assert (4, "tls") == (code, found["cause"])
    assert "Name the host as the certificate does." == found["next_step"]


def test_https_to_a_plain_port(provider: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A port without TLS is told as such, and no authority asked for."""
    code, (found,) = told(capsys, "--url", provider.replace("http:", "https:"))
    assert (4, "tls") == (code, found["cause"])
    assert "plain http" in found["next_step"]
    assert "--ca-file" not in found["next_step"]


def test_http_to_a_port_with_tls(authority: trustme.CA, capsys: pytest.CaptureFixture[str]) -> None:
    """Plain http to a port with TLS names the scheme."""
    with answering(lambda *_: listed(), tls=tls_of(authority.issue_cert("127.0.0.1"))) as url:
        code, (found,) = told(capsys, "--url", url.replace("https:", "http:"))
    assert (4, "unreachable") == (code, found["cause"])
    assert "http or https" in found["next_step"]


def test_a_ca_file_that_is_none(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A CA file that cannot be read is a matter of the settings."""
    (tmp_path / "ca.pem").write_text("not a certificate", encoding="utf-8")
    assert_no_finding(capsys, tmp_path, 2, "--url", "https://127.0.0.1:9", "--ca-file", "ca.pem")
    assert_no_finding(capsys, tmp_path, 2, "--url", "https://127.0.0.1:9", "--ca-file", "missing.pem")


# Credentials


def credentials(monkeypatch: pytest.MonkeyPatch, url: str, secret: str) -> str:
    """Return the settings of a client with a secret."""
    monkeypatch.setenv("MY_SECRET", secret)
    return (
        f'[authentication]\nmethod = "oauth2-client-credentials"\ntoken_url = "{url}/oauth2/token"\n'
        f'client_id = "{OAUTH.client_id}"\nclient_secret_env = "MY_SECRET"\n'
    )


def test_no_credentials(protected: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A product that wants credentials says so, and where they go is told."""
    code, (found,) = told(capsys, "--url", protected)
    assert (2, "unauthorised", True) == (code, found["cause"], found["blocking"])
    assert "[authentication]" in found["next_step"]
    assert_no_finding(capsys, tmp_path, 2, "--url", protected)


def test_a_wrong_token(
    protected: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token that the product refuses may be expired, or meant for another service."""
    monkeypatch.setenv("MY_TOKEN", "expired-token-of-yesterday")
    file = written(tmp_path, protected, '[authentication]\nmethod = "bearer"\ntoken_env = "MY_TOKEN"\n')
    code, (found,) = told(capsys, "--target", str(file))
    assert (2, "unauthorised", True) == (code, found["cause"], found["blocking"])
    assert "expired" in found["next_step"]
    assert "expired-token-of-yesterday" not in json.dumps(found)
    assert_no_finding(capsys, tmp_path, 2, "--target", str(file))


def test_a_wrong_client_secret(
    protected: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token endpoint that refuses the client is told with its reason."""
    file = written(tmp_path, protected, credentials(monkeypatch, protected, "a-wrong-secret"))
    code, (found,) = told(capsys, "--target", str(file))
    assert (2, "token endpoint", True) == (code, found["cause"], found["blocking"])
    assert "invalid_client" in found["message"]
    assert_no_finding(capsys, tmp_path, 2, "--target", str(file))


def test_the_right_client_secret(
    protected: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the right secret nothing is noticed."""
    file = written(tmp_path, protected, credentials(monkeypatch, protected, OAUTH.client_secret))
    assert (0, []) == told(capsys, "--target", str(file))


def test_a_token_endpoint_that_does_not_answer(
    provider: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token endpoint that cannot be reached is the target that cannot be reached."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        elsewhere = f"http://127.0.0.1:{listener.getsockname()[1]}"
    file = written(tmp_path, provider, credentials(monkeypatch, elsewhere, "any-secret"))
    code, (found,) = told(capsys, "--target", str(file))
    assert (4, "unreachable") == (code, found["cause"])
    assert "token endpoint" in found["message"]


def test_a_missing_scope(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """403 to a known client asks for a scope."""
    monkeypatch.setenv("MY_TOKEN", "a-good-token")
    with answering(lambda *_: (403, {"Content-Type": "application/json"}, b"{}")) as url:
        file = written(tmp_path, url, '[authentication]\nmethod = "bearer"\ntoken_env = "MY_TOKEN"\n')
        code, (found,) = told(capsys, "--target", str(file))
        assert_no_finding(capsys, tmp_path, 2, "--target", str(file))
    assert (2, "missing scope", True) == (code, found["cause"], found["blocking"])
    assert "scope" in found["next_step"]


# Worth knowing


def test_an_empty_repository(capsys: pytest.CaptureFixture[str]) -> None:
    """A product without documents can be tested, but of little."""
    with RunningServer(reference(empty=True)) as server:
        code, (found,) = told(capsys, "--url", server.url)
    assert (0, "empty repository", False) == (code, found["cause"], found["blocking"])


@pytest.mark.parametrize(("days", "word"), [(-1, "behind"), (1, "ahead of")])
def test_a_clock_that_is_wrong(days: int, word: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A clock that differs by a day is mentioned, with its direction."""
    theirs = format_datetime(datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days), usegmt=True)
    with answering(lambda *_: listed(date=theirs)) as url:
        code, (found,) = told(capsys, "--url", url)
    assert (0, "clock skew", False) == (code, found["cause"], found["blocking"])
    assert word in found["message"]


@pytest.mark.parametrize("date", ["yesterday", "", "Mon, 99 Foo 2024 99:99:99 GMT"])
def test_a_date_that_is_none_is_not_our_matter(date: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A Date header that cannot be read says nothing about the clock."""
    with answering(lambda *_: listed(date=date)) as url:
        assert (0, []) == told(capsys, "--url", url)


def test_what_a_product_says_does_not_steer_the_terminal(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Control characters of a token endpoint are printed as signs, by every verb."""
    monkeypatch.setenv("MY_SECRET", "any-secret")
    body = json.dumps({"error": "\x1b[2J\u202eevil"}).encode()
    with answering(lambda *_: (400, {"Content-Type": "application/json"}, body)) as url:
        file = written(tmp_path, url, credentials(monkeypatch, url, "any-secret"))
        for verb in (["doctor"], ["test", "case-1.1-provider"]):
            assert 2 == run([*verb, "--target", str(file)])
            printed = capsys.readouterr()
            assert "evil" in printed.out + printed.err
            assert not {"\x1b", "\u202e"} & set(printed.out + printed.err)


def test_the_words_for_people_name_cause_and_next_step(provider: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --json each thing is a line with its sign and cause, and a line with the next step."""
    assert 2 == run(["doctor", "--url", f"{provider}/x"])
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("\u2717 other base path: ")
    assert f"  Give the address {provider}." == second
