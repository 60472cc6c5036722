// What is being written is kept on the server, and until it is there in this tab.
const PAUSE = 800;
const keyOf = (form) => `sash-draft-${form.closest(".composer").dataset.conversation}`;
const timers = new WeakMap();

document.addEventListener("input", ({ target }) => {
  const form = target.closest?.("[data-composer]");
  if (!form || target !== form.elements.text) return;
  remember(form);
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => save(form), PAUSE));
  say(form, "");
});

document.addEventListener("change", ({ target }) => {
  const form = target.closest?.("[data-composer]");
  if (form && target.name === "mode" && form.elements.text.value) remember(form);
});

function remember(form) {
  const kept = { text: form.elements.text.value, mode: form.elements.mode.value, at: Date.now() };
  sessionStorage.setItem(keyOf(form), JSON.stringify(kept));
}

async function save(form) {
  if (form.elements.mode.value === "template") return;
  const body = new FormData();
  for (const name of ["csrfmiddlewaretoken", "client_uuid", "text", "mode"]) {
    body.append(name, form.elements[name].value);
  }
  const text = form.elements.text.value;
  try {
    const answer = await fetch(form.dataset.draftUrl, { method: "POST", body, keepalive: true });
    const isCurrent = form.isConnected && form.elements.text.value === text;
    if (isCurrent && text) say(form, answer.ok && !answer.redirected ? "saved" : "unsaved");
  } catch {
    say(form, "unsaved");
  }
}

function say(form, word) {
  const state = form.querySelector("[data-composer-state]");
  if (state) state.textContent = word ? state.dataset[word] : "";
}

/** The message left, so nothing of it stays behind. */
export function forgetDraft(form) {
  clearTimeout(timers.get(form));
  sessionStorage.removeItem(keyOf(form));
  say(form, "");
}

/** What this tab knows and the server does not yet, after a swap or a reload. */
export function restoreDraft(form) {
  const kept = JSON.parse(sessionStorage.getItem(keyOf(form)) ?? "null");
  if (!kept?.text || kept.at < Number(form.dataset.draftAt || 0)) return;
  const mode = form.querySelector(`[name=mode][value=${kept.mode}]`);
  if (!mode) return;
  mode.checked = true;
  form.elements.text.value = kept.text;
}

window.addEventListener("pagehide", () => {
  for (const form of document.querySelectorAll("[data-composer]")) {
    if (sessionStorage.getItem(keyOf(form))) save(form);
  }
});

window.addEventListener("online", () => {
  for (const form of document.querySelectorAll("[data-composer]")) {
    if (form.elements.text.value) save(form);
  }
});
