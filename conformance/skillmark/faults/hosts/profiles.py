"""Hosts with wrong profiles (Open Badges API, getProfile and putProfile)."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from skillmark.faults.hosts.behaving import JSON_TYPE, answers, becomes, bodies, instead, refused, said
from skillmark.faults.hosts.fault import fault
from skillmark.faults.provider import Given

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.faults.hosts.behaving import Behaviour, Make
    from skillmark.faults.hosts.calls import Call
    from skillmark.faults.hosts.world import Host

Record = dict[str, Any]
_GET, _PUT = "getProfile", "putProfile"
_PROFILE, _CHOICE, _EXPECTED, _WHOLE = "OB30-R-158", "OB30-R-161", "OB30-R-244", "OB30-R-160"
_NOBODY = "A client does not learn who somebody is."
_UNSURE = "A client cannot tell whether anything was changed."


def _got(change: Callable[[Record], object]) -> Make:
    return bodies(_GET, change)


def _without(name: str) -> Make:
    return _got(lambda profile: {key: value for key, value in profile.items() if key != name})


def _missing(given: Given) -> Make:
    """Return a host that answers in its own manner where there is no profile."""
    return instead(_GET, given, status=404)


def _patches() -> Behaviour:
    """Add the members that are sent to those that there are."""

    def behaviour(call: Call, host: Host) -> Given:
        sent = call.json
        if call.operation != _PUT or not isinstance(sent, dict):
            return host.answer(call)
        path = f"{host.service.base_path}/profile"
        grant = host.ledger.access.get(call.token)
        if grant is None:
            return host.answer(call)
        token = host.token_of(grant.account, tuple(host.service.scopes))
        reading = dataclasses.replace(call, method="GET", operation=_GET, path=path, body=b"")
        known = host.answer(reading.headed(authorization=f"Bearer {token}"))
        old = known.json if known.status == 200 else {}
        return host.answer(dataclasses.replace(call, body=json.dumps(old | sent).encode()))

    return behaviour


def _loses_on_writing() -> Behaviour:
    """Answer with what was sent, and keep a part of it."""

    def behaviour(call: Call, host: Host) -> Given:
        sent = call.json
        if call.operation != _PUT or not isinstance(sent, dict) or sent.keys() <= {"@context", "id", "type"}:
            return host.answer(call)
        kept = {name: value for name, value in sent.items() if name in {"@context", "id", "type"}}
        given = host.answer(call.sending(kept))
        return given.become(sent) if given.status == 200 else given

    return behaviour


def _is_always_somebody() -> Behaviour:
    """Make a profile up where there is none."""

    def behaviour(call: Call, host: Host) -> Given:
        given = host.answer(call)
        is_nobody = call.operation == _GET and given.status == 404
        return said(200, {"name": "Nobody"}) if is_nobody else given

    return behaviour


def _nobody(call: Call, host: Host) -> Given:
    """Know the profile of nobody, although there are some."""
    return refused(host, 404) if call.operation == _GET and call.token else host.answer(call)


FAULTS = (
    fault("has-empty-profiles", _PROFILE, effect=_NOBODY, make=instead(_GET, said(200, {}), status=200)),
    fault(
        "has-no-profile-of-anybody", _PROFILE, _EXPECTED, standards=("ob-3.0",), effect=_NOBODY, make=lambda: _nobody
    ),
    fault("says-empty-to-no-profile", _PROFILE, effect=_NOBODY, make=_missing(said(200, {}))),
    fault("says-null-to-no-profile", _PROFILE, effect=_NOBODY, make=_missing(said(200, None))),
    fault("says-204-to-no-profile", _PROFILE, effect=_NOBODY, make=_missing(Given(status=204, headers={}, body=b""))),
    fault("fails-at-no-profile", _PROFILE, "OB30-R-163", effect=_NOBODY, make=_missing(said(500, {"error": "null"}))),
    fault("makes-profiles-up", _PROFILE, effect=_NOBODY, make=_is_always_somebody),
    fault("has-profiles-without-id", _PROFILE, _EXPECTED, effect=_NOBODY, make=_without("id")),
    fault("has-profiles-without-type", _PROFILE, effect=_NOBODY, make=_without("type")),
    fault("has-profiles-in-an-envelope", _PROFILE, effect=_NOBODY, make=_got(lambda profile: {"profile": profile})),
    fault("has-profiles-in-an-array", _PROFILE, effect=_NOBODY, make=_got(lambda profile: [profile])),
    fault(
        "calls-profiles-persons",
        _PROFILE,
        effect=_NOBODY,
        make=_got(lambda profile: profile.update(type=["Person"])),
    ),
    fault(
        "has-mail-without-an-address",
        _PROFILE,
        effect="A client cannot write to anybody.",
        make=_got(lambda profile: profile.update(email=["nobody"])),
    ),
    fault(
        "has-images-of-numbers",
        _PROFILE,
        effect="A client cannot show anybody.",
        make=_got(lambda profile: profile.update(image=7)),
    ),
    fault(
        "has-other-ids",
        _EXPECTED,
        _PROFILE,
        effect="A client takes somebody for somebody else.",
        make=_got(lambda profile: profile.update(id="https://host.example/u/7")),
        # That the id is the one that was stated, only the guide of Open Badges says.
        standards=("ob-3.0",),
    ),
    fault(
        "calls-profiles-text",
        _PROFILE,
        effect="A client that looks at the media type does not read it.",
        make=answers(
            _GET,
            lambda _, given: dataclasses.replace(given, headers=given.headers | {"content-type": "text/html"}),
            status=200,
        ),
    ),
    fault("says-203-to-profiles", _PROFILE, effect=_NOBODY, make=becomes(_GET, 203, of=200)),
    fault(
        "says-204-to-changes",
        _CHOICE,
        effect=_UNSURE,
        make=answers(_PUT, lambda _, given: dataclasses.replace(given, status=204, body=b""), status=200),
    ),
    fault("says-201-to-changes", _CHOICE, effect=_UNSURE, make=becomes(_PUT, 201, of=200)),
    fault(
        "fails-at-changes",
        _CHOICE,
        "OB30-R-163",
        effect=_UNSURE,
        make=instead(_PUT, said(500, {"error": "internal"}), status=200),
    ),
    fault("says-ok-to-changes", _CHOICE, effect=_UNSURE, make=instead(_PUT, said(200, {"success": True}), status=200)),
    fault(
        "answers-changes-with-nothing",
        _CHOICE,
        effect=_UNSURE,
        make=instead(_PUT, Given(status=200, headers={"content-type": JSON_TYPE}, body=b""), status=200),
    ),
    fault("adds-to-profiles", _CHOICE, _WHOLE, effect="What was taken out of a profile stays in it.", make=_patches),
    fault(
        "loses-members-of-profiles",
        _CHOICE,
        _WHOLE,
        effect="People lose what they wrote of themselves.",
        make=_loses_on_writing,
    ),
)
