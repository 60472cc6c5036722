// Tells colleagues, and by the channel's policy the customer, that somebody writes.
const AGAIN = 5000;
const SILENCE = 6000;
let last = 0;
let timer;

document.addEventListener("input", ({ target }) => {
  const form = target.closest?.("[data-composer]");
  if (!form || target !== form.elements.text) return;
  clearTimeout(timer);
  if (!target.value.trim()) return tell(form, "DELETE");
  timer = setTimeout(() => tell(form, "DELETE"), SILENCE);
  if (Date.now() - last < AGAIN) return;
  last = Date.now();
  tell(form, "POST");
});

document.addEventListener("sash:sent", () => {
  clearTimeout(timer);
  last = 0;
});

function tell(form, method) {
  if (method === "DELETE") last = 0;
  const body = method === "POST" ? new URLSearchParams({ mode: form.elements.mode.value }) : null;
  const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
  fetch(form.dataset.typingUrl, { method, body, headers }).catch(() => {});
}
