"""Files that a verb makes: never in the place of another one, unless that is asked for."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from pathlib import Path

from skillmark.cli import consoles
from skillmark.core.errors import Misconfigured

#: Stands for standard output.
STANDARD_OUTPUT = "-"
_SHARED, _PRIVATE = 0o666, 0o600


def refuse_existing(name: str | None, *, force: bool) -> None:
    """Tell before the work is done that its result has no place.

    Raises:
        Misconfigured: There is a file of this name, and it is not to be replaced.
    """
    if name not in {None, STANDARD_OUTPUT} and Path(str(name)).exists() and not force:
        raise _existing(str(name))


def write(name: str | None, content: bytes, *, force: bool, private: bool = False) -> None:
    """Write a result: to a new file, or to standard output.

    Raises:
        Misconfigured: There is a file of this name, and it is not to be replaced.
        OSError: The file cannot be written.
        ReaderGone: Nobody reads the standard output any more.
    """
    if name in {None, STANDARD_OUTPUT}:
        with consoles.reader():
            sys.stdout.flush()
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
    elif force:
        _replace(Path(str(name)), content, mode=_PRIVATE if private else _SHARED)
    else:
        _create(Path(str(name)), content, mode=_PRIVATE if private else _SHARED)


def _create(path: Path, content: bytes, *, mode: int) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        raise _existing(str(path)) from None
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _replace(path: Path, content: bytes, *, mode: int) -> None:
    """Replace a file by one that is complete, and that nobody but its owner could read on the way."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(name).chmod(mode & ~_mask())
        Path(name).replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _existing(name: str) -> Misconfigured:
    return Misconfigured(f"{name} exists. Choose another name with --out, or replace it with --force.")
