"""The body of a request: read within limits, parsed strictly, its members and options held against what is known."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool

from skillmark_reference.securing import strict_json
from skillmark_reference.securing.integrity.json_values import MAX_DEPTH
from skillmark_reference.securing.quoting import quoted
from skillmark_reference.securing.strict_json import MalformedJson
from skillmark_reference.server.vc_api.problem_details import (
    MALFORMED_VALUE_ERROR,
    PARSING_ERROR,
    UNKNOWN_OPTION_PROVIDED,
    ProblemDetails,
    RequestRefused,
    refused,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from starlette.requests import Request

#: The recommended limit for one credential (VC API, Content Serialization).
MOST_BYTES = 10 * 2**20
#: JSON values in one body: what is read as linked data takes time for each of them.
MOST_VALUES = 50_000
#: The document in a body is two levels below it at most.
_DEEPEST = MAX_DEPTH + 2
_JSON = "application/json"


async def read_object(request: Request, *, most_bytes: int = MOST_BYTES) -> dict[str, Any]:
    """Return the JSON object in the body of a request.

    Raises:
        RequestRefused: Another media type, too many bytes or values, too deep, no JSON object.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != _JSON and not (media_type.startswith("application/") and media_type.endswith("+json")):
        raise refused(415, f"expected is the media type {_JSON}; found is {quoted(media_type)}")
    return await run_in_threadpool(_parsed, await _read(request, most_bytes))


async def _read(request: Request, most_bytes: int) -> bytes:
    declared = request.headers.get("content-length", "")
    content = bytearray()
    too_long = declared.isascii() and declared.isdigit() and int(declared[:20]) > most_bytes
    if not too_long:
        async for chunk in request.stream():
            content += chunk
            too_long = len(content) > most_bytes
            if too_long:
                break
    if too_long:
        headers = {"Connection": "close"}
        detail = f"expected are at most {most_bytes:,} bytes; send less"
        raise RequestRefused(413, [ProblemDetails(detail=detail)], headers=headers)
    return bytes(content)


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        body = strict_json.parse_object(content)
    except MalformedJson as error:
        raise refused(400, f"the body cannot be read: {error}", kind=PARSING_ERROR) from None
    level: list[Any] = [body]
    count = 1
    for _ in range(_DEEPEST):
        level = [each for outer in level for each in _inside(outer)]
        count += len(level)
        if count > MOST_VALUES:
            raise refused(400, f"the body has more than {MOST_VALUES:,} values; send less", kind=PARSING_ERROR)
        if not level:
            return body
    raise refused(400, f"the body is nested deeper than {_DEEPEST} levels", kind=PARSING_ERROR)


def _inside(value: object) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


# Members


def document(body: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return the document that a request is about, under one of some names.

    Raises:
        RequestRefused: It is missing, there are several, or it is no JSON object.
    """
    found = [name for name in names if name in body]
    if len(found) != 1:
        listed = " or ".join(names)
        raise refused(400, f"the body has one member {listed}; found are {found}", kind=PARSING_ERROR)
    value = body[found[0]]
    if not isinstance(value, dict):
        message = f"{found[0]} is a JSON object; found is {quoted(value)}"
        raise refused(400, message, kind=PARSING_ERROR, pointer=f"/{found[0]}")
    return value


def options(body: Mapping[str, Any], known: Mapping[str, Callable[[object], bool]]) -> dict[str, Any]:
    """Return the options of a request; ``null`` stands for none.

    Raises:
        RequestRefused: An option is not known (VC API: unknown options lead to an error), or has a value of another type.
    """
    value = body.get("options")
    if value is None:
        return {}
    if not isinstance(value, dict):
        message = f"options is a JSON object; found is {quoted(value)}"
        raise refused(400, message, kind=MALFORMED_VALUE_ERROR, pointer="/options")
    unknown = [name for name in value if name not in known]
    wrong = [name for name in value if name in known and not known[name](value[name])]
    problems = [
        ProblemDetails(
            type=UNKNOWN_OPTION_PROVIDED,
            detail=f"the option {quoted(name)} is not known; known are {', '.join(known)}",
            pointer="/options",
        )
        for name in unknown
    ]
    problems += (
        ProblemDetails(
            type=UNKNOWN_OPTION_PROVIDED,
            detail=f"the option {name} cannot have the value {quoted(value[name])}",
            pointer=f"/options/{name}",
        )
        for name in wrong
    )
    if problems:
        raise RequestRefused(400, problems)
    return value


def only(body: Mapping[str, Any], *names: str) -> None:
    """Refuse members that are not known.

    Raises:
        RequestRefused: There are some.
    """
    unknown = [name for name in body if name not in names]
    if unknown:
        message = f"the body has the members {', '.join(names)}; not known are {quoted(unknown)}"
        raise refused(400, message, kind=UNKNOWN_OPTION_PROVIDED)


def is_text(value: object) -> bool:
    """Tell whether a value is a text."""
    return isinstance(value, str)


def is_flag(value: object) -> bool:
    """Tell whether a value is true or false."""
    return isinstance(value, bool)


def are_texts(value: object) -> bool:
    """Tell whether a value is an array of texts."""
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def to_bytes(value: Mapping[str, Any]) -> bytes:
    """Return the JSON of a document as it is handed on."""
    return json.dumps(value, ensure_ascii=False).encode()
