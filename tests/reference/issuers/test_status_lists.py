"""Status lists: places at random, bits that are set and unset, lists that are credentials."""

from __future__ import annotations

import datetime
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skillmark_reference.databases import Database
from skillmark_reference.issuers import FinalStatus, StatusLists, UnknownEntry
from skillmark_reference.securing.statuses import MINIMUM_ENTRIES, read_entry, read_list, status_at

BASE = "https://issuer.example"
NOW = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)


def allot(lists: StatusLists, local_id: str, purpose: str = "suspension", base: str = BASE) -> dict[str, str]:
    return lists.allot(local_id, base=base, issuer="one", purpose=purpose, now=NOW)


def status_of(lists: StatusLists, entry: dict[str, str]) -> int:
    """Return the status of an entry as a reader finds it."""
    read = read_entry(entry)
    found = lists.published(read.status_list_credential.rpartition("/")[2])
    assert found is not None
    published = read_list(found.credential("did:example:issuer"))
    assert (read.status_purpose,) == published.status_purpose
    return status_at(published.bits, read.status_list_index)


def test_entries(database: Database) -> None:
    """A credential has a place for each purpose, which is set for itself alone, and unset again."""
    lists = StatusLists(database)
    first, other = allot(lists, "a"), allot(lists, "b")
    assert first["statusListCredential"] == other["statusListCredential"]
    assert first["statusListIndex"] != other["statusListIndex"]
    lists.set_status("a", purpose="suspension", value=True)
    assert (1, 0) == (status_of(lists, first), status_of(lists, other))
    lists.set_status("a", purpose="suspension", value=False, place=int(first["statusListIndex"]))
    assert (0, 0) == (status_of(lists, first), status_of(lists, other))


def test_revocations_are_final(database: Database) -> None:
    """A revocation is not taken back."""
    lists = StatusLists(database)
    entry = allot(lists, "a", "revocation")
    lists.set_status("a", purpose="revocation", value=True)
    with pytest.raises(FinalStatus):
        lists.set_status("a", purpose="revocation", value=False)
    assert 1 == status_of(lists, entry)


def test_entries_that_are_not_there(database: Database) -> None:
    """Another credential, purpose or place has no status to set."""
    lists = StatusLists(database)
    place = int(allot(lists, "a")["statusListIndex"])
    for local_id, purpose, other in (
        ("b", "suspension", None),
        ("a", "revocation", None),
        ("a", "suspension", place + 1),
    ):
        with pytest.raises(UnknownEntry):
            lists.set_status(local_id, purpose=purpose, value=True, place=other)
    assert [None, None] == [lists.published("unknown"), lists.published("\0")]


def test_places_that_are_taken(database: Database) -> None:
    """A place that somebody has is not given again, however the chance falls."""
    falls = iter([7, 7, 7, 8])
    lists = StatusLists(database, choose=lambda _: next(falls))
    assert ["7", "8"] == [allot(lists, local_id)["statusListIndex"] for local_id in "ab"]


def test_lists_for_another_address() -> None:
    """Lists are named by the address of the server, so another address has lists of its own, and so has each issuer."""
    lists = StatusLists(Database.open("sqlite://"))
    here, there = allot(lists, "a"), allot(lists, "b", base="https://other.example")
    assert here["statusListCredential"].startswith(BASE)
    assert there["statusListCredential"].startswith("https://other.example/status-lists/")


def test_lists_that_are_half_full(monkeypatch: pytest.MonkeyPatch) -> None:
    """When half of a list is taken, the next one is opened."""
    monkeypatch.setattr("skillmark_reference.issuers.status_lists._MOST_ENTRIES", 3)
    lists = StatusLists(Database.open("sqlite://"))
    names = [allot(lists, str(number))["statusListCredential"] for number in range(7)]
    assert [3, 3, 1] == sorted((names.count(name) for name in set(names)), reverse=True)


def test_entries_at_the_same_time(database: Database) -> None:
    """Several that issue at the same time get places of their own."""
    lists = StatusLists(database)
    lists.open(base=BASE, issuer="one", purpose="suspension", now=NOW)
    falls = iter([*range(10)] * 8)
    turn = threading.Lock()

    def choose(_: int) -> int:
        with turn:
            return next(falls)

    lists._choose = choose
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda n=n: found.append(allot(lists, str(n))["statusListIndex"])) for n in range(8)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert 8 == len(set(found))


@given(places=st.sets(st.integers(0, MINIMUM_ENTRIES - 1), max_size=12))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_bits(places: set[int]) -> None:
    """Exactly the places that were set are set in the list that is published."""
    ordered = sorted(places)
    falls = iter(ordered)
    lists = StatusLists(Database.open("sqlite://"), choose=lambda _: next(falls))
    entries = [allot(lists, str(place)) for place in ordered]
    for place in ordered[::2]:
        lists.set_status(str(place), purpose="suspension", value=True)
    assert [1 - number % 2 for number in range(len(ordered))] == [status_of(lists, entry) for entry in entries]
