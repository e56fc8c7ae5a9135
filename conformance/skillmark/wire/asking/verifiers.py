"""Asking a product that verifies whether it accepts a credential, and reading its answer as yes, no, or neither."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
import subprocess
import tempfile
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skillmark.core.errors import Misconfigured
from skillmark.core.exchanges import Exchange, Request, Trouble, TroubleKind
from skillmark.core.target import Adapter
from skillmark.wire.asking.answers import Answer, Asking, Recipient, Verdict, content_of, file_form
from skillmark.wire.documents import parse
from skillmark.wire.kits.kits import asking_by_hand
from skillmark.wire.settings.verifiers import UPLOAD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skillmark.core.clock import Clock
    from skillmark.core.exchanges import Reply
    from skillmark.core.target import Acceptance, Target, VerifierInterface
    from skillmark.wire.client import WireClient

__all__ = [
    "Answer",
    "Asking",
    "AskingByHttp",
    "Recipient",
    "Verdict",
    "asking",
    "body_of",
    "no_images",
    "no_recipients",
]

_EXCERPT = 2_000
_MOST_OUTPUT = 2**20
#: Statuses that say no to the credential; other ones than those of success say nothing about it.
_REFUSALS = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY})
_ENVELOPE = {
    "@context": "https://www.w3.org/ns/credentials/v2",
    "type": "EnvelopedVerifiableCredential",
}


def no_images(settings: VerifierInterface) -> str:
    """Say why a product is not asked about images; empty if it is."""
    if settings.images:
        return ""
    if settings.adapter is Adapter.VC_API:
        return (
            "The VC API takes JSON only; products that read images are reached by the adapter http, command or manual."
        )
    return "The product does not claim to read baked images: images = true under [verifier]."


def no_recipients(settings: VerifierInterface) -> str:
    """Say why a product is not asked whose a credential is; empty if it is."""
    if settings.adapter in {Adapter.VC_API, Adapter.HTTP} and "{recipient}" in settings.body:
        return ""
    return (
        "Verifiers have no common interface for whose a credential should be. Where yours has one: put {recipient} and "
        "{recipient_type} into body under [verifier]; each becomes a JSON string, or null where nobody asks."
    )


def asking(target: Target, client: WireClient, clock: Clock) -> Asking:
    """Return the way to the product under test.

    Raises:
        Misconfigured: The settings do not say where it is.
    """
    settings = target.verifier
    if settings.adapter is Adapter.MANUAL:
        return asking_by_hand(settings)
    if settings.adapter is Adapter.COMMAND:
        if not settings.command:
            raise Misconfigured('Name the program: command = ["verify", "{file}"] under [verifier].')
        return AskingByCommand(settings, clock=clock)
    if not target.url:
        raise Misconfigured("Name the address of the verifier: --url BASE, or url under [target].")
    return AskingByHttp(target, client)


# HTTP


class AskingByHttp:
    """Sends credentials to an address, by the VC API or as the vendor's template says."""

    def __init__(self, target: Target, client: WireClient) -> None:
        self._settings = target.verifier
        self._url = f"{target.url}/{target.verifier.path.lstrip('/')}".rstrip("/")
        self._client = client

    @property
    def exchanges(self) -> Mapping[str, Exchange]:
        """Everything that was asked, by id."""
        return self._client.exchanges

    def ask(self, credential: str | bytes) -> Answer:
        """Send a credential.

        Raises:
            BudgetExhausted: The target's request budget is used up.
            Misconfigured: The target's token endpoint refuses the settings.
        """
        return self.ask_of(credential, None)

    def ask_of(self, credential: str | bytes, recipient: Recipient | None) -> Answer:
        """Send a credential, and say whose it should be.

        Raises:
            BudgetExhausted: The target's request budget is used up.
            Misconfigured: The target's token endpoint refuses the settings.
        """
        content_type, body = _message(self._settings, credential, recipient)
        headers = (("Content-Type", content_type),)
        request = Request(method=self._settings.method, url=self._url, headers=headers, body=body)
        reply = self._client.send(request)
        verdict, says = _read(reply, self._settings)
        return Answer(verdict=verdict, says=says, exchange=reply.exchange.id)


