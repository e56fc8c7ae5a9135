"""How the API of a host is used: what is sent, what is remembered, and what a run leaves as it was."""

from __future__ import annotations

import dataclasses
import json
import sys
import unicodedata
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.conformance.hosts.products import ADA, BOB, Product, evidence_for, target_for
from tests.conformance.hosts.shelves import Host, Record, is_operation

from skillmark.core.clock import SystemClock
from skillmark.core.errors import CannotTell, NotApplicable, Untested
from skillmark.core.findings import Finding, Held
from skillmark.core.interfaces import HostInterface
from skillmark.plans import find_plan
from skillmark.suites.hosts import importing, isolation, keeping, profiles
from skillmark.suites.hosts.holdings import holdings
from skillmark.suites.hosts.sameness import first_difference, forgery, verified
from skillmark.suites.hosts.samples import (
    EMBEDDED,
    EVERYTHING,
    FORMS,
    LAYOUTS,
    TOKEN,
    Identity,
    Samples,
    claimed,
    drawn,
    identity_of,
    signed,
)
from skillmark.suites.hosts.schemas import departures
from skillmark.suites.hosts.statuses import code_minors, fitting, has_status_info
from skillmark_reference.credentials.baking import unbake
from skillmark_reference.services import load_service

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conformance.hosts.shelves import Plain

    from skillmark.core.target import Target
    from skillmark.engine import Observation

SERVICES = ("ob-3.0", "clr-2.0")
CLOCK = SystemClock()


# What is sent


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("form", FORMS)
def test_samples_are_valid(service: str, form: str) -> None:
    """A small credential with everything that is easily lost verifies, in every format of both standards."""
    sent = signed(Samples(service, stamp="x").draft(form, **EVERYTHING), form)
    found = verified(sent.text if sent.is_token else json.loads(sent.text), CLOCK)
    assert found is not None
    assert [] == [str(each) for each in found.problems]


@pytest.mark.parametrize("service", SERVICES)
def test_drawn_credentials_are_valid_under_new_ids(service: str) -> None:
    """A drawn credential verifies under each id that it is given, also where it speaks of itself."""
    samples = Samples(service, stamp="x")
    for number, draft in enumerate(drawn(samples.kind, count=4, seed=3)):
        made = [samples.issued(draft, FORMS[number % len(FORMS)]) for _ in range(2)]
        assert made[0].identity.id != made[1].identity.id
        for sent in made:
            found = verified(sent.text if sent.is_token else json.loads(sent.text), CLOCK)
            assert found is not None
            assert [] == [str(each) for each in found.problems]


def test_the_same_seed_draws_the_same() -> None:
    """What is drawn follows from the seed."""
    kind = Samples("ob-3.0", stamp="x").kind
    first = drawn(kind, count=3, seed=1)
    assert first == drawn(kind, count=3, seed=1)
    assert first != drawn(kind, count=3, seed=2)


def test_ids_are_those_of_the_run() -> None:
    """No two credentials of a run have the same id, two runs have none in common, and one run can be repeated."""

    def made(stamp: str) -> list[str]:
        samples = Samples("ob-3.0", stamp=stamp)
        return [samples.fresh_id() for _ in range(5)]

    one, other = made("one"), made("other")
    assert 10 == len({*one, *other})
    assert one == made("one")


@pytest.mark.parametrize("write", LAYOUTS)
def test_layouts_are_the_same_value(write: Any) -> None:  # noqa: ANN401 - a function
    """Whatever the layout, a reader of JSON reads the same, and the proof holds."""
    sent = signed(Samples("ob-3.0", stamp="x").draft(EMBEDDED, **EVERYTHING), EMBEDDED)
    value = json.loads(write(sent.document))
    assert first_difference(sent.document, value) is None
    found = verified(value, CLOCK)
    assert found is not None
    assert found.valid


def test_texts_are_in_both_forms_of_unicode() -> None:
    """What is sent has letters in the decomposed form, which a host that composes them would change."""
    assert EVERYTHING["name"] != unicodedata.normalize("NFC", EVERYTHING["name"])


# What is compared


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ({"a": 1, "b": [1, 2]}, {"b": [1, 2], "a": 1}, None),
        ({"a": 1.0}, {"a": 1}, None),
        ({"a": 1}, {"a": True}, ("/a", "1", "true")),
        ({"a": [1, 2]}, {"a": [2, 1]}, ("/a/0", "1", "2")),
        ({"a": [1]}, {"a": [1, 2]}, ("/a", "[1]", "[1, 2]")),
        ({"a/b": {"c~d": None}}, {"a/b": {}}, ("/a~1b/c~0d", "null", "nothing")),
        ({}, {"a": 0}, ("/a", "nothing", "0")),
        ({"a": "e\u0301"}, {"a": "\u00e9"}, ("/a", '"e\\u0301"', '"\\u00e9"')),
        ({"a": 1}, None, ("", '{"a": 1}', "null")),
    ],
    ids=["order", "number", "truth", "turned", "longer", "lost", "more", "composed", "nothing"],
)
def test_the_first_difference_is_told(left: Any, right: Any, expected: tuple[str, str, str] | None) -> None:  # noqa: ANN401
    """Two JSON values are the same by what they say, and the place of the first difference is named."""
    assert expected == first_difference(left, right)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"id": "a%20", "issuer": " b "}, Identity(issuer="b", id="a")),
        ({"id": "a", "issuer": {"id": "b"}}, Identity(issuer="b", id="a")),
        ({"id": "a"}, None),
        ({"id": 1, "issuer": "b"}, None),
        ("a", None),
        (None, None),
    ],
    ids=["decoded", "object", "no-issuer", "number", "text", "nothing"],
)
def test_identities_are_decoded_and_trimmed(document: object, expected: Identity | None) -> None:
    """What makes two credentials the same is what the algorithm of the standard says."""
    assert expected == identity_of(document)


