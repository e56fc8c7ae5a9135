"""Reading an Imsx_StatusInfo: Open Badges API, errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skillmark_reference.services import Service

_MAJOR, _MINOR = "imsx_codeMajor", "imsx_codeMinor"
_UNKNOWN = "unknown"
#: Statuses that are the same trouble to a reader: what was sent was wrong.
_BAD_REQUESTS = frozenset({400, 422})
_UNSUPPORTED_MEDIA_TYPE = 415


def has_status_info(value: object) -> bool:
    """Whether a body is an Imsx_StatusInfo, right or wrong in its details."""
    return isinstance(value, dict) and _MAJOR in value


def code_minors(value: object) -> tuple[str, ...]:
    """Return the code-minors of a body; none where it is malformed."""
    minor = value.get(_MINOR) if isinstance(value, dict) else None
    fields = minor.get("imsx_codeMinorField") if isinstance(minor, dict) else None
    found = [each for each in (fields if isinstance(fields, list) else [fields]) if isinstance(each, dict)]
    values = [each.get("imsx_codeMinorFieldValue") for each in found]
    return tuple(each for each in values if isinstance(each, str))


def fitting(service: Service, status: int) -> frozenset[str]:
    """Return the code-minors that go with a status."""
    found = {service.status(status).code_minor, _UNKNOWN}
    if status in _BAD_REQUESTS | {_UNSUPPORTED_MEDIA_TYPE}:
        found |= {service.status(each).code_minor for each in _BAD_REQUESTS | {406}}
    return frozenset(found)
