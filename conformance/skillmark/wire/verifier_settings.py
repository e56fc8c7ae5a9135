"""The section of a target file about a product that verifies: how it is asked, and what it claims."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from skillmark.core.target import VERIFIABLE_FORMATS, VERIFIABLE_KINDS, Acceptance, Adapter, VerifierInterface

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_TEXTS = ("path", "method", "content_type", "body")
_LISTS = ("command", "formats", "kinds")
KEYS = ("adapter", *_TEXTS, *_LISTS, "tokens", "seconds", "accepted")
_ACCEPTED = ("statuses", "pointer", "equals", "pattern")
_TOKENS = ("envelope", "string")


def interface_of(content: Mapping[str, Any]) -> VerifierInterface:
    """Return what the section says, and the defaults for the rest.

    Raises:
        ValueError: A value is wrong; the message says which, and what it should be.
    """
    given: dict[str, Any] = {name: _text(name, content[name]) for name in _TEXTS if name in content}
    given |= {name: tuple(_list(name, content[name], str)) for name in _LISTS if name in content}
    if "adapter" in content:
        given["adapter"] = Adapter(_one_of("adapter", content["adapter"], [each.value for each in Adapter]))
    if "tokens" in content:
        given["envelopes"] = _one_of("tokens", content["tokens"], _TOKENS) == _TOKENS[0]
    if "seconds" in content:
        given["seconds"] = _seconds(content["seconds"])
    if "accepted" in content:
        given["accepted"] = _acceptance(content["accepted"])
    for name, known in (("formats", VERIFIABLE_FORMATS), ("kinds", VERIFIABLE_KINDS)):
        for each in given.get(name, ()):
            _one_of(name, each, known)
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
        "tokens": _TOKENS[0] if interface.envelopes else _TOKENS[1],
        "seconds": interface.seconds,
        "accepted": stated,
    }


def _checked(interface: VerifierInterface) -> VerifierInterface:
    if not interface.formats or not interface.kinds:
        raise ValueError("verifier.formats and verifier.kinds name at least one each")
    if interface.adapter is Adapter.COMMAND and not interface.command:
        raise ValueError('verifier.command is missing; write it like command = ["verify", "{file}"]')
    if interface.adapter is not Adapter.COMMAND and not re.search(r"\{credential\}|\{text\}", interface.body):
        raise ValueError("verifier.body has neither {credential} nor {text}, so that no credential would be sent")
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
