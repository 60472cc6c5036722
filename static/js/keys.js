// Single keys, off while somebody writes. A key named by data-key presses that element; the
// letter counts, not its place on the keyboard.
import { chosenRow, neighbour, openRow } from "./list.js";

const GO = { m: "mine", u: "unassigned", a: "all", c: "closing", s: "snoozed", n: "mentions", d: "closed" };
const WRITING = "input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable=true]";
let isGoing = false;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey) {
    if (event.key.toLowerCase() === "k") act(event, openPalette);
    return;
  }
  if (event.key === "Escape" && event.target.matches?.("#composer-text") && !event.isComposing) leaveText(event);
  if (event.altKey || event.defaultPrevented || event.target.closest?.(WRITING)) return;
  if (document.querySelector("dialog[open]")) return;
  const key = event.key;
  if (isGoing) {
    isGoing = false;
    const link = document.querySelector(`.rail__item[data-view="${GO[key]}"]`);
    if (link) act(event, () => link.click());
    return;
  }
  if (key === "g") isGoing = true;
  else if (key === "j") act(event, () => focusRow(1));
  else if (key === "k") act(event, () => focusRow(-1));
  else if (key === "Enter" && event.target === document.body) act(event, () => openRow(chosenRow()));
  else if (key === "?") act(event, () => document.getElementById("sheet").showModal());
  else if (key.length === 1) press(event, key);
});

// To the messages, where every key works again.
function leaveText(event) {
  if (!event.defaultPrevented) act(event, () => document.querySelector("thread-scroll").focus({ preventScroll: true }));
}

function press(event, key) {
  const shown = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find((element) => element.checkVisibility() || element.closest(".menu__list"));
  if (!shown) return;
  act(event, () => {
    const menu = shown.closest("summary");
    shown.click();
    // A choice that is made already says nothing of itself, and yet somebody wants to go there.
    shown.querySelector("input[type=radio]")?.dispatchEvent(new Event("change", { bubbles: true }));
    if (menu) menu.parentElement.querySelector(".menu__list button, .menu__list a")?.focus();
  });
}

function focusRow(step) {
  const row = neighbour(step);
  row?.querySelector(".entry__link").focus();
  row?.scrollIntoView({ block: "nearest" });
}

function act(event, deed) {
  event.preventDefault();
  deed();
}

function openPalette() {
  document.body.dispatchEvent(new CustomEvent("sash:palette"));
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-sheet]")) document.getElementById("sheet")?.showModal();
});
