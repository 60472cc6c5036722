// Who else looks at the conversation, and who writes: shown until they say otherwise or fall silent.
import { partOf } from "./rows.js";
import { me, word } from "./words.js";

const SILENT_AFTER = { typing: 7000, viewing: 50_000 };
const present = new Map();

class LivePerson extends HTMLElement {
  connectedCallback() {
    const [kind, conversation, user, name] = ["kind", "conversation", "user", "name"].map((key) => this.getAttribute(key));
    const isNow = this.hasAttribute("now");
    this.remove();
    if (user === me) return;
    note({ kind, conversation, user, name }, isNow);
  }
}

function note(who, isNow) {
  const key = `${who.kind} ${who.conversation} ${who.user}`;
  clearTimeout(present.get(key)?.timer);
  present.delete(key);
  if (isNow) {
    const timer = setTimeout(() => note(who, false), SILENT_AFTER[who.kind]);
    present.set(key, { ...who, timer });
  }
  paint(who.conversation);
}

function paint(conversation) {
  const here = [...present.values()].filter((who) => who.conversation === conversation);
  const typing = here.filter(({ kind }) => kind === "typing");
  const others = here.filter(({ kind, user }) => kind === "viewing" && !typing.some((who) => who.user === user));
  const texts = [...typing.map(({ name }) => `${name} ${word("typing")}`), ...others.map(({ name }) => `${name} ${word("viewing")}`)];
  const viewers = document.querySelector(`#viewers[data-conversation="${conversation}"]`);
  if (viewers) viewers.textContent = texts.map((text) => `${text} · `).join("");
  const row = document.querySelector(`#conversation-${conversation}-row`);
  if (row) {
    row.classList.toggle("entry--typing", typing.length > 0);
    partOf(row, "typing").textContent = typing.map(({ name }) => `${name} ${word("typing")}`).join(", ");
  }
}

customElements.define("live-person", LivePerson);
document.addEventListener("htmx:load", ({ target }) => {
  // All are read before the first is noted, since noting writes the line anew.
  const viewers = [...(target.querySelectorAll?.("[data-viewer]") ?? [])].map((viewer) => ({
    conversation: viewer.closest("#viewers").dataset.conversation,
    user: viewer.dataset.viewer,
    name: viewer.textContent.trim().split(" ")[0],
  }));
  for (const viewer of viewers) note({ kind: "viewing", ...viewer }, true);
});
