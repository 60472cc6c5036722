/* The clock, and trouble on demand. */
import { field, h, span } from "/static/dom.js";

const KINDS = [["error", "Error answer"], ["failed", "Accepted, then failed status"], ["slow", "Slow answer"], ["hang", "Hangs"], ["drop", "Connection drops mid-answer"], ["malformed", "Broken JSON"], ["no_id", "200 without an id"]];
const CALLS = ["messages", "media", "message_templates", "phone_numbers", "whatsapp_business_profile", "node", "*"];
const SHIFTS = [["−1 h", -3600], ["+1 h", 3600], ["+12 h", 43200], ["+23 h", 82800], ["+25 h", 90000]];

export const choose = (name, options, value, more = {}) => h("select", { name, ...more },
  options.map((one) => [one].flat()).map(([key, label]) => h("option", { value: key, selected: String(key) === String(value) }, label ?? String(key))));

export function drawClock(state, act) {
  const shifts = SHIFTS.map(([label, forward_s]) => h("button", { type: "button", class: "button", onclick: () => act("PATCH", "/_sim/clock", { forward_s }) }, label));
  const now = new Date(state.clock.now * 1000).toLocaleString();
  return [h("h2", {}, "Clock"), h("p", { class: "big" }, now),
    h("p", { class: "hint" }, state.clock.offset_s ? `${span(state.clock.offset_s)} from this machine's clock` : "The same as this machine's clock"),
    h("div", { class: "buttons" }, shifts, h("button", { type: "button", class: "button", disabled: !state.clock.offset_s, onclick: () => act("PATCH", "/_sim/clock", { offset_s: 0 }) }, "Real time")),
    h("p", { class: "hint" }, "Forward makes every window older at once. Back makes new messages arrive old."),
    h("div", { class: "buttons" }, h("button", { type: "button", class: "button danger", onclick: () => confirm("Forget all messages, customers, settings and logs?") && act("POST", "/_sim/reset", {}) }, "Start over"))];
}

export function drawFaults(state, act) {
  const people = [["", "Everybody"], ...state.customers.map((one) => [one.id, one.name])];
  const codes = Object.entries(state.errors).map(([code, name]) => [code, `${code} · ${name}`]);
  const node = h("form", { class: "grid", onsubmit: (event) => {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(node));
    for (const name of ["code", "http", "count", "percent", "delay_ms"]) values[name] = Number(values[name] || 0);
    values.accepts = { "": null, yes: true, no: false }[values.accepts];
    act("POST", "/_sim/faults", values);
  } },
  field("What happens", choose("kind", KINDS, "error")),
  field("Error code", choose("code", codes, 131000)),
  field("HTTP status", h("input", { name: "http", type: "number", min: 0, max: 599, value: 0 }), "0: as Meta has it"),
  field("Which call", choose("call", CALLS, "messages")),
  field("For whom", choose("customer", people, "")),
  field("How often", h("input", { name: "count", type: "number", min: 0, value: 1 }), "0: until removed"),
  field("Percent of calls", h("input", { name: "percent", type: "number", min: 0, max: 100, value: 100 })),
  field("Delay in ms", h("input", { name: "delay_ms", type: "number", min: 0, value: 1000 }), "for slow answers"),
  field("Takes effect?", choose("accepts", [["", "As usual"], ["yes", "Yes, the message goes out"], ["no", "No, nothing happens"]], "")),
  h("div", { class: "buttons" }, h("button", { class: "button main" }, "Add fault")));
  const rows = state.faults.map((one) => h("li", {}, h("span", {}, h("b", {}, Object.fromEntries(KINDS)[one.kind]),
    h("small", { class: "hint" }, [["error", "failed"].includes(one.kind) && `code ${one.code}`, `call ${one.call}`, one.customer && `for ${one.customer}`,
      one.count ? `${one.count - one.hits} to go` : "endless", one.percent < 100 && `${one.percent} %`].filter(Boolean).join(" · "))),
  h("button", { type: "button", class: "button", onclick: () => act("DELETE", `/_sim/faults/${one.id}`) }, "Remove")));
  return [h("h2", {}, "Faults"), rows.length ? h("ul", { class: "faults" }, rows) : h("p", { class: "hint" }, "None: every call is answered as it should be."), node];
}
