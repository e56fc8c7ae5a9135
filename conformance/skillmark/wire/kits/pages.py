"""The page of a kit: everything that a person ticks, in one file that asks for nothing outside itself."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
from importlib import resources
from typing import TYPE_CHECKING

import jinja2
from markupsafe import Markup

from skillmark.core.escaping import visible

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    from skillmark.wire.kits.answers import Display, Statement

PAGE = "checklist.html"
#: Words for the answers, by what the file of answers calls them.
_ANSWERS = {
    "accepted": "accepted: shown as valid",
    "refused": "refused: shown as not valid",
    "not-imported": "cannot be imported",
}
_STATUSES = {
    "valid": "valid",
    "expired": "expired",
    "revoked": "revoked",
    "other": "something else",
    "none": "no status",
}


def page_of(
    *,
    kit: str,
    title: str,
    made: datetime.datetime,
    rows: Sequence[tuple[str, str, Display | None]],
    statements: Sequence[Statement],
) -> str:
    """Return the page; everything that is put into it is escaped.

    Args:
        kit: The digest of the kit, which its answers name.
        title: The id of the plan.
        made: When the kit was made.
        rows: Number, file and what is to be shown, of each question.
        statements: What is asked of the product as a whole.
    """
    style, script = _asset("checklist.css"), _asset("checklist.js")
    return (
        _environment()
        .get_template(PAGE)
        .render(
            kit=kit,
            title=title,
            made=made.date().isoformat(),
            rows=rows,
            statements=statements,
            answers=_ANSWERS,
            statuses=_STATUSES,
            example=json.dumps(rows[0][0] if rows else "001"),
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            policy=_policy(style, script),
        )
    )


@functools.cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("skillmark.wire.kits"),
        autoescape=True,
        finalize=lambda value: visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@functools.cache
def _asset(name: str) -> str:
    return (resources.files(__package__) / "templates" / name).read_text(encoding="utf-8").strip()


def _policy(style: str, script: str) -> str:
    """Return a Content Security Policy that allows exactly our style and script, and nothing from elsewhere."""
    hashes = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script))
    style_hash, script_hash = hashes
    return (
        f"default-src 'none'; style-src 'sha256-{style_hash}'; script-src 'sha256-{script_hash}'; "
        f"base-uri 'none'; form-action 'none'"
    )