@pytest.mark.parametrize("token", ["", "a.b", "a.b.c", "a.W10.c", 7, None, "a.!!.c"])
def test_what_is_no_token_says_nothing(token: object) -> None:
    """Anything can stand where a token should."""
    assert claimed(token) is None


def test_a_changed_token_is_a_forgery() -> None:
    """A credential whose signature is that of another one is certainly wrong; an expired one is not."""
    samples = Samples("ob-3.0", stamp="x")
    one, other = samples.sent(TOKEN), samples.sent(TOKEN)
    found = verified(".".join([*one.text.split(".")[:2], other.text.rpartition(".")[2]]), CLOCK)
    expired = verified(json.loads(samples.sent(EMBEDDED, validUntil="2025-02-01T00:00:00Z").text), CLOCK)
    assert found is not None
    assert expired is not None
    assert forgery(found)
    assert "" == forgery(expired)
    assert verified(7, CLOCK) is None


def test_a_status_info_is_read_whatever_it_is() -> None:
    """Code-minors are read from what is right, and nothing is read from what is not."""
    field = {"imsx_codeMinorFieldName": "x", "imsx_codeMinorFieldValue": "forbidden"}
    right = {"imsx_codeMajor": "failure", "imsx_codeMinor": {"imsx_codeMinorField": [field]}}
    assert ("forbidden",) == code_minors(right)
    assert has_status_info(right)
    malformed: tuple[Any, ...] = (
        None,
        [],
        {"imsx_codeMinor": []},
        {"imsx_codeMinor": {"imsx_codeMinorField": [7, {}]}},
    )
    for wrong in malformed:
        assert () == code_minors(wrong)
        assert not has_status_info(wrong)
    service = load_service("ob-3.0")
    assert {"forbidden", "unknown"} == fitting(service, 403)
    assert "invalid_data" in fitting(service, 400)


def test_departures_are_told_without_the_value() -> None:
    """A reason stays short, however long the value is."""
    found = list(departures("ob-3.0", "Imsx_StatusInfo", {"imsx_codeMajor": "x" * 5000}))
    assert found
    assert all(len(reason) < 400 for _, reason, _ in found)


# What is remembered, and left


def test_long_tokens_are_renewed() -> None:
    """Where a host does not know its token any more in the midst of a run, another one is obtained, once."""
    refused: set[str] = set()

    class Forgetful(Host):
        def __call__(self, request: httpx.Request, plain: Plain) -> httpx.Response:
            token = request.headers.get("authorization", "")
            if is_operation(request, "credentials") and (not refused or token in refused):
                refused.add(token)
                return httpx.Response(401)
            return super().__call__(request, plain)

    with Product(Forgetful()) as product:
        mine = holdings(evidence_for(product))
        assert mine.page().is_list
        assert mine.page().is_list
    assert 1 == len(refused)


def test_links_to_other_hosts_are_not_followed() -> None:
    """A link names any address; the token goes nowhere but to the host."""

    class Luring(Host):
        def listed(self, account: str, request: httpx.Request) -> httpx.Response:
            answer = super().listed(account, request)
            here = f"{request.url.scheme}://{request.url.netloc.decode()}"
            answer.headers["link"] = answer.headers.get("link", "").replace(here, "https://attacker.example")
            return answer

    with Product(Luring()) as product:
        mine = holdings(evidence_for(product))
        listing = mine.fill(12)
        assert 12 <= len(listing.keys)
    assert "attacker.example" not in {each.url.host for each in product.requests}


def test_endless_lists_come_to_an_end() -> None:
    """A host whose links lead in a circle is left after one round."""

    class Circle(Host):
        def targets(self, limit: int, offset: int, total: int, shown: int) -> dict[str, int]:
            return super().targets(limit, offset, total, shown) | {"next": offset}

    with Product(Circle()) as product:
        mine = holdings(evidence_for(product))
        mine.need(mine.samples().sent(EMBEDDED))
        assert 1 == len(mine.listing().keys)
        assert 12 > len(product.requests)


