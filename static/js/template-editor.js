// The editor of templates: only the fields of the chosen kind, and how many characters are used.
import { showCount } from "./counting.js";

const editor = () => document.getElementById("template-editor");

function update() {
  const form = editor();
  if (!form) return;
  const header = form.elements.header?.value ?? "";
  for (const part of form.querySelectorAll("[data-header]")) {
    part.hidden = !part.dataset.header.split(" ").includes(header);
  }
  const isAuthentication = form.elements.category.value === "AUTHENTICATION";
  for (const part of form.querySelectorAll("[data-not-authentication]")) part.hidden = isAuthentication;
  for (const part of form.querySelectorAll("[data-authentication]")) part.hidden = !isAuthentication;
  for (const field of form.querySelectorAll("[data-limit]")) showCount(field, Number(field.dataset.limit));
}

document.addEventListener("input", ({ target }) => {
  if (editor()?.contains(target)) update();
});
document.addEventListener("htmx:afterSettle", update);
document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.sure;
  if (question && !window.confirm(question)) event.preventDefault();
});
update();
