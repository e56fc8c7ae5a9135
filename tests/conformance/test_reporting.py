"""Reports: all formats say the same, hold no secret, and take no harm from what a product sends."""

from __future__ import annotations

import dataclasses
import io
import itertools
import json
import re
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from defusedxml import ElementTree
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from skillmark.core.errors import Misconfigured
from skillmark.core.outcomes import Outcome, Verdict
from skillmark.core.target import Authentication, AuthenticationMethod, Feature, Product, Target
from skillmark.engine import find_depth
from skillmark.plans import find_plan
from skillmark.reporting import (
    ReportPaths,
    dumped,
    from_document,
    load_results,
    render,
    results_schema,
    to_document,
    write_reports,
)
from skillmark.reporting.html import report_html
from skillmark.reporting.junit import report_junit
from skillmark.reporting.terminal import print_summary
from skillmark.runs import RunOptions, certify
from skillmark.wire.in_process import AsgiTransport

from .made_results import HOSTILE, LONG, result, verdict_of
from .page import Page
from .products import OAUTH, reference

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from skillmark.core.results import RunResult

SECRETS = {"token": "tok-5f1e2d3c4b5a", "header": 'key "with" <signs> & more'}


class Echo:
    """An ASGI application that puts every request header into whatever it answers."""

    def __init__(self, inner: Any) -> None:  # noqa: ANN401 - an ASGI application
        self._inner = inner
        #: Tokens that were issued.
        self.tokens: set[str] = set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - as ASGI has them
        said = " ".join(value.decode("latin-1") for _, value in scope["headers"])
        word = json.dumps(said)[1:-1].encode()

        async def spoilt(message: Any) -> None:  # noqa: ANN401 - as ASGI has it
            if message["type"] == "http.response.start":
                kept = [pair for pair in message["headers"] if pair[0] not in {b"content-length", b"content-encoding"}]
                message = message | {"headers": [*kept, (b"x-echo", said.encode("latin-1"))]}
            elif scope["path"].endswith("/token"):
                self.tokens.add(json.loads(message["body"])["access_token"])
            elif message["type"] == "http.response.body":
                message = message | {"body": message["body"].replace(b'"title":"', b'"title":"' + word + b" ")}
            await send(message)

        plain = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
        await self._inner(scope | {"headers": plain}, receive, spoilt)


def certified(app: Any, **settings: Any) -> RunResult:  # noqa: ANN401 - an ASGI application, fields of a target
    """Run the shallow plan against an application in process."""
    transport = AsgiTransport(app)
    target = Target(
        url="http://127.0.0.1", product=Product(name="Reference", version="1", vendor="We"), lab=True, **settings
    )
    try:
        return certify(
            find_plan("case-1.1-provider"),
            target,
            options=RunOptions(depth=find_depth("smoke")),
            transport=transport,
        )
    finally:
        transport.close()


@pytest.fixture(scope="session")
def reference_app() -> Any:  # noqa: ANN401 - an ASGI application
    """The reference provider with the bundled frameworks."""
    return reference()


@pytest.fixture(scope="session")
def real(reference_app: Any) -> RunResult:  # noqa: ANN401 - an ASGI application
    """The result of a run against the reference provider."""
    return certified(
        reference_app,
        claims=frozenset({Feature.PAGINATION, Feature.SORTING, Feature.FILTERING, Feature.RUBRICS}),
        attestations={"CASE-R-088": "It answers 429."},
    )


@pytest.fixture(params=["real", *HOSTILE])
def any_result(request: pytest.FixtureRequest) -> RunResult:
    """The real result, and one for each hostile text."""
    if request.param == "real":
        return request.getfixturevalue("real")  # type: ignore[no-any-return]
    return result(HOSTILE[request.param])


