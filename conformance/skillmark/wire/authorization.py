"""Being admitted: bearer tokens, OAuth 2.0 client credentials (RFC 6749, section 4.4)."""

from __future__ import annotations

import base64
import threading
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import httpx

from skillmark.core.errors import Misconfigured, TargetUnreachable
from skillmark.core.target import AuthenticationMethod
from skillmark.wire.decoding import BodyReader, BrokenEncoding, TooLarge
from skillmark.wire.documents import parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.core.clock import Clock
    from skillmark.core.target import Target

#: Seconds before its end at which a token is no longer used.
_MARGIN = 30.0
_DEFAULT_LIFE = 3600.0
_MOST_BYTES = 2**16


class Authorizer:
    """Makes the Authorization header of a target, with a fresh token when the last one ends."""

    def __init__(
        self,
        target: Target,
        transport: httpx.BaseTransport,
        *,
        clock: Clock,
        learn: Callable[[str], None],
    ) -> None:
        self._settings = target.authentication
        self._transport = transport
        self._clock = clock
        self._learn = learn
        self._token = ""
        self._ends = 0.0
        self._lock = threading.Lock()

    def header(self) -> str:
        """Return the value of the Authorization header; empty when the target needs none.

        Raises:
            Misconfigured: the token endpoint refuses the settings.
            TargetUnreachable: the token endpoint does not answer.
        """
        match self._settings.method:
            case AuthenticationMethod.NONE:
                return ""
            case AuthenticationMethod.BEARER:
                return f"Bearer {self._settings.token}"
            case AuthenticationMethod.CLIENT_CREDENTIALS:
                return f"Bearer {self._current()}"

    def _current(self) -> str:
        with self._lock:
            if self._clock.elapsed() >= self._ends:
                self._token, life = self._obtained()
                self._learn(self._token)
                self._ends = self._clock.elapsed() + max(life - _MARGIN, life / 2)
            return self._token

    def _obtained(self) -> tuple[str, float]:
        status, answer = self._asked()
        where = f"The token endpoint {self._settings.token_url}"
        if status != HTTPStatus.OK:
            code = answer.get("error") if isinstance(answer, dict) else None
            told = f" ({str(code)[:80]})" if code else ""
            raise Misconfigured(
                f"{where} answered {status}{told}. Check client_id, client_secret and scope under [authentication]."
            )
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not token.isascii() or not token:
            raise Misconfigured(f"{where} answered 200 without an access_token. Check token_url.")
        life = answer.get("expires_in")
        return token, float(life) if isinstance(life, (int, float)) and life > 0 else _DEFAULT_LIFE

    def _asked(self) -> tuple[int, Any]:
        settings = self._settings
        form = {"grant_type": "client_credentials"} | ({"scope": settings.scope} if settings.scope else {})
        pair = f"{quote(settings.client_id, safe='')}:{quote(settings.client_secret, safe='')}"
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
            "Authorization": "Basic " + base64.b64encode(pair.encode()).decode(),
        }
        try:
            request = httpx.Request("POST", settings.token_url, headers=headers, content=urlencode(form).encode())
            response = self._transport.handle_request(request)
            try:
                reader = BodyReader(response.headers.get("content-encoding", ""), limit=_MOST_BYTES)
                for chunk in response.stream:  # type: ignore[union-attr]
                    reader.feed(chunk)
            finally:
                response.close()
        except (httpx.TransportError, httpx.InvalidURL, OSError, BrokenEncoding, TooLarge) as error:
            raise TargetUnreachable(
                f"The token endpoint {settings.token_url} does not answer: {error}. Check token_url."
            ) from error
        return response.status_code, parse(reader.body).value
