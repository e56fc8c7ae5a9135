"""Broken statuses, payloads and descriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .deviations import deviates
from .host import Host, Standard
from .wire import Asked, Refused, RefusedOAuth, Reply, of_html, of_json

if TYPE_CHECKING:
    from .authority import Ticket
    from .keeping import Entry


@deviates(162, also=(26, 151), warns=True)
class ErrorsInHtml(Host):
    """Refuses with a page."""

    def refusal(self, error: Refused) -> Reply:
        return of_html(f"<h1>{error.status}</h1>", error.status)


@deviates(162, 26, also=(151,), warns=True)
class ErrorsOfItsOwn(Host):
    """Refuses with an object of its own."""

    def refusal(self, error: Refused) -> Reply:
        return of_json({"success": False, "error": error.text}, error.status, *error.headers)


@deviates(162, 26, warns=True)
class EmptyErrors(Host):
    """Refuses without a body."""

    def refusal(self, error: Refused) -> Reply:
        return Reply(status=error.status, headers=[*error.headers])


@deviates(26, 162)
class CodeMinorInCapitals(Host):
    """Writes imsx_CodeMinor."""

    def status_info(self, status: int, text: str, minor: str = "") -> dict[str, Any]:
        return {
            name.replace("_codeMi", "_CodeMi"): value
            for name, value in super().status_info(status, text, minor).items()
        }


@deviates(26, 162)
class ErrorDetails(Host):
    """Adds imsx_error_details."""

    def status_info(self, status: int, text: str, minor: str = "") -> dict[str, Any]:
        return super().status_info(status, text, minor) | {"imsx_error_details": []}


@deviates(26, 162)
class InventedCodes(Host):
    """Has words of its own for what went wrong."""

    def status_info(self, status: int, text: str, minor: str = "") -> dict[str, Any]:
        return super().status_info(
            status, text, {"": "unauthorisedrequest", "invalid_data": "invaliddata"}.get(minor, minor)
        )


@deviates(162, 26, warns=True)
class EveryErrorIsUnauthorized(Host):
    """Names every cause unauthorizedrequest."""

    def status_info(self, status: int, text: str, minor: str = "") -> dict[str, Any]:
        return super().status_info(status, text, "unauthorizedrequest")


@deviates(26, 162)
class FieldsAsAnObject(Host):
    """Writes the only code as an object instead of an array."""

    def status_info(self, status: int, text: str, minor: str = "") -> dict[str, Any]:
        value = super().status_info(status, text, minor)
        return value | {"imsx_codeMinor": {"imsx_codeMinorField": value["imsx_codeMinor"]["imsx_codeMinorField"][0]}}


@deviates(26, 162, warns=True)
class SuccessfulErrors(Host):
    """Says success in every refusal."""

    def status_info(self, status: int, text: str, minor: str = "") -> dict[str, Any]:
        return super().status_info(status, text, minor) | {"imsx_codeMajor": "success", "imsx_severity": "status"}


@deviates(151, 162, 154, 163, also=(153, 155, 158, 241, 247, 218, 246, 200, 201))
class RefusesWith200(Host):
    """Refuses with 200."""

    def refusal(self, error: Refused) -> Reply:
        reply = super().refusal(error)
        reply.status = 200
        return reply


@deviates(163, warns=True, also=(154, 162))
class FailsOnMalformedJson(Host):
    """Fails on JSON that cannot be read."""

    def read_object(self, asked: Asked, standard: Standard) -> Entry:
        try:
            return super().read_object(asked, standard)
        except Refused as error:
            if "no JSON." in error.text:
                raise Refused(500, "SyntaxError") from error
            raise


@deviates(163, warns=True)
class FailsOnArrays(Host):
    """Fails on JSON that is no object."""

    def read_object(self, asked: Asked, standard: Standard) -> Entry:
        if asked.body.lstrip()[:1] in (b"[", b'"', b"1", b"n"):
            raise Refused(500, "TypeError")
        return super().read_object(asked, standard)


@deviates(163, warns=True)
class FailsWithoutIssuer(Host):
    """Fails where a credential has no issuer."""

    def key(self, value: dict[str, Any]) -> tuple[str, str] | None:
        if super().key(value) is None:
            raise Refused(500, "KeyError")
        return super().key(value)


@deviates(163, warns=True, also=(153, 162))
class FailsOnDates(Host):
    """Fails on a since that cannot be read."""

    def after(self, entries: list[Entry], since: str | None) -> list[Entry]:
        try:
            return super().after(entries, since)
        except Refused as error:
            raise Refused(500, "ParseError") from error


@deviates(154, 162, 163, warns=True)
class RefusesPagesWith500(Host):
    """Fails on a limit that cannot be read."""

    def number(self, asked: Asked, name: str, least: int) -> int | None:
        try:
            return super().number(asked, name, least)
        except Refused as error:
            raise Refused(500, "NumberFormatException") from error


@deviates(151, 162, 211, warns=True)
class NoChallenge(Host):
    """Leaves WWW-Authenticate out of 401."""

    def finished(self, asked: Asked, reply: Reply) -> Reply:
        return reply.put("WWW-Authenticate", None)


@deviates(151, 162, also=(152, 163, 241, 247), warns=True)
class SignInPageForTheApi(Host):
    """Sends programs without a token to the page for signing in."""

    def refusal(self, error: Refused) -> Reply:
        return (
            Reply(status=302, headers=[("Location", "/account/sign-in")])
            if error.status == 401
            else super().refusal(error)
        )


@deviates(164)
class ProtectedDiscovery(Host):
    """Asks for a token before it describes itself."""

    def discovers(self, asked: Asked, standard: Standard) -> Reply:
        if not self.token_of(asked):
            raise Refused(401, "A valid access token is needed.")
        return super().discovers(asked, standard)


@deviates(164)
class DescriptionAsYaml(Host):
    """Serves the description as a file of another type."""

    def discovers(self, asked: Asked, standard: Standard) -> Reply:
        return super().discovers(asked, standard).put("Content-Type", "application/yaml")


@deviates(174, 27)
class DescriptionOfOpenApi2(Host):
    """Describes itself by Swagger 2.0."""

    def description(self, asked: Asked, standard: Standard) -> dict[str, Any]:
        value = super().description(asked, standard)
        return {name: inner for name, inner in value.items() if name != "openapi"} | {"swagger": "2.0"}


@deviates(174, also=(151, 241))
class DescribesWhatItLacks(Host):
    """Describes an operation that it does not have."""

    def paths(self, standard: Standard, start: str) -> dict[str, Any]:
        return super().paths(standard, start) | {
            f"{start}/endorsements": {"get": self.described("getEndorsements", ())}
        }


@deviates(174, 241, 247, also=(155,))
class DescribesNoUpsert(Host):
    """Leaves upsertCredential out of the description."""

    def paths(self, standard: Standard, start: str) -> dict[str, Any]:
        found = super().paths(standard, start)
        del found[f"{start}/credentials"]["post"]
        return found


@deviates(175, 27)
class NoTermsOfService(Host):
    """Has no terms of service."""

    def info(self, base: str, standard: Standard) -> dict[str, Any]:
        return {name: value for name, value in super().info(base, standard).items() if name != "termsOfService"}


@deviates(175, 27, warns=True)
class AddressesWithoutScheme(Host):
    """Writes addresses without a scheme."""

    def info(self, base: str, standard: Standard) -> dict[str, Any]:
        return super().info(base, standard) | {"termsOfService": "wallet.example.net/terms"}


@deviates(176, 27, 171, also=(174,))
class NoFlow(Host):
    """Describes no flow."""

    def scheme(self, base: str, standard: Standard) -> dict[str, Any]:
        return {name: value for name, value in super().scheme(base, standard).items() if name != "flows"}


@deviates(176, 27, also=(174, 171))
class NoRegistrationUrl(Host):
    """Describes no registration endpoint."""

    def scheme(self, base: str, standard: Standard) -> dict[str, Any]:
        return {
            name: value for name, value in super().scheme(base, standard).items() if name != "x-imssf-registrationUrl"
        }


@deviates(176, 27, also=(174, 171))
class SchemeOfAnotherType(Host):
    """Describes the scheme as of the type http."""

    def scheme(self, base: str, standard: Standard) -> dict[str, Any]:
        return super().scheme(base, standard) | {"type": "http"}


@deviates(176, 151, 241, 247, also=(206,))
class ScopesOfItsOwn(Host):
    """Has scopes of its own."""

    def scheme(self, base: str, standard: Standard) -> dict[str, Any]:
        scheme = super().scheme(base, standard)
        flow = scheme["flows"]["authorizationCode"]
        return scheme | {"flows": {"authorizationCode": flow | {"scopes": {"readonly": "read", "readwrite": "write"}}}}

    def known_scopes(self) -> tuple[str, ...]:
        return ("readonly", "readwrite")

    def opens(self, ticket: Ticket, operation: str, scope: str) -> bool:
        return "readwrite" in ticket.scopes or ("readonly" in ticket.scopes and operation.startswith("get"))


@deviates(178, warns=True)
class NotModifiedForAnyTag(Host):
    """Answers 304 to whatever If-None-Match holds."""

    def discovers(self, asked: Asked, standard: Standard) -> Reply:
        return Reply(status=304) if asked.headers.get("if-none-match") else super().discovers(asked, standard)


@deviates(191, 211, also=(184, 181, 214, 215, 200, 203, 194))
class StatusInfoForOAuth(Host):
    """Refuses requests of OAuth with Imsx_StatusInfo."""

    def oauth_error(self, error: RefusedOAuth) -> Reply:
        return self.refusal(Refused(400, error.text))
