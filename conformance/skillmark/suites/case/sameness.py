"""When two deliveries are the same: JSON values compared by what they say, not by how they are written."""

from __future__ import annotations

import json
from typing import Any


def canonical(value: object) -> str:
    """Return one text for all values that say the same.

    Members of an object have no order. Records in an array have none either, since the standard gives their order no
    meaning; other entries keep theirs.
    """
    return json.dumps(_ordered(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def is_same(left: object, right: object) -> bool:
    """Whether two values say the same."""
    return canonical(left) == canonical(right)


def first_difference(left: Any, right: Any, pointer: str = "") -> tuple[str, str, str] | None:  # noqa: ANN401 - any JSON value
    """Return where two values first differ, as a JSON pointer, and what stands there; ``None`` when they are the same."""
    if is_same(left, right):
        return None
    if isinstance(left, dict) and isinstance(right, dict):
        for name in sorted({*left, *right}):
            place = f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
            if name not in left or name not in right:
                return place, _told(left, name), _told(right, name)
            if found := first_difference(left[name], right[name], place):
                return found
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        pairs = zip(_ordered_entries(left), _ordered_entries(right), strict=True)
        for index, (mine, other) in enumerate(pairs):
            if found := first_difference(mine, other, f"{pointer}/{index}"):
                return found
    return pointer, canonical(left)[:80], canonical(right)[:80]


def _told(record: dict[str, Any], name: str) -> str:
    return canonical(record[name])[:80] if name in record else "absent"


def _ordered(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        return {name: _ordered(content) for name, content in value.items()}
    if isinstance(value, list):
        return [_ordered(entry) for entry in _ordered_entries(value)]
    # 5 and 5.0 are one number, however it is written.
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _ordered_entries(values: list[Any]) -> list[Any]:
    if values and all(isinstance(entry, dict) and isinstance(entry.get("identifier"), str) for entry in values):
        return sorted(values, key=lambda entry: str(entry["identifier"]))
    return values
