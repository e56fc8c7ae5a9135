"""Valid credentials, and objects of every class in them, drawn from the vocabularies' tables.

What is drawn is valid by construction: by the table of its class, by the contexts that it names (nothing is undefined), and by
what its members say of each other (``credentials_coherence``). Texts and addresses are unique, so that no two nodes are alike.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from skillmark.strategies.credentials_coherence import coherent
from skillmark.strategies.credentials_values import ADDRESSES, DATATYPES, FUTURE, LETTERS, PICTURES
from skillmark_reference.vocabularies import load_vocabulary
from skillmark_reference.vocabularies.contexts import all_states

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import DrawFn

    from skillmark_reference.vocabularies import Property, RecordClass, Vocabulary

#: The credentials that can be drawn, with the table of each.
CREDENTIALS = {
    "AchievementCredential": "ob-3.0",
    "EndorsementCredential": "ob-3.0",
    "ClrCredential": "clr-2.0",
    "AchievementCredentialv1p1": "ob-3.0",
    "EndorsementCredentialv1p1": "ob-3.0",
    "ClrCredentialv1p1": "clr-2.0",
}
#: What the classes are called whose type the tables leave open.
_OPEN_TYPES = {
    "Proof": "DataIntegrityProof",
    "CredentialSchema": "1EdTechJsonSchemaValidator2019",
    "CredentialStatus": "1EdTechRevocationList",
    "RefreshService": "1EdTechCredentialRefresh",
    "Multikey": "Multikey",
    "JsonWebKey": "JsonWebKey",
}
#: What stands for a base class: what its values are in practice.
_CONCRETE = {"VerifiableCredential": "AchievementCredential", "VerifiableCredentialv1p1": "AchievementCredentialv1p1"}
_ENDS = frozenset({"validUntil", "expirationDate"})
#: Above this a class is drawn with its mandatory members only, or left out.
_DEEPEST = 9


class _Drawing:
    """Draws objects of one vocabulary."""

    def __init__(
        self,
        draw: DrawFn,
        vocabulary: Vocabulary,
        contexts: Sequence[str],
        *,
        full: bool,
        depth: int,
        issuer: str | None = None,
        without: frozenset[str] = frozenset(),
    ) -> None:
        self._draw = draw
        self._vocabulary = vocabulary
        self._contexts = contexts
        #: Whether every optional member is drawn.
        self._full = full
        self._depth = depth
        #: The id of every issuer, where it is not drawn.
        self._issuer = issuer
        #: Members that are never drawn.
        self._without = without
        self._count = 0

    def record(self, name: str, above: tuple[str, ...] = ()) -> dict[str, Any]:
        """Draw an object of a class; a class does not contain itself."""
        row = self._vocabulary.classes[name]
        members = {
            member: self._member(row, facts, (*above, name))
            for member, facts in row.properties.items()
            if self._is_wanted(row, facts, (*above, name))
        }
        if not members and name == "Map":
            members = {f"https://example.org/{self._next()}": self._text()}
        return members

    def _member(self, row: RecordClass, facts: Property, above: tuple[str, ...]) -> Any:  # noqa: ANN401 - any JSON
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
        return [_OPEN_TYPES[row.name]] if facts.name == "type" and row.name in _OPEN_TYPES else []

    def _least(self, name: str, above: tuple[str, ...]) -> dict[str, Any]:
        """Draw an object with the mandatory members only."""
        row = self._vocabulary.classes[name]
        return {member: self._member(row, row.properties[member], above) for member in row.required}

    def _is_wanted(self, row: RecordClass, facts: Property, above: tuple[str, ...]) -> bool:
        if facts.name in self._without:
            return False
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
        if facts.name in _ENDS:
            return self._draw(FUTURE)
        types = [name for name in facts.types if self._is_open(name, above)] or list(facts.types)
        value = self._value(self._draw(st.sampled_from(types)), above)
        if facts.name == "issuer" and self._issuer is not None:
            return value | {"id": self._issuer} if isinstance(value, dict) else self._issuer
        return value | dict(facts.fixed) if facts.fixed else value

    def _value(self, name: str, above: tuple[str, ...]) -> Any:  # noqa: ANN401 - any JSON
        if _CONCRETE.get(name) in self._vocabulary.classes:
            return self.record(_CONCRETE[name], above)
        if name in self._vocabulary.classes:
            row = self._vocabulary.classes[name]
            open_ones = [each for each in row.union if self._is_open(each, above)]
            return self._value(self._draw(st.sampled_from(open_ones)), above) if open_ones else self.record(name, above)
        if name in self._vocabulary.enums:
            listed = self._vocabulary.enums[name]
            tokens = [*listed.values, "ext:some.thing-1"] if listed.pattern else list(listed.values)
            return self._draw(st.sampled_from(tokens))
        return self._primitive(name, above)

    def _primitive(self, name: str, above: tuple[str, ...]) -> Any:  # noqa: ANN401 - any JSON
        if name in ADDRESSES:
            return self._draw(PICTURES) if above[-1] == "Image" else f"https://example.org/{self._next()}"
        return self._draw(DATATYPES[name]) if name in DATATYPES else self._text()

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
        return f"{self._draw(LETTERS)} {self._next()}"

    def _next(self) -> int:
        self._count += 1
        return self._count


@st.composite
def records(
    draw: DrawFn,
    vocabulary: Vocabulary,
    name: str,
    contexts: Sequence[str] = (),
    *,
    full: bool = False,
    depth: int = _DEEPEST,
) -> dict[str, Any]:
    """Draw objects of a class that are valid by its table, with all members or some; what they say may make no sense.

    Args:
        draw: Hypothesis.
        vocabulary: The table.
        name: The class.
        contexts: Addresses for ``@context``, for each pattern of the table the first one that fits.
        full: Whether every optional member is drawn.
        depth: Objects in objects.

    Raises:
        KeyError: The vocabulary has no such class.
    """
    return _Drawing(draw, vocabulary, contexts, full=full, depth=depth).record(name)


@st.composite
def credentials(
    draw: DrawFn,
    name: str = "AchievementCredential",
    *,
    issuer: str = "https://example.org/issuer",
    full: bool | None = None,
    depth: int = _DEEPEST,
) -> dict[str, Any]:
    """Draw valid credentials, with all members or some, that nobody has signed yet.

    They and those inside of them have no ``proof``, and tokens inside are unsecured: ``secured`` signs them all.

    Args:
        draw: Hypothesis.
        name: One of ``CREDENTIALS``.
        issuer: The id of whoever issues them all.
        full: Whether every optional member is drawn; left open, both happens.
        depth: Objects in objects.

    Raises:
        KeyError: There is no such credential.
    """
    vocabulary = load_vocabulary(CREDENTIALS[name])
    model = vocabulary.classes[name].data_model
    whole = draw(st.booleans()) if full is None else full
    contexts = _addresses(vocabulary, model)
    without = frozenset({"proof"})
    drawing = _Drawing(draw, vocabulary, contexts, full=whole, depth=depth, issuer=issuer, without=without)
    return coherent(drawing.record(name))


def _addresses(vocabulary: Vocabulary, model: str) -> list[str]:
    """Return the contexts of a credential in their newest states, those of extensions and of proofs included."""
    order = [state.url for state in vocabulary.current_contexts(model)]
    further = {state.document: state.url for state in all_states()}
    proofs = [further["data-integrity-v2"]] if model == "1.1" else []
    return [*order, *proofs, further["extensions"]]