def _message(settings: VerifierInterface, credential: str | bytes, recipient: Recipient | None) -> tuple[str, bytes]:
    """Return the type and the content of a body: as the template says, an image as it is, or a form with a file in it."""
    if settings.content_type == UPLOAD:
        return _form(credential)
    if isinstance(credential, bytes):
        return file_form(credential).media_type, credential
    return settings.content_type, body_of(settings, credential, recipient).encode("utf-8", "surrogatepass")


def _form(credential: str | bytes) -> tuple[str, bytes]:
    """Return a form with one file (RFC 7578, 4)."""
    content, form = content_of(credential), file_form(credential)
    boundary = hashlib.sha256(content).hexdigest()
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="credential.{form.ending}"\r\n'
        f"Content-Type: {form.media_type}\r\n\r\n"
    )
    return f"{UPLOAD}; boundary={boundary}", head.encode() + content + f"\r\n--{boundary}--\r\n".encode()


def body_of(settings: VerifierInterface, credential: str, recipient: Recipient | None = None) -> str:
    """Return the body with a credential in its place; JSON stays as it is written, with a name twice too."""
    is_json = credential.lstrip().startswith("{")
    if is_json:
        value = credential
    elif settings.envelopes:
        value = json.dumps({**_ENVELOPE, "id": f"data:application/jwt,{credential}"})
    else:
        value = json.dumps(credential)
    known = (recipient.identity, recipient.identity_type) if recipient else (None, None)
    parts = {
        "{credential}": value,
        "{text}": credential,
        **dict(zip(("{recipient}", "{recipient_type}"), map(json.dumps, known), strict=True)),
    }
    return re.sub("|".join(map(re.escape, parts)), lambda found: parts[found[0]], settings.body)


def _read(reply: Reply, settings: VerifierInterface) -> tuple[Verdict, str]:
    exchange = reply.exchange
    if exchange.trouble is not None or exchange.status is None:
        told = f"{exchange.trouble.kind}: {exchange.trouble.message}" if exchange.trouble else "no status"
        return Verdict.NEITHER, f"no answer ({told})"
    says = f"status {exchange.status}"
    if exchange.status in settings.accepted.statuses:
        return _by_statement(reply.body, settings.accepted, says)
    if HTTPStatus.OK <= exchange.status < HTTPStatus.MULTIPLE_CHOICES:
        if settings.accepted.statuses:
            return Verdict.REFUSED, says
        by_rule = settings.adapter is Adapter.VC_API
        return _by_vc_api(reply.body, says) if by_rule else _by_statement(reply.body, settings.accepted, says)
    return (Verdict.REFUSED if exchange.status in _REFUSALS else Verdict.NEITHER), says


def _by_vc_api(body: bytes, says: str) -> tuple[Verdict, str]:
    """Read an answer of the VC API: success, unless it says ``verified`` false or tells errors."""
    value = parse(body).value
    if not isinstance(value, dict):
        return Verdict.ACCEPTED, f"{says}, with a body that is no JSON object"
    verified, errors = value.get("verified", True), value.get("errors")
    if verified is not True:
        return Verdict.REFUSED, f"{says}, verified {json.dumps(verified)[:40]}"
    return (Verdict.REFUSED, f"{says}, with errors") if errors else (Verdict.ACCEPTED, f"{says}, no error")


def _by_statement(text: bytes, accepted: Acceptance, says: str) -> tuple[Verdict, str]:
    """Read an answer by what the vendor states about its content."""
    if accepted.pattern and not re.search(accepted.pattern, text.decode(errors="replace")):
        return Verdict.REFUSED, f"{says}, and {accepted.pattern!r} is not in the answer"
    if accepted.pointer is None:
        return Verdict.ACCEPTED, says
    parsed = parse(text)
    try:
        found = _at(parsed.value, accepted.pointer)
    except LookupError:
        return Verdict.NEITHER, f"{says}, with nothing at {accepted.pointer or 'the root'}"
    same = type(found) is type(accepted.equals) and found == accepted.equals
    verdict = Verdict.ACCEPTED if same else Verdict.REFUSED
    return verdict, f"{says}, {accepted.pointer} is {json.dumps(found, default=str)[:60]}"


