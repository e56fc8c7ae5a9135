"""Context documents that a user has as files: which contexts they are, and whether they are what was published.

A context decides what a signed document says, so a file counts for an address of the tables only if its bytes are one of the
states that were published there (Verifiable Credentials Data Model 2.0, 4.3 and B.1). Any other is told, and never used.
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
import re
from typing import TYPE_CHECKING

from skillmark_reference.documents.kinds import DocumentKind
from skillmark_reference.securing import strict_json
from skillmark_reference.securing.integrity.contexts import Contexts, UnreadableContext
from skillmark_reference.securing.quoting import quoted
from skillmark_reference.securing.strict_json import MalformedJson
from skillmark_reference.vocabularies.contexts import all_states, state_of_digest, states_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

#: Says which file is the document of which address, where neither bytes nor path do.
INDEX = "contexts.json"
#: "An application understands every context that it relies on" (Verifiable Credentials Data Model 2.0, 4.3).
REQUIREMENT = "VCDM20-R-009"

_MOST_FILES = 500
_MOST_BYTES = DocumentKind.CONTEXT.row.most_bytes
_ENDINGS = re.compile(r"\.(?:json|jsonld)\Z")
#: Notes and programs, which are no contexts; an ending such as that of v1.1 is a version.
_OTHER = re.compile(r"\.(?!(?:json|jsonld)\Z)[A-Za-z]+\Z")
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?", re.ASCII | re.IGNORECASE)


class UnusableFolder(ValueError):  # noqa: N818 - what is wrong with the folder, in words for a person
    """The folder cannot be read as one of contexts."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ContextFinding:
    """A file that is not used, and why."""

    #: The folder included.
    file: str
    #: Nothing where nobody can tell which context it is.
    url: str | None
    message: str
    #: SHA-256 of its bytes, hexadecimal.
    found: str
    #: SHA-256 of every published state of the address.
    expected: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ContextFiles:
    """What a folder of contexts holds."""

    #: The documents that are used, by address.
    documents: Mapping[str, bytes] = dataclasses.field(default_factory=dict)
    #: The state of each that is in the tables, by address.
    states: Mapping[str, str] = dataclasses.field(default_factory=dict)
    findings: tuple[ContextFinding, ...] = ()

    def newest(self) -> dict[str, bytes]:
        """Return the documents that hold the newest state of their address, or are in no table."""
        return {url: each for url, each in self.documents.items() if url not in self.outdated()}

    def outdated(self) -> dict[str, str]:
        """Return the states that are not the newest of their address."""
        return {url: state for url, state in self.states.items() if state != states_of(url)[0].id}


def read_context_folder(folder: Path) -> ContextFiles:
    """Read a folder of contexts; hidden files, and those with other endings than .json and .jsonld, are left out.

    A file is the document of the address that ``contexts.json`` gives it; else of the published state whose bytes it has; else of
    the address that its path is, scheme and ending left out, or ends like: ``school.example/contexts/skills.json``,
    ``credentials/v2.json``.

    Raises:
        UnusableFolder: It holds more files than a folder of contexts has, or its index is none.
        OSError: A file cannot be read.
    """
    paths = sorted(itertools.islice(_files(folder), _MOST_FILES + 1))
    if len(paths) > _MOST_FILES:
        raise UnusableFolder(f"{folder} holds more than {_MOST_FILES} files, the limit for a folder of contexts")
    index = _index(folder)
    contents = {path.relative_to(folder).as_posix(): _content(path) for path in paths}
    contents.pop(INDEX, None)
    if missing := sorted(set(index.values()) - contents.keys()):
        raise UnusableFolder(f"{folder / INDEX} names the file {quoted(missing[0])}, which is not in the folder")
    reading = _Reading(folder, {file: url for url, file in index.items()})
    for file, content in contents.items():
        reading.add(file, content)
    return ContextFiles(documents=reading.documents, states=reading.states, findings=tuple(reading.findings))


