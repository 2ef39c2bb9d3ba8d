import pytest

from jianghua.corpus import decode, read_text, simplify
from jianghua.errors import UnreadableError
from tests.speeches import COUNTY


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_same_text_comes_out_of_every_encoding(encoding: str) -> None:
    assert decode(COUNTY.encode(encoding)).text == COUNTY


def test_big5_is_not_taken_for_gb18030() -> None:
    text = "各位同志：今天召開全縣會議，主要是總結工作、部署任務，會後請認真貫徹落實。\n"
    assert decode(text.encode("big5"))[:2] == (text, "big5")


def test_line_ends_are_kept_so_that_offsets_hold() -> None:
    assert decode("同志们：\r\n散会。\r\n".encode()).text == "同志们：\r\n散会。\r\n"


@pytest.mark.parametrize("data", [b"", b"  \n\t ", "\u3000\n".encode()])
def test_an_empty_file_is_named_and_refused(data: bytes) -> None:
    with pytest.raises(UnreadableError, match=r"leer\.txt: the file is empty \(0 characters of text\)"):
        decode(data, "leer.txt")


def test_a_binary_file_is_named_and_refused() -> None:
    png = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 4
    with pytest.raises(
        UnreadableError, match=r"photo\.txt: .*accepted: UTF-8, UTF-16, GB18030|photo\.txt: looks like a binary"
    ):
        decode(png, "photo.txt")
    with pytest.raises(UnreadableError, match=r"zeros\.txt: looks like a binary file \(\d+ control characters"):
        decode(b"\x00\x01\x02" * 50 + b"text", "zeros.txt")


def test_an_unknown_encoding_says_which_byte_and_what_is_accepted() -> None:
    with pytest.raises(UnreadableError, match=r"x\.txt: not a text file in a known encoding \(byte 0xff at 0"):
        decode(b"\xff" * 41 + b"\x80\xff" * 21, "x.txt")


def test_read_text_names_the_file(tmp_path: "pytest.TempPathFactory") -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "speech.txt"
    path.write_bytes("同志们：散会。".encode("gb18030"))
    assert read_text(path).text == "同志们：散会。"


def test_simplifying_keeps_the_length() -> None:
    text = "後來發現，頭髮乾淨；里面 \U00020000 ok"
    assert len(simplify(text)) == len(text)
    assert simplify("辦公室主任會議") == "办公室主任会议"
