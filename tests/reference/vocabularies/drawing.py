"""Credentials and nodes drawn from the tables: valid by the model, and using every term."""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from skillmark_reference.vocabularies import Property, RecordClass, Scope, Term, Vocabulary

#: What the classes are called whose type the tables leave open.
OPEN_TYPES = {
    "Proof": "DataIntegrityProof",
    "CredentialSchema": "1EdTechJsonSchemaValidator2019",
    "CredentialStatus": "1EdTechRevocationList",
    "RefreshService": "1EdTechCredentialRefresh",
    "Multikey": "Multikey",
    "JsonWebKey": "JsonWebKey",
}
#: What stands for a base class: what its values are in practice.
CONCRETE = {"VerifiableCredential": "AchievementCredential", "VerifiableCredentialv1p1": "AchievementCredentialv1p1"}
#: Characters of texts: controls are left to the tests of the canonical form.
_LETTERS = st.text(st.characters(min_codepoint=0x20, exclude_categories=["Cs", "Cc"]), max_size=6)
_WORD = st.text(string.ascii_letters + string.digits + "-_", min_size=1, max_size=6)
_HEX = "0123456789abcdef" * 4
_MOMENT = st.datetimes().map(lambda moment: f"{moment.replace(microsecond=0):%Y-%m-%dT%H:%M:%S}Z".zfill(20))
_NUMBER = st.one_of(st.integers(-(10**9), 10**9), st.floats(-1e9, 1e9))
_DATATYPES: dict[str, st.SearchStrategy[Any]] = {
    "Boolean": st.booleans(),
    "Float": _NUMBER,
    "Integer": st.integers(-1000, 1000),
    "NonNegativeInteger": st.integers(0, 10**6),
    "PositiveInteger": st.integers(1, 10**6),
    "NonNegativeIntegerString": st.integers(0, 10**6).map(str),
    "NumericDate": st.integers(0, 10**10),
    "Date": st.dates().map(str),
    "DateTime": _MOMENT,
    "DateTimeZ": _MOMENT,
    "DateTimeStamp": _MOMENT,
    "DateTime11": _MOMENT,
    "CompactJws": st.tuples(_WORD, _WORD, _WORD).map(".".join),
    "LanguageCode": st.sampled_from(["en", "de", "sr-Latn-RS", "es-419"]),
    "LanguageTag": st.sampled_from(["en", "de-AT"]),
    "IdentityHash": st.just(f"sha256${_HEX}"),
    "HexString": st.integers(0, 255).map(hex),
    "SriString": st.just("sha384-l/HrjlBCNWyAX91hr6LFV2Y3heB5Tcr6IeE4/Tje8YyzYBM8IhqjHWiWpr8+ZbYU"),
    "Multibase": _WORD.map(lambda word: f"u{word}"),
    "MultibaseMultihash": _WORD.map(lambda word: f"u{word}"),
    "DataUrl": _WORD.map(lambda word: f"data:application/vc+jwt,{word}"),
    "ASCIIString": _WORD,
    "JsonObject": st.dictionaries(_WORD, _NUMBER, max_size=2),
    "JWK": st.just({"kty": "OKP", "crv": "Ed25519", "x": "abc"}),
    "Context": st.just("https://www.w3.org/ns/credentials/v2"),
}
_ADDRESSES = {"URI", "URL", "IRI", "Term"}


