"""Damaged, padded and mislabelled text: read whole but for the damage, or refused with the reason; never other words."""

import random

import pytest

from jianghua.corpus import decode, parse
from jianghua.corpus.encodings import LOST
from jianghua.corpus.extract import extract_bytes
from jianghua.errors import UnreadableError
from tests.speeches import COUNTY, HOSPITAL

TRADITIONAL = (
    "在全縣春耕會議上的講話\n各位同事：\n今天請大家來，主要是總結去年的工作，安排春耕生產，會後請認真落實。\n"
    "一、去年的成績\n去年全縣糧食增產一成，農民收入增加，水利工程全部完工，工作有了新的進步。\n"
)


def differs(text: str, original: str) -> int:
    """Characters at one end of the difference: text before the damage and after it is the same."""
    head = next((at for at, pair in enumerate(zip(text, original, strict=False)) if pair[0] != pair[1]), len(text))
    tail = next(
        (at for at, pair in enumerate(zip(reversed(text), reversed(original), strict=False)) if pair[0] != pair[1]), 0
    )
    return max(len(text) - head - tail, 0)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5"])
@pytest.mark.parametrize("damage", [b"", b"\xff", b"\x80", b"\xa0"])
def test_one_damaged_byte_costs_no_more_than_the_characters_it_touches(encoding: str, damage: bytes) -> None:
    text = TRADITIONAL if encoding == "big5" else COUNTY
    data = text.encode(encoding)
    places = random.Random(7).sample([at for at, byte in enumerate(data) if byte > 127], 40)
    for at in places:
        broken = data[:at] + damage + data[at + 1 :]
        decoded = decode(broken)
        assert differs(decoded.text, text) <= 4, (at, decoded.text)
        assert decoded.encoding.startswith("mended") or damage == b"\xa0" or len(decoded.text) == len(text)


@pytest.mark.parametrize("encoding", ["gb18030", "big5"])
def test_a_byte_too_much_does_not_turn_the_rest_of_the_line_into_other_words(encoding: str) -> None:
    text = TRADITIONAL if encoding == "big5" else COUNTY
    data = text.encode(encoding)
    for at in random.Random(8).sample([at for at, byte in enumerate(data) if byte > 127], 40):
        assert differs(decode(data[:at] + b"\xb0" + data[at:]).text, text) <= 6


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5", "utf-16-le", "utf-16"])
@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_file_cut_in_the_middle_of_a_character_keeps_all_before_it(encoding: str, cut: int) -> None:
    text = TRADITIONAL.rstrip() if encoding == "big5" else COUNTY.rstrip()
    found = decode(text.encode(encoding)[:-cut]).text
    assert text.startswith(found.rstrip(LOST))
    assert len(found.rstrip(LOST)) >= len(text) - cut


def test_offsets_of_mended_text_count_in_text_that_is_saved() -> None:
    decoded = extract_bytes(COUNTY.encode()[:-5], "talk.txt")
    assert not decoded.is_plain
    assert extract_bytes(COUNTY.encode(), "talk.txt").is_plain


def test_two_surrogates_in_utf_8_are_one_character() -> None:
    pair = "\U00020bb7".encode("utf-16-be")
    cesu = b"".join(chr(int.from_bytes(pair[at : at + 2])).encode("utf-8", "surrogatepass") for at in (0, 2))
    assert decode(COUNTY.encode() + cesu).text == COUNTY + "\U00020bb7"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_text_with_too_much_damage_is_refused(encoding: str) -> None:
    data = bytearray((COUNTY * 3).encode(encoding))
    for at in range(0, len(data), 40):
        data[at] = 0xFF
    with pytest.raises(UnreadableError, match=r"a\.txt: (?:damaged \(\d+ of|not a text file in a known encoding)"):
        decode(bytes(data), "a.txt")


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("村裏的路", "村".encode("big5") + b"\xf9\xd8" + "的路".encode("big5")),  # ETEN
        ("公共屋邨", "公共屋".encode("big5") + b"\x90\x68"),  # HKSCS
        ("①修路", b"\xc6\xa1" + "修路".encode("big5")),
        ("投資1億€", "投資1億".encode("big5") + b"\xa3\xe1"),  # Windows
    ],
)
def test_big5_with_the_characters_of_hong_kong_taiwan_and_windows_is_read(text: str, data: bytes) -> None:
    assert decode(TRADITIONAL.encode("big5") + data).text == TRADITIONAL + text


@pytest.mark.parametrize("text", ["GDP 8.4%, 省长", "Report 2019: 12 km, 王镇长。\n" + "a b c\n" * 50, "镕基"])
def test_gb18030_with_few_chinese_characters_is_read(text: str) -> None:
    assert decode(text.encode("gb18030")).text == text