def summary_of(run: RunResult, folder: Path, *, terminal: bool = False) -> str:
    """Return what the summary prints."""
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=terminal, width=100, color_system="truecolor" if terminal else None)
    paths = ReportPaths(results=folder / "results.json", html=folder / "report.html", junit=folder / "junit.xml")
    print_summary(run, console, report_paths=paths)
    return stream.getvalue()


# The document


def test_a_result_survives_its_document(any_result: RunResult) -> None:
    """What is written is read again as the same result."""
    assert any_result == from_document(to_document(any_result))


def test_a_result_survives_its_file(any_result: RunResult, tmp_path: Path) -> None:
    """The file holds the same result, lone surrogates included, and nothing that a terminal acts on."""
    path = write_reports(any_result, tmp_path).results
    assert any_result == load_results(path) == load_results(tmp_path)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", path.read_text(encoding="utf-8"))


def test_documents_follow_their_schema(any_result: RunResult) -> None:
    """results.json is what its published schema says, and the schema leaves no member undescribed."""
    validator = jsonschema.Draft202012Validator(
        results_schema(), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    jsonschema.Draft202012Validator.check_schema(results_schema())
    assert [] == [error.json_path for error in validator.iter_errors(json.loads(dumped(to_document(any_result))))]


def _described(schema: Any, place: str = "") -> Iterator[str]:  # noqa: ANN401 - any JSON value
    for name, member in schema.get("properties", {}).items():
        if "description" not in member and "$ref" not in member:
            yield f"{place}/{name}"
        yield from _described(member, f"{place}/{name}")
    for name, member in schema.get("$defs", {}).items():
        yield from _described(member, f"$defs/{name}")


def test_every_member_of_the_schema_is_described() -> None:
    """Whoever reads results.json finds what each member means."""
    assert [] == list(_described(results_schema()))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not JSON"),
        ("[]", "no results.json"),
        ("{}", "no results.json"),
        ('{"schema": "2", "skillmark": "9.0"}', "format '2'"),
        ("[" * 100_000, "is not JSON"),
    ],
)
def test_other_files_are_refused(text: str, message: str, tmp_path: Path) -> None:
    """A file that is none of ours is refused in words."""
    (tmp_path / "results.json").write_text(text, encoding="utf-8")
    with pytest.raises(Misconfigured, match=message):
        load_results(tmp_path)


def test_a_finding_without_its_requirement_is_refused() -> None:
    """A document whose findings accuse of what it does not list is damaged."""
    document = to_document(result())
    document["requirements"].pop("R1")
    with pytest.raises(Misconfigured, match="does not hold"):
        from_document(document)


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(), max_size=40))
def test_no_text_breaks_a_report(text: str) -> None:
    """Whatever stands in every place of a result, it can be written, read again, and rendered."""
    made = result(text)
    assert made == from_document(json.loads(dumped(to_document(made))))
    Page(report_html(made)).text.encode()
    ElementTree.fromstring(report_junit(made).encode())


# HTML


def test_the_page_is_whole(any_result: RunResult) -> None:
    """Every element is closed, ids are unique, and each link within the page leads somewhere."""
    page = Page(report_html(any_result))
    assert [] == page.open
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    if any_result.plan == "case-1.1-provider":
        assert len(ids) == len(set(ids))
        targets = {str(link["href"])[1:] for link in page.all("a") if str(link["href"]).startswith("#")}
        assert set() == targets - set(ids)


def test_the_page_can_be_read_by_everybody(any_result: RunResult) -> None:
    """It says its language, has one title and one first heading, headings in order, and tables with header cells."""
    page = Page(report_html(any_result))
    assert ["en"] == [element["lang"] for element in page.all("html")]
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert (1, 1) == (levels[0], levels.count(1))
    assert [] == [(above, below) for above, below in itertools.pairwise(levels) if below > above + 1]
    assert 1 == len(page.all("title"))
    for text in re.findall(r"<table.*?</table>", report_html(any_result), re.DOTALL):
        table = Page(text)
        assert table.all("th")
        assert all(cell.get("scope") in {"row", "col"} for cell in table.all("th"))


