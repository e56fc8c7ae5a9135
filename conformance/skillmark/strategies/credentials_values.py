"""Values of the datatypes of credentials, drawn."""

from __future__ import annotations

import base64
import datetime
import string
from typing import Any

from hypothesis import strategies as st

#: Characters of texts: controls are left to whoever tests the canonical form.
LETTERS = st.text(st.characters(min_codepoint=0x20, exclude_categories=["Cs", "Cc"]), max_size=6)
NUMBERS = st.one_of(st.integers(-(10**9), 10**9), st.floats(-1e9, 1e9))
_WORDS = st.text(string.ascii_letters + string.digits + "-_", min_size=1, max_size=6)
_ZONES = st.sampled_from(("Z", "+00:00", "-05:00", "+05:45", "+14:00"))
_FRACTIONS = st.sampled_from(("", "", ".5", ".123456"))


def moments(first: int, last: int) -> st.SearchStrategy[str]:
    """Draw date-times of some years, with a time zone."""
    drawn = st.datetimes(datetime.datetime(first, 1, 1), datetime.datetime(last, 12, 31))  # noqa: DTZ001 - zone below
    return st.builds(lambda moment, part, zone: f"{moment:%Y-%m-%dT%H:%M:%S}{part}{zone}", drawn, _FRACTIONS, _ZONES)


PAST = moments(1970, 2024)
FUTURE = moments(2100, 2999)
_HASHES = st.sampled_from((f"sha256${'0123456789abcdef' * 4}", f"md5${'0123456789ABCDEF' * 2}"))

#: Values by the name of their datatype; addresses and texts, which are unique, are made by whoever draws.
DATATYPES: dict[str, st.SearchStrategy[Any]] = {
    "Boolean": st.booleans(),
    "Float": NUMBERS,
    "Integer": st.integers(-1000, 1000),
    "NonNegativeInteger": st.integers(0, 10**6),
    "PositiveInteger": st.integers(1, 10**6),
    "NonNegativeIntegerString": st.integers(0, 10**6).map(str),
    "NumericDate": st.integers(0, 10**10),
    "Date": st.dates(datetime.date(1900, 1, 1)).map(str),
    "DateTime": PAST,
    "DateTimeZ": PAST,
    "DateTimeStamp": PAST,
    "DateTime11": PAST,
    "CompactJws": st.tuples(_WORDS, _WORDS, _WORDS).map(".".join),
    "CountryCode": st.sampled_from(("US", "DE", "BR")),
    "LanguageCode": st.sampled_from(("en", "de", "sr-Latn-RS", "es-419")),
    "LanguageTag": st.sampled_from(("en", "de-AT")),
    "IdentityHash": _HASHES,
    "HexString": st.integers(0, 255).map(hex),
    "SriString": st.just("sha384-l/HrjlBCNWyAX91hr6LFV2Y3heB5Tcr6IeE4/Tje8YyzYBM8IhqjHWiWpr8+ZbYU"),
    "Multibase": _WORDS.map(lambda word: f"u{word}"),
    "MultibaseMultihash": _WORDS.map(lambda word: f"u{word}"),
    "DataUrl": _WORDS.map(lambda word: f"data:application/vc+jwt,{word}"),
    "ASCIIString": _WORDS,
    "JsonObject": st.dictionaries(_WORDS, NUMBERS, max_size=2),
    "JWK": st.just({"kty": "OKP", "crv": "Ed25519", "x": "abc"}),
    "Context": st.just("https://www.w3.org/ns/credentials/v2"),
}
#: Datatypes that are the address of something.
ADDRESSES = frozenset({"URI", "URL", "IRI", "Term"})
#: The smallest PNG, and an SVG.
_PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="  # a dot
_SVG = base64.b64encode(b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>').decode()
PICTURES = st.sampled_from((f"data:image/png;base64,{_PNG}", f"data:image/svg+xml;base64,{_SVG}"))
