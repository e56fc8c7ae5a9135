"""Reading target.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from skillmark.core.errors import Misconfigured
from skillmark.core.target import AuthenticationMethod, Feature
from skillmark.wire.settings.configuration import TARGET_TEMPLATE, describe, load_target, target_from_url

if TYPE_CHECKING:
    from pathlib import Path

FULL = """
[product]
name = "P"
version = "2"
vendor = "V"
[target]
url = "https://case.example.org/tenant/ims/case/v1p1"
ca_file = "ca.pem"
[authentication]
method = "oauth2-client-credentials"
token_url = "https://login.example.org/token"
client_id = "me"
client_secret_env = "SECRET"
[http]
requests = 100
rate = 5
[http.headers]
X-Key = { env = "KEY" }
[known]
CFRubric = ["a"]
[claims]
features = ["pagination", "rubrics"]
[attestations]
"CASE-R-088" = "We do."
"""
ENVIRONMENT = {"SECRET": "hush-hush", "KEY": "key-of-mine"}


def written(folder: Path, text: str) -> Path:
    """Write a target file and return its path."""
    path = folder / "target.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_everything_is_read(tmp_path: Path) -> None:
    """Every table of the file ends up in the target, secrets from the environment, paths beside the file."""
    target = load_target(written(tmp_path, FULL), environ=ENVIRONMENT)
    assert "https://case.example.org/tenant" == target.url
    assert ("P", "2", "V") == (target.product.name, target.product.version, target.product.vendor)
    assert tmp_path / "ca.pem" == target.ca_file
    assert (AuthenticationMethod.CLIENT_CREDENTIALS, "hush-hush") == (
        target.authentication.method,
        target.authentication.client_secret,
    )
    assert (("X-Key", "key-of-mine"),) == target.headers
    assert (100, 5) == (target.limits.requests, target.limits.rate)
    assert frozenset({Feature.PAGINATION, Feature.RUBRICS}) == target.claims
    assert {"CASE-R-088": "We do."} == target.attestations
    assert {"CFRubric": ("a",)} == target.known


def test_secrets_are_not_described(tmp_path: Path) -> None:
    """The settings as reports show them hold no secret, nor does the target's own text."""
    target = load_target(written(tmp_path, FULL), environ=ENVIRONMENT)
    for secret in ENVIRONMENT.values():
        assert secret not in str(describe(target))
    assert "hush-hush" not in repr(target)


def test_the_template_can_be_used_as_it_is(tmp_path: Path) -> None:
    """What `skillmark init` writes is a valid target file, and states nothing that the user did not."""
    target = load_target(written(tmp_path, TARGET_TEMPLATE), environ={})
    assert "https://product.example.org" == target.url
    assert None is target.claims


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[produkt]\n", "Did you mean 'product'"),
        ("[target]\nur = 'x'\n", "Did you mean 'url'"),
        ("[target]\n", "url under .target. is missing"),
        ("target = 3\n", "has to be a table"),
        ("[target]\nurl = 3\n", "has to be a string"),
        ("[target\n", "is not TOML"),
        ("[target]\nurl='https://a.example'\n[http]\nrequests = 'many'\n", "a positive number"),
        ("[target]\nurl='https://a.example'\n[http]\nrate = -1\n", "a positive number"),
        ("[target]\nurl='https://a.example'\n[claims]\nfeatures = ['paging']\n", "Did you mean 'pagination'"),
        ("[target]\nurl='https://a.example'\n[authentication]\nmethod = 'basic'\n", "none of none, bearer"),
        ("[target]\nurl='https://a.example'\n[authentication]\nmethod='bearer'\ntoken_env='T'\n", "which is not set"),
        ("[target]\nurl='https://a.example'\n[http.headers]\nX = 1\n", "has to be a string, or"),
        ("[target]\nurl='https://u:p@a.example'\n", "Leave credentials out"),
        ("[target]\nurl='http://a.example'\n", "plain http to another machine"),
        ("[target]\nurl='ftp://a.example'\n", "no http"),
        ("[target]\nurl='https://a.example/?x=1'\n", "has a query"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, message: str) -> None:
    """A mistake in the file is refused with what is wrong and what was meant."""
    with pytest.raises(Misconfigured, match=message):
        load_target(written(tmp_path, text), environ={})


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A file that is not there is refused with the command that writes one."""
    with pytest.raises(Misconfigured, match="skillmark init"):
        load_target(tmp_path / "none.toml", environ={})


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://a.example/", "https://a.example"),
        ("a.example", "https://a.example"),
        ("https://a.example/x/ims/case/v1p0/CFDocuments", "https://a.example/x"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
    ],
)
def test_addresses_are_taken_as_they_come(given: str, expected: str) -> None:
    """An address is taken with or without scheme, slash and base path."""
    assert expected == target_from_url(given).url


def test_plain_http_is_for_the_lab() -> None:
    """Plain http to another machine needs the lab switch."""
    assert "http://case.lab.example" == target_from_url("http://case.lab.example", lab=True).url
