// Messages leave in their order, one at a time a conversation, and wait while the line is down.
// The same client_uuid is one message on the server, so that trying again does no harm. A reply
// that was written blind is stopped (409): it and what was written after it wait for a decision.
import { fieldsOf } from "./shown.js";

const KEY = "sash-unsent";
const LONGEST_WAIT = 15000;
const queues = new Map();

/** item: {url, conversation, uuid, isNote, shown, fields: [[name, value]], file?, filename?} */
export function send(item) {
  const queue = queueOf(item.conversation);
  queue.items.push(item);
  if (queue.isStopped) stop(queue);
  remember();
  pump(queue);
}

function queueOf(conversation) {
  if (!queues.has(conversation)) queues.set(conversation, { items: [], isBusy: false, isStopped: false, wait: 0 });
  return queues.get(conversation);
}

async function pump(queue) {
  const item = queue.isStopped ? queue.items.find(({ isNote }) => isNote) : queue.items[0];
  if (queue.isBusy || !item) return;
  queue.isBusy = true;
  const answer = await post(item);
  queue.isBusy = false;
  if (answer.status === 0 || answer.status === 429 || answer.status >= 500) {
    tell("sash:waiting", item, answer);
    queue.wait = Math.min(LONGEST_WAIT, (queue.wait || 500) * 2);
    clearTimeout(queue.timer);
    queue.timer = setTimeout(() => pump(queue), queue.wait);
    return;
  }
  queue.wait = 0;
  if (answer.status !== 409) take(queue, [item]);
  settle(item, answer);
  if (answer.status === 409) stop(queue);
  pump(queue);
}

function stop(queue) {
  queue.isStopped = true;
  for (const item of queue.items) if (!item.isNote) tell("sash:stopped", item);
}

function take(queue, gone) {
  queue.items = queue.items.filter((item) => !gone.includes(item));
  remember();
}

/** Let go what was stopped, having seen these messages too. */
export function sendAnyway(conversation, seen) {
  const queue = queueOf(conversation);
  for (const item of queue.items) item.shown?.messages.push(...seen);
  resume(queue);
}

/** Take out what was stopped. */
export function takeStopped(conversation) {
  const queue = queueOf(conversation);
  const gone = queue.items.filter(({ isNote }) => !isNote);
  take(queue, gone);
  resume(queue);
  return gone;
}

/** The conversation is on the page again: what waits is drawn, and what was stopped asks anew. */
export function revive(conversation) {
  resume(queueOf(conversation));
}

function resume(queue) {
  queue.isStopped = false;
  for (const item of queue.items) tell("sash:sending", item);
  remember();
  pump(queue);
}

function settle(item, answer) {
  const isAnswer = answer.status < 300 || [409, 422].includes(answer.status);
  if (isAnswer) {
    const eventInfo = { target: document.body, elt: document.body };
    window.htmx.swap(document.body, answer.text, { swapStyle: "none" }, { eventInfo });
  }
  if (answer.status !== 409) tell(answer.status < 300 ? "sash:sent" : "sash:refused", item, answer);
}

function post(item) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", item.url);
    request.setRequestHeader("X-CSRFToken", token());
    request.setRequestHeader("HX-Request", "true");
    request.upload.onprogress = ({ loaded, total }) =>
      item.file && tell("sash:progress", item, { share: loaded / total });
    request.onerror = request.onabort = () => resolve({ status: 0, text: "" });
    request.onload = () => {
      const wentElsewhere = new URL(request.responseURL).pathname !== item.url;
      resolve({ status: wentElsewhere ? 401 : request.status, text: request.responseText });
    };
    request.send(bodyOf(item));
  });
}

function bodyOf({ fields, shown, file, filename }) {
  const body = new FormData();
  for (const [name, value] of [...fields, ...fieldsOf(shown)]) body.append(name, value);
  if (file) body.append("file", file, filename);
  return body;
}

function token() {
  return document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
}

function tell(kind, item, detail) {
  document.dispatchEvent(new CustomEvent(kind, { detail: { ...detail, item } }));
}

// Text outlives a reload of the tab; files cannot, so leaving is asked about.
function remember() {
  const unsent = [...queues.values()].flatMap((queue) => queue.items);
  sessionStorage.setItem(KEY, JSON.stringify(unsent.filter((item) => !item.file)));
}

window.addEventListener("beforeunload", (event) => {
  if ([...queues.values()].some((queue) => queue.items.some((item) => item.file))) {
    event.preventDefault();
  }
});

window.addEventListener("online", () => {
  for (const queue of queues.values()) pump(queue);
});

for (const item of JSON.parse(sessionStorage.getItem(KEY) ?? "[]")) {
  document.dispatchEvent(new CustomEvent("sash:sending", { detail: { item } }));
  send(item);
}
