"""Access control: REST Binding, 5.1 and 5.2; only for products that claim it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.core.errors import NotApplicable, Untested
from skillmark.core.target import AuthenticationMethod, Claim, Feature
from skillmark.suites.case.answers import told
from skillmark.suites.case.errors import codes
from skillmark.suites.case.suite import CASE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.engine import Observation
    from skillmark.suites.case.answers import Answer
    from skillmark.suites.case.evidence import CaseEvidence

_FORBIDDEN = "The binding has 403 for a refusal despite authorisation; products also use it for strangers."
_WRONG_TOKEN = (("Authorization", "Bearer c2tpbGxtYXJrLW5vdC1hLXRva2Vu"),)


def _need_credentials(case: CaseEvidence) -> None:
    """Return when the product claims access control, or the target was given credentials.

    Raises:
        NotApplicable: neither.
        Untested: it is claimed, and the target file has no credentials.
    """
    target = case.context.target
    claim = target.claim(Feature.ACCESS_CONTROL)
    has_none = target.authentication.method is AuthenticationMethod.NONE and not target.headers
    if claim is Claim.NOT_CLAIMED or (claim is Claim.UNSTATED and has_none):
        raise NotApplicable("The vendor does not claim access control.")
    if has_none:
        raise Untested("Access control is claimed. Give credentials under [authentication].")


def _strangers(case: CaseEvidence) -> Iterator[tuple[str, Answer]]:
    """Yield what is said to a client without a token and to one with a wrong one, to a list and to a single read."""
    asked: list[tuple[str, str | None]] = [("getAllCFDocuments", None)]
    asked += [("getCFPackage", document.identifier) for document in case.documents[:1]]
    for operation, identifier in asked:
        yield "no token", case.ask(operation, identifier, authorised=False, fresh=True)
        yield "a wrong token", case.ask(operation, identifier, authorised=False, headers=_WRONG_TOKEN, fresh=True)


@CASE.check("CASE-R-087")
def strangers_are_refused(case: CaseEvidence) -> Iterator[Observation]:
    """A request without a token, or with a wrong one, is refused with 401 and its code."""
    _need_credentials(case)
    rule = case.standard.statuses[401]
    for offer, answer in _strangers(case):
        for each in told([answer]):
            if each.status not in {401, 403}:
                actual, dispute = each.said, ""
            elif each.status == 403:
                actual, dispute = "status 403", _FORBIDDEN
            elif not set(codes(each)) & {*rule.code_minor, *rule.code_minor_from_prose}:
                actual, dispute = f"401 with {', '.join(codes(each)) or 'no code-minor'}", ""
            else:
                yield each.held()
                continue
            yield each.finding(
                "CASE-R-087",
                expected=f"401 with {rule.code_minor[0]} for {offer}",
                actual=actual,
                dispute=dispute,
            )


@CASE.check("CASE-R-169")
def client_credentials_admit(case: CaseEvidence) -> Iterator[Observation]:
    """A token obtained with OAuth 2.0 client credentials admits its client."""
    _need_credentials(case)
    if case.context.target.authentication.method is not AuthenticationMethod.CLIENT_CREDENTIALS:
        yield case.first_list.finding(
            "CASE-R-169",
            expected="access by OAuth 2.0 client credentials",
            actual=f"the target is configured with {case.context.target.authentication.method.value}",
        )
        return
    for answer in told([case.first_list]):
        if answer.status == 200:
            yield answer.held()
        else:
            yield answer.finding("CASE-R-169", expected="200 with the token of the token endpoint")
