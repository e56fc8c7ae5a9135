"""Hosts that do one thing wrong with pages, profiles, errors or accounts: the check of the clause sees it."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.conformance.hosts.deviations import Deviations, assert_caught, edited
from tests.conformance.hosts.products import Product, findings
from tests.conformance.hosts.shelves import Host, Record, Refused, is_operation

if TYPE_CHECKING:
    from tests.conformance.hosts.shelves import Plain

DEVIATIONS = Deviations()

# Pages


@DEVIATIONS.caught_by("paging.pages_are_cut_as_asked_for", "243")
@DEVIATIONS.caught_by("paging.pages_are_cut_as_asked_for", "154")
class IgnoresLimits(Host):
    """Shows everything always."""

    def page(self, found: list[Record], limit: int, offset: int) -> list[Record]:
        del limit
        return found[offset:]


@DEVIATIONS.caught_by("paging.pages_are_cut_as_asked_for", "154")
class OneTooFew(Host):
    """Shows one less than asked for."""

    def page(self, found: list[Record], limit: int, offset: int) -> list[Record]:
        return found[offset : offset + limit - 1]


@DEVIATIONS.caught_by("paging.pages_show_each_credential_once", "154")
@DEVIATIONS.caught_by("paging.pages_are_cut_as_asked_for", "154")
class CountsFromOne(Host):
    """Counts offsets from one."""

    def page(self, found: list[Record], limit: int, offset: int) -> list[Record]:
        return found[max(0, offset - 1) : max(0, offset - 1) + limit]


@DEVIATIONS.caught_by("paging.pages_show_each_credential_once", "154")
class OffsetsOfPages(Host):
    """Takes an offset for the number of a page."""

    def page(self, found: list[Record], limit: int, offset: int) -> list[Record]:
        return found[offset * limit : offset * limit + limit]


@DEVIATIONS.caught_by("paging.totals_count_the_list", "165")
class TotalOfThePage(Host):
    """Counts the page."""

    def total(self, found: list[Record], page: list[Record]) -> int | None:
        del found
        return len(page)


@DEVIATIONS.caught_by("paging.totals_count_the_list", "165")
class TotalWithoutTokens(Host):
    """Does not count tokens."""

    def total(self, found: list[Record], page: list[Record]) -> int | None:
        del page
        return sum(not each.is_token for each in found)


class Linking(Host):
    """Has other links."""

    def link(self, found: dict[str, int], offset: int, limit: int) -> dict[str, int]:
        """Return the offsets of the links by relation."""
        del offset, limit
        return found

    def targets(self, limit: int, offset: int, total: int, shown: int) -> dict[str, int]:
        return self.link(super().targets(limit, offset, total, shown), offset, limit)


@DEVIATIONS.caught_by("paging.incomplete_lists_have_links", "166")
@DEVIATIONS.caught_by("paging.incomplete_lists_have_links", "243")
class WithoutLinks(Linking):
    """Has no links."""

    def link(self, found: dict[str, int], offset: int, limit: int) -> dict[str, int]:
        del found, offset, limit
        return {}


@DEVIATIONS.caught_by("paging.links_have_their_relations", "167")
class NextOnly(Linking):
    """Has one link only."""

    def link(self, found: dict[str, int], offset: int, limit: int) -> dict[str, int]:
        del offset, limit
        return {name: at for name, at in found.items() if name == "next"}


@DEVIATIONS.caught_by("paging.links_have_their_relations", "167")
class WithoutPrev(Linking):
    """Does not lead back."""

    def link(self, found: dict[str, int], offset: int, limit: int) -> dict[str, int]:
        del offset, limit
        return {name: at for name, at in found.items() if name != "prev"}


@DEVIATIONS.caught_by("paging.next_leads_through_the_list", "167")
class NextStays(Linking):
    """Leads to the page where one is."""

    def link(self, found: dict[str, int], offset: int, limit: int) -> dict[str, int]:
        del limit
        return found | ({"next": offset} if "next" in found else {})


@DEVIATIONS.caught_by("paging.links_lead_where_they_say", "167")
class LastIsFirst(Linking):
    """Has a link last that leads to the beginning."""

    def link(self, found: dict[str, int], offset: int, limit: int) -> dict[str, int]:
        del offset, limit
        return found | ({"last": 0} if found else {})


# Since


@DEVIATIONS.caught_by("since.since_restricts_to_later_ones", "153")
class IgnoresSince(Host):
    """Shows everything."""

    def since(self, found: list[Record], query: dict[str, str]) -> list[Record]:
        del query
        return found


@DEVIATIONS.caught_by("since.since_restricts_to_later_ones", "153")
class SinceIncluded(Host):
    """Shows what was issued at the very moment."""

    def is_after(self, issued: datetime.datetime, moment: datetime.datetime) -> bool:
        return issued >= moment


@DEVIATIONS.caught_by("since.since_restricts_to_later_ones", "153")
class SinceBefore(Host):
    """Shows what was issued before."""

    def is_after(self, issued: datetime.datetime, moment: datetime.datetime) -> bool:
        return issued < moment


@DEVIATIONS.caught_by("since.since_restricts_to_later_ones", "153")
class SinceWithoutZone(Host):
    """Takes every time for one of Greenwich."""

    def is_after(self, issued: datetime.datetime, moment: datetime.datetime) -> bool:
        return issued > moment.replace(tzinfo=datetime.UTC)


@DEVIATIONS.caught_by("since.links_keep_since", "167")
class LinksLoseSince(Host):
    """Has links without since."""

    def kept(self, query: dict[str, str]) -> dict[str, Any]:
        return {name: value for name, value in query.items() if name != "since"}


# Profiles


class Profiles(Host):
    """Answers about profiles in another way."""

    def profile(self, request: httpx.Request, plain: Plain) -> httpx.Response:
        """Answer about a profile."""
        return plain(request)

    def elsewhere(self, request: httpx.Request, plain: Plain) -> httpx.Response:
        return self.profile(request, plain) if is_operation(request, "profile") else plain(request)


@DEVIATIONS.caught_by("profiles.profiles_are_answered", "158")
class ProfileWithoutType(Profiles):
    """Leaves something out that a profile has to have."""

    def profile(self, request: httpx.Request, plain: Plain) -> httpx.Response:
        found = plain(request)
        return edited(found, type=...) if found.status_code == 200 else found


@DEVIATIONS.caught_by("profiles.profiles_are_answered", "158")
class NoContent(Profiles):
    """Answers 204 where there is no profile."""

    def profile(self, request: httpx.Request, plain: Plain) -> httpx.Response:
        found = plain(request)
        return httpx.Response(204) if found.status_code == 404 else found


@DEVIATIONS.caught_by("profiles.profiles_are_of_the_account", "244")
class AnotherProfile(Profiles):
    """Shows somebody else."""

    def profile(self, request: httpx.Request, plain: Plain) -> httpx.Response:
        found = plain(request)
        return edited(found, id="urn:uuid:somebody") if found.status_code == 200 else found


@DEVIATIONS.caught_by("profiles.profiles_can_be_put", "161")
class ProfileCreated(Profiles):
    """Answers 201."""

    def profile(self, request: httpx.Request, plain: Plain) -> httpx.Response:
        found = plain(request)
        return httpx.Response(201, content=found.content) if request.method == "PUT" else found


@DEVIATIONS.caught_by("profiles.profiles_can_be_put", "161")
class ProfileForgotten(Profiles):
    """Gives the new profile back, and has none any more."""

    def __init__(self) -> None:
        super().__init__()
        self.is_put = False

    def profile(self, request: httpx.Request, plain: Plain) -> httpx.Response:
        self.is_put = self.is_put or request.method == "PUT"
        return httpx.Response(404) if self.is_put and request.method == "GET" else plain(request)


# Errors


@DEVIATIONS.caught_by("errors.refusals_carry_a_status_info", "162")
class OwnErrors(Host):
    """Has an error body of its own."""

    def refuse(self, refused: Refused) -> httpx.Response:
        return httpx.Response(refused.status, json={"success": False, "error": refused.code})


@DEVIATIONS.caught_by("errors.refusals_are_of_their_class", "026")
class CapitalC(Host):
    """Writes a member in another way."""

    def refuse(self, refused: Refused) -> httpx.Response:
        found = super().refuse(refused)
        return edited(found, imsx_codeMinor=..., imsx_CodeMinor=found.json()["imsx_codeMinor"])


@DEVIATIONS.caught_by("errors.refusals_are_of_their_class", "026")
class OwnCodes(Host):
    """Has a code-minor that the standard does not have."""

    def refuse(self, refused: Refused) -> httpx.Response:
        return super().refuse(Refused(refused.status, "invaliddata"))


@DEVIATIONS.caught_by("errors.refusals_carry_a_status_info", "162")
class SuccessfulErrors(Host):
    """Says that it went well."""

    def refuse(self, refused: Refused) -> httpx.Response:
        return edited(super().refuse(refused), imsx_codeMajor="success")


@DEVIATIONS.caught_by("errors.bad_requests_do_no_harm", "163")
class Crashes(Host):
    """Fails for what it cannot read."""

    def refuse(self, refused: Refused) -> httpx.Response:
        is_body = refused.code == "invalid_data"
        return super().refuse(Refused(500, "internal_server_error") if is_body else refused)


# Isolation


@DEVIATIONS.caught_by("isolation.nobody_sees_what_is_anothers", "152")
class OneShelf(Host):
    """Has one list for everybody."""

    def ordered(self, account: str) -> list[Record]:
        del account
        return [each for shelf in self.shelves.values() for each in shelf]


@DEVIATIONS.caught_by("isolation.nobody_sees_what_is_anothers", "155")
class OneKey(Host):
    """Takes a credential for known that another account has."""

    def upsert(self, account: str, request: httpx.Request) -> httpx.Response:
        record = self.read(request)
        others = [each for other, shelf in self.shelves.items() if other != account for each in shelf]
        is_known = any(self.key(each.document) == self.key(record.document) for each in others)
        answer = super().upsert(account, request)
        return self.answer(200, record) if is_known else answer


@DEVIATIONS.caught_by("isolation.nobody_sees_what_is_anothers", "152")
class LeaksNow(Host):
    """Shows another account's newest credential on small pages."""

    def listed(self, account: str, request: httpx.Request) -> httpx.Response:
        found = super().listed(account, request)
        others = [each for other, shelf in self.shelves.items() if other != account for each in shelf]
        if "limit=2" not in str(request.url.query) or not others:
            return found
        return httpx.Response(200, json=self.body(others[-1:]), headers={"X-Total-Count": "1"})


