"""Verbs that only tell: plans, requirements, schemas."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from skillmark.catalogue import Decision, catalogue_ids, find_requirement, load_catalogue
from skillmark.cli import consoles
from skillmark.cli.application import app, examples
from skillmark.cli.options import DEFAULT_PLAN, JsonOption, PlanOption, requirement_ids
from skillmark.core.errors import Misconfigured
from skillmark.plans import PLANS, Plan, find_plan
from skillmark.suites import suite_of
from skillmark_reference.standards import load_standard, standard_ids
from skillmark_reference.standards.json_schema import json_schema

if TYPE_CHECKING:
    from collections.abc import Iterable

    from skillmark.catalogue import Catalogue, Requirement

#: Numbers under which entries and findings name the disputes of the catalogue.
_DISPUTE = re.compile(r"\bD-\d{2}\b")


@app.command(epilog=examples("skillmark plans", "skillmark plans --json"))
def plans(*, as_json: JsonOption = False) -> None:
    """List the plans.

    A plan is a role in one version of a standard: the requirements that it decides.
    """
    rows = [_plan_row(plan) for plan in PLANS.values()]
    if as_json:
        consoles.print_json(rows)
        return
    table = Table("plan", "what it tests", "requirements", "deciding", box=None, pad_edge=False)
    for row in rows:
        table.add_row(row["id"], row["title"], str(row["requirements"]), str(row["deciding"]))
    consoles.print_table(table)


def _plan_row(plan: Plan) -> dict[str, Any]:
    version = plan.version
    return {
        "id": plan.id,
        "title": plan.title,
        "standard": plan.standard_id,
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
    for requirement, name in (plan.closing.checks if plan.closing else {}).items():
        if requirement in tests:
            tests[requirement].append(name)
    return tests


CatalogueOption = Annotated[
    str | None,
    typer.Option(
        "--catalogue",
        metavar="NAME",
        help=f"All requirements of a catalogue, whatever plan decides them. One of: {', '.join(catalogue_ids())}.",
        autocompletion=lambda: list(catalogue_ids()),
    ),
]


@app.command(
    epilog=examples(
        "skillmark requirements",
        "skillmark requirements --catalogue clr",
        "skillmark requirements --plan case-1.0-provider --json | jq -r '.[] | select(.tests == []) | .id'",
    )
)
def requirements(
    *,
    plan: PlanOption = DEFAULT_PLAN,
    catalogue: CatalogueOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the requirements of a plan or a catalogue."""
    rows = _plan_rows(find_plan(plan)) if catalogue is None else _catalogue_rows(catalogue)
    if as_json:
        consoles.print_json(rows)
        return
    table = Table("id", "level", "decided", "scored", "clause", "tests", box=None, pad_edge=False)
    for row in rows:
        scored = "yes" if row["scored"] else "no"
        table.add_row(row["id"], row["level"], row["decided"], scored, row["clause"], ", ".join(row["tests"]))
    consoles.print_table(table)


def _plan_rows(plan: Plan) -> list[dict[str, Any]]:
    tests = checks_by_requirement(plan)
    return [_requirement_row(entry, (plan.version,), tests[entry.id]) for entry in plan.requirements]


def _catalogue_rows(name: str) -> list[dict[str, Any]]:
    if name not in catalogue_ids():
        raise Misconfigured(f"There is no catalogue {name!r}. Catalogues: {', '.join(catalogue_ids())}.")
    tests = _tests_of(name)
    found = load_catalogue(name).requirements.values()
    return [_requirement_row(entry, entry.versions, tests.get(entry.id, [])) for entry in found]


def _tests_of(catalogue: str) -> dict[str, list[str]]:
    """Return the tests of the requirements that some plan decides; of several plans the newest one's, which are the most."""
    decided: dict[str, list[str]] = {}
    for plan in PLANS.values():
        if plan.catalogue_id == catalogue:
            decided |= checks_by_requirement(plan)
    return decided


