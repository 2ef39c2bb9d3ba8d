"""What a PDF says of itself: its information dictionary, else its XMP packet."""

import html
import re
from typing import Any

_NAMES = {"title": "Title", "author": "Author", "subject": "Subject", "date": "CreationDate"}
_XMP = {"title": "dc:title", "author": "dc:creator", "subject": "dc:description", "date": "xmp:CreateDate"}
_PACKET = (b"<x:xmpmeta", b"</x:xmpmeta>", 65_536)
"""How the metadata of a PDF (XMP) begin and end, and how many bytes of them are read."""
_DATE = re.compile(r"(?:D:)?(\d{4})-?(0[1-9]|1[0-2])?-?(0[1-9]|[12]\d|3[01])?")
_PROGRAM = re.compile(r"^Microsoft (?:Office )?Word\s*-\s*|\.(?:docx?|wps|pdf|rtf|odt|txt)$", re.IGNORECASE)
_NO_TITLE = re.compile(r"(?i)untitled|无标题|未命名|^文档\s*\d*$|^document\s*\d*$|^[\w.-]*\.tmp$")
_TAG = re.compile(r"<[^<>]{0,1000}>")


def properties_of(document: Any, data: bytes) -> dict[str, str]:
    """Title, author, subject and date (ISO), as far as the file has them."""
    info = document.get_metadata_dict(skip_empty=True)
    found = {key: info.get(name, "") for key, name in _NAMES.items()}
    begin, end, most = _PACKET
    at = data.find(begin) if not all(found.values()) else -1
    until = data.find(end, at, at + most) if at >= 0 else -1
    if until >= 0:
        text = data[at:until].decode("utf-8", "replace")
        for key, name in _XMP.items():
            element = re.search(
                rf"<{name}[^<>]{{0,400}}>(.{{0,4000}}?)</{name}>|\b{name}=\"([^\"]{{0,4000}})\"", text, re.DOTALL
            )
            if element is not None and not found[key]:
                found[key] = html.unescape(_TAG.sub(" ", element[1] or element[2] or ""))
    found = {key: " ".join(value.replace("\0", "").split()) for key, value in found.items()}
    found["title"] = _PROGRAM.sub("", _PROGRAM.sub("", found["title"])).strip()
    if _NO_TITLE.search(found["title"]):
        found["title"] = ""
    date = _DATE.match(found["date"])
    found["date"] = "-".join(part for part in date.groups() if part) if date else ""
    return {key: value for key, value in found.items() if value}
