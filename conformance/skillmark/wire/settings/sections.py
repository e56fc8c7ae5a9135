"""Reading one section of a target file: typed values, and errors that say what was expected."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class Section:
    """The content of one section, checked as it is read; every error is a ``ValueError`` in words for the user."""

    def __init__(self, name: str, content: Mapping[str, Any], *, environ: Mapping[str, str] | None = None) -> None:
        self._name = name
        self._content = content
        self._environ = environ or {}

    def __contains__(self, key: str) -> bool:
        """Whether the section has a key."""
        return key in self._content

    def refuse_unknown(self, known: Collection[str]) -> None:
        """Raise for a key that is none of those that are known."""
        for key in self._content:
            if key not in known:
                close = difflib.get_close_matches(key, known, n=1)
                advice = f"Did you mean {close[0]!r}?" if close else f"Known: {', '.join(sorted(known))}."
                raise ValueError(f"there is no key in [{self._name}] called {key!r}. {advice}")

    def text(self, key: str, default: str = "") -> str:
        """Return a string."""
        value = self._content.get(key, default)
        if not isinstance(value, str):
            raise self.wrong(key, "a string", value)
        return value

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return a list of strings."""
        value = self._content.get(key, default)
        if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
            raise self.wrong(key, "a list of strings", value)
        return tuple(value)

    def seconds(self, key: str, default: float) -> float:
        """Return a positive number of seconds."""
        value = self._content.get(key, default)
        if not isinstance(value, int | float) or isinstance(value, bool) or value <= 0:
            raise self.wrong(key, "a positive number", value)
        return float(value)

    def truth(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self._content.get(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, "true or false", value)
        return value

    def number(self, key: str, default: int, *, least: int, most: int) -> int:
        """Return a whole number between two others."""
        value = self._content.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.wrong(key, f"a whole number from {least} to {most}", value)
        return value

    def one_of(self, key: str, known: Collection[str], default: str) -> str:
        """Return one of several words."""
        value = self._content.get(key, default)
        if not isinstance(value, str) or value not in known:
            raise self.wrong(key, f"one of {', '.join(known)}", value)
        return value

    def secret(self, key: str) -> str:
        """Return what an environment variable holds, whose name the section has; empty where it names none."""
        variable = self.text(key)
        if variable and not self._environ.get(variable):
            raise ValueError(f"{self._name}.{key} names the environment variable {variable}, which is not set")
        return self._environ.get(variable, "") if variable else ""

    def tables(self, key: str) -> tuple[Section, ...]:
        """Return a list of tables."""
        value = self._content.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise self.wrong(key, f"tables [[{self._name}.{key}]]", value)
        return tuple(Section(f"{self._name}.{key}", each, environ=self._environ) for each in value)

    def wrong(self, key: str, expected: str, found: object) -> ValueError:
        """Return the error for a value that is not what it should be."""
        return ValueError(f"{self._name}.{key} has to be {expected}, and is {found!r:.60}")
