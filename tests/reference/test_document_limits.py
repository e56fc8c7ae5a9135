"""The door for remote documents: how much it takes, what content it takes, and how long it keeps a copy."""

from __future__ import annotations

import dataclasses
import datetime
import gzip
import socket
import threading
import tracemalloc
import zlib
from typing import TYPE_CHECKING

import pytest
from tests.reference.doors import BODY, JSON, MINUTE, START, Answering, Counted, FakeClock, answering, asked, door

from skillmark.wire.peers import hostile
from skillmark.wire.peers.hostile import HostilePeer
from skillmark_reference.documents import (
    DocumentKind,
    Documents,
    Policy,
    Refused,
    Source,
    SystemClock,
    Unavailable,
    Unusable,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


# Bytes and time


@pytest.mark.parametrize(
    "behave", [hostile.endless_body, hostile.huge_body, hostile.gzip_bomb], ids=lambda behave: behave.__name__
)
def test_bytes_have_a_limit_and_memory_with_them(behave: Answering) -> None:
    """Whatever is sent, and whatever it unpacks to, memory stays near the limit of the kind."""
    with HostilePeer(answering()) as healthy:
        door(healthy.url).get(healthy.url, DocumentKind.PROFILE)
    tracemalloc.start()
    try:
        with pytest.raises(Refused, match="larger than 2,097,152 bytes"):
            asked(behave)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # The bodies of these peers are one mebibyte of blanks, and the bomb itself is another; they count here too.
    assert 24 * 2**20 > peak


def test_the_limit_is_exact_and_can_be_lowered() -> None:
    """A document of exactly the limit enters, one byte more is refused; compressed or not."""
    for behave in (answering(), answering(gzip.compress(BODY, mtime=0), JSON, "Content-Encoding: gzip")):
        with HostilePeer(behave) as peer:

            def limited(most: int, origin: str = peer.url) -> Documents:
                return door(policy=Policy(allowed_origins=(origin,), most_bytes=most))

            assert BODY == limited(len(gzip.compress(BODY, mtime=0))).get(peer.url, DocumentKind.PROFILE).content
            with pytest.raises(Refused, match="larger than"):
                limited(len(BODY) - 1).get(peer.url, DocumentKind.PROFILE)


@pytest.mark.parametrize(
    "behave", [hostile.slow_body, hostile.slow_head, hostile.silence], ids=lambda behave: behave.__name__
)
def test_time_has_a_limit_for_the_whole_exchange(behave: Answering) -> None:
    """A server that always sends a little more, in time for every single read, is not waited for."""
    with pytest.raises(Unavailable, match=r"no complete answer within 0\.3 seconds; try again, or give the document"):
        asked(behave, clock=SystemClock(), seconds=0.3)


def test_redirects_share_the_time_of_the_exchange() -> None:
    """The deadline is that of the exchange, and no hop begins another one."""

    @dataclasses.dataclass(slots=True)
    class Running(FakeClock):
        seconds: float = 0.0

        def elapsed(self) -> float:
            self.seconds += 0.25
            return self.seconds

    with pytest.raises(Unavailable, match="within 5 seconds"):
        asked(hostile.redirect_loop, clock=Running(), redirects=1000)


def test_a_resolver_that_does_not_answer_is_not_waited_for() -> None:
    """Names are part of the exchange."""
    stopped = threading.Event()

    def resolve(_host: str, _port: int) -> list[str]:
        stopped.wait(30)
        return []

    with pytest.raises(Unavailable, match="no complete answer"):
        door(seconds=0.2, resolve=resolve, clock=SystemClock()).get("https://issuer.example/", DocumentKind.CONTEXT)
    stopped.set()


@pytest.mark.parametrize(
    "behave",
    [hostile.closed_at_once, hostile.closed_early, hostile.no_http, hostile.endless_head],
    ids=lambda behave: behave.__name__,
)
def test_broken_exchanges_are_unavailable(behave: Answering) -> None:
    """What breaks on the way tells nothing about the document."""
    with pytest.raises(Unavailable, match="the exchange failed"):
        asked(behave)


def test_nobody_there_is_unavailable() -> None:
    """A name without address and a port without server are told apart, and both are no verdict."""

    def nowhere(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(Unavailable, match=r"has no address: .*not known"):
        door(resolve=nowhere).get("https://issuer.example/", DocumentKind.CONTEXT)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(Unavailable, match="refused"):
        door(origin).get(origin, DocumentKind.CONTEXT)


@pytest.mark.parametrize(
    "status", ["404 Not Found", "410 Gone", "500 Oops", "204 No Content", "206 Partial", "302 Found"]
)
def test_another_status_than_200_is_unavailable(status: str) -> None:
    """An error page is no document, whatever it looks like."""
    with pytest.raises(Unavailable, match=f"the answer is {status[:3]}; expected is 200"):
        asked(answering(b"" if status.startswith("204") else BODY, JSON, status=status))


# Content


@pytest.mark.parametrize(
    ("kind", "content_type"),
    [
        (DocumentKind.CONTEXT, "application/ld+json"),
        (DocumentKind.CONTEXT, "application/vnd.example+json"),
        (DocumentKind.SCHEMA, "application/schema+json; charset=utf-8"),
        (DocumentKind.DID_DOCUMENT, "application/did+ld+json"),
        (DocumentKind.PROFILE, 'application/ld+json; profile="http://www.w3.org/ns/json-ld#compacted"'),
        (DocumentKind.KEY, "application/jwk+json"),
        (DocumentKind.KEY_SET, "application/jwk-set+json"),
        (DocumentKind.STATUS_LIST, "application/vc"),
        (DocumentKind.REVOCATION_LIST, "application/json"),
        (DocumentKind.CREDENTIAL, "application/vc+ld+json"),
    ],
)
def test_media_types_are_those_of_the_kind(kind: DocumentKind, content_type: str) -> None:
    """Every kind has its media types; HTML, none, two at once and another charset are refused for every kind."""
    assert BODY == asked(answering(BODY, f"Content-Type: {content_type}"), kind).content
    for headers, found in [
        (["Content-Type: text/html"], "the media type is 'text/html'; expected is"),
        (["X-Content-Type: application/json"], "the media type is missing"),
        ([f"Content-Type: {content_type}", "Content-Type: text/html"], "the media type is|more than one Content-Type"),
        (["Content-Type: application/json; charset=iso-8859-1"], "the charset is 'iso-8859-1'|the media type is"),
    ]:
        with pytest.raises(Unusable, match=found):
            asked(answering(BODY, *headers), kind)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no JSON"),
        (b"<html>", "no JSON"),
        (b"[]", "expected is a JSON object; it is list"),
        (b'{"a": 1, "a": 1}', "a member more than once: a"),
        (b'{"a": {"b": 1, "b": 2}}', "a member more than once: b"),
        (b'{"a": NaN}', "NaN is no JSON number"),
        (b'{"a": -Infinity}', "-Infinity is no JSON number"),
        (b'{"a": 1e999}', "beyond the range"),
        (b'{"a": ' + b"9" * 100_000 + b"}", "no JSON"),
        (b'{"a": "\\ud800"}', "surrogate"),
        (b'{"a": "\xe9"}', "not UTF-8"),
        (b'\xef\xbb\xbf{"a": 1}', "no JSON"),
        ('{"a": 1}'.encode("utf-16"), "not UTF-8"),
        (b'{"a": ' + b"[" * 100 + b"]" * 100 + b"}", "more than 100 levels"),
        (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
    ],
)
def test_json_that_readers_see_differently_is_refused(body: bytes, reason: str) -> None:
    """Repeated members, numbers that are none, depth and other encodings than UTF-8 do not pass the door."""
    healthy = b'{"a": ' + b"[" * 99 + b"]" * 99 + b"}"
    assert healthy == asked(answering(healthy)).content
    with pytest.raises(Unusable, match=reason):
        asked(answering(body))


@pytest.mark.parametrize("body", [b"e30.e30", b"e30.e30.c2ln.more", b"e30.e30.c2=n", b"https://issuer.example/1", b""])
def test_what_is_neither_json_nor_a_token_is_no_credential(body: bytes) -> None:
    """A compact JWS has three parts of base64url; nothing else is taken for one."""
    assert asked(answering(b"e30.e30.", "Content-Type: text/plain"), DocumentKind.CREDENTIAL).value is None
    with pytest.raises(Unusable, match="expected is a JSON object or a compact JWS"):
        asked(answering(body, "Content-Type: text/plain"), DocumentKind.CREDENTIAL)


@pytest.mark.parametrize(
    ("data", "encoding", "reason"),
    [
        (gzip.compress(BODY, mtime=0)[:-9], "gzip", "ends early"),
        (BODY, "gzip", "is not the gzip"),
        (gzip.compress(BODY, mtime=0) + b"more", "gzip", "is not the gzip"),
        (gzip.compress(b"", mtime=0) * 9, "gzip", "more than 8 parts"),
        (zlib.compress(BODY), "deflate", "'deflate' was not asked for"),
        (gzip.compress(gzip.compress(BODY, mtime=0), mtime=0), "gzip, gzip", "was not asked for"),
        (BODY, "br", "'br' was not asked for"),
    ],
)
def test_broken_encodings_are_unusable(data: bytes, encoding: str, reason: str) -> None:
    """A body has to be in the encoding that was asked for, and whole."""
    with pytest.raises(Unusable, match=reason):
        asked(answering(data, JSON, f"Content-Encoding: {encoding}"))


def test_images_are_what_their_media_type_says() -> None:
    """PNG is told from everything else by its first bytes."""
    png, svg = b"\x89PNG\r\n\x1a\n", b"<svg/>"
    for content, media_type in [(png, "image/png"), (svg, "image/svg+xml")]:
        document = asked(answering(content, f"Content-Type: {media_type}"), DocumentKind.IMAGE)
        assert (content, None) == (document.content, document.value)
    for content, media_type in [(svg, "image/png"), (png, "image/svg+xml"), (png, "image/jpeg")]:
        with pytest.raises(Unusable, match="the media type is"):
            asked(answering(content, f"Content-Type: {media_type}"), DocumentKind.IMAGE)


# Given, copies, offline


def test_given_documents_win_and_need_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is given is used for every kind of address, with and without a fragment; its JSON has to be right too."""
    monkeypatch.setattr(socket, "socket", None)
    given = {"http://plain.example/a": BODY, "urn:example:b": b'{"a": 1, "a": 2}'}
    documents = Documents(clock=FakeClock(), given=given)
    for url in ("http://plain.example/a", "http://plain.example/a#key"):
        document = documents.get(url, DocumentKind.KEY)
        assert (BODY, Source.GIVEN, False) == (document.content, document.fetch.source, document.fetch.from_cache)
    with pytest.raises(Unusable, match="more than once"):
        documents.get("urn:example:b", DocumentKind.KEY)


def test_offline_never_opens_a_socket(monkeypatch: pytest.MonkeyPatch, clock: FakeClock, tmp_path: Path) -> None:
    """Offline, copies are used as long as they count; then the address and the next step are named."""
    with HostilePeer(answering()) as peer:
        door(peer.url, clock=clock, folder=tmp_path).get(peer.url, DocumentKind.PROFILE)
    monkeypatch.setattr(socket, "socket", None)
    monkeypatch.setattr(socket, "getaddrinfo", None)
    policy = Policy(allowed_origins=(peer.url,), offline=True)
    documents = Documents(clock=clock, policy=policy, folder=tmp_path)
    assert Source.DISK is documents.get(peer.url, DocumentKind.PROFILE).fetch.source
    clock.at += 5 * MINUTE
    for url in (peer.url, "https://issuer.example/"):
        with pytest.raises(Unavailable, match=f"{url}.*give its content, or do not work offline"):
            documents.get(url, DocumentKind.PROFILE)


def test_copies_count_for_the_lifetime_of_their_kind(clock: FakeClock) -> None:
    """A copy is used until its lifetime is over, to the second, and then fetched anew."""
    server = Counted(answering())
    with HostilePeer(server) as peer:
        documents = door(peer.url, clock=clock)
        sources = []
        for seconds in (0, 299, 300, 599, 600):
            clock.at = START + datetime.timedelta(seconds=seconds)
            sources.append(documents.get(peer.url, DocumentKind.PROFILE).fetch.source)
        clock.at = START
        sources.append(documents.get(peer.url, DocumentKind.PROFILE).fetch.source)
    expected = [Source.NETWORK, Source.MEMORY, Source.NETWORK, Source.MEMORY, Source.NETWORK, Source.NETWORK]
    assert expected == sources
    assert 4 == len(server.targets)


@pytest.mark.parametrize(
    ("cache_control", "minutes", "is_kept"),
    [
        ("max-age=60", 0.9, True),
        ("max-age=60", 1, False),
        ("public, Max-Age = 60", 1, False),
        ("max-age=999999999", 4.9, True),
        ("max-age=999999999", 5, False),
        ("max-age=0", 0, False),
        ("no-store", 0, False),
        ("private, no-cache", 0, False),
        ("no-transform", 4.9, True),
        ("max-age=soon", 4.9, True),
    ],
)
def test_a_server_may_shorten_a_lifetime(
    cache_control: str, minutes: float, *, is_kept: bool, clock: FakeClock
) -> None:
    """Cache-Control makes copies count less long, never longer."""
    with HostilePeer(answering(BODY, JSON, f"Cache-Control: {cache_control}")) as peer:
        documents = door(peer.url, clock=clock)
        assert not documents.get(peer.url, DocumentKind.PROFILE).fetch.from_cache
        clock.at += minutes * MINUTE
        assert is_kept is documents.get(peer.url, DocumentKind.PROFILE).fetch.from_cache


def test_a_caller_may_shorten_a_lifetime(clock: FakeClock) -> None:
    """By the policy for a kind, or with one call; zero always asks anew."""
    with HostilePeer(answering()) as peer:
        lifetimes = {DocumentKind.PROFILE: MINUTE}
        policy = Policy(allowed_origins=(peer.url,), lifetimes=lifetimes)
        documents = Documents(clock=clock, policy=policy)

        def is_copy(max_age: datetime.timedelta | None = None) -> bool:
            return documents.get(peer.url, DocumentKind.PROFILE, max_age=max_age).fetch.from_cache

        assert [False, True, False] == [is_copy(), is_copy(), is_copy(max_age=datetime.timedelta(0))]
        clock.at += MINUTE / 2
        assert [True, False] == [is_copy(max_age=MINUTE), is_copy(max_age=MINUTE / 2)]
        clock.at += MINUTE
        assert not is_copy()


def test_copies_are_kept_by_kind_and_on_disk(tmp_path: Path, clock: FakeClock) -> None:
    """Another door finds the copies of the first one, and only for the kind that was asked for."""
    with HostilePeer(answering()) as peer:
        door(peer.url, clock=clock, folder=tmp_path / "new").get(f"{peer.url}/#a", DocumentKind.PROFILE)
        other = door(peer.url, clock=clock, folder=tmp_path / "new")
        sources = [other.get(f"{peer.url}/#b", kind).fetch.source for kind in 2 * [DocumentKind.PROFILE]]
        assert [Source.DISK, Source.MEMORY] == sources
        assert Source.NETWORK is other.get(peer.url, DocumentKind.KEY).fetch.source
    assert [".document", ".document"] == [path.suffix for path in (tmp_path / "new").iterdir()]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data.replace(b"Profile", b"profile"),
        lambda data: data[:-1],
        lambda data: data + b" ",
        lambda _: b"",
        lambda data: b"{}\n" + data.partition(b"\n")[2],
        lambda data: b"[]\n" + data.partition(b"\n")[2],
        lambda _: b"[" * 50_000 + b"\n",
        lambda data: data.replace(b"127.0.0.1", b"127.0.0.2"),
        lambda data: data.replace(b"PROFILE", b"CONTEXT"),
        lambda data: data.replace(b"2026-01-01T00:05", b"9999-99-99T00:05"),
        lambda data: data.replace(b'"fetched": "2026', b'"fetched": "2027'),
    ],
)
def test_a_spoiled_file_is_no_copy(spoil: Callable[[bytes], bytes], tmp_path: Path, clock: FakeClock) -> None:
    """A file whose bytes are not those of its SHA-256, or that is of another address, is fetched anew and replaced."""
    with HostilePeer(answering()) as peer:
        door(peer.url, clock=clock, folder=tmp_path).get(peer.url, DocumentKind.PROFILE)
        (path,) = tmp_path.iterdir()
        healthy = path.read_bytes()
        path.write_bytes(spoil(healthy))
        document = door(peer.url, clock=clock, folder=tmp_path).get(peer.url, DocumentKind.PROFILE)
    assert (BODY, Source.NETWORK) == (document.content, document.fetch.source)
    assert healthy == path.read_bytes()


def test_a_copy_is_held_against_the_policy_of_today(tmp_path: Path, clock: FakeClock) -> None:
    """What a wider policy let in does not pass a narrower one: neither its address, nor its final one, nor its size."""
    with (
        HostilePeer(answering()) as inner,
        HostilePeer(answering(b"", f"Location: {inner.url}", status="307 T")) as outer,
    ):
        door(inner.url, outer.url, clock=clock, folder=tmp_path).get(outer.url, DocumentKind.PROFILE)
        for origins in ((), (outer.url,)):
            with pytest.raises(Refused, match="plain http"):
                door(*origins, clock=clock, folder=tmp_path).get(outer.url, DocumentKind.PROFILE)
        narrow = Policy(allowed_origins=(inner.url, outer.url), most_bytes=len(BODY) - 1)
        with pytest.raises(Refused, match="larger than"):
            Documents(clock=clock, policy=narrow, folder=tmp_path).get(outer.url, DocumentKind.PROFILE)


def test_what_did_not_enter_is_not_kept(tmp_path: Path, clock: FakeClock) -> None:
    """No failure is remembered: the next call asks again, and finds what was repaired."""
    bodies = [b"broken", BODY]
    with HostilePeer(lambda _, wire: wire.answer(bodies.pop(0), JSON)) as peer:
        documents = door(peer.url, clock=clock, folder=tmp_path)
        with pytest.raises(Unusable, match="no JSON"):
            documents.get(peer.url, DocumentKind.PROFILE)
        assert [] == list(tmp_path.iterdir())
        assert BODY == documents.get(peer.url, DocumentKind.PROFILE).content


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    """Documents enter although their copies cannot be kept on disk."""
    (tmp_path / "file").write_text("no folder")
    assert BODY == asked(answering(), folder=tmp_path / "file").content


def test_memory_for_copies_has_a_limit(clock: FakeClock) -> None:
    """Where there are too many copies, the oldest go first."""
    with HostilePeer(answering()) as peer:
        documents = door(peer.url, clock=clock)
        documents._cache._most_bytes = 2 * len(BODY)
        for path in "abc":
            documents.get(f"{peer.url}/{path}", DocumentKind.PROFILE)
        sources = [documents.get(f"{peer.url}/{path}", DocumentKind.PROFILE).fetch.source for path in "cba"]
    assert [Source.MEMORY, Source.MEMORY, Source.NETWORK] == sources
