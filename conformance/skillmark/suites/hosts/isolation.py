"""Nobody sees what is another's: two persons and two clients take turns, in any order.

A stateful machine of Hypothesis draws the turns; what should be at each account stands in plain dictionaries. Of a way that shows
a defect every turn is left out that can be, so that the evidence is the shortest one.
"""

from __future__ import annotations

import contextlib
import dataclasses
import enum
import json
from typing import TYPE_CHECKING, Any

from hypothesis.errors import Flaky

from skillmark import engine
from skillmark.core.errors import CannotTell, NotApplicable, Untested
from skillmark.core.findings import Finding, Held
from skillmark.suites.hosts.holdings import LIST, UPSERT, holdings, page_of, said
from skillmark.suites.hosts.profiles import GET, PUT, restorable
from skillmark.suites.hosts.profiles import put as put_profile
from skillmark.suites.hosts.rules import RULES
from skillmark.suites.hosts.samples import JSON, Identity, signed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.core.exchanges import Reply
    from skillmark.engine import Observation
    from skillmark.suites.hosts.clients import Session
    from skillmark.suites.hosts.evidence import Evidence
    from skillmark.suites.hosts.holdings import Entry, Page
    from skillmark.suites.hosts.samples import Sent

_LISTS, _STATUSES, _PROFILES, _KEEPS = "OB30-R-152", "OB30-R-155", "OB30-R-158", "OB30-R-248"
_ACCOUNTS = 2
_CLIENTS = ("first", "second")
_READER = "reader"
#: Credentials of one walk; both accounts have credentials of the same ids.
_SLOTS = 2
_CREATED, _OK = 201, 200
_KEPT = frozenset({_OK, _CREATED})
_BUSY = frozenset({429, 503})
_TITLE = "Of the account {}, {}"


class Turn(enum.StrEnum):
    """What a client can do."""

    UPSERT = "upserts"
    LIST = "lists"
    READ_PROFILE = "reads the profile"
    PUT_PROFILE = "puts the profile"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One turn of a client that one account has allowed."""

    turn: Turn
    account: int
    client: str
    #: Which credential, or how many a page has, all without a limit.
    number: int = 0

    def __str__(self) -> str:
        what = f" {self.number}" if self.turn in {Turn.UPSERT, Turn.LIST} and self.number else ""
        return f"account {self.account + 1} by client {self.client} {self.turn.value}{what}"


class _Counterexample(Exception):  # noqa: N818 - a signal to Hypothesis, not an error
    """Tells Hypothesis that the last step shows a defect."""


class _Walks:
    """What all walks have in common: the host, what was ever handed in, the counterexample."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.mine = holdings(evidence)
        #: Whose each credential and each name of a profile is that a walk has brought.
        self.owners: dict[str, int] = {}
        self.form = self.mine.forms()[0]
        self.profile = self._profile()
        found = _clients(self)
        self.clients = [each for each in found if each != _READER]
        self.has_reader = _READER in found
        self.count = 0
        self.found: Finding | None = None
        self.way: tuple[Step, ...] = ()
        self.held: list[Held] = []
        self.stopped: CannotTell | Untested | None = None
        self.is_shortening = False

    def _profile(self) -> tuple[int, dict[str, Any]] | None:
        try:
            return restorable(self.evidence)
        except (NotApplicable, Untested):
            return None

    def session(self, step: Step) -> Session:
        """Return the tokens of a turn; a reader may read credentials and nothing else."""
        if step.client == _READER:
            scope = self.evidence.scope_of(LIST)
            return self.evidence.session(step.account, scopes=(scope,))
        return self.evidence.session(step.account, client=step.client)

    def call(self, operation: str, step: Step, **arguments: Any) -> Reply:  # noqa: ANN401 - as Evidence.call takes them
        """Call an operation.

        Raises:
            CannotTell: No answer came back.
            Untested: There is no session.
        """
        reply = self.evidence.call(operation, self.session(step), **arguments)
        if reply.exchange.trouble is not None or reply.exchange.status in _BUSY:
            raise CannotTell(f"{operation} was not answered: {said(reply)}.")
        return reply

    def next_number(self) -> int:
        """Return a number that nothing has yet."""
        self.count += 1
        return self.count


