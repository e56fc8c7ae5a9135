"""What a run knows of a host: its description, clients that registered there, what accounts allowed them; each asked once."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import random
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from skillmark.core.errors import Misconfigured, Untested
from skillmark.core.exchanges import Request, TroubleKind
from skillmark.suites.diagnoses import out_of_reach
from skillmark.suites.hosts.asking import NOT_JSON, Asking, again, said_by
from skillmark.suites.hosts.clients import (
    FORM,
    JSON,
    AuthorizationRequest,
    RegisteredClient,
    Session,
    basic,
    drawn_text,
    registration,
)
from skillmark.suites.hosts.descriptions import Description
from skillmark.wire.browsers.logins import ALLOW, Logins

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from skillmark.core.exchanges import Reply
    from skillmark.engine import RunContext
    from skillmark.wire.browsers.logins import Decision, Ended

_Case = TypeVar("_Case")

_OUT_OF_REACH = frozenset({TroubleKind.UNREACHABLE, TroubleKind.TLS})
_CREATED, _OK = 201, 200
#: A token is renewed when it is good for fewer seconds than this, and than this part of its life.
_LEAST_SECONDS, _LEAST_PART = 30.0, 0.2
#: Seconds for which a host may take a token longer, since clocks differ.
_GRACE_SECONDS = 30.0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One way from an authorization request to tokens."""

    request: AuthorizationRequest
    #: Where the browser was sent, and the parameters there.
    ended: Ended
    sent: Mapping[str, str] = dataclasses.field(repr=False)
    #: What the token endpoint answered.
    reply: Reply


