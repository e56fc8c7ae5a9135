"""Conformant providers, unlike the reference one, are accused of nothing.

Every variant differs from the plain provider in something that the standard leaves to the product. What a run may warn of is
listed for each, so that a new warning is noticed.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from skillmark.core.target import Feature

from . import data
from .filters import Refused
from .judging import EVERYTHING, LIST_FEATURES, judged
from .provider import Answer, Provider, Request, Switches

if TYPE_CHECKING:
    from collections.abc import Callable

    from .results import Judged

VERSIONS = ("1.1", "1.0")

#: What the plain provider is warned of: a code of the prose that the enumeration lacks (D-01), packages without items (D-06),
#: titles in the order of small letters, words of its own for adoptionStatus, a use of alternativeLabel, no caseVersion (D-05).
PLAIN = frozenset({"CASE-R-026", "CASE-R-108", "CASE-R-133", "CASE-R-190", "CASE-R-194", "CASE11-R-012"})

#: Switches, and the further requirements that a run may warn of because of them.
VARIANTS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "plain": ({}, set()),
    # Optional features
    "no optional feature": (
        {"paging": False, "sorting": False, "filtering": False, "selection": False, "rubrics": False},
        {"CASE-R-120", "CASE-R-130", "CASE-R-140", "CASE-R-155"},
    ),
    "no paging": ({"paging": False}, {"CASE-R-120"}),
    "no sorting": ({"sorting": False}, {"CASE-R-130"}),
    "no filtering": ({"filtering": False}, {"CASE-R-140"}),
    "no field selection": ({"selection": False}, {"CASE-R-155"}),
    "no rubrics": ({"rubrics": False}, set()),
    "no extensions": ({"extensions": False}, set()),
    # Pages
    "small default page": ({"page": 4}, set()),
    "larger limits are clamped": ({"page": 3, "cap": 3}, set()),
    "larger limits are refused": ({"page": 3, "cap": 3, "above_cap": "refuse"}, set()),
    "no default page": ({"page": None}, {"CASE-R-125"}),
    "limits out of range are treated as absent": ({"bad_pages": "absent"}, {"CASE-R-126"}),
    "headers only where a page was asked for": ({"headers_on": "page"}, set()),
    "one Link header for each relation": ({"links": "many headers"}, set()),
    "links with further parameters": ({"links": "decorated"}, set()),
    "links that are a query": ({"links": "query"}, set()),
    "links that are a path": ({"links": "path"}, set()),
    "last link with the rest as limit": ({"shrinks_last": True}, set()),
    # Order
    "listed by title": ({"order": "title"}, set()),
    "listed by date": ({"order": "date"}, set()),
    "listed by identifier": ({"order": "identifier"}, set()),
    "sorted by bytes": ({"collation": "bytes"}, set()),
    "accents ignored": ({"collation": "bare"}, set()),
    "collated by UCA": ({"collation": "icu"}, set()),
    "descending unless asked otherwise": ({"default_direction": "desc"}, set()),
    "absent values first": ({"absent_last": False}, set()),
    "unknown sort fields refused": ({"unknown_sort": 400}, {"CASE-R-132"}),
    # Filters and selections
    "unequal to an absent member": ({"unequal_to_absent": True}, set()),
    "canonically equal texts are equal": ({"normalizes": True}, set()),
    "unknown filter fields with the code of the enumeration": ({"unknown_filter": "invalid_selection_field"}, set()),
    "unknown selections refused": ({"unknown_selection": 400}, {"CASE-R-159"}),
    # Records
    "empty arrays": ({"empty_arrays": True}, set()),
    "no empty CFItems": ({"items_if_empty": False}, {"CASE-R-109"}),
    "associations without their document": ({"associations_name_document": False}, set()),
    "targetType left to its default": ({"target_type": False}, set()),
    "times in several zones": ({"dates": "offset"}, {"CASE-R-193"}),
    "times with fractions": ({"dates": "fraction"}, set()),
    "times with a numeric zone": ({"dates": "plus"}, set()),
    "times in small letters": ({"dates": "small letters"}, set()),
    "integers for floats": ({"integral_floats": True}, set()),
    "members and records in reverse": ({"reversed_records": True}, set()),
    "addresses without a version": ({"uri": "canonical"}, {"CASE-R-107"}),
    "addresses on another host": ({"uri": "elsewhere"}, set()),
    "addresses of the newest version": ({"uri": "newest"}, set()),
    "criteria served by themselves": ({"criteria": "served"}, set()),
    "criteria served by nobody": ({"criteria": "unserved"}, {"CASE-R-098"}),
    "sets of the requested record alone": ({"sets": "self"}, {"CASE-R-066"}),
    # HTTP
    "below a prefix": ({"prefix": "/tenants/north"}, {"CASE10-R-004", "CASE11-R-020", "CASE11-R-024"}),
    "HEAD refused": ({"head": False}, set()),
    "trailing slashes accepted": ({"trailing_slash": "accepted"}, set()),
    "redirected to a trailing slash": ({"trailing_slash": "redirected"}, set()),
    "identifiers in capitals accepted": ({"upper_case": True}, set()),
    "weak ETags": ({"etag": "weak"}, set()),
    "strong ETags": ({"etag": "strong"}, set()),
    "compressed": ({"gzip": True}, set()),
    "connection closed": ({"headers": (("Connection", "close"), ("Server", "Old/0.9"))}, set()),
    "headers of proxies": (
        {
            "headers": (
                ("Vary", "Accept, Origin"),
                ("Access-Control-Allow-Origin", "*"),
                ("Cache-Control", "max-age=60"),
            )
        },
        set(),
    ),
    "media type with parameters": ({"media_type": 'Application/JSON; charset="utf-8"'}, set()),
    "indented and escaped": ({"pretty": True}, set()),
    # Refusals
    "codes only where they are demanded": (
        {"codes": "required"},
        {"CASE-R-063", "CASE-R-084", "CASE-R-087", "CASE-R-148"},
    ),
    "no description": ({"statement": "none"}, {"CASE-R-064"}),
    "a sentence around the statement": ({"statement": "sentence"}, set()),
    "methods unsupported": ({"unsupported": "unsupported"}, set()),
    "codes named by the system": ({"field_name": "case.skills.example.org"}, set()),
    # Discovery and access
    "relative server": ({"servers": "relative"}, set()),
    "server with a final slash": ({"servers": "slash"}, set()),
    "server with variables": ({"servers": "variables"}, set()),
    "relative server below a prefix": (
        {"servers": "relative", "prefix": "/x"},
        {"CASE10-R-004", "CASE11-R-020", "CASE11-R-024"},
    ),
    "bearer tokens": ({"access": "bearer"}, {"CASE-R-169"}),
    "client credentials": ({"access": "client credentials"}, set()),
    "guarded discovery": ({"access": "client credentials", "public_discovery": False}, set()),
}

#: Switches that no version has to do with.
_WIRE = {
    "links",
    "shrinks_last",
    "order",
    "head",
    "trailing_slash",
    "etag",
    "gzip",
    "headers",
    "media_type",
    "pretty",
    "servers",
}

#: Switches that are drawn together, with those values that a run may warn of left in.
CHOICES: dict[str, tuple[Any, ...]] = {
    "rubrics": (True, False),
    "page": (100, 20, 7, None),
    "cap": (None, 50, 9),
    "above_cap": ("clamp", "refuse"),
    "bad_pages": ("refuse", "absent"),
    "headers_on": ("always", "page"),
    "links": ("absolute", "many headers", "decorated", "query", "path"),
    "shrinks_last": (True, False),
    "order": ("as stored", "title", "date", "identifier"),
    "collation": ("lower", "bytes", "bare", "icu"),
    "default_direction": ("asc", "desc"),
    "absent_last": (True, False),
    "unequal_to_absent": (True, False),
    "normalizes": (True, False),
    "empty_arrays": (True, False),
    "items_if_empty": (True, False),
    "associations_name_document": (True, False),
    "target_type": (True, False),
    "dates": ("Z", "offset", "fraction", "plus", "small letters"),
    "integral_floats": (True, False),
    "extensions": (True, False),
    "reversed_records": (True, False),
    "uri": ("versioned", "canonical", "elsewhere", "newest"),
    "criteria": ("fragment", "served", "unserved"),
    "sets": ("descendants", "self"),
    "prefix": ("", "/t/x"),
    "head": (True, False),
    "trailing_slash": ("refused", "accepted", "redirected"),
    "upper_case": (True, False),
    "etag": ("", "weak", "strong"),
    "gzip": (True, False),
    "pretty": (True, False),
    "codes": ("always", "required"),
    "statement": ("description", "none", "sentence"),
    "unsupported": ("failure", "unsupported"),
    "servers": ("absolute", "relative", "slash", "variables"),
    "access": ("", "bearer", "client credentials"),
    "public_discovery": (True, False),
}


def spared(result: Judged, allowed: frozenset[str] | set[str]) -> None:
    """Assert that nothing failed, that Skillmark had no defect, and that only the allowed warnings were made."""
    assert (set(), [], set()) == (result.failed, result.defects, result.undecided), result.told()
    assert set() == result.warned - allowed, result.told()


_CASES = [
    (name, version)
    for name, (switches, _) in VARIANTS.items()
    for version in VERSIONS[: 1 if set(switches) & _WIRE else 2]
]


@pytest.mark.parametrize(("name", "version"), _CASES)
def test_a_legal_choice_is_no_defect(name: str, version: str) -> None:
    """Each thing that the standard leaves to the product passes by itself."""
    switches, warned = VARIANTS[name]
    spared(judged(Provider(version, Switches(**switches))), PLAIN | warned)


@pytest.mark.parametrize("seed", range(16))
def test_legal_choices_together_are_no_defect(seed: int) -> None:
    """What passes by itself passes together with anything else."""
    rng = random.Random(seed)  # noqa: S311 - repeatable, no secret
    chosen = {name: rng.choice(values) for name, values in CHOICES.items()}
    if chosen["cap"] is not None:
        chosen["page"] = min(chosen["page"] or chosen["cap"], chosen["cap"])
    every = PLAIN.union(*(warned for _, warned in VARIANTS.values()))
    spared(judged(Provider(VERSIONS[seed % 2], Switches(**chosen)), seed=seed), every)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("switches", "warned"),
    [
        pytest.param({}, set(), id="plain"),
        pytest.param({"page": 20, "cap": 50}, set(), id="clamped"),
        pytest.param({"page": 20, "cap": 50, "above_cap": "refuse"}, set(), id="refused"),
        pytest.param({"page": 3, "cap": 3}, set(), id="tiny pages"),
        pytest.param({"page": None, "headers_on": "page"}, {"CASE-R-125"}, id="no default page"),
        pytest.param({"paging": False}, {"CASE-R-120"}, id="all at once"),
    ],
)
def test_a_long_list_is_no_defect(switches: dict[str, Any], warned: set[str], version: str) -> None:
    """More documents than one page holds pass, however small the pages are and whatever a larger limit does."""
    spared(judged(Provider(version, Switches(**switches), data.many())), PLAIN | warned)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("shelf", [data.single, data.empty, data.unrelated], ids=lambda make: make.__name__)
def test_little_data_is_no_defect(shelf: Callable[[], data.Shelf], version: str) -> None:
    """One framework passes, an empty repository, and an item without associations, but for empty sets (D-08, D-09)."""
    spared(judged(Provider(version, shelf=shelf())), PLAIN | {"CASE-R-110", "CASE-R-103"})


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("claims", "features"),
    [
        pytest.param(frozenset(), {}, id="nothing claimed, everything offered"),
        pytest.param(
            frozenset(),
            {"paging": False, "sorting": False, "filtering": False, "selection": False, "rubrics": False},
            id="nothing claimed, nothing offered",
        ),
        pytest.param(LIST_FEATURES, {"rubrics": False}, id="the list claimed"),
        pytest.param(EVERYTHING, {}, id="everything claimed"),
        pytest.param(
            frozenset({Feature.ACCESS_CONTROL}), {"access": "client credentials"}, id="access control claimed"
        ),
    ],
)
def test_claims_decide_what_is_looked_at(claims: frozenset[Feature], features: dict[str, Any], version: str) -> None:
    """A product is judged by what it claims, and by nothing that it does not claim."""
    stated = claims - ({Feature.EXTENSIONS} if version == "1.0" else set())
    spared(judged(Provider(version, Switches(**features)), claims=stated), PLAIN)


class Throttled(Provider):
    """Asks for less now and then."""

    retry_after = "0"

    def finished(self, request: Request, answer: Answer) -> Answer:
        if self.count % 40:
            return answer
        busy = self.refusal(Refused(429, "server_busy", "Slow down", "rate"))
        busy.headers += [("Retry-After", self.retry_after)] if self.retry_after else []
        return busy


class ThrottledForLong(Throttled):
    """Asks for less and does not say for how long."""

    retry_after = ""


def test_a_busy_product_is_asked_again() -> None:
    """429 with Retry-After is waited for, and nothing is lost."""
    spared(judged(Throttled()), PLAIN)


def test_throttling_hides_and_accuses_of_nothing() -> None:
    """429 without a time leaves checks undecided, and none of them accuses."""
    result = judged(ThrottledForLong())
    assert (set(), [], set()) == (result.failed, result.defects, result.warned - PLAIN), result.told()
    assert result.undecided


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"access": "bearer"}, id="a token that nobody asks for"),
        pytest.param({"headers": (("X-Tenant", "north"),)}, id="a header that is no credential"),
    ],
)
def test_an_open_product_may_be_given_credentials(given: dict[str, Any]) -> None:
    """A product that serves everybody and claims no access control is not accused of serving strangers."""
    spared(judged(Provider(), **given), PLAIN | {"CASE-R-169"})
