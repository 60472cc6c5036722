// Says what this person sees: the conversation on a visible page, and so that it was read.
import { ask } from "./marks.js";

const EVERY = 20_000;
const TOLD_WITHIN = 1000;
let shown = null;

function look() {
  const pane = document.querySelector("#conversation[data-conversation]");
  const id = document.hidden ? null : pane?.dataset.conversation ?? null;
  if (shown && shown !== id) leave(shown);
  shown = id;
  if (!id) return;
  document.getElementById("thread-viewing").dispatchEvent(new Event("sash:viewing"));
  markRead();
}

// The count that the page shows, so that what comes meanwhile stays unread.
function markRead() {
  const mark = document.getElementById("thread-read");
  if (!mark || document.hidden) return;
  const row = document.getElementById(`conversation-${shown}-row`);
  const first = JSON.parse(mark.getAttribute("hx-vals")).seen;
  const seen = Math.max(Number(first), row && isShown(row) ? Number(row.dataset.inbound) : 0);
  if (mark.dataset.told === String(seen) && !row?.matches(".entry--unread")) return;
  mark.dataset.told = seen;
  mark.setAttribute("hx-vals", JSON.stringify({ seen: String(seen) }));
  mark.dispatchEvent(new Event("sash:seen"));
}

// A row may know of more than its thread shows: after a cut each asks for what it missed by itself.
function isShown(row) {
  const newest = [...document.querySelectorAll(".thread__items > [data-message]")].at(-1);
  return Number(newest?.dataset.at ?? 0) >= Number(row.dataset.sort);
}

// The mark comes over the line, which may not have been open yet when we told.
document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
  if (target.id !== "thread-read" || !detail.successful) return;
  const row = () => document.querySelector("#rows > .entry--unread[aria-current=true]");
  setTimeout(() => row() && ask(row().dataset.conversation), TOLD_WITHIN);
});

function leave(id) {
  const headers = JSON.parse(document.body.getAttribute("hx-headers"));
  fetch(`/conversations/${id}/viewing/`, { method: "DELETE", headers, keepalive: true }).catch(() => {});
}

document.addEventListener("visibilitychange", look);
document.addEventListener("htmx:load", ({ target }) => {
  if (target.matches?.("body, #conversation, #workspace")) look();
});
for (const kind of ["rows", "thread"]) {
  document.addEventListener(`sash:${kind}`, () => {
    const scroll = document.querySelector("thread-scroll");
    if (shown && scroll?.isAtEnd) markRead();
  });
}
document.addEventListener("sash:gone", ({ detail }) => {
  if (!detail.conversation || detail.conversation === shown) shown = null;
});
window.addEventListener("pagehide", () => shown && leave(shown));
setInterval(look, EVERY);
