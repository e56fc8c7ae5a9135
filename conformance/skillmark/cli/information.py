"""Verbs that only tell: plans, requirements, schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from skillmark.catalogue import Decision
from skillmark.cli import consoles
from skillmark.cli.application import app
from skillmark.core.errors import Misconfigured
from skillmark.engine import CLOSING_CHECKS
from skillmark.plans import PLANS, Plan, find_plan
from skillmark.suites import suite_of
from skillmark_reference.standards import load_standard, standard_ids
from skillmark_reference.standards.json_schema import json_schema

if TYPE_CHECKING:
    from skillmark.catalogue import Requirement

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]


@app.command(epilog="Example: skillmark plans --json")
def plans(*, as_json: JsonOption = False) -> None:
    """List the plans: a role in one version of a standard."""
    rows = [_plan_row(plan) for plan in PLANS.values()]
    if as_json:
        consoles.print_json(rows)
        return
    table = Table("plan", "what it tests", "requirements", "deciding", box=None)
    for row in rows:
        table.add_row(row["id"], row["title"], str(row["requirements"]), str(row["deciding"]))
    consoles.output().print(table)


def _plan_row(plan: Plan) -> dict[str, Any]:
    version = plan.standard.version
    return {
        "id": plan.id,
        "title": plan.title,
        "standard": plan.standard.id,
        "requirements": len(plan.requirements),
        "deciding": sum(entry.is_scored(version) for entry in plan.requirements),
        "catalogue": {"version": plan.catalogue.version, "hash": plan.catalogue.digest},
    }


def checks_by_requirement(plan: Plan) -> dict[str, list[str]]:
    """Return the names of the checks that decide each requirement of a plan."""
    tests: dict[str, list[str]] = {entry.id: [] for entry in plan.requirements}
    for check in suite_of(plan).checks_of(plan):
        for requirement in check.requirements:
            tests[requirement].append(check.name)
    for requirement, name in CLOSING_CHECKS.items():
        if requirement in tests:
            tests[requirement].append(name)
    return tests


@app.command(epilog="Example: skillmark requirements --plan case-1.1-provider --json")
def requirements(
    *,
    plan: Annotated[str, typer.Option(help="The plan whose requirements are listed.")] = "case-1.1-provider",
    as_json: JsonOption = False,
) -> None:
    """List the requirements of a plan, each with the tests that decide it."""
    chosen = find_plan(plan)
    tests = checks_by_requirement(chosen)
    rows = [_requirement_row(entry, chosen, tests[entry.id]) for entry in chosen.requirements]
    if as_json:
        consoles.print_json(rows)
        return
    table = Table("id", "level", "decided", "scored", "clause", "tests", box=None)
    for row in rows:
        scored = "yes" if row["scored"] else "no"
        table.add_row(row["id"], row["level"], row["decided"], scored, row["clause"], ", ".join(row["tests"]))
    consoles.output().print(table)


def _requirement_row(entry: Requirement, plan: Plan, tests: list[str]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": entry.id,
        "level": entry.level.value,
        "role": entry.role.value,
        "status": entry.status,
        "clause": entry.clause,
        "url": entry.url,
        "says": entry.says,
        "decided": entry.decided.value,
        "scored": entry.is_scored(plan.standard.version),
        "tests": tests,
    }
    if entry.decided is Decision.UNTESTABLE:
        row["reason"] = entry.reason
    if entry.readings or entry.doubt:
        row["readings"] = list(entry.readings) or [entry.doubt]
    return row


@app.command(epilog="Example: skillmark explain CASE-R-093")
def explain(
    requirement: Annotated[str, typer.Argument(help="A requirement id, for example CASE-R-093.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Explain one requirement: what it says, where, how it is decided, how products break it."""
    plan = next((each for each in PLANS.values() if requirement in {r.id for r in each.requirements}), None)
    if plan is None:
        raise Misconfigured(f"No plan has a requirement {requirement!r}. `skillmark requirements` lists them.")
    entry = plan.catalogue.requirements[requirement]
    row = _requirement_row(entry, plan, checks_by_requirement(plan)[requirement])
    if as_json:
        consoles.print_json(row)
        return
    lines = {
        "says": entry.says,
        "level": f"{entry.level} ({entry.status}), binds {' and '.join(entry.versions)}",
        "clause": f"{entry.clause}\n{entry.url}",
        "decided": f"{entry.decided}: {entry.how}",
        "broken by": entry.example_fault,
        "readings": "\n".join(entry.readings) or entry.doubt,
        "tests": "\n".join(row["tests"]),
    }
    table = Table(title=entry.id, title_justify="left", show_header=False, box=None)
    for name, text in lines.items():
        if text:
            table.add_row(name, text)
    consoles.output().print(table)


@app.command(epilog="Examples: skillmark schema case-1.1 CFItem; skillmark schema case-1.0 CFPackage > package.json")
def schema(
    standard: Annotated[str, typer.Argument(help="A standard, for example case-1.1.")],
    record_class: Annotated[str, typer.Argument(metavar="CLASS", help="A class, for example CFItem.")],
) -> None:
    """Print the JSON Schema (2020-12) of a class, derived from the standard's table."""
    if standard not in standard_ids():
        raise Misconfigured(f"There is no standard {standard!r}. Standards: {', '.join(standard_ids())}.")
    table = load_standard(standard)
    if record_class not in table.classes:
        raise Misconfigured(f"{standard} has no class {record_class!r}. Classes: {', '.join(table.classes)}.")
    consoles.print_json(json_schema(table, record_class))
