"""What keeps a credential from being signed, by the rules for its kind: everything at once, before there is any key in play."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, NoReturn

from skillmark_reference.credentials.kinds import CredentialKind, kind_of
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Problem
from skillmark_reference.credentials.steps.contents import results_step
from skillmark_reference.credentials.steps.context_states import newest_contexts
from skillmark_reference.credentials.steps.inner_credentials import inner_credentials
from skillmark_reference.credentials.steps.periods import period_steps
from skillmark_reference.credentials.steps.references import compare_resources
from skillmark_reference.credentials.steps.sources import Sources
from skillmark_reference.credentials.steps.structure import structure_steps
from skillmark_reference.documents.records import Unavailable
from skillmark_reference.securing.integrity.expansion import expand
from skillmark_reference.securing.integrity.json_values import without

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skillmark_reference.documents.kinds import DocumentKind
    from skillmark_reference.securing.integrity.contexts import Contexts

#: Any time: whether a credential has begun or ended is no reason not to sign it (data model 2.0, 4.9).
_ANY_TIME = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def problems_of(credential: Mapping[str, Any], contexts: Contexts | None = None) -> list[Problem]:
    """Return everything for which a credential is not to be signed.

    These are departures from the tables of its kind, terms and types that no context defines, protected terms that are defined
    again, a period that ends before it begins, and related resources with wrong or malformed digests; nothing is fetched.

    Args:
        credential: The credential; proofs that it has are not looked at.
        contexts: Known contexts, if others than those of the standards are used.
    """
    kind = kind_of(credential)
    inner = [each.pointer for each in inner_credentials(credential, kind)]
    steps = [*structure_steps(credential, kind, inner), *period_steps(credential, kind, now=_ANY_TIME)]
    if kind in {CredentialKind.ACHIEVEMENT, CredentialKind.CLR}:
        steps.append(results_step(credential, kind))
    found = [
        problem
        for step in steps
        if step.outcome is Outcome.FAILED and step.subject not in {Subject.NOT_YET_VALID, Subject.EXPIRED}
        for problem in step.problems
    ]
    lost = expand(without(credential, "proof"), contexts=contexts or newest_contexts()).problems
    found += [Problem(pointer=each.pointer, message=each.message, clause=each.error.value) for each in lost]
    found += compare_resources(credential, Sources(_NoDocuments(), limit=0))[0]
    return list(dict.fromkeys(found))


class _NoDocuments:
    """Gives no document: an issuer refers to what it knows."""

    def get(self, url: str, kind: DocumentKind) -> NoReturn:
        raise Unavailable(f"{kind.value} {url} is not asked for before the credential is signed")
