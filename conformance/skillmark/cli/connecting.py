"""Connecting to a host as its client, for the verbs that do."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

from skillmark import __version__
from skillmark.cli import consoles
from skillmark.core.errors import Misconfigured, TargetUnreachable
from skillmark_reference.clients import (
    AddressForbidden,
    ClientMetadata,
    Copies,
    Exchanger,
    Host,
    HostUnreachable,
    NetworkTransport,
    Permissions,
    RedirectFollower,
    trust,
)
from skillmark_reference.clients.browsers import LoopbackBrowser
from skillmark_reference.services import load_service, service_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from skillmark_reference.clients import Session

_NAME = "Skillmark"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """What the options say of the host, and of the client."""

    url: str
    standard: str
    #: Whether redirects are followed in the place of a person's browser.
    follow: bool
    client_url: str
    lab: bool
    ca_file: Path | None
    cache_dir: Path | None
    seconds: float


@contextlib.contextmanager
def connected(options: Connection, operations: Sequence[str]) -> Iterator[Session]:
    """Connect to a host for some operations: registration, a person's decision, tokens.

    Raises:
        Misconfigured: An option is wrong.
        TargetUnreachable: Nothing answers.
        HostTrouble: The host refuses, or cannot be understood.
    """
    if options.standard not in service_ids():
        raise Misconfigured(f"--standard: there is no {options.standard!r}. Known: {', '.join(service_ids())}.")
    try:
        permissions = Permissions.for_host(options.url, plain_http=options.lab)
        context = trust(options.ca_file)
    except AddressForbidden as error:
        raise Misconfigured(f"{error} On a test bench, --lab allows plain http.") from error
    except OSError as error:
        raise Misconfigured(f"--ca-file: {options.ca_file} cannot be read as PEM: {error}.") from error
    with contextlib.closing(NetworkTransport(permissions, context)) as network:
        host = Host(
            options.url,
            load_service(options.standard),
            Exchanger(network, permissions),
            copies=Copies(options.cache_dir or _usual_cache()),
        )
        try:
            with _authorized(host, options, operations) as session:
                yield session
        except HostUnreachable as error:
            raise TargetUnreachable(str(error)) from error


@contextlib.contextmanager
def _authorized(host: Host, options: Connection, operations: Sequence[str]) -> Iterator[Session]:
    with _browser(host, options) as (url, browse):
        scopes = [str(host.service.operations[each].scope) for each in operations]
        known = host.describe().scopes
        wanted = [each for each in scopes if not known or each in known] or scopes
        metadata = ClientMetadata(name=_NAME, url=url, version=__version__)
        session = host.authorize(host.register(metadata, wanted), wanted, browse)
    yield session


@contextlib.contextmanager
def _browser(host: Host, options: Connection) -> Iterator[tuple[str, Callable[[str], str]]]:
    """Give where the client is, and what opens an address for a person."""
    if options.follow:
        url = options.client_url.rstrip("/")
        yield (
            url,
            RedirectFollower(host.exchanger, ClientMetadata(name=_NAME, url=url, version=__version__).redirect_uri),
        )
        return
    with LoopbackBrowser(open_page=_shown, seconds=options.seconds) as browser:
        yield browser.url, browser


def _shown(url: str) -> None:
    """Open an address in the browser, and print it for whoever has none here."""
    consoles.tell(
        "Sign in at the host, and decide what it may give. The page should have opened in your browser; if not:"
    )
    consoles.tell(f"  {url}")
    consoles.tell("At the end your browser warns of the certificate of this machine (localhost): go on to it.")
    # A machine without a browser is told the address, and that is enough.
    with contextlib.suppress(webbrowser.Error):
        webbrowser.open(url)


def _usual_cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "skillmark" / "hosts"
