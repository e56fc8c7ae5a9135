"""The tables of the APIs of Open Badges 3.0 and CLR 2.0 hold together, and with the vocabularies."""

from __future__ import annotations

import pytest

from skillmark_reference.services import load_service, service_ids

both = pytest.mark.parametrize("identifier", ["clr-2.0", "ob-3.0"])


def test_the_tables_are_known() -> None:
    """There are two, and another one is refused with their names."""
    assert ("clr-2.0", "ob-3.0") == service_ids()
    with pytest.raises(KeyError, match=r"clr-2\.0, ob-3\.0"):
        load_service("ob-4.0")


@both
def test_every_class_is_one_of_the_vocabulary(identifier: str) -> None:
    """Bodies of requests and answers are of classes or datatypes that the vocabulary has."""
    service = load_service(identifier)
    known = service.vocabulary.classes.keys() | service.vocabulary.datatypes.keys() | {"form"}
    for operation in service.operations.values():
        named = {
            *operation.bodies,
            *operation.default_response,
            *(name for each in operation.responses.values() for name in each),
        }
        assert named <= known
    assert {each.type for each in service.parameters.values()} <= service.vocabulary.datatypes.keys()


@both
def test_every_status_says_what_the_vocabulary_has(identifier: str) -> None:
    """Each code-minor belongs to one status, and all of the enumeration are there; so with code-major and severity."""
    service = load_service(identifier)
    rows = [*service.statuses.values(), service.other_status]
    enums = service.vocabulary.enums
    assert sorted(enums["Imsx_CodeMinorFieldValue"].values) == sorted(each.code_minor for each in rows)
    assert {each.code_major for each in rows} <= set(enums["Imsx_CodeMajor"].values)
    assert {each.severity for each in rows} <= set(enums["Imsx_Severity"].values)
    assert service.other_status is service.status(418)
    assert "forbidden" == service.status(403).code_minor


@both
def test_what_is_required_is_there(identifier: str) -> None:
    """Parameters, required ones and operations of roles are all named somewhere."""
    service = load_service(identifier)
    for operation in service.operations.values():
        assert set(operation.required) <= {*operation.query, *operation.fields}
        assert (operation.path is None) == (operation.address is not None)
        assert bool(operation.scope) == bool(operation.consent)
        assert operation.path is None or set(operation.query) <= service.parameters.keys()
    for role in service.certification.values():
        assert {*role.required, *role.optional} <= service.operations.keys()
    assert service.paging.operation in service.operations
    grants = {each.grant_type for each in service.operations.values()} - {None}
    assert set(service.security.grant_types) == grants


@both
def test_scopes_are_of_their_standard(identifier: str) -> None:
    """Each protected operation has a scope of its own below the address of its standard."""
    service = load_service(identifier)
    prefix = f"https://purl.imsglobal.org/spec/{service.base_path.removeprefix('/ims/')}/scope/"
    assert 4 == len(service.scopes)
    assert all(each.startswith(prefix) for each in service.scopes)


def test_clr_shares_the_api_of_open_badges() -> None:
    """Both have the same operations at the same paths; base path, scopes and the class of a credential differ."""
    badges, records = load_service("ob-3.0"), load_service("clr-2.0")
    assert badges.digest != records.digest
    for name, row in badges.operations.items():
        other = records.operations[name]
        assert (row.method, row.path, row.query, row.required) == (
            other.method,
            other.path,
            other.query,
            other.required,
        )
    bodies = {each.id: each.operations["upsertCredential"].bodies for each in (badges, records)}
    json_types = ("application/vc+ld+json", "application/json")
    assert {"AchievementCredential": json_types, "CompactJws": ("text/plain",)} == bodies["ob-3.0"]
    assert {"ClrCredential": json_types, "CompactJws": ("text/plain",)} == bodies["clr-2.0"]
    assert ("text/plain", *json_types) == tuple(records.operations["upsertCredential"].accepted)
