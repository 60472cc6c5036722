// How many characters of a field are used, told once it matters.
export function showCount(field, most) {
  const length = [...field.value].length;
  let note = field.nextElementSibling;
  if (!note?.matches(".field__count")) {
    note = Object.assign(document.createElement("span"), { className: "field__count numbers" });
    field.after(note);
  }
  note.textContent = length > most * 0.6 ? `${length} / ${most}` : "";
  field.setAttribute("aria-invalid", length > most);
}
