"use strict";
(() => {
  const form = document.getElementById("form");
  const kit = document.body.dataset.kit;
  const place = `skillmark-kit ${kit}`;
  const files = [...document.querySelectorAll("[data-number]")];
  const statements = [...document.querySelectorAll("[data-statement]")];
  const progress = document.getElementById("progress");
  const store = (() => {
    try { localStorage.getItem(place); return localStorage; } catch { return null; }
  })();

  const chosen = (box) => box.querySelector("input[type=radio]:checked")?.value ?? "";
  const selects = (box) => [...box.querySelectorAll("select")];
  const isDone = (box) => chosen(box) !== "" && selects(box).every((each) => each.value !== "");

  const reply = (box) => {
    const found = {};
    if (chosen(box)) { found.answer = chosen(box); }
    for (const each of selects(box)) {
      if (each.dataset.item === undefined) {
        if (each.value) { found.status = each.value; }
      } else if (each.value) {
        (found[each.value] ??= []).push(each.dataset.item);
      }
    }
    const notes = box.querySelector("textarea").value.trim();
    if (notes) { found.notes = notes; }
    return found;
  };

  const collect = () => {
    const found = { kit, by: form.elements.by.value.trim(), on: form.elements.on.value, answers: {}, statements: {} };
    for (const box of files) {
      const said = reply(box);
      if (Object.keys(said).length) { found.answers[box.dataset.number] = said; }
    }
    for (const box of statements) {
      if (chosen(box)) { found.statements[box.dataset.statement] = chosen(box); }
    }
    return found;
  };

  const check = (box, value) => {
    const input = [...box.querySelectorAll("input[type=radio]")].find((each) => each.value === value);
    if (input) { input.checked = true; }
  };

  const restore = (found) => {
    form.elements.by.value = found.by ?? "";
    form.elements.on.value = found.on || form.elements.on.value;
    for (const box of files) {
      const said = found.answers?.[box.dataset.number] ?? {};
      check(box, said.answer);
      for (const each of selects(box)) {
        const item = each.dataset.item;
        each.value = item === undefined ? said.status ?? ""
          : said.shown?.includes(item) ? "shown" : said.missing?.includes(item) ? "missing" : "";
      }
      box.querySelector("textarea").value = said.notes ?? "";
    }
    for (const box of statements) { check(box, found.statements?.[box.dataset.statement]); }
  };

  const tell = (more = "") => {
    for (const box of files) { box.classList.toggle("done", isDone(box)); }
    const done = files.filter(isDone).length;
    progress.textContent = `${done} of ${files.length} files answered.${more}`;
  };

  const keep = () => {
    try { store?.setItem(place, JSON.stringify(collect())); } catch { /* full: the answers can still be saved */ }
    tell();
  };

  document.getElementById("next").addEventListener("click", () => {
    const next = files.find((each) => !isDone(each));
    if (!next) { tell(" Nothing is open."); return; }
    next.scrollIntoView({ block: "start" });
    next.querySelector(chosen(next) ? "select" : "input").focus({ preventScroll: true });
  });

  document.getElementById("save").addEventListener("click", () => {
    if (!form.elements.by.value.trim()) {
      tell(" Say who looked, and save again.");
      form.elements.by.focus();
      return;
    }
    const text = `${JSON.stringify(collect(), null, 2)}\n`;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    link.download = "answers.json";
    link.click();
    URL.revokeObjectURL(link.href);
    tell(" The answers are saved as answers.json.");
  });

  document.getElementById("clear").addEventListener("click", () => {
    if (!confirm("Forget everything that was ticked on this page?")) { return; }
    form.reset();
    try { store?.removeItem(place); } catch { /* it was never kept */ }
    form.elements.on.valueAsDate = new Date();
    tell();
  });

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", keep);
  document.querySelector("footer").hidden = false;
  form.elements.on.valueAsDate = new Date();
  try {
    const kept = store?.getItem(place);
    if (kept) { restore(JSON.parse(kept)); }
  } catch { /* what was kept cannot be read, and is written anew */ }
  tell();
})();
