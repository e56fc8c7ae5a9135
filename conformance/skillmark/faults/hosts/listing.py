"""Hosts whose lists of credentials are wrong (Open Badges API, getCredentials)."""

from __future__ import annotations

import base64
import copy
import dataclasses
import json
from typing import TYPE_CHECKING, Any

from skillmark.faults.hosts.behaving import HTML, answers, becomes, bodies, refused
from skillmark.faults.hosts.fault import fault
from skillmark.faults.hosts.shelves import cut, shelving
from skillmark.faults.provider import Given
from skillmark_reference.credentials.steps.tokens import claimed
from skillmark_reference.vocabularies import load_vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.faults.hosts.behaving import Behaviour, Make
    from skillmark.faults.hosts.calls import Call
    from skillmark.faults.hosts.shelves import Entry
    from skillmark.faults.hosts.world import Host

Record = dict[str, Any]
_AT = "getCredentials"
_FORM, _FORM_CLR = "OB30-R-025", "CLR20-R-004"
_LIST, _PAGES, _VERIFIES, _VERIFIES_CLR = "OB30-R-152", "OB30-R-154", "OB30-R-242", "CLR20-R-042"
_KEPT, _LOSSLESS, _LOSSLESS_CLR = "OB30-R-248", "OB30-R-236", "CLR20-R-041"
_NOTHING = "A client finds no badges."
_WORTHLESS = "Badges that leave the host cannot be verified any more."
_LOST = (_VERIFIES, _KEPT, _LOSSLESS, _LOSSLESS_CLR, _VERIFIES_CLR)


def _list(change: Callable[[Record], object]) -> Make:
    return bodies(_AT, change)


def _renamed(old: str, new: str) -> Make:
    return _list(lambda body: {new if name == old else name: value for name, value in body.items()})


def _each(change: Callable[[Record], object]) -> Make:
    """Return a host that changes credentials with embedded proofs in its lists."""

    def changed(body: Record) -> Record:
        for credential in body.get("credential", []):
            change(credential)
        return body

    return _list(changed)


def _each_token(change: Callable[[str], str]) -> Make:
    def changed(body: Record) -> Record:
        tokens = {"compactJwsString": [change(each) for each in body.get("compactJwsString", [])]}
        return body | (tokens if tokens["compactJwsString"] else {})

    return _list(changed)


def _tokens_with_credentials(read: Callable[[str], object]) -> Make:
    """Return a host that lists tokens among the credentials with embedded proofs."""

    def changed(body: Record) -> Record:
        listed = [*body.get("credential", []), *map(read, body.get("compactJwsString", []))]
        return {"credential": listed} if listed else {}

    return _list(changed)


def _payload(token: str) -> object:
    said = claimed(token)
    return said.document if said else token


def _known_members(credential: Record) -> None:
    """Leave out what no table has: members of extensions."""
    for name in [each for each in credential if each not in _MEMBERS]:
        del credential[name]


_MEMBERS = {
    "proof",
    *(
        name
        for vocabulary in ("ob-3.0", "clr-2.0")
        for record_class in ("AchievementCredential", "ClrCredential")
        if record_class in load_vocabulary(vocabulary).classes
        for name in load_vocabulary(vocabulary).classes[record_class].properties
    ),
}


def _redated(credential: Record) -> None:
    for name in ("validFrom", "validUntil", "awardedDate"):
        if name in credential:
            credential[name] = f"{credential[name].removesuffix('Z')[:19]}.000+00:00"


def _without_proofs(value: Any) -> None:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        value.pop("proof", None)
        for inner in value.values():
            _without_proofs(inner)
    elif isinstance(value, list):
        for inner in value:
            _without_proofs(inner)


def _members(credential: Record) -> list[Record]:
    inner = credential["credentialSubject"].get("verifiableCredential", [])
    return inner if isinstance(inner, list) else [inner]


def _unpacked(body: Record) -> Record:
    """List the badges of records in the place of the records."""
    badges = [badge for record in body.get("credential", []) for badge in _members(record)]
    return body | {"credential": badges} if badges else body


def _without_inner_proofs(credential: Record) -> None:
    for badge in _members(credential):
        _without_proofs(badge)


def _one_alone(body: Record) -> Record:
    return {name: value[0] if len(value) == 1 else value for name, value in body.items()}


