"""What is drawn: valid records, single changes, filters, identifiers; and how small the counterexamples become."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from skillmark.core.findings import Finding, Held
from skillmark.engine import DEPTHS, explore
from skillmark.strategies.filters import comparisons, is_expressible
from skillmark.strategies.identifiers import Malformed, malformed, unknown_uuids
from skillmark.strategies.mutations import Mutation, mutated, mutations
from skillmark.strategies.records import Variant, example_base, uuids, valid
from skillmark.suites.case.filter_oracle import Comparison, Filter
from skillmark_reference.frameworks.querying import answer
from skillmark_reference.standards import load_standard, standard_ids
from skillmark_reference.standards.structure import Kind, violations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.engine import Observation

Record = dict[str, Any]

CLASSES = [(standard, name) for standard in standard_ids() for name in load_standard(standard).classes]
every_class = pytest.mark.parametrize(("standard", "name"), CLASSES)
every_standard = pytest.mark.parametrize("standard", standard_ids())
few = settings(max_examples=10, deadline=None, phases=(Phase.generate,))
#: The search is the same every time. Explaining what was found would try, and leave, larger examples.
searching = settings(
    max_examples=500, deadline=None, database=None, derandomize=True, phases=(Phase.generate, Phase.shrink)
)

NOBODY = "00000000-0000-1000-8000-000000000000"
MINIMAL = {
    "CFSubject": {
        "identifier": NOBODY,
        "uri": "http://a",
        "title": "",
        "hierarchyCode": "",
        "lastChangeDateTime": "2000-01-01T00:00:00Z",
    },
    "CFItem": {
        "identifier": NOBODY,
        "uri": "http://a",
        "fullStatement": "",
        "lastChangeDateTime": "2000-01-01T00:00:00Z",
        "CFDocumentURI": {"title": "", "identifier": NOBODY, "uri": "http://a"},
    },
    "CFPackage": {
        "CFDocument": {
            "identifier": NOBODY,
            "uri": "http://a",
            "creator": "",
            "title": "",
            "lastChangeDateTime": "2000-01-01T00:00:00Z",
        }
    },
    "LinkGenURI": {"title": "", "identifier": "", "uri": "http://a"},
}


# Valid records


@every_class
@few
@given(data=st.data())
def test_what_is_valid_conforms(standard: str, name: str, data: st.DataObject) -> None:
    """Every drawn object of every class conforms to its table, whatever its variant."""
    table = load_standard(standard)
    variant = data.draw(st.sampled_from([None, *Variant]))
    assert [] == violations(table, name, data.draw(valid(table, name, variant=variant)))


@every_class
@few
@given(data=st.data())
def test_variants_have_the_members_that_they_promise(standard: str, name: str, data: st.DataObject) -> None:
    """The minimal variant has the required members and no other, the maximal one has all."""
    table = load_standard(standard)
    row = table.classes[name]
    assert set(row.required) == set(data.draw(valid(table, name, variant=Variant.MINIMAL)))
    assert set(row.properties) <= set(data.draw(valid(table, name, variant=Variant.MAXIMAL)))


@pytest.mark.parametrize("name", MINIMAL)
def test_the_smallest_record_is_the_minimal_one(name: str) -> None:
    """Shrinking ends at the record with nothing but what is required, and with the plainest values."""
    table = load_standard("case-1.1")
    assert MINIMAL[name] == find(valid(table, name), lambda _: True, settings=searching)


@every_class
def test_examples_are_the_same_every_time(standard: str, name: str) -> None:
    """Two examples of a class are equal and share nothing that could be changed."""
    table = load_standard(standard)
    for maximal in (False, True):
        first, second = (example_base(table, name, maximal=maximal) for _ in range(2))
        assert first == second
        assert first is not second


@every_standard
def test_examples_name_different_records_differently(standard: str) -> None:
    """Identifiers of one example differ from place to place, so that a mix-up shows."""
    base = example_base(load_standard(standard), "CFPackage", maximal=True)
    found = re.findall(r"'identifier': '([0-9a-f-]{36})'", str(base))
    assert len(found) >= 18
    assert len(found) == len(set(found))


# Mutations


def places_of_change(before: object, after: object, path: str = "") -> Iterator[str]:
    """Yield where two values differ; a member that is missing or new is a difference of its own place."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in {**before, **after}:
            if name not in before or name not in after:
                yield f"{path}/{name}"
            else:
                yield from places_of_change(before[name], after[name], f"{path}/{name}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from places_of_change(one, other, f"{path}/{index}")
    elif before != after or type(before) is not type(after):
        yield path


@every_class
def test_a_mutation_changes_one_thing(standard: str, name: str) -> None:
    """Each mutation of an example changes exactly one place, and leaves its base as it was."""
    table = load_standard(standard)
    base = example_base(table, name, maximal=True)
    before = copy.deepcopy(base)
    made = mutations(table, name, base)
    assert made
    assert [] == [each for each in made if 1 != len(list(places_of_change(base, each.apply())))]
    assert before == base


@every_class
def test_mutations_are_told_apart(standard: str, name: str) -> None:
    """No two mutations of an example are the same, and their order is always the same."""
    table = load_standard(standard)
    base = example_base(table, name, maximal=True)
    names = [each.name for each in mutations(table, name, base)]
    assert len(names) == len(set(names))
    assert names == [each.name for each in mutations(table, name, base)]


@every_class
def test_every_member_is_mutated(standard: str, name: str) -> None:
    """Each member of a class is left out where it is required, and given something else in any case."""
    table = load_standard(standard)
    row = table.classes[name]
    made = mutations(table, name, example_base(table, name, maximal=True))
    changed = {each.member for each in made if each.record_class == name and each.kind is not Kind.MISSING}
    left_out = {each.member for each in made if each.record_class == name and each.kind is Kind.MISSING}
    assert set(row.properties) <= changed
    assert set(row.required) <= left_out


@every_standard
@few
@given(data=st.data())
def test_mutations_of_drawn_records_are_found(standard: str, data: st.DataObject) -> None:
    """A single change to any valid record makes exactly the violation that it names."""
    table = load_standard(standard)
    mutation = data.draw(mutated(table, "CFItem", bases=valid(table, "CFItem")))
    assert [(mutation.kind, mutation.pointer)] == [
        (each.kind, each.pointer) for each in violations(table, "CFItem", mutation.apply())
    ]


# Shrinking


def smallest(name: str, kind: Kind) -> Mutation:
    """Return the smallest change to an example of a class that breaks it in some way."""
    return find(mutated(load_standard("case-1.1"), name), lambda each: each.kind is kind, settings=searching)


def test_the_smallest_missing_member() -> None:
    """Of all ways to lack a member, the first required member of the smallest example is found."""
    mutation = smallest("CFSubject", Kind.MISSING)
    assert ("identifier: left out", "") == (mutation.name, mutation.pointer)
    assert {"uri", "title", "hierarchyCode", "lastChangeDateTime"} == set(mutation.apply())


def test_the_smallest_broken_pattern() -> None:
    """Of all broken patterns, an identifier in capitals is found: nothing else is changed, nothing optional there."""
    mutation = smallest("CFSubject", Kind.PATTERN)
    base = example_base(load_standard("case-1.1"), "CFSubject", maximal=False)
    assert "identifier: in upper case" == mutation.name
    assert base | {"identifier": (base["identifier"][:-1] + "a").upper()} == mutation.apply()


def test_the_smallest_record_with_an_optional_member() -> None:
    """A counterexample that needs an optional member has that member, empty, and no other."""
    strategy = valid(load_standard("case-1.1"), "CFSubject", variant=Variant.FREE)
    found = find(strategy, lambda subject: "description" in subject, settings=searching)
    assert MINIMAL["CFSubject"] | {"description": ""} == found


def test_the_smallest_record_with_another_in_it() -> None:
    """A counterexample that needs a minor code has one, with nothing but what it needs."""
    field = {"imsx_codeMinorFieldName": "", "imsx_codeMinorFieldValue": "fullsuccess"}
    strategy = valid(load_standard("case-1.1"), "imsx_StatusInfo", variant=Variant.FREE)
    assert {
        "imsx_codeMajor": "success",
        "imsx_severity": "status",
        "imsx_codeMinor": {"imsx_codeMinorField": [field]},
    } == find(strategy, lambda status: "imsx_codeMinor" in status, settings=searching)


def test_the_smallest_package_with_an_association() -> None:
    """A counterexample that needs one association has one, with empty ends."""
    end = {"title": "", "identifier": "", "uri": "http://a"}
    association = {
        "identifier": NOBODY,
        "uri": "http://a",
        "associationType": "isChildOf",
        "originNodeURI": end,
        "destinationNodeURI": end,
        "lastChangeDateTime": "2000-01-01T00:00:00Z",
    }
    strategy = valid(load_standard("case-1.1"), "CFPackage", variant=Variant.FREE)
    found = find(strategy, lambda package: bool(package.get("CFAssociations")), settings=searching)
    assert MINIMAL["CFPackage"] | {"CFAssociations": [association]} == found


def test_the_smallest_filter_that_a_product_misreads() -> None:
    """A product that mistakes parts for the whole is shown with the first part of the first value."""

    def judge(drawn: Any) -> Iterator[Observation]:  # noqa: ANN401 - what the strategy draws
        is_misread = drawn.predicate == "~" and drawn.value not in VALUES[drawn.field]
        told = f"{drawn.field}{drawn.predicate}'{drawn.value}'"
        yield Finding(requirement="CASE-R-140", expected="a part", actual=told) if is_misread else Held()

    found = list(explore(comparisons(VALUES, ("=", "~")), judge, depth=DEPTHS["full"], seed=1))
    assert ["creator~'Ari'"] == [each.actual for each in found if isinstance(each, Finding)]


# Filters

VALUES = {
    "creator": ["Aria State Agency", "O'Brien", "", "  "],
    "language": ["en", "de"],
    "subject.title": ["Maths, pure", 'a "quoted" one'],
    "statusStartDate": ["2024-01-31"],
    "none": ["'", "\t", " padded", "x" * 301],
}
PREDICATES = load_standard("case-1.1").predicates
GRAMMAR = re.compile(r"[A-Za-z][\w.]*(=|!=|>=|<=|>|<|~)'[^'\"\\\t\r\n\0]+'")


@given(comparisons(VALUES, PREDICATES))
def test_filters_follow_the_grammar(drawn: Any) -> None:  # noqa: ANN401 - what the strategy draws
    """Each comparison is a field, a predicate and a quoted value (REST Binding, 3.3) that needs no escape."""
    written = str(Filter(first=Comparison(field=drawn.field, predicate=drawn.predicate, value=drawn.value)))
    assert GRAMMAR.fullmatch(written)
    assert any(drawn.value in value for value in VALUES[drawn.field])
    assert is_expressible(drawn.value)


@given(
    comparisons({"title": VALUES["creator"], "language": VALUES["language"]}, PREDICATES),
    st.sampled_from(("AND", "OR")),
)
def test_filters_can_be_read(drawn: Any, operator: str) -> None:  # noqa: ANN401 - what the strategy draws
    """The reference provider, which has a parser of its own, understands every drawn filter, single and joined."""
    comparison = Comparison(field=drawn.field, predicate=drawn.predicate, value=drawn.value)
    for made in (Filter(first=comparison), Filter(first=comparison, operator=operator, second=comparison)):
        page = answer([], {"filter": str(made)}, standard=load_standard("case-1.1"), record_class="CFDocument")
        assert 0 == page.total


def test_all_predicates_and_fields_are_drawn() -> None:
    """Every field that has a usable value and every predicate comes up; a field without one never does."""
    drawn: set[tuple[str, str]] = set()

    @settings(max_examples=500, database=None, derandomize=True, phases=(Phase.generate,))
    @given(comparisons(VALUES, PREDICATES))
    def draw(each: Any) -> None:  # noqa: ANN401 - what the strategy draws
        drawn.add((each.field, each.predicate))

    draw()
    assert {(field, predicate) for field in VALUES if field != "none" for predicate in PREDICATES} == drawn


# Identifiers


@every_standard
@given(each=malformed())
def test_malformed_identifiers_are_refused(standard: str, each: Malformed) -> None:
    """No malformed identifier is admitted by the datatype UUID, whatever is wrong with it."""
    pattern = load_standard(standard).datatypes["UUID"].pattern
    assert pattern
    assert not re.fullmatch(pattern, each.text)


@every_standard
@given(text=st.one_of(uuids(), unknown_uuids(set())))
def test_well_formed_identifiers_are_admitted(standard: str, text: str) -> None:
    """Identifiers that nobody has are well-formed all the same."""
    pattern = load_standard(standard).datatypes["UUID"].pattern
    assert pattern
    assert re.fullmatch(pattern, text)


@given(malformed())
def test_malformed_identifiers_stay_in_their_place(each: Malformed) -> None:
    """A malformed identifier is one segment of a path: it neither ends it nor goes elsewhere, and is not nothing."""
    assert each.text
    assert not {"/", "?", "#", "\\"} & set(each.text)
    assert each.text not in {".", ".."}


def test_every_category_of_malformed_identifiers_is_drawn() -> None:
    """All ten ways to be malformed come up, and the smallest of all is one letter."""
    found: set[str] = set()

    @settings(max_examples=300, database=None, derandomize=True, phases=(Phase.generate,))
    @given(malformed())
    def draw(each: Malformed) -> None:
        found.add(each.category)

    draw()
    assert 10 == len(found)
    assert Malformed(text="g", category="other letters") == find(malformed(), lambda _: True, settings=searching)


@given(st.sets(uuids(), max_size=5), st.data())
def test_unknown_identifiers_are_unknown(known: set[str], data: st.DataObject) -> None:
    """An identifier that nobody has is not one of those that are known."""
    assert data.draw(unknown_uuids(known)) not in known
