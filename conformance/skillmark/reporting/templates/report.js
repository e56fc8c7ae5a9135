// The report reads without this: it filters the requirements, opens what a link leads to, and opens everything for print.
"use strict";
(() => {
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const byId = (id) => document.getElementById(id);
  all(".tools").forEach((tool) => { tool.hidden = false; });

  const expand = byId("expand");
  expand.addEventListener("click", () => {
    const opening = expand.dataset.open !== "yes";
    all("details").forEach((each) => { each.open = opening; });
    expand.dataset.open = opening ? "yes" : "no";
    expand.textContent = opening ? "Collapse all" : "Expand all";
  });

  const text = byId("filter-text");
  const outcome = byId("filter-outcome");
  const deciding = byId("filter-deciding");
  const rows = all("#coverage tbody tr").map((row) => ({ row, words: row.textContent.toLowerCase() }));
  const filter = () => {
    const wanted = text.value.trim().toLowerCase();
    let count = 0;
    for (const { row, words } of rows) {
      const fits = words.includes(wanted)
        && (!outcome.value || row.dataset.outcome === outcome.value)
        && (!deciding.checked || row.dataset.deciding === "yes");
      row.hidden = !fits;
      count += fits ? 1 : 0;
    }
    byId("filter-count").textContent = `${count} of ${rows.length}`;
  };
  [text, outcome, deciding].forEach((control) => control.addEventListener("input", filter));
  text.form.addEventListener("submit", (event) => event.preventDefault());
  filter();

  const reveal = () => {
    const target = location.hash.length > 1 && byId(decodeURIComponent(location.hash.slice(1)));
    if (!target) { return; }
    if (target.hidden) { text.value = ""; outcome.value = ""; deciding.checked = false; filter(); }
    const after = target.matches("h3") ? target.nextElementSibling : null;
    [target, after].forEach((each) => { if (each && each.matches("details")) { each.open = true; } });
    for (let each = target; each; each = each.parentElement) {
      if (each.matches("details")) { each.open = true; }
    }
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all("details:not([open])").filter((each) => !each.closest(".of-passes"));
    closed.forEach((each) => { each.open = true; });
  });
  addEventListener("afterprint", () => { closed.forEach((each) => { each.open = false; }); });
})();
