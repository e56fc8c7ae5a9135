"""Issuing and deriving as the options say: from drafts, signed files and images to a credential that was verified once."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import secrets
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skillmark.cli import credentials
from skillmark.cli.signing import SELECTIVE, TOKEN
from skillmark.core.errors import Misconfigured
from skillmark_reference.credentials import issuing
from skillmark_reference.credentials.baking import UnusableImage, bake, unbake
from skillmark_reference.credentials.issuance.completing import complete, recipient_members
from skillmark_reference.credentials.issuance.deriving import WHOLE, derive, withheld
from skillmark_reference.credentials.issuing import IssuingRefused
from skillmark_reference.credentials.results import Outcome, Problem, Verdict
from skillmark_reference.credentials.steps.context_states import context_urls, newest_contexts
from skillmark_reference.credentials.steps.recipients import identity_hash
from skillmark_reference.credentials.steps.sources import DocumentUnavailable, Sources
from skillmark_reference.credentials.verifying import verify
from skillmark_reference.documents import DocumentKind, Documents, Policy, SystemClock
from skillmark_reference.securing import strict_json
from skillmark_reference.securing.credential_claims import MalformedCredential
from skillmark_reference.securing.integrity.contexts import Contexts, UnreadableContext
from skillmark_reference.securing.integrity.json_values import as_list, json_problems
from skillmark_reference.securing.integrity.problems import ProblemKind, ProofGenerationRefused
from skillmark_reference.securing.integrity.selective import Disclosure
from skillmark_reference.securing.strict_json import MalformedJson

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Mapping, Sequence

    from skillmark.cli.access import Access
    from skillmark.cli.signing import Form
    from skillmark_reference.credentials.issuing import Signer
    from skillmark_reference.credentials.results import Step

_PNG = b"\x89PNG"
_SALT_BYTES = 16
#: Contexts outside of the tables that are read for one credential.
_MOST_CONTEXTS = 20
_BADGE = ("VerifiableCredential", "AchievementCredential")
_CLR = ("VerifiableCredential", "ClrCredential")
_ASSOCIATION = ("associationType", "sourceId", "targetId")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A credential, or what is shown of one, and what the user should know of it."""

    #: JSON, or a compact JWS.
    credential: dict[str, Any] | str
    #: What was filled in, or is withheld.
    told: tuple[Problem, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The credential as it is stored."""
        return self.credential if isinstance(self.credential, str) else json.dumps(self.credential, ensure_ascii=False)


# Reading


def read_object(source: str, what: str) -> dict[str, Any]:
    """Return the JSON object in a file or on standard input.

    Raises:
        Misconfigured: There is none.
    """
    return _object(_content(source, what), source, what)


def read_signed(source: str, what: str) -> dict[str, Any]:
    """Return a credential with its proof, from JSON or a baked image.

    Raises:
        Misconfigured: There is none.
    """
    content = _content(source, what)
    if content.startswith(_PNG) or content.lstrip().startswith(b"<"):
        try:
            content = unbake(content).text.encode()
        except UnusableImage as error:
            raise Misconfigured(f"{source}: {error}. Name an image with a credential, or a JSON file.") from error
    return _object(content, source, what)


def _content(source: str, what: str) -> bytes:
    if source != credentials.STANDARD_INPUT and not Path(source).is_file():
        raise Misconfigured(f"There is no file {source}. Name {what}, or - for standard input.")
    content = credentials.read(source)
    if len(content) > credentials.LIMIT:
        raise Misconfigured(f"{source} has more bytes than the limit, which is {credentials.LIMIT:,}. Name {what}.")
    return content.removeprefix(b"\xef\xbb\xbf")


def _object(content: bytes, source: str, what: str) -> dict[str, Any]:
    try:
        return strict_json.parse_object(content)
    except MalformedJson as error:
        raise Misconfigured(f"{source}: {error}. Expected is {what}.") from error


# Drafts


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the options say about the credential: one of the first three, and what is added to it."""

    file: str | None
    achievement: str | None
    members: tuple[str, ...]
    associations: tuple[str, ...]
    partial: bool
    name: str | None
    valid_until: str | None
    recipient: str | None
    #: Whether an e-mail address stays readable.
    plain: bool


def drafted(wanted: Wanted) -> dict[str, Any]:
    """Return the draft that the options describe.

    Raises:
        Misconfigured: A file cannot be used, or options contradict what is in it.
        IssuingRefused: A member of a record is not signed.
    """
    if wanted.members:
        draft = _record(wanted)
    elif wanted.achievement is not None:
        achievement = read_object(wanted.achievement, "an Achievement as JSON")
        draft = {"type": list(_BADGE), "credentialSubject": {"achievement": achievement}}
    else:
        draft = read_object(str(wanted.file), "a credential without proof as JSON")
    stated = {"name": wanted.name, "validUntil": wanted.valid_until}
    draft |= {name: value for name, value in stated.items() if value is not None}
    return draft if wanted.recipient is None else _with_recipient(draft, wanted.recipient, plain=wanted.plain)


def _record(wanted: Wanted) -> dict[str, Any]:
    members = [read_signed(file, "a signed credential as JSON or a baked image") for file in wanted.members]
    problems = [
        Problem(
            pointer=f"/credentialSubject/verifiableCredential/{index}",
            message=f"{file} is not signed; members of a record are signed by their own issuers",
        )
        for index, (file, member) in enumerate(zip(wanted.members, members, strict=True))
        if "proof" not in member
    ]
    if problems:
        raise IssuingRefused(problems)
    linked = [_association(each) for each in wanted.associations]
    subject = {"verifiableCredential": members, **({"association": linked} if linked else {})}
    return {"type": list(_CLR), **({"partial": True} if wanted.partial else {}), "credentialSubject": subject}


def _association(text: str) -> dict[str, str]:
    words = text.split()
    if len(words) != len(_ASSOCIATION):
        raise Misconfigured(
            f"--associate: {text!r} are {len(words)} words. Expected are three in quotes: the type, the id of the source, the "
            f"id of the target, such as 'isPartOf https://school.example/a https://school.example/b'."
        )
    return {"type": "Association", **dict(zip(_ASSOCIATION, words, strict=True))}


def _with_recipient(draft: dict[str, Any], recipient: str, *, plain: bool) -> dict[str, Any]:
    """Return a draft that says whose credential it is; an e-mail address is hashed as in the members of a record, or anew.

    Raises:
        Misconfigured: The draft says it already, or the recipient is neither an e-mail address nor an identifier.
    """
    subject = draft.get("credentialSubject", {})
    if not isinstance(subject, dict) or {"id", "identifier"} & subject.keys():
        raise Misconfigured("--recipient: the credential names its recipient already. Leave one of the two out.")
    known = [] if plain else list(_identities(subject, recipient))
    try:
        members = recipient_members(recipient, salt=None if plain else secrets.token_hex(_SALT_BYTES))
    except ValueError as error:
        raise Misconfigured(f"--recipient: {error}.") from error
    return {**draft, "credentialSubject": {**members, **({"identifier": known} if known else {}), **subject}}


def _identities(subject: Mapping[str, Any], recipient: str) -> Iterator[dict[str, Any]]:
    """Yield how the members of a record name the recipient: equal hashes show a verifier that they are about one learner."""
    found: list[dict[str, Any]] = []
    for member in as_list(subject.get("verifiableCredential")):
        about = member.get("credentialSubject") if isinstance(member, dict) else None
        for each in as_list(about.get("identifier")) if isinstance(about, dict) else ():
            salt = each.get("salt") if isinstance(each, dict) else None
            is_recipient = isinstance(salt, str) and each.get("identityHash") == identity_hash(recipient, salt)
            if is_recipient and each not in found:
                found.append(each)
                yield each


# Signing


def issue(draft: Mapping[str, Any], signer: Signer, form: Form, access: Access) -> Made:
    """Return the credential of a draft, signed, and verified once as its readers will.

    Raises:
        IssuingRefused: The draft is not as the standard wants it, or holds what does not verify.
        Misconfigured: A pointer of what is mandatory leads nowhere.
    """
    _refuse_unsound({"": draft, "/issuer": signer.profile})
    now = access.now.replace(microsecond=0)
    completed = complete(draft, profile=signer.profile, now=now, identifier=f"urn:uuid:{uuid.uuid4()}")
    credential = completed.credential
    known = _Known(credential, access)
    with _refusals("--mandatory", known):
        signed = _signed(credential, signer, form, now=now, contexts=known.contexts)
    shown = derive(signed, [WHOLE], contexts=known.contexts) if isinstance(signed, dict) and _is_base(form) else signed
    remarks = _examined(shown, known, now, quiet=_is_base(form))
    if _is_base(form):
        remarks.append("the proof is for the holder; `skillmark derive` makes of it what a verifier reads")
    return Made(credential=signed, told=completed.filled, remarks=(*known.remarks, *remarks))


def present(credential: Mapping[str, Any], pointers: Sequence[str], access: Access) -> Made:
    """Return what a holder shows of a credential, verified once.

    Raises:
        IssuingRefused: The credential has no base proof, or does not verify.
        Misconfigured: A pointer leads nowhere.
    """
    _refuse_unsound({"": credential})
    known = _Known(credential, access)
    with _refusals("--reveal", known):
        shown = derive(credential, pointers, contexts=known.contexts)
    remarks = _examined(shown, known, access.now)
    hidden = tuple(Problem(pointer=each, message="is withheld") for each in withheld(credential, shown))
    return Made(credential=shown, told=hidden, remarks=(*known.remarks, *remarks))


def baked(image: Path, made: Made) -> bytes:
    """Return an image with the credential in it.

    Raises:
        Misconfigured: The image cannot hold it.
    """
    try:
        return bake(image.read_bytes(), made.text)
    except UnusableImage as error:
        raise Misconfigured(f"--image: {image}: {error}. Name a PNG or SVG without a credential in it.") from error


def _refuse_unsound(parts: Mapping[str, Any]) -> None:
    """Refuse what is no JSON that every program reads alike, and what is nested too deeply for most, by its pointer."""
    problems = [
        Problem(pointer=f"{place}{each.pointer}", message=each.message)
        for place, part in parts.items()
        for each in json_problems(part)
    ]
    if problems:
        raise IssuingRefused(problems)


def _is_base(form: Form) -> bool:
    return form.suite == SELECTIVE


def _signed(
    credential: dict[str, Any], signer: Signer, form: Form, *, now: datetime.datetime, contexts: Contexts
) -> dict[str, Any] | str:
    if form.suite == TOKEN:
        return issuing.as_vc_jwt(credential, signer, algorithm=form.algorithm, contexts=contexts)
    disclosure = None
    if _is_base(form):
        disclosure = Disclosure.fresh(tuple(dict.fromkeys((*issuing.mandatory_pointers(credential), *form.mandatory))))
    return issuing.with_proof(
        credential, signer, created=now, cryptosuite=form.suite, contexts=contexts, disclosure=disclosure
    )


@contextlib.contextmanager
def _refusals(option: str, known: _Known) -> Iterator[None]:
    """Tell a refusal to sign as what it is: a wrong option, or all problems of the credential.

    Raises:
        IssuingRefused: The credential is refused.
        Misconfigured: A pointer of the option leads nowhere.
    """
    try:
        yield
    except ProofGenerationRefused as refused:
        wrong = "; ".join(each.message for each in refused.problems if each.kind is ProblemKind.UNKNOWN_POINTER)
        if wrong:
            example = "Expected is a JSON pointer such as /credentialSubject/result."
            raise Misconfigured(f"{option}: {wrong}. {example}") from refused
        found = [Problem(pointer=each.pointer, message=each.message) for each in refused.problems]
        raise IssuingRefused([*found, *known.missing]) from refused
    except IssuingRefused as refused:
        raise IssuingRefused([*refused.problems, *known.missing]) from refused
    except MalformedCredential as error:
        raise IssuingRefused([Problem(pointer="", message=str(error)), *known.missing]) from error


class _Known:
    """The contexts under which a credential is read: those of the tables, those that were given, those that were fetched."""

    def __init__(self, credential: Mapping[str, Any], access: Access) -> None:
        self.remarks = [
            f"the file for {url} is the state {state}, which is not the newest; the newest is used"
            for url, state in access.contexts.outdated().items()
        ]
        #: Why contexts that are named stay unknown.
        self.missing: list[Problem] = []
        self.documents = dict(access.contexts.documents)
        own = access.contexts.newest()
        sources = Sources(access.documents, limit=_MOST_CONTEXTS)
        for url in sorted(context_urls(credential) - set(newest_contexts())):
            try:
                content = sources.read(url, DocumentKind.CONTEXT)
                Contexts({url: content})
            except (DocumentUnavailable, UnreadableContext) as error:
                self.missing.append(Problem(pointer="/@context", message=f"{error} (--context-dir gives it)"))
            else:
                own[url] = content
        self.documents |= own
        self.contexts = newest_contexts().with_documents(own) if own else newest_contexts()


def _examined(made: dict[str, Any] | str, known: _Known, now: datetime.datetime, *, quiet: bool = False) -> list[str]:
    """Verify what was made, offline, and return what is worth knowing.

    Raises:
        IssuingRefused: It is invalid.
    """
    documents = Documents(clock=SystemClock(), policy=Policy(offline=True), given=known.documents)
    found = verify(made if isinstance(made, str) else json.dumps(made), documents=documents, now=now)
    wrong = [each for each in found.with_outcome(Outcome.FAILED) if each.verdict is Verdict.INVALID]
    if wrong:
        raise IssuingRefused(dict.fromkeys(problem for step in wrong for problem in step.problems))
    told = (
        [] if quiet else [_remark(step, each) for step in found.with_outcome(Outcome.WARNED) for each in step.problems]
    )
    unknown = ", ".join(step.subject.value for step in found.with_outcome(Outcome.CANNOT_TELL))
    return [*told, f"not checked, since nothing is fetched for it: {unknown}"] if unknown else told


def _remark(step: Step, problem: Problem) -> str:
    return f"{step.requirement} {problem}"
