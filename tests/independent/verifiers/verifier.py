"""A verifier of Open Badges 3.0 and CLR 2.0 that was written from the documents alone.

It shares nothing with the verifier of the reference but the texts of the contexts. Every step is a method, so that a broken
verifier is one that does a step in another way.
"""

from __future__ import annotations

import base64
import contextlib
import datetime
import itertools
import json
from typing import TYPE_CHECKING, Any

from . import proofs, tokens
from .contents import Contents, read_object
from .documents import Documents, Missing
from .finding_keys import listed
from .proofs import Proofs
from .statements import Refused
from .statuses import BITSTRING, OF_1EDTECH, Statuses
from .switches import Switches
from .tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .documents import Fetched
    from .statements import Further

Record = dict[str, Any]

_REFRESH = "1EdTechCredentialRefresh"
_DEEPEST = 12


class Keeping(Documents):
    """Keeps what it fetched, for as long as a verifier lives."""

    def __init__(self, fetch: Callable[[str], Fetched], *, lists: bool) -> None:
        super().__init__(fetch)
        self._lists = lists
        self._kept: dict[str, str] = {}

    def text(self, url: str) -> str:
        if not self._lists and "/lists/" in url:
            return super().text(url)
        if url not in self._kept:
            self._kept[url] = super().text(url)
        return self._kept[url]


