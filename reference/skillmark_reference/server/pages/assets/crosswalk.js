// The table of pairs reads without this: it draws the pairs as lines between two columns.
"use strict";
(() => {
  const drawing = document.getElementById("drawing");
  if (!drawing) { return; }
  const NAMESPACE = "http://www.w3.org/2000/svg";
  const canvas = drawing.querySelector(".lines");
  const stops = Array.from(drawing.querySelectorAll(".column li"));
  const ticks = Array.from(drawing.querySelectorAll("[data-type]"));

  const made = (name, className, parent) => {
    const element = document.createElementNS(NAMESPACE, name);
    if (className) { element.setAttribute("class", className); }
    parent.append(element);
    return element;
  };
  const pairs = Array.from(document.querySelectorAll("#pairs tbody tr")).map((row) => {
    const { left, right, type, style, points } = row.dataset;
    const group = made("g", style, canvas);
    const pair = { row, group, type, points, left: document.getElementById(left), right: document.getElementById(right) };
    made("title", "", group).textContent = type;
    pair.line = made("path", "line", group);
    pair.head = points === "both" ? null : made("polygon", "head", group);
    return pair;
  });

  // Lines leave a stop one below the other, in the order of where they lead: fewer of them cross.
  const ports = (side, other, boxes, top) => {
    const heights = new Map();
    const middle = (pair) => { const box = boxes.get(pair[other]); return box.top + box.height / 2; };
    const shown = pairs.filter((pair) => !pair.row.hidden).sort((one, two) => middle(one) - middle(two));
    const counts = new Map();
    for (const pair of shown) { counts.set(pair[side], (counts.get(pair[side]) || 0) + 1); }
    const taken = new Map();
    for (const pair of shown) {
      const box = boxes.get(pair[side]);
      const number = (taken.get(pair[side]) || 0) + 1;
      taken.set(pair[side], number);
      heights.set(pair, box.top - top + box.height * number / (counts.get(pair[side]) + 1));
    }
    return heights;
  };

  const rounded = (number) => Math.round(number * 10) / 10;
  const arrow = (x, y, towards) => {
    const back = x - towards * 9;
    return `${x},${y} ${back},${y - 4.5} ${back},${y + 4.5}`;
  };
  const drawPair = ({ line, head, points }, width, start, end) => {
    const [from, to] = [rounded(start), rounded(end)];
    const begin = points === "left" ? 8 : 0;
    const finish = points === "right" ? width - 8 : width;
    const bend = rounded(width * .45);
    line.setAttribute("d", `M${begin} ${from}C${bend} ${from} ${rounded(width - bend)} ${to} ${finish} ${to}`);
    if (head) { head.setAttribute("points", points === "left" ? arrow(0, from, -1) : arrow(width, to, 1)); }
  };

  const draw = () => {
    const { width, top, height } = canvas.getBoundingClientRect();
    if (!width) { return; }
    canvas.setAttribute("viewBox", `0 0 ${rounded(width)} ${rounded(height)}`);
    const boxes = new Map(stops.map((stop) => [stop, stop.getBoundingClientRect()]));
    const [starts, ends] = [ports("left", "right", boxes, top), ports("right", "left", boxes, top)];
    for (const pair of pairs) {
      if (starts.has(pair)) { drawPair(pair, rounded(width), starts.get(pair), ends.get(pair)); }
    }
  };

  const choose = (stop) => {
    drawing.classList.toggle("choosing", Boolean(stop));
    stops.forEach((each) => each.classList.remove("lit"));
    for (const pair of pairs) {
      const isLit = Boolean(stop) && (pair.left === stop || pair.right === stop);
      pair.group.classList.toggle("lit", isLit);
      if (isLit) { pair.left.classList.add("lit"); pair.right.classList.add("lit"); }
    }
  };
  stops.forEach((stop) => {
    stop.addEventListener("mouseenter", () => choose(stop));
    stop.addEventListener("mouseleave", () => choose(null));
    stop.addEventListener("focusin", () => choose(stop));
    stop.addEventListener("focusout", () => choose(null));
  });

  const select = () => {
    const types = new Set(ticks.filter((tick) => tick.checked).map((tick) => tick.dataset.type));
    for (const pair of pairs) {
      pair.row.hidden = !types.has(pair.type);
      pair.group.toggleAttribute("hidden", pair.row.hidden);
    }
    draw();
  };
  ticks.forEach((tick) => tick.addEventListener("change", select));

  drawing.hidden = false;
  select();
  new ResizeObserver(draw).observe(drawing);
  if (document.fonts) { document.fonts.ready.then(draw); }
  addEventListener("beforeprint", () => { drawing.classList.add("printing"); draw(); });
  addEventListener("afterprint", () => { drawing.classList.remove("printing"); draw(); });
})();
