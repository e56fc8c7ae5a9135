"""The service description of a host (Open Badges 3.0, API Security), and copies of it for as long as they count."""

from __future__ import annotations

import contextlib
import dataclasses
import email.utils
import hashlib
import json
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skillmark_reference.clients.errors import AnswerUnusable

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

    from skillmark_reference.services import Service

_MAX_AGE = re.compile(r"max-age=\"?(\d{1,9})\"?$", re.ASCII)
#: Seconds that no copy outlives, whatever the host says.
_LONGEST = 86_400.0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What a client has to know of a host."""

    #: Scheme, host, port and base path: what is asked for is below it.
    root: str
    registration_url: str
    authorization_url: str
    token_url: str
    refresh_url: str
    #: What each scope means.
    scopes: Mapping[str, str]


def description_of(value: Mapping[str, Any], *, root: str, service: Service) -> Description:
    """Return what a service description says.

    Raises:
        AnswerUnusable: It names no way to be authorized.
    """
    schemes = _member(_member(value, "components"), "securitySchemes")
    found = schemes.get(service.security.scheme) or next(
        (each for each in schemes.values() if isinstance(each, dict) and each.get("type") == "oauth2"), None
    )
    scheme = found if isinstance(found, dict) else {}
    flow = _member(_member(scheme, "flows"), "authorizationCode")
    texts = {
        "x-imssf-registrationUrl": scheme.get("x-imssf-registrationUrl"),
        "authorizationUrl": flow.get("authorizationUrl"),
        "tokenUrl": flow.get("tokenUrl"),
    }
    missing = [name for name, text in texts.items() if not isinstance(text, str) or not text]
    if missing:
        raise AnswerUnusable(f"The service description of {root} has no {', '.join(missing)}.")
    refresh = flow.get("refreshUrl")
    return Description(
        root=root,
        registration_url=str(texts["x-imssf-registrationUrl"]),
        authorization_url=str(texts["authorizationUrl"]),
        token_url=str(texts["tokenUrl"]),
        refresh_url=refresh if isinstance(refresh, str) and refresh else str(texts["tokenUrl"]),
        scopes={str(name): str(text) for name, text in _member(flow, "scopes").items()},
    )


def _member(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = value.get(name)
    return found if isinstance(found, dict) else {}


# Copies


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A service description as it was received."""

    url: str
    body: Mapping[str, Any]
    etag: str
    #: Seconds since 1970 until which it counts.
    expires: float


class Copies:
    """Service descriptions by address: in memory, and in a folder where there is one."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._copies: dict[str, Copy] = {}

    def find(self, url: str) -> Copy | None:
        """Return what was kept of an address, whether it still counts or not."""
        if url not in self._copies and (copy := self._read(url)) is not None:
            self._copies[url] = copy
        return self._copies.get(url)

    def keep(self, copy: Copy) -> None:
        """Keep a description, in the place of the one before."""
        self._copies[copy.url] = copy
        # Without the file it is fetched once more, and nothing is wrong.
        with contextlib.suppress(OSError):
            self._write(copy)

    def forget(self, url: str) -> None:
        """Keep nothing of an address."""
        self._copies.pop(url, None)
        with contextlib.suppress(OSError):
            if self._folder is not None:
                self._file(self._folder, url).unlink()

    def _file(self, folder: Path, url: str) -> Path:
        return folder / f"{hashlib.sha256(url.encode()).hexdigest()}.description.json"

    def _read(self, url: str) -> Copy | None:
        if self._folder is None:
            return None
        try:
            row = json.loads(self._file(self._folder, url).read_bytes())
            copy = Copy(url=str(row["url"]), body=row["body"], etag=str(row["etag"]), expires=float(row["expires"]))
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return None
        return copy if copy.url == url and isinstance(copy.body, dict) else None

    def _write(self, copy: Copy) -> None:
        if self._folder is None:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._folder, suffix=".part")
        with os.fdopen(handle, "w") as file:
            json.dump(dataclasses.asdict(copy), file)
        Path(name).replace(self._file(self._folder, copy.url))


def lifetime_of(headers: httpx.Headers, now: float) -> float | None:
    """Return for how many seconds an answer counts, and ``None`` where nothing of it may be kept (RFC 9111, 4.2).

    An answer that says nothing counts for no time, and can be asked about by its tag.
    """
    rules = [each.strip().lower() for each in headers.get("cache-control", "").split(",")]
    if any(each == "no-store" or each.partition("=")[0] == "no-cache" for each in rules):
        return None
    ages = [int(found[1]) for each in rules if (found := _MAX_AGE.match(each))]
    if ages:
        age = headers.get("age", "").strip()
        return min(_LONGEST, max(0.0, min(ages) - (int(age) if age.isascii() and age.isdigit() else 0)))
    return min(_LONGEST, max(0.0, _moment(headers.get("expires", ""), now) - now))


def _moment(text: str, usual: float) -> float:
    try:
        return email.utils.parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError):
        return usual
