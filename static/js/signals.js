// Words between the page's own parts: signal("gone", {conversation}) is heard as "sash:gone".
export function signal(name, detail = {}) {
  document.body.dispatchEvent(new CustomEvent(`sash:${name}`, { detail, bubbles: true }));
}
