from __future__ import annotations

import copy
from typing import Any

import c14n
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference.integrity.known_answers import D1, P256, KeyPair
from tests.reference.integrity.surroundings import (
    SUITES,
    VOCABULARY,
    disclosure,
    environment,
    find_key,
    options,
    secret,
)

from skillmark_reference.securing.integrity.canonicalization import canonicalize_json
from skillmark_reference.securing.integrity.contexts import CREDENTIALS_V2
from skillmark_reference.securing.integrity.cryptosuites import create_proof
from skillmark_reference.securing.integrity.proofs import verify_proofs
from skillmark_reference.securing.integrity.selective import derive_proof

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_VALUES = (
    _TEXTS | st.integers(-(2**53), 2**53) | st.booleans() | st.floats(allow_nan=False, allow_infinity=False, width=32)
)
_SUBJECTS = st.recursive(
    st.fixed_dictionaries({"note": _VALUES}),
    lambda inner: st.fixed_dictionaries({"known": inner | st.lists(inner, max_size=3), "note": _VALUES}),
    max_leaves=4,
)
_FEW = settings(max_examples=15, deadline=None)


def _document(subject: dict[str, Any]) -> dict[str, Any]:
    return {**D1, "@context": [CREDENTIALS_V2, VOCABULARY], "credentialSubject": subject}


def _holds(document: dict[str, Any]) -> bool:
    return verify_proofs(document, find_key, environment=environment()).verified


def _texts(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:  # noqa: ANN401 - any JSON
    """Return the paths of all texts outside of @context."""
    if isinstance(value, str):
        return [path]
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for name, part in parts if name != "@context" for found in _texts(part, (*path, name))]


@pytest.mark.parametrize(("suite", "pair"), SUITES)
@_FEW
@given(subject=_SUBJECTS, data=st.data())
def test_what_is_signed_holds_until_it_is_changed(
    suite: str, pair: KeyPair, subject: dict[str, Any], data: st.DataObject
) -> None:
    """Every document holds with the proof that was made for it, and not after a letter was added to any text of it."""
    document = create_proof(_document(subject), options(suite, pair), secret(pair), environment=environment())
    assert _holds(document)
    changed = copy.deepcopy(document)
    *way, last = data.draw(st.sampled_from(_texts(changed)))
    place: Any = changed
    for step in way:
        place = place[step]
    place[last] += data.draw(st.sampled_from(["x", "\b", "/", "é"]))
    assert not _holds(changed)


@_FEW
@given(subject=_SUBJECTS, data=st.data())
def test_every_selection_holds(subject: dict[str, Any], data: st.DataObject) -> None:
    """Any selection of any document holds, and no longer after a letter was added to any text of it."""
    document = _document(subject)
    paths = ["/" + "/".join(map(str, path)) for path in _texts(document)]
    mandatory, selected = (data.draw(st.lists(st.sampled_from(paths), max_size=3)) for _ in range(2))
    base = create_proof(
        document,
        options("ecdsa-sd-2023", P256),
        secret(P256),
        environment=environment(),
        disclosure=disclosure("/issuer", *mandatory),
    )
    shown = derive_proof(base, base["proof"], selected, environment=environment())
    assert _holds(shown)
    *way, last = data.draw(st.sampled_from(_texts(shown)))
    place: Any = shown
    for step in way:
        place = place[step]
    place[last] += "x"
    assert not _holds(shown)


@settings(max_examples=50, deadline=None)
@given(
    value=st.recursive(
        _VALUES | st.none(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3)
    )
)
def test_json_forms_do_not_depend_on_the_order_of_members(value: Any) -> None:  # noqa: ANN401 - any JSON
    """Members in another order are the same JSON, written as the library for it writes all."""

    def turned(each: Any) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(each, dict):
            return {name: turned(each[name]) for name in reversed(each)}
        return [turned(entry) for entry in each] if isinstance(each, list) else each

    assert canonicalize_json(value) == canonicalize_json(turned(value)) == c14n.canonicalize(value)
