"""Verbs about settings: init, doctor."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from skillmark.catalogue import Decision
from skillmark.cli import consoles
from skillmark.cli.application import app, examples
from skillmark.cli.options import (
    DEFAULT_PLAN,
    CaFileOption,
    JsonOption,
    LabOption,
    PlanOption,
    TargetOption,
    UrlOption,
    chosen_target,
    plan_ids,
)
from skillmark.cli.running import OUT_OF_REACH, diagnosed
from skillmark.core.errors import Misconfigured
from skillmark.core.outcomes import ExitCode
from skillmark.plans import Asks, find_plan
from skillmark.wire.settings.configuration import TARGET_TEMPLATE

if TYPE_CHECKING:
    from skillmark.plans import Plan
    from skillmark.suites.diagnoses import Diagnosis

#: The first table of a section, which may be commented out, and the address of the product.
_TABLE = re.compile(r"(?:# )?\[+(\w+)")
_ADDRESS = re.compile(r"^url = ", re.MULTILINE)

#: The requirement that the template shows an attestation of.
_EXAMPLE = "CASE-R-088"
#: Sections of the file that only some plans read, by what these have to be given.
_SECTIONS = {
    Asks.ADDRESS: {"authentication", "known", "claims"},
    Asks.CREDENTIALS: {"credentials", "issuing", "authentication"},
    Asks.ACCOUNTS: {"host", "client", "peer"},
    Asks.CALLS: {"client", "peer"},
    Asks.ANSWERS: {"verifier", "peer", "authentication"},
}


@app.command(epilog=examples("skillmark init", "skillmark init products/mine.toml --plan ob-3.0-host"))
def init(
    path: Annotated[Path, typer.Argument(metavar="[FILE]", help="The file to write.")] = Path("target.toml"),
    *,
    plan: Annotated[
        str | None,
        typer.Option(
            "--plan", metavar="PLAN", help="Write what this plan reads, and nothing else.", autocompletion=plan_ids
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
) -> None:
    """Write a commented target.toml.

    It names the product under test: address, authentication, claims, attestations. Secrets stay in environment variables.
    """
    if path.exists() and not force:
        raise Misconfigured(f"{path} exists. Choose another name, or replace it with --force.")
    path.write_text(TARGET_TEMPLATE if plan is None else _template_for(find_plan(plan)), encoding="utf-8")
    asked = () if plan is None else ("--plan", plan)
    consoles.say(f"Wrote {path}. Fill it in, then: {_command('doctor', *asked, '--target', str(path))}")


def _command(*words: str) -> str:
    """Return the command that comes next, to be copied."""
    return shlex.join(["skillmark", *words])


def _template_for(plan: Plan) -> str:
    """Return the sections that a plan reads; each begins after an empty line."""
    left_out = set().union(*_SECTIONS.values()) - _SECTIONS[plan.asks]
    sections = _for_plan(TARGET_TEMPLATE, plan).split("\n\n")
    text = "\n\n".join(each for each in sections if not (found := _TABLE.match(each)) or found[1] not in left_out)
    # A product that makes calls may be nowhere.
    return _ADDRESS.sub("# url = ", text) if plan.asks is Asks.CALLS else text


def _for_plan(template: str, plan: Plan) -> str:
    """Return the template with a requirement of the plan in the example of a statement, one that waits for it if there is one."""
    ids = [each.id for each in plan.requirements]
    if _EXAMPLE in ids:
        return template
    waiting = [each.id for each in plan.requirements if each.decided is Decision.ATTESTED]
    line = f'# "{[*waiting, *ids][0]}" = "What holds, and how somebody can see it."'
    return re.sub(rf'^# "{_EXAMPLE}" = .*$', line, template, flags=re.MULTILINE)


@app.command(
    epilog=examples(
        "skillmark doctor --target target.toml",
        "skillmark doctor --url https://case.example.org --plan case-1.0-provider",
    )
)
def doctor(
    *,
    url: UrlOption = None,
    target: TargetOption = None,
    plan: PlanOption = DEFAULT_PLAN,
    ca_file: CaFileOption = None,
    lab: LabOption = False,
    as_json: JsonOption = False,
) -> int:
    """Look at the settings before a run.

    Names what is wrong with them: base path, version, redirects, HTML instead of JSON, TLS, tokens, an empty repository, the
    clock. Exit code 0 when the plan can be run, 2 when the settings are wrong, 4 when the target cannot be reached.
    """
    chosen = find_plan(plan)
    product = chosen_target(chosen, url=url, file=target, lab=lab, ca_file=ca_file)
    found = diagnosed(chosen, product)
    if as_json:
        consoles.print_json([_row(each) for each in found])
    else:
        given = {"--target": target, "--url": url, "--ca-file": ca_file}
        words = [word for name, value in given.items() if value for word in (name, str(value))]
        _print(found, product.place or "The product", _command("test", chosen.id, *words, *(["--lab"] if lab else [])))
    return int(_exit_code(found))


def _row(found: Diagnosis) -> dict[str, object]:
    return {
        "cause": found.cause.value,
        "blocking": found.is_blocking,
        "message": found.message,
        "next_step": found.next_step,
    }


def _print(found: tuple[Diagnosis, ...], named: str, command: str) -> None:
    for each in found:
        consoles.say(f"{'✗' if each.is_blocking else '!'} {each.cause.value}: {each.message}")
        consoles.say(f"  {each.next_step}")
    if not any(each.is_blocking for each in found):
        consoles.say(f"✓ {named} can be tested: {command}")


def _exit_code(found: tuple[Diagnosis, ...]) -> ExitCode:
    blocking = [each for each in found if each.is_blocking]
    if any(each.cause in OUT_OF_REACH for each in blocking):
        return ExitCode.UNREACHABLE
    return ExitCode.MISUSE if blocking else ExitCode.CONFORMANT