class _Walker:
    """One walk: its turns so far, what should be at each account, and the exchanges that brought it there."""

    def __init__(self, walks: _Walks) -> None:
        self._walks = walks
        self._way: tuple[Step, ...] = ()
        self._exchanges: list[str] = []
        self._ids = [walks.mine.samples().fresh_id() for _ in range(_SLOTS)]
        #: By account and slot.
        self._kept: dict[tuple[int, int], Sent] = {}
        #: What this walk has brought: whoever makes it shorter must see the leak of nothing else.
        self._owners: dict[str, int] = {}

    def take(self, step: Step) -> None:
        """Take a turn.

        Raises:
            _Counterexample: It shows a defect.
        """
        if self._walks.stopped is not None or (self._walks.found is not None and not self._walks.is_shortening):
            return
        self._way = (*self._way, step)
        try:
            finding = self._taken(step)
        except (CannotTell, Untested) as error:
            self._walks.stopped = error
            return
        if finding is not None:
            self._walks.found, self._walks.way = finding, self._way
            raise _Counterexample

    def _taken(self, step: Step) -> Finding | None:
        match step.turn:
            case Turn.UPSERT:
                return self._upsert(step)
            case Turn.LIST:
                return self._list(step)
            case Turn.PUT_PROFILE:
                return self._put(step)
            case Turn.READ_PROFILE:
                return self._read(step)

    def _finding(self, requirement: str, expected: str, actual: str, pointer: str = "") -> Finding:
        told = ", then ".join(map(str, self._way))
        return Finding(
            requirement=requirement,
            expected=expected,
            actual=f"{told}: {actual}",
            pointer=pointer,
            evidence=tuple(reversed(self._exchanges)),
            cause=expected,
        )

    # Turns

    def _upsert(self, step: Step) -> Finding | None:
        walks, place = self._walks, (step.account, step.number)
        number = walks.next_number()
        draft = walks.mine.samples(step.account).draft(
            walks.form,
            id=self._ids[step.number],
            name=_TITLE.format(step.account + 1, number),
            # Always newer than the one before.
            validFrom=f"2025-01-02T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}Z",
        )
        sent = signed(draft, walks.form)
        reply = walks.call(UPSERT, step, body=sent.text.encode(), content_type=sent.media_type)
        self._exchanges.append(reply.exchange.id)
        status = reply.exchange.status
        if status not in _KEPT:
            return None
        walks.mine.remember(sent.identity, step.account)
        self._own(_mark(sent), step)
        is_new = place not in self._kept
        self._kept[place] = sent
        if (status == _CREATED) is is_new:
            walks.held.append(Held(evidence=(reply.exchange.id,)))
            return None
        others = any(slot == step.number and account != step.account for account, slot in self._kept)
        why = ", although only another account has it" if is_new and others else ""
        wanted = "201 for a credential that the account does not have" if is_new else "200 for one that it has"
        return self._finding(_STATUSES, wanted, f"status {status}{why}")

    def _list(self, step: Step) -> Finding | None:
        if not step.number:
            return self._whole(step)
        query = (("limit", str(step.number)),)
        page = page_of(self._walks.evidence, self._walks.call(LIST, step, query=query), query)
        self._exchanges.append(page.id)
        return self._foreign(step, page)

    def _whole(self, step: Step) -> Finding | None:
        def ask(query: tuple[tuple[str, str], ...]) -> Page:
            return page_of(self._walks.evidence, self._walks.call(LIST, step, query=query), query)

        listing = self._walks.mine.listing_by(ask)
        self._exchanges += listing.ids
        for page in listing.pages:
            if finding := self._foreign(step, page):
                return finding
        for (account, _), sent in self._kept.items():
            if account != step.account:
                continue
            entry = listing.find(sent.identity)
            if entry is None:
                return self._finding(_KEEPS, "an account lists what it was given", f"{sent.name} is not listed")
            if _mark_of(entry) != _mark(sent):
                what = f"{sent.name} is listed in a copy that was replaced"
                return self._finding(_KEEPS, "an account lists what it was given last", what, entry.pointer)
        self._walks.held.append(Held(evidence=listing.ids[:1]))
        return None

    def _foreign(self, step: Step, page: Page) -> Finding | None:
        """Return a finding for a credential on a page that was given to other accounts only."""
        left = {} if self._walks.is_shortening else self._walks.mine.left
        others = set[Identity]().union(*(found for account, found in left.items() if account != step.account))
        others -= left.get(step.account, set())
        for entry in page.entries:
            if self._owner(_mark_of(entry), step) != step.account or entry.identity in others:
                expected = "nobody sees the credentials of another account"
                return self._finding(_LISTS, expected, f"{entry.name} of another account is listed", entry.pointer)
        return None

    def _put(self, step: Step) -> Finding | None:
        known = self._walks.profile
        if known is None or known[0] != step.account:
            return None
        name = _TITLE.format(step.account + 1, f"profile {self._walks.next_number()}")
        body = json.dumps(known[1] | {"name": name}, ensure_ascii=False).encode()
        reply = self._walks.call(PUT, step, body=body, content_type=JSON)
        self._exchanges.append(reply.exchange.id)
        self._own(name, step)
        return None

    def _own(self, name: str, step: Step) -> None:
        self._walks.owners[name] = self._owners[name] = step.account

    def _owner(self, name: str, step: Step) -> int:
        """Return whose something is; of nobody else than who asks, where nothing is known of it."""
        known = self._owners if self._walks.is_shortening else self._walks.owners
        return known.get(name, step.account)

    def _read(self, step: Step) -> Finding | None:
        reply = self._walks.call(GET, step)
        self._exchanges.append(reply.exchange.id)
        value = self._walks.evidence.json(reply)
        name = value.get("name") if isinstance(value, dict) else None
        if not isinstance(name, str) or self._owner(name, step) == step.account:
            self._walks.held.append(Held(evidence=(reply.exchange.id,)))
            return None
        return self._finding(_PROFILES, "nobody sees the profile of another account", f"it is {name!r}", "/name")


