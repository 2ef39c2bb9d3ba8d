from collections import Counter
from pathlib import Path

import pytest

from jianghua.corpus import Paragraph, parse, read_text
from jianghua.corpus.boilerplate import remove_inserts
from jianghua.labelling.gold import read_labels
from tests.speeches import COUNTY, HOSPITAL


def kinds(text: str) -> list[tuple[str, str]]:
    return [(p.kind, p.text) for p in parse(text)]


def paragraphs(text: str) -> list[Paragraph]:
    return [p for p in parse(text) if p.kind == "paragraph"]


LONG = "各乡镇要把秋收摆在当前工作的首位，主要领导亲自抓、负总责，分管领导具体抓、抓具体，"
TAIL = "一层一层压实责任，确保颗粒归仓。"


def test_a_speech_is_cut_into_title_meta_headings_and_paragraphs() -> None:
    assert [kind for kind, _ in kinds(COUNTY)] == [
        "title",
        "meta",
        "meta",
        "paragraph",
        "heading",
        "paragraph",
        "paragraph",
        "heading",
        "paragraph",
        "paragraph",
        "heading",
        "paragraph",
        "paragraph",
        "paragraph",
    ]


def test_run_in_headings_count_for_their_own_paragraph_only() -> None:
    found = {p.text[:4]: p.outline for p in paragraphs(COUNTY)}
    assert found["（一）抓"] == ("二、下一步工作要求", "（一）抓好机具准备")
    assert found["秋收期间"] == ("三、严明工作纪律",)


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("一、提高认识", 1),
        ("（一）提高认识", 2),
        ("(一)提高认识", 2),
        ("1.提高认识", 3),
        ("1、提高认识", 3),
        ("（1）提高认识", 4),
        ("(1)提高认识", 4),
        ("一、提高認識，增強責任感", 1),
        ("第一，提高认识", 4),
        ("首先，提高认识", 4),
    ],
)
def test_levels_of_headings(line: str, level: int) -> None:
    headings = [p for p in parse(f"同志们：\n{line}\n{LONG}{TAIL}\n") if p.kind == "heading"]
    assert [(p.text, p.level) for p in headings] == [(line, level)]


@pytest.mark.parametrize(
    "line",
    [
        "1.5亿元投资已经到位，项目可以开工了。",
        "一些同志对此还有不同的看法，需要再讲一讲。",
        "一方面是人手不够，另一方面是经费紧张。",
    ],
)
def test_what_only_looks_like_a_marker_is_none(line: str) -> None:
    (p,) = paragraphs(f"同志们：\n{line}\n")
    assert p.outline == ()


def test_lines_broken_in_mid_sentence_are_joined() -> None:
    assert [p.text for p in paragraphs(f"同志们：\n{LONG}\n{TAIL}\n下面我讲三点。\n")] == [
        LONG + TAIL,
        "下面我讲三点。",
    ]


def test_a_heading_is_not_joined_with_its_paragraph() -> None:
    text = f"同志们：\n一、提高认识，加强领导\n{LONG}{TAIL}\n"
    assert [kind for kind, _ in kinds(text)] == ["meta", "heading", "paragraph"]


def test_lines_wrapped_at_a_fixed_width_are_joined() -> None:
    body = (LONG + TAIL) * 6
    wrapped = [("　　" + body)[at : at + 30] for at in range(0, len(body) + 2, 30)]
    assert [p.text for p in paragraphs("同志们：\n" + "\n".join(wrapped) + "\n　　散会。\n")] == [body, "散会。"]


def test_paragraphs_run_together_with_ideographic_spaces_are_cut() -> None:
    found = paragraphs(f"同志们：\n　　{LONG}{TAIL}　　下面我讲三点。　　{LONG}{TAIL}\n")
    assert [p.text for p in found] == [LONG + TAIL, "下面我讲三点。", LONG + TAIL]


def test_an_advertisement_inside_a_sentence_leaves_the_text_but_not_the_span() -> None:
    ad = "(本文来自某某范文网www.example.com)"
    text = f"同志们：\n{LONG}{ad}{TAIL}\n"
    (p,) = paragraphs(text)
    assert p.text == LONG + TAIL
    assert text[p.start : p.end] == LONG + ad + TAIL