def test_the_page_asks_for_nothing(any_result: RunResult) -> None:
    """Nothing is loaded from elsewhere; only links lead out, and only to web addresses."""
    page = Page(report_html(any_result))
    for tag, attributes in page.elements:
        assert not {"src", "srcset", "action", "formaction", "background", "data", "poster"} & set(attributes)
        assert tag == "a" or "href" not in attributes
        assert tag not in {"iframe", "object", "embed", "link", "base", "img", "video"}
    assert all(re.match("#|https?://", str(link["href"])) for link in page.all("a"))


def test_the_page_forbids_what_it_does_not_need(real: RunResult) -> None:
    """The content security policy allows exactly the one style and the one script."""
    page = Page(report_html(real))
    policy = next(str(meta["content"]) for meta in page.all("meta") if "http-equiv" in meta)
    assert "default-src 'none'" in policy
    assert 2 == policy.count("'sha256-")
    assert "unsafe" not in policy
    assert (1, 1) == (len(page.all("style")), len(page.all("script")))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_stays_text(name: str) -> None:
    """Hostile text makes the same elements and attributes as harmless text, and is shown."""
    hostile, harmless = Page(report_html(result(HOSTILE[name]))), Page(report_html(result("text")))
    assert {tag for tag, _ in harmless.elements} == {tag for tag, _ in hostile.elements}
    assert {each for _, attributes in harmless.elements for each in attributes} >= {
        each for _, attributes in hostile.elements for each in attributes
    }
    assert not any(each.startswith("on") for _, attributes in hostile.elements for each in attributes)
    printable = re.match(r"[^\x00-\x1f\u200b-\u206f\ud800-\udfff\ufffe\uffff]*", HOSTILE[name])
    assert printable
    assert printable[0] in hostile.text


@pytest.mark.parametrize("name", ["controls", "bidi", "surrogate", "noncharacter"])
def test_unseen_characters_are_shown_as_signs(name: str) -> None:
    """What a reader cannot see, or what changes how others are shown, is in no report as it is."""
    unseen = re.compile(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
    )
    made = result(HOSTILE[name])
    assert not unseen.search(report_html(made))
    assert not unseen.search(report_junit(made))


@pytest.mark.parametrize("verdict", Verdict)
def test_the_page_says_the_verdict_first(verdict: Verdict) -> None:
    """The title and the second heading are the verdict, in words and with a sign."""
    text = report_html(verdict_of(result("text"), verdict))
    assert f"<title>{verdict.value}: " in text
    assert f"<h2>{verdict.value}</h2>" in text


# Size


@pytest.mark.parametrize("text", ["an ordinary text of an ordinary finding", "<&>\u202e" * 50, LONG[:1_000]])
def test_a_page_of_thousands_of_findings_stays_small(text: str) -> None:
    """5,000 findings make a page below two megabytes that says how many it leaves out."""
    made = result(text, findings=5_000)
    page = report_html(made)
    assert 2_000_000 > len(page.encode())
    assert "are in results.json" in page
    assert "5,000" in page or "5000" in page


def test_a_megabyte_in_every_place_is_cut() -> None:
    """Texts of a megabyte neither blow up the page nor the JUnit file."""
    made = result(LONG)
    assert 2_000_000 > len(report_html(made).encode())
    assert 2_000_000 > len(report_junit(made).encode())
    assert "more characters" in report_html(made)


# JUnit and terminal


def test_junit_is_well_formed(any_result: RunResult) -> None:
    """Parsers that trust nothing read it, and find one case for each check."""
    root = ElementTree.fromstring(report_junit(any_result).encode())
    assert "testsuites" == root.tag
    assert len(any_result.checks) == len(root.findall("./testsuite/testcase"))