def _mark(sent: Sent) -> str:
    """Return what no other credential has."""
    return sent.text if sent.is_token else str(sent.document["proof"]["proofValue"])


def _mark_of(entry: Entry) -> str:
    proof = entry.value.get("proof") if isinstance(entry.value, dict) else None
    proof = proof[0] if isinstance(proof, list) and proof else proof
    return str(proof.get("proofValue")) if isinstance(proof, dict) else str(entry.value)


@RULES.rule("OB30-R-152", "OB30-R-158", "OB30-R-155", "OB30-R-248")
def nobody_sees_what_is_anothers(evidence: Evidence) -> Iterator[Observation]:
    """Whatever two persons and two clients do, in any order, each account has its own credentials and its own profile.

    Raises:
        Untested: There is one account only, or nothing was observed.
        CannotTell: The walk could not be finished.
    """
    evidence.account(_ACCOUNTS - 1)
    walks = _Walks(evidence)
    try:
        if _gone(walks, _tour(walks)) is None and walks.stopped is None:
            _walk(walks)
        else:
            _shorten(walks)
    finally:
        if walks.profile is not None and walks.owners:
            with contextlib.suppress(CannotTell, Untested):
                put_profile(evidence, *walks.profile)
    if walks.found is not None:
        yield walks.found
    yield from walks.held
    if walks.stopped is not None:
        raise walks.stopped


def _walk(walks: _Walks) -> None:
    context = walks.evidence.context
    try:
        engine.walk(_steps(walks), lambda: _Walker(walks).take, depth=context.depth, seed=context.seed_of("isolation"))
    except (_Counterexample, Flaky):
        _shorten(walks)


def _shorten(walks: _Walks) -> None:
    """Leave out every turn without which the same defect shows; each try is a walk with credentials of its own."""
    way, found, walks.is_shortening = walks.way, walks.found, True
    left = walks.evidence.context.depth.shrinks
    for place in range(len(way) - 2, -1, -1):
        if left <= 0:
            break
        if place >= len(way) - 1:
            continue
        left -= 1
        shorter = (*way[:place], *way[place + 1 :])
        finding = _gone(walks, shorter)
        if finding is not None and found is not None and finding.requirement == found.requirement:
            way, found = walks.way, finding
    walks.found, walks.way = found, way


def _gone(walks: _Walks, way: tuple[Step, ...]) -> Finding | None:
    """Go a way from its start to the first defect, where the way of the walks ends then; return the finding."""
    walks.found = None
    walker = _Walker(walks)
    for step in way:
        try:
            walker.take(step)
        except _Counterexample:
            return walks.found
    return None


def _tour(walks: _Walks) -> tuple[Step, ...]:
    """Return the way that every run takes, whatever is drawn: each account brings something, and the other one looks."""
    one, two = (0, _CLIENTS[0]), (1, walks.clients[-1])
    turns = [(Turn.UPSERT, one), (Turn.LIST, two), (Turn.UPSERT, two), (Turn.LIST, one), (Turn.LIST, (0, two[1]))]
    turns += [(Turn.LIST, (account, _READER)) for account in range(_ACCOUNTS) if walks.has_reader]
    turns += [(Turn.PUT_PROFILE, (walks.profile[0], _CLIENTS[0]))] if walks.profile else []
    turns += [(Turn.READ_PROFILE, one), (Turn.READ_PROFILE, two)]
    return tuple(Step(turn=turn, account=account, client=name) for turn, (account, name) in turns)


def _clients(walks: _Walks) -> list[str]:
    """Return the clients that both accounts can allow something: a host may not register a second one.

    Raises:
        Untested: Not even one.
    """
    found: list[str] = []
    for name in (*_CLIENTS, _READER):
        try:
            for account in range(_ACCOUNTS):
                walks.session(Step(turn=Turn.LIST, account=account, client=name))
        except Untested:
            if name == _CLIENTS[0]:
                raise
        else:
            found.append(name)
    return found


def _steps(walks: _Walks) -> list[list[Step]]:
    """Return what the clients may do, by kind, so that each kind has the same chance."""
    pairs = [(account, client) for account in range(_ACCOUNTS) for client in walks.clients]
    readers = [(account, _READER) for account in range(_ACCOUNTS) if walks.has_reader]
    upserts = [
        Step(turn=Turn.UPSERT, account=account, client=client, number=slot)
        for account, client in pairs
        for slot in range(_SLOTS)
    ]
    lists = [
        Step(turn=Turn.LIST, account=account, client=client, number=limit)
        for account, client in (*pairs, *readers)
        for limit in (0, 0, 2)
    ]
    reads = [Step(turn=Turn.READ_PROFILE, account=account, client=client) for account, client in pairs]
    known = walks.profile
    puts = [Step(turn=Turn.PUT_PROFILE, account=known[0], client=client) for client in walks.clients] if known else []
    return [kind for kind in (upserts, lists, [*puts, *reads]) if kind]
