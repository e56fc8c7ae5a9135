"""Credentials at addresses: what an issuer's server answers with, over sockets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from skillmark.core.outcomes import Outcome
from skillmark.core.target import Submissions, Target
from skillmark.engine import find_depth
from skillmark.faults.credentials import healthy, packed, securing
from skillmark.faults.credentials.handing_in import NOW
from skillmark.plans import find_plan
from skillmark.runs import RunOptions, certify
from skillmark_reference.sockets import RunningServer

if TYPE_CHECKING:
    from pathlib import Path

    from skillmark.core.results import RunResult

BADGE = securing.written(securing.whole(healthy.minimal()))
TOKEN = securing.written(securing.token(healthy.minimal()))
PAGE = b"<!DOCTYPE html><html><body>Badge</body></html>"
PNG = packed.png(packed.itxt(packed.PLACE, BADGE.decode()))
SVG = packed.svg(packed.element(BADGE.decode()))
NAMES = {BADGE: "badge", TOKEN: "token", PAGE: "page", PNG: "png", SVG: "svg"}


class Serving:
    """Answers every request with one document."""

    def __init__(self, content: bytes, media_type: str, status: int = 200) -> None:
        self._content = content
        self._media_type = media_type
        self._status = status

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - as ASGI has it
        """Answer."""
        headers = [(b"content-type", self._media_type.encode())]
        await send({"type": "http.response.start", "status": self._status, "headers": headers})
        await send({"type": "http.response.body", "body": self._content})


def ran(content: bytes, media_type: str, *, name: str = "badge", plan: str = "ob-3.0-issuer") -> RunResult:
    """Run a plan on the document at an address."""
    with RunningServer(Serving(content, media_type)) as server:
        given = Submissions(sources=(f"{server.url}/{name}",), at=NOW, allowed_origins=(server.url,))
        return certify(find_plan(plan), Target(submissions=given), options=RunOptions(depth=find_depth("smoke")))


@pytest.mark.parametrize(
    ("content", "media_type", "requirement", "outcome"),
    [
        (BADGE, "application/vc+ld+json", "OB30-R-073", Outcome.PASSED),
        (BADGE, "application/ld+json; charset=utf-8", "OB30-R-073", Outcome.PASSED),
        (BADGE, "application/json", "OB30-R-073", Outcome.PASSED),
        (BADGE, "text/plain", "OB30-R-073", Outcome.WARNED),
        (BADGE, "text/html", "OB30-R-073", Outcome.WARNED),
        (PAGE, "text/html", "OB30-R-073", Outcome.WARNED),
        (TOKEN, "text/plain", "OB30-R-072", Outcome.PASSED),
        (TOKEN, "application/jwt", "OB30-R-072", Outcome.WARNED),
        (BADGE, "application/json", "OB30-R-072", Outcome.NOT_APPLICABLE),
        (BADGE, "application/json", "OB30-R-071", Outcome.PASSED),
        (TOKEN, "text/plain", "OB30-R-071", Outcome.PASSED),
        (PAGE, "text/html", "OB30-R-071", Outcome.FAILED),
        (PAGE, "application/json", "OB30-R-071", Outcome.FAILED),
        (BADGE, "", "OB30-R-073", Outcome.WARNED),
        (BADGE, "application/octet-stream", "OB30-R-031", Outcome.PASSED),
        (PNG, "image/png", "OB30-R-071", Outcome.NOT_APPLICABLE),
        (PNG, "image/png", "OB30-R-073", Outcome.NOT_APPLICABLE),
        (SVG, "image/svg+xml", "OB30-R-071", Outcome.NOT_APPLICABLE),
    ],
    ids=lambda value: NAMES.get(value, str(value)),
)
def test_answers_and_media_types(content: bytes, media_type: str, requirement: str, outcome: Outcome) -> None:
    """Each form of a badge has its media types; a page is no badge, whatever it is called."""
    assert outcome is ran(content, media_type).requirements[requirement].outcome


def test_the_record_of_an_address_is_that_of_its_answer() -> None:
    """Status, media type, size and digest are kept, and a command that asks again."""
    exchange = ran(BADGE, "application/json").exchanges["d1"]
    assert ("GET", 200, len(BADGE)) == (exchange.method, exchange.status, exchange.size)
    assert "application/json" == exchange.header("Content-Type")
    assert exchange.curl.startswith("curl --include http://127.0.0.1:")


@pytest.mark.parametrize("name", ["badge.png", "badge"])
@pytest.mark.parametrize(
    ("content", "media_type", "requirement"),
    [(PNG, "image/png", "OB30-R-075"), (SVG, "image/svg+xml", "OB30-R-080")],
    ids=["png", "svg"],
)
def test_a_baked_image_at_an_address_is_read(content: bytes, media_type: str, requirement: str, name: str) -> None:
    """An image is told by its content, whatever its address ends with."""
    result = ran(content, media_type, name=name)
    assert Outcome.PASSED is result.requirements[requirement].outcome
    assert () == result.findings


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("large.json", b" " * (10 * 2**20 + 1), "it has more bytes than the limit"),
        ("bomb.png", packed.png(packed.itxt(packed.PLACE, " " * 2**24, is_compressed=True)), "unpacks to more than"),
    ],
    ids=["large", "bomb"],
)
def test_what_is_beyond_the_limits_accuses_nobody(name: str, content: bytes, says: str, tmp_path: Path) -> None:
    """A file that Skillmark does not read, since it is too large or unpacks to too much, is told as such, and fails nothing."""
    (tmp_path / "badge.json").write_bytes(BADGE)
    (tmp_path / name).write_bytes(content)
    given = Submissions(sources=(str(tmp_path),), at=NOW)
    result = certify(
        find_plan("ob-3.0-issuer"), Target(submissions=given), options=RunOptions(depth=find_depth("smoke"))
    )
    assert () == result.findings
    assert any(name in each and says in each for each in result.sampling)


def test_records_have_one_recommendation_for_all() -> None:
    """A record with the media type of a page is warned of, and nothing else is wrong with it."""
    record = securing.written(securing.whole(healthy.record()))
    plan = "clr-2.0-issuer"
    assert Outcome.PASSED is ran(record, "application/ld+json", plan=plan).requirements["CLR20-R-025"].outcome
    assert Outcome.WARNED is ran(record, "text/plain", plan=plan).requirements["CLR20-R-025"].outcome
