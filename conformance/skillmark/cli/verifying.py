"""Verb of credentials: verify."""

from __future__ import annotations

import collections
import contextlib
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from skillmark.cli import consoles
from skillmark.cli.application import app, examples
from skillmark.cli.options import (  # noqa: TC001 - Typer reads annotations at run time
    AtOption,
    CacheDirOption,
    ContextDirOption,
    JsonOption,
    OfflineOption,
    OriginsOption,
)
from skillmark.core.errors import Misconfigured
from skillmark.core.escaping import trimmed, visible_line
from skillmark.core.outcomes import ExitCode, Outcome
from skillmark.reporting.wording import SIGNS, counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from skillmark.cli.credentials import Checker
    from skillmark_reference.credentials.results import Problem, Step, Verdict, Verification
    from skillmark_reference.credentials.submissions import Checked

_STYLES = {
    Outcome.PASSED: "green",
    Outcome.FAILED: "red",
    Outcome.WARNED: "yellow",
    Outcome.CANNOT_TELL: "magenta",
    Outcome.NOT_APPLICABLE: "bright_black",
}
#: Verdicts beside those that say that something is wrong.
_GOOD, _UNKNOWN = "valid", "unverifiable"
_INDENT = "  "
_STANDARD_INPUT = "-"
#: The longest id of a requirement, so that names of steps stand below each other.
_ID_WIDTH = 12
_REASONS = 10
_LONGEST = 400


@app.command(
    epilog=examples(
        "skillmark verify badge.json",
        "skillmark verify badge.png --recipient learner@school.example",
        "skillmark verify records/ --offline --at 2026-06-30T12:00:00Z --json",
        "skillmark verify records/ --context-dir contexts/ --cache-dir ~/.cache/skillmark/documents",
    )
    + "\n\nExit codes: 0 all valid, 1 one is invalid, expired, revoked, suspended or not yet valid, 2 wrong use, "
    "3 none of these, but one is unverifiable, 70 internal error."
)
def verify(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE",
            help="JSON, an array in JSON, a compact JWT, a baked PNG or SVG: a file, all files of a folder, - for standard "
            "input, or an https address.",
        ),
    ],
    *,
    recipient: Annotated[
        str | None, typer.Option(metavar="EMAIL|DID", help="Whose it should be; identities are compared hashed, too.")
    ] = None,
    at: AtOption = None,
    offline: OfflineOption = False,
    allow_origin: OriginsOption = None,
    context_dir: ContextDirOption = None,
    cache_dir: CacheDirOption = None,
    as_json: JsonOption = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="One line for each credential, and no progress.")
    ] = False,
) -> int:
    """Verify credentials of Open Badges 3.0 and CLR 2.0.

    Shows each step with the requirement that it decides, and what is wrong where it did not pass.
    """
    names = list(_names(sources))
    # It brings the libraries of signatures and of RDF, which other verbs do without.
    from skillmark.cli import access, credentials  # noqa: PLC0415

    door = access.opened(
        at=at,
        offline=offline,
        origins=allow_origin or [],
        context_dir=context_dir,
        cache_dir=cache_dir,
        most_bytes=credentials.LIMIT,
    )
    chosen = credentials.checker(door, recipient=recipient)
    findings = [access.finding_line(each) for each in door.contexts.findings]
    found = _watched(chosen, names, quiet=quiet or not (as_json or not consoles.output().is_terminal))
    verdicts: collections.Counter[str] = collections.Counter()
    rows = []
    for requirement, text in () if as_json else findings:
        consoles.tell(f"{SIGNS[Outcome.WARNED]} {requirement}  {text}")
    for each in found:
        verdicts[each.verdict.value] += 1
        if as_json:
            rows.append(_row(each, findings))
        else:
            _print(each, quiet=quiet)
    if as_json:
        consoles.print_json(rows)
    elif verdicts.total() > 1:
        numbers = ", ".join(f"{number} {verdict}" for verdict, number in verdicts.items())
        consoles.say(f"{counted(verdicts.total(), 'credential')}: {numbers}.")
    return int(_exit_code(verdicts))


def _names(sources: list[str]) -> Iterator[str]:
    """Yield what is to be read: folders become their files, without hidden ones.

    Raises:
        Misconfigured: something is missing, a folder is empty, or standard input is named twice.
    """
    # It brings the libraries of signatures and of RDF, which other verbs do without.
    from skillmark.suites.credentials.sources import named  # noqa: PLC0415

    if sources.count(_STANDARD_INPUT) > 1:
        raise Misconfigured("Standard input can be read once. Name - once.")
    for source in sources:
        yield from (source,) if source == _STANDARD_INPUT else named([source])


