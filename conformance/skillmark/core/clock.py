"""Time as a parameter."""

from __future__ import annotations

import datetime
import time
from typing import Protocol


class Clock(Protocol):
    """Where the harness reads the time; tests bring their own."""

    def now(self) -> datetime.datetime:
        """Return the wall-clock time, aware, in UTC."""

    def elapsed(self) -> float:
        """Return seconds on a clock that never goes back."""


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime.datetime:
        """Return the current time in UTC."""
        return datetime.datetime.now(datetime.UTC)

    def elapsed(self) -> float:
        """Return seconds since an arbitrary start."""
        return time.monotonic()
