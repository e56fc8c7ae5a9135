"""Achievements: what they are aligned to exists and is called so, and results are in the words of the rubric."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.reference.pathways.surroundings import OFFLINE, WEB, Record, content_of, issued, nodes, objects
from tests.reference.provider import bundled, client_of

from skillmark_fixtures.frameworks.naming import DEFAULT_BASE, address_of, identifier_of
from skillmark_fixtures.learners import learner
from skillmark_fixtures.pathways import Pathway, pathway, pathways
from skillmark_reference.pathways.achievements import achievement, achievement_id, level_id, precedence
from skillmark_reference.vocabularies import load_vocabulary

if TYPE_CHECKING:
    from skillmark_reference.pathways.settings import Setting

every_pathway = pytest.mark.parametrize("goal", pathways(), ids=lambda each: each.slug)


def alignments(value: object) -> list[Record]:
    """Return every alignment in a JSON value."""
    return [each for each in objects(value) if each.get("type") == ["Alignment"]]


@every_pathway
@pytest.mark.parametrize("setting", [OFFLINE, *WEB[2:]], ids=lambda each: f"{each.base} {each.case_version}")
def test_alignments(goal: Pathway, setting: Setting) -> None:
    """Every target is at the provider of the base, with the same name, code, wording and framework."""
    known = nodes(setting.base, setting.case_version)
    for code in goal.codes:
        found = achievement(setting, goal, code)
        assert code == found["alignment"][0]["targetCode"]
        for each in alignments(found):
            title, node = known[each["targetUrl"]]
            kind = "CFItem" if "fullStatement" in node else "CFRubricCriterion"
            kind += "Level" if "quality" in node else ""
            names = [node.get(name) for name in ("abbreviatedStatement", "quality", "category") if name in node]
            assert (kind, names[0], title) == (each["targetType"], each["targetName"], each["targetFramework"])
            assert node.get("humanCodingScheme") == each.get("targetCode")
            assert each["targetDescription"] == node.get("fullStatement", node.get("description"))


@every_pathway
def test_the_address_of_a_target(goal: Pathway) -> None:
    """It follows from framework and code alone, as the provider makes it."""
    for code in goal.codes:
        found = achievement(OFFLINE, goal, code)["alignment"][0]
        identifier = identifier_of(goal.framework, "CFItems", code)
        assert address_of(DEFAULT_BASE, "1.1", "CFItems", identifier) == found["targetUrl"]


def test_the_reference_provider_has_every_target() -> None:
    """Read at the provider of the base, each target is an item with the name and the wording of the achievement."""
    expected = [
        each for goal in pathways() for code in goal.codes for each in achievement(OFFLINE, goal, code)["alignment"]
    ]
    with client_of(bundled(), base=OFFLINE.base) as client:
        for each in expected:
            item = client.get(each["targetUrl"]).json()
            assert each["targetUrl"] == item["uri"]
            assert (each["targetCode"], each["targetName"], each["targetDescription"]) == (
                item["humanCodingScheme"],
                item["abbreviatedStatement"],
                item["fullStatement"],
            )


def test_targets_at_employers() -> None:
    """Where the framework says that a skill is the same as one of the employer's, the achievement is aligned to both."""
    found = achievement(OFFLINE, pathway("unt-data-analytics"), "DA.1.1.1")["alignment"]
    assert ["DA.1.1.1", "DAR.1.2.1"] == [each["targetCode"] for each in found]
    employers = {
        each["targetCode"].split(".")[0]
        for goal in pathways()
        for code in goal.codes
        for each in achievement(OFFLINE, goal, code)["alignment"][1:]
    }
    assert 3 == len(employers)


@every_pathway
def test_an_achievement_is_worded_by_its_item(goal: Pathway) -> None:
    """Name and description are those of the item; the type is one of the standard; the language is stated."""
    types = load_vocabulary("ob-3.0").enums["AchievementType"]
    for code in goal.codes:
        found = achievement(OFFLINE, goal, code)
        target = found["alignment"][0]
        assert (target["targetName"], target["targetDescription"]) == (found["name"], found["description"])
        assert types.admits(found["achievementType"])
        assert "en" == found["inLanguage"]


