"""A browser that signs somebody in at a host, page by page, and presses the button that says what was decided."""

from __future__ import annotations

import dataclasses
import re
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from skillmark.core.exchanges import Request
from skillmark.wire.addresses import is_loopback, origin_of
from skillmark.wire.browsers.forms import FieldKind, Submission, joined, read_page
from skillmark.wire.documents import media_type_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from skillmark.core.exchanges import Reply
    from skillmark.core.interfaces import Account, HostInterface
    from skillmark.wire.browsers.forms import Field, Form, Page
    from skillmark.wire.client import WireClient

#: Pages that are shown, and requests that are sent, until a decision is made.
_MOST_PAGES = 12
_MOST_REQUESTS = 40
#: Times that name and password are filled in: a host that wants them once more may have a reason, and counts them.
_MOST_TRIES = 2
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_KEPT_METHOD = frozenset({307, 308})
_REFUSED = 400
_PAGES = ("text/html", "application/xhtml+xml", "")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_ALLOWING = frozenset(
    {
        "allow",
        "authorize",
        "authorise",
        "approve",
        "grant",
        "accept",
        "continue",
        "yes",
        "agree",
        "confirm",
        "consent",
        "permit",
        "connect",
        "ok",
    }
)
_DENYING = frozenset(
    {"deny", "denied", "cancel", "decline", "refuse", "reject", "disallow", "no", "not", "don't", "dont", "abort"}
)
#: Words that other buttons say as well.
_WEAK = frozenset({"continue", "ok", "yes", "confirm", "connect"})
#: Words of buttons that lead away from the question.
_ACCEPTING = frozenset({"accept", "agree", "terms", "conditions"})
_LEADING_AWAY = frozenset(
    {"logout", "signout", "search", "switch", "register", "signup", "forgot", "reset", "help", "language"}
)
_NAMES = re.compile(r"user|login|e-?mail|account|identifier|^name$|^id$", re.IGNORECASE)
_OTHERWISE = 'Say how somebody signs in: login = "command" or "interactive" under [host].'


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What somebody decides about a client."""

    is_allowed: bool = True
    #: The only scopes that are allowed; ``None`` for all that are asked for.
    scopes: tuple[str, ...] | None = None


ALLOW = Decision()
DENY = Decision(is_allowed=False)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """Where a browser ended."""

    #: The address of the client that it was sent to, which nobody calls; empty if it was sent to none.
    address: str = dataclasses.field(default="", repr=False)
    #: Why it was sent to none, in words.
    problem: str = ""
    #: The status of the last page.
    status: int | None = None
    #: Whether the last page shows nothing to go on with, so that it is all that the host has to say.
    is_final: bool = False
    #: Whether the last page has something to read.
    has_text: bool = False
    #: Whether nothing can be said because no answer came.
    is_hidden: bool = False
    #: Whether the host does not know name and password.
    is_stranger: bool = False
    #: Whether somebody was asked for the decision.
    was_asked: bool = False
    #: Whether all that was decided could be said.
    is_whole: bool = True
    evidence: tuple[str, ...] = ()


def is_return(address: str, returns: Collection[str]) -> bool:
    """Whether an address is one of a client: the same but for query and fragment."""
    return _place(address) is not None and _place(address) in {_place(each) for each in returns}


def _place(address: str) -> tuple[object, ...] | None:
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return (origin_of(address), parts.path or "/") if origin_of(address) else None


class _Stopped(Exception):  # noqa: N818 - where the browser ended, no defect
    def __init__(self, ended: Ended) -> None:
        super().__init__(ended.problem)
        self.ended = ended


class Browser:
    """Sends what a browser would send, keeps its cookies, and never calls a client."""

    def __init__(self, client: WireClient, host: HostInterface) -> None:
        self._client = client
        self._host = host
        self._jars: dict[bool, httpx.Cookies] = {}
        self._cookies = CookieJar(_SameAsBrowsers())

    def look(self, address: str, returns: Collection[str]) -> Ended:
        """Open an address, and follow where it leads without a decision."""
        visit = _Visit(self, self._host, returns, None, None)
        return visit.ended(address)

    def decide(self, address: str, returns: Collection[str], account: Account, decision: Decision) -> Ended:
        """Open an address, and do what the pages want."""
        return _Visit(self, self._host, returns, account, decision).ended(address)

    def send(self, submission: Submission, *, came_from: str) -> Reply:
        """Send what a link or a button sends."""
        headers = [("Accept", "text/html,application/xhtml+xml"), ("Accept-Language", "en")]
        if came_from:
            headers.append(("Referer", came_from))
        if submission.method == "POST":
            parts = urlsplit(came_from or submission.address)
            headers.append(("Content-Type", "application/x-www-form-urlencoded"))
            headers.append(("Origin", f"{parts.scheme}://{parts.netloc}"))
        asked = httpx.Request(submission.method, submission.address)
        jar = httpx.Cookies(self._cookies)
        jar.set_cookie_header(asked)
        if value := asked.headers.get("cookie"):
            headers.append(("Cookie", value))
        reply = self._client.send(
            Request(
                method=submission.method,
                url=submission.address,
                headers=tuple(headers),
                body=submission.body.encode(),
                authorised=False,
                follows_redirects=False,
                yields_secrets=True,
            )
        )
        answer = httpx.Response(200, headers=list(reply.headers), request=asked)
        jar.extract_cookies(answer)
        self._cookies = jar.jar
        return reply


class _SameAsBrowsers(DefaultCookiePolicy):
    """Sends secure cookies to this machine without TLS, too, as browsers do."""

    def return_ok_secure(self, cookie: object, request: object) -> bool:
        host = urlsplit(request.get_full_url()).hostname or ""  # type: ignore[attr-defined]
        return is_loopback(host) or bool(super().return_ok_secure(cookie, request))  # type: ignore[arg-type]


class _Visit:
    """One way from an address to a decision."""

    def __init__(
        self,
        browser: Browser,
        host: HostInterface,
        returns: Collection[str],
        account: Account | None,
        decision: Decision | None,
    ) -> None:
        self._browser = browser
        self._host = host
        self._returns = returns
        self._account = account
        self._decision = decision
        #: Host of the address that the visit began at.
        self._asked_at = ""
        self._evidence: list[str] = []
        self._status: int | None = None
        self._signed_in = 0
        self._named = 0
        self._was_asked = False
        self._is_whole = True

    def ended(self, address: str) -> Ended:
        """Go on until the client is reached, or nothing leads on."""
        origin = origin_of(address)
        self._asked_at = origin[1] if origin else ""
        try:
            page = self._page(Submission(method="GET", address=address), came_from="")
            for _ in range(_MOST_PAGES):
                page = self._page(self._next(page), came_from=page.address)
            self._stop(f"after {_MOST_PAGES} pages there is still no decision")
        except _Stopped as stopped:
            return stopped.ended
        raise AssertionError("a visit ends by stopping")  # pragma: no cover - for the type checker

    def _stop(self, problem: str = "", **rest: object) -> None:
        raise _Stopped(
            Ended(
                problem=problem,
                status=self._status,
                was_asked=self._was_asked,
                is_whole=self._is_whole,
                evidence=tuple(dict.fromkeys(self._evidence)),
                **rest,  # type: ignore[arg-type]
            )
        )

    def _page(self, submission: Submission, *, came_from: str) -> Page:
        """Return the page that something leads to."""
        for _ in range(_MOST_REQUESTS):
            if is_return(submission.address, self._returns) or self._is_of_client(submission.address):
                if submission.method == "POST":
                    self._stop("the host posts its answer to the redirect URI, instead of redirecting there")
                self._stop(address=submission.address)
            if origin_of(submission.address) is None:
                self._stop(
                    f"the browser is sent to {submission.address[:200]!r}, which is no http(s) address", is_final=True
                )
            reply = self._browser.send(submission, came_from=came_from)
            self._note(reply)
            location = reply.header("location")
            if reply.exchange.status not in _REDIRECTS or not location:
                return self._read(reply, submission.address)
            came_from = ""
            address = joined(submission.address, location)
            keeps = reply.exchange.status in _KEPT_METHOD
            submission = Submission(
                method=submission.method if keeps else "GET", address=address, body=submission.body if keeps else ""
            )
        self._stop(f"there are more than {_MOST_REQUESTS} redirects", is_final=True)
        raise AssertionError("stopping raises")  # pragma: no cover - for the type checker

    def _is_of_client(self, address: str) -> bool:
        """Whether an address is at a host of the client's, which nobody calls, and which is not that of the question."""
        origins = [origin_of(each) for each in self._returns]
        found = origin_of(address)
        return found is not None and found[1] != self._asked_at and found[1] in {each[1] for each in origins if each}

    def _note(self, reply: Reply) -> None:
        exchange = reply.exchange
        self._evidence.append(exchange.id)
        self._status = exchange.status
        if exchange.trouble is not None:
            self._stop(f"{exchange.url} did not answer: {exchange.trouble.message}", is_hidden=True)

    def _read(self, reply: Reply, address: str) -> Page:
        page = read_page(reply.body, address=address)
        media_type = media_type_of(reply.header("content-type"))
        if media_type not in _PAGES:
            page.forms, page.links, page.refresh = [], [], ""
            page.text = reply.body[:200].decode(errors="replace")
        return page

    # Deciding what to do

    def _next(self, page: Page) -> Submission:
        """Return what a page wants; stop where it wants nothing that can be done."""
        if page.refresh and not (page.is_fallback and page.forms):
            return Submission(method="GET", address=page.refresh)
        for link in page.links:
            if is_return(link.address, self._returns):
                return Submission(method="GET", address=link.address)
        if self._account is None or self._decision is None:
            self._refuse_scripts(page)
            # Links may lead to where somebody signs in, unless the status refuses.
            is_final = not page.forms and ((self._status or 0) >= _REFUSED or not page.links)
            self._stop(_shown(page, self._status), is_final=is_final, has_text=bool(page.text))
        step = self._sign_in(page) or self._name(page) or self._decide(page) or self._send_on(page)
        if step is None:
            self._give_up(page)
            raise AssertionError("giving up stops")  # pragma: no cover - for the type checker
        return step

    def _sign_in(self, page: Page) -> Submission | None:
        """Fill in name and password."""
        for form in page.forms:
            password = self._password_of(form)
            if password is None or self._account is None:
                continue
            if self._signed_in >= _MOST_TRIES:
                problem = f"name and password of {self._account.name} lead back to the form: {page.text}"
                self._stop(problem, is_hidden=True, is_stranger=True)
            if not self._account.password:
                name = self._account.name
                self._stop(
                    f"the host asks for the password of {name}: password_env under [[host.accounts]]", is_hidden=True
                )
            self._signed_in += 1
            changes: dict[int, str | bool | None] = {id(password): self._account.password}
            name_field = self._name_field(form, before=password)
            if name_field is not None:
                changes[id(name_field)] = self._account.name
            return page.submitted(form, _main_button(form), changes)
        return None

    def _password_of(self, form: Form) -> Field | None:
        if self._host.password_field:
            return next((each for each in form.fields if each.name == self._host.password_field), None)
        return next(iter(form.of(FieldKind.PASSWORD)), None)

    def _name_field(self, form: Form, *, before: Field | None) -> Field | None:
        if self._host.name_field:
            return next((each for each in form.fields if each.name == self._host.name_field), None)
        end = form.fields.index(before) if before is not None else len(form.fields)
        typed = [each for each in form.fields[:end] if each.kind is FieldKind.TYPED]
        marked = [each for each in typed if each.autocomplete.split()[-1:] in (["username"], ["email"])]
        named = [each for each in typed if _NAMES.search(each.name) or _NAMES.search(each.identifier)]
        if before is None:
            return next(iter([*marked, *named]), None)
        return next(iter([*marked, *named[-1:], *typed[-1:]]), None)

    def _name(self, page: Page) -> Submission | None:
        """Fill in the name alone, where the password is asked for on another page."""
        if self._signed_in or self._named >= _MOST_TRIES or self._account is None:
            return None
        for form in page.forms:
            field = self._name_field(form, before=None)
            if field is not None and not _wants_decision(form, self._host):
                self._named += 1
                return page.submitted(form, _main_button(form), {id(field): self._account.name})
        return None

    def _decide(self, page: Page) -> Submission | None:
        """Press the button, or follow the link, that says what was decided."""
        if self._decision is None:
            return None
        is_allowed = self._decision.is_allowed
        saying_so = [
            (form, button) for form in page.forms for button in form.buttons if self._says(button) is is_allowed
        ]
        if saying_so:
            form, button = max(saying_so, key=lambda each: self._weight(*each))
            self._was_asked = True
            return page.submitted(form, button, self._ticked(form))
        for form in page.forms:
            chosen = self._chosen(form)
            if chosen:
                self._was_asked = True
                return page.submitted(form, _main_button(form), self._ticked(form) | chosen)
        for link in page.links:
            said = _said(link.label, self._host)
            is_sure = not set(_WORD.findall(link.label.lower())) & _WEAK
            if said is is_allowed and (is_sure or not (is_allowed and page.forms)):
                self._was_asked = True
                return Submission(method="GET", address=link.address)
        return None

    def _weight(self, form: Form, button: Field) -> tuple[bool, bool, bool]:
        """Return how sure it is that a button is the one of the question: pages have others that say Continue."""
        plain = button.label.strip().lower()
        is_named = bool(plain) and plain in {self._host.allow.strip().lower(), self._host.deny.strip().lower()}
        has_both = {self._says(each) for each in form.buttons} >= {True, False}
        return is_named, has_both, not set(_WORD.findall(plain)) & _WEAK

    def _says(self, button: Field) -> bool | None:
        for text in (button.label, button.value, button.name, button.identifier, button.action or ""):
            said = _said(text, self._host)
            if said is not None:
                return said
        return None

    def _chosen(self, form: Form) -> dict[int, str | bool | None]:
        """Return the radio buttons and choices that say what was decided."""
        wanted = self._decision is not None and self._decision.is_allowed
        changes: dict[int, str | bool | None] = {}
        radios = form.of(FieldKind.RADIO)
        said = {id(each): _said(each.label or each.value, self._host) for each in radios}
        if any(each is wanted for each in said.values()):
            changes |= {id(each): said[id(each)] is wanted for each in radios if said[id(each)] is not None}
        for field in form.of(FieldKind.CHOICE):
            option = next((value for value, text in field.options if _said(text or value, self._host) is wanted), None)
            if option is not None:
                changes[id(field)] = option
        return changes or self._agreed(form)

    def _agreed(self, form: Form) -> dict[int, str | bool | None]:
        """Return the box that says yes where it is ticked, in a form whose button says neither."""
        boxes = [
            each
            for each in form.of(FieldKind.CHECK_BOX)
            if not _is_scope(each) and "remember" not in f"{each.label} {each.name}".lower()
        ]
        saying_so = [each for each in boxes if _said(each.label, self._host) or _said(each.name, self._host)]
        if len(saying_so) != 1 or len(form.buttons) != 1 or self._says(form.buttons[0]) is not None:
            return {}
        return {id(saying_so[0]): self._decision is not None and self._decision.is_allowed}

    def _ticked(self, form: Form) -> dict[int, str | bool | None]:
        """Return which boxes are ticked: the scopes that are allowed, and what has to be ticked."""
        changes: dict[int, str | bool | None] = {}
        if self._decision is None or not self._decision.is_allowed:
            return changes
        boxes = form.of(FieldKind.CHECK_BOX)
        wanted = self._decision.scopes
        # A scope such as offline_access does not say what it is; the boxes beside it do.
        names = {each.name for each in boxes if _is_scope(each) and each.name}
        mine = [each for each in boxes if _is_scope(each) or each.name in names]
        if wanted is not None and not mine:
            self._is_whole = False
        for each in boxes:
            if each in mine:
                changes[id(each)] = wanted is None or any(scope in (each.value, each.name) for scope in wanted)
            elif each.is_required or _ACCEPTING & set(_WORD.findall(each.label.lower())):
                changes[id(each)] = True
        return changes

    def _send_on(self, page: Page) -> Submission | None:
        """Send a form with one button, or one that a script would send."""
        candidates = [form for form in page.forms if len(_usable(form)) == 1 or (not form.buttons and form.is_hidden)]
        if len(candidates) != 1 or self._decision is None or (self._status or 0) >= _REFUSED:
            return None
        form = candidates[0]
        buttons = _usable(form)
        if buttons and not self._decision.is_allowed:
            return None
        self._was_asked |= bool(buttons)
        return page.submitted(form, buttons[0] if buttons else None, self._ticked(form))

    def _refuse_scripts(self, page: Page) -> None:
        """Stop at a page of which nothing is known without its scripts; who refuses a request says so by the status, too."""
        if page.has_scripts and not page.forms and (self._status or 0) < _REFUSED:
            self._stop(f"the page at {_short(page.address)} works with scripts only. {_OTHERWISE}", is_hidden=True)

    def _give_up(self, page: Page) -> None:
        labels = [each.label or each.value or each.name for form in page.forms for each in form.buttons]
        what = "allow" if self._decision is None or self._decision.is_allowed else "deny"
        if labels:
            shown = ", ".join(f"{label[:40]!r}" for label in labels[:6])
            advice = f"{what} = ... under [host] names the button that does so"
            is_refused = (self._status or 0) >= _REFUSED
            problem = f"none of the buttons {shown} is known to {what}; {advice}"
            self._stop(problem, is_hidden=not is_refused, is_final=is_refused, has_text=bool(page.text))
        self._refuse_scripts(page)
        self._stop(_shown(page, self._status), is_final=True, has_text=bool(page.text))


