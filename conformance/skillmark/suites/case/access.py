"""Access control: REST Binding, 5.1 and 5.2; only for products that claim it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.core.errors import NotApplicable, Untested
from skillmark.core.target import AuthenticationMethod, Claim, Feature
from skillmark.suites.case.answers import told
from skillmark.suites.case.errors import codes, has_status_body, other_spellings
from skillmark.suites.case.suite import CASE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.engine import Observation
    from skillmark.suites.case.answers import Answer
    from skillmark.suites.case.evidence import CaseEvidence

_NO_CODE = "The model makes imsx_codeMinor optional; the binding has a code for the status."
_WRONG_TOKEN = (("Authorization", "Bearer c2tpbGxtYXJrLW5vdC1hLXRva2Vu"),)


def _need_credentials(case: CaseEvidence) -> None:
    """Return when the product claims access control, or the target was given credentials; headers may be none.

    Raises:
        NotApplicable: neither.
        Untested: it is claimed, and the target file has no credentials.
    """
    target = case.context.target
    claim = target.claim(Feature.ACCESS_CONTROL)
    has_method = target.authentication.method is not AuthenticationMethod.NONE
    if claim is Claim.NOT_CLAIMED or (claim is Claim.UNSTATED and not has_method):
        raise NotApplicable("The vendor does not claim access control.")
    if not has_method and not target.headers:
        raise Untested("Access control is claimed. Give credentials under [authentication].")


def _need_strangers(case: CaseEvidence) -> None:
    """Return when there are clients whom the product would have to refuse.

    Raises:
        NotApplicable: nothing was stated, and the product serves everybody.
        Untested: what admits a client goes with every request.
    """
    if case.context.target.authentication.method is AuthenticationMethod.NONE:
        raise Untested("The headers of the target file go with every request. Give credentials under [authentication].")
    is_public = case.ask("getAllCFDocuments", authorised=False).status == 200
    if is_public and case.context.target.claim(Feature.ACCESS_CONTROL) is Claim.UNSTATED:
        raise NotApplicable("Nothing was stated about access control, and clients without a token are served.")


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
    _need_strangers(case)
    rule = case.standard.statuses[401]
    for offer, answer in _strangers(case):
        for each in told([answer]):
            if each.status != 401:
                actual, dispute = each.said, ""
            elif not codes(each):
                actual, dispute = "401 with no code-minor", _NO_CODE if has_status_body(each) else ""
            elif not set(codes(each)) & {
                *rule.code_minor,
                *rule.code_minor_from_prose,
                *other_spellings(case.standard),
            }:
                actual, dispute = f"401 with {', '.join(codes(each))}", ""
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
