"""Hosts that mix up whose records are whose (Open Badges API, getCredentials, upsertCredential and getProfile)."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from skillmark.faults.hosts.behaving import as_account, copy_of, is_at, of_the_account
from skillmark.faults.hosts.fault import fault
from skillmark.faults.hosts.shelves import shelving

if TYPE_CHECKING:
    from skillmark.faults.hosts.behaving import Behaviour
    from skillmark.faults.hosts.calls import Call
    from skillmark.faults.hosts.ledger import Grant
    from skillmark.faults.hosts.world import Host
    from skillmark.faults.provider import Given

_LIST, _KEPT, _PROFILE, _EXPECTED = "OB30-R-152", "OB30-R-248", "OB30-R-158", "OB30-R-244"
_SEEN = "People see what belongs to others."
_READING = ("getCredentials", "getProfile")


def _other(name: str) -> str:
    return "bob" if name == "ada" else "ada"


def _swaps(*operations: str) -> Behaviour:
    def choose(call: Call, _: Host, grant: Grant) -> str:
        return _other(grant.account) if is_at(call, operations) else ""

    return of_the_account(choose)()


def _first(*operations: str) -> Behaviour:
    def choose(call: Call, _: Host, grant: Grant) -> str:
        return "ada" if is_at(call, operations) and grant.account != "ada" else ""

    return of_the_account(choose)()


def _last_signed_in(*operations: str) -> Behaviour:
    def choose(call: Call, host: Host, _: Grant) -> str:
        return host.signed_in_last if is_at(call, operations) else ""

    return of_the_account(choose)()


def _caches(operation: str) -> Behaviour:
    """Keep answers by their address, whoever asks; what is written makes them void."""
    known: dict[str, Given] = {}

    def behaviour(call: Call, host: Host) -> Given:
        if call.operation in {"upsertCredential", "putProfile"}:
            known.clear()
        given = host.answer(call)
        if call.operation == operation and given.status == 200:
            return copy_of(known.setdefault(call.target, copy_of(given)))
        return given

    return behaviour


def _adds_others_since() -> Behaviour:
    """Filter all credentials there are by the moment, and forget whose they are."""

    def behaviour(call: Call, host: Host) -> Given:
        given, grant = host.answer(call), host.ledger.access.get(call.token)
        if call.operation != "getCredentials" or not call.parameter("since") or given.status >= 400 or grant is None:
            return given
        mixed, more = given.json, host.answer(as_account(call, host, _other(grant.account))).json
        return given.become({name: mixed.get(name, []) + more.get(name, []) for name in {*mixed, *more}})

    return behaviour


def _goes_on_with_others() -> Behaviour:
    """Go on with what others have where the list of an account ends."""

    def behaviour(call: Call, host: Host) -> Given:
        given, grant = host.answer(call), host.ledger.access.get(call.token)
        is_page = call.operation == "getCredentials" and call.parameter("offset") and given.status == 200
        if not is_page or given.json or grant is None:
            return given
        more = dataclasses.replace(call, query=(), raw_query="")
        return given.become(host.answer(as_account(more, host, _other(grant.account))).json)

    return behaviour


def _writes_for_all() -> Behaviour:
    """Change the profile of everybody at once."""

    def behaviour(call: Call, host: Host) -> Given:
        given = host.answer(call)
        if call.operation == "putProfile" and given.status == 200:
            grant = host.ledger.access[call.token]
            host.answer(as_account(call, host, _other(grant.account)))
        return given

    return behaviour


FAULTS = (
    fault(
        "shows-everybody-everything",
        _LIST,
        effect=_SEEN,
        make=shelving(shows=lambda _, __, ___: True),
    ),
    fault(
        "shows-each-client-its-own",
        _KEPT,
        _LIST,
        "CLR20-R-041",
        effect="What one client handed in, another one does not find.",
        make=shelving(shows=lambda entry, account, client: (entry.account, entry.client) == (account, client)),
    ),
    fault(
        "shows-each-client-everybody",
        _LIST,
        effect=_SEEN,
        make=shelving(shows=lambda entry, account, client: account == entry.account or client == entry.client),
    ),
    fault("lists-what-others-have", _LIST, _KEPT, effect=_SEEN, make=lambda: _swaps("getCredentials")),
    fault("goes-on-with-what-others-have", _LIST, effect=_SEEN, make=_goes_on_with_others),
    fault("lists-what-others-have-since", _LIST, effect=_SEEN, make=_adds_others_since),
    fault("keeps-for-others", _LIST, _KEPT, "OB30-R-155", effect=_SEEN, make=lambda: _first("upsertCredential")),
    fault(
        "everybody-is-the-first",
        _LIST,
        _PROFILE,
        _EXPECTED,
        effect=_SEEN,
        make=lambda: _first(*_READING, "upsertCredential"),
    ),
    fault(
        "everybody-is-the-last",
        _LIST,
        _KEPT,
        _PROFILE,
        "CLR20-R-041",
        effect=_SEEN,
        make=lambda: _last_signed_in("getCredentials", "getProfile"),
    ),
    fault("shows-profiles-of-others", _PROFILE, _EXPECTED, effect=_SEEN, make=lambda: _swaps("getProfile")),
    fault("shows-one-profile", _PROFILE, effect=_SEEN, make=lambda: _first("getProfile")),
    fault("caches-lists-for-everybody", _LIST, _KEPT, effect=_SEEN, make=lambda: _caches("getCredentials")),
    fault("caches-profiles-for-everybody", _PROFILE, effect=_SEEN, make=lambda: _caches("getProfile")),
    fault("changes-profiles-of-others", _PROFILE, effect="Somebody changes who others are.", make=_writes_for_all),
)