class _Reading:
    """What was found in a folder so far."""

    def __init__(self, folder: Path, addresses: Mapping[str, str]) -> None:
        self._folder = folder
        self._addresses = addresses
        self.documents: dict[str, bytes] = {}
        self.states: dict[str, str] = {}
        self.findings: list[ContextFinding] = []

    def add(self, file: str, content: bytes) -> None:
        digest = hashlib.sha256(content).hexdigest()
        urls = self._urls(file, digest)
        if not urls:
            message = f"neither its bytes nor its path tell which context it is; name it in {INDEX}"
            self._tell(file, None, message, digest)
        for url in urls:
            self._add(url, file, content, digest)

    def _urls(self, file: str, digest: str) -> tuple[str, ...]:
        if file in self._addresses:
            return (self._addresses[file],)
        state = state_of_digest(digest)
        return state.urls if state is not None else _addresses_like(file)

    def _add(self, url: str, file: str, content: bytes, digest: str) -> None:
        if url in self.documents and self.documents[url] != content:
            self._tell(file, url, "another file is the document of this address already", digest)
            return
        published = _published(url)
        if published is not None:
            self._add_known(url, file, content, digest, published)
        elif problem := _problem(url, content):
            self._tell(file, url, problem, digest)
        else:
            self.documents[url] = content

    def _add_known(self, url: str, file: str, content: bytes, digest: str, published: Mapping[str, str]) -> None:
        if digest in published:
            self.documents[url], self.states[url] = content, published[digest]
            return
        names = ", ".join(dict.fromkeys(published.values())) or "no digest of any is known"
        state = _state_of_json(content, url)
        alike = f", though its JSON is that of {state}," if state else ""
        message = (
            f"its bytes are no published state of {url} ({names}){alike} and in its place that of the tables is used. "
            f"Get the file again, or leave it out"
        )
        self._tell(file, url, message, digest, tuple(published))

    def _tell(self, file: str, url: str | None, message: str, found: str, expected: tuple[str, ...] = ()) -> None:
        self.findings.append(
            ContextFinding(file=str(self._folder / file), url=url, message=message, found=found, expected=expected)
        )


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        is_hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not is_hidden and not _OTHER.search(path.name):
            yield path


def _content(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(_MOST_BYTES + 1)


def _index(folder: Path) -> dict[str, str]:
    path = folder / INDEX
    if not path.is_file():
        return {}
    try:
        members = strict_json.parse_object(_content(path))
    except MalformedJson as error:
        raise UnusableFolder(f"{path} cannot be read: {error}") from None
    if "@context" in members:
        raise UnusableFolder(f"{path} is a context; the name is that of the index. Give it another name")
    if not all(isinstance(file, str) for file in members.values()):
        raise UnusableFolder(f"{path} is no index; expected is an object of addresses with the names of their files")
    return members


def _published(url: str) -> dict[str, str] | None:
    """Return the states that were published at an address, by every digest of theirs that is known; nothing for others."""
    try:
        states = states_of(url)
    except KeyError:
        return None
    return {digest: state.id for state in states for digest in (state.sha256, *state.copies) if digest is not None}


def _state_of_json(content: bytes, url: str) -> str | None:
    """Return the state that a document is but for white space and order, where that is known."""
    try:
        text = json.dumps(strict_json.parse_object(content), sort_keys=True, separators=(",", ":"))
    except MalformedJson:
        return None
    digest = hashlib.sha256(text.encode()).hexdigest()
    return next((state.id for state in states_of(url) if state.json_sha256 == digest), None)


def _problem(url: str, content: bytes) -> str:
    if len(content) > _MOST_BYTES:
        return f"it has more than {_MOST_BYTES:,} bytes, the limit for a context"
    try:
        Contexts({url: content})
    except UnreadableContext as error:
        return str(error)
    return ""


def _addresses_like(file: str) -> tuple[str, ...]:
    """Return the address that a path is, or the one of the tables that ends like it."""
    steps = file.split("/")
    bare = [*steps[:-1], _ENDINGS.sub("", steps[-1])]
    known = dict.fromkeys(url for state in all_states() for url in state.urls)
    ends = [
        url for url in known if any(url.partition("://")[2].split("/")[-len(each) :] == each for each in (steps, bare))
    ]
    if len(ends) == 1:
        return tuple(ends)
    if len(steps) > 1 and _HOST.fullmatch(steps[0]):
        return (f"https://{file}",)
    return ()
