"""The only place that hands out stored files: which headers, which bytes, shown or saved.

A file of a customer is never a page of ours: only pictures, sound and film of a fixed list are
shown inline, everything else is saved, and no script runs in any of them.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.utils.http import content_disposition_header

CHUNK = 64 * 1024
SHOWN = {
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/gif",
    "audio/aac",
    "audio/amr",
    "audio/mpeg",
    "audio/mp4",
    "audio/ogg",
    "video/mp4",
    "video/3gpp",
}
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


def serve_file(
    request: HttpRequest, path: Path, *, mime_type: str, filename: str, digest: str
) -> HttpResponseBase:
    """The file, a part of it (RFC 9110, Range), or 304 where the browser has it already."""
    plain = mime_type.partition(";")[0].strip().lower()
    is_shown = plain in SHOWN and "download" not in request.GET
    tag = f'"{digest}"'
    if request.headers.get("If-None-Match") == tag:
        response: HttpResponseBase = HttpResponse(status=304)
    else:
        response = _body(request, path, tag)
    response["Content-Type"] = plain if plain in SHOWN else "application/octet-stream"
    disposition = content_disposition_header(not is_shown, filename or "file")
    response["Content-Disposition"] = disposition or "inline"
    response["ETag"] = tag
    response["Accept-Ranges"] = "bytes"
    # Asked again each time, so that somebody who lost access gets nothing more.
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _body(request: HttpRequest, path: Path, tag: str) -> HttpResponseBase:
    size = path.stat().st_size
    wanted = request.headers.get("Range", "")
    is_same = request.headers.get("If-Range", tag) == tag
    match = RANGE.fullmatch(wanted) if is_same else None
    if match is None or match[0] == "bytes=-":
        return FileResponse(path.open("rb"))
    start, end = _span(match, size)
    if start > end:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    response = StreamingHttpResponse(_part(path, start, end), status=206)
    response["Content-Range"] = f"bytes {start}-{end}/{size}"
    response["Content-Length"] = str(end - start + 1)
    return response


def _span(match: re.Match[str], size: int) -> tuple[int, int]:
    """First and last byte; the first lies beyond the last where there is nothing to give."""
    first, last = match[1], match[2]
    if not first:
        return max(0, size - int(last)), size - 1 if int(last) else -1
    return int(first), min(int(last), size - 1) if last else size - 1


def _part(path: Path, start: int, end: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        left = end - start + 1
        while left > 0 and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
