/* The phone page: whose phone it is, its chats, and which conversation is open. */
import { get, listen, patch, post } from "/static/api.js";
import { avatar, h, iconButton, time } from "/static/dom.js";
import { form } from "/static/sheets.js";
import { openThread, receive, showTyping, leaveThread, refreshThread } from "/static/thread.js";

const state = { people: [], numbers: [], customer: null, number: null };
const byId = (id) => document.getElementById(id);
const person = () => state.people.find((one) => one.id === state.customer);

async function load() {
  const query = state.number ? `?number=${encodeURIComponent(state.number)}` : "";
  const found = await get(`/_sim/people${query}`);
  state.people = found.customers;
  state.numbers = found.numbers;
}

function drawPeople() {
  byId("people").replaceChildren(...state.people.map((one) => h("li", {},
    h("button", { type: "button", class: "person", "aria-current": one.id === state.customer ? "true" : null, onclick: () => go(one.id, null) },
      avatar(one.name, one.id),
      h("span", { class: "person-text" }, h("b", { dir: "auto" }, one.name), h("small", {}, one.hide_phone ? one.username : `+${one.wa_id}`)),
      !one.online && h("span", { class: "badge" }, "offline")))));
}

async function drawChats() {
  const customer = person();
  if (!customer) return byId("chats").replaceChildren(h("p", { class: "empty" }, "Choose a customer."));
  const threads = await Promise.all(state.numbers.map((one) => get(`/_sim/thread?customer=${encodeURIComponent(customer.id)}&number=${one.id}`)));
  const rows = state.numbers.map((one, index) => {
    const seen = threads[index].messages.filter((message) => message.direction !== "out" || ["delivered", "read", "played"].includes(message.status));
    const last = seen.at(-1);
    const unread = seen.filter((message) => message.direction === "out" && message.status === "delivered" && !message.seen).length;
    return h("li", {}, h("button", { type: "button", class: "person", onclick: () => go(customer.id, one.id) },
      avatar(one.verified_name, one.id),
      h("span", { class: "person-text" }, h("b", { dir: "auto" }, one.verified_name), h("small", { dir: "auto" }, last ? summary(last) : one.display_phone_number)),
      h("span", { class: "person-side" }, last && h("time", {}, time(last.at)), unread > 0 && h("span", { class: "count" }, String(unread)))));
  });
  byId("chats").replaceChildren(h("header", { class: "bar" },
    iconButton("back", "All customers", () => go(null, null), { class: "icon-button only-small" }),
    h("h2", { dir: "auto" }, `${customer.name}’s chats`)), h("ul", {}, rows));
}

function summary(message) {
  const drawn = message.drawn || {};
  if (message.revoked) return "Message deleted";
  return drawn.text || drawn.media?.kind || (drawn.location && "Location") || (drawn.people && "Contact") || drawn.note || message.kind;
}

export async function go(customer, number, push = true) {
  state.customer = customer;
  state.number = number;
  const query = new URLSearchParams(Object.entries({ customer, number }).filter(([, value]) => value));
  if (push) history.pushState({}, "", query.size ? `?${query}` : location.pathname);
  document.body.dataset.screen = number ? "thread" : customer ? "chats" : "people";
  drawPeople();
  if (number) await openThread(person(), state.numbers.find((one) => one.id === number), { back: () => go(customer, null), change });
  else {
    leaveThread();
    await drawChats();
  }
}

async function change(values) {
  Object.assign(person(), await patch(`/_sim/customers/${encodeURIComponent(state.customer)}`, values));
  drawPeople();
  return person();
}

function addPerson() {
  form("New customer", [["name", "Name", "", { required: true }], ["phone", "Phone, with country code", "+", { required: true, type: "tel" }],
    ["username", "Username, if the phone stays hidden", "", { placeholder: "@name" }]], "Add customer", async ({ name, phone, username }) => {
    try {
      const made = await post("/_sim/customers", { name, phone, username, hide_phone: Boolean(username) });
      await load();
      await go(made.id, null);
    } catch (problem) { toast(problem.message); }
  });
}

let toastTimer = 0;
export function toast(text) {
  const node = byId("toast");
  node.textContent = text;
  node.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { node.hidden = true; }, 4000);
}

function fromAddress() {
  const query = new URLSearchParams(location.search);
  const customer = state.people.some((one) => one.id === query.get("customer")) ? query.get("customer") : null;
  const number = state.numbers.some((one) => one.id === query.get("number")) ? query.get("number") : null;
  return go(customer, customer && number, false);
}

function hear(news) {
  if (news.kind === "message") {
    const ours = news.message.customer === state.customer;
    if (ours && state.number === news.message.number) receive(news.message);
    else if (ours && !state.number) drawChats();
  }
  if (news.kind === "typing" && news.customer === state.customer && news.number === state.number) showTyping(news.seconds);
  if (news.kind === "changed") load().then(drawPeople);
}

byId("add-person").addEventListener("click", addPerson);
window.addEventListener("popstate", fromAddress);
await load();
await fromAddress();
let heard = 0;
listen((news) => { heard += 1; hear(news); }, async () => {
  // What is heard while an older answer is on its way would be drawn over by it: ask again then.
  for (let before = -1; before !== heard;) {
    before = heard;
    await load();
    drawPeople();
    await (state.number ? refreshThread() : drawChats());
  }
});
