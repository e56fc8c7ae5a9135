"""The section of a target file about a product that issues credentials on request."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from skillmark.core.interfaces import ISSUABLE_KINDS, IssuingAdapter, IssuingInterface
from skillmark.wire.settings.sections import Section

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_TEXTS = ("path", "method", "content_type", "body")
ISSUING_KEYS = ("adapter", *_TEXTS, "pointer", "command", "seconds", "issuer", "kinds", "count")
_MOST = 10_000


def issuing_of(content: Mapping[str, Any], *, folder: Path | None = None) -> IssuingInterface | None:
    """Return what the section says, and the defaults for the rest; ``None`` for an empty one. Files are beside ``folder``.

    Raises:
        ValueError: A value is wrong; the message says which, and what it should be.
    """
    if not content:
        return None
    section, usual = Section("issuing", content), IssuingInterface()
    known = [each.value for each in IssuingAdapter]
    given: dict[str, Any] = {name: section.text(name, getattr(usual, name)) for name in _TEXTS}
    found = IssuingInterface(
        adapter=IssuingAdapter(section.one_of("adapter", known, usual.adapter.value)),
        pointer=section.text("pointer") if "pointer" in section else None,
        command=section.texts("command"),
        seconds=section.seconds("seconds", usual.seconds),
        issuer=_issuer(section, content.get("issuer", ""), folder),
        kinds=section.texts("kinds", usual.kinds),
        count=section.number("count", usual.count, least=0, most=_MOST),
        **given,
    )
    _check(found, section)
    return found


def _issuer(section: Section, value: object, folder: Path | None) -> str | Mapping[str, object]:
    """Return the id, or the Profile, which may be in a file of JSON."""
    if isinstance(value, dict):
        profile: object = value
    elif not isinstance(value, str):
        raise section.wrong("issuer", "an id, or the name of a JSON file with a Profile", value)
    elif not value or ":" in value:
        return value
    else:
        profile = _read(section, value, folder)
    if not isinstance(profile, dict) or not isinstance(profile.get("id"), str):
        raise section.wrong("issuer", "an id, or the name of a JSON file with a Profile that has an id", value)
    return profile


def _read(section: Section, name: str, folder: Path | None) -> object:
    if folder is None:
        raise section.wrong("issuer", "an id", name)
    try:
        return json.loads((folder / name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"the profile {folder / name}, which issuing.issuer names, cannot be read: {error}") from error


def _check(interface: IssuingInterface, section: Section) -> None:
    if not interface.kinds or set(interface.kinds) - set(ISSUABLE_KINDS):
        raise section.wrong("kinds", f"a list of some of {', '.join(ISSUABLE_KINDS)}", list(interface.kinds))
    if interface.pointer and not interface.pointer.startswith("/"):
        raise section.wrong("pointer", "a JSON pointer such as /data/credential", interface.pointer)
    if interface.adapter is IssuingAdapter.COMMAND and not interface.command:
        raise ValueError('issuing.command is missing; write it like command = ["issue", "{file}"]')
    if interface.adapter is not IssuingAdapter.COMMAND and "{credential}" not in interface.body:
        raise ValueError("issuing.body has no {credential}, so that no credential would be sent")


def issuing_settings(interface: IssuingInterface | None) -> dict[str, object]:
    """Return the section as `issuing_of` reads it; empty without one."""
    if interface is None:
        return {}
    return {
        "adapter": interface.adapter.value,
        **{name: getattr(interface, name) for name in _TEXTS},
        **({} if interface.pointer is None else {"pointer": interface.pointer}),
        "command": list(interface.command),
        "seconds": interface.seconds,
        "issuer": interface.issuer if isinstance(interface.issuer, str) else dict(interface.issuer),
        "kinds": list(interface.kinds),
        "count": interface.count,
    }
