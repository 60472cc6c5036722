// The builder's dialog: only the fields of the chosen kind, counters, a live preview, and each
// error beside its field.
import { newUuid } from "./composer.js";
import { showCount } from "./counting.js";

const builderOf = (element) => element.closest?.("[data-builder]");

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const form = detail.target.querySelector?.("[data-builder]");
  if (!form || detail.target.id !== "dialog") return;
  form.querySelector("[data-fresh-uuid]").value = newUuid();
  update(form);
});

document.addEventListener("input", ({ target }) => {
  const form = builderOf(target);
  if (!form) return;
  if (target.matches("[data-place-paste]")) readPlace(form, target.value);
  update(form);
});

function update(form) {
  const kind = form.elements["interactive.type"]?.value;
  for (const part of form.querySelectorAll("[data-only]")) part.hidden = part.dataset.only !== kind;
  for (const part of form.querySelectorAll("[data-not]")) part.hidden = part.dataset.not === kind;
  for (const field of form.querySelectorAll("[data-limit]")) count(field, kind);
  for (const line of form.querySelectorAll("[data-shows]")) {
    const field = form.elements[line.dataset.shows];
    line.textContent = field.closest("[hidden]") ? "" : field.value;
  }
  if (kind) preview(form, kind);
}

function count(field, kind) {
  showCount(field, Number((kind === "list" && field.dataset.limitList) || field.dataset.limit));
}

function preview(form, kind) {
  const values = (pattern) =>
    [...form.elements].filter((field) => pattern.test(field.name) && field.value.trim());
  const names = {
    button: () => values(/buttons\.\d+\.title/).map((field) => field.value),
    list: () => [form.elements["interactive.button"].value].filter(Boolean),
    cta_url: () => [form.elements["interactive.display_text"].value].filter(Boolean),
    location_request_message: () => [form.querySelector("[data-location-words]").dataset.locationWords],
  };
  form.querySelector("[data-preview-buttons]").replaceChildren(...names[kind]().map(button));
  const rows = kind === "list" ? values(/rows\.\d+\.title/).map((field) => field.value) : [];
  form.querySelector("[data-preview-rows]").replaceChildren(
    ...rows.map((text) => Object.assign(document.createElement("li"), { textContent: text })),
  );
}

function button(text) {
  const line = Object.assign(document.createElement("p"), { className: "phone-bubble__button" });
  line.textContent = text;
  return line;
}

// "19.43, -99.13", or such a pair anywhere in the link of a map.
function readPlace(form, text) {
  const match = text.match(/(-?\d{1,2}\.\d+)[,\s/]+(-?\d{1,3}\.\d+)/);
  if (!match) return;
  form.elements["location.latitude"].value = match[1];
  form.elements["location.longitude"].value = match[2];
}

document.addEventListener("click", ({ target }) => {
  const card = target.closest?.("[data-card]");
  if (!card) return;
  const { elements } = card.closest("form");
  for (const name of ["name", "phone", "email", "company"]) {
    elements[`contacts.0.${name}`].value = card.dataset[name];
  }
  document.getElementById("card-found").replaceChildren();
  elements["contacts.0.name"].focus();
});

document.addEventListener("htmx:oobAfterSwap", ({ detail }) => {
  if (!detail.target?.matches?.(".composer__errors")) return;
  const form = detail.target.closest("form");
  for (const field of form.elements) field.setCustomValidity?.("");
  for (const line of detail.target.querySelectorAll("[data-field]")) {
    const field = form.elements[line.dataset.field];
    if (!field?.setAttribute) continue;
    field.setAttribute("aria-invalid", "true");
    if (builderOf(field)) field.focus();
  }
});
