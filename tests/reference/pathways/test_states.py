"""States and formats: dates, statuses, one changed value; equal arguments make equal bytes."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from tests.reference.pathways.surroundings import OFFLINE, SLUGS, content_of, hosted, issued, text_of

from skillmark_reference.credentials.baking import ImageFormat
from skillmark_reference.credentials.baking.embedding import format_of
from skillmark_reference.documents import DocumentKind
from skillmark_reference.pathways.catalogue import catalogue, find_entry
from skillmark_reference.pathways.hosting import documents, status_lists
from skillmark_reference.pathways.issuing import issue, issuer_of
from skillmark_reference.pathways.proof_formats import ProofFormat
from skillmark_reference.pathways.settings import Identity, Setting
from skillmark_reference.pathways.states import State, list_address, list_index
from skillmark_reference.securing import jose, statuses
from skillmark_reference.securing.instants import parse_date_time

_SHOWCASE = "samira-haddad-da-1-1-eddsa-rdfc-2022-"
_YEAR = datetime.timedelta(days=365)


def date(credential: dict[str, Any], name: str) -> datetime.datetime:
    """Return a date of a credential."""
    return parse_date_time(credential[name])


# Dates


def test_dates() -> None:
    """Valid ones never end; the expired one ended before anything was issued; the early one begins in a century."""
    at = OFFLINE.at
    for state in State:
        found = content_of(issued(_SHOWCASE + state.value))
        assert (state is State.EXPIRED) == ("validUntil" in found)
        assert parse_date_time(found["proof"]["created"]) <= at
        assert date(found, "awardedDate") <= date(found, "validFrom")
    assert date(content_of(issued(f"{_SHOWCASE}expired")), "validUntil") < at
    assert date(content_of(issued(f"{_SHOWCASE}not-yet-valid")), "validFrom") > at + 99 * _YEAR


def test_nothing_is_dated_after_it_was_issued() -> None:
    """But for those that are not valid yet, no date is later than the time of issuing."""
    for credential in map(issued, SLUGS):
        if credential.entry.state is not State.NOT_YET_VALID:
            found = content_of(credential)
            dates = [date(found, name) for name in ("validFrom", "validUntil", "awardedDate") if name in found]
            assert max(dates) <= OFFLINE.at


def test_the_time_is_a_parameter() -> None:
    """Issued at another time, everything is dated by it, and what was awarded when stays."""
    later = Setting(at=OFFLINE.at + 3 * _YEAR)
    before, after = (content_of(issued("amara-okafor-da-1-1", each)) for each in (OFFLINE, later))
    assert later.at == date(after, "validFrom")
    assert before["awardedDate"] == after["awardedDate"] == "2026-02-20T12:00:00Z"


# Sameness


def test_the_zone_of_the_time_is_not_in_the_bytes() -> None:
    """The same moment, written in another zone, is an equal setting."""
    elsewhere = Setting(at=OFFLINE.at.astimezone(datetime.timezone(datetime.timedelta(hours=9))))
    assert OFFLINE == elsewhere
    for slug in ("samira-haddad-da-1-1-eddsa-rdfc-2022-expired", "samira-haddad-da-1-1-vc-jwt-rs256-valid"):
        assert issued(slug).content == issue(find_entry(slug), elsewhere).content


def test_equal_settings_make_equal_bytes() -> None:
    """Every format, state and kind, and every list, is the same when it is made again, to the byte."""
    for slug in [slug for slug in SLUGS if "samira-haddad" in slug]:
        assert issued(slug).content == issue(find_entry(slug), Setting()).content
    assert hosted(OFFLINE) == {each.address: each.content for each in documents(Setting())}


def test_ids_are_stable() -> None:
    """The id of a credential is made of base and slug alone: neither identity nor time nor version of CASE is in it."""
    other = Setting(identity=Identity.ADDRESS, at=OFFLINE.at + _YEAR, case_version="1.0")
    for slug in ("amara-okafor-da-1-1", "amara-okafor-da-png", "mei-chen-record", "luis-ortega-record"):
        assert f"https://case.example.org/records/{slug}" == content_of(issued(slug))["id"]
        assert issued(slug).address == content_of(issued(slug, other))["id"]
    assert len(SLUGS) == len(set(SLUGS))
    assert all(slug.replace("-", "").isalnum() and slug == slug.lower() for slug in SLUGS)


# Tampering


@pytest.mark.parametrize("name", [each.slug for each in catalogue() if each.state is State.TAMPERED])
def test_one_value_was_changed(name: str) -> None:
    """What was tampered with is what was signed but for one text; the signature is untouched."""
    entry = find_entry(name)
    changed = issued(name)
    genuine = issue(
        type(entry)(
            slug=entry.slug,
            learner=entry.learner,
            content=entry.content,
            proof_format=entry.proof_format,
            image=entry.image,
        ),
        OFFLINE,
    )
    one, other = content_of(genuine), content_of(changed)
    assert 1 == len(list(differences(one, other)))
    assert text_of(genuine).rpartition(".")[2] == text_of(changed).rpartition(".")[2] or not entry.proof_format.is_token


def differences(one: Any, other: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Yield the pairs of values that differ."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for name, value in one.items():
            yield from differences(value, other[name])
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for value, counterpart in zip(one, other, strict=True):
            yield from differences(value, counterpart)
    elif one != other:
        yield one, other


# Status


def test_places_in_lists() -> None:
    """No two credentials share a place in a list."""
    places = [
        (list_address(OFFLINE, issuer_of(each), each.proof_format.row.key_type, each.state), list_index(each.slug))
        for each in catalogue()
        if each.state.has_status
    ]
    assert len(places) == len(set(places))


def test_lists_have_what_the_catalogue_says() -> None:
    """As many statuses are set as credentials are revoked or suspended, and those that are active are not."""
    for hosted_list in status_lists(OFFLINE):
        entries = [
            each
            for each in catalogue()
            if each.state.has_status
            and hosted_list.address
            == list_address(OFFLINE, issuer_of(each), each.proof_format.row.key_type, each.state)
        ]
        text = hosted_list.content.decode()
        value = jose.read_compact(text)[1] if hosted_list.media_type == "text/plain" else None
        listed = json.loads(value.payload if value else text)
        if "revokedCredential" in listed:
            assert [issued(each.slug).address for each in entries] == [
                each["id"] for each in listed["revokedCredential"]
            ]
            continue
        bits = statuses.read_list(listed).bits
        set_ones = [each for each in entries if each.state is not State.ACTIVE]
        assert len(set_ones) == int.from_bytes(bits, "big").bit_count()
        assert {1} == {statuses.status_at(bits, list_index(each.slug)) for each in set_ones}


def test_only_those_with_a_status_name_a_list() -> None:
    """A credential that is just valid, expired or changed can be verified without any list."""
    for slug in SLUGS:
        assert issued(slug).entry.state.has_status == ("credentialStatus" in content_of(issued(slug)))


# Formats


def test_selective_disclosure() -> None:
    """What is derived shows result and achievement, and withholds what the holder does not have to show."""
    base, derived = (
        content_of(issued(f"samira-haddad-da-1-1-ecdsa-sd-2023-{each}-valid")) for each in ("base", "derived")
    )
    assert {"awardedDate", "evidence", "endorsementJwt"} == base.keys() - derived.keys()
    assert {"narrative"} == base["credentialSubject"].keys() - derived["credentialSubject"].keys()
    assert base["credentialSubject"]["result"] == derived["credentialSubject"]["result"]


def test_forms() -> None:
    """A token has the algorithm of its name, a proof the suite, and a file the suffix; an image is one."""
    for credential in map(issued, SLUGS):
        proof_format, image = credential.entry.proof_format, credential.entry.image
        if proof_format.is_token:
            parts = jose.read_compact(text_of(credential))[1]
            assert parts
            assert proof_format.value == f"vc-jwt-{json.loads(parts.header)['alg'].lower()}"
        else:
            suite = content_of(credential)["proof"]["cryptosuite"]
            assert suite == proof_format.row.cryptosuite
            assert proof_format.value.startswith(suite)
        if image is None:
            assert ("jwt" if proof_format.is_token else "json") == credential.suffix
        else:
            assert {ImageFormat.PNG: "png", ImageFormat.SVG: "svg"}[image] == credential.suffix
            assert image is format_of(credential.content)


# Hosting


@pytest.mark.parametrize("identity", Identity, ids=lambda each: each.value)
def test_what_is_hosted(identity: Identity) -> None:
    """No address is there twice, all are at the base, and the door takes each with its media type."""
    setting = Setting(identity=identity)
    found = documents(setting)
    assert len(found) == len({each.address for each in found})
    assert all(each.address.startswith(f"{setting.base}/") for each in found)
    kinds = {
        "status": (DocumentKind.STATUS_LIST, DocumentKind.REVOCATION_LIST),
        "issuers": (DocumentKind.KEY, DocumentKind.DID_DOCUMENT),
        ".well-known": (DocumentKind.KEY_SET,),
        "images": (DocumentKind.IMAGE,),
    }
    for each in found:
        room = each.address.removeprefix(f"{setting.base}/").partition("/")[0]
        assert room == "achievements" or any(kind.row.takes(each.media_type) for kind in kinds[room])


def test_credentials_have_media_types_that_are_taken() -> None:
    """The door takes every hosted credential and every image."""
    for slug in SLUGS:
        kind = DocumentKind.IMAGE if issued(slug).entry.image else DocumentKind.CREDENTIAL
        assert kind.row.takes(issued(slug).media_type)


def test_an_unknown_entry() -> None:
    """It is told what was asked for."""
    with pytest.raises(KeyError, match="has no 'nothing'"):
        find_entry("nothing")


def test_formats_have_keys_that_fit() -> None:
    """The name of a format has its key in it, where the suite leaves a choice."""
    for each in ProofFormat:
        if each.value.endswith(("p-256", "p-384")):
            assert each.value.endswith(each.row.key_type.value.lower())
