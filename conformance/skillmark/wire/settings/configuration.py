"""Reading and writing the settings of a target: ``target.toml``."""

from __future__ import annotations

import dataclasses
import datetime
import difflib
import functools
import re
import tomllib
from importlib import resources
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from skillmark.core.errors import Misconfigured
from skillmark.core.target import Authentication, AuthenticationMethod, Feature, Limits, Product, Submissions, Target
from skillmark.wire.addresses import is_loopback, origin_of
from skillmark.wire.settings.hosts import CLIENT_KEYS, HOST_KEYS, client_of, client_settings, host_of, host_settings
from skillmark.wire.settings.issuers import ISSUING_KEYS, issuing_of, issuing_settings
from skillmark.wire.settings.peers import PEER_KEYS, peer_of, peer_settings
from skillmark.wire.settings.verifiers import KEYS, interface_of, settings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

_T = TypeVar("_T")

TARGET_TEMPLATE = (resources.files(__package__) / "target_template.toml").read_text(encoding="utf-8")

_TABLES = {
    "product": {"name", "version", "vendor", "contact"},
    "target": {"url", "ca_file"},
    "credentials": {"sources", "at", "offline", "allow_origins"},
    "verifier": set(KEYS),
    "issuing": set(ISSUING_KEYS),
    "host": set(HOST_KEYS),
    "client": set(CLIENT_KEYS),
    "peer": set(PEER_KEYS),
    "authentication": {"method", "token_env", "token_url", "client_id", "client_secret_env", "scope"},
    "http": {field.name for field in dataclasses.fields(Limits)} | {"headers"},
    "known": None,
    "claims": {"features"},
    "attestations": None,
}
#: Sections about products that need not be at an address.
_WITHOUT_ADDRESS = {"credentials", "verifier", "issuing", "client"}
_STANDARD_PATH = re.compile(r"/ims/(?:case|ob|clr)/")


def load_target(
    path: Path,
    *,
    environ: Mapping[str, str],
    lab: bool = False,
    claims: frozenset[Feature] | None = None,
    ca_file: Path | None = None,
) -> Target:
    """Return the target that a file describes; the keywords win over the file.

    Raises:
        Misconfigured: the file cannot be read, has unknown keys or wrong values, or a secret is not in ``environ``.
    """
    content = _Settings(_content(path), path=path, environ=environ)
    return Target(
        url=content.url(lab=lab),
        submissions=content.submissions(),
        verifier=content.checked(functools.partial(interface_of, folder=path.parent), "verifier"),
        issuing=content.checked(functools.partial(issuing_of, folder=path.parent), "issuing"),
        host=content.checked(functools.partial(host_of, environ=environ), "host"),
        client=content.checked(client_of, "client"),
        peer=content.checked(functools.partial(peer_of, folder=path.parent), "peer"),
        product=Product(**{name: content.text("product", name) for name in ("name", "version", "vendor", "contact")}),
        authentication=content.authentication(lab=lab),
        headers=content.headers(),
        ca_file=ca_file or content.ca_file(),
        known=content.known(),
        claims=claims if claims is not None else content.claims(),
        attestations=content.attestations(),
        limits=content.limits(),
        lab=lab,
    )


def target_from_url(
    url: str, *, lab: bool = False, claims: frozenset[Feature] | None = None, ca_file: Path | None = None
) -> Target:
    """Return the target at an address, given with or without the standard's base path.

    Raises:
        Misconfigured: the address cannot be used.
    """
    return Target(url=usable_url(url, lab=lab), claims=claims, ca_file=ca_file, lab=lab)


def usable_url(url: str, *, lab: bool) -> str:
    """Return the base address of a target, without the standard's base path.

    Raises:
        Misconfigured: it is no http(s) address, holds credentials, or is plain http to another machine.
    """
    return _STANDARD_PATH.split(_checked(url, lab=lab))[0].rstrip("/")


def _checked(url: str, *, lab: bool) -> str:
    text = url.strip() if "://" in url else f"https://{url.strip()}"
    origin = origin_of(text)
    if origin is None or any(character.isspace() for character in text):
        raise Misconfigured(f"{url!r} is no http(s) address. Write it like https://case.example.org.")
    parts = urlsplit(text)
    if parts.username or parts.password:
        raise Misconfigured("Leave credentials out of the address; name them under [authentication].")
    if parts.query or parts.fragment:
        raise Misconfigured(f"{url!r} has a query or a fragment. Give the base address only.")
    if origin[0] == "http" and not lab and not is_loopback(origin[1]):
        raise Misconfigured(
            f"{url!r} is plain http to another machine. Use https, or --lab on a test bench: it takes the transport "
            f"requirements out of the verdict."
        )
    return text


