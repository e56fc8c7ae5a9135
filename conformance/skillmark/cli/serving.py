"""Verbs of the reference server: serve, import."""

from __future__ import annotations

import contextlib
import json
import os
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from skillmark.cli import consoles
from skillmark.cli.application import app, examples
from skillmark.core.errors import Misconfigured
from skillmark.core.escaping import visible_line
from skillmark.core.outcomes import ExitCode
from skillmark.reporting.wording import counted
from skillmark_fixtures.learners import learners
from skillmark_reference.databases import DatabaseUnavailable
from skillmark_reference.frameworks.importing import import_bundled, import_files
from skillmark_reference.frameworks.storing import Repository
from skillmark_reference.server import (
    SERVING_AT,
    Account,
    OAuthOptions,
    ServerOptions,
    ServerUnavailable,
    create_app,
    serve_forever,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from skillmark_fixtures.learners import Learner
    from skillmark_reference.frameworks.importing import ImportReport
    from skillmark_reference.server.vc_api import VcApiOptions

_MEMORY = "sqlite://"
_FAILED_STATUSES = (400, 200)
#: Of all accounts for trying; it is printed at the start of the server, and in this source, so it guards nothing.
KNOWN_PASSWORD = "learning-in-public"  # noqa: S105 - known to everybody

DatabaseOption = Annotated[
    str,
    typer.Option(
        "--database", metavar="URL", help="sqlite:///FILE, postgresql+psycopg://..., or sqlite:// for memory."
    ),
]


@contextlib.contextmanager
def _available() -> Iterator[None]:
    """Tell what stands in the way of the reference provider as what it is: a matter of the settings.

    Raises:
        Misconfigured: the database cannot be opened, or the server cannot listen.
    """
    try:
        yield
    except DatabaseUnavailable as error:
        raise Misconfigured(f"{error} Correct --database.") from error
    except ServerUnavailable as error:
        raise Misconfigured(f"{error} Choose another --host or --port, or correct --certfile and --keyfile.") from error


@app.command(
    name="import",
    epilog=examples(
        "skillmark import framework.json more.json.gz --database sqlite:///case.sqlite",
        "skillmark import badge.png record.json --account amara-okafor --database sqlite:///skillmark.sqlite",
    ),
)
def import_files_(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="CFPackage JSON, 1.0 or 1.1, plain or .gz; or credentials.")
    ],
    *,
    database: DatabaseOption,
    account: Annotated[
        str | None,
        typer.Option(
            "--account", metavar="NAME", help="The files are credentials of this test account: JSON, JWT, PNG or SVG."
        ),
    ] = None,
) -> int:
    """Load packages or credentials into a database.

    All packages; or, when something is wrong with one, none, with every violation listed. Credentials one after the other.
    """
    if missing := [path for path in files if not path.is_file()]:
        raise Misconfigured(f"There is no file {missing[0]}.")
    with _available():
        repository = Repository.open(database)
        if account is not None:
            return int(_import_credentials(repository, files, account))
        report = import_files(repository, files)
    _print_import(report)
    return int(ExitCode.NOT_CONFORMANT if report.violations else ExitCode.CONFORMANT)


def _import_credentials(repository: Repository, files: list[Path], name: str) -> ExitCode:
    from skillmark_reference.documents import SystemClock  # noqa: PLC0415 - brings the libraries of signatures
    from skillmark_reference.server.hosts.checking import Unacceptable  # noqa: PLC0415 - as above
    from skillmark_reference.server.hosts.importing import import_credential  # noqa: PLC0415 - as above
    from skillmark_reference.server.oauth.accounts import Accounts  # noqa: PLC0415 - as above
    from skillmark_reference.server.oauth.storing import Store, metadata  # noqa: PLC0415 - as above

    accounts = Accounts(Store(repository.database, metadata), known_accounts(), clock=time.time)
    account = accounts.find(name)
    if account is None:
        known = ", ".join(each.name for each in known_accounts())
        raise Misconfigured(f"There is no account {name!r}. Test accounts: {known}.")
    code = ExitCode.CONFORMANT
    for file in files:
        try:
            kept = import_credential(repository.database, account, file.read_bytes(), clock=SystemClock())
            consoles.say(f"{file}: {kept.value}")
        except Unacceptable as error:
            consoles.say(visible_line(f"{file}: refused. {error}"))
            code = ExitCode.NOT_CONFORMANT
    return code


def _print_import(report: ImportReport) -> None:
    if not report.violations:
        consoles.say(f"Imported {counted(report.documents, 'framework')}, {counted(report.records, 'record')}.")
        return
    for violation in report.violations:
        consoles.say(str(violation))
    consoles.say(f"{counted(report.count, 'violation')}. Nothing was imported; the database is as it was.")


