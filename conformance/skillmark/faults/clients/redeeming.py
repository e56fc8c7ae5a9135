"""Clients that redeem codes, and revoke tokens, as they should not."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from skillmark.faults.clients.changes import (
    AUTHORIZE,
    REVOKE,
    TOKEN,
    at,
    form_of,
    formed,
    remade,
    replaced,
    with_form,
    with_header,
    without,
)
from skillmark.faults.clients.world import CLIENT_URL, READING, broken
from skillmark_reference.clients import ClientMetadata, RedirectFollower
from skillmark_reference.clients.authorizing import attempt

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from skillmark_reference.clients import Host


def _basic_into_form(request: httpx.Request, *, keeps_header: bool) -> httpx.Request:
    text = base64.b64decode(request.headers["authorization"].partition(" ")[2]).decode()
    identifier, _, secret = text.partition(":")
    pairs = [*form_of(request), ("client_id", identifier), ("client_secret", secret)]
    headers = {} if keeps_header else {"authorization": None}
    return remade(request, content=formed(pairs), headers=headers)


def _as_json(request: httpx.Request) -> httpx.Request:
    return remade(
        request, content=json.dumps(dict(form_of(request))).encode(), headers={"content-type": "application/json"}
    )


def _as_query(request: httpx.Request) -> httpx.Request:
    return remade(request, method="GET", url=request.url.copy_with(query=request.content), content=b"")


def without_code(wants: tuple[str, ...] = READING) -> Callable[[Host], None]:
    """Let somebody agree, and leave the code alone."""

    def course(host: Host) -> None:
        scopes = tuple(str(host.service.operations[each].scope) for each in wants)
        host.describe()
        client = host.register(ClientMetadata(name="Client", url=CLIENT_URL, version="1"), scopes)
        made = attempt(host.describe().authorization_url, client, scopes)
        RedirectFollower(host.exchanger, client.redirect_uri)(made.url)

    return course


TOKENS = (
    broken(
        "secret-in-the-body",
        "OB30-R-208",
        effect="Hosts do not know the client.",
        change=at(TOKEN, lambda request: _basic_into_form(request, keeps_header=False)),
    ),
    broken(
        "secret-in-both-places",
        "OB30-R-208",
        effect="Hosts refuse two ways at once.",
        change=at(TOKEN, lambda request: _basic_into_form(request, keeps_header=True)),
    ),
    broken(
        "wrong-secret",
        "OB30-R-208",
        effect="Hosts do not know the client.",
        change=with_header(TOKEN, authorization=f"Basic {base64.b64encode(b'client:secret').decode()}"),
    ),
    broken("redeems-with-json", "OB30-R-208", effect="Hosts do not read it.", change=at(TOKEN, _as_json)),
    broken("redeems-with-get", "OB30-R-208", "OB30-R-207", effect="Codes end up in logs.", change=at(TOKEN, _as_query)),
    *(
        broken(
            f"token-request-without-{name.replace('_', '-')}",
            "OB30-R-208",
            effect="Hosts refuse it.",
            change=with_form(without(name)),
        )
        for name in ("grant_type", "redirect_uri", "scope", "code_verifier")
    ),
    broken(
        "redeems-with-another-redirect",
        "OB30-R-208",
        effect="Hosts refuse it.",
        change=with_form(replaced(redirect_uri=f"{CLIENT_URL}/other")),
    ),
    broken(
        "redeems-for-more-scopes",
        "OB30-R-208",
        effect="Hosts refuse it.",
        change=with_form(
            lambda pairs: [(n, f"{v} https://other.example/all" if n == "scope" else v) for n, v in pairs]
        ),
    ),
    broken(
        "redeems-at-the-authorization-url",
        "OB30-R-207",
        effect="It gets no token.",
        change=at(TOKEN, lambda request: remade(request, url=str(request.url).replace(TOKEN, AUTHORIZE))),
    ),
    broken(
        "never-redeems",
        "OB30-R-207",
        "OB30-R-238",
        effect="It gets no token.",
        course=without_code(),
    ),
    broken(
        "revokes-with-json",
        "OB30-R-217",
        effect="The token stays good.",
        change=at(REVOKE, _as_json),
    ),
    broken(
        "revokes-without-hint",
        "OB30-R-217",
        effect="Hosts have to search.",
        change=with_form(without("token_type_hint"), REVOKE),
    ),
    broken(
        "revokes-with-strange-hint",
        "OB30-R-217",
        effect="Hosts refuse it.",
        change=with_form(replaced(token_type_hint="bearer"), REVOKE),  # noqa: S106 - a hint
    ),
)
