"""Hosts that take credentials in badly, or cannot tell which are the same (upsertCredential; Credential equality)."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, unquote_plus

from skillmark.faults.hosts.behaving import HTML, JSON_TYPE, answers, becomes, bodies, instead, refused, said
from skillmark.faults.hosts.fault import fault
from skillmark.faults.hosts.shelves import Entry, is_same, shelving
from skillmark.faults.provider import Given

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.faults.hosts.behaving import Behaviour, Make
    from skillmark.faults.hosts.calls import Call
    from skillmark.faults.hosts.world import Host

Record = dict[str, Any]
_AT = "upsertCredential"
_DONE = (200, 201)
_ANSWER, _SAME, _PAIRS, _EQUAL, _NEWER = "OB30-R-155", "OB30-R-156", "OB30-R-157", "OB30-R-139", "OB30-R-140"
_WRITES, _KEEPS, _ROLES = "OB30-R-247", "OB30-R-248", "OB30-R-237"
_TOLD_WRONG = "A client cannot tell what became of the badge."
_DOUBLE = "People see a badge twice."
_GONE = "A badge takes the place of another one."
_SHUT = "Clients cannot hand in badges."


def _taken(change: Callable[[Call, Given], Given]) -> Make:
    return answers(_AT, change, status=_DONE)


def _enveloped(call: Call, given: Given) -> Given:
    is_token = call.headers.get("content-type", "").startswith("text/plain")
    value = call.body.decode() if is_token else call.json
    given.headers["content-type"] = JSON_TYPE
    return given.become({"status": "ok", "credential": value})


def _told(value: object) -> Make:
    def changed(_: Call, given: Given) -> Given:
        given.headers["content-type"] = JSON_TYPE
        return given.become(value)

    return _taken(changed)


def _tokens(change: Callable[[Call, Given], Given]) -> Make:
    """Return a host that answers tokens in its own manner."""

    def changed(call: Call, given: Given) -> Given:
        return change(call, given) if call.headers.get("content-type", "").startswith("text/plain") else given

    return _taken(changed)


def _quoted(_: Call, given: Given) -> Given:
    return said(given.status, given.body.decode())


def _as_jwt(_: Call, given: Given) -> Given:
    return dataclasses.replace(given, headers=given.headers | {"content-type": "application/jwt"})


def _as_text(call: Call, given: Given) -> Given:
    is_json = not call.headers.get("content-type", "").startswith("text/plain")
    headers = given.headers | ({"content-type": "text/plain"} if is_json else {})
    return dataclasses.replace(given, headers=headers)


def _empty(status: int) -> Make:
    return _taken(lambda _, given: dataclasses.replace(given, status=status, body=b""))


def _changed(change: Callable[[Record], object]) -> Make:
    return bodies(_AT, change, status=_DONE)


def _refuses(*media_types: str) -> Make:
    """Return a host that does not know some media types."""

    def behaviour(call: Call, host: Host) -> Given:
        media_type = call.headers.get("content-type", "").partition(";")[0]
        return refused(host, 415) if call.operation == _AT and media_type in media_types else host.answer(call)

    return lambda: behaviour


def _by_id(old: Entry, new: Entry) -> bool:
    return old.id == new.id


def _by_issuer(old: Entry, new: Entry) -> bool:
    return old.issuer == new.issuer


def _by_text(old: Entry, new: Entry) -> bool:
    return old.text == new.text


def _as_written(old: Entry, new: Entry) -> bool:
    return (old.id, old.issuer) == (new.id, new.issuer)


def _read(decode: Callable[[str], str]) -> Callable[[Entry, Entry], bool]:
    def same(old: Entry, new: Entry) -> bool:
        return decode(old.id) == decode(new.id) and decode(old.issuer) == decode(new.issuer)

    return same


def _by_name(old: Entry, new: Entry) -> bool:
    names = [(each.credential.get("name"), each.issuer) for each in (old, new)]
    return names[0] == names[1]


def _awarded_later(old: Entry, new: Entry) -> bool:
    dates = [str(each.credential.get("awardedDate", "")) for each in (old, new)]
    return dates[1] > dates[0]


def _begins_earlier(old: Entry, new: Entry) -> bool:
    return new.begin < old.begin


def _forgetful() -> Behaviour:
    """Take everything in, and keep only the first one of each account."""
    known: set[str] = set()

    def behaviour(call: Call, host: Host) -> Given:
        grant = host.ledger.access.get(call.token)
        if call.operation != _AT or grant is None:
            return host.answer(call)
        if grant.account in known:
            return Given(status=201, headers={"content-type": call.headers.get("content-type", "")}, body=call.body)
        given = host.answer(call)
        known.update({grant.account} if given.status in _DONE else ())
        return given

    return behaviour


FAULTS = (
    fault("says-201-always", _ANSWER, _SAME, _EQUAL, effect=_TOLD_WRONG, make=becomes(_AT, 201, of=200)),
    fault("says-200-always", _ANSWER, effect=_TOLD_WRONG, make=becomes(_AT, 200, of=201)),
    fault("says-202-to-credentials", _ANSWER, effect=_TOLD_WRONG, make=becomes(_AT, 202, of=_DONE)),
    fault("says-204-to-credentials", _ANSWER, effect=_TOLD_WRONG, make=_empty(204)),
    fault(
        "says-409-to-what-it-has",
        _ANSWER,
        disputed=True,
        effect=_TOLD_WRONG,
        make=instead(_AT, said(409, {}), status=200),
    ),
    fault("answers-credentials-with-nothing", _ANSWER, effect=_TOLD_WRONG, make=_empty(201)),
    fault("answers-credentials-in-an-envelope", _ANSWER, effect=_TOLD_WRONG, make=_taken(_enveloped)),
    fault("answers-credentials-with-ok", _ANSWER, effect=_TOLD_WRONG, make=_told({"success": True})),
    fault("answers-credentials-with-an-id", _ANSWER, effect=_TOLD_WRONG, make=_told({"id": "urn:uuid:1"})),
    fault(
        "answers-credentials-with-a-page",
        _ANSWER,
        effect=_TOLD_WRONG,
        make=_taken(lambda _, given: Given(status=given.status, headers=dict(HTML), body=b"<p>Kept.</p>")),
    ),
    fault(
        "answers-credentials-without-proof",
        _ANSWER,
        effect=_TOLD_WRONG,
        make=_changed(lambda body: body.pop("proof", None) and body),
    ),
    fault(
        "answers-credentials-with-more",
        _ANSWER,
        effect=_TOLD_WRONG,
        make=_changed(lambda body: body.update(storedAt="2026-06-01T12:00:00Z")),
    ),
    fault(
        "answers-credentials-with-another-id",
        _ANSWER,
        effect=_TOLD_WRONG,
        make=_changed(lambda body: body.update(id="https://host.example/credentials/1")),
    ),
    fault("answers-tokens-in-quotes", _ANSWER, _PAIRS, effect=_TOLD_WRONG, make=_tokens(_quoted)),
    fault("answers-tokens-as-jwt", _PAIRS, _ANSWER, effect=_TOLD_WRONG, make=_tokens(_as_jwt)),
    fault("answers-credentials-as-text", _PAIRS, _ANSWER, effect=_TOLD_WRONG, make=_taken(_as_text)),
    fault("knows-no-json-ld", _PAIRS, _ANSWER, effect=_SHUT, make=_refuses("application/vc+ld+json")),
    fault("knows-no-plain-json", _PAIRS, _ANSWER, effect=_SHUT, make=_refuses("application/json")),
    fault("knows-no-tokens", _PAIRS, _ANSWER, _WRITES, effect=_SHUT, make=_refuses("text/plain")),
    fault(
        "has-no-upsert",
        _ANSWER,
        _WRITES,
        _ROLES,
        effect=_SHUT,
        make=lambda: lambda call, host: refused(host, 405) if call.operation == _AT else host.answer(call),
    ),
    fault(
        "keeps-nothing",
        _KEEPS,
        _SAME,
        "OB30-R-236",
        "CLR20-R-041",
        effect="Badges are lost.",
        make=shelving(shows=lambda *_: False),
    ),
    fault("keeps-the-first-only", _KEEPS, "OB30-R-236", "CLR20-R-041", effect="Badges are lost.", make=_forgetful),
    fault("keeps-what-is-sent-again", _SAME, _EQUAL, _ANSWER, effect=_DOUBLE, make=shelving(same=lambda _, __: False)),
    fault("compares-as-written", _EQUAL, _SAME, effect=_DOUBLE, make=shelving(same=_as_written)),
    fault("compares-content", _EQUAL, _SAME, _ANSWER, effect=_DOUBLE, make=shelving(same=_by_text)),
    fault("compares-ids-only", _EQUAL, _SAME, effect=_GONE, make=shelving(same=_by_id)),
    fault("compares-issuers-only", _EQUAL, _SAME, _ANSWER, _KEEPS, effect=_GONE, make=shelving(same=_by_issuer)),
    fault("compares-names", _EQUAL, _SAME, _ANSWER, _KEEPS, effect=_GONE, make=shelving(same=_by_name)),
    fault(
        "compares-without-trimming",
        _EQUAL,
        _SAME,
        effect=_DOUBLE,
        make=shelving(same=_read(unquote)),
    ),
    fault(
        "compares-without-decoding", _EQUAL, _SAME, effect=_DOUBLE, make=shelving(same=_read(lambda text: text.strip()))
    ),
    fault(
        "compares-in-lower-case",
        _EQUAL,
        _SAME,
        effect=_GONE,
        make=shelving(same=_read(lambda text: unquote(text).strip().lower())),
    ),
    fault(
        "decodes-twice",
        _EQUAL,
        _SAME,
        effect=_GONE,
        make=shelving(same=_read(lambda text: unquote(unquote(text)).strip())),
    ),
    fault(
        "takes-plus-for-blank",
        _EQUAL,
        _SAME,
        effect=_GONE,
        make=shelving(same=_read(lambda text: unquote_plus(text).strip())),
    ),
    fault(
        "strips-all-blanks",
        _EQUAL,
        _SAME,
        effect=_GONE,
        make=shelving(same=_read(lambda text: "".join(unquote(text).split()))),
    ),
    fault(
        "compares-kinds-apart",
        _EQUAL,
        _SAME,
        effect=_DOUBLE,
        make=shelving(same=lambda old, new: is_same(old, new) and old.is_token is new.is_token),
    ),
    fault(
        "keeps-the-older",
        _NEWER,
        _KEEPS,
        _ANSWER,
        effect="People see an old badge.",
        make=shelving(replaces=_begins_earlier),
    ),
    fault(
        "keeps-the-first",
        _NEWER,
        _KEEPS,
        _ANSWER,
        effect="People see an old badge.",
        make=shelving(replaces=lambda _, __: False),
    ),
    fault(
        "takes-the-award-for-the-beginning",
        _NEWER,
        effect="People see an old badge.",
        make=shelving(replaces=_awarded_later),
    ),
    fault(
        "fails-at-tokens",
        _ANSWER,
        "OB30-R-163",
        _WRITES,
        effect=_SHUT,
        make=_tokens(
            lambda _, __: Given(status=500, headers={"content-type": JSON_TYPE}, body=json.dumps({}).encode())
        ),
    ),
)