@app.command(
    epilog=examples(
        "skillmark serve",
        "skillmark serve --database sqlite:///case.sqlite --self-signed --port 8443",
        "SECRET=hush skillmark serve --oauth-client me --oauth-secret-env SECRET",
    )
)
def serve(
    *,
    host: Annotated[str, typer.Option(metavar="HOST", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(metavar="PORT", min=0, max=65535, help="Port to listen on; 0 for a free one.")
    ] = 8000,
    database: DatabaseOption = _MEMORY,
    empty: Annotated[
        bool, typer.Option("--empty", help="Do not load the bundled frameworks into an empty database.")
    ] = False,
    base_url: Annotated[
        str | None, typer.Option("--base-url", metavar="URL", help="Address that records are named by, behind a proxy.")
    ] = None,
    certfile: Annotated[
        Path | None, typer.Option("--certfile", metavar="FILE", help="PEM file of the server certificate.")
    ] = None,
    keyfile: Annotated[Path | None, typer.Option("--keyfile", metavar="FILE", help="PEM file of its key.")] = None,
    self_signed: Annotated[
        bool, typer.Option("--self-signed", help="Make a certificate for this run, and say where its authority is.")
    ] = False,
    oauth_client: Annotated[
        str | None, typer.Option("--oauth-client", metavar="ID", help="Ask for OAuth 2.0 tokens of this client.")
    ] = None,
    oauth_secret_env: Annotated[
        str | None,
        typer.Option("--oauth-secret-env", metavar="NAME", help="Environment variable with the client's secret."),
    ] = None,
    rate_limit: Annotated[
        float | None,
        typer.Option("--rate-limit", metavar="N", min=0.001, help="Requests a second before 429 is answered."),
    ] = None,
    case_only: Annotated[
        bool,
        typer.Option("--case-only", help="CASE alone: no test accounts, no learner records, no APIs of credentials."),
    ] = False,
    failed_verification_status: Annotated[
        int,
        typer.Option(
            metavar="STATUS", help="What the VC API answers to a credential that fails: 400, or 200 as VCALM has it."
        ),
    ] = 400,
    w3c_config: Annotated[
        Path | None,
        typer.Option(
            "--w3c-config", metavar="FILE", help="Write the localConfig.cjs that the test suites of W3C read."
        ),
    ] = None,
) -> None:
    """Serve the reference provider, issuer and host.

    CASE 1.0 and 1.1; the learner records of the case study; for its learners the APIs of Open Badges 3.0 and CLR 2.0; the VC
    API; a page that verifies what is handed in. Until it is stopped with Ctrl-C.
    """
    if failed_verification_status not in _FAILED_STATUSES:
        raise Misconfigured(f"--failed-verification-status is 400 or 200, and not {failed_verification_status}.")
    options = ServerOptions(
        base_url=base_url.rstrip("/") if base_url else None,
        oauth=_oauth(oauth_client, oauth_secret_env),
        rate_limit=rate_limit,
        accounts=() if case_only else known_accounts(),
        learner_records=not case_only,
        vc_api=None if case_only else _vc_api(failed_verification_status),
    )
    with _available():
        repository = Repository.open(database)
        if not empty and not repository.frameworks():
            import_bundled(repository)
        serve_forever(
            create_app(repository, options=options),
            host=host,
            port=port,
            certfile=certfile,
            keyfile=keyfile,
            self_signed=self_signed,
            announce=_announcing(options.accounts, _configured(repository, w3c_config)),
        )


def _vc_api(failed_verification_status: int) -> VcApiOptions:
    from skillmark_reference.server.vc_api import VcApiOptions  # noqa: PLC0415 - brings the libraries of signatures

    return VcApiOptions(failed_verification_status=failed_verification_status)


def _configured(repository: Repository, file: Path | None) -> Callable[[str], None]:
    """Return what writes the configuration of the suites of W3C once the address of the server is known."""

    def write(address: str) -> None:
        from skillmark_reference.issuers import issuers_of  # noqa: PLC0415 - brings the libraries of signatures
        from skillmark_reference.server.vc_api import suite_configuration  # noqa: PLC0415 - as above

        if file is not None:
            issuers = issuers_of(repository.database).values()
            file.write_text(suite_configuration(address, issuers), encoding="utf-8")
            consoles.tell(f"Wrote {file}.")

    return write


def known_accounts() -> tuple[Account, ...]:
    """Return an account for every learner of the case study."""
    return tuple(
        Account(
            name=each.slug,
            full_name=each.name,
            password=KNOWN_PASSWORD,
            profile=json.dumps(_profile(each), ensure_ascii=False),
        )
        for each in learners()
    )


def _profile(person: Learner) -> dict[str, object]:
    identifier = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'mailto:{person.email}')}"
    context = ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]
    return {"@context": context, "id": identifier, "type": ["Profile"], "name": person.name, "email": person.email}


def _announcing(accounts: tuple[Account, ...], at: Callable[[str], None]) -> Callable[[str], None]:
    """Tell what a server announces, and after its address, when nothing stands in its way any more, the accounts."""
    names = ", ".join(each.name for each in accounts)
    notes = (
        [f"Test accounts, for nothing that matters: {names}; password of each: {KNOWN_PASSWORD}"] if accounts else []
    )

    def announce(line: str) -> None:
        consoles.tell(line)
        if line.startswith(SERVING_AT):
            at(line.removeprefix(SERVING_AT))
            while notes:
                consoles.tell(notes.pop())

    return announce


def _oauth(client: str | None, secret_env: str | None) -> OAuthOptions | None:
    if client is None and secret_env is None:
        return None
    secret = os.environ.get(secret_env or "", "")
    if not client or not secret:
        raise Misconfigured(
            "OAuth needs --oauth-client ID and --oauth-secret-env NAME, with a secret in that variable."
        )
    return OAuthOptions(client_id=client, client_secret=secret)
