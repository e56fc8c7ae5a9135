"""Answers other than 200: imsx_StatusInfo (Information Model, 7.1.37 to 7.1.39 and table B1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skillmark_reference.standards import Standard

#: Name of the system that a code-minor is about, where it is about no parameter.
_SYSTEM = "sourcedId"


def refusal(
    standard: Standard,
    status: int,
    description: str,
    *,
    code: str | None = None,
    field: str = _SYSTEM,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Return the answer to a request that is refused.

    Without ``code`` the code-minor is the first one that the version has for the status; a status for which it has none is sent
    without.
    """
    rule = standard.statuses.get(status)
    tokens = standard.enums["imsx_CodeMinorValueEnum"].values
    minor = code or next((token for token in (rule.code_minor if rule else ()) if token in tokens), None)
    body: dict[str, Any] = {
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
        "imsx_description": description,
    }
    if minor is not None:
        entry = {"imsx_codeMinorFieldName": field, "imsx_codeMinorFieldValue": minor}
        body["imsx_codeMinor"] = {"imsx_codeMinorField": [entry]}
    return JSONResponse(body, status_code=status, headers=dict(headers or {}))
