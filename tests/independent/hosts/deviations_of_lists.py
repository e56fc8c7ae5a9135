"""Broken lists: pages, links, totals, moments."""

from __future__ import annotations

import datetime
import json
from typing import TYPE_CHECKING

from .deviations import deviates
from .host import Host, Standard
from .keeping import Entry, User, instant, moment
from .wire import Asked, Refused, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator


@deviates(154, also=(153, 165, 166, 167, 243, 248, 236, 152))
class PagesBeginOneTooLate(Host):
    """Takes the offset for the number of the first one, from one on, on later pages."""

    def cut(self, entries: list[Entry], size: int | None, offset: int) -> list[Entry]:
        return super().cut(entries, size, offset + 1 if offset else 0)


@deviates(154, 243, 167, also=(165, 166, 248, 236, 152))
class OffsetCountsPages(Host):
    """Multiplies the offset by the limit."""

    def cut(self, entries: list[Entry], size: int | None, offset: int) -> list[Entry]:
        return super().cut(entries, size, offset * (size or 1))


@deviates(154, 243, also=(165, 166, 167))
class LimitIsOneMore(Host):
    """Shows one more than was asked for."""

    def cut(self, entries: list[Entry], size: int | None, offset: int) -> list[Entry]:
        return super().cut(entries, None if size is None else size + 1, offset)


@deviates(154, 243, also=(166, 167, 165))
class LimitIgnored(Host):
    """Always shows everything from the offset on."""

    def page_size(self, limit: int | None) -> int | None:
        return None


@deviates(154, also=(162,), warns=True)
class LimitOfZero(Host):
    """Takes a limit of zero for no limit."""

    def number(self, asked: Asked, name: str, least: int) -> int | None:
        return super().number(asked, name, 0) or (None if name == "limit" else 0)


@deviates(154, also=(162,), warns=True)
class NegativeOffsetsCountFromTheEnd(Host):
    """Takes a negative offset as Python does."""

    def number(self, asked: Asked, name: str, least: int) -> int | None:
        text = asked.get(name) or ""
        is_negative = name == "offset" and text.startswith("-") and text[1:].isdigit()
        return int(text) if is_negative else super().number(asked, name, least)


@deviates(154, also=(162,), warns=True)
class WordsAreNoLimit(Host):
    """Ignores a limit that is no number."""

    def number(self, asked: Asked, name: str, least: int) -> int | None:
        try:
            return super().number(asked, name, least)
        except Refused:
            return None


@deviates(154, 167, 163, 165, also=(162, 243), warns=True)
class FailsBehindTheEnd(Host):
    """Fails for an offset behind the end."""

    def cut(self, entries: list[Entry], size: int | None, offset: int) -> list[Entry]:
        if offset and offset >= len(entries):
            raise Refused(500, "IndexError")
        return super().cut(entries, size, offset)


@deviates(165, also=(243,))
class TotalOfThePage(Host):
    """Counts what is on the page."""

    def total(self, total: int, shown: int) -> int:
        return shown


@deviates(165, also=(243,))
class TotalOfObjects(Host):
    """Counts tokens as nothing."""

    def list_headers(
        self, asked: Asked, total: int, size: int | None, offset: int, shown: int
    ) -> list[tuple[str, str]]:
        found = dict(super().list_headers(asked, total, size, offset, shown))
        tokens = sum(each.is_token for user in self.users.values() for each in user.entries["ob-3.0"])
        return [*(found | {"X-Total-Count": str(max(total - tokens, 0))}).items()]


@deviates(165, also=(243,))
class TotalOfEverybody(Host):
    """Counts the credentials of all users."""

    def total(self, total: int, shown: int) -> int:
        return sum(len(each.entries["ob-3.0"]) for each in self.users.values()) + 1


@deviates(166, 243, also=(167,))
class NoLinks(Host):
    """Has no Link header."""

    def finished(self, asked: Asked, reply: Reply) -> Reply:
        return reply.put("Link", None)


@deviates(167, also=(243,))
class OnlyNext(Host):
    """Links the next page, and nothing else."""

    def relations(self, total: int, size: int, offset: int) -> dict[str, int]:
        found = super().relations(total, size, offset)
        return {"next": found["next"]} if "next" in found else {}


@deviates(167, also=(243,))
class NoPrevious(Host):
    """Links no previous page."""

    def relations(self, total: int, size: int, offset: int) -> dict[str, int]:
        return {name: where for name, where in super().relations(total, size, offset).items() if name != "prev"}


@deviates(167, also=(243, 154), warns=True)
class NextForEver(Host):
    """Links a next page on the last one too."""

    def relations(self, total: int, size: int, offset: int) -> dict[str, int]:
        return super().relations(total, size, offset) | {"next": offset + size}


