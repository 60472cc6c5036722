/* Delivery, refusals and webhooks: one field per setting. */
import { field, h, switchRow } from "/static/dom.js";
import { choose } from "/static/control-faults.js";

const WAYS = [["status", "Failed status, as Meta"], ["http", "HTTP error at once"], ["never", "Let it pass"]];
const GROUPS = [
  ["A sent message", [["sent_ms", "Sent after (ms)"], ["delivered_ms", "Delivered after (ms)"], ["read_ms", "Read after (ms)"], ["slow_ms", "Every answer waits (ms)"]]],
  ["Refusals", [["window_refusal", "24 hours over (131047)", WAYS], ["unknown_refusal", "Not on WhatsApp (131026)", WAYS.slice(0, 2)], ["throughput_status", "HTTP status of 130429", [400, 429]], ["limits", "Rate limits"], ["token_expired", "Access token has expired"]]],
  ["Webhooks", [["webhooks_paused", "Paused: they wait"], ["shuffle", "Shuffled"], ["duplicate_percent", "Sent twice (%)"], ["batch_max", "Events in one POST, at most"], ["batch_ms", "Wait for a batch (ms)"], ["user_ids", "Business-scoped user ids"], ["old_conversations", "Conversation objects, as before v24"]]],
  ["Webhooks again", [["retry_first_ms", "First retry after (ms)"], ["retry_factor", "Then times"], ["retry_most_ms", "At most (ms)"]]],
  ["Templates", [["template_review", "Review", [["manual", "On this page"], ["approve", "Approves by itself"], ["reject", "Rejects by itself"]]], ["template_review_ms", "Review takes (ms)"]]],
];

export function drawDelivery(state, act) {
  const set = (name, value) => act("PATCH", "/_sim/settings", { [name]: value });
  const groups = GROUPS.map(([title, rows]) => h("fieldset", {}, h("legend", {}, title), rows.map(([name, label, options]) => input(name, label, options, state.settings[name], set))));
  return [h("h2", {}, "Delivery and refusals"), h("div", { class: "columns" }, groups)];
}

function input(name, label, options, value, set) {
  if (options) {
    const onchange = ({ target }) => set(name, typeof value === "number" ? Number(target.value) : target.value);
    return field(label, choose(name, options, value, { onchange }));
  }
  if (typeof value === "boolean") return switchRow(label, value, (checked) => set(name, checked));
  return field(label, h("input", { type: "number", min: 0, step: "any", value, onchange: ({ target }) => set(name, Number(target.value)) }));
}
