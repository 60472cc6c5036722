/* Customers, templates and numbers: how they stand, and what changes it. */
import { avatar, h, span } from "/static/dom.js";
import { choose } from "/static/control-faults.js";
import { AGES } from "/static/sheets.js";

const QUALITIES = ["GREEN", "YELLOW", "RED", "UNKNOWN"];
const NUMBER_STATES = ["CONNECTED", "PENDING", "DISCONNECTED", "RESTRICTED", "RATE_LIMITED", "BANNED"];
const CUSTOMER_SWITCHES = [["online", "Online"], ["auto_read", "Reads by itself"], ["read_receipts", "Receipts"], ["on_whatsapp", "On WhatsApp"]];
const VERDICTS = [["APPROVED", "Approve"], ["REJECTED", "Reject"], ["PAUSED", "Pause"], ["DISABLED", "Disable"]];

const table = (heads, rows) => h("div", { class: "scroll" }, h("table", {}, h("thead", {}, h("tr", {}, heads.map((one) => h("th", { scope: "col" }, one)))), h("tbody", {}, rows)));
const cells = (...parts) => h("tr", {}, parts.map((part) => h("td", {}, part)));
const mark = (value) => h("span", { class: `mark mark-${String(value).toLowerCase()}` }, value);

export function drawCustomers(state, act) {
  const rows = state.customers.map((one) => {
    const path = `/_sim/customers/${encodeURIComponent(one.id)}`;
    const boxes = CUSTOMER_SWITCHES.map(([name, label]) => h("input", { type: "checkbox", checked: one[name], "aria-label": `${label}: ${one.name}`, onchange: ({ target }) => act("PATCH", path, { [name]: target.checked }) }));
    const ages = AGES.some(([, value]) => value === one.clock_offset_s) ? AGES : [[span(one.clock_offset_s), one.clock_offset_s], ...AGES];
    const age = choose("age", ages.map(([label, value]) => [value, label]), one.clock_offset_s, { "aria-label": `Writes: ${one.name}`, onchange: ({ target }) => act("PATCH", path, { clock_offset_s: Number(target.value) }) });
    const who = h("a", { class: "who", href: `/phone/?customer=${encodeURIComponent(one.id)}` }, avatar(one.name, one.id), h("span", {}, h("b", { dir: "auto" }, one.name), h("small", {}, one.hide_phone ? one.username : `+${one.wa_id}`)));
    return cells(who, ...boxes, age);
  });
  return [h("h2", {}, "Customers"), table(["Customer", ...CUSTOMER_SWITCHES.map(([, label]) => label), "What they write was written"], rows)];
}

export function drawTemplates(state, act) {
  const rows = state.templates.map((one) => {
    const path = `/_sim/templates/${one.id}`;
    const verdicts = VERDICTS.filter(([status]) => status !== one.status).map(([status, label]) =>
      h("button", { type: "button", class: "button small", onclick: () => act("PATCH", path, { status }) }, label));
    const body = one.components.find((part) => part.type === "BODY")?.text || "";
    return cells(h("span", { class: "stack" }, h("b", {}, one.name), h("small", { dir: "auto" }, body.slice(0, 110))), one.language, one.category.toLowerCase(), mark(one.status),
      choose("quality", QUALITIES, one.quality_score.score, { "aria-label": `Quality of ${one.name}`, onchange: ({ target }) => act("PATCH", path, { quality: target.value }) }),
      h("div", { class: "buttons tight" }, verdicts));
  });
  return [h("h2", {}, "Templates"), table(["Template", "Language", "Category", "Status", "Quality", "Review"], rows)];
}

export function drawNumbers(state, act) {
  const rows = state.numbers.map((one) => {
    const path = `/_sim/numbers/${one.id}`;
    const pick = (name, options, value, wrap = (chosen) => chosen) => choose(name, options, value, { "aria-label": `${name} of ${one.verified_name}`, onchange: ({ target }) => act("PATCH", path, { [name]: wrap(target.value) }) });
    return cells(h("span", { class: "stack" }, h("b", {}, one.verified_name), h("small", {}, `${one.display_phone_number} · ${one.id}`)),
      pick("status", NUMBER_STATES, one.status), pick("quality_rating", QUALITIES, one.quality_rating),
      pick("throughput", [["STANDARD", "80 a second"], ["HIGH", "1,000 a second"]], one.throughput.level, (level) => ({ level })),
      pick("name_status", ["APPROVED", "PENDING_REVIEW", "DECLINED"], one.name_status), one.code || one.code_verification_status.toLowerCase());
  });
  return [h("h2", {}, "Numbers"), h("p", { class: "hint" }, `Business account ${state.account.id} · app ${state.app_id}`), table(["Number", "Status", "Quality", "Throughput", "Name", "Code"], rows)];
}
