"""The pages in a real browser: what JavaScript adds to them, and what only a layout shows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.browser import TOO_FAINT

from skillmark_fixtures.frameworks import framework, slugs
from skillmark_reference.frameworks.importing import import_files
from skillmark_reference.frameworks.storing import Repository
from skillmark_reference.server import RunningServer, ServerOptions, create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser import Tab

Record = dict[str, Any]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the first two bundled frameworks."""
    folder = tmp_path_factory.mktemp("packages")
    repository = Repository.open(f"sqlite:///{folder / 'case.sqlite'}")
    paths = [folder / f"{slug}.json" for slug in slugs()[:2]]
    for path in paths:
        path.write_text(json.dumps(framework(path.stem)), encoding="utf-8")
    assert not import_files(repository, paths).violations
    with RunningServer(create_app(repository, options=ServerOptions())) as server:
        yield server.url
    repository.close()


@pytest.fixture(scope="module")
def package() -> Record:
    """Return the first bundled framework."""
    return framework(slugs()[0])


@pytest.fixture(scope="module")
def paths(package: Record) -> dict[str, str]:
    """Return a path of every kind of page."""
    document = package["CFDocument"]["identifier"]
    return {
        "index": "/",
        "framework": f"/frameworks/{document}",
        "item": f"/items/{package['CFItems'][1]['identifier']}",
        "rubric": f"/rubrics/{package['CFRubrics'][0]['identifier']}",
        "crosswalk": f"/crosswalks/{document}/{framework(slugs()[1])['CFDocument']['identifier']}",
    }


KINDS = ("index", "framework", "item", "rubric", "crosswalk")
SHOWN = (
    "Array.from(document.querySelectorAll('.tree li')).filter((each) => each.checkVisibility()).map((each) => each.id)"
)
ANNOUNCED = "document.querySelector('[role=status]').textContent"
LINES = """
Array.from(document.querySelectorAll(".lines g:not([hidden]) .line")).map((each) => {
  const box = each.getBoundingClientRect();
  return [each.parentElement.getAttribute("class"), Math.round(box.left), Math.round(box.right)];
})
"""


def with_word(package: Record, word: str) -> set[str]:
    """Return the items that have a word in what the tree shows of them."""
    members = ("humanCodingScheme", "abbreviatedStatement", "fullStatement", "CFItemType")
    return {
        item["identifier"]
        for item in package["CFItems"]
        if word in " ".join(item.get(member, "") for member in members).lower()
    }


def above(package: Record, items: set[str]) -> set[str]:
    """Return the items that some items stand in."""
    parents = {
        each["originNodeURI"]["identifier"]: each["destinationNodeURI"]["identifier"]
        for each in package["CFAssociations"]
        if each["associationType"] == "isChildOf"
    }
    found = set(items)
    while more := {parents[each] for each in found if each in parents} - found - {package["CFDocument"]["identifier"]}:
        found |= more
    return found - items


def test_a_search_in_the_address_filters_the_tree(tab: Tab, base: str, paths: dict[str, str], package: Record) -> None:
    """A link with a search shows the items with the word, and what they stand in, open; the count is announced."""
    found = with_word(package, "regression")
    tab.open(f"{base}{paths['framework']}#q=REGRESSION")
    assert found
    assert found | above(package, found) == set(tab.evaluate(SHOWN))
    assert f"{len(found)} of {len(package['CFItems'])} items" == tab.evaluate(ANNOUNCED)


def test_typing_searches_and_makes_a_link(tab: Tab, base: str, paths: dict[str, str], package: Record) -> None:
    """The slash leads to the search, words narrow the tree and stand in the address, Escape brings everything back."""
    tab.open(f"{base}{paths['framework']}")
    before = tab.evaluate(SHOWN)
    tab.press("/")
    tab.send("Input.insertText", text="bias")
    assert with_word(package, "bias") <= set(tab.evaluate(SHOWN))
    assert "#q=bias" == tab.evaluate("location.hash")
    tab.press("Escape")
    assert before == tab.evaluate(SHOWN)
    assert "" == tab.evaluate("location.hash")


def test_words_are_found_without_their_accents(tab: Tab, base: str, paths: dict[str, str]) -> None:
    """A reader without the right keyboard finds Spanish words; all words have to be there, in any order."""
    tab.open(f"{base}{paths['framework']}#q=causalidad%20correlacion")
    assert tab.evaluate(ANNOUNCED).startswith("1 of ")


def test_a_search_for_nothing_says_so(tab: Tab, base: str, paths: dict[str, str]) -> None:
    """Where nothing fits nothing is shown, and that is said; a broken address breaks nothing."""
    tab.open(f"{base}{paths['framework']}#q=%3Cscript%3E%%%")
    assert tab.evaluate(ANNOUNCED).startswith("None of ")
    assert [] == tab.evaluate(SHOWN)


