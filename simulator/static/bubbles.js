/* How a message looks: bubble, media, buttons, ticks. What a tap does is decided by `taps`. */
import { h, icon, iconButton, time } from "/static/dom.js";
import { link, marked } from "/static/markup.js";

const BUTTON_ICONS = { url: "link", phone_number: "call", copy_code: "copy", location: "place", contact: "person", permission: "call", quick_reply: "reply", reply: "reply" };
const STATUS = { sent: ["tick", "Sent"], delivered: ["ticks", "Delivered"], read: ["ticks", "Read"] };

export function bubble(message, taps) {
  const own = message.direction === "in";
  const drawn = message.drawn || {};
  const row = h("li", { class: `row ${own ? "own" : "theirs"}`, id: `m${message.seq}` });
  if (message.kind === "call") return h("li", { class: "note", id: `m${message.seq}` }, h("span", {}, "Voice call · ", time(message.at)));
  const body = message.revoked ? [h("p", { class: "gone" }, own ? "You deleted this message" : "This message was deleted")] : inside(message, drawn, taps);
  const sticker = drawn.media?.kind === "sticker" && !message.revoked;
  row.append(h("div", { class: `bubble ${sticker ? "bare" : ""}` },
    message.quote && !message.revoked && quote(message.quote, taps),
    ...body,
    h("footer", {}, message.edited && "Edited ", h("time", {}, time(message.at)), own && ticks(message.status)),
    !message.revoked && iconButton("down", "Message options", () => taps.menu(message), { class: "bubble-menu" })));
  if (!message.revoked) row.append(...extras(message, drawn, taps));
  const emojis = Object.values(message.reactions || {}).filter(Boolean);
  if (emojis.length) row.append(h("button", { type: "button", class: "reactions", "aria-label": "Reactions", onclick: () => taps.menu(message) }, emojis.join(" ")));
  return row;
}

function inside(message, drawn, taps) {
  const parts = [];
  if (drawn.header) parts.push(head(drawn.header, message, taps));
  if (drawn.media) parts.push(media(drawn.media, message, taps));
  if (drawn.location) parts.push(place(drawn.location));
  for (const person of drawn.people || []) parts.push(card(person));
  if (drawn.text) parts.push(h("p", { class: "text", dir: "auto" }, marked(drawn.text)));
  if (drawn.footer) parts.push(h("p", { class: "small", dir: "auto" }, drawn.footer));
  if (drawn.note) parts.push(h("p", { class: "small" }, drawn.note));
  return parts;
}

function extras(message, drawn, taps) {
  const parts = [];
  const buttons = drawn.buttons || [];
  if (drawn.list) parts.push(action("list", drawn.list.button, () => taps.list(message)));
  const shown = buttons.length > 3 ? buttons.slice(0, 2) : buttons;
  for (const button of shown) parts.push(action(BUTTON_ICONS[button.kind], button.text, () => taps.button(message, button), button));
  if (shown.length < buttons.length) parts.push(action("list", "See all options", () => taps.buttons(message)));
  if (drawn.cards) parts.push(h("div", { class: "cards" }, drawn.cards.map((one) => h("div", { class: "card-column" },
    h("div", { class: "bubble" }, ...inside(message, one, taps)), ...extras(message, { buttons: one.buttons }, taps)))));
  return parts.length ? [h("div", { class: "actions" }, parts)] : [];
}

function action(name, label, onclick, button = {}) {
  const inner = [name && icon(name), h("span", { dir: "auto" }, label || "Copy code")];
  if (button.kind === "url" && /^https?:\/\//i.test(button.url || "")) {
    return h("a", { class: "action", href: button.url, target: "_blank", rel: "noopener noreferrer" }, inner);
  }
  return h("button", { type: "button", class: "action", onclick }, inner);
}

function quote(quoted, taps) {
  return h("button", { type: "button", class: "quote", onclick: () => taps.jump(quoted.id) },
    h("b", {}, quoted.direction === "in" ? "You" : taps.businessName()), h("span", { dir: "auto" }, quoted.text));
}

function head(header, message, taps) {
  if (header.media) return media(header.media, message, taps);
  if (header.location) return place(header.location);
  return h("p", { class: "title", dir: "auto" }, header.text || "");
}

function media(item, message, taps) {
  const url = item.id ? `/phone/media/${encodeURIComponent(item.id)}` : "";
  if (!url && item.kind !== "document") return h("p", { class: "small" }, `${item.kind} (not loaded)`);
  if (item.kind === "image" || item.kind === "sticker") {
    return h("img", { class: item.kind, src: url, alt: item.kind === "image" ? "Photo" : "Sticker", loading: "lazy" });
  }
  if (item.kind === "video") return h("video", { class: "image", src: url, controls: true, preload: "metadata" });
  if (item.kind === "audio") return h("audio", { src: url, controls: true, preload: "metadata", onplay: () => taps.played(message) });
  const name = item.filename || "Document";
  const inner = [icon("file"), h("span", { dir: "auto" }, name)];
  return url ? h("a", { class: "file", href: url, download: name }, inner) : h("span", { class: "file" }, inner);
}

function place(spot) {
  const where = `${spot.latitude.toFixed(5)}, ${spot.longitude.toFixed(5)}`;
  return h("div", { class: "place" }, h("div", { class: "map", "aria-hidden": "true" }, icon("place")),
    h("b", { dir: "auto" }, spot.name || "Location"), spot.address && h("span", { dir: "auto" }, spot.address),
    h("span", { class: "small" }, where), spot.url && link(spot.url, spot.url));
}

function card(person) {
  return h("div", { class: "contact" }, icon("person"), h("span", {}, h("b", { dir: "auto" }, person.name), h("small", {}, person.phones.join(", "))));
}

function ticks(status) {
  const [name, label] = STATUS[status] || STATUS.sent;
  return h("span", { class: `ticks ${status}`, title: label, role: "img", "aria-label": label }, icon(name));
}
