// Where a row stands: which lists it is in, and its place in one.
const list = () => document.getElementById("list");

/** A row belongs to the list whose token it carries, as far as the filters let it. */
export function belongs(rows, row) {
  const { view, filter, label } = list().dataset;
  if (!row.dataset.in?.split(" ").includes(view)) return false;
  if (filter === "unanswered" && !("waiting" in row.dataset)) return false;
  return !label || Boolean(row.dataset.labels?.split(" ").includes(label));
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

// As the server's list: whoever is equal in time stands by number.
function order() {
  const isDeadline = list().dataset.sorted === "deadline";
  const time = ({ dataset }) => Number((isDeadline ? dataset.deadline : dataset.sort) || Infinity);
  const ahead = (a, b) => time(a) - time(b) || Number(a.dataset.conversation) - Number(b.dataset.conversation);
  return (a, b) => (isDeadline ? ahead(a, b) < 0 : ahead(a, b) > 0);
}

/** What only some rows show, made where it is first needed: draft, typing, mention, unread. */
export function partOf(row, name) {
  const standing = row.querySelector(`.entry__${name}`);
  if (standing) return standing;
  const part = Object.assign(document.createElement("span"), { className: `entry__${name}` });
  if (name === "unread") part.classList.add("badge");
  if (name === "typing" || name === "draft") {
    const middle = row.querySelector(".entry__middle");
    if (name === "draft") middle.querySelector(".entry__preview").after(part);
    else middle.append(part);
  } else {
    const end = row.querySelector(".entry__end");
    const before = name === "mention" ? end.querySelector(".entry__unread") : null;
    end.insertBefore(part, before ?? end.querySelector(".entry__assignee"));
  }
  return part;
}
