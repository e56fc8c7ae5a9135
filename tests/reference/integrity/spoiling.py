"""Documents with changes of every kind, most of which break something."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Terms of some contexts, keywords, and what is neither.
_NAMES = (
    "id",
    "type",
    "name",
    "issuer",
    "proof",
    "achievement",
    "credentialSubject",
    "verifiableCredential",
    "validFrom",
    "alignment",
    "note",
    "known",
    "link",
    "word",
    "data",
    "steps",
    "label",
    "graph",
    "people",
    "nothing",
    "foo",
    "",
    "ex:note",
    "urn:some:term",
    "_:b",
    "@context",
    "@id",
    "@type",
    "@value",
    "@language",
    "@graph",
    "@included",
    "@reverse",
    "@list",
    "@set",
    "@index",
    "@none",
    "@json",
    "@foo",
)
_CONTEXTS = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
    "https://vocabulary.example/v1",
    "https://unknown.example/",
)
_SCALARS = (
    None,
    True,
    False,
    0,
    1,
    -7,
    1.0,
    2.5,
    1e21,
    2**53,
    2**53 + 1,
    10**400,
    float("nan"),
    "",
    "x",
    "Known",
    "known",
    "Achievement",
    "AchievementCredential",
    "Image",
    "urn:a",
    "_:b",
    "a/b",
    "ex:b",
    "https://a.example/#é",
    "urn:a b",
    "\ud800",
    '\b"\\\n\ufffe',
    "2025-01-01T00:00:00Z",
    "2025-01-01",
    "en",
    "1.50",
)
_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.sampled_from(_SCALARS) | st.sampled_from(_CONTEXTS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_NAMES), inner, max_size=3),
    max_leaves=5,
)


def spoiled(data: st.DataObject, document: dict[str, Any], *, most: int = 3) -> dict[str, Any]:
    """Draw a copy of a document with some members and entries added, replaced or taken away."""
    draw, changed = data.draw, copy.deepcopy(document)
    for _ in range(draw(st.integers(0, most))):
        place = draw(st.sampled_from(list(_places(changed))))
        value = copy.deepcopy(draw(_VALUES))
        if isinstance(place, list):
            index = draw(st.integers(0, len(place)))
            place[index : index + draw(st.integers(0, 1))] = draw(st.sampled_from([[], [value]]))
        elif draw(st.booleans()) or not place:
            place[draw(st.sampled_from(_NAMES))] = value
        else:
            name = draw(st.sampled_from(sorted(place)))
            place[name] = value
            if draw(st.booleans()):
                del place[name]
    return changed


def _places(value: object) -> Iterator[Any]:
    """Yield every object and array."""
    if isinstance(value, dict | list):
        yield value
        for part in value.values() if isinstance(value, dict) else value:
            yield from _places(part)
