/* What slides up from the bottom of the phone: menus, forms, lists of options. */
import { field, h, icon, iconButton, span, switchRow } from "/static/dom.js";

const EMOJIS = ["👍", "❤️", "😂", "😮", "😢", "🙏"];
const PLACES = [
  ["Home", "Rua das Flores 12, São Paulo", -23.55052, -46.633308],
  ["Office", "Av. Insurgentes Sur 100, Ciudad de México", 19.42847, -99.12766],
  ["Café", "Marina Walk, Dubai", 25.08024, 55.14053],
];
export const AGES = [["now", 0], ["20 h ago", -72000], ["23 h ago", -82800], ["23 h 30 min ago", -84600], ["23 h 55 min ago", -86100], ["25 h ago", -90000]];

const holder = () => document.getElementById("sheet");

export function close() {
  holder().hidden = true;
  holder().replaceChildren();
}

export function open(title, ...content) {
  const sheet = h("div", { class: "sheet", role: "dialog", "aria-modal": "true", "aria-label": title },
    h("header", {}, h("h2", {}, title), iconButton("close", "Close", close)), ...content);
  const back = h("div", { class: "sheet-back", onclick: close });
  holder().replaceChildren(back, sheet);
  holder().hidden = false;
  sheet.querySelector("input, textarea, .option, button")?.focus({ preventScroll: true });
}

document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });

export function option(name, label, onclick, more) {
  return h("button", { type: "button", class: "option", onclick: () => { close(); onclick(); } },
    name && icon(name), h("span", {}, label, more && h("small", {}, more)));
}

export function form(title, fields, label, onsubmit) {
  const inputs = fields.map(([name, text, value, more]) => [name, h("input", { name, value, ...more }), text]);
  const node = h("form", { onsubmit: (event) => {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(node));
    close();
    onsubmit(values);
  } }, inputs.map(([, input, text]) => field(text, input)), h("button", { class: "button main" }, label));
  open(title, node);
}

export function messageMenu(message, acts) {
  const own = message.direction === "in";
  const mine = (message.reactions || {}).customer;
  const emojis = EMOJIS.map((emoji) => h("button", { type: "button", class: emoji === mine ? "emoji chosen" : "emoji", "aria-label": `React ${emoji}`,
    onclick: () => { close(); acts.react(message, emoji === mine ? "" : emoji); } }, emoji));
  open("Message", h("div", { class: "emojis" }, emojis),
    option("reply", "Reply", () => acts.reply(message)),
    own && ["text", "image", "video", "document"].includes(message.kind) && option("edit", "Edit", () => acts.edit(message)),
    own && option("trash", "Delete for everyone", () => acts.revoke(message)));
}

export function attachMenu(acts) {
  open("Send", option("photo", "Photo or video", () => acts.file("image/*,video/*", {})),
    option("file", "Document", () => acts.file("*/*", { type: "document" })),
    option("mic", "Voice message from a file", () => acts.file("audio/*", { type: "audio", voice: "true" })),
    option("photo", "Sticker (WebP)", () => acts.file("image/webp", { type: "sticker" })),
    option("place", "Location", () => placeSheet(acts.place)),
    option("person", "Contact", () => contactSheet(acts.contact)));
}

export function placeSheet(onplace) {
  const options = PLACES.map(([name, address, latitude, longitude]) =>
    option("place", name, () => onplace({ name, address, latitude, longitude }), address));
  const other = option("edit", "Another place", () => form("Location", [
    ["name", "Name", ""], ["address", "Address", ""],
    ["latitude", "Latitude", "-23.55", { required: true, inputmode: "decimal" }],
    ["longitude", "Longitude", "-46.63", { required: true, inputmode: "decimal" }],
  ], "Send location", (values) => onplace({ ...values, latitude: Number(values.latitude), longitude: Number(values.longitude) })));
  open("Send location", ...options, other);
}

export function contactSheet(oncontact) {
  form("Send contact", [["name", "Name", "", { required: true }], ["phone", "Phone", "+", { required: true, type: "tel" }]], "Send contact", ({ name, phone }) => {
    const [first, ...rest] = name.trim().split(/\s+/);
    const wa = phone.replace(/\D/g, "");
    oncontact([{ name: { formatted_name: name.trim(), first_name: first, last_name: rest.join(" ") || undefined }, phones: [{ phone, wa_id: wa, type: "MOBILE" }] }]);
  });
}

export function listSheet(list, onchoose) {
  const sections = list.sections.map((section) => [section.title && h("h3", { dir: "auto" }, section.title),
    ...section.rows.map((row) => option(null, row.title, () => onchoose(row), row.description))]);
  open(list.button, ...sections.flat());
}

export function settingsSheet(customer, left, change) {
  const age = h("select", { onchange: (event) => change({ clock_offset_s: Number(event.target.value) }) },
    AGES.map(([label, value]) => h("option", { value, selected: customer.clock_offset_s === value }, label)));
  if (!AGES.some(([, value]) => value === customer.clock_offset_s)) {
    age.prepend(h("option", { value: customer.clock_offset_s, selected: true }, span(customer.clock_offset_s)));
  }
  open("This phone", h("p", { class: "hint" }, left > 0 ? `The business can write freely for ${span(left)}.` : "The business can only send templates now."),
    switchRow("Online", customer.online, (online) => change({ online }), "Offline, messages wait"),
    switchRow("Reads by itself", customer.auto_read, (auto_read) => change({ auto_read }), "Otherwise tap “Read” in the conversation"),
    switchRow("Read receipts", customer.read_receipts, (read_receipts) => change({ read_receipts }), "Off: the business never sees blue ticks"),
    field("What I write was written…", age, "Shifts this customer's clock, so that a window is nearly over"));
}
