"use strict";
// Lights up what feeds a chosen entry. All it knows stands in the page: cells, equalities, and the choices as JSON.
for (const stepper of document.querySelectorAll(".gradproof .stepper:not([data-ready])")) {
  stepper.dataset.ready = "";
  const layers = [...stepper.querySelectorAll(".layer")];
  const stops = layers.map(ready);
  const select = stepper.querySelector(".layers select");
  if (select) {
    const show = () => layers.forEach((layer, k) => {
      if (k !== select.selectedIndex) stops[k]();
      layer.hidden = k !== select.selectedIndex;
    });
    stepper.querySelectorAll(".layer-title").forEach((title) => { title.hidden = true; }); // the menu says it
    select.addEventListener("change", show);
    show();
  }
  stepper.querySelectorAll(".needs-script").forEach((part) => { part.hidden = false; });
}

// One layer: its cells can be chosen from now on. Gives back the function that stops the sliding window.
function ready(layer) {
  const { choices, start } = JSON.parse(layer.querySelector("script[type='application/json']").textContent);
  const lines = layer.querySelector("template").content;
  const play = layer.querySelector("[data-do='play']");
  const slow = matchMedia("(prefers-reduced-motion: reduce)");
  const cells = (kind) => Object.fromEntries([...layer.querySelectorAll(`figure[data-${kind}]`)].map((figure) => [
    figure.dataset[kind], [...figure.querySelectorAll("td")],
  ]));
  const operands = cells("grid");
  const results = cells("result");
  let [chosenArray, chosenEntry] = start;
  let timer = null;

  function choose(array, entry, focus) {
    const before = results[chosenArray][chosenEntry];
    before.classList.remove("chosen");
    before.setAttribute("aria-selected", "false");
    layer.querySelectorAll("td .badge").forEach((badge) => badge.remove());
    layer.querySelectorAll(".lit, .window").forEach((cell) => cell.classList.remove("lit", "window"));

    [chosenArray, chosenEntry] = [array, entry];
    const { lit, window: frame } = choices[array][entry];
    if (frame) frame[1].forEach((cell) => operands[frame[0]][cell].classList.add("window"));
    const badges = new Map();
    for (const [grid, at, number] of lit) {
      const cell = operands[grid][at];
      badges.set(cell, [...(badges.get(cell) ?? []), number]);
    }
    for (const [cell, numbers] of badges) {
      const badge = document.createElement("span");
      badge.className = "badge";
      badge.textContent = numbers.join(",");
      cell.classList.add("lit");
      cell.prepend(badge);
    }
    const now = results[array][entry];
    now.classList.add("chosen");
    now.setAttribute("aria-selected", "true");
    // One cell of each result is in the tab order: the chosen one, elsewhere the first.
    for (const [name, found] of Object.entries(results)) {
      found.forEach((cell, k) => { cell.tabIndex = (name === String(array) ? k === entry : k === 0) ? 0 : -1; });
    }
    const line = lines.querySelector(`[data-line="${array}-${entry}"]`);
    layer.querySelector(".line").replaceChildren(...line.cloneNode(true).childNodes);
    if (focus) now.focus();
  }

  const count = () => choices[chosenArray].length;
  const move = (by) => choose(chosenArray, (chosenEntry + by + count()) % count());

  function stop() {
    if (timer === null) return;
    clearInterval(timer);
    timer = null;
    swap();
  }

  function swap() {
    [play.textContent, play.dataset.other] = [play.dataset.other, play.textContent];
  }

  function run() {
    swap();
    if (chosenEntry === count() - 1) choose(chosenArray, 0);
    timer = setInterval(() => {
      move(1);
      if (chosenEntry === count() - 1) stop();
    }, slow.matches ? 2500 : 900);
  }

  // Where an arrow leads from an entry: inside its table, left and right also into the table beside it.
  function target(key, entry, rows, columns, last) {
    const plane = rows * columns;
    const [row, column] = [Math.floor((entry % plane) / columns), entry % columns];
    const inside = (place) => (place >= 0 && place <= last ? place : entry);
    switch (key) {
      case "ArrowRight": return column < columns - 1 ? entry + 1 : inside(entry + plane - column);
      case "ArrowLeft": return column > 0 ? entry - 1 : inside(entry - plane + columns - 1);
      case "ArrowDown": return row < rows - 1 ? entry + columns : entry;
      case "ArrowUp": return row > 0 ? entry - columns : entry;
      case "PageDown": return inside(entry + plane);
      case "PageUp": return inside(entry - plane);
      case "Home": return 0;
      case "End": return last;
      case "Enter": case " ": return entry;
      default: return null;
    }
  }

  for (const figure of layer.querySelectorAll("figure[data-result]")) {
    const array = Number(figure.dataset.result);
    const { length: rows, 0: { cells: { length: columns } } } = figure.querySelector("table").rows;
    const name = figure.querySelector("figcaption").textContent;
    for (const table of figure.querySelectorAll("table")) {
      table.setAttribute("role", "grid");
      table.setAttribute("aria-label", [name, table.caption?.textContent].filter(Boolean).join(", "));
    }
    results[array].forEach((cell, entry) => {
      cell.setAttribute("role", "gridcell");
      cell.setAttribute("aria-selected", "false");
      cell.addEventListener("click", () => { stop(); choose(array, entry, true); });
      cell.addEventListener("keydown", (event) => {
        if (event.ctrlKey || event.altKey || event.metaKey) return;
        const place = target(event.key, entry, rows, columns, choices[array].length - 1);
        if (place === null) return;
        event.preventDefault();
        stop();
        choose(array, place, true);
      });
    });
  }
  layer.querySelector("[data-do='back']").addEventListener("click", () => { stop(); move(-1); });
  layer.querySelector("[data-do='next']").addEventListener("click", () => { stop(); move(1); });
  play.addEventListener("click", () => (timer === null ? run() : stop()));
  choose(chosenArray, chosenEntry);
  return stop;
}
