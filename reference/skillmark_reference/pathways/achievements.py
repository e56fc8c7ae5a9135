"""Achievements of the pathways: worded by the bundled frameworks, and aligned to their items (Open Badges 3.0, Alignment)."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from skillmark_fixtures.frameworks import framework, slugs
from skillmark_reference.pathways.issuers import signer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from skillmark_fixtures.pathways import Pathway, Step
    from skillmark_reference.pathways.settings import Setting

_LANGUAGE = "en"
#: Of micro-credentials and of whatever else has no rubric.
_PASS_MARK = 70


def achievement_id(setting: Setting, pathway: Pathway, code: str) -> str:
    """Return the id of an achievement."""
    return setting.address("achievements", f"{pathway.slug}/{code}")


def achievement(setting: Setting, pathway: Pathway, code: str) -> dict[str, Any]:
    """Return an Achievement without endorsements.

    Raises:
        KeyError: The pathway has no such code.
    """
    if code not in pathway.codes:
        raise KeyError(f"the pathway {pathway.slug} has no {code!r}")
    source = _Framework.of(setting, pathway.framework)
    item, identifier = source.items[code], achievement_id(setting, pathway, code)
    found: dict[str, Any] = {
        "id": identifier,
        "type": ["Achievement"],
        "name": item["abbreviatedStatement"],
        "description": item["fullStatement"],
        "achievementType": _type(pathway, code),
        "humanCode": code,
        "inLanguage": item.get("language", _LANGUAGE),
        "version": source.document["version"],
        "tag": list(item["conceptKeywords"]),
        "creator": dict(signer(setting, pathway.issuer).profile),
        "criteria": {"id": f"{identifier}#criteria", "narrative": _narrative(source, pathway, code)},
        "image": {"id": setting.address("images", "badge.png"), "type": "Image", "caption": "Test badge"},
        "alignment": [_alignment(source, item), *_crosswalk(setting, source, item)],
    }
    results = list(_results(source, pathway, code, identifier))
    return {**found, "resultDescription": results} if results else found


def precedence(setting: Setting, pathway: Pathway) -> tuple[tuple[str, str], ...]:
    """Return the pairs of codes of which the framework says that one precedes the other."""
    codes = {item["identifier"]: code for code, item in _Framework.of(setting, pathway.framework).items.items()}
    pairs = (
        (codes[each["originNodeURI"]["identifier"]], codes[each["destinationNodeURI"]["identifier"]])
        for each in _Framework.of(setting, pathway.framework).package["CFAssociations"]
        if each["associationType"] == "precedes"
    )
    return tuple(pair for pair in pairs if set(pair) <= set(pathway.codes))


def result_id(achievement_id_: str, name: str) -> str:
    """Return the id of a ResultDescription: of the rubric's criterion, or ``score`` or ``status``."""
    return f"{achievement_id_}#result-{name.lower()}"


def level_id(setting: Setting, pathway: Pathway, category: str, quality: str) -> str:
    """Return the id of a level of the framework's rubric.

    Raises:
        KeyError: There is none.
    """
    for criterion in _Framework.of(setting, pathway.framework).criteria:
        for level in criterion["CFRubricCriterionLevels"]:
            if (criterion["category"], level["quality"]) == (category, quality):
                return str(level["uri"])
    raise KeyError(f"the rubric of {pathway.framework} has no {quality!r} in {category!r}")


class _Framework:
    """A bundled framework with its items by code."""

    def __init__(self, package: Mapping[str, Any]) -> None:
        self.package = package
        self.document: Mapping[str, Any] = package["CFDocument"]
        self.items: dict[str, Any] = {each["humanCodingScheme"]: each for each in package["CFItems"]}
        self.criteria: list[Any] = package["CFRubrics"][0]["CFRubricCriteria"]

    @classmethod
    def of(cls, setting: Setting, slug: str) -> _Framework:
        return _read(slug, setting.case_version, setting.base)


@functools.lru_cache(maxsize=32)
def _read(slug: str, version: str, base: str) -> _Framework:
    return _Framework(framework(slug, version=version, base=base))


