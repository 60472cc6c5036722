// A form that arrives in #dialog opens it; an answer without content, or Cancel, closes it.
// Menus are <details class="menu">: one open at a time, closed by Escape or a click elsewhere.
const dialog = document.getElementById("dialog");

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target !== dialog || !dialog.firstElementChild) return;
  const title = dialog.querySelector("h2");
  if (title) dialog.setAttribute("aria-label", title.textContent.trim());
  dialog.classList.toggle("dialog--wide", Boolean(dialog.querySelector("[data-wide]")));
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("[autofocus]")?.focus();
});

document.addEventListener("htmx:afterRequest", ({ detail, target }) => {
  const done = detail.successful && detail.xhr.status < 400 && !detail.elt.matches("[data-stays]");
  if (done && detail.requestConfig.verb !== "get" && target.closest?.("#dialog")) close();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-close]")) close(event.target.closest("dialog"));
  if (event.target === dialog) close();
  closeMenus(event.target.closest("details.menu"));
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
});

document.addEventListener("click", (event) => {
  const item = event.target.closest(".menu__item:not([data-stays])");
  if (item) item.closest("details.menu").open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.activeElement?.closest("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
    event.stopPropagation();
  }
});

dialog?.addEventListener("close", () => dialog.replaceChildren());

function close(element = dialog) {
  if (element?.open) element.close();
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
}
