"""Base directions of texts, which JSON has and statements do not (JSON-LD 1.1, 4.2.4.1; RDF has no place for them)."""

from __future__ import annotations

from typing import Any

_DIRECTIONS = ("ltr", "rtl")


def undirected(value: Any) -> Any:  # noqa: ANN401 - any part of a document
    """Return a document without the base directions of its texts; whoever signs the JSON itself signs them too."""
    if isinstance(value, list):
        return [undirected(each) for each in value]
    if not isinstance(value, dict):
        return value
    is_text = "@value" in value and value.get("@direction") in _DIRECTIONS
    return {name: undirected(part) for name, part in value.items() if not (is_text and name == "@direction")}
