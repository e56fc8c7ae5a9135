"""Options that several verbs share, what a shell completes them with, and the target that they name."""

from __future__ import annotations

import dataclasses
import difflib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from skillmark.catalogue import catalogue_ids, load_catalogue
from skillmark.core.errors import Misconfigured
from skillmark.core.target import Feature, Submissions, Target
from skillmark.engine import DEPTHS
from skillmark.plans import PLANS, Asks
from skillmark.wire.settings.configuration import load_target, target_from_url
from skillmark.wire.settings.peers import peer_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from skillmark.plans import Plan

DEFAULT_FOLDER = Path("skillmark-report")
DEFAULT_PLAN = "case-1.1-provider"


def plan_ids() -> list[str]:
    """Return the ids of the plans, for completion."""
    return list(PLANS)


def level_names() -> list[str]:
    """Return the names of the levels, for completion."""
    return list(DEPTHS)


def requirement_ids() -> list[str]:
    """Return the ids of the requirements of all catalogues, for completion."""
    return sorted(identifier for name in catalogue_ids() for identifier in load_catalogue(name).requirements)


def _claim_words(incomplete: str) -> list[str]:
    begun = incomplete.rpartition(",")[0]
    words = [feature.value for feature in Feature]
    return [f"{begun},{word}" for word in words] if begun else ["all", "none", *words]


