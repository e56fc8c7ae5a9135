"""Broken registrations, authorization requests and codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from .deviations import deviates
from .host import Host
from .wire import Asked, RefusedOAuth, Reply, of_html

if TYPE_CHECKING:
    from .authority import Browser, Client, Grant

# Registration


@deviates(189)
class RegisteredWith200(Host):
    """Answers a registration with 200."""

    def registers(self, asked: Asked) -> Reply:
        reply = super().registers(asked)
        reply.status = 200
        return reply


@deviates(189)
class RegistrationInMilliseconds(Host):
    """Counts milliseconds."""

    def registration(self, client: Client, asked: Asked) -> dict[str, Any]:
        return super().registration(client, asked) | {"client_id_issued_at": client.issued_at * 1000}


@deviates(189)
class RegistrationWithoutExpiry(Host):
    """Does not say when the secret expires."""

    def registration(self, client: Client, asked: Asked) -> dict[str, Any]:
        found = super().registration(client, asked)
        return {name: value for name, value in found.items() if name != "client_secret_expires_at"}


@deviates(189)
class RegistrationIsNotEchoed(Host):
    """Answers with what it made alone."""

    def registration(self, client: Client, asked: Asked) -> dict[str, Any]:
        return {
            name: value for name, value in super().registration(client, asked).items() if name.startswith("client_")
        }


@deviates(189, warns=True)
class RedirectUrisAsText(Host):
    """Writes the only redirect URI as text."""

    def registration(self, client: Client, asked: Asked) -> dict[str, Any]:
        found = super().registration(client, asked)
        return found | {"redirect_uris": found["redirect_uris"][0]}


@deviates(189, warns=True)
class SecretsExpiredAlready(Host):
    """Gives secrets that have expired."""

    def registration(self, client: Client, asked: Asked) -> dict[str, Any]:
        return super().registration(client, asked) | {"client_secret_expires_at": client.issued_at - 5}


@deviates(190, warns=True, also=(189, 203, 211))
class OneClientForEachProduct(Host):
    """Makes the id of a client from its software_id."""

    def client_id(self, metadata: dict[str, Any]) -> str:
        return f"client-{metadata['software_id']}"


@deviates(181, also=(189,))
class InitialTokensWanted(Host):
    """Registers those alone who bring a token."""

    def registers(self, asked: Asked) -> Reply:
        if "authorization" not in asked.headers:
            return Reply(status=401, headers=[("WWW-Authenticate", "Bearer")])
        return super().registers(asked)


@deviates(184)
class TermsAreOptional(Host):
    """Registers clients without terms of service."""

    def check_metadata(self, metadata: dict[str, Any]) -> None:
        super().check_metadata(metadata | {"tos_uri": metadata.get("tos_uri", metadata.get("client_uri"))})


@deviates(184)
class EverythingIsOptional(Host):
    """Registers clients that say where they are, and nothing else."""

    def check_metadata(self, metadata: dict[str, Any]) -> None:
        if not metadata.get("redirect_uris"):
            raise RefusedOAuth("invalid_redirect_uri", "redirect_uris is missing.")

    def stored(self, metadata: dict[str, Any]) -> dict[str, Any]:
        return {"scope": " ".join(self.known_scopes())} | metadata


@deviates(191, also=(184,))
class RegistrationErrorsInvented(Host):
    """Has words of its own for what is wrong with a registration."""

    def registers(self, asked: Asked) -> Reply:
        try:
            return super().registers(asked)
        except RefusedOAuth as error:
            raise RefusedOAuth("validation_error", error.text) from error


@deviates(191, also=(184,))
class RegistrationFailsWith422(Host):
    """Refuses a registration with 422."""

    def registers(self, asked: Asked) -> Reply:
        try:
            return super().registers(asked)
        except RefusedOAuth as error:
            raise RefusedOAuth(error.error, error.text, 422) from error


# Authorization


@deviates(205, also=(204, 203))
class RedirectsByPrefix(Host):
    """Redirects to whatever begins as a registered redirect URI."""

    def may_return(self, client: Client, address: str) -> bool:
        return any(address.startswith(each) for each in client.metadata["redirect_uris"])


@deviates(205, also=(204, 203))
class RedirectsByHost(Host):
    """Redirects to any address of a registered host."""

    def may_return(self, client: Client, address: str) -> bool:
        return urlsplit(address).hostname in {urlsplit(each).hostname for each in client.metadata["redirect_uris"]}


@deviates(205, 204, warns=True, also=(203,))
class RedirectsByPath(Host):
    """Compares redirect URIs without query and fragment."""

    def may_return(self, client: Client, address: str) -> bool:
        return address.partition("?")[0] in client.metadata["redirect_uris"]


@deviates(205, also=(204, 203))
class RedirectsToSubdomains(Host):
    """Redirects to hosts whose name ends as the registered one."""

    def may_return(self, client: Client, address: str) -> bool:
        hosts = [urlsplit(each).hostname or "?" for each in client.metadata["redirect_uris"]]
        return any((urlsplit(address).hostname or "").endswith(each) for each in hosts)


@deviates(205, also=(204,))
class OpenRedirector(Host):
    """Sends errors to any address."""

    def nowhere_to_go(self, given: dict[str, str]) -> Reply:
        address = given.get("redirect_uri", "")
        return (
            self.returned(given, {"error": "invalid_request"})
            if address.startswith("https:")
            else super().nowhere_to_go(given)
        )


@deviates(204, warns=True, also=(205,))
class BlankPages(Host):
    """Says nothing to the user when a redirect URI is unknown."""

    def nowhere_to_go(self, given: dict[str, str]) -> Reply:
        return of_html("", 400)


@deviates(199, 206)
class StatesInSmallLetters(Host):
    """Gives states back in small letters."""

    def state_back(self, state: str) -> str:
        return state.lower()


@deviates(199, 206)
class ShortStates(Host):
    """Gives 32 characters of a state back."""

    def state_back(self, state: str) -> str:
        return state[:32]


@deviates(199, 206)
class StatesEscapedTwice(Host):
    """Escapes states twice."""

    def state_back(self, state: str) -> str:
        return quote(state, safe="")


@deviates(199, 206)
class TrimmedStates(Host):
    """Trims states, and takes a plus for a blank."""

    def state_back(self, state: str) -> str:
        return state.replace("+", " ").strip()


@deviates(206)
class ErrorsWithoutState(Host):
    """Leaves the state out of errors."""

    def returned(self, given: dict[str, str], parameters: dict[str, str]) -> Reply:
        kept = {name: value for name, value in given.items() if name != "state"} if "error" in parameters else given
        return super().returned(kept, parameters)


@deviates(206)
class RefusalsOfItsOwn(Host):
    """Tells the client that the user said no, in words of its own."""

    def returned(self, given: dict[str, str], parameters: dict[str, str]) -> Reply:
        invented = {"error": "user_cancelled"} if parameters.get("error") == "access_denied" else {}
        return super().returned(given, parameters | invented)


@deviates(206)
class RefusalsEndHere(Host):
    """Shows a page when the user says no."""

    def decided(self, asked: Asked, browser: Browser, request: str, decision: str) -> Reply:
        return of_html("<p>You said no.") if decision != "allow" else super().decided(asked, browser, request, decision)


@deviates(206, 196, warns=True)
class UnknownScopesEndHere(Host):
    """Fails on a page for a scope that it does not know."""

    def problem_of(self, client: Client, given: dict[str, str]) -> tuple[str, str] | None:
        found = super().problem_of(client, given)
        if found and found[0] == "invalid_scope":
            raise RefusedOAuth("invalid_scope", found[1])
        return found


@deviates(206)
class QuotesInDescriptions(Host):
    """Writes quotes and umlauts into descriptions of errors."""

    def returned(self, given: dict[str, str], parameters: dict[str, str]) -> Reply:
        told = {"error_description": 'der Parameter "x" ist ungültig'} if "error" in parameters else {}
        return super().returned(given, parameters | told)


@deviates(199, also=(196, 206))
class FragmentsForQueries(Host):
    """Gives the code in the fragment."""

    def returned(self, given: dict[str, str], parameters: dict[str, str]) -> Reply:
        reply = super().returned(given, parameters)
        return reply.put("Location", (reply.header("Location") or "").replace("?", "#"))


@deviates(199, 196)
class CodesWithoutScope(Host):
    """Leaves the scope out of the authorization response."""

    def returned(self, given: dict[str, str], parameters: dict[str, str]) -> Reply:
        return super().returned(given, {name: value for name, value in parameters.items() if name != "scope"})


@deviates(196, also=(151, 214))
class MoreThanAsked(Host):
    """Grants every scope, whatever was asked for."""

    def grant_of(self, given: dict[str, str], user: str, scopes: list[str]) -> Grant:
        return super().grant_of(given, user, [*self.known_scopes()])

    def scopes_for_code(self, grant: Grant, scope: str) -> tuple[str, ...]:
        return grant.scopes


@deviates(199, 206, 193, also=(194,))
class AnyResponseType(Host):
    """Gives a code whatever was asked for."""

    def problem_of(self, client: Client, given: dict[str, str]) -> tuple[str, str] | None:
        return super().problem_of(client, given | {"response_type": "code"})


# Codes


@deviates(194)
class PkceOptional(Host):
    """Takes requests without a challenge, and codes without a verifier for them."""

    def takes_challenge(self, given: dict[str, str]) -> bool:
        return "code_challenge" not in given or super().takes_challenge(given)

    def demands(self, name: str) -> bool:
        return name != "code_verifier"

    def proves(self, grant: Grant, verifier: str) -> bool:
        return not grant.challenge or super().proves(grant, verifier)


@deviates(194)
class VerifiersAreOptional(Host):
    """Checks a verifier where there is one."""

    def demands(self, name: str) -> bool:
        return name != "code_verifier"

    def proves(self, grant: Grant, verifier: str) -> bool:
        return not verifier or super().proves(grant, verifier)


@deviates(194)
class VerifiersUnchecked(Host):
    """Never checks a verifier."""

    def proves(self, grant: Grant, verifier: str) -> bool:
        return True


@deviates(194, also=(211,))
class VerifiersCut(Host):
    """Digests 64 characters of a verifier."""

    def proves(self, grant: Grant, verifier: str) -> bool:
        return super().proves(grant, verifier[:64])


@deviates(194, also=(211,))
class LongVerifiersRefused(Host):
    """Takes verifiers of up to 64 characters."""

    def proves(self, grant: Grant, verifier: str) -> bool:
        return len(verifier) <= 64 and super().proves(grant, verifier)


@deviates(194, 209, also=(211,))
class TildesRefused(Host):
    """Takes verifiers of the characters of base64url alone."""

    def proves(self, grant: Grant, verifier: str) -> bool:
        return not set(verifier) & set(".~") and super().proves(grant, verifier)


@deviates(194, warns=True, also=(206,))
class PlainChallenges(Host):
    """Takes the method plain."""

    def takes_challenge(self, given: dict[str, str]) -> bool:
        return given.get("code_challenge_method") == "plain" or super().takes_challenge(given)

    def proves(self, grant: Grant, verifier: str) -> bool:
        return verifier == grant.challenge if grant.method == "plain" else super().proves(grant, verifier)


@deviates(194, 211, also=(200,))
class WrongVerifiersLeaveTheCode(Host):
    """Answers a wrong verifier with 401 access_denied."""

    def redeemed(self, client: Client, form: dict[str, str]) -> dict[str, Any]:
        try:
            return super().redeemed(client, form)
        except RefusedOAuth as error:
            raise RefusedOAuth("access_denied", error.text, 401) if "verifier" in error.text else error from error


@deviates(200, also=(201,))
class CodesForEver(Host):
    """Gives tokens for a code as often as they are wanted."""

    def used_again(self, grant: Grant) -> None:
        return


@deviates(200, also=(201,))
class CodesTwice(Host):
    """Gives tokens for a code a second time, since answers get lost."""

    def used_again(self, grant: Grant) -> None:
        if grant.redirect_uri.endswith("#twice"):
            super().used_again(grant)
        grant.redirect_uri += "#twice"

    def is_redirect(self, grant: Grant, address: str) -> bool:
        return address == grant.redirect_uri.removesuffix("#twice")


@deviates(201, warns=True)
class TokensOutliveReuse(Host):
    """Refuses a code that was used, and leaves its tokens alone."""

    def used_again(self, grant: Grant) -> None:
        raise RefusedOAuth("invalid_grant", "The code was used before.")


@deviates(203, also=(215,))
class CodesForAnyClient(Host):
    """Does not look whose code it is."""

    def is_for(self, client: Client, grant: Grant) -> bool:
        return True


@deviates(203)
class CodesForAnyRedirect(Host):
    """Does not look at the redirect URI of a token request."""

    def is_redirect(self, grant: Grant, address: str) -> bool:
        return True


@deviates(203, 211)
class RedirectOnlyWhereGiven(Host):
    """Compares the redirect URI of a token request where there is one."""

    def demands(self, name: str) -> bool:
        return name != "redirect_uri"

    def is_redirect(self, grant: Grant, address: str) -> bool:
        return not address or super().is_redirect(grant, address)
