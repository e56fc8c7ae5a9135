"""Comparing what a product says of credentials with what it should say, and remembering what stood in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from skillmark.core.errors import CannotTell, Untested
from skillmark.core.findings import Finding, Held
from skillmark.wire.asking.verifiers import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from skillmark.core.exchanges import Exchange
    from skillmark.engine import Observation
    from skillmark.wire.asking.verifiers import Answer

_UNCLEAR = "It was not accepted; whether it was refused, or the product failed, cannot be told from the answer."


class Asked(Protocol):
    """Who has the answers of a product."""

    @property
    def exchanges(self) -> Mapping[str, Exchange]:
        """Everything that was asked, by id."""

    def answer(self, credential: str | bytes) -> Answer:
        """Return what the product says of a credential; equal ones are asked about once."""


class Comparison:
    """What becomes of the credentials of one check."""

    def __init__(self, asked: Asked, requirement: str) -> None:
        self._asked = asked
        self._requirement = requirement
        self._silence = ""
        self._missing = ""

    def accepts(self, credential: str | bytes, what: str, *, dispute: str = "") -> Iterator[Observation]:
        """Yield whether a credential is accepted."""
        yield from self._compared(credential, f"{what} is accepted", Verdict.ACCEPTED, dispute=dispute)

    def refuses(
        self, credential: str | bytes, what: str, *, healthy: str | bytes, remark: str = "", dispute: str = ""
    ) -> Iterator[Observation]:
        """Yield whether a credential is refused; nothing if its healthy twin is not accepted, which is remembered."""
        twin = self._asked.answer(healthy)
        if twin.verdict is not Verdict.ACCEPTED:
            self.lacks(f"refusing means nothing where the healthy one is not accepted ({what}): {twin.says}", twin)
            return
        shown = (twin.exchange,)
        yield from self._compared(
            credential, f"{what} is refused", Verdict.REFUSED, *shown, remark=remark, dispute=dispute
        )

    def is_accepted(self, credential: str | bytes) -> bool:
        """Tell whether a credential is accepted."""
        return self._asked.answer(credential).verdict is Verdict.ACCEPTED

    def lacks(self, reason: str, answer: Answer | None = None) -> None:
        """Remember what is missing for a part of the check, or that no answer came."""
        if answer is not None and self.is_silent(answer):
            self._silence = self._silence or answer.says
        self._missing = self._missing or reason

    def end(self) -> None:
        """Say what stood in the way.

        Raises:
            CannotTell: The product did not answer.
            Untested: Something was missing.
        """
        self.end_if_silent()
        if self._missing:
            raise Untested(f"{self._missing}.")

    def end_if_silent(self) -> None:
        """Say that there was no answer, before anything that follows from it.

        Raises:
            CannotTell: The product did not answer.
        """
        if self._silence:
            raise CannotTell(f"{self._silence}.")

    def is_silent(self, answer: Answer) -> bool:
        """Tell whether no answer came."""
        return answer.verdict is Verdict.NEITHER and self._asked.exchanges[answer.exchange].trouble is not None

    def _compared(
        self,
        credential: str | bytes,
        expected: str,
        wanted: Verdict,
        *shown: str,
        remark: str = "",
        dispute: str = "",
    ) -> Iterator[Observation]:
        answer = self._asked.answer(credential)
        if answer.verdict is wanted:
            yield Held(evidence=(answer.exchange, *shown))
        elif self.is_silent(answer):
            self._silence = self._silence or answer.says
        else:
            is_unclear = answer.verdict is Verdict.NEITHER and wanted is Verdict.REFUSED
            yield Finding(
                requirement=self._requirement,
                expected=expected,
                actual=f"it was {answer.verdict.value} ({answer.says})" + (f": {remark}" if remark else ""),
                evidence=(answer.exchange, *shown),
                dispute=_UNCLEAR if is_unclear else dispute,
            )