@every_pathway
def test_criteria_name_what_is_demanded(goal: Pathway) -> None:
    """The criteria of a step name each of its skills, those of the certificate each of its steps and how many suffice."""
    names = {code: achievement(OFFLINE, goal, code)["name"] for code in goal.codes}
    for step in goal.steps:
        narrative = achievement(OFFLINE, goal, step.code)["criteria"]["narrative"]
        assert all(names[code] in narrative for code in step.skills)
    narrative = achievement(OFFLINE, goal, goal.certificate)["criteria"]["narrative"]
    assert all(names[step.code] in narrative for step in goal.steps)
    assert f"at least {goal.micro_credentials_required} " in narrative


@every_pathway
def test_levels_are_those_of_the_rubric(goal: Pathway) -> None:
    """The assessed step has a description for each criterion, with its levels from low to high, one of them required."""
    (step,) = [each for each in goal.steps if each.required_quality]
    known = nodes(OFFLINE.base, OFFLINE.case_version)
    descriptions = achievement(OFFLINE, goal, step.code)["resultDescription"]
    assert 4 == len(descriptions)
    for each in descriptions:
        levels = [known[level["id"]][1] for level in each["rubricCriterionLevel"]]
        assert sorted(level["score"] for level in levels) == [level["score"] for level in levels]
        assert step.required_quality == known[each["requiredLevel"]][1]["quality"]
        assert each["requiredLevel"] == level_id(OFFLINE, goal, each["name"], str(step.required_quality))


def test_results_are_told() -> None:
    """A capstone has the achieved levels and its evidence, a micro-credential its score, a certificate that it is completed."""
    capstone = content_of(issued("amara-okafor-da-5"))
    known = nodes(OFFLINE.base, OFFLINE.case_version)
    path = learner("amara-okafor").path("unt-data-analytics")
    assessment = path.assessment("DA.5")
    assert assessment
    achieved = [known[each["achievedLevel"]][1]["quality"] for each in capstone["credentialSubject"]["result"]]
    assert list(assessment.levels.values()) == achieved
    assert [each.address for each in assessment.evidence] == [each["id"] for each in capstone["evidence"]]
    (score,) = content_of(issued("amara-okafor-da-1-1"))["credentialSubject"]["result"]
    assert "91" == score["value"]
    (status,) = content_of(issued("amara-okafor-da"))["credentialSubject"]["result"]
    assert "Completed" == status["status"]
    assert "result" not in content_of(issued("amara-okafor-da-1-1-1"))["credentialSubject"]


def test_precedence_is_that_of_the_framework() -> None:
    """What precedes what is read from the framework, between achievements of the pathway."""
    goal = pathway("unt-data-analytics")
    assert {("DA.1.1.1", "DA.1.1.4"), ("DA.1.2.1", "DA.1.2.2"), ("DA.2.1.2", "DA.2.2.1")} == set(
        precedence(OFFLINE, goal)
    )


def test_ids() -> None:
    """An achievement has one id, for every learner and every identity of its issuer."""
    goal = pathway("unt-data-analytics")
    assert "https://case.example.org/achievements/unt-data-analytics/DA.1" == achievement_id(OFFLINE, goal, "DA.1")
    assert achievement_id(OFFLINE, goal, "DA") == achievement_id(WEB[0], goal, "DA")


def test_unknown_codes() -> None:
    """What a pathway or a rubric does not have is told."""
    goal = pathway("unt-data-analytics")
    with pytest.raises(KeyError, match=r"has no 'DA\.1'"):
        achievement(OFFLINE, goal, "DA.1")
    with pytest.raises(KeyError, match="has no 'Superb'"):
        level_id(OFFLINE, goal, "Data", "Superb")


def test_what_the_caller_changes_stays_with_the_caller() -> None:
    """Every call returns values of its own."""
    goal = pathway("unt-data-analytics")
    changed = achievement(OFFLINE, goal, "DA.5")
    changed["tag"].append("x")
    changed["creator"]["name"] = "x"
    changed["resultDescription"].clear()
    assert achievement(OFFLINE, goal, "DA.5") != changed
    assert "x" not in achievement(OFFLINE, goal, "DA.5")["tag"]