def _watched(chosen: Checker, names: list[str], *, quiet: bool) -> Iterator[Checked]:
    """Yield what each source is worth, with progress on standard error when that is a terminal and nothing else tells."""
    with contextlib.ExitStack() as stack:
        show: Callable[[str], None] | None = None
        if not quiet and len(names) > 1 and consoles.progress().is_terminal:
            show = stack.enter_context(consoles.progress().status("")).update
        for number, name in enumerate(names, 1):
            if show:
                show(f"{number}/{len(names)} sources")
            yield from chosen.check(name)


def _exit_code(verdicts: collections.Counter[str]) -> ExitCode:
    if set(verdicts) - {_GOOD, _UNKNOWN}:
        return ExitCode.NOT_CONFORMANT
    return ExitCode.NOT_FULLY_VERIFIED if verdicts[_UNKNOWN] else ExitCode.CONFORMANT


# For scripts


def _row(checked: Checked, findings: list[tuple[str, str]]) -> dict[str, Any]:
    found = checked.verification
    warned = [_finding_row(requirement, text) for requirement, text in findings]
    return {
        "source": checked.source,
        "verdict": checked.verdict.value,
        "kind": found.kind.value if found else None,
        "steps": [*(_step_rows(found) if found else ()), *warned],
        "problems": [*checked.remarks, *map(str, found.problems if found else ())],
        "inner": [_inner_row(each) for each in found.inner] if found else [],
    }


def _inner_row(found: Verification) -> dict[str, Any]:
    return {
        "pointer": found.pointer,
        "verdict": found.verdict.value,
        "kind": found.kind.value,
        "steps": _step_rows(found),
        "inner": [_inner_row(each) for each in found.inner],
    }


def _step_rows(found: Verification) -> list[dict[str, Any]]:
    """Return a row for each reason of a step, and one for a step without any."""
    return [_step_row(step, problem) for step in found.steps for problem in step.problems or (None,)]


def _step_row(step: Step, problem: Problem | None) -> dict[str, Any]:
    return {
        "requirement": step.requirement,
        "step": step.subject.value,
        "outcome": step.outcome.value,
        "reason": problem.message if problem else None,
        "pointer": problem.pointer if problem else None,
        "evidence": dict(step.evidence),
    }


def _finding_row(requirement: str, text: str) -> dict[str, Any]:
    """Return a finding about the contexts that the user gave as the step of every credential that it is."""
    return {
        "requirement": requirement,
        "step": "given contexts",
        "outcome": Outcome.WARNED.value,
        "reason": text,
        "pointer": None,
        "evidence": {},
    }


# For people


def _print(checked: Checked, *, quiet: bool) -> None:
    console = consoles.output()
    head, *rest = _lines(checked)
    for line in (head,) if quiet else (head, *rest):
        console.print(line, soft_wrap=True)


def _lines(checked: Checked) -> Iterator[Text]:
    found = checked.verification
    yield _verdict_line(checked.verdict, checked.source, found.kind.value if found else "")
    outcome = Outcome.WARNED if found else _outcome(checked.verdict)
    for remark in checked.remarks:
        yield _line(_INDENT, (SIGNS[outcome], _STYLES[outcome]), f" {trimmed(remark, _LONGEST)}")
    if found:
        yield from _tree(found, _INDENT)


def _tree(found: Verification, indent: str) -> Iterator[Text]:
    for step in found.steps:
        outcome = Outcome(step.outcome.value)
        name = f" {step.requirement:{_ID_WIDTH}} {step.subject.value}"
        yield _line(indent, (SIGNS[outcome], _STYLES[outcome]), name)
        if outcome is not Outcome.PASSED:
            yield from _reasons(step, indent + 2 * _INDENT)
    for inner in found.inner:
        yield _verdict_line(inner.verdict, inner.pointer, inner.kind.value, indent)
        yield from _tree(inner, indent + _INDENT)


def _reasons(step: Step, indent: str) -> Iterator[Text]:
    for problem in step.problems[:_REASONS]:
        yield _line(indent, trimmed(str(problem), _LONGEST))
    if len(step.problems) > _REASONS:
        yield _line(indent, f"and {len(step.problems) - _REASONS:,} more: --json shows them")


def _verdict_line(verdict: Verdict, name: str, kind: str, indent: str = "") -> Text:
    outcome = _outcome(verdict)
    words = (f"{SIGNS[outcome]} {verdict.value.upper()}", f"bold {_STYLES[outcome]}")
    return _line(indent, words, f"  {trimmed(name, _LONGEST)}", f"  {kind}" if kind else "")


def _outcome(verdict: Verdict) -> Outcome:
    """Return the outcome whose sign and colour a verdict shares."""
    return {_GOOD: Outcome.PASSED, _UNKNOWN: Outcome.CANNOT_TELL}.get(verdict.value, Outcome.FAILED)


def _line(*parts: str | tuple[str, str]) -> Text:
    """Return one line in which nothing from outside steers a terminal."""
    safe = (visible_line(part) if isinstance(part, str) else (visible_line(part[0]), part[1]) for part in parts)
    return Text.assemble(*safe)
