"""Hosts that are unusual and within the standard: no check of the interface finds anything."""

from __future__ import annotations

import datetime
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.conformance.hosts.products import PLANS, Product, context_for
from tests.conformance.hosts.shelves import Host, Record, Refused, is_operation

from skillmark.core.outcomes import Outcome
from skillmark.engine import run_check
from skillmark.suites import suite_of
from skillmark.suites.hosts.samples import EMBEDDED, TOKEN, Samples
from skillmark.suites.verifiers.samples import proved, signer_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conformance.hosts.shelves import Plain

    from skillmark.core.findings import Finding

AREAS = (
    "upserting",
    "equality",
    "keeping",
    "lists",
    "paging",
    "since",
    "profiles",
    "errors",
    "isolation",
    "importing",
)
PECULIARITIES: list[Any] = []


def spared_in(*areas: str) -> Callable[[type[Host]], type[Host]]:
    """Declare a peculiar host, with the areas that have to do with what is peculiar."""

    def declare(host: type[Host]) -> type[Host]:
        PECULIARITIES.append(pytest.param(host, areas, id=host.__name__))
        return host

    return declare


def found_in(product: Product, areas: tuple[str, ...], **rest: Any) -> tuple[list[Finding], list[str]]:  # noqa: ANN401 - as context_for takes them
    """Return what the checks of some areas find, and those of them that could not tell."""
    context = context_for(product, **rest)
    suite = suite_of(context.plan)
    evidence, found, unclear = suite.gather(context), [], []
    for check in suite.checks_of(context.plan):
        if check.area in areas:
            result, findings = run_check(check, evidence, context)
            found += [each.finding for each in findings]
            unclear += [f"{check.name}: {result.reason}"] if result.outcome is Outcome.CANNOT_TELL else []
    return found, unclear


@spared_in(*AREAS)
class NewestFirst(Host):
    """Lists the newest first, in pages of seven."""


@spared_in("paging", "since", "lists", "isolation")
class SmallPages(Host):
    """Shows two at most, whatever is asked for."""

    usual = most = 2


@spared_in("paging", "since")
class OneEach(Host):
    """Shows one at most."""

    usual = most = 1


@spared_in("paging", "keeping")
class WithoutTotal(Host):
    """Does not know how many there are."""

    def total(self, found: list[Record], page: list[Record]) -> int | None:
        del found, page
        return None


