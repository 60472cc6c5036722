// The composer's form: modes, Enter, counter, and what leaves it as a bubble at once.
import { send } from "./send-queue.js";
import { drawPending, forgetPending } from "./pending.js";
import { takeFiles } from "./attachments.js";
import { forgetDraft } from "./drafts.js";
import { isOurs, shownNow } from "./shown.js";

const NEAR = 0.9;
export const composerOf = (element) => element?.closest(".composer");
export const formIn = (composer) => composer?.querySelector("[data-composer]");
export const modeOf = (form) => form.elements.mode.value;

export function newUuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-composer]");
  if (!form) return;
  event.preventDefault();
  submit(form);
});

function submit(form) {
  const text = form.elements.text.value.trim();
  const isNote = modeOf(form) === "note";
  if (modeOf(form) === "template" || form.querySelector(".composer__count--over")) return;
  const files = isNote ? [] : takeFiles(form);
  if (!text && !files.length) return;
  const [first] = files;
  if (text && first && first.takesCaption && !first.caption) first.caption = text;
  else if (text) hand(form, { text, isNote });
  for (const file of files) hand(form, { text: file.caption, file, kind: file.sendsAs });
  clear(form);
}

/** Queue one message and draw it. */
export function hand(form, { text = "", file = null, isNote = false, kind = "text" }) {
  const uuid = form.elements.client_uuid.value;
  form.elements.client_uuid.value = newUuid();
  const submitter = form.querySelector(`[data-submit=${isNote ? "note" : "reply"}]`);
  const quoted = isNote ? "" : form.elements.quoted.value;
  const item = {
    url: submitter.getAttribute("formaction") ?? form.getAttribute("action"),
    conversation: composerOf(form).dataset.conversation,
    uuid,
    text,
    isNote,
    shown: isNote ? null : shownNow(composerOf(form).dataset.conversation),
    quote: quoted ? form.querySelector("[data-quote-text]").textContent : "",
    fields: Object.entries({ client_uuid: uuid, mode: isNote ? "note" : "reply", kind, text, quoted }),
    file: file?.blob,
    filename: file?.name,
  };
  isOurs(uuid);
  drawPending(item);
  unquote(form);
  send(item);
}

function clear(form) {
  form.elements.text.value = "";
  forgetDraft(form);
  form.querySelector(".composer__errors").replaceChildren();
  refresh(form);
  form.elements.text.focus();
}

document.addEventListener("sash:refused", ({ detail: { item, status } }) => {
  forgetPending(item.uuid, status);
  const form = formIn(document.getElementById(`conversation-${item.conversation}-composer`));
  const isSame = form && (modeOf(form) === "note") === item.isNote;
  if (isSame && item.text && !form.elements.text.value) form.elements.text.value = item.text;
  if (form) refresh(form);
});

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-composer]");
  if (event.key !== "Enter" || event.target !== form?.elements.text || event.isComposing) return;
  if (event.defaultPrevented || event.shiftKey || event.altKey) return;
  const isAsked = event.ctrlKey || event.metaKey;
  if (!isAsked && !("enterSends" in form.dataset)) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector(`[data-submit=${modeOf(form)}]`));
});

document.addEventListener("input", ({ target }) => {
  const form = target.closest?.("[data-composer]");
  if (form && target === form.elements.text) refresh(form);
});

document.addEventListener("change", ({ target }) => {
  if (target.name !== "mode" || !target.closest("[data-composer]")) return;
  const form = target.form;
  if (target.value === "template") {
    const picker = composerOf(form).querySelector(".composer__picker");
    window.htmx.trigger(picker, "sash:picker");
    return;
  }
  const text = form.elements.text;
  text.placeholder = target.value === "note" ? text.dataset.noteHint : text.dataset.replyHint;
  refresh(form);
  text.focus();
});

document.addEventListener("click", ({ target }) => {
  const insert = target.closest?.("[data-insert]");
  if (insert) putIn(insert.closest("form").elements.text, insert.dataset.insert);
  if (target.closest?.("[data-unquote]")) unquote(target.closest("form"));
  const mode = target.closest?.(".composer__mode")?.querySelector("input").value;
  if (mode && mode !== "template") target.closest("form").elements.text.focus();
});

document.body.addEventListener("sash:quote", ({ detail: { message, author, text } }) => {
  const form = formIn(document.querySelector(".composer"));
  if (!form?.querySelector("[value=reply]")) return;
  form.querySelector("[value=reply]").click();
  quote(form, message, `${author}: ${text}`);
  form.elements.text.focus();
});

export function quote(form, message, text) {
  form.elements.quoted.value = message;
  form.querySelector("[data-quote-text]").textContent = text;
  form.querySelector("[data-quote]").hidden = false;
}

document.body.addEventListener("sash:template", () => {
  document.querySelector(".composer [name=mode][value=template]")?.click();
});

function unquote(form) {
  form.elements.quoted.value = "";
  form.querySelector("[data-quote]").hidden = true;
}

/** Write at the caret as if typed, so that undo and completions work. */
export function putIn(field, text) {
  field.focus();
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Height and counter follow the text. */
export function refresh(form) {
  const field = form.elements.text;
  if (!CSS.supports("field-sizing", "content")) {
    field.style.blockSize = "auto";
    field.style.blockSize = `${field.scrollHeight}px`;
  }
  const limits = JSON.parse(document.getElementById("composer-limits").textContent);
  const most = modeOf(form) === "note" ? 10000 : limits.text;
  const count = form.querySelector("[data-count]");
  const length = [...field.value.trim()].length;
  const isOver = length > most;
  count.textContent = length > most * NEAR ? `${length} / ${most}` : "";
  if (isOver) count.textContent = `${length - most} ${count.dataset.over}`;
  count.classList.toggle("composer__count--over", isOver);
  field.setAttribute("aria-invalid", isOver);
}
