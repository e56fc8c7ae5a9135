"""What a person sees of a credential: images, values of results, names and identifiers that look like others."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from tests.reference.credentials.surroundings import (
    SCHOOL,
    STATE,
    badge,
    carelessly_signed,
    changed,
    check,
    endorsement,
    failed,
    record,
    signed,
    subjects,
    unknown,
)

from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Verdict
from skillmark_reference.credentials.steps.context_states import newest_contexts
from skillmark_reference.credentials.verifying import Policy
from skillmark_reference.securing import multibase
from skillmark_reference.securing.integrity.transforming import Environment, rdf_steps
from skillmark_reference.securing.keys import Digest

Record = dict[str, Any]

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
ADDRESS = "https://school.example/logo"


def data_url(content: bytes, media_type: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def with_image(place: str, address: str) -> Record:
    """Return a badge with an image of the issuer, of the award or of the achievement."""
    made = badge()
    holder = {
        "issuer": made["issuer"],
        "award": made["credentialSubject"],
        "achievement": made["credentialSubject"]["achievement"],
    }[place]
    holder["image"] = {"id": address, "type": "Image"}
    return made


@pytest.mark.parametrize("place", ["issuer", "award", "achievement"])
@pytest.mark.parametrize(
    ("address", "is_good"),
    [
        (data_url(PNG, "image/png"), True),
        (data_url(SVG, "image/svg+xml"), True),
        ("data:image/svg+xml,%3Csvg%20xmlns=%22http://www.w3.org/2000/svg%22/%3E", True),
        (ADDRESS, True),
        (data_url(b"\xff\xd8\xff\xe0", "image/jpeg"), False),
        (data_url(SVG, "image/png"), False),
        (data_url(PNG, "image/svg+xml"), False),
        ("data:image/png;base64,!!!!!", False),
        ("data:,", False),
    ],
)
def test_images_are_png_or_svg(place: str, address: str, *, is_good: bool) -> None:
    """Images of the award and of profiles have one of two formats; of an achievement no text says so, and it is warned of."""
    found = check(signed(with_image(place, address)))
    told = {True: Outcome.PASSED, False: Outcome.WARNED if place == "achievement" else Outcome.FAILED}
    assert told[is_good] is found.step(Subject.IMAGES).outcome


@pytest.mark.parametrize(
    ("content", "outcome"), [(PNG, Outcome.PASSED), (b"GIF89a", Outcome.FAILED), (None, Outcome.WARNED)]
)
def test_images_are_read_if_asked_for(content: bytes | None, outcome: Outcome) -> None:
    """Images at addresses are read where the relying party wants that; one that cannot be had is no reason to refuse."""
    made = signed(with_image("issuer", ADDRESS))
    given = {} if content is None else {ADDRESS: content}
    assert Outcome.PASSED is check(made, given).step(Subject.IMAGES).outcome
    assert outcome is check(made, given, policy=Policy(reads_images=True)).step(Subject.IMAGES).outcome


def test_images_inside_of_endorsements_are_their_own() -> None:
    """An endorsement answers for its own images."""
    made = badge()
    bad = endorsement()
    bad["issuer"]["image"] = {"id": data_url(b"JPEG", "image/jpeg"), "type": "Image"}
    made["endorsement"] = [signed(bad, STATE)]
    found = check(signed(made))
    assert Outcome.NOT_APPLICABLE is found.step(Subject.IMAGES).outcome
    assert [Subject.IMAGES] == failed(found.inner[0])


# Values of results


def described(**members: object) -> Record:
    """Return a badge with a description of results."""
    made = badge()
    description = {"id": "urn:rd", "type": ["ResultDescription"], "name": "Score", "resultType": "RawScore", **members}
    made["credentialSubject"]["achievement"]["resultDescription"] = [description]
    return made


@pytest.mark.parametrize(
    ("members", "clauses"),
    [
        ({"requiredValue": "B", "allowedValue": ["F", "C", "B", "A"]}, []),
        ({"requiredValue": "E", "allowedValue": ["F", "C", "B", "A"]}, ["OB30-R-039"]),
        ({"requiredValue": "50", "valueMin": "0", "valueMax": "100"}, []),
        ({"requiredValue": "9.5", "valueMin": "10", "valueMax": "100"}, ["OB30-R-039"]),
        ({"requiredValue": "good", "valueMin": "10"}, []),
        ({"allowedValue": ["1", "2", "10"]}, []),
        ({"allowedValue": ["1", "10", "2"]}, ["OB30-R-040"]),
        ({"valueMin": "10", "valueMax": "9"}, ["OB30-R-039"]),
        ({}, []),
    ],
)
def test_values_of_results(members: Record, clauses: list[str]) -> None:
    """A required value is one of those allowed, or between the limits; allowed values are ordered. Both are a SHOULD."""
    found = check(signed(described(**members)))
    assert (Verdict.VALID, clauses) == (found.verdict, [each.clause for each in found.warnings])


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"requiredLevel": "urn:level"}, (Verdict.INVALID, ["CLR20-R-080"], [])),
        ({"requiredValue": "9.5", "valueMin": "10", "valueMax": "100"}, (Verdict.VALID, [], ["CLR20-R-081"])),
        ({"requiredValue": "50", "valueMin": "10", "valueMax": "100"}, (Verdict.VALID, [], [])),
    ],
)
def test_values_of_results_of_records(members: Record, expected: tuple[Verdict, list[str], list[str]]) -> None:
    """What a record says of achievements that it defines itself follows the same rules."""
    made = record(signed(badge()))
    achievement = described(**members)["credentialSubject"]["achievement"]
    made["credentialSubject"]["achievement"] = [achievement]
    step = next(each for each in check(carelessly_signed(made, STATE)).steps if each.subject is Subject.RESULTS)
    verdict, broken, warned = expected
    assert broken + warned == [each.clause for each in step.problems]
    assert (verdict is Verdict.INVALID) == (step.outcome is Outcome.FAILED)
    assert all(
        each.pointer.startswith("/credentialSubject/achievement/0/resultDescription/0/") for each in step.problems
    )


# Look-alikes


@pytest.mark.parametrize(
    ("pointer", "text", "words"),
    [
        ("/issuer/name", "Universit\u00e9 de Montr\u00e9al", None),
        ("/issuer/name", "\u0423\u043d\u0438\u0432\u0435\u0440\u0441\u0438\u0442\u0435\u0442", None),
        ("/issuer/name", "\u6771\u4eac Tokyo", None),
        ("/issuer/name", "St\u0430te", "mixes letters of Cyrillic and Latin"),
        ("/issuer/name", "State\u200b", "not shown: U+200B"),
        ("/name", "\u202eetatS", "not shown: U+202E"),
        ("/credentialSubject/achievement/name", "W\u0435lding", "mixes letters"),
        ("/issuer/url", "https://\u0441\u0442\u0430\u0442\u0435.example/", "letters beyond ASCII"),
        ("/issuer/url", "https://xn--80ak6aa92e.example/", "letters beyond ASCII"),
        ("/credentialSubject/achievement/id", "https://school.example/e\u0301", "Normalization Form C"),
        ("/credentialSubject/id", "did:example:le\u0430rner", "mixes letters"),
    ],
)
def test_look_alikes(pointer: str, text: str, words: str | None) -> None:
    """What a person cannot tell from something else is warned of; honest names of every language are not."""
    found = check(carelessly_signed(changed(badge(), pointer, text)))
    told = [each.message for each in found.step(Subject.LOOK_ALIKES).problems]
    assert (words is None) == (not told)
    assert words is None or any(words in each for each in told)
    assert Outcome.FAILED is not found.step(Subject.LOOK_ALIKES).outcome


def test_an_issuer_that_looks_like_another_one() -> None:
    """The identifier is what counts: a look-alike has other keys, and is another issuer."""
    twin = changed(badge(), "/issuer/id", SCHOOL.profile["id"].replace("a", "\u0430"))
    assert Subject.CONTROLLER in subjects(check(carelessly_signed(twin)), Outcome.FAILED)


def test_the_older_name_of_a_suite() -> None:
    """The public validator of 1EdTech reads eddsa-2022, the older name of eddsa-rdfc-2022: it is read, and warned of."""
    found = check(with_older_name(badge()))
    assert (Verdict.VALID, [Subject.PROOF_SUITE]) == (found.verdict, subjects(found, Outcome.WARNED))
    assert "eddsa-2022" in str(found.warnings[0])
    assert [Subject.PROOF] == failed(check(changed(with_older_name(badge()), "/name", "Other")))


def test_a_suite_that_nobody_reads() -> None:
    """RsaSignature2018 is a suite that the public validator reads and this verifier does not: nothing is known."""
    proof = {
        "type": "RsaSignature2018",
        "created": "2020-01-01T00:00:00Z",
        "verificationMethod": SCHOOL.verification_method,
        "proofPurpose": "assertionMethod",
        "jws": "eyJhbGciOiJQUzI1NiJ9..AAAA",
    }
    assert (Verdict.UNVERIFIABLE, [Subject.PROOF]) == unknown(check({**badge(), "proof": proof}))


def with_older_name(credential: Record) -> Record:
    """Return a credential with a proof of the time when the suite had another name."""
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-2022",
        "created": "2023-01-01T00:00:00Z",
        "verificationMethod": SCHOOL.verification_method,
        "proofPurpose": "assertionMethod",
    }
    environment = Environment(contexts=newest_contexts())
    steps = rdf_steps(credential, options, environment=environment, digest=Digest.SHA_256)
    value = multibase.encode(SCHOOL.key.sign(steps.hash_data), multibase.Base.BASE58BTC)
    return {**credential, "proof": {**options, "proofValue": value}}
