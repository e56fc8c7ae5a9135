"""Asking a product to issue a credential that nobody has signed, and finding the credential in its answer."""

from __future__ import annotations

import dataclasses
import enum
import hashlib
import json
import re
import shlex
import subprocess
import tempfile
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from skillmark.core.errors import Misconfigured
from skillmark.core.exchanges import Exchange, Request, Trouble, TroubleKind
from skillmark.core.interfaces import IssuingAdapter
from skillmark.wire.documents import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skillmark.core.clock import Clock
    from skillmark.core.exchanges import Reply
    from skillmark.core.interfaces import IssuingInterface
    from skillmark.core.target import Target
    from skillmark.wire.client import WireClient

_EXCERPT = 2_000
_MOST_OUTPUT = 10 * 2**20
_LONGEST_NAME = 4_096
#: A product may answer with JSON, with a token, or with a picture.
_ACCEPT = "application/json, application/vc, application/vc+jwt, application/jwt, text/plain;q=0.5, */*;q=0.1"
_ENVELOPE = "EnvelopedVerifiableCredential"
_MEMBER = "verifiableCredential"
#: Answers that are about the moment, not about the credential.
_PASSING = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
_TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+")
#: How a credential begins that is no good JSON: what should be an object, a token, an image.
_BEGINNINGS = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{|[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.|\x89PNG|<\?xml|<svg|<!--)")
#: Any of these makes an object a credential, be it a poor one.
_MEMBERS = frozenset({"@context", "type", "credentialSubject", "proof"})


class Ending(enum.Enum):
    """What became of a request for a credential."""

    ISSUED = "issued"
    #: The product does not issue what it was sent, which it may.
    REFUSED = "refused"
    #: The product failed, or its answer holds no credential.
    FAILED = "failed"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a product made of a request."""

    ending: Ending
    exchange: Exchange
    #: The credential, as a file would hold it: JSON, a token or an image.
    content: bytes = b""
    #: Why there is none, in words for the report.
    says: str = ""


class Issuing(Protocol):
    """A way to a product that issues."""

    @property
    def exchanges(self) -> Mapping[str, Exchange]:
        """Everything that was asked, by id."""

    def issue(self, credential: Mapping[str, Any]) -> Answer:
        """Ask for a credential."""


def issuing(target: Target, interface: IssuingInterface, client: WireClient, clock: Clock) -> Issuing:
    """Return the way to the product under test.

    Raises:
        Misconfigured: The settings do not say where it is.
    """
    if interface.adapter is IssuingAdapter.COMMAND:
        return IssuingByCommand(interface, clock=clock)
    if not target.url:
        raise Misconfigured("Name the address of the issuer: url under [target].")
    return IssuingByHttp(target.url, interface, client)


# HTTP


class IssuingByHttp:
    """Sends credentials to an address, by the VC API or as the vendor's template says."""

    def __init__(self, base: str, interface: IssuingInterface, client: WireClient) -> None:
        self._interface = interface
        self._url = f"{base}/{interface.path.lstrip('/')}".rstrip("/")
        self._client = client

    @property
    def exchanges(self) -> Mapping[str, Exchange]:
        """Everything that was asked, by id."""
        return self._client.exchanges

    def issue(self, credential: Mapping[str, Any]) -> Answer:
        """Send a credential.

        Raises:
            BudgetExhausted: The target's request budget is used up.
            Misconfigured: The target's token endpoint refuses the settings.
        """
        text = json.dumps(credential, ensure_ascii=False)
        body = self._interface.body.replace("{credential}", text).encode("utf-8", "surrogatepass")
        headers = (("Content-Type", self._interface.content_type), ("Accept", _ACCEPT))
        reply = self._client.send(Request(method=self._interface.method, url=self._url, headers=headers, body=body))
        return _read(reply, self._interface)


def _read(reply: Reply, interface: IssuingInterface) -> Answer:
    exchange = reply.exchange
    if exchange.trouble is not None or exchange.status is None:
        says = exchange.trouble.message if exchange.trouble else "there is no status"
        return Answer(ending=Ending.FAILED, exchange=exchange, says=f"there was no answer: {says}")
    says = f"the answer is {exchange.status}"
    is_refusal = HTTPStatus.BAD_REQUEST <= exchange.status < HTTPStatus.INTERNAL_SERVER_ERROR
    if is_refusal and exchange.status not in _PASSING:
        return Answer(ending=Ending.REFUSED, exchange=exchange, says=says)
    if not HTTPStatus.OK <= exchange.status < HTTPStatus.MULTIPLE_CHOICES:
        return Answer(ending=Ending.FAILED, exchange=exchange, says=says)
    try:
        content = credential_in(reply.body, interface.pointer)
    except LookupError as error:
        return Answer(ending=Ending.FAILED, exchange=exchange, says=f"{says}, {error.args[0]}")
    return Answer(ending=Ending.ISSUED, exchange=exchange, content=content)


def credential_in(body: bytes, pointer: str | None = None) -> bytes:
    """Return the credential of an answer, as a file would hold it; what cannot be read is returned as it is.

    Raises:
        LookupError: There is none; the message says so.
    """
    parsed = parse(body)
    if parsed.problems:
        if pointer or not _BEGINNINGS.match(body):
            raise LookupError("without a credential")
        return body
    found: Any = parsed.value
    if pointer:
        found = _at(found, pointer)
    elif pointer is None and isinstance(found, dict) and _MEMBER in found and "credentialSubject" not in found:
        found = found[_MEMBER]
    if isinstance(found, str):
        return found.encode("utf-8", "surrogatepass")
    if not isinstance(found, dict) or not _MEMBERS & found.keys():
        raise LookupError("without a credential")
    if found.get("type") == _ENVELOPE:
        return str(found.get("id", "")).partition(",")[2].encode("utf-8", "surrogatepass")
    return body if found is parsed.value else json.dumps(found, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _at(value: Any, pointer: str) -> Any:  # noqa: ANN401 - any JSON
    """Return what a JSON pointer leads to (RFC 6901, 4).

    Raises:
        LookupError: Nothing is there.
    """
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        elif isinstance(value, dict) and name in value:
            value = value[name]
        else:
            raise LookupError(f"with nothing at {pointer}")
    return value


# Commands


class IssuingByCommand:
    """Runs a program for each credential, without a shell; it prints the credential, or the name of a file that has it."""

    def __init__(self, interface: IssuingInterface, *, clock: Clock) -> None:
        self._interface = interface
        self._clock = clock
        self._begin = clock.elapsed()
        self._exchanges: dict[str, Exchange] = {}

    @property
    def exchanges(self) -> Mapping[str, Exchange]:
        """Everything that was asked, by id."""
        return self._exchanges

    def issue(self, credential: Mapping[str, Any]) -> Answer:
        """Run the program with a credential.

        Raises:
            Misconfigured: The program cannot be started.
        """
        text = json.dumps(credential, ensure_ascii=False)
        content = text.encode("utf-8", "surrogatepass")
        command = self._interface.command
        if not any("{file}" in each for each in command):
            return self._run(text, command, given=content)
        with tempfile.TemporaryDirectory(prefix="skillmark-") as folder:
            file = Path(folder) / "credential.json"
            file.write_bytes(content)
            return self._run(text, tuple(each.replace("{file}", str(file)) for each in command))

    def _run(self, text: str, command: tuple[str, ...], *, given: bytes = b"") -> Answer:
        started = self._clock.elapsed()
        ran = _ran(command, given, self._interface.seconds)
        shown = tuple("/dev/stdin" if "{file}" in each else each for each in self._interface.command)
        exchange = Exchange(
            id=f"r{len(self._exchanges) + 1}",
            method="RUN",
            url=shlex.join(shown),
            request_headers=(),
            status=ran.code,
            excerpt=(ran.output or ran.errors)[:_EXCERPT].decode(errors="replace"),
            size=len(ran.output),
            digest=hashlib.sha256(ran.output).hexdigest(),
            trouble=ran.trouble,
            started=round(started - self._begin, 4),
            elapsed=round(self._clock.elapsed() - started, 4),
            request_body=text,
        )
        self._exchanges[exchange.id] = exchange
        return _read_run(ran, exchange, self._interface.pointer)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Ran:
    """How a program ended."""

    code: int | None
    output: bytes
    errors: bytes
    trouble: Trouble | None = None


def _ran(command: tuple[str, ...], given: bytes, seconds: float) -> _Ran:
    """Run a program; what it prints goes to files, so that no flood of it fills the memory."""
    code, trouble = None, None
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        try:
            code = subprocess.run(  # noqa: S603 - the program is the user's own, and no shell reads the arguments
                command, input=given, stdout=output, stderr=errors, timeout=seconds, check=False
            ).returncode
        except subprocess.TimeoutExpired:
            message = f"the program did not end within {seconds:g} seconds"
            trouble = Trouble(kind=TroubleKind.TIMEOUT, message=message)
        except OSError as error:
            raise Misconfigured(f"{command[0]} cannot be run: {error.strerror or error}. Check command.") from error
        output.seek(0)
        errors.seek(0)
        return _Ran(code=code, output=output.read(_MOST_OUTPUT), errors=errors.read(_EXCERPT), trouble=trouble)


def _read_run(ran: _Ran, exchange: Exchange, pointer: str | None) -> Answer:
    if ran.code is None or ran.trouble is not None:
        says = ran.trouble.message if ran.trouble else "it did not end"
        return Answer(ending=Ending.FAILED, exchange=exchange, says=says)
    if ran.code != 0:
        ending = Ending.REFUSED if ran.code > 0 else Ending.FAILED
        says = f"exit code {ran.code}" if ran.code > 0 else f"it was ended by signal {-ran.code}"
        return Answer(ending=ending, exchange=exchange, says=says)
    try:
        content = _named(ran.output) or credential_in(ran.output, pointer)
    except (LookupError, OSError) as error:
        says = str(error.args[0]) if isinstance(error, LookupError) else f"it names a file that cannot be read: {error}"
        return Answer(ending=Ending.FAILED, exchange=exchange, says=f"exit code 0, {says}")
    return Answer(ending=Ending.ISSUED, exchange=exchange, content=content)


def _named(output: bytes) -> bytes:
    """Return the content of the file that an output names; nothing if it is no name.

    Raises:
        OSError: The file cannot be read.
    """
    name = output.decode("utf-8", "replace").strip()
    is_name = name and len(name) <= _LONGEST_NAME and "\n" not in name and name[0] not in '{[<"'
    if not is_name or _TOKEN.fullmatch(name) or not Path(name).is_file():
        return b""
    with Path(name).open("rb") as stream:
        return stream.read(_MOST_OUTPUT)
