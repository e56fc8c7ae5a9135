"""Importing what the API does not take: Certification Guide, Host."""

from __future__ import annotations

import base64
import dataclasses
import subprocess
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING

from skillmark.core.errors import CannotTell, Misconfigured, NotApplicable, Untested
from skillmark.core.findings import Finding
from skillmark.suites.hosts.holdings import holdings
from skillmark.suites.hosts.keeping import LOSSLESS, attestation, compared
from skillmark.suites.hosts.rules import RULES
from skillmark.suites.hosts.samples import EMBEDDED, RSA_TOKEN
from skillmark.suites.verifiers.publishing import CREDENTIAL, TOKEN, Publisher
from skillmark_reference.credentials.baking import bake

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.engine import Observation
    from skillmark.suites.hosts.evidence import Evidence
    from skillmark.suites.hosts.samples import Sent

_PLACE = "{file}"
_EXCERPT = 300
_FILES_ONLY = "Whether the program of the target file takes addresses as well as files is not known."
_PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8" fill="navy"/></svg>'


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Import:
    """One credential in one form."""

    name: str
    sent: Sent
    #: Of a file: how its name ends, and its content; of an address nothing but the address.
    ending: str = ""
    content: bytes = b""
    address: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Ran:
    """What became of a program."""

    #: ``None`` where it did not end.
    code: int | None
    output: str

    @property
    def says(self) -> str:
        """What became of it, for people."""
        ended = "it did not end in time" if self.code is None else f"exit code {self.code}"
        return f"{ended}: {self.output}" if self.output else ended


def _imports(evidence: Evidence) -> Iterator[_Import]:
    samples = holdings(evidence).samples()
    made = {form: [samples.sent(form) for _ in range(3)] for form in (EMBEDDED, RSA_TOKEN)}
    for form, ending in ((EMBEDDED, "json"), (RSA_TOKEN, "jwt")):
        plain, in_png, in_svg = made[form]
        what = "a VC-JWT" if form == RSA_TOKEN else "JSON"
        yield _Import(name=f"a file with {what}", sent=plain, ending=ending, content=plain.text.encode())
        yield _Import(name=f"a PNG with {what}", sent=in_png, ending="png", content=bake(_PNG, in_png.text))
        yield _Import(name=f"an SVG with {what}", sent=in_svg, ending="svg", content=bake(_SVG, in_svg.text))
    yield from _addressed(evidence)


def _addressed(evidence: Evidence) -> Iterator[_Import]:
    """Yield credentials at addresses of the harness, where the settings say that products reach it."""
    context = evidence.context
    if not (context.shelf or context.target.peer.public_url or context.target.peer.certificate):
        return
    publisher = Publisher(context.target.peer, resources=context.resources, shelf=context.shelf)
    for form, media_type in ((EMBEDDED, CREDENTIAL), (RSA_TOKEN, TOKEN)):
        sent = holdings(evidence).samples().sent(form)
        name = f"hosts/{sent.identity.id.rpartition(':')[2]}"
        yield _Import(name="an address", sent=sent, address=publisher.put(name, sent.text, media_type))


@RULES.rule("OB30-R-236")
def every_form_is_imported(evidence: Evidence) -> Iterator[Observation]:
    """What is imported as file, baked image or address is listed as it was.

    Raises:
        NotApplicable: Nobody said how, and the vendor attests it.
        Untested: Nobody said how.
        CannotTell: The program that imports always fails.
        Misconfigured: The program cannot be started.
    """
    command = evidence.context.target.host.import_command
    if not command:
        raise (
            NotApplicable("The vendor attests it.")
            if attestation(evidence)
            else Untested("Name the program that imports a file into the first account: import_command under [host].")
        )
    ran = [(each, _ran(evidence, command, each)) for each in _imports(evidence)]
    if all(result.code != 0 for _, result in ran):
        raise CannotTell(f"The program that imports fails with everything: {ran[0][1].says}. Check import_command.")
    listing = holdings(evidence).listing()
    for each, result in ran:
        entry = listing.find(each.sent.identity)
        if entry is not None:
            holdings(evidence).remember(each.sent.identity, 0)
            yield from compared(evidence, each.sent, entry, entry.exchange)
            continue
        yield Finding(
            requirement=LOSSLESS,
            expected=f"{each.name} is imported, and listed",
            actual=f"it is in no page of the list; {result.says}",
            evidence=listing.ids[-1:],
            dispute=_FILES_ONLY if each.address and result.code != 0 else "",
        )


def _ran(evidence: Evidence, command: tuple[str, ...], each: _Import) -> _Ran:
    seconds = evidence.context.target.host.seconds
    with tempfile.TemporaryDirectory(prefix="skillmark-") as folder:
        file = Path(folder) / f"credential.{each.ending}"
        if not each.address:
            file.write_bytes(each.content)
        line = [part.replace(_PLACE, each.address or str(file)) for part in command]
        with tempfile.TemporaryFile() as output:
            code = _code(line, output, seconds)
            output.seek(0)
            text = output.read(_EXCERPT).decode(errors="replace").strip()
    return _Ran(code=code, output=text)


def _code(line: list[str], output: IO[bytes], seconds: float) -> int | None:
    try:
        return subprocess.run(  # noqa: S603 - the program is the user's own, and no shell reads the arguments
            line, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, timeout=seconds, check=False
        ).returncode
    except subprocess.TimeoutExpired:
        return None
    except OSError as error:
        reason = error.strerror or error
        raise Misconfigured(f"{line[0]} cannot be run: {reason}. Check import_command under [host].") from error