def test_an_advertisement_line_in_a_broken_sentence_belongs_to_the_paragraph() -> None:
    text = f"同志们：\n{LONG}\n更多精彩范文请访问 www.example.com\n{TAIL}\n"
    (p,) = paragraphs(text)
    assert p.text == LONG + TAIL
    assert "example" in text[p.start : p.end]


def test_prose_about_the_web_is_no_advertisement() -> None:
    text = "要用好门户网站和微信公众号，把惠民政策来源于哪里、钱怎么花讲清楚。"
    assert remove_inserts(text) == text
    assert [p.text for p in paragraphs(f"同志们：\n{text}\n")] == [text]


def test_site_header_share_bar_and_footer_are_meta() -> None:
    page = (
        "某某文库 — — 写材料就上某某文库◆收藏本站\n在会议上的讲话\nadmin 分享 时间: 加入收藏 共计2926个字,预计阅读时长10分钟\n"
        f"同志们：\n{LONG}{TAIL}{LONG}{TAIL}\n谢谢大家！\n221381\n微信扫码分享\n上一篇：植树活动方案\n相关推荐\n"
    )
    assert [kind for kind, _ in kinds(page)] == [
        "meta",
        "title",
        "meta",
        "meta",
        "paragraph",
        "paragraph",
        "meta",
        "meta",
        "meta",
        "meta",
    ]


def test_a_page_is_split_into_its_speeches_by_dividers_and_by_title_blocks() -> None:
    body = f"同志们：\n{(LONG + TAIL) * 3}\n谢谢大家！\n"
    page = (
        f"第一篇：在甲会上的讲话\n{body}第二篇：在乙会上的讲话\n{body}在丙会上的讲话\n县长 ××\n（2010年3月1日）\n{body}"
    )
    first_of = Counter(p.speech for p in parse(page))
    assert sorted(first_of) == [0, 1, 2]
    assert {p.speech: p.text for p in reversed(parse(page))} == {
        0: "第一篇：在甲会上的讲话",
        1: "第二篇：在乙会上的讲话",
        2: "在丙会上的讲话",
    }


def test_zero_width_characters_and_indents_leave_the_text() -> None:
    (p,) = paragraphs(f"\u3000\u3000\u200b{LONG}\u200b{TAIL}\ufeff\n")
    assert p.text == LONG + TAIL


def test_text_keeps_its_traditional_characters() -> None:
    assert [p.text for p in paragraphs("同志們：\n會議開得很好，大家辛苦了。\n")] == ["會議開得很好，大家辛苦了。"]


def test_topic_sentences_before_their_paragraphs_are_headings() -> None:
    text = f"同志们：\n一是精神状态还不够好。\n{LONG}{TAIL}\n二是工作方法还不够多。\n{LONG}{TAIL}\n"
    assert [kind for kind, _ in kinds(text)] == ["meta", "heading", "paragraph", "heading", "paragraph"]


def test_kinds_agree_with_the_reference_lines(reference: Path) -> None:
    same = total = 0
    labels = read_labels(reference / "gold.csv")
    for source in sorted({label.source for label in labels}):
        text = read_text(reference / "raw" / source).text
        records = parse(text, source)
        for label in labels:
            if label.source == source and label.span is not None:
                start, end = label.span
                best = max(records, key=lambda p: min(end, p.end) - max(start, p.start))
                gold = label.label if label.label in ("heading", "meta") else "paragraph"
                same += gold == ("heading" if best.kind == "title" else best.kind)
                total += 1
    assert total > 1000
    assert same / total >= 0.98


def test_two_speeches_in_one_string_do_not_share_an_outline() -> None:
    page = f"第一篇：甲\n{COUNTY}第二篇：乙\n{HOSPITAL}"
    second = [p for p in parse(page) if p.speech == 1 and p.kind == "paragraph"]
    assert second
    assert all(p.outline == () for p in second)
