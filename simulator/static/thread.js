/* One open conversation: what it shows, and what a tap in it sends. */
import { get, post } from "/static/api.js";
import { bubble } from "/static/bubbles.js";
import { composer } from "/static/composer.js";
import { avatar, day, h, iconButton } from "/static/dom.js";
import { toast } from "/static/phone.js";
import * as sheets from "/static/sheets.js";

const ARRIVED = ["delivered", "read", "played"];
const HIDDEN = ["reaction", "edit", "revoke", "system"];
let open = null;
let typingTimer = 0;

const root = () => document.getElementById("thread");
const base = () => `/_sim/customers/${encodeURIComponent(open.customer.id)}`;
const visible = (message) => !HIDDEN.includes(message.kind) && (message.direction !== "out" || ARRIVED.includes(message.status));
const unread = () => [...open.messages.values()].filter((one) => visible(one) && one.direction === "out" && one.status === "delivered" && !one.seen);

export async function openThread(customer, number, acts) {
  open = { customer, number, acts, messages: new Map(), left: -1, field: composer(send, sendFile, tools) };
  const lines = h("ol", { class: "lines", id: "lines", "aria-live": "polite" });
  lines.addEventListener("load", keepAtEnd, true);
  root().replaceChildren(header(), lines, h("div", { id: "unread" }), open.field.node);
  await refreshThread();
}

export function leaveThread() {
  open = null;
  root().replaceChildren(h("p", { class: "empty" }, "Choose a chat."));
}

export async function refreshThread() {
  const thread = await get(`/_sim/thread?customer=${encodeURIComponent(open.customer.id)}&number=${open.number.id}`);
  open.left = thread.window_left_s;
  open.messages = new Map(thread.messages.map((message) => [message.seq, message]));
  redraw();
}

export function receive(message) {
  if (!open) return;
  const known = open.messages.get(message.seq);
  open.messages.set(message.seq, message);
  const old = document.getElementById(`m${message.seq}`);
  if (known && old && visible(message)) old.replaceWith(bubble(message, taps));
  else if (visible(message)) redraw();
  if (message.direction === "out") showTyping(0);
  drawUnread();
}

export function showTyping(seconds) {
  const line = document.getElementById("presence");
  if (!line) return;
  clearTimeout(typingTimer);
  line.textContent = seconds ? "typing…" : "Business account";
  line.classList.toggle("typing", seconds > 0);
  if (seconds) typingTimer = setTimeout(() => showTyping(0), seconds * 1000);
}

function header() {
  return h("header", { class: "bar" }, iconButton("back", "Chats", open.acts.back), avatar(open.number.verified_name, open.number.id),
    h("span", { class: "person-text" }, h("h2", { dir: "auto" }, open.number.verified_name), h("small", { id: "presence" }, "Business account")),
    iconButton("more", "Settings of this phone", settings));
}

async function settings() {
  await refreshThread();
  sheets.settingsSheet(open.customer, open.left, async (values) => {
    open.customer = await open.acts.change(values);
    await refreshThread();
  });
}

function redraw() {
  let last = "";
  const lines = [];
  for (const message of [...open.messages.values()].filter(visible).sort((a, b) => a.seq - b.seq)) {
    if (day(message.at) !== last) lines.push(h("li", { class: "note" }, h("span", {}, last = day(message.at))));
    lines.push(bubble(message, taps));
  }
  const list = document.getElementById("lines");
  list.replaceChildren(...(lines.length ? lines : [h("li", { class: "note" }, h("span", {}, "Nothing here yet. Say hello."))]));
  list.scrollTop = list.scrollHeight;
  drawUnread();
}

/* A picture that loads late must not push the newest message out of sight. */
function keepAtEnd({ currentTarget: list, target }) {
  if (list.scrollHeight - list.scrollTop - list.clientHeight < target.clientHeight + 160) list.scrollTop = list.scrollHeight;
}

