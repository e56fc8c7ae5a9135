"""Writing a file so that a reader meets the whole of it or what was there before."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from skillmark.core.errors import Misconfigured

_MODE = 0o644


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
