"""Refusals: REST Binding 2.4 and 7, Information Model 7.1.37 to 7.1.39 and 7.4, table B1."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from skillmark.core.errors import Untested
from skillmark.core.target import AuthenticationMethod
from skillmark.strategies.identifiers import malformed, unknown_uuids
from skillmark.suites.case.answers import Answer, told
from skillmark.suites.case.operations import named
from skillmark.suites.case.suite import CASE
from skillmark_reference.standards.structure import Kind, violations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.core.findings import Finding
    from skillmark.engine import Observation
    from skillmark.suites.case.evidence import CaseEvidence
    from skillmark_reference.standards import Standard
    from skillmark_reference.standards.structure import Violation

_LISTED = frozenset({400, 401, 403, 404, 429, 500})
_CRASHES = frozenset({500, 502, 504})
_D01 = "The prose demands invalid_filter_field, the enumeration lacks it (D-01)."
_B14 = "Table B1.4 has the code unsupported for 405, the enumeration lacks it."
_NO_CODE = "The model makes imsx_codeMinor optional; the binding lists a code for the status."
_MALFORMED = "Products differ on 400 or 404 for a malformed identifier."
_STATEMENTS = re.compile(r"unknown\s*object|invalid\s*uuid", re.IGNORECASE)


def codes(answer: Answer) -> tuple[str, ...]:
    """Return the code-minor values of a status body; empty where it is malformed."""
    body = answer.value if isinstance(answer.value, dict) else {}
    minor = body.get("imsx_codeMinor")
    fields = minor.get("imsx_codeMinorField") if isinstance(minor, dict) else None
    values = [
        field.get("imsx_codeMinorFieldValue")
        for field in (fields if isinstance(fields, list) else ())
        if isinstance(field, dict)
    ]
    return tuple(value for value in values if isinstance(value, str))


def has_status_body(answer: Answer) -> bool:
    """Whether the body is an imsx_StatusInfo, right or wrong in its details."""
    return isinstance(answer.value, dict) and "imsx_codeMajor" in answer.value


def _single_reads(case: CaseEvidence) -> list[str]:
    """Return the single-read operations, without one that the provider seems not to offer."""
    offered = any(named(answer) for answer in case.reads("getCFRubric"))
    return [
        operation.id
        for operation in case.standard.operations.values()
        if operation.sourced_id_of and (operation.id != "getCFRubric" or offered)
    ]


def _known(case: CaseEvidence) -> frozenset[str]:
    return frozenset(identifier for pool in case.pools.values() for identifier in pool)


@CASE.check("CASE-R-062")
def unknown_objects_are_reported(case: CaseEvidence) -> Iterator[Observation]:
    """A well-formed identifier that no record has is answered with 404 and the code unknownobject."""

    def judge(drawn: tuple[str, str]) -> Iterator[Observation]:
        operation_id, identifier = drawn
        for answer in told([case.ask(operation_id, identifier)]):
            right = answer.status == 404 and "unknownobject" in codes(answer)
            if right:
                yield answer.held()
                continue
            yield answer.finding(
                "CASE-R-062",
                expected="404 with the code-minor unknownobject",
                actual=_refusal(answer),
                cause=f"unknown identifier: {_refusal_kind(answer)}",
            )

    operations = _single_reads(case)
    known = _known(case)
    yield from case.draw("unknown_objects", st.tuples(st.sampled_from(operations), unknown_uuids(known)), judge)
    # Every operation once, whatever was drawn.
    rng = case.rng("unknown_objects")
    for operation_id in operations:
        yield from judge((operation_id, _uuid4(rng)))
    yield from itertools.chain.from_iterable(map(judge, _of_other_classes(case, operations)))


def _of_other_classes(case: CaseEvidence, operations: list[str]) -> Iterator[tuple[str, str]]:
    """Yield operations, each with the identifier of a record that is none of the class it delivers."""
    for operation_id in operations:
        record_class = case.standard.operations[operation_id].sourced_id_of or ""
        others = ("CFItem", "CFAssociation") if record_class == "CFDocument" else ("CFDocument",)
        found = (each for other in others for each in case.pool(other) if each not in case.pool(record_class))
        yield from ((operation_id, identifier) for identifier in itertools.islice(found, 1))


def _uuid4(rng: Any) -> str:  # noqa: ANN401 - random.Random
    import uuid  # noqa: PLC0415

    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def _refusal(answer: Answer) -> str:
    found = ", ".join(codes(answer)) or ("no code-minor" if has_status_body(answer) else "no imsx_StatusInfo")
    return answer.said if answer.payload is not None else f"status {answer.status} with {found}"


def _refusal_kind(answer: Answer) -> str:
    return f"status {answer.status}, {'code' if codes(answer) else 'no code'}"


@CASE.check("CASE-R-063")
def malformed_identifiers_are_reported(case: CaseEvidence) -> Iterator[Observation]:
    """A sourcedId that is not a UUID is answered with 404 and the invalid-UUID code of the version."""
    token = _invalid_uuid(case.standard)

    def judge(drawn: tuple[str, Any]) -> Iterator[Observation]:
        operation_id, wrong = drawn
        for answer in told([case.ask(operation_id, wrong.text)]):
            if answer.status == 404 and token in codes(answer):
                yield answer.held()
            else:
                yield answer.finding(
                    "CASE-R-063",
                    expected=f"404 with the code-minor {token}",
                    actual=f"{_refusal(answer)} for an identifier with {wrong.category}",
                    cause=f"{wrong.category}: {_refusal_kind(answer)}",
                    dispute=_MALFORMED,
                )

    yield from case.draw("malformed_identifiers", st.tuples(st.sampled_from(_single_reads(case)), malformed()), judge)


def _invalid_uuid(standard: Standard) -> str:
    return next(code for code in standard.statuses[404].code_minor if code != "unknownobject")


def provoked(case: CaseEvidence) -> list[Answer]:
    """Provoke the refusals that the standard describes, and return them with those of the plain reads.

    They are the same whichever checks ran before, so that a finding can be replayed by itself.
    """
    tried = [*_provocations(case), *(answer for answer in case.gathered if answer.status != 200)]
    return [answer for answer in tried if answer.exchange.trouble is None and not _is_success(answer)]


def _provocations(case: CaseEvidence) -> Iterator[Answer]:
    rng = case.rng("provoked")
    for operation_id in _single_reads(case):
        yield case.ask(operation_id, _uuid4(rng))
        yield case.ask(operation_id, "not-a-uuid")
    for query in (
        ("fields", ""),
        ("filter", "noSuchMember='x'"),
        ("filter", "title"),
        ("sort", "noSuchMember"),
        ("limit", "0"),
    ):
        yield case.ask("getAllCFDocuments", query=(query,))
    yield case.ask_url(f"{case.asker.base}/{_uuid4(rng)}")
    if case.context.target.authentication.method is not AuthenticationMethod.NONE:
        yield case.ask("getAllCFDocuments", authorised=False)
    yield from written(case)


def written(case: CaseEvidence) -> list[Answer]:
    """Return what is said to the methods that would change data, at identifiers that no record has."""
    rng = case.rng("written")
    return [case.ask("getCFItem", _uuid4(rng), method=method) for method in ("POST", "PUT", "DELETE")]


def _is_success(answer: Answer) -> bool:
    return answer.status is not None and answer.status < 400


@CASE.check("CASE-R-080")
def refusals_carry_a_status_body(case: CaseEvidence) -> Iterator[Observation]:
    """Every unsuccessful response carries an imsx_StatusInfo body."""
    for answer in provoked(case):
        if has_status_body(answer):
            yield answer.held()
        else:
            yield answer.finding(
                "CASE-R-080",
                expected="an imsx_StatusInfo body",
                actual=f"status {answer.status} with {_body_kind(answer)}",
                cause=f"{answer.exchange.method}: status {answer.status} without a status body",
            )


def _body_kind(answer: Answer) -> str:
    if not answer.exchange.size:
        return "no body"
    if isinstance(answer.value, dict):
        return f"an object of {', '.join(list(answer.value)[:4]) or 'no members'}"
    return f"a body of {answer.exchange.header('content-type') or 'no stated type'}"


def _status_violations(case: CaseEvidence) -> Iterator[tuple[Answer, list[Violation]]]:
    for answer in provoked(case):
        if has_status_body(answer) or isinstance(answer.value, dict):
            yield answer, violations(case.standard, "imsx_StatusInfo", answer.value)


def _declare_status_class(requirement: str, name: str) -> None:
    def check(case: CaseEvidence) -> Iterator[Observation]:
        for answer, found in _status_violations(case):
            mine = [violation for violation in found if violation.record_class == name]
            for violation in mine:
                yield _structural(case, answer, violation, requirement)
            if not mine and _has_object(answer, name):
                yield answer.held()

    CASE.add(
        f"errors.{name}",
        (requirement,),
        check,
        title=f"Every {name} has the members, datatypes, multiplicities and enumerations of the model.",
    )


def _has_object(answer: Answer, name: str) -> bool:
    return name == "imsx_StatusInfo" or "imsx_codeMinor" in answer.value


def _structural(case: CaseEvidence, answer: Answer, violation: Violation, requirement: str) -> Finding:
    dispute = ""
    if violation.kind is Kind.TOKEN and violation.type == "imsx_CodeMinorValueEnum":
        value = violation.actual.strip('"')
        if value in case.standard.enums[violation.type].demanded_elsewhere:
            dispute = _D01
        elif answer.status == 405 and value == "unsupported":
            dispute = _B14
    return answer.finding(
        requirement,
        expected=violation.expected,
        actual=violation.actual,
        pointer=violation.pointer,
        cause=violation.cause,
        dispute=dispute,
    )


for _entry in CASE.catalogue.requirements.values():
    if _entry.model_class and _entry.model_class.startswith("imsx_"):
        _declare_status_class(_entry.id, _entry.model_class)


@CASE.check("CASE10-R-003", "CASE11-R-010")
def codes_have_the_spelling_of_the_version(case: CaseEvidence) -> Iterator[Observation]:
    """The code-minor tokens of 401 and of a malformed identifier have the spelling of the version."""
    spellings = case.standard.enums["imsx_CodeMinorValueEnum"].other_version
    requirement = "CASE10-R-003" if case.version == "1.0" else "CASE11-R-010"
    for answer in provoked(case):
        for code in codes(answer):
            if code in spellings:
                yield answer.held()
            right = next((mine for mine, other in spellings.items() if other == code), None)
            if right:
                yield answer.finding(
                    requirement,
                    expected=f"{right}, as CASE {case.version} spells it",
                    actual=f"{code}, the spelling of the other version",
                    pointer="/imsx_codeMinor/imsx_codeMinorField/0/imsx_codeMinorFieldValue",
                    cause=code,
                )


@CASE.check("CASE-R-082")
def listed_statuses_are_failures(case: CaseEvidence) -> Iterator[Observation]:
    """With 400, 401, 403, 404, 429 and 500, codeMajor is failure and severity is error."""
    yield from _majors(case, "CASE-R-082", lambda answer: answer.status in _LISTED, ("failure",))


@CASE.check("CASE-R-085")
def other_statuses_are_failures_too(case: CaseEvidence) -> Iterator[Observation]:
    """A status that the binding does not list is sent with an imsx_StatusInfo of failure and error."""
    for answer in written(case):
        if answer.exchange.trouble is None and _is_success(answer):
            yield answer.finding(
                "CASE-R-085",
                expected=f"{answer.exchange.method} refused, since every operation is a GET",
                cause=f"{answer.exchange.method} accepted",
            )
    for answer in provoked(case):
        if answer.status not in _LISTED and not has_status_body(answer):
            yield answer.finding(
                "CASE-R-085",
                expected="an imsx_StatusInfo body with failure and error",
                actual=f"status {answer.status} with {_body_kind(answer)}",
                cause=f"status {answer.status}",
            )
    yield from _majors(case, "CASE-R-085", lambda answer: answer.status not in _LISTED, ("failure", "unsupported"))
    if all(answer.status in _LISTED for answer in provoked(case)):
        # Everything that was provoked is answered with a listed status: nothing else is left to be wrong.
        yield from (answer.held() for answer in provoked(case)[:1])


def _majors(case: CaseEvidence, requirement: str, concerns: Any, majors: tuple[str, ...]) -> Iterator[Observation]:  # noqa: ANN401
    for answer in provoked(case):
        if not concerns(answer) or not has_status_body(answer):
            continue
        major, severity = answer.value.get("imsx_codeMajor"), answer.value.get("imsx_severity")
        if major in majors and severity == "error":
            yield answer.held()
        else:
            yield answer.finding(
                requirement,
                expected=f"imsx_codeMajor {' or '.join(majors)} and imsx_severity error",
                actual=f"{major} and {severity} with status {answer.status}",
                cause=f"status {answer.status}: {major}/{severity}",
            )


@CASE.check("CASE-R-083")
def majors_and_severities_fit(case: CaseEvidence) -> Iterator[Observation]:
    """Only the combinations of codeMajor and severity that table B1.1 permits occur."""
    for answer in provoked(case):
        if not has_status_body(answer):
            continue
        major, severity = answer.value.get("imsx_codeMajor"), answer.value.get("imsx_severity")
        permitted = case.standard.severity_matrix.get(major) if isinstance(major, str) else None
        if permitted is not None and severity in permitted:
            yield answer.held()
        elif permitted is not None:
            yield answer.finding(
                "CASE-R-083",
                expected=f"with {major} one of {', '.join(permitted)}",
                actual=f"{severity}",
                pointer="/imsx_severity",
                cause=f"{major}/{severity}",
            )


@CASE.check("CASE-R-084")
def codes_fit_the_status(case: CaseEvidence) -> Iterator[Observation]:
    """The code-minor value fits the HTTP status."""
    for answer in provoked(case):
        rule = case.standard.statuses.get(answer.status or 0)
        if rule is None or not has_status_body(answer):
            continue
        permitted = {*rule.code_minor, *rule.code_minor_from_prose, *other_spellings(case.standard)}
        found = codes(answer)
        # The one code that table B1.4 has for 405 is not in the enumeration, so none is as right.
        is_open = not set(rule.code_minor) & set(case.standard.enums["imsx_CodeMinorValueEnum"].values)
        if not found and is_open:
            yield answer.held()
        elif not found:
            yield answer.finding(
                "CASE-R-084",
                expected=f"a code-minor of {', '.join(rule.code_minor)}",
                actual="none",
                cause=f"status {answer.status}: no code",
                dispute=_NO_CODE,
            )
        elif strangers := [code for code in found if code not in permitted]:
            yield answer.finding(
                "CASE-R-084",
                expected=f"with status {answer.status} one of {', '.join(rule.code_minor)}",
                actual=", ".join(strangers),
                cause=f"status {answer.status}: {strangers[0]}",
                dispute=_B14 if is_open else _MALFORMED if _is_about_malformed(case, answer) else "",
            )
        else:
            yield answer.held()


def other_spellings(standard: Standard) -> set[str]:
    """Return the other version's tokens, which have a requirement of their own."""
    return set(standard.enums["imsx_CodeMinorValueEnum"].other_version.values())


