// The pages read without this: it filters what is listed, opens what a link leads to, and opens everything for print.
"use strict";
(() => {
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const section = document.querySelector("[data-search]");
  const input = section && section.querySelector("input[type=search]");
  if (!input) { return; }

  // An entry is a list item; it may hold further entries, as a branch of a tree does.
  const entries = all("[data-entry]", section).map((element) => ({
    element,
    branch: element.querySelector(":scope > details"),
    // Its own words come before those of the entries that it holds.
    text: element.querySelector("[data-words]"),
    isHit: element.dataset.entry === "hit",
  }));
  const numbers = new Map(entries.map((entry, number) => [entry.element, number]));
  for (const entry of entries) {
    const above = entry.element.parentElement.closest("[data-entry]");
    entry.above = above ? entries[numbers.get(above)] : null;
    entry.words = entry.isHit ? plain(entry.text.textContent) : "";
  }
  const headings = all("h3[id]", section);
  const result = section.querySelector("[role=status]");
  let opened = null;

  const remember = () => {
    opened = opened || new Set(entries.filter((entry) => entry.branch && entry.branch.open));
  };
  const restore = () => {
    if (opened) {
      entries.forEach((entry) => { if (entry.branch) { entry.branch.open = opened.has(entry); } });
      opened = null;
    }
  };

  const mark = (terms, found) => {
    if (!window.CSS || !CSS.highlights || !window.Highlight) { return; }
    CSS.highlights.delete("found");
    const ranges = [];
    for (const { text } of found.slice(0, 500)) {
      const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const words = walker.currentNode.data.toLowerCase();
        for (const term of terms) {
          for (let at = words.indexOf(term); at >= 0; at = words.indexOf(term, at + term.length)) {
            ranges.push(new StaticRange({
              startContainer: walker.currentNode, startOffset: at,
              endContainer: walker.currentNode, endOffset: Math.min(at + term.length, walker.currentNode.length),
            }));
          }
        }
      }
    }
    if (ranges.length) { CSS.highlights.set("found", new Highlight(...ranges)); }
  };

  const say = (count) => {
    const total = entries.filter((entry) => entry.isHit).length;
    const whole = `${total.toLocaleString("en")} ${total === 1 ? result.dataset.noun : result.dataset.plural}`;
    result.textContent = count === null ? whole : `${count ? count.toLocaleString("en") : "None"} of ${whole}`;
  };

  const search = () => {
    const terms = plain(input.value).split(/\s+/).filter(Boolean);
    const found = terms.length ? entries.filter((entry) => entry.isHit && terms.every((term) => entry.words.includes(term))) : [];
    if (terms.length) { remember(); } else { restore(); }
    const hits = new Set(found);
    const shown = new Set(found);
    for (const entry of found) {
      for (let above = entry.above; above; above = above.above) { shown.add(above); }
    }
    for (const entry of entries) {
      // What is below a hit stays, folded: a reader who looked for a branch wants to open it.
      entry.isBelow = Boolean(entry.above) && (hits.has(entry.above) || entry.above.isBelow);
      entry.element.hidden = terms.length > 0 && !shown.has(entry) && !entry.isBelow;
      if (terms.length && entry.branch) { entry.branch.open = shown.has(entry) && !hits.has(entry); }
    }
    for (const entry of found) {
      for (let above = entry.above; above; above = above.above) { if (above.branch) { above.branch.open = true; } }
    }
    headings.forEach((heading) => { heading.hidden = terms.length > 0; });
    mark(terms, found);
    say(terms.length ? found.length : null);
  };

  // A search is part of the address, so that it can be shared.
  const address = () => {
    const words = input.value.trim();
    const fragment = words ? `#q=${encodeURIComponent(words)}` : location.pathname + location.search;
    history.replaceState(null, "", fragment);
  };
  const decoded = (text) => { try { return decodeURIComponent(text); } catch { return text; } };
  const follow = () => {
    const fragment = location.hash.slice(1);
    if (fragment.startsWith("q=")) {
      input.value = decoded(fragment.slice(2));
      search();
      return;
    }
    const target = fragment && document.getElementById(decoded(fragment));
    if (!target) { return; }
    if (target.closest("[hidden]")) { input.value = ""; search(); }
    for (let each = target; each; each = each.parentElement) {
      if (each.matches("details")) { each.open = true; }
    }
    target.scrollIntoView();
  };

  all(".tools").forEach((tool) => { tool.hidden = false; });
  say(null);
  input.form.addEventListener("submit", (event) => event.preventDefault());
  input.addEventListener("input", () => { search(); address(); });
  addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      input.focus();
      input.select();
    } else if (event.key === "Escape" && event.target === input && input.value) {
      event.preventDefault();
      input.value = "";
      search();
      address();
    }
  });
  all("[data-all]", section).forEach((button) => {
    button.addEventListener("click", () => {
      entries.forEach((entry) => { if (entry.branch) { entry.branch.open = button.dataset.all === "open"; } });
    });
  });
  addEventListener("hashchange", follow);
  follow();

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all("details:not([open])");
    closed.forEach((each) => { each.open = true; });
  });
  addEventListener("afterprint", () => { closed.forEach((each) => { each.open = false; }); });
})();
