"""Web archives (.mht: RFC 2557, as browsers and Word save them) → text of the page in them."""

import email
import re
from email.message import Message

from jianghua.corpus.decode import Decoded, decode
from jianghua.corpus.formats.html import extract_html, prose_of
from jianghua.corpus.formats.limits import Limits
from jianghua.errors import UnreadableError

_ENOUGH = 100
"""Characters in sentences that make a page the one that was saved; frames come before their contents."""
_MOST_PAGES = 50


def extract_mht(data: bytes, name: str, limits: Limits) -> Decoded:
    """Text of the first page in the archive that says something, else of the page that says most.

    Raises:
        UnreadableError: no page in it, or the page cannot be read.
    """
    archive = email.message_from_bytes(data.lstrip(b"\xef\xbb\xbf \t\r\n"))
    pages = [part for part in archive.walk() if part.get_content_type() in ("text/html", "application/xhtml+xml")]
    best: Decoded | None = None
    reason: UnreadableError | None = None
    for part in pages[:_MOST_PAGES]:
        try:
            page = extract_html(_payload(part), name, limits, part.get_content_charset())
        except UnreadableError as error:
            reason = reason or error
            continue
        if best is None or prose_of(page.text) > prose_of(best.text):
            best = page
        if prose_of(page.text) >= _ENOUGH:
            break
    if not pages:  # a letter
        texts = [part for part in archive.walk() if part.get_content_type() == "text/plain"]
        if texts and _payload(texts[0]).strip():
            plain = decode(_payload(texts[0]), name)
            return Decoded(plain.text, f"mht {plain.encoding}")
    if best is None:
        raise UnreadableError(
            f"{name}: a web archive (.mht) without a page that can be read"
            f"{f' ({reason})' if reason else ''}; open it in a browser and save it as .html"
        )
    return best._replace(encoding=best.encoding.replace("html", "mht", 1))


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    found = payload if isinstance(payload, bytes) else b""
    return re.sub(rb"^\s+", b"", found)
