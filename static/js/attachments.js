// Files chosen, pasted or dropped: shown above the text, checked before they are sent.
const AUDIO = ["audio", "sticker"];
const chosen = new WeakMap();
const listOf = (form) => form.querySelector("[data-files]");

document.addEventListener("change", ({ target }) => {
  if (!target.matches?.("[data-attach]")) return;
  add(target.form, target.files);
  target.value = "";
});

document.addEventListener("paste", (event) => {
  const form = event.target.closest?.("[data-composer]");
  if (!form || !event.clipboardData.files.length) return;
  event.preventDefault();
  add(form, event.clipboardData.files);
});

for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const pane = event.target.closest?.(".pane--thread");
    if (!pane || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    pane.classList.toggle("pane--drop", kind === "dragover");
    const form = pane.querySelector("[data-composer]");
    if (kind === "drop" && form?.querySelector("[data-attach]")) add(form, event.dataTransfer.files);
  });
}

function add(form, files) {
  form.querySelector("[value=reply]")?.click();
  const list = chosen.get(form) ?? [];
  for (const blob of files) list.push(describe(blob, form));
  chosen.set(form, list);
  draw(form);
  form.elements.text.focus();
}

function describe(blob, form) {
  const { media } = JSON.parse(document.getElementById("composer-limits").textContent);
  const kind = blob.type === "image/webp" ? "sticker" : kindOf(blob.type, media);
  const words = listOf(form).dataset;
  const size = media[kind].size;
  let error = "";
  if (blob.type && !media[kind].types.includes(blob.type)) error = words.wrongType;
  if (kind === "document" && /^text\//.test(blob.type)) error = "";
  if (blob.size > size) error = `${words.tooLarge} ${Math.floor(size / 1024)} KB.`;
  return { blob, name: blob.name || "file", kind, error, caption: "", takesCaption: !AUDIO.includes(kind) };
}

function kindOf(type, media) {
  return ["image", "video", "audio"].find((kind) => media[kind].types.includes(type)) ?? "document";
}

function draw(form) {
  const files = chosen.get(form) ?? [];
  const list = listOf(form);
  for (const picture of list.querySelectorAll("img")) URL.revokeObjectURL(picture.src);
  list.hidden = !files.length;
  list.replaceChildren(...files.map((file) => card(form, file)));
}

function card(form, file) {
  const { remove, caption } = listOf(form).dataset;
  const item = document.createElement("li");
  item.className = "attachment";
  item.append(picture(file), words(file));
  if (file.takesCaption && !file.error && (chosen.get(form) ?? []).length > 1) {
    const field = Object.assign(document.createElement("input"), {
      className: "input attachment__caption", placeholder: caption, value: file.caption, maxLength: 1024,
    });
    field.setAttribute("aria-label", `${caption}: ${file.name}`);
    field.addEventListener("input", () => (file.caption = field.value));
    item.append(field);
  }
  const button = Object.assign(document.createElement("button"), {
    type: "button", className: "icon-button", textContent: "×",
  });
  button.setAttribute("aria-label", `${remove}: ${file.name}`);
  button.addEventListener("click", () => {
    chosen.set(form, chosen.get(form).filter((other) => other !== file));
    draw(form);
    form.elements.text.focus();
  });
  item.append(button);
  return item;
}

function picture(file) {
  if (!file.blob.type.startsWith("image/")) {
    const mark = document.createElement("span");
    mark.className = "file__kind";
    mark.textContent = file.name.split(".").pop().slice(0, 4).toUpperCase();
    return mark;
  }
  return Object.assign(new Image(), { src: URL.createObjectURL(file.blob), alt: "", className: "attachment__picture" });
}

function words(file) {
  const text = document.createElement("span");
  text.className = "attachment__words";
  const name = Object.assign(document.createElement("bdi"), { textContent: file.name });
  name.className = "truncate";
  const rest = document.createElement("span");
  rest.className = file.error ? "field__error" : "quiet";
  rest.textContent = file.error || `${Math.max(1, Math.round(file.blob.size / 1024))} KB`;
  text.append(name, rest);
  return text;
}

/** Files of messages that come back to be written anew, as they were. */
export function putBack(form, items) {
  const files = items.map(({ file, filename, text, fields }) => ({
    ...describe(file, form), name: filename, caption: text, sendsAs: Object.fromEntries(fields).kind, error: "",
  }));
  chosen.set(form, [...files, ...(chosen.get(form) ?? [])]);
  draw(form);
}

/** The files that may go, out of the tray; a refused one stays there with its reason. */
export function takeFiles(form) {
  const files = chosen.get(form) ?? [];
  chosen.set(form, files.filter((file) => file.error));
  draw(form);
  return files.filter((file) => !file.error);
}
