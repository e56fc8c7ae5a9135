"""Verbs of issuers and holders: issue, derive."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from skillmark.cli import consoles, outputs
from skillmark.cli.application import app, examples
from skillmark.cli.options import (  # noqa: TC001 - Typer reads annotations at run time
    CacheDirOption,
    ContextDirOption,
    ForceOption,
    JsonOption,
    OfflineOption,
    OriginsOption,
)
from skillmark.core.errors import Misconfigured
from skillmark.core.escaping import trimmed
from skillmark.core.outcomes import ExitCode, Outcome
from skillmark.reporting.wording import SIGNS, counted
from skillmark.reporting.writing import dumped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from skillmark.cli.access import Access
    from skillmark.cli.issuance import Made
    from skillmark_reference.credentials.results import Problem

_LONGEST = 240
_EXIT_CODES = "\n\nExit codes: 0 {done}, 1 the credential is refused, 2 wrong use, 70 internal error."


def _suites() -> list[str]:
    from skillmark.cli.signing import suite_names  # noqa: PLC0415 - it brings the libraries of signatures and of RDF

    return suite_names()


def _algorithms() -> list[str]:
    from skillmark_reference.securing.keys import KeyType  # noqa: PLC0415 - it brings the library of signatures

    return [name for kind in KeyType if kind.facts.secret_code is not None for name in kind.facts.algorithms]


def _associations(incomplete: str) -> list[str]:
    from skillmark_reference.vocabularies import load_vocabulary  # noqa: PLC0415 - other verbs do without the tables

    names = load_vocabulary("clr-2.0").enums["AssociationType"].values
    return [name for name in names if name.startswith(incomplete)]


OutOption = Annotated[
    str | None, typer.Option("--out", metavar="FILE", help="File to write; standard output without it.")
]


@app.command(
    epilog=examples(
        "skillmark issue badge.json --key issuer-key.json --out signed.json",
        "skillmark issue --achievement welding.json --recipient a@school.example --key issuer-key.json --image badge.png "
        "--out baked.png",
        "skillmark issue --member math.json --member art.png --recipient did:example:ada --name Record --key issuer-key.json",
        "skillmark issue - --key issuer-key.json --suite vc-jwt < badge.json > badge.jwt",
    )
    + _EXIT_CODES.format(done="issued")
)
def issue(
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE",
            help="The credential without proof, as JSON; - for standard input. Contexts, id, types, issuer and beginning may be "
            "left out.",
        ),
    ] = None,
    *,
    key: Annotated[
        Path | None,
        typer.Option("--key", metavar="FILE", help="The issuer's key; `skillmark keys generate` makes one."),
    ] = None,
    verification_method: Annotated[
        str | None,
        typer.Option(
            "--verification-method",
            metavar="URL",
            help="Where the public key is published: a DID URL or an https address; without it what the key file says.",
        ),
    ] = None,
    issuer: Annotated[
        Path | None,
        typer.Option("--issuer", metavar="FILE", help="The issuer's Profile as JSON; its id may be left out."),
    ] = None,
    achievement: Annotated[
        str | None,
        typer.Option("--achievement", metavar="FILE", help="The Achievement of a new badge as JSON, in place of FILE."),
    ] = None,
    member: Annotated[
        list[str] | None,
        typer.Option(
            "--member", metavar="FILE", help="A signed credential of a new record (CLR), in place of FILE; repeatable."
        ),
    ] = None,
    associate: Annotated[
        list[str] | None,
        typer.Option(
            "--associate",
            metavar="'TYPE SOURCE TARGET'",
            help="How two achievements of the record belong together, by their ids; three words in quotes; repeatable.",
            autocompletion=_associations,
        ),
    ] = None,
    partial: Annotated[bool, typer.Option("--partial", help="The publisher has more than the record holds.")] = False,
    recipient: Annotated[
        str | None,
        typer.Option(
            "--recipient", metavar="EMAIL|DID", help="Whose credential it is; an e-mail address is hashed with a salt."
        ),
    ] = None,
    plain_recipient: Annotated[
        bool, typer.Option("--plain-recipient", help="Leave the e-mail address readable.")
    ] = False,
    name: Annotated[str | None, typer.Option("--name", metavar="TEXT", help="Name of the credential.")] = None,
    valid_until: Annotated[
        str | None, typer.Option("--valid-until", metavar="DATE-TIME", help="When it ends; never without it.")
    ] = None,
    suite: Annotated[
        str | None,
        typer.Option(
            "--suite",
            metavar="SUITE",
            help="eddsa-rdfc-2022, eddsa-jcs-2022, ecdsa-rdfc-2019, ecdsa-jcs-2019, ecdsa-sd-2023 or vc-jwt; without it what "
            "fits the key.",
            autocompletion=_suites,
        ),
    ] = None,
    algorithm: Annotated[
        str | None,
        typer.Option(
            "--algorithm", metavar="ALG", help="Of vc-jwt, where the key has a choice.", autocompletion=_algorithms
        ),
    ] = None,
    mandatory: Annotated[
        list[str] | None,
        typer.Option(
            "--mandatory",
            metavar="POINTER",
            help="What the holder cannot withhold (ecdsa-sd-2023), beside who says what of whom and until when; repeatable.",
        ),
    ] = None,
    image: Annotated[
        Path | None, typer.Option("--image", metavar="FILE", help="PNG or SVG into which the credential is baked.")
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="DATE-TIME", help="Time of the signature; now without it.")
    ] = None,
    out: OutOption = None,
    force: ForceOption = False,
    context_dir: ContextDirOption = None,
    cache_dir: CacheDirOption = None,
    offline: OfflineOption = False,
    allow_origin: OriginsOption = None,
    as_json: JsonOption = False,
) -> int:
    """Issue a credential of Open Badges 3.0 or CLR 2.0.

    Fills in what may be left out, signs, and verifies the result once; everything that is wrong is told, and then nothing is
    signed.
    """
    _refuse_mixed(file, achievement, member or [], links=bool(associate) or partial)
    if key is None:
        raise Misconfigured("Name the issuer's key: --key FILE (`skillmark keys generate` makes one).")
    if plain_recipient and recipient is None:
        raise Misconfigured("--plain-recipient is for --recipient EMAIL. Name the recipient.")
    if out is not None and Path(out).exists() and key.exists() and key.samefile(out):
        raise Misconfigured(f"--out: {out} is the issuer's key. Name another file.")
    _check_output(out, image, force=force, as_json=as_json)
    # They bring the libraries of signatures and of RDF, which other verbs do without.
    from skillmark.cli import access, issuance, signing  # noqa: PLC0415
    from skillmark_reference.credentials.issuing import IssuingRefused  # noqa: PLC0415

    held = signing.read_key(key)
    form = signing.chosen_form(held, suite=suite, algorithm=algorithm, mandatory=tuple(mandatory or ()))
    door = access.opened(
        at=at, offline=offline, origins=allow_origin or [], context_dir=context_dir, cache_dir=cache_dir
    )
    if valid_until is not None:
        access.moment(valid_until, "--valid-until")
    wanted = issuance.Wanted(
        file=file,
        achievement=achievement,
        members=tuple(member or ()),
        associations=tuple(associate or ()),
        partial=partial,
        name=name,
        valid_until=valid_until,
        recipient=recipient,
        plain=plain_recipient,
    )
    profile = {} if issuer is None else issuance.read_object(str(issuer), "a Profile as JSON")
    report = _Report(door, file=out, as_json=as_json, facts={"suite": form.suite})
    try:
        draft = issuance.drafted(wanted)
        signer = signing.chosen_signer(held, method=verification_method, profile=profile, draft=draft)
        made = issuance.issue(draft, signer, form, door)
    except IssuingRefused as refused:
        return report.refused(refused.problems)
    content = None if image is None else issuance.baked(image, made)
    return report.made(made, content, force=force, done=f"Issued with {form.suite}, key {signer.verification_method}")


@app.command(
    epilog=examples(
        "skillmark derive transcript.json --out shown.json",
        "skillmark derive badge.json --reveal /credentialSubject/result --reveal /evidence/0",
    )
    + _EXIT_CODES.format(done="derived")
)
def derive(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="The credential with the issuer's base proof (ecdsa-sd-2023): JSON, a baked image, or - for standard input.",
        ),
    ],
    *,
    reveal: Annotated[
        list[str] | None,
        typer.Option(
            "--reveal",
            metavar="POINTER",
            help="JSON pointer of what is shown beside what is mandatory; repeatable.",
        ),
    ] = None,
    out: OutOption = None,
    force: ForceOption = False,
    context_dir: ContextDirOption = None,
    cache_dir: CacheDirOption = None,
    offline: OfflineOption = False,
    allow_origin: OriginsOption = None,
    as_json: JsonOption = False,
) -> int:
    """Show parts of a credential, as its holder.

    Makes of a credential that was issued with ecdsa-sd-2023 one for a verifier, with what the issuer made mandatory and what you
    choose to reveal.
    """
    _check_output(out, None, force=force, as_json=as_json)
    from skillmark.cli import access, issuance  # noqa: PLC0415 - as above
    from skillmark_reference.credentials.issuing import IssuingRefused  # noqa: PLC0415 - as above

    door = access.opened(
        at=None, offline=offline, origins=allow_origin or [], context_dir=context_dir, cache_dir=cache_dir
    )
    report = _Report(door, file=out, as_json=as_json, facts={"suite": "ecdsa-sd-2023"})
    credential = issuance.read_signed(file, "a credential with a base proof as JSON or a baked image")
    try:
        made = issuance.present(credential, reveal or [], door)
    except IssuingRefused as refused:
        return report.refused(refused.problems)
    return report.made(made, None, force=force, done="Derived")


def _refuse_mixed(file: str | None, achievement: str | None, members: list[str], *, links: bool) -> None:
    given = [file is not None, achievement is not None, bool(members)]
    if sum(given) != 1:
        raise Misconfigured(
            "Name one credential: a FILE with it (- for standard input), or --achievement FILE for a badge, or --member FILE "
            "for a record."
        )
    if links and not members:
        raise Misconfigured("--associate and --partial are for records. Name their credentials with --member FILE.")
    named = [each for each in (file, achievement, *members) if each == "-"]
    if len(named) > 1:
        raise Misconfigured("Standard input can be read once. Name - once.")


def _check_output(out: str | None, image: Path | None, *, force: bool, as_json: bool) -> None:
    if image is not None and out is None:
        raise Misconfigured("Name the file for the baked image: --out FILE.")
    if image is not None and not image.is_file():
        raise Misconfigured(f"--image: there is no file {image}. Name a PNG or an SVG.")
    if as_json and out == outputs.STANDARD_OUTPUT:
        raise Misconfigured("--json prints a report in the place of the credential. Leave --out - out.")
    outputs.refuse_existing(out, force=force)


class _Report:
    """What a verb says: the credential on standard output or in a file, all else on standard error, or JSON for scripts."""

    def __init__(self, door: Access, *, file: str | None, as_json: bool, facts: dict[str, Any]) -> None:
        from skillmark.cli.access import finding_line, finding_row  # noqa: PLC0415 - as above

        self._file = file
        self._as_json = as_json
        self.facts = facts
        self._findings = [finding_row(each) for each in door.contexts.findings]
        for requirement, text in () if as_json else map(finding_line, door.contexts.findings):
            consoles.tell(f"{SIGNS[Outcome.WARNED]} {requirement}  {text}")

    def made(self, made: Made, image: bytes | None, *, force: bool, done: str) -> int:
        """Hand over what was made, and return the exit code."""
        if image is not None or self._file is not None or not self._as_json:
            text = made.credential if isinstance(made.credential, str) else dumped(made.credential).rstrip()
            outputs.write(self._file, image if image is not None else f"{text}\n".encode(), force=force)
        if self._as_json:
            self._print(made.credential, told=made.told, remarks=made.remarks)
            return int(ExitCode.CONFORMANT)
        place = "" if self._file in {None, outputs.STANDARD_OUTPUT} else f"; it is in {self._file}"
        consoles.tell(f"{SIGNS[Outcome.PASSED]} {trimmed(done, _LONGEST)}{place}.")
        for each in made.told:
            consoles.tell(f"  {trimmed(str(each), _LONGEST)}")
        for remark in made.remarks:
            consoles.tell(f"{SIGNS[Outcome.WARNED]} {trimmed(remark, _LONGEST)}")
        return int(ExitCode.CONFORMANT)

    def refused(self, problems: tuple[Problem, ...]) -> int:
        """Tell what is wrong, and return the exit code."""
        if self._as_json:
            self._print(None, problems=problems)
            return int(ExitCode.NOT_CONFORMANT)
        consoles.tell(f"{SIGNS[Outcome.FAILED]} Refused: {counted(len(problems), 'problem')}. Nothing was written.")
        for each in problems:
            consoles.tell(f"  {trimmed(str(each), _LONGEST)}{f' ({each.clause})' if each.clause else ''}")
        if any(each.pointer == "/issuer" for each in problems):
            consoles.tell("  Sign with the key of the issuer (--verification-method URL), or leave issuer out.")
        return int(ExitCode.NOT_CONFORMANT)

    def _print(
        self,
        credential: object,
        *,
        told: Iterable[Problem] = (),
        remarks: Iterable[str] = (),
        problems: Iterable[Problem] = (),
    ) -> None:
        consoles.print_json(
            {
                "done": credential is not None,
                **self.facts,
                "file": self._file if credential is not None else None,
                "credential": credential,
                "told": [_row(each) for each in told],
                "remarks": list(remarks),
                "findings": self._findings,
                "problems": [{**_row(each), "clause": each.clause or None} for each in problems],
            }
        )


def _row(problem: Problem) -> dict[str, str]:
    return {"pointer": problem.pointer, "message": problem.message}
