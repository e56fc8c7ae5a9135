"""Baked badges: round trips, the published shape, images that stay as they are, hostile images refused for their reason."""

from __future__ import annotations

import json
import re
import time
import tracemalloc
import zlib
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openbadgeslib import baking as foreign

from skillmark_reference.credentials.baking import (
    Baked,
    BakedForm,
    BakingVersion,
    Departure,
    ImageFormat,
    ImageProblem,
    UnusableImage,
    bake,
    find_baked,
    unbake,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from _pytest.mark import ParameterSet

TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl"
CREDENTIAL = '{"@context": ["https://www.w3.org/ns/credentials/v2"], "name": "Kübel & <b>\\"]]>"}'
OLD = '{"@context": "https://w3id.org/openbadges/v2", "type": "Assertion"}'
SIGNATURE = b"\x89PNG\r\n\x1a\n"
NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
BOMB = zlib.compress(b" " * 2**26, 9)


def chunk(kind: bytes, data: bytes = b"", *, checksum: int | None = None) -> bytes:
    """Return a chunk (Portable Network Graphics, 5.3)."""
    checksum = zlib.crc32(kind + data) if checksum is None else checksum
    return len(data).to_bytes(4, "big") + kind + data + checksum.to_bytes(4, "big")


IHDR = chunk(b"IHDR", bytes([0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0]))
INDEXED = chunk(b"IHDR", bytes([0, 0, 0, 1, 0, 0, 0, 1, 8, 3, 0, 0, 0]))
GREY = chunk(b"IHDR", bytes([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]))
PLTE = chunk(b"PLTE", b"\0\0\0")
IDAT = chunk(b"IDAT", zlib.compress(b"\0\x01\x02\x03"))
IEND = chunk(b"IEND")


def png(*between: bytes, start: bytes = IHDR, end: bytes = IDAT + IEND) -> bytes:
    """Return a PNG of one pixel, with chunks between header and pixel."""
    return SIGNATURE + start + b"".join(between) + end


def itxt(text: str | bytes, keyword: str = "openbadgecredential", *, flag: int = 0, method: int = 0) -> bytes:
    """Return an iTXt chunk (11.3.3.4)."""
    data = text if isinstance(text, bytes) else text.encode()
    return chunk(b"iTXt", keyword.encode() + bytes([0, flag, method]) + b"\0\0" + data)


def svg(
    child: str = "", *, root: str = f'xmlns:openbadges="{NAMESPACE}"', head: str = "", tail: str = "<g/></svg>"
) -> bytes:
    """Return an SVG with a first child."""
    return f'{head}<svg xmlns="http://www.w3.org/2000/svg" {root}>{child}{tail}'.encode()


def element(body: str = "", verify: str = "", name: str = "openbadges:credential") -> str:
    """Return the element of a credential; a body that is JSON goes into a CDATA section."""
    attribute = f' verify="{verify}"' if verify else ""
    return f"<{name}{attribute}>{body}</{name}>"


def cdata(text: str) -> str:
    """Return a CDATA section, with what would end it split over two."""
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


SVG_IMAGES = [
    svg(root=""),
    svg(),
    svg(head='<?xml version="1.0" encoding="UTF-8"?>\n<!-- <svg x=">"> -->\n'),
    "\ufeff".encode() + svg(root=""),
    svg(root='aria-label="a > b" data-x=\'"/>"\' '),
    b'<?xml version="1.0"?><s:svg xmlns:s="http://www.w3.org/2000/svg" width="1"  />\n',
    b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    svg("\n  <title>Caf\u00e9 ]]&gt;</title><style><![CDATA[a > b]]></style>", root='lang="de"\n'),
]
IMAGES = [png(), png(PLTE, chunk(b"tEXt", b"Title\0x"), itxt("unrelated", "Comment")), *SVG_IMAGES]


def problem_of(action: Callable[[], object]) -> ImageProblem:
    """Return the reason for which something is refused."""
    with pytest.raises(UnusableImage, match=r"\w") as caught:
        action()
    return caught.value.problem


# Round trips


@pytest.mark.parametrize("image", IMAGES, ids=range(len(IMAGES)))
@pytest.mark.parametrize(("text", "form"), [(CREDENTIAL, BakedForm.JSON), (TOKEN, BakedForm.TOKEN)])
def test_what_is_baked_comes_out_again(image: bytes, text: str, form: BakedForm) -> None:
    """JSON and tokens come out of every kind of image as they went in, without departures."""
    image_format = ImageFormat.PNG if image.startswith(SIGNATURE) else ImageFormat.SVG
    expected = Baked(text=text, form=form, version=BakingVersion.OPEN_BADGES_3, format=image_format)
    assert expected == unbake(bake(image, f"\n {text}\r\n"))
    assert (expected,) == find_baked(bake(image, text))


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.sampled_from(["]]>", "<![CDATA[", "&amp;", "\ufffe\uffff"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
tokens = st.from_regex(
    re.compile(r"[A-Za-z0-9_-]{1,40}\.[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,40}", re.ASCII), fullmatch=True
)
ancillary = st.builds(
    lambda letters, data: chunk(letters.encode(), data),
    st.from_regex(re.compile("[a-z][A-Za-z][A-Z][A-Za-z]", re.ASCII), fullmatch=True),
    st.binary(max_size=20),
)


@settings(max_examples=80, deadline=None)
@given(
    value=st.dictionaries(st.text(), values, max_size=4),
    indent=st.sampled_from([None, 1]),
    image=st.sampled_from(IMAGES),
)
def test_any_json_comes_out_with_its_meaning(value: object, indent: int | None, image: bytes) -> None:
    """Whatever the JSON holds, an independent reader of it finds the same; but for two characters the letters are the same."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    baked = unbake(bake(image, text))
    assert BakedForm.JSON is baked.form
    assert value == json.loads(baked.text)
    if baked.format is ImageFormat.PNG or not {"\ufffe", "\uffff"} & set(text):
        assert text == baked.text


@settings(max_examples=40, deadline=None)
@given(token=tokens, image=st.sampled_from(IMAGES))
def test_any_token_comes_out_as_it_is(token: str, image: bytes) -> None:
    """A signature covers the letters of a token, so none of them changes."""
    assert (token, BakedForm.TOKEN) == ((baked := unbake(bake(image, token))).text, baked.form)


@settings(max_examples=60, deadline=None)
@given(before=st.lists(ancillary, max_size=3), after=st.lists(ancillary, max_size=3))
def test_the_chunks_of_an_image_stay_byte_for_byte(before: list[bytes], after: list[bytes]) -> None:
    """One chunk is added behind the header, nothing else changes; other chunks do not change what is found."""
    image = png(*before, end=IDAT + b"".join(after) + IEND)
    baked = bake(image, TOKEN)
    assert SIGNATURE + IHDR + itxt(TOKEN) + image[len(SIGNATURE + IHDR) :] == baked
    assert TOKEN == unbake(baked).text
    assert TOKEN == unbake(png(*before, itxt("other", "Comment"), *after, itxt(TOKEN))).text


@pytest.mark.parametrize("image", SVG_IMAGES, ids=range(len(SVG_IMAGES)))
def test_the_rest_of_an_svg_stays_byte_for_byte(image: bytes) -> None:
    """Only a declaration and one element are added; without them the image is the one that it was."""
    declaration = f' xmlns:openbadges="{NAMESPACE}"'.encode()
    before, after = bake(image, TOKEN).split(element("", TOKEN).encode())
    # A root without content gets an end tag, since it has content now.
    original = re.sub(rb"(<([a-z:]+)[^>]*)/>(\s*)$", rb"\1></\2>\3", image)
    assert original == (before if declaration in image else before.replace(declaration, b"", 1)) + after


# The published shape


def test_the_png_has_the_published_shape() -> None:
    """Open Badges 3.0, 5.3.1.1: an iTXt chunk, keyword openbadgecredential, no compression, no language, the text."""
    chunks = bake(png(), CREDENTIAL)[len(SIGNATURE + IHDR) :]
    assert chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0" + CREDENTIAL.encode()) + IDAT + IEND == chunks


def test_the_svg_has_the_published_shape() -> None:
    """Open Badges 3.0, 5.3.2.1: declared on the root, first child, attribute for tokens, CDATA and no attribute for JSON."""
    image = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512">\n<g/></svg>'
    start = f'<svg xmlns:openbadges="{NAMESPACE}" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512">'
    with_token = f'{start}<openbadges:credential verify="{TOKEN}"></openbadges:credential>\n<g/></svg>'
    with_json = f'{start}<openbadges:credential><![CDATA[{{"a": 1}}]]></openbadges:credential>\n<g/></svg>'
    assert with_token == bake(image, TOKEN).decode()
    assert with_json == bake(image, '{"a": 1}').decode()


@pytest.mark.parametrize("image", SVG_IMAGES, ids=range(len(SVG_IMAGES)))
@pytest.mark.parametrize("text", [TOKEN, CREDENTIAL])
def test_another_parser_finds_the_element_first(image: bytes, text: str) -> None:
    """A reader of XML that knows nothing of this package finds one element, as the first child of the root."""
    root = ElementTree.fromstring(bake(image, text))  # noqa: S314 - made here
    found = [each for each in root.iter() if each.tag == f"{{{NAMESPACE}}}credential"]
    assert [root[0]] == found
    assert text == found[0].get("verify", found[0].text)
    assert (text == TOKEN) is ("verify" in found[0].attrib)


@pytest.mark.parametrize("text", [TOKEN, CREDENTIAL])
def test_another_library_reads_and_is_read(text: str) -> None:
    """What is baked here, openbadgeslib takes out; what it bakes, is taken out here."""
    keyword, name = foreign.ITXT_KEYWORD_OB3, foreign.SVG_ELEMENT_OB3
    assert text == foreign.extract_png(bake(png(), text), keyword=keyword)
    assert text == unbake(foreign.bake_png(png(), text, keyword=keyword)).text
    assert text == foreign.extract_svg(bake(svg(), text), element=name, text_fallback=True)
    baked = foreign.bake_svg(svg(), text, element=name, namespace=NAMESPACE, as_text=text == CREDENTIAL)
    assert text == unbake(baked).text


def test_published_examples_are_read() -> None:
    """The SVG of the standard, with white space around and inside of the CDATA section, and that of Open Badges 2.0."""
    section = cdata(f"\n  {CREDENTIAL}\n")
    published = svg(f"\n  {element(f' {section} ')}")
    assert (CREDENTIAL, ()) == ((baked := unbake(published)).text, baked.departures)
    declared = 'xmlns:openbadges="http://openbadges.org"'
    url = "https://example.org/assertion.json"
    for body, verify, text, form in [
        (f" {cdata(OLD)} ", url, OLD, BakedForm.JSON),
        ("", TOKEN, TOKEN, BakedForm.TOKEN),
        ("", url, url, BakedForm.URL),
    ]:
        baked = unbake(svg(element(body, verify, name="openbadges:assertion"), root=declared))
        assert (text, form, BakingVersion.OPEN_BADGES_2, ()) == (
            baked.text,
            baked.form,
            baked.version,
            baked.departures,
        )


@pytest.mark.parametrize(
    ("text", "form"), [(OLD, BakedForm.JSON), (TOKEN, BakedForm.TOKEN), ("http://a.example/1", BakedForm.URL)]
)
def test_badges_of_version_2_are_read_from_png(text: str, form: BakedForm) -> None:
    """The keyword openbadges is that of 2.0, which allows an address too; a credential of 3.0 beside it comes first."""
    baked = unbake(png(itxt(text, "openbadges")))
    assert (text, form, BakingVersion.OPEN_BADGES_2) == (baked.text, baked.form, baked.version)
    both = find_baked(bake(png(itxt(text, "openbadges")), CREDENTIAL))
    assert [CREDENTIAL, text] == [each.text for each in both]


def test_the_namespace_counts_and_not_the_prefix() -> None:
    """Another prefix for the namespace is found, the usual prefix for another namespace is not."""
    child = f'<x:credential xmlns:x="{NAMESPACE}" verify="{TOKEN}"/>'
    assert TOKEN == unbake(svg(child, root="")).text
    for namespace in ("https://purl.imsglobal.org/spec/ob/v3p0", "urn:other"):
        other = svg(element("", TOKEN), root=f'xmlns:openbadges="{namespace}"')
        assert ImageProblem.NOT_BAKED is problem_of(lambda: unbake(other))  # noqa: B023 - called at once


# Baked already


@pytest.mark.parametrize("image", IMAGES, ids=range(len(IMAGES)))
def test_baking_twice_is_refused_or_replaces(image: bytes) -> None:
    """There is never more than one credential: a second one is refused, or takes the place of every other."""
    first = bake(image, CREDENTIAL)
    assert ImageProblem.ALREADY_BAKED is problem_of(lambda: bake(first, TOKEN))
    second = bake(first, TOKEN, replace=True)
    assert (TOKEN, ()) == ((baked := unbake(second)).text, baked.departures)
    assert bake(image, TOKEN) == second


def test_replacing_removes_all_that_were_there() -> None:
    """Several credentials, empty elements and nested ones are all replaced by one."""
    several = png(itxt(OLD), chunk(b"tEXt", b"a\0b"), itxt(CREDENTIAL))
    assert bake(png(chunk(b"tEXt", b"a\0b")), TOKEN) == bake(several, TOKEN, replace=True)
    elements = [
        "<g>",
        element(cdata(OLD)),
        "</g>",
        f'<openbadges:credential verify="{TOKEN}" />',
        element(element("x")),
    ]
    assert bake(svg("<g></g>"), CREDENTIAL) == bake(svg("".join(elements)), CREDENTIAL, replace=True)


def test_a_taken_prefix_is_refused() -> None:
    """Where the root uses the prefix for something else, the standard's declaration has no place."""
    taken = svg(root='xmlns:openbadges="http://openbadges.org"')
    assert ImageProblem.PREFIX_TAKEN is problem_of(lambda: bake(taken, TOKEN))


@pytest.mark.parametrize(
    ("image", "departures"),
    [
        (png(itxt(TOKEN), itxt(CREDENTIAL)), (Departure.SEVERAL,)),
        (png(itxt(zlib.compress(TOKEN.encode()), flag=1)), (Departure.COMPRESSED,)),
        (svg(element("", TOKEN) + element(cdata(CREDENTIAL))), (Departure.SEVERAL,)),
        (svg(f"<title/>{element('', TOKEN)}"), (Departure.MISPLACED,)),
        (svg(f"<g>{element('', TOKEN)}</g>"), (Departure.MISPLACED,)),
        (svg(element(cdata(CREDENTIAL), TOKEN)), (Departure.TWO_FORMS,)),
        (svg(element(TOKEN)), (Departure.NOT_CDATA,)),
    ],
)
def test_departures_are_named_and_the_first_credential_counts(image: bytes, departures: tuple[Departure, ...]) -> None:
    """What can be read in spite of a broken rule is read, and the rule is named."""
    baked = unbake(image)
    assert (TOKEN, departures) == (baked.text, baked.departures)


# Hostile images


def without(data: bytes, position: int) -> bytes:
    """Return bytes in which one bit of one byte is another."""
    return data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]


def named(cases: list[tuple[bytes, ImageProblem]]) -> list[ParameterSet]:
    """Return cases that are called by their problem, and not by the bytes of their image."""
    return [pytest.param(*case, id=f"{number}-{case[1].name.lower()}") for number, case in enumerate(cases)]


LONG = itxt(TOKEN)
HOSTILE_PNG = [
    (b"", ImageProblem.NOT_AN_IMAGE),
    (b"GIF89a", ImageProblem.NOT_AN_IMAGE),
    (b"\xff\xd8\xff\xe0", ImageProblem.NOT_AN_IMAGE),
    (b"\x89PNG\n\x1a\n" + IHDR + IDAT + IEND, ImageProblem.NOT_AN_IMAGE),
    (SIGNATURE, ImageProblem.TRUNCATED),
    (png(LONG)[:-1], ImageProblem.TRUNCATED),
    (png(LONG, end=IDAT), ImageProblem.TRUNCATED),
    (png(b"\x7f\xff\xff\xff" + LONG[4:]), ImageProblem.TRUNCATED),
    (png(b"\xff\xff\xff\xff" + LONG[4:]), ImageProblem.MALFORMED_CHUNK),
    (png(LONG, chunk(b"a\0bc")), ImageProblem.MALFORMED_CHUNK),
    (png(LONG, chunk(b"abcd")), ImageProblem.MALFORMED_CHUNK),
    (png(LONG, chunk(b"ABCD")), ImageProblem.UNKNOWN_CHUNK),
    (png(without(LONG, 40)), ImageProblem.WRONG_CHECKSUM),
    (png(LONG, chunk(b"tEXt", b"a\0b", checksum=0)), ImageProblem.WRONG_CHECKSUM),
    (png(LONG, end=IDAT + IEND + b"\0"), ImageProblem.TRAILING_DATA),
    (png(LONG, end=IDAT + IEND + IEND), ImageProblem.TRAILING_DATA),
    (png(LONG, end=IDAT + chunk(b"IEND", b"x")), ImageProblem.WRONG_ORDER),
    (png(LONG, end=IEND), ImageProblem.WRONG_ORDER),
    (png(start=LONG + IHDR), ImageProblem.WRONG_ORDER),
    (png(LONG, IHDR), ImageProblem.WRONG_ORDER),
    (png(LONG, PLTE, PLTE), ImageProblem.WRONG_ORDER),
    (png(LONG, end=IDAT + PLTE + IEND), ImageProblem.WRONG_ORDER),
    (png(end=IDAT + LONG + IDAT + IEND), ImageProblem.WRONG_ORDER),
    (png(LONG, start=INDEXED), ImageProblem.MALFORMED_CHUNK),
    (png(LONG, PLTE, start=GREY), ImageProblem.MALFORMED_CHUNK),
    (png(LONG, chunk(b"PLTE", b"\0\0")), ImageProblem.MALFORMED_CHUNK),
    (png(LONG, chunk(b"PLTE", b"\0" * 771)), ImageProblem.MALFORMED_CHUNK),
    (png(LONG, start=chunk(b"IHDR", b"\0" * 13)), ImageProblem.MALFORMED_CHUNK),
    (png(LONG, start=chunk(b"IHDR", b"\0" * 12)), ImageProblem.MALFORMED_CHUNK),
    (png(LONG, *[chunk(b"tEXt")] * 10_000), ImageProblem.TOO_LARGE),
    (png(LONG, chunk(b"tEXt", bytes(2**24))), ImageProblem.TOO_LARGE),
    (png(itxt(b"\xff\xfe")), ImageProblem.MALFORMED_TEXT),
    (png(itxt(TOKEN + "\0")), ImageProblem.MALFORMED_TEXT),
    (png(itxt(TOKEN, flag=2)), ImageProblem.MALFORMED_TEXT),
    (png(itxt(TOKEN, flag=1)), ImageProblem.MALFORMED_TEXT),
    (png(itxt(zlib.compress(TOKEN.encode())[:-1], flag=1)), ImageProblem.MALFORMED_TEXT),
    (png(itxt(zlib.compress(TOKEN.encode()), flag=1, method=1)), ImageProblem.MALFORMED_TEXT),
    (png(chunk(b"iTXt", b"openbadgecredential\0")), ImageProblem.MALFORMED_TEXT),
    (png(chunk(b"iTXt", b"openbadgecredential\0\0\0\0")), ImageProblem.MALFORMED_TEXT),
    (png(itxt("https://issuer.example/credentials/1")), ImageProblem.NOT_A_CREDENTIAL),
    (png(itxt("")), ImageProblem.NOT_A_CREDENTIAL),
    (png(itxt("e30.e30")), ImageProblem.NOT_A_CREDENTIAL),
    (png(itxt("ftp://a.example/", "openbadges")), ImageProblem.NOT_A_CREDENTIAL),
    (png(), ImageProblem.NOT_BAKED),
    (png(chunk(b"tEXt", b"openbadgecredential\0" + TOKEN.encode())), ImageProblem.NOT_BAKED),
    (png(itxt(TOKEN, "OpenBadgeCredential")), ImageProblem.NOT_BAKED),
    (png(itxt(TOKEN, "openbadgecredential ")), ImageProblem.NOT_BAKED),
]


@pytest.mark.parametrize(("image", "problem"), named(HOSTILE_PNG))
def test_hostile_png_is_refused_for_its_reason(image: bytes, problem: ImageProblem) -> None:
    """The healthy image is read; with one fault it is refused, and the fault is named."""
    assert TOKEN == unbake(png(LONG)).text
    assert problem is problem_of(lambda: unbake(image))


ENTITIES = '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
EXTERNAL = '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
PUBLISHED_DTD = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
BAKED = element("", TOKEN)
HOSTILE_SVG = [
    (svg(BAKED, head=ENTITIES), ImageProblem.FORBIDDEN_XML),
    (svg(BAKED + "<g>&c;</g>", head=ENTITIES), ImageProblem.FORBIDDEN_XML),
    (svg(element("&x;"), head=EXTERNAL), ImageProblem.FORBIDDEN_XML),
    (svg(BAKED, head='<!DOCTYPE svg [<!ENTITY % p SYSTEM "http://a.example/p"> %p;]>'), ImageProblem.FORBIDDEN_XML),
    (svg(BAKED, head=PUBLISHED_DTD), ImageProblem.FORBIDDEN_XML),
    (svg(element("&x;")), ImageProblem.MALFORMED_XML),
    (svg(BAKED)[:-1], ImageProblem.MALFORMED_XML),
    (svg(BAKED) + b"<svg/>", ImageProblem.MALFORMED_XML),
    (svg(BAKED + "<g>"), ImageProblem.MALFORMED_XML),
    (svg(BAKED, root=""), ImageProblem.MALFORMED_XML),
    (svg(BAKED + "\x01"), ImageProblem.MALFORMED_XML),
    (svg(BAKED + '<g a="1" a="2"/>'), ImageProblem.MALFORMED_XML),
    (svg(BAKED, head='<?xml version="1.0" encoding="ISO-8859-1"?>'), ImageProblem.WRONG_ENCODING),
    (svg(BAKED, head='<?xml version="1.0" encoding="no-such"?>'), ImageProblem.WRONG_ENCODING),
    (svg(BAKED).decode().encode("utf-16"), ImageProblem.NOT_AN_IMAGE),
    (svg(BAKED).decode().encode("utf-16-le"), ImageProblem.WRONG_ENCODING),
    (svg(BAKED + "é").decode().encode("latin-1"), ImageProblem.WRONG_ENCODING),
    (f'<html xmlns:openbadges="{NAMESPACE}">{BAKED}</html>'.encode(), ImageProblem.NOT_AN_IMAGE),
    (f'<svg xmlns:openbadges="{NAMESPACE}">{BAKED}</svg>'.encode(), ImageProblem.NOT_AN_IMAGE),
    (f'<openbadges:credential xmlns:openbadges="{NAMESPACE}" verify="{TOKEN}"/>'.encode(), ImageProblem.NOT_AN_IMAGE),
    (svg(BAKED + "<g/>" * 200_000), ImageProblem.TOO_LARGE),
    (svg(BAKED + " " * 2**24), ImageProblem.TOO_LARGE),
    (svg(), ImageProblem.NOT_BAKED),
    (svg(f"<!-- {BAKED} -->"), ImageProblem.NOT_BAKED),
    (svg(cdata(BAKED)), ImageProblem.NOT_BAKED),
    (svg(element()), ImageProblem.NOT_A_CREDENTIAL),
    (svg(element("https://issuer.example/1")), ImageProblem.NOT_A_CREDENTIAL),
    (svg(element("", "https://issuer.example/1")), ImageProblem.NOT_A_CREDENTIAL),
]


@pytest.mark.parametrize(("image", "problem"), named(HOSTILE_SVG))
def test_hostile_svg_is_refused_for_its_reason(image: bytes, problem: ImageProblem) -> None:
    """The healthy image is read; with one fault it is refused, and the fault is named."""
    assert TOKEN == unbake(svg(BAKED)).text
    assert problem is problem_of(lambda: unbake(image))


@pytest.mark.parametrize(
    "image",
    [
        png(itxt(BOMB, flag=1)),
        png(LONG, itxt(BOMB, "Comment", flag=1)),
        png(LONG, chunk(b"zTXt", b"Comment\0\0" + BOMB)),
        png(LONG, chunk(b"iCCP", b"Profile\0\0" + BOMB)),
        png(LONG, *[chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(2**20)))] * 9),
    ],
    ids=["credential", "iTXt", "zTXt", "iCCP", "together"],
)
def test_bombs_are_refused_within_bounded_memory(image: bytes) -> None:
    """Text that unpacks to more than the limit is refused, alone or together, and never fills the memory."""
    healthy = png(LONG, chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(2**20))))
    assert TOKEN == unbake(healthy).text
    tracemalloc.start()
    try:
        assert ImageProblem.TOO_COMPRESSED is problem_of(lambda: unbake(image))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert 12 * 2**20 > peak


