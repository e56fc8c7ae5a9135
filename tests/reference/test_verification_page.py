"""The page on which a record is handed in: what it says of good and bad ones, and that it is safe to hand in anything."""

from __future__ import annotations

import datetime
import json
import re
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from starlette.applications import Starlette
from tests.browser import TOO_FAINT
from tests.reference.credentials.surroundings import STATE, badge, changed, endorsement, record, signed

from skillmark.wire.in_process import AsgiTransport
from skillmark_reference.credentials.baking import bake
from skillmark_reference.documents import Documents, Policy, SystemClock
from skillmark_reference.frameworks.storing import Repository
from skillmark_reference.server import RunningServer
from skillmark_reference.server.landing import landing_routes
from skillmark_reference.server.verifying import VerificationDesk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request
    from starlette.routing import Route
    from tests.browser import Tab

Record = dict[str, Any]

HERE = "https://case.example.org/ims/case/v1p1/CFItems/here"
ELSEWHERE = "https://elsewhere.example/items/1"


class Clock(SystemClock):
    """A clock that stands still."""

    def now(self) -> datetime.datetime:
        """Return the same time, always."""
        return datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def application() -> Starlette:
    """Return the page, with the assets that it asks for."""
    clock = Clock()
    documents = Documents(clock=clock, policy=Policy(offline=True))

    def page_of(_request: Request, address: str) -> str | None:
        return "items/here" if address == HERE else None

    routes: list[Route] = VerificationDesk(lambda _: documents, clock=clock, page_of=page_of).routes()
    return Starlette(routes=[*routes, *landing_routes(Repository.open("sqlite://"), base_of=lambda _: "")])


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """Return a client of the page."""
    with httpx.Client(transport=AsgiTransport(application()), base_url="http://127.0.0.1") as client:
        yield client


def aligned(*addresses: str, name: str = "Cleans data") -> Record:
    """Return a signed badge that points to skills."""
    unsigned = badge()
    unsigned["credentialSubject"]["achievement"]["alignment"] = [
        {"type": ["Alignment"], "targetName": name, "targetUrl": each, "targetType": "CFItem"} for each in addresses
    ]
    return signed(unsigned)


