"""``results.json``: the one source from which every other report is rendered, at any later time."""

from __future__ import annotations

import datetime
import functools
import json
from collections.abc import Mapping
from importlib import resources
from typing import TYPE_CHECKING, Any

from skillmark.core.errors import Misconfigured
from skillmark.core.exchanges import Exchange, Trouble, TroubleKind
from skillmark.core.findings import Finding, JudgedFinding
from skillmark.core.outcomes import Level, Outcome, Verdict
from skillmark.core.results import CheckResult, Provenance, RequirementResult, RunResult
from skillmark.core.target import Product
from skillmark.reporting import summary
from skillmark.reporting.matrices import from_matrix, to_matrix
from skillmark.reporting.writing import dumped, write_atomically

if TYPE_CHECKING:
    from pathlib import Path

    import jsonschema

#: Version of the format; it changes when a member is taken away or gets another meaning.
SCHEMA_VERSION = "1"
RESULTS_NAME = "results.json"


@functools.cache
def results_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of ``results.json``; do not change the value."""
    text = (resources.files("skillmark.reporting") / "results.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def to_document(result: RunResult) -> dict[str, Any]:
    """Return what ``results.json`` holds; the members always come in the same order."""
    provenance = result.provenance
    return {
        "schema": SCHEMA_VERSION,
        "verdict": result.verdict.value,
        "plan": result.plan,
        "plan_title": result.plan_title,
        "product": {
            "name": result.product.name,
            "version": result.product.version,
            "vendor": result.product.vendor,
            "contact": result.product.contact,
        },
        "target": result.target_url,
        "partial": result.partial,
        "lab": result.lab,
        "seed": result.seed,
        "depth": result.depth,
        "started": result.started.isoformat(),
        "finished": result.finished.isoformat(),
        "skillmark": provenance.skillmark_version,
        "catalogue": {
            "id": provenance.catalogue_id,
            "version": provenance.catalogue_version,
            "hash": provenance.catalogue_digest,
        },
        "standard": {"id": result.standard, "hash": provenance.standard_digest},
        "summary": {
            "requirements": _counts(summary.requirement_counts(result)),
            "checks": _counts(summary.check_counts(result)),
            "findings": _counts(summary.finding_counts(result)),
        },
        "requirements": {entry.id: _requirement(entry) for entry in result.requirements.values()},
        "checks": [_check(check) for check in result.checks],
        "findings": [_finding(each, result) for each in result.findings],
        "exchanges": {exchange.id: _exchange(exchange) for exchange in result.exchanges.values()},
        "attestations": dict(result.attestations),
        "sampling": list(result.sampling),
        "requests_sent": result.requests_sent,
        "records": dict(result.records),
        **({"matrix": to_matrix(result.matrix)} if result.matrix else {}),
        "environment": dict(provenance.environment),
        "configuration": _plain(result.configuration),
    }


def from_document(document: object) -> RunResult:
    """Return the result that a document holds; ``from_document(to_document(result)) == result``.

    Raises:
        Misconfigured: the document is not of this format; the message says where.
    """
    _refuse_unless_valid(document)
    assert isinstance(document, dict)  # noqa: S101 - the schema says so; this tells the type checker
    try:
        result = _result(document)
    except (KeyError, ValueError) as error:
        raise Misconfigured(f"This is no results.json of Skillmark: {error}.") from error
    if unknown := [each.id for each in result.findings if each.finding.requirement not in result.requirements]:
        raise Misconfigured(
            f"This results.json has a finding {unknown[0]} against a requirement that it does not hold."
        )
    return result


def write_results(result: RunResult, folder: Path) -> Path:
    """Write ``results.json`` into a folder and return its path.

    Raises:
        Misconfigured: the folder cannot be written to.
    """
    return write_atomically(folder / RESULTS_NAME, dumped(to_document(result)))


def load_results(path: Path) -> RunResult:
    """Read a result from ``results.json``, or from the folder that holds it.

    Raises:
        Misconfigured: there is no such file, or it is not of this format.
    """
    file = path / RESULTS_NAME if path.is_dir() else path
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Misconfigured(
            f"{file} cannot be read: {error.strerror}. `skillmark test --out DIR` writes one."
        ) from error
    except (ValueError, RecursionError) as error:
        raise Misconfigured(f"{file} is not JSON in UTF-8: {error}.") from error
    return from_document(document)


def _refuse_unless_valid(document: object) -> None:
    if isinstance(document, dict) and (version := document.get("schema", SCHEMA_VERSION)) != SCHEMA_VERSION:
        raise Misconfigured(
            f"This results.json has format {version!r}; this Skillmark reads {SCHEMA_VERSION!r}. Use the version that "
            f"wrote it: {document.get('skillmark')!r}."
        )
    if error := next(_validator().iter_errors(document), None):
        raise Misconfigured(f"This is no results.json of Skillmark: at {error.json_path}, {error.message[:200]}.")


@functools.cache
def _validator() -> jsonschema.Draft202012Validator:
    # Its grammars of addresses take seconds to load, and only reading a file needs them.
    from jsonschema import Draft202012Validator  # noqa: PLC0415

    return Draft202012Validator(results_schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)


def _counts(counts: Mapping[Outcome, int]) -> dict[str, int]:
    return {outcome.value: number for outcome, number in counts.items()}


def _requirement(entry: RequirementResult) -> dict[str, Any]:
    return {
        "level": entry.level.value,
        "role": entry.role,
        "status": entry.status,
        "clause": entry.clause,
        "url": entry.url,
        "says": entry.says,
        "decided": entry.decided,
        "readings": list(entry.readings),
        "outcome": entry.outcome.value,
        "deciding": entry.deciding,
        "checks": list(entry.checks),
        "reason": entry.reason,
    }


def _check(check: CheckResult) -> dict[str, Any]:
    return {
        "name": check.name,
        "title": check.title,
        "area": check.area,
        "requirements": list(check.requirements),
        "outcome": check.outcome.value,
        "reason": check.reason,
        "subjects": check.subjects,
        "evidence": list(check.evidence),
        "seconds": check.seconds,
        "defect": check.defect,
    }


def _finding(each: JudgedFinding, result: RunResult) -> dict[str, Any]:
    finding = each.finding
    requirement = result.requirements[finding.requirement]
    exchange = next((result.exchanges[name] for name in finding.evidence if name in result.exchanges), None)
    return {
        "id": each.id,
        "requirement": finding.requirement,
        "level": requirement.level.value,
        "clause": requirement.clause,
        "outcome": each.outcome.value,
        "check": each.check,
        "pointer": finding.pointer,
        "expected": finding.expected,
        "actual": finding.actual,
        "evidence": list(finding.evidence),
        "count": each.count,
        "places": list(each.places),
        "cause": finding.cause,
        "dispute": finding.dispute,
        "curl": exchange.curl if exchange else "",
        "replay": replay_command(each),
    }


def replay_command(each: JudgedFinding) -> str:
    """Return the command that asks for a finding again."""
    return f"skillmark replay {each.id}"


def _exchange(exchange: Exchange) -> dict[str, Any]:
    trouble = exchange.trouble
    return {
        "method": exchange.method,
        "url": exchange.url,
        "request_headers": [list(header) for header in exchange.request_headers],
        "status": exchange.status,
        "reason": exchange.reason,
        "headers": [list(header) for header in exchange.headers],
        "excerpt": exchange.excerpt,
        "size": exchange.size,
        "digest": exchange.digest,
        "trouble": {"kind": trouble.kind.value, "message": trouble.message} if trouble else None,
        "started": exchange.started,
        "elapsed": exchange.elapsed,
        "redirects": list(exchange.redirects),
        **({"request_body": exchange.request_body} if exchange.request_body else {}),
    }


def _plain(value: object) -> Any:  # noqa: ANN401 - any JSON value
    """Return a value of the configuration as JSON has it."""
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, set | frozenset):
        return sorted(str(each) for each in value)
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _result(document: dict[str, Any]) -> RunResult:
    return RunResult(
        plan=document["plan"],
        plan_title=document["plan_title"],
        standard=document["standard"]["id"],
        product=Product(**document["product"]),
        target_url=document["target"],
        configuration=document["configuration"],
        verdict=Verdict(document["verdict"]),
        partial=document["partial"],
        lab=document["lab"],
        seed=document["seed"],
        depth=document["depth"],
        started=datetime.datetime.fromisoformat(document["started"]),
        finished=datetime.datetime.fromisoformat(document["finished"]),
        provenance=Provenance(
            skillmark_version=document["skillmark"],
            catalogue_id=document["catalogue"]["id"],
            catalogue_version=document["catalogue"]["version"],
            catalogue_digest=document["catalogue"]["hash"],
            standard_digest=document["standard"]["hash"],
            environment=document["environment"],
        ),
        requirements={name: _read_requirement(name, row) for name, row in document["requirements"].items()},
        checks=tuple(_read_check(row) for row in document["checks"]),
        findings=tuple(_read_finding(row) for row in document["findings"]),
        exchanges={name: _read_exchange(name, row) for name, row in document["exchanges"].items()},
        attestations=document["attestations"],
        sampling=tuple(document["sampling"]),
        requests_sent=document["requests_sent"],
        records=document["records"],
        matrix=from_matrix(document.get("matrix")),
    )


def _read_requirement(name: str, row: dict[str, Any]) -> RequirementResult:
    return RequirementResult(
        id=name,
        level=Level(row["level"]),
        role=row["role"],
        status=row["status"],
        clause=row["clause"],
        url=row["url"],
        says=row["says"],
        decided=row["decided"],
        readings=tuple(row["readings"]),
        outcome=Outcome(row["outcome"]),
        deciding=row["deciding"],
        checks=tuple(row["checks"]),
        reason=row["reason"],
    )


def _read_check(row: dict[str, Any]) -> CheckResult:
    return CheckResult(
        name=row["name"],
        title=row["title"],
        area=row["area"],
        requirements=tuple(row["requirements"]),
        outcome=Outcome(row["outcome"]),
        reason=row["reason"],
        subjects=row["subjects"],
        evidence=tuple(row["evidence"]),
        seconds=row["seconds"],
        defect=row["defect"],
    )


def _read_finding(row: dict[str, Any]) -> JudgedFinding:
    finding = Finding(
        requirement=row["requirement"],
        expected=row["expected"],
        actual=row["actual"],
        pointer=row["pointer"],
        evidence=tuple(row["evidence"]),
        cause=row["cause"],
        dispute=row["dispute"],
    )
    return JudgedFinding(
        id=row["id"],
        finding=finding,
        outcome=Outcome(row["outcome"]),
        check=row["check"],
        count=row["count"],
        places=tuple(row["places"]),
    )


def _read_exchange(name: str, row: dict[str, Any]) -> Exchange:
    trouble = row["trouble"]
    return Exchange(
        id=name,
        method=row["method"],
        url=row["url"],
        request_headers=tuple((key, value) for key, value in row["request_headers"]),
        status=row["status"],
        reason=row["reason"],
        headers=tuple((key, value) for key, value in row["headers"]),
        excerpt=row["excerpt"],
        size=row["size"],
        digest=row["digest"],
        trouble=Trouble(kind=TroubleKind(trouble["kind"]), message=trouble["message"]) if trouble else None,
        started=row["started"],
        elapsed=row["elapsed"],
        redirects=tuple(row["redirects"]),
        request_body=row.get("request_body", ""),
    )