def _requirement_row(entry: Requirement, versions: Iterable[str], tests: list[str]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": entry.id,
        "level": entry.level.value,
        "role": entry.role.value,
        "status": entry.status,
        "clause": entry.clause,
        "url": entry.url,
        "says": entry.says,
        "decided": entry.decided.value,
        "scored": any(entry.is_scored(version) for version in versions),
        "tests": tests,
    }
    if entry.data_models:
        row["data_models"] = list(entry.data_models)
    if entry.decided is Decision.UNTESTABLE:
        row["reason"] = entry.reason
    if entry.readings or entry.doubt:
        row["readings"] = list(entry.readings) or [entry.doubt]
    return row


@app.command(epilog=examples("skillmark explain CASE-R-093", "skillmark explain CASE-R-093 --json | jq -r .url"))
def explain(
    requirement: Annotated[
        str,
        typer.Argument(metavar="ID", help="A requirement id, for example CASE-R-093.", autocompletion=requirement_ids),
    ],
    *,
    as_json: JsonOption = False,
) -> None:
    """Explain one requirement.

    What it says and where, how it is decided and by which tests, how products break it.
    """
    identifier = requirement.upper()
    try:
        catalogue, entry = find_requirement(identifier)
    except KeyError:
        advice = "`skillmark requirements --catalogue NAME` lists those of a catalogue"
        raise Misconfigured(
            f"No catalogue has a requirement {requirement!r}. {advice}: {', '.join(catalogue_ids())}."
        ) from None
    row = _requirement_row(entry, entry.versions, _tests_of(catalogue.id).get(identifier, []))
    row["disputes"] = _disputes_of(entry, catalogue)
    if as_json:
        consoles.print_json(row)
        return
    consoles.print_table(_explanation(entry, row))


def _disputes_of(entry: Requirement, catalogue: Catalogue) -> dict[str, str]:
    """Return the disputes between the documents that an entry names, by number."""
    named = dict.fromkeys(_DISPUTE.findall(" ".join((entry.how, *entry.readings, entry.doubt))))
    return {number: catalogue.disputes[number] for number in named}


def _explanation(entry: Requirement, row: dict[str, Any]) -> Table:
    lines = {
        "says": entry.says,
        "level": f"{entry.level} ({entry.status}) for the {entry.role}, binds {' and '.join(entry.versions)}",
        "credentials": f"of VC Data Model {' and '.join(entry.data_models)}" if entry.data_models else "",
        "clause": f"{entry.clause}\n{entry.url}",
        "decided": f"{entry.decided}: {entry.how or entry.reason}",
        "broken by": entry.example_fault,
        "readings": "\n".join(entry.readings) or entry.doubt,
        "disputes": "\n".join(f"{number}: {text}" for number, text in row["disputes"].items()),
        "tests": "\n".join(row["tests"]),
    }
    table = Table(title=entry.id, title_justify="left", show_header=False, box=None, pad_edge=False)
    for name, text in lines.items():
        if text:
            table.add_row(name, text)
    return table


def _class_names() -> list[str]:
    return sorted({name for each in standard_ids() for name in load_standard(each).classes})


@app.command(
    epilog=examples("skillmark schema case-1.1 CFItem", "skillmark schema case-1.0 CFPackage > package.schema.json")
)
def schema(
    standard: Annotated[
        str,
        typer.Argument(
            metavar="STANDARD",
            help=f"One of: {', '.join(standard_ids())}.",
            autocompletion=lambda: list(standard_ids()),
        ),
    ],
    record_class: Annotated[
        str, typer.Argument(metavar="CLASS", help="A class, for example CFItem.", autocompletion=_class_names)
    ],
) -> None:
    """Print the JSON Schema of a class.

    In draft 2020-12, derived from the standard's table.
    """
    if standard not in standard_ids():
        raise Misconfigured(f"There is no standard {standard!r}. Standards: {', '.join(standard_ids())}.")
    table = load_standard(standard)
    if record_class not in table.classes:
        raise Misconfigured(f"{standard} has no class {record_class!r}. Classes: {', '.join(table.classes)}.")
    consoles.print_json(json_schema(table, record_class))