def handed_in(client: httpx.Client, content: bytes | Record | list[Record], name: str = "record.json") -> str:
    """Hand in a file, and return the text of the page."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    response = client.post("/verify", files={"file": (name, body)})
    assert 200 == response.status_code
    return response.text


def verdicts(page: str) -> list[str]:
    """Return the verdicts that a page shows in large."""
    return re.findall(r'<span class="badge large \w+">([^<]+)</span>', page)


def test_the_page_can_be_read_and_names_what_it_takes(client: httpx.Client) -> None:
    """The form is there without a script, sends to the page itself, and nothing else may be sent or run."""
    response = client.get("/verify")
    assert 200 == response.status_code
    assert 'method="post" action="./verify" enctype="multipart/form-data"' in response.text
    assert "form-action 'self'" in response.headers["content-security-policy"]
    assert "no-store" == response.headers["cache-control"]


def test_a_good_record_shows_its_verdict_and_the_skills_it_proves(client: httpx.Client) -> None:
    """A skill at this provider leads to its page, one elsewhere to its address, and one at no web address is mere text."""
    page = handed_in(client, aligned(HERE, ELSEWHERE, "urn:uuid:1"))
    assert ["valid"] == verdicts(page)
    assert '<a href="./items/here">' in page
    assert f'<a href="{ELSEWHERE}"' in page
    assert 'href="urn:' not in page
    assert "OB30-R-114" in page


def test_the_members_of_a_record_are_shown_with_their_issuers(client: httpx.Client) -> None:
    """A record shows what its members say, each with its own verdict, and who endorses it."""
    endorsed = badge()
    endorsed["credentialSubject"]["achievement"]["endorsement"] = [signed(endorsement(), STATE)]
    page = handed_in(client, signed(record(signed(endorsed)), STATE))
    assert ["valid"] == verdicts(page)
    assert "/credentialSubject/verifiableCredential/0" in page
    assert "Endorsed by" in page
    assert "State" in page


def test_a_changed_record_is_invalid_and_says_nothing(client: httpx.Client) -> None:
    """What a changed record says is not shown as achieved, and the reason is."""
    page = handed_in(client, changed(aligned(HERE), "/credentialSubject/achievement/name", "Surgery"))
    assert ["invalid"] == verdicts(page)
    assert "/proof/proofValue" in page
    assert "Surgery" not in page
    assert "items/here" not in page


def test_every_record_of_an_array_has_its_verdict(client: httpx.Client) -> None:
    """An array shows one verdict for each record, in its order."""
    good = aligned(HERE)
    assert ["valid", "invalid"] == verdicts(handed_in(client, [good, changed(good, "/name", "Other")]))


def test_an_image_is_read(client: httpx.Client) -> None:
    """A credential that is baked into an SVG is verified as one in a file."""
    image = b'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"></svg>'
    baked = bake(image, json.dumps(aligned(HERE)))
    assert ["valid"] == verdicts(handed_in(client, baked, "badge.svg"))


def test_pasted_text_counts_where_no_file_was_chosen(client: httpx.Client) -> None:
    """A browser sends an empty file beside the text; the text is read then."""
    response = client.post("/verify", files={"file": ("", b"")}, data={"record": json.dumps(aligned(HERE))})
    assert ["valid"] == verdicts(response.text)


def test_a_record_of_somebody_else_is_refused(client: httpx.Client) -> None:
    """A record that does not name the person who was asked for does not hold for that person."""
    form = {"record": (None, json.dumps(aligned(HERE))), "recipient": (None, "other@school.example")}
    response = client.post("/verify", files=form)
    assert ["invalid"] == verdicts(response.text)
    assert "OB30-R-130" in response.text


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "multipart/form-data; boundary=x"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
        (b"{}", "application/json"),
        (b"record={}", "application/x-www-form-urlencoded"),
        (b"--x--\r\n", "multipart/form-data"),
        (
            b'--x\r\nContent-Disposition: form-data; name="record"\r\n\r\n \r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
    ],
)
def test_what_is_no_form_is_told(client: httpx.Client, body: bytes, kind: str) -> None:
    """A body that holds nothing to verify is answered with 400 and the form, and what to do."""
    response = client.post("/verify", content=body, headers={"Content-Type": kind})
    assert 400 == response.status_code
    assert 'role="alert"' in response.text


def test_a_record_that_is_too_large_is_not_read(client: httpx.Client) -> None:
    """A body beyond the limit is refused as such."""
    response = client.post("/verify", files={"file": ("big.json", b" " * (11 * 2**20))})
    assert 413 == response.status_code


@pytest.mark.parametrize(
    "content", [b"nonsense", b"\x89PNG\r\n\x1a\nbroken", b"<svg", b"[1]", b"{}", b"[]", b"\xff\xfe"]
)
def test_what_is_no_credential_is_invalid(client: httpx.Client, content: bytes) -> None:
    """Anything else ends with a verdict, and the server goes on."""
    assert ["invalid"] == verdicts(handed_in(client, content))


def test_nothing_of_a_record_runs(client: httpx.Client) -> None:
    """Markup in names, sources and problems is text."""
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    pages = handed_in(client, aligned(HERE, name=hostile), f"{hostile}.json")
    pages += handed_in(client, changed(aligned(HERE), "/credentialSubject/achievement/extra", hostile))
    assert "<script>alert" not in pages
    assert "<img" not in pages
    assert "&lt;script&gt;" in pages


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    """Serve the page."""
    with RunningServer(application()) as server:
        yield server.url


DROP = """
(() => {
  const data = new DataTransfer();
  data.items.add(new File([%s], "dropped.json", {type: "application/json"}));
  document.body.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
})()
"""


def test_a_file_is_dropped(tab: Tab, base: str) -> None:
    """A file that is dropped anywhere on the page is verified at once."""
    tab.open(f"{base}/verify")
    tab.submit(DROP % json.dumps(json.dumps(aligned(HERE))))
    assert ["Valid"] == tab.evaluate(
        "Array.from(document.querySelectorAll('.badge.large')).map((each) => each.innerText)"
    )
    assert "dropped.json" == tab.evaluate("document.querySelector('.eyebrow').innerText")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_verdict_can_be_read(tab: Tab, base: str, scheme: str) -> None:
    """Text of the verdict has the contrast of WCAG 2.2, 1.4.3, in both colour schemes, and fits a telephone."""
    tab.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    tab.open(f"{base}/verify", width=360)
    good = aligned(HERE)
    tab.submit(DROP % json.dumps(json.dumps([good, changed(good, "/name", "Other")])))
    assert [] == tab.evaluate(TOO_FAINT)
    assert tab.evaluate("document.documentElement.scrollWidth <= 360")
    tab.send("Emulation.setEmulatedMedia", features=[])