def _type(pathway: Pathway, code: str) -> str:
    """Return the AchievementType."""
    if code == pathway.certificate:
        return "Certificate"
    step = pathway.step(code)
    return "Competency" if step is None else step.type


def _narrative(source: _Framework, pathway: Pathway, code: str) -> str:
    step = pathway.step(code)
    if step is not None:
        skills = ", ".join(str(source.items[each]["abbreviatedStatement"]) for each in step.skills)
        return f"Show every one of these skills to an assessor: {skills}."
    if code != pathway.certificate:
        return "Show it to an assessor, once with help and once without."
    names = {each.code: str(source.items[each.code]["abbreviatedStatement"]) for each in pathway.steps}
    micro = [names[each.code] for each in pathway.steps if each.type == "MicroCredential"]
    others = [names[each.code] for each in pathway.steps if each.type != "MicroCredential"]
    return (
        f"Earn at least {pathway.micro_credentials_required} of the micro-credentials {', '.join(micro)}; "
        f"pass {' and '.join(others)}."
    )


# Alignments


def _alignment(source: _Framework, item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": ["Alignment"],
        "targetCode": item["humanCodingScheme"],
        "targetDescription": item["fullStatement"],
        "targetName": item["abbreviatedStatement"],
        "targetFramework": source.document["title"],
        "targetType": "CFItem",
        "targetUrl": item["uri"],
    }


def _crosswalk(setting: Setting, source: _Framework, item: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the alignments to the items of employers of which the framework says that they are the same."""
    for each in source.package["CFAssociations"]:
        if each["associationType"] == "exactMatchOf" and each["originNodeURI"]["identifier"] == item["identifier"]:
            target = each["destinationNodeURI"]["uri"]
            for slug in slugs():
                other = _Framework.of(setting, slug)
                yield from (_alignment(other, found) for found in other.items.values() if found["uri"] == target)


# Results


def _results(source: _Framework, pathway: Pathway, code: str, identifier: str) -> Iterator[dict[str, Any]]:
    """Yield the result descriptions: of the certificate a status, of a step its score, or a level for each criterion."""
    step = pathway.step(code)
    if code == pathway.certificate:
        yield {**_description(identifier, "Status"), "name": "Completion", "resultType": "Status"}
    elif step is not None and step.required_quality is None:
        limits = {"valueMin": "0", "valueMax": "100", "requiredValue": f"{_PASS_MARK}"}
        yield {**_description(identifier, "Score"), "name": "Score", "resultType": "Percent", **limits}
    elif step is not None:
        yield from (_criterion(source, step, each, identifier) for each in source.criteria)


def _description(identifier: str, name: str) -> dict[str, Any]:
    return {"id": result_id(identifier, name), "type": ["ResultDescription"]}


def _criterion(source: _Framework, step: Step, criterion: Mapping[str, Any], identifier: str) -> dict[str, Any]:
    levels = sorted(criterion["CFRubricCriterionLevels"], key=lambda each: float(each["score"]))
    required = next(each["uri"] for each in levels if each["quality"] == step.required_quality)
    return {
        **_description(identifier, criterion["category"]),
        "name": criterion["category"],
        "resultType": "RubricCriterionLevel",
        "requiredLevel": required,
        "rubricCriterionLevel": [_level(source, each) for each in levels],
        "alignment": [_rubric_alignment(source, criterion, "CFRubricCriterion", criterion["category"])],
    }


def _level(source: _Framework, level: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": level["uri"],
        "type": ["RubricCriterionLevel"],
        "name": level["quality"],
        "description": level["description"],
        "points": f"{level['score']:g}",
        "alignment": [_rubric_alignment(source, level, "CFRubricCriterionLevel", level["quality"])],
    }


def _rubric_alignment(source: _Framework, node: Mapping[str, Any], kind: str, name: str) -> dict[str, Any]:
    return {
        "type": ["Alignment"],
        "targetName": name,
        "targetDescription": node["description"],
        "targetFramework": source.document["title"],
        "targetType": kind,
        "targetUrl": node["uri"],
    }
