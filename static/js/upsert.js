// What comes twice never shows twice: an element whose id is on the page is replaced in place,
// any other goes where its order says. For <ol data-upsert="rows"> and <ol data-upsert="thread">.
import { signal } from "./signals.js";
import { belongs, placeRow } from "./rows.js";
import { placeItem } from "./items.js";

const place = { rows: placeRow, thread: placeItem };
// The newest drawing of each that came: an answer may be overtaken by a push.
const newest = new Map();

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target, fragment } = event.detail;
  const kind = target.dataset?.upsert;
  if (!kind) return;
  event.detail.shouldSwap = false;
  const added = [...fragment.children].filter((fresh) => upsert(target, fresh, kind));
  target.dispatchEvent(new CustomEvent(`sash:${kind}`, { bubbles: true, detail: { added } }));
});

// True for what was not there before and is now.
function upsert(list, fresh, kind) {
  if (isOutdated(fresh)) return false;
  const standing = list.querySelector(`[id="${fresh.id}"]`) ?? sentBefore(list, fresh);
  if (kind === "rows" && !belongs(list, fresh)) {
    standing?.remove();
    if ("gone" in fresh.dataset) signal("gone", { conversation: fresh.id.match(/\d+/)[0] });
    return false;
  }
  if (standing) keepState(standing, fresh);
  place[kind](list, fresh, standing);
  window.htmx.process(fresh);
  return !standing && fresh.isConnected;
}

// What has no number, such as a removal, always counts.
function isOutdated({ id, dataset }) {
  const seq = Number(dataset.seq ?? Infinity);
  if (seq < newest.get(id)) return true;
  if (seq < Infinity) newest.set(id, seq);
  return false;
}

// The bubble that the composer drew before the server knew of it.
function sentBefore(list, fresh) {
  const uuid = fresh.dataset.client;
  return uuid ? list.querySelector(`[data-client="${CSS.escape(uuid)}"]`) : null;
}

// Focus, the chosen row and a tick stay; whoever reads is not thrown off.
function keepState(standing, fresh) {
  for (const name of ["aria-current", "data-follows"]) {
    if (standing.hasAttribute(name)) fresh.setAttribute(name, standing.getAttribute(name));
  }
  const ticked = standing.querySelector("[data-tick]");
  if (ticked) fresh.prepend(ticked);
  if (!standing.contains(document.activeElement)) return;
  const isItself = document.activeElement === standing;
  queueMicrotask(() => (isItself ? fresh : fresh.querySelector("a, button"))?.focus({ preventScroll: true }));
}
