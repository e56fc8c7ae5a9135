"""What is found out about a product that displays credentials: its answers, and what a person says that it shows."""

from __future__ import annotations

import collections
import hashlib
from typing import TYPE_CHECKING

from skillmark.core.errors import Misconfigured
from skillmark.core.exchanges import TroubleKind
from skillmark.suites.diagnoses import out_of_reach
from skillmark.suites.displayers.badges import Badge, State, form_of_tokens
from skillmark.suites.verifiers.publishing import Publisher
from skillmark.wire.asking.answers import content_of
from skillmark.wire.asking.verifiers import Verdict, asking
from skillmark.wire.kits.answers import SERVED, Display, Statement
from skillmark.wire.kits.kits import Checklist, KitReader, KitWriter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from skillmark.core.exchanges import Exchange
    from skillmark.engine import RunContext
    from skillmark.suites.displayers.duties import Duties
    from skillmark.wire.asking.verifiers import Answer
    from skillmark.wire.kits.answers import Reply

_OUT_OF_REACH = frozenset({TroubleKind.UNREACHABLE, TroubleKind.TLS})
_ADVICE = {
    401: "Name credentials under [authentication], or [http.headers].",
    403: "Check the credentials under [authentication], or [http.headers].",
    404: "Check url under [target], and path under [verifier].",
    405: "Check method under [verifier].",
    415: "Check content_type under [verifier].",
}


class Evidence:
    """What a run knows of a displayer.

    Raises:
        Misconfigured: The settings do not lead to a product.
        TargetUnreachable: Nothing answers.
    """

    def __init__(self, context: RunContext, duties: Duties) -> None:
        self.context = context
        self.duties = duties
        self.settings = context.target.verifier
        self.published = Publisher(context.target.peer, resources=context.resources, shelf=context.shelf)
        self._asking = asking(context.target, context.client, context.clock)
        self._answers: dict[str | bytes, Answer] = {}
        self._made: dict[Badge, str | bytes] = {}
        self._displays: dict[str, Display] = {}
        self._counts: collections.Counter[str] = collections.Counter()
        self._refuse_nonsense()

    @property
    def exchanges(self) -> Mapping[str, Exchange]:
        """Everything that was asked, by id."""
        return self._asking.exchanges

    @property
    def token_form(self) -> str:
        """The format in which tokens are asked about; empty if the product claims none."""
        return form_of_tokens(self.settings.formats)

    def made(self, badge: Badge) -> str | bytes:
        """Return a credential as the product is given it."""
        if badge not in self._made:
            self._made[badge] = badge.made(self.published)
        return self._made[badge]

    def answer(self, credential: str | bytes) -> Answer:
        """Return what the product says of a credential; equal ones are asked about once."""
        if credential not in self._answers:
            self._answers[credential] = self._asking.ask(credential)
        return self._answers[credential]

    def about(self, badge: Badge) -> Answer:
        """Return what the product says of a credential."""
        if (made := self.made(badge)) not in self._answers:
            self._counts[badge.kind.claim] += 1
        return self.answer(made)

    def is_silent(self, answer: Answer) -> bool:
        """Tell whether no answer came."""
        return answer.verdict is Verdict.NEITHER and self.exchanges[answer.exchange].trouble is not None

    # What the product fetches

    @property
    def may_reach(self) -> bool:
        """Whether the product can fetch what this run serves: it did, or the settings say how."""
        if isinstance(self._asking, KitReader):
            return self._asking.statement(SERVED) is True
        peer = self.context.target.peer
        return self.published.requests > 0 or bool(peer.public_url or peer.certificate or peer.authority)

    @property
    def unreached(self) -> str:
        """What to do where the product has asked for nothing."""
        if self.is_by_hand:
            return (
                f"The person does not say that the product could fetch documents from {self.published.base}: serve them with "
                "`skillmark kit --serve`, look at the files again, and tick it."
            )
        return (
            f"The product has asked for nothing that this run serves at {self.published.base}: state public_url under [peer] "
            "if it reaches this machine by another address, and let it trust the file that authority under [peer] names."
        )

    # What a person sees

    @property
    def is_by_hand(self) -> bool:
        """Whether a person is asked, who sees what is shown."""
        return isinstance(self._asking, KitReader | KitWriter)

    def display(self, credential: str | bytes, display: Display) -> Reply | None:
        """Ask a person what is shown of a credential; nothing if no person is asked, or has not answered."""
        self._displays[hashlib.sha256(content_of(credential)).hexdigest()] = display
        return self._asking.reply(credential) if isinstance(self._asking, KitReader) else None

    def statement(self, requirement: str) -> bool | None:
        """Return what a person states of the product; nothing if none is asked, or has not answered."""
        return self._asking.statement(requirement) if isinstance(self._asking, KitReader) else None

    def checklist(self) -> Checklist:
        """Return what a kit asks beside whether each credential is accepted."""
        entries = self.context.plan.catalogue.requirements
        statements = (Statement(requirement=each, says=entries[each].says) for each in self.duties.statements)
        return Checklist(displays=dict(self._displays), statements=tuple(statements))

    # Reports

    def sampling(self) -> Iterator[str]:
        """Say what was asked about."""
        containers = ", also in PNG and SVG" if self.settings.images else ""
        tokens = f" and {self.token_form}" if self.token_form else ""
        yield f"Asked about in embedded proofs{tokens}, of data models 2.0 and 1.1{containers}."
        if self.published.requests:
            yield f"It asked {self.published.requests:,} times for documents that this run served."
        elif not self.may_reach:
            yield self.unreached

    def record_counts(self) -> Mapping[str, int]:
        """Return of how many credentials of each kind the product was asked."""
        return dict(self._counts)

    def _refuse_nonsense(self) -> None:
        """Ask the first question, and see whether anybody is there who understands it."""
        answer = self.about(Badge(kind=self.duties.kind, state=State.VALID))
        exchange = self.exchanges[answer.exchange]
        if exchange.trouble is not None and exchange.trouble.kind in _OUT_OF_REACH:
            raise out_of_reach(exchange)
        if answer.verdict is Verdict.NEITHER and exchange.status in _ADVICE:
            raise Misconfigured(f"{exchange.url} answers {exchange.status}. {_ADVICE[exchange.status]}")