def test_it_is_said_how_many_credentials_stay() -> None:
    """The API removes nothing, and the report says how many credentials stay at which account."""
    with Product() as product:
        evidence = evidence_for(product)
        holdings(evidence).forms()
        (told,) = [each for each in evidence.sampling() if "removes none" in each]
        assert "3 at the account ada" in told
        assert {"AchievementCredential": 3} == evidence.record_counts()


def test_the_profile_is_restored() -> None:
    """After the check the person has the profile that was there before."""
    with Product() as product:
        evidence = evidence_for(product)
        before = evidence.json(holdings(evidence).call(profiles.GET))
        assert [] == [each for each in profiles.profiles_can_be_put(evidence) if isinstance(each, Finding)]
        list(isolation.nobody_sees_what_is_anothers(evidence))
        assert before == evidence.json(holdings(evidence).call(profiles.GET))


def test_isolation_needs_two_accounts() -> None:
    """With one account nothing can be said, and the reason says what to do."""
    with Product() as product:
        target = target_for(HostInterface(accounts=(ADA,)))
        evidence = evidence_for(product, target=target)
        with pytest.raises(Untested, match=r"another one under \[\[host.accounts\]\]"):
            list(isolation.nobody_sees_what_is_anothers(evidence))


# Importing


class Importing(Host):
    """Takes in what a program puts into a folder."""

    def __init__(self, folder: Path, *, lost: str = "") -> None:
        super().__init__()
        self._folder = folder
        self._lost = lost

    def ordered(self, account: str) -> list[Record]:
        shelf = self.shelves.setdefault(account, [])
        for file in sorted(self._folder.iterdir()):
            content = file.read_bytes()
            file.unlink()
            if self._lost and file.suffix == self._lost:
                continue
            text = unbake(content).text if file.suffix in {".png", ".svg"} else content.decode()
            is_token = not text.startswith("{")
            document = claimed(text) if is_token else json.loads(text)
            shelf.append(Record(text=text, is_token=is_token, document=document or {}, received=len(shelf)))
        return super().ordered(account)


def importing_target(folder: Path, **rest: Any) -> Target:  # noqa: ANN401 - of the host
    """Return settings with a program that copies a file into a folder under a new name."""
    code = (
        "import pathlib, shutil, sys; f = pathlib.Path(sys.argv[1]); d = pathlib.Path(sys.argv[2]); "
        "shutil.copy(f, d / f'{len(list(d.iterdir()))}{f.suffix}')"
    )
    command = (sys.executable, "-c", code, "{file}", str(folder))
    return target_for(HostInterface(accounts=(ADA, BOB), **{"import_command": command, **rest}))


def observed(host: Host, target: Target) -> list[Observation]:
    """Return what the check of imports observes."""
    with Product(host) as product:
        return list(importing.every_form_is_imported(evidence_for(product, target=target)))


def test_every_form_is_imported(tmp_path: Path) -> None:
    """Files, baked PNG and baked SVG, with a proof or as VC-JWT, come in by the program, and are listed as they were."""
    found = observed(Importing(tmp_path), importing_target(tmp_path))
    assert 6 == len(found)
    assert all(isinstance(each, Held) for each in found)


@pytest.mark.parametrize("ending", [".png", ".svg", ".jwt"])
def test_a_form_that_is_not_imported_is_found(tmp_path: Path, ending: str) -> None:
    """A form that the list does not show afterwards breaks the requirement."""
    found = observed(Importing(tmp_path, lost=ending), importing_target(tmp_path))
    missing = [each for each in found if isinstance(each, Finding)]
    assert {"OB30-R-236"} == {each.requirement for each in missing}
    assert (1 if ending == ".jwt" else 2) == len(missing)


def test_a_program_that_always_fails_tells_nothing(tmp_path: Path) -> None:
    """Where the program of the settings fails with everything, that is not held against the host."""
    command = (sys.executable, "-c", "raise SystemExit('no such account')", "{file}")
    with pytest.raises(CannotTell, match="no such account"):
        observed(Importing(tmp_path), importing_target(tmp_path, import_command=command))


def test_without_a_program_the_vendor_attests() -> None:
    """Nobody said how: untested with the next step; the vendor attests it: what the API shows decides."""
    with Product() as product:
        with pytest.raises(Untested, match="import_command under"):
            list(importing.every_form_is_imported(evidence_for(product)))
        target = dataclasses.replace(target_for(), attestations={"OB30-R-236": "Imported by hand, see the protocol."})
        evidence = evidence_for(product, target=target)
        with pytest.raises(NotApplicable, match="attests"):
            list(importing.every_form_is_imported(evidence))
        assert all(isinstance(each, Held) for each in keeping.layouts_come_back_as_they_were(evidence))


def test_the_run_as_a_whole_decides_the_roles() -> None:
    """That a host passes the roles of the guide follows from all the rest (Certification Guide, Host)."""
    closing = find_plan("ob-3.0-host").closing
    assert closing is not None
    assert {"OB30-R-237": "run.required_features_pass"} == closing.checks
