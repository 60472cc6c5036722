/* WhatsApp's formatting (*bold*, _italic_, ~struck~, `code`, links) as elements. */
import { h } from "/static/dom.js";

const PATTERN = /```([\s\S]+?)```|`([^`\n]+)`|(?<![\p{L}\p{N}])\*(\S(?:[^*\n]*\S)?)\*(?![\p{L}\p{N}])|(?<![\p{L}\p{N}])_(\S(?:[^_\n]*\S)?)_(?![\p{L}\p{N}])|(?<![\p{L}\p{N}])~(\S(?:[^~\n]*\S)?)~(?![\p{L}\p{N}])|(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])/gu;
const TAGS = ["code", "code", "strong", "em", "s"];

export function marked(text) {
  const parts = [];
  let last = 0;
  for (const found of text.matchAll(PATTERN)) {
    parts.push(text.slice(last, found.index));
    last = found.index + found[0].length;
    if (found[6]) parts.push(link(found[6], found[6]));
    else {
      const which = [1, 2, 3, 4, 5].find((n) => found[n] !== undefined);
      parts.push(h(TAGS[which - 1], {}, which < 3 ? found[which] : marked(found[which])));
    }
  }
  return [...parts, text.slice(last)];
}

export function link(url, ...label) {
  if (!/^https?:\/\//i.test(url)) return h("span", {}, ...label);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, ...label);
}
