"""Texts that break a datatype or an enumeration: near misses, as products make them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark_reference.standards import Datatype, Enumeration

#: What was done, the broken text, and whether a JSON Schema validator in Python notices.
Broken = tuple[str, str, bool]


def broken_tokens(enumeration: Enumeration) -> Iterator[Broken]:
    """Yield tokens outside an enumeration: other case, blanks, the other version's spelling, broken ``ext:`` forms."""
    token = enumeration.values[0]
    texts = {
        "in upper case": token.upper(),
        "in lower case": token.lower(),
        "in swapped case": token.swapcase(),
        "blank": "",
        "a space": " ",
        "with a space in front": f" {token}",
        "with a space behind": f"{token} ",
        "cut": token[:-1],
        "doubled": token * 2,
        "two tokens": ",".join(enumeration.values[:2]) + ",",
        "an extension token": "ext:thing",
        "an extension token without a name": "ext:",
        "an extension token with a space": "ext:a b",
        "an extension token with a bar": "ext:a|b",
        "an extension token beyond ASCII": "ext:größe",
        "an extension token in upper case": "EXT:thing",
        "an extension token with a prefix": "xext:thing",
        "an extension token with a line feed in front": "\next:thing",
    }
    texts |= {f"spelt as elsewhere: {other}": other for other in enumeration.other_version.values()}
    yield from ((what, text, True) for what, text in texts.items() if not enumeration.admits(text))
    # The tokens of an enumeration are compared whole, only its pattern meets Python's dollar sign.
    yield "with a line feed behind", f"{token}\n", True
    if enumeration.pattern:
        yield "an extension token with a line feed behind", "ext:thing\n", False


def broken_texts(datatype: Datatype, value: str) -> Iterator[Broken]:
    """Yield texts that break a datatype, made of a legal value; none for datatypes that admit every string."""
    if datatype.name == "UUID":
        yield from _uuids(value)
    elif datatype.name == "NormalizedString":
        yield from _normalized_strings(value)
    elif datatype.format in _FORMATS:
        yield from ((f"{text!r}", text, True) for text in _FORMATS[datatype.format])


def _uuids(value: str) -> Iterator[Broken]:
    lettered = value[:-1] + "a"
    texts = {
        "in upper case": lettered.upper(),
        "with one capital": lettered[:-1] + "A",
        "of version 0": f"{value[:14]}0{value[15:]}",
        "of version 6": f"{value[:14]}6{value[15:]}",
        "of version 7": f"{value[:14]}7{value[15:]}",
        "of another variant": f"{value[:19]}c{value[20:]}",
        "too long": f"{value}0",
        "too long in front": f"0{value}",
        "too short": value[:-1],
        "with a digit that is none": f"{value[:-1]}g",
        "without hyphens": value.replace("-", ""),
        "in braces": f"{{{value}}}",
        "as a URN": f"urn:uuid:{value}",
        "as an address": f"https://case.example.org/{value}",
        "with a space behind": f"{value} ",
        "nil": "00000000-0000-0000-0000-000000000000",
        "blank": "",
    }
    yield from ((what, text, True) for what, text in texts.items())
    yield "with a line feed behind", f"{value}\n", False


def _normalized_strings(value: str) -> Iterator[Broken]:
    for what, character in (("tab", "\t"), ("line feed", "\n"), ("carriage return", "\r")):
        yield f"with a {what} in front", f"{character}{value}.", True
        yield f"with a {what} inside", f"{value}.{character}.", True
        yield f"with a {what} behind", f"{value}{character}", character != "\n"


_FORMATS = {
    "uri": (
        "",
        "CFItems/1",
        "/ims/case/v1p1/CFItems/1",
        "//case.example.org/1",
        "case.example.org/1",
        "https://case.example.org/a b",
        "https://case.example.org/größe",
        "https://case.example.org/%zz",
        "https://[case.example.org/1",
        " https://case.example.org/1",
        "0b0f7f52-3c1e-4d0a-9a55-5d6c1f0e2a01",
        "not known",
    ),
    "date-time": (
        "",
        "2024-01-31",
        "2024-01-31T12:00:00",
        "2024-01-31T12:00Z",
        "2024-02-30T12:00:00Z",
        "2024-13-01T12:00:00Z",
        "2024-01-31T24:00:00Z",
        "2024-01-31T12:60:00Z",
        "2024-01-31T12:00:00+0100",
        "2024-01-31T12:00:00+25:00",
        "2024-01-31T12:00:00 UTC",
        "20240131T120000Z",
        "31 January 2024",
        "1706702400",
    ),
    "date": (
        "",
        "2024-01-31T00:00:00Z",
        "2024-01-31T00:00:00",
        "2024-02-30",
        "2023-02-29",
        "2024-13-01",
        "2024-00-10",
        "2024-1-31",
        "20240131",
        "2024-W05-3",
        "31.01.2024",
        "2024-01",
    ),
}
