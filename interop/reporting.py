"""The report of a run: which suites work with whom, in which direction, and what does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interop.cases import CASES, OFFERS, TAMPERED
from interop.limits import LIMITS, LIST_LIMITS
from interop.lists import LIST_CASES
from interop.plans import ISSUED_CASES, REASONS, VERIFIER_CASES
from interop.suites import Form, Route, Side, Suite

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from interop.cases import Case
    from interop.journal import Journal
    from interop.limits import Limit, ListLimit
    from interop.lists import ListCase

_HEAD = """# Interoperability

Written by `tox -e interop`: what one side issues the other verifies, and neither accepts what was tampered with. The
documents are an AchievementCredential with results, rubric levels and evidence, an OpenBadgeCredential without the lists of
JSON-LD, an EndorsementCredential, and a ClrCredential whose members their own issuers signed. With data model 1.1 they are a
badge and an endorsement. A cell says how many are accepted, and which limits stop the others. A dash: the library has no
such function. A row of status lists has four indexes that are revoked, and one that is not. These are results of tests, not
certifications.
"""
_TAMPERED = "tampered with: refused"
_ALL: tuple[Limit | ListLimit, ...] = (*LIMITS, *LIST_LIMITS)
_NUMBERS = {limit: number for number, limit in enumerate(_ALL, 1)}


def render(journal: Journal) -> str:
    """Return the report in Markdown, the same for the same results."""
    plain, selective = (Route.OT, Route.TO), Suite.ECDSA_SD.routes
    parts = [
        _HEAD,
        "## Who\n",
        *_versions(journal),
        "\n## Data Integrity\n",
        *_suites((Form.EMBEDDED, Form.LEGACY), plain, journal),
        "\n## Data Integrity with selective disclosure\n",
        *_suites((Form.SELECTIVE,), selective, journal),
        "\n## JSON Web Tokens\n",
        *_suites((Form.VC_JWT, Form.VC_JWT_1, Form.VC_AND_JWT), plain, journal),
        "\n## Bitstring status lists\n",
        *_lists(journal),
        "\n## The plans of issuers, on what they issue\n",
        "Healthy credentials fail nothing that is not a limit; with one value changed they fail for their proof.\n",
        *_issued(journal),
        "\n## The plan of verifiers, on their verifiers\n",
        *_verifiers(journal),
        "\n## Limits\n",
        "What is known not to work, held against the libraries in every run: a limit that is gone fails it.\n",
        *(f"{number}. {limit.peer}: {limit.reason}." for limit, number in _NUMBERS.items()),
    ]
    return "\n".join(parts) + "\n"


def _versions(journal: Journal) -> Iterator[str]:
    yield "| peer | packages |"
    yield "|---|---|"
    for name, packages in journal.versions.items():
        yield f"| {name} | {', '.join(f'{package} {version}' for package, version in packages.items())} |"


def _suites(forms: Sequence[Form], routes: Sequence[Route], journal: Journal) -> Iterator[str]:
    titles = [route.title for route in routes]
    yield f"| suite | peer | {' | '.join(titles)} | {_TAMPERED} |"
    yield "|---" * (len(titles) + 3) + "|"
    for suite in Suite:
        for offer in OFFERS:
            cases = [case for case in CASES if (suite, offer.name) == (case.suite, case.peer)]
            if suite.form in forms and cases:
                cells = [_cell([case for case in cases if case.route is route], journal) for route in routes]
                changed = [case for case in TAMPERED if (suite, offer.name) == (case.suite, case.peer)]
                yield f"| {suite.title} | {offer.name} | {' | '.join(cells)} | {_cell(changed, journal)} |"


def _lists(journal: Journal) -> Iterator[str]:
    yield "| peer | list secured as | we make, they read | they make, we read |"
    yield "|---|---|---|---|"
    for peer, form in dict.fromkeys((case.peer, case.form) for case in LIST_CASES):
        cases = [case for case in LIST_CASES if (peer, form) == (case.peer, case.form)]
        cells = [_cell([case for case in cases if case.maker is maker], journal) for maker in Side]
        yield f"| {peer} | {form.value} | {' | '.join(cells)} |"


def _issued(journal: Journal) -> Iterator[str]:
    yield "| peer | healthy: nothing failed | known departures seen | tampered with: failed |"
    yield "|---|---|---|---|"
    for peer in dict.fromkeys(case.peer for case in ISSUED_CASES):
        mine = [case for case in ISSUED_CASES if case.peer == peer]
        healthy = [case for case in mine if case.tampering is None and case.limit is None]
        departing = [case for case in mine if case.tampering is None and case.limit is not None]
        changed = [case for case in mine if case.tampering is not None]
        cells = [
            f"{sum(case in journal.judged for case in each)} of {len(each)}" for each in (healthy, departing, changed)
        ]
        yield f"| {peer} | {' | '.join(cells)} |"


def _verifiers(journal: Journal) -> Iterator[str]:
    yield "| peer | formats | what it fails, and why |"
    yield "|---|---|---|"
    for case in VERIFIER_CASES:
        failed = journal.accused.get(case)
        reasons = [f"{name}: {REASONS[case.peer][name]}" for name in failed or ()]
        yield f"| {case.peer} | {', '.join(case.formats)} | {'; '.join(reasons) if failed is not None else '**failed**'} |"


def _cell(cases: Sequence[Case] | Sequence[ListCase], journal: Journal) -> str:
    if not cases:
        return "-"
    if any(case not in journal.seen for case in cases):
        return "**failed**"
    limits = dict.fromkeys(_NUMBERS[case.limit] for case in cases if case.limit is not None)
    fine = sum(case.limit is None for case in cases)
    numbers = "".join(f" [{number}]" for number in limits)
    return f"{fine} of {len(cases)}{numbers}"
