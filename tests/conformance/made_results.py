"""Results that no run would give: hostile in every text, or huge."""

from __future__ import annotations

import dataclasses
import datetime

from skillmark.core.exchanges import Exchange, Trouble, TroubleKind
from skillmark.core.findings import Finding, JudgedFinding
from skillmark.core.outcomes import Level, Outcome, Verdict
from skillmark.core.results import CheckResult, Provenance, RequirementResult, RunResult
from skillmark.core.target import Product

#: What a product, a vendor or a catalogue could write to break out of a report.
HOSTILE = {
    "script": "<script>alert(1)</script>",
    "image": "<img src=https://evil.example/x onerror=alert(1)>",
    "attribute": '" onmouseover="alert(1)" x=\'',
    "comment": "--><svg onload=alert(1)><!--",
    "style": "</style><script>alert(1)</script>",
    "template": "{{ 7 * 7 }}{% raw %}[bold]x[/bold]:smile:",
    "cdata": "]]><x/>",
    "entity": "&lt;b&gt; &#x3c;script> %3Cscript%3E",
    "controls": "a\x00b\x07\x1b[31mred\x1b[0m\x7f\x85\r\nnext\tline",
    "bidi": "\u202egpj.exe\u2066\u200b\ufeff",
    "surrogate": "half \ud800 a pair \udfff",
    "noncharacter": "\ufffe\uffff\U000e0041",
    "address": "javascript:alert(1)",
    "plain": "größe, 数学, 🎓",
}
LONG = "<b>&" * 262_144
NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=datetime.timezone(datetime.timedelta(hours=5, minutes=45)))
_OUTCOMES = tuple(Outcome)


def result(text: str = "text", *, findings: int = 3) -> RunResult:
    """Return a result with a text in every place that takes one, and one check and requirement of each outcome."""
    checks = tuple(_check(number, outcome, text) for number, outcome in enumerate(_OUTCOMES))
    return RunResult(
        plan=text,
        plan_title=text,
        standard=text,
        product=Product(name=text, version=text, vendor=text, contact=text),
        target_url=text,
        configuration={"url": text, text: {"nested": [text, 1, None, True], "none": ""}},
        verdict=Verdict.NOT_CONFORMANT,
        partial=True,
        lab=True,
        seed=7,
        depth="smoke",
        started=NOW,
        finished=NOW + datetime.timedelta(seconds=61),
        provenance=_provenance(text),
        requirements={name: _requirement(name, text) for name in (*_names(), text)},
        checks=checks,
        findings=tuple(_finding(number, text) for number in range(findings)),
        exchanges={name: _exchange(name, text) for name in ("x1", "x2", text)},
        attestations={"R1": text, text: text},
        sampling=(text,),
        requests_sent=12_345,
        records={text: 1, "CFItem": 1_234},
    )


def verdict_of(base: RunResult, verdict: Verdict) -> RunResult:
    """Return a result with another verdict, whole."""
    return dataclasses.replace(base, verdict=verdict, partial=False, lab=False, depth="full")


def _names() -> tuple[str, ...]:
    return tuple(f"R{number}" for number in range(len(_OUTCOMES)))


def _provenance(text: str) -> Provenance:
    return Provenance(
        skillmark_version=text,
        catalogue_id=text,
        catalogue_version=text,
        catalogue_digest=text,
        standard_digest=text,
        environment={"python": text, text: text},
    )


def _check(number: int, outcome: Outcome, text: str) -> CheckResult:
    return CheckResult(
        name=f"area{number % 2}.check{number} {text}",
        title=text,
        area=f"area{number % 2} {text}",
        requirements=(f"R{number}", text),
        outcome=outcome,
        reason=text,
        subjects=number,
        evidence=("x1", text),
        seconds=0.25 * number,
        defect=outcome is Outcome.CANNOT_TELL,
    )


def _requirement(name: str, text: str) -> RequirementResult:
    number = int(name[1:]) if name in _names() else 0
    return RequirementResult(
        id=name,
        level=Level.MUST,
        role="provider",
        status="normative",
        clause=text,
        url=f"https://www.imsglobal.org/{name}" if name in _names() else text,
        says=text,
        decided="attested" if number == 1 else "automated",
        readings=(text, text) if number % 2 else (),
        outcome=_OUTCOMES[number],
        deciding=True,
        checks=(f"area{number % 2}.check{number} {text}",),
        reason=text,
    )


def _finding(number: int, text: str) -> JudgedFinding:
    outcome = Outcome.WARNED if number % 3 == 2 else Outcome.FAILED
    return JudgedFinding(
        id=f"F{number + 1}",
        finding=Finding(
            requirement="R1" if outcome is Outcome.FAILED else text,
            expected=f"{number} {text}",
            actual=text,
            pointer=f"/{text}",
            evidence=("x2", text),
            cause=f"{number} {text}",
            dispute=text if outcome is Outcome.WARNED else "",
        ),
        outcome=outcome,
        check=f"area1.check1 {text}",
        count=number + 1,
        places=(text, f"x1/{number}"),
    )


def _exchange(name: str, text: str) -> Exchange:
    is_troubled = name == "x1"
    return Exchange(
        id=name,
        method="GET",
        url=f"https://case.example.org/?{text}",
        request_headers=(("Accept", text), (text, text)),
        status=None if is_troubled else 200,
        reason=text,
        headers=((text, text), ("set-cookie", text)),
        excerpt=f'{{"title":{text},"a":[1,2,{{}}]}}',
        size=len(text),
        digest=text,
        trouble=Trouble(kind=TroubleKind.TIMEOUT, message=text) if is_troubled else None,
        started=1.25,
        elapsed=0.5,
        redirects=(text,),
    )
