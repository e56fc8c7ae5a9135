"""Credentials of a person: kept, replaced, listed (Open Badges 3.0 and CLR 2.0, getCredentials and upsertCredential)."""

from __future__ import annotations

import base64
import collections
import datetime
import functools
import json
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.reference.credentials.surroundings import BEGIN, STATE, badge, changed, endorsement, record, signed
from tests.reference.hosts.surroundings import (
    CLR,
    LD_JSON,
    OB,
    Wallet,
    assert_fits,
    assert_status_info,
    dated,
    learner_record,
    token_of,
)
from tests.reference.oauth.surroundings import ADA, BASE, BOB, Site
from tests.reference.test_database import KINDS, postgresql

from skillmark_reference.server.hosts.storing import Hosted, HostedCredentials, Kept, Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAY = datetime.timedelta(days=1)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """Run one host."""
    found = Site()
    yield found
    found.close()


@pytest.fixture(scope="module")
def allowed(site: Site) -> Wallet:
    """Return a client with a token of Ada."""
    return Wallet(site)


@pytest.fixture
def wallet(allowed: Wallet) -> Wallet:
    """Return the client while Ada has nothing."""
    allowed.forget()
    return allowed


@pytest.fixture(params=KINDS)
def any_site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """Run a host on each kind of database."""
    if request.param == "postgresql":
        with postgresql() as url:
            found = Site(url)
            yield found
            found.close()
        return
    found = Site("sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path / 'host.sqlite'}")
    yield found
    found.close()


# Kept


@pytest.mark.parametrize(
    "media_type",
    [*OB.operations["upsertCredential"].bodies["AchievementCredential"], "Application/JSON; charset=utf-8"],
)
def test_a_badge_is_kept_and_listed(any_site: Site, media_type: str) -> None:
    """A new badge is created, the same again replaces it; both answers and the list have it."""
    wallet = Wallet(any_site)
    credential = signed(badge())
    first, second = wallet.upsert(credential, media_type), wallet.upsert(credential, media_type)
    assert (201, 200) == (first.status_code, second.status_code)
    assert media_type.partition(";")[0].lower() == first.headers["content-type"]
    assert credential == first.json() == second.json()
    listed = wallet.listed()
    assert (200, {"credential": [credential]}) == (listed.status_code, listed.json())
    assert ("1", "no-store") == (listed.headers["x-total-count"], listed.headers["cache-control"])
    assert_fits("GetOpenBadgeCredentialsResponse", listed.json())


def test_a_token_is_kept_and_listed(any_site: Site) -> None:
    """A VC-JWT is text on its way in and out, and has a member of its own in the list."""
    wallet = Wallet(any_site)
    token = token_of(badge())
    first = wallet.upsert(token)
    assert (201, "text/plain", token) == (first.status_code, first.headers["content-type"], first.text)
    assert 200 == wallet.upsert(f"  {token}\n").status_code
    assert {"compactJwsString": [token]} == wallet.listed().json()


def test_a_learner_record_is_kept_by_the_other_service(any_site: Site) -> None:
    """CLR has its own base path, and the two do not show each other's credentials."""
    badges, records = Wallet(any_site), Wallet(any_site, service="clr-2.0")
    whole = learner_record()
    assert 201 == records.upsert(whole).status_code
    assert 201 == badges.upsert(signed(badge())).status_code
    assert {"credential": [whole]} == records.listed().json()
    assert ["AchievementCredential"] == [each["type"][1] for each in badges.listed().json()["credential"]]
    assert_fits("GetClrCredentialsResponse", records.listed().json(), vocabulary="clr-2.0")


def test_nothing_is_an_empty_object(wallet: Wallet) -> None:
    """Empty arrays are left out."""
    response = wallet.listed()
    assert (200, "{}", "0") == (response.status_code, response.text, response.headers["x-total-count"])


def test_the_text_comes_back_byte_for_byte(wallet: Wallet) -> None:
    """White space, order, escapes and numbers of what was sent are those of what comes back."""
    credential = signed(badge(subject={"id": "did:example:learner", "creditsEarned": 3.0}))
    text = (
        json.dumps(credential, indent=3, ensure_ascii=True)
        .replace('"Welding"', '"W\\u0065lding"')
        .replace(": 3.0", ": 30e-1")
    )
    assert text == wallet.upsert(text).text
    assert f'{{"credential":[{text}]}}' == wallet.listed().text