function drawUnread() {
  const count = unread().length;
  document.getElementById("unread").replaceChildren(...(count && !open.customer.auto_read ? [
    h("button", { type: "button", class: "unread", onclick: read }, `Read ${count} new message${count > 1 ? "s" : ""}`)] : []));
}

const attempt = async (work) => {
  try { return await work(); } catch (problem) { toast(problem.message); return null; }
};
const read = () => attempt(async () => { await post(`${base()}/read`, { number: open.number.id }); await refreshThread(); });
const say = (body) => attempt(() => post(`${base()}/messages`, { number: open.number.id, ...body }));

function send(text, { reply, edit }) {
  if (edit) return say({ type: "edit", edit: { message_id: edit.id, text } });
  return say({ type: "text", text: { body: text }, ...(reply && { context: { id: reply.id } }) });
}

function sendFile(file, values) {
  const form = new FormData();
  form.append("number", open.number.id);
  for (const [name, value] of Object.entries(values)) if (value) form.append(name, value);
  form.append("file", file, file.name);
  return attempt(() => post(`${base()}/files`, form));
}

const tools = {
  place: (location) => say({ type: "location", location }),
  contact: (contacts, more) => say({ type: "contacts", contacts, ...more }),
  toast,
};

const inReply = (message) => ({ context: { id: message.id } });

const TAPS = {
  quick_reply: (message, button) => say({ type: "button", button: { payload: button.payload, text: button.text }, ...inReply(message) }),
  reply: (message, { id, text }) => say({ type: "interactive", interactive: { type: "button_reply", button_reply: { id, title: text } }, ...inReply(message) }),
  location: (message) => sheets.placeSheet((location) => say({ type: "location", location, ...inReply(message) })),
  contact: (message) => sheets.contactSheet((contacts) => tools.contact(contacts.map((one) => ({ ...one, origin: "contact_request" })), inReply(message))),
  flow: (message) => say({ type: "interactive", interactive: { type: "nfm_reply", nfm_reply: { name: "flow", body: "Sent", response_json: JSON.stringify({ flow_token: "unused" }) } }, ...inReply(message) }),
  permission: (message) => say({ type: "interactive", interactive: { type: "call_permission_reply", call_permission_reply: { response: "accept", expiration_timestamp: Math.floor(Date.now() / 1000) + 604800, response_source: "user_action" } }, ...inReply(message) }),
  phone_number: (message, button) => toast(`Would call ${button.phone}`),
  copy_code: async (message, button) => {
    await navigator.clipboard?.writeText(button.code).catch(() => {});
    toast(`Copied ${button.code}`);
  },
};

const taps = {
  businessName: () => open.number.verified_name,
  button: (message, button) => (TAPS[button.kind] || (() => toast("The simulated phone cannot open this.")))(message, button),
  buttons: (message) => sheets.open("All options", ...message.drawn.buttons.map((button) => sheets.option(null, button.text, () => taps.button(message, button)))),
  list: (message) => sheets.listSheet(message.drawn.list, ({ id, title, description }) =>
    say({ type: "interactive", interactive: { type: "list_reply", list_reply: { id, title, ...(description && { description }) } }, ...inReply(message) })),
  played: (message) => message.direction === "out" && message.status !== "played" && attempt(() => post(`${base()}/played`, { id: message.id })),
  menu: (message) => sheets.messageMenu(message, {
    react: (target, emoji) => say({ type: "reaction", reaction: { message_id: target.id, emoji } }),
    reply: (target) => open.field.reply(target),
    edit: (target) => open.field.edit(target),
    revoke: (target) => say({ type: "revoke", revoke: { message_id: target.id } }),
  }),
  jump: (id) => {
    const found = [...open.messages.values()].find((message) => message.id === id);
    document.getElementById(`m${found?.seq}`)?.scrollIntoView({ block: "center", behavior: "smooth" });
  },
};
