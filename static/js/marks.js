// What is one person's own on shared rows: unread, draft, mention. <row-mark> brings it; the
// unread count goes on from there by the row's own count of the customer's messages.
import { partOf } from "./rows.js";
import { word } from "./words.js";

const wanted = new Set();
let timer;

class RowMark extends HTMLElement {
  connectedCallback() {
    const id = this.getAttribute("conversation");
    const older = [...document.querySelectorAll(`row-mark[conversation="${id}"]`)];
    for (const mark of older) if (mark !== this) mark.remove();
    paint(document.getElementById(`conversation-${id}-row`), this);
  }
}

export function unreadOf(row, mark) {
  const seen = Number(mark.getAttribute("inbound")) - Number(mark.getAttribute("unread"));
  return Math.max(0, Number(row.dataset.inbound) - seen);
}

function paint(row, mark) {
  if (!row) return;
  const unread = unreadOf(row, mark);
  if (mark.hasAttribute("draft")) partOf(row, "draft").textContent = word("draft");
  if (mark.hasAttribute("mentioned")) {
    Object.assign(partOf(row, "mention"), { textContent: "@", title: word("mentioned") });
  }
  if (unread || row.querySelector(".entry__unread")) {
    partOf(row, "unread").textContent = unread > 99 ? "99+" : unread || "";
  }
  row.classList.toggle("entry--unread", unread > 0);
  row.classList.toggle("entry--draft", mark.hasAttribute("draft"));
  row.classList.toggle("entry--mentioned", mark.hasAttribute("mentioned"));
  const isFiltered = document.getElementById("list")?.dataset.filter === "unread";
  if (isFiltered && !unread && !row.hasAttribute("aria-current")) row.remove();
}

export function paintAll() {
  for (const row of document.querySelectorAll("#rows > .entry")) {
    const mark = document.querySelector(`row-mark[conversation="${row.dataset.conversation}"]`);
    if (mark) paint(row, mark);
    else ask(row.dataset.conversation);
  }
}

/** The mark of one row, soon and together with others. */
export function ask(id) {
  wanted.add(id);
  clearTimeout(timer);
  timer = setTimeout(() => {
    const known = [...wanted].join(",");
    wanted.clear();
    window.htmx.ajax("GET", `/marks/?known=${known}`, { source: "#marks", swap: "none" });
  }, 150);
}

customElements.define("row-mark", RowMark);
document.addEventListener("sash:rows", paintAll);
document.addEventListener("htmx:afterSettle", ({ target }) => {
  if (target.closest?.("#workspace, #list")) paintAll();
});
paintAll();