def _is_about_malformed(case: CaseEvidence, answer: Answer) -> bool:
    pattern = (case.standard.datatypes["UUID"].pattern or "").strip("^$")
    return answer.sourced_id is not None and not re.fullmatch(pattern, answer.sourced_id)


@CASE.check("CASE-R-064")
def not_found_is_said_in_words(case: CaseEvidence) -> Iterator[Observation]:
    """A 404 also presents the statement Unknown Object or Invalid UUID."""
    for answer in provoked(case):
        if answer.status != 404 or answer.sourced_id is None:
            continue
        body = answer.value if isinstance(answer.value, dict) else {}
        if _STATEMENTS.search(f"{body.get('imsx_description', '')} {answer.exchange.reason}"):
            yield answer.held()
        else:
            yield answer.finding(
                "CASE-R-064",
                expected="the statement Unknown Object or Invalid UUID",
                actual=f"{body.get('imsx_description', 'no description')!r}",
                pointer="/imsx_description",
                cause="statement missing",
            )


@CASE.check("CASE-R-090")
def code_fields_are_named(case: CaseEvidence) -> Iterator[Observation]:
    """The member imsx_codeMinorFieldName is not empty."""
    for answer in provoked(case):
        for field in _fields(answer):
            if field.get("imsx_codeMinorFieldName"):
                yield answer.held()
            else:
                yield answer.finding(
                    "CASE-R-090",
                    expected="the name of the system or of the parameter",
                    actual=f"{field.get('imsx_codeMinorFieldName')!r}",
                    pointer="/imsx_codeMinor/imsx_codeMinorField/0/imsx_codeMinorFieldName",
                    cause="name empty",
                )


