"""Which interface an address belongs to, and how that interface says no."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from starlette.responses import Response


class Refusal(Protocol):
    """Makes the answer to a request that is refused, in the form of one interface."""

    def __call__(
        self, status: int, description: str, *, field: str = ..., headers: Mapping[str, str] | None = ...
    ) -> Response:
        """Return the answer; ``field`` names what it is about."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """The addresses of one interface, wherever the application is mounted."""

    base_path: str
    refuse: Refusal

    def covers(self, path: str) -> bool:
        """Whether an address is below the base path."""
        return f"{self.base_path}/" in path


def area_of(areas: Iterable[Area], path: str) -> Area | None:
    """Return the area that an address is in, if it is in one."""
    return next((each for each in areas if each.covers(path)), None)