class Drawing:
    """Draws objects of one vocabulary; texts and addresses are unique, so that no two nodes are alike."""

    def __init__(
        self, draw: st.DrawFn, vocabulary: Vocabulary, contexts: Sequence[str], *, full: bool, depth: int = 9
    ) -> None:
        self._draw = draw
        self._vocabulary = vocabulary
        self._contexts = contexts
        #: Whether every optional member is drawn.
        self._full = full
        self._depth = depth
        self._count = 0

    def record(self, name: str, above: tuple[str, ...] = ()) -> dict[str, Any]:
        """Draw an object of a class; a class does not contain itself."""
        row = self._vocabulary.classes[name]
        members = {
            member: self.member(row, facts, (*above, name))
            for member, facts in row.properties.items()
            if self._is_wanted(row, facts, (*above, name))
        }
        if not members and name == "Map":
            members = {f"https://example.org/{self._next()}": self._text()}
        return members

    def member(self, row: RecordClass, facts: Property, above: tuple[str, ...]) -> Any:  # noqa: ANN401 - any JSON
        """Draw the value of a member."""
        if facts.name == "@context":
            return self._context(facts)
        value: Any = self._given(row, facts) or [
            self._one(facts, above) for _ in range(max(1, facts.card.minimum) if facts.card.is_array else 1)
        ]
        if not facts.card.is_array:
            return value[0]
        return value[0] if facts.compactable and len(value) == 1 and self._coin() else value

    def _given(self, row: RecordClass, facts: Property) -> list[str]:
        """Return the values that the table, or practice where it is silent, prescribes."""
        if facts.contains:
            return [self._draw(st.sampled_from(names)) for names in facts.contains]
        if facts.const is not None:
            return [facts.const]
        if facts.name == "proofPurpose":
            return ["assertionMethod"]
        return [OPEN_TYPES[row.name]] if facts.name == "type" and row.name in OPEN_TYPES else []

    def _least(self, name: str, above: tuple[str, ...]) -> dict[str, Any]:
        """Draw an object with the mandatory members only."""
        row = self._vocabulary.classes[name]
        return {member: self.member(row, row.properties[member], above) for member in row.required}

    def _is_wanted(self, row: RecordClass, facts: Property, above: tuple[str, ...]) -> bool:
        if facts.card.is_required or facts.name in row.at_least_one[:1]:
            return True
        if not any(self._is_open(name, above) or name == above[-1] for name in facts.types):
            return False
        return self._full or self._coin()

    def _is_open(self, name: str, above: tuple[str, ...]) -> bool:
        """Whether a type can be drawn without a class within itself, and without going too deep."""
        row = self._vocabulary.classes.get(name)
        if row is None:
            return True
        if row.union:
            return any(self._is_open(each, above) for each in row.union)
        if self._is_of_another_data_model(row):
            return False
        return name not in above and len(above) < self._depth

    def _is_of_another_data_model(self, row: RecordClass) -> bool:
        """Whether a credential names a base context that the document does not know, and could not process."""
        context = row.properties.get("@context")
        base = context.items[0].const if context is not None and context.items else None
        return bool(self._contexts) and base is not None and base not in self._contexts

    def _one(self, facts: Property, above: tuple[str, ...]) -> Any:  # noqa: ANN401 - any JSON
        if facts.types == (above[-1],):
            return self._least(above[-1], above)
        types = [name for name in facts.types if self._is_open(name, above)] or list(facts.types)
        value = self._value(self._draw(st.sampled_from(types)), above)
        if facts.fixed:
            return value | dict(facts.fixed)
        return value

    def _value(self, name: str, above: tuple[str, ...]) -> Any:  # noqa: ANN401 - any JSON
        if CONCRETE.get(name) in self._vocabulary.classes:
            return self.record(CONCRETE[name], above)
        if name in self._vocabulary.classes:
            row = self._vocabulary.classes[name]
            open_ones = [each for each in row.union if self._is_open(each, above)]
            return self._value(self._draw(st.sampled_from(open_ones)), above) if open_ones else self.record(name, above)
        if name in self._vocabulary.enums:
            row = self._vocabulary.enums[name]
            tokens = [*row.values, "ext:some.thing-1"] if row.pattern else list(row.values)
            return self._draw(st.sampled_from(tokens))
        if name in _ADDRESSES:
            return f"https://example.org/{self._next()}"
        return self._draw(_DATATYPES[name]) if name in _DATATYPES else self._text()

    def _context(self, facts: Property) -> list[str]:
        """Return the contexts that the class asks for, and those that no class of the tables names."""
        known = [
            next(url for url in self._contexts if item.pattern is None or re.search(item.pattern, url))
            if item.const is None
            else item.const
            for item in facts.items
        ]
        return known + [url for url in self._contexts if "extensions" in url or "data-integrity" in url]

    def _coin(self) -> bool:
        return self._draw(st.booleans())

    def _text(self) -> str:
        return f"{self._draw(_LETTERS)} {self._next()}"

    def _next(self) -> int:
        self._count += 1
        return self._count


@st.composite
def records(
    draw: st.DrawFn,
    vocabulary: Vocabulary,
    name: str,
    contexts: Sequence[str] = (),
    *,
    full: bool = False,
    depth: int = 9,
) -> dict[str, Any]:
    """Draw valid objects of a class, with all members or some."""
    return Drawing(draw, vocabulary, contexts, full=full, depth=depth).record(name)


# Nodes with every term of a context


def is_class(name: str) -> bool:
    """Whether a term of the top level names a class."""
    return name[0].isupper() or name[0].isdigit()


def members(scope: Scope) -> Iterator[Term]:
    """Yield the terms of a scope that name no class."""
    yield from (term for term in scope.terms.values() if not is_class(term.name))


@st.composite
def nodes(draw: st.DrawFn, scope: Scope, url: str) -> dict[str, Any]:
    """Draw a document in which every term of a context stands where it is defined, with values of every kind."""
    counter = iter(range(10**6))

    def node(inner: Scope, types: list[str]) -> dict[str, Any]:
        name = {"@id": f"urn:n:{next(counter)}"} | ({"@type": types} if types else {})
        return name | {term.name: values(term) for term in members(inner)}

    def values(term: Term) -> Any:  # noqa: ANN401 - any JSON
        if term.coercion == "@json":
            return draw(_DATATYPES["JsonObject"])
        if term.coercion == "@vocab" and term.scope is not None:
            return list(term.scope.terms)
        address = f"urn:v:{next(counter)}"
        other = (
            node(term.scope, [name for name in term.scope.terms if is_class(name)]) if term.scope else {"@id": address}
        )
        if term.container == "@graph":
            return [{"@id": address, "@type": "urn:some:type"}]
        if term.coercion == "@id":
            return [f"urn:v:{next(counter)}", other]
        return [draw(_LETTERS), draw(_NUMBER), draw(st.booleans()), other]

    classes = [(name, term.scope) for name, term in scope.terms.items() if is_class(name)]
    scoped = [
        node(inner, [name]) if inner else {"@id": f"urn:n:{next(counter)}", "@type": name} for name, inner in classes
    ]
    return {"@context": url, "@graph": [node(scope, []), *scoped]}
