"""The clock of a server, for those who ask for dates."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class CalendarClock:
    """Reads seconds since 1970 as moments; a clock as `skillmark_reference.documents` asks for."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds

    def now(self) -> datetime.datetime:
        """Return the moment in UTC."""
        return datetime.datetime.fromtimestamp(self._seconds(), datetime.UTC)

    def elapsed(self) -> float:
        """Return seconds since 1970."""
        return self._seconds()
