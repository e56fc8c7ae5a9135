"""JSON from outside, read so that every reader sees the same: nothing repeated, no NaN, no lone surrogates (RFC 7493)."""

from __future__ import annotations

import collections
import json
import math
from typing import Any, NoReturn


class MalformedJson(ValueError):  # noqa: N818 - what is wrong with the text, in words for a person
    """The bytes are no JSON, or JSON that readers understand in different ways."""


def parse_object(data: bytes) -> dict[str, Any]:
    """Return the JSON object that the bytes hold, in UTF-8.

    Raises:
        MalformedJson: The bytes are not UTF-8, no JSON, no object, too deep, or not safe to exchange.
    """
    value = parse(data)
    if not isinstance(value, dict):
        raise MalformedJson(f"expected is a JSON object; it is {type(value).__name__}")
    return value


def parse(data: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """Return the JSON value that the bytes hold, in UTF-8.

    Raises:
        MalformedJson: The bytes are not UTF-8, no JSON, too deep, or not safe to exchange.
    """
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_unrepeated,
            parse_constant=_no_constant,
            parse_float=_finite,
        )
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeDecodeError:
        raise MalformedJson("the bytes are not UTF-8") from None
    except UnicodeEncodeError:
        raise MalformedJson("a text holds half of a surrogate pair") from None
    except RecursionError:
        raise MalformedJson("the JSON is nested too deeply") from None
    except MalformedJson:
        raise
    except ValueError as error:
        raise MalformedJson(f"the text is no JSON: {error}") from None
    return value


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        counts = collections.Counter(name for name, _ in pairs)
        repeated = sorted(name for name, count in counts.items() if count > 1)
        raise MalformedJson(f"an object has a member more than once: {', '.join(name[:60] for name in repeated[:5])}")
    return members


def _no_constant(name: str) -> NoReturn:
    raise MalformedJson(f"{name} is no JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise MalformedJson(f"the number {text} is beyond the range of numbers")
    return number
