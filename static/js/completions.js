// What may follow "/", "{{" and, in a note, "@": a list above the text, chosen by keyboard.
const TRIGGERS = [
  { pattern: /(?:^|\s)\/([\p{L}\p{N}_-]{0,40})$/u, url: "cannedUrl", modes: ["reply", "note"] },
  { pattern: /@([\p{L}\p{N} ]{0,30})$/u, url: "mentionUrl", modes: ["note"] },
  { pattern: /\{\{(\w{0,30})$/, modes: ["reply"] },
];
let asked = 0;

document.addEventListener("input", ({ target }) => {
  const form = target.closest?.("[data-composer]");
  if (form && target === form.elements.text) offer(form);
});

async function offer(form) {
  const field = form.elements.text;
  const before = field.value.slice(0, field.selectionStart);
  const mode = form.elements.mode.value;
  const trigger = TRIGGERS.find(({ pattern, modes }) => modes.includes(mode) && pattern.test(before));
  const number = ++asked;
  const match = trigger && before.match(trigger.pattern);
  if (!match) delete form.dataset.completed;
  if (!match || `${match.index}` === form.dataset.completed) return hide(form);
  const words = match[1];
  const place = form.querySelector("[data-completions]");
  const html = trigger.url ? await read(place.dataset[trigger.url], words) : variables(words);
  if (number !== asked || html === null) return;
  if (typeof html === "string") place.innerHTML = html;
  else place.replaceChildren(...html);
  show(form, words);
}

async function read(url, words) {
  try {
    const answer = await fetch(`${url}?q=${encodeURIComponent(words)}`, { headers: { "HX-Request": "true" } });
    return answer.ok && !answer.redirected ? await answer.text() : null;
  } catch {
    return null;
  }
}

function variables(words) {
  const known = JSON.parse(document.getElementById("composer-variables").textContent);
  return Object.entries(known).filter(([name]) => name.includes(words)).map(([name, value], index) => {
    const option = document.createElement("div");
    option.className = "completion";
    option.id = `completion-${index + 1}`;
    option.setAttribute("role", "option");
    option.dataset.value = `{{${name}}}`;
    const title = Object.assign(document.createElement("b"), { textContent: `{{${name}}}` });
    const text = Object.assign(document.createElement("span"), { textContent: value || "—" });
    text.className = "quiet truncate";
    option.append(title, text);
    return option;
  });
}

function show(form, words) {
  const place = form.querySelector("[data-completions]");
  place.hidden = !place.firstElementChild;
  place.setAttribute("role", "listbox");
  place.dataset.typed = words.length;
  choose(form, place.querySelector("[role=option]"));
}

function hide(form) {
  const place = form.querySelector("[data-completions]");
  place.hidden = true;
  form.elements.text.removeAttribute("aria-activedescendant");
}

function choose(form, option) {
  const place = form.querySelector("[data-completions]");
  for (const other of place.querySelectorAll("[role=option]")) {
    other.setAttribute("aria-selected", other === option);
  }
  if (!option) return;
  option.scrollIntoView({ block: "nearest" });
  form.elements.text.setAttribute("aria-activedescendant", option.id);
}

function take(form, option) {
  const field = form.elements.text;
  const place = form.querySelector("[data-completions]");
  const mark = option.dataset.value.startsWith("{{") && place.querySelector("[data-value^='{{']") ? 2 : 1;
  const start = field.selectionStart - Number(place.dataset.typed) - mark;
  field.setRangeText(option.dataset.value, start, field.selectionStart, "end");
  form.dataset.completed = start;
  hide(form);
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-composer]");
  const place = form?.querySelector("[data-completions]");
  if (!place || place.hidden || event.target !== form.elements.text) return;
  const options = [...place.querySelectorAll("[role=option]")];
  const index = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "Escape") hide(form);
  else if (event.key === "ArrowDown") choose(form, options[(index + 1) % options.length]);
  else if (event.key === "ArrowUp") choose(form, options.at((index - 1) % options.length));
  else if ((event.key === "Enter" || event.key === "Tab") && index >= 0) take(form, options[index]);
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

document.addEventListener("submit", ({ target }) => {
  if (!target.matches("[data-composer]")) return;
  delete target.dataset.completed;
  hide(target);
});

document.addEventListener("focusout", ({ target }) => {
  const form = target.closest?.("[data-composer]");
  if (form && target === form.elements.text) hide(form);
});

document.addEventListener("mousedown", (event) => {
  const option = event.target.closest?.("[data-completions] [role=option]");
  if (!option) return;
  event.preventDefault();
  take(option.closest("form"), option);
});
