"""Verbs of clients of hosts: fetch, send."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from skillmark.cli import consoles
from skillmark.cli.application import app, examples
from skillmark.cli.options import CaFileOption, JsonOption  # noqa: TC001 - Typer reads them
from skillmark.core.errors import Misconfigured
from skillmark.core.escaping import trimmed
from skillmark.core.outcomes import ExitCode, Outcome
from skillmark.reporting.wording import SIGNS, counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.cli.connecting import Connection
    from skillmark_reference.clients import Session

_LONGEST = 400
_DIGITS = 16
#: There is none, or the person did not allow it.
_NO_PROFILE = frozenset({403, 404})
_CLIENT_URL = "https://skillmark.example"
_EXIT_CODES = (
    "\n\nExit codes: 0 {done}, 1 the host refuses, or cannot be understood, 2 wrong use, 4 nothing answers, "
    "70 internal error."
)

StandardOption = Annotated[
    str,
    typer.Option(
        "--standard",
        metavar="ID",
        help="API of the host: ob-3.0 or clr-2.0.",
        autocompletion=lambda: ["ob-3.0", "clr-2.0"],
    ),
]
FollowOption = Annotated[
    bool,
    typer.Option("--follow", help="Open no browser, and follow the redirects of a host that asks nobody anything."),
]
ClientUrlOption = Annotated[
    str,
    typer.Option(
        "--client-url", metavar="BASE", help="With --follow: https address below which this client is registered."
    ),
]
CacheOption = Annotated[
    Path | None,
    typer.Option(
        "--cache-dir",
        metavar="DIR",
        help="Folder for service descriptions, which are kept as long as the host says; that of the user's caches without it.",
    ),
]
LabOption = Annotated[bool, typer.Option("--lab", help="Allow plain http at the host, on a test bench.")]
SecondsOption = Annotated[
    float, typer.Option("--seconds", metavar="N", min=1, help="How long to wait for the decision in the browser.")
]


@app.command(
    epilog=examples(
        "skillmark fetch https://wallet.example",
        "skillmark fetch https://wallet.example --standard clr-2.0 --out records --since 2026-01-01T00:00:00Z",
        "skillmark fetch https://127.0.0.1:8443 --ca-file authority.pem --json",
    )
    + _EXIT_CODES.format(done="fetched")
)
def fetch(
    url: Annotated[str, typer.Argument(metavar="URL", help="Base address of the host, without /ims/...")],
    *,
    standard: StandardOption = "ob-3.0",
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the credentials.")] = Path("fetched"),
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE-TIME", help="Only credentials issued after this time.")
    ] = None,
    follow: FollowOption = False,
    client_url: ClientUrlOption = _CLIENT_URL,
    as_json: JsonOption = False,
    ca_file: CaFileOption = None,
    lab: LabOption = False,
    cache_dir: CacheOption = None,
    seconds: SecondsOption = 300.0,
) -> int:
    """Get what a person has at a host.

    Registers at the host, lets you sign in and decide in your browser, and stores credentials and profile in files that are
    named by their contents: nothing is replaced by anything else. The tokens are given back at the end where the host takes them.
    """
    from skillmark.cli.connecting import Connection  # noqa: PLC0415 - brings the libraries of servers and of HTTP
    from skillmark.reporting.writing import refuse_unless_writable  # noqa: PLC0415 - as above

    moment = None if since is None else _moment(since)
    refuse_unless_writable(out)
    connection = Connection(
        url=url,
        standard=standard,
        follow=follow,
        client_url=client_url,
        lab=lab,
        ca_file=ca_file,
        cache_dir=cache_dir,
        seconds=seconds,
    )
    return _done(connection, _Fetching(out, moment), as_json=as_json)


@app.command(
    epilog=examples(
        "skillmark send badge.json --to https://wallet.example",
        "skillmark send records/*.json --to https://wallet.example --standard clr-2.0",
        "skillmark send badge.jwt --profile me.json --to https://wallet.example",
    )
    + _EXIT_CODES.format(done="sent")
)
def send(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE", help="JSON, a compact JWT, a baked PNG or SVG.", exists=True, dir_okay=False),
    ],
    *,
    to: Annotated[str, typer.Option("--to", metavar="URL", help="Base address of the host, without /ims/...")],
    profile: Annotated[
        Path | None,
        typer.Option(
            "--profile",
            metavar="FILE",
            help="JSON of a Profile that replaces the person's.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    standard: StandardOption = "ob-3.0",
    follow: FollowOption = False,
    client_url: ClientUrlOption = _CLIENT_URL,
    as_json: JsonOption = False,
    ca_file: CaFileOption = None,
    lab: LabOption = False,
    cache_dir: CacheOption = None,
    seconds: SecondsOption = 300.0,
) -> int:
    """Give credentials to a host.

    Registers at the host, lets the person for whom they are sign in and decide in a browser, and says what the host made of each:
    new, replaced or known. A profile is sent after them.
    """
    from skillmark.cli.connecting import Connection  # noqa: PLC0415 - brings the libraries of servers and of HTTP

    connection = Connection(
        url=to,
        standard=standard,
        follow=follow,
        client_url=client_url,
        lab=lab,
        ca_file=ca_file,
        cache_dir=cache_dir,
        seconds=seconds,
    )
    known = None if profile is None else (profile, _object(profile))
    return _done(connection, _Sending([(file, _text(file)) for file in files], known), as_json=as_json)


def _moment(text: str) -> str:
    """Return a time as the API has it.

    Raises:
        Misconfigured: It is none.
    """
    from skillmark.cli.access import moment  # noqa: PLC0415 - brings the libraries of signatures
    from skillmark_reference.securing.instants import write_date_time  # noqa: PLC0415 - as above

    return write_date_time(moment(text, "--since"))


def _text(file: Path) -> str:
    """Return the credential in a file.

    Raises:
        Misconfigured: There is none that can be sent.
    """
    from skillmark_reference.credentials.baking import UnusableImage, unbake  # noqa: PLC0415 - brings the library of XML

    content = file.read_bytes()
    try:
        if content.startswith(b"\x89PNG") or content.lstrip().startswith(b"<"):
            return unbake(content).text
        return content.decode("utf-8-sig").strip()
    except (UnusableImage, UnicodeDecodeError) as error:
        raise Misconfigured(f"{file}: {error}. Name JSON, a compact JWT, or a baked image.") from error


def _object(file: Path) -> dict[str, Any]:
    """Return the JSON object in a file.

    Raises:
        Misconfigured: There is none.
    """
    from skillmark_reference.securing.strict_json import MalformedJson, parse_object  # noqa: PLC0415 - as above

    try:
        return parse_object(file.read_bytes())
    except MalformedJson as error:
        raise Misconfigured(f"{file}: {error}. Name a file with one JSON object.") from error


class _Fetching:
    """What fetch does with its tokens."""

    operations = ("getCredentials", "getProfile")

    def __init__(self, folder: Path, since: str | None) -> None:
        self._folder = folder
        self._since = since

    def rows(self, session: Session) -> Iterator[dict[str, Any]]:
        """Store everything, and yield what was stored."""
        for each in session.credentials(since=self._since):
            yield self._stored("credential", each.text, "jwt" if each.is_token else "json")
        profile = _profile(session)
        if profile is not None:
            yield self._stored("profile", profile, "json")

    def _stored(self, what: str, text: str, ending: str) -> dict[str, Any]:
        from skillmark.reporting.writing import write_atomically  # noqa: PLC0415 - as above

        name = f"{what}-{hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]}.{ending}"
        return {"file": str(write_atomically(self._folder / name, f"{text}\n")), "what": what}

    @staticmethod
    def said(count: int) -> str:
        """Return what was done."""
        return f"Fetched {counted(count, 'file')}."


class _Sending:
    """What send does with its tokens."""

    def __init__(self, texts: list[tuple[Path, str]], profile: tuple[Path, dict[str, Any]] | None) -> None:
        self._texts = texts
        self._profile = profile
        self.operations = ("upsertCredential", *(("putProfile",) if profile else ()))

    def rows(self, session: Session) -> Iterator[dict[str, Any]]:
        """Send everything, and yield what the host said."""
        answers = {201: "new", 200: "replaced", 304: "known"}
        for file, text in self._texts:
            yield {"file": str(file), "what": answers[session.upsert(text)]}
        if self._profile is not None:
            file, profile = self._profile
            session.put_profile(profile)
            yield {"file": str(file), "what": "profile"}

    @staticmethod
    def said(count: int) -> str:
        """Return what was done."""
        return f"Sent {counted(count, 'file')}."


def _profile(session: Session) -> str | None:
    """Return the profile as text; ``None`` where the person has none."""
    from skillmark.reporting.writing import dumped  # noqa: PLC0415 - as above
    from skillmark_reference.clients import RequestRefused  # noqa: PLC0415 - as above

    try:
        return dumped(session.profile()).rstrip()
    except RequestRefused as error:
        if error.status not in _NO_PROFILE:
            raise
        consoles.tell(f"There is no profile: {error}")
        return None


def _done(connection: Connection, work: _Fetching | _Sending, *, as_json: bool) -> int:
    """Connect, do the work, say what was done, and return the exit code."""
    from skillmark.cli.connecting import connected  # noqa: PLC0415 - as above
    from skillmark_reference.clients import HostTrouble  # noqa: PLC0415 - as above

    rows: list[dict[str, Any]] = []
    problem = ""
    try:
        with connected(connection, work.operations) as session:
            for row in work.rows(session):
                rows.append(row)
                if not as_json:
                    consoles.say(f"{row['file']}  {row['what']}")
            session.revoke()
    except HostTrouble as error:
        problem = trimmed(str(error), _LONGEST)
    if as_json:
        consoles.print_json(
            {
                "host": connection.url,
                "standard": connection.standard,
                "done": not problem,
                "problem": problem,
                "files": rows,
            }
        )
    elif not problem:
        consoles.tell(f"{SIGNS[Outcome.PASSED]} {work.said(len(rows))}")
    if problem:
        consoles.tell(f"skillmark: {problem}")
        return int(ExitCode.NOT_CONFORMANT)
    return int(ExitCode.CONFORMANT)