@pytest.mark.parametrize("text", [COUNTY, HOSPITAL, "散会。", "GDP of 2019: 8.4%\n" * 30 + "同志们，今年任务很重。"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_byte_order_mark_is_read(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + COUNTY.encode("gb18030"),
        b"\xff\xfe" + COUNTY.encode(),
        COUNTY.encode("hz"),
        b"\xfe\xff" + COUNTY.encode("utf-16-be"),
        b"\xff\xfe\0\0" + COUNTY.encode("utf-32-le"),
    ],
)
def test_a_byte_order_mark_before_another_encoding_is_seen_through(data: bytes) -> None:
    assert decode(data).text == COUNTY


def test_the_euro_sign_of_windows_is_no_damage() -> None:
    assert decode(COUNTY.encode("gb18030") + b"100\x80").text == COUNTY + "100€"


@pytest.mark.parametrize("end", [b"\x1a", b"\0" * 5, b"\0" * 5000, b"\r\n\x1a\0\0", b"\x1a\x1a\x1a"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-8-sig"])
def test_padding_at_the_end_is_no_text(end: bytes, encoding: str) -> None:
    assert decode(COUNTY.encode(encoding) + end).text.rstrip() == COUNTY.rstrip()


def test_a_hole_of_zeros_in_a_file_is_blank_and_offsets_hold() -> None:
    decoded = extract_bytes(COUNTY.encode() + b"\0" * 512 + HOSPITAL.encode() + b"\x1a", "talk.txt")
    assert decoded.text == COUNTY + " " * 512 + HOSPITAL
    assert decoded.is_plain


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("gb18030", "utf-8"),
        ("latin-1", "utf-8"),
        ("cp1252", "utf-8"),
        ("latin-1", "gb18030"),
        ("big5", "gb18030"),
        ("gb18030", "big5"),
    ],
)
def test_text_that_was_read_in_a_wrong_encoding_and_saved_again_is_refused(wrong: str, right: str) -> None:
    text = TRADITIONAL if right == "big5" else COUNTY
    data = text.encode(right).decode(wrong, "replace").encode()
    with pytest.raises(UnreadableError, match=r"a\.txt: (?:mojibake \(|damaged)"):
        decode(data, "a.txt")


@pytest.mark.parametrize("data", [("锟斤拷" * 40).encode("gb18030"), b"?" * 300, (LOST * 200).encode()])
def test_text_of_which_nothing_is_left_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableError, match=r"mojibake|question marks|damaged"):
        decode(COUNTY[:30].encode("gb18030" if data[:1] == "锟".encode("gb18030")[:1] else "utf-8") + data)


@pytest.mark.parametrize(
    "text", ["Dear colleagues, let’s work harder – 100 €.", "Уважаемые товарищи!", "皆さん、頑張りましょう。", "镕"]
)
def test_text_in_another_language_is_no_mojibake(text: str) -> None:
    assert decode(text.encode()).text == text


@pytest.mark.parametrize("text", ["café olé, naïve garçon", "Größe über Maß", "Æblegrød på øl"])
def test_another_language_in_another_encoding_is_not_read_as_chinese(text: str) -> None:
    with pytest.raises(UnreadableError, match="not a text file in a known encoding"):
        decode(text.encode("latin-1") * 3)


def test_look_alikes_become_the_ordinary_characters_one_for_one() -> None:
    odd = (
        COUNTY.replace("一、", "\u2f00、")
        .replace("二、", "\u2f06、")
        .replace("工作", "\u2f2f作")
        .replace("不", "\uf967")
    )
    odd = odd.replace("长", "\u2ed3").replace("年", "\uf98e").replace("（一）", "\u3164\u3164（\ufe0f一）")
    decoded = extract_bytes(odd.encode(), "talk.txt")
    assert (len(decoded.text), decoded.is_plain) == (len(odd), True)
    assert [(p.kind, p.text) for p in parse(decoded.text)] == [(p.kind, p.text) for p in parse(COUNTY)]


@pytest.mark.parametrize(
    "blank", ["\ufeff", "\ufffc", "\u200b", "\u200f", "\xad", "\u3164", "\u2060", "\u2800", "\xa0", "\ufe0f"]
)
def test_a_character_that_does_not_show_hides_no_marker(blank: str) -> None:
    text = COUNTY.replace("\n", "\n" + blank)
    found = parse(extract_bytes(text.encode(), "talk.txt").text)
    assert [(p.kind, p.outline, p.text) for p in found] == [(p.kind, p.outline, p.text) for p in parse(COUNTY)]
