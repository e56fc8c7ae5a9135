"""Whatever is sent to the VC API is answered, with 4xx and a reason, in bounded time."""

from __future__ import annotations

import copy
import functools
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.reference.vc_api.surroundings import (
    OPENED,
    V2,
    Json,
    client_of,
    credential,
    issued,
    key,
    presentation,
    presented,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

POSTED = {
    "/credentials/issue": "credential",
    "/credentials/verify": "verifiableCredential",
    "/credentials/derive": "verifiableCredential",
    "/presentations/verify": "verifiablePresentation",
    "/credentials/status": "credentialStatus",
    "/status-lists": "statusPurpose",
}
JSON = {"Content-Type": "application/json"}
_ONE_MEBIBYTE = 2**20


@functools.cache
def client() -> httpx.Client:
    return client_of()


@pytest.fixture(scope="module", autouse=True)
def one_client() -> Iterator[None]:
    """Keep one client for all tests of this module."""
    before = len(OPENED)
    client()
    yield
    client.cache_clear()
    right.cache_clear()
    while len(OPENED) > before:
        OPENED.pop().close()


@functools.cache
def right() -> tuple[Json, ...]:
    """Return documents that are right: as they are issued, and presented."""
    held = issued(client(), "bitstring-status-list", validFrom="2026-01-01T00:00:00Z")
    envelope = issued(client(), "vc-jose-cose")
    shown = presented(presentation(verifiableCredential=[held, envelope]), key(), challenge="c", domain="d")
    return held, envelope, issued(client(), "ecdsa-sd-2023"), shown


def nested(depth: int) -> Any:  # noqa: ANN401 - any JSON
    value: Any = "end"
    for _ in range(depth):
        value = {"credentialSubject": [value]}
    return value


def refusal(answer: httpx.Response) -> int:
    """Return the status of an answer that says why; none of it is a fault of the server."""
    said = answer.json()
    assert said["verified"] is False
    assert said["detail"]
    assert "application/problem+json" == answer.headers["content-type"]
    return answer.status_code


@pytest.mark.parametrize("path", POSTED)
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"5",
        b"{}",
        b"\xff\xfe",
        b'{"a": 1, "a": 2}',
        b'{"a": NaN}',
        b'{"a": 1e999}',
        b'{"a": "\\ud800"}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        json.dumps({"credential": nested(100), "verifiableCredential": nested(100)}).encode(),
    ],
    ids=lambda content: repr(content[:24]),
)
def test_bodies(path: str, content: bytes) -> None:
    """A body that is no JSON object, that readers understand differently, or that is too deep or too wide is refused."""
    assert 400 == refusal(client().post(path, content=content, headers=JSON))


def test_wide_bodies() -> None:
    """A body with very many values is refused before anything is made of them."""
    answer = client().post("/credentials/issue", json={"credential": {**credential(), "name": ["a"] * 60_000}})
    assert 400 == refusal(answer)
    assert "50,000 values" in answer.json()["detail"]


@pytest.mark.parametrize("path", [each for each in POSTED if each != "/status-lists"])
@pytest.mark.parametrize("value", [None, "text", 5, True, [], [{}], "{}"])
def test_documents_that_are_no_objects(path: str, value: object) -> None:
    """The document of a request is an object: no text with JSON in it, no array, not null."""
    body = {"credentialId": "urn:1", POSTED[path]: value} if path == "/credentials/status" else {POSTED[path]: value}
    assert 400 == refusal(client().post(path, json=body))


@pytest.mark.parametrize("path", POSTED)
@pytest.mark.parametrize(
    "media_type", [None, "text/plain", "application/x-www-form-urlencoded", "application/xml", "x"]
)
def test_media_types(path: str, media_type: str | None) -> None:
    """A body of another media type is refused, so that no form on a page of somebody else can post here."""
    headers = {} if media_type is None else {"Content-Type": media_type}
    assert 415 == refusal(client().post(path, content=b"{}", headers=headers))


