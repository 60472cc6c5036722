// At the second of closing, and whenever the server says so, the composer is asked for anew. It is
// put in place of the old one only where it differs in kind: nobody's sentence is interrupted.
import { signal } from "./signals.js";

document.addEventListener("sash:window-closed", ({ target }) => {
  if (target.closest(".head")) setTimeout(() => signal("composer"), 300);
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!detail.target.matches?.(".composer") || detail.requestConfig.verb !== "get") return;
  const fresh = new DOMParser().parseFromString(detail.serverResponse, "text/html").querySelector(".composer");
  if (fresh?.dataset.state === detail.target.dataset.state) detail.shouldSwap = false;
});
