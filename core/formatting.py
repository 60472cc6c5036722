"""The only module that makes HTML of a person's words: escape first, then mark up.

WhatsApp's formatting: *bold*, _italic_, ~strike~, ```monospace``` and `code`; links are
made of http(s) addresses alone. Everything else stays text.
"""

import re
from urllib.parse import urlsplit

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

# The trailing character class keeps a sentence's full stop out of the link.
LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]}]", re.IGNORECASE)
# Around a found word in a snippet; private-use characters that nobody types.
HIT_START, HIT_END = "\ue000", "\ue001"
HIT = re.compile(f"{HIT_START}([^{HIT_START}{HIT_END}]*){HIT_END}")
CODE = re.compile(r"```(.+?)```|`([^`\n]+)`", re.DOTALL)
MARKS = [
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]*[^*\s])\*(?![\w*])"), "strong"),
    (re.compile(r"(?<![\w_])_(?=\S)([^_\n]*[^_\s])_(?![\w_])"), "em"),
    (re.compile(r"(?<![\w~])~(?=\S)([^~\n]*[^~\s])~(?![\w~])"), "s"),
]


def format_text(text: str) -> SafeString:
    """Message text as safe HTML with WhatsApp's formatting and links; newlines stay for CSS."""
    parts: list[str] = []
    position = 0
    for match in CODE.finditer(text):
        parts.append(_links(text[position : match.start()]))
        parts.append(f"<code>{escape(match[1] or match[2])}</code>")
        position = match.end()
    parts.append(_links(text[position:]))
    return mark_safe("".join(parts))  # noqa: S308 - each part was escaped above


def format_snippet(text: str) -> SafeString:
    """A search hit as safe HTML: what stands between HIT_START and HIT_END is marked."""
    marked = HIT.sub(r"<mark>\1</mark>", escape(text))
    plain = marked.replace(HIT_START, "").replace(HIT_END, "")
    return mark_safe(plain)  # noqa: S308 - escaped before it was marked


def _links(text: str) -> str:
    parts: list[str] = []
    position = 0
    for match in LINK.finditer(text):
        parts.append(_marks(text[position : match.start()]))
        parts.append(_anchor(match[0]))
        position = match.end()
    return "".join([*parts, _marks(text[position:])])


def _anchor(url: str) -> str:
    try:
        has_host = bool(urlsplit(url).hostname)
    except ValueError:
        has_host = False
    if not has_host:
        return escape(url)
    safe = escape(url)
    return f'<a href="{safe}" target="_blank" rel="noopener noreferrer nofollow">{safe}</a>'


def _marks(text: str) -> str:
    marked: str = escape(text)
    for pattern, tag in MARKS:
        marked = pattern.sub(rf"<{tag}>\1</{tag}>", marked)
    return marked
