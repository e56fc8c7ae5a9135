"""Broken reading of what a credential says: contexts, dates, subjects, what is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .contents import V2
from .deviations import EVERY_KIND, deviates
from .finding_keys import listed
from .statements import Refused
from .verifier import Verifier

if TYPE_CHECKING:
    from collections.abc import Iterator

Record = dict[str, Any]


@deviates(59)
class ContextsAsASet(Verifier):
    """Looks for the contexts, wherever they stand."""

    def check_contexts(self, credential: Record) -> None:
        contexts = credential.get("@context")
        if isinstance(contexts, list):
            super().check_contexts(credential | {"@context": sorted(contexts, key=self._place)})

    def _place(self, context: object) -> int:
        return [
            each in str(context) for each in ("/ns/credentials/", "/clr/v2p0/context", "/ob/v3p0/context", "")
        ].index(True)


@deviates(59)
class FirstContextAlone(Verifier):
    """Looks at the first context."""

    def check_contexts(self, credential: Record) -> None:
        if listed(credential.get("@context"))[:1] != [V2]:
            super().check_contexts(credential)


@deviates(59)
class LastContextAlone(Verifier):
    """Looks whether the context of Open Badges is the last one."""

    def check_contexts(self, credential: Record) -> None:
        if "/ob/v3p0/context" not in str(listed(credential.get("@context"))[-1]):
            super().check_contexts(credential)


@deviates(122)
class SubjectsOfNobody(Verifier):
    """Asks not whose a badge is."""

    def check_earner(self, subject: Record) -> None:
        return


@deviates(128, also=(132,))
class DatesAsTexts(Verifier):
    """Compares dates as texts."""

    def check_period(self, credential: Record) -> None:
        now = self.now.strftime("%Y-%m-%dT%H:%M:%SZ")
        if str(credential.get("validFrom", "")) > now or str(credential.get("validUntil", "9999")) < now:
            raise Refused("it is not valid now")


@deviates(128)
class DatesThatCannotBeReadPass(Verifier):
    """Passes over dates that it cannot read."""

    def check_period(self, credential: Record) -> None:
        try:
            super().check_period(credential)
        except Refused as refused:
            if "no date and time" not in str(refused):
                raise


@deviates(128, 129)
class YearsOfTwoDigits(Verifier):
    """Compares the last two digits of years."""

    def check_period(self, credential: Record) -> None:
        year = f"{self.now:%y}"
        if str(credential.get("validUntil", "2099"))[2:4] < year:
            raise Refused("it is over")


@deviates(129)
class EndsAtTheEndOfTheYearAfterNext(Verifier):
    """Gives everything two more years."""

    def check_period(self, credential: Record) -> None:
        end = credential.get("validUntil")
        if isinstance(end, str) and end[:4].isdecimal():
            credential = credential | {"validUntil": f"{int(end[:4]) + 2}{end[4:]}"}
        super().check_period(credential)


@deviates(132, kinds=EVERY_KIND)
class EndorsementsNeverEnd(Verifier):
    """Looks at the dates of badges and records."""

    def check_period(self, credential: Record) -> None:
        if "EndorsementCredential" not in listed(credential.get("type")):
            super().check_period(credential)


@deviates(133)
class OldDatesAreNone(Verifier):
    """Reads validFrom and validUntil in credentials of data model 1.1, too."""

    def check_period(self, credential: Record) -> None:
        names = {"issuanceDate", "expirationDate"}
        super().check_period({name: value for name, value in credential.items() if name not in names})


# What is inside


@deviates(131, kinds=EVERY_KIND)
class EndorsementsAtTheTop(Verifier):
    """Verifies endorsements of the credential, and of nothing in it."""

    def endorsements(self, value: object, *, top: bool = True) -> Iterator[Record | str]:
        if isinstance(value, dict):
            for name in ("endorsement", "endorsementJwt"):
                yield from listed(value.get(name))


@deviates(131, kinds=EVERY_KIND)
class EndorsementsOfIssuersUnread(Verifier):
    """Does not look into profiles."""

    def endorsements(self, value: object, *, top: bool = True) -> Iterator[Record | str]:
        if isinstance(value, dict):
            value = {name: each for name, each in value.items() if name != "issuer"}
        yield from super().endorsements(value, top=top)


@deviates(131, kinds=EVERY_KIND)
class EndorsementsOfAchievementsUnread(Verifier):
    """Does not look into achievements."""

    def endorsements(self, value: object, *, top: bool = True) -> Iterator[Record | str]:
        if isinstance(value, dict):
            value = {name: each for name, each in value.items() if name != "achievement"}
        yield from super().endorsements(value, top=top)


@deviates(131, kinds=EVERY_KIND)
class FirstEndorsementAlone(Verifier):
    """Verifies one endorsement."""

    def endorsements(self, value: object, *, top: bool = True) -> Iterator[Record | str]:
        found = list(super().endorsements(value, top=top))
        yield from found[:1] if top else found


@deviates(131, kinds=EVERY_KIND)
class EndorsementsByAnybody(Verifier):
    """Verifies the signatures of endorsements, and not whose they are."""

    def inner(self, value: object, *, depth: int) -> Record:
        self._inside = True
        try:
            return super().inner(value, depth=depth)
        finally:
            self._inside = False

    def is_issuer(self, controller: str, issuer: str) -> bool:
        return getattr(self, "_inside", False) or super().is_issuer(controller, issuer)


@deviates(123, kinds=EVERY_KIND)
class FirstMemberAlone(Verifier):
    """Verifies the first credential in a record."""

    def members(self, credential: Record) -> list[Any]:
        return super().members(credential)[:1]


@deviates(123, kinds=EVERY_KIND)
class MembersOfOneIssuer(Verifier):
    """Trusts everything in a record that is of the issuer of the first credential in it."""

    def check_record(self, credential: Record, *, depth: int) -> None:
        found = super().members(credential)
        issuers = {self.issuer_of(each) for each in found}
        for each in found[: len(issuers)]:
            self.inner(each, depth=depth)


@deviates(123, kinds=EVERY_KIND)
class ProofsOfMembersSeenOnce(Verifier):
    """Verifies a proof in a record once, and does not ask again where it sees it again."""

    def check_proofs(self, credential: Record) -> None:
        seen: set[str] = self.__dict__.setdefault("seen", set())
        value = str(credential.get("proof"))
        if "AchievementCredential" not in listed(credential.get("type")) or value not in seen:
            super().check_proofs(credential)
            seen.add(value)
