// The list: which row is chosen, the next one, ticking many, and panes on small screens.
import { root, word } from "./words.js";

const rows = () => [...document.querySelectorAll("#rows > .entry")];

export function chosenRow() {
  return document.querySelector('#rows > .entry[aria-current="true"]');
}

export function choose(row) {
  for (const other of rows()) if (other !== row) other.removeAttribute("aria-current");
  row?.setAttribute("aria-current", "true");
}

/** Opens the row as a click would. */
export function openRow(row) {
  row?.querySelector(".entry__link").click();
}

export function neighbour(step) {
  const all = rows();
  const here = all.findIndex((row) => row.contains(document.activeElement));
  const from = here >= 0 ? here : all.indexOf(chosenRow());
  return all[Math.min(all.length - 1, Math.max(0, from + step))] ?? all[0];
}

function mark() {
  const { conversation } = document.getElementById("conversation")?.dataset ?? {};
  choose(conversation ? document.getElementById(`conversation-${conversation}-row`) : null);
  const view = document.getElementById("workspace")?.dataset.view;
  for (const link of document.querySelectorAll(".rail__item[data-view]")) {
    if (link.dataset.view === view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

// While several are chosen, a click on a row ticks it, before anything could open it.
document.addEventListener("click", (event) => {
  const box = event.target.closest(".list--select .entry__link")?.closest(".entry").querySelector("[data-tick]");
  if (!box || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  event.stopPropagation();
  box.click();
}, true);

document.addEventListener("click", (event) => {
  const link = event.target.closest(".entry__link");
  if (link) choose(link.closest(".entry"));
  if (event.target.closest("[data-select]")) select(document.getElementById("selection").hidden);
  if (event.target.closest(".rail a")) delete root.dataset.rail;
});
document.addEventListener("htmx:afterSettle", mark);
document.addEventListener("sash:rows", mark);

// After "close and next": the row that followed, as it stood when the key was pressed.
document.addEventListener("sash:next", () => openRow(nextAfter));
let nextAfter;
document.addEventListener("htmx:beforeRequest", () => {
  const all = rows();
  const here = all.indexOf(chosenRow());
  nextAfter = here < 0 ? all[0] : all[here + 1] ?? all[here - 1];
});

// Ticks beside the rows, for supervisors.
function select(isOn) {
  const form = document.getElementById("selection");
  form.hidden = !isOn;
  document.getElementById("list").classList.toggle("list--select", isOn);
  document.querySelector(".list__head [data-select]").setAttribute("aria-pressed", isOn);
  for (const row of rows()) tick(row, isOn);
  countTicked();
}

function tick(row, isOn) {
  row.querySelector("[data-tick]")?.remove();
  if (!isOn) return;
  const box = Object.assign(document.createElement("input"), { type: "checkbox", name: "conversation" });
  box.value = row.dataset.conversation;
  box.dataset.tick = "";
  box.setAttribute("form", "selection");
  box.setAttribute("aria-label", row.querySelector(".entry__name").textContent);
  row.prepend(box);
}

function countTicked() {
  const number = document.querySelectorAll("[data-tick]:checked").length;
  const form = document.getElementById("selection");
  form.querySelector(".selection__count").textContent = `${number} ${word("selected")}`;
  for (const button of form.querySelectorAll(".button:not([data-select])")) button.toggleAttribute("disabled", !number);
}

document.addEventListener("change", ({ target }) => target.matches("[data-tick]") && countTicked());
document.addEventListener("sash:rows", () => {
  if (document.getElementById("list")?.matches(".list--select")) {
    for (const row of rows()) if (!row.querySelector("[data-tick]")) tick(row, true);
    countTicked();
  }
});
mark();
