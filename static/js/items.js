// Where a bubble or a line stands in the thread: by time, then by id.
const key = (item) => [Number(item.dataset.at), Number(item.dataset.id ?? 0)];

function isAfter(a, b) {
  const [[atA, idA], [atB, idB]] = [key(a), key(b)];
  return atA === atB ? idA > idB : atA > atB;
}

/** In its place; beyond an end that is not loaded yet it waits for its page. */
export function placeItem(thread, fresh, standing) {
  if (standing && standing.dataset.at === fresh.dataset.at) {
    standing.replaceWith(fresh);
    return;
  }
  standing?.remove();
  const items = [...thread.querySelectorAll(":scope > [data-at]")];
  const before = items.findLast((item) => isAfter(fresh, item));
  const [above, below] = ["before", "after"].map((end) => thread.querySelector(`:scope > [data-more=${end}]`));
  if (!before && above && items.length) return;
  if (below && before === items.at(-1)) {
    thread.dispatchEvent(new CustomEvent("sash:beyond", { bubbles: true, detail: { item: fresh } }));
    return;
  }
  if (before) before.after(fresh);
  else if (above) above.after(fresh);
  else thread.prepend(fresh);
}