class Evidence(Asking):
    """What a run knows of a host.

    Raises:
        Misconfigured: there is no account.
        TargetUnreachable: nothing answers.
    """

    def __init__(self, context: RunContext) -> None:
        super().__init__(context)
        self.accounts = context.target.host.accounts
        if not self.accounts:
            raise Misconfigured(
                f"{context.plan.id} asks for an account at the host: [[host.accounts]] in the target file."
            )
        self.logins = Logins(context.client, context.target.host)
        self.random = random.Random(context.seed_of("hosts.evidence"))  # noqa: S311 - the secrets of a test, which can be repeated
        #: Scopes that were asked for and not granted: who asks for them again learns nothing new.
        self._withheld: set[str] = set()
        self._clients: dict[str, RegisteredClient | Untested] = {}
        self._registrations: dict[str, Reply] = {}
        #: Every session there was.
        self.obtained: list[Session] = []
        self._flows: dict[tuple[object, ...], Flow | Untested] = {}
        self._sessions: dict[tuple[object, ...], Session | Untested] = {}
        self._refuse_nobody()

    def _refuse_nobody(self) -> None:
        trouble = self.description_reply.exchange.trouble
        if trouble is not None and trouble.kind in _OUT_OF_REACH:
            raise out_of_reach(self.description_reply.exchange)

    # Clients

    def scopes_of(self, client: RegisteredClient) -> tuple[str, ...]:
        """Return the scopes that a client may ask for: a host may register it for fewer than it wants."""
        stored = client.answer.get("scope")
        allowed = set(stored.split()) if isinstance(stored, str) else set()
        known = tuple(each for each in self.all_scopes if each not in self._withheld) or self.all_scopes
        return tuple(each for each in known if each in allowed) or known

    def cases(self, cases: Sequence[_Case]) -> Sequence[_Case]:
        """Return the cases of a check that each needs a decision: the first one where it is a person who decides."""
        return cases if self.logins.is_scripted else cases[:1]

    def client(self, name: str = "first") -> RegisteredClient:
        """Return a client that is registered at the host, once for each name.

        Raises:
            Untested: the host does not register it, and the reason.
        """
        if name not in self._clients:
            self._clients[name] = self._registered(name)
        found = self._clients[name]
        if isinstance(found, Untested):
            raise again(found)
        return found

    def registration_reply(self, name: str = "first") -> Reply:
        """Return what the host answered to the registration of a client.

        Raises:
            Untested: it was not asked, and the reason.
        """
        with contextlib.suppress(Untested):
            self.client(name)
        if name not in self._registrations:
            self.client(name)
        return self._registrations[name]

    def registration_request(self, name: str, *, grants: Sequence[str] = ()) -> dict[str, Any]:
        """Return a registration request that is right."""
        url = self.context.target.host.client_url
        return registration(url, name, scopes=self.all_scopes, grants=grants or self.service.security.grant_types)

    def register(self, request: object) -> Reply:
        """Send a registration request, whatever it is.

        Raises:
            Untested: the description has no address for it.
        """
        url = self.description().registration_url
        if not url:
            raise Untested("The service description has no x-imssf-registrationUrl, so that no client can register.")
        body = request if isinstance(request, bytes) else json.dumps(request).encode()
        return self.send(
            Request(
                method="POST",
                url=url,
                headers=(("Content-Type", JSON),),
                body=body,
                authorised=False,
                yields_secrets=True,
            )
        )

    def _registered(self, name: str) -> RegisteredClient | Untested:
        try:
            request, reply = self._accepted(name)
        except Untested as error:
            return error
        self._registrations[name] = reply
        answer = self.json(reply)
        given = [answer.get(each) for each in ("client_id", "client_secret")] if isinstance(answer, dict) else []
        if reply.exchange.status not in {_OK, _CREATED} or not all(isinstance(each, str) and each for each in given):
            return Untested(f"No client is registered, so that nothing else can be asked: {said_by(reply)}.")
        identifier, secret = map(str, given)
        header = basic(identifier, secret)[1]
        self.context.client.learn(secret, header.partition(" ")[2])
        return RegisteredClient(
            id=identifier, secret=secret, request=request, answer=answer, exchange=reply.exchange.id
        )

    def _accepted(self, name: str) -> tuple[dict[str, Any], Reply]:
        request = self.registration_request(name)
        reply = self.register(request)
        if reply.exchange.status == 400:
            # A host that has no refresh tokens may refuse to promise them.
            smaller = self.registration_request(name, grants=("authorization_code",))
            again = self.register(smaller)
            if again.exchange.status in {_OK, _CREATED}:
                return smaller, again
        return request, reply

    # Sessions

    def flow(self, account: int = 0, *, scopes: tuple[str, ...] | None = None, client: str = "first") -> Flow:
        """Return how an account allowed a client something, done once.

        Raises:
            Untested: there is no such account, or no code, and the reason.
        """
        key = (account, scopes, client)
        if key not in self._flows:
            try:
                self._flows[key] = self.fresh_flow(account, scopes=scopes, client=client)
            except Untested as error:
                self._flows[key] = error
        found = self._flows[key]
        if isinstance(found, Untested):
            raise again(found)
        return found

    def fresh_flow(self, account: int = 0, *, scopes: tuple[str, ...] | None = None, client: str = "first") -> Flow:
        """Let an account allow a client something, and redeem the code.

        Raises:
            Untested: there is no such account, or no code, and the reason.
        """
        request = self.authorization_request(client=client, scopes=scopes)
        ended = self.authorize(request, account=account)
        code = self.code_of(ended, account=account)
        sent = sent_with(ended.address)
        granted = set(sent.get("scope", "").split())
        # Somebody may have allowed less than was asked for, and a host refuse to give more than that.
        scopes = tuple(each for each in request.scopes if each in granted) or request.scopes
        self._withheld |= set(request.scopes) - set(scopes)
        reply = self.redeem(dataclasses.replace(request, scopes=scopes), code)
        return Flow(request=request, ended=ended, sent=sent, reply=reply)

    def session(self, account: int = 0, *, scopes: tuple[str, ...] | None = None, client: str = "first") -> Session:
        """Return tokens for what an account allows a client, obtained once, and again before they are over.

        Raises:
            Untested: there is no such account, or no token, and the reason.
        """
        key = (account, scopes, client)
        known = self._sessions.get(key)
        if known is None:
            try:
                flow = self.flow(account, scopes=scopes, client=client)
                self._sessions[key] = self.session_of(flow.request, flow.reply, account=account)
            except Untested as error:
                self._sessions[key] = error
        elif isinstance(known, Session) and self._is_stale(known):
            self._sessions[key] = self.fresh_session(account, scopes=scopes, client=client)
        found = self._sessions[key]
        if isinstance(found, Untested):
            raise again(found)
        return found

    def fresh_session(
        self, account: int = 0, *, scopes: tuple[str, ...] | None = None, client: str = "first"
    ) -> Session:
        """Return tokens that nobody else uses.

        Raises:
            Untested: there is no such account, or no token, and the reason.
        """
        flow = self.fresh_flow(account, scopes=scopes, client=client)
        return self.session_of(flow.request, flow.reply, account=account)

    def _is_stale(self, session: Session) -> bool:
        if session.seconds is None:
            return False
        left = session.obtained + session.seconds - self.context.clock.elapsed()
        return left < min(_LEAST_SECONDS, session.seconds * _LEAST_PART)

    def ended_sessions(self) -> Iterator[Session]:
        """Yield the sessions of the run whose tokens have come to the end of their life, as the host told it."""
        now = self.context.clock.elapsed()
        for each in self.obtained:
            if each.seconds is not None and each.obtained + each.seconds + _GRACE_SECONDS < now:
                yield each

    def account(self, number: int) -> int:
        """Return the number of an account.

        Raises:
            Untested: there are not so many.
        """
        if number >= len(self.accounts):
            raise Untested(f"This needs {number + 1} accounts: name another one under [[host.accounts]].")
        return number

    def authorization_request(
        self,
        *,
        client: str = "first",
        scopes: tuple[str, ...] | None = None,
        state: str | None = None,
        verifier: str | None = None,
        redirect_uri: str | None = None,
    ) -> AuthorizationRequest:
        """Return an authorization request that is right, with a state and a verifier of its own.

        Raises:
            Untested: no client can register.
        """
        registered = self.client(client)
        verifier = drawn_text(self.random) if verifier is None else verifier
        self.context.client.learn(verifier)
        return AuthorizationRequest(
            client=registered,
            redirect_uri=redirect_uri or registered.redirect_uri,
            scopes=self.scopes_of(registered) if scopes is None else scopes,
            state=drawn_text(self.random, 32) if state is None else state,
            verifier=verifier,
        )

    def authorize(
        self,
        request: AuthorizationRequest,
        *,
        account: int = 0,
        decision: Decision = ALLOW,
        changes: Mapping[str, str | None] | None = None,
        returns: Sequence[str] = (),
        is_fresh: bool = False,
    ) -> Ended:
        """Let somebody decide about a request, in which parameters may be changed; return where the browser ends.

        Raises:
            Untested: there is no such account, or no address to ask at.
        """
        url = self.description().authorization_url
        if not url:
            raise Untested("The service description has no authorizationUrl, so that nobody can be asked.")
        return self.logins.decide(
            request.address(url, changes),
            returns=(*request.client.redirect_uris, *returns),
            account=self.accounts[self.account(account)],
            decision=decision,
            is_fresh=is_fresh,
        )

    def code(self, request: AuthorizationRequest, *, account: int = 0) -> str:
        """Return the code that a host gives out for a request.

        Raises:
            Untested: it gives out none, and what became of it.
        """
        return self.code_of(self.authorize(request, account=account), account=account)

    def code_of(self, ended: Ended, *, account: int = 0) -> str:
        """Return the code that a browser was sent away with.

        Raises:
            Untested: there is none, and what became of it.
        """
        sent = sent_with(ended.address)
        if not sent.get("code"):
            error = f"{sent.get('error')!r} {sent.get('error_description', '')}".strip()
            said = f"the host answers {error}" if ended.address else ended.problem
            name = self.accounts[account].name
            raise Untested(f"{name} could not allow the client anything, so that there is no token: {said}")
        self.context.client.learn(sent["code"])
        return sent["code"]

    def token_request(
        self,
        form: Mapping[str, str],
        *,
        authorization: tuple[str, str] | None,
        url: str = "",
        headers: Sequence[tuple[str, str]] = (),
    ) -> Reply:
        """Send a form to the token endpoint, or to another one.

        Raises:
            Untested: the description has no address for it.
        """
        url = url or self.description().token_url
        if not url:
            raise Untested("The service description has no tokenUrl, so that no code can be redeemed.")
        given = [("Content-Type", FORM), *headers, *([authorization] if authorization else [])]
        return self.send(
            Request(
                method="POST",
                url=url,
                headers=tuple(given),
                body=urlencode(form).encode(),
                authorised=False,
                yields_secrets=True,
            )
        )

    def redeem(self, request: AuthorizationRequest, code: str) -> Reply:
        """Redeem a code as it should be."""
        return self.token_request(request.token_form(code), authorization=request.client.basic)

    def session_of(self, request: AuthorizationRequest, reply: Reply, *, account: int = 0) -> Session:
        """Return the tokens of an answer.

        Raises:
            Untested: it has none.
        """
        answer = self.json(reply)
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if reply.exchange.status != _OK or not isinstance(token, str) or not token:
            raise Untested(f"The token endpoint gives out no token, so that nothing can be called: {said_by(reply)}.")
        refresh, scope, seconds = (answer.get(name) for name in ("refresh_token", "scope", "expires_in"))
        session = Session(
            access_token=token,
            refresh_token=refresh if isinstance(refresh, str) and refresh else None,
            scopes=tuple(scope.split()) if isinstance(scope, str) else request.scopes,
            asked=request.scopes,
            account=account,
            client=request.client,
            answer=answer,
            exchange=reply.exchange.id,
            obtained=self.context.clock.elapsed(),
            seconds=float(seconds) if isinstance(seconds, int | float) and not isinstance(seconds, bool) else None,
        )
        self.obtained.append(session)
        return session

    # The end of a run

    def sampling(self) -> Iterator[str]:
        """Say as whom the host was asked."""
        names = ", ".join(each.name for each in self.accounts)
        registered = sum(isinstance(each, RegisteredClient) for each in self._clients.values())
        yield f"Accounts: {names}. Clients that were registered and stay there: {registered}, and those of tests."
        yield from super().sampling()


def sent_with(address: str) -> dict[str, str]:
    """Return the parameters of an address that a browser was sent to."""
    return dict(parse_qsl(urlsplit(address).query, keep_blank_values=True)) if address else {}


__all__ = ["NOT_JSON", "Description", "Evidence", "said_by", "sent_with"]