def _at(value: Any, pointer: str) -> Any:  # noqa: ANN401 - any JSON
    """Return what a JSON pointer leads to (RFC 6901, 4).

    Raises:
        LookupError: Nothing is there.
    """
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list) and name.isdecimal():
            value = value[int(name)]
        elif isinstance(value, dict):
            value = value[name]
        else:
            raise LookupError(name)
    return value


# Commands


class AskingByCommand:
    """Runs a program for each credential, without a shell."""

    def __init__(self, settings: VerifierInterface, *, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._begin = clock.elapsed()
        self._exchanges: dict[str, Exchange] = {}

    @property
    def exchanges(self) -> Mapping[str, Exchange]:
        """Everything that was asked, by id."""
        return self._exchanges

    def ask(self, credential: str | bytes) -> Answer:
        """Run the program with a credential.

        Raises:
            Misconfigured: The program cannot be started.
        """
        if not any("{file}" in each for each in self._settings.command):
            return self._run(credential, self._settings.command, given=content_of(credential))
        with tempfile.TemporaryDirectory(prefix="skillmark-") as folder:
            file = Path(folder) / f"credential.{file_form(credential).ending}"
            file.write_bytes(content_of(credential))
            return self._run(credential, tuple(each.replace("{file}", str(file)) for each in self._settings.command))

    def _run(self, credential: str | bytes, command: tuple[str, ...], *, given: bytes = b"") -> Answer:
        started = self._clock.elapsed()
        code, output, trouble = _ran(command, given, self._settings.seconds)
        number = len(self._exchanges) + 1
        shown = tuple("/dev/stdin" if "{file}" in each else each for each in self._settings.command)
        exchange = Exchange(
            id=f"r{number}",
            method="RUN",
            url=shlex.join(shown),
            request_headers=(),
            status=code,
            excerpt=output[:_EXCERPT].decode(errors="replace"),
            size=len(output),
            digest=hashlib.sha256(output).hexdigest(),
            trouble=trouble,
            started=round(started - self._begin, 4),
            elapsed=round(self._clock.elapsed() - started, 4),
            request_body=content_of(credential).decode(errors="replace"),
        )
        self._exchanges[exchange.id] = exchange
        verdict, says = _read_run(code, output, trouble, self._settings.accepted)
        return Answer(verdict=verdict, says=says, exchange=exchange.id)


def _ran(command: tuple[str, ...], given: bytes, seconds: float) -> tuple[int | None, bytes, Trouble | None]:
    """Return exit code and output of a program; its output goes to a file, so that no flood of it fills the memory."""
    with tempfile.TemporaryFile() as output:
        try:
            done = subprocess.run(  # noqa: S603 - the program is the user's own, and no shell reads the arguments
                command, input=given, stdout=output, stderr=subprocess.STDOUT, timeout=seconds, check=False
            )
        except subprocess.TimeoutExpired:
            message = f"the program did not end within {seconds:g} seconds"
            return None, _output(output), Trouble(kind=TroubleKind.TIMEOUT, message=message)
        except OSError as error:
            raise Misconfigured(f"{command[0]} cannot be run: {error.strerror or error}. Check command.") from error
        return done.returncode, _output(output), None


def _output(file: Any) -> bytes:  # noqa: ANN401 - a binary file, whose type differs by platform
    file.seek(0)
    content: bytes = file.read(_MOST_OUTPUT)
    return content


def _read_run(code: int | None, output: bytes, trouble: Trouble | None, accepted: Acceptance) -> tuple[Verdict, str]:
    if code is None or trouble is not None:
        return Verdict.NEITHER, f"no answer ({trouble.message if trouble else 'it did not end'})"
    says = f"exit code {code}"
    if code < 0:
        return Verdict.NEITHER, f"it was ended by signal {-code}"
    if accepted.pattern or accepted.pointer is not None:
        is_other = accepted.statuses and code not in accepted.statuses
        return (Verdict.REFUSED, says) if is_other else _by_statement(output, accepted, says)
    return (Verdict.ACCEPTED if code in (accepted.statuses or (0,)) else Verdict.REFUSED), says
