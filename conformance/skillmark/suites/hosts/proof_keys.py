"""Proof keys for codes: Open Badges API Security, Authorization Request, PKCE; RFC 7636."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from skillmark.core.errors import CannotTell, Untested
from skillmark.core.findings import Finding, Held
from skillmark.engine.drawing import explore
from skillmark.suites.hosts.answers import finding, held, is_granted, refused, told
from skillmark.suites.hosts.clients import UNRESERVED, challenge_of
from skillmark.suites.hosts.evidence import sent_with
from skillmark.suites.hosts.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from skillmark.core.exchanges import Reply
    from skillmark.engine import Observation
    from skillmark.suites.hosts.clients import AuthorizationRequest
    from skillmark.suites.hosts.evidence import Evidence

_SHORTEST, _LONGEST = 43, 128
_HOLE = "a token is given: this is a security hole"
_CLIENTS_DUTY = "The clause binds clients to S256; that a host has to refuse plain is not said."


def _redeemed(evidence: Evidence, request: AuthorizationRequest, verifier: str | None) -> Reply:
    """Return the answer to a code of its own that comes with another verifier, or with none."""
    form = request.token_form(evidence.code(request))
    del form["code_verifier"]
    if verifier is not None:
        evidence.context.client.learn(verifier)
        form["code_verifier"] = verifier
    return evidence.token_request(form, authorization=request.client.basic)


#: What comes in the place of a verifier.
_WRONG: tuple[tuple[str, Callable[[AuthorizationRequest], str | None]], ...] = (
    ("the verifier of another challenge", lambda request: challenge_of(request.state)),
    ("no verifier", lambda _: None),
    ("an empty verifier", lambda _: ""),
    ("the challenge as the verifier", lambda request: challenge_of(request.verifier)),
    ("a verifier that lacks its last character", lambda request: request.verifier[:-1]),
    ("a verifier in the other case", lambda request: request.verifier.swapcase()),
)


@RULES.rule("OB30-R-194", "OB30-R-211")
def wrong_verifiers_are_refused(evidence: Evidence) -> Iterator[Observation]:
    """A code is not redeemed without its verifier, or with another one."""
    evidence.session()
    for what, make in evidence.cases(_WRONG):
        request = evidence.authorization_request()
        reply = _redeemed(evidence, request, make(request))
        yield from refused(evidence, reply, what=f"a code with {what}", accepted="OB30-R-194", worded="OB30-R-211")


@RULES.rule("OB30-R-194")
def any_verifier_counts(evidence: Evidence) -> Iterator[Observation]:
    """Any verifier of 43 to 128 unreserved characters redeems its code, and one with a character changed does not."""
    evidence.session()
    if not evidence.logins.is_scripted:
        raise Untested("A person would have to allow it once for each verifier that is tried.")
    verifiers = st.one_of(
        st.text(UNRESERVED, min_size=_SHORTEST, max_size=_LONGEST),
        st.sampled_from([UNRESERVED[0] * _SHORTEST, "~" * _LONGEST, "-._~" * 16]),
    )

    def judge(verifier: str) -> Iterator[Observation]:
        request = evidence.authorization_request(verifier=verifier)
        right = told(_redeemed(evidence, request, verifier))
        if is_granted(evidence, right):
            yield held(right)
        else:
            yield finding("OB30-R-194", right, expected="a code is redeemed by its verifier", cause="right verifier")
        changed = ("b" if verifier[0] != "b" else "c") + verifier[1:]
        wrong = told(_redeemed(evidence, evidence.authorization_request(verifier=verifier), changed))
        if is_granted(evidence, wrong):
            expected = "a code is not redeemed by a verifier with another first character"
            yield finding("OB30-R-194", wrong, expected=expected, actual=_HOLE, cause="wrong verifier")
        else:
            yield held(wrong)

    yield from explore(
        verifiers, judge, depth=evidence.context.depth, seed=evidence.context.seed_of("hosts.any_verifier")
    )


@RULES.rule("OB30-R-194")
def a_challenge_is_needed(evidence: Evidence) -> Iterator[Observation]:
    """A request without a challenge leads to no token.

    Raises:
        CannotTell: no answer came.
        Untested: a person would have to decide.
    """
    evidence.session()
    if not evidence.logins.is_scripted:
        raise Untested("A person would have to allow a request without a challenge.")
    request = evidence.authorization_request()
    ended = evidence.authorize(request, changes={"code_challenge": None, "code_challenge_method": None})
    code = sent_with(ended.address).get("code")
    if ended.is_hidden:
        raise CannotTell(f"A request without code_challenge: {ended.problem}.")
    if code is None:
        yield from _nothing_given(ended.evidence)
        return
    form = request.token_form(code)
    for verifier, what in ((None, "without a verifier"), (request.verifier, "with any verifier")):
        form.pop("code_verifier", None)
        if verifier is not None:
            form["code_verifier"] = verifier
        reply = told(evidence.token_request(form, authorization=request.client.basic))
        if is_granted(evidence, reply):
            expected = "no token for a request without code_challenge"
            actual = f"its code is redeemed {what}: PKCE is not used"
            yield finding("OB30-R-194", reply, expected=expected, actual=actual, further=ended.evidence[-1:])
            return
        yield held(reply)


def _nothing_given(shown: tuple[str, ...]) -> Iterator[Observation]:
    yield Held(evidence=shown[-1:])


@RULES.rule("OB30-R-194")
def plain_is_not_used(evidence: Evidence) -> Iterator[Observation]:
    """A challenge that is the verifier itself is not accepted."""
    evidence.session()
    if not evidence.logins.is_scripted:
        raise Untested("A person would have to allow a request with a plain challenge.")
    request = evidence.authorization_request()
    changes = {"code_challenge": request.verifier, "code_challenge_method": "plain"}
    ended = evidence.authorize(request, changes=changes)
    if ended.is_hidden:
        raise CannotTell(f"A request with code_challenge_method=plain: {ended.problem}.")
    code = sent_with(ended.address).get("code")
    if code is None:
        yield from _nothing_given(ended.evidence)
        return
    reply = told(evidence.token_request(request.token_form(code), authorization=request.client.basic))
    if is_granted(evidence, reply):
        yield Finding(
            requirement="OB30-R-194",
            expected="code_challenge_method S256 only",
            actual="plain is accepted, and its code is redeemed",
            evidence=(*ended.evidence[-1:], reply.exchange.id),
            dispute=_CLIENTS_DUTY,
        )
    else:
        yield held(reply)