def test_long_bodies() -> None:
    """A body of more than ten megabytes is refused."""
    content = b" " * (11 * _ONE_MEBIBYTE)
    assert 413 == refusal(client().post("/credentials/verify", content=content, headers=JSON))


def test_credentials_with_long_texts() -> None:
    """A credential of nearly ten megabytes is issued and verified."""
    made = issued(client(), credentialSubject={"id": "did:example:1", "name": "x" * (9 * _ONE_MEBIBYTE)})
    assert 200 == client().post("/credentials/verify", json={"verifiableCredential": made}).status_code


def test_poison_graphs() -> None:
    """Blank nodes that cannot be told apart are refused, when issuing and when verifying."""
    nodes = [{"id": f"_:b{n}", "knows": [{"id": f"_:b{m}"} for m in range(9) if m != n]} for n in range(9)]
    poison = credential(**{"@context": [V2, {"@vocab": "https://example.org/#"}]}, credentialSubject=nodes)
    assert 400 == refusal(client().post("/credentials/issue", json={"credential": poison}))
    proof = issued(client())["proof"]
    answer = client().post("/credentials/verify", json={"verifiableCredential": {**poison, "proof": proof}})
    assert 400 == answer.status_code


_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-5, 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
)
_NAMES = st.sampled_from([
    "@context", "id", "type", "@id", "@type", "@value", "@graph", "proof", "issuer", "credentialSubject", "credentialStatus",
    "validFrom", "verifiableCredential", "holder", "relatedResource", "credentialSchema", "proofValue", "verificationMethod",
])  # fmt: skip
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES | st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)


def _places(value: object, way: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [way] if way else []
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [*found, *(place for name, part in parts for place in _places(part, (*way, name)))]


@st.composite
def damaged(draw: st.DrawFn) -> Json:
    """Draw a document that is right but for one or two places."""
    document = copy.deepcopy(draw(st.sampled_from(right())))
    for _ in range(draw(st.integers(1, 2))):
        places = _places(document)
        if not places:
            break
        *way, last = draw(st.sampled_from(places))
        holder: Any = document
        for step in way:
            holder = holder[step]
        if draw(st.booleans()):
            holder[last] = draw(_VALUES)
        else:
            del holder[last]
    return document


@given(document=damaged() | st.dictionaries(_NAMES, _VALUES, max_size=5), path=st.sampled_from(list(POSTED)))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_damaged_documents(document: Json, path: str) -> None:
    """Whatever a document is, the answer is one that the API knows, and never a fault of the server."""
    answer = client().post(path, json={POSTED[path]: document})
    assert answer.status_code in {200, 201, 400, 404}, answer.text
    assert answer.is_success or answer.json()["verified"] is False


@given(
    body=st.dictionaries(st.sampled_from([*POSTED.values(), "options", "status", "credentialId"]), _VALUES, max_size=4)
)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_bodies(body: Json) -> None:
    """Whatever the members of a body are, no operation fails over them."""
    for path in POSTED:
        assert client().post(path, json=body).status_code in {200, 201, 400, 404}


@given(damage=damaged())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_damage_is_seen(damage: Json) -> None:
    """A credential whose JSON is not the one that was signed does not verify."""
    if "Presentation" in json.dumps(damage.get("type")) or damage in right():
        return
    answer = client().post("/credentials/verify", json={"verifiableCredential": damage})
    if answer.is_success:
        # Only what means the same may pass: the order of a set, or one value in place of an array with it alone.
        (original,) = [each for each in right() if each.get("id") == damage.get("id")]
        assert _meaning(original) == _meaning(damage)


def _meaning(value: object) -> object:
    if isinstance(value, dict):
        return {name: _meaning(part) for name, part in value.items()}
    if isinstance(value, list):
        parts = sorted((_meaning(part) for part in value), key=repr)
        return parts[0] if len(parts) == 1 else parts
    return value