def _late() -> Behaviour:
    """Show what was handed in only when it was looked for some times."""
    waits: dict[str, int] = {}

    def behaviour(call: Call, host: Host) -> Given:
        given = host.answer(call)
        if call.operation == "upsertCredential" and given.status == 201:
            waits[given.body.decode()] = 40
        if call.operation != _AT or given.status != 200:
            return given
        for text in waits:
            waits[text] -= 1
        hidden = {text for text, left in waits.items() if left > 0}
        hidden_values = [json.loads(text) for text in hidden if text.startswith("{")]
        body = {
            "credential": [each for each in given.json.get("credential", []) if each not in hidden_values],
            "compactJwsString": [each for each in given.json.get("compactJwsString", []) if each not in hidden],
        }
        return given.become({name: value for name, value in body.items() if value})

    return behaviour


def _frozen() -> Behaviour:
    """Answer with the first list for ever."""
    known: dict[str, Given] = {}

    def behaviour(call: Call, host: Host) -> Given:
        given = host.answer(call)
        if call.operation != _AT or given.status != 200:
            return given
        first = known.setdefault(f"{call.token} {call.target}", copy.deepcopy(given))
        return copy.deepcopy(first)

    return behaviour


def _missing_when_empty() -> Behaviour:
    def behaviour(call: Call, host: Host) -> Given:
        given = host.answer(call)
        is_empty = call.operation == _AT and given.status == 200 and given.json == {}
        return refused(host, 404, "There are none.") if is_empty else given

    return behaviour


def _resigned(token: str) -> str:
    """Return a token with another signature."""
    head, payload, signature = token.split(".")
    raw = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    other = base64.urlsafe_b64encode(bytes(each ^ 1 for each in raw)).rstrip(b"=").decode()
    return f"{head}.{payload}.{other}"


def _twice(entries: list[Entry]) -> list[Entry]:
    return [each for each in entries for _ in range(2)]


def _cut_by_kind(entries: list[Entry], limit: int, offset: int) -> list[Entry]:
    """Count credentials and tokens each for itself."""
    kinds = ([each for each in entries if each.is_token is is_token] for is_token in (False, True))
    return [each for kind in kinds for each in cut(kind, limit, offset)]


