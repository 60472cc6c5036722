// Where a row stands: which lists it is in, and its place in one.
const list = () => document.getElementById("list");

/** A row belongs to the list whose token it carries, as far as the filters let it. */
export function belongs(rows, row) {
  const { view, filter, label } = list().dataset;
  if (!row.dataset.in?.split(" ").includes(view)) return false;
  if (filter === "unanswered" && !("waiting" in row.dataset)) return false;
  return !label || row.dataset.labels.split(" ").includes(label);
}

/** Newest or soonest first; beyond the last loaded row it waits for its page. */
export function placeRow(rows, fresh, standing) {
  const isBefore = order();
  const next = [...rows.querySelectorAll(":scope > .entry")].find((row) => row !== standing && isBefore(fresh, row));
  const more = rows.querySelector(":scope > .rows__more");
  if (!next && more) {
    standing?.remove();
    return;
  }
  if (standing && standing.nextElementSibling === (next ?? more)) standing.replaceWith(fresh);
  else {
    standing?.remove();
    rows.insertBefore(fresh, next ?? more);
  }
}

function order() {
  if (list().dataset.sorted === "deadline") {
    return (a, b) => Number(a.dataset.deadline || Infinity) < Number(b.dataset.deadline || Infinity);
  }
  return (a, b) => Number(a.dataset.sort) > Number(b.dataset.sort);
}
