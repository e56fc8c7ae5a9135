"""Clients that register as they should not."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

from skillmark.faults.clients.changes import (
    REGISTER,
    at,
    formed,
    registering,
    registering_as,
    remade,
    with_header,
)
from skillmark.faults.clients.world import CLIENT_URL, broken

if TYPE_CHECKING:
    import httpx

    from skillmark.faults.clients.world import Change

_OTHER = "https://other.skillmark.example"


def _registration_as_form() -> Change:
    def edit(request: httpx.Request) -> httpx.Request:
        members = json.loads(request.content)
        texts = [(name, value if isinstance(value, str) else " ".join(value)) for name, value in members.items()]
        return remade(request, content=formed(texts), headers={"content-type": "application/x-www-form-urlencoded"})

    return at(REGISTER, edit)()


def _another_software_each_time() -> Change:
    numbers = itertools.count()
    return registering_as(lambda given: given | {"software_id": f"software-{next(numbers)}"})()


REGISTRATION = (
    broken(
        "redirect-uris-as-text",
        "OB30-R-185",
        effect="Hosts that expect an array do not register it.",
        change=registering(redirect_uris=f"{CLIENT_URL}/callback"),
    ),
    broken(
        "grant-types-as-text",
        "OB30-R-185",
        effect="Hosts that expect an array do not register it.",
        change=registering(grant_types="authorization_code"),
    ),
    broken(
        "response-types-as-text",
        "OB30-R-185",
        effect="Hosts that expect an array do not register it.",
        change=registering(response_types="code"),
    ),
    broken(
        "plain-http-redirect",
        "OB30-R-183",
        effect="Codes travel where everybody reads them.",
        change=registering(redirect_uris=[f"{CLIENT_URL}/callback", "http://client.skillmark.example/callback"]),
    ),
    broken(
        "plain-http-terms",
        "OB30-R-183",
        effect="Pages that people are shown can be replaced on the way.",
        change=registering(tos_uri="http://client.skillmark.example/terms"),
    ),
    broken(
        "redirects-to-localhost",
        "OB30-R-183",
        effect="Hosts cannot tell whose client it is.",
        change=registering(redirect_uris=[f"{CLIENT_URL}/callback", "https://localhost:8443/callback"]),
    ),
    broken(
        "policy-on-another-host",
        "OB30-R-183",
        effect="Hosts cannot tell whose client it is.",
        change=registering(policy_uri=f"{_OTHER}/privacy"),
    ),
    broken(
        "app-scheme-redirect",
        "OB30-R-183",
        effect="Any app on the device can take the code.",
        change=registering(redirect_uris=[f"{CLIENT_URL}/callback", "wallet://callback"]),
    ),
    broken(
        "asks-for-implicit-grant",
        "OB30-R-186",
        effect="Hosts refuse it, or tokens end up in histories of browsers.",
        change=registering(grant_types=["authorization_code", "implicit"]),
    ),
    broken(
        "asks-for-client-credentials",
        "OB30-R-186",
        effect="Hosts refuse it.",
        change=registering(grant_types=["authorization_code", "client_credentials"]),
    ),
    broken(
        "asks-for-secret-in-body",
        "OB30-R-186",
        effect="Hosts refuse it.",
        change=registering(token_endpoint_auth_method="client_secret_post"),  # noqa: S106 - a method
    ),
    broken(
        "public-client",
        "OB30-R-186",
        effect="Hosts refuse it.",
        change=registering(token_endpoint_auth_method="none"),  # noqa: S106 - a method
    ),
    broken(
        "asks-for-tokens-in-redirects",
        "OB30-R-186",
        effect="Tokens end up in histories of browsers.",
        change=registering(response_types=["code", "token"]),
    ),
    broken(
        "software-statement",
        "OB30-R-182",
        effect="Hosts that cannot verify it refuse.",
        change=registering(software_statement="eyJhbGciOiJub25lIn0.e30."),
    ),
    broken(
        "registers-with-a-form",
        "OB30-R-180",
        effect="No host reads it.",
        change=_registration_as_form,
    ),
    broken(
        "registers-as-plain-text",
        "OB30-R-180",
        effect="Hosts that look at the media type refuse.",
        change=with_header(REGISTER, content_type="text/plain"),
    ),
    broken(
        "registers-with-an-array",
        "OB30-R-180",
        effect="No host reads it.",
        change=at(REGISTER, lambda request: remade(request, content=b"[" + request.content + b"]")),
    ),
    broken(
        "scopes-as-array",
        "OB30-R-180",
        effect="Hosts do not know what it asks for.",
        change=registering_as(lambda given: given | {"scope": given["scope"].split()}),
    ),
    broken(
        "registers-without-a-name",
        "OB30-R-180",
        effect="People are asked to trust something without a name.",
        change=registering(client_name=None),
        disputed=True,
    ),
    broken(
        "logo-is-a-page",
        "OB30-R-187",
        effect="People see a broken image where they decide.",
        change=registering(logo_uri=f"{CLIENT_URL}/page"),
    ),
    broken(
        "logo-is-not-there",
        "OB30-R-187",
        effect="People see a broken image where they decide.",
        change=registering(logo_uri=f"{CLIENT_URL}/nothing"),
    ),
    broken(
        "another-software-each-time",
        "OB30-R-188",
        effect="Hosts cannot recognize its instances.",
        change=_another_software_each_time,
    ),
)
