// One toolbar for all bubbles: it moves to the message under the pointer or the keyboard.
import { say } from "./toasts.js";
import { word } from "./words.js";

const tools = document.getElementById("message-tools");

function show(message) {
  if (!message || !tools || tools.parentElement === message) return;
  const isNote = message.dataset.direction === "note";
  for (const button of tools.querySelectorAll("[data-not-note]")) button.hidden = isNote;
  for (const menu of tools.querySelectorAll("details")) menu.open = false;
  message.append(tools);
  tools.hidden = false;
}

document.addEventListener("pointerover", ({ target }) => show(target.closest(".message")));
document.addEventListener("focusin", ({ target }) => show(target.closest(".message")));

// A swap must not take the toolbar with the bubble that it stands in; it goes on to the new one.
document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
  if (target !== document.body && target.contains?.(tools)) park();
});
document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
  const { id } = tools?.closest(".message") ?? {};
  if (!id || !detail.fragment.querySelector(`[id="${id}"]`)) return;
  park();
  queueMicrotask(() => show(document.getElementById(id)));
}, true);

function park() {
  tools.hidden = true;
  document.body.append(tools);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("#message-tools button");
  const message = button?.closest(".message");
  if (!message) return;
  const id = message.dataset.message;
  if (button.dataset.emoji !== undefined) {
    window.htmx.ajax("POST", `/messages/${id}/reactions/`, { source: tools, swap: "none", values: { emoji: button.dataset.emoji } });
    button.closest("details").open = false;
  }
  if (button.matches("[data-quote-it]")) {
    const text = message.querySelector(".bubble__text")?.textContent.trim().slice(0, 140) ?? "";
    const author = message.querySelector(".bubble__author bdi")?.textContent ?? document.querySelector(".head__name h1").textContent.trim();
    document.body.dispatchEvent(new CustomEvent("sash:quote", { detail: { id, author, text }, bubbles: true }));
  }
  if (button.matches("[data-copy-link]")) copy(`${location.origin}/conversations/${conversation()}/?message=${id}`);
  if (button.matches("[data-unread-from]")) {
    window.htmx.ajax("DELETE", `/conversations/${conversation()}/read-mark/?message=${id}`, { source: tools, swap: "none" });
  }
});

const conversation = () => document.getElementById("conversation").dataset.conversation;

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-copy]");
  if (link) copy(new URL(link.dataset.copy, location.href).href);
  const wish = event.target.closest("[data-signal]");
  if (wish) document.body.dispatchEvent(new CustomEvent(`sash:${wish.dataset.signal}`, { bubbles: true }));
});

async function copy(text) {
  await navigator.clipboard?.writeText(text);
  say(word("copied"));
}

// Up and down from message to message, once one has the focus.
document.addEventListener("keydown", (event) => {
  const message = document.activeElement?.closest?.(".message");
  if (!message || message !== document.activeElement || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  let next = message;
  do next = event.key === "ArrowUp" ? next.previousElementSibling : next.nextElementSibling;
  while (next && !next.matches(".message"));
  next?.focus();
});
