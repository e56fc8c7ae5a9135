"""Clients that ask people as they should not."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

from skillmark.faults.clients.changes import (
    AUTHORIZE,
    one_after_the_other,
    remade,
    replaced,
    with_form,
    with_query,
    without,
)
from skillmark.faults.clients.world import CLIENT_URL, broken

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from skillmark.faults.clients.world import Change, Send

_OWN_VERIFIER = "the-same-verifier-of-43-or-more-characters-always"


def _with_own_verifier(challenge: str, method: str) -> Callable[[], Change]:
    """Send a challenge of one's own, and its verifier with the code."""
    return one_after_the_other(
        with_query(replaced(code_challenge=challenge, code_challenge_method=method)),
        with_form(replaced(code_verifier=_OWN_VERIFIER)),
    )


_OWN_CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(_OWN_VERIFIER.encode()).digest()).rstrip(b"=").decode()


def _coming_back(edit: Callable[[dict[str, str], dict[str, str]], dict[str, str]]) -> Callable[[], Change]:
    """Let the client believe that the browser came back with other parameters; ``edit`` has those sent, and those that came."""

    def change(request: httpx.Request, send: Send) -> httpx.Response:
        answer = send(request)
        location = answer.headers.get("location", "")
        if not request.url.path.endswith(AUTHORIZE) or not location:
            return answer
        sent = dict(parse_qsl(request.url.query.decode()))
        told = edit(sent, dict(parse_qsl(urlsplit(location).query)))
        answer.headers["location"] = f"{sent.get('redirect_uri', CLIENT_URL)}?{urlencode(told)}"
        return answer

    return lambda: change


def _state_not_sent(request: httpx.Request, send: Send, *, state: str | None) -> httpx.Response:
    """Send another state or none, and take whatever comes back as the answer."""
    if not request.url.path.endswith(AUTHORIZE):
        return send(request)
    pairs = parse_qsl(request.url.query.decode())
    own = dict(pairs)["state"]
    kept = without("state")(pairs) if state is None else replaced(state=state)(pairs)
    answer = send(remade(request, url=request.url.copy_with(query=urlencode(kept).encode())))
    place = urlsplit(answer.headers["location"])
    told = dict(parse_qsl(place.query)) | {"state": own}
    answer.headers["location"] = place._replace(query=urlencode(told)).geturl()
    return answer


def _other_redirect(request: httpx.Request, send: Send) -> httpx.Response:
    if not request.url.path.endswith(AUTHORIZE):
        return send(request)
    pairs = parse_qsl(request.url.query.decode())
    own = dict(pairs)["redirect_uri"]
    query = urlencode(replaced(redirect_uri=f"{own}/other")(pairs)).encode()
    answer = send(remade(request, url=request.url.copy_with(query=query)))
    answer.headers["location"] = answer.headers["location"].replace(f"{own}/other", own)
    return answer


def _asked_with_post(request: httpx.Request, send: Send) -> httpx.Response:
    if not request.url.path.endswith(AUTHORIZE):
        return send(request)
    return send(
        remade(request, method="POST", content=b"", headers={"content-type": "application/x-www-form-urlencoded"})
    )


AUTHORIZATION = (
    broken(
        "plain-challenge",
        "OB30-R-193",
        effect="Whoever sees the request can redeem the code.",
        change=_with_own_verifier(_OWN_VERIFIER, "plain"),
    ),
    broken(
        "challenge-is-the-verifier",
        "OB30-R-193",
        effect="Whoever sees the request can redeem the code.",
        change=_with_own_verifier(_OWN_VERIFIER[:43], "S256"),
    ),
    broken(
        "challenge-of-another-verifier",
        "OB30-R-193",
        effect="No host gives it a token.",
        change=with_form(replaced(code_verifier=_OWN_VERIFIER)),
    ),
    broken(
        "same-verifier-always",
        "OB30-R-193",
        effect="Whoever saw one verifier can redeem every code.",
        change=_with_own_verifier(_OWN_CHALLENGE, "S256"),
        disputed=True,
    ),
    broken(
        "padded-challenge",
        "OB30-R-193",
        effect="Hosts refuse it.",
        change=with_query(lambda pairs: [(n, f"{v}=" if n == "code_challenge" else v) for n, v in pairs]),
    ),
    broken(
        "method-in-small-letters",
        "OB30-R-193",
        effect="Hosts refuse it.",
        change=with_query(replaced(code_challenge_method="s256")),
    ),
    broken(
        "without-pkce",
        "OB30-R-193",
        effect="A code that is caught can be redeemed.",
        change=with_query(without("code_challenge", "code_challenge_method")),
    ),
    broken(
        "without-method",
        "OB30-R-193",
        effect="Hosts take the challenge as plain.",
        change=with_query(without("code_challenge_method")),
    ),
    broken(
        "without-scope",
        "OB30-R-193",
        effect="Hosts do not know what it may do.",
        change=with_query(without("scope")),
    ),
    broken(
        "without-response-type",
        "OB30-R-193",
        effect="Hosts refuse it.",
        change=with_query(without("response_type")),
    ),
    broken(
        "asks-for-a-token",
        "OB30-R-193",
        effect="Tokens end up in histories of browsers.",
        change=with_query(replaced(response_type="token")),
    ),
    broken(
        "state-twice",
        "OB30-R-193",
        effect="Hosts refuse it.",
        change=with_query(lambda pairs: [*pairs, ("client_id", "another")]),
    ),
    broken(
        "without-state",
        "OB30-R-193",
        effect="A person can be made to use the account of somebody else.",
        change=lambda: lambda request, send: _state_not_sent(request, send, state=None),
    ),
    broken(
        "asks-with-post",
        "OB30-R-193",
        effect="Hosts do not show their page.",
        change=lambda: _asked_with_post,
    ),
    broken(
        "same-state-always",
        "OB30-R-197",
        effect="A person can be made to use the account of somebody else.",
        change=lambda: lambda request, send: _state_not_sent(request, send, state="state"),
    ),
    broken(
        "state-not-looked-at",
        "OB30-R-197",
        effect="A person can be made to use the account of somebody else.",
        change=_coming_back(lambda sent, came: came | {"state": sent["state"]}),
    ),
    broken(
        "redirect-not-registered",
        "OB30-R-195",
        effect="Hosts refuse it.",
        change=lambda: _other_redirect,
    ),
)
