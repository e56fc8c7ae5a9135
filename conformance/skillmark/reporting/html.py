"""``report.html``: one self-contained page for people, rendered from a result."""

from __future__ import annotations

import base64
import functools
import hashlib
from importlib import resources
from typing import TYPE_CHECKING

import jinja2
from markupsafe import Markup

from skillmark.core.escaping import trimmed, visible, web_address
from skillmark.core.outcomes import Outcome
from skillmark.core.results import Cell
from skillmark.reporting import matrices, summary, view, wording
from skillmark.reporting.document import replay_command

if TYPE_CHECKING:
    from skillmark.core.results import RunResult

_TEXT = 600
_TOO_LONG = 4_000
#: Characters of anything that no place has cut before.
_LONGEST = 5_000


def report_html(result: RunResult) -> str:
    """Return the report as one HTML page that asks for nothing outside itself.

    Everything that is put into the page is escaped, and unseen characters are shown as signs.
    """
    style, script = _asset("report.css"), _asset("report.js")
    return (
        _environment()
        .get_template("report.html")
        .render(
            result=result,
            shown=view.shown(result),
            areas=summary.areas(result),
            requirement_counts=summary.requirement_counts(result),
            check_counts=summary.check_counts(result),
            finding_counts=summary.finding_counts(result),
            deciding=summary.deciding(result),
            missing=summary.attestations_missing(result),
            waiting=summary.steps(result, Outcome.UNTESTED),
            puzzling=summary.steps(result, Outcome.CANNOT_TELL),
            disputed=view.disputed(result),
            settings=tuple(view.settings(result.configuration)),
            attested=tuple(entry for entry in result.requirements.values() if entry.decided == "attested"),
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            policy=_policy(style, script),
        )
    )


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("skillmark.reporting"),
        autoescape=True,
        finalize=_finalized,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "Outcome": Outcome,
        "OUTCOMES": summary.OUTCOMES,
        "SIGNS": wording.SIGNS,
        "MEANINGS": wording.MEANINGS,
        "DISCLAIMER": wording.DISCLAIMER,
        "meaning": wording.meaning,
        "remedy": wording.remedy,
        "verdict_outcome": wording.verdict_outcome,
        "bars": view.bars,
        "disputes_of": view.disputes_of,
        "Cell": Cell,
        "CELL_OUTCOMES": matrices.OUTCOMES,
        "CELL_MEANINGS": matrices.MEANINGS,
        "cell_word": matrices.word,
        "matrix_areas": matrices.by_area,
        "holes": matrices.holes,
        "columns_named": matrices.named,
        "replay_command": replay_command,
    }
    environment.filters |= {
        "counted": wording.counted,
        "time": wording.spoken_time,
        "span": wording.spoken_span,
        "web_address": web_address,
        "brief": lambda text: trimmed(text, _TEXT),
        "bounded": lambda text: trimmed(text, _TOO_LONG),
        "heading": lambda name: name.replace("_", " ").capitalize(),
    }
    return environment


def _finalized(value: object) -> object:
    """Make what a template puts out visible, and keep it short: no place can forget it."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else visible(trimmed(value, _LONGEST))


@functools.cache
def _asset(name: str) -> str:
    return (resources.files("skillmark.reporting") / "templates" / name).read_text(encoding="utf-8").strip()


def _policy(style: str, script: str) -> str:
    """Return a Content Security Policy that allows exactly our style and script, and nothing from elsewhere."""
    style_hash, script_hash = (
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)
    )
    return (
        f"default-src 'none'; style-src 'sha256-{style_hash}'; script-src 'sha256-{script_hash}'; "
        f"base-uri 'none'; form-action 'none'"
    )