FAULTS = (
    fault("lists-credentials", _FORM, _FORM_CLR, _LIST, effect=_NOTHING, make=_renamed("credential", "credentials")),
    fault(
        "lists-compact-jws-strings",
        _FORM,
        _FORM_CLR,
        _LIST,
        effect=_NOTHING,
        make=_renamed("compactJwsString", "compactJwsStrings"),
    ),
    fault("lists-in-an-envelope", _FORM, _FORM_CLR, _LIST, effect=_NOTHING, make=_list(lambda body: {"data": body})),
    fault(
        "lists-in-a-bare-array",
        _FORM,
        _FORM_CLR,
        _LIST,
        effect=_NOTHING,
        make=_list(lambda body: [each for values in body.values() for each in values]),
    ),
    fault(
        "lists-one-without-an-array",
        _FORM,
        _FORM_CLR,
        _LIST,
        effect="A client that reads arrays fails with one badge.",
        make=_list(_one_alone),
    ),
    fault(
        "lists-null-for-nothing",
        _FORM,
        _FORM_CLR,
        effect="A client that reads arrays fails.",
        make=_list(lambda body: {"credential": None, "compactJwsString": None} | body),
    ),
    fault(
        "lists-members-of-its-own",
        _FORM,
        _FORM_CLR,
        effect="A strict client refuses the list.",
        make=_list(lambda body: body | {"status": {"success": True}}),
    ),
    fault(
        "lists-credentials-as-text",
        _FORM,
        _FORM_CLR,
        _LIST,
        effect="A client that reads objects fails.",
        make=_list(
            lambda body: (
                body | ({"credential": list(map(json.dumps, body["credential"]))} if "credential" in body else {})
            )
        ),
    ),
    fault(
        "lists-tokens-as-credentials",
        _LIST,
        _FORM,
        _FORM_CLR,
        effect="A client that reads objects fails.",
        make=_tokens_with_credentials(lambda token: token),
    ),
    fault(
        "lists-what-is-in-tokens",
        _LIST,
        _VERIFIES,
        _VERIFIES_CLR,
        _KEPT,
        effect=_WORTHLESS,
        make=_tokens_with_credentials(_payload),
    ),
    fault(
        "lists-no-tokens",
        _LIST,
        _KEPT,
        _LOSSLESS,
        _LOSSLESS_CLR,
        effect=_NOTHING,
        make=_list(lambda body: {name: value for name, value in body.items() if name == "credential"}),
    ),
    fault("lists-nothing", _LIST, _KEPT, _LOSSLESS, _LOSSLESS_CLR, effect=_NOTHING, make=_list(lambda _: {})),
    fault(
        "says-206-to-lists", _LIST, effect="A client that waits for 200 reads nothing.", make=becomes(_AT, 206, of=200)
    ),
    fault(
        "lists-in-a-page",
        _LIST,
        effect="A client that reads JSON fails.",
        make=answers(_AT, lambda _, __: Given(status=200, headers=dict(HTML), body=b"<h1>Badges</h1>"), status=200),
    ),
    fault(
        "calls-lists-text",
        _LIST,
        effect="A client that looks at the media type does not read it.",
        make=answers(
            _AT,
            lambda _, given: dataclasses.replace(given, headers=given.headers | {"content-type": "text/plain"}),
            status=200,
        ),
    ),
    fault("says-404-to-no-results", _LIST, "OB30-R-153", _PAGES, effect="A client gives up.", make=_missing_when_empty),
    fault(
        "lists-everything-twice",
        _LIST,
        _PAGES,
        _KEPT,
        "OB30-R-139",
        effect="People see each badge twice.",
        make=shelving(order=_twice),
    ),
    fault("strips-proofs", *_LOST, effect=_WORTHLESS, make=_each(lambda credential: credential.pop("proof", None))),
    fault("strips-all-proofs", *_LOST, effect=_WORTHLESS, make=_each(_without_proofs)),
    fault(
        "strips-proofs-of-members",
        *_LOST,
        effect="Badges in a record cannot be verified any more.",
        make=_each(_without_inner_proofs),
        standards=("clr-2.0",),
    ),
    fault("writes-dates-anew", *_LOST, effect=_WORTHLESS, make=_each(_redated)),
    fault("knows-no-extensions", *_LOST, effect="What an issuer added is lost.", make=_each(_known_members)),
    fault(
        "adds-members-to-credentials",
        *_LOST,
        effect=_WORTHLESS,
        make=_each(lambda credential: credential.update(description="Kept for you.")),
    ),
    fault(
        "translates-names",
        *_LOST,
        effect=_WORTHLESS,
        make=_each(lambda credential: credential.update(name="Ein Abzeichen")),
    ),
    fault(
        "gives-credentials-ids-of-its-own",
        *_LOST,
        effect="A badge is another one at every host.",
        make=_each(lambda credential: credential.update(id=f"https://host.example/{abs(hash(credential['id']))}")),
    ),
    fault(
        "makes-issuers-short",
        *_LOST,
        effect=_WORTHLESS,
        make=_each(
            lambda credential: credential.update(
                issuer=credential["issuer"]["id"] if isinstance(credential["issuer"], dict) else credential["issuer"]
            )
        ),
    ),
    fault("cuts-tokens", *_LOST, effect=_WORTHLESS, make=_each_token(lambda token: token.rpartition(".")[0] + ".")),
    fault("signs-tokens-anew", *_LOST, effect=_WORTHLESS, make=_each_token(_resigned)),
    fault(
        "lists-badges-of-records",
        _VERIFIES_CLR,
        _FORM_CLR,
        _KEPT,
        _LOSSLESS_CLR,
        _LIST,
        effect="A record falls apart.",
        make=_list(_unpacked),
        standards=("clr-2.0",),
    ),
    fault(
        "lists-late",
        _KEPT,
        _LIST,
        _LOSSLESS,
        _LOSSLESS_CLR,
        effect="A client believes that nothing was kept.",
        make=_late,
    ),
    fault(
        "lists-what-was-first-there",
        _KEPT,
        _LIST,
        _LOSSLESS,
        _LOSSLESS_CLR,
        effect="A client believes that nothing was kept.",
        make=_frozen,
    ),
    fault(
        "counts-kinds-apart",
        _PAGES,
        "OB30-R-165",
        effect="A client that pages misses or repeats badges.",
        make=shelving(cut=_cut_by_kind),
    ),
)
