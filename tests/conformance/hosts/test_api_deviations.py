"""Hosts that do one thing wrong with credentials: the check of the clause sees it."""

from __future__ import annotations

import dataclasses
import json
import unicodedata
from typing import Any

import httpx
import pytest
from tests.conformance.hosts.deviations import Deviations, assert_caught
from tests.conformance.hosts.shelves import Host, Record, Refused

DEVIATIONS = Deviations()

# Handing in


@DEVIATIONS.caught_by("upserting.the_same_again_is_no_new_one", "155")
@DEVIATIONS.caught_by("upserting.newer_ones_replace", "155")
@DEVIATIONS.caught_by("upserting.older_ones_are_no_new_ones", "155")
class AlwaysCreated(Host):
    """Calls everything new."""

    def answer(self, status: int, record: Record) -> httpx.Response:
        del status
        return super().answer(201, record)


@DEVIATIONS.caught_by("upserting.new_ones_are_created", "155")
class NeverCreated(Host):
    """Calls nothing new."""

    def answer(self, status: int, record: Record) -> httpx.Response:
        del status
        return super().answer(200, record)


@DEVIATIONS.caught_by("upserting.new_ones_are_created", "155")
class WrappingAnswer(Host):
    """Answers with the credential in another object."""

    def answer(self, status: int, record: Record) -> httpx.Response:
        return httpx.Response(status, json={"credential": record.value})


@DEVIATIONS.caught_by("upserting.new_ones_are_created", "155")
class SilentAnswer(Host):
    """Answers without a body."""

    def answer(self, status: int, record: Record) -> httpx.Response:
        return httpx.Response(status, headers={"Content-Type": super().answer(status, record).headers["content-type"]})


@DEVIATIONS.caught_by("upserting.new_ones_are_created", "155")
class TokensAsJson(Host):
    """Answers a token with a JSON string."""

    def answer(self, status: int, record: Record) -> httpx.Response:
        return httpx.Response(status, json=record.value) if record.is_token else super().answer(status, record)


@DEVIATIONS.caught_by("upserting.new_ones_are_created", "155")
class TokensAsApplicationJwt(Host):
    """Answers a token with a media type that the standard does not have."""

    def answer(self, status: int, record: Record) -> httpx.Response:
        found = super().answer(status, record)
        if record.is_token:
            found.headers["Content-Type"] = "application/jwt"
        return found


@DEVIATIONS.caught_by("upserting.media_types_are_understood", "155")
class KnowsJsonOnly(Host):
    """Does not take one of the media types of JSON."""

    def check_media_type(self, media_type: str) -> None:
        if media_type == "application/vc+ld+json":
            raise Refused(415, "not_acceptable")


@DEVIATIONS.caught_by("upserting.new_ones_are_created", "155")
class TakesNoTokens(Host):
    """Does not take VC-JWTs."""

    def check_media_type(self, media_type: str) -> None:
        if media_type == "text/plain":
            raise Refused(415, "not_acceptable")


@DEVIATIONS.caught_by("upserting.newer_ones_replace", "155")
class ReplacesNothing(Host):
    """Says that a credential was replaced, and keeps the old one."""

    def replace(self, shelf: list[Record], same: Record, record: Record) -> httpx.Response:
        del shelf, same
        return self.answer(200, record)


@DEVIATIONS.caught_by("errors.nonsense_is_not_created", "155")
class TakesAnything(Host):
    """Keeps whatever comes."""

    def read(self, request: httpx.Request) -> Record:
        try:
            return super().read(request)
        except Refused:
            return Record(text="{}", is_token=False, document={"id": "x", "issuer": "x"}, received=0)


# Equality


@DEVIATIONS.caught_by("equality.issuer_and_id_tell", "139")
@DEVIATIONS.caught_by("equality.issuer_and_id_tell", "156")
class ComparesLetters(Host):
    """Compares ids as they are written."""

    def key(self, document: dict[str, Any]) -> object:
        return str(document["issuer"]), document["id"]


@DEVIATIONS.caught_by("equality.issuer_and_id_tell", "139")
class ComparesIdsOnly(Host):
    """Takes credentials of different issuers for the same."""

    def key(self, document: dict[str, Any]) -> object:
        return document["id"]


@DEVIATIONS.caught_by("equality.issuer_and_id_tell", "139")
class ComparesWithoutCase(Host):
    """Takes upper and lower case for the same."""

    def key(self, document: dict[str, Any]) -> object:
        return str(super().key(document)).lower()


# Lists


@DEVIATIONS.caught_by("lists.credentials_stand_in_their_member", "152")
@DEVIATIONS.caught_by("lists.lists_are_of_their_class", "025")
class WrongName(Host):
    """Lists tokens under the name of the sample."""

    def body(self, page: list[Record]) -> dict[str, Any]:
        found = super().body(page)
        return {{"compactJwsString": "compactJwsStrings"}.get(name, name): value for name, value in found.items()}


