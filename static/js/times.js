// Elements that tell the time by themselves, all from one clock that ticks each second.
import { language, word, zone } from "./words.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ticking = new Set();
const relative = new Intl.RelativeTimeFormat(language, { style: "narrow", numeric: "auto" });
const hours = new Intl.DateTimeFormat(language, { timeStyle: "short", timeZone: zone });
const weekday = new Intl.DateTimeFormat(language, { weekday: "short", timeZone: zone });
const short = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", timeZone: zone });
const full = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "short", timeZone: zone });
const day = new Intl.DateTimeFormat("en-CA", { dateStyle: "short", timeZone: zone });
const longDay = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long", timeZone: zone });

/** 2026-03-02, in the reader's zone. */
export const dayOf = (moment) => day.format(moment);

/** Today, Yesterday, or the day itself. */
export function dayName(moment) {
  if (dayOf(moment) === dayOf(Date.now())) return word("today");
  if (dayOf(moment) === dayOf(Date.now() - DAY)) return word("yesterday");
  return longDay.format(moment);
}

class TickingElement extends HTMLElement {
  connectedCallback() {
    ticking.add(this);
    this.tick(Date.now());
  }

  disconnectedCallback() {
    ticking.delete(this);
  }

  say(text) {
    if (this.textContent !== text) this.textContent = text;
  }
}

class RelativeTime extends TickingElement {
  connectedCallback() {
    // A row of a list says by itself when it was moved last.
    this.moment = Number(this.getAttribute("datetime") ?? this.closest(".entry").dataset.sort / 1000);
    this.title = full.format(this.moment);
    super.connectedCallback();
  }

  tick(now) {
    const age = now - this.moment;
    if (age < MINUTE) this.say(word("now"));
    else if (age < HOUR) this.say(relative.format(-Math.floor(age / MINUTE), "minute"));
    else if (dayOf(this.moment) === dayOf(now)) this.say(hours.format(this.moment));
    else if (dayOf(this.moment) === dayOf(now - DAY)) this.say(word("yesterday"));
    else if (age < 6 * DAY) this.say(weekday.format(this.moment));
    else this.say(short.format(this.moment));
  }
}

class LocalTime extends HTMLElement {
  connectedCallback() {
    const moment = Number(this.getAttribute("datetime"));
    const isLong = this.hasAttribute("long") && dayOf(moment) !== dayOf(Date.now());
    this.textContent = (isLong ? `${weekday.format(moment)} ` : "") + hours.format(moment);
    this.title = full.format(moment);
  }
}

class CustomerTime extends TickingElement {
  tick(now) {
    try {
      const timeZone = this.getAttribute("zone");
      const theirs = new Intl.DateTimeFormat(language, { timeStyle: "short", timeZone });
      this.say(`${word("theirTime")} ${theirs.format(now)}`);
    } catch {
      this.hidden = true;
    }
  }
}

// Calm, amber under four hours, red under one; at the second of closing it says so once.
class WindowChip extends TickingElement {
  tick(now) {
    const closes = Number(this.getAttribute("closes-at") ?? (this.closest(".entry")?.dataset.deadline ?? 0) / 1000);
    if (!closes || this.getAttribute("state") === "none") return;
    const left = closes - now;
    const state = left <= 0 ? "closed" : left <= HOUR ? "urgent" : left <= 4 * HOUR ? "soon" : "open";
    this.say(left > 0 ? remaining(left) : closedSince(-left));
    this.title ||= `${word("closesAt")} ${full.format(closes)}`;
    if (state === this.getAttribute("state")) return;
    this.setAttribute("state", state);
    if (state === "closed") this.dispatchEvent(new Event("sash:window-closed", { bubbles: true }));
  }
}

function remaining(left) {
  const seconds = Math.floor(left / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return `${minutes}:${pad(seconds % 60)}`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${pad(minutes % 60)}`;
}

function closedSince(age) {
  const [number, unit] = age < HOUR ? [age / MINUTE, "minute"] : age < DAY ? [age / HOUR, "hour"] : [age / DAY, "day"];
  return `${word("closed")} ${relative.format(-Math.floor(number), unit)}`;
}

const pad = (number) => String(number).padStart(2, "0");

customElements.define("relative-time", RelativeTime);
customElements.define("local-time", LocalTime);
customElements.define("customer-time", CustomerTime);
customElements.define("window-chip", WindowChip);
setInterval(() => {
  const now = Date.now();
  for (const element of ticking) element.tick(now);
}, 1000);
