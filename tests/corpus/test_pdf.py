"""PDF files as a whole: what is refused, and why; what they say of themselves; fonts that a file does not bring along."""

import pytest

from jianghua.corpus.formats.limits import Limits
from jianghua.corpus.formats.pdf import extract_pdf
from jianghua.errors import UnreadableError
from tests.corpus.pages import PICTURE, Drawn, laid_out, set_in_lines
from tests.corpus.test_pdf_layout import PARAGRAPHS, SPEECH, body, read

TO_UNICODE = (
    "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def "
    "1 begincodespacerange <0000> <FFFF> endcodespacerange {} endcmap end end"
)


def to_unicode(mapping: str) -> bytes:
    content = TO_UNICODE.format(mapping).encode()
    return b"<< /Length %d >>\nstream\n" % len(content) + content + b"\nendstream"


# scans


@pytest.mark.parametrize(
    "mark",
    ["", "扫描全能王　创建", "CamScanner", "Scanned with CamScanner", "—　{}　—", "{}", "第{}页", "内部资料　{}"],
)
@pytest.mark.parametrize("pages", [2, 12])
def test_page_numbers_and_a_mark_of_the_scanning_app_are_no_text_layer(mark: str, pages: int) -> None:
    scans: list[list[Drawn | str]] = [
        [PICTURE, *([Drawn(400, 30, mark.format(page), 10)] if mark else [])] for page in range(1, pages + 1)
    ]
    with pytest.raises(UnreadableError, match=rf"no text layer \({pages} scanned or empty pages\).*OCR"):
        read(laid_out(scans))


def test_a_single_scan_with_the_mark_of_an_app_has_no_text_layer() -> None:
    with pytest.raises(UnreadableError, match="no text layer.*OCR"):
        read(laid_out([[PICTURE, Drawn(400, 30, "由扫描全能王扫描创建", 10)]]))


def test_a_speech_of_which_some_pages_are_scans_is_not_read_in_part() -> None:
    pages: list[list[Drawn | str]] = [[*page] for page in set_in_lines(SPEECH, bottom=500)]
    pages[1:1] = [[PICTURE], [PICTURE, Drawn(290, 30, "— 3 —", 10)]]
    with pytest.raises(UnreadableError, match=rf"2 of {len(pages)} pages are pictures .*page 2 is the first.*OCR"):
        read(laid_out(pages))


def test_text_over_a_picture_and_one_page_with_nothing_else_are_read() -> None:
    pages: list[list[Drawn | str]] = [[PICTURE, *page] for page in set_in_lines(SPEECH, bottom=500)]
    assert body(read(laid_out([*pages, [PICTURE]]))) == PARAGRAPHS


# characters


@pytest.mark.parametrize(
    ("font", "mapping"),
    [
        ("/Encoding /Identity-H", ""),
        ("/Encoding /Identity-H /ToUnicode {} 0 R", "1 beginbfrange <0000> <FFFF> <0000> endbfrange"),
        ("/Encoding /Identity-H /ToUnicode {} 0 R", "1 beginbfrange <4E00> <9FFF> <E000> endbfrange"),
        ("/Encoding /Identity-H /ToUnicode {} 0 R", "1 beginbfrange <4E00> <9FA0> <4E05> endbfrange"),
    ],
    ids=["no names", "identity", "private", "shifted"],
)  # fmt: skip
def test_a_font_that_does_not_say_what_it_shows_is_refused(font: str, mapping: str) -> None:
    pages = set_in_lines(SPEECH)
    number = 7 + 2 * len(pages)
    if "ToUnicode" in font and "FFFF" in mapping:  # the numbers of glyphs are in no order
        pages = [
            [
                line._replace(text="".join(chr(0x3400 + ord(letter) * 7919 % 0x6B00) for letter in line.text))
                for line in page
            ]
            for page in pages
        ]
    data = laid_out(pages, font=font.format(number), extra=[to_unicode(mapping)] if mapping else [])
    with pytest.raises(UnreadableError, match="font.*OCR"):
        read(data)


