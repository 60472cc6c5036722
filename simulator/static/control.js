/* The control page: loads the state, draws each section, and keeps it current. */
import { ask, get, listen } from "/static/api.js";
import { drawClock, drawFaults } from "/static/control-faults.js";
import { drawCustomers, drawNumbers, drawTemplates } from "/static/control-cast.js";
import { drawCalls, drawWebhooks } from "/static/control-logs.js";
import { drawDelivery } from "/static/control-settings.js";

let toastTimer = 0;
let waiting = 0;
const busy = (id) => document.getElementById(id).contains(document.activeElement) && ["INPUT", "SELECT", "TEXTAREA"].includes(document.activeElement.tagName);

function toast(text) {
  const node = document.getElementById("toast");
  node.textContent = text;
  node.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { node.hidden = true; }, 4000);
}

/* Do, say if it failed, and show what became of it. */
async function act(method, path, body) {
  try {
    await ask(method, path, body);
    document.activeElement?.blur();
  } catch (problem) { toast(problem.message); }
  await drawState();
}

async function drawState() {
  const state = await get("/_sim/state");
  const parts = { clock: drawClock, faults: drawFaults, customers: drawCustomers, delivery: drawDelivery, templates: drawTemplates, numbers: drawNumbers };
  for (const [id, draw] of Object.entries(parts)) if (!busy(id)) document.getElementById(id).replaceChildren(...draw(state, act));
}

async function drawLogs() {
  const [webhooks, ledger, state] = await Promise.all([get("/_sim/webhooks?limit=40"), get("/_sim/ledger?limit=40&newest=1"), get("/_sim/state")]);
  const opened = new Set([...document.querySelectorAll("details[open]")].map((node) => node.id));
  if (!busy("webhooks")) document.getElementById("webhooks").replaceChildren(...drawWebhooks(webhooks, state, act));
  document.getElementById("calls").replaceChildren(...drawCalls(ledger.calls));
  for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
}

function soon(work, key) {
  if (waiting & key) return;
  waiting |= key;
  setTimeout(() => { waiting &= ~key; work(); }, 400);
}

function hear(news) {
  if (news.kind === "changed") soon(drawState, 1);
  else if (news.kind !== "typing") soon(drawLogs, 2);
  if (news.kind === "ledger") soon(drawState, 1);
}

await drawState();
await drawLogs();
if (location.hash) document.querySelector(location.hash)?.scrollIntoView();
listen(hear, () => { drawState(); drawLogs(); });