def describe(target: Target) -> dict[str, object]:
    """Return the settings as reports show them: complete, without secrets."""
    authentication = target.authentication
    return {
        "url": target.url,
        "authentication": {
            "method": authentication.method.value,
            "token_url": authentication.token_url,
            "client_id": authentication.client_id,
            "scope": authentication.scope,
        },
        "headers": sorted(name for name, _ in target.headers),
        "credentials": _described_submissions(target.submissions),
        "verifier": settings_of(target.verifier),
        "issuing": issuing_settings(target.issuing),
        "host": host_settings(target.host),
        "client": client_settings(target.client),
        "peer": peer_settings(target.peer),
        "ca_file": target.ca_file.name if target.ca_file else None,
        "known": {name: list(identifiers) for name, identifiers in target.known.items()},
        "claims": None if target.claims is None else sorted(feature.value for feature in target.claims),
        "limits": dataclasses.asdict(target.limits),
        "lab": target.lab,
    }


def _described_submissions(submissions: Submissions | None) -> dict[str, object] | None:
    if submissions is None:
        return None
    return {
        "sources": list(submissions.sources),
        "at": submissions.at.isoformat() if submissions.at else None,
        "offline": submissions.offline,
        "allow_origins": list(submissions.allowed_origins),
    }


def target_as_described(description: Mapping[str, object], *, ca_file: Path | None, is_complete: bool) -> Target:
    """Return the target of a report from its settings, as far as reports hold them.

    Raises:
        Misconfigured: they are damaged; or the target has to be complete, and needs what is not in reports.
    """
    try:
        target = _described(description, ca_file)
        is_guarded = description["authentication"]["method"] != "none"  # type: ignore[index]
        needs_secrets = is_guarded or description["headers"] or target.host.accounts
        needs_authority = description["ca_file"] and ca_file is None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Misconfigured(f"The settings in the report are damaged ({error}). Run the plan again.") from error
    if is_complete and needs_secrets:
        raise Misconfigured("The report was made with credentials, which it does not hold: name the --target FILE.")
    if is_complete and needs_authority:
        raise Misconfigured(f"The report was made with {description['ca_file']}: name it with --ca-file FILE.")
    return target


def _described(description: Mapping[str, Any], ca_file: Path | None) -> Target:
    claims = description["claims"]
    return Target(
        url=usable_url(description["url"], lab=description["lab"]) if description["url"] else "",
        submissions=_submissions(description.get("credentials")),
        verifier=interface_of(description.get("verifier", {})),
        issuing=issuing_of(description.get("issuing", {})),
        host=host_of(description.get("host", {}), environ={}),
        client=client_of(description.get("client", {})),
        peer=peer_of(description.get("peer", {})),
        ca_file=ca_file,
        known={name: tuple(identifiers) for name, identifiers in description["known"].items()},
        claims=None if claims is None else frozenset(Feature(word) for word in claims),
        limits=Limits(**description["limits"]),
        lab=description["lab"],
    )


def _submissions(description: Mapping[str, Any] | None) -> Submissions | None:
    if description is None:
        return None
    return Submissions(
        sources=tuple(description["sources"]),
        at=datetime.datetime.fromisoformat(description["at"]) if description["at"] else None,
        offline=bool(description["offline"]),
        allowed_origins=tuple(description["allow_origins"]),
    )


