"""HTML pages as a browser sees them: forms, their fields and buttons, links; whatever the markup is."""

from __future__ import annotations

import dataclasses
import enum
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urljoin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

#: Bytes of a page, elements, and elements of a kind, that are looked at.
_MOST_BYTES = 2 * 2**20
_MOST_TAGS = 20_000
_MOST_ELEMENTS = 500
_SHOWN = 200
_BLANKS = re.compile(r"\s+")
#: A page that waits longer than this many seconds is there to be used, and ends a session then.
_LONGEST_WAIT = 10
_REFRESH = re.compile(r"\s*(\d*)\.?\d*\s*[;,]\s*(?:url\s*=)?\s*['\"]?([^'\"]+)", re.IGNORECASE)
_PRESSED = frozenset({"submit", "image"})
#: Elements whose text nobody reads.
_UNREAD = frozenset({"script", "style", "template"})


class FieldKind(enum.Enum):
    """What can be done with a field."""

    HIDDEN = "hidden"
    TYPED = "typed"
    PASSWORD = "password"  # noqa: S105 - a kind of field
    CHECK_BOX = "check box"
    RADIO = "radio button"
    CHOICE = "choice"
    BUTTON = "button"
    #: Nothing of it is sent.
    OTHER = "other"


@dataclasses.dataclass(slots=True, kw_only=True)
class Field:
    """One control of a form."""

    kind: FieldKind
    name: str = ""
    value: str = ""
    #: The text next to it, or on it.
    label: str = ""
    is_checked: bool = False
    is_required: bool = False
    #: What a browser may fill in by itself, for example ``username``.
    autocomplete: str = ""
    identifier: str = ""
    #: Where a button sends its form, and how, if it says so.
    action: str | None = None
    method: str = ""
    #: Values and texts of a choice.
    options: list[tuple[str, str]] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(slots=True, kw_only=True)
class Form:
    """One form."""

    action: str = ""
    method: str = "get"
    identifier: str = ""
    fields: list[Field] = dataclasses.field(default_factory=list)

    def of(self, *kinds: FieldKind) -> list[Field]:
        """Return the fields of some kinds."""
        return [each for each in self.fields if each.kind in kinds]

    @property
    def is_hidden(self) -> bool:
        """Whether it has fields, and none that somebody sees."""
        return bool(self.fields) and all(each.kind in {FieldKind.HIDDEN, FieldKind.OTHER} for each in self.fields)

    @property
    def buttons(self) -> list[Field]:
        """What sends it."""
        return self.of(FieldKind.BUTTON)

    def pairs(self, button: Field | None, changes: Mapping[int, str | bool | None]) -> Iterator[tuple[str, str]]:
        """Yield names and values as a browser sends them; ``changes`` has new values by the ids of fields."""
        for each in self.fields:
            change = changes.get(id(each))
            if each.kind is FieldKind.BUTTON:
                if each is button and each.name:
                    yield each.name, each.value
            elif each.kind in {FieldKind.CHECK_BOX, FieldKind.RADIO}:
                if each.name and (each.is_checked if change is None else change):
                    yield each.name, each.value or "on"
            elif each.kind is not FieldKind.OTHER and each.name:
                yield each.name, each.value if change is None else str(change)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link."""

    address: str
    label: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What a browser sends when a button is pressed."""

    method: str
    address: str
    #: Of a form that is posted.
    body: str = ""


@dataclasses.dataclass(slots=True, kw_only=True)
class Page:
    """What of a page matters to somebody who has to get on."""

    address: str
    #: What relative addresses are below.
    base: str = ""
    forms: list[Form] = dataclasses.field(default_factory=list)
    links: list[Link] = dataclasses.field(default_factory=list)
    #: Where the page sends a browser by itself.
    refresh: str = ""
    #: Whether it does so only where there are no scripts.
    is_fallback: bool = False
    has_scripts: bool = False
    #: The beginning of what can be read.
    text: str = ""

    def submitted(
        self, form: Form, button: Field | None = None, changes: Mapping[int, str | bool | None] | None = None
    ) -> Submission:
        """Return what is sent when a button of a form is pressed (HTML, 4.10.21.3)."""
        own = button.action if button is not None and button.action is not None else form.action
        address = (joined(self.base, own) if own.strip() else self.address).partition("#")[0]
        pairs = urlencode(list(form.pairs(button, changes or {})))
        method = ((button.method if button is not None else "") or form.method).lower()
        if method == "post":
            return Submission(method="POST", address=address, body=pairs)
        return Submission(method="GET", address=f"{address.partition('?')[0]}?{pairs}")


