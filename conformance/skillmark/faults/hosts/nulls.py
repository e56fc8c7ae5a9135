"""Hosts that do nothing, or everything: none of them may pass anything that matters."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

from skillmark.core.outcomes import Verdict
from skillmark.faults.hosts.behaving import HTML, JSON_TYPE, as_account, refused
from skillmark.faults.hosts.calls import PROTECTED
from skillmark.faults.provider import Given

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.faults.hosts.behaving import Behaviour, Make
    from skillmark.faults.hosts.calls import Call
    from skillmark.faults.hosts.world import Host
    from skillmark.plans import Plan


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NullHost:
    """A host without a host in it."""

    name: str
    make: Make
    #: Whether what it breaks is doubted in the catalogue of CLR 2.0, so that it is never found wrong there.
    is_doubted: bool = False

    def deserves(self, plan: Plan) -> Verdict:
        """Return its verdict."""
        return Verdict.NOT_FULLY_VERIFIED if self.is_doubted and plan.catalogue_id == "clr" else Verdict.NOT_CONFORMANT


def _always(status: int, body: bytes, media_type: str = JSON_TYPE) -> Make:
    def behaviour(_: Call, __: Host) -> Given:
        return Given(status=status, headers={"content-type": media_type}, body=body)

    return lambda: behaviour


def _refuses(status: int) -> Make:
    return lambda: lambda _, host: refused(host, status)


def _accepts() -> Behaviour:
    """Take every client, code, token and body."""
    answers: dict[str, Callable[[Call, Host], Given]] = {
        "registerClient": _registered,
        "token": _issued,
        "refreshToken": _issued,
        "revokeToken": lambda _, __: Given(status=200, headers={}, body=b""),
    } | dict.fromkeys(PROTECTED, _admitted)

    def behaviour(call: Call, host: Host) -> Given:
        given = host.answer(call)
        answer = answers.get(call.operation or "")
        return answer(call, host) if answer and given.status >= 400 else given

    return behaviour


def _registered(call: Call, host: Host) -> Given:
    sent = call.json if isinstance(call.json, dict) else {}
    known = next(iter(host.ledger.clients.items()), ("anybody", "anything"))
    told = {"client_id": known[0], "client_secret": known[1], "client_id_issued_at": 0, "client_secret_expires_at": 0}
    return Given(status=201, headers={"content-type": JSON_TYPE}, body=json.dumps(sent | told).encode())


def _issued(_: Call, host: Host) -> Given:
    return host.issued("ada", tuple(host.service.scopes))


def _admitted(call: Call, host: Host) -> Given:
    grant = host.ledger.access.get(call.token)
    given = host.answer(as_account(call, host, grant.account if grant and grant.account else "ada"))
    if given.status < 400 or call.operation == "getProfile":
        return given
    if call.operation == "getCredentials":
        return host.answer(as_account(dataclasses.replace(call, query=(), raw_query=""), host, "ada"))
    headers = {"content-type": call.headers.get("content-type", JSON_TYPE)}
    return Given(status=201 if call.method == "POST" else 200, headers=headers, body=call.body)


NULL_HOSTS = {
    each.name: each
    for each in (
        NullHost(name="always-200-empty-object", make=_always(200, b"{}")),
        NullHost(name="always-404", make=_refuses(404)),
        NullHost(name="always-500", make=_refuses(500)),
        NullHost(name="refuses-everything", make=_refuses(401), is_doubted=True),
        NullHost(
            name="html-for-everything",
            make=_always(200, b"<html><body>Hi</body></html>", HTML["content-type"]),
            is_doubted=True,
        ),
        NullHost(name="accepts-everything", make=_accepts, is_doubted=True),
    )
}
