"""The authorization request of a client, and the answer that a browser brings back (Open Badges 3.0, Authorization Request)."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from skillmark_reference.clients.errors import AnswerUnusable, LimitReached, RequestRefused, StateMismatch
from skillmark_reference.securing.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from skillmark_reference.clients.exchanging import Exchanger
    from skillmark_reference.clients.registering import RegisteredClient

_REDIRECTS = (301, 302, 303, 307, 308)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One question to a person, which is asked once."""

    url: str
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str = dataclasses.field(repr=False)
    verifier: str = dataclasses.field(repr=False)


def attempt(
    address: str,
    client: RegisteredClient,
    scopes: Sequence[str],
    *,
    random: Callable[[], str] = lambda: secrets.token_urlsafe(32),
) -> Attempt:
    """Return a new authorization request, with PKCE (RFC 7636)."""
    state, verifier = random(), random()
    query = {
        "response_type": "code",
        "client_id": client.id,
        "redirect_uri": client.redirect_uri,
        "scope": " ".join(scopes),
        "state": state,
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
    }
    return Attempt(
        url=f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(query)}",
        redirect_uri=client.redirect_uri,
        scopes=tuple(scopes),
        state=state,
        verifier=verifier,
    )


def challenge_of(verifier: str) -> str:
    """Return the S256 challenge of a verifier (RFC 7636, 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest()).rstrip(b"=").decode("ascii")


def code_of(made: Attempt, final_url: str) -> str:
    """Return the code that a browser brings back, once it is sure that it is the answer to this very question.

    Raises:
        StateMismatch: The state is another one.
        RequestRefused: The person, or the host, said no.
        AnswerUnusable: The browser ended somewhere else, or there is no code.
    """
    if not is_at(final_url, made.redirect_uri):
        raise AnswerUnusable(f"The browser ended at {quoted(final_url)}; expected is {made.redirect_uri}.")
    answer = dict(parse_qsl(urlsplit(final_url).query, keep_blank_values=True))
    if not hmac.compare_digest(answer.get("state", "").encode(), made.state.encode()):
        raise StateMismatch("The browser came back with another state than it left with. Its code was not used.")
    if "error" in answer:
        said = quoted(answer.get("error_description", "")).strip("'\"").rstrip(".")
        message = f"The host did not authorize it ({quoted(answer['error'])[1:-1]}){f': {said}' if said else ''}."
        raise RequestRefused(message, code=answer["error"][:100])
    if not answer.get("code"):
        raise AnswerUnusable("The browser came back without a code.")
    return answer["code"]


def is_at(url: str, redirect_uri: str) -> bool:
    """Whether an address is the redirect URI, whatever was added to its query."""
    try:
        found, wanted = urlsplit(url), urlsplit(redirect_uri)
    except ValueError:
        return False
    return (found.scheme, found.netloc, found.path) == (wanted.scheme, wanted.netloc, wanted.path)


class RedirectFollower:
    """A browser for hosts that ask nothing: it goes where it is sent, and shows no page."""

    def __init__(self, exchanger: Exchanger, redirect_uri: str) -> None:
        self._exchanger = exchanger
        self._redirect_uri = redirect_uri

    def __call__(self, url: str) -> str:
        """Follow redirects, until one leads to the redirect URI, which is not opened.

        Raises:
            RequestRefused: The host shows a page in the place of a redirect.
            LimitReached: There are too many redirects.
            HostTrouble: An address is forbidden, or nothing answers.
        """
        for _ in range(self._exchanger.limits.redirects):
            answer = self._exchanger.send("GET", url, headers={"Accept": "text/html"}, expected=(200, *_REDIRECTS))
            location = answer.headers.get("location", "")
            if answer.status not in _REDIRECTS or not location:
                raise RequestRefused(
                    f"The host shows a page at {answer.url.partition('?')[0]}: a person has to sign in.",
                    status=answer.status,
                )
            url = _joined(url, location)
            if is_at(url, self._redirect_uri):
                return url
        raise LimitReached(f"The host redirects more than {self._exchanger.limits.redirects} times.")


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise AnswerUnusable(f"The host redirects to {quoted(location)}, which is no address.") from None