def test_junit_tells_failures_errors_and_skips_apart() -> None:
    """A failed check is a failure, one that cannot tell an error, one that was not run skipped, one that warned passes."""
    root = ElementTree.fromstring(report_junit(result()).encode())
    ends = {case.get("name", ""): [child.tag for child in case] for case in root.iter("testcase")}
    by_outcome = {outcome: ends[f"area{number % 2}.check{number} text"] for number, outcome in enumerate(Outcome)}
    assert {
        Outcome.PASSED: [],
        Outcome.FAILED: ["failure", "system-out"],
        Outcome.WARNED: [],
        Outcome.NOT_APPLICABLE: ["skipped"],
        Outcome.CANNOT_TELL: ["error"],
        Outcome.UNTESTED: ["skipped"],
    } == by_outcome


def test_every_failure_says_what_is_needed(real: RunResult) -> None:
    """A failure of JUnit names requirement, clause, expected, actual, the request and how to replay it."""
    failing = dataclasses.replace(
        real,
        findings=result().findings[:1],
        checks=(*result().checks,),
        requirements=result().requirements,
        exchanges=result().exchanges,
    )
    text = next(ElementTree.fromstring(report_junit(failing).encode()).iter("failure")).text
    for needed in (
        "R1",
        "MUST",
        "https://",
        "expected: 0 text",
        "actual:   text",
        "curl --include",
        "skillmark replay F1",
    ):
        assert needed in text


def test_no_colour_away_from_a_terminal(any_result: RunResult, tmp_path: Path) -> None:
    """The summary holds no control character but line feeds when it is not printed on a terminal."""
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", summary_of(any_result, tmp_path))