def test_the_tree_opens_and_closes_as_a_whole(tab: Tab, base: str, paths: dict[str, str], package: Record) -> None:
    """One button shows all items, the other one the topmost only."""
    tab.open(f"{base}{paths['framework']}")
    tab.evaluate("document.querySelector('[data-all=open]').click()")
    assert len(package["CFItems"]) == len(tab.evaluate(SHOWN))
    tab.evaluate("document.querySelector('[data-all=closed]').click()")
    assert set() == above(package, set(tab.evaluate(SHOWN)))


def test_a_link_into_the_tree_opens_it(tab: Tab, base: str, paths: dict[str, str], package: Record) -> None:
    """The way from an item to its place in the tree ends at a row that can be seen."""
    item = next(each["identifier"] for each in package["CFItems"] if each["humanCodingScheme"] == "DA.1.1.1")
    tab.open(f"{base}{paths['framework']}")
    assert item not in tab.evaluate(SHOWN)
    tab.open(f"{base}{paths['framework']}#{item}")
    assert item in tab.evaluate(SHOWN)
    assert 0 < tab.evaluate(f"document.getElementById('{item}').getBoundingClientRect().top") < 900


def test_the_first_page_is_searched_too(tab: Tab, base: str) -> None:
    """Frameworks are found by the words of their cards."""
    tab.open(f"{base}/#q=brokerage")
    assert "1 of 2 frameworks" == tab.evaluate(ANNOUNCED)
    cards = "Array.from(document.querySelectorAll('.card')).map((each) => each.checkVisibility())"
    assert [False, True] == tab.evaluate(cards)


@pytest.mark.parametrize("width", [1280, 360])
def test_a_crosswalk_draws_a_line_for_every_pair(tab: Tab, base: str, paths: dict[str, str], width: int) -> None:
    """Each pair has one line in the style of its type, from the left column to the right one, at any width."""
    tab.open(f"{base}{paths['crosswalk']}", width=width)
    styles = tab.evaluate("Array.from(document.querySelectorAll('#pairs tbody tr')).map((each) => each.dataset.style)")
    edges = tab.evaluate(
        "[document.querySelector('.left li').getBoundingClientRect().right,"
        " document.querySelector('.right li').getBoundingClientRect().left]"
    )
    lines = tab.evaluate(LINES)
    assert styles
    assert sorted(styles) == sorted(style for style, *_ in lines)
    for _, left, right in lines:
        assert pytest.approx(edges, abs=10) == [left, right]


def test_lines_of_a_type_can_be_hidden(tab: Tab, base: str, paths: dict[str, str]) -> None:
    """The legend takes away the lines and the pairs of a type."""
    tab.open(f"{base}{paths['crosswalk']}")
    before = [style for style, *_ in tab.evaluate(LINES)]
    tab.evaluate("document.querySelector('[data-type=isRelatedTo]').click()")
    expected = sorted(style for style in before if style != "of-isRelatedTo")
    assert expected == sorted(style for style, *_ in tab.evaluate(LINES))
    rows = "Array.from(document.querySelectorAll('#pairs tbody tr')).filter((each) => each.checkVisibility()).length"
    assert len(expected) == tab.evaluate(rows) < len(before)


def test_the_focus_brings_out_the_lines_of_an_item(tab: Tab, base: str, paths: dict[str, str]) -> None:
    """With the focus on an item its lines and their other ends are lit, and all others step back."""
    tab.open(f"{base}{paths['crosswalk']}")
    tab.evaluate("document.querySelector('.left li a').focus()")
    assert 1 == tab.evaluate("document.querySelectorAll('.lines .lit').length")
    assert 2 == tab.evaluate("document.querySelectorAll('.choosing .column li.lit').length")
    tab.evaluate("document.activeElement.blur()")
    assert 0 == tab.evaluate("document.querySelectorAll('.choosing, .lit').length")


@pytest.mark.parametrize("kind", KINDS)
def test_a_phone_does_not_scroll_sideways(tab: Tab, base: str, paths: dict[str, str], kind: str) -> None:
    """At 360 pixels everything fits."""
    tab.open(f"{base}{paths[kind]}", width=360)
    assert 360 == tab.evaluate("document.documentElement.scrollWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", KINDS)
def test_text_can_be_read(tab: Tab, base: str, paths: dict[str, str], kind: str, scheme: str) -> None:
    """Text has the contrast that WCAG 2.2 asks for at level AA, on light paper and on dark."""
    tab.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    tab.open(f"{base}{paths[kind]}")
    assert [] == tab.evaluate(TOO_FAINT)
