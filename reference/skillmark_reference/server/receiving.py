"""Bodies of requests, read as far as they may go."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from starlette.requests import Request

_MOST_FORM = 10_000
_MOST_FIELDS = 100


class BodyTooLarge(Exception):  # noqa: N818 - what the client did, no defect
    """A body has more bytes than it may have."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"The body has more than {limit:,} bytes.")


class MalformedForm(Exception):  # noqa: N818 - what the client did, no defect
    """A body is no form, or one that readers understand in different ways."""


async def received(request: Request, *, limit: int) -> bytes:
    """Return the body of a request.

    Raises:
        BodyTooLarge: it has more bytes; the rest of them was not read.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise BodyTooLarge(limit)
    return bytes(body)


async def received_form(request: Request, *, lists: tuple[str, ...] = ()) -> dict[str, str]:
    """Return the fields of a form that are not blank; values of fields that may repeat are joined by spaces.

    Raises:
        MalformedForm: the form is too large, or a field is there more than once (RFC 6749, 3.2).
    """
    try:
        body = await received(request, limit=_MOST_FORM)
        given = parse_qs(body.decode("latin-1"), max_num_fields=_MOST_FIELDS)
    except (BodyTooLarge, ValueError) as error:
        raise MalformedForm("The form is too large.") from error
    if repeated := [name for name, values in given.items() if len(values) > 1 and name not in lists]:
        raise MalformedForm(f"{repeated[0][:60]} is there more than once.")
    return {name: " ".join(values) for name, values in given.items()}
