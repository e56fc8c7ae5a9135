"""What becomes of a credential that is handed in: Open Badges API, upsertCredential."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from skillmark.core.errors import NotApplicable, Untested
from skillmark.core.findings import Finding, Held
from skillmark.suites.hosts.holdings import holdings
from skillmark.suites.hosts.rules import RULES
from skillmark.suites.hosts.sameness import first_difference, forgery, verified
from skillmark.suites.hosts.samples import EMBEDDED, FORMS, TEXT, TOKEN, signed
from skillmark.wire.documents import media_type_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from skillmark.engine import Observation
    from skillmark.suites.hosts.evidence import Evidence
    from skillmark.suites.hosts.holdings import Deposit, Holdings
    from skillmark.suites.hosts.samples import Sent

_NEWEST_IS_CURRENT = "OB30-R-140"
_CREATED, _REPLACED, _UNCHANGED = 201, 200, 304
_RSA = "RS256 is the algorithm that everybody has to read; others may be read."
_OPEN = "What becomes of a copy that is neither new nor newer is not said."
_NEWER = "Of two equal credentials the newer one is the current one, and a host may do otherwise."
_PAYLOAD = "The proof still holds, and the value is written in another way."
#: Media types of the request that the answer may repeat; the others are what JSON of this kind is called elsewhere.
_JSON = frozenset({"application/vc+ld+json", "application/json"})
_ALSO_JSON = frozenset({"application/ld+json", "application/vc"})
_MEDIA = "The answer follows the rule of the request, which names application/vc+ld+json and application/json."
_OLD, _NEW, _NEWEST = "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z", "2025-06-01T00:00:00Z"


@RULES.rule("OB30-R-155")
def new_ones_are_created(evidence: Evidence) -> Iterator[Observation]:
    """A credential that the account does not have yet is answered with 201, and with the credential."""
    mine = holdings(evidence)
    for form in FORMS:
        deposit = mine.upsert(mine.samples().sent(form))
        if deposit.status == _CREATED:
            yield deposit.held()
            yield from answered_with_the_credential(evidence, deposit)
            continue
        yield deposit.finding(
            "OB30-R-155",
            f"201 for a new credential{_how(deposit.sent)}",
            cause=f"{form}: {'a new one is no new one' if deposit.is_kept else 'a valid one is refused'}",
            dispute=_RSA if form == TOKEN and not deposit.is_kept else "",
        )


def _how(sent: Sent) -> str:
    return f", sent as {sent.media_type}"


def answered_with_the_credential(evidence: Evidence, deposit: Deposit) -> Iterator[Observation]:
    """Yield what the body of a success shows: the credential of the request, and the media type that belongs to it."""
    yield from _body(evidence, deposit)
    media_type = media_type_of(deposit.reply.exchange.header("content-type"))
    wanted = frozenset({TEXT}) if deposit.sent.is_token else _JSON
    if media_type in wanted:
        yield deposit.held()
        return
    yield deposit.finding(
        "OB30-R-155",
        f"an answer with Content-Type {' or '.join(sorted(wanted))}",
        media_type or "no Content-Type",
        cause="media type of the answer",
        dispute=_MEDIA if not deposit.sent.is_token and media_type in _ALSO_JSON else "",
    )


def _body(evidence: Evidence, deposit: Deposit) -> Iterator[Observation]:
    sent = deposit.sent
    if sent.is_token:
        text = deposit.reply.body.decode(errors="replace").strip()
        difference = None if text == sent.text else ("", sent.text[:60], text[:60] or "no body")
    else:
        value = evidence.json(deposit.reply)
        difference = first_difference(sent.document, value if isinstance(value, dict) else None)
    if difference is None:
        yield deposit.held()
        return
    yield deposit.finding(
        "OB30-R-155",
        f"the body is the credential that was sent, which has {difference[1]} there",
        difference[2],
        pointer=difference[0],
        cause="body of the answer",
        dispute=_PAYLOAD if not sent.is_token and _still_holds(evidence, deposit) else "",
    )


def _still_holds(evidence: Evidence, deposit: Deposit) -> bool:
    value = evidence.json(deposit.reply)
    found = verified(value, evidence.context.clock) if isinstance(value, dict) else None
    return found is not None and not forgery(found) and found.valid


@RULES.rule("OB30-R-155")
def media_types_are_understood(evidence: Evidence) -> Iterator[Observation]:
    """A credential is taken with each media type that the operation names, with parameters or without."""
    mine = holdings(evidence)
    embedded = [form for form in mine.forms() if form == EMBEDDED]
    tokens = [form for form in mine.forms() if form != EMBEDDED][:1]
    for form, media_type in (
        *((each, "application/vc+ld+json") for each in embedded),
        *((each, "application/json; charset=utf-8") for each in embedded),
        *((each, "text/plain; charset=utf-8") for each in tokens),
    ):
        deposit = mine.upsert(mine.samples().sent(form), content_type=media_type)
        if deposit.is_kept:
            yield deposit.held()
        else:
            yield deposit.finding("OB30-R-155", f"a credential is taken as {media_type}", cause=media_type)


@RULES.rule("OB30-R-155")
def the_same_again_is_no_new_one(evidence: Evidence) -> Iterator[Observation]:
    """A credential that the account has already is not answered with 201 once more."""
    mine = holdings(evidence)
    for form in mine.forms():
        first = mine.need(mine.samples().sent(form))
        again = mine.upsert(first.sent)
        if again.status in {_REPLACED, _UNCHANGED}:
            yield again.held()
            if again.status == _REPLACED:
                yield from answered_with_the_credential(evidence, again)
            continue
        is_new = again.status == _CREATED
        yield again.finding(
            "OB30-R-155",
            "200 for a credential that the account has already, or 304",
            further=(first.id,),
            cause="created twice" if is_new else "the same again is refused",
            dispute="" if is_new else _OPEN,
        )


def _copies(mine: Holdings, form: str, *moments: str, awarded: Sequence[str] = ()) -> list[Sent]:
    """Return copies of one credential that were issued at different times, and awarded then, if nothing else is said."""
    samples = mine.samples()
    identifier = samples.fresh_id()
    return [
        signed(
            samples.draft(form, id=identifier, validFrom=issued, awardedDate=award, name=f"Issued {issued[:7]}"), form
        )
        for issued, award in zip(moments, awarded or moments, strict=True)
    ]


@RULES.rule("OB30-R-155", "OB30-R-140")
def newer_ones_replace(evidence: Evidence) -> Iterator[Observation]:
    """A newer copy of a credential is answered with 200, and the list has it in the place of the older one."""
    mine = holdings(evidence)
    for form in mine.forms():
        older, newer = _copies(mine, form, _OLD, _NEW)
        first = mine.need(older)
        second = mine.upsert(newer)
        if second.status == _REPLACED:
            yield second.held()
            yield from answered_with_the_credential(evidence, second)
            yield from _current(mine, (first, second), newer, dispute="")
            continue
        is_new = second.status == _CREATED
        yield second.finding(
            "OB30-R-155",
            "200 for a newer copy of a credential that the account has",
            further=(first.id,),
            cause="a newer copy is a new one" if is_new else "a newer copy is refused",
            dispute="" if is_new else _NEWER,
        )


def _current(mine: Holdings, deposits: tuple[Deposit, Deposit], wanted: Sent, *, dispute: str) -> Iterator[Observation]:
    """Yield what the list shows after a copy was said to be replaced."""
    listing = mine.listing()
    entry = listing.find(wanted.identity)
    shown = tuple(each.id for each in deposits)
    if entry is None:
        # Whether it is kept at all is what another rule decides.
        return
    if _is_the_one(entry.value, wanted):
        yield deposits[1].held()
        return
    found = Finding(
        requirement="OB30-R-155",
        expected="what was replaced, as status 200 says, is listed no more",
        actual=f"the list still has the other copy of {entry.name}",
        pointer=entry.pointer,
        evidence=(*shown, entry.exchange),
        cause="nothing is replaced",
        dispute=dispute,
    )
    yield found
    if not dispute:
        yield dataclasses.replace(found, requirement=_NEWEST_IS_CURRENT)


def _is_the_one(value: object, sent: Sent) -> bool:
    if sent.is_token:
        return value == sent.text
    return isinstance(value, dict) and value.get("name") == sent.document["name"]


@RULES.rule("OB30-R-155")
def older_ones_are_no_new_ones(evidence: Evidence) -> Iterator[Observation]:
    """An older copy of a credential is not answered with 201; everything else about it is open."""
    mine = holdings(evidence)
    for form in mine.forms():
        newer, older = _copies(mine, form, _NEWEST, _OLD)
        first = mine.need(newer)
        second = mine.upsert(older)
        if second.status == _CREATED:
            yield second.finding(
                "OB30-R-155",
                "no 201 for an older copy of a credential that the account has",
                further=(first.id,),
                cause="an older copy is a new one",
            )
            continue
        yield second.held()
        if second.status == _REPLACED:
            yield from _current(mine, (first, second), older, dispute=_OPEN)


@RULES.rule("OB30-R-140")
def the_newest_is_current(evidence: Evidence) -> Iterator[Observation]:
    """Of two equal credentials the list has the one with the newer validFrom, whichever came first.

    Raises:
        NotApplicable: The host keeps the one that came first or last, which it may.
        Untested: The list has neither.
    """
    mine = holdings(evidence)
    forms = mine.forms()[:1]
    orders = {moments: [_kept(mine, form, *moments) for form in forms] for moments in ((_OLD, _NEW), (_NEW, _OLD))}
    kept = {moments: [found[1] for found in results] for moments, results in orders.items()}
    shown = tuple(each for results in orders.values() for exchanges, _ in results for each in exchanges)
    newest = {each for results in kept.values() for each in results}
    if "" in newest:
        raise Untested("What was kept, as the status says, is in no list.")
    if newest == {_NEW}:
        yield Held(evidence=shown)
        yield from _by_valid_from(mine, forms[0])
    elif newest == {_OLD}:
        yield Finding(
            requirement=_NEWEST_IS_CURRENT,
            expected="of two copies the newer one is current",
            actual="the older one is listed, whichever came first",
            evidence=shown,
        )
    else:
        raise NotApplicable("The list has the copy that came first, or last, whichever is newer, which is allowed.")


def _kept(mine: Holdings, form: str, *moments: str, awarded: Sequence[str] = ()) -> tuple[tuple[str, ...], str]:
    """Hand in copies one after the other; return the exchanges, and the validFrom of the one that is listed then."""
    copies = _copies(mine, form, *moments, awarded=awarded)
    exchanges = (mine.need(copies[0]).id, *(mine.upsert(each).id for each in copies[1:]))
    entry = mine.listing().find(copies[0].identity)
    listed = next(
        (at for at, each in zip(moments, copies, strict=True) if entry and _is_the_one(entry.value, each)), ""
    )
    return exchanges, listed


def _by_valid_from(mine: Holdings, form: str) -> Iterator[Observation]:
    """Yield whether it is validFrom that tells which one is newer, where the award was the other way round."""
    exchanges, listed = _kept(mine, form, _NEW, _OLD, awarded=(_OLD, _NEW))
    if listed == _NEW:
        yield Held(evidence=exchanges)
        return
    yield Finding(
        requirement=_NEWEST_IS_CURRENT,
        expected="the copy with the newer validFrom is current",
        actual="the one that was awarded later is listed",
        evidence=exchanges,
    )
