"""Valid records of every class of a standard, drawn or made, derived from its table.

Everything is valid by construction: nothing is drawn and thrown away, and shrinking ends at the smallest valid record.
"""

from __future__ import annotations

import datetime
import enum
import functools
import string
import uuid
from typing import TYPE_CHECKING, Any, Literal

from hypothesis import strategies as st

from skillmark_reference.standards import load_standard

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import DrawFn, SearchStrategy

    from skillmark_reference.standards import Datatype, Enumeration, Property, RecordClass, Standard


class Variant(enum.Enum):
    """Which optional members a drawn record has, on every level."""

    MINIMAL = "none"
    FREE = "any"
    MAXIMAL = "all"


#: An entry more than one shows what arrays do; more would only make records slow to draw.
_MOST_ENTRIES = 2
_MOST_CHARACTERS = 24
_SURROGATES: tuple[Literal["Cs"]] = ("Cs",)
_EXTENSION_MEMBER = "org.example.note"
#: A prefix of tokens that vendors may add where the enumeration is open.
_OPEN_PREFIX = "ext:"
_OPEN_ALPHABET = string.ascii_letters + string.digits + "._-"


def valid(standard: Standard, record_class: str, *, variant: Variant | None = None) -> SearchStrategy[dict[str, Any]]:
    """Draw valid objects of a class; without a variant, of all variants, and shrinking towards the minimal one.

    Raises:
        KeyError: the standard has no such class.
    """
    if record_class not in standard.classes:
        raise KeyError(record_class)
    variants = Variant if variant is None else (variant,)
    return st.one_of([_valid(standard.id, record_class, each) for each in variants])


@st.composite
def _valid(draw: DrawFn, standard_id: str, record_class: str, variant: Variant) -> dict[str, Any]:
    """Draw an object of a class; a strategy of its own, since it is shown by its name and not with all that it holds."""
    return draw(_objects(standard_id, record_class, variant))


@functools.cache
def _objects(standard_id: str, record_class: str, variant: Variant) -> SearchStrategy[dict[str, Any]]:
    standard = load_standard(standard_id)
    row = standard.classes[record_class]
    members = {name: _contents(standard, facts, variant) for name, facts in row.properties.items()}
    match variant:
        case Variant.MINIMAL:
            drawn = st.fixed_dictionaries({name: members[name] for name in row.required})
        case Variant.FREE:
            drawn = _with_or_without(members, frozenset(row.required))
        case Variant.MAXIMAL:
            drawn = st.fixed_dictionaries(members)
    return drawn if row.closed else _extended(drawn, variant)


@st.composite
def _with_or_without(draw: DrawFn, members: dict[str, SearchStrategy[Any]], required: frozenset[str]) -> dict[str, Any]:
    """Draw for each optional member whether it is there; each can be taken away without touching the others."""
    return {name: draw(contents) for name, contents in members.items() if name in required or draw(st.booleans())}


def _extended(drawn: SearchStrategy[dict[str, Any]], variant: Variant) -> SearchStrategy[dict[str, Any]]:
    """Add members outside the table, where the class is open for them."""
    if variant is Variant.MINIMAL:
        return drawn
    names = st.sampled_from((_EXTENSION_MEMBER, "x", "sourceItemIdentifier", "vendor:größe", ""))
    least = 1 if variant is Variant.MAXIMAL else 0
    extra = st.dictionaries(names, _json_values(), min_size=least, max_size=_MOST_ENTRIES)
    return st.builds(lambda known, further: further | known, drawn, extra)


def _json_values() -> SearchStrategy[Any]:
    scalars = st.one_of(st.none(), st.booleans(), st.integers(-99, 99), st.text(max_size=_MOST_CHARACTERS))
    lists = st.lists(scalars, max_size=_MOST_ENTRIES)
    return st.one_of(scalars, lists, st.dictionaries(st.sampled_from(("a", "b")), scalars))


def _contents(standard: Standard, row: Property, variant: Variant) -> SearchStrategy[Any]:
    single = _singles(standard, row.type, variant)
    if not row.card.is_array:
        return single
    least = 1 if row.card.is_required or variant is Variant.MAXIMAL else 0
    return st.lists(single, min_size=least, max_size=least if variant is Variant.MINIMAL else _MOST_ENTRIES)


def _singles(standard: Standard, type_name: str, variant: Variant) -> SearchStrategy[Any]:
    if type_name in standard.classes:
        return _valid(standard.id, type_name, variant)
    if type_name in standard.enums:
        return _tokens(standard.enums[type_name])
    return primitives(standard.datatypes[type_name])


def _tokens(enumeration: Enumeration) -> SearchStrategy[str]:
    listed = st.sampled_from(enumeration.values)
    if enumeration.pattern is None:
        return listed
    further = st.text(_OPEN_ALPHABET, min_size=1, max_size=_MOST_CHARACTERS).map(_OPEN_PREFIX.__add__)
    return st.one_of(listed, further)


