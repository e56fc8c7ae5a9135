"""What the harness hands to a host, and what it sees in the lists of the host's accounts."""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from skillmark.core.errors import CannotTell, Untested
from skillmark.core.findings import Finding, Held
from skillmark.suites.hosts.samples import FORMS, Samples, claimed, identity_of
from skillmark.wire.documents import parse
from skillmark.wire.web_links import web_links

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from skillmark.core.exchanges import Reply
    from skillmark.suites.hosts.clients import Session
    from skillmark.suites.hosts.evidence import Evidence
    from skillmark.suites.hosts.samples import Identity, Sent

LIST, UPSERT = "getCredentials", "upsertCredential"
EMBEDDED_MEMBER, TOKEN_MEMBER = "credential", "compactJwsString"
Query = tuple[tuple[str, str], ...]

_KEPT = frozenset({200, 201})
_REFUSED_TOKEN = 401
#: Statuses that say that a host wants to be asked later, not what it makes of a request.
_BUSY = frozenset({429, 503})
_NEXT = "next"
#: Long lists take fewer requests so, where a host knows limits.
_LARGE_PAGES = ("limit", "100")
#: Pages of one walk at most, and entries.
_PAGES = 400
_DIGITS = 12
_NAME = "holdings"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One credential in a list."""

    value: Any
    #: The member of the answer in which it stands.
    member: str
    #: JSON pointer into the answer.
    pointer: str
    #: Exchange that shows it.
    exchange: str
    identity: Identity | None

    @property
    def key(self) -> str:
        """Equal for what is shown twice; of one credential two copies may be listed, and these are two."""
        return json.dumps(self.value, sort_keys=True)

    @property
    def name(self) -> str:
        """For people."""
        return self.identity.id if self.identity else f"the entry {self.pointer}"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answer to getCredentials."""

    reply: Reply
    value: Any
    query: Query
    entries: tuple[Entry, ...]

    @property
    def id(self) -> str:
        """The id of its exchange."""
        return self.reply.exchange.id

    @property
    def is_list(self) -> bool:
        """Whether it is a list at all."""
        return self.reply.exchange.status == 200 and isinstance(self.value, dict)

    @property
    def keys(self) -> tuple[str, ...]:
        """What is shown, in the order of the members."""
        return tuple(each.key for each in self.entries)

    @property
    def said(self) -> str:
        """What came back, for people."""
        if not self.is_list:
            return said(self.reply)
        return f"{len(self.entries)} credential(s)"

    @property
    def links(self) -> Mapping[str, str]:
        """The targets of its links by relation."""
        return web_links(self.reply.exchange).targets

    def total(self, header: str) -> int | None:
        """Return what the header says that there are altogether; ``None`` where it says no number."""
        text = (self.reply.exchange.header(header) or "").strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < _DIGITS else None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """All pages of a list, as far as they were read."""

    pages: tuple[Page, ...]
    entries: tuple[Entry, ...]
    #: Whether the end was reached.
    is_whole: bool

    def find(self, identity: Identity) -> Entry | None:
        """Return the entry of a credential."""
        return next(self.all_of(identity), None)

    def all_of(self, identity: Identity) -> Iterator[Entry]:
        """Yield every entry of a credential."""
        return (each for each in self.entries if each.identity == identity)

    @property
    def keys(self) -> tuple[str, ...]:
        """What is shown, in order, each once."""
        return tuple(dict.fromkeys(each.key for each in self.entries))

    @property
    def ids(self) -> tuple[str, ...]:
        """The exchanges that show it."""
        return tuple(page.id for page in self.pages)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Deposit:
    """A credential that was handed in, and the answer."""

    sent: Sent
    reply: Reply

    @property
    def id(self) -> str:
        """The id of the exchange."""
        return self.reply.exchange.id

    @property
    def status(self) -> int | None:
        """The status of the answer."""
        return self.reply.exchange.status

    @property
    def is_kept(self) -> bool:
        """Whether the host says that it keeps it."""
        return self.status in _KEPT

    def finding(self, requirement: str, expected: str, actual: str = "", **more: Any) -> Finding:  # noqa: ANN401 - as Finding takes them
        """Return a finding that the exchange shows."""
        evidence = (self.id, *more.pop("further", ()))
        return Finding(
            requirement=requirement, expected=expected, actual=actual or said(self.reply), evidence=evidence, **more
        )

    def held(self) -> Held:
        """Return that something holds, which the exchange shows."""
        return Held(evidence=(self.id,))