class Verifier(Contents, Statuses, Tokens, Proofs):
    """Says whether a credential is valid.

    Args:
        fetch: Returns the document at an address.
        switches: What is left to the verifier.
    """

    def __init__(self, fetch: Callable[[str], Fetched], switches: Switches | None = None) -> None:
        self.switches = switches or Switches()
        keeps = self.switches.keeps
        self.documents = Documents(fetch) if keeps == "never" else Keeping(fetch, lists=keeps == "always")
        self.now = datetime.datetime.now(datetime.UTC)
        self.algorithms = {name: tokens.ALGORITHMS[name] for name in self.switches.algorithms}
        self.suites = {name: proofs.SUITES[name] for name in self.switches.suites}
        self.purposes = frozenset(self.switches.purposes)
        self.schema_types = frozenset(self.switches.schemas)

    def problem(self, text: str) -> str:
        """Return why a credential is not valid; nothing if it is."""
        self.now = datetime.datetime.now(datetime.UTC)
        try:
            self.verify(text)
        except Refused as refused:
            return str(refused) or "it is not valid"
        return ""

    def verify(self, text: str, *, depth: int = 0) -> Record:
        """Verify a credential and return what counts of it.

        Raises:
            Refused: It is not valid.
        """
        if depth > _DEEPEST:
            raise Refused("it goes too deep")
        if self.switches.eager:
            self.fetch_all(text)
        if self.switches.proof_last and "refreshService" not in self.content_of(text):
            self.check_state(self.content_of(text), depth=depth)
        credential = self.verified(text)
        if depth == 0:
            credential = self.newest(credential)
        self.check_state(credential, depth=depth)
        return credential

    def verified(self, text: str) -> Record:
        """Take the first two steps: what it says, and whether its issuer said so."""
        credential = self.content_of(text)
        if self.is_old(credential) and not self.switches.old_model:
            raise Refused("data model 1.1 is not read")
        self.check_contents(credential)
        if self.is_document(text):
            self.check_proofs(credential)
        else:
            self.check_token(self.read_token(text.strip()))
        self.check_schemas(credential)
        self.check_resources(credential)
        return credential

    def check_state(self, credential: Record, *, depth: int) -> None:
        """Take the steps after the refresh: lists, dates, endorsements, what is in a record."""
        self.check_statuses(credential)
        is_endorsement = depth > 0 and "EndorsementCredential" in listed(credential.get("type"))
        if self.switches.endorsement_dates or not is_endorsement:
            self.check_period(credential)
        self.check_endorsements(credential, depth=depth)
        self.check_record(credential, depth=depth)

    def is_document(self, text: str) -> bool:
        """Tell whether it is JSON; otherwise it is a token."""
        return text.lstrip().startswith("{")

    def content_of(self, text: str) -> Record:
        """Return the credential, whoever signed it."""
        if self.is_document(text):
            return read_object(text)
        return self.credential_in(self.read_token(text.strip()).payload)

    # Newer copies

    def newest(self, credential: Record) -> Record:
        """Return the newer copy, or the credential itself where there is none that is good."""
        for service in listed(credential.get("refreshService")):
            if isinstance(service, dict) and _REFRESH in listed(service.get("type")):
                with contextlib.suppress(Refused):
                    return self.newer(str(service.get("id")), credential)
        return credential

    def newer(self, url: str, credential: Record) -> Record:
        """Return a newer copy.

        Raises:
            Refused: There is none, or it is not good.
        """
        found = self.verified(self.documents.text(url).strip())
        if self.switches.same_copy and any(
            one(found) != one(credential) for one in (self.issuer_of, lambda each: each.get("id"))
        ):
            raise Refused("the newer copy is of another credential")
        return found

    # What is inside

    def check_endorsements(self, credential: Record, *, depth: int) -> None:
        """Verify every endorsement."""
        for each in self.endorsements(credential):
            found = self.inner(each, depth=depth)
            if "EndorsementCredential" not in listed(found.get("type")):
                raise Refused("what is in the place of an endorsement is none")

    def check_record(self, credential: Record, *, depth: int) -> None:
        """Verify everything in a record."""
        for each in self.members(credential):
            self.inner(each, depth=depth)

    def inner(self, value: object, *, depth: int) -> Record:
        """Verify something inside."""
        if not isinstance(value, dict | str):
            raise Refused("something inside is no credential")
        return self.verify(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), depth=depth + 1)

    # Choices

    def fetch_all(self, text: str) -> None:
        """Fetch everything that a credential names, before it is looked at."""
        with contextlib.suppress(Refused):
            credential = self.content_of(text)
            for name in ("credentialStatus", "credentialSchema", "refreshService"):
                for each in listed(credential.get(name)):
                    with contextlib.suppress(Refused):
                        self.documents.text(str(each.get("statusListCredential", each.get("id"))))

    def document(self, url: str) -> Record:
        if url.startswith("did:") and url.split(":")[1] not in self.switches.methods:
            raise Refused("the method of the DID is not known")
        return super().document(url)

    def check_times(self, method: Record) -> None:
        if self.switches.key_times:
            super().check_times(method)

    def check_proofs(self, credential: Record) -> None:
        if not self.switches.any_proof:
            super().check_proofs(credential)
            return
        found = listed(credential.get("proof"))
        if not any(self._is_good(credential, each, found) for each in found):
            raise Refused("no proof is good")

    def _is_good(self, credential: Record, proof: Record, found: list[Record]) -> bool:
        try:
            if any(not self._is_linked(credential, each, found) for each in self.previous(proof, found)):
                return False
            return self.check_proof(credential, proof, found).controller == self.issuer_of(credential)
        except Refused:
            return False

    def _is_linked(self, credential: Record, proof: Record, found: list[Record]) -> bool:
        try:
            self.check_proof(credential, proof, found)
        except Refused:
            return False
        return True

    def check_members(self, proof: Record) -> None:
        if not self.switches.proof_expires:
            proof = {name: value for name, value in proof.items() if name != "expires"}
        super().check_members(proof)
        if not self.switches.created_to_come and "created" in proof and not self.is_past(proof["created"]):
            raise Refused("the proof was made in the future")

    def check_suite(self, proof: Record, key: Any) -> None:  # noqa: ANN401 - a key
        super().check_suite(proof, key)
        if key.name.startswith("P-") and key.name not in self.switches.curves:
            raise Refused("the curve is not known")

    def check_header(self, header: Record) -> None:
        if self.switches.free_header:
            header = {name: value for name, value in header.items() if name in {"alg", "kid", "jwk"}}
        super().check_header(header)

    def check_sub(self, payload: Record, credential: Record) -> None:
        super().check_sub(payload, credential)
        if self.switches.wants_sub and not payload.get("sub"):
            raise Refused("there is no sub")

    def octets(self, part: str) -> bytes:
        if not self.switches.loose_bits:
            return super().octets(part)
        try:
            return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        except ValueError as problem:
            raise Refused("a part is no base64url") from problem

    def check_nbf(self, payload: Record, begin: object) -> None:
        self.now += datetime.timedelta(seconds=self.switches.leeway)
        super().check_nbf(payload, begin)
        self.now -= datetime.timedelta(seconds=self.switches.leeway)

    def further(self, document: Record) -> Further:
        return super().further(document) if self.switches.fetches_contexts else ()

    def check_resources(self, credential: Record) -> None:
        if self.switches.resources:
            super().check_resources(credential)

    def check_schema(self, credential: Record, url: str) -> None:
        try:
            super().check_schema(credential, url)
        except Missing:
            if self.switches.missing_schema:
                raise

    def check_statuses(self, credential: Record) -> None:
        known = {*self.switches.statuses}
        kinds = [{*listed(each.get("type"))} for each in self.entries(credential)]
        if self.switches.unknown_status and any(not each & known for each in kinds):
            raise Refused("a type of status is not known")
        super().check_statuses(credential)

    def entries(self, credential: Record) -> Iterator[Record]:
        unknown = {BITSTRING, OF_1EDTECH} - {*self.switches.statuses}
        found = super().entries(credential)
        for each in itertools.islice(found, 1) if self.switches.first_status else found:
            kinds = {*listed(each.get("type"))}
            yield each if not kinds & unknown else {**each, "type": "Unknown"}

    def check_place(self, entry: Record, credential: Record) -> None:
        try:
            super().check_place(entry, credential)
        except Missing:
            if self.switches.missing_list:
                raise

    def check_list_issuer(self, found: Record, credential: Record) -> None:
        if not self.switches.foreign_lists:
            super().check_list_issuer(found, credential)

    def verified_list(self, text: str) -> Record:
        found = self.verified(text.strip())
        self.check_period(found)
        return found