def primitives(datatype: Datatype) -> SearchStrategy[Any]:  # noqa: PLR0911 - one return for each kind
    """Draw legal values of one datatype; the simplest one is the shortest that a person would read as legal."""
    if datatype.name in _BY_NAME:
        return _BY_NAME[datatype.name]()
    if datatype.format in _BY_FORMAT:
        return _BY_FORMAT[datatype.format]()
    match datatype.base:
        case "integer":
            least = -(2**31) if datatype.minimum is None else datatype.minimum
            return st.integers(least, 2**31 - 1)
        case "number":
            return st.one_of(st.integers(-(2**24), 2**24), st.floats(width=32, allow_nan=False, allow_infinity=False))
        case "object":
            return st.dictionaries(st.text(max_size=_MOST_CHARACTERS), _json_values(), max_size=_MOST_ENTRIES)
    if datatype.pattern:
        return st.from_regex(datatype.pattern, fullmatch=True)
    return _texts()


def uuids() -> SearchStrategy[str]:
    """Draw lower-case UUIDs of versions 1 to 5 and the variant of RFC 9562."""
    return st.builds(_uuid_text, st.integers(0, 2**122 - 1), st.sampled_from("12345"))


def _uuid_text(bits: int, version: str) -> str:
    """Spread 122 bits around the version, and around the two bits that fix the variant."""
    digits = f"{bits:031x}"
    variant = "89ab"[int(digits[0], 16)]
    return f"{digits[1:9]}-{digits[9:13]}-{version}{digits[13:16]}-{variant}{digits[16:19]}-{digits[19:]}"


def _texts(forbidden: str = "") -> SearchStrategy[str]:
    # Lone surrogates are no text: JSON in UTF-8 cannot carry them.
    characters = st.characters(exclude_categories=_SURROGATES, exclude_characters=forbidden)
    return st.text(characters, max_size=_MOST_CHARACTERS)


#: Addresses, the plainest first. One choice for Hypothesis: with fewer choices elsewhere, shrinking would leave here.
_ADDRESSES = tuple(
    f"{scheme}://{host}{tail}"
    for tail in ("", "/", "/ims/case/v1p1/CFItems/1", "/a%20b", "?a=b&c=d+e", "#top", "/~x/(y);z=1,2?q#f")
    for host in ("a", "case.example.org", "127.0.0.1:8000", "[2001:db8::1]", "user@example.org")
    for scheme in ("http", "https")
)


def _urls() -> SearchStrategy[str]:
    return st.sampled_from(_ADDRESSES)


def _uris() -> SearchStrategy[str]:
    others = uuids().map("urn:uuid:".__add__)
    return st.one_of(st.sampled_from((*_ADDRESSES, "tag:example.org,2024:a")), others)


def _dates() -> SearchStrategy[str]:
    return st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 12, 31)).map(datetime.date.isoformat)


def _date_times() -> SearchStrategy[str]:
    times = st.datetimes(datetime.datetime(1970, 1, 1), datetime.datetime(2100, 1, 1))  # noqa: DTZ001 - zone below
    fractions = st.sampled_from(("", ".5", ".123", ".123456789"))
    zones = st.sampled_from(("Z", "+00:00", "-05:00", "+05:45", "+14:00", "-00:00"))
    return st.builds(lambda time, part, zone: f"{time:%Y-%m-%dT%H:%M:%S}{part}{zone}", times, fractions, zones)


_BY_NAME: dict[str, Callable[[], SearchStrategy[Any]]] = {
    "UUID": uuids,
    "URL": _urls,
    "NormalizedString": functools.partial(_texts, "\t\n\r"),
    "Language": functools.partial(st.sampled_from, ("en", "de", "eng", "en-US", "en_US", "zh-Hant-TW")),
}
_BY_FORMAT: dict[str, Callable[[], SearchStrategy[Any]]] = {
    "uri": _uris,
    "date": _dates,
    "date-time": _date_times,
}


def example_base(standard: Standard, record_class: str, *, maximal: bool) -> dict[str, Any]:
    """Make one valid object of a class, the same every time: a healthy base for mutations.

    Identifiers differ from place to place. ``maximal`` fills every optional member, and arrays with one entry.

    Raises:
        KeyError: the standard has no such class.
    """
    return _example_object(standard, standard.classes[record_class], place=record_class, maximal=maximal)


def _example_object(standard: Standard, row: RecordClass, *, place: str, maximal: bool) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, facts in row.properties.items():
        if maximal or facts.card.is_required:
            value = example_value(standard, facts, place=f"{place}/{name}", maximal=maximal)
            made[name] = [value] if facts.card.is_array else value
    if maximal and not row.closed:
        made[_EXTENSION_MEMBER] = "kept as it came"
    return made


def example_value(standard: Standard, row: Property, *, place: str, maximal: bool = False) -> Any:  # noqa: ANN401 - any JSON value
    """Make one legal value of a member, without the array around it; ``place`` makes identifiers differ."""
    if row.type in standard.classes:
        return _example_object(standard, standard.classes[row.type], place=place, maximal=maximal)
    if row.type in standard.enums:
        return standard.enums[row.type].values[0]
    datatype = standard.datatypes[row.type]
    if datatype.name == "UUID":
        return str(uuid.uuid5(uuid.NAMESPACE_URL, place))
    if datatype.base in {"integer", "number"}:
        return max(datatype.minimum or 0, 1)
    return _EXAMPLE_TEXTS.get(datatype.format or datatype.name, f"Example {row.name}")


_EXAMPLE_TEXTS = {
    "uri": "https://case.example.org/ims/case/records/1",
    "date": "2024-01-31",
    "date-time": "2024-01-31T12:00:00Z",
    "Language": "en",
}
