import re

from hypothesis import given
from hypothesis import strategies as st

from jianghua.corpus import boilerplate, cut_sentences, script, traditional
from jianghua.corpus.characters import TRADITIONAL, code_points, impurities, kinds_of
from jianghua.corpus.lookalikes import ordinary
from jianghua.corpus.script import simplify

SENTENCE = re.compile(r"[^。！？!?；;]*(?:[。！？!?；;…]+[”’」』）)\]】》]*|$)")


def looks_clean(text: str) -> bool:
    codes = code_points(text)
    return not impurities(text, codes, kinds_of(codes))


@given(st.from_regex(boilerplate.INSERT.pattern, fullmatch=True).map(str.lower))
def test_no_advertisement_escapes_the_first_look(text: str) -> None:
    assert not looks_clean(f"会议{text}材料")


@given(st.from_regex(boilerplate.SITE_PHRASE.pattern, fullmatch=True).map(str.lower))
def test_no_word_of_a_page_escapes_the_first_look(text: str) -> None:
    assert not looks_clean(f"会议{text}材料")


def test_a_speech_is_clean_at_first_look() -> None:
    assert looks_clean("各位代表，网络安全要抓紧，来自基层的同志要多学习，共同努力，欢迎批评。")


@given(st.text("好a。！？!?；;…”’」）)]》“（\n", max_size=30))
def test_sentences_end_where_the_pattern_says(text: str) -> None:
    text = text.replace("\n", "")
    assert cut_sentences(text) == tuple(filter(None, SENTENCE.findall(text)))


@given(st.text(max_size=20))
def test_characters_beyond_the_table_have_no_kind(text: str) -> None:
    kinds = kinds_of(code_points(text))
    assert len(kinds) == len(text)
    assert not kinds[code_points(text) > 0xFFFF].any()


def test_traditional_characters_are_seen() -> None:
    text = "同志們"
    assert ((kinds_of(code_points(text)) & TRADITIONAL) > 0).tolist() == [
        a != b for a, b in zip(text, simplify(text), strict=True)
    ]


def test_every_character_that_opencc_changes_is_known_to_be_traditional() -> None:
    han = [chr(code) for code in range(0x3400, 0xA000)]
    changed = script._converter().convert("\n".join(han)).split("\n")
    assert "".join(old for old, new in zip(han, changed, strict=True) if old != new) == traditional.TRADITIONAL


def test_punctuation_of_vertical_text_becomes_full_width() -> None:
    assert ordinary("认清形势︐抓好落实︒怎么办︖") == "认清形势，抓好落实。怎么办？"
