"""How a host behaves differently: what it hears on the way in, what it says on the way out."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx

from skillmark.faults.hosts.calls import PROTECTED, Call, call_of
from skillmark.faults.provider import Given
from skillmark_reference.server.hosts import refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skillmark.faults.hosts.ledger import Grant
    from skillmark.faults.hosts.world import Host

#: What a host answers to a call.
Behaviour = Callable[[Call, "Host"], Given]
#: Makes a behaviour anew for every run, since some of them remember what they were asked.
Make = Callable[[], Behaviour]
At = str | tuple[str, ...]
JSON_TYPE = "application/json"
#: Headers of a page.
HTML = {"content-type": "text/html; charset=utf-8"}
_LINK = re.compile(r'<([^>]*)>; rel="([a-z]+)"')


class HostTransport(httpx.BaseTransport):
    """Serves a host that behaves in one way."""

    def __init__(self, host: Host, behaviour: Behaviour) -> None:
        self._host = host
        self._behaviour = behaviour

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request in process."""
        given = self._behaviour(call_of(request, self._host.service), self._host)
        body = b"" if request.method == "HEAD" else given.body
        return httpx.Response(given.status, headers=given.headers, stream=httpx.ByteStream(body))

    def close(self) -> None:
        """Close the host."""
        self._host.close()


def healthy(call: Call, host: Host) -> Given:
    """Answer as the reference does."""
    return host.answer(call)


def said(status: int, value: object, **headers: str) -> Given:
    """Return an answer with a JSON body."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Given(status=status, headers={"content-type": JSON_TYPE, **named}, body=json.dumps(value).encode())


def refused(host: Host, status: int, description: str = "Refused.") -> Given:
    """Return a refusal of the API as the reference words it."""
    response = refusal(host.service, status, description)
    challenge = {"www-authenticate": "Bearer"} if status in {401, 403} else {}
    return Given(status=status, headers={"content-type": JSON_TYPE, **challenge}, body=bytes(response.body))


def oauth_error(code: str, status: int = 400) -> Given:
    """Return an error of the authorization server."""
    return said(status, {"error": code, "error_description": "Refused."}, cache_control="no-store")


def answers(
    at: At | None, change: Callable[[Call, Given], Given], *, status: int | tuple[int, ...] | None = None
) -> Make:
    """Return a host that changes answers of some operations; of all addresses where none is named."""
    statuses = (status,) if isinstance(status, int) else status

    def behaviour(call: Call, host: Host) -> Given:
        given = host.answer(call)
        is_meant = is_at(call, at) and (statuses is None or given.status in statuses)
        return change(call, given) if is_meant else given

    return lambda: behaviour


def bodies(at: At | None, change: Callable[[Any], Any], *, status: int | tuple[int, ...] = 200) -> Make:
    """Return a host that changes the JSON bodies of some operations; a change in place counts where nothing is returned."""

    def changed(_: Call, given: Given) -> Given:
        if not given.headers.get("content-type", "").startswith(JSON_TYPE):
            return given
        value = given.json
        new = change(value)
        return given.become(value if new is None else new)

    return answers(at, changed, status=status)


def hears(at: At, change: Callable[[Call], Call]) -> Make:
    """Return a host that hears something else than it is asked."""
    return lambda: lambda call, host: host.answer(change(call) if is_at(call, at) else call)


def instead(at: At | None, given: Given, *, status: int | tuple[int, ...] | None = None) -> Make:
    """Return a host that gives one answer in the place of those of some operations."""
    return answers(at, lambda _, __: copy_of(given), status=status)


def becomes(at: At | None, status: int, *, of: int | tuple[int, ...]) -> Make:
    """Return a host that answers with another status."""
    return answers(at, lambda _, given: dataclasses.replace(given, status=status), status=of)


def admits(at: At, when: Callable[[Call, Grant, Host], bool]) -> Make:
    """Return a host that gives tokens for what should be refused."""

    def behaviour(call: Call, host: Host) -> Given:
        given = host.answer(call)
        grant = host.ledger.granted(call) if is_at(call, at) and given.status >= 400 else None
        if grant is None or not grant.account or not when(call, grant, host):
            return given
        return host.issued(grant.account, grant.scopes)

    return lambda: behaviour


def of_the_account(choose: Callable[[Call, Host, Grant], str]) -> Make:
    """Return a host whose API answers for the account of the name that is chosen; for the right one if it is empty."""

    def behaviour(call: Call, host: Host) -> Given:
        grant = host.ledger.access.get(call.token) if call.operation in PROTECTED else None
        name = choose(call, host, grant) if grant else ""
        return host.answer(as_account(call, host, name) if name else call)

    return lambda: behaviour


def as_account(call: Call, host: Host, name: str) -> Call:
    """Return a call with a token of an account that is good for everything."""
    return call.headed(authorization=f"Bearer {host.token_of(name, tuple(host.service.scopes))}")


def is_at(call: Call, at: At | None) -> bool:
    """Whether a call is one of some operations."""
    return at is None or call.operation in ((at,) if isinstance(at, str) else at)


def copy_of(given: Given) -> Given:
    """Return an answer that can be changed without changing this one."""
    return Given(status=given.status, headers=dict(given.headers), body=given.body)


def links_of(given: Given) -> dict[str, str]:
    """Return the addresses of a Link header by relation."""
    return {relation: address for address, relation in _LINK.findall(given.headers.get("link", ""))}


def linking(given: Given, links: Mapping[str, str]) -> Given:
    """Give an answer another Link header; none without links."""
    given.headers.pop("link", None)
    if links:
        given.headers["link"] = ", ".join(f'<{address}>; rel="{relation}"' for relation, address in links.items())
    return given
