// The line to the server: words that come over it, what to do while it is down, and after.
import { signal } from "./signals.js";
import { say } from "./toasts.js";
import { root, word } from "./words.js";

const OFFLINE_AFTER = 5000;
const MOST_KNOWN = 400;
const sockets = new Map();
let banner;

class LiveSignal extends HTMLElement {
  connectedCallback() {
    const [conversation, within] = ["conversation", "within"].map((name) => this.getAttribute(name));
    this.remove();
    signal(this.getAttribute("name"), { conversation, within: Number(within) });
  }
}

class LiveCounts extends HTMLElement {
  connectedCallback() {
    const counts = [...this.querySelectorAll("data")].map((item) => [item.value, item.textContent]);
    this.remove();
    showCounts(Object.fromEntries(counts));
  }
}

class LivePresence extends HTMLElement {
  connectedCallback() {
    const [user, state] = ["user", "state"].map((name) => this.getAttribute(name));
    this.remove();
    const classes = { available: "dot dot--good", away: "dot dot--soon" };
    const dots = [document.querySelector(`#colleague-${user} .dot`)];
    if (user === root.dataset.user) dots.push(document.getElementById("own-presence"));
    for (const dot of dots) if (dot) dot.className = classes[state] ?? "dot dot--none";
    const note = document.querySelector(`[data-colleague="${user}"]`);
    if (note) note.textContent = state === "available" ? note.dataset.open : word(state);
  }
}

export function showCounts(counts) {
  for (const element of document.querySelectorAll("[data-count]")) {
    const number = counts[element.dataset.count];
    if (number !== undefined) element.textContent = number > 99 ? "99+" : Number(number) || "";
  }
  signal("counted", counts);
}

// Each <div class="catch-up"> knows where to ask, and from which cursor on. It asks in the name of
// an element that stays when it is drawn anew, and whose next question takes the place of one that
// hangs: nothing is lost, since the cursor only moves with an answer.
function catchUp(what = ".catch-up") {
  for (const { id, dataset } of document.querySelectorAll(what)) {
    const rows = [...document.querySelectorAll("#rows > .entry")].slice(0, MOST_KNOWN);
    const known = id === "list-catch-up" ? rows.map((row) => row.dataset.conversation).join(",") : "";
    const values = { since: dataset.since, ...(known && { known }) };
    window.htmx.ajax("GET", dataset.url, { source: `#${id}-asks`, target: "body", swap: "none", values }); // unanswered: the next opening asks anew
  }
}

function isOpen() {
  return navigator.onLine && [...sockets.values()].every(Boolean);
}

function watchLine() {
  const offline = document.getElementById("offline");
  clearTimeout(banner);
  root.toggleAttribute("data-offline", !isOpen());
  if (isOpen()) offline.hidden = true;
  else banner = setTimeout(() => (offline.hidden = isOpen()), OFFLINE_AFTER);
}

// Soon back after a restart, and never all at the same moment.
const LONGEST_PAUSE = 4000;
window.htmx.config.wsReconnectDelay = (tries) => Math.random() * Math.min(1000 * 2 ** tries, LONGEST_PAUSE);

document.addEventListener("htmx:wsOpen", ({ target }) => {
  sockets.set(target.id, true);
  watchLine();
});

document.addEventListener("htmx:wsClose", ({ target, detail }) => {
  sockets.set(target.id, false);
  if (!target.isConnected) sockets.delete(target.id);
  if (detail.event.code === 4403) refused(target.id);
  watchLine();
});

// No longer ours: the thread says so; without a session the whole page signs in again.
function refused(id) {
  sockets.delete(id);
  if (id === "thread-socket") signal("gone", {});
  else location.reload();
}

// Each line says so when it opens, and how long the crowd of pages may take.
document.body.addEventListener("sash:catch-up", ({ detail }) => {
  const what = detail.conversation ? "#thread-catch-up" : "#list-catch-up";
  setTimeout(() => catchUp(what), Math.random() * detail.within);
});
document.body.addEventListener("sash:gone", ({ detail }) => {
  const pane = document.getElementById("conversation");
  if (!pane?.dataset.conversation) return;
  if (detail.conversation && detail.conversation !== pane.dataset.conversation) return;
  document.getElementById(`conversation-${pane.dataset.conversation}-row`)?.remove();
  delete pane.dataset.conversation;
  say(word("gone"));
  const back = document.querySelector("#workspace")?.dataset.view ?? "mine";
  window.htmx.ajax("GET", `/inbox/${back}/`, { target: "#workspace", swap: "outerHTML" });
  history.replaceState({}, "", `/inbox/${back}/`);
});
document.body.addEventListener("sash:counts", async () => {
  const answer = await fetch("/counts/", { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
  if (answer?.ok) showCounts(await answer.json());
});
document.body.addEventListener("sash:list", () => {
  const list = document.getElementById("list");
  if (list) window.htmx.ajax("GET", location.pathname + location.search, { target: "#list", swap: "outerHTML" });
});

// A row comes into "closing soon" by the clock alone: no push tells of it, but the count does.
document.body.addEventListener("sash:counted", ({ detail }) => {
  const { view, filter, label } = document.getElementById("list")?.dataset ?? {};
  if (view !== "closing" || filter || label || document.querySelector("#rows > .rows__more, .list--select")) return;
  if (Number(detail.closing) > document.querySelectorAll("#rows > .entry").length) signal("list");
});

window.addEventListener("online", () => (watchLine(), catchUp()));
window.addEventListener("offline", watchLine);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) catchUp();
});
document.addEventListener("htmx:responseError", ({ detail }) => {
  const isThread = detail.requestConfig.path.startsWith("/conversations/");
  if (detail.xhr.status === 404 && isThread) signal("gone");
  else if (detail.requestConfig.verb !== "get") say(word("failed"));
});
document.addEventListener("htmx:sendError", ({ detail }) => {
  if (detail.requestConfig.verb !== "get") say(word("failed"));
});
// htmx rejects without a reason whatever it has told of by that event.
window.addEventListener("unhandledrejection", (event) => {
  if (event.reason === undefined) event.preventDefault();
});

customElements.define("live-signal", LiveSignal);
customElements.define("live-counts", LiveCounts);
customElements.define("live-presence", LivePresence);