def said(reply: Reply) -> str:
    """Return what came back, for people."""
    exchange = reply.exchange
    if exchange.trouble is not None:
        return f"{exchange.trouble.kind.value}: {exchange.trouble.message}"
    kind = exchange.header("content-type") or "no stated type"
    return f"status {exchange.status} with {f'a body of {kind}' if exchange.size else 'no body'}"


class Holdings:
    """The accounts of a host as the harness uses them: one client, everything that a person can allow."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        context = evidence.context
        # The same seed asks the same of a fresh host; a host that an earlier run has used must not know an id already.
        self._stamp = f"{context.seed}/{context.clock.now().isoformat()}"
        self._samples: dict[int, Samples] = {}
        self._renewed: set[int] = set()
        self._sessions: dict[int, Session] = {}
        self._forms: dict[int, list[str]] = {}
        #: What the host said it keeps, by account.
        self.left: dict[int, set[Identity]] = collections.defaultdict(set)
        #: What was handed in to be refused, and was kept: nobody is to be blamed for it.
        self.poisoned: set[Identity] = set()

    @property
    def standard_id(self) -> str:
        """Whose API it is."""
        return self.evidence.service.id

    def samples(self, account: int = 0) -> Samples:
        """Return who makes the credentials for an account."""
        if account not in self._samples:
            known = self.evidence.accounts[account] if account < len(self.evidence.accounts) else None
            learner = known.profile_id if known is not None else ""
            stamp = f"{self._stamp}/{account}"
            self._samples[account] = Samples(self.standard_id, stamp=stamp, learner=learner)
        return self._samples[account]

    def call(self, operation: str, account: int = 0, **arguments: Any) -> Reply:  # noqa: ANN401 - as Evidence.call takes them
        """Call an operation for an account; a token that has run out is replaced once.

        Raises:
            Untested: There is no session for the account.
            CannotTell: No answer came back.
        """
        session = self._sessions.get(account) or self.evidence.session(account)
        reply = self.evidence.call(operation, session, **arguments)
        if reply.exchange.status == _REFUSED_TOKEN and account not in self._renewed:
            self._sessions[account] = self.evidence.fresh_session(account)
            reply = self.evidence.call(operation, self._sessions[account], **arguments)
            if reply.exchange.status == _REFUSED_TOKEN:
                self._renewed.add(account)
        if reply.exchange.trouble is not None or reply.exchange.status in _BUSY:
            raise CannotTell(f"{operation} was not answered: {said(reply)} ({reply.exchange.id}).")
        return reply

    # Lists

    def page(self, account: int = 0, query: Query = ()) -> Page:
        """Ask for one page.

        Raises:
            Untested: There is no session for the account.
            CannotTell: No answer came back.
        """
        return page_of(self.evidence, self.call(LIST, account, query=query), query)

    def listing(self, account: int = 0, query: Query = ()) -> Listing:
        """Ask for the whole list, page by page.

        Raises:
            Untested: There is no list.
            CannotTell: No answer came back.
        """
        return self.listing_by(lambda asked: self.page(account, asked), query)

    def listing_by(self, ask: Callable[[Query], Page], query: Query = ()) -> Listing:
        """Return the whole list as somebody asks for its pages.

        Raises:
            Untested: There is no list.
            CannotTell: No answer came back.
        """
        page = ask((*query, _LARGE_PAGES))
        page = page if page.is_list else ask(query)
        if not page.is_list:
            raise Untested(f"getCredentials gives no list: {page.said} ({page.id}).")
        pages, entries, seen = [page], [*page.entries], {each.key for each in page.entries}
        while len(pages) < _PAGES and (following := self._following(page, query, len(entries))) is not None:
            page = ask(following)
            found = [each for each in page.entries if each.key not in seen]
            pages.append(page)
            if not page.is_list or not found:
                break
            entries += found
            seen |= {each.key for each in found}
        return Listing(pages=tuple(pages), entries=tuple(entries), is_whole=len(pages) < _PAGES)

    def _following(self, page: Page, query: Query, count: int) -> Query | None:
        """Return what asks for the page after one, always at the host itself: a link may name any address."""
        target = page.links.get(_NEXT)
        if target is not None:
            return query_of(target)
        if page.total(self.evidence.service.paging.total_header) == count or not page.entries:
            return None
        return (*query, _LARGE_PAGES, ("offset", str(count)))

    # Handing in

    def upsert(self, sent: Sent, account: int = 0, *, content_type: str = "") -> Deposit:
        """Hand in a credential.

        Raises:
            Untested: There is no session for the account.
            CannotTell: No answer came back.
        """
        media_type = content_type or sent.media_type
        reply = self.call(UPSERT, account, body=sent.text.encode(), content_type=media_type)
        deposit = Deposit(sent=sent, reply=reply)
        if deposit.is_kept:
            self.remember(sent.identity, account)
        return deposit

    def remember(self, identity: Identity, account: int) -> None:
        """Remember that the host says that it keeps a credential."""
        self.left[account].add(identity)
        self._tell()

    def _tell(self) -> None:
        """Say how many credentials of the run are at the accounts, for the report."""
        counts = [
            f"{len(found):,} at the account {self.evidence.accounts[account].name}"
            for account, found in sorted(self.left.items())
        ]
        told = f"Credentials that were handed in and stay there, since the API removes none: {', '.join(counts)}."
        self.evidence.kept["sampling.holdings"] = told
        self.evidence.kept["records"] = {self.samples().kind.claim: sum(map(len, self.left.values()))}

    def poison(self, sent: Sent, body: bytes) -> None:
        """Remember that what was handed in to be refused was kept, under its old identity or under that of its body."""
        text = body.decode(errors="replace")
        document = claimed(text) if sent.is_token else parse(body).value
        self.poisoned |= {sent.identity, *filter(None, [identity_of(document)])}

    def need(self, sent: Sent, account: int = 0) -> Deposit:
        """Hand in a credential that the host has to keep, so that something else can be seen.

        Raises:
            Untested: It does not keep it, or there is no session.
            CannotTell: No answer came back.
        """
        deposit = self.upsert(sent, account)
        if not deposit.is_kept:
            raise Untested(f"A valid credential is not kept: {said(deposit.reply)} ({deposit.id}).")
        return deposit

    def crowd(self) -> None:
        """Let another account have something, where there is one, so that it can be seen where it should not be."""
        if len(self.evidence.accounts) > 1:
            with contextlib.suppress(Untested, CannotTell):
                self.need(self.samples(1).sent(self.forms(1)[0]), 1)

    def forms(self, account: int = 0) -> list[str]:
        """Return the ways of securing in which the host keeps a small credential, found out once.

        Raises:
            Untested: There is none.
            CannotTell: No answer came back.
        """
        if account not in self._forms:
            made = {form: self.upsert(self.samples(account).sent(form), account) for form in FORMS}
            self._forms[account] = [form for form, deposit in made.items() if deposit.is_kept]
        if not self._forms[account]:
            raise Untested("No valid credential is kept, neither with an embedded proof nor as VC-JWT.")
        return self._forms[account]

    def fill(self, count: int, account: int = 0) -> Listing:
        """Return a list that has at least so many entries; what is missing is handed in first.

        Raises:
            Untested: The host keeps nothing, or gives no list.
            CannotTell: No answer came back.
        """
        listing = self.listing(account)
        forms = self.forms(account) if len(listing.keys) < count else []
        for number in range(max(0, count - len(listing.keys))):
            self.need(self.samples(account).sent(forms[number % len(forms)]), account)
        return self.listing(account) if forms else listing


def holdings(evidence: Evidence) -> Holdings:
    """Return what the run knows of the accounts, the same for all checks."""
    found = evidence.kept.get(_NAME)
    if not isinstance(found, Holdings):
        found = Holdings(evidence)
        evidence.kept[_NAME] = found
    return found


def query_of(target: str) -> Query | None:
    """Return the query of a link; ``None`` for what is no address."""
    try:
        query = urlsplit(target).query
    except ValueError:
        return None
    pairs = parse_qsl(query, keep_blank_values=True, errors="replace")
    return tuple((_printable(name), _printable(value)) for name, value in pairs)


def _printable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def page_of(evidence: Evidence, reply: Reply, query: Query = ()) -> Page:
    """Return an answer as a page, whatever it is."""
    value = evidence.json(reply)
    entries = tuple(_entries(value, reply.exchange.id)) if isinstance(value, dict) else ()
    return Page(reply=reply, value=value, query=query, entries=entries)


def _entries(value: Mapping[str, Any], exchange: str) -> Iterator[Entry]:
    for member in (EMBEDDED_MEMBER, TOKEN_MEMBER):
        found: Sequence[Any] = value[member] if isinstance(value.get(member), list) else ()
        for place, each in enumerate(found):
            document = each if isinstance(each, dict) else claimed(each)
            yield Entry(
                value=each,
                member=member,
                pointer=f"/{member}/{place}",
                exchange=exchange,
                identity=identity_of(document),
            )
