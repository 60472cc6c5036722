// The header is drawn anew whenever the conversation changed, but never under somebody's hand: not
// while its menu is open, and not while one of its buttons waits for its answer.
import { signal } from "./signals.js";

let isStale = false;

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!detail.target.matches?.(".head") || detail.requestConfig.elt !== detail.target) return;
  isStale = Boolean(detail.target.querySelector(".htmx-request, details[open]"));
  if (isStale) detail.shouldSwap = false;
});

function refresh() {
  if (!isStale || document.querySelector(".head :is(.htmx-request, details[open])")) return;
  isStale = false;
  signal("header");
}

document.addEventListener("htmx:afterRequest", () => setTimeout(refresh));
document.addEventListener("toggle", () => setTimeout(refresh), true);
