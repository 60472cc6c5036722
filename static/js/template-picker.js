// The picker: which card is chosen, and the header's file in the preview.
document.addEventListener("click", ({ target }) => {
  const card = target.closest?.(".picker__card");
  if (!card) return;
  for (const other of card.parentElement.querySelectorAll(".picker__card")) {
    other.setAttribute("aria-pressed", other === card);
  }
});

document.addEventListener("change", ({ target }) => {
  if (target.matches?.("[data-header-file]")) showFile(target);
});

// A refused form comes back without its file: the one that was chosen is put in again.
let kept = null;
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!["picker-detail", "template-editor"].includes(detail.target.id)) return;
  const field = detail.target.querySelector("[data-header-file]");
  kept = detail.target.id === "template-editor" || detail.xhr.status === 422 ? field?.files : null;
});

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const forms = ".picker__form, .editor";
  const form = detail.target.closest?.(forms) ?? detail.target.querySelector?.(forms);
  const field = form?.querySelector("[data-header-file]");
  if (!field) return;
  if (kept?.length) field.files = kept;
  kept = null;
  if (field.files.length) showFile(field);
});

function showFile(field) {
  const place = field.form.querySelector("[data-media]");
  const [file] = field.files;
  if (!place || !file) return;
  if (!file.type.startsWith("image/")) {
    place.textContent = file.name;
    return;
  }
  place.replaceChildren(Object.assign(new Image(), { src: URL.createObjectURL(file), alt: "" }));
}
