"""Web pages and PDF files made to crash, hang or mislead: each comes out as text, or as an error that names its cause, in a bounded time."""

import zlib
from collections.abc import Callable

import pytest

from jianghua.corpus.formats.limits import Limits
from tests.corpus.documents import pdf
from tests.corpus.hostile import DECLARATION, FAST, LAUGHS, READS, SLOW, changed, check, outcome
from tests.speeches import COUNTY

pytestmark = pytest.mark.usefixtures("bounded")

# HTML

HTML: dict[str, tuple[Callable[[], bytes], str]] = {
    "deep": (lambda: b"<div>" * 200_000 + "字".encode() + b"</div>" * 200_000, "nested too deeply"),
    "unclosed_font": (lambda: "<font>字".encode() * 100_000, "nested too deeply"),
    "nested_tables": (lambda: b"<table><tr><td>" * 600 + "字".encode(), READS),
    "stray_cells": (lambda: "<td>甲</tr></table><tr><td>乙<td>丙</td></td></tr></li></ol>".encode(), READS),
    "nul_bytes": (lambda: "<p>同\0志\0们：\0今天开会，布置工作。</p>".encode(), READS),
    "nul_bytes_everywhere": (lambda: "<html><p>同志们：今天开会。</p>".encode("utf-16-le"), READS),
    "huge_attribute": (lambda: b"<p title='" + b"x" * 5_000_000 + "'>字</p>".encode(), READS),
    "many_attributes": (lambda: b"<p " + b" ".join(b"a%d=1" % at for at in range(100_000)) + ">字</p>".encode(), "took longer than 3 seconds"),
    "unclosed_attribute": (lambda: b"<a b='" * 300_000, "holds no text"),
    "unclosed_comment": (lambda: b"<!--" * 500_000, "holds no text"),
    "charset_far_away": (lambda: b"<meta charset=" * 200 + b" " * 3000 + "<p>散会。".encode(), ""),
    "charset_spaces": (lambda: b"<meta charset=" + b" " * 60_000 + "><p>散会。".encode(), READS),
    "style_without_end": (lambda: b"<ol style='" + b"list-style:" * 100_000 + "'><li>散会。".encode(), READS),
    "script_only": (lambda: b"<script>document.write('x')</script>", "holds no text"),
    "frameset": (lambda: b"<frameset><frame src='http://127.0.0.1:9/'></frameset>", "holds no text"),
    "external_things": (lambda: "<base href='http://127.0.0.1:9/'><img src=x><iframe src=y>字</iframe><p>散会。".encode(), READS),
    "entities": (lambda: "<p>&#99999999999;&#xD800;&#0;&bogus;&amp;&#x4E00;字".encode() * 1000, READS),
    "xhtml_laughs": (lambda: (DECLARATION.format(LAUGHS) + "<html><p>散会。&j;</p></html>").encode(), READS),
    "utf_7_declared": (lambda: "<meta charset=utf-7><p>+ADw-script+AD4-同志们：散会。".encode(), READS),
    "utf_7": (lambda: b"<meta charset=utf-7><p>+VAxf12jr/xo-</p>", READS),
    "wrong_charset": (lambda: ("<meta charset=big5><p>" + COUNTY).encode("gb18030"), READS),
    "unknown_charset": (lambda: ("<meta charset=x-none><p>" + COUNTY).encode("gb18030"), READS),
    "charset_of_python": (lambda: ("<meta charset=zlib_codec><p>" + COUNTY).encode("gb18030"), READS),
    "mixed_encodings": (lambda: "<p>同志们：</p>".encode() * 50 + "<p>散会。</p>".encode("gb18030") * 50, READS),
    "no_encoding": (lambda: b"<p>" + bytes(range(128, 256)) * 50, "not a text file in a known encoding"),
    "million_lines": (lambda: "字<br>".encode() * 400_000, "too many lines"),
    "one_line": (lambda: b"<p>" + "要认真抓好落实".encode() * 300_000, "line 1 is too long"),
    "plaintext": (lambda: "<plaintext><p>散会。".encode(), READS),
    "list_from_a_billion": (lambda: "<ol start=999999999 type=i><li>甲<li value=-5>乙".encode() * 50, READS),
    "empty": (lambda: b"", "file is empty"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "a picture (PNG)"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HTML)
def test_a_hostile_page_is_read_or_refused(kind: str) -> None:
    make, expected = HTML[kind]
    if kind in ("nul_bytes", "nul_bytes_everywhere", "charset_far_away", "no_encoding", "mixed_encodings", "utf_7"):
        outcome(make(), f"{kind}.html")  # both are right: text that looks wrong, or a refusal
    elif kind == "empty":
        check(make(), f"{kind}.html", "empty" if outcome(make(), f"{kind}.html").count("empty") else "no text")
    else:
        check(make(), f"{kind}.html", expected, FAST if kind == "many_attributes" else SLOW)


# PDF

TEXT = pdf([[(72, 700, "同志们：今天把大家请来，总结工作。")]])


def flate_bomb() -> bytes:
    content = zlib.compress(zlib.compress(b" " * 50_000_000))
    stream = b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n" % len(content) + content + b"\nendstream"
    return TEXT[: TEXT.index(b"7 0 obj")] + b"7 0 obj\n" + stream + b"\nendobj\ntrailer << /Root 1 0 R >>"


PDF: dict[str, tuple[Callable[[], bytes], str]] = {
    "garbage": (lambda: b"%PDF-1.7\n" + bytes(range(256)) * 40, "a damaged PDF"),
    "header_only": (lambda: b"%PDF-1.7", "a damaged PDF"),
    "truncated": (lambda: TEXT[: len(TEXT) // 3], "a damaged PDF"),
    "not_a_pdf": (lambda: b"GIF no", "not a pdf file"),
    "pages_in_a_circle": (lambda: changed(TEXT, b"/Kids [6 0 R]", b"/Kids [2 0 R]"), ""),
    "page_is_its_parent": (lambda: changed(TEXT, b"/Type /Page /Parent 2 0 R", b"/Type /Pages /Kids [6 0 R]"), ""),
    "a_billion_pages": (lambda: changed(TEXT, b"/Count 1 ", b"/Count 999999999 "), ""),
    "minus_one_page": (lambda: changed(TEXT, b"/Count 1 ", b"/Count -1 "), ""),
    "encrypted": (
        lambda: pdf([[(72, 700, "同志们：")]], trailer=f"/ID [<00> <00>] /Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O <{'11' * 32}> /U <{'22' * 32}> >>"),
        "with a password",
    ),
    "unknown_encryption": (lambda: pdf([[]], trailer="/Encrypt << /Filter /Mine >>"), ""),
    "xref_in_a_circle": (lambda: changed(TEXT, b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % TEXT.rindex(b"xref\n0")), ""),
    "xref_far_away": (lambda: changed(TEXT, b"startxref\n", b"startxref\n99999999"), ""),
    "flate_bomb": (flate_bomb, ""),
    "stream_longer_than_the_file": (lambda: TEXT.replace(b"/Length ", b"/Length 99999"), ""),
    "nested_arrays": (lambda: pdf([[(72, 700, "同志们：" * 4)]], catalog="/X " + "[" * 100_000), ""),
    "nested_dictionaries": (lambda: pdf([[(72, 700, "同志们：" * 4)]], catalog="/X " + "<< /A " * 50_000), ""),
    "script": (lambda: pdf([[(72, 700, "同志们：今天开会。" * 2)]], catalog="/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"), READS),
    "launch": (lambda: pdf([[(72, 700, "同志们：今天开会。" * 2)]], catalog="/OpenAction << /S /Launch /F (/bin/true) >>"), READS),
    "page_without_size": (lambda: changed(TEXT, b"/MediaBox [0 0 595 842]", b"/MediaBox [9 9 -9 1e99]"), ""),
    "no_text_layer": (lambda: pdf([[], []]), "no text layer"),
    "unknown_letters": (lambda: pdf([[(72, 700, "\ue001\ue002\ue003" * 20)]]), ""),
    "by_the_name_of_a_text": (lambda: TEXT, READS),
}  # fmt: skip


@pytest.mark.parametrize("kind", PDF)
def test_a_hostile_pdf_is_read_or_refused(kind: str) -> None:
    make, expected = PDF[kind]
    name = "talk.txt" if kind == "by_the_name_of_a_text" else f"{kind}.pdf"
    if expected or kind in ("script", "launch", "by_the_name_of_a_text"):
        check(make(), name, expected)
    else:
        outcome(make(), name)


def test_a_pdf_of_too_many_pages_names_the_limit() -> None:
    check(pdf([[]] * 5), "a.pdf", "5 pages (accepted: up to 3)", Limits(pages=3))