@spared_in("paging", "since")
class LinksAlways(Host):
    """Links a complete list too, and ends in whole pages."""

    def targets(self, limit: int, offset: int, total: int, shown: int) -> dict[str, int]:
        last = max(0, (total - 1) // limit * limit)
        return {"first": 0, "last": last} | super().targets(limit, offset, total, shown) | {"last": last}


@spared_in("upserting", "equality", "isolation")
class NotModified(Host):
    """Answers 304 where nothing changes."""

    def replace(self, shelf: list[Record], same: Record, record: Record) -> httpx.Response:
        return httpx.Response(304) if same.text == record.text else super().replace(shelf, same, record)


@spared_in("upserting", "equality")
class KeepsTheNewest(Host):
    """Refuses what is older than what it has."""

    def replace(self, shelf: list[Record], same: Record, record: Record) -> httpx.Response:
        if self.moment(record) < self.moment(same):
            raise Refused(409, "unknown")
        return super().replace(shelf, same, record)


@spared_in("upserting", "keeping", "lists")
class OtherKeyOrder(Host):
    """Writes JSON in its own way."""

    def answer(self, status: int, record: Record) -> httpx.Response:
        if record.is_token:
            return super().answer(status, record)
        text = json.dumps(record.value, sort_keys=True, indent=1)
        return httpx.Response(status, text=text, headers={"Content-Type": "application/vc+ld+json; charset=utf-8"})

    def body(self, page: list[Record]) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(json.dumps(super().body(page), sort_keys=True))
        return found


@spared_in("upserting")
class StatedCharset(Host):
    """States the charset of tokens."""

    def answer(self, status: int, record: Record) -> httpx.Response:
        found = super().answer(status, record)
        if record.is_token:
            found.headers["Content-Type"] = "text/plain;charset=UTF-8"
        return found


@spared_in("lists", "paging")
class EmptyArrays(Host):
    """Sends empty arrays."""

    def body(self, page: list[Record]) -> dict[str, Any]:
        return {"credential": [], "compactJwsString": []} | super().body(page)


@spared_in("lists", "paging", "since", "upserting", "isolation")
class LongInUse(Host):
    """Has credentials that nobody can verify without asking, that have expired, and whose date has no zone that one expects."""

    def ordered(self, account: str) -> list[Record]:
        return [*super().ordered(account), *OLD]


def old_records() -> list[Record]:
    """Return what earlier users have left."""
    samples = Samples("ob-3.0", stamp="earlier")
    elsewhere = samples.draft(EMBEDDED, issuer={"id": "did:web:issuer.example", "type": ["Profile"], "name": "Far"})
    signed = proved(elsewhere, EMBEDDED, signer_of(EMBEDDED), verificationMethod="did:web:issuer.example#key")
    expired = samples.sent(EMBEDDED, validUntil="2025-02-01T00:00:00+05:30")
    token = samples.sent(TOKEN, validFrom="2024-02-01T00:00:00.123-08:00")
    made = [(json.dumps(signed), False, signed), (expired.text, False, expired.document)]
    made.append((token.text, True, token.document))
    return [Record(text=text, is_token=is_token, document=value, received=-1) for text, is_token, value in made]


OLD = old_records()


class Profiles(Host):
    """Answers about profiles in another way."""

    def put(self, answer: httpx.Response) -> httpx.Response:
        """Answer to a profile that was put."""
        return answer

    def elsewhere(self, request: httpx.Request, plain: Plain) -> httpx.Response:
        if is_operation(request, "profile") and request.method == "PUT":
            return self.put(self.taken(request, plain))
        return plain(request)

    def taken(self, request: httpx.Request, plain: Plain) -> httpx.Response:
        """Let a profile be put."""
        return plain(request)


@spared_in("profiles", "isolation")
class ProfileLater(Profiles):
    """Takes profiles, and decides later."""

    def taken(self, request: httpx.Request, plain: Plain) -> httpx.Response:
        del request, plain
        return httpx.Response(202, json={"imsx_codeMajor": "processing", "imsx_severity": "status"})


@spared_in("profiles", "isolation")
class ProfileUnchanged(Profiles):
    """Never takes the values over, and answers with the old ones."""

    def taken(self, request: httpx.Request, plain: Plain) -> httpx.Response:
        return plain(httpx.Request("GET", request.url, headers=request.headers))


@spared_in("profiles", "errors", "isolation")
class WithoutPutProfile(Host):
    """Has no putProfile."""

    def elsewhere(self, request: httpx.Request, plain: Plain) -> httpx.Response:
        if is_operation(request, "profile") and request.method == "PUT":
            return self.refuse(Refused(405, "not_allowed"))
        found = plain(request)
        if not is_operation(request, "discovery"):
            return found
        body = found.json()
        for path, methods in body["paths"].items():
            if path.endswith("/profile"):
                methods.pop("put", None)
        return httpx.Response(200, json=body)


@spared_in("errors", "paging")
class Unprocessable(Host):
    """Answers 422 to bodies that it understands, and has long descriptions."""

    def refuse(self, refused: Refused) -> httpx.Response:
        status = 422 if refused.code == "invalid_data" else refused.status
        return super().refuse(Refused(status, refused.code))


@spared_in("since")
class PreciseMoments(Host):
    """Compares moments by their microseconds, whatever the zone."""

    def moment(self, record: Record) -> datetime.datetime:
        return super().moment(record).astimezone(datetime.timezone(datetime.timedelta(hours=9)))


@pytest.mark.parametrize(("host", "areas"), PECULIARITIES)
def test_a_peculiarity_is_spared(host: type[Host], areas: tuple[str, ...]) -> None:
    """A host that is unusual and right is neither blamed nor disputed, and no check fails on it."""
    with Product(host()) as product:
        assert ([], []) == found_in(product, areas)


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("depth", ["smoke", "full"])
def test_the_reference_is_spared(plan: str, depth: str) -> None:
    """Nothing is found at the reference host, for both standards, in both depths."""
    with Product() as product:
        assert ([], []) == found_in(product, AREAS, plan=plan, depth=depth)
