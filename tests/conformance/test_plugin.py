"""The pytest plugin: silent for everybody else, and the checks of a plan as items for those who name a product."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from skillmark.plans import find_plan
from skillmark.suites import suite_of
from skillmark_reference.server import RunningServer

from .products import OAUTH, WithoutTotal, answering, listed, reference, written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEAVY = ("hypothesis", "httpx", "jsonschema", "jinja2", "starlette", "sqlalchemy", "rich", "typer", "skillmark.engine")
#: One check, found by a word of its name.
QUICK = ("--skillmark-level", "smoke", "-k", "pages_carry")


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of the reference provider."""
    with RunningServer(reference()) as server:
        yield server.url


@pytest.fixture(scope="module")
def broken() -> Iterator[str]:
    """The address of a provider that breaks one MUST."""
    with RunningServer(WithoutTotal(reference())) as server:
        yield server.url


def suite(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the suite in a pytest of its own, in a folder without settings."""
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "pytest", "--pyargs", "skillmark.suites.case", "-p", "no:cacheprovider", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
        timeout=120,
    )


# For everybody else


@pytest.mark.parametrize("module", ["skillmark", "skillmark.plugin"])
def test_nothing_heavy_is_imported(module: str) -> None:
    """Whoever installed Skillmark pays nothing for it in other runs of pytest."""
    code = f"import sys, json, {module}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - our own
    assert set() == set(HEAVY) & set(json.loads(done.stdout))


def test_other_runs_are_left_alone(pytester: pytest.Pytester) -> None:
    """A run that names no product collects and runs as ever, without loading what it does not need."""
    pytester.makepyfile(
        """
        import sys

        def test_of_theirs():
            assert "skillmark.engine" not in sys.modules
            assert "sqlalchemy" not in sys.modules
        """
    )
    done = pytester.runpytest_subprocess("--strict-markers", "-W", "error")
    done.assert_outcomes(passed=1)


def test_the_options_are_explained(pytester: pytest.Pytester) -> None:
    """Help of pytest has a paragraph about the suite, and the marker is known."""
    done = pytester.runpytest_subprocess("--help")
    done.stdout.fnmatch_lines(
        ["*conformance of a product (pytest --pyargs skillmark.suites.case)*", "*--skillmark-url*"]
    )
    pytester.runpytest_subprocess("--markers").stdout.fnmatch_lines(["*skillmark_requirements(*"])


# Without a product


@pytest.mark.parametrize("more", [(), ("-n", "2")], ids=["one process", "two workers"])
def test_without_a_product_the_next_step_is_told(more: tuple[str, ...], tmp_path: Path) -> None:
    """The suite asks for a product in one line."""
    done = suite(tmp_path, *more)
    assert pytest.ExitCode.USAGE_ERROR == done.returncode
    assert "ERROR: name the product: --skillmark-target target.toml (`skillmark init` writes one)" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--skillmark-url", "http://127.0.0.1:9", "--skillmark-plan", "x"), "There is no plan 'x'"),
        (("--skillmark-url", "http://127.0.0.1:9", "--skillmark-level", "x"), "There is no level 'x'"),
        (("--skillmark-url", "http://127.0.0.1:9", "--skillmark-target", "t"), "both"),
        (("--skillmark-target", "missing.toml"), "skillmark init missing.toml"),
        (("--skillmark-url", "ftp://x"), "no http(s) address"),
        (("--skillmark-url", "https://127.0.0.1:9", "--skillmark-ca-file", "missing.pem"), "missing.pem"),
        (("--skillmark-url", "http://127.0.0.1:9"), "Check host and port"),
    ],
)
def test_wrong_settings_are_no_findings(arguments: tuple[str, ...], message: str, tmp_path: Path) -> None:
    """Whatever is wrong with the settings is told once, before any item runs."""
    done = suite(tmp_path, *arguments)
    assert pytest.ExitCode.USAGE_ERROR == done.returncode
    assert message in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert "FAILED" not in done.stdout


# With a product


@pytest.mark.parametrize("plan_id", ["case-1.0-provider", "case-1.1-provider"])
def test_each_check_is_an_item(plan_id: str, provider: str, tmp_path: Path) -> None:
    """The items are the checks of the plan, by name, and collecting them asks the product nothing."""
    done = suite(tmp_path, "--collect-only", "-q", "--skillmark-url", provider, "--skillmark-plan", plan_id)
    items = [line.partition("[")[2].rstrip("]") for line in done.stdout.splitlines() if "test_property[" in line]
    plan = find_plan(plan_id)
    assert [check.name for check in suite_of(plan).checks_of(plan)] == items


@pytest.mark.parametrize("more", [(), ("-n", "2")], ids=["one process", "two workers"])
def test_a_healthy_product_passes(more: tuple[str, ...], provider: str, tmp_path: Path) -> None:
    """The reference passes the checks that are chosen with -k, in one process and in several."""
    done = suite(tmp_path, "--skillmark-url", provider, "--skillmark-level", "smoke", "-k", "paging", *more)
    assert pytest.ExitCode.OK == done.returncode, done.stdout
    assert " passed" in done.stdout
    assert " failed" not in done.stdout


@pytest.mark.parametrize("more", [(), ("-n", "2")], ids=["one process", "two workers"])
def test_a_failure_tells_what_a_vendor_needs(more: tuple[str, ...], broken: str, tmp_path: Path) -> None:
    """A failing item names requirement, keyword, clause, expected, actual and the request; no line of ours is shown."""
    done = suite(tmp_path, "--skillmark-url", broken, *QUICK, *more)
    assert pytest.ExitCode.TESTS_FAILED == done.returncode
    clause = find_plan("case-1.1-provider").catalogue.requirements["CASE-R-121"].clause
    assert f"failed: CASE-R-121 (MUST, {clause})" in done.stdout
    assert "  expected the header X-Total-Count" in done.stdout
    assert re.search(f"\n *curl --include .*{broken}/ims/case/v1p1/CFDocuments", done.stdout)
    assert "def test_property" not in done.stdout


def test_items_carry_their_requirements(provider: str, tmp_path: Path) -> None:
    """A conftest of the user finds the requirements of an item in its marker."""
    (tmp_path / "conftest.py").write_text(
        "def pytest_collection_modifyitems(items):\n"
        "    for item in items:\n"
        "        print(item.callspec.id, *item.get_closest_marker('skillmark_requirements').args)\n",
        encoding="utf-8",
    )
    done = suite(
        tmp_path,
        "--collect-only",
        "-q",
        "--confcutdir",
        ".",
        "--rootdir",
        ".",
        "-c",
        "/dev/null",
        "-p",
        "conftest",
        "--skillmark-url",
        provider,
    )
    assert "paging.pages_carry_their_headers CASE-R-121" in done.stdout


def test_a_target_file_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials of the target file are sent; a wrong secret is told before anything runs."""
    more = (
        '[authentication]\nmethod = "oauth2-client-credentials"\ntoken_url = "{url}/oauth2/token"\n'
        f'client_id = "{OAUTH.client_id}"\nclient_secret_env = "MY_SECRET"\n'
    )
    with RunningServer(reference(protected=True)) as server:
        file = written(tmp_path, server.url, more.format(url=server.url))
        monkeypatch.setenv("MY_SECRET", OAUTH.client_secret)
        right = suite(tmp_path, "--skillmark-target", str(file), *QUICK)
        monkeypatch.setenv("MY_SECRET", "another-secret")
        wrong = suite(tmp_path, "--skillmark-target", str(file), *QUICK)
    assert pytest.ExitCode.OK == right.returncode, right.stdout
    assert pytest.ExitCode.USAGE_ERROR == wrong.returncode
    assert "client_secret" in wrong.stderr
    assert "another-secret" not in wrong.stderr + wrong.stdout


def test_what_a_product_says_does_not_steer_the_terminal(tmp_path: Path) -> None:
    """Control characters of a product are shown as signs in the text of a failure."""
    status, headers, _ = listed()
    body = json.dumps({"CFDocuments": [{"identifier": "\x1b[2J\u202eevil"}]}).encode()
    with answering(lambda *_: (status, headers, body)) as url:
        done = suite(tmp_path, "--skillmark-url", url, "--skillmark-level", "smoke", "-k", "structure and CFDocument")
    assert pytest.ExitCode.TESTS_FAILED == done.returncode
    assert "evil" in done.stdout
    assert not {"\x1b", "\u202e"} & set(done.stdout)


def test_the_seed_may_be_zero(provider: str, pytester: pytest.Pytester) -> None:
    """Zero is a seed like any other."""
    pytester.makeconftest(
        """
        from skillmark.plugin import SETTINGS

        def pytest_sessionstart(session):
            print("seed", session.config.stash[SETTINGS].seed)
        """
    )
    pytester.makepyfile("def test_of_theirs(): pass")
    for seed in ("0", "7"):
        done = pytester.runpytest_subprocess("--skillmark-url", provider, "--skillmark-seed", seed, "-s")
        done.stdout.fnmatch_lines([f"*seed {seed}"])
