"""Names and identifiers that a person cannot tell from others: a reason to look twice, and none to refuse.

No standard of credentials says what to do about them; see Unicode Technical Standard 39, and RFC 3987, 8.
"""

from __future__ import annotations

import re
import unicodedata
import urllib.parse
from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Problem, Step, conclude
from skillmark_reference.securing.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from skillmark_reference.credentials.kinds import CredentialKind

#: Scripts whose letters look like those of the others.
_ALIKE = ("LATIN", "CYRILLIC", "GREEK", "CHEROKEE", "ARMENIAN")
_WORD = re.compile(r"[^\W\d_]+")
#: Letters of a name or an identifier that are looked at.
_LONGEST = 2048
_NAMES = ("name", "url")


def look_alikes_step(credential: Mapping[str, Any], kind: CredentialKind) -> Step:
    """Return the step about names and identifiers of those who speak, and of what they speak about."""
    found = [
        Problem(pointer=pointer, message=message)
        for pointer, text in _texts(credential)
        for message in _oddities(text[:_LONGEST], is_identifier=not pointer.endswith("/name"))
    ]
    return conclude(kind, Subject.LOOK_ALIKES, found, outcome=Outcome.WARNED if found else None)


def _texts(credential: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the texts by which a person tells who and what it is about."""
    subject = credential.get("credentialSubject")
    holders: list[tuple[str, Any]] = [
        ("", credential),
        *((f"/{name}", credential.get(name)) for name in ("issuer", "holder", "credentialSubject")),
        ("/credentialSubject/achievement", subject.get("achievement") if isinstance(subject, dict) else None),
    ]
    for pointer, value in holders:
        if isinstance(value, str):
            yield pointer, value
        for name in ("id", *_NAMES):
            text = value.get(name) if isinstance(value, dict) else None
            if isinstance(text, str):
                yield f"{pointer}/{name}", text


def _oddities(text: str, *, is_identifier: bool) -> Iterator[str]:
    if text.isascii() and "xn--" not in text:
        return
    hidden = sorted({f"U+{ord(each):04X}" for each in text if unicodedata.category(each) in {"Cf", "Cc", "Co", "Cn"}})
    if hidden:
        yield f"{quoted(text)} has letters that are not shown: {', '.join(hidden[:5])}"
    for word in _WORD.findall(text):
        scripts = sorted({script for each in word for script in _ALIKE if _name(each).startswith(f"{script} ")})
        if len(scripts) > 1:
            yield f"{quoted(word)} mixes letters of {' and '.join(each.title() for each in scripts)}, which look alike"
    if is_identifier:
        if not unicodedata.is_normalized("NFC", text):
            yield f"{quoted(text)} is not in Normalization Form C: another identifier looks the same"
        host = _host(text)
        if not host.isascii() or "xn--" in host:
            yield f"the name of the host {quoted(host)} has letters beyond ASCII, which may look like those of another host"


def _name(letter: str) -> str:
    return unicodedata.name(letter, "")


def _host(text: str) -> str:
    try:
        return urllib.parse.urlsplit(text).hostname or ""
    except ValueError:
        return ""
