"""Looking at the content of a document: media type, charset, JSON that every reader sees the same."""

from __future__ import annotations

import re
from email.message import Message
from typing import TYPE_CHECKING, Any

from skillmark_reference.documents.kinds import DocumentKind, Form
from skillmark_reference.documents.records import Unusable
from skillmark_reference.securing import strict_json
from skillmark_reference.securing.quoting import quoted
from skillmark_reference.securing.strict_json import MalformedJson

if TYPE_CHECKING:
    from collections.abc import Iterable

_CHARSETS = frozenset({"", "utf-8", "utf8", "us-ascii"})
_TOKEN = re.compile(rb"\s*[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\s*")
_QUOTED = re.compile(r'"[^"]*"')
_PNG = b"\x89PNG\r\n\x1a\n"
_LONGEST_MESSAGE = 240


def media_type_of(content_type: str) -> str:
    """Return type and subtype of a Content-Type header, in lower case; empty without one."""
    return content_type.partition(";")[0].strip().lower()


def check_content_type(kind: DocumentKind, content_type: str) -> None:
    """Hold a Content-Type header against the table of kinds.

    Raises:
        Unusable: There is none, more than one, or another media type or charset than the kind allows.
    """
    row = kind.row
    media_type = media_type_of(content_type)
    if not row.takes(media_type):
        stated = quoted(media_type) if media_type else "missing"
        raise Unusable(f"the media type is {stated}; expected is {_listed(row.media_types)}")
    if "," in _QUOTED.sub("", content_type):
        raise Unusable(f"there is more than one Content-Type: {quoted(content_type)}")
    charset = _charset_of(content_type)
    if row.form is not Form.BYTES and charset not in _CHARSETS:
        raise Unusable(f"the charset is {quoted(charset)}; expected is UTF-8 (RFC 8259, 8.1)")


def check_image(content: bytes, content_type: str) -> None:
    """Hold the first bytes of an image against its media type.

    Raises:
        Unusable: One is PNG and the other is not.
    """
    is_png = content.startswith(_PNG)
    if is_png != (media_type_of(content_type) == "image/png"):
        raise Unusable(f"the media type is {quoted(media_type_of(content_type))}, the content is {_other(is_png)}")


def read(kind: DocumentKind, content: bytes, *, depth: int) -> dict[str, Any] | None:
    """Return the JSON object in a document; nothing for a compact JWS and for bytes.

    Raises:
        Unusable: It is neither, a member is repeated, a number is none, or it is nested deeper than the limit.
    """
    form = kind.row.form
    if form is Form.BYTES or (form is Form.JSON_OR_TOKEN and _TOKEN.fullmatch(content)):
        return None
    try:
        value = strict_json.parse_object(content)
    except MalformedJson as error:
        raise Unusable(f"expected is {form.value}: {str(error)[:_LONGEST_MESSAGE]}") from None
    if _is_deeper(value, depth):
        raise Unusable(f"the JSON is nested more than {depth} levels deep")
    return value


def _charset_of(content_type: str) -> str:
    message = Message()
    message["content-type"] = content_type
    return str(message.get_content_charset() or "")


def _is_deeper(value: object, depth: int) -> bool:
    level = [value]
    for _ in range(depth):
        level = [inner for outer in level for inner in _inside(outer) if isinstance(inner, dict | list)]
        if not level:
            return False
    return True


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _other(is_png: bool) -> str:  # noqa: FBT001 - a flag of one word
    return "a PNG" if is_png else "no PNG"