PlanOption = Annotated[
    str, typer.Option("--plan", metavar="PLAN", help=f"One of: {', '.join(PLANS)}.", autocompletion=plan_ids)
]
UrlOption = Annotated[
    str | None, typer.Option("--url", metavar="BASE", help="Base address of the product, with or without /ims/case/...")
]
TargetOption = Annotated[
    Path | None, typer.Option("--target", metavar="FILE", help="target.toml; `skillmark init` writes one.")
]
OutOption = Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the reports.")]
LevelOption = Annotated[
    str,
    typer.Option(
        "--level",
        metavar="LEVEL",
        help="How deep the run goes: smoke (seconds), full or thorough.",
        autocompletion=level_names,
    ),
]
SeedOption = Annotated[int, typer.Option("--seed", metavar="N", help="Same seed, same requests.")]
ClaimsOption = Annotated[
    str | None,
    typer.Option(
        "--claims",
        metavar="FEATURES",
        help=f"Optional features claimed, with commas between: {', '.join(Feature)}; or all, or none.",
        autocompletion=_claim_words,
    ),
]
CaFileOption = Annotated[
    Path | None, typer.Option("--ca-file", metavar="FILE", help="PEM file of the authority to trust.")
]
LabOption = Annotated[
    bool,
    typer.Option(
        "--lab", help="Allow plain http on a test bench; takes the transport requirements out of the verdict."
    ),
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
OfflineOption = Annotated[bool, typer.Option("--offline", help="Open no connection; what needs one stays unknown.")]
AtOption = Annotated[
    str | None, typer.Option("--at", metavar="DATE-TIME", help="Time of the verification; now without it.")
]
OriginsOption = Annotated[
    list[str] | None,
    typer.Option("--allow-origin", metavar="ORIGIN", help="Plain http or private origin of a test bench; repeatable."),
]
PublicUrlOption = Annotated[
    str | None,
    typer.Option(
        "--public-url",
        metavar="URL",
        help="The address under which the product reaches what Skillmark serves, where it runs on another machine.",
    ),
]
ListenOption = Annotated[
    str | None,
    typer.Option(
        "--listen",
        metavar="ADDRESS:PORT",
        help="Where Skillmark serves what a product fetches; without it on the loopback interface, at a free port.",
    ),
]
ContextDirOption = Annotated[
    Path | None,
    typer.Option(
        "--context-dir",
        metavar="DIR",
        help="Folder with context documents of your own; those of the standards are held against the published digests.",
    ),
]
CacheDirOption = Annotated[
    Path | None,
    typer.Option(
        "--cache-dir",
        metavar="DIR",
        help="Folder for copies of what was fetched: contexts, schemas, images for a day; keys, status and all else for "
        "five minutes; less where the server says so. Nothing is kept without it.",
    ),
]
ForceOption = Annotated[bool, typer.Option("--force", help="Replace an existing file.")]
ResultsOption = Annotated[bool, typer.Option("--json", help="Print results.json instead of the summary.")]


def chosen_target(
    plan: Plan,
    *,
    url: str | None,
    file: Path | None,
    lab: bool = False,
    ca_file: Path | None = None,
    claims: frozenset[Feature] | None = None,
    submissions: Submissions | None = None,
) -> Target:
    """Return the target that the options name.

    Raises:
        Misconfigured: they name none, or two, or a wrong one, or one that speaks of what the plan does not know.
    """
    if submissions is not None and plan.asks is not Asks.CREDENTIALS:
        raise Misconfigured(f"{plan.id} asks for an address, not for credentials: --url BASE, or --target FILE.")
    if plan.asks is Asks.CREDENTIALS and file is None:
        if submissions is None:
            raise Misconfigured("Name what the issuer made: --credential SOURCE, or --target FILE with [credentials].")
        return Target(submissions=submissions, claims=claims, ca_file=ca_file, lab=lab)
    if url is None and file is None and plan.asks is Asks.CALLS:
        return Target(ca_file=ca_file, lab=lab)
    if url is None and file is None:
        raise Misconfigured("Name the product: --url BASE, or --target FILE (`skillmark init` writes a target.toml).")
    if url is not None and file is not None:
        raise Misconfigured("Both --url and --target are given. Leave --url out, and name the address in the file.")
    if plan.asks is Asks.ACCOUNTS and file is None:
        raise Misconfigured(
            f"{plan.id} asks for an account at the host, too: --target FILE with url under [target] and [[host.accounts]] "
            "(`skillmark init` writes one)."
        )
    if file is None:
        return target_from_url(str(url), lab=lab, claims=claims, ca_file=ca_file)
    target = load_target(file, environ=os.environ, lab=lab, claims=claims, ca_file=ca_file)
    target = target if submissions is None else dataclasses.replace(target, submissions=submissions)
    _refuse_incomplete(plan, file, target)
    _refuse_unknown(
        target.attestations, plan.catalogue.requirements, f"{file}: there is no requirement", "attestations"
    )
    _refuse_unknown(target.known, plan.table.classes, f"{file}: {plan.table.title} has no class", "known")
    return target


def served(plan: Plan, target: Target, *, public_url: str | None, listen: str | None) -> Target:
    """Return the target with what the options say of where the harness serves.

    Raises:
        Misconfigured: they say what cannot be, or the plan serves nothing.
    """
    if public_url is None and listen is None:
        return target
    if plan.asks in {Asks.ADDRESS, Asks.CREDENTIALS}:
        raise Misconfigured(
            f"--public-url and --listen go with plans for which Skillmark serves something, not with {plan.id}."
        )
    given: dict[str, object] = {} if public_url is None else {"public_url": public_url}
    if listen is not None:
        given |= _place(listen)
    try:
        found = peer_of(given)
    except ValueError as error:
        raise Misconfigured(f"--public-url or --listen: {error}.") from error
    return dataclasses.replace(
        target, peer=dataclasses.replace(target.peer, **{name: getattr(found, name) for name in given})
    )


def _place(listen: str) -> dict[str, object]:
    address, _, port = listen.rpartition(":")
    address = address.removeprefix("[").removesuffix("]")
    if not address or not port.isdecimal():
        raise Misconfigured(f"--listen names an address and a port, for example 0.0.0.0:8643, and not {listen!r}.")
    return {"listen": address, "port": int(port)}


def _refuse_incomplete(plan: Plan, file: Path, target: Target) -> None:
    if plan.asks is Asks.CREDENTIALS and target.submissions is None and target.issuing is None:
        raise Misconfigured(
            f"{file} names no credentials: sources = [...] under [credentials], --credential SOURCE, or a way to have some "
            f"issued: adapter under [issuing]."
        )
    if plan.asks in {Asks.ADDRESS, Asks.ACCOUNTS} and not target.url:
        raise Misconfigured(f"{file} names no address, which {plan.id} asks for: url under [target].")
    if plan.asks is Asks.ACCOUNTS and not target.host.accounts:
        raise Misconfigured(
            f"{file} names no account, which {plan.id} asks for: [[host.accounts]] with name and password_env."
        )


def _refuse_unknown(found: Collection[str], known: Collection[str], what: str, table: str) -> None:
    for name in found:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            advice = f"Did you mean {close[0]!r}?" if close else "`skillmark requirements` lists them."
            raise Misconfigured(f"{what} {name!r}, which [{table}] names. {advice}")


def chosen_submissions(
    sources: list[str] | None, *, at: str | None, offline: bool, origins: list[str] | None
) -> Submissions | None:
    """Return the credentials that the options name; ``None`` when they name none.

    Raises:
        Misconfigured: they say how credentials are judged, and name none; or the time cannot be read.
    """
    if not sources:
        if at or offline or origins:
            raise Misconfigured("--at, --offline and --allow-origin go with --credential SOURCE.")
        return None
    from skillmark.cli.access import moment  # noqa: PLC0415 - brings the libraries of signatures

    time = None if at is None else moment(at, "--at")
    return Submissions(sources=tuple(sources), at=time, offline=offline, allowed_origins=tuple(origins or ()))


def chosen_claims(text: str | None) -> frozenset[Feature] | None:
    """Return the features that ``--claims`` names; ``None`` when it is not given.

    Raises:
        Misconfigured: it names something else.
    """
    if text is None:
        return None
    if text in {"all", "none"}:
        return frozenset(Feature) if text == "all" else frozenset()
    known = {feature.value: feature for feature in Feature}
    words = [word.strip() for word in text.split(",")]
    if unknown := [word for word in words if word not in known]:
        raise Misconfigured(f"Unknown feature {unknown[0]!r} in --claims. Features: all, none, {', '.join(known)}.")
    return frozenset(known[word] for word in words)
