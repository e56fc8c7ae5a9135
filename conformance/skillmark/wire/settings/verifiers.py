"""The section of a target file about a product that verifies: how it is asked, and what it claims."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skillmark.core.target import (
    VERIFIABLE_FORMATS,
    VERIFIABLE_KINDS,
    VERIFIABLE_STATUSES,
    Acceptance,
    Adapter,
    VerifierInterface,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_TEXTS = ("path", "method", "content_type", "body")
_LISTS = ("command", "formats", "kinds", "statuses")
_FILES = ("kit", "answers")
KEYS = ("adapter", *_TEXTS, *_LISTS, "tokens", "images", "seconds", "accepted", *_FILES)
#: The body that is a file of its own, with its own media type, in the member ``file`` of a form.
UPLOAD = "multipart/form-data"
#: Where a kit is, beside the target file, if nothing is said.
DEFAULT_KIT = "skillmark-kit"
_ACCEPTED = ("statuses", "pointer", "equals", "pattern")
_TOKENS = ("envelope", "string")


def interface_of(content: Mapping[str, Any], *, folder: Path | None = None) -> VerifierInterface:
    """Return what the section says, and the defaults for the rest; files are beside ``folder``.

    Raises:
        ValueError: A value is wrong; the message says which, and what it should be.
    """
    given: dict[str, Any] = {name: _text(name, content[name]) for name in _TEXTS if name in content}
    given |= {name: tuple(_list(name, content[name], str)) for name in _LISTS if name in content}
    if "adapter" in content:
        given["adapter"] = Adapter(_one_of("adapter", content["adapter"], [each.value for each in Adapter]))
    if "tokens" in content:
        given["envelopes"] = _one_of("tokens", content["tokens"], _TOKENS) == _TOKENS[0]
    if "images" in content:
        given["images"] = _truth("images", content["images"])
    if "seconds" in content:
        given["seconds"] = _seconds(content["seconds"])
    if "accepted" in content:
        given["accepted"] = _acceptance(content["accepted"])
    known_values = {"formats": VERIFIABLE_FORMATS, "kinds": VERIFIABLE_KINDS, "statuses": VERIFIABLE_STATUSES}
    for name, known in known_values.items():
        for each in given.get(name, ()):
            _one_of(name, each, known)
    if given.get("adapter") is Adapter.MANUAL:
        given |= {"kit": DEFAULT_KIT, **_names(content)}
        given |= {name: (folder or Path()) / given[name] for name in _FILES if name in given}
    elif name := next((each for each in _FILES if content.get(each)), ""):
        raise ValueError(f'verifier.{name} goes with adapter = "manual"')
    return _checked(VerifierInterface(**given))


def settings_of(interface: VerifierInterface) -> dict[str, object]:
    """Return the section as `interface_of` reads it."""
    accepted = interface.accepted
    stated: dict[str, object] = {"statuses": list(accepted.statuses), "pattern": accepted.pattern}
    if accepted.pointer is not None:
        stated |= {"pointer": accepted.pointer, "equals": accepted.equals}
    return {
        "adapter": interface.adapter.value,
        **{name: getattr(interface, name) for name in _TEXTS},
        **{name: list(getattr(interface, name)) for name in _LISTS},
        **{name: getattr(interface, name).name if getattr(interface, name) else "" for name in _FILES},
        "tokens": _TOKENS[0] if interface.envelopes else _TOKENS[1],
        "images": interface.images,
        "seconds": interface.seconds,
        "accepted": stated,
    }


def _checked(interface: VerifierInterface) -> VerifierInterface:
    if not interface.formats or not interface.kinds:
        raise ValueError("verifier.formats and verifier.kinds name at least one each")
    if interface.adapter is Adapter.COMMAND and not interface.command:
        raise ValueError('verifier.command is missing; write it like command = ["verify", "{file}"]')
    sends = interface.adapter in {Adapter.VC_API, Adapter.HTTP} and interface.content_type != UPLOAD
    if sends and not re.search(r"\{credential\}|\{text\}", interface.body):
        raise ValueError("verifier.body has neither {credential} nor {text}, so that no credential would be sent")
    if interface.images and interface.adapter is Adapter.VC_API:
        raise ValueError("verifier.images: the VC API takes JSON only; images need another adapter")
    return interface


def _acceptance(content: object) -> Acceptance:
    if not isinstance(content, dict):
        raise _wrong("accepted", "a table", content)
    for name in content:
        _one_of("accepted", name, _ACCEPTED)
    pattern = _text("accepted.pattern", content.get("pattern", ""))
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"verifier.accepted.pattern is no regular expression: {error}") from error
    pointer = content.get("pointer")
    if pointer is not None and not (isinstance(pointer, str) and (not pointer or pointer.startswith("/"))):
        raise _wrong("accepted.pointer", "a JSON pointer such as /verified", pointer)
    return Acceptance(
        statuses=tuple(_list("accepted.statuses", content.get("statuses", []), int)),
        pointer=pointer,
        equals=content.get("equals", True),
        pattern=pattern,
    )


def _names(content: Mapping[str, Any]) -> dict[str, str]:
    return {name: text for name in _FILES if (text := _text(name, content.get(name, "")))}


def _truth(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise _wrong(name, "true or false", value)
    return value


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise _wrong(name, "a string", value)
    return value


def _list(name: str, value: object, kind: type) -> list[Any]:
    if not isinstance(value, list) or not all(type(each) is kind for each in value):
        raise _wrong(name, "a list of strings" if kind is str else "a list of numbers", value)
    return value


def _seconds(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or value <= 0:
        raise _wrong("seconds", "a positive number", value)
    return float(value)


def _one_of(name: str, value: object, known: Collection[str]) -> str:
    if not isinstance(value, str) or value not in known:
        raise _wrong(name, f"one of {', '.join(known)}", value)
    return value


def _wrong(name: str, expected: str, found: object) -> ValueError:
    return ValueError(f"verifier.{name} has to be {expected}, and is {found!r:.60}")
