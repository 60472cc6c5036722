// <thread-scroll>: opens at the new line or the end, stays at the end unless somebody reads
// above it, asks for further pages near the ends, and says what came meanwhile.
import { dayName, dayOf } from "./times.js";
import { me, word } from "./words.js";

const NEAR = 80;
const AHEAD = 900;

class ThreadScroll extends HTMLElement {
  connectedCallback() {
    this.items = this.querySelector("[data-upsert=thread]");
    this.missed = 0;
    this.beyond = new Set();
    this.pill = document.getElementById("newest");
    this.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.items.addEventListener("sash:thread", ({ detail }) => this.arrived(detail.added));
    this.items.addEventListener("sash:beyond", ({ detail }) => this.arrivedBeyond(detail.item));
    this.items.addEventListener("htmx:beforeSwap", (event) => this.holdPlace(event));
    this.watcher = new ResizeObserver(() => this.stay());
    this.watcher.observe(this.items);
    this.watcher.observe(this);
    drawDays(this.items);
    this.openAtItsPlace();
  }

  disconnectedCallback() {
    this.watcher?.disconnect();
  }

  openAtItsPlace() {
    const wanted = this.dataset.opensAt;
    const message = wanted && document.getElementById(`message-${wanted}`);
    const newLine = document.getElementById("new-line");
    this.isAtEnd = !message && !newLine;
    if (message) show(message);
    else if (newLine) this.scrollTop = Math.max(0, newLine.offsetTop - this.clientHeight / 4);
    else this.toEnd();
    this.scrolled();
  }

  get hasNewer() {
    return Boolean(this.items.querySelector(":scope > [data-more=after]"));
  }

  toEnd() {
    this.scrollTop = this.scrollHeight;
    this.top = this.scrollTop;
  }

  // What grew below (a picture, the composer) is no reader's wish to leave the end; a way up is.
  stay() {
    if (this.isAtEnd && this.scrollTop >= this.top) this.toEnd();
  }

  scrolled() {
    this.stay();
    const below = this.scrollHeight - this.scrollTop - this.clientHeight;
    this.isAtEnd = below < NEAR && !this.hasNewer;
    if (this.isAtEnd) {
      this.top = this.scrollTop;
      this.count(-this.missed);
    }
    this.pill.hidden = below < this.clientHeight && !this.hasNewer && !this.missed;
    if (this.scrollTop < AHEAD) this.reach("before");
    if (below < AHEAD) this.reach("after");
  }

  reach(end) {
    const more = this.items.querySelector(`:scope > [data-more=${end}]`);
    if (more && !more.dataset.asked) {
      more.dataset.asked = "1";
      window.htmx.process(more); // a short thread asks before htmx has looked through the page
      more.dispatchEvent(new Event("sash:reach"));
    }
  }

  // Older pages come in above: what is being read stays where it is.
  holdPlace({ detail }) {
    if (detail.target.dataset.more !== "before") return;
    const [height, top] = [this.scrollHeight, this.scrollTop];
    const settle = () => {
      drawDays(this.items);
      this.scrollTop = top + this.scrollHeight - height;
    };
    this.items.addEventListener("htmx:afterSwap", settle, { once: true });
  }

  // Whoever writes wants to see it; others are told how much came while they read above.
  arrived(added) {
    drawDays(this.items);
    if (added.some(isOwn)) this.toEnd();
    else if (this.isAtEnd) this.stay();
    else this.count(added.filter(({ dataset }) => dataset.direction === "in").length);
  }

  // Below pages that are not loaded: news are counted once, and own words bring the newest page.
  arrivedBeyond(item) {
    if (this.beyond.has(item.id)) return;
    this.beyond.add(item.id);
    if (isOwn(item)) this.toNewest();
    else if (item.dataset.direction === "in") this.count(1);
  }

  // The composer stays as it is, and so does what is still on its way.
  async toNewest() {
    const { conversation } = document.getElementById("conversation").dataset;
    const waiting = this.items.querySelectorAll("[id^=pending-]");
    await window.htmx.ajax("GET", `/conversations/${conversation}/thread/`, { target: this.items, swap: "innerHTML" });
    for (const bubble of waiting) {
      if (!this.items.querySelector(`[data-client="${bubble.dataset.client}"]`)) this.items.append(bubble);
    }
    drawDays(this.items);
    this.count(-this.missed);
    this.isAtEnd = true;
    this.toEnd();
  }

  count(number) {
    this.missed = Math.max(0, this.missed + number);
    this.pill.querySelector("span").textContent = this.missed ? `${this.missed} ${word("newOnes")}` : word("newest");
    this.pill.classList.toggle("pill--news", this.missed > 0);
    if (this.missed) this.pill.hidden = false;
  }
}

const isOwn = ({ dataset }) => dataset.author === me && dataset.direction !== "in";

/** Into the middle, and lit for a moment. */
export function show(message) {
  message.scrollIntoView({ block: "center" });
  message.classList.add("message--shown");
  setTimeout(() => message.classList.remove("message--shown"), 2000);
  message.focus({ preventScroll: true });
}

// A day's name before its first item, in the reader's zone.
function drawDays(items) {
  let before = null;
  for (const child of [...items.children]) {
    if (child.matches(".day")) {
      child.remove();
    } else if (child.dataset.at) {
      const moment = Number(child.dataset.at) / 1000;
      const above = child.previousElementSibling?.matches(".new-line") ? child.previousElementSibling : child;
      if (dayOf(moment) !== before) above.before(dayLine(moment));
      before = dayOf(moment);
    }
  }
}

function dayLine(moment) {
  const line = document.createElement("li");
  line.className = "day";
  const name = document.createElement("span");
  name.textContent = dayName(moment);
  line.append(name);
  return line;
}

document.addEventListener("htmx:afterSwap", ({ target }) => {
  const items = target.closest?.("[data-upsert=thread]") ?? document.querySelector("[data-upsert=thread]");
  if (items && target.dataset?.more === "after") drawDays(items);
});

document.addEventListener("click", (event) => {
  const jump = event.target.closest("[data-jump]");
  const message = jump && document.getElementById(`message-${jump.dataset.jump}`);
  if (jump) {
    event.preventDefault();
    if (message) show(message);
    else open(`?message=${jump.dataset.jump}`);
  }
  if (event.target.closest("#newest")) {
    const scroll = document.querySelector("thread-scroll");
    if (scroll.hasNewer) scroll.toNewest();
    else scroll.toEnd();
  }
});

function open(query) {
  const { conversation } = document.getElementById("conversation").dataset;
  history.replaceState({}, "", location.pathname + query);
  window.htmx.ajax("GET", `/conversations/${conversation}/${query}`, { target: "#conversation", swap: "outerHTML" });
}

customElements.define("thread-scroll", ThreadScroll);
