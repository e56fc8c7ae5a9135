"""Broken keeping: what was sent comes back as something else, or as somebody else's."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import unicodedata
from typing import Any, TypeAlias

from .deviations import deviates
from .host import Host, Standard
from .keeping import Entry, User, types_of
from .wire import Asked, Refused, Reply, of_json

Json: TypeAlias = Any
_KEEPING = (248, 236, 242, 155)


class Rewriting(Host):
    """A host that changes what it keeps."""

    def kept(self, text: str, value: dict[str, Any]) -> str:
        return json.dumps(self.changed(value), ensure_ascii=False)

    def changed(self, value: Json) -> Json:
        """Return a value as it is kept, member by member."""
        if isinstance(value, dict):
            return {name: self.changed(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.changed(each) for each in value]
        return self.leaf(value)

    def leaf(self, value: Json) -> Json:
        return value


@deviates(*_KEEPING)
class NormalizesUnicode(Rewriting):
    """Normalizes texts to NFC."""

    def leaf(self, value: Json) -> Json:
        return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


@deviates(*_KEEPING)
class FormatsDates(Rewriting):
    """Writes all moments with milliseconds."""

    def leaf(self, value: Json) -> Json:
        return re.sub(r"(T\d\d:\d\d:\d\d)(?:\.\d+)?Z$", r"\1.000Z", value) if isinstance(value, str) else value


@deviates(*_KEEPING)
class TrimsTexts(Rewriting):
    """Trims texts."""

    def leaf(self, value: Json) -> Json:
        return value.strip() if isinstance(value, str) else value


@deviates(*_KEEPING)
class EscapesMarkup(Rewriting):
    """Escapes what looks like HTML."""

    def leaf(self, value: Json) -> Json:
        return value.replace("&", "&amp;").replace("<", "&lt;") if isinstance(value, str) else value


@deviates(*_KEEPING)
class CutsLongTexts(Rewriting):
    """Keeps 255 characters."""

    def leaf(self, value: Json) -> Json:
        return value[:255] if isinstance(value, str) else value


@deviates(*_KEEPING)
class NumbersAsText(Rewriting):
    """Keeps numbers as text."""

    def leaf(self, value: Json) -> Json:
        return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


@deviates(*_KEEPING)
class RoundsNumbers(Rewriting):
    """Keeps numbers with two decimals."""

    def leaf(self, value: Json) -> Json:
        return round(value, 2) if isinstance(value, float) else value


@deviates(*_KEEPING)
class DropsEmptyMembers(Rewriting):
    """Drops empty texts, arrays and nulls."""

    def changed(self, value: Json) -> Json:
        found = super().changed(value)
        return (
            {name: inner for name, inner in found.items() if inner not in ("", [], None, {})}
            if isinstance(found, dict)
            else found
        )


@deviates(*_KEEPING, warns=True)
class UnwrapsArrays(Rewriting):
    """Writes arrays of one value as the value."""

    def changed(self, value: Json) -> Json:
        found = super().changed(value)
        return found[0] if isinstance(found, list) and len(found) == 1 else found


@deviates(*_KEEPING)
class SortsArrays(Rewriting):
    """Sorts arrays of texts, but for contexts and types."""

    def kept(self, text: str, value: dict[str, Any]) -> str:
        return json.dumps(self.changed(value) | {"@context": value.get("@context")}, ensure_ascii=False)

    def changed(self, value: Json) -> Json:
        found = super().changed(value)
        return sorted(found) if isinstance(found, list) and all(isinstance(each, str) for each in found) else found


_KNOWN = {
    "@context", "id", "type", "name", "description", "issuer", "validFrom", "validUntil", "proof", "credentialSubject",
    "achievement", "criteria", "narrative", "image", "awardedDate", "credentialStatus", "credentialSchema", "evidence",
    "caption", "url", "email", "tag", "alignment", "result", "resultDescription", "identifier", "proofValue",
    "cryptosuite", "created", "proofPurpose", "verificationMethod", "achievementType", "creator", "identityHash",
    "identityType", "hashed", "salt", "verifiableCredential",
}  # fmt: skip


@deviates(*_KEEPING)
class DropsUnknownMembers(Rewriting):
    """Keeps the members that it has columns for."""

    def kept(self, text: str, value: dict[str, Any]) -> str:
        return json.dumps({name: inner for name, inner in value.items() if name in _KNOWN}, ensure_ascii=False)


@deviates(*_KEEPING)
class DropsExtensionsOfTheSubject(Rewriting):
    """Keeps the members of subject and achievement that it has columns for."""

    def changed(self, value: Json) -> Json:
        found = super().changed(value)
        return {name: inner for name, inner in found.items() if name in _KNOWN} if isinstance(found, dict) else found


@deviates(*_KEEPING)
class StripsProofs(Rewriting):
    """Checks proofs at the door, and keeps none."""

    def kept(self, text: str, value: dict[str, Any]) -> str:
        return json.dumps({name: inner for name, inner in value.items() if name != "proof"})


@deviates(*_KEEPING)
class KeepsTheFirstContext(Rewriting):
    """Writes the contexts that it knows instead of those of the credential."""

    def kept(self, text: str, value: dict[str, Any]) -> str:
        contexts = value.get("@context")
        return json.dumps(value | {"@context": contexts[:2] if isinstance(contexts, list) else contexts})


@deviates(*_KEEPING)
class AddsItsOwnMembers(Rewriting):
    """Adds when it received the credential."""

    def kept(self, text: str, value: dict[str, Any]) -> str:
        return json.dumps(value | {"receivedAt": "2026-01-01T00:00:00Z"})


@deviates(*_KEEPING, also=(152,))
class GivesItsOwnIds(Rewriting):
    """Gives each credential an id of its own."""

    def kept(self, text: str, value: dict[str, Any]) -> str:
        number = hashlib.sha256(str(value.get("id")).encode()).hexdigest()[:12]
        return json.dumps(value | {"id": f"https://wallet.example.net/credentials/{number}"})


@deviates(*_KEEPING)
class IssuersByAddress(Rewriting):
    """Keeps the id of the issuer alone."""

    def kept(self, text: str, value: dict[str, Any]) -> str:
        issuer = value.get("issuer")
        return json.dumps(value | {"issuer": issuer["id"] if isinstance(issuer, dict) else issuer})


class RewritingTokens(Host):
    """A host that changes tokens."""

    def read_token(self, asked: Asked, standard: Standard) -> Entry:
        entry = super().read_token(asked, standard)
        entry.text = self.token(entry.text)
        return entry

    def token(self, text: str) -> str:
        """Return a token as it is kept."""
        return text


@deviates(*_KEEPING)
class EncodesTokensAnew(RewritingTokens):
    """Decodes tokens, and encodes them again."""

    def token(self, text: str) -> str:
        head, body, signature = text.split(".")
        value = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        again = base64.urlsafe_b64encode(json.dumps(value, sort_keys=True).encode()).decode().rstrip("=")
        return f"{head}.{again}.{signature}"


@deviates(*_KEEPING, also=(25,))
class TokensInStandardBase64(RewritingTokens):
    """Keeps the parts of tokens as bytes, and writes them in base64 with padding."""

    def token(self, text: str) -> str:
        parts = (base64.urlsafe_b64decode(each + "=" * (-len(each) % 4)) for each in text.split("."))
        return ".".join(base64.b64encode(each).decode() for each in parts)


@deviates(*_KEEPING, also=(25,))
class LosesSignatures(RewritingTokens):
    """Keeps a token without its signature."""

    def token(self, text: str) -> str:
        return text.rpartition(".")[0] + "."


@deviates(*_KEEPING, 163, also=(25, 139, 152, 156))
class TokensTooLong(RewritingTokens):
    """Keeps 2048 characters of a token."""

    def token(self, text: str) -> str:
        return text[:2048]


@deviates(248, 155, 236, also=(152, 154, 165, 166, 167, 243))
class ForgetsTokens(Host):
    """Takes tokens, and lists none."""

    def listing(self, page: list[Entry]) -> str:
        return super().listing([each for each in page if not each.is_token])


@deviates(155, 157, also=(163, 162))
class EchoesTokensAsJson(Host):
    """Answers with the token in quotes."""

    def echoed(self, asked: Asked, entry: Entry, status: int) -> Reply:
        return of_json(entry.text, status) if entry.is_token else super().echoed(asked, entry, status)


@deviates(155)
class EchoesNothing(Host):
    """Answers without a body."""

    def echoed(self, asked: Asked, entry: Entry, status: int) -> Reply:
        return Reply(status=status)


@deviates(155)
class EchoesAnEnvelope(Host):
    """Answers with the credential in an envelope."""

    def echoed(self, asked: Asked, entry: Entry, status: int) -> Reply:
        return of_json({"status": "stored", "credential": entry.value}, status)


@deviates(155)
class EchoesTheOldOne(Host):
    """Answers a replacement with what was there before."""

    def replace(self, entries: list[Entry], place: int, entry: Entry) -> None:
        self.before = entries[place]
        super().replace(entries, place, entry)

    def echoed(self, asked: Asked, entry: Entry, status: int) -> Reply:
        return super().echoed(
            asked, self.before if status == 200 and entry.is_token == self.before.is_token else entry, status
        )


@deviates(155)
class AlwaysCreated(Host):
    """Answers 201 whatever happened."""

    def echoed(self, asked: Asked, entry: Entry, status: int) -> Reply:
        return super().echoed(asked, entry, 201)


@deviates(155)
class NeverCreated(Host):
    """Answers 200 whatever happened."""

    def echoed(self, asked: Asked, entry: Entry, status: int) -> Reply:
        return super().echoed(asked, entry, 200)


@deviates(155, warns=True)
class NoContent(Host):
    """Answers a replacement with 204."""

    def echoed(self, asked: Asked, entry: Entry, status: int) -> Reply:
        return Reply(status=204) if status == 200 else super().echoed(asked, entry, status)


@deviates(155, 156, 139, also=(248,))
class EachPostIsNew(Host):
    """Stores each one anew."""

    def found(self, entries: list[Entry], entry: Entry) -> int | None:
        return None


@deviates(155, 156, 139, also=(248,), warns=True)
class ConflictForTheSame(Host):
    """Refuses a credential that it has."""

    def replace(self, entries: list[Entry], place: int, entry: Entry) -> None:
        raise Refused(400, "This credential is here already.")


@deviates(155, 248, 140, also=(236,))
class FirstOneStays(Host):
    """Keeps the first of several equal ones, and says 200."""

    def replace(self, entries: list[Entry], place: int, entry: Entry) -> None:
        return


@deviates(139, 156, warns=True)
class ComparesIdsOnly(Host):
    """Compares credentials by their id alone."""

    def key(self, value: dict[str, Any]) -> tuple[str, str] | None:
        found = super().key(value)
        return ("", found[1]) if found else None


@deviates(139, 156, warns=True)
class ComparesRawTexts(Host):
    """Compares ids and issuers as they are written."""

    def key(self, value: dict[str, Any]) -> tuple[str, str] | None:
        issuer = value.get("issuer")
        return (
            (str(issuer["id"] if isinstance(issuer, dict) else issuer), str(value["id"]))
            if super().key(value) and "id" in value
            else super().key(value)
        )


@deviates(139, 156, warns=True)
class ComparesWithoutCase(Host):
    """Compares ids in small letters."""

    def key(self, value: dict[str, Any]) -> tuple[str, str] | None:
        found = super().key(value)
        return (found[0].lower(), found[1].lower()) if found else None


@deviates(155, 156, 139, 248, also=(236,))
class ComparesContents(Host):
    """Takes a changed credential for another one."""

    def found(self, entries: list[Entry], entry: Entry) -> int | None:
        return next((place for place, each in enumerate(entries) if each.text == entry.text), None)


@deviates(158, 244)
class ProfileOfTheFirst(Host):
    """Shows everybody the profile of the first user."""

    def shows_profile(self, asked: Asked, standard: Standard, user: User) -> Reply:
        return super().shows_profile(asked, standard, next(iter(self.users.values())))


@deviates(158, 244, also=(9, 161))
class ProfileIsTheLastOneWritten(Host):
    """Writes one profile for all users."""

    def takes_profile(self, asked: Asked, standard: Standard, user: User) -> Reply:
        reply = super().takes_profile(asked, standard, user)
        for each in self.users.values():
            each.profile = user.profile
        return reply


@deviates(158, 161, warns=True)
class ProfileIsMerged(Host):
    """Changes the members that are sent, and keeps the others."""

    def takes_profile(self, asked: Asked, standard: Standard, user: User) -> Reply:
        before = dict(user.profile or {})
        super().takes_profile(asked, standard, user)
        user.profile = before | (user.profile or {})
        return of_json(user.profile)


@deviates(158, also=(244,))
class ProfileWithoutType(Host):
    """Leaves the type out of profiles."""

    def shows_profile(self, asked: Asked, standard: Standard, user: User) -> Reply:
        reply = super().shows_profile(asked, standard, user)
        return reply.show({name: value for name, value in reply.value.items() if name != "type"})


@deviates(158, also=(244,))
class ProfileInAnEnvelope(Host):
    """Puts the profile into a member."""

    def shows_profile(self, asked: Asked, standard: Standard, user: User) -> Reply:
        reply = super().shows_profile(asked, standard, user)
        return reply.show({"profile": reply.value})


@deviates(158, also=(244,))
class EmptyProfile(Host):
    """Answers 200 with null when there is no profile."""

    def shows_profile(self, asked: Asked, standard: Standard, user: User) -> Reply:
        return of_json(None)


@deviates(161, warns=True, also=(158,))
class ProfileWrittenWithoutABody(Host):
    """Answers 204."""

    def takes_profile(self, asked: Asked, standard: Standard, user: User) -> Reply:
        super().takes_profile(asked, standard, user)
        return Reply(status=204)


@deviates(155, 162, 163, 157, warns=True)
class AnythingGoes(Host):
    """Takes any JSON object for a credential."""

    def entry(self, text: str, value: dict[str, Any], standard: Standard, *, is_token: bool) -> Entry:
        key = self.key(value) or ("", text)
        return Entry(key=key, text=text, is_token=is_token, value=value)

    def listing(self, page: list[Entry]) -> str:
        return super().listing([each for each in page if types_of(each.value)])
