// <toast-note>: a word at the foot of the page that leaves by itself, later if it can be undone.
class ToastNote extends HTMLElement {
  connectedCallback() {
    const patience = this.querySelector("button") ? 10000 : 5000;
    this.timer = setTimeout(() => this.remove(), patience);
    this.addEventListener("mouseenter", () => clearTimeout(this.timer));
    this.addEventListener("mouseleave", () => {
      this.timer = setTimeout(() => this.remove(), 3000);
    });
    this.addEventListener("htmx:afterRequest", () => this.remove());
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }
}

export function say(text) {
  const note = document.createElement("toast-note");
  note.textContent = text;
  document.getElementById("toasts").append(note);
}

customElements.define("toast-note", ToastNote);
