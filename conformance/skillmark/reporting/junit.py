"""``junit.xml``: what continuous integration systems read."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never
from xml.etree import ElementTree as ET

from skillmark.core.escaping import trimmed, visible, visible_line
from skillmark.core.outcomes import Outcome
from skillmark.reporting import summary
from skillmark.reporting.document import replay_command

if TYPE_CHECKING:
    from skillmark.core.findings import JudgedFinding
    from skillmark.core.results import CheckResult, RunResult

_MESSAGE = 500
_TEXT = 20_000
_SKIPPED = frozenset({Outcome.UNTESTED, Outcome.NOT_APPLICABLE})


def report_junit(result: RunResult) -> str:
    """Return the report as JUnit XML: a suite for each area, a case for each check.

    A failed check is a failure, one that cannot tell an error, one that was not tested or does not apply is skipped; one
    that warned passes and says so in its output. The text is well-formed whatever the target sent.
    """
    root = ET.Element("testsuites", {"name": _name(result.plan), **_tally(result.checks)})
    for area in summary.areas(result):
        root.append(_suite(area, result))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _tally(checks: tuple[CheckResult, ...]) -> dict[str, str]:
    counts = summary.outcome_counts(check.outcome for check in checks)
    return {
        "tests": str(len(checks)),
        "failures": str(counts[Outcome.FAILED]),
        "errors": str(counts[Outcome.CANNOT_TELL]),
        "skipped": str(sum(counts[outcome] for outcome in _SKIPPED)),
        "time": f"{sum(check.seconds for check in checks):.3f}",
    }


def _suite(area: summary.Area, result: RunResult) -> ET.Element:
    moment = result.started.replace(microsecond=0, tzinfo=None).isoformat()
    name = _name(f"{result.plan}.{area.name}")
    suite = ET.Element("testsuite", {"name": name, **_tally(area.checks), "timestamp": moment})
    properties = ET.SubElement(suite, "properties")
    for key, value in _properties(result).items():
        ET.SubElement(properties, "property", {"name": key, "value": _name(value)})
    for check in area.checks:
        suite.append(_case(check, result, suite=name))
    return suite


def _properties(result: RunResult) -> dict[str, str]:
    return {
        "verdict": result.verdict.value,
        "plan": result.plan,
        "seed": str(result.seed),
        "depth": result.depth,
        "product": f"{result.product.name} {result.product.version}".strip(),
        "skillmark": result.provenance.skillmark_version,
        "catalogue": f"{result.provenance.catalogue_version} {result.provenance.catalogue_digest}",
        "standard": f"{result.standard} {result.provenance.standard_digest}",
        "partial": str(result.partial).lower(),
        "lab": str(result.lab).lower(),
    }


def _case(check: CheckResult, result: RunResult, *, suite: str) -> ET.Element:
    case = ET.Element(
        "testcase",
        {"classname": suite, "name": _name(check.name), "time": f"{check.seconds:.3f}"},
    )
    findings = [each for each in result.findings if each.check == check.name]
    _conclude(case, check, [each for each in findings if each.outcome is Outcome.FAILED], result)
    if warned := [each for each in findings if each.outcome is Outcome.WARNED]:
        _text(ET.SubElement(case, "system-out"), [_described(each, result) for each in warned])
    return case


def _conclude(case: ET.Element, check: CheckResult, failed: list[JudgedFinding], result: RunResult) -> None:
    match check.outcome:
        case Outcome.FAILED:
            message = failed[0].finding.expected if failed else check.title
            failure = _child(case, "failure", message=message, kind=", ".join(check.requirements))
            _text(failure, [check.title, *(_described(each, result) for each in failed)])
        case Outcome.CANNOT_TELL:
            kind = "defect of Skillmark" if check.defect else check.outcome.value
            _text(_child(case, "error", message=check.reason, kind=kind), [check.title, check.reason])
        case Outcome.UNTESTED | Outcome.NOT_APPLICABLE:
            _child(case, "skipped", message=f"{check.outcome.value}: {check.reason}", kind=check.outcome.value)
        case Outcome.PASSED | Outcome.WARNED:
            pass
        case _:
            assert_never(check.outcome)


def _child(case: ET.Element, tag: str, *, message: str, kind: str) -> ET.Element:
    return ET.SubElement(case, tag, {"message": _name(message), "type": _name(kind)})


def _name(text: str) -> str:
    """Return a text as an attribute can hold it: one line, not too long."""
    return visible_line(trimmed(text, _MESSAGE))


def _text(element: ET.Element, paragraphs: list[str]) -> None:
    element.text = trimmed(visible("\n\n".join(paragraphs)), _TEXT)


def _described(each: JudgedFinding, result: RunResult) -> str:
    finding = each.finding
    requirement = result.requirements[finding.requirement]
    exchange = next((result.exchanges[name] for name in finding.evidence if name in result.exchanges), None)
    lines = [
        f"{each.id} {finding.requirement} ({requirement.level}, {requirement.clause}) {requirement.url}",
        f"expected: {finding.expected}",
        f"actual:   {finding.actual}",
        f"where:    {finding.pointer or 'the whole answer'} in {', '.join(finding.evidence) or 'no exchange'}",
        f"places:   {each.count}",
        f"disputed: {finding.dispute}" if finding.dispute else "",
        f"send:     {exchange.curl}" if exchange else "",
        f"again:    {replay_command(each)}",
    ]
    return "\n".join(line for line in lines if line)
