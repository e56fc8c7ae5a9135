"""What verbs of credentials may read beside their arguments: documents by address, contexts from a folder, copies in another."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from skillmark.core.errors import Misconfigured
from skillmark_reference.credentials.issuance.context_files import (
    REQUIREMENT,
    ContextFiles,
    ContextFinding,
    UnusableFolder,
    read_context_folder,
)
from skillmark_reference.documents import Documents, Policy, SystemClock
from skillmark_reference.securing.instants import MalformedInstant, parse_date_time

if TYPE_CHECKING:
    import datetime
    from pathlib import Path


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The door for documents, and what the user gave."""

    documents: Documents
    contexts: ContextFiles
    now: datetime.datetime


def opened(
    *,
    at: str | None,
    offline: bool,
    origins: list[str],
    context_dir: Path | None,
    cache_dir: Path | None,
    most_bytes: int | None = None,
) -> Access:
    """Return the access that the options allow.

    Raises:
        Misconfigured: An option cannot be read, or its folder is none.
    """
    clock = SystemClock()
    try:
        policy = Policy(offline=offline, allowed_origins=tuple(origins), most_bytes=most_bytes)
    except ValueError as error:
        raise Misconfigured(f"--allow-origin: {error}.") from error
    now = clock.now() if at is None else moment(at, "--at")
    contexts = ContextFiles() if context_dir is None else _contexts(context_dir)
    if cache_dir is not None and cache_dir.exists() and not cache_dir.is_dir():
        raise Misconfigured(f"--cache-dir: {cache_dir} is no folder. Name a folder, which is made where it is missing.")
    documents = Documents(clock=clock, policy=policy, given=contexts.documents, folder=cache_dir)
    return Access(documents=documents, contexts=contexts, now=now)


def moment(text: str, option: str) -> datetime.datetime:
    """Return the time that an option names.

    Raises:
        Misconfigured: It names none.
    """
    try:
        return parse_date_time(text)
    except MalformedInstant as error:
        raise Misconfigured(f"{option}: {error}.") from error


def finding_line(finding: ContextFinding) -> tuple[str, str]:
    """Return the requirement that a finding is about, and the file, what is wrong and the digests in a sentence."""
    expected = f"; expected is {' or '.join(finding.expected)}" if finding.expected else ""
    return REQUIREMENT, f"{finding.file}: {finding.message}. Its SHA-256 is {finding.found}{expected}"


def finding_row(finding: ContextFinding) -> dict[str, object]:
    """Return a finding for scripts."""
    return {
        "requirement": REQUIREMENT,
        "file": finding.file,
        "url": finding.url,
        "message": finding.message,
        "found": finding.found,
        "expected": list(finding.expected),
    }


def _contexts(folder: Path) -> ContextFiles:
    if not folder.is_dir():
        raise Misconfigured(f"--context-dir: there is no folder {folder}. Name one that holds context documents.")
    try:
        return read_context_folder(folder)
    except UnusableFolder as error:
        raise Misconfigured(f"--context-dir: {error}.") from error
