"""The page of a kit in a real browser: it is ticked, keeps what is ticked, and saves it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.browser import TOO_FAINT
from tests.conformance.kit_people import StandingClock, said_of, target_by_hand

from skillmark.asking_by_hand import write_kit
from skillmark.core.outcomes import Verdict
from skillmark.engine import find_depth
from skillmark.plans import find_plan
from skillmark.runs import certify

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser import Tab

    from skillmark.wire.kits.kits import Kit

PLAN = find_plan("ob-3.0-displayer")
FORGOTTEN = "localStorage.clear()"
#: Ticks everything as somebody would, by the names of what is on the page.
TICK = """
(() => {
  const said = %s;
  const form = document.getElementById("form");
  const happened = (each) => each.dispatchEvent(new Event("input", { bubbles: true }));
  form.elements.by.value = said.by;
  form.elements.on.value = said.on;
  for (const [name, word] of Object.entries(said.statements)) {
    form.querySelector(`[data-statement="${name}"] input[value="${word}"]`).click();
  }
  for (const [number, each] of Object.entries(said.answers)) {
    const box = form.querySelector(`[data-number="${number}"]`);
    box.querySelector(`input[value="${each.answer}"]`).click();
    for (const select of box.querySelectorAll("select")) {
      select.value = select.dataset.item ? "shown" : each.status;
      happened(select);
    }
  }
  return document.getElementById("progress").textContent;
})()
"""
PROGRESS = "document.getElementById('progress').textContent"
WIDTHS = "[document.documentElement.scrollWidth, innerWidth]"


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Kit:
    """Write a kit."""
    target = target_by_hand(tmp_path_factory.mktemp("kits") / "kit")
    return write_kit(PLAN, target, seed=7, depth=find_depth("smoke"), clock=StandingClock())


def fresh(tab: Tab, kit: Kit, *, width: int = 1280) -> str:
    """Open the page as nobody has seen it, and return its address."""
    page = (kit.folder / "checklist.html").as_uri()
    tab.open(page)
    tab.evaluate(FORGOTTEN)
    tab.open(page, width=width)
    return page


def saved(tab: Tab, folder: Path) -> Path:
    """Press the button that saves, and return the file."""
    tab.send("Page.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
    tab.evaluate("document.getElementById('save').click()")
    path = folder / "answers.json"
    for _ in range(5_000):
        # Each look at the page waits for two frames.
        if path.is_file() and path.read_bytes().endswith(b"}\n"):
            break
        tab.evaluate("1")
    return path


def test_the_page_is_ticked_and_saved(tab: Tab, kit: Kit, tmp_path: Path) -> None:
    """What is ticked is what is saved, and a run that reads it is conformant."""
    said = said_of(kit.folder)
    fresh(tab, kit)
    number = len(kit.questions)
    assert f"0 of {number} files answered." == tab.evaluate(PROGRESS)
    assert f"{number} of {number} files answered." == tab.evaluate(TICK % json.dumps(said))
    answers = saved(tab, tmp_path)
    assert said == json.loads(answers.read_text(encoding="utf-8"))
    result = certify(PLAN, target_by_hand(kit.folder, answers), clock=StandingClock())
    assert (Verdict.CONFORMANT, []) == (result.verdict, list(result.findings))


def test_a_draft_is_kept_until_it_is_forgotten(tab: Tab, kit: Kit) -> None:
    """Who comes back to the page finds what was ticked; forgetting asks first, and empties the page."""
    page = fresh(tab, kit)
    said = said_of(kit.folder)
    first = {number: said["answers"][number] for number in ("001", "002")}
    told = tab.evaluate(TICK % json.dumps(said | {"answers": first}))
    tab.open(page)
    assert (told, "Ada") == (tab.evaluate(PROGRESS), tab.evaluate("document.getElementById('by').value"))
    assert told.startswith("2 of ")
    tab.evaluate("(window.confirm = () => true, document.getElementById('clear').click())")
    assert tab.evaluate(PROGRESS).startswith("0 of ")
    tab.open(page)
    assert tab.evaluate(PROGRESS).startswith("0 of ")


def test_nobody_saves_without_a_name(tab: Tab, kit: Kit) -> None:
    """A statement has somebody who makes it: the page says so, and leads there."""
    fresh(tab, kit)
    tab.evaluate("document.getElementById('save').click()")
    assert tab.evaluate(PROGRESS).endswith("Say who looked, and save again.")
    assert "by" == tab.evaluate("document.activeElement.id")


def test_the_page_works_from_the_keyboard(tab: Tab, kit: Kit) -> None:
    """A button leads to the next open file, where a key ticks it."""
    fresh(tab, kit)
    tab.evaluate("document.getElementById('next').click()")
    focused = "document.activeElement.closest('[data-number]').dataset.number"
    assert "001" == tab.evaluate(focused)
    tab.press(" ")
    assert "accepted" == tab.evaluate("document.activeElement.value")
    assert tab.evaluate("document.activeElement.checked")


def test_every_field_has_a_name(tab: Tab, kit: Kit) -> None:
    """Whoever hears the page is told what each field is for (WCAG 2.2, 4.1.2)."""
    fresh(tab, kit)
    nameless = (
        "[...document.querySelectorAll('input, select, textarea, button')].filter((each) => "
        "!(each.labels?.length || each.getAttribute('aria-label') || each.textContent.trim())).length"
    )
    assert 0 == tab.evaluate(nameless)
    assert 0 == tab.evaluate(
        "[...document.querySelectorAll('fieldset')].filter((each) => !each.querySelector('legend')).length"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_the_page_fits(tab: Tab, kit: Kit, width: int, scheme: str) -> None:
    """On a wide and on a narrow screen nothing sticks out, and every text can be read, in both colour schemes."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    tab.send("Emulation.setEmulatedMedia", features=features)
    fresh(tab, kit, width=width)
    tab.evaluate(TICK % json.dumps(said_of(kit.folder)))
    assert [width, width] == tab.evaluate(WIDTHS)
    assert [] == tab.evaluate(TOO_FAINT)
    tab.send("Emulation.setEmulatedMedia", features=[])


def test_the_page_prints(tab: Tab, kit: Kit) -> None:
    """On paper there are no buttons, and every file is there."""
    fresh(tab, kit)
    tab.send("Emulation.setEmulatedMedia", media="print")
    assert not tab.evaluate("document.getElementById('save').checkVisibility()")
    assert tab.evaluate("[...document.querySelectorAll('[data-number]')].every((each) => each.checkVisibility())")
    tab.send("Emulation.setEmulatedMedia", media="")


def test_nothing_of_a_kit_breaks_out_of_the_page(kit: Kit) -> None:
    """The page loads nothing from elsewhere, and its policy allows its own style and script alone."""
    text = (kit.folder / "checklist.html").read_text(encoding="utf-8")
    policy = text.partition('Content-Security-Policy" content="')[2].partition('"')[0]
    assert "default-src &#39;none&#39;" in policy
    assert (1, 1) == (text.count("<script"), text.count("<style"))
    assert not any(each in text for each in (' src="', "url(", "@import", "<link", "<iframe", "unsafe"))
