"""The summary that a run prints when it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from skillmark.core.escaping import trimmed, visible_line
from skillmark.core.outcomes import Outcome
from skillmark.reporting import matrices, summary, wording
from skillmark.reporting.document import replay_command

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from skillmark.core.findings import JudgedFinding
    from skillmark.core.results import RunResult
    from skillmark.reporting.files import ReportPaths

_FINDINGS = 10
_HOLES = 20
_STEPS = 10
_IDS = 4
_WIDTH = 160
#: Characters of what would decide something: a next step that is cut helps nobody.
_ADVICE = 480

_STYLES = {
    Outcome.PASSED: "green",
    Outcome.FAILED: "red",
    Outcome.WARNED: "yellow",
    Outcome.CANNOT_TELL: "magenta",
    Outcome.UNTESTED: "cyan",
    Outcome.NOT_APPLICABLE: "bright_black",
}
#: Signs for consoles that cannot show the usual ones.
_PLAIN_SIGNS = {
    Outcome.PASSED: "+",
    Outcome.FAILED: "x",
    Outcome.WARNED: "!",
    Outcome.CANNOT_TELL: "?",
    Outcome.UNTESTED: "o",
    Outcome.NOT_APPLICABLE: "-",
}


def print_summary(result: RunResult, console: Console, *, report_paths: ReportPaths) -> None:
    """Print the verdict, the counts, the first failures, what is undecided, and where the reports are.

    Away from a terminal the lines are the same whatever its width, and without colour. Nothing that the target sent is
    taken as markup or as a control sequence.
    """
    for line in (*_head(result, console), *_holes(result), *_failures(result), *_rest(result), *_places(report_paths)):
        console.print(_encodable(line, console), soft_wrap=not console.is_terminal, highlight=False)


def _encodable(line: Text, console: Console) -> Text:
    """Replace what the console's encoding lacks, so that printing cannot fail."""
    try:
        line.plain.encode(console.encoding)
    except UnicodeEncodeError:
        return Text(line.plain.encode(console.encoding, "backslashreplace").decode(console.encoding))
    except LookupError:
        return Text(line.plain.encode("ascii", "backslashreplace").decode("ascii"))
    return line


def _line(*parts: str | tuple[str, str]) -> Text:
    safe = (visible_line(part) if isinstance(part, str) else (visible_line(part[0]), part[1]) for part in parts)
    return Text.assemble(*safe, overflow="fold")


def _head(result: RunResult, console: Console) -> Iterable[Text]:
    outcome = wording.verdict_outcome(result.verdict)
    signs = _PLAIN_SIGNS if console.options.ascii_only else wording.SIGNS
    product = f"{result.product.name or result.target_url or 'The product'} {result.product.version}".strip()
    style = f"bold {_STYLES[outcome]}"
    yield _line(
        (f"{signs[outcome]} {result.verdict.value}", style), f"  {trimmed(product, _WIDTH)}, {result.plan_title}"
    )
    yield _line(f"  {wording.meaning(result)}")
    if result.partial:
        yield _line(("  Partial: some checks of the plan were not run.", "yellow"))
        yield from (_line(f"  {trimmed(each, _ADVICE)}") for each in result.sampling[:1])
    if result.lab:
        yield _line(("  Lab run: the transport requirements were taken out of the verdict.", "yellow"))
    yield _line("")
    yield _counts("requirements", summary.requirement_counts(result))
    yield _counts("checks      ", summary.check_counts(result))
    yield _counts("findings    ", summary.finding_counts(result))


def _counts(label: str, counts: dict[Outcome, int]) -> Text:
    parts: list[str | tuple[str, str]] = [f"  {label}  "]
    for outcome, number in counts.items():
        text = f"{number} {outcome.value}"
        parts += [(text, _STYLES[outcome]) if number else text, ", "]
    return _line(*parts[:-1])


def _holes(result: RunResult) -> Iterable[Text]:
    found = list(matrices.holes(result.matrix))
    if not found:
        return
    yield _line("")
    yield _line((f"Security holes ({len(found)})", "bold red"))
    for row, columns in found[:_HOLES]:
        yield _line(
            f"  accepted although {trimmed(row.says, _WIDTH)} ({trimmed(matrices.named(row, columns), _WIDTH)})"
        )
    if len(found) > _HOLES:
        yield _line(f"  and {len(found) - _HOLES} more: see the report")


def _failures(result: RunResult) -> Iterable[Text]:
    failed = [each for each in result.findings if each.outcome is Outcome.FAILED]
    if not failed:
        return
    yield _line("")
    yield _line((f"Failed ({len(failed)})", "bold"))
    for each in failed[:_FINDINGS]:
        yield from _failure(each, result)
    if len(failed) > _FINDINGS:
        yield _line(f"  and {len(failed) - _FINDINGS} more: see the report")


def _failure(each: JudgedFinding, result: RunResult) -> Iterable[Text]:
    finding = each.finding
    clause = trimmed(result.requirements[finding.requirement].clause, _WIDTH)
    where = " ".join([*finding.evidence[:1], finding.pointer]).strip() or "the whole answer"
    places = f", {each.count} places" if each.count > 1 else ""
    yield _line("  ", (f"{each.id} {finding.requirement}", "bold red"), f"  {clause}")
    yield _line(f"     expected {trimmed(finding.expected, _WIDTH)}; actual {trimmed(finding.actual, _WIDTH)}")
    yield _line(f"     at {trimmed(where, _WIDTH)}{places}; {replay_command(each)}")


def _rest(result: RunResult) -> Iterable[Text]:
    warned = summary.finding_counts(result)[Outcome.WARNED]
    if warned:
        yield _line("")
        yield _line((f"Warned ({warned})", "bold"), "  recommendations and disputed points: see the report")
    advice = list(_advice(result))
    if not advice:
        return
    yield _line("")
    yield _line((f"Undecided ({len(summary.undecided(result))})", "bold"), "  what would decide them:")
    yield from advice[:_STEPS]
    if len(advice) > _STEPS:
        yield _line(f"  and {len(advice) - _STEPS} more: see the report")


def _advice(result: RunResult) -> Iterable[Text]:
    for entry in summary.attestations_missing(result):
        yield _line(f"  {entry.id}: {trimmed(entry.reason, _ADVICE)}")
    for outcome in (Outcome.UNTESTED, Outcome.CANNOT_TELL):
        for step in summary.steps(result, outcome):
            ids = [entry.id for entry in step.requirements]
            named = ", ".join(ids[:_IDS]) + (f" and {len(ids) - _IDS} more" if len(ids) > _IDS else "")
            yield _line(f"  {named}: {trimmed(step.reason, _ADVICE) or outcome.value}")


def _places(paths: ReportPaths) -> Iterable[Text]:
    yield _line("")
    yield _line("Report   ", (str(paths.html), "bold"))
    yield _line(f"Results  {paths.results}")
    yield _line(f"JUnit    {paths.junit}")
    yield _line((wording.DISCLAIMER, "bright_black"))
