// The page works without this: it takes files that are dropped, and sends what was chosen or pasted at once.
"use strict";
(() => {
  const form = document.querySelector("[data-handing-in]");
  const file = form && form.querySelector("input[type=file]");
  const record = form && form.querySelector("textarea");
  if (!file) { return; }
  form.querySelector("[data-hint]").hidden = false;

  const send = () => {
    if (file.files.length) { record.value = ""; }
    form.requestSubmit();
  };
  file.addEventListener("change", () => { if (file.files.length) { send(); } });

  let over = 0;
  const light = (step) => {
    over = Math.max(0, over + step);
    document.body.classList.toggle("dropping", over > 0);
  };
  document.addEventListener("dragenter", (event) => { event.preventDefault(); light(1); });
  document.addEventListener("dragleave", () => light(-1));
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    light(-over);
    const dropped = event.dataTransfer;
    if (dropped.files.length) {
      file.files = dropped.files;
      send();
    } else if (dropped.getData("text")) {
      record.value = dropped.getData("text");
      file.value = "";
      send();
    }
  });
})();