def _content(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise Misconfigured(f"There is no file {path}. `skillmark init {path}` writes one.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{path} cannot be read: {error}.") from error
    except tomllib.TOMLDecodeError as error:
        raise Misconfigured(f"{path} is not TOML: {error}.") from error


class _Settings:
    """The content of a target file, checked as it is read."""

    def __init__(self, content: dict[str, Any], *, path: Path, environ: Mapping[str, str]) -> None:
        self._path = path
        self._environ = environ
        self._refuse_unknown(content, _TABLES, "table")
        self._tables: dict[str, dict[str, Any]] = {}
        for name, value in content.items():
            if not isinstance(value, dict):
                raise self._wrong(name, "a table", value)
            known = _TABLES[name]
            if known is not None:
                self._refuse_unknown(value, known, f"key in [{name}]")
            self._tables[name] = value

    def url(self, *, lab: bool) -> str:
        url = self.text("target", "url", needed=not _WITHOUT_ADDRESS & self._tables.keys())
        return usable_url(url, lab=lab) if url else ""

    def submissions(self) -> Submissions | None:
        content = self._tables.get("credentials")
        if not content or "sources" not in content:
            return None
        at, offline = content.get("at"), content.get("offline", False)
        if at is not None and not (isinstance(at, datetime.datetime) and at.tzinfo):
            raise self._wrong("credentials.at", "a date and time with a zone, such as 2026-06-30T12:00:00Z", at)
        if not isinstance(offline, bool):
            raise self._wrong("credentials.offline", "true or false", offline)
        sources = self._texts("credentials.sources", content["sources"])
        return Submissions(
            sources=tuple(each if "://" in each else str(self._path.parent / each) for each in sources),
            at=at,
            offline=offline,
            allowed_origins=self._texts("credentials.allow_origins", content.get("allow_origins", [])),
        )

    def checked(self, read: Callable[[dict[str, Any]], _T], table: str) -> _T:
        """Return what a section is read as, which a module of its own does."""
        try:
            return read(self._tables.get(table, {}))
        except ValueError as error:
            raise Misconfigured(f"{self._path}: {error}.") from error

    def text(self, table: str, key: str, *, needed: bool = False) -> str:
        value = self._tables.get(table, {}).get(key, "")
        if not isinstance(value, str):
            raise self._wrong(f"{table}.{key}", "a string", value)
        if needed and not value:
            raise Misconfigured(f"{self._path}: {key} under [{table}] is missing.")
        return value

    def authentication(self, *, lab: bool) -> Authentication:
        word = self.text("authentication", "method") or "none"
        methods = {method.value: method for method in AuthenticationMethod}
        if word not in methods:
            raise Misconfigured(f"{self._path}: authentication.method {word!r} is none of {', '.join(methods)}.")
        method = methods[word]
        if method is AuthenticationMethod.NONE:
            return Authentication()
        if method is AuthenticationMethod.BEARER:
            return Authentication(method=method, token=self._secret("token_env"))
        url = self.text("authentication", "token_url", needed=True)
        return Authentication(
            method=method,
            token_url=_checked(url, lab=lab),
            client_id=self.text("authentication", "client_id", needed=True),
            client_secret=self._secret("client_secret_env"),
            scope=self.text("authentication", "scope"),
        )

    def _secret(self, key: str) -> str:
        variable = self.text("authentication", key, needed=True)
        return self._from_environment(variable, f"authentication.{key}")

    def _from_environment(self, variable: str, key: str) -> str:
        value = self._environ.get(variable, "")
        if not value:
            raise Misconfigured(f"{self._path}: {key} names the environment variable {variable}, which is not set.")
        if not (value.isascii() and value.isprintable()):
            raise Misconfigured(f"The environment variable {variable} holds characters that no header may have.")
        return value

    def headers(self) -> tuple[tuple[str, str], ...]:
        content = self._tables.get("http", {}).get("headers", {})
        if not isinstance(content, dict):
            raise self._wrong("http.headers", "a table", content)
        return tuple((name, self._header(name, value)) for name, value in content.items())

    def _header(self, name: str, value: object) -> str:
        if isinstance(value, dict) and set(value) == {"env"} and isinstance(value["env"], str):
            return self._from_environment(value["env"], f"http.headers.{name}")
        if not isinstance(value, str) or not (value.isascii() and value.isprintable()):
            raise self._wrong(f"http.headers.{name}", 'a string, or { env = "NAME" }', value)
        return value

    def ca_file(self) -> Path | None:
        name = self.text("target", "ca_file")
        return self._path.parent / name if name else None

    def known(self) -> dict[str, tuple[str, ...]]:
        return {name: self._texts(f"known.{name}", value) for name, value in self._tables.get("known", {}).items()}

    def claims(self) -> frozenset[Feature] | None:
        value = self._tables.get("claims", {}).get("features")
        if value is None:
            return None
        known = {feature.value: feature for feature in Feature}
        words = self._texts("claims.features", value)
        self._refuse_unknown(words, known, "feature in [claims]")
        return frozenset(known[word] for word in words)

    def attestations(self) -> dict[str, str]:
        content = self._tables.get("attestations", {})
        return {name: self.text("attestations", name) for name in content}

    def limits(self) -> Limits:
        content = {name: value for name, value in self._tables.get("http", {}).items() if name != "headers"}
        defaults = Limits()
        for name, value in content.items():
            wanted = (int, float) if name == "rate" or isinstance(getattr(defaults, name), float) else (int,)
            if (
                not isinstance(value, wanted)
                or isinstance(value, bool)
                or value < (0 if name == "redirects" else 0.001)
            ):
                raise self._wrong(f"http.{name}", "a positive number", value)
        return dataclasses.replace(defaults, **content)

    def _texts(self, key: str, value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            raise self._wrong(key, "a list of strings", value)
        return tuple(value)

    def _wrong(self, key: str, expected: str, found: object) -> Misconfigured:
        return Misconfigured(f"{self._path}: {key} has to be {expected}, and is {type(found).__name__} {found!r:.60}.")

    def _refuse_unknown(self, found: Collection[str], known: Collection[str], what: str) -> None:
        for name in found:
            if name not in known:
                close = difflib.get_close_matches(name, known, n=1)
                advice = f" Did you mean {close[0]!r}?" if close else f" Known: {', '.join(sorted(known))}."
                raise Misconfigured(f"{self._path}: there is no {what} called {name!r}.{advice}")