def test_everybody_has_their_own(any_site: Site) -> None:
    """What Ada keeps Bob does not see, cannot replace, and can keep as well."""
    ada, bob = Wallet(any_site), Wallet(any_site, BOB)
    assert 201 == ada.upsert(signed(badge())).status_code
    assert "{}" == bob.listed().text
    assert 201 == bob.upsert(token_of(badge())).status_code
    assert ["credential"] == list(ada.listed().json())


# The same


@pytest.mark.parametrize(
    ("identifier", "same"),
    [
        ("urn:x:a%20b/c", True),
        ("urn:x:a%20b%2Fc", True),
        ("urn:x:%61%20b%2fc", True),
        ("urn:x:a%20b/c%20", True),
        ("urn:x:a%2520b/c", False),
        ("urn:x:A%20b/c", False),
        ("urn:x:a%20b/c/", False),
    ],
)
def test_equal_credentials_are_one(wallet: Wallet, identifier: str, same: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Issuer and id are compared after percent-decoding, without white space at the ends; capitals count."""
    assert 201 == wallet.upsert(signed(badge(identifier="urn:x:a%20b/c"))).status_code
    assert (200 if same else 201) == wallet.upsert(signed(badge(identifier=identifier))).status_code
    assert f"{1 if same else 2}" == wallet.listed().headers["x-total-count"]


def test_an_id_is_of_one_issuer(wallet: Wallet) -> None:
    """The same id of another issuer is another credential."""
    wallet.upsert(signed(badge()))
    assert 201 == wallet.upsert(signed(badge(STATE), STATE)).status_code


def test_the_newer_one_is_the_current_one(any_site: Site) -> None:
    """A newer copy replaces an older one and not the other way round, whatever form each has; its place stays."""
    wallet = Wallet(any_site)
    old, new = dated(BEGIN, "urn:x:1", name="Old"), dated(BEGIN + DAY, "urn:x:1", name="New")
    wallet.upsert(old)
    wallet.upsert(dated(BEGIN, "urn:x:2"))
    assert 200 == wallet.upsert(new).status_code
    response = wallet.upsert(old)
    assert (304, b"") == (response.status_code, response.content)
    assert 304 == wallet.upsert(token_of(changed(old, "/proof"))).status_code
    assert ["New", "Welding"] == [each["name"] for each in wallet.listed().json()["credential"]]


def test_many_at_once_are_one(any_site: Site) -> None:
    """The same credentials brought by four clients at once are there once, and one of them brought each first."""
    Wallet(any_site)
    kept = HostedCredentials(any_site.repository.database)
    shelf = Shelf(account=1, service="ob-3.0")
    credentials = [Hosted(content="{}", is_token=False, identity=f"{number}", issued_at=0) for number in range(20)]
    gate = threading.Barrier(4)
    found: list[Kept] = []

    def run() -> None:
        gate.wait()
        found.extend(kept.keep(shelf, each) for each in credentials)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {Kept.CREATED: 20, Kept.REPLACED: 60} == collections.Counter(found)
    assert 20 == kept.page(shelf, limit=1, offset=0, since=None)[1]


# Refused


def _unsigned(payload: object) -> str:
    """Return a token whose signature is none."""
    parts = (json.dumps(each).encode() for each in ({"alg": "EdDSA", "typ": "JWT"}, payload))
    return ".".join(base64.urlsafe_b64encode(each).rstrip(b"=").decode() for each in (*parts, b"x" * 64))


#: What has to be refused before it is read as linked data, which takes its time.
REASONS = {
    "many values": "more than 50,000 values",
    "many values in a token": "more than 50,000 values",
    "many proofs": "more than 20 proofs",
    "too deep": "too deep",
    "tampered": "/proof",
    "another kind": "expected is AchievementCredential",
}


@functools.cache
def spoilt() -> dict[str, Any]:
    """Return bodies that are no credential to be hosted, by what is wrong."""
    good = signed(badge())
    token = token_of(badge())
    return {
        "tampered": json.dumps(changed(good, "/name", "Brain surgery")),
        "no proof": json.dumps(badge()),
        "no achievement": json.dumps(changed(good, "/credentialSubject/achievement")),
        "no id": json.dumps(changed(good, "/id")),
        "no date": json.dumps(changed(good, "/validFrom")),
        "another kind": json.dumps(signed(endorsement(), STATE)),
        "a learner record": json.dumps(learner_record()),
        "no credential": "{}",
        "a list": f"[{json.dumps(good)}]",
        "cut off": json.dumps(good)[:-1],
        "twice the same member": json.dumps(good)[:-1] + ', "name": "x"}',
        "not UTF-8": json.dumps(good).encode() + b"\xff",
        "many values": json.dumps(good | {"x": [[]] * 300_000}),
        "many proofs": json.dumps(good | {"proof": [good["proof"]] * 10_000}),
        "many values in a token": _unsigned({"x": [[]] * 300_000}),
        "an unsigned token": _unsigned(badge()),
        "too deep": json.dumps(good)[:-1] + ', "x":' + "[" * 5_000 + "]" * 5_000 + "}",
        "a tampered token": token[:-4] + "AAAA",
        "a token without a signature": token.rpartition(".")[0] + ".",
        "no token": "hello",
        "nothing": "",
    }


@pytest.mark.parametrize("what", spoilt())
def test_what_is_no_credential_is_not_kept(wallet: Wallet, what: str) -> None:
    """What is malformed, of another kind, or changed after it was signed is refused, and the answer says why."""
    body = spoilt()[what]
    is_token = "token" in what or what == "nothing"
    response = wallet.upsert(body, "text/plain" if is_token else "application/json")
    assert_status_info(response, 422, "invalid_data", field="body")
    assert REASONS.get(what, "") in response.json()["imsx_description"]
    assert "{}" == wallet.listed().text


def test_a_badge_is_no_learner_record(site: Site) -> None:
    """Each service takes its own kind."""
    response = Wallet(site, service="clr-2.0").upsert(signed(badge()))
    assert_status_info(response, 422, "invalid_data")
    assert "ClrCredential" in response.json()["imsx_description"]


@pytest.mark.parametrize("media_type", ["application/xml", "application/jwt", "", "text/html", "application/vc+jwt"])
def test_other_media_types_are_not_taken(wallet: Wallet, media_type: str) -> None:
    """Media types that the standard does not name are refused with those that it does."""
    response = wallet.send("POST", "/credentials", content="{}", headers={"Content-Type": media_type})
    assert_status_info(response, 415, "unknown")
    assert LD_JSON in response.json()["imsx_description"]


def test_the_media_type_is_that_of_the_form(wallet: Wallet) -> None:
    """JSON as text, and a token as JSON, are refused."""
    assert_status_info(wallet.upsert(json.dumps(signed(badge())), "text/plain"), 415, "unknown")
    assert_status_info(wallet.upsert(token_of(badge()), "application/json"), 415, "unknown")
    assert_status_info(wallet.upsert(json.dumps(token_of(badge())), "text/plain"), 415, "unknown")


def test_a_body_has_a_limit(wallet: Wallet) -> None:
    """More than ten megabytes are not read."""
    assert_status_info(wallet.upsert(b" " * (10 * 2**20 + 1), "application/json"), 413, "unknown")


def test_what_is_over_is_kept(wallet: Wallet) -> None:
    """A person keeps what is expired, not yet valid, or signed with a key that cannot be asked for here."""
    over = badge(identifier="urn:x:over") | {"validUntil": "2025-06-01T00:00:00Z"}
    assert 201 == wallet.upsert(signed(over)).status_code
    assert 201 == wallet.upsert(dated(datetime.datetime(2090, 1, 1, tzinfo=datetime.UTC), "urn:x:later")).status_code


# Listed


def test_since_leaves_out_what_is_older(any_site: Site) -> None:
    """Only credentials issued after a moment are listed, in any time zone, and counted so."""
    wallet = Wallet(any_site)
    for day in range(4):
        wallet.upsert(dated(BEGIN + day * DAY, f"urn:x:{day}"))
    for text in ("2025-01-02T00:00:00Z", "2025-01-02T02:00:00+02:00", "2025-01-02T00:00:00"):
        response = wallet.listed(since=text)
        assert ["urn:x:2", "urn:x:3"] == [each["id"] for each in response.json()["credential"]]
        assert "2" == response.headers["x-total-count"]
    assert "3" == wallet.listed(since="2025-01-01T23:59:59.999999Z").headers["x-total-count"]
    assert "{}" == wallet.listed(since="2026-01-01T00:00:00Z").text


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=-1", "limit"),
        ("limit=x", "limit"),
        ("limit=1.5", "limit"),
        ("limit=", "limit"),
        ("limit=%D9%A1", "limit"),
        ("limit=1&limit=2", "limit"),
        ("limit=1234567890123456789", "limit"),
        ("offset=-1", "offset"),
        ("offset=x", "offset"),
        ("since=yesterday", "since"),
        ("since=2025-02-30T00:00:00Z", "since"),
        ("since=2025-01-01", "since"),
        ("since=2025-01-01T00:00:00+01:00", "since"),
    ],
)
def test_wrong_parameters_are_named(wallet: Wallet, query: str, field: str) -> None:
    """What is no number or no moment is refused, and the answer names the parameter."""
    response = wallet.send("GET", f"/credentials?{query}")
    assert_status_info(response, 400, "invalid_query_parameter", field=field)
    assert field in response.json()["imsx_description"]


def test_a_page_is_one_hundred_at_first(wallet: Wallet) -> None:
    """Without a limit the list is cut, and says so; a limit beyond two hundred is two hundred."""
    links = wallet.listed().headers["link"]
    assert "limit=100&offset=0" in links
    assert "limit=200&offset=0" in wallet.listed(limit=100_000).headers["link"]
    assert f"<{BASE}{OB.base_path}/credentials?" in links


def test_links_keep_the_rest_of_the_query(wallet: Wallet) -> None:
    """Links lead to pages of the same list."""
    for day in range(3):
        wallet.upsert(dated(BEGIN + day * DAY, f"urn:x:{day}"))
    since = "2025-01-01T00:00:00+00:00"
    following = wallet.listed(since=since, limit=1).links["next"]["url"]
    assert {"since": [since], "limit": ["1"], "offset": ["1"]} == parse_qs(urlsplit(following).query)


# Addresses


@pytest.mark.parametrize("service", [OB, CLR])
def test_unknown_addresses_and_methods_are_told(site: Site, service: Any) -> None:  # noqa: ANN401 - a service
    """Below the base path everything that is not there is answered in the form of the service."""
    assert_status_info(site.http.get(f"{service.base_path}/nothing"), 404, "not_found")
    assert_status_info(site.http.get(f"{service.base_path}/credentials/"), 404, "not_found")
    response = site.http.delete(f"{service.base_path}/credentials")
    assert_status_info(response, 405, "not_allowed")
    assert {"GET", "HEAD", "POST"} == set(response.headers["allow"].replace(" ", "").split(","))


@pytest.mark.parametrize("header", [None, "Bearer x", "Basic x", "Bearer"])
def test_without_a_token_there_is_nothing(site: Site, header: str | None) -> None:
    """Without a token, or with a wrong one, the answer is 401 with a challenge."""
    for method, path in (("GET", "/credentials"), ("POST", "/credentials"), ("GET", "/profile"), ("PUT", "/profile")):
        response = site.http.request(
            method, f"{OB.base_path}{path}", headers={} if header is None else {"Authorization": header}
        )
        assert_status_info(response, 401, "unauthorizedrequest", field="Authorization")
        assert response.headers["www-authenticate"].startswith("Bearer")


def test_too_many_requests_are_refused() -> None:
    """Beyond the rate the service answers 429 in its own form, and says how long to wait."""
    site = Site(rate_limit=1.0)
    assert [200, 429] == [site.http.get(f"{OB.base_path}/discovery").status_code for _ in range(2)]
    response = site.http.get(f"{CLR.base_path}/discovery")
    assert_status_info(response, 429, "server_busy")
    assert "1" == response.headers["retry-after"]
    site.close()


def test_other_sites_may_ask_with_a_token(site: Site) -> None:
    """Applications in a browser may send what the operations need."""
    asked = {"Origin": "https://app.example.net", "Access-Control-Request-Headers": "authorization, content-type"}
    for method in ("GET", "POST", "PUT"):
        response = site.http.options(
            f"{OB.base_path}/credentials", headers=asked | {"Access-Control-Request-Method": method}
        )
        assert (200, "*") == (response.status_code, response.headers["access-control-allow-origin"])
    assert "access-control-allow-credentials" not in response.headers


def test_without_accounts_there_is_no_host() -> None:
    """A provider of frameworks alone has neither APIs nor an authorization server."""
    site = Site(accounts=())
    for path in (f"{OB.base_path}/discovery", f"{CLR.base_path}/discovery", "/oauth2/authorize", "/about/terms"):
        assert 404 == site.http.get(path).status_code
    site.close()


def test_the_example_record_is_the_one_of_ada(site: Site) -> None:
    """A record of another person, whom nobody here knows, is kept all the same: who it is about is not the host's to say."""
    assert 201 == Wallet(site, ADA, service="clr-2.0").upsert(signed(record(signed(badge())), STATE)).status_code
