"""Identifiers that no record has: well-formed ones, and texts that are no UUID."""

from __future__ import annotations

import dataclasses
import uuid
from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Container

    from hypothesis.strategies import SearchStrategy

_VERSION, _VARIANT = 14, 19


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Malformed:
    """A text that the datatype UUID does not admit (Information Model, 7.2.3)."""

    text: str
    #: What is wrong with it, for example ``too short``.
    category: str


def unknown_uuids(known: Container[str]) -> SearchStrategy[str]:
    """Draw well-formed UUIDs of version 4 that are not among the known ones."""
    return st.uuids(version=4).map(str).filter(lambda text: text not in known)


def malformed() -> SearchStrategy[Malformed]:
    """Draw texts that stay one segment of a path and are no UUID, the plainest first.

    Upper-case UUIDs are left out: whether a path takes them is an open question.
    """
    good = st.uuids(version=4).map(str)
    return st.one_of(
        _made("other letters", st.text("ghijklmnopqrstuvwxyz", min_size=1, max_size=12)),
        _made("digits only", st.integers(0, 10**9).map(str)),
        _made("too short", good.map(lambda text: text[:-1])),
        _made("too long", good.map(lambda text: f"{text}0")),
        _made("a letter that is no digit", good.map(lambda text: f"{text[:-1]}g")),
        _made("no hyphens", good.map(lambda text: text.replace("-", ""))),
        _made("another version", _with(good, _VERSION, "06789")),
        _made("another variant", _with(good, _VARIANT, "0cf")),
        _made("signs", st.sampled_from(("%", "'", '"', "a b", "é", "<x>", "a;b", "a,b", "*", "$where", "null"))),
        _made("the nil or the max UUID", st.sampled_from((str(uuid.UUID(int=0)), str(uuid.UUID(int=2**128 - 1))))),
    )


def _made(category: str, texts: SearchStrategy[str]) -> SearchStrategy[Malformed]:
    return texts.map(lambda text: Malformed(text=text, category=category))


def _with(texts: SearchStrategy[str], position: int, characters: str) -> SearchStrategy[str]:
    return st.tuples(texts, st.sampled_from(characters)).map(
        lambda drawn: drawn[0][:position] + drawn[1] + drawn[0][position + 1 :]
    )
