// Ctrl+K: every view and every action of the page by its words, and customers by their names.
const palette = document.getElementById("palette");
const input = palette?.querySelector("input");
const own = document.getElementById("palette-own");
let commands = [];

function collect() {
  const sources = document.querySelectorAll(".rail a, .rail__foot button, .head button:not(summary *), .head a, .list__head a, .list__filters a");
  commands = [...sources].map((element) => ({ element, text: label(element), key: element.dataset.key }));
  commands = commands.filter(({ text }, at) => text && commands.findIndex((other) => other.text === text) === at);
}

function label(element) {
  const named = element.cloneNode(true);
  for (const extra of named.querySelectorAll("kbd, .rail__count, local-time, .avatar")) extra.remove();
  return named.textContent.replace(/\s+/g, " ").trim();
}

function draw() {
  const words = input.value.trim().toLowerCase();
  const found = commands.filter(({ text }) => text.toLowerCase().includes(words)).slice(0, 9);
  own.replaceChildren(...found.map(option));
  choose(palette.querySelector(".palette__item"));
}

function option({ element, text, key }, at) {
  const item = document.createElement("button");
  Object.assign(item, { type: "button", className: "palette__item", id: `palette-own-${at}`, tabIndex: -1 });
  item.setAttribute("role", "option");
  const name = Object.assign(document.createElement("span"), { className: "grow", textContent: text });
  item.append(name);
  if (key) item.append(Object.assign(document.createElement("kbd"), { textContent: key }));
  item.addEventListener("click", () => {
    palette.close();
    element.click();
  });
  return item;
}

function choose(item) {
  for (const other of palette.querySelectorAll(".palette__item")) other.setAttribute("aria-selected", String(other === item));
  if (item) input.setAttribute("aria-activedescendant", item.id);
  item?.scrollIntoView({ block: "nearest" });
}

function move(step) {
  const items = [...palette.querySelectorAll(".palette__item")];
  const here = items.findIndex((item) => item.ariaSelected === "true");
  choose(items[(here + step + items.length) % items.length]);
}

function open() {
  if (!palette || palette.open) return;
  collect();
  input.value = "";
  document.getElementById("palette-found").replaceChildren();
  palette.showModal();
  draw();
}

input?.addEventListener("input", draw);
input?.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") move(event.key === "ArrowDown" ? 1 : -1);
  else if (event.key === "Enter") palette.querySelector('[aria-selected="true"]')?.click();
  else return;
  event.preventDefault();
});
palette?.addEventListener("htmx:afterSwap", () => {
  if (!palette.querySelector('[aria-selected="true"]')) choose(palette.querySelector(".palette__item"));
});
palette?.addEventListener("click", (event) => event.target === palette && palette.close());
document.body.addEventListener("sash:palette", open);
document.addEventListener("click", (event) => event.target.closest("[data-palette]") && open());

// Long lists in dialogs are narrowed by what is typed above them.
document.addEventListener("input", ({ target }) => {
  const list = target.dataset.narrows && document.querySelector(target.dataset.narrows);
  if (!list) return;
  const words = target.value.trim().toLowerCase();
  for (const choice of list.querySelectorAll(".choice")) choice.hidden = !choice.textContent.toLowerCase().includes(words);
});
