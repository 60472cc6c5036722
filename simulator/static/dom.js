/* The only place that makes elements. Text is always text: nothing here parses HTML. */

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  back: "M15 5l-7 7 7 7",
  more: "M12 5.5v.01M12 12v.01M12 18.5v.01",
  plus: "M12 5v14M5 12h14",
  send: "M4 12l16-8-6 16-3-6z",
  mic: "M12 3a3 3 0 0 1 3 3v6a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3zM5 11a7 7 0 0 0 14 0M12 18v3",
  stop: "M7 7h10v10H7z",
  photo: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9v.01",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  place: "M12 21s7-6.2 7-11a7 7 0 0 0-14 0c0 4.8 7 11 7 11zM12 10v.01",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20a7.5 7.5 0 0 1 15 0",
  down: "M6 9l6 6 6-6",
  reply: "M10 6l-6 6 6 6M4 12h9a7 7 0 0 1 7 7",
  link: "M14 5h5v5M19 5l-8 8M18 14v5H5V6h5",
  call: "M6 3h3l2 5-2.5 1.5a12 12 0 0 0 6 6L16 13l5 2v3a2 2 0 0 1-2 2A16 16 0 0 1 4 5a2 2 0 0 1 2-2z",
  copy: "M9 9h10v11H9zM5 15V4h10",
  list: "M9 6h11M9 12h11M9 18h11M4.5 6v.01M4.5 12v.01M4.5 18v.01",
  tick: "M4 12.5l5 5L20 6.5",
  ticks: "M1.5 12.5l5 5L16 7M9.5 15.5l2 2L22.5 6.5",
  close: "M6 6l12 12M18 6L6 18",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3 2",
  edit: "M4 20l1-4L16 5l3 3L8 19z",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
};

export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.flat(3).filter((child) => child != null && child !== false && child !== ""));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

export function iconButton(name, label, onclick, more = {}) {
  return h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, onclick, ...more }, icon(name));
}

export function avatar(name, key) {
  const hue = [...String(key)].reduce((sum, char) => sum + char.codePointAt(0), 0) % 6;
  const first = [...String(name || "?").trim()][0] || "?";
  return h("span", { class: `avatar hue-${hue}`, "aria-hidden": "true" }, first.toUpperCase());
}

export function field(label, input, hint) {
  return h("label", { class: "field" }, h("span", {}, label), input, hint && h("small", { class: "hint" }, hint));
}

export function switchRow(label, checked, onchange, hint) {
  const box = h("input", { type: "checkbox", checked, onchange: (event) => onchange(event.target.checked) });
  return h("label", { class: "switch" }, box, h("span", {}, label, hint && h("small", {}, hint)));
}

export function time(at) {
  return new Date(at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

export function day(at) {
  return new Date(at * 1000).toLocaleDateString([], { weekday: "long", day: "numeric", month: "long" });
}

export function span(seconds) {
  const sign = seconds < 0 ? "−" : "";
  const minutes = Math.round(Math.abs(seconds) / 60);
  const parts = minutes < 2880 ? [[Math.floor(minutes / 60), "h"], [minutes % 60, "min"]]
    : [[Math.floor(minutes / 1440), "d"], [Math.floor(minutes / 60) % 24, "h"]];
  return sign + (parts.filter(([count]) => count).map(([count, unit]) => `${count} ${unit}`).join(" ") || "0 min");
}
