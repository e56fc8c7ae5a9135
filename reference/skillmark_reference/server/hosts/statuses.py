"""Answers other than success: Imsx_StatusInfo (Open Badges 3.0 and CLR 2.0, API, errors)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skillmark_reference.services import Service

#: Name of the system that reports.
_SYSTEM = "TargetEndSystem"


def refusal(
    service: Service,
    status: int,
    description: str,
    *,
    field: str = _SYSTEM,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Return the answer to a request that is refused, with the code-minor that the table has for the status."""
    row = service.status(status)
    entry = {"imsx_codeMinorFieldName": field, "imsx_codeMinorFieldValue": row.code_minor}
    body = {
        "imsx_codeMajor": row.code_major,
        "imsx_severity": row.severity,
        "imsx_description": description,
        "imsx_codeMinor": {"imsx_codeMinorField": [entry]},
    }
    return JSONResponse(body, status_code=status, headers={"Cache-Control": "no-store", **(headers or {})})