def test_one_font_of_nonsense_among_others_is_refused() -> None:
    nonsense = "贸擸漎膯腂痖皲隘鍽哖鮆繜癞瞋睴篡厔郶劦鬿皔瘀鍯糇哖療邔亽朇叽"
    page = set_in_lines(SPEECH)[0]
    page.append(Drawn(80, 40, nonsense[:30], 16))
    data = laid_out([page])
    assert read(data)  # one line of rare characters in the font of the text
    font = b"/F1 3 0 R /F2 << /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>"
    drawn = page[-1]._replace(size=15).operators().replace("/F1", "/F2")
    data = laid_out([[*page[:-1], drawn]]).replace(b"/F1 3 0 R", font)
    with pytest.raises(UnreadableError, match="says other characters than it shows"):
        read(data)


def test_names_of_people_and_places_are_no_nonsense() -> None:
    names = "阚泽琰、邬旭晖、臧靖涵、戚璟瑜、佟霁、冼倩、谌昊、幸烨、邸颖、亓鑫、瞿淼、芮琦、蔺骏、翟蓓、訾岚"
    assert body(read(laid_out(set_in_lines([*SPEECH, names]))))[-1] == names


def test_text_of_a_font_that_is_not_embedded_is_read_letter_by_letter() -> None:
    """PDFium leaves out a character that is drawn by itself in a font without shapes: whole speeches were lost."""
    letters = [
        Drawn(line.x + at * 16, line.y, letter)
        for line in set_in_lines(SPEECH[:3])[0]
        for at, letter in enumerate(line.text)
    ]
    assert body(read(laid_out([letters]))) == PARAGRAPHS[:3]


def test_a_string_that_is_cut_is_refused() -> None:
    with pytest.raises(UnreadableError, match=r"more than 10,922 characters in one piece on page 1"):
        read(laid_out([[Drawn(80, 700, "要认真抓好落实" * 2500, 1)]]))


def test_many_text_objects_of_one_character_are_read() -> None:
    letters = [
        Drawn(10 + 1.0 * (at % 500), 830 - 1.5 * (at // 500), "一二三四五六七八"[at % 8], 1) for at in range(20_000)
    ]
    assert len("".join(body(read(laid_out([letters]))))) == 20_000


def test_too_much_text_names_the_limit() -> None:
    with pytest.raises(UnreadableError, match="more than 100 characters"):
        extract_pdf(laid_out(set_in_lines(SPEECH)), "talk.pdf", Limits(characters=100))


# properties


def _utf16(text: str) -> str:
    return f"<FEFF{text.encode('utf-16-be').hex()}>"


def test_a_pdf_says_its_title_its_author_and_its_date() -> None:
    info = (
        f"/Title {_utf16('Microsoft Word - 在全县大会上的讲话.doc')} /Author {_utf16('县政府办')} "
        f"/CreationDate (D:20240305093000+08'00') /Producer (x)"
    )
    assert read(laid_out(set_in_lines(SPEECH), info=info)).properties == {
        "title": "在全县大会上的讲话",
        "author": "县政府办",
        "date": "2024-03-05",
    }


def test_properties_come_from_xmp_where_the_dictionary_has_none() -> None:
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description xmp:CreateDate="2024-03-05T09:30:00+08:00">'
        '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">在全县大会上的讲话 &amp; 附件</rdf:li></rdf:Alt></dc:title>'
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()
    stream = b"<< /Type /Metadata /Subtype /XML /Length %d >>\nstream\n" % len(packet) + packet + b"\nendstream"
    assert read(laid_out(set_in_lines(SPEECH), extra=[stream])).properties == {
        "title": "在全县大会上的讲话 & 附件",
        "date": "2024-03-05",
    }


@pytest.mark.parametrize("title", ["", "Untitled", "无标题", "文档1"])
def test_a_title_that_says_nothing_is_none(title: str) -> None:
    assert read(laid_out(set_in_lines(SPEECH), info=f"/Title {_utf16(title)}")).properties == {}
