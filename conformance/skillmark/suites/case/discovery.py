"""Service discovery: REST Binding 2.5; 1.1 only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from skillmark.core.errors import Untested
from skillmark.suites.case.answers import told
from skillmark.suites.case.suite import CASE
from skillmark.wire.addresses import origin_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.core.findings import Finding
    from skillmark.engine import Observation
    from skillmark.suites.case.answers import Answer
    from skillmark.suites.case.evidence import CaseEvidence

_ALIASES = ({"localhost", "127.0.0.1", "::1"},)
_AUTHORISED = "Whether the discovery document needs authorisation is an open question."


def _asked(case: CaseEvidence) -> Answer:
    """Return the answer at the address of the discovery document.

    Raises:
        CannotTell: trouble on the way hides it.
    """
    answer = case.ask_url(f"{case.asker.base}{case.standard.discovery_path}")
    list(told([answer]))
    return answer


def _document(case: CaseEvidence) -> tuple[Answer, dict[str, Any]]:
    """Return the answer and the document.

    Raises:
        Untested: there is none to look at.
    """
    answer = _asked(case)
    if answer.payload is None:
        raise Untested("There is no discovery document to look at.")
    return answer, answer.payload


@CASE.check("CASE11-R-022")
def the_discovery_document_is_in_its_place(case: CaseEvidence) -> Iterator[Observation]:
    """The discovery document is JSON at the address that the binding names."""
    answer = _asked(case)
    if answer.payload is not None:
        yield answer.held()
    else:
        yield answer.finding(
            "CASE11-R-022",
            expected=f"200 and a JSON object at {case.standard.base_path}{case.standard.discovery_path}",
            dispute=_AUTHORISED if answer.status in {401, 403} else "",
        )


@CASE.check("CASE11-R-021")
def the_discovery_document_describes_the_service(case: CaseEvidence) -> Iterator[Observation]:
    """A localized OpenAPI 3 document names every operation with its path and operationId."""
    answer = _asked(case)
    if answer.payload is None:
        yield answer.finding(
            "CASE11-R-021",
            expected="an OpenAPI 3 document",
            cause="no document",
            dispute=_AUTHORISED if answer.status in {401, 403} else "",
        )
        return
    stated = answer.payload.get("openapi")
    if not isinstance(stated, str) or not stated.startswith("3"):
        yield answer.finding(
            "CASE11-R-021",
            expected="openapi 3.x",
            actual=f"openapi {stated!r:.40}, swagger {answer.payload.get('swagger')!r:.40}",
            pointer="/openapi",
            cause="openapi version",
        )
    else:
        yield answer.held()
    paths = answer.payload.get("paths")
    yield from _operation_findings(case, answer, paths if isinstance(paths, dict) else {})


def _operation_findings(case: CaseEvidence, answer: Answer, paths: dict[str, Any]) -> Iterator[Finding]:
    described = {path: entry.get("get") for path, entry in paths.items() if isinstance(entry, dict)}
    for operation in case.standard.operations.values():
        # Optional operations are in the document when they are supported.
        if operation.certification.get("provider") == "optional" and not _is_offered(case, operation.id):
            continue
        found = next((entry for path, entry in described.items() if _is_path(path, operation.path)), None)
        stated = found.get("operationId") if isinstance(found, dict) else None
        if stated != operation.id:
            yield answer.finding(
                "CASE11-R-021",
                expected=f"GET {operation.path} with the operationId {operation.id}",
                actual="no such path" if found is None else f"operationId {stated!r:.60}",
                pointer="/paths",
                cause="path missing" if found is None else "operationId",
            )


def _is_path(path: str, template: str) -> bool:
    """Whether a path of the document is an operation's, with or without the base path, whatever its parameter is called."""
    wanted, given = template.strip("/").split("/"), path.strip("/").split("/")[-len(template.strip("/").split("/")) :]
    return len(wanted) == len(given) and all(
        mine == theirs or (mine.startswith("{") and theirs.startswith("{"))
        for mine, theirs in zip(wanted, given, strict=True)
    )


def _is_offered(case: CaseEvidence, operation_id: str) -> bool:
    return any(answer.status == 200 for answer in case.reads(operation_id))


@CASE.check("CASE11-R-023")
def the_discovery_document_names_this_provider(case: CaseEvidence) -> Iterator[Observation]:
    """The server in the localized document is this provider, with the base path of the version."""
    answer, document = _document(case)
    servers = document.get("servers")
    addresses = (
        [_address(answer, server) for server in servers if isinstance(server, dict)]
        if isinstance(servers, list)
        else []
    )
    if any(_is_here(case, address) for address in addresses):
        yield answer.held()
        return
    yield answer.finding(
        "CASE11-R-023",
        expected=f"a server of {case.asker.base}",
        actual=", ".join(addresses)[:200] or "no server",
        pointer="/servers",
        cause="servers",
        dispute=_elsewhere(case, addresses),
    )


def _address(answer: Answer, server: dict[str, Any]) -> str:
    """Return the address of a server with the defaults of its variables filled in (OpenAPI 3, 4.8.5)."""
    address = str(server.get("url", ""))
    variables = server.get("variables")
    for name, variable in variables.items() if isinstance(variables, dict) else ():
        if isinstance(variable, dict):
            address = address.replace("{" + str(name) + "}", str(variable.get("default", "")))
    try:
        return urljoin(answer.exchange.url, address)
    except ValueError:
        return address


def _is_here(case: CaseEvidence, address: str) -> bool:
    mine, theirs = origin_of(case.asker.base), origin_of(address)
    if mine is None or theirs is None:
        return False
    same_host = mine[1] == theirs[1] or any({mine[1], theirs[1]} <= names for names in _ALIASES)
    return same_host and urlsplit(address).path.rstrip("/") == urlsplit(case.asker.base).path


def _elsewhere(case: CaseEvidence, addresses: list[str]) -> str:
    """Say why another host may be right: the endpoint is reached under a name that is not its public one."""
    mine = origin_of(case.asker.base)
    right_path = [a for a in addresses if urlsplit(a).path.rstrip("/").endswith(case.standard.base_path)]
    foreign = [a for a in right_path if "imsglobal.org" not in a and "1edtech.org" not in a]
    if mine and foreign and mine[1] in {name for names in _ALIASES for name in names}:
        return "The endpoint is reached on this machine; the document may name its public host."
    return ""
