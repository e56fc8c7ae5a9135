"""Taking in files of a person: what is kept, under which API, and what is refused."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest
from tests.reference.credentials.surroundings import badge, changed, signed
from tests.reference.hosts.surroundings import learner_record, token_of
from tests.reference.oauth.surroundings import ADA, Site

from skillmark.cli.application import run
from skillmark_reference.credentials.baking import bake
from skillmark_reference.documents import SystemClock
from skillmark_reference.server.hosts.checking import Unacceptable
from skillmark_reference.server.hosts.importing import import_credential
from skillmark_reference.server.hosts.storing import HostedCredentials, Kept, Shelf
from skillmark_reference.server.oauth.accounts import Accounts
from skillmark_reference.server.oauth.storing import Store, metadata

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>'
BADGE, RECORD = json.dumps(signed(badge())), json.dumps(learner_record())


@pytest.fixture
def site() -> Iterator[Site]:
    """Run one host."""
    found = Site()
    yield found
    found.close()


def account_of(site: Site) -> int:
    """Return Ada's account, which nobody has signed in to yet."""
    found = Accounts(Store(site.repository.database, metadata), [ADA], clock=site.clock).find(ADA.name)
    assert found is not None
    return found


def test_every_form_is_kept_as_it_was_signed(site: Site) -> None:
    """JSON, a token and both images are kept as they came, badges and records each under their own API."""
    database, account = site.repository.database, account_of(site)
    token, baked = token_of(badge(identifier="urn:uuid:2")), json.dumps(signed(badge(identifier="urn:uuid:3")))
    drawn = json.dumps(signed(badge(identifier="urn:uuid:4")))
    for content in (BADGE.encode(), token.encode(), bake(PNG, baked), bake(SVG, drawn), RECORD.encode()):
        assert Kept.CREATED is import_credential(database, account, content, clock=SystemClock())
    assert Kept.REPLACED is import_credential(database, account, BADGE.encode(), clock=SystemClock())
    hosted = HostedCredentials(database)
    for service, wanted in (("ob-3.0", [BADGE, token, baked, drawn]), ("clr-2.0", [RECORD])):
        found, total = hosted.page(Shelf(account=account, service=service), limit=9, offset=0, since=None)
        assert (wanted, len(wanted)) == ([each.content for each in found], total)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(PNG, "no credential", id="image-without"),
        pytest.param(b"hello", "no compact JWS", id="text"),
        pytest.param(b'{"a": 1', "cannot be read", id="broken-json"),
        pytest.param(json.dumps(changed(signed(badge()), "/name", "Other")).encode(), "proof", id="tampered"),
        pytest.param(b'{"type": ["VerifiableCredential", "ClrCredential"]}', "@context is missing", id="no-record"),
    ],
)
def test_what_is_no_good_credential_is_refused(site: Site, content: bytes, reason: str) -> None:
    """What holds none, was changed, or only says that it is one, is refused with the reason."""
    account = account_of(site)
    with pytest.raises(Unacceptable, match=reason):
        import_credential(site.repository.database, account, content, clock=SystemClock())


def test_files_are_imported_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each file is told of; one that is refused does not keep the others out; unknown accounts are wrong use."""
    (tmp_path / "good.json").write_text(BADGE, encoding="utf-8")
    (tmp_path / "bad.json").write_text("hello", encoding="utf-8")
    files = [str(tmp_path / name) for name in ("bad.json", "good.json")]
    place = ["--database", f"sqlite:///{tmp_path / 'host.sqlite'}", "--account"]
    assert 1 == run(["import", *files, *place, "amara-okafor"])
    told = capsys.readouterr().out
    assert "bad.json: refused. The body is no compact JWS" in told
    assert "good.json: created" in told
    assert 0 == run(["import", files[1], *place, "amara-okafor"])
    assert "good.json: replaced" in capsys.readouterr().out
    assert 2 == run(["import", files[1], *place, "nobody"])
    assert "There is no account 'nobody'" in capsys.readouterr().err
