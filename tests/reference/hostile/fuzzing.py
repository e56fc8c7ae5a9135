"""Fuzzing by coverage: ``python -m tests.reference.hostile.fuzzing [-runs=N]``, with the options of libFuzzer.

Mutated documents are verified, images are unpacked, and lists expanded, for as long as nobody stops it. It ends with an error at
the first exception, and at the first changed document that is valid.
"""

from __future__ import annotations

import json
import sys

import atheris

with atheris.instrument_imports(include=["skillmark_reference"]):
    from tests.reference.hostile.mutating import edited, healthy, is_same, places

    from skillmark_reference.credentials.baking import UnusableImage, find_baked
    from skillmark_reference.securing import statuses
    from skillmark_reference.securing.statuses import NoStatus

_WAYS = {each.name: list(places(each.document)) for each in healthy()}


def one_input(data: bytes) -> None:
    """Make something of a healthy document as the bytes say, and verify it.

    Raises:
        AssertionError: It is valid, and not what was signed.
    """
    provider = atheris.FuzzedDataProvider(data)
    chosen = healthy()[provider.ConsumeIntInRange(0, len(healthy()) - 1)]
    ways = _WAYS[chosen.name]
    content = chosen.text
    match provider.ConsumeIntInRange(0, 3):
        case 0 if ways:
            way = ways[provider.ConsumeIntInRange(0, len(ways) - 1)]
            numbers = (provider.ConsumeIntInRange(0, 10_000), provider.ConsumeIntInRange(0, 10_000))
            content = json.dumps(edited(chosen.document, way, *numbers)).encode()
        case 1:
            content = provider.ConsumeBytes(provider.remaining_bytes())
            _unpack(content)
        case _:
            start = provider.ConsumeIntInRange(0, len(content))
            length = provider.ConsumeIntInRange(0, 60)
            content = content[:start] + provider.ConsumeBytes(60) + content[start + length :]
    if chosen.verified(content).valid and not is_same(content, chosen.text):
        raise AssertionError(f"a changed {chosen.name} is valid: {content[:2000]!r}")


def _unpack(content: bytes) -> None:
    for image in (content, b"\x89PNG\r\n\x1a\n" + content, b"<svg>" + content):
        try:
            find_baked(image)
        except UnusableImage:
            continue
    try:
        statuses.expand_list("u" + content.decode("latin-1"))
    except NoStatus:
        return


if __name__ == "__main__":
    atheris.Setup([sys.argv[0], "-max_len=512", "-len_control=0", *sys.argv[1:]], one_input)
    atheris.Fuzz()
