"""The tables of credentials: consistent in themselves, complete, and read as they are written."""

from __future__ import annotations

import hashlib
import re
import tomllib
from importlib import resources
from typing import TYPE_CHECKING, Any

import pytest

from skillmark_reference.vocabularies import (
    Cardinality,
    Property,
    RecordClass,
    Vocabulary,
    load_vocabulary,
    vocabulary_ids,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

IDS = ("clr-2.0", "ob-3.0", "vc-2.0")
every_table = pytest.mark.parametrize("vocabulary", [load_vocabulary(each) for each in IDS], ids=IDS)

XSDS = "https://www.w3.org/2001/XMLSchema#"
OB = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
CLR = "https://purl.imsglobal.org/spec/vc/clr/vocab.html#"


def raw(identifier: str) -> dict[str, Any]:
    """Return a table as it is written."""
    content = (resources.files("skillmark_reference.vocabularies") / f"{identifier}.toml").read_text(encoding="utf-8")
    return tomllib.loads(content)


def own_classes(vocabulary: Vocabulary) -> list[RecordClass]:
    """Return the classes that the table itself defines."""
    return [row for row in vocabulary.classes.values() if row.vocabulary == vocabulary.id]


def members(vocabulary: Vocabulary) -> Iterator[tuple[RecordClass, Property]]:
    """Yield every property of every class."""
    for row in vocabulary.classes.values():
        for facts in row.properties.values():
            yield row, facts


# Consistency


def test_there_is_a_table_for_each_standard() -> None:
    """Three tables exist, and an unknown one is answered with their names."""
    assert vocabulary_ids() == IDS
    with pytest.raises(KeyError, match=r"clr-2\.0, ob-3\.0, vc-2\.0"):
        load_vocabulary("ob-2.0")


@every_table
def test_the_digest_is_that_of_the_file(vocabulary: Vocabulary) -> None:
    """Reports name a table by the SHA-256 of its bytes."""
    content = (resources.files("skillmark_reference.vocabularies") / f"{vocabulary.id}.toml").read_bytes()
    assert hashlib.sha256(content).hexdigest() == vocabulary.digest


@every_table
def test_every_type_is_known(vocabulary: Vocabulary) -> None:
    """The type of every property, and every alternative of a union, is exactly one class, datatype or enumeration."""
    kinds = (vocabulary.classes, vocabulary.datatypes, vocabulary.enums)
    names = {name for _, facts in members(vocabulary) for name in facts.types}
    names |= {name for row in vocabulary.classes.values() for name in row.union}
    assert dict.fromkeys(names, 1) == {name: sum(name in kind for kind in kinds) for name in names}


@every_table
def test_names_lead_somewhere(vocabulary: Vocabulary) -> None:
    """Parents exist; what must or should be present, and what a pattern depends on, is a member of the class."""
    for row in vocabulary.classes.values():
        assert row.extends is None or row.extends in vocabulary.classes
        assert {*row.at_least_one, *row.should_have_one} <= row.properties.keys()
        assert {each.pattern_if for each in row.properties.values() if each.pattern_if} <= row.properties.keys()
        assert row.data_model in vocabulary.context_order
        assert not (row.union and row.properties)


@every_table
def test_a_shared_class_is_defined_once(vocabulary: Vocabulary) -> None:
    """What a table imports it does not define again, and it is the very same row."""
    table = raw(vocabulary.id)
    for other in map(load_vocabulary, vocabulary.imports):
        for kind, rows in (("classes", other.classes), ("datatypes", other.datatypes), ("enums", other.enums)):
            assert not rows.keys() & table.get(kind, {}).keys()
            assert all(getattr(vocabulary, kind)[name] is row for name, row in rows.items())


@every_table
def test_everything_has_its_clause(vocabulary: Vocabulary) -> None:
    """Each class, datatype, enumeration and context names the document and the clause that it comes from."""
    states = [state for each in vocabulary.contexts.values() for state in each.values()]
    rows = [*vocabulary.classes.values(), *vocabulary.datatypes.values(), *vocabulary.enums.values(), *states]
    assert [] == [row for row in rows if not re.match(r"[A-Za-z:]+.*, \S|VC JSON Schema|did:jwk", row.clause)]


@every_table
def test_every_column_is_read(vocabulary: Vocabulary) -> None:
    """No column of the table is lost on the way to the typed form."""
    table = raw(vocabulary.id)
    of_class = {"properties", "iri", *RecordClass.__dataclass_fields__}
    of_member = {"type", "iri", "coercion", "container", *Property.__dataclass_fields__}
    of_term = {"iri", "coercion", "container", "resets"}
    for row in table["classes"].values():
        assert row.keys() <= of_class
        for facts in row.get("properties", {}).values():
            assert facts.keys() <= of_member
    scopes = [
        scope
        for document in table["contexts"].values()
        for holder in (document, *document["states"].values())
        for scope in holder.get("scopes", {}).values()
    ]
    assert scopes
    for scope in scopes:
        assert scope.keys() <= {"protected", "aliases", "prefixes", "vocab", "version", "as_written", "absent", "terms"}
        assert all(facts.keys() <= of_term for facts in scope.get("terms", {}).values())


@every_table
def test_every_scope_of_a_context_is_reached(vocabulary: Vocabulary) -> None:
    """Each scope that the table names by a path hangs on a term, in every state; each state has a place to be found at."""
    table = raw(vocabulary.id)
    for name, states in vocabulary.contexts.items():
        for state in states.values():
            reached = {".".join(path) or "top" for path, _ in state.scope.walk()}
            assert table["contexts"][name]["scopes"].keys() == reached
            assert state.url.startswith("https://")
            assert all(
                re.fullmatch(r"[0-9a-f]{64}", each) for each in (state.sha256, state.json_sha256, *state.copies) if each
            )


@every_table
def test_differences_name_what_is_there(vocabulary: Vocabulary) -> None:
    """A difference takes away only what the other state has, and changes something."""
    table = raw(vocabulary.id)
    for name, states in vocabulary.contexts.items():
        for state in states.values():
            if state.differs_from is None:
                continue
            before = {".".join(path) or "top": scope for path, scope in states[state.differs_from].scope.walk()}
            row = table["contexts"][name]["states"][state.id]
            for path, scope in row["scopes"].items():
                assert set(scope.get("absent", ())) <= before[path].terms.keys()
            assert state.scope != states[state.differs_from].scope


# Completeness

#: Number of classes and of properties that each standard declares, and of values in each enumeration.
COUNTS = {"ob-3.0": (55, 333), "clr-2.0": (7, 40), "vc-2.0": (38, 168)}
VALUES = {
    "AchievementType": 31,
    "AlignmentTargetType": 7,
    "AssociationType": 8,
    "IdentifierTypeEnum": 19,
    "ResultType": 12,
    "ResultStatusType": 7,
    "Imsx_CodeMajor": 4,
    "Imsx_Severity": 3,
    "Imsx_CodeMinorFieldValue": 13,
    "AuthorizationError": 7,
    "RegistrationError": 4,
    "TokenError": 7,
    "CredentialStatusType": 2,
    "Cryptosuite": 2,
    "JwtAlg": 1,
    "ProofPurpose": 5,
    "CryptosuiteName": 6,
    "StatusPurpose": 4,
    "TextDirection": 3,
    "SecuringMediaType": 8,
    "ProblemType": 20,
}


@every_table
def test_every_property_of_the_standard_is_there(vocabulary: Vocabulary) -> None:
    """The tables hold as many classes, properties and tokens as the models declare, counted apart from the tables."""
    rows = own_classes(vocabulary)
    assert COUNTS[vocabulary.id] == (len(rows), sum(len(row.declared) for row in rows))
    assert all(len(set(each.values)) == VALUES[name] for name, each in vocabulary.enums.items())


def test_clr_shares_what_open_badges_defines() -> None:
    """CLR adds seven classes and one enumeration to Open Badges, and nothing else."""
    clr, badges = load_vocabulary("clr-2.0"), load_vocabulary("ob-3.0")
    assert {row.name for row in own_classes(clr)} == clr.classes.keys() - badges.classes.keys()
    assert {"AssociationType"} == clr.enums.keys() - badges.enums.keys()
    assert clr.datatypes == badges.datatypes


@every_table
def test_every_member_of_linked_data_has_a_meaning(vocabulary: Vocabulary) -> None:
    """Contexts or rows give every member an absolute IRI, but for ``@context`` and what no context ever defined."""
    undefined = {
        ("BitstringStatusList", "statusMessages"),
        ("BitstringStatusList", "statusSize"),
        ("VerifiableCredential11", "name"),
        ("VerifiableCredential11", "description"),
        ("VerifiableCredential11", "relatedResource"),
        ("VerifiableCredential11", "confidenceMethod"),
        ("VerifiableCredential11", "renderMethod"),
        ("VerifiablePresentation11", "termsOfUse"),
    }
    found = set()
    for row, facts in members(vocabulary):
        if row.plain or facts.name == "@context":
            continue
        term = vocabulary.term(row.name, facts.name)
        if term is None:
            found.add((row.name, facts.name))
        else:
            assert re.match(r"https?://[^\s:]+|@id$|@type$", term.absolute_iri)
            assert term.datatype is None or re.match(r"https?://\S+|xsd:\w+|@(id|vocab|json)$", term.datatype)
    assert found == (undefined if vocabulary.id == "vc-2.0" else set())


@every_table
def test_every_class_of_linked_data_has_an_absolute_iri(vocabulary: Vocabulary) -> None:
    """A class has an IRI unless it is plain JSON, a union, or known by the property that leads to it."""
    nameless = {"Map", "Issuer", "CredentialSubject", "RelatedResource", "Holder", "StatusMessage", "Service"}
    nameless |= {"ControlledIdentifierDocument", "VerificationMethod"}
    for row in own_classes(vocabulary):
        iri = vocabulary.class_iri(row.name)
        if iri is None:
            assert row.plain or row.union or row.name in nameless
        else:
            assert re.match(r"https://\S+$", iri)


# Meaning


@pytest.mark.parametrize(
    ("table", "name", "member", "meaning"),
    [
        ("ob-3.0", "Achievement", "criteria", (f"{OB}Criteria", "@id", None)),
        ("ob-3.0", "Achievement", "creditsAvailable", (f"{OB}creditsAvailable", f"{XSDS}float", None)),
        ("ob-3.0", "Address", "addressCountryCode", (f"{OB}CountryCode", None, None)),
        ("ob-3.0", "ResultDescription", "allowedValue", (f"{OB}allowedValue", None, "@list")),
        ("ob-3.0", "AchievementCredential", "awardedDate", (f"{OB}awardedDate", "xsd:dateTime", None)),
        ("ob-3.0", "AchievementCredential", "proof", ("https://w3id.org/security#proof", "@id", "@graph")),
        ("ob-3.0", "AchievementCredential", "id", ("@id", None, None)),
        ("ob-3.0", "JWK", "kid", None),
        ("clr-2.0", "ClrSubject", "identifier", (f"{CLR}identifier-1", f"{OB}Identifier", "@set")),
        ("clr-2.0", "ClrCredential", "partial", (f"{CLR}partial", "xsd:boolean", None)),
        ("clr-2.0", "Association", "associationType", (f"{CLR}AssociationType", None, None)),
        (
            "vc-2.0",
            "DataIntegrityProof",
            "expires",
            ("https://w3id.org/security#expiration", f"{XSDS[:4]}{XSDS[5:]}dateTime", None),
        ),
        ("vc-2.0", "StatusMessage", "message", ("https://www.w3.org/ns/credentials/status#message", None, None)),
    ],
)
def test_a_member_means_what_the_contexts_say(
    table: str, name: str, member: str, meaning: tuple[str, str | None, str | None] | None
) -> None:
    """The places where the published contexts surprise are read as they are."""
    term = load_vocabulary(table).term(name, member)
    assert meaning == (None if term is None else (term.absolute_iri, term.datatype, term.container))


def test_two_names_of_one_class() -> None:
    """AchievementCredential and OpenBadgeCredential are the same IRI, in both data models."""
    badges = load_vocabulary("ob-3.0")
    scope = badges.current_contexts()[-1].scope
    assert f"{OB}OpenBadgeCredential" == scope.terms["OpenBadgeCredential"].absolute_iri
    assert f"{OB}OpenBadgeCredential" == badges.class_iri("AchievementCredential")
    assert f"{OB}OpenBadgeCredential" == badges.class_iri("AchievementCredentialv1p1")


def test_strangers_are_answered_with_what_is_known() -> None:
    """An unknown class, member or data model is refused, and the message lists those that exist."""
    clr = load_vocabulary("clr-2.0")
    with pytest.raises(KeyError, match="ClrSubject"):
        clr.term("ClrSubjekt", "id")
    with pytest.raises(KeyError, match="achievement"):
        clr.term("ClrSubject", "achievements")
    with pytest.raises(KeyError, match="Association"):
        clr.class_iri("Link")
    with pytest.raises(KeyError, match=r"2\.0, 1\.1"):
        clr.current_contexts("3.0")


def test_enumerations_admit_extensions_where_the_standard_does() -> None:
    """Tokens with ``ext:`` are legal in extensible enumerations only, and only with the characters of the rule."""
    enums = load_vocabulary("clr-2.0").enums
    assert enums["AchievementType"].admits("MicroCredential")
    assert enums["AchievementType"].admits("ext:Nano.Degree-1")
    assert not enums["AchievementType"].admits("ext:")
    assert not enums["AchievementType"].admits("ext:a|b")
    assert not enums["AchievementType"].admits("my-ext:thing")
    assert not enums["AssociationType"].admits("ext:isLike")
    assert not enums["ResultStatusType"].admits("ext:Paused")
    assert enums["Cryptosuite"].admits("of-tomorrow")


@pytest.mark.parametrize(
    ("card", "is_array", "minimum"),
    [("1", False, 1), ("0..1", False, 0), ("0..*", True, 0), ("1..*", True, 1), ("2..*", True, 2)],
)
def test_cardinalities(card: str, minimum: int, *, is_array: bool) -> None:
    """A cardinality says whether there is an array, and how many values at least."""
    assert (is_array, minimum, minimum > 0) == (
        Cardinality(card).is_array,
        Cardinality(card).minimum,
        Cardinality(card).is_required,
    )
