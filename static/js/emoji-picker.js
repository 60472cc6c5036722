// <emoji-picker src="…json">: a grid that is read when it is first opened. It writes into the
// composer, or tells whoever opened it by a "sash:emoji" event.
import { putIn } from "./composer.js";

const RECENT = "sash-emoji";
const MOST_RECENT = 24;
const MARKS = {
  smileys: "😀", people: "👋", animals: "🐶", food: "🍎", travel: "✈️",
  activities: "⚽", objects: "💡", symbols: "❤️", flags: "🏳️",
};
const data = new Map();

class EmojiPicker extends HTMLElement {
  async open() {
    this.hidden = false;
    if (!data.has(this.getAttribute("src"))) {
      data.set(this.getAttribute("src"), await (await fetch(this.getAttribute("src"))).json());
    }
    if (!this.firstElementChild) this.build();
    this.show("");
    this.search.value = "";
    this.search.focus();
  }

  close() {
    this.hidden = true;
  }

  build() {
    this.setAttribute("role", "dialog");
    this.setAttribute("aria-label", this.dataset.search);
    this.search = Object.assign(document.createElement("input"), {
      type: "search", className: "input", placeholder: this.dataset.search, autocomplete: "off",
    });
    this.search.setAttribute("aria-label", this.dataset.search);
    this.search.addEventListener("input", (event) => {
      event.stopPropagation();
      this.show(this.search.value);
    });
    this.grid = document.createElement("div");
    this.grid.className = "emoji__grid";
    this.append(this.search, this.tabs(), this.grid);
    this.addEventListener("keydown", (event) => this.move(event));
    this.addEventListener("click", ({ target }) => {
      const button = target.closest(".emoji__one");
      if (button) this.take(button.textContent);
    });
  }

  tabs() {
    const row = document.createElement("div");
    row.className = "emoji__tabs";
    for (const [name, mark] of Object.entries(MARKS)) {
      const tab = Object.assign(document.createElement("button"), { type: "button", textContent: mark });
      tab.className = "emoji__tab";
      tab.setAttribute("aria-label", name);
      tab.addEventListener("click", () => this.show("", name));
      row.append(tab);
    }
    return row;
  }

  show(words, group = "") {
    const groups = data.get(this.getAttribute("src"));
    const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
    const recent = group || wanted.length ? [] : JSON.parse(localStorage.getItem(RECENT) ?? "[]");
    const rows = group ? groups[group] : wanted.length ? Object.values(groups).flat() : groups.smileys;
    const found = rows.filter(([, names]) => wanted.every((word) => names.includes(word)));
    if (wanted.length) found.sort(([, a], [, b]) => b.startsWith(wanted[0]) - a.startsWith(wanted[0]));
    this.grid.replaceChildren(
      ...recent.map((emoji) => one(emoji, emoji)),
      ...found.slice(0, 420).map(([emoji, names]) => one(emoji, names)),
    );
    this.grid.scrollTop = 0;
  }

  move(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 8, ArrowUp: -8 }[event.key];
    if (event.key === "Escape") {
      this.close();
      this.closest("form")?.elements.text.focus();
    } else if (event.key === "Enter" && event.target === this.search) {
      if (this.grid.firstElementChild) this.take(this.grid.firstElementChild.textContent);
    } else if (step && (event.target !== this.search || step > 1)) {
      const all = [...this.grid.children];
      const index = all.indexOf(event.target);
      all[index < 0 ? 0 : Math.max(0, Math.min(all.length - 1, index + step))]?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  take(emoji) {
    const recent = JSON.parse(localStorage.getItem(RECENT) ?? "[]").filter((other) => other !== emoji);
    localStorage.setItem(RECENT, JSON.stringify([emoji, ...recent].slice(0, MOST_RECENT)));
    this.close();
    const field = this.closest("form")?.elements.text;
    if (field) putIn(field, emoji);
    this.dispatchEvent(new CustomEvent("sash:emoji", { bubbles: true, detail: { emoji } }));
  }
}

function one(emoji, names) {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: emoji });
  button.className = "emoji__one";
  button.title = names.split(" ").slice(0, 4).join(" ");
  return button;
}

customElements.define("emoji-picker", EmojiPicker);

document.addEventListener("click", ({ target }) => {
  const opener = target.closest?.("[data-emoji]");
  const picker = opener?.parentElement.querySelector("emoji-picker");
  for (const open of document.querySelectorAll("emoji-picker:not([hidden])")) {
    if (open !== picker && !open.contains(target)) open.close();
  }
  if (picker) picker.hidden ? picker.open() : picker.close();
});