def _shown(page: Page, status: int | None) -> str:
    return f"the browser ended at a page with status {status}: {page.text[:120]!r}"


def _short(address: str) -> str:
    return address.partition("?")[0][:120]


def _said(text: str, host: HostInterface) -> bool | None:
    """Return whether a text says yes or no; ``None`` if it says neither."""
    plain = text.strip().lower()
    for configured, meaning in ((host.allow, True), (host.deny, False)):
        if configured and plain == configured.strip().lower():
            return meaning
    words = set(_WORD.findall(plain.replace("\u2019", "'").replace("_", " ")))
    if words & _LEADING_AWAY:
        return None
    if words & _DENYING:
        return None if host.deny else False
    return True if words & _ALLOWING and not host.allow else None


def _wants_decision(form: Form, host: HostInterface) -> bool:
    """Whether a form has a yes and a no, and so is no part of signing in."""
    said = {_said(each.label or each.value, host) for each in form.buttons}
    return {True, False} <= said and len(form.of(FieldKind.TYPED)) == 0


def _usable(form: Form) -> list[Field]:
    return [each for each in form.buttons if not set(_WORD.findall(each.label.lower())) & _LEADING_AWAY]


def _main_button(form: Form) -> Field | None:
    """Return the button that Enter presses, unless it is one to give up with."""
    usable: Sequence[Field] = [each for each in _usable(form) if not set(_WORD.findall(each.label.lower())) & _DENYING]
    return next(iter(usable), None)


def _is_scope(box: Field) -> bool:
    return "scope" in f"{box.name} {box.value}".lower()
