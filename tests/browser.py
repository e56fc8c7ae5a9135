"""A real browser, driven over a pipe, and what it is asked about every page."""

from __future__ import annotations

import fcntl
import json
import os
import select
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Record = dict[str, Any]

SECONDS = 90.0
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--remote-debugging-pipe",
)
#: Gives the ends of two pipes the numbers 3 and 4, and becomes the browser.
LAUNCHER = """
import os, sys
for number, end in enumerate(sys.argv[1:3], start=3):
    os.dup2(int(end), number)
os.execvp(sys.argv[3], sys.argv[3:])
"""
#: Text of a page whose contrast is below the 4.5 to 1 of WCAG 2.2, 1.4.3.
TOO_FAINT = """
(() => {
  const channels = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
  const opaque = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const found = channels(getComputedStyle(each).backgroundColor);
      if (found.length === 3 || found[3] === 1) { return found; }
    }
    return matchMedia("(prefers-color-scheme: dark)").matches ? [0, 0, 0] : [255, 255, 255];
  };
  const light = (colour) => {
    const [red, green, blue] = colour.map((each) => each / 255).map((each) => (
      each <= .04045 ? each / 12.92 : ((each + .055) / 1.055) ** 2.4));
    return .2126 * red + .7152 * green + .0722 * blue;
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const faint = [];
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) { continue; }
    const tones = [light(channels(getComputedStyle(element).color)), light(opaque(element))].sort((a, b) => b - a);
    const contrast = (tones[0] + .05) / (tones[1] + .05);
    if (contrast < 4.5) { faint.push(`${contrast.toFixed(2)} ${walker.currentNode.data.trim().slice(0, 40)}`); }
  }
  return faint;
})()
"""


class Tab:
    """A tab of a browser that is driven over a pipe (Chrome DevTools Protocol)."""

    def __init__(self, program: str, folder: Path) -> None:
        theirs, mine = zip(_pipe(), reversed(_pipe()), strict=True)
        self._write, self._read = mine
        self._errors = (folder / "errors").open("wb")
        launcher = [sys.executable, "-c", LAUNCHER, *map(str, theirs), program]
        self._process = subprocess.Popen(  # noqa: S603 - our own words
            [*launcher, *ARGUMENTS, f"--user-data-dir={folder / 'profile'}"],
            pass_fds=theirs,
            stdin=subprocess.DEVNULL,
            stdout=self._errors,
            stderr=self._errors,
        )
        for each in theirs:
            os.close(each)
        self._pending = b""
        self._number = 0
        self._session: str | None = None
        #: What the browser reported of itself: errors of scripts, violations of the policy.
        self.complaints: list[str] = []

    def start(self) -> None:
        """Open an empty page."""
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.send(f"{domain}.enable")

    def close(self) -> None:
        """End the browser."""
        # It ends when nobody drives it any more; one that hangs is stopped.
        for each in (self._write, self._read):
            os.close(each)
        try:
            self._process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()

    def send(self, method: str, **parameters: object) -> Record:
        """Send a command, and return what it results in."""
        self._number += 1
        message: Record = {"id": self._number, "method": method, "params": parameters}
        message |= {"sessionId": self._session} if self._session else {}
        os.write(self._write, json.dumps(message).encode() + b"\0")
        answer = self._wait(lambda each: each.get("id") == self._number)
        assert "error" not in answer, answer
        return dict(answer["result"])

    def open(self, address: str, *, width: int = 1280) -> None:
        """Load a page, and wait until it is there; its scripts have run then."""
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        for each in ("about:blank", address):
            self.send("Page.navigate", url=each)
            self._wait(lambda event: event.get("method") == "Page.loadEventFired")

    def evaluate(self, expression: str) -> Any:  # noqa: ANN401 - any JSON value
        """Return the value of an expression, after what has to be drawn is drawn."""
        drawn = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        wrapped = f"{drawn}.then(() => ({expression}))"
        answer = self.send("Runtime.evaluate", expression=wrapped, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def submit(self, expression: str) -> None:
        """Evaluate what sends a form, and wait until the answer is there."""
        self.send("Runtime.evaluate", expression=expression)
        self._wait(lambda event: event.get("method") == "Page.loadEventFired")

    def press(self, key: str) -> None:
        """Press and release a key."""
        text = {"text": key} if len(key) == 1 else {}
        self.send("Input.dispatchKeyEvent", type="keyDown", key=key, **text)
        self.send("Input.dispatchKeyEvent", type="keyUp", key=key)

    def _wait(self, is_wanted: Callable[[Record], bool]) -> Record:
        while True:
            message = self._receive()
            parameters = message.get("params", {})
            if message.get("method") == "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(parameters["exceptionDetails"]))
            elif message.get("method") == "Log.entryAdded" and parameters["entry"]["level"] == "error":
                self.complaints.append(parameters["entry"]["text"])
            if is_wanted(message):
                return message

    def _receive(self) -> Record:
        end = time.monotonic() + SECONDS
        while b"\0" not in self._pending:
            ready, _, _ = select.select([self._read], [], [], max(0.0, end - time.monotonic()))
            chunk = os.read(self._read, 2**20) if ready else b""
            assert chunk, f"the browser said nothing; it wrote to {self._errors.name}"
            self._pending += chunk
        message, _, self._pending = self._pending.partition(b"\0")
        return dict(json.loads(message))


def _pipe() -> tuple[int, int]:
    """Return both ends of a pipe, out of the way of the numbers that the browser expects."""
    ends = os.pipe()
    moved = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 20) for end in ends)
    for end in ends:
        os.close(end)
    return moved[0], moved[1]