def joined(base: str, address: str) -> str:
    """Return an address as seen from a page; as it stands where it cannot be read."""
    try:
        return urljoin(base, address.strip())
    except ValueError:
        return address


def read_page(body: bytes, *, address: str) -> Page:
    """Read a page; never raises, whatever it is."""
    reader = _Reader(address)
    try:
        reader.feed(body[:_MOST_BYTES].decode("utf-8", "replace"))
        reader.close()
    except (AssertionError, ValueError):
        # What was read before markup that the parser cannot get over is what a page has.
        pass
    return reader.finished()


class _Reader(HTMLParser):
    """Collects what a page has; unclosed and misplaced elements are taken as they come."""

    def __init__(self, address: str) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page(address=address)
        self._base = address
        self._form: Form | None = None
        self._stray = Form()
        #: Fields that belong to a form elsewhere, by its id.
        self._elsewhere: list[tuple[str, Field]] = []
        self._labels: dict[str, str] = {}
        self._text: list[str] = []
        self._unread = 0
        self._is_without_scripts = False
        #: What text goes to: a button, a link, an option, a label.
        self._button: tuple[Field, list[str]] | None = None
        self._link: tuple[str, list[str]] | None = None
        self._choice: Field | None = None
        self._option: tuple[str | None, bool, list[str]] | None = None
        self._label: tuple[str, list[str], list[Field]] | None = None
        self._area: tuple[Field, list[str]] | None = None
        self._count = 0

    def finished(self) -> Page:
        """Return the page, with everything brought together."""
        for tag in ("button", "a", "option", "label", "textarea"):
            self.handle_endtag(tag)
        by_id = {form.identifier: form for form in self.page.forms if form.identifier}
        for identifier, field in self._elsewhere:
            by_id.get(identifier, self._stray).fields.append(field)
        if self._stray.fields:
            self.page.forms.append(self._stray)
        for field in (field for form in self.page.forms for field in form.fields):
            field.label = field.label or self._labels.get(field.identifier, "")
        self.page.base = self._base
        self.page.text = _plain(self._text)[:_SHOWN]
        return self.page

    # Elements

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._count += 1
        if self._count > _MOST_TAGS:
            return
        given = {name: value or "" for name, value in reversed(attrs)}
        if tag in _UNREAD:
            self._unread += 1
            self.page.has_scripts |= tag == "script"
        begin = getattr(self, f"_begin_{tag}", None)
        if begin is not None:
            begin(given)

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNREAD:
            self._unread = max(0, self._unread - 1)
        end = getattr(self, f"_end_{tag}", None)
        if end is not None:
            end()

    def handle_data(self, data: str) -> None:
        if self._unread:
            return
        self._text.append(data)
        if self._button is not None:
            self._button[1].append(data)
        if self._link is not None:
            self._link[1].append(data)
        if self._option is not None:
            self._option[2].append(data)
        if self._label is not None:
            self._label[1].append(data)
        if self._area is not None:
            self._area[1].append(data)

    def _begin_base(self, given: Mapping[str, str]) -> None:
        if given.get("href"):
            self._base = joined(self.page.address, given["href"])

    def _begin_meta(self, given: Mapping[str, str]) -> None:
        found = _REFRESH.match(given.get("content", ""))
        if given.get("http-equiv", "").lower() != "refresh" or not found or self.page.refresh:
            return
        if len(found[1]) <= len(str(_LONGEST_WAIT)) and int(found[1] or 0) <= _LONGEST_WAIT:
            self.page.refresh = joined(self._base, found[2])
            self.page.is_fallback = self._is_without_scripts

    def _begin_noscript(self, _: Mapping[str, str]) -> None:
        self._is_without_scripts = True

    def _end_noscript(self) -> None:
        self._is_without_scripts = False

    def _begin_form(self, given: Mapping[str, str]) -> None:
        if len(self.page.forms) < _MOST_ELEMENTS:
            self._form = Form(
                action=given.get("action", ""),
                method=given.get("method", "get").lower(),
                identifier=given.get("id", ""),
            )
            self.page.forms.append(self._form)

    def _end_form(self) -> None:
        self._form = None

    def _begin_input(self, given: Mapping[str, str]) -> None:
        kind = _kind_of_input(given.get("type", "text").lower())
        field = self._added(kind, given)
        if kind is FieldKind.BUTTON:
            field.label = given.get("value") or given.get("alt") or given.get("title", "")

    def _begin_button(self, given: Mapping[str, str]) -> None:
        self._end_button()
        kind = FieldKind.BUTTON if given.get("type", "submit").lower() == "submit" else FieldKind.OTHER
        self._button = (self._added(kind, given), [])

    def _end_button(self) -> None:
        if self._button is not None:
            field, texts = self._button
            field.label = _plain(texts) or field.label
            self._button = None

    def _begin_select(self, given: Mapping[str, str]) -> None:
        self._choice = self._added(FieldKind.CHOICE, given)

    def _end_select(self) -> None:
        self._end_option()
        self._choice = None

    def _begin_option(self, given: Mapping[str, str]) -> None:
        self._end_option()
        self._option = (given.get("value"), "selected" in given, [])

    def _end_option(self) -> None:
        if self._option is not None and self._choice is not None:
            value, is_selected, texts = self._option
            text = _plain(texts)
            value = text if value is None else value
            if is_selected or not self._choice.options:
                self._choice.value = value
            self._choice.options.append((value, text))
        self._option = None

    def _begin_textarea(self, given: Mapping[str, str]) -> None:
        self._area = (self._added(FieldKind.HIDDEN, given), [])

    def _end_textarea(self) -> None:
        if self._area is not None:
            field, texts = self._area
            field.value = "".join(texts)
            self._area = None

    def _begin_label(self, given: Mapping[str, str]) -> None:
        self._end_label()
        self._label = (given.get("for", ""), [], [])

    def _end_label(self) -> None:
        if self._label is not None:
            name, texts, fields = self._label
            text = _plain(texts)
            if name:
                self._labels.setdefault(name, text)
            for field in fields:
                field.label = field.label or text
            self._label = None

    def _begin_a(self, given: Mapping[str, str]) -> None:
        self._end_a()
        if given.get("href"):
            self._link = (given["href"], [given.get("title", ""), " "])

    def _end_a(self) -> None:
        if self._link is not None and len(self.page.links) < _MOST_ELEMENTS:
            address, texts = self._link
            self.page.links.append(Link(address=joined(self._base, address), label=_plain(texts)))
        self._link = None

    def _added(self, kind: FieldKind, given: Mapping[str, str]) -> Field:
        field = Field(
            kind=FieldKind.OTHER if "disabled" in given else kind,
            name=given.get("name", ""),
            value=given.get("value", ""),
            label=given.get("aria-label", "") or given.get("placeholder", ""),
            is_checked="checked" in given,
            is_required="required" in given,
            autocomplete=given.get("autocomplete", "").lower(),
            identifier=given.get("id", ""),
            action=given.get("formaction"),
            method=given.get("formmethod", ""),
        )
        owner = self._form or self._stray
        if "form" in given:
            self._elsewhere.append((given["form"], field))
        elif len(owner.fields) < _MOST_ELEMENTS:
            owner.fields.append(field)
        if self._label is not None:
            self._label[2].append(field)
        return field


def _kind_of_input(name: str) -> FieldKind:
    if name in _PRESSED:
        return FieldKind.BUTTON
    known = {
        "hidden": FieldKind.HIDDEN,
        "password": FieldKind.PASSWORD,
        "checkbox": FieldKind.CHECK_BOX,
        "radio": FieldKind.RADIO,
        "button": FieldKind.OTHER,
        "reset": FieldKind.OTHER,
        "file": FieldKind.OTHER,
    }
    # A browser takes a type that it does not know for a line of text.
    return known.get(name, FieldKind.TYPED)


def _plain(texts: Iterable[str]) -> str:
    return _BLANKS.sub(" ", "".join(texts)).strip()
