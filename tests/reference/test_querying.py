"""Paging, sorting, filtering and selecting in the reference provider."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillmark_reference.frameworks.querying import Page, QueryProblem, answer
from skillmark_reference.standards import load_standard

STANDARD = load_standard("case-1.1")


def document(number: int, title: str, **members: Any) -> dict[str, Any]:  # noqa: ANN401 - any member
    """Return a document with a few members."""
    identifier = f"{number:08x}-0000-4000-8000-000000000000"
    link = {"title": title, "identifier": identifier, "uri": f"https://case.example.org/{number}"}
    return {"identifier": identifier, "title": title, "CFPackageURI": link, **members}


DOCUMENTS = [
    document(
        1, "apple", subject=["Maths", "Art"], statusStartDate="2025-01-01", lastChangeDateTime="2025-05-01T10:00:00Z"
    ),
    document(2, "Éclair", subject=["Maths"], lastChangeDateTime="2025-05-01T09:30:00-01:00"),
    document(3, "Banana", statusStartDate="2024-01-01", lastChangeDateTime="2025-05-01T10:00:01Z", creator="O'Brien"),
    document(
        4, "zebra", subject=["Art", "Maths", "Music"], lastChangeDateTime="2024-01-01T00:00:00Z", creator="A and B"
    ),
]


def asked(**query: str) -> Page:
    """Return the page for a query."""
    return answer(DOCUMENTS, query, standard=STANDARD, record_class="CFDocument")


def titles(**query: str) -> list[str]:
    """Return the titles on the page for a query."""
    return [record["title"] for record in asked(**query).records]


@given(st.integers(1, 6), st.integers(0, 6))
def test_pages_are_slices(limit: int, offset: int) -> None:
    """A page is the slice of the list that limit and offset cut, and the total is that of the list."""
    page = asked(limit=str(limit), offset=str(offset))
    assert DOCUMENTS[offset : offset + limit] == page.records
    assert 4 == page.total


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "-1"},
        {"limit": "ten"},
        {"limit": "1.5"},
        {"limit": ""},
        {"limit": "99999999999999999999"},
        {"offset": "-1"},
        {"fields": ""},
        {"fields": "title,,creator"},
        {"filter": "title"},
        {"filter": "title=apple"},
        {"filter": "colour='red'"},
        {"filter": "licenseURI='x'"},
        {"filter": "title.x='a'"},
        {"filter": "title='a' AND title='b' OR title='c'"},
    ],
)
def test_wrong_parameters_are_refused(query: dict[str, str]) -> None:
    """A parameter that cannot be understood is refused, and named."""
    with pytest.raises(QueryProblem) as caught:
        asked(**query)
    assert next(iter(query)) == caught.value.parameter


def test_sorting_follows_the_collation() -> None:
    """Titles are sorted without minding capitals and accents, in both directions; records without the member come last."""
    assert ["apple", "Banana", "Éclair", "zebra"] == titles(sort="title")
    assert ["zebra", "Éclair", "Banana", "apple"] == titles(sort="title", orderBy="desc")
    assert ["Banana", "apple", "Éclair", "zebra"] == titles(sort="statusStartDate")


def test_times_are_sorted_as_instants() -> None:
    """Date-times are compared by their instant, whatever their offset."""
    assert ["zebra", "apple", "Banana", "Éclair"] == titles(sort="lastChangeDateTime")


def test_unknown_sort_fields_change_nothing() -> None:
    """An unknown sort field gives the default order (REST Binding, 3.2)."""
    assert [record["title"] for record in DOCUMENTS] == titles(sort="colour", orderBy="desc")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("title='APPLE'", ["apple"]),
        ("title!='apple'", ["Éclair", "Banana", "zebra"]),
        ("title~'AN'", ["Banana"]),
        ("title>'banana'", ["Éclair", "zebra"]),
        ("title>='banana'", ["Éclair", "Banana", "zebra"]),
        ("title<'banana'", ["apple"]),
        ("title<='banana'", ["apple", "Banana"]),
        ("statusStartDate>'2024-06-01'", ["apple"]),
        ("lastChangeDateTime='2025-05-01T10:30:00Z'", ["Éclair"]),
        ("lastChangeDateTime!='2025-05-01t10:30:00z'", ["apple", "Banana", "zebra"]),
        ("lastChangeDateTime>'2024-06-01'", ["apple", "Éclair", "Banana"]),
        ("lastChangeDateTime<='2024-01-01t00:00:00z'", ["zebra"]),
        ("lastChangeDateTime>='2025-05-01T10:30:00Z'", ["Éclair"]),
        ("title='apple' OR title='zebra'", ["apple", "zebra"]),
        ("title~'a' AND title~'e'", ["apple", "zebra"]),
        ("creator='O'Brien'", ["Banana"]),
        ("creator='A AND B'", ["zebra"]),
        ("creator='A and B' OR title='apple'", ["apple", "zebra"]),
        ("CFPackageURI.title='zebra'", ["zebra"]),
        ("subject='Maths'", ["Éclair"]),
        ("subject='Maths,Art'", ["apple"]),
        ("subject~'Maths'", ["apple", "Éclair", "zebra"]),
        ("subject~'music,art'", ["apple", "zebra"]),
        ("creator='nobody'", []),
    ],
)
def test_filters_find_what_they_say(text: str, expected: list[str]) -> None:
    """Each predicate, both operators, arrays and dotted names find exactly the records that the grammar says."""
    assert expected == titles(filter=text)


def test_selections_keep_the_named_members() -> None:
    """A selection keeps the named members where a record has them; an unknown name selects everything."""
    assert {"title", "creator"} == set(asked(fields="creator,title").records[2])
    assert {"title"} == set(asked(fields="creator,title").records[0])
    assert DOCUMENTS == asked(fields="title,colour").records