def test_a_terminal_is_not_steered(tmp_path: Path) -> None:
    """On a terminal every escape sequence is one of ours: colours, and nothing else."""
    for text in HOSTILE.values():
        printed = summary_of(result(text), tmp_path, terminal=True)
        rest = re.sub(r"\x1b\[[0-9;]*m", "", printed)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", rest)
        assert "\x1b[31mred" not in printed


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437"])
def test_poor_consoles_do_not_break_the_summary(encoding: str, tmp_path: Path) -> None:
    """A console that lacks our signs is given others."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    paths = ReportPaths(results=tmp_path, html=tmp_path, junit=tmp_path)
    print_summary(result(HOSTILE["plain"]), Console(file=stream), report_paths=paths)
    stream.flush()
    assert b"NOT CONFORMANT" in stream.buffer.getvalue()  # type: ignore[attr-defined]


# One truth


def _of_html(text: str) -> dict[Outcome, int]:
    tiles = re.search(r'<ul class="tiles".*?</ul>', text, re.DOTALL)
    assert tiles
    found = re.findall(
        r'<span class="count">(\d+)</span> *<span class="badge[^>]*>.*?</span>([a-z ]+)</span>', tiles[0]
    )
    return {Outcome(word): int(number) for number, word in found}


def _of_terminal(text: str, label: str) -> dict[Outcome, int]:
    line = next(line for line in text.splitlines() if line.strip().startswith(label))
    return {Outcome(word): int(number) for number, word in re.findall(r"(\d+) ([a-z ]+?)(?:,|$)", line)}


def test_all_formats_count_the_same(any_result: RunResult, tmp_path: Path) -> None:
    """Numbers per outcome are equal in JSON, HTML, JUnit and on the terminal."""
    document = to_document(any_result)
    requirements = {Outcome(name): number for name, number in document["summary"]["requirements"].items()}
    checks = {Outcome(name): number for name, number in document["summary"]["checks"].items()}
    terminal = summary_of(any_result, tmp_path)
    assert requirements == _of_html(report_html(any_result)) == _of_terminal(terminal, "requirements")
    assert checks == _of_terminal(terminal, "checks")
    root = ElementTree.fromstring(report_junit(any_result).encode())
    assert {name: str(number) for name, number in _junit_counts(checks).items()} == {
        name: root.get(name) for name in _junit_counts(checks)
    }
    assert _junit_counts(checks) == {
        name: sum(int(suite.get(name)) for suite in root.findall("testsuite")) for name in _junit_counts(checks)
    }


def _junit_counts(checks: dict[Outcome, int]) -> dict[str, int]:
    return {
        "tests": sum(checks.values()),
        "failures": checks[Outcome.FAILED],
        "errors": checks[Outcome.CANNOT_TELL],
        "skipped": checks[Outcome.UNTESTED] + checks[Outcome.NOT_APPLICABLE],
    }


def test_counts_are_those_of_the_members(real: RunResult) -> None:
    """The summary of results.json can be counted from the rest of it."""
    document = to_document(real)
    for part, rows in (
        ("requirements", document["requirements"].values()),
        ("checks", document["checks"]),
        ("findings", document["findings"]),
    ):
        outcomes = [row["outcome"] for row in rows]
        assert document["summary"][part] == {name: outcomes.count(name) for name in document["summary"][part]}


def test_reports_can_be_rendered_later(any_result: RunResult, tmp_path: Path) -> None:
    """Rendered from its file, a report is the same to the byte."""
    paths = write_reports(any_result, tmp_path / "now")
    later = render(load_results(paths.results), tmp_path / "later")
    assert [paths.html.read_bytes(), paths.junit.read_bytes()] == [path.read_bytes() for path in later]


def test_unknown_formats_are_refused(tmp_path: Path) -> None:
    """A format that does not exist is named, with those that do."""
    with pytest.raises(Misconfigured, match="html, junit"):
        render(result(), tmp_path, formats=["pdf"])


def test_a_failed_write_leaves_the_old_report(tmp_path: Path) -> None:
    """A folder that is a file is refused in words, and stays what it is."""
    place = tmp_path / "report"
    place.write_text("mine", encoding="utf-8")
    with pytest.raises(Misconfigured, match="--out"):
        write_reports(result(), place)
    assert "mine" == place.read_text(encoding="utf-8")


# Secrets


@pytest.fixture(params=["bearer", "client credentials"])
def leaky(request: pytest.FixtureRequest, reference_app: Any) -> tuple[RunResult, list[str]]:  # noqa: ANN401 - an app
    """The result of a run against a product that sends back what it is sent, and the secrets that it was sent."""
    headers = (("X-Api-Key", SECRETS["header"]),)
    if request.param == "bearer":
        by_token = Authentication(method=AuthenticationMethod.BEARER, token=SECRETS["token"])
        return certified(Echo(reference_app), authentication=by_token, headers=headers), list(SECRETS.values())
    echo = Echo(reference(protected=True))
    by_secret = Authentication(
        method=AuthenticationMethod.CLIENT_CREDENTIALS,
        token_url="http://127.0.0.1/oauth2/token",
        client_id=OAUTH.client_id,
        client_secret=OAUTH.client_secret,
    )
    run = certified(echo, authentication=by_secret, headers=headers)
    assert echo.tokens
    return run, [SECRETS["header"], OAUTH.client_secret, *echo.tokens]


def test_secrets_are_in_no_file(leaky: tuple[RunResult, list[str]], tmp_path: Path) -> None:
    """A product that sends every secret back, in headers and in records, gets none of them into a report."""
    run, secrets = leaky
    paths = write_reports(run, tmp_path)
    texts = [path.read_text(encoding="utf-8") for path in (paths.results, paths.html, paths.junit)]
    texts.append(summary_of(run, tmp_path))
    assert "[redacted]" in texts[0]
    for text in texts:
        for secret in secrets:
            for form in (secret, json.dumps(secret)[1:-1], json.dumps(json.dumps(secret)[1:-1])[1:-1]):
                assert form not in text


def test_a_request_can_be_sent_again_without_its_secrets(real: RunResult) -> None:
    """Each exchange is a command line for people."""
    curls = [exchange.curl for exchange in real.exchanges.values()]
    assert curls
    assert all(curl.startswith("curl --include") for curl in curls)
