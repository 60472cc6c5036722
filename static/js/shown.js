// What this page has shown of a thread goes along with every message, so that the server can stop
// a reply that was written without having seen what came meanwhile.
const MOST = 500;
const MOST_OWN = 30;
const told = new Map();
const own = [];

// Messages that stand in a notice count as shown, also where the thread has not loaded their place.
class UnseenNotice extends HTMLElement {
  connectedCallback() {
    const conversation = this.getAttribute("conversation");
    told.set(conversation, [...toldOf(conversation), ...this.getAttribute("messages").split(",")]);
  }
}

export const toldOf = (conversation) => told.get(conversation) ?? [];

/** Remembers a message of this page's own by its number. */
export function isOurs(uuid) {
  own.push(uuid);
  own.splice(0, own.length - MOST_OWN);
}

/** {since, messages, sent}, or null where the thread is not on the page. */
export function shownNow(conversation) {
  const thread = document.getElementById(`thread-${conversation}`);
  if (!thread?.dataset.since) return null;
  const bubbles = [...thread.querySelectorAll(":scope > [data-message]")];
  const ids = bubbles.map(({ dataset }) => Number(dataset.message)).filter(Boolean);
  const messages = ids.sort((a, b) => b - a).slice(0, MOST);
  return { since: thread.dataset.since, opened: thread.dataset.opened, messages: [...messages, ...toldOf(conversation)], sent: [...own] };
}

/** The same as fields of a form. */
export function fieldsOf(shown) {
  if (!shown) return [];
  return [["seen_since", shown.since], ["seen_at", shown.opened ?? ""], ["seen", shown.messages.join()], ["sent", shown.sent.join()]];
}

// Dialogs and templates go by htmx.
document.addEventListener("htmx:configRequest", ({ target, detail }) => {
  if (!target.matches("[data-builder], .picker__form") || detail.verb !== "post") return;
  isOurs(target.elements.client_uuid.value);
  const { conversation } = document.getElementById("conversation").dataset;
  for (const [name, value] of fieldsOf(shownNow(conversation))) detail.parameters[name] = value;
});

customElements.define("unseen-notice", UnseenNotice);
