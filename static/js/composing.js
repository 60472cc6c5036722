// Sets up each composer that comes onto the page, at first or by a swap.
import "./attachments.js";
import "./completions.js";
import { formIn, refresh } from "./composer.js";
import { restoreDraft } from "./drafts.js";
import "./emoji-picker.js";
import "./interactive-builder.js";
import "./pending.js";
import { revive } from "./send-queue.js";
import "./stopped.js";
import "./template-picker.js";
import "./typing.js";
import "./voice-recorder.js";

const ready = new WeakSet();

function setUp() {
  for (const composer of document.querySelectorAll(".composer")) {
    const form = formIn(composer);
    if (!form || ready.has(form)) continue;
    ready.add(form);
    restoreDraft(form);
    refresh(form);
    revive(composer.dataset.conversation);
  }
}

setUp();
document.addEventListener("htmx:afterSettle", setUp);
document.addEventListener("htmx:oobAfterSwap", setUp);
