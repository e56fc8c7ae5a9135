"""Writing: text that every reader can take, files that are whole or what they were before."""

from __future__ import annotations

import contextlib
import json
import os
import re
import tempfile
from pathlib import Path

from skillmark.core.errors import Misconfigured

_MODE = 0o644
#: Characters that JSON may hold as they are, but that a terminal or an editor may act on, or UTF-8 cannot encode.
_ESCAPED = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def dumped(value: object) -> str:
    """Return a value as JSON text: two spaces, one final line feed, nothing that a terminal would act on."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def refuse_unless_writable(folder: Path) -> None:
    """Make a folder if it is missing, and try whether files can be written to it.

    Raises:
        Misconfigured: they cannot.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Misconfigured(_refused(folder, error)) from error


def write_atomically(path: Path, content: str) -> Path:
    """Write text as UTF-8 beside its place, move it there, and return the place; missing folders are made.

    Raises:
        Misconfigured: the folder cannot be made or written to.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise Misconfigured(_refused(path, error)) from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(content)
        # Temporary files are private; a report is meant to be read by others.
        Path(name).chmod(_MODE)
        Path(name).replace(path)
    except OSError as error:
        raise Misconfigured(_refused(path, error)) from error
    finally:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
    return path


def _refused(path: Path, error: OSError) -> str:
    return f"{path} cannot be written: {error.strerror or error}. Name a folder of your own with --out."
