// The contact panel and, on a phone, the rail: open or closed, as the person last left them.
import { root } from "./words.js";

const KEY = "sash-panel";
const isWide = matchMedia("(min-width: 80rem)");

function applyPanel(state) {
  root.dataset.panel = state;
  document.getElementById("panel-toggle")?.setAttribute("aria-pressed", String(state === "open"));
}

function start() {
  applyPanel(isWide.matches ? localStorage.getItem(KEY) ?? "open" : "closed");
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-panel-toggle]")) {
    const next = root.dataset.panel === "open" ? "closed" : "open";
    if (isWide.matches) localStorage.setItem(KEY, next);
    applyPanel(next);
  }
  const opener = event.target.closest("[data-rail]");
  if (opener) {
    const isOpen = root.dataset.rail === "open";
    if (isOpen) delete root.dataset.rail;
    else root.dataset.rail = "open";
    opener.setAttribute("aria-expanded", String(!isOpen));
    if (!isOpen) document.querySelector("#rail a").focus();
  } else if (!event.target.closest("#rail")) {
    delete root.dataset.rail;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") delete root.dataset.rail;
});
document.addEventListener("htmx:load", ({ target }) => {
  if (target.matches?.("#conversation, .head")) applyPanel(root.dataset.panel);
});
isWide.addEventListener("change", start);
start();
