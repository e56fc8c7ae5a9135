"""What the pages are made of: trees, grids, columns, and the wording of values."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from skillmark_fixtures.generator import write_framework
from skillmark_reference.server import pages
from skillmark_reference.server.pages import wording
from skillmark_reference.server.pages.crosswalk import comparison_of
from skillmark_reference.server.pages.rubric import grid_of
from skillmark_reference.server.pages.tree import Move, tree_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from skillmark_reference.server.pages.tree import Step

Record = dict[str, Any]


def small_package(items: str, edges: Iterable[str | tuple[str, int]]) -> Record:
    """Return a package of one-letter items; an edge names child and parent, ``-`` is the document."""
    found = []
    for number, edge in enumerate(edges):
        names, sequence = edge if isinstance(edge, tuple) else (edge, None)
        child, parent = ({"identifier": name, "title": name, "uri": f"urn:x:{name}"} for name in names)
        record = {
            "identifier": f"edge-{number}",
            "associationType": "isChildOf",
            "originNodeURI": child,
            "destinationNodeURI": parent,
        }
        found.append(record | ({"sequenceNumber": sequence} if sequence is not None else {}))
    return {
        "CFDocument": {
            "identifier": "-",
            "title": "Small",
            "creator": "x",
            "lastChangeDateTime": "2026-01-01T00:00:00Z",
        },
        "CFItems": [{"identifier": name, "fullStatement": name} for name in items],
        "CFAssociations": found,
    }


def crossing(origin: str, destination: str, kind: str = "isPartOf") -> Record:
    """Return an association between one-letter nodes."""
    ends = ({"identifier": each, "title": f"node {each}", "uri": f"urn:x:{each}"} for each in (origin, destination))
    return {"associationType": kind, **dict(zip(("originNodeURI", "destinationNodeURI"), ends, strict=True))}


def rubric_of(*criteria: str) -> Record:
    """Return a rubric whose levels have one-letter qualities; ``.`` is a level without one."""
    return {
        "CFRubricCriteria": [
            {"CFRubricCriterionLevels": [{} if each == "." else {"quality": each} for each in qualities]}
            for qualities in criteria
        ]
    }


def rows(steps: Iterable[Step]) -> list[str]:
    """Return a tree as text: a row for every item, indented by its depth."""
    return [
        "  " * step.depth + step.item["fullStatement"] + ("*" if step.is_repeated else "")
        for step in steps
        if step.item
    ]


def test_siblings_are_ordered_by_sequence_number() -> None:
    """A sequenceNumber decides, whatever the order of the associations; siblings without one come last, in their order."""
    tree = tree_of(small_package("abcd", ["a-", ("b-", 2), ("c-", 1), "d-"]))
    assert ["c", "b", "a", "d"] == rows(tree.steps)


def test_items_without_a_place_are_shown_apart() -> None:
    """What no chain of parents leads to stands below the tree, with its own children."""
    tree = tree_of(small_package("abcd", ["a-", "bx", "cb"]))
    assert (["a"], ["b", "  c", "d"]) == (rows(tree.steps), rows(tree.orphans))


def test_cycles_end() -> None:
    """Items that are their own ancestors are shown once, and the place where the circle closes is marked."""
    tree = tree_of(small_package("abcd", ["a-", "bc", "cb", "dd"]))
    assert (["a"], ["b", "  c", "    b*", "d", "  d*"]) == (rows(tree.steps), rows(tree.orphans))
    assert (4, 4) == (tree.total, tree.shown)


def test_an_item_with_two_parents_opens_once() -> None:
    """At its further places an item is only mentioned, so the page cannot explode."""
    package = small_package("abcd", ["a-", "b-", "ca", "cb", "dc"])
    tree = tree_of(package)
    assert ["a", "  c", "    d", "b", "  c*"] == rows(tree.steps)
    assert 1 == pages.framework_page(package, crosswalks=[], places={}).count("also stands further up")


def test_a_very_deep_tree_is_drawn_flat() -> None:
    """Beyond a depth that browsers bear, children follow their parent; nothing is lost, nothing recurses."""
    names = [chr(0x4E00 + number) for number in range(3_000)]
    edges = [f"{child}{parent}" for child, parent in zip(names, ["-", *names], strict=False)]
    package = small_package("".join(names), edges)
    tree = tree_of(package)
    assert names == [step.item["identifier"] for step in tree.steps if step.item]
    opened = Counter(step.move for step in tree.steps)
    assert opened[Move.OPEN] == opened[Move.CLOSE] < 100
    page = pages.framework_page(package, crosswalks=[], places={})
    assert page.count("<details") == page.count("</details>") == opened[Move.OPEN]


def test_a_large_framework_is_cut_and_says_so() -> None:
    """Of more items than a page can bear the first are shown, with a note; no branch stays open."""
    stream = io.BytesIO()
    write_framework(stream, items=6_000, seed=3)
    page = pages.framework_page(json.loads(stream.getvalue()), crosswalks=[], places={})
    assert "This page shows 5,000 of 6,000 items." in page
    assert 5_000 == page.count('data-entry="hit"')
    assert page.count("<details") == page.count("</details>")


def test_a_cut_tree_has_no_orphans() -> None:
    """Items that the limit leaves out are not said to lack a place."""
    tree = tree_of(small_package("abcd", ["a-", "ba", "cb", "da"]), most_rows=2)
    assert (["a", "  b"], []) == (rows(tree.steps), rows(tree.orphans))
    assert (4, 2) == (tree.total, tree.shown)


def test_small_trees_are_open_from_the_start() -> None:
    """As much is open as fits on a screen: more of a small tree, the first level of a large one."""
    assert 2 == tree_of(small_package("abc", ["a-", "ba", "cb"])).open_depth
    many = [chr(0x4E00 + number) for number in range(100)]
    assert 1 == tree_of(small_package("a" + "".join(many), ["a-", *[f"{each}a" for each in many]])).open_depth


def test_a_bare_package_has_a_page() -> None:
    """Nothing that the standard leaves optional is needed."""
    package = small_package("", [])
    del package["CFItems"], package["CFAssociations"]
    assert "This framework has no items." in pages.framework_page(package, crosswalks=[], places={})


@pytest.mark.parametrize(
    ("criteria", "levels", "cells"),
    [
        (("abc", "abc"), ["a", "b", "c"], ["abc", "abc"]),
        (("abc", "ac"), ["a", "b", "c"], ["abc", "a-c"]),
        (("abc", "cb"), ["Level 1", "Level 2", "Level 3"], ["abc", "cb-"]),
        (("abc", "abd"), ["Level 1", "Level 2", "Level 3"], ["abc", "abd"]),
        (("aa", "a"), ["Level 1", "Level 2"], ["aa", "a-"]),
        (("..", "."), ["Level 1", "Level 2"], ["..", ".-"]),
        (("a", ""), ["a"], ["a", "-"]),
        ((), [], []),
    ],
)
def test_columns_are_named_where_criteria_agree(criteria: tuple[str, ...], levels: list[str], cells: list[str]) -> None:
    """Levels stand below their common qualities; where the criteria do not agree, columns have numbers."""
    grid = grid_of(rubric_of(*criteria))
    shown = ["".join("-" if cell is None else cell.get("quality", ".") for cell in row) for _, row in grid.rows]
    assert (levels, cells) == (grid.levels, shown)


def test_positions_order_the_grid() -> None:
    """Criteria and levels stand in the order of their positions, those without one last."""
    rubric = rubric_of("ab", "ab", "ab")
    for criterion, position in zip(rubric["CFRubricCriteria"], (None, 2, 1), strict=True):
        criterion.update({"category": str(position)} | ({"position": position} if position else {}))
        criterion["CFRubricCriterionLevels"][0]["position"] = 2
        criterion["CFRubricCriterionLevels"][1]["position"] = 1
    grid = grid_of(rubric)
    assert (["1", "2", "None"], ["b", "a"]) == ([row["category"] for row, _ in grid.rows], grid.levels)


def test_columns_are_in_the_order_of_the_trees() -> None:
    """Items that take part stand in tree order, each once; nodes that are no items come last."""
    left = small_package("abc", [("b-", 1), ("a-", 2), "cb"])
    right = small_package("xyz", ["x-", "y-", "z-"])
    found = comparison_of(left, right, [crossing(*each) for each in ("ay", "cx", "xb", "cy", "aq")])
    assert ["b", "c", "a"] == [stop.node.title for stop in found.left.stops]
    assert ["x", "y", "node q"] == [stop.node.title for stop in found.right.stops]
    assert (3, 3, 2, 3) == (found.left.involved, found.left.total, found.right.involved, found.right.total)
    shown = [(pair.left.node.title, pair.right.node.title, pair.points) for pair in found.pairs]
    expected = [
        ("b", "x", "left"),
        ("c", "x", "right"),
        ("c", "y", "right"),
        ("a", "y", "right"),
        ("a", "node q", "right"),
    ]
    assert expected == shown


def test_lines_are_told_apart_by_type() -> None:
    """Every type of the standard has its own style, those of vendors share one; arrows are for types with a direction."""
    names = [*wording.association_types(), "ext:mitigates", 'ext:" onload="x']
    found = comparison_of(small_package("a", []), small_package("x", []), [crossing("a", "x", each) for each in names])
    assert len(wording.association_types()) + 1 == len({kind.style for kind in found.kinds})
    undirected = {pair.association_type for pair in found.pairs if pair.points == "both"}
    assert {"isPeerOf", "exactMatchOf", "isRelatedTo"} == undirected


def test_a_huge_crosswalk_is_cut_and_says_so() -> None:
    """Of more pairs than a page can bear the first are shown, with a note."""
    sides = small_package("a", ["a-"]), small_package("x", ["x-"])
    page = pages.crosswalk_page(*sides, [crossing("a", "x")] * 2_001)
    assert 2_000 == page.count("data-left=")
    assert "The first 2,000 are shown" in page


def test_lone_surrogates_do_not_break_a_page() -> None:
    """What UTF-8 cannot say is replaced."""
    package = small_package("a", ["a-"])
    package["CFItems"][0]["fullStatement"] = "half \ud800 a pair"
    assert "half ? a pair" in pages.framework_page(package, crosswalks=[], places={}).encode().decode()


@pytest.mark.parametrize(
    ("text", "is_link"),
    [
        ("https://case.example.org/a?b=c#d", True),
        ("HTTP://case.example.org", True),
        ("http://[::1]:8000/", True),
        ("javascript:alert(1)", False),
        (" https://case.example.org", False),
        ("https://case.example.org/\njavascript:", False),
        ("https:///nowhere", False),
        ("http://[::1", False),
        ("//case.example.org", False),
        ("urn:x:1", False),
        ("data:text/html,x", False),
        (5, False),
    ],
)
def test_only_addresses_of_the_web_become_links(text: object, is_link: bool) -> None:  # noqa: FBT001 - parametrized
    """An absolute http or https address is a link, everything else is text."""
    assert is_link == (wording.web_address(text) is not None)


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("2026-01-05", "5 January 2026"),
        ("2026-10-02T09:30:00Z", "2 October 2026, 09:30 UTC"),
        ("2026-10-02T01:30:00+02:00", "1 October 2026, 23:30 UTC"),
        ("2026-13-01", "2026-13-01"),
        ("0001-01-01T00:00:00+10:00", "0001-01-01T00:00:00+10:00"),
        ("soon", "soon"),
    ],
)
def test_points_in_time_are_spoken(text: str, spoken: str) -> None:
    """Dates are words in UTC; what is no date stays as it is."""
    assert spoken == wording.moment(text)


@pytest.mark.parametrize(
    ("tags", "tag"),
    [(("es",), "es"), (("en_US",), "en-US"), ((None, "de"), "de"), (('en" x="', "de"), "de"), (("",), None)],
)
def test_languages_are_tags(tags: tuple[str | None, ...], tag: str | None) -> None:
    """A language is shown as a tag of BCP 47, or not at all."""
    assert tag == wording.language(*tags)


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [("one two", 7, "one two"), ("one two three", 9, "one two …"), ("onetwothree", 5, "onetw …"), ("", 5, "")],
)
def test_long_texts_are_cut_between_words(text: str, limit: int, short: str) -> None:
    """A text that is too long ends after a whole word, with a sign."""
    assert short == wording.brief(text, limit)


def test_numbers_have_no_needless_fraction() -> None:
    """Scores and weights are shown as a person writes them."""
    assert ["4", "0.35", "1,200", "1,200.5"] == [wording.number(each) for each in (4.0, 0.35, 1200, 1200.5)]


def test_crosswalks_bring_frameworks_together() -> None:
    """Frameworks that crosswalks connect stand beside each other, the others keep their order."""
    documents = [{"identifier": name, "title": name, "creator": "x"} for name in "abcde"]
    crosswalks = [
        pages.Crosswalk(left_id=left, left_title=left, right_id=right, right_title=right, count=1)
        for left, right in ("ad", "de", "ax")
    ]
    page = pages.index_page(documents, crosswalks=crosswalks, endpoints={})
    assert ["a", "d", "e", "b", "c"] == re.findall(r'href="./frameworks/(\w)"', page)
    assert ["a/d", "d/e"] == re.findall(r'"bridge"><a href="./crosswalks/(\w/\w)"', page)


def test_an_empty_provider_says_how_to_fill_it() -> None:
    """Without frameworks the first page names the command that loads them."""
    assert "skillmark import" in pages.index_page([], crosswalks=[], endpoints={})
