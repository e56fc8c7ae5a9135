"""An independent host for Open Badges 3.0 and CLR 2.0, written from the standards alone.

It shares no code with the reference host. Conformant in its plain form and under every legal switch; broken products are
subclasses that spoil one step.
"""

from __future__ import annotations

import gzip
import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from . import pages
from .authority import Authority, Ticket
from .describing import OPERATIONS, STANDARDS, Describing, Standard
from .keeping import Entry, User, identity, instant, moment, payload, strict, types_of
from .stock import stocked
from .switches import Switches
from .wire import STATUSES, Asked, Refused, RefusedOAuth, Reply, of_json, of_move, served

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Receive, Scope, Send

HOST = "https://wallet.example.net"
PASSWORDS = {"ines": "paper+lantern 7", "tomasz": "höhle&wald=9"}
PAGES = ("sign-in", "password", "meta", "terms", "consent")


def profile_of(name: str) -> dict[str, Any]:
    """Return the profile of a user."""
    return {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": f"{HOST}/people/{name}",
        "type": ["Profile"],
        "name": name.title(),
        "email": f"{name}@example.org",
        "otherIdentifier": [
            {"type": "IdentifierEntry", "identifier": f"00{len(name)}", "identifierType": "identifier"}
        ],
    }


class Host(Describing, Authority):
    """The host, as an ASGI application."""

    def __init__(self, switches: Switches | None = None, clock: Callable[[], float] = time.time) -> None:
        switches = switches or Switches()
        users = tuple(
            User(name=name, password=secret, profile=profile_of(name) if switches.profiles else None)
            for name, secret in PASSWORDS.items()
        )
        super().__init__(switches, users, clock)
        for each in users:
            each.entries = {standard.id: [] for standard in STANDARDS}
        if switches.stocked:
            for user in users:
                user.entries["ob-3.0"] += stocked(user.name, switches.stocked)

        self.asked_for = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await served(self.answer, scope, receive, send)

    def known_scopes(self) -> tuple[str, ...]:
        found = [each.scope(name) for each in STANDARDS for _, name in OPERATIONS.values()]
        return (*found, *super().known_scopes())

    # Dispatch

    def answer(self, asked: Asked) -> Reply:
        """Return the answer to any request."""
        path = asked.path
        if path == "/.well-known/oauth-authorization-server" + self.switches.prefix:
            reply = self.metadata(asked) if self.switches.revocation == "metadata" else Reply(status=404)
        elif not path.startswith(self.switches.prefix):
            reply = Reply(status=404)
        else:
            reply = self.routed(asked, path.removeprefix(self.switches.prefix))
        if self.switches.markup == "banner" and "cookies" in asked.cookies:
            reply.body = pages.without_banner(reply.body.decode()).encode()
        reply.headers += self.switches.headers
        if self.switches.gzip and "gzip" in asked.headers.get("accept-encoding", "") and reply.body:
            reply.body = gzip.compress(reply.body, mtime=0)
            reply.put("Content-Encoding", "gzip").put("Vary", "Accept-Encoding")
        if asked.method == "HEAD":
            reply.body = b""
        return self.finished(asked, reply)

    def finished(self, asked: Asked, reply: Reply) -> Reply:
        """Return the answer as it is sent."""
        return reply

    def routed(self, asked: Asked, path: str) -> Reply:
        standard = next((each for each in STANDARDS if path.startswith(each.base + "/")), None)
        if standard and self.switches.slash == "wanted" and asked.method == "GET" and not path.endswith("/"):
            query = f"?{urlencode(asked.query)}" if asked.query else ""
            return of_move(f"{asked.path}/{query}", 308)
        if standard:
            path = path.removesuffix("/") if self.switches.slash == "wanted" else path
            return self.api(asked, standard, path.removeprefix(standard.base))
        if path.startswith("/account/") and path.removeprefix("/account/") in PAGES:
            return self.page(asked, path.removeprefix("/account/"))
        if path == "/account/cookies":
            back = asked.headers.get("referer", "/")
            return of_move(back, 303, ("Set-Cookie", "cookies=said; Path=/; Secure"))
        return self.oauth(asked, path)

    def oauth(self, asked: Asked, path: str) -> Reply:
        method, call = {
            "/oauth/clients": ("POST", self.registers),
            "/oauth/authorize": ("GET", self.authorizes),
            "/oauth/token": ("POST", self.answers_token_request),
            "/oauth/revoke": ("POST", self.revokes),
        }.get(path, ("", self.registers))
        if not method or (path == "/oauth/revoke" and self.switches.revocation == "none"):
            return Reply(status=404)
        if asked.method != method:
            return Reply(status=405, headers=[("Allow", method)])
        try:
            return call(asked)
        except RefusedOAuth as error:
            return self.oauth_error(error)

    def oauth_error(self, error: RefusedOAuth) -> Reply:
        challenge = [("WWW-Authenticate", 'Basic realm="wallet"')] if error.status == 401 else []
        body = {"error": error.error, "error_description": error.text}
        return of_json(body, error.status, ("Cache-Control", "no-store"), ("Pragma", "no-cache"), *challenge)

    # The API

    def api(self, asked: Asked, standard: Standard, path: str) -> Reply:
        try:
            return self.operation(asked, standard, path)
        except Refused as error:
            return self.refusal(error)

    def refusal(self, error: Refused) -> Reply:
        """Return the answer that refuses, with Imsx_StatusInfo."""
        body = self.status_info(error.status, error.text, error.minor)
        return of_json(body, error.status, *error.headers).put("Content-Type", self.switches.status_type)

    def status_info(self, status: int, text: str, minor: str = "") -> dict[str, Any]:
        usual, major, severity = STATUSES[status]
        value: dict[str, Any] = {"imsx_codeMajor": major, "imsx_severity": severity}
        if self.switches.errors == "full":
            field = {
                "imsx_codeMinorFieldName": self.switches.field_name,
                "imsx_codeMinorFieldValue": minor or usual,
            }
            value |= {"imsx_description": text, "imsx_codeMinor": {"imsx_codeMinorField": [field]}}
        return value

    def operation(self, asked: Asked, standard: Standard, path: str) -> Reply:
        method = "GET" if asked.method == "HEAD" and self.switches.head else asked.method
        if path == "/discovery":
            return self.discovers(asked, standard) if method == "GET" else self.not_allowed(["GET"])
        allowed = [each for each, where in OPERATIONS if where == path]
        if self.switches.put_profile == "absent":
            allowed = [each for each in allowed if each != "PUT"]
        if not allowed:
            raise Refused(404, "Nothing is here.")
        if method not in allowed:
            return self.not_allowed(allowed)
        name, scope = OPERATIONS[method, path]
        self.asked_for += 1
        if self.switches.busy_every and self.asked_for % self.switches.busy_every == 0:
            raise Refused(429, "Later, please.", headers=(("Retry-After", "0"),))
        ticket = self.admitted(asked, standard, name, standard.scope(scope))
        user = self.user_of(ticket)
        return {
            "getCredentials": self.lists,
            "upsertCredential": self.upserts,
            "getProfile": self.shows_profile,
            "putProfile": self.takes_profile,
        }[name](asked, standard, user)

    def not_allowed(self, allowed: list[str]) -> Reply:
        headers = (("Allow", ", ".join(allowed)),) if self.switches.unsupported == 405 else ()
        raise Refused(self.switches.unsupported, "This method is not offered here.", headers=headers)

    def token_of(self, asked: Asked) -> str:
        scheme, _, token = asked.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""

    def admitted(self, asked: Asked, standard: Standard, operation: str, scope: str) -> Ticket:
        """Return the access token's ticket, if it opens the operation."""
        token = self.token_of(asked)
        ticket = self.access.get(token)
        if ticket is None or not self.is_alive(ticket):
            error = ', error="invalid_token"' if token else ""
            status = 401 if token else self.switches.no_token
            raise Refused(status, "A valid access token is needed.", headers=self.challenges(error))
        if not self.opens(ticket, operation, scope):
            error = f', error="insufficient_scope", scope="{scope}"'
            raise Refused(self.switches.missing_scope, f"The scope {scope} is needed.", headers=self.challenges(error))
        return ticket

    def challenges(self, error: str) -> tuple[tuple[str, str], ...]:
        text = {"full": f'Bearer realm="wallet"{error}', "bare": "Bearer"}[self.switches.challenge]
        return (("WWW-Authenticate", text),)

    def opens(self, ticket: Ticket, operation: str, scope: str) -> bool:
        return scope in ticket.scopes

    def user_of(self, ticket: Ticket) -> User:
        return self.users[ticket.grant.user]

    # Lists

    def lists(self, asked: Asked, standard: Standard, user: User) -> Reply:
        limit, offset = self.number(asked, "limit", 1), self.number(asked, "offset", 0)
        found = self.after(self.ordered(self.entries(standard, user)), asked.get("since"))
        size = self.page_size(limit)
        page = self.cut(found, size, offset or 0)
        reply = Reply(headers=[("Content-Type", self.switches.list_type)], body=self.listing(page).encode())
        reply.headers += self.list_headers(asked, len(found), size, offset or 0, len(page))
        return reply

    def entries(self, standard: Standard, user: User) -> list[Entry]:
        return user.entries[standard.id]

    def number(self, asked: Asked, name: str, least: int) -> int | None:
        """Return a parameter of the page."""
        text = asked.get(name)
        if text is None:
            return None
        if not text.isascii() or not text.isdigit() or int(text) < least:
            raise Refused(400, f"{name} has to be a whole number from {least} on.")
        return int(text)

    def page_size(self, limit: int | None) -> int | None:
        cap = self.switches.cap
        if limit is None:
            return self.switches.page
        if cap is not None and limit > cap and self.switches.above_cap == "refuse":
            raise Refused(400, f"limit is {cap} at most.")
        return min(limit, cap) if cap is not None else limit

    def ordered(self, entries: list[Entry]) -> list[Entry]:
        if self.switches.order == "newest":
            return list(reversed(entries))
        if self.switches.order == "id":
            return sorted(entries, key=lambda each: each.key)
        if self.switches.order == "kind":
            return sorted(entries, key=lambda each: each.is_token)
        return list(entries)

    def after(self, entries: list[Entry], since: str | None) -> list[Entry]:
        if since is None:
            return entries
        start = instant(since)
        if start is None:
            raise Refused(400, "since has to be a date and time with a zone.")
        found = [(each, self.issued(each)) for each in entries]
        return [each for each, issued in found if issued is not None and issued > start]

    def issued(self, entry: Entry) -> Any:  # noqa: ANN401 - a date-time or nothing
        return moment(entry.value, self.switches.since)

    def cut(self, entries: list[Entry], size: int | None, offset: int) -> list[Entry]:
        return entries[offset:] if size is None else entries[offset : offset + size]

    def listing(self, page: list[Entry]) -> str:
        """Return the body, in which every credential is as it was sent."""
        objects = [self.shown(each) for each in page if not each.is_token]
        tokens = [json.dumps(self.shown(each)) for each in page if each.is_token]
        members = [
            f'"{name}": [{", ".join(texts)}]'
            for name, texts in (("credential", objects), ("compactJwsString", tokens))
            if texts or self.switches.empty_arrays
        ]
        return "{" + ", ".join(members) + "}"

    def shown(self, entry: Entry) -> str:
        return entry.text

    def list_headers(
        self, asked: Asked, total: int, size: int | None, offset: int, shown: int
    ) -> list[tuple[str, str]]:
        headers = [("X-Total-Count", str(self.total(total, shown)))] if self.switches.total else []
        if size is None or (shown == total and self.switches.links_when == "incomplete"):
            return headers
        links = [
            self.link(self.link_target(asked, size, where), name)
            for name, where in self.relations(total, size, offset).items()
        ]
        many = self.switches.link_style == "many headers"
        return headers + ([("Link", each) for each in links] if many else [("Link", ", ".join(links))])

    def total(self, total: int, shown: int) -> int:
        return total

    def relations(self, total: int, size: int, offset: int) -> dict[str, int]:
        """Return the offsets of the pages around."""
        start = 0 if self.switches.last_from_zero or offset >= total else offset % size
        last = start + max(total - 1 - start, 0) // size * size
        found = {"first": 0, "last": last}
        found |= {"next": offset + size} if offset + size < total else {}
        return found | ({"prev": max(offset - size, 0)} if offset else {})

    def link_target(self, asked: Asked, size: int, offset: int) -> str:
        kept = [(name, value) for name, value in asked.query if name not in {"limit", "offset"}]
        query = urlencode([*kept, ("limit", str(size)), ("offset", str(offset))])
        start = {"absolute": asked.origin + asked.path, "path": asked.path, "query": "", "name": "credentials"}
        extra = "&view=full#list" if self.switches.link_style == "decorated" else ""
        return f"{start[self.switches.links]}?{query}{extra}"

    def link(self, target: str, name: str) -> str:
        if self.switches.link_style == "bare":
            return f"<{target}>;rel={name}"
        if self.switches.link_style == "decorated":
            return f'<{target}>; title="Page; \\"{name}\\", of some"; REL="{name} section"; type="application/json"'
        return f'<{target}>; rel="{name}"'

    # Upserts

    def upserts(self, asked: Asked, standard: Standard, user: User) -> Reply:
        entry = self.read(asked, standard)
        if self.switches.subjects == "own" and not self.is_own(user, entry):
            raise Refused(400, "This is somebody else's.", minor="invalid_data")
        entry.received = self.clock()
        entries = self.entries(standard, user)
        place = self.found(entries, entry)
        status = 201 if place is None else 200
        if place is None:
            entries.append(entry)
        elif self.is_unchanged(entries[place], entry):
            return Reply(status=304)
        elif not (self.switches.older == "kept" and self.is_older(entry, entries[place])):
            self.replace(entries, place, entry)
        return self.echoed(asked, entry, status)

    def is_own(self, user: User, entry: Entry) -> bool:
        subject = entry.value.get("credentialSubject")
        is_known = isinstance(subject, dict) and subject.get("id") == (user.profile or {}).get("id")
        return is_known or user.profile is None

    def replace(self, entries: list[Entry], place: int, entry: Entry) -> None:
        if self.switches.replaced_goes_last:
            entries.pop(place)
            entries.append(entry)
        else:
            entries[place] = entry

    def is_unchanged(self, old: Entry, new: Entry) -> bool:
        return self.switches.same_again == 304 and old.text == new.text

    def is_older(self, new: Entry, old: Entry) -> bool:
        first, second = moment(new.value), moment(old.value)
        return first is not None and second is not None and first < second

    def found(self, entries: list[Entry], entry: Entry) -> int | None:
        """Return where the same credential is."""
        return next((place for place, each in enumerate(entries) if each.key == entry.key), None)

    def echoed(self, asked: Asked, entry: Entry, status: int) -> Reply:
        media_type = "text/plain" if entry.is_token else asked.media_type
        if self.switches.echo_type == "json" and not entry.is_token:
            media_type = "application/json"
        if self.switches.echo_type == "charset":
            media_type += "; charset=utf-8"
        return Reply(status=status, headers=[("Content-Type", media_type)], body=self.shown(entry).encode())

    def read(self, asked: Asked, standard: Standard) -> Entry:
        """Return what was sent."""
        if asked.media_type == "text/plain":
            return self.read_token(asked, standard)
        if asked.media_type in {"application/json", "application/vc+ld+json"}:
            return self.read_object(asked, standard)
        raise Refused(self.switches.wrong_type, "Send JSON or a token as text/plain.", minor="invalid_data")

    def read_token(self, asked: Asked, standard: Standard) -> Entry:
        text = asked.body.decode("utf-8", "replace").strip()
        value = payload(text)
        if value is None:
            raise Refused(self.switches.malformed, "This is no compact JWS.", minor="invalid_data")
        return self.entry(text, value, standard, is_token=True)

    def read_object(self, asked: Asked, standard: Standard) -> Entry:
        try:
            text = asked.body.decode()
            value = strict(text)
        except (ValueError, RecursionError) as error:
            raise Refused(self.switches.malformed, "This is no JSON.", minor="invalid_data") from error
        if not isinstance(value, dict):
            raise Refused(self.switches.wrong_class, "This is no JSON object.", minor="invalid_data")
        if "proof" not in value and self.switches.unsigned == "refused":
            raise Refused(400, "This credential is not signed.", minor="invalid_data")
        return self.entry(self.kept(text, value), value, standard, is_token=False)

    def kept(self, text: str, value: dict[str, Any]) -> str:
        """Return the text that is stored for a JSON object."""
        return {
            "verbatim": lambda: text,
            "sorted": lambda: json.dumps(value, sort_keys=True, ensure_ascii=False),
            "escaped": lambda: json.dumps(value, indent=1),
        }[self.switches.keeps]()

    def entry(self, text: str, value: dict[str, Any], standard: Standard, *, is_token: bool) -> Entry:
        key = self.key(value)
        kinds = {each for each in types_of(value) if isinstance(each, str)}
        if key is None or "VerifiableCredential" not in kinds or not standard.types & kinds:
            raise Refused(self.switches.wrong_class, "This is no credential of this kind.", minor="invalid_data")
        return Entry(key=key, text=text, is_token=is_token, value=value)

    def key(self, value: dict[str, Any]) -> tuple[str, str] | None:
        return identity(value)

    # Profiles

    def shows_profile(self, asked: Asked, standard: Standard, user: User) -> Reply:
        if user.next_profile is not None:
            user.profile, user.next_profile = user.next_profile, None
        if user.profile is None:
            raise Refused(404, "There is no profile.")
        return of_json(user.profile)

    def takes_profile(self, asked: Asked, standard: Standard, user: User) -> Reply:
        try:
            value = strict(asked.body.decode())
        except (ValueError, RecursionError) as error:
            raise Refused(400, "This is no JSON.", minor="invalid_data") from error
        if not isinstance(value, dict) or "Profile" not in types_of(value) or not isinstance(value.get("id"), str):
            raise Refused(400, "This is no Profile.", minor="invalid_data")
        if self.switches.put_profile == "refuses":
            raise Refused(400, "Profiles are taken from the register of students.", minor="invalid_data")
        if self.switches.put_profile == "later":
            user.next_profile = value
            return of_json(self.status_info(202, "It will be looked at."), 202)
        if self.switches.put_profile == "replaces":
            user.profile = value
        return of_json(user.profile or value)
