// A message's bubble before the server has it. The real one carries the same client_uuid and
// takes its place (upsert.js), whether the answer or the push brings it first.
const pendingOf = (uuid) => document.getElementById(`pending-${uuid}`);

export function drawPending(item) {
  const thread = document.getElementById(`thread-${item.conversation}`);
  const template = document.querySelector("[data-pending]");
  if (!thread || !template || pendingOf(item.uuid)) return;
  const bubble = template.content.firstElementChild.cloneNode(true);
  bubble.id = `pending-${item.uuid}`;
  bubble.dataset.client = item.uuid;
  bubble.dataset.at = `${Date.now()}000`;
  bubble.dataset.id = `${Number.MAX_SAFE_INTEGER}`;
  if (item.isNote) bubble.classList.replace("message--out", "message--note");
  bubble.querySelector("[data-note-mark]").hidden = !item.isNote;
  bubble.querySelector("[data-text]").textContent = item.text;
  if (item.quote) {
    bubble.querySelector("[data-quote]").hidden = false;
    bubble.querySelector("[data-quote] span").textContent = item.quote;
  }
  if (item.file) showFile(bubble, item);
  thread.append(bubble);
  thread.closest("thread-scroll")?.toEnd();
}

function showFile(bubble, { file, filename }) {
  const place = bubble.querySelector("[data-file]");
  place.hidden = false;
  if (file.type.startsWith("image/")) {
    const picture = new Image();
    picture.src = URL.createObjectURL(file);
    picture.alt = filename;
    picture.className = "picture";
    place.append(picture);
  } else place.textContent = filename;
}

export function forgetPending(uuid, status = 200) {
  const bubble = pendingOf(uuid);
  if (!bubble) return;
  if (status === 422 || status < 300) return remove(bubble);
  const state = bubble.querySelector("[data-state]");
  state.textContent = status === 401 ? state.dataset.signedOut : state.dataset.refused;
  bubble.classList.add("message--failed");
}

function remove(bubble) {
  const picture = bubble.querySelector("img");
  if (picture) URL.revokeObjectURL(picture.src);
  bubble.remove();
}

document.addEventListener("sash:sent", ({ detail }) => forgetPending(detail.item.uuid));
document.addEventListener("sash:sending", ({ detail: { item } }) => {
  drawPending(item);
  sayState(item, "");
});

for (const kind of ["waiting", "stopped"]) {
  document.addEventListener(`sash:${kind}`, ({ detail: { item } }) => sayState(item, kind));
}

function sayState(item, kind) {
  const bubble = pendingOf(item.uuid);
  const state = bubble?.querySelector("[data-state]");
  if (!state) return;
  state.textContent = state.dataset[kind] ?? "";
  bubble.classList.toggle("message--stopped", kind === "stopped");
}

document.addEventListener("sash:progress", ({ detail: { item, share } }) => {
  const progress = pendingOf(item.uuid)?.querySelector("[data-progress]");
  if (!progress) return;
  progress.hidden = share >= 1;
  progress.value = share;
});