def test_work_does_not_grow_faster_than_the_image() -> None:
    """Attributes without end and quotes without partner cost no more than their length."""
    many = svg(BAKED, root=f'xmlns:openbadges="{NAMESPACE}" ' + " ".join(f'a{number}="/>"' for number in range(50_000)))
    deep = svg(BAKED + "<g>" * 50_000 + "</g>" * 50_000)
    began = time.perf_counter()
    for image in (many, deep):
        assert TOKEN == unbake(image).text
        assert CREDENTIAL == unbake(bake(image, CREDENTIAL, replace=True)).text
    assert 15 > time.perf_counter() - began


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", ImageProblem.NOT_A_CREDENTIAL),
        ("https://issuer.example/1", ImageProblem.NOT_A_CREDENTIAL),
        ("[]", ImageProblem.NOT_A_CREDENTIAL),
        ('{"a": 1, "a": 2}', ImageProblem.NOT_A_CREDENTIAL),
        ('{"a": NaN}', ImageProblem.NOT_A_CREDENTIAL),
        ('{"a": "\ud800"}', ImageProblem.NOT_A_CREDENTIAL),
        (f'{TOKEN}" onload="alert(1)', ImageProblem.NOT_A_CREDENTIAL),
        (f'{{"a": "{"a" * 2**23}"}}', ImageProblem.TOO_LARGE),
        ("a.b." + "c" * 2**23, ImageProblem.TOO_LARGE),
    ],
)
@pytest.mark.parametrize("image", [png(), svg()], ids=["png", "svg"])
def test_only_credentials_are_baked(image: bytes, text: str, problem: ImageProblem) -> None:
    """What is neither JSON nor a token is refused before it is in an image."""
    assert TOKEN == unbake(bake(image, TOKEN)).text
    assert problem is problem_of(lambda: bake(image, text))


@pytest.mark.parametrize(("image", "problem"), named([*HOSTILE_PNG[:31], *HOSTILE_SVG[:22]]))
def test_hostile_images_are_not_baked(image: bytes, problem: ImageProblem) -> None:
    """An image that cannot be read is not baked either, for the same reason."""
    assert problem is problem_of(lambda: bake(image, CREDENTIAL, replace=True))


def test_other_formats_are_not_baked() -> None:
    """Baking is for PNG and SVG only (Open Badges 3.0, 5.3)."""
    for image in (b"\xff\xd8\xff\xe0\0\x10JFIF\0", b"GIF89a", b"RIFF\0\0\0\0WEBP", b"BM"):
        assert ImageProblem.NOT_AN_IMAGE is problem_of(lambda: bake(image, TOKEN))  # noqa: B023 - called at once