def _fields(answer: Answer) -> list[dict[str, Any]]:
    body = answer.value if isinstance(answer.value, dict) else {}
    minor = body.get("imsx_codeMinor")
    fields = minor.get("imsx_codeMinorField") if isinstance(minor, dict) else None
    return [field for field in fields if isinstance(field, dict)] if isinstance(fields, list) else []


_ODD_QUERIES = st.sampled_from(
    (
        "filter=title%3D%27",
        "filter=%27",
        "filter=title",
        "filter=%25%27%20OR%201%3D1%20--",
        "filter=title~%27%25%5F%27",
        "filter=" + "x" * 3000,
        "sort=%00",
        "sort=title%3Bdrop",
        "fields=%2C%2C%2C",
        "fields=__class__",
        "limit=99999999999999999999",
        "offset=99999999999999999999",
        "limit=1&limit=2",
        "offset=-1",
        "limit=%F0%9F%98%80",
        "orderBy=sideways",
        "filter=%FF%FE",
        "=",
    )
)


@CASE.check("CASE-R-089")
def nothing_crashes_the_provider(case: CaseEvidence) -> Iterator[Observation]:
    """No request is answered with 500: odd filters, huge offsets and malformed identifiers have better codes."""

    def judge(drawn: tuple[str, str]) -> Iterator[Observation]:
        kind, text = drawn
        operation = "getAllCFDocuments" if kind == "query" else "getCFItem"
        answer = case.ask(operation, raw_query=text) if kind == "query" else case.ask(operation, text)
        yield from _not_crashed(answer)

    odd = st.one_of(
        st.tuples(st.just("query"), _ODD_QUERIES),
        st.tuples(st.just("identifier"), malformed().map(lambda wrong: wrong.text)),
    )
    yield from case.draw("nothing_crashes", odd, judge)
    for answer in provoked(case):
        yield from _not_crashed(answer)
    if not case.gathered:
        raise Untested("Nothing was answered.")


def _not_crashed(answer: Answer) -> Iterator[Observation]:
    if answer.status in _CRASHES:
        yield answer.finding(
            "CASE-R-089", expected="a status below 500", actual=f"status {answer.status}", cause=f"{answer.status}"
        )
    elif not answer.is_undecidable:
        yield answer.held()
