"""Skillmark itself fails at nothing that a product may send."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from skillmark.reporting import write_reports

from . import data
from .judging import EVERYTHING, judged
from .mutants import Mutant
from .provider import Answer, Provider, Request, Switches

if TYPE_CHECKING:
    from pathlib import Path

    from skillmark.core.target import Feature

_CLAIMS: tuple[frozenset[Feature] | None, ...] = (None, EVERYTHING, frozenset())


@pytest.mark.parametrize("seed", range(64))
def test_one_flaw_is_no_defect_of_ours(seed: int) -> None:
    """With one random flaw in what a provider sends, every check comes to an end of its own."""
    shelf = data.single() if seed % 5 == 0 else None
    mutant = Mutant(seed, "1.1" if seed % 3 else "1.0", shelf=shelf)
    result = judged(mutant, claims=_CLAIMS[seed % 3], requests=1200)
    assert [] == result.defects, f"{mutant.kind} of {mutant.target}"


class Strange(Provider):
    """Sends the same odd body to every request."""

    def __init__(self, body: bytes, status: int = 200) -> None:
        super().__init__("1.1", Switches())
        self.body = body
        self.status = status

    def routed(self, request: Request) -> Answer:
        return Answer(status=self.status, body=self.body)


_RECORDS: tuple[object, ...] = (
    {},
    {"identifier": 7},
    {"identifier": ["x"]},
    {"identifier": None, "uri": None},
    {"identifier": "x"},
    {
        "identifier": "\ud800",
        "uri": "\ud800",
        "title": "\ud800",
        "CFPackageURI": {"identifier": "\ud800", "uri": "\ud800"},
    },
    {"identifier": data.named("x"), "uri": "http://[", "CFPackageURI": "text", "subject": {}, "licenseURI": [[]]},
    {
        "identifier": data.named("x"),
        "CFPackageURI": {"identifier": {}, "uri": []},
        "lastChangeDateTime": 3,
        "title": {},
    },
    None,
    "text",
    [],
)


@pytest.mark.parametrize("record", _RECORDS, ids=lambda each: json.dumps(each)[:40])
def test_odd_records_are_no_defect_of_ours(record: object) -> None:
    """Whatever stands where a record should, in every answer at once, is judged."""
    body = {
        "CFDocuments": [record, record],
        "CFDocument": record,
        "CFItems": [record],
        "CFItem": record,
        "CFAssociations": [
            {"originNodeURI": record, "destinationNodeURI": record, "identifier": data.named("a")},
            record,
        ],
        "CFDefinitions": {
            "CFConcepts": [record],
            "CFSubjects": record,
            "CFLicenses": [record],
            "CFItemTypes": [record],
        },
        "CFRubrics": [
            {"identifier": data.named("r"), "CFRubricCriteria": [record, {"CFRubricCriterionLevels": [record]}]}
        ],
        "CFConcepts": [record],
        "imsx_codeMinor": record,
    }
    result = judged(Strange(json.dumps(body).encode()), requests=1200)
    assert [] == result.defects
    assert result.failed


@pytest.mark.parametrize("status", [200, 204, 302, 304, 404, 429, 500, 503])
@pytest.mark.parametrize("body", [b"", b"null", b"[1]", b"{", b"\xff"], ids=repr)
def test_odd_bodies_are_no_defect_of_ours(body: bytes, status: int) -> None:
    """One body for everything, with any status, is judged."""
    assert [] == judged(Strange(body, status), requests=600).defects


@pytest.mark.parametrize("seed", [3, 17, 29, 41])
def test_reports_can_be_written_of_flaws(seed: int, tmp_path: Path) -> None:
    """The findings about a flawed provider can be written down and read again."""
    paths = write_reports(judged(Mutant(seed, "1.1"), requests=1200).result, tmp_path)
    assert paths
    assert list(tmp_path.iterdir())


def test_reports_can_be_written_of_unreadable_texts(tmp_path: Path) -> None:
    """A lone surrogate in every text, which no encoding has, does not hinder a report."""
    body = json.dumps({"CFDocuments": [_RECORDS[5]], "CFDocument": _RECORDS[5]}).encode()
    write_reports(judged(Strange(body), requests=600).result, tmp_path)
    assert list(tmp_path.iterdir())
