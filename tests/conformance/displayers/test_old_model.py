"""What verifiers are asked of data model 1.1 and of images: whom the checks accuse, and whom they spare."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from tests.conformance.kit_people import NOW, StandingClock

from skillmark.core.outcomes import Outcome
from skillmark.core.target import Acceptance, Adapter, Target, VerifierInterface
from skillmark.engine import find_depth
from skillmark.plans import find_plan
from skillmark.runs import RunOptions, certify
from skillmark.suites.verifiers import old_model, pictures
from skillmark.suites.verifiers.samples import Kind, Sample
from skillmark.wire.settings.verifiers import UPLOAD
from skillmark_reference.credentials.baking import UnusableImage, find_baked, unbake
from skillmark_reference.credentials.verifying import verify
from skillmark_reference.documents import Documents, Policy
from skillmark_reference.securing.integrity.contexts import CREDENTIALS_V1

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.core.results import RunResult

FORMS = ("eddsa-rdfc-2022", "vc-jwt-ES256")
INTERFACE = VerifierInterface(
    adapter=Adapter.HTTP,
    path="/",
    body="{text}",
    content_type="text/plain",
    images=True,
    accepted=Acceptance(pointer="/ok"),
    formats=FORMS,
    kinds=("AchievementCredential",),
)


def is_valid(text: str) -> bool:
    """Tell whether the verifier of the reference accepts a credential."""
    documents = Documents(clock=StandingClock(), policy=Policy(offline=True))
    return verify(text, documents=documents, now=NOW).valid


def text_in(image: bytes) -> str:
    """Return what is baked into an image; empty if nothing is, or it is no image."""
    try:
        return unbake(image).text if find_baked(image)[0].version.value == "Open Badges 3.0" else ""
    except (UnusableImage, IndexError):
        return ""


def run(
    only: str,
    *,
    accepts: Callable[[str], bool] = is_valid,
    reads: Callable[[bytes], str] = text_in,
    interface: VerifierInterface = INTERFACE,
) -> RunResult:
    """Run some checks of the plan of verifiers against a product in process."""

    def respond(request: httpx.Request) -> httpx.Response:
        is_image = request.headers["content-type"].startswith("image/")
        text = reads(request.content) if is_image else request.content.decode()
        return httpx.Response(200, json={"ok": accepts(text)})

    options = RunOptions(depth=find_depth("smoke"), only=lambda check: check.name.startswith(only))
    target = Target(url="https://verifier.example", verifier=interface)
    return certify(find_plan("vc-verifier"), target, options=options, transport=httpx.MockTransport(respond))


def accused(result: RunResult) -> set[tuple[str, str]]:
    """Return the requirements that were found to be broken, and the first words of what was expected."""
    assert not any(check.defect for check in result.checks)
    return {(each.finding.requirement, each.finding.expected) for each in result.findings}


def outcomes(result: RunResult) -> set[Outcome]:
    """Return how the checks ended."""
    return {check.outcome for check in result.checks}


# Data model 1.1


@pytest.mark.parametrize("form", [*FORMS, "eddsa-jcs-2022", "vc-jwt-RS256"])
@pytest.mark.parametrize("kind", [Kind.ACHIEVEMENT, Kind.ENDORSEMENT])
def test_older_credentials_are_valid(form: str, kind: Kind) -> None:
    """The older form of every sample is valid, and names the first context of data model 1.1 alone."""
    draft = old_model.older(Sample(kind=kind, form=form).draft(), form)
    assert CREDENTIALS_V1 == draft["@context"][0]
    assert {"issuanceDate", "expirationDate"} <= draft.keys()
    assert not {"validFrom", "validUntil"} & draft.keys()
    assert is_valid(old_model.secured(draft, form))


def test_contradictions_are_invalid() -> None:
    """A credential in the wrong place of a token is invalid in both data models."""
    form = "vc-jwt-ES256"
    draft = Sample(kind=Kind.ACHIEVEMENT, form=form).draft()
    assert not is_valid(old_model.in_the_claim(draft, form))
    assert not is_valid(old_model.beside_the_claims(old_model.older(draft, form), form))


def test_the_reference_passes_both() -> None:
    """The verifier of the reference is accused of nothing, of the older model and of images."""
    for only in ("old_model", "pictures"):
        result = run(only)
        assert (set(), {Outcome.PASSED}) == (accused(result), outcomes(result))


@pytest.mark.parametrize(
    ("requirement", "says", "changes"),
    [
        ("OB30-R-111", "claim vc holds", "in the claim"),
        ("OB30-R-111", "beside the claims", "beside"),
        ("OB30-R-133", "expirationDate is over", "expired"),
        ("OB30-R-133", "issuanceDate lies in the future", "early"),
    ],
)
def test_who_reads_the_older_model_badly_is_accused(requirement: str, says: str, changes: str) -> None:
    """Each rule of the older model that is switched off is found."""
    made = {form: old_model.older(Sample(kind=Kind.ACHIEVEMENT, form=form).draft(), form) for form in FORMS}
    token = "vc-jwt-ES256"
    new = Sample(kind=Kind.ACHIEVEMENT, form=token).draft()
    endless = {
        form: {name: each for name, each in old.items() if name != "expirationDate"} for form, old in made.items()
    }
    early = {form: old | {"issuanceDate": "2098-01-01T00:00:00Z"} for form, old in endless.items()}
    over = {form: old | {"expirationDate": "2025-06-01T00:00:00Z"} for form, old in made.items()}
    wrong = {
        "in the claim": {old_model.in_the_claim(new, token)},
        "beside": {old_model.beside_the_claims(made[token], token)},
        "expired": {old_model.secured(old, form) for form, old in over.items()},
        "early": {old_model.secured(old, form) for form, old in early.items()},
    }[changes]
    found = accused(run("old_model", accepts=lambda text: text in wrong or is_valid(text)))
    assert {requirement} == {each for each, _ in found}
    assert all(says in expected for _, expected in found)


def test_who_does_not_read_the_older_model_is_warned() -> None:
    """The texts do not say that everybody reads it: a warning, and what follows is not tested."""
    result = run("old_model", accepts=lambda text: is_valid(text) and CREDENTIALS_V1 not in text and '"vc"' not in text)
    # A token hides its contexts from this product, which so refuses documents alone.
    assert {Outcome.PASSED, Outcome.UNTESTED} >= outcomes(result)
    result = run("old_model", accepts=lambda text: is_valid(text) and text in HEALTHY)
    assert {Outcome.WARNED, Outcome.UNTESTED} == outcomes(result)
    assert {"OB30-R-111"} == {each for each, _ in accused(result)}


HEALTHY = {Sample(kind=Kind.ACHIEVEMENT, form=form).healthy for form in FORMS}


# Images


def last_credential(image: bytes) -> str:
    """Read the last credential of an image, wherever it is."""
    texts = [text for text in (*HEALTHY, *SPOILT) if text.encode() in image]
    return max(texts, key=lambda text: image.rindex(text.encode()), default="")


SPOILT = {pictures.spoilt(Sample(kind=Kind.ACHIEVEMENT, form=form)) for form in FORMS}


def under_any_name(image: bytes) -> str:
    """Read a credential from an image without looking where it is."""
    return next((text for text in HEALTHY if text.encode() in image), "")


def first_text(image: bytes) -> str:
    """Read the first text of a PNG, of any keyword, and SVG as it should be."""
    if not image.startswith(b"\x89PNG"):
        return text_in(image)
    return "" if b"Comment" in image.partition(b"IDAT")[0].partition(b"openbadgecredential\0")[0] else text_in(image)


def by_prefix(image: bytes) -> str:
    """Read an SVG by the usual prefix alone, whatever it stands for."""
    if image.startswith(b"\x89PNG"):
        return text_in(image)
    return under_any_name(image) if b"<openbadges:credential" in image else ""


@pytest.mark.parametrize(
    ("requirements", "reads"),
    [
        ({"OB30-R-079", "OB30-R-084"}, last_credential),
        ({"OB30-R-079", "OB30-R-084"}, under_any_name),
        ({"OB30-R-079"}, first_text),
        ({"OB30-R-084"}, by_prefix),
        ({"OB30-R-079", "OB30-R-084"}, lambda _: ""),
    ],
    ids=["last", "anywhere", "first-text", "prefix", "none"],
)
def test_who_reads_images_badly_is_accused(requirements: set[str], reads: Callable[[bytes], str]) -> None:
    """Each way of finding the wrong credential in an image, or none, is found, and nothing else is."""
    assert requirements == {each for each, _ in accused(run("pictures", reads=reads))}


def test_images_are_not_asked_of_who_reads_none() -> None:
    """Without the claim, and over the VC API, the requirements do not apply."""
    claims_none = VerifierInterface(adapter=Adapter.HTTP, path="/", body="{text}", accepted=Acceptance(pointer="/ok"))
    result = run("pictures", interface=claims_none)
    assert {Outcome.NOT_APPLICABLE} == outcomes(result)
    assert all("images = true" in check.reason for check in result.checks)


def test_files_can_be_uploaded() -> None:
    """In a form each credential is a file with its own name and type, images too (RFC 7578)."""
    seen: list[tuple[bytes, bytes]] = []

    def respond(request: httpx.Request) -> httpx.Response:
        boundary = request.headers["content-type"].partition("boundary=")[2].encode()
        head, _, content = request.content.partition(b"\r\n\r\n")
        assert head.startswith(b"--" + boundary)
        assert request.content.endswith(b"\r\n--" + boundary + b"--\r\n")
        content = content.removesuffix(b"\r\n--" + boundary + b"--\r\n")
        name, kind = head.partition(b'filename="')[2].split(b'"')[0], head.rpartition(b"Content-Type: ")[2]
        seen.append((name, kind))
        text = text_in(content) if kind.startswith(b"image/") else content.decode()
        return httpx.Response(200, json={"ok": is_valid(text)})

    interface = VerifierInterface(
        adapter=Adapter.HTTP,
        path="/",
        content_type=UPLOAD,
        images=True,
        accepted=Acceptance(pointer="/ok"),
        formats=FORMS,
    )
    options = RunOptions(depth=find_depth("smoke"), only=lambda check: check.name.startswith("pictures"))
    target = Target(url="https://verifier.example", verifier=interface)
    result = certify(find_plan("vc-verifier"), target, options=options, transport=httpx.MockTransport(respond))
    assert [] == list(result.findings)
    assert {
        (b"credential.json", b"application/json"),
        (b"credential.jwt", b"application/jwt"),
        (b"credential.png", b"image/png"),
        (b"credential.svg", b"image/svg+xml"),
    } == set(seen)