@deviates(167, also=(243, 154, 165, 248))
class NextIsHere(Host):
    """Links the page itself as the next one."""

    def relations(self, total: int, size: int, offset: int) -> dict[str, int]:
        found = super().relations(total, size, offset)
        return found | ({"next": offset} if "next" in found else {})


@deviates(167, also=(243, 154, 165, 153, 248))
class NextSkipsOne(Host):
    """Links the next page one too far."""

    def relations(self, total: int, size: int, offset: int) -> dict[str, int]:
        found = super().relations(total, size, offset)
        return found | ({"next": found["next"] + 1} if "next" in found else {})


@deviates(167, also=(243,))
class LastBehindTheEnd(Host):
    """Links a last page with nothing on it."""

    def relations(self, total: int, size: int, offset: int) -> dict[str, int]:
        return super().relations(total, size, offset) | {"last": -(-total // size) * size}


@deviates(167, 153, also=(243,))
class LinksForgetSince(Host):
    """Leaves since out of its links."""

    def link_target(self, asked: Asked, size: int, offset: int) -> str:
        return super().link_target(
            Asked(**{name: getattr(asked, name) for name in Asked.__slots__} | {"query": ()}), size, offset
        )


@deviates(167, 153, also=(243, 154, 163, 166), page=2, cap=2)
class LinksWithPlusUnescaped(Host):
    """Writes since into its links as it was decoded, so that the plus of a zone becomes a blank."""

    def link_target(self, asked: Asked, size: int, offset: int) -> str:
        return super().link_target(asked, size, offset).replace("%2B", "+").replace("%3A", ":")


@deviates(167, also=(243, 154, 166))
class LinksForgetTheLimit(Host):
    """Leaves the limit out of its links."""

    def link_target(self, asked: Asked, size: int, offset: int) -> str:
        return super().link_target(asked, size, offset).replace(f"limit={size}&", "")


@deviates(167, also=(243, 154, 165, 248, 153))
class LinksWithoutQuestionMark(Host):
    """Builds its links from the path, as the sample does."""

    def link_target(self, asked: Asked, size: int, offset: int) -> str:
        return super().link_target(asked, size, offset).replace("?", "/")


@deviates(167, also=(243,), warns=True)
class LinksToAnInnerHost(Host):
    """Links its pages at a host behind the proxy."""

    def link_target(self, asked: Asked, size: int, offset: int) -> str:
        return super().link_target(asked, size, offset).replace("https://wallet.example.net", "http://10.1.2.3:8080")


@deviates(154, 167, 243, also=(165, 166))
class EachListInAnotherOrder(Host):
    """Begins each list elsewhere."""

    turn = 0

    def ordered(self, entries: list[Entry]) -> list[Entry]:
        self.turn += 1
        start = self.turn % len(entries) if entries else 0
        return entries[start:] + entries[:start]


@deviates(153)
class SinceIgnored(Host):
    """Ignores since."""

    def after(self, entries: list[Entry], since: str | None) -> list[Entry]:
        return super().after(entries, since) and entries if since is None else super().after(entries, None)


@deviates(153)
class SinceInclusive(Host):
    """Lists what was issued at the moment too."""

    def after(self, entries: list[Entry], since: str | None) -> list[Entry]:
        start = instant(since) if since else None
        return super().after(
            entries,
            since if start is None else (start - datetime.timedelta(microseconds=1)).isoformat(timespec="microseconds"),
        )


@deviates(153)
class SinceWithoutItsZone(Host):
    """Reads the zone of since as UTC."""

    def after(self, entries: list[Entry], since: str | None) -> list[Entry]:
        start = instant(since) if since else None
        return super().after(entries, start.replace(tzinfo=datetime.UTC).isoformat() if start else since)


@deviates(153, warns=True)
class SinceOfTheUpload(Host):
    """Compares since with the moment of the upload."""

    def issued(self, entry: Entry) -> datetime.datetime | None:
        return datetime.datetime.fromtimestamp(entry.received, tz=datetime.UTC)


@deviates(153)
class SinceByDay(Host):
    """Compares days only."""

    def issued(self, entry: Entry) -> datetime.datetime | None:
        found = moment(entry.value)
        return found.replace(hour=23, minute=59, second=59) if found else None


@deviates(153)
class SinceAsText(Host):
    """Compares since as text."""

    def after(self, entries: list[Entry], since: str | None) -> list[Entry]:
        super().after(entries, since)
        if since is None:
            return entries
        return [
            each for each in entries if str(each.value.get("validFrom", each.value.get("issuanceDate", ""))) > since
        ]


@deviates(153, also=(162,), warns=True)
class AnySinceGoes(Host):
    """Lists everything for a since that is no moment."""

    def after(self, entries: list[Entry], since: str | None) -> list[Entry]:
        return super().after(entries, since if since and instant(since) else None)


@deviates(153)
class SinceForgetsTokens(Host):
    """Never lists tokens with since."""

    def issued(self, entry: Entry) -> datetime.datetime | None:
        return None if entry.is_token else super().issued(entry)


@deviates(25, 152, also=(154, 165, 166, 167, 236, 242, 243, 248))
class NameInThePlural(Host):
    """Names the array of tokens as the sample does."""

    def listing(self, page: list[Entry]) -> str:
        return super().listing(page).replace('"compactJwsString": [', '"compactJwsStrings": [')


@deviates(25, 152, also=(154, 165, 166, 167, 236, 242, 243, 248, 153, 156, 139))
class CredentialsInThePlural(Host):
    """Names the array of objects credentials."""

    def listing(self, page: list[Entry]) -> str:
        return super().listing(page).replace('"credential": [', '"credentials": [')


@deviates(25, 152, also=(154, 165, 166, 167, 236, 242, 243, 248, 153, 156, 139))
class TokensAmongObjects(Host):
    """Lists tokens as strings among the objects."""

    def listing(self, page: list[Entry]) -> str:
        shown = [json.dumps(each.text) if each.is_token else each.text for each in page]
        return '{"credential": [' + ", ".join(shown) + "]}"


@deviates(152, 242, also=(25, 154, 155, 165, 166, 167, 236, 243, 248, 153, 156, 139))
class TokensDecoded(Host):
    """Lists the content of tokens."""

    def listing(self, page: list[Entry]) -> str:
        return (
            '{"credential": ['
            + ", ".join(json.dumps(each.value) if each.is_token else each.text for each in page)
            + "]}"
        )


@deviates(25, 152, also=(154, 165, 166, 167, 236, 242, 243, 248, 153, 156, 139))
class BareList(Host):
    """Answers with an array."""

    def listing(self, page: list[Entry]) -> str:
        return "[" + ", ".join(json.dumps(each.text) if each.is_token else each.text for each in page) + "]"


@deviates(25, 152, also=(154, 165, 166, 167, 236, 242, 243, 248))
class OneTokenIsNoArray(Host):
    """Writes a single token as a string instead of an array."""

    def listing(self, page: list[Entry]) -> str:
        value = json.loads(super().listing(page))
        tokens = value.get("compactJwsString", [])
        return json.dumps(value | ({"compactJwsString": tokens[0]} if len(tokens) == 1 else {}))


@deviates(25, also=(152,))
class FurtherMembersInLists(Host):
    """Repeats the total in the body."""

    def listing(self, page: list[Entry]) -> str:
        return json.dumps(json.loads(super().listing(page)) | {"total": len(page)})


@deviates(152, 164, 158, 25, also=(154, 165, 166, 167, 236, 242, 243, 248))
class ListsAsText(Host):
    """Answers lists as text/html."""

    def lists(self, asked: Asked, standard: Standard, user: User) -> Reply:
        return super().lists(asked, standard, user).put("Content-Type", "text/html")


@deviates(152, 244, 158, also=(154, 165, 236, 243, 248))
class OneListForEverybody(Host):
    """Keeps the credentials of all users in one list."""

    def entries(self, standard: Standard, user: User) -> list[Entry]:
        return super().entries(standard, next(iter(self.users.values())))


def _all(host: Host, standard: Standard) -> Iterator[tuple[list[Entry], int, Entry]]:
    for user in host.users.values():
        entries = user.entries[standard.id]
        yield from ((entries, place, each) for place, each in enumerate(entries))


@deviates(152, 248, 236, 155)
class AnothersUpsertReplacesMine(Host):
    """Knows each credential once, and gives it to whoever sent it last."""

    def upserts(self, asked: Asked, standard: Standard, user: User) -> Reply:
        sent = self.read(asked, standard)
        for entries, place, each in list(_all(self, standard)):
            if each.key == sent.key and entries is not user.entries[standard.id]:
                del entries[place]
        return super().upserts(asked, standard, user)


@deviates(152, 154, also=(165, 166, 167, 243))
class LeaksBehindTheEnd(Host):
    """Shows what others have behind the end of a list."""

    def lists(self, asked: Asked, standard: Standard, user: User) -> Reply:
        self.strangers = [
            each for other in self.users.values() if other is not user for each in other.entries[standard.id]
        ]
        return super().lists(asked, standard, user)

    def cut(self, entries: list[Entry], size: int | None, offset: int) -> list[Entry]:
        return super().cut(entries + self.strangers if offset >= len(entries) else entries, size, offset)
