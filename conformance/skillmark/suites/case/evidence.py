"""Everything a run has found out about a provider, gathered when a check first asks for it."""

from __future__ import annotations

import functools
import random
from collections import Counter
from typing import TYPE_CHECKING, Any

from skillmark.core.errors import NotApplicable, Untested
from skillmark.core.target import Claim, Feature
from skillmark.engine import explore
from skillmark.suites.case.answers import Answer, Asker
from skillmark.suites.case.records import Census, Sighting, sightings
from skillmark_reference.standards import load_standard
from skillmark_reference.standards.structure import violations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from hypothesis.strategies import SearchStrategy

    from skillmark.core.exchanges import Exchange
    from skillmark.engine import Observation, RunContext
    from skillmark_reference.standards import Operation, Standard
    from skillmark_reference.standards.structure import Violation

_PAGE = 100
#: Bytes of a body that is asked for again and again; a larger one is asked for once more, no oftener.
LARGE = 2**22


class CaseEvidence:
    """The evidence of one run.

    Every part is gathered once. A check that needs a part which the product does not show ends as untested.
    """

    def __init__(self, context: RunContext) -> None:
        self.context = context
        self.standard: Standard = load_standard(context.plan.standard_id)
        self.version = self.standard.version
        self.depth = context.depth
        self.asker = Asker(context)
        self.ask = self.asker.ask
        self.ask_url = self.asker.ask_url
        self._reads: dict[str, tuple[Answer, ...]] = {}

    # The document list

    @functools.cached_property
    def first_list(self) -> Answer:
        """The answer to the document list without parameters."""
        return self.ask("getAllCFDocuments")

    @functools.cached_property
    def list_pages(self) -> tuple[Answer, ...]:
        """Answers that together list all documents: the plain list, and further pages while they bring any."""
        pages = [self.first_list]
        seen = set(_identifiers(self.first_list))
        fresh = set(seen)
        size = _PAGE
        while fresh and len(seen) < self.depth.documents and self._may_go_on(pages[-1], len(seen)):
            page = self._page(size, len(seen))
            if page.is_refusal and len(seen) < size:
                # A limit above the provider's maximum may be refused; pages of the size of its own will not be.
                size = len(_identifiers(self.first_list))
                page = self._page(size, len(seen))
            fresh = set(_identifiers(page)) - seen
            if fresh:
                pages.append(page)
            seen |= fresh
        return tuple(pages)

    def _page(self, limit: int, offset: int) -> Answer:
        return self.ask("getAllCFDocuments", query=(("limit", str(limit)), ("offset", str(offset))))

    def _may_go_on(self, last: Answer, seen: int) -> bool:
        total = last.exchange.header("x-total-count") or ""
        return last.payload is not None and not (total.isdecimal() and len(total) < 10 and int(total) <= seen)

    @functools.cached_property
    def documents(self) -> tuple[Sighting, ...]:
        """The listed documents, each once, in the order of the list."""
        found: dict[str, Sighting] = {}
        for page in self.list_pages:
            for sighting in sightings(self.standard, "CFDocumentSet", page):
                found.setdefault(sighting.identifier, sighting)
        return tuple(found.values())

    def need_documents(self, least: int = 1) -> tuple[Sighting, ...]:
        """Return the listed documents.

        Raises:
            Untested: the list shows fewer than ``least``.
        """
        if len(self.documents) < least:
            raise Untested(f"The document list shows {len(self.documents)} document(s); {least} are needed.")
        return self.documents

    # Packages and pools of records

    @functools.cached_property
    def document_ids(self) -> tuple[str, ...]:
        """Identifiers of the listed and of the known documents, sampled when there are many."""
        listed = [document.identifier for document in self.documents]
        known = [each for each in self.context.target.known.get("CFDocument", ()) if each not in set(listed)]
        return (*known, *self._sample("packages", listed, self.depth.packages))

    @functools.cached_property
    def packages(self) -> Mapping[str, Answer]:
        """Answers to getCFPackage by document identifier."""
        answers = self.asker.ask_many("getCFPackage", self.document_ids)
        return dict(zip(self.document_ids, answers, strict=True))

    @functools.cached_property
    def pools(self) -> Mapping[str, Mapping[str, list[Sighting]]]:
        """Records in lists and packages, by full-form class and identifier."""
        pools: dict[str, dict[str, list[Sighting]]] = {}
        for document in self.documents:
            pools.setdefault("CFDocument", {}).setdefault(document.identifier, []).append(document)
        for answer in self.packages.values():
            for sighting in sightings(self.standard, "CFPackage", answer):
                pool = pools.setdefault(self.standard.full_form(sighting.form), {})
                pool.setdefault(sighting.identifier, []).append(sighting)
        return pools

    def pool(self, record_class: str) -> Mapping[str, list[Sighting]]:
        """Return the records of a class by identifier; empty when none was seen."""
        return self.pools.get(record_class, {})

    def first_sighting(self, record_class: str, identifier: str) -> Sighting | None:
        """Return where a record was first seen."""
        return next(iter(self.pool(record_class).get(identifier, ())), None)

    def packaged(self, record_class: str) -> Iterator[Sighting]:
        """Yield the records of a full-form class as the packages hold them."""
        for found in self.pool(record_class).values():
            yield from (
                sighting
                for sighting in found
                if sighting.answer.operation is not None and sighting.answer.operation.id == "getCFPackage"
            )

    @functools.cached_property
    def linked(self) -> Mapping[str, Mapping[str, Sighting]]:
        """Identifiers that link members name, by target class, each with a record that names it."""
        found: dict[str, dict[str, Sighting]] = {}
        for pool in self.pools.values():
            for places in pool.values():
                for sighting in places:
                    for _, target, link in self.links(sighting):
                        found.setdefault(target, {}).setdefault(link["identifier"], sighting)
        return found

    def links(self, sighting: Sighting) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Yield the LinkURI members of a record: member, target class, link; malformed ones are left out."""
        for row in self.standard.classes[sighting.form].properties.values():
            if row.type != "LinkURI" or row.name not in sighting.record:
                continue
            content = sighting.record[row.name]
            for link in content if isinstance(content, list) else [content]:
                if isinstance(link, dict) and isinstance(link.get("identifier"), str):
                    yield row.name, row.target[0], link

    # Single reads

    def identifiers_for(self, operation: Operation) -> tuple[str, ...]:
        """Return the identifiers that a single-read operation is tried with, sampled when there are many."""
        record_class = operation.sourced_id_of or ""
        pooled = list(self.pool(record_class))
        known = [each for each in self.context.target.known.get(record_class, ()) if each not in set(pooled)]
        linked = [each for each in self.linked.get(record_class, ()) if each not in set(pooled)]
        extra = linked if record_class not in {"CFItem", "CFDocument", "CFPackage"} else []
        return (*known, *extra[: self.depth.reads], *self._sample(operation.id, pooled, self.depth.reads))

    def reads(self, operation_id: str) -> tuple[Answer, ...]:
        """Return the answers of a single-read operation, one for each identifier that is tried."""
        if operation_id not in self._reads:
            self._reads[operation_id] = tuple(self._read(self.standard.operations[operation_id]))
        return self._reads[operation_id]

    def _read(self, operation: Operation) -> Iterable[Answer]:
        if operation.id == "getCFPackage":
            return self.packages.values()
        return self.asker.ask_many(operation.id, self.identifiers_for(operation))

    @functools.cached_property
    def single_reads(self) -> tuple[Answer, ...]:
        """Answers of all single-read operations."""
        return tuple(
            answer
            for operation in self.standard.operations.values()
            if operation.sourced_id_of is not None
            for answer in self.reads(operation.id)
        )

    @functools.cached_property
    def gathered(self) -> tuple[Answer, ...]:
        """The plain answers of every operation: list pages, packages, single reads."""
        return (*self.list_pages, *self.single_reads)

    @functools.cached_property
    def queried_lists(self) -> tuple[Answer, ...]:
        """Answers to the document list with a parameter that changes which records it has, and none of their members."""
        queries = [("limit", "1"), ("sort", "title")]
        if self.documents:
            queries.append(("filter", f"identifier='{self.documents[-1].identifier}'"))
        found = (self.ask("getAllCFDocuments", query=(query,)) for query in queries)
        # What a query finds may be nothing, and that is disputed.
        return tuple(answer for answer in found if _identifiers(answer))

    @functools.cached_property
    def structural(self) -> tuple[tuple[Answer, tuple[Violation, ...]], ...]:
        """Every gathered 200 answer with its departures from the table; one pass over everything."""
        return tuple(
            (answer, tuple(violations(self.standard, answer.operation.payload, answer.value)))
            for answer in (*self.gathered, *self.queried_lists)
            if answer.operation is not None
            and answer.status == 200
            and answer.document is not None
            and not any(problem.fatal for problem in answer.document.problems)
        )

    @functools.cached_property
    def census(self) -> Census:
        """Which classes and members the gathered answers show."""
        census = Census(self.standard)
        for answer, _ in self.structural:
            if answer.operation is not None:
                census.add(answer.operation.payload, answer)
        return census

    # Features and drawing

    def require(self, feature: Feature, *, has_effect: Callable[[], bool]) -> None:
        """Return when the product claims a feature, or shows an effect of it while nothing was stated.

        Raises:
            NotApplicable: it does neither.
        """
        claim = self.context.target.claim(feature)
        if claim is Claim.NOT_CLAIMED:
            raise NotApplicable(f"The vendor does not claim {feature.value}.")
        if claim is Claim.UNSTATED and not has_effect():
            raise NotApplicable(f"Nothing was stated about {feature.value}, and it has no effect here.")

    def draw(
        self, name: str, cases: SearchStrategy[Any], judge: Callable[[Any], Iterable[Observation]]
    ) -> Iterator[Observation]:
        """Draw cases for one check, with the seed of that name."""
        return explore(cases, judge, depth=self.depth, seed=self.context.seed_of(name))

    def rng(self, name: str) -> random.Random:
        """Return the source of randomness of one purpose."""
        return random.Random(self.context.seed_of(name))  # noqa: S311 - sampling, no secret

    def _sample(self, name: str, identifiers: list[str], most: int) -> list[str]:
        """Return at most ``most`` identifiers: the first, the last, and others at random, in their order."""
        if len(identifiers) <= most:
            return identifiers
        chosen = {0, len(identifiers) - 1, *self.rng(name).sample(range(len(identifiers)), most - 2)}
        return [identifiers[index] for index in sorted(chosen)]

    # For the report

    @property
    def exchanges(self) -> Mapping[str, Exchange]:
        """Everything that was asked and answered, by id."""
        return self.context.client.exchanges

    def record_counts(self) -> Mapping[str, int]:
        """Return how many records of each class were seen, without asking for more."""
        pools = self.__dict__.get("pools", {})
        return dict(Counter({name: len(pool) for name, pool in pools.items()}))

    def sampling(self) -> Iterator[str]:
        """Say how records were chosen, in sentences."""
        pools = self.__dict__.get("pools")
        if pools is None:
            return
        listed, read = len(self.documents), len(self.packages)
        yield f"{read} package(s) were read for {listed} listed document(s)."
        large = sum(answer.exchange.size > LARGE for answer in self.packages.values())
        if large:
            yield f"{large} package(s) of more than {LARGE // 2**20} MiB were read twice, smaller ones again and again."
        for operation in self.standard.operations.values():
            pooled = len(self.pool(operation.sourced_id_of or ""))
            if operation.id != "getCFPackage" and pooled > self.depth.reads:
                yield (
                    f"{operation.id} was tried with {self.depth.reads} of {pooled} known identifiers: the first, the "
                    f"last, and others drawn with the seed."
                )


def _identifiers(page: Answer) -> list[str]:
    entries = (page.payload or {}).get("CFDocuments")
    if not isinstance(entries, list):
        return []
    return [
        entry["identifier"] for entry in entries if isinstance(entry, dict) and isinstance(entry.get("identifier"), str)
    ]
