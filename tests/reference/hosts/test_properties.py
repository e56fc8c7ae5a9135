"""What holds for any credentials and any pages: paging shows each once, and what was handed in comes back."""

from __future__ import annotations

import datetime
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.reference.credentials.surroundings import BEGIN, badge, signed
from tests.reference.hosts.surroundings import OB, Wallet, dated, token_of
from tests.reference.oauth.surroundings import Site

from skillmark_reference.server.hosts.checking import identity

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

COUNT = 7
DAYS = [BEGIN + datetime.timedelta(days=day) for day in range(COUNT)]
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=30)


@pytest.fixture(scope="module")
def wallet() -> Iterator[Wallet]:
    """Return a client of a host that is empty at first."""
    site = Site()
    yield Wallet(site)
    site.close()


@pytest.fixture(scope="module")
def filled() -> Iterator[Wallet]:
    """Return a client of a host that has some badges, every third one as a token."""
    site = Site()
    found = Wallet(site)
    for number, day in enumerate(DAYS):
        credential = dated(day, f"urn:x:{number}")
        if number % 3 == 0:
            del credential["proof"]
        assert 201 == found.upsert(token_of(credential) if number % 3 == 0 else credential).status_code
    yield found
    site.close()


def members(response: httpx.Response) -> list[str]:
    """Return what a page has, badges before tokens."""
    assert 200 == response.status_code, response.text
    body = response.json()
    return [each["id"] for each in body.get("credential", [])] + body.get("compactJwsString", [])


def walked(wallet: Wallet, relation: str, response: httpx.Response) -> Iterator[httpx.Response]:
    """Yield pages from one on, along a relation of their links."""
    while True:
        yield response
        if relation not in response.links:
            return
        address = response.links[relation]["url"]
        response = wallet.site.http.get(address, headers={"Authorization": f"Bearer {wallet.token}"})


@settings(deadline=None, max_examples=60)
@given(st.integers(1, COUNT + 2), st.integers(0, COUNT + 3), st.none() | st.integers(0, COUNT - 1))
def test_pages_show_each_credential_once(filled: Wallet, limit: int, offset: int, after: int | None) -> None:
    """For any limit, offset and since: the pages from there on have everything that follows, each once, in one order."""
    since = {} if after is None else {"since": DAYS[after].isoformat()}
    whole = members(filled.listed(**since, limit=COUNT))
    pages = list(walked(filled, "next", filled.listed(**since, limit=limit, offset=offset)))
    shown = [each for page in pages for each in members(page)]
    assert len(shown) == len(set(shown)) == max(0, len(whole) - offset)
    assert set(shown) <= set(whole)
    for number, page in enumerate(pages):
        assert f"{len(whole)}" == page.headers["x-total-count"]
        assert len(members(page)) <= limit
        is_last = number == len(pages) - 1
        expected = {"first", "last"} | (set() if is_last else {"next"}) | ({"prev"} if offset or number else set())
        assert expected == page.links.keys()


@settings(deadline=None, max_examples=30)
@given(st.integers(1, COUNT + 2))
def test_first_last_and_prev_lead_to_the_same_pages(filled: Wallet, limit: int) -> None:
    """From first along next, and from last along prev, one sees the same pages."""
    start = filled.listed(limit=limit, offset=COUNT - 1)
    headers = {"Authorization": f"Bearer {filled.token}"}
    ends = {name: filled.site.http.get(start.links[name]["url"], headers=headers) for name in ("first", "last")}
    forth = [members(page) for page in walked(filled, "next", ends["first"])]
    back = [members(page) for page in walked(filled, "prev", ends["last"])]
    assert forth == back[::-1]


@settings(deadline=None, max_examples=60)
@given(
    st.dictionaries(st.sampled_from(["name", "description"]), TEXTS, min_size=2),
    st.floats(0, 100),
    st.booleans(),
    st.none() | st.integers(0, 8),
)
def test_what_was_handed_in_comes_back(
    wallet: Wallet,
    texts: dict[str, str],
    earned: float,
    is_token: bool,  # noqa: FBT001 - drawn
    indent: int | None,
) -> None:
    """For any texts, numbers and layout: the answer and the list have the very text, so that its proof holds."""
    wallet.forget()
    credential: dict[str, Any] = badge(subject={"id": "did:example:learner", "creditsEarned": earned}) | texts
    text = (
        token_of(credential) if is_token else json.dumps(signed(credential), indent=indent, ensure_ascii=bool(indent))
    )
    response = wallet.upsert(text)
    assert (201, text) == (response.status_code, response.text)
    member, shown = ("compactJwsString", json.dumps(text)) if is_token else ("credential", text)
    assert f'{{"{member}":[{shown}]}}' == wallet.listed().text
    assert 200 == wallet.upsert(response.content.decode()).status_code


@given(TEXTS, TEXTS, st.data())
def test_identity_is_that_of_the_decoded_text(issuer: str, identifier: str, data: st.DataObject) -> None:
    """However issuer and id are percent-encoded and padded, they are the same; an id for an issuer is not."""
    assume(not {"%"} & {*issuer, *identifier})

    def written(text: str) -> str:
        encoded = "".join(
            "".join(f"%{byte:02{data.draw(st.sampled_from('xX'))}}" for byte in each.encode())
            if data.draw(st.booleans())
            else each
            for each in text
        )
        return data.draw(st.sampled_from(["", " ", "\n", "\u00a0"])) + encoded

    plain = {"issuer": issuer, "id": identifier}
    assert identity(plain) == identity({"issuer": {"id": written(issuer)}, "id": written(identifier)})
    if issuer.strip() != identifier.strip():
        assert identity(plain) != identity({"issuer": identifier, "id": issuer})


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda each: st.lists(each) | st.dictionaries(TEXTS, each),
)


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from([*OB.operations["upsertCredential"].accepted, "application/xml"]),
    st.binary() | TEXTS.map(str.encode) | JUNK.map(lambda each: json.dumps(each).encode()),
    st.sampled_from(["/credentials", "/profile"]),
)
def test_whatever_is_sent_is_no_failure(wallet: Wallet, media_type: str, body: bytes, path: str) -> None:
    """Nothing that a client sends makes the host fail: it is the client that is told what is wrong."""
    method = "PUT" if path == "/profile" else "POST"
    response = wallet.send(method, path, content=body, headers={"Content-Type": media_type})
    assert 400 <= response.status_code < 500, response.text


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(["limit", "offset", "since"]), TEXTS)
def test_whatever_is_asked_is_no_failure(wallet: Wallet, name: str, value: str) -> None:
    """No value of a parameter makes the host fail."""
    assert wallet.listed(**{name: value}).status_code in {200, 400}


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(["type", "issuer", "validFrom", "credentialSubject", "proof", "id", "@context", "name"]), JUNK)
def test_a_spoilt_credential_is_no_failure(wallet: Wallet, member: str, value: object) -> None:
    """A good credential with any member replaced by anything is refused, and nothing else happens."""
    wallet.forget()
    credential = GOOD | {member: value}
    assume(credential != GOOD)
    assert 422 == wallet.upsert(credential).status_code
    assert "{}" == wallet.listed().text


GOOD = signed(badge())
