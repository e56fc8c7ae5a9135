"""A browser of a person, and the page at which it comes back: on this machine, over https, since the standard wants https."""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING, Self

from starlette.applications import Starlette
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from skillmark_reference.clients.errors import HostUnreachable
from skillmark_reference.sockets import RunningServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from starlette.requests import Request

_LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#1b4965"/>'
    '<path d="M4 8.5l3 3 5-6" fill="none" stroke="#fff" stroke-width="2"/></svg>'
)
_PAGE = "<!doctype html><html lang='en'><title>{title}</title><p>{text}</p></html>"
_NOT_KEPT = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


class LoopbackBrowser:
    """Serves the addresses of a client on this machine while a person decides in a browser."""

    def __init__(self, *, open_page: Callable[[str], object], seconds: float = 300.0) -> None:
        self._open_page = open_page
        self._seconds = seconds
        self._arrived: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._server = RunningServer(self._application(), host="localhost", self_signed=True)
        #: Where the client is, without a final slash.
        self.url = ""

    def __enter__(self) -> Self:
        """Begin to listen.

        Raises:
            ServerUnavailable: Nothing can listen on this machine.
        """
        self._server.__enter__()
        self.url = self._server.url
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self._server.__exit__(kind, error, trace)

    def __call__(self, url: str) -> str:
        """Show a person an address, and return the one at which the browser came back.

        Raises:
            HostUnreachable: It did not come back in time.
        """
        self._open_page(url)
        try:
            return self._arrived.get(timeout=self._seconds)
        except queue.Empty:
            raise HostUnreachable(f"The browser did not come back within {self._seconds:g} seconds.") from None

    def _application(self) -> Starlette:
        pages = {"/": "The client on this machine.", "/terms": "There are no terms.", "/privacy": "Nothing is kept."}
        routes = [Route(path, _page(text)) for path, text in pages.items()]
        logo = Response(_LOGO, media_type="image/svg+xml")
        return Starlette(
            routes=[*routes, Route("/callback", self._come_back), Route("/assets/favicon.svg", lambda _: logo)]
        )

    async def _come_back(self, request: Request) -> Response:
        self._arrived.put(f"{self.url}/callback?{request.url.query}")
        return HTMLResponse(_PAGE.format(title="Back", text="You can close this page."), headers=_NOT_KEPT)


def _page(text: str) -> Callable[[Request], Response]:
    return lambda _: HTMLResponse(_PAGE.format(title="Skillmark client", text=text))
