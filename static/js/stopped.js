// A reply that was stopped waits in its queue: it goes as it is, or comes back to be written anew.
import { putBack } from "./attachments.js";
import { composerOf, formIn, putIn, quote } from "./composer.js";
import { forgetPending } from "./pending.js";
import { sendAnyway, takeStopped } from "./send-queue.js";
import { toldOf } from "./shown.js";
import { say } from "./toasts.js";
import { word } from "./words.js";

const noticeOf = (conversation) => document.getElementById(`conversation-${conversation}-unseen`);

document.addEventListener("click", ({ target }) => {
  const composer = composerOf(target);
  const { conversation } = composer?.dataset ?? {};
  if (target.closest?.("[data-send-anyway]")) {
    sendAnyway(conversation, toldOf(conversation));
    close(composer);
  } else if (target.closest?.("[data-edit-stopped]")) edit(composer);
});

function close(composer) {
  noticeOf(composer.dataset.conversation).replaceChildren();
  formIn(composer).elements.text.focus();
}

// A note that is being written is never mixed into what goes to a customer.
function edit(composer) {
  const form = formIn(composer);
  const { text, mode } = form.elements;
  if (mode.value === "note" && text.value.trim()) {
    say(word("finishNote"));
    text.focus();
    return;
  }
  form.querySelector("[name=mode][value=reply]")?.click();
  const stopped = takeStopped(composer.dataset.conversation);
  for (const item of stopped) forgetPending(item.uuid);
  const files = stopped.filter((item) => item.file);
  if (files.length) putBack(form, files);
  const quoting = stopped.find((item) => item.quote);
  if (quoting) quote(form, Object.fromEntries(quoting.fields).quoted, quoting.quote);
  const texts = stopped.filter((item) => !item.file).map((item) => item.text);
  const rest = text.value;
  text.value = "";
  putIn(text, [...texts, rest].filter(Boolean).join("\n"));
  close(composer);
}

// Told at the foot of the page where its conversation is not the one that is open.
document.addEventListener("sash:stopped", ({ detail: { item } }) => {
  if (!noticeOf(item.conversation)) say(word("stopped"));
});