@DEVIATIONS.caught_by("isolation.nobody_sees_what_is_anothers", "248")
class TakesAway(Host):
    """Gives a credential that two accounts have to the last one."""

    def upsert(self, account: str, request: httpx.Request) -> httpx.Response:
        record = self.read(request)
        for other, shelf in self.shelves.items():
            if other != account:
                shelf[:] = [each for each in shelf if self.key(each.document) != self.key(record.document)]
        return super().upsert(account, request)


@DEVIATIONS.caught_by("isolation.nobody_sees_what_is_anothers", "158")
class OneProfile(Profiles):
    """Has one profile for everybody."""

    def __init__(self) -> None:
        super().__init__()
        self.known: httpx.Response | None = None

    def profile(self, request: httpx.Request, plain: Plain) -> httpx.Response:
        found = plain(request)
        if found.status_code == 200:
            self.known = found
        return self.known if self.known is not None and found.status_code == 404 else found


@pytest.mark.parametrize(("host", "check", "requirement"), DEVIATIONS.cases)
def test_a_deviation_is_caught(host: type[Host], check: str, requirement: str) -> None:
    """The check names the requirement that a host breaks, and no dispute excuses it."""
    assert_caught(host, check, requirement)


def test_the_way_to_a_leak_is_short() -> None:
    """Of the turns of two clients those are left that a leak takes: one brings something, and the other one looks."""
    with Product(OneShelf()) as product:
        found = findings(product, "isolation.nobody_sees_what_is_anothers")
    (leak,) = [each for each in found if each.requirement == "OB30-R-152"]
    assert 1 == leak.actual.count(", then ")
    assert len(leak.evidence) <= 3
