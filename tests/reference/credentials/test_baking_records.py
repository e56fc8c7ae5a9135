"""Records in images: at the place that CLR 2.0 has for them, and nowhere else."""

from __future__ import annotations

import base64
import json

import pytest

from skillmark_fixtures.pathways import badge_image
from skillmark_reference.credentials.baking import BakingVersion, UnusableImage, bake, find_baked, unbake

RECORD = json.dumps({"type": ["VerifiableCredential", "ClrCredential"], "name": "Record & <b>"})
BADGE = json.dumps({"type": ["VerifiableCredential", "OpenBadgeCredential"], "name": "Badge"})


def token(payload: str) -> str:
    """Return a compact JWS with a payload; nobody looks at its signature here."""
    parts = ('{"alg":"RS256"}', payload, "signature")
    return ".".join(base64.urlsafe_b64encode(each.encode()).rstrip(b"=").decode() for each in parts)


CLAIM = token(json.dumps({"vc": {"type": ["VerifiableCredential", "ClrCredential"]}}))


@pytest.mark.parametrize("suffix", ["png", "svg"])
@pytest.mark.parametrize(
    ("text", "version"),
    [
        (RECORD, BakingVersion.CLR_2),
        (token(RECORD), BakingVersion.CLR_2),
        (CLAIM, BakingVersion.CLR_2),
        (BADGE, BakingVersion.OPEN_BADGES_3),
        (token(BADGE), BakingVersion.OPEN_BADGES_3),
        (token("no JSON"), BakingVersion.OPEN_BADGES_3),
    ],
)
def test_each_kind_has_its_place(suffix: str, text: str, version: BakingVersion) -> None:
    """A record is put where CLR 2.0 has it and a badge where Open Badges has it, as JSON and as token, and read from there."""
    image = bake(badge_image(suffix), text)
    (found,) = find_baked(image)
    assert (text, version, ()) == (found.text, found.version, found.departures)


def test_the_places_of_records_are_the_published_ones() -> None:
    """The keyword of the chunk, and the name of the element with its namespace."""
    assert b"iTXtclrcredential\0" in bake(badge_image("png"), RECORD)
    svg = bake(badge_image("svg"), RECORD)
    assert b'xmlns:clr="https://purl.imsglobal.org/clr/v2p0"' in svg
    assert b"<clr:credential><![CDATA[{" in svg


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_a_badge_and_a_record_go_together(suffix: str) -> None:
    """An image may hold one of each; the badge comes first, and only the one of the same kind is replaced."""
    image = bake(bake(badge_image(suffix), RECORD), BADGE)
    assert [BADGE, RECORD] == [each.text for each in find_baked(image)]
    assert BADGE == unbake(image).text
    other = RECORD.replace("Record", "Other")
    assert [BADGE, other] == [each.text for each in find_baked(bake(image, other, replace=True))]
    with pytest.raises(UnusableImage, match=r"a credential of CLR 2\.0 already"):
        bake(image, other)
