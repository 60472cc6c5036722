/* Webhooks that left and how they were answered; API calls that came. */
import { field, h, time } from "/static/dom.js";

const SAMPLE = JSON.stringify({ event: "ACCOUNT_VIOLATION", violation_info: { violation_type: "ADULT" } }, null, 1);

export function drawWebhooks({ events, counts }, state, act) {
  const url = h("form", { class: "grid two", onsubmit: (event) => {
    event.preventDefault();
    const { url: address, verify_token } = Object.fromEntries(new FormData(url));
    act("PUT", "/_sim/webhook-url", { url: address, verify_token });
  } },
  field("Callback address", h("input", { name: "url", type: "url", value: state.webhook.url, placeholder: "http://127.0.0.1:8000/webhooks/whatsapp/" })),
  field("Verify token", h("input", { name: "verify_token", value: state.webhook.verify_token })),
  h("div", { class: "buttons" }, h("button", { class: "button main" }, "Verify and save")));
  const own = h("form", { class: "stack", onsubmit: (event) => {
    event.preventDefault();
    const data = new FormData(own);
    let value;
    try { value = JSON.parse(data.get("value")); } catch { return own.elements.value.setCustomValidity("This is not JSON."), own.reportValidity(); }
    act("POST", "/_sim/webhooks", { field: data.get("field"), value });
  } }, field("Field", h("input", { name: "field", value: "account_update" })),
  field("Value", h("textarea", { name: "value", rows: 4, spellcheck: "false", oninput: ({ target }) => target.setCustomValidity("") }, SAMPLE)),
  h("div", { class: "buttons" }, h("button", { class: "button" }, "Send")));
  const total = Object.entries(counts).map(([name, count]) => `${count} ${name}`).join(" · ") || "nothing sent yet";
  return [h("h2", {}, "Webhooks"), url, h("p", { class: "hint" }, total), h("ol", { class: "log" }, events.map((one) => event(one, act))),
    h("details", { id: "own-webhook" }, h("summary", {}, "Send one of your own"), own)];
}

function event(one, act) {
  return h("li", {}, h("details", { id: `webhook-${one.seq}` },
    h("summary", {}, h("time", {}, time(one.at)), h("b", {}, one.field), h("span", { class: "what" }, gist(one.value)),
      h("span", { class: `mark mark-${one.state}` }, one.attempts > 1 ? `${one.state} ×${one.attempts}` : one.state), h("small", {}, one.answer)),
    h("pre", {}, JSON.stringify(one.value, null, 1)),
    h("button", { type: "button", class: "button small", onclick: () => act("POST", `/_sim/webhooks/${one.seq}/redeliver`) }, "Send again")));
}

function gist(value) {
  const message = value.messages?.[0];
  const status = value.statuses?.[0];
  if (message) return `${message.type}: ${message.text?.body ?? message.button?.text ?? ""}`.slice(0, 80);
  if (status) return [status.status, status.errors?.[0]?.code].filter(Boolean).join(" ");
  return [value.event, value.message_template_name].filter(Boolean).join(" · ");
}

export function drawCalls(calls) {
  const rows = calls.map((one) => h("li", {}, h("details", { id: `call-${one.seq}` },
    h("summary", {}, h("time", {}, time(one.at)), h("b", {}, `${one.method} ${one.call}`), h("span", { class: "what" }, [one.kind, one.customer].filter(Boolean).join(" · ")),
      h("span", { class: `mark mark-${one.code ? "rejected" : "approved"}` }, one.code ? `${one.http} · ${one.code}` : String(one.http)), h("small", {}, one.answered === "ok" ? "" : one.answered)),
    h("pre", {}, `${one.path}\n${JSON.stringify(one.body, null, 1)}`))));
  return [h("h2", {}, "API calls"), rows.length ? h("ol", { class: "log" }, rows) : h("p", { class: "hint" }, "None yet.")];
}
