// The reader's words, from the page (templatetags/ui.py: words), and their zone and language.
const words = JSON.parse(document.getElementById("words")?.textContent ?? "{}");

export const word = (key) => words[key] ?? key;
export const root = document.documentElement;
export const zone = root.dataset.timeZone || undefined;
export const language = root.lang || undefined;
export const me = root.dataset.user;
