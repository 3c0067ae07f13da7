"use strict";
// Lights up what feeds a chosen entry. All it knows stands in the page: cells, equalities, and the choices as JSON.
for (const stepper of document.querySelectorAll(".gradproof .stepper:not([data-ready])")) {
  stepper.dataset.ready = "";
  const { choices, start } = JSON.parse(stepper.querySelector("script[type='application/json']").textContent);
  const lines = stepper.querySelector("template").content;
  const tables = [...stepper.querySelectorAll("table[data-result]")];
  const play = stepper.querySelector("[data-do='play']");
  let [chosenName, chosenEntry] = start;
  let timer = null;

  const operand = (name, cell) => stepper.querySelector(`table[data-grid="${name}"] td[data-cell="${cell}"]`);
  const result = (name, entry) => stepper.querySelector(`table[data-result="${name}"] td[data-cell="${entry}"]`);

  function choose(name, entry, focus) {
    const before = result(chosenName, chosenEntry);
    before.classList.remove("chosen");
    before.setAttribute("aria-selected", "false");
    before.tabIndex = -1;
    stepper.querySelectorAll(".badge").forEach((badge) => badge.remove());
    stepper.querySelectorAll(".lit, .window").forEach((cell) => cell.classList.remove("lit", "window"));

    [chosenName, chosenEntry] = [name, entry];
    const { lit, window: [over, cells] } = choices[name][entry];
    cells.forEach((cell) => operand(over, cell).classList.add("window"));
    for (const [grid, cell, number] of lit) {
      const badge = document.createElement("span");
      badge.className = "badge";
      badge.textContent = number;
      operand(grid, cell).classList.add("lit");
      operand(grid, cell).prepend(badge);
    }
    const now = result(name, entry);
    now.classList.add("chosen");
    now.setAttribute("aria-selected", "true");
    // One cell of each table is in the tab order: the chosen one, elsewhere the first.
    for (const table of tables) {
      table.querySelectorAll("td").forEach((cell, k) => {
        cell.tabIndex = (table.dataset.result === name ? k === entry : k === 0) ? 0 : -1;
      });
    }
    const line = lines.querySelector(`[data-line="${name}-${entry}"]`);
    stepper.querySelector(".line").replaceChildren(...line.cloneNode(true).childNodes);
    if (focus) now.focus();
  }

  const move = (by) => choose(chosenName, (chosenEntry + by + choices[chosenName].length) % choices[chosenName].length);

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
    if (chosenEntry === choices[chosenName].length - 1) choose(chosenName, 0);
    timer = setInterval(() => {
      move(1);
      if (chosenEntry === choices[chosenName].length - 1) stop();
    }, 900);
  }

  for (const table of tables) {
    const name = table.dataset.result;
    const columns = table.rows[0].cells.length;
    table.setAttribute("role", "grid");
    table.setAttribute("aria-label", table.closest("figure").querySelector("figcaption").textContent);
    table.querySelectorAll("td").forEach((cell, entry) => {
      cell.setAttribute("role", "gridcell");
      cell.setAttribute("aria-selected", "false");
      cell.addEventListener("click", () => { stop(); choose(name, entry, true); });
      cell.addEventListener("keydown", (event) => {
        const last = choices[name].length - 1;
        const column = entry % columns;
        const target = {
          ArrowRight: column < columns - 1 ? entry + 1 : entry, ArrowLeft: column > 0 ? entry - 1 : entry,
          ArrowDown: entry + columns <= last ? entry + columns : entry, ArrowUp: entry >= columns ? entry - columns : entry,
          Home: 0, End: last, Enter: entry, " ": entry,
        }[event.key];
        if (target === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
        event.preventDefault();
        stop();
        choose(name, target, true);
      });
    });
  }
  stepper.querySelector("[data-do='back']").addEventListener("click", () => { stop(); move(-1); });
  stepper.querySelector("[data-do='next']").addEventListener("click", () => { stop(); move(1); });
  play.addEventListener("click", () => (timer === null ? run() : stop()));
  stepper.querySelectorAll(".needs-script").forEach((part) => { part.hidden = false; });
  choose(chosenName, chosenEntry);
}
