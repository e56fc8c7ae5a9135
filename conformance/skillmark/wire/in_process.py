"""Reaching an ASGI application without a network."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class AsgiTransport(httpx.BaseTransport):
    """Drives an ASGI application, synchronously, on an event loop of its own."""

    def __init__(self, app: Callable[..., Any]) -> None:
        self._inner = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        self._loop = asyncio.new_event_loop()
        self._turn = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request; calls from several threads take turns."""
        with self._turn:
            return self._loop.run_until_complete(self._answered(request))

    def close(self) -> None:
        """Close the event loop."""
        if not self._loop.is_closed():
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()

    async def _answered(self, request: httpx.Request) -> httpx.Response:
        headers = dict(request.headers)
        asked = httpx.Request(request.method, request.url, headers=headers, content=request.read())
        answer = await self._inner.handle_async_request(asked)
        body = b"".join([chunk async for chunk in answer.stream])  # type: ignore[union-attr]
        return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(body))