@DEVIATIONS.caught_by("lists.credentials_stand_in_their_member", "152")
@DEVIATIONS.caught_by("lists.lists_are_of_their_class", "025")
class MixedMembers(Host):
    """Lists tokens and objects in one array."""

    def body(self, page: list[Record]) -> dict[str, Any]:
        return {"credential": [each.value for each in page]}


@DEVIATIONS.caught_by("lists.lists_are_of_their_class", "025")
class BareArray(Host):
    """Has a single object where an array should be."""

    def body(self, page: list[Record]) -> dict[str, Any]:
        return {"credential": page[0].value} if page else {}


@DEVIATIONS.caught_by("lists.lists_are_of_their_class", "025")
class CountsInTheBody(Host):
    """Has a member more."""

    def body(self, page: list[Record]) -> dict[str, Any]:
        return super().body(page) | {"total": len(page)}


@DEVIATIONS.caught_by("lists.lists_are_answered", "152")
class TopLevelArray(Host):
    """Answers with an array."""

    def listed(self, account: str, request: httpx.Request) -> httpx.Response:
        found = super().listed(account, request)
        return httpx.Response(200, json=[each for members in found.json().values() for each in members])


class Editing(Host):
    """Lists each credential with an embedded proof in another way."""

    def edit(self, value: dict[str, Any]) -> dict[str, Any]:
        """Return what is listed in the place of a credential."""
        return value

    def body(self, page: list[Record]) -> dict[str, Any]:
        found = super().body(page)
        if "credential" in found:
            found["credential"] = [self.edit(each) for each in found["credential"]]
        return found


@DEVIATIONS.caught_by("lists.listed_credentials_are_verifiable", "242")
@DEVIATIONS.caught_by("keeping.drawn_ones_come_back_as_they_were", "236")
class WithoutProofs(Editing):
    """Lists credentials without their proofs."""

    def edit(self, value: dict[str, Any]) -> dict[str, Any]:
        return {name: each for name, each in value.items() if name != "proof"}


@DEVIATIONS.caught_by("keeping.small_ones_come_back_as_they_were", "236")
class OwnMembersOnly(Editing):
    """Loses the members of vendors."""

    def edit(self, value: dict[str, Any]) -> dict[str, Any]:
        return {name: each for name, each in value.items() if not name.startswith("vendor")}


@DEVIATIONS.caught_by("keeping.layouts_come_back_as_they_were", "236")
class Normalizing(Editing):
    """Writes letters in their composed form."""

    def edit(self, value: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(unicodedata.normalize("NFC", json.dumps(value, ensure_ascii=False)))
        return found


@DEVIATIONS.caught_by("keeping.layouts_come_back_as_they_were", "236")
class ShortTexts(Editing):
    """Cuts texts."""

    def edit(self, value: dict[str, Any]) -> dict[str, Any]:
        return value | {name: value[name][:255] for name in ("name", "description") if name in value}


@DEVIATIONS.caught_by("keeping.drawn_ones_come_back_as_they_were", "236")
class WithoutEvidence(Editing):
    """Knows a part of the model only."""

    def edit(self, value: dict[str, Any]) -> dict[str, Any]:
        return {name: each for name, each in value.items() if name not in {"evidence", "termsOfUse", "image"}}


@DEVIATIONS.caught_by("keeping.small_ones_come_back_as_they_were", "236")
@DEVIATIONS.caught_by("lists.listed_credentials_are_verifiable", "242")
class SignsAnew(Host):
    """Lists tokens that it has changed."""

    def body(self, page: list[Record]) -> dict[str, Any]:
        found = super().body(page)
        if "compactJwsString" in found:
            found["compactJwsString"] = [f"{each[:-8]}AAAAAAAA" for each in found["compactJwsString"]]
        return found


@DEVIATIONS.caught_by("keeping.what_was_sent_is_listed", "248")
class ForgetsTokens(Host):
    """Says that it keeps tokens, and does not."""

    def ordered(self, account: str) -> list[Record]:
        return [each for each in super().ordered(account) if not each.is_token]


@pytest.mark.parametrize(("host", "check", "requirement"), DEVIATIONS.cases)
def test_a_deviation_is_caught(host: type[Host], check: str, requirement: str) -> None:
    """The check names the requirement that a host breaks, and no dispute excuses it."""
    assert_caught(host, check, requirement)


def test_a_record_is_shown_as_it_came() -> None:
    """The host of these tests lists tokens as texts and others as objects."""
    record = Record(text="{}", is_token=False, document={}, received=1)
    assert {} == record.value
    assert "{}" == dataclasses.replace(record, is_token=True).value
